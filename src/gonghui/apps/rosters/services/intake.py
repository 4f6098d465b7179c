"""The decisions of an import: uploading, confirming columns, choosing, starting, stopping, taking back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..choices import Action, Choice, Kind, Mode, State
from ..columns import roster_kind
from ..matching import ColumnMatch, Matching, corrected
from ..models import ColumnMapping, RosterImport, RosterProgress, RosterRow


def upload(
    actor: Viewer, *, organisation: Organisation, kind: str, file: IO[bytes], name: str, size: int
) -> RosterImport:
    """Keep the file and have its columns read in the background.

    :raises Refusal: GH-IMP-501 no permission or another union's place, 502 empty file, 503 too big.
    """
    if not actor.may("roster.import") or not actor.reaches(organisation.path):
        raise Refusal(
            "GH-IMP-501", f"当前岗位不能向“{organisation.name}”导入名册", "organisation", "换到管理它的岗位再导入"
        )
    if size <= 0:
        raise Refusal("GH-IMP-502", "文件是空的，一个字节也没有", "file", "在电脑上打开它，确认有内容后再上传")
    if size > settings.ROSTER_MAX_BYTES:
        most = settings.ROSTER_MAX_BYTES // 1_000_000
        raise Refusal(
            "GH-IMP-503", f"文件有{size // 1_000_000}MB，一次最多{most}MB", "file", "按单位拆成几份，或另存为csv再上传"
        )
    digest = _digest(file)
    with transaction.atomic():
        stored = files.store(
            actor, path=organisation.path, name=name[-200:], kind="roster", content=file,
            content_type="application/octet-stream", personal=True,
        )  # fmt: skip
        before = queries.imported_before(actor, digest, kind)
        roster = RosterImport.objects.create(
            path=organisation.path, organisation=organisation, kind=Kind(kind), source=stored, source_name=name[-200:],
            sha256=digest, actor_id=actor.account_id, post_id=actor.post_id, actor_name=actor.name,
            notices=_same_file(before) if before else [],
        )  # fmt: skip
        RosterProgress.objects.create(roster=roster)
        _on_trail(actor, roster, "roster.uploaded", {"kind": kind, "size": size})
        _defer(roster)
    return roster


def _same_file(before: RosterImport) -> list[str]:
    day = timezone.localtime(before.created_at)
    return [f"同一个文件{day:%Y-%m-%d %H:%M}已由{before.actor_name or '本单位'}导入过，没有变化的行不会再动"]


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while data := file.read(1 << 20):
        digest.update(data)
    file.seek(0)
    return digest.hexdigest()


def matching_of(roster: RosterImport) -> Matching:
    """The columns as they were read and last corrected."""
    columns = tuple(
        ColumnMatch(
            c["column"], c["letter"], c["header"], c["field"], c["confidence"], c["reason"], tuple(c["samples"])
        )
        for c in roster.outline.get("columns", [])
    )
    fields = {column.field: column.column for column in columns if column.field}
    return Matching(roster.kind, roster.header_signature, columns, tuple(roster.outline.get("missing", [])), fields)


def reread(actor: Viewer, *, roster: RosterImport, sheet: int, header_rows: tuple[int, int] | None) -> None:
    """Another sheet or header row was pointed out: the columns are read again."""
    with transaction.atomic():
        held = _hold(actor, roster, State.MATCHING, State.READY)
        held.state = State.UPLOADED
        held.outline = {"wanted_sheet": sheet, "wanted_header": list(header_rows) if header_rows else []}
        held.save(update_fields=["state", "outline"])
        _restart(held)
    roster.refresh_from_db()


def confirm_columns(actor: Viewer, *, roster: RosterImport, choices: Mapping[int, str]) -> None:
    """Settle which column is which field, remember it, and have every row checked.

    :param choices: column → field, for the columns that a person looked at; an empty field leaves a column out.
    :raises Refusal: GH-IMP-504 a needed column is missing, 505 two columns for one field.
    """
    chosen = [field for field in choices.values() if field]
    twice = next((field for field in chosen if chosen.count(field) > 1), "")
    fields = roster_kind(roster.kind).fields
    if twice:
        raise Refusal("GH-IMP-505", f"有两列都对应“{fields[twice].label}”", "columns", "只留一列，另一列选“不导入”")
    with transaction.atomic():
        held = _hold(actor, roster, State.MATCHING, State.READY)
        matching = corrected(matching_of(held), {c: f for c, f in choices.items() if not f or f in fields})
        if matching.missing and not _files_here(held, matching):
            names = "、".join(fields[name].label for name in matching.missing)
            raise Refusal(
                "GH-IMP-504", f"还没有找到“{names}”这一列", "columns", "在下面指出是哪一列；文件里没有的，补上再上传"
            )
        held.outline = {**held.outline, **outlined(matching)}
        held.mapping = matching.mapping
        held.state = State.CHECKING
        held.save(update_fields=["outline", "mapping", "state"])
        ColumnMapping.objects.update_or_create(
            organisation=held.organisation, kind=held.kind, header_signature=held.header_signature,
            defaults={"path": held.path, "mapping": matching.remembered, "used_at": timezone.now()},
        )  # fmt: skip
        _restart(held)
    roster.refresh_from_db()


def _files_here(roster: RosterImport, matching: Matching) -> bool:
    """A roster without a union column belongs to the union it is filed at."""
    return set(matching.missing) <= {"organisation"}


def outlined(matching: Matching) -> dict[str, Any]:
    """The matching as the import keeps it; samples were masked when they were read."""
    columns = [
        {
            "column": c.column, "letter": c.letter, "header": c.header[:120], "field": c.field,
            "confidence": c.confidence, "reason": c.reason, "samples": list(c.samples),
        }
        for c in matching.columns
    ]  # fmt: skip
    return {"columns": columns, "missing": list(matching.missing)}


def choose(actor: Viewer, *, roster: RosterImport, choice: str, row_no: int | None = None) -> int:
    """Decide one conflict, or all that are undecided."""
    with transaction.atomic():
        _hold(actor, roster, State.READY)
        rows = RosterRow.objects.filter(roster=roster, action=Action.CONFLICT)
        rows = rows.filter(row_no=row_no) if row_no is not None else rows.filter(choice="")
        return int(rows.update(choice=Choice(choice)))


def commit(actor: Viewer, *, roster: RosterImport, mode: str) -> None:
    """Start putting the checked rows into the records.

    :raises Refusal: GH-IMP-506 rows with problems under all-or-nothing, 507 conflicts left open, 508 nothing to do.
    """
    with transaction.atomic():
        held = _hold(actor, roster, State.READY)
        if mode == Mode.ALL_OR_NOTHING:
            if held.rejected_rows:
                raise Refusal(
                    "GH-IMP-506", f"有{held.rejected_rows:,}行有问题，选的是“有一行不合格就整份不导入”", "mode",
                    "下载有问题的行，改好再上传；或改选只导入没有问题的行",
                )  # fmt: skip
            if RosterRow.objects.filter(roster=held, action=Action.CONFLICT, choice="").exists():
                raise Refusal("GH-IMP-507", "还有冲突的行没有选用哪一份", "mode", "逐行选好，或一次选定全部")
        chosen = RosterRow.objects.filter(roster=held, action=Action.CONFLICT, choice=Choice.FILE).exists()
        if not held.applied_rows and not chosen:
            raise Refusal("GH-IMP-508", "没有可以导入的行", "mode", "下载有问题的行，改好再上传")
        held.mode, held.state = Mode(mode), State.COMMITTING
        held.save(update_fields=["mode", "state"])
        _restart(held)
    roster.refresh_from_db()


def cancel(actor: Viewer, *, roster: RosterImport) -> None:
    """Stop in any phase. What runs is told to stop and rolls back; what waits is closed at once."""
    with transaction.atomic():
        if not actor.may("roster.import") or not actor.reaches(roster.path):
            raise Refusal("GH-IMP-501", "当前岗位不能停止这次导入", None, "换到经办它的岗位")
        if roster.step.is_running:
            # No lock: the worker may hold the row for as long as its transaction lasts.
            RosterProgress.objects.filter(roster=roster).update(cancel_requested=True)
            _on_trail(actor, roster, "roster.stop_asked", {})
            return
        held = _hold(actor, roster, State.MATCHING, State.READY)
        held.state = State.CANCELLED
        held.save(update_fields=["state"])
        RosterRow.objects.filter(roster=held).delete()
        _on_trail(actor, held, "roster.stopped", {})
    roster.refresh_from_db()


def undo(actor: Viewer, *, roster: RosterImport, reason: str) -> None:
    """Start taking the whole import back.

    :raises Refusal: GH-IMP-509 no reason given.
    """
    if len(reason.strip()) < 4:
        raise Refusal("GH-IMP-509", "撤销原因至少写4个字", "reason", "例如：导入时选错了文件")
    with transaction.atomic():
        held = _hold(actor, roster, State.DONE)
        held.state, held.undo_reason, held.undone_by, held.failure = State.UNDOING, reason.strip()[:300], actor.name, {}
        held.save(update_fields=["state", "undo_reason", "undone_by", "failure"])
        _restart(held)
    roster.refresh_from_db()


def _hold(actor: Viewer, roster: RosterImport, *states: State) -> RosterImport:
    """The import, locked and in one of the states that the decision needs.

    :raises Refusal: GH-IMP-501 not the actor's; 510 somebody or the worker was faster.
    """
    if not actor.may("roster.import") or not actor.reaches(roster.path):
        raise Refusal("GH-IMP-501", "当前岗位不能处理这次导入", None, "换到经办它的岗位")
    held = (
        RosterImport.objects.visible(actor)
        .select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=roster.pk)
    )
    if held.step not in states:
        raise Refusal("GH-IMP-510", f"这次导入现在是“{held.step.label}”", None, "刷新页面，看看它到了哪一步")
    return held  # type: ignore[no-any-return]


def _restart(roster: RosterImport) -> None:
    RosterProgress.objects.filter(roster=roster).update(
        phase="", done=0, total=0, cancel_requested=False, updated_at=timezone.now(), phase_began_at=timezone.now()
    )
    _defer(roster)


def _defer(roster: RosterImport) -> None:
    # Imported here: jobs import services, and deferring is the one thing services ask of jobs.
    from ..jobs import work_on_roster

    work_on_roster.defer(roster_id=roster.pk)


def _on_trail(actor: Viewer, roster: RosterImport, verb: str, detail: dict[str, Any], reason: str = "") -> None:
    record(
        actor, verb, path=roster.path, object_type="roster_import", object_id=roster.pk,
        object_name=f"{roster.source_name}（{roster.get_kind_display()}）", reason=reason, detail=detail,
    )  # fmt: skip
