"""Every act of the vitality review: look, check, warn, hear the appeal, decide, take back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import asdict, fields
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import services as org
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import subtree
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import SignKind
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import calendar
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from . import queries
from .choices import ALLOWED, OPEN_STATES, Act, Decision, FindingKind, FindingState
from .models import Finding, FindingAct, VitalityReview
from .rules import Thresholds, judge_member, judge_union, months_before


def thresholds_at(path: str, on: date) -> tuple[Thresholds, dict[str, int]]:
    """The thresholds valid at a place on a day, and the version of each rule."""
    found = rule_queries.values([f"vitality.{f.name}" for f in fields(Thresholds)], path, on)
    values = {f.name: found[f"vitality.{f.name}"] for f in fields(Thresholds)}
    return (
        Thresholds(**{name: int(one.value) for name, one in values.items()}),
        {f"vitality.{name}": one.version for name, one in values.items()},
    )


def start_review(actor: Viewer, *, organisation: Organisation, on: date | None = None) -> VitalityReview:
    """Look over a subtree and list what looks as if it existed on paper only.

    What is still open from an earlier review is not listed twice; what was kept within the member threshold is
    left alone, because somebody has checked it.
    """
    today = on or timezone.localdate()
    with transaction.atomic():
        limits, versions = thresholds_at(organisation.path, today)
        lo, hi = subtree(organisation.path)
        facts = queries.union_facts(actor, lo, hi)
        review = VitalityReview.objects.create(
            path=organisation.path,
            organisation=organisation,
            as_of=today,
            thresholds=asdict(limits) | {"versions": versions},
            unions_checked=len(facts),
            actor_id=actor.account_id,
        )
        known = set(
            queries.findings(actor)
            .filter(membership__isnull=True, state__in=OPEN_STATES)
            .values_list("organisation_id", flat=True)
        )
        rested = months_before(today, 12)
        kept: set[tuple[int, int | None]] = set(
            queries.findings(actor)
            .filter(state="kept", decided_on__gte=rested)
            .values_list("organisation_id", "membership_id")
        )
        new: list[Finding] = []
        paper = set(known)
        for pk, path, fact in facts:
            kind, reasons = judge_union(fact, limits, today)
            if kind is None or (pk, None) in kept:
                continue
            paper.add(pk)
            if pk not in known:
                new.append(
                    Finding(
                        path=path,
                        review=review,
                        kind=kind,
                        organisation_id=pk,
                        reasons=[asdict(reason) for reason in reasons],
                        last_sign_on=max(filter(None, (fact.last_dues, fact.last_activity)), default=None),
                    )
                )
        new += _absent_members(actor, review, lo, hi, limits, today, paper, kept)
        Finding.objects.bulk_create(new, batch_size=2000)
        _note(actor, new, Act.LISTED, "")
        review.members_checked = org_members(actor, organisation)
        review.save(update_fields=["members_checked"])
        record(
            actor,
            "vitality.reviewed",
            path=organisation.path,
            object_type="vitality_review",
            object_id=review.pk,
            object_name=organisation.name,
            detail={"unions": len(facts), "findings": len(new), "rules": versions},
        )
    return review


def org_members(actor: Viewer, organisation: Organisation) -> int:
    return org_queries.counts(actor, organisation).active


def _absent_members(
    actor: Viewer,
    review: VitalityReview,
    lo: str,
    hi: str,
    limits: Thresholds,
    today: date,
    paper: set[int],
    kept: set[tuple[int, int | None]],
) -> list[Finding]:
    """Members without a sign; those of a union that is itself listed are dealt with there."""
    known = set(
        queries.findings(actor, FindingKind.PAPER_MEMBER)
        .filter(state__in=OPEN_STATES)
        .values_list("membership_id", flat=True)
    )
    found = []
    for pk, person, organisation, path, last, closed in queries.silent_members(
        actor, lo, hi, months_before(today, limits.member_months)
    ):
        if organisation in paper or pk in known or (organisation, pk) in kept:
            continue
        reasons = judge_member(last, closed, limits, today)
        if reasons:
            found.append(
                Finding(
                    path=path,
                    review=review,
                    kind=FindingKind.PAPER_MEMBER,
                    organisation_id=organisation,
                    membership_id=pk,
                    person_id=person,
                    reasons=[asdict(reason) for reason in reasons],
                    last_sign_on=last,
                )
            )
    return found


def _note(actor: Viewer, findings: Sequence[Finding], act: Act, note: str) -> None:
    FindingAct.objects.bulk_create(
        [
            FindingAct(
                path=f.path, finding=f, act=act, actor_id=actor.account_id, actor_name=actor.name, note=note[:300]
            )
            for f in findings
        ],
        batch_size=2000,
    )


def _hold(actor: Viewer, ids: Iterable[int], states: Iterable[str]) -> list[Finding]:
    """Lock findings in the actor's range, in key order; refuse any that has gone on meanwhile."""
    wanted = sorted(set(ids))
    held = list(
        Finding.objects.visible(actor)
        .select_for_update(of=("self",))
        .select_related("organisation", "membership")
        .filter(pk__in=wanted)
        .order_by("pk")
    )
    if len(held) != len(wanted):
        raise Refusal("GH-VIT-001", "有核查事项不在本岗位范围内或已不存在", hint="刷新名单后重选")
    late = [f for f in held if f.state not in set(states)]
    if late:
        raise Refusal(
            "GH-VIT-002",
            f"“{late[0].organisation.name}”等{len(late)}项已是“{late[0].get_state_display()}”，不能再这样处理",
            hint="刷新名单，看最新状态",
        )
    return held


def record_contact(actor: Viewer, *, finding_id: int, reached: bool, note: str) -> Finding:
    """Write down a call or visit; being reached is itself a sign of life of the union or member."""
    with transaction.atomic():
        (finding,) = _hold(actor, [finding_id], OPEN_STATES)
        people.record_sign(
            actor,
            organisation=finding.organisation,
            kind=SignKind.CONTACT,
            on=timezone.localdate(),
            person=finding.membership.person if finding.membership else None,
            reached=reached,
            note=note,
        )
        _note(actor, [finding], Act.CONTACTED, f"{'已联系上' if reached else '未联系上'}：{note}")
    return finding


def confirm(actor: Viewer, *, finding_id: int, note: str) -> Finding:
    """The union says of itself that it lives: a sign like any other; the level above decides."""
    if len(note.strip()) < 4:
        raise Refusal("GH-VIT-013", "确认内容太短", "text", "写明最近的活动、缴费或换届情况，至少4个字")
    with transaction.atomic():
        (finding,) = _hold(actor, [finding_id], OPEN_STATES)
        people.record_sign(
            actor,
            organisation=finding.organisation,
            kind=SignKind.CONFIRMATION,
            on=timezone.localdate(),
            person=finding.membership.person if finding.membership else None,
            note=note[:200],
        )
        _note(actor, [finding], Act.CONFIRMED, note)
        _trail(actor, "vitality.confirmed", [finding], note)
    return finding


def keep(actor: Viewer, *, finding_ids: Iterable[int], note: str, confirmed_by_union: bool = False) -> list[Finding]:
    """The union or member is alive: the finding ends, and the confirmation counts as a sign."""
    if not note.strip():
        raise Refusal("GH-VIT-003", "还没写核实情况", "note", "写明怎样核实的，例如“电话联系本人，在岗”")
    with transaction.atomic():
        held = _hold(actor, finding_ids, OPEN_STATES)
        today = timezone.localdate()
        for finding in held:
            people.record_sign(
                actor,
                organisation=finding.organisation,
                kind=SignKind.CONFIRMATION,
                on=today,
                person=finding.membership.person if finding.membership else None,
                note=note[:200],
            )
            _settle(finding, FindingState.KEPT, Decision.KEEP, actor, today, note)
        _note(actor, held, Act.CONFIRMED if confirmed_by_union else Act.KEPT, note)
        _trail(actor, "vitality.kept", held, note)
    return held


def warn(actor: Viewer, *, finding_ids: Iterable[int], note: str = "", on: date | None = None) -> list[Finding]:
    """Tell the union or member, and start the days within which they may answer (the rule of the place).

    :param on: the day they were told, when that is entered afterwards.
    """
    with transaction.atomic():
        held = _hold(actor, finding_ids, [FindingState.LISTED])
        today = on or timezone.localdate()
        for finding in held:
            days = int(rule_queries.value("vitality.warning_days", finding.path, today).value)
            finding.state, finding.warned_on = FindingState.WARNED, today
            finding.due_on = calendar.add_working_days(today, days)
            finding.version += 1
        Finding.objects.bulk_update(held, ["state", "warned_on", "due_on", "version"], batch_size=2000)
        _note(actor, held, Act.WARNED, note)
        _trail(actor, "vitality.warned", held, note)
    return held


def appeal(actor: Viewer, *, finding: Finding, text: str) -> Finding:
    """The union's chair or the member objects; nothing is decided until somebody has answered."""
    if len(text.strip()) < 4:
        raise Refusal("GH-VIT-004", "申诉内容太短", "text", "写明为什么应当保留，至少4个字")
    own = actor.person_id is not None and actor.person_id == finding.person_id
    with transaction.atomic(), widened() if own else nullcontext():  # a member has no range; the row is about them
        changed = Finding.objects.filter(pk=finding.pk, state__in=[FindingState.LISTED, FindingState.WARNED]).update(
            state=FindingState.APPEALED, appeal=text, appealed_at=timezone.now(), version=F("version") + 1
        )
        if not changed:
            raise Refusal("GH-VIT-005", "这一项已经处置或正在申诉中", hint="处置后不服，可联系上级工会")
        finding.refresh_from_db()
        _note(actor, [finding], Act.APPEALED, text)
        _trail(actor, "vitality.appealed", [finding], "")
    return finding


def answer_appeal(actor: Viewer, *, finding_id: int, upheld: bool, answer: str) -> Finding:
    """Answer an appeal: upheld ends the finding, otherwise it goes back to being warned."""
    if not answer.strip():
        raise Refusal("GH-VIT-006", "还没写答复", "answer", "写明理由，申诉人会看到")
    with transaction.atomic():
        (finding,) = _hold(actor, [finding_id], [FindingState.APPEALED])
        today = timezone.localdate()
        finding.appeal_answer = answer
        if upheld:
            _settle(finding, FindingState.KEPT, Decision.KEEP, actor, today, answer)
        else:
            finding.state = FindingState.WARNED
            finding.warned_on = finding.warned_on or today
            finding.due_on = finding.due_on or today
            finding.version += 1
        finding.save()
        _note(actor, [finding], Act.ANSWERED, answer)
        _trail(actor, "vitality.answered", [finding], answer)
    return finding


def _settle(finding: Finding, state: FindingState, decision: Decision, actor: Viewer, on: date, note: str) -> None:
    finding.state, finding.decision = state, decision
    finding.decided_on, finding.decided_by, finding.note = on, actor.account_id, note[:300]
    finding.version += 1
    finding.save()


def _ready(held: Sequence[Finding], decision: Decision, today: date) -> None:
    """Refuse a decision that the kind does not allow or whose days are not over."""
    for finding in held:
        if decision not in ALLOWED[FindingKind(finding.kind)]:
            raise Refusal("GH-VIT-007", f"{finding.get_kind_display()}不能{Decision(decision).label}", "decision")
        if finding.due_on and today < finding.due_on:
            raise Refusal(
                "GH-VIT-008",
                f"“{finding.organisation.name}”{finding.warned_on:%Y-%m-%d}警示，{finding.due_on:%Y-%m-%d}起才能处置",
                hint="期限内本会或本人可以申诉",
            )


def decide_union(
    actor: Viewer,
    *,
    finding_ids: Iterable[int],
    decision: Decision,
    reason: str,
    document_no: str = "",
    receiver: Organisation | None = None,
) -> list[Finding]:
    """Dissolve or merge the listed unions. Members go to the receiver, or are held by the union above; none is lost."""
    if not reason.strip():
        raise Refusal("GH-VIT-009", "还没写处置依据", "reason", "写明会议决定或批复")
    with transaction.atomic():
        held = _hold(actor, finding_ids, [FindingState.WARNED])
        today = timezone.localdate()
        _ready(held, decision, today)
        for finding in held:
            organisation = finding.organisation
            if decision == Decision.MERGE:
                if receiver is None:
                    raise Refusal("GH-VIT-010", "还没选接收工会", "receiver", "选一家接收会员的工会")
                change = org.merge(
                    actor, organisation=organisation, into=receiver, on=today, reason=reason, document_no=document_no
                )
            else:
                change = org.dissolve(
                    actor,
                    organisation=organisation,
                    on=today,
                    reason=reason,
                    members_to=receiver,
                    document_no=document_no,
                )
            finding.change = change
            _settle(finding, FindingState.DECIDED, decision, actor, today, reason)
        _note(actor, held, Act.DECIDED, f"{Decision(decision).label}：{reason}")
        _trail(actor, "vitality.decided", held, reason)
    return held


def decide_members(
    actor: Viewer, *, finding_ids: Iterable[int], decision: Decision, reason: str, receiver: Organisation | None = None
) -> list[Finding]:
    """End or transfer the listed memberships, all together."""
    if not reason.strip():
        raise Refusal("GH-VIT-009", "还没写处置依据", "reason", "写明核查结果")
    with transaction.atomic():
        held = _hold(actor, finding_ids, [FindingState.WARNED])
        today = timezone.localdate()
        _ready(held, decision, today)
        if decision == Decision.END:
            people.end_many(
                actor,
                memberships=[f.membership_id for f in held if f.membership_id],
                on=today,
                reason="paper_member",
                note=reason,
            )
        else:
            if receiver is None:
                raise Refusal("GH-VIT-010", "还没选接收工会", "receiver", "选一家接收会员的工会")
            for membership in [f.membership for f in held if f.membership]:
                people.transfer_within(actor, membership=membership, to_organisation=receiver, on=today, reason=reason)
        for finding in held:
            _settle(finding, FindingState.DECIDED, decision, actor, today, reason)
        _note(actor, held, Act.DECIDED, f"{Decision(decision).label}：{reason}")
        _trail(actor, "vitality.decided", held, reason)
    return held


def undo(actor: Viewer, *, finding_ids: Iterable[int], reason: str) -> list[Finding]:
    """Take decisions back: unions, members and offices return to where they were; the finding is warned again."""
    if not reason.strip():
        raise Refusal("GH-VIT-011", "还没写撤销原因", "reason")
    with transaction.atomic():
        held = _hold(actor, finding_ids, [FindingState.DECIDED])
        ended = [f.membership_id for f in held if f.membership_id and f.decision == Decision.END]
        if ended:
            people.undo_end(actor, memberships=ended, reason=reason)
        for finding in reversed(held):
            if finding.change is not None:
                org.undo(actor, change=finding.change, reason=reason)
            elif finding.decision == Decision.TRANSFER:
                raise Refusal("GH-VIT-012", "已转出的会籍不能在这里撤销", hint="由接收工会办理转回")
        for finding in held:
            finding.state, finding.decision, finding.change = FindingState.WARNED, "", None
            finding.decided_on = finding.decided_by = None
            finding.version += 1
            finding.save()
        _note(actor, held, Act.UNDONE, reason)
        _trail(actor, "vitality.undone", held, reason)
    return held


def _trail(actor: Viewer, verb: str, findings: Sequence[Finding], reason: str) -> None:
    for finding in findings:
        record(
            actor,
            verb,
            path=finding.path,
            object_type="finding",
            object_id=finding.pk,
            object_name=finding.organisation.name,
            subject_id=finding.person_id,
            reason=reason,
        )
