"""Writing a report: begun from a template, saved draft by draft with the numbers of the moment, remarked upon."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures.rules.periods import Period, read
from gonghui.kernel.org import queries as org
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import ReportState
from ..models import Comment, Draft, Report
from ..queries.filling import fill
from ..rules.content import Content, as_json, from_json
from ..rules.text import LONGEST, clean, parse


def begin(
    actor: Viewer, *, organisation: Organisation, template: Any, period: Period, title: str = "", text: str = ""
) -> Report:
    """A new report of the actor's own body.

    :param template: what its text is copied from (`queries.begun_with`).
    :raises Refusal: GH-REP-001 not one's own body.
    """
    require(actor, "report.write")
    if organisation.pk != actor.organisation_id:
        raise Refusal("GH-REP-001", "只能起草本单位的报告", "organisation")
    text = clean(text or template.text)
    with transaction.atomic():
        row = Report.objects.create(
            path=organisation.path, organisation=organisation, title=title or f"{period.said}{template.title}",
            occasion=template.occasion, period=period.key, template_title=template.title, made_by=actor.account_id,
            token=secrets.token_urlsafe(18),
        )  # fmt: skip
        record(actor, "report.begun", path=row.path, object_type="report", object_id=row.pk, object_name=row.title,
               detail={"template": template.title, "period": period.key})  # fmt: skip
        kept = _keep(actor, row, text)
        if not title and (headed := from_json(kept.content).title):
            row.title = headed[:80]
            row.save(update_fields=["title"])
    return row


def save(actor: Viewer, *, report: Report, text: str, title: str, lock: int) -> Draft:
    """A new draft of the text with numbers counted now. Marks that are wrong are kept and told, nothing is lost.

    :raises Refusal: GH-REP-002 no longer a draft, 003 changed by somebody else meanwhile, 004 too long, 005 no title.
    """
    require(actor, "report.write")
    text = clean(text)
    if len(text) > LONGEST:
        raise Refusal("GH-REP-004", f"正文有{len(text):,}字，超过{LONGEST:,}字", "text", "拆成几份报告")
    if not title.strip():
        raise Refusal("GH-REP-005", "没有写标题", "title")
    with transaction.atomic():
        row = _open(actor, report)
        unchanged(row, lock)
        row.title = title.strip()[:80]
        return _keep(actor, row, text)


def recount(actor: Viewer, *, report: Report, lock: int) -> Draft:
    """The same text once more, with the numbers of now.

    :raises Refusal: GH-REP-002 no longer a draft, 003 changed by somebody else meanwhile.
    """
    require(actor, "report.write")
    with transaction.atomic():
        row = _open(actor, report)
        unchanged(row, lock)
        last = Draft.objects.get(report=row, no=row.draft_no)
        return _keep(actor, row, last.text)


def unchanged(row: Report, lock: int) -> None:
    """:raises Refusal: GH-REP-003 what was read is no longer what is there."""
    if row.lock != lock:
        raise Refusal("GH-REP-003", "您打开以后别人动过这份报告", "text", "重新打开，看过现在的一稿再办")


def _open(actor: Viewer, report: Report) -> Report:
    """The report, locked, if the actor may write on it."""
    row = _locked(actor, report)
    if row.state != ReportState.DRAFT:
        raise Refusal(
            "GH-REP-002", f"这份报告{row.get_state_display()}，不能再改", hint="要改就请审核人退回，已印发的另起一份"
        )
    return row


def _locked(actor: Viewer, report: Report) -> Report:
    row: Report | None = Report.objects.visible(actor).select_for_update(of=("self",)).filter(pk=report.pk).first()
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-REP-001", "只能办理本单位的报告", "organisation")
    return row


def _keep(actor: Viewer, row: Report, text: str) -> Draft:
    content = filled(actor, row, text)
    row.draft_no, row.lock, row.changed_at = row.draft_no + 1, row.lock + 1, timezone.now()
    row.save(update_fields=["draft_no", "lock", "title", "changed_at"])
    kept = Draft.objects.create(
        path=row.path, report=row, no=row.draft_no, text=text, content=as_json(content), made_by=actor.account_id,
        made_by_name=actor.name,
    )  # fmt: skip
    record(
        actor, "report.drafted", path=row.path, object_type="report", object_id=row.pk, object_name=row.title,
        detail={"draft": kept.no, "numbers": len(content.numbers), "mistakes": len(content.mistakes)},
    )  # fmt: skip
    return kept


def filled(actor: Viewer, row: Report, text: str) -> Content:
    """The text with numbers as they are counted now."""
    return fill(actor, parse(text), place_of(row), read(row.period))


def place_of(row: Report) -> PublicOrganisation:
    """:raises Refusal: GH-REP-006 the body is no more."""
    place = org.public(row.organisation_id)
    if place is None:
        raise Refusal("GH-REP-006", "这个单位已撤销，不能再统计")
    return place


def comment(actor: Viewer, *, report: Report, line: int, quote: str, words: str) -> Comment:
    """A remark on a line, by somebody of the report's own body.

    :raises Refusal: GH-REP-001 another body's, 007 nothing said, 008 issued already.
    """
    require(actor, "report.view")
    words = words.strip()
    if not words:
        raise Refusal("GH-REP-007", "没有写意见", "words")
    with transaction.atomic():
        report = _locked(actor, report)
        if report.state in (ReportState.ISSUED, ReportState.WITHDRAWN):
            raise Refusal("GH-REP-008", "这份报告已经印发，不再提意见", hint="数字不对的，到数字的记录里更正")
        row = Comment.objects.create(
            path=report.path, report=report, draft_no=report.draft_no, line=line, quote=quote[:120], words=words[:500],
            by=actor.account_id, by_name=actor.name,
        )  # fmt: skip
        record(actor, "report.commented", path=report.path, object_type="report", object_id=report.pk,
               object_name=report.title, detail={"draft": report.draft_no, "line": line})  # fmt: skip
    return row


def settle(actor: Viewer, *, comment: Comment) -> None:
    """A remark is dealt with.

    :raises Refusal: GH-REP-001 another body's, 002 no longer a draft.
    """
    require(actor, "report.write")
    with transaction.atomic():
        _open(actor, comment.report)
        done = Comment.objects.visible(actor).filter(pk=comment.pk, settled_at=None)
        if done.update(settled_at=timezone.now(), settled_by_name=actor.name):
            record(actor, "report.settled", path=comment.path, object_type="report", object_id=comment.report_id,
                   detail={"line": comment.line})  # fmt: skip
