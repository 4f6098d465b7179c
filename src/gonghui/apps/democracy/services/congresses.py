"""A congress from its units to its term: founded, elected, constituted, extended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as ruling
from gonghui.kernel.rules.calendar import add_months
from gonghui.kernel.viewer import Viewer

from ..choices import LIVE_SESSIONS, CongressKind, CongressState, DelegateKind, SessionState
from ..models import Congress, Delegate, Election, ElectoralUnit, Paper, Receipt, Session
from ..rules import congress as law
from .holding import MANAGE, basis, held, in_state, not_ahead, note, number, own, said, share

BOUNDS = {
    "managers": "managers", "least": "delegates_least", "share": "delegates_share", "enough": "delegates_enough",
    "small": "assembly_below", "area_least": "area_delegates_least", "area_managers": "area_managers",
    "area_workers": "area_workers", "women": "women",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Elected:
    """Somebody whom a unit has elected."""

    membership: Membership
    kind: DelegateKind
    votes: int


def bounds_of(path: str, on: date) -> law.Bounds:
    found = ruling.values([f"democracy.{key}" for key in BOUNDS.values()], path, on)
    return law.Bounds(**{slot: int(found[f"democracy.{key}"].value) for slot, key in BOUNDS.items()})


def found_congress(
    actor: Viewer, *, organisation: Organisation, kind: CongressKind, number_: int, workers: int, women: int,
    starts_on: date, ends_on: date,
) -> Congress:  # fmt: skip
    """A new term, whose delegates are elected next.

    :raises Refusal: GH-DEM-002; 010 the term is too short or too long; 011 the number is taken or one is coming;
        012 more women than workers.
    """
    require(actor, MANAGE)
    own(actor, organisation.path, "职代会")
    _term(organisation.path, starts_on, ends_on)
    if women > workers or workers < 1:
        raise Refusal("GH-DEM-012", f"职工{workers}人、女职工{women}人，人数不对", "women", "按在册职工填写")
    try:
        with transaction.atomic():
            row = Congress.objects.create(
                path=organisation.path, organisation=organisation, kind=kind, number=number_, workers=workers,
                women=women, starts_on=starts_on, ends_on=ends_on,
            )  # fmt: skip
            note(actor, "congress_founded", row, row.title)
    except IntegrityError:
        raise Refusal(
            "GH-DEM-011", f"第{number_}届已登记，或者还有一届正在选举代表", "number_", "从名单打开已登记的那一届"
        ) from None
    return row


def _term(path: str, starts_on: date, ends_on: date) -> None:
    least, most = number("term_least", path), number("term_most", path)
    if not law.term_fits(starts_on, ends_on, least, most):
        raise Refusal("GH-DEM-010", f"任期应为{least}年至{most}年", "ends_on", f"依据：{basis('term_least')}")


def add_unit(actor: Viewer, *, congress_id: int, title: str, workers: int, seats: int) -> ElectoralUnit:
    """An electoral unit with the seats allotted to it.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 013 of this name already; 014 no workers or more seats than workers.
    """
    require(actor, MANAGE)
    if workers < 1 or not 1 <= seats <= workers:
        raise Refusal("GH-DEM-014", f"{workers}名职工选{seats}名代表，名额不对", "seats", "名额至少1名，不多于职工人数")
    try:
        with transaction.atomic():
            row = held(actor, Congress, congress_id, "职代会")
            in_state(row, "职代会", CongressState.PREPARING, CongressState.SITTING)
            made = ElectoralUnit.objects.create(
                path=row.path,
                congress=row,
                title=said(title, "title", "选举单位的名称", 80),
                workers=workers,
                seats=seats,
            )
            note(actor, "unit_added", made, made.title, seats=seats)
    except IntegrityError:
        raise Refusal("GH-DEM-013", f"已有选举单位“{title.strip()}”", "title", "换一个名称") from None
    return made


def elect(
    actor: Viewer, *, unit_id: int, on: date, cast: int, elected: list[Elected], proof_name: str, proof: bytes
) -> list[Delegate]:
    """The result of a unit's election, with the counts and their proof.

    :raises Refusal: GH-DEM-001, 002, 003, 005; 015 nobody or more than the seats; 016 too few took part or voted for
        somebody; 017 elected already or no member of this union; 018 no proof; 019 while a session is open; 020 the
        delegates of a running term would be less what the law asks than before.
    """
    require(actor, MANAGE)
    not_ahead(on)
    if not proof:
        raise Refusal("GH-DEM-018", "没有选举结果的证明", "proof", "上传选举报告单或者计票记录的扫描件")
    try:
        with transaction.atomic():
            unit = held(actor, ElectoralUnit, unit_id, "选举单位")
            congress = held(actor, Congress, unit.congress_id, "职代会")
            in_state(congress, "职代会", CongressState.PREPARING, CongressState.SITTING)
            _no_session_open(congress.pk)
            _lawful(unit, cast, elected)
            before = make_of(congress)
            kept = files.store(
                actor, path=unit.path, name=proof_name, kind="democracy.election", content=proof, personal=True
            )
            election = Election.objects.create(path=unit.path, unit=unit, on=on, cast=cast, proof=kept)
            made = [_delegate(congress, election, one) for one in elected]
            _hand_papers(congress, made)
            if congress.state == CongressState.SITTING:
                bounds = bounds_of(congress.path, timezone.localdate())
                _composed(law.worse(congress.kind, before, make_of(congress), bounds))
            note(actor, "unit_elected", unit, unit.title, delegates=len(made), cast=cast)
    except IntegrityError:
        raise Refusal("GH-DEM-017", "里面有人已经是本届职工代表", "elected", "去掉已当选的再登记") from None
    return made


def _hand_papers(congress: Congress, seats: list[Delegate]) -> None:
    """Who is elected after the papers of a coming session were delivered gets them too, on the day of it."""
    papers = Paper.objects.filter(
        item__session__congress=congress, item__session__state=SessionState.NOTIFIED, delivered_on__isnull=False
    )
    today = timezone.localdate()
    Receipt.objects.bulk_create(
        Receipt(path=congress.path, paper=paper, delegate=seat, delivered_on=today)
        for paper in papers
        for seat in seats
    )


def _lawful(unit: ElectoralUnit, cast: int, elected: list[Elected]) -> None:
    taken = Delegate.objects.filter(unit=unit, ended_on__isnull=True).count()
    if not elected or taken + len(elected) > unit.seats:
        raise Refusal(
            "GH-DEM-015", f"{unit.title}有{unit.seats}个名额，已有代表{taken}名，这次登记{len(elected)}名", "elected",
            "名额以内登记",
        )  # fmt: skip
    if cast > unit.workers:
        raise Refusal("GH-DEM-016", f"{unit.title}只有{unit.workers}名职工，参加选举的不能有{cast}名", "cast")
    turnout, majority = share("unit_turnout", unit.path), share("majority", unit.path)
    if not law.elected_by_unit([one.votes for one in elected], cast, unit.workers, turnout, majority):
        raise Refusal(
            "GH-DEM-016",
            f"选举无效：应有{law.quorum_of(unit.workers, turnout)}名以上职工参加，"
            f"当选的应得到{unit.workers // 2 + 1}票以上",
            "cast",
            f"重新选举后登记。依据：{basis('unit_turnout')}",
        )


def _composed(wrong: list[law.Finding]) -> None:
    if wrong:
        raise Refusal("GH-DEM-020", "；".join(one.message for one in wrong), None, f"依据：{basis(wrong[0].source)}")


def _no_session_open(congress_id: int) -> None:
    """Votes of an open session are counted against the delegates there were when it opened."""
    if Session.objects.filter(congress_id=congress_id, state=SessionState.OPEN).exists():
        raise Refusal("GH-DEM-019", "会议正在进行，不能变动代表", None, "闭会以后办理")


def _delegate(congress: Congress, election: Election, one: Elected) -> Delegate:
    person, place = one.membership.person, one.membership
    if not place.path.startswith(congress.path) or place.status != "active":
        raise Refusal("GH-DEM-017", f"{person.name}不是本工会的在籍会员", "elected", "先办理入会")
    return Delegate.objects.create(
        path=congress.path, congress=congress, unit=election.unit, election=election, person=person,
        person_name=person.name, woman=person.sex == "2", kind=one.kind, votes=one.votes, elected_on=election.on,
    )  # fmt: skip


def end_delegate(actor: Viewer, *, delegate_id: int, reason: str) -> Delegate:
    """A seat falls vacant: left the firm, moved to another unit, recalled. The unit elects another.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 019 while a session is open.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Delegate, delegate_id, "职工代表")
        if row.ended_on is not None:
            raise Refusal("GH-DEM-003", "这名代表的资格已经终止", None, "刷新页面看最新状态")
        _no_session_open(row.congress_id)
        row.ended_on, row.end_reason = timezone.localdate(), said(reason, "reason", "终止的原因", 200)
        row.save()
        note(actor, "delegate_ended", row, row.congress.title, reason=row.end_reason)
    return row


def make_of(congress: Congress) -> law.Make:
    rows = list(Delegate.objects.filter(congress=congress, ended_on__isnull=True).values_list("kind", "woman"))
    return law.Make(
        delegates=len(rows),
        managers=sum(kind == DelegateKind.MANAGER for kind, _ in rows),
        line_workers=sum(kind == DelegateKind.WORKER for kind, _ in rows),
        women=sum(woman for _, woman in rows),
        workers=congress.workers,
        women_workers=congress.women,
    )


def constitute(actor: Viewer, *, congress_id: int) -> Congress:
    """The delegates are confirmed and the term runs; the former congress ends.

    :raises Refusal: GH-DEM-001, 002, 003; 020 what the law asks of its delegates is not fulfilled.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Congress, congress_id, "职代会")
        in_state(row, "职代会", CongressState.PREPARING)
        found = law.findings(row.kind, make_of(row), bounds_of(row.path, timezone.localdate()))
        _composed([one for one in found if one.bad])
        former = Congress.objects.filter(organisation_id=row.organisation_id, state=CongressState.SITTING).first()
        if former is not None:
            if Session.objects.filter(congress=former, state__in=LIVE_SESSIONS).exists():
                raise Refusal("GH-DEM-021", f"{former.title}还有没有闭会的会议", None, "先闭会或者取消")
            former.state = CongressState.ENDED
            former.save()
        row.state = CongressState.SITTING
        row.save()
        note(actor, "congress_constituted", row, row.title)
    return row


def extend(actor: Viewer, *, congress_id: int, until: date, reason: str) -> Congress:
    """The change of terms is late, by a year at most.

    :raises Refusal: GH-DEM-001, 002, 003, 004; 022 too late.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Congress, congress_id, "职代会")
        in_state(row, "职代会", CongressState.SITTING)
        months = number("late_most", row.path)
        if not law.late_fits(row.ends_on, until, months):
            last = add_months(row.ends_on, months)
            raise Refusal(
                "GH-DEM-022", f"延期换届不能超过{months}个月，最晚到{last:%Y-%m-%d}", "until",
                f"依据：{basis('late_most')}",
            )  # fmt: skip
        row.late_until, row.late_reason = until, said(reason, "reason", "延期的原因")
        row.save()
        note(actor, "congress_extended", row, row.title, reason=row.late_reason, until=until.isoformat())
    return row
