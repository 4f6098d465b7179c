"""Secret ballots at the desk: opened with a key of their own, paper ballots entered, counted once."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.box import services as box
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as ruling
from gonghui.kernel.sealing import seal, unseal
from gonghui.kernel.viewer import Viewer

from ..choices import BY_BALLOT, TO_VOTE, BallotState, ItemKind, ItemState, SessionState, VoteWay
from ..models import Ballot, Delegate, Issued, Item, Vote
from ..rules import blind, recount
from ..rules import congress as law
from .holding import MANAGE, basis, held, in_state, note, number, said, share, there

OPINIONS = [
    {"key": recount.YES, "title": "赞成"},
    {"key": recount.NO, "title": "反对"},
    {"key": recount.ABSTAIN, "title": "弃权"},
]


def box_of(ballot: Ballot) -> str:
    return f"ballot:{ballot.pk}"


def purpose(ballot_token: object) -> str:
    return f"ballot.key:{ballot_token}"


def hold(ballot_id: int, *, alone: bool = False) -> None:
    """Votes hold a ballot together, counting holds it alone: no vote falls between the count and the end.

    A lock in memory, because a lock on the row would leave a trace of each vote on it. It is taken before any row is:
    who waits for it holds nothing that another needs.
    """
    name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name}(hashtextextended(%s, 0))", [f"democracy.ballot:{ballot_id}"])


def open_ballot(actor: Viewer, *, item_id: int, names: list[str] | None = None, seats: int = 1) -> Ballot:
    """Vote on an item of an open session: yes, no or abstain; for an election up to `seats` of the candidates.

    What was not passed, and seats that were not filled, may be voted on again in the same session.

    :raises Refusal: GH-DEM-001, 002, 003; 040 not of a kind that is voted on; 041 papers were not delivered in time;
        037 no quorum; 042 candidates and seats do not fit; 048 there were as many rounds as the rule lets be.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        item = held(actor, Item, item_id, "议题")
        session = item.session
        in_state(session, "会议", SessionState.OPEN)
        in_state(item, "议题", *TO_VOTE)
        if item.kind not in BY_BALLOT:
            raise Refusal("GH-DEM-040", "这一项不用投票", None, "登记听取或审议的结果")
        _papers(item)
        delegates, present = int(session.delegates or 0), there(session).count()
        wanted = share("quorum", item.path)
        if not law.quorate(present, delegates, wanted):
            raise Refusal(
                "GH-DEM-037", f"应到{delegates}名，出席{present}名，不足法定人数", None, f"依据：{basis('quorum')}"
            )
        kind = recount.ELECT if item.kind == ItemKind.ELECT else recount.DECIDE
        before = _rounds(item)
        options = _candidates(names or [], seats, before) if kind == recount.ELECT else OPINIONS
        modulus, exponent = blind.make_key()
        fractions = ruling.values(["democracy.quorum", "democracy.majority"], item.path, timezone.localdate())
        row = Ballot(
            path=item.path, item=item, kind=kind, question=item.title, options=options, electorate=delegates,
            seats=seats if kind == recount.ELECT else 1, present=present, modulus=f"{modulus:x}",
            quorum=str(fractions["democracy.quorum"].value), majority=str(fractions["democracy.majority"].value),
            opened_on=timezone.localdate(),
        )  # fmt: skip
        row.key_sealed = seal(f"{exponent:x}", purpose(row.token))
        row.save()
        item.state = ItemState.VOTING
        item.save()
        note(actor, "ballot_opened", row, item.title, electorate=delegates, present=present)
    return row


def _papers(item: Item) -> None:
    """What is voted on was before the delegates in time."""
    days, papers = number("paper_days", item.path), list(item.papers.all())
    late = [one for one in papers if not law.delivered_in_time(one.delivered_on, item.session.on, days)]
    if late or (item.kind == ItemKind.PASS and not papers):
        what = f"《{late[0].title}》没有在会议{days}天前送达" if late else "还没有送达草案"
        raise Refusal("GH-DEM-041", f"{what}，不能表决", None, f"改期再议。依据：{basis('paper_days')}")


def _rounds(item: Item) -> list[Ballot]:
    """What was counted of this item already.

    :raises Refusal: GH-DEM-048.
    """
    found, most = list(item.ballots.filter(state=BallotState.COUNTED).order_by("pk")), number("rounds", item.path)
    if len(found) >= most:
        raise Refusal("GH-DEM-048", f"这一项已经投过{len(found)}轮", None, f"同一次会议最多{most}轮，改在下次会议表决")
    return found


def _left(rounds: list[Ballot]) -> int | None:
    """Seats that the rounds so far have not filled; before the first they are as many as it says."""
    return rounds[0].seats - sum(len(one.result["elected"]) for one in rounds) if rounds else None


def _won(row: Ballot) -> list[str]:
    titles = {one["key"]: one["title"] for one in row.options}
    return [titles[key] for key in row.result["elected"]]


def _candidates(names: list[str], seats: int, before: list[Ballot]) -> list[dict[str, str]]:
    known = [name.strip()[:30] for name in names if name.strip()]
    if len(set(known)) != len(known) or not 1 <= seats <= len(known):
        raise Refusal(
            "GH-DEM-042", f"候选人{len(known)}名，应选{seats}名，不对", "names", "候选人不少于应选名额，每人写一次"
        )
    left, won = _left(before), {name for one in before for name in _won(one)}
    if left is not None and seats > left:
        raise Refusal("GH-DEM-042", f"前一轮以后还缺{left}名，应选{seats}名，不对", "seats", "只选缺的名额")
    twice = [name for name in known if name in won]
    if twice:
        raise Refusal("GH-DEM-042", f"{twice[0]}前一轮已经当选", "names", "从候选人里去掉")
    return [{"key": f"c{at}", "title": name} for at, name in enumerate(known, 1)]


# -- paper -----------------------------------------------------------------------------------------------------------


def issue_paper(actor: Viewer, *, ballot_id: int, delegate_id: int) -> Issued:
    """A delegate without a phone takes a paper ballot, and with it gives up the other.

    :raises Refusal: GH-DEM-001, 002, 003; 043 not in the hall; 044 has a ballot already; 045 too few are left who could
        take paper too.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        hold(ballot_id)
        row = held(actor, Ballot, ballot_id, "投票")
        in_state(row, "投票", BallotState.OPEN)
        seat = Delegate.objects.visible(actor).filter(pk=delegate_id).first()
        if seat is None or not there(row.item.session).filter(delegate=seat).exists():
            raise Refusal("GH-DEM-043", "这名代表没有签到", "delegate", "签到以后再领票")
        made, new = Issued.objects.get_or_create(
            ballot=row, delegate=seat, defaults={"path": row.path, "way": VoteWay.PAPER}
        )
        if not new:
            raise Refusal("GH-DEM-044", "这名代表已经领过票", "delegate", "每人只领一次")
        enough_left(row, VoteWay.PAPER)
        note(actor, "paper_issued", row, row.question)
    return made


HIDES = {
    VoteWay.PAPER: ("纸质票", "用会场的手机登录这名代表自己的账号投票，每名代表的选票分开保管"),
    VoteWay.ELECTRONIC: ("手机票", "改领纸质票，或者等更多代表签到"),
}


def issued_by(row: Ballot, way: VoteWay) -> int:
    return row.issues.filter(way=way).count()


def enough_left(row: Ballot, way: VoteWay) -> None:
    """A way that too few can take is not begun: its counts would show who chose what.

    :raises Refusal: GH-DEM-045.
    """
    least, taken = number("paper_ballots_least", row.path), row.issues.values("delegate_id")
    free = there(row.item.session).exclude(delegate_id__in=taken).count()
    if issued_by(row, way) + free < least:
        what, instead = HIDES[way]
        raise Refusal(
            "GH-DEM-045",
            f"到会还没有领票的代表只剩{free}名，{what}凑不够{least}张，公布合计会看出个人的选择",
            None,
            instead,
        )


def take_back_paper(actor: Viewer, *, issued_id: int) -> None:
    """An unused paper ballot comes back, and its delegate may vote by phone.

    :raises Refusal: GH-DEM-001, 002, 003.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        hold(Issued.objects.visible(actor).filter(pk=issued_id).values_list("ballot_id", flat=True).first() or 0)
        row = held(actor, Issued, issued_id, "纸质票")
        in_state(row.ballot, "投票", BallotState.OPEN)
        if row.way != VoteWay.PAPER:
            raise Refusal("GH-DEM-003", "这不是纸质票，不能收回", None, "手机投票的凭证在代表自己手里")
        note(actor, "paper_taken_back", row.ballot, row.ballot.question)
        row.delete()


# -- counting --------------------------------------------------------------------------------------------------------


def count_ballot(
    actor: Viewer, *, ballot_id: int, paper: dict[str, int] | None = None, scrutineers: list[int] | None = None
) -> Ballot:
    """End the vote: the box is emptied, every signature checked, the votes written in one piece, the key destroyed.

    :raises Refusal: GH-DEM-001, 002, 003; 045 too few ballots of a way to hide anybody; 046 their count is wrong; 047
        two scrutineers are needed.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        hold(ballot_id, alone=True)
        row = held(actor, Ballot, ballot_id, "投票")
        in_state(row, "投票", BallotState.OPEN)
        item = Item.objects.select_for_update().get(pk=row.item_id)
        issued = list(row.issues.values_list("way", flat=True))
        papers = issued.count(VoteWay.PAPER)
        _hidden(row, len(issued) - papers)
        row.scrutineers = _scrutineers(row, papers, scrutineers or [])
        row.paper = _paper_counts(row, papers, paper or {})
        row.paper_ballots, row.issued_count = papers, len(issued) - papers
        row.present = there(item.session).count()
        votes = _emptied(row)
        Vote.objects.bulk_create(votes)
        row.state, row.key_sealed, row.counted_on = BallotState.COUNTED, None, timezone.localdate()
        made = recount.outcome(published(row, votes))
        row.counts = made.pop("counts")
        row.result = made
        _settle(row, item)
        row.save()
        note(actor, "ballot_counted", row, row.question, votes=made["votes"], issued=len(issued))
    return row


def _hidden(row: Ballot, phones: int) -> None:
    """Nobody stands out among those who got a ballot by phone: how many of them cast it does not matter."""
    least = number("paper_ballots_least", row.path)
    if 0 < phones < least:
        raise Refusal(
            "GH-DEM-045", f"只有{phones}名代表领了手机票，公布选票会看出个人的选择", None,
            f"请还没有领票的代表用手机领票，凑够{least}名，或者作废以后全部用纸质票重新投",
        )  # fmt: skip


def _emptied(row: Ballot) -> list[Vote]:
    """What lay in the box, in the order of the random tokens. A slip that does not fit cannot have come through the
    door; it is left out."""
    modulus, options = int(row.modulus, 16), [one["key"] for one in row.options]
    found = {}
    for slip in box.take(box_of(row)):
        token, signature = str(slip["token"]), int(slip["signature"], 16)
        if recount.genuine(str(row.token), token, signature, modulus) and recount.well_formed(
            row.kind, options, row.seats, slip["choice"]
        ):
            found[token] = Vote(
                path=row.path, ballot=row, token=token, signature=slip["signature"], choice=sorted(slip["choice"])
            )
    return [found[token] for token in sorted(found)]


def _scrutineers(row: Ballot, papers: int, ids: list[int]) -> str:
    if not papers:
        return ""
    present = there(row.item.session).values("delegate_id")
    seats = list(Delegate.objects.filter(pk__in=ids).filter(pk__in=present).order_by("pk"))
    titles = {one["title"] for one in row.options}
    if len(seats) != 2 or (row.kind == recount.ELECT and any(one.person_name in titles for one in seats)):
        raise Refusal("GH-DEM-047", "纸质票由两名监票人一起清点", "scrutineers", "选两名到会的职工代表，候选人不能监票")
    return "、".join(one.person_name for one in seats)


def _paper_counts(row: Ballot, papers: int, given: dict[str, int]) -> dict[str, int]:
    least = number("paper_ballots_least", row.path)
    if 0 < papers < least:
        raise Refusal(
            "GH-DEM-045",
            f"只有{papers}张纸质票，公布合计会看出个人的选择",
            None,
            f"再发到{least}张以上；没有更多代表领票的，收回以后用会场的手机登录本人账号投票，或者作废重投",
        )
    made = {one["key"]: int(given.get(one["key"]) or 0) for one in row.options}
    most = papers if row.kind == recount.DECIDE else papers * row.seats
    if any(not 0 <= count <= papers for count in made.values()) or sum(made.values()) > most:
        raise Refusal("GH-DEM-046", f"纸质票发出{papers}张，各项合计不能超过{most}", "paper", "重新清点后填写")
    return made


def _settle(row: Ballot, item: Item) -> None:
    titles = {one["key"]: one["title"] for one in row.options}
    before = list(item.ballots.filter(state=BallotState.COUNTED).exclude(pk=row.pk).order_by("pk"))
    counts = "，".join(f"{titles[key]}{count}票" for key, count in row.counts.items())
    head = f"全体代表{row.electorate}名，出席{row.present}名，收到{row.result['votes']}票：{counts}。"
    if row.kind == recount.DECIDE:
        item.state = ItemState.PASSED if row.result["passed"] else ItemState.REJECTED
        row.words = head + (
            "超过全体代表的半数，通过。" if row.result["passed"] else "没有超过全体代表的半数，未通过。"
        )
    else:
        won = _won(row)
        item.state = ItemState.UNFILLED if _left([*before, row]) else ItemState.ELECTED
        row.words = head + (f"当选：{'、'.join(won)}。" if won else "没有人超过全体代表的半数。")
    row.words = row.words[:1500]
    item.decision = (
        "".join(f"第{at}轮：{one.words}" for at, one in enumerate([*before, row], 1)) if before else row.words
    )
    item.decided_on = timezone.localdate()
    item.save()


def void_ballot(actor: Viewer, *, ballot_id: int, reason: str) -> Ballot:
    """The vote was begun by mistake: what lies in the box is thrown away unread, and the item may be voted on again.

    :raises Refusal: GH-DEM-001, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        hold(ballot_id, alone=True)
        row = held(actor, Ballot, ballot_id, "投票")
        in_state(row, "投票", BallotState.OPEN)
        words = said(reason, "reason", "作废的原因")
        box.take(box_of(row))
        row.state, row.key_sealed, row.counted_on = BallotState.VOID, None, timezone.localdate()
        row.save()
        Item.objects.filter(pk=row.item_id).update(state=_state_before(row))
        note(actor, "ballot_voided", row, row.question, reason=words)
    return row


def _state_before(row: Ballot) -> ItemState:
    """Where an item stood before this round."""
    if not Ballot.objects.filter(item_id=row.item_id, state=BallotState.COUNTED).exists():
        return ItemState.WAITING
    return ItemState.REJECTED if row.kind == recount.DECIDE else ItemState.UNFILLED


def published(row: Ballot, votes: list[Vote]) -> dict[str, Any]:
    """All that a recount needs, and nothing else."""
    return {
        "ballot": str(row.token),
        "question": row.question,
        "kind": row.kind,
        "options": row.options,
        "seats": row.seats,
        "electorate": row.electorate,
        "present": row.present,
        "quorum": row.quorum,
        "majority": row.majority,
        "modulus": row.modulus,
        "issued": row.issued_count,
        "paper_ballots": row.paper_ballots,
        "paper": row.paper,
        "counts": row.counts,
        "votes": [{"token": one.token, "signature": one.signature, "choice": one.choice} for one in votes],
    }


def private_exponent(row: Ballot) -> int:
    return int(unseal(bytes(row.key_sealed or b""), purpose(row.token)), 16)
