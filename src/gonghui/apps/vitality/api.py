"""The vitality review over the API."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from gonghui.kernel.access.api_auth import PostToken, route
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.paging import page
from gonghui.kernel.problems import ANSWERS

from . import queries, services
from .choices import FindingKind, FindingState

router = Router(auth=PostToken(), tags=["活力体检"])
PathId = Annotated[int, Path(ge=1, le=2**62)]


class FindingOut(Schema):
    id: int
    kind: str
    organisation_id: int
    membership_id: int | None
    reasons: list[dict[str, str]]
    last_sign_on: date | None
    state: str
    warned_on: date | None
    due_on: date | None
    decision: str
    decided_on: date | None
    note: str


class FindingPage(Schema):
    items: list[FindingOut]
    next: str | None


class ReviewOut(Schema):
    id: int
    organisation_id: int
    as_of: date
    unions_checked: int
    members_checked: int
    thresholds: dict[str, Any]


class ReviewIn(Schema):
    model_config = ConfigDict(extra="forbid")
    organisation_id: int = Field(ge=1, le=2**62)


class NoteIn(Schema):
    model_config = ConfigDict(extra="forbid")
    note: str = Field(min_length=1, max_length=200)


@router.get("/vitality/findings", response={200: FindingPage, **ANSWERS}, summary="核查名单")
@route("vitality.view")
def findings(
    request: HttpRequest,
    kind: FindingKind | None = None,
    state: FindingState | None = None,
    cursor: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    rows = queries.findings(viewer_of(request), kind)
    items, after = page(rows.filter(state=state) if state else rows, cursor, limit)
    return {"items": items, "next": after}


@router.get("/vitality/summary", response={200: dict[str, dict[str, int]], **ANSWERS}, summary="各类数字")
@route("vitality.view")
def summary(request: HttpRequest) -> Any:
    return queries.summary(viewer_of(request))


@router.post("/vitality/reviews", response={201: ReviewOut, **ANSWERS}, summary="开展一次体检")
@route("vitality.review")
def start(request: HttpRequest, data: ReviewIn) -> Any:
    viewer = viewer_of(request)
    body = Organisation.objects.visible(viewer).filter(pk=data.organisation_id).first()
    if body is None:
        raise Http404
    return 201, ReviewOut.from_orm(services.start_review(viewer, organisation=body))


@router.post("/vitality/findings/{pk}/keep", response={200: FindingOut, **ANSWERS}, summary="核实保留")
@route("vitality.review")
def keep(request: HttpRequest, pk: PathId, data: NoteIn) -> Any:
    viewer = viewer_of(request)
    if queries.finding(viewer, pk) is None:
        raise Http404
    return services.keep(viewer, finding_ids=[pk], note=data.note)[0]


@router.post("/vitality/findings/{pk}/warn", response={200: FindingOut, **ANSWERS}, summary="警示告知")
@route("vitality.review")
def warn(request: HttpRequest, pk: PathId, data: NoteIn) -> Any:
    viewer = viewer_of(request)
    if queries.finding(viewer, pk) is None:
        raise Http404
    return services.warn(viewer, finding_ids=[pk], note=data.note)[0]
