"""What anybody may read over the API: public facts of union bodies."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Schema

from gonghui.kernel.problems import ANSWERS

from . import queries

router = Router(tags=["公开"])


class PublicOut(Schema):
    id: int
    parent_id: int | None
    name: str
    kind: str
    level: str
    region_code: str
    address: str
    office_phone: str


@router.get("/public/organisations/{pk}", response={200: PublicOut, **ANSWERS}, auth=None, summary="一个组织的公开资料")
def one(request: HttpRequest, pk: Annotated[int, Path(ge=1, le=2**62)]) -> Any:
    found = queries.public_one(pk)
    if found is None:
        raise Http404
    return found


@router.get("/public/organisations", response={200: list[PublicOut], **ANSWERS}, auth=None, summary="按名称找工会")
def find(request: HttpRequest, q: Annotated[str, Query(min_length=1, max_length=40)]) -> Any:
    """`q` 是名称里的几个字。"""
    federation = queries.site_federation()
    return queries.public_find(federation, q) if federation else []
