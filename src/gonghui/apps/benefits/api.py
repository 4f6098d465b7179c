"""Offers over the API: what a post's area offers, and a place on behalf of a member, by the same services."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from gonghui.kernel.access.api_auth import PostToken, route
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.paging import page
from gonghui.kernel.problems import ANSWERS
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.quotas.choices import OfferState

from .queries import desk

router = Router(auth=PostToken(), tags=["普惠"])
PathId = Annotated[int, Path(ge=1, le=2**62)]


class OfferOut(Schema):
    id: int
    number: str
    kind: str
    title: str
    organisation_id: int
    allocation: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    capacity: int | None
    taken: int | None


class OfferPageOut(Schema):
    items: list[OfferOut]
    next: str | None


class GiveIn(Schema):
    person_id: Annotated[int, Field(ge=1, le=2**62)]
    why: Annotated[str, Field(min_length=2, max_length=200)]


class ClaimOut(Schema):
    id: int
    offer_id: int
    session_id: int
    state: str
    made_at: datetime


@router.get("/benefits/offers", response={200: OfferPageOut, **ANSWERS}, summary="普惠项目名单")
@route("benefit.view")
def offers(
    request: HttpRequest,
    state: OfferState | None = None,
    cursor: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """岗位范围内的项目，含草稿；`capacity` 是名额，`taken` 是已占。"""
    rows = desk.offers(viewer_of(request))
    items, after = page(rows.filter(state=state) if state else rows, cursor, limit)
    return {"items": items, "next": after}


@router.post(
    "/benefits/sessions/{pk}/claims", response={201: ClaimOut, **ANSWERS}, summary="代会员办一个名额"
)  # fmt: skip
@route("benefit.manage")
def give(request: HttpRequest, pk: PathId, data: GiveIn) -> Any:
    """与工作台“代办名额”同一个服务：面向范围、一人一份、限领都照样核对。"""
    viewer = viewer_of(request)
    if desk.session(viewer, pk) is None:
        raise Http404
    return 201, quotas.grant(viewer, session_id=pk, person_id=data.person_id, why=data.why)
