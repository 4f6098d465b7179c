"""What figures come to: by area, one with its places, months and splits, and the records behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, ListPage, write_xlsx

from ...access.doors import desk
from ...people.rules import mask_name
from ...sources import Shown, Source
from ...trail.services import record
from .. import queries
from ..choices import Area
from ..forms import ReasonForm
from ..models import Figure
from ..queries.values import children_of
from ..rules.definition import Measure
from . import frame, period_of, place_of


def _changed(now: Any, before: Any) -> dict[str, Any] | None:
    """How a number changed, in words and with its sign; nothing where one of them cannot be told."""
    if now.few or before.few or now.number is None or before.number is None:
        return None
    difference: Decimal = now.number - before.number
    tone = ""
    if difference and now.definition.better != "neutral":
        tone = "ok" if (difference > 0) == (now.definition.better == "more") else "bad"
    said = f"{difference:+,.{now.definition.decimals}f}" if difference else "持平"
    return {"said": said, "tone": tone}


@desk("figure.view")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Every figure that holds at a place, area by area, with the same period of the year before."""
    viewer, place, period = viewer_of(request), place_of(request), period_of(request)
    today = timezone.localdate()
    rows = queries.in_force(place.path)
    area = request.GET.get("area", "")
    if area in Area.values:
        rows = {key: row for key, row in rows.items() if row.area == area}
    now = queries.values(viewer, rows.values(), place, period)
    # A year that still runs is set beside the same days of the year before: counted from the records, so when asked.
    past = period.so_far(today).year_before() if "compare" in request.GET else None
    before = queries.values(viewer, rows.values(), place, past) if past else {}
    areas = [
        {
            "title": one.label, "key": one.value,
            "rows": [
                {"value": now[row.key], "row": row, "change": _changed(now[row.key], before[row.key]) if past else None}
                for row in listed
            ],
        }
        for one, listed in queries.by_area(rows.values())
    ]  # fmt: skip
    context = {
        **frame(request, place, period),
        "areas": areas,
        "chosen": area,
        "choices": [(one.value, one.label) for one in Area.members()],
        "past": past,
        "count": len(rows),
        "may_manage": viewer.may("figure.manage"),
    }
    return render(request, "figures/list.html", context)


def found(request: HttpRequest, key: str) -> Figure:
    row = queries.figure(viewer_of(request), key, place_of(request).path)
    if row is None:
        raise Http404
    return row


@desk("figure.view")
@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    """One figure: what it is, what it comes to, by place, month and split, each number opening its records."""
    return page_of(request, found(request, key))


def page_of(request: HttpRequest, row: Figure, stop: ReasonForm | None = None) -> HttpResponse:
    """The page of a figure; with a form to stop it that was sent and refused."""
    viewer, place, period = viewer_of(request), place_of(request), period_of(request)
    today = timezone.localdate()
    value = queries.value(viewer, row, place, period)
    periods = queries.before(period)
    with_past = "past" in request.GET
    before = queries.value(viewer, row, place, period.so_far(today).year_before()) if with_past else None
    children = children_of(place)[:60]
    below = queries.by_place(viewer, [row], children, period)[row.key] if children else {}
    asked = queries.parts(row, queries.in_force(place.path))
    ways = queries.ways(asked)
    split = request.GET.get("by", "") if request.GET.get("by", "") in ways else ""
    shown = with_past or queries.at_hand(asked, periods)
    trend = queries.series(viewer, row, place, periods) if shown else []
    highest = max((float(v.number or 0) for v in trend if not v.few), default=0) or 1
    context = {
        **frame(request, place, period),
        "row": row,
        "value": value,
        "change": _changed(value, before) if before else None,
        "with_past": with_past,
        "said": queries.said(row, queries.in_force(place.path)),
        "places": [{"place": child, "value": below[child.pk]} for child in children],
        "trend": [
            {"value": v, "part": 0 if v.few or v.number is None else round(float(v.number) / highest * 100)}
            for v in trend
        ],
        "splits": list(ways.items()),
        "split": split,
        "by": queries.by_dimension(viewer, row, place, period, split) if split else [],
        "corrections": queries.corrections(viewer, row, place),
        "may_manage": viewer.may("figure.manage"),
        "stop": (stop or ReasonForm()) if row.organisation_id == viewer.organisation_id else None,
    }
    return render(request, "figures/one.html", context, status=422 if stop else 200)


def _cell(shown: Shown) -> Any:
    if shown.cell is not None and not shown.personal:
        return shown.cell
    if not shown.personal:
        return None
    return lambda row: mask_name(str(shown.cell(row) if shown.cell else _looked_up(row, shown.key)))


def _looked_up(row: Any, path: str) -> Any:
    value = row
    for part in path.split("."):
        value = getattr(value, part, "")
    return value


def list_page(source: Source, measure: Measure) -> ListPage:
    """The list of a source's records: names as lists show them, each row leading to its record."""
    return ListPage(
        key=f"figure-{source.key}",
        title=source.title,
        unit=source.distincts[measure.what].unit if measure.kind == "distinct" else source.unit,
        columns=[
            Column(
                shown.key.replace(".", "_"),
                shown.title,
                cell=_cell(shown) or (lambda row, key=shown.key: _looked_up(row, key)),
                kind=shown.kind,
                head=n == 0,
                personal=shown.personal,
            )
            for n, shown in enumerate(source.shown)
        ],
        empty=Empty("没有可以列出的记录", "这个数字现在是0，或者记录都在您的范围以外。"),
        order=(),
        row_url=source.address,
        export=write_xlsx,
        template="figures/records.html",
    )


@desk("figure.view")
def records(request: HttpRequest, key: str) -> Any:
    """The records that a number was counted from: those in the reader's range, the rest as a count."""
    viewer, place, period = viewer_of(request), place_of(request), period_of(request)
    row = found(request, key)
    side = "bottom" if request.GET.get("side") == "bottom" else "top"
    value = queries.value(viewer, row, place, period)
    behind = queries.lineage(viewer, row, place, period, side)
    if request.method == "GET":
        record(
            viewer, "figure.opened", path=place.path, object_type="figure", object_id=row.pk, object_name=row.title,
            detail={"period": period.key, "side": side},
        )  # fmt: skip
    return list_page(behind.source, behind.measure).respond(
        request,
        behind.records if not value.few else behind.records.none(),
        heading=f"{row.title}的记录",
        path=frame(request, place, period)["path"],
        behind=behind,
        value=value,
        row=row,
        allowed=viewer.may(behind.source.permission),
        **{name: one for name, one in frame(request, place, period).items() if name != "path"},
        back=f"{reverse('figures:one', args=[key])}?at={place.pk}&period={period.key}",
    )
