"""What officers do with a step: claim, assign, hand over, step back, approve, return, refuse, score, vote, visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils import timezone

from ...access.choices import Role
from ...access.models import Account, Post
from ...org.models import Organisation
from ...org.rules import ancestors
from ...refusal import Refusal
from ...viewer import SYSTEM, Viewer
from .. import authority
from ..choices import Act, ApplicationState, ClockKind, Outcome, StepKind, StepState
from ..models import Evidence, Step
from ..rules.definition import Step as StepSlot
from ..rules.forms import missing as missing_words
from ..rules.forms import read_value
from ..rules.tallying import Ballot, check_ballot, passed, score, total_of
from . import clocks
from .decisions import conclude
from .drafts import check_file, keep_file
from .running import Run, add_seats, holders, log, missing, moving, save, seat_step, tell_applicant
from .steps import close_step, current_steps, finish_step, go_on_after_appeal


@contextmanager
def _doing(actor: Viewer, step_id: int, *kinds: StepKind) -> Iterator[tuple[Run, Step, StepSlot | None]]:
    """The step, locked, and that this post may do it now."""
    application_id = Step.objects.filter(pk=step_id).values_list("application_id", flat=True).first()
    if application_id is None:
        raise missing()
    with moving(actor, application_id) as run:
        row = Step.objects.select_related("organisation").get(pk=step_id)
        authority.check_step(actor, run.application, row, run.today)
        if kinds and row.kind not in kinds:
            raise Refusal("GH-PRO-030", f"“{row.title}”是{StepKind(row.kind).label}，不能这样办理", "step")
        slot = run.definition.step(row.key)
        _check_apart(run, row, slot)
        yield run, row, slot


def _check_apart(run: Run, row: Step, slot: StepSlot | None) -> None:
    """Where the definition wants two different persons, the second is not the first."""
    for key in slot.apart_from if slot else ():
        others = [one.done_by for one in current_steps(run.application) if one.key == key]
        if others and run.actor.account_id in others[0]:
            title = next((one.title for one in run.definition.steps if one.key == key), key)
            raise Refusal(
                "GH-PRO-015", f"“{title}”是您办理的，这个环节要由另一个人办理", "step", "移交给同岗位的其他人"
            )


def _by(run: Run, row: Step) -> None:
    """Note who did it; whoever does a step has taken it."""
    account = run.actor.account_id
    if account is not None and account not in row.done_by:
        row.done_by = [*row.done_by, account]
    if row.assignee_id is None and row.reviewers == 1:
        row.assignee_id, row.assignee_name = account, run.actor.name[:60]
    row.save(update_fields=["done_by", "assignee_id", "assignee_name"])


def entering(actor: Viewer, step_id: int) -> str:
    """Called before a step is shown or done: who has a conflict of interest steps back here, by itself.

    Returns why, in a sentence, when this officer had to step back; the step then waits for a colleague, or for the
    tier above where there is nobody else.
    """
    application_id = Step.objects.filter(pk=step_id).values_list("application_id", flat=True).first()
    if application_id is None:
        raise missing()
    with moving(actor, application_id) as run:
        row = Step.objects.select_related("organisation").get(pk=step_id)
        if row.state != StepState.OPEN or not authority.has_step(actor, row, run.today):
            return ""
        because = authority.conflict(actor, run.application, row)
        if not because:
            return ""
        if actor.account_id in row.data.get("stepped_back", []):
            return because  # noted when they first opened it
        back = [*row.data.get("stepped_back", []), actor.account_id]
        row.data = row.data | {"stepped_back": back}
        if row.assignee_id == actor.account_id:
            row.assignee_id, row.assignee_name = None, ""
        row.save(update_fields=["data", "assignee_id", "assignee_name"])
        log(run, Act.STEPPED_BACK, step=row, note=because, shown=False)
        assert row.organisation_id is not None
        others = [post for post in holders(row.organisation_id, row.role, run.today) if post.account_id not in back]
        if not others:
            move_up(run, row, "同岗位没有其他人可以办理")
        return because


def move_up(run: Run, row: Step, because: str) -> bool:
    """Give a step to the federation above; False where there is none."""
    assert row.organisation is not None
    above = Organisation.objects.filter(path__in=ancestors(row.organisation.path), kind="federation").order_by("-path")
    body = max(above, key=lambda one: len(one.path), default=None)
    if body is None:
        return False
    row.organisation, row.assignee_id, row.assignee_name = body, None, ""
    if row.role == Role.GRASSROOTS_CHAIR:
        row.role = (
            Role.ORGANISING
        )  # a federation has no such chair: its organising officers do what a chair left undone
    row.save(update_fields=["organisation", "role", "assignee_id", "assignee_name"])
    seat_step(run, row)
    log(run, Act.ESCALATED, step=row, note=because, data={"organisation": body.name}, actor=SYSTEM)
    return True


STAND_BY = "organising"
"""The role that handles a step where no body up the tree has anybody in the step's own role (上级代办)."""


def give_up(run: Run, row: Step, day: date) -> bool:
    """Give a step that nobody can do to the nearest federation above that has somebody for it."""
    assert row.organisation is not None
    above = Organisation.objects.filter(path__in=ancestors(row.organisation.path), kind="federation")
    nearest = sorted(above, key=lambda one: len(one.path), reverse=True)
    for role in (row.role, STAND_BY):
        body = next((one for one in nearest if holders(one.pk, role, day)), None)
        if body is not None:
            row.organisation, row.role = body, role
            row.save(update_fields=["organisation", "role"])
            seat_step(run, row)
            note = "原办理单位没有这个岗位的人员，由上级工会办理"
            log(run, Act.ESCALATED, step=row, note=note, data={"organisation": body.name}, actor=SYSTEM)
            return True
    return False


def claim(actor: Viewer, *, step_id: int) -> Step:
    """Take a step that waits for the post, so that two colleagues do not do it twice."""
    with _doing(actor, step_id) as (run, row, _):
        row.assignee_id, row.assignee_name = actor.account_id, actor.name[:60]
        row.save(update_fields=["assignee_id", "assignee_name"])
        add_seats(run.application, f"#{actor.account_id}")
        log(run, Act.CLAIMED, step=row, shown=False)
        return row


def colleague(run: Run, row: Step, account_id: int) -> Account:
    """An account that may be given this step: it holds a post with the handling permission at the same body."""
    post = (
        Post.objects.filter(account_id=account_id, organisation_id=row.organisation_id or 0, granted_by__isnull=False)
        .select_related("account").first()
    )  # fmt: skip
    if post is None or not post.account.is_active or (post.valid_to is not None and post.valid_to <= run.today):
        raise Refusal("GH-PRO-031", "对方没有本单位的岗位，不能承办", "account", "从名单里选择本单位的人")
    found: Account = post.account
    return found


def hand_over(actor: Viewer, *, step_id: int, account_id: int, note: str = "") -> Step:
    """Give a step to a colleague; the first time it is an assignment, later a hand-over."""
    with _doing(actor, step_id) as (run, row, _):
        other = colleague(run, row, account_id)
        act = Act.HANDED_OVER if row.assignee_id else Act.ASSIGNED
        row.assignee_id, row.assignee_name = other.pk, other.name[:60]
        row.save(update_fields=["assignee_id", "assignee_name"])
        add_seats(run.application, f"#{other.pk}")
        log(run, act, step=row, note=note, data={"to": other.name}, shown=False)
        return row


def invite(actor: Viewer, *, step_id: int, account_ids: Sequence[int]) -> Step:
    """Name the reviewers of a scoring step: judges from anywhere, each of whom scores once."""
    with _doing(actor, step_id, StepKind.SCORE) as (run, row, _):
        known = {one.pk: one for one in Account.objects.filter(pk__in=list(account_ids), is_active=True)}
        if len(known) != len(set(account_ids)):
            raise Refusal("GH-PRO-031", "有的评审人没有可用的账号", "account", "从名单里重选")
        row.data = row.data | {"invited": sorted(known)}
        row.save(update_fields=["data"])
        add_seats(run.application, *(f"#{pk}" for pk in known))
        log(run, Act.ASSIGNED, step=row, data={"count": len(known)}, shown=False)
        return row


def asked(slot: StepSlot | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the step asks of the officer, read like a form.

    :raises Refusal: GH-PRO-032.
    """
    found: dict[str, Any] = {}
    for one in slot.asks if slot else ():
        try:
            value = read_value(one, given.get(one.key))
        except ValueError as error:
            raise Refusal("GH-PRO-032", f"{one.title}：{error}", one.key) from error
        if value is None and one.required:
            raise Refusal("GH-PRO-032", f"{one.title}{missing_words(one)}", one.key)
        found[one.key] = value
    return found


def _may(slot: StepSlot | None, verb: str, title: str) -> None:
    if slot is not None and verb not in slot.may:
        words = {"approve": "通过", "return": "退回补正", "reject": "不通过"}[verb]
        raise Refusal("GH-PRO-033", f"“{title}”这个环节不能{words}", "act")


def approve(
    actor: Viewer, *, step_id: int, note: str = "", document_no: str = "", given: Mapping[str, Any] | None = None
) -> Step:
    """Say yes; the next steps open, or the application is decided and takes effect."""
    with _doing(actor, step_id, StepKind.REVIEW, StepKind.DECIDE) as (run, row, slot):
        _may(slot, "approve", row.title)
        answers = asked(slot, given or {})
        data = {"note": note, "document_no": document_no, "asks": answers}
        _by(run, row)
        vetoed = _vetoed(slot, answers)
        if vetoed:
            words = f"{vetoed}。{note}" if note else vetoed
            log(run, Act.REJECTED, step=row, note=words)
            _finish(run, row, Outcome.REJECTED, data | {"note": words})
            return row
        if slot is not None and len(row.done_by) < slot.reviewers:
            row.data = row.data | data
            row.assignee_id, row.assignee_name = None, ""
            row.save(update_fields=["data", "assignee_id", "assignee_name"])
            log(run, Act.APPROVED, step=row, note=note)
            return row
        log(run, Act.APPROVED, step=row, note=note)
        _finish(run, row, Outcome.APPROVED, data)
        return row


def _vetoed(slot: StepSlot | None, answers: Mapping[str, Any]) -> str:
    """Which answers alone refuse the application (一票否决), in a sentence; empty when none does."""
    against = [one.title for one in slot.asks if answers.get(one.key) in slot.veto] if slot else []
    return f"一票否决：{'、'.join(against)}不同意" if against else ""


def reject(actor: Viewer, *, step_id: int, note: str, document_no: str = "") -> Step:
    """Say no, with the reason that the applicant reads.

    :raises Refusal: GH-PRO-034 without a reason.
    """
    if len(note.strip()) < 2:
        raise Refusal("GH-PRO-034", "不通过要写明理由", "note", "申请人会看到这段话")
    with _doing(actor, step_id, StepKind.REVIEW, StepKind.DECIDE) as (run, row, slot):
        _may(slot, "reject", row.title)
        _by(run, row)
        log(run, Act.REJECTED, step=row, note=note)
        _finish(run, row, Outcome.REJECTED, {"note": note, "document_no": document_no})
        return row


def _finish(run: Run, row: Step, outcome: Outcome, data: dict[str, Any]) -> None:
    if row.key == "appeal":  # the tier above has the last word; the steps before it are not gone through again
        slot = run.definition.appeal
        if outcome == Outcome.APPROVED and slot is not None and slot.then == "go_on":
            row.data = row.data | data
            go_on_after_appeal(run, row)
            return
        close_step(run, row, outcome, data)
        conclude(run, outcome, row)
        return
    finish_step(run, row, outcome, data)


def send_back(actor: Viewer, *, step_id: int, missing_items: Sequence[Mapping[str, str]], note: str = "") -> Step:
    """退回补正: everything that is missing is named at once, and no more often than the definition allows.

    :raises Refusal: GH-PRO-035 nothing named; 036 sent back before.
    """
    items = [
        {"field": str(one.get("field", ""))[:40], "note": str(one.get("note", "")).strip()[:200]}
        for one in missing_items
    ]
    items = [one for one in items if one["note"]]
    if not items:
        raise Refusal("GH-PRO-035", "还没有写明要补正什么", "missing", "逐项写明，一次说全")
    with _doing(actor, step_id, StepKind.REVIEW, StepKind.DECIDE, StepKind.VISIT) as (run, row, slot):
        _may(slot, "return", row.title)
        application, rule = run.application, run.definition.correction
        if application.corrections >= rule.times:
            raise Refusal("GH-PRO-036", f"已经退回补正过{application.corrections}次", "act", "按现有材料通过或不通过")
        row.state, row.data = StepState.PAUSED, row.data | {"missing": items, "note": note}
        row.save(update_fields=["state", "data"])
        clocks.pause(run, row)
        clocks.start(run, rule.deadline, ClockKind.CORRECTION, step=None, title="补正")
        save(application, state=ApplicationState.RETURNED, corrections=application.corrections + 1)
        log(run, Act.RETURNED, step=row, note=note, data={"missing": items})
        tell_applicant(run, "procedures.returned", turn=str(application.corrections))
        return row


def give_score(actor: Viewer, *, step_id: int, marks: Mapping[str, int], note: str = "") -> Step:
    """One reviewer's marks. The step is over when enough have scored and their spread is small enough.

    :raises Refusal: GH-PRO-037 a mark missing or out of range; 038 scored before; 039 not among those invited.
    """
    with _scoring(actor, step_id) as (run, row, slot):
        assert slot is not None
        try:
            total = total_of(marks, slot.criteria)
        except ValueError as error:
            raise Refusal("GH-PRO-037", str(error), "marks") from error
        if actor.account_id in row.done_by:
            raise Refusal("GH-PRO-038", "您已经评过分，不能改", "marks")
        sheets = [
            *row.data.get("sheets", []),
            {"account": actor.account_id, "marks": dict(marks), "total": total, "note": note[:500]},
        ]
        row.done_by = [*row.done_by, actor.account_id or 0]
        row.data = row.data | {"sheets": sheets}
        row.save(update_fields=["done_by", "data"])
        log(run, Act.SCORED, step=row, shown=False)
        _settle_scores(run, row, slot, [sheet["total"] for sheet in sheets])
        return row


@contextmanager
def _scoring(actor: Viewer, step_id: int) -> Iterator[tuple[Run, Step, StepSlot | None]]:
    """Reviewers are those invited; where nobody was, those who hold the post."""
    application_id = (
        Step.objects.filter(pk=step_id, kind=StepKind.SCORE).values_list("application_id", flat=True).first()
    )
    if application_id is None:
        raise missing()
    with moving(actor, application_id) as run:
        row = Step.objects.select_related("organisation").get(pk=step_id)
        invited = row.data.get("invited")
        if invited is not None and actor.account_id not in invited:
            raise Refusal("GH-PRO-039", "评审名单里没有您", "step")
        if invited is None:
            authority.check_step(actor, run.application, row, run.today)
        elif row.state != StepState.OPEN:
            raise Refusal("GH-PRO-012", "这个环节已经办理过了", "step")
        because = authority.conflict(actor, run.application, row)
        if because:
            raise Refusal("GH-PRO-014", f"须回避：{because}", "step")
        yield run, row, run.definition.step(row.key)


def _settle_scores(run: Run, row: Step, slot: StepSlot, totals: list[int]) -> None:
    if len(totals) < row.reviewers:
        return
    result = score(totals, slot.trim)
    if slot.spread is not None and result.spread > slot.spread and row.reviewers == slot.reviewers:
        row.reviewers += 1  # one more pair of eyes; then the mean of all stands
        row.save(update_fields=["reviewers"])
        log(
            run,
            Act.ASSIGNED,
            step=row,
            note=f"分差{result.spread}分，超过{slot.spread}分，增加一名评审",
            actor=SYSTEM,
            shown=False,
        )
        return
    save(run.application, score=result.mean.numerator / result.mean.denominator)
    run.application.refresh_from_db(fields=["score"])
    run.changed()
    good = slot.pass_mark is None or result.mean >= slot.pass_mark
    note = "" if good else f"得分{result.words}，不到{slot.pass_mark}分"
    said = {"score": result.words, "spread": result.spread, "note": note}
    finish_step(run, row, Outcome.APPROVED if good else Outcome.REJECTED, said)


def record_vote(
    actor: Viewer,
    *,
    step_id: int,
    present: int,
    yes: int,
    no: int,
    abstain: int,
    note: str = "",
    committee: int | None = None,
) -> Step:
    """The counted vote of a committee or congress.

    :raises Refusal: GH-PRO-043 the vote does not count: no quorum, or numbers that contradict each other.
    """
    with _doing(actor, step_id, StepKind.VOTE) as (run, row, slot):
        assert slot is not None
        seats = committee if committee is not None else clocks.days_of(slot.committee or 1, run.application, run.today)
        ballot = Ballot(seats, present, yes, no, abstain)
        wrong = check_ballot(ballot, slot.quorum)
        if wrong:
            raise Refusal("GH-PRO-043", wrong, "present")
        good = passed(ballot, slot.passes)
        _by(run, row)
        log(
            run,
            Act.VOTED,
            step=row,
            note=note,
            data={"yes": yes, "no": no, "abstain": abstain, "present": present, "committee": seats},
        )
        words = "" if good else f"赞成{yes}票，没有达到通过的票数"
        finish_step(
            run, row, Outcome.APPROVED if good else Outcome.REJECTED, {"ballot": asdict(ballot), "note": note or words}
        )
        return row


def add_photo(
    actor: Viewer, *, step_id: int, upload: Any, latitude: str | None = None, longitude: str | None = None
) -> Evidence:
    """A photo of a visit, with where it was taken."""
    with _doing(actor, step_id, StepKind.VISIT) as (run, row, _):
        kind = check_file(upload, ("image",), 10)
        return keep_file(run, upload, kind, "visit", row, latitude=latitude or None, longitude=longitude or None)


def record_visit(
    actor: Viewer, *, step_id: int, on_site: str, good: bool, given: Mapping[str, Any] | None = None
) -> Step:
    """What was found on site; photos and a place are needed where the definition says so.

    :raises Refusal: GH-PRO-044.
    """
    if len(on_site.strip()) < 4:
        raise Refusal("GH-PRO-044", "还没有写现场情况", "note")
    with _doing(actor, step_id, StepKind.VISIT) as (run, row, slot):
        photos = Evidence.objects.filter(step=row, field="visit", removed_at__isnull=True)
        if slot is not None and photos.count() < slot.photos:
            raise Refusal("GH-PRO-044", f"现在有{photos.count()}张现场照片，至少{slot.photos}张", "photos")
        if slot is not None and slot.located and not photos.filter(latitude__isnull=False).exists():
            raise Refusal("GH-PRO-044", "照片没有位置，打开定位再拍一张", "photos")
        _by(run, row)
        log(run, Act.VISITED, step=row, note=on_site)
        finish_step(
            run,
            row,
            Outcome.APPROVED if good else Outcome.REJECTED,
            {"note": on_site, "asks": asked(slot, given or {})},
        )
        return row


def remind(actor: Viewer, *, application_id: int, note: str = "", token: str = "") -> None:
    """The applicant, or an officer above, asks for progress; once a day.

    :raises Refusal: GH-PRO-045.
    """
    with moving(actor, application_id) as run:
        above = actor.is_staff and actor.may("application.view") and actor.reaches(run.application.path)
        by_link = authority.has_link(run.application, token)
        if not above and not by_link and not authority.is_applicant(actor, run.application):
            raise missing()
        last = run.application.doings.filter(act=Act.REMINDED).order_by("-pk").first()
        if last is not None and timezone.localdate(last.at) == run.today:
            raise Refusal("GH-PRO-045", "今天已经催办过一次", hint="明天还没有进展再催办")
        if not any(row.state == StepState.OPEN for row in current_steps(run.application)):
            raise Refusal("GH-PRO-045", "现在没有等待办理的环节")
        log(run, Act.REMINDED, note=note)


def note_result(
    actor: Viewer,
    *,
    step_id: int,
    score: str | None = None,
    grade: str | None = None,
    verdict: str | None = None,
    amount: int | None = None,
) -> Step:
    """What an app computed while its step is done: score (text of a decimal), grade, verdict, amount in fen."""
    with _doing(actor, step_id) as (run, row, _):
        given = {"score": score, "grade": grade, "verdict": verdict, "amount": amount}
        save(run.application, **{name: value for name, value in given.items() if value is not None})
        return row
