"""Figures over the API: what is defined at a place, what it comes to, by place and as a table of months."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from gonghui.kernel.access.requests import viewer_of

from ..access.api_auth import PostToken, route
from ..org import queries as org_queries
from ..org.models import PublicOrganisation
from ..problems import ANSWERS
from ..refusal import Refusal
from ..viewer import Viewer
from . import queries, tables
from .queries.values import Value, children_of
from .rules.periods import around, read

router = Router(auth=PostToken(), tags=["数字"])
OptionalId = Annotated[int | None, Query(ge=1, le=2**62)]
PeriodKey = Annotated[
    str, Query(max_length=24, description="2026、2026H1、2026Q2、2026-05、2026-05-31或2026-01-01..2026-06-30")
]


Form = Annotated[
    Literal["json", "csv", "parquet"],
    Query(description="json，或者文件：csv（UTF-8）、parquet。文件的列见说明，少于5的值为空、hidden为true"),
]
MOST_PLACES = 500
"""Organisations of one table: whoever needs more asks county by county, or reads the views."""


class FigureOut(Schema):
    key: str
    version: int
    title: str
    area: str
    unit: str
    note: str
    wording: str


class ValueOut(Schema):
    key: str
    title: str
    unit: str
    organisation_id: int
    period: str
    value: Decimal | None
    hidden: bool
    """少于5，不给出"""
    records: int | None
    """所数的记录数或金额（分），不给出时为空"""


FILES: dict[str, Any] = {
    "responses": {
        200: {
            "content": {
                tables.CONTENT_TYPES[form].partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for form in ("csv", "parquet")
            }
        }
    }
}
"""The other two forms of a table, for the document of the API."""


def _place(viewer: Viewer, pk: int | None) -> PublicOrganisation:
    found = org_queries.public(pk or viewer.organisation_id or 0)
    if found is None or not viewer.reaches(found.path):
        raise Http404
    return found


def _value(value: Value, place: PublicOrganisation) -> dict[str, Any]:
    definition = value.definition
    return {
        "key": value.figure.key, "title": definition.title, "unit": definition.unit, "organisation_id": place.pk,
        "period": value.period.key, "value": None if value.few else value.number, "hidden": value.few,
        "records": None if value.few else value.top,
    }  # fmt: skip


def _answer(pairs: list[tuple[Value, PublicOrganisation]], form: str) -> Any:
    if form == "json":
        return [_value(one, place) for one, place in pairs]
    answer = HttpResponse(tables.written(tables.rows_of(pairs), form), content_type=tables.CONTENT_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="figures.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/figures", response={200: list[FigureOut], **ANSWERS}, summary="数字的定义")
@route("figure.view")
def figures(request: HttpRequest, organisation_id: OptionalId = None) -> Any:
    """在这个组织通用的全部数字，按工作领域排。"""
    place = _place(viewer_of(request), organisation_id)
    return [
        {"key": key, "version": row.version, **{name: row.body.get(name, "") for name in
         ("title", "area", "unit", "note", "wording")}}
        for key, row in queries.in_force(place.path).items()
    ]  # fmt: skip


@router.get(
    "/figures/values", response={200: list[ValueOut], **ANSWERS}, summary="一个组织的全部数字", openapi_extra=FILES
)
@route("figure.view")
def values(
    request: HttpRequest, organisation_id: OptionalId = None, period: PeriodKey = "", format: Form = "json"
) -> Any:
    """不写期间就是今年。"""
    viewer = viewer_of(request)
    place = _place(viewer, organisation_id)
    asked = read(period) if period else around(timezone.localdate(), "year")
    found = queries.values(viewer, queries.in_force(place.path).values(), place, asked)
    return _answer([(one, place) for one in found.values()], format)


@router.get(
    "/figures/table",
    response={200: list[ValueOut], **ANSWERS},
    summary="几个数字在本组织和直接下级",
    openapi_extra=FILES,
)
@route("figure.view")
def table(
    request: HttpRequest,
    only: Annotated[str, Query(max_length=2000, description="数字的标识，用逗号隔开；不写就是全部")] = "",
    organisation_id: OptionalId = None,
    period: PeriodKey = "",
    format: Form = "json",
) -> Any:
    """每个数字、每个组织一行，先本组织，再直接下级（最多500家）。"""
    viewer = viewer_of(request)
    place = _place(viewer, organisation_id)
    known = queries.in_force(place.path)
    wanted = [one for one in only.split(",") if one] or list(known)
    if missing := [one for one in wanted if one not in known]:
        raise Refusal("GH-FIG-020", f"没有“{missing[0][:60]}”这个数字", "only", "先看 /figures 列出的标识")
    asked = read(period) if period else around(timezone.localdate(), "year")
    rows, below = [known[one] for one in wanted], children_of(place)[:MOST_PLACES]
    here = queries.values(viewer, rows, place, asked)
    found = queries.by_place(viewer, rows, below, asked) if below else {}
    pairs = [(here[row.key], place) for row in rows]
    return _answer([*pairs, *((found[row.key][one.pk], one) for row in rows for one in below)], format)


@router.get(
    "/figures/{key}/places", response={200: list[ValueOut], **ANSWERS}, summary="一个数字在各下级", openapi_extra=FILES
)
@route("figure.view")
def places(
    request: HttpRequest,
    key: str,
    organisation_id: OptionalId = None,
    period: PeriodKey = "",
    format: Form = "json",
) -> Any:
    """本组织和直接下级，各一行。"""
    viewer = viewer_of(request)
    place = _place(viewer, organisation_id)
    row = queries.figure(viewer, key[:60], place.path)
    if row is None:
        raise Http404
    asked = read(period) if period else around(timezone.localdate(), "year")
    below = children_of(place)
    found = queries.by_place(viewer, [row], below, asked)[row.key] if below else {}
    pairs = [(queries.value(viewer, row, place, asked), place), *((found[one.pk], one) for one in below)]
    return _answer(pairs, format)
