"""Roster import over the API: the same steps as the pages, for systems that hold rosters of their own."""

import io
import tempfile
from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest
from ninja import File, Form, Path, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, Field

from gonghui.kernel.access.api_auth import PostToken, route
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.paging import page
from gonghui.kernel.problems import ANSWERS

from . import queries, services
from .choices import Kind, Mode, State
from .columns import roster_kind
from .models import RosterImport

router = Router(auth=PostToken(), tags=["名册导入"])
PathId = Annotated[int, Path(ge=1, le=2**62)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ImportOut(Schema):
    id: int
    kind: str
    state: str
    mode: str
    organisation_id: int
    source_name: str
    total_rows: int
    new_rows: int
    changed_rows: int
    unchanged_rows: int
    conflict_rows: int
    rejected_rows: int
    ended_rows: int
    notices: list[str]
    failure: dict[str, Any]
    created_at: datetime
    committed_at: datetime | None
    undone_at: datetime | None


class ImportPage(Schema):
    items: list[ImportOut]
    next: str | None


class ColumnOut(Schema):
    column: int
    letter: str
    header: str
    field: str
    confidence: float
    reason: str


class MatchingOut(Schema):
    columns: list[ColumnOut]
    missing: list[str]
    fields: dict[str, str]


class ProgressOut(Schema):
    state: str
    phase: str
    done: int
    total: int
    seconds_left: int | None


class ProblemOut(Schema):
    row: int
    column: str
    field: str
    code: str
    message: str
    hint: str
    serious: bool


class ProblemPage(Schema):
    items: list[ProblemOut]
    next: str | None


class UploadIn(Schema):
    model_config = ConfigDict(extra="forbid")
    kind: Kind
    organisation_id: int = Field(ge=1, le=2**62)


class ColumnsIn(Schema):
    model_config = ConfigDict(extra="forbid")
    columns: dict[Annotated[int, Field(ge=0, le=400)], Annotated[str, Field(max_length=40)]] = {}


class CommitIn(Schema):
    model_config = ConfigDict(extra="forbid")
    mode: Mode = Mode.GOOD_ONLY


class UndoIn(Schema):
    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=4, max_length=300)


def _roster(request: HttpRequest, pk: int) -> RosterImport:
    try:
        return queries.roster(viewer_of(request), pk)
    except RosterImport.DoesNotExist:
        raise Http404 from None


@router.get("/rosters", response={200: ImportPage, **ANSWERS}, summary="导入列表")
@route("roster.import")
def imports(
    request: HttpRequest,
    state: State | None = None,
    cursor: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    rows = queries.imports(viewer_of(request))
    items, after = page(rows.filter(state=state) if state else rows, cursor, limit)
    return {"items": items, "next": after}


@router.post("/rosters", response={202: ImportOut, **ANSWERS}, summary="上传一份名册")
@route("roster.import")
def upload(request: HttpRequest, data: Form[UploadIn], file: File[UploadedFile]) -> Any:
    viewer = viewer_of(request)
    place = Organisation.objects.visible(viewer).filter(pk=data.organisation_id).first()
    if place is None:
        raise Http404
    content: Any = file.file or io.BytesIO()
    roster = services.upload(
        viewer, organisation=place, kind=data.kind, file=content, name=file.name or "名册", size=file.size or 0
    )
    roster.refresh_from_db()
    return 202, ImportOut.from_orm(roster)


@router.get("/rosters/{pk}", response={200: ImportOut, **ANSWERS}, summary="一次导入")
@route("roster.import")
def one(request: HttpRequest, pk: PathId) -> Any:
    return _roster(request, pk)


@router.get("/rosters/{pk}/progress", response={200: ProgressOut, **ANSWERS}, summary="进度")
@route("roster.import")
def progress(request: HttpRequest, pk: PathId) -> Any:
    roster = _roster(request, pk)
    now = queries.progress(viewer_of(request), roster)
    return {
        "state": roster.state,
        "phase": now.phase,
        "done": now.done,
        "total": now.total,
        "seconds_left": now.seconds_left,
    }


@router.get("/rosters/{pk}/columns", response={200: MatchingOut, **ANSWERS}, summary="列的对应")
@route("roster.import")
def columns(request: HttpRequest, pk: PathId) -> Any:
    roster = _roster(request, pk)
    matching = services.matching_of(roster)
    fields = {field.key: field.label for field in roster_kind(roster.kind).fields.values()}
    rows = [
        {
            "column": one.column,
            "letter": one.letter,
            "header": one.header,
            "field": one.field,
            "confidence": one.confidence,
            "reason": one.reason,
        }
        for one in matching.columns
    ]
    return {"columns": rows, "missing": list(matching.missing), "fields": fields}


@router.post("/rosters/{pk}/columns", response={202: ImportOut, **ANSWERS}, summary="确认列，检查每一行")
@route("roster.import")
def confirm(request: HttpRequest, pk: PathId, data: ColumnsIn) -> Any:
    roster = _roster(request, pk)
    services.confirm_columns(viewer_of(request), roster=roster, choices=data.columns)
    return 202, ImportOut.from_orm(roster)


@router.get("/rosters/{pk}/problems", response={200: ProblemPage, **ANSWERS}, summary="有问题的行")
@route("roster.import")
def problems(
    request: HttpRequest,
    pk: PathId,
    cursor: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    items, after = page(queries.problems(viewer_of(request), _roster(request, pk)), cursor, limit)
    rows = [
        {
            "row": one.row_no,
            "column": one.letter,
            "field": one.field,
            "code": one.code,
            "message": one.message,
            "hint": one.hint,
            "serious": one.serious,
        }
        for one in items
    ]
    return {"items": rows, "next": after}


@router.post("/rosters/{pk}/commit", response={202: ImportOut, **ANSWERS}, summary="导入")
@route("roster.import")
def commit(request: HttpRequest, pk: PathId, data: CommitIn) -> Any:
    roster = _roster(request, pk)
    services.commit(viewer_of(request), roster=roster, mode=data.mode)
    return 202, ImportOut.from_orm(roster)


@router.post("/rosters/{pk}/cancel", response={202: ImportOut, **ANSWERS}, summary="停止")
@route("roster.import")
def cancel(request: HttpRequest, pk: PathId) -> Any:
    roster = _roster(request, pk)
    services.cancel(viewer_of(request), roster=roster)
    return 202, ImportOut.from_orm(roster)


@router.post("/rosters/{pk}/undo", response={202: ImportOut, **ANSWERS}, summary="撤销整次导入")
@route("roster.import")
def undo(request: HttpRequest, pk: PathId, data: UndoIn) -> Any:
    roster = _roster(request, pk)
    services.undo(viewer_of(request), roster=roster, reason=data.reason)
    return 202, ImportOut.from_orm(roster)


@router.get("/rosters/{pk}/report", response={200: bytes, **ANSWERS}, summary="有问题的行，xlsx")
@route("roster.import")
def report(request: HttpRequest, pk: PathId) -> Any:
    roster = _roster(request, pk)
    with tempfile.NamedTemporaryFile(prefix="roster-", suffix=".xlsx") as target:
        services.report(viewer_of(request), roster=roster, target=target)
        content = open(target.name, "rb")  # noqa: SIM115 FileResponse closes it
    return FileResponse(content, as_attachment=True, filename="要改的行.xlsx", content_type=XLSX)
