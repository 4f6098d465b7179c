"""Collective bargaining from the invitation to the signature; each step starts the clock of the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Max, QuerySet

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import services as files
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import BallotState, BargainState, ContractKind, ContractScope, ContractState, Side
from ..models import Ballot, Bargain, Contract, Meeting, Representative
from ..rules import clocks, recount
from ..rules import congress as law
from .contracts import make_contract
from .holding import BARGAIN, basis, held, in_state, not_ahead, note, number, own, said, share


@dataclass(frozen=True, slots=True)
class Named:
    """A representative as a side names one."""

    side: Side
    name: str
    office: str = ""
    chief: bool = False
    outside: bool = False


def invite(
    actor: Viewer, *, organisation: Organisation, kind: ContractKind, title: str, matter: str, inviter: Side,
    invited_on: date, firms: int, workers: int, scope: ContractScope = ContractScope.ENTERPRISE,
    old: Contract | None = None,
) -> Bargain:  # fmt: skip
    """One side asks the other to bargain, in writing.

    :raises Refusal: GH-DEM-002, 004, 005; 070 firms and workers do not fit; 082 what it is to renew is another's, of
        another kind or not in force.
    """
    require(actor, BARGAIN)
    own(actor, organisation.path, "集体协商")
    not_ahead(invited_on, "invited_on")
    if old is not None and (old.path != organisation.path or old.kind != kind or old.state != ContractState.VALID):
        raise Refusal(
            "GH-DEM-082", f"《{old.title}》不能这样续签", "kind", "只续签本工会有效的、同一类别的合同，别的登记新的要约"
        )
    if firms < 1 or workers < firms:
        raise Refusal("GH-DEM-070", f"企业{firms}家、职工{workers}人，不对", "workers", "按实际覆盖的填写")
    with transaction.atomic():
        row = Bargain.objects.create(
            path=organisation.path, organisation=organisation, kind=kind, scope=scope, inviter=inviter,
            title=said(title, "title", "名称", 120), matter=said(matter, "matter", "协商内容", 1000), firms=firms,
            workers=workers, invited_on=invited_on, old=old,
            reply_due=clocks.due(invited_on, number("reply_days", organisation.path, invited_on)),
        )  # fmt: skip
        note(actor, "bargain_invited", row, row.title)
    return row


def reply(actor: Viewer, *, bargain_id: int, on: date, agreed: bool, text: str = "") -> Bargain:
    """The other side answers; when it agrees, both name who sits at the table.

    :raises Refusal: GH-DEM-001, 002, 003, 004, 005; 071 before it was asked.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.INVITED)
        _not_before(on, row.invited_on, "要约")
        row.replied_on = on
        row.reply = text.strip()[:500] if agreed else said(text, "text", "拒绝的理由", 500)
        row.state = BargainState.NAMING if agreed else BargainState.REFUSED
        if agreed:
            row.name_due = clocks.due(on, number("name_days", row.path, on))
        row.save()
        note(actor, "bargain_answered", row, row.title, agreed=agreed)
    return row


def _not_before(on: date, earliest: date, what: str) -> None:
    if on < earliest:
        raise Refusal("GH-DEM-071", f"日期早于{what}的{earliest:%Y-%m-%d}", "on", "按文件上的日期填写")


def begin_talks(actor: Viewer, *, bargain_id: int, people: list[Named]) -> Bargain:
    """Both sides are named: three or more each, equal in number, few from outside, one chief each.

    :raises Refusal: GH-DEM-001, 002, 003; 072 the sides are not as the law wants them.
    """
    require(actor, BARGAIN)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.NAMING, BargainState.TALKING)
        sides = {
            side: clocks.Party(
                sum(one.side == side for one in people), sum(one.side == side and one.outside for one in people)
            )
            for side in (Side.WORKERS, Side.FIRM)
        }  # fmt: skip
        wrong = clocks.sides_wrong(
            sides[Side.WORKERS], sides[Side.FIRM], number("side_least", row.path), share("experts", row.path)
        )
        chiefs = [one.side for one in people if one.chief]
        if not wrong and sorted(chiefs) != sorted([Side.WORKERS, Side.FIRM]):
            wrong = "每方要有一名首席代表"
        if not wrong and any(one.chief and one.outside for one in people):
            wrong = "首席代表不能由外聘人员担任"
        if not wrong and len({one.name.strip() for one in people}) != len(people):
            wrong = "同一个人不能写两次，也不能同时代表双方"
        if wrong:
            raise Refusal("GH-DEM-072", wrong, "people", f"依据：{basis('side_least')}")
        row.representatives.all().delete()
        Representative.objects.bulk_create(
            Representative(path=row.path, bargain=row, side=one.side, person_name=said(one.name, "people", "姓名", 60),
                           office=one.office.strip()[:80], chief=one.chief, outside=one.outside)
            for one in people
        )  # fmt: skip
        row.state = BargainState.TALKING
        row.save()
        note(actor, "bargain_named", row, row.title, people=len(people))
    return row


def meet(
    actor: Viewer, *, bargain_id: int, on: date, minutes: str, agreed: bool, name: str = "", content: bytes = b""
) -> Meeting:
    """A sitting with its minutes.

    :raises Refusal: GH-DEM-001, 002, 003, 004, 005, 071.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.TALKING)
        _not_before(on, row.replied_on or row.invited_on, "答复")
        last = row.meetings.aggregate(last=Max("number"))["last"] or 0
        kept = None
        if content:
            kept = files.store(actor, path=row.path, name=name, kind="democracy.minutes", content=content)
        made = Meeting.objects.create(
            path=row.path, bargain=row, number=last + 1, on=on, minutes=said(minutes, "minutes", "会议纪要", 4000),
            agreed=agreed, file=kept,
        )  # fmt: skip
        note(actor, "bargain_met", row, row.title, agreed=agreed)
    return made


def pause(actor: Viewer, *, bargain_id: int, on: date, until: date, reason: str) -> Bargain:
    """:raises Refusal: GH-DEM-001, 002, 003, 004, 005; 073 longer than the law lets it."""
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.TALKING)
        last = clocks.break_end(on, number("break_days", row.path, on))
        if not on < until <= last:
            raise Refusal("GH-DEM-073", f"中止最晚到{last:%Y-%m-%d}", "until", f"依据：{basis('break_days')}")
        row.state, row.break_until, row.break_reason = BargainState.BROKEN, until, said(reason, "reason", "中止的原因")
        row.save()
        note(actor, "bargain_paused", row, row.title, until=until.isoformat())
    return row


def resume(actor: Viewer, *, bargain_id: int) -> Bargain:
    """:raises Refusal: GH-DEM-001, 002, 003."""
    require(actor, BARGAIN)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.BROKEN)
        row.state = BargainState.TALKING
        row.save()
        note(actor, "bargain_resumed", row, row.title)
    return row


def draft(actor: Viewer, *, bargain_id: int, on: date, name: str, content: bytes) -> Bargain:
    """What both sides agreed on goes to the congress.

    :raises Refusal: GH-DEM-001, 002, 003, 005; 074 no sitting agreed; 075 no text.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    if not content:
        raise Refusal("GH-DEM-075", "没有上传草案", "file", "上传双方商定的文本")
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.TALKING)
        if not row.meetings.filter(agreed=True).exists():
            raise Refusal("GH-DEM-074", "还没有一次协商会议达成一致", None, "登记达成一致的会议后再形成草案")
        row.draft = files.store(actor, path=row.path, name=name, kind="democracy.draft", content=content)
        row.draft_on, row.state = on, BargainState.DRAFTED
        row.save()
        note(actor, "bargain_drafted", row, row.title)
    return row


def pass_draft(
    actor: Viewer, *, bargain_id: int, on: date | None = None, ballot_id: int | None = None, delegates: int = 0,
    present: int = 0, in_favour: int = 0, name: str = "", proof: bytes = b"",
) -> Bargain:  # fmt: skip
    """The congress has voted: by a ballot held here on this draft, or by the counts of one that was held on paper,
    with their proof.

    A draft that was not passed goes back to the table.

    :raises Refusal: GH-DEM-001, 002, 003, 005, 071; 076 no counted ballot on this draft, or the counts cannot be; 077
        no proof of counts.
    """
    require(actor, BARGAIN)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.DRAFTED)
        if ballot_id is not None:
            row.ballot = ballots_on(row).filter(pk=ballot_id).first()
            if row.ballot is None:
                raise Refusal(
                    "GH-DEM-076", "没有对这份草案的已计票的表决", "ballot", "选形成草案以后本工会职代会的表决"
                )
            delegates, present = row.ballot.electorate, row.ballot.present
            in_favour, on, row.vote_proof = int(row.ballot.counts[recount.YES]), row.ballot.counted_on, None
        else:
            row.ballot, row.vote_proof = None, _proven(actor, row, name, proof)
        day = not_ahead(on)
        _not_before(day, row.draft_on or day, "形成草案")
        if not 0 <= in_favour <= present <= delegates or not delegates:
            raise Refusal("GH-DEM-076", f"应到{delegates}、出席{present}、赞成{in_favour}，不对", "in_favour")
        row.votes = {"delegates": delegates, "present": present, "in_favour": in_favour}
        passed = law.quorate(present, delegates, share("quorum", row.path)) and recount.more_than(
            in_favour, delegates, share("majority", row.path)
        )
        row.state, row.passed_on = (BargainState.PASSED, day) if passed else (BargainState.TALKING, None)
        row.save()
        note(actor, "bargain_voted", row, row.title, passed=passed)
    return row


def ballots_on(row: Bargain) -> QuerySet[Ballot]:
    """Counted votes that may be this draft's: begun after it was there, and not counted for another round."""
    others = Bargain.objects.filter(ballot__isnull=False).exclude(pk=row.pk).exclude(state=BargainState.FAILED)
    found: QuerySet[Ballot] = Ballot.objects.filter(
        path=row.path, state=BallotState.COUNTED, kind=recount.DECIDE, opened_on__gte=row.draft_on
    )
    return found.exclude(pk__in=others.values("ballot_id"))


def _proven(actor: Viewer, row: Bargain, name: str, proof: bytes) -> StoredFile:
    if not proof:
        raise Refusal("GH-DEM-077", "没有上传表决证明", "file", "上传职代会表决结果的扫描件")
    return files.store(actor, path=row.path, name=name, kind="democracy.vote", content=proof)


def conclude(
    actor: Viewer, *, bargain_id: int, signed_on: date, starts_on: date, ends_on: date, summary: str, name: str,
    content: bytes,
) -> Contract:  # fmt: skip
    """Both chiefs sign what the congress has passed; the contract enters the register.

    :raises Refusal: GH-DEM-001, 002, 003, 005, 071, 075; 080 the term is too short or too long.
    """
    require(actor, BARGAIN)
    not_ahead(signed_on, "signed_on")
    if not content:
        raise Refusal("GH-DEM-075", "没有上传合同文本", "file", "上传双方签字的文本")
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(row, "集体协商", BargainState.PASSED)
        _not_before(signed_on, row.passed_on or signed_on, "职代会通过")
        made = make_contract(
            actor, organisation=row.organisation, kind=ContractKind(row.kind), scope=ContractScope(row.scope),
            title=row.title, firms=row.firms, workers=row.workers, signed_on=signed_on, starts_on=starts_on,
            ends_on=ends_on, summary=summary, name=name, content=content, replaces=row.old,
        )  # fmt: skip
        row.contract, row.state = made, BargainState.CONCLUDED
        row.save()
        note(actor, "bargain_concluded", row, row.title)
    return made


def fail(actor: Viewer, *, bargain_id: int, reason: str) -> Bargain:
    """:raises Refusal: GH-DEM-001, 002, 003, 004."""
    require(actor, BARGAIN)
    with transaction.atomic():
        row = held(actor, Bargain, bargain_id, "集体协商")
        in_state(
            row, "集体协商", BargainState.INVITED, BargainState.REFUSED, BargainState.NAMING, BargainState.TALKING,
            BargainState.BROKEN, BargainState.DRAFTED, BargainState.PASSED,
        )  # fmt: skip
        row.state, row.ended_reason = BargainState.FAILED, said(reason, "reason", "终止的原因")
        row.save()
        note(actor, "bargain_failed", row, row.title, reason=row.ended_reason)
    return row
