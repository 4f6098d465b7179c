"""Organisations and people over the API: thin doors to the same queries and services as the pages."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from gonghui.kernel.access.api_auth import PostToken, route
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.access.rules import REVEALS_PER_DAY
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import services as org
from gonghui.kernel.org.choices import Level, OrganisationKind, OrganisationState
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.paging import page
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import MembershipStatus, WorkerKind
from gonghui.kernel.people.models import Appointment, Membership, Person, TransferRequest
from gonghui.kernel.problems import ANSWERS
from gonghui.kernel.viewer import Viewer

from . import schemas as s

router = Router(auth=PostToken())
PathId = Annotated[int, Path(ge=1, le=2**62)]
Cursor = Annotated[str, Query(max_length=40)]
Limit = Annotated[int, Query(ge=1, le=200)]
Word = Annotated[str, Query(max_length=60)]
OptionalId = Annotated[int | None, Query(ge=1, le=2**62)]


def _organisation(viewer: Viewer, pk: int) -> Organisation:
    found: Organisation | None = Organisation.objects.visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _membership(viewer: Viewer, pk: int) -> Membership:
    found = people_queries.membership(viewer, pk)
    if found is None or not viewer.reaches(found.path):
        raise Http404
    return found


def _person(viewer: Viewer, pk: int) -> Person:
    found = people_queries.person(viewer, pk)
    if found is None or not viewer.reaches(found.path):
        raise Http404
    return found


def _out(row: Membership) -> dict[str, Any]:
    fields = s.MembershipOut.model_fields.keys() - {"name"}
    return {name: getattr(row, name) for name in fields} | {
        "name": row.person.name if row.valid_to is None else row.person_name
    }


@router.get("/organisations", response={200: s.OrganisationPage, **ANSWERS}, tags=["组织"], summary="组织名单")
@route("org.view")
def organisations(
    request: HttpRequest,
    parent: OptionalId = None,
    kind: OrganisationKind | None = None,
    level: Level | None = None,
    state: OrganisationState | None = None,
    q: Word = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """岗位范围内的组织。`q` 按名称、拼音、首字母、编码查找，给出前若干条，不分页。"""
    viewer = viewer_of(request)
    if q.strip():
        found = org_queries.search(viewer, q, limit=limit)
        return {"items": found, "next": None}
    rows = Organisation.objects.visible(viewer)
    given = {"parent_id": parent, "kind": kind, "level": level, "state": state}
    items, after = page(rows.filter(**{k: v for k, v in given.items() if v is not None}), cursor, limit)
    return {"items": items, "next": after}


@router.post("/organisations", response={201: s.OrganisationOut, **ANSWERS}, tags=["组织"], summary="建会")
@route("org.restructure")
def found_organisation(request: HttpRequest, data: s.FoundIn) -> Any:
    viewer = viewer_of(request)
    made = org.found(
        viewer,
        parent=_organisation(viewer, data.parent_id),
        name=data.name,
        kind=data.kind,
        level=data.level,
        on=data.on,
        reason=data.reason,
        document_no=data.document_no,
        **s.facts(data.facts),
    )
    return 201, s.OrganisationOut.from_orm(made)


@router.get("/organisations/{pk}", response={200: s.OrganisationOut, **ANSWERS}, tags=["组织"], summary="一个组织")
@route("org.view")
def organisation(request: HttpRequest, pk: PathId) -> Any:
    return _organisation(viewer_of(request), pk)


@router.patch("/organisations/{pk}", response={200: s.OrganisationOut, **ANSWERS}, tags=["组织"], summary="更正资料")
@route("org.manage")
def correct_organisation(request: HttpRequest, pk: PathId, data: s.CorrectIn) -> Any:
    """`version` 是读到的版本；别人已改过时是409，答复里有两边的值。"""
    viewer = viewer_of(request)
    row = _organisation(viewer, pk)
    return org.correct(viewer, organisation=row, version=data.version, changes=s.facts(data.changes))


@router.get(
    "/organisations/{pk}/counts", response={200: s.CountsOut, **ANSWERS}, tags=["组织"], summary="本组织及以下的数字"
)
@route("org.view")
def counts(request: HttpRequest, pk: PathId) -> Any:
    viewer = viewer_of(request)
    return org_queries.counts(viewer, _organisation(viewer, pk))


@router.get(
    "/organisations/{pk}/tree", response={200: list[s.NodeOut], **ANSWERS}, tags=["组织"], summary="某一天的组织树"
)
@route("org.view")
def tree(
    request: HttpRequest, pk: PathId, on: s.Day | None = None, depth: Annotated[int, Query(ge=1, le=10)] = 2
) -> Any:
    viewer = viewer_of(request)
    return org_queries.tree_on(viewer, _organisation(viewer, pk), on or timezone.localdate(), depth=depth)


@router.get(
    "/organisations/{pk}/changes", response={200: list[s.ChangeOut], **ANSWERS}, tags=["组织"], summary="变动记录"
)
@route("org.view")
def changes(request: HttpRequest, pk: PathId) -> Any:
    viewer = viewer_of(request)
    return list(org_queries.history(viewer, _organisation(viewer, pk))[:200])


@router.post("/organisations/{pk}/move", response={200: s.ChangeOut, **ANSWERS}, tags=["组织"], summary="转隶")
@route("org.restructure")
def move(request: HttpRequest, pk: PathId, data: s.MoveIn) -> Any:
    viewer = viewer_of(request)
    return org.move(
        viewer,
        organisation=_organisation(viewer, pk),
        parent=_organisation(viewer, data.parent_id),
        on=data.on,
        reason=data.reason,
        document_no=data.document_no,
    )


@router.post("/organisations/{pk}/merge", response={200: s.ChangeOut, **ANSWERS}, tags=["组织"], summary="并转")
@route("org.restructure")
def merge(request: HttpRequest, pk: PathId, data: s.MergeIn) -> Any:
    viewer = viewer_of(request)
    return org.merge(
        viewer,
        organisation=_organisation(viewer, pk),
        into=_organisation(viewer, data.into_id),
        on=data.on,
        reason=data.reason,
        document_no=data.document_no,
    )


@router.post("/organisations/{pk}/dissolve", response={200: s.ChangeOut, **ANSWERS}, tags=["组织"], summary="撤销组织")
@route("org.restructure")
def dissolve(request: HttpRequest, pk: PathId, data: s.DissolveIn) -> Any:
    """会员转入 `members_to_id`；不填则由上一级工会保留会籍。"""
    viewer = viewer_of(request)
    return org.dissolve(
        viewer,
        organisation=_organisation(viewer, pk),
        on=data.on,
        reason=data.reason,
        members_to=_organisation(viewer, data.members_to_id) if data.members_to_id else None,
        document_no=data.document_no,
    )


@router.post("/organisations/{pk}/rename", response={200: s.ChangeOut, **ANSWERS}, tags=["组织"], summary="更名")
@route("org.restructure")
def rename(request: HttpRequest, pk: PathId, data: s.RenameIn) -> Any:
    viewer = viewer_of(request)
    return org.rename(
        viewer,
        organisation=_organisation(viewer, pk),
        name=data.name,
        on=data.on,
        reason=data.reason,
        document_no=data.document_no,
    )


@router.post("/changes/{pk}/undo", response={200: s.ChangeOut, **ANSWERS}, tags=["组织"], summary="撤回一次变动")
@route("org.restructure")
def undo(request: HttpRequest, pk: PathId, data: s.ReasonIn) -> Any:
    viewer = viewer_of(request)
    row = org_queries.changes(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    return org.undo(viewer, change=row, reason=data.reason)


@router.get(
    "/organisations/{pk}/officers", response={200: list[s.AppointmentOut], **ANSWERS}, tags=["组织"], summary="任职"
)
@route("member.view")
def officers(request: HttpRequest, pk: PathId) -> Any:
    viewer = viewer_of(request)
    return list(people_queries.officers(viewer, _organisation(viewer, pk)))


@router.get("/members", response={200: s.MembershipPage, **ANSWERS}, tags=["会员"], summary="会籍名单")
@route("member.view")
def members(
    request: HttpRequest,
    organisation: OptionalId = None,
    status: MembershipStatus | None = None,
    worker_kind: WorkerKind | None = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """岗位范围内现有的会籍；按姓名、手机尾号查找用 `/people`。"""
    viewer = viewer_of(request)
    body = _organisation(viewer, organisation) if organisation else None
    rows = people_queries.members(viewer, body)
    given = {"status": status, "worker_kind": worker_kind}
    items, after = page(rows.filter(**{k: v for k, v in given.items() if v is not None}), cursor, limit)
    return {"items": [_out(row) for row in items], "next": after}


@router.post("/members", response={201: s.MembershipOut, **ANSWERS}, tags=["会员"], summary="登记入会")
@route("member.manage")
def admit(request: HttpRequest, data: s.MemberIn) -> Any:
    """同一个人只登记一次：证件已在别的工会有会籍时是409，可以发起转会。"""
    viewer = viewer_of(request)
    body = _organisation(viewer, data.organisation_id)
    person = people.register(
        viewer, organisation=body, name=data.name, id_kind=data.id_kind, id_number=data.id_number, phone=data.phone
    )
    made = people.admit(
        viewer,
        organisation=body,
        person=person,
        joined_on=data.joined_on,
        on=data.joined_on,
        worker_kind=data.worker_kind,
        occupation=data.occupation,
        new_form=data.new_form,
        platforms=data.platforms,
        employer_name=data.employer_name,
    )
    return 201, s.MembershipOut(**_out(made))


@router.post("/people/find", response={200: list[s.FoundPersonOut], **ANSWERS}, tags=["会员"], summary="找人")
@route("member.view")
def find(request: HttpRequest, data: s.FindIn) -> Any:
    """按姓名、拼音、首字母、手机尾号、会员号或完整证件号。内容放在请求体里，不进地址和日志。"""
    return people_queries.search(viewer_of(request), data.text, limit=data.limit)


@router.get(
    "/people/{pk}", response={200: s.PersonOut, **ANSWERS}, tags=["会员"], summary="一个人（证件号、手机号隐去）"
)
@route("member.view")
def person(request: HttpRequest, pk: PathId) -> Any:
    return _person(viewer_of(request), pk)


@router.patch("/people/{pk}", response={200: s.PersonOut, **ANSWERS}, tags=["会员"], summary="更正个人资料")
@route("member.manage")
def correct_person(request: HttpRequest, pk: PathId, data: s.CorrectIn) -> Any:
    viewer = viewer_of(request)
    row = _person(viewer, pk)
    return people.correct_person(viewer, person=row, version=data.version, changes=s.facts(data.changes))


@router.post(
    "/people/{pk}/reveal", response={200: s.RevealOut, **ANSWERS}, tags=["会员"], summary="查看完整证件号或手机号"
)
@route("member.reveal", replayed=False)
def reveal(request: HttpRequest, pk: PathId, data: s.RevealIn) -> Any:
    """写明理由；留痕，本人看得到；每个账号每天有上限。"""
    viewer = viewer_of(request)
    row = _person(viewer, pk)
    value = people.reveal(viewer, person=row, field=data.field, reason=data.reason, cap=REVEALS_PER_DAY)
    return {"value": value}


@router.get(
    "/people/{pk}/memberships", response={200: list[s.MembershipOut], **ANSWERS}, tags=["会员"], summary="会籍历史"
)
@route("member.view")
def history(request: HttpRequest, pk: PathId) -> Any:
    viewer = viewer_of(request)
    row = _person(viewer, pk)
    rows = Membership.objects.visible(viewer).filter(person=row).select_related("person").order_by("valid_from", "pk")
    return [_out(one) for one in rows]


@router.post("/memberships/{pk}/end", response={200: s.MembershipOut, **ANSWERS}, tags=["会员"], summary="终止会籍")
@route("member.manage")
def end(request: HttpRequest, pk: PathId, data: s.EndIn) -> Any:
    viewer = viewer_of(request)
    return _out(people.end(viewer, membership=_membership(viewer, pk), on=data.on, reason=data.reason, note=data.note))


@router.post("/memberships/{pk}/retain", response={200: s.MembershipOut, **ANSWERS}, tags=["会员"], summary="保留会籍")
@route("member.manage")
def retain(request: HttpRequest, pk: PathId, data: s.RetainIn) -> Any:
    viewer = viewer_of(request)
    return _out(people.retain(viewer, membership=_membership(viewer, pk), reason=data.reason, on=data.on))


@router.post("/memberships/{pk}/transfer", response={201: s.TransferOut, **ANSWERS}, tags=["会员"], summary="发起转会")
@route("member.manage")
def ask_transfer(request: HttpRequest, pk: PathId, data: s.TransferIn) -> Any:
    viewer = viewer_of(request)
    row = _membership(viewer, pk)
    target = org_queries.public(data.to_organisation_id)
    if target is None:
        raise Http404
    made = people.ask_transfer(viewer, membership=row, to_organisation=target, reason=data.reason)
    return 201, s.TransferOut.from_orm(made)


@router.get("/transfers", response={200: list[s.TransferOut], **ANSWERS}, tags=["会员"], summary="转入转出")
@route("member.view")
def transfers(request: HttpRequest, limit: Limit = 50) -> Any:
    return list(people_queries.transfers(viewer_of(request))[:limit])


@router.post("/transfers/{pk}/answer", response={200: s.TransferOut, **ANSWERS}, tags=["会员"], summary="答复转会")
@route("member.manage")
def answer_transfer(request: HttpRequest, pk: PathId, data: s.AnswerIn) -> Any:
    viewer = viewer_of(request)
    row = people_queries.transfers(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    people.answer_transfer(viewer, request=row, accept=data.accept, answer=data.answer)
    return TransferRequest.objects.get(pk=pk)


@router.post("/appointments", response={201: s.AppointmentOut, **ANSWERS}, tags=["组织"], summary="任职")
@route("officer.manage")
def appoint(request: HttpRequest, data: s.AppointIn) -> Any:
    viewer = viewer_of(request)
    made = people.appoint(
        viewer,
        organisation=_organisation(viewer, data.organisation_id),
        person=_person(viewer, data.person_id),
        office=data.office,
        on=data.on,
        title=data.title,
        reason=data.reason,
    )
    return 201, s.AppointmentOut.from_orm(made)


@router.post("/appointments/{pk}/end", response={200: s.AppointmentOut, **ANSWERS}, tags=["组织"], summary="离任")
@route("officer.manage")
def end_appointment(request: HttpRequest, pk: PathId, data: s.EndAppointmentIn) -> Any:
    viewer = viewer_of(request)
    row = Appointment.objects.visible(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    return people.end_appointment(viewer, appointment=row, on=data.on, reason=data.reason)
