"""Rounds of supervision, and findings: raised with an owner and a day, answered, accepted or sent back."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import IssueState, RoundState
from ..models import Issue, Reminder, Round
from .following import urged
from .holding import day, held, in_state, keep, not_ahead, note, own, reached, said
from .plans import ANSWER, MANAGE


def open_round(
    actor: Viewer, *, organisation: Organisation, title: str, scope: str, starts_on: date, ends_on: date
) -> Round:
    """Begin a round of the own organisation.

    :raises Refusal: GH-REF-060 ends before it begins; 001, 004.
    """
    require(actor, MANAGE)
    own(actor, organisation.pk, "督查")
    if ends_on < starts_on:
        raise Refusal("GH-REF-060", "结束日期早于开始日期", "ends_on", "改结束日期")
    with transaction.atomic():
        row = Round.objects.create(
            path=organisation.path, organisation=organisation, title=said(title, "title", "督查的名称", 80),
            scope=scope.strip()[:500], starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
        note(actor, "round_opened", row, row.title)
    return row


def _round(actor: Viewer, round_id: int) -> Round:
    row = held(actor, Round, round_id, "督查")
    own(actor, row.organisation_id, "督查")
    in_state(row, "督查", RoundState.OPEN)
    return row


def raise_issue(
    actor: Viewer,
    *,
    round_id: int,
    organisation: Organisation,
    text: str,
    due_on: date,
    owner_name: str = "",
    on: date | None = None,
) -> Issue:
    """A finding of a round: whose it is to mend, by when.

    :raises Refusal: GH-REF-061 the day lies before it was found; 001, 002, 003, 004, 005, 006.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    reached(actor, organisation)
    if due_on < when:
        raise Refusal("GH-REF-061", "整改期限早于提出日期", "due_on", "改整改期限")
    with transaction.atomic():
        row = _round(actor, round_id)
        issue = Issue.objects.create(
            path=organisation.path, round=row, raised_by=row.organisation, organisation=organisation,
            source=f"{row.organisation.name}{row.title}"[:160], text=said(text, "text", "发现的问题", 500),
            raised_on=when, due_on=due_on,
            owner_name=owner_name.strip()[:60],
        )  # fmt: skip
        note(actor, "issue_raised", issue, issue.source, due_on=due_on)
    return issue


def answer_issue(actor: Viewer, *, issue_id: int, answer: str, owner_name: str = "", on: date | None = None) -> Issue:
    """What was done about a finding, by the organisation it was raised for.

    :raises Refusal: GH-REF-001, 002, 003, 004, 005.
    """
    require(actor, ANSWER)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        issue = held(actor, Issue, issue_id, "问题")
        own(actor, issue.organisation_id, "问题")
        in_state(issue, "问题", IssueState.OPEN)
        issue.answer, issue.answered_on = said(answer, "answer", "整改情况", 500), when
        issue.owner_name = owner_name.strip()[:60] or issue.owner_name or actor.name[:60]
        issue.state = IssueState.ANSWERED
        issue.save()
        note(actor, "issue_answered", issue, issue.source)
    return issue


def _raised(actor: Viewer, issue_id: int, state: IssueState) -> Issue:
    """A finding that the actor's own organisation raised, standing where it says."""
    issue = held(actor, Issue, issue_id, "问题")
    if issue.raised_by_id != actor.organisation_id:
        raise Refusal("GH-REF-001", "问题由提出的单位办理", None, "换到该单位的岗位再办理")
    in_state(issue, "问题", state)
    return issue


def close_issue(actor: Viewer, *, issue_id: int, opinion: str = "", on: date | None = None) -> Issue:
    """Mended (销号).

    :raises Refusal: GH-REF-001, 002, 003, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        issue = _raised(actor, issue_id, IssueState.ANSWERED)
        issue.state, issue.closed_on, issue.opinion = IssueState.CLOSED, when, opinion.strip()[:300]
        issue.save()
        note(actor, "issue_closed", issue, issue.source)
    return issue


def return_issue(actor: Viewer, *, issue_id: int, opinion: str, due_on: date, on: date | None = None) -> Issue:
    """Not mended yet: why, and by when now; each return is kept with the day before it.

    :raises Refusal: GH-REF-061 the day is over already; 001, 002, 003, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        issue = _raised(actor, issue_id, IssueState.ANSWERED)
        why = said(opinion, "opinion", "退回的原因")
        _other_day(issue, due_on, f"退回：{why}", when)
        issue.state, issue.opinion = IssueState.OPEN, why
        issue.answered_on, issue.returns = None, issue.returns + 1
        issue.save()
        note(actor, "issue_returned", issue, issue.source, reason=issue.opinion, due_on=due_on)
    return issue


def _other_day(issue: Issue, due_on: date, reason: str, on: date) -> None:
    if due_on < max(on, issue.raised_on):
        raise Refusal("GH-REF-061", f"新的整改期限早于{max(on, issue.raised_on):%Y-%m-%d}", "due_on", "写以后的日期")
    keep(issue, "整改期限", issue.due_on.isoformat(), due_on.isoformat(), reason, on)
    issue.due_on = due_on


def move_issue(actor: Viewer, *, issue_id: int, due_on: date, reason: str, on: date | None = None) -> Issue:
    """Another day for a finding that is still being mended, with the reason, by whoever raised it.

    :raises Refusal: GH-REF-061 the day is over already; 001, 002, 003, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        issue = _raised(actor, issue_id, IssueState.OPEN)
        why = said(reason, "reason", "调整期限的理由")
        _other_day(issue, due_on, why, when)
        issue.save()
        note(actor, "issue_moved", issue, issue.source, reason=why, due_on=due_on)
    return issue


def urge_issue(actor: Viewer, *, issue_id: int, words: str, on: date | None = None) -> Reminder:
    """Remind whoever has to mend a finding (催办), by whoever raised it.

    :raises Refusal: GH-REF-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        issue = _raised(actor, issue_id, IssueState.OPEN)
        row = urged(actor, issue, words, day(on))
        note(actor, "issue_urged", issue, issue.source, reason=row.note)
    return row


def close_round(actor: Viewer, *, round_id: int, summary: str, on: date | None = None) -> Round:
    """End a round when all its findings are closed.

    :raises Refusal: GH-REF-062 findings are open; 001, 002, 003, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = _round(actor, round_id)
        left = row.issues.exclude(state=IssueState.CLOSED).count()
        if left:
            raise Refusal("GH-REF-062", f"还有{left}个问题没有销号", None, "核验销号后再办结")
        row.state, row.closed_on, row.summary = RoundState.CLOSED, when, said(summary, "summary", "督查小结", 1000)
        row.save(update_fields=["state", "closed_on", "summary"])
        note(actor, "round_closed", row, row.title)
    return row
