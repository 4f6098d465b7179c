"""Procedures over the API: what a place may apply for, an application from draft to decision, the inbox, notices."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Path, Query, Router

from gonghui.kernel.access.requests import viewer_of

from ..access.api_auth import PostToken, route
from ..org.models import Organisation
from ..paging import page
from ..people.models import Person
from ..problems import ANSWERS
from ..viewer import Viewer
from . import schemas as s
from . import services
from .choices import ApplicationState, NoticeState
from .models import Application, Notice, Procedure, Step
from .queries import applications as queries
from .queries import definitions, handling
from .rules.definition import must_read

router = Router(auth=PostToken(), tags=["办事"])
PathId = Annotated[int, Path(ge=1, le=2**62)]
QueryId = Annotated[int, Query(ge=1, le=2**62)]
OptionalId = Annotated[int | None, Query(ge=1, le=2**62)]
Cursor = Annotated[str, Query(max_length=40)]
Limit = Annotated[int, Query(ge=1, le=200)]
Key = Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9_.]*$")]


def _organisation(viewer: Viewer, pk: int) -> Organisation:
    found: Organisation | None = Organisation.objects.visible(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _procedure(row: Procedure) -> dict[str, Any]:
    one = must_read(row.body)
    return {
        "id": row.pk, "key": row.key, "version": row.version, "title": row.title, "category": row.category,
        "who": one.who, "summary": one.summary, "minutes": one.minutes, "confidential": one.confidential,
    }  # fmt: skip


def _application(row: Application) -> dict[str, Any]:
    """Names of people in confidential matters stay out, as in every list."""
    plain = ("id", "number", "key", "procedure_id", "organisation_id", "state", "confidential", "verdict", "grade",
             "amount", "submitted_at", "ended_at", "version")  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "applicant": "" if row.confidential else row.applicant_name,
        "score": None if row.score is None else f"{row.score.normalize():f}",
    }


def _step(row: Step, number: str = "") -> dict[str, Any]:
    plain = ("id", "application_id", "key", "title", "kind", "state", "outcome", "due_on")
    return {name: getattr(row, name) for name in plain} | {
        "number": number or row.application.number,
        "assignee": row.assignee_name,
    }


def _whole(row: Application) -> dict[str, Any]:
    steps = [_step(one, row.number) for one in queries.steps(row)]
    return _application(row) | {"document": row.document, "steps": steps}


def _own(viewer: Viewer, pk: int) -> Application:
    """An application that the token's post may see, its own drafts included."""
    row = queries.applications(viewer).select_related(None).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _own_step(viewer: Viewer, pk: int) -> Step:
    row = queries.step(viewer, pk, timezone.localdate())
    if row is None:
        raise Http404
    return row


@router.get("/procedures", response={200: list[s.ProcedureOut], **ANSWERS}, summary="一个组织可以办的事")
@route("procedure.view")
def procedures(request: HttpRequest, organisation: QueryId) -> Any:
    """在一个组织施行的流程，每个只有现行的一版。"""
    body = _organisation(viewer_of(request), organisation)
    return [_procedure(row) for row in definitions.usable(body.path, timezone.localdate())]


@router.get("/procedures/{pk}", response={200: s.ProcedureForm, **ANSWERS}, summary="一个流程的表单")
@route("procedure.view")
def procedure(request: HttpRequest, pk: PathId) -> Any:
    row = definitions.procedure(viewer_of(request), pk)
    if row is None:
        raise Http404
    fields = [
        {
            "key": one.key, "title": one.title, "kind": one.kind, "required": one.required, "hint": one.hint,
            "sealed": one.is_sealed, "filled": bool(one.fill) or not one.asked,
            "options": [{"value": option.value, "title": option.title} for option in one.options],
        }
        for one in must_read(row.body).form.walk()
    ]  # fmt: skip
    return _procedure(row) | {"fields": fields}


@router.post("/applications", response={201: s.ApplicationOut, **ANSWERS}, summary="开始一份申请（草稿）")
@route("application.make")
def start(request: HttpRequest, data: s.StartIn) -> Any:
    """按组织所在地现行的版本建立草稿；附件在页面上传。"""
    viewer = viewer_of(request)
    body = _organisation(viewer, data.organisation_id)
    person = None
    if data.person_id is not None:
        person = Person.objects.visible(viewer).filter(pk=data.person_id).first()
        if person is None:
            raise Http404
    found = definitions.in_force(data.procedure, body.path, timezone.localdate())
    if found is None:
        raise Http404
    made = services.start(viewer, procedure=found, organisation=body, person=person, typed=data.values or None)
    return 201, _application(made.application)


@router.patch("/applications/{pk}", response={200: s.ApplicationOut, **ANSWERS}, summary="保存草稿")
@route("application.make")
def keep(request: HttpRequest, pk: PathId, data: s.KeepIn) -> Any:
    """没有填对的项不保存，也不报错；提交时一并说明。"""
    viewer = viewer_of(request)
    return _application(services.keep_draft(viewer, application_id=_own(viewer, pk).pk, typed=data.values))


@router.post("/applications/{pk}/submit", response={200: s.ApplicationOut, **ANSWERS}, summary="提交")
@route("application.make")
def submit(request: HttpRequest, pk: PathId, data: s.SubmitIn) -> Any:
    """要改的地方一次说全；退回补正后用同一个地址再提交。"""
    viewer = viewer_of(request)
    return _application(services.submit(viewer, application_id=_own(viewer, pk).pk, typed=data.values))


@router.post("/applications/{pk}/withdraw", response={200: s.ApplicationOut, **ANSWERS}, summary="撤回")
@route("application.make")
def withdraw(request: HttpRequest, pk: PathId, data: s.WithdrawIn) -> Any:
    viewer = viewer_of(request)
    return _application(services.withdraw(viewer, application_id=_own(viewer, pk).pk, reason=data.reason))


@router.get("/applications", response={200: s.ApplicationPage, **ANSWERS}, summary="岗位范围内的申请")
@route("application.view")
def applications(
    request: HttpRequest,
    state: ApplicationState | None = None,
    procedure: Key = "",
    organisation: OptionalId = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Any:
    """保密的申请只有参与办理的岗位看得到，申请人姓名不出现。"""
    given = {"state": state, "key": procedure or None, "organisation_id": organisation}
    rows = handling.listed(viewer_of(request)).filter(**{k: v for k, v in given.items() if v is not None})
    items, after = page(rows, cursor, limit)
    return {"items": [_application(row) for row in items], "next": after}


@router.get("/applications/{pk}", response={200: s.ApplicationWhole, **ANSWERS}, summary="一份申请和它的环节")
@route("application.view")
def application(request: HttpRequest, pk: PathId) -> Any:
    return _whole(_own(viewer_of(request), pk))


@router.get("/inbox", response={200: s.StepPage, **ANSWERS}, summary="等本岗位办理的环节")
@route("application.handle")
def inbox(request: HttpRequest, cursor: Cursor = "", limit: Limit = 50) -> Any:
    items, after = page(queries.inbox(viewer_of(request), timezone.localdate()), cursor, limit)
    return {"items": [_step(row) for row in items], "next": after}


@router.post("/steps/{pk}/approve", response={200: s.StepOut, **ANSWERS}, summary="通过")
@route("application.handle")
def approve(request: HttpRequest, pk: PathId, data: s.ApproveIn) -> Any:
    viewer = viewer_of(request)
    _own_step(viewer, pk)
    return _step(services.approve(viewer, step_id=pk, note=data.note, document_no=data.document_no, given=data.given))


@router.post("/steps/{pk}/reject", response={200: s.StepOut, **ANSWERS}, summary="不通过")
@route("application.handle")
def reject(request: HttpRequest, pk: PathId, data: s.RejectIn) -> Any:
    viewer = viewer_of(request)
    _own_step(viewer, pk)
    return _step(services.reject(viewer, step_id=pk, note=data.note, document_no=data.document_no))


@router.post("/steps/{pk}/send-back", response={200: s.StepOut, **ANSWERS}, summary="退回补正")
@route("application.handle")
def send_back(request: HttpRequest, pk: PathId, data: s.SendBackIn) -> Any:
    """要补正的一次说全。"""
    viewer = viewer_of(request)
    _own_step(viewer, pk)
    items = [{"field": one.field, "note": one.note} for one in data.missing]
    return _step(services.send_back(viewer, step_id=pk, missing_items=items, note=data.note))


@router.get("/notices", response={200: s.NoticePage, **ANSWERS}, summary="岗位范围内的公示")
@route("application.view")
def notices(request: HttpRequest, state: NoticeState = NoticeState.OPEN, cursor: Cursor = "", limit: Limit = 50) -> Any:
    """公示的内容按流程规定隐去一部分；`url` 是公开的网页。"""
    rows = Notice.objects.visible(viewer_of(request)).filter(state=state)
    items, after = page(rows, cursor, limit)
    return {
        "items": [
            {
                "id": row.pk, "title": row.title, "issuer_id": row.issuer_id, "opens_on": row.opens_on,
                "closes_on": row.closes_on, "state": row.state, "rows": row.shown.get("rows", []),
                "url": request.build_absolute_uri(reverse("procedures:notice", args=[row.token])),
            }
            for row in items
        ],
        "next": after,
    }  # fmt: skip
