"""Carrying a project out: milestones reached, progress with pictures, money, risks, delays, results measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import pictures
from gonghui.kernel.files.services import store
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import NoteKind, ProjectState, RiskLevel
from ..models import Evaluation, Milestone, Outcome, Project, ProjectFile, ProjectNote, Risk
from .project_ground import MANAGE, Photo, held, note, own_project, past, said, told
from .projects import LIVE, WORKING
from .telling import tell_authors

MOST_PHOTOS = 9


def _keep(
    actor: Viewer, project: Project, photos: Sequence[Photo], *, entry: ProjectNote, milestone: Milestone | None = None
) -> None:
    """Pictures without what the camera wrote into them.

    :raises Refusal: GH-PRJ-050 too many, without words; and as `pictures.clean` refuses.
    """
    if len(photos) > MOST_PHOTOS:
        raise Refusal("GH-PRJ-050", f"一次最多{MOST_PHOTOS}张照片", "photos", "分几次登记")
    for photo in photos:
        if len(photo.alt.strip()) < 4:
            raise Refusal("GH-PRJ-050", "写明照片上是什么，至少4个字", "alt", "读屏的职工靠它知道内容")
        stored = store(
            actor, path=project.path, name=photo.name, kind="voice.project", content=pictures.clean(photo.content),
            content_type="image/jpeg",
        )  # fmt: skip
        ProjectFile.objects.create(
            path=project.path, project=project, note=entry, milestone=milestone, file=stored,
            alt=photo.alt.strip()[:120], shown=entry.shown,
        )  # fmt: skip


def finish_milestone(
    actor: Viewer, *, milestone_id: int, words: str, on: date | None = None, photos: Sequence[Photo] = ()
) -> Milestone:
    """A milestone is reached, with what shows it.

    :raises Refusal: GH-PRJ-001 to 005, 050.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        row = held(actor, Milestone, milestone_id, "节点")
        project = own_project(actor, row.project_id, *WORKING)
        if row.done_on is not None:
            raise Refusal("GH-PRJ-003", "这个节点已经完成", None, "刷新页面看最新状态")
        row.note, row.done_on = said(words, "words", "完成情况"), when
        row.save()
        entry = told(actor, project, NoteKind.PROGRESS, f"完成节点“{row.title}”：{row.note}", when)
        _keep(actor, project, photos, entry=entry, milestone=row)
        note(actor, "milestone_done", project, project.title, milestone=row.title)
    return row


def reopen_milestone(actor: Viewer, *, milestone_id: int, reason: str) -> Milestone:
    """It was not reached after all.

    :raises Refusal: GH-PRJ-001 to 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Milestone, milestone_id, "节点")
        project = own_project(actor, row.project_id, *WORKING)
        if row.done_on is None:
            raise Refusal("GH-PRJ-003", "这个节点还没有完成", None, "刷新页面看最新状态")
        why = said(reason, "reason", "恢复为没有完成的理由")
        told(actor, project, NoteKind.CHANGE, why, past(None), changes=[
            {"what": f"节点“{row.title}”", "old": f"{row.done_on:%Y-%m-%d}完成", "new": "没有完成"}
        ])  # fmt: skip
        row.done_on, row.note = None, ""
        row.save()
        note(actor, "milestone_reopened", project, project.title, milestone=row.title, reason=why)
    return row


def report_progress(
    actor: Viewer, *, project_id: int, text: str, on: date | None = None, photos: Sequence[Photo] = (),
    shown: bool = True,
) -> ProjectNote:  # fmt: skip
    """What happened, for the page of the project and, if `shown`, for everybody.

    :raises Refusal: GH-PRJ-001 to 005, 050.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        project = own_project(actor, project_id, *WORKING)
        entry = told(actor, project, NoteKind.PROGRESS, said(text, "text", "进展", 1000), when, shown=shown)
        _keep(actor, project, photos, entry=entry)
        note(actor, "progress_reported", project, project.title)
    return entry


def use_money(
    actor: Viewer, *, project_id: int, amount: int, text: str, voucher: str, on: date | None = None
) -> ProjectNote:
    """Money used (or, below nought, given back), in fen, by its voucher.

    :raises Refusal: GH-PRJ-001 to 005; 051 nothing, no voucher, more than the budget, or less than nothing in all.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        project = own_project(actor, project_id, *WORKING, ProjectState.DONE)
        if not amount:
            raise Refusal("GH-PRJ-051", "金额不能是0", "amount")
        if len(voucher.strip()) < 2:
            raise Refusal("GH-PRJ-051", "写凭证号", "voucher", "没有凭证的支出不登记")
        total = project.spent + amount
        if total > project.budget:
            raise Refusal(
                "GH-PRJ-051", f"合计{total / 100:,.2f}元，超过预算{project.budget / 100:,.2f}元", "amount",
                "先调整预算并写明理由",
            )  # fmt: skip
        if total < 0:
            raise Refusal("GH-PRJ-051", "退回的金额多于已使用的金额", "amount")
        project.spent = total
        project.save(update_fields=["spent"])
        entry = told(
            actor,
            project,
            NoteKind.MONEY,
            said(text, "text", "用途"),
            when,
            amount=amount,
            voucher=voucher.strip()[:60],
        )
        note(actor, "money_used", project, project.title, amount=amount)
    return entry


def raise_risk(actor: Viewer, *, project_id: int, text: str, level: str, measure: str) -> Risk:
    """:raises Refusal: GH-PRJ-001 to 004; 052 no such level."""
    require(actor, MANAGE)
    if level not in RiskLevel.values:
        raise Refusal("GH-PRJ-052", "程度从低、中、高里选", "level")
    with transaction.atomic():
        project = own_project(actor, project_id, *LIVE)
        row = Risk.objects.create(
            path=project.path, project=project, text=said(text, "text", "风险", 200), level=level,
            measure=said(measure, "measure", "应对措施"), raised_on=past(None),
        )  # fmt: skip
        note(actor, "risk_raised", project, project.title, level=level)
    return row


def close_risk(actor: Viewer, *, risk_id: int) -> Risk:
    """:raises Refusal: GH-PRJ-001 to 003."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Risk, risk_id, "风险")
        project = own_project(actor, row.project_id)
        if row.closed_on is not None:
            raise Refusal("GH-PRJ-003", "这个风险已经解除", None, "刷新页面看最新状态")
        row.closed_on = past(None)
        row.save()
        note(actor, "risk_closed", project, project.title)
    return row


def explain_delay(actor: Viewer, *, project_id: int, text: str) -> ProjectNote:
    """Why it is late, what is being done, and by when it will be there; public.

    :raises Refusal: GH-PRJ-001 to 004; 053 it is not late.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        project = own_project(actor, project_id, *LIVE)
        when = past(None)
        late = project.due_on < when or project.milestones.filter(done_on__isnull=True, due_on__lt=when).exists()
        if not late:
            raise Refusal("GH-PRJ-053", "项目和节点都没有逾期，不用说明", None, "期限要改的，在“调整”里改并写明理由")
        entry = told(actor, project, NoteKind.DELAY, said(text, "text", "延期的原因和措施", 1000), when)
        note(actor, "delay_explained", project, project.title)
    return entry


def measure(
    actor: Viewer, *, outcome_id: int, after: Decimal, after_on: date | None = None, after_note: str = ""
) -> Outcome:
    """The same measured again; a second result keeps the first one beside it.

    :raises Refusal: GH-PRJ-001 to 003, 005.
    """
    require(actor, MANAGE)
    when = past(after_on, "after_on")
    with transaction.atomic():
        row = held(actor, Outcome, outcome_id, "指标")
        project = own_project(actor, row.project_id, *WORKING)
        if row.after is not None:
            words = after_note.strip()[:300] or "重新测量"
            old, new = (f"{value.normalize():f}{row.unit}" for value in (row.after, after))
            told(actor, project, NoteKind.CHANGE, words, when, changes=[{"what": row.title, "old": old, "new": new}])
        row.after, row.after_on, row.after_note = after, when, after_note.strip()[:300]
        row.save(update_fields=["after", "after_on", "after_note"])
        note(actor, "outcome_measured", project, project.title, outcome=row.title)
    return row


def finish(actor: Viewer, *, project_id: int, result: str, on: date | None = None) -> Project:
    """All is done: it waits to be judged by those who asked.

    :raises Refusal: GH-PRJ-001 to 005; 054 what is missing.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        row = own_project(actor, project_id, *WORKING)
        words = said(result, "result", "完成情况", 1000)
        left = list(row.milestones.filter(done_on__isnull=True).values_list("title", flat=True)[:3])
        if left:
            raise Refusal("GH-PRJ-054", f"还有节点没有完成：{'、'.join(left)}", None, "先完成节点")
        bare = list(row.outcomes.filter(after__isnull=True).values_list("title", flat=True)[:3])
        if bare:
            raise Refusal("GH-PRJ-054", f"还没有测量结果：{'、'.join(bare)}", None, "填上之后的数值")
        below = row.children.filter(state__in=LIVE).count()
        if below:
            raise Refusal("GH-PRJ-054", f"{below}家下级还没有完成", None, "等下级完成后再登记")
        if row.state == ProjectState.REOPENED and not _mended(row):
            raise Refusal("GH-PRJ-054", "重新整改还没有新的节点", None, "把整改的措施设成节点并完成")
        row.state, row.done_on, row.result = ProjectState.DONE, when, words
        row.save()
        told(actor, row, NoteKind.STATE, f"项目完成：{words}", when)
        note(actor, "project_done", row, row.title)
        tell_authors(row, f"“{row.title}”已完成：{words}"[:500], actor=actor)
    return row


def _mended(row: Project) -> bool:
    """Whether a milestone was reached since the last judgement."""
    last = Evaluation.objects.filter(project=row, published_on__isnull=False).order_by("-round").first()
    return last is None or row.milestones.filter(done_on__gte=last.published_on).exists()
