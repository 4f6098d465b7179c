"""Elections and foundings of unions against law and regulation: every broken rule in a sentence that names it.

Pure: no ORM, no clock. Numbers that a place may set itself come in as arguments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gonghui.kernel.org.rules import committee_size, quorum

ELECTION_RULE = "《工会基层组织选举工作条例》总工发〔2016〕27号"
CHAIR_RULE = "《企业工会主席产生办法》"
LAW_KIN = "《工会法》第十条"
LAW_FOUNDING = "《工会法》第十一条"
LAW_APPROVAL = "《工会法》第十二条"
LAW_TERM = "《工会法》第十六条"
LAW_REMOVAL = "《工会法》第十八条"

OFFICES = ("chair", "vice_chair", "committee_member")
"""What a candidate may be elected as; every other answer is "not elected"."""

TERMS = (3, 5)
ALONE = 1
"""Below 25 members one chair or organiser is enough: no committee, and nobody to be chosen from."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that does not hold: the answer to be mended, and the sentence with the rule."""

    field: str
    sentence: str
    source: str

    @property
    def words(self) -> str:
        return f"{self.sentence}（{self.source}）"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who stood for election; `barred`: the employer's principal or a near relative of theirs."""

    name: str
    votes: int
    office: str = ""
    barred: bool = False

    @property
    def elected(self) -> bool:
        return self.office in OFFICES


@dataclass(frozen=True, slots=True)
class Election:
    """The counted result of one election. `entitled`: members or delegates who may attend and vote."""

    members: int
    entitled: int
    present: int
    seats: int
    candidates: Sequence[Candidate]
    term_years: int
    notice_days: int
    secret: bool = True

    @property
    def winners(self) -> list[Candidate]:
        return [one for one in self.candidates if one.elected]


def election_of(values: Mapping[str, Any]) -> Election:
    """The election that a form tells of; what is missing counts as nought."""

    def number(key: str) -> int:
        value = values.get(key)
        return value if isinstance(value, int) else 0

    rows = [
        Candidate(
            name=str(row.get("name") or ""),
            votes=int(row.get("votes") or 0),
            office=str(row.get("office") or ""),
            barred=bool(row.get("barred")),
        )
        for row in values.get("candidates") or []
    ]
    return Election(
        members=number("members"),
        entitled=number("entitled"),
        present=number("present"),
        seats=number("seats"),
        candidates=rows,
        term_years=int(values.get("term_years") or 0),
        notice_days=number("notice_days"),
        secret=values.get("secret") is True,
    )


def broken_rules(one: Election, *, spread_percent: int, notice_days: int) -> list[Broken]:
    """Every rule that the election breaks, in the order of the form."""
    return [
        *_numbers(one),
        *_attendance(one),
        *_size(one),
        *_choice(one, spread_percent),
        *_notice(one, notice_days),
        *_results(one),
        *_offices(one),
        *_term(one),
    ]


def _numbers(one: Election) -> Iterator[Broken]:
    if one.entitled > one.members:
        yield Broken(
            "entitled",
            f"应到{one.entitled}人，比会员{one.members}人还多；保留会籍的会员没有选举权",
            ELECTION_RULE,
        )
    if one.present > one.entitled:
        yield Broken("present", f"实到{one.present}人，比应到{one.entitled}人还多", ELECTION_RULE)
    for candidate in one.candidates:
        if candidate.votes > one.present:
            yield Broken(
                "candidates", f"{candidate.name}得{candidate.votes}票，比实到{one.present}人还多", ELECTION_RULE
            )


def _attendance(one: Election) -> Iterator[Broken]:
    needed = quorum(one.entitled)
    if one.present < needed.attend:
        yield Broken(
            "present",
            f"实到{one.present}人，不足应到{one.entitled}人的三分之二（{needed.attend}人），不能选举",
            ELECTION_RULE,
        )
    if not one.secret:
        yield Broken("secret", "选举应采用无记名投票", ELECTION_RULE)


def _size(one: Election) -> Iterator[Broken]:
    size = committee_size(one.members)
    if one.members < 25 and one.seats == ALONE:
        return
    if one.seats < size.least or (size.most is not None and one.seats > size.most):
        yield Broken("seats", f"会员{one.members}人，委员应为{size.words}，现在是{one.seats}人", ELECTION_RULE)


def _choice(one: Election, spread_percent: int) -> Iterator[Broken]:
    if one.seats <= ALONE:
        return
    more = -(-one.seats * spread_percent // 100)
    if len(one.candidates) < one.seats + more:
        yield Broken(
            "candidates",
            f"应选{one.seats}人，候选人{len(one.candidates)}人，差额率不低于{spread_percent}%，"
            f"至少{one.seats + more}名候选人",
            ELECTION_RULE,
        )


def _notice(one: Election, days: int) -> Iterator[Broken]:
    if one.notice_days < days:
        yield Broken("notice_days", f"候选人公示了{one.notice_days}天，应公示{days}天", CHAIR_RULE)


def _results(one: Election) -> Iterator[Broken]:
    half = quorum(one.entitled).elected
    for candidate in one.winners:
        if candidate.votes < half:
            yield Broken(
                "candidates",
                f"{candidate.name}得{candidate.votes}票，没有超过应到{one.entitled}人的半数（{half}票），不能当选",
                ELECTION_RULE,
            )
        if candidate.barred:
            yield Broken(
                "candidates", f"{candidate.name}是用人单位主要负责人或其近亲属，不能作为工会委员会成员的人选", LAW_KIN
            )
    least_elected = min((candidate.votes for candidate in one.winners), default=0)
    for candidate in one.candidates:
        if not candidate.elected and candidate.votes > least_elected and candidate.votes >= half and one.winners:
            yield Broken(
                "candidates", f"{candidate.name}得{candidate.votes}票，多于当选人的得票，却没有当选", ELECTION_RULE
            )


def _offices(one: Election) -> Iterator[Broken]:
    chairs = [candidate.name for candidate in one.winners if candidate.office == "chair"]
    if len(chairs) != 1:
        said = f"现在是{'、'.join(chairs)}" if chairs else "现在没有"
        yield Broken("candidates", f"应选出1名主席，{said}", ELECTION_RULE)
    if len(one.winners) > one.seats:
        yield Broken("candidates", f"当选{len(one.winners)}人，比应选{one.seats}人还多", ELECTION_RULE)
    least = ALONE if one.members < 25 and one.seats == ALONE else committee_size(one.members).least
    if len(one.winners) < least:
        yield Broken(
            "candidates",
            f"当选{len(one.winners)}人，会员{one.members}人的委员会至少{least}人，不足的另行选举",
            ELECTION_RULE,
        )


def _term(one: Election) -> Iterator[Broken]:
    if one.term_years not in TERMS:
        yield Broken("term_years", f"每届任期3年或5年，现在是{one.term_years}年", LAW_TERM)


def founding_broken(
    *, way: str, members: int, headcount: int, barred: bool, employers: int = 1, threshold: int = 25
) -> list[Broken]:
    """Whether a union may be founded so: `own`, `joint`, `join` a joint union, or `organiser` (工会法 art. 11).

    :param barred: the preparing group is led by the employer's principal or a near relative.
    :param employers: how many employers found a joint union together.
    :param threshold: members from which an employer founds its own committee (rule founding.threshold).
    """
    found = []
    if members < 1:
        found.append(Broken("members", "还没有申请入会的职工，先发展会员再建会", LAW_FOUNDING))
    if members > headcount:
        found.append(Broken("members", f"会员{members}人，比职工{headcount}人还多", LAW_FOUNDING))
    if way != "own" and members >= threshold and employers <= 1:
        found.append(Broken("way", f"会员{members}人，已满{threshold}人，应单独建立基层工会委员会", LAW_FOUNDING))
    if way == "joint" and employers < 2:
        found.append(Broken("employers", f"联合建会要有两家以上的单位，现在是{employers}家", LAW_FOUNDING))
    if barred:
        found.append(
            Broken(
                "barred", "用人单位主要负责人的近亲属不得作为本单位工会委员会成员的人选，筹备组由其他职工牵头", LAW_KIN
            )
        )
    return found


def chair_change_broken(
    *, how: str, entitled: int, present: int, votes_for_removal: int, votes_for_new: int
) -> list[Broken]:
    """Removal needs more than half of all members or delegates (工会法 art. 18); the successor is elected."""
    needed, found = quorum(entitled), []
    if present > entitled:
        found.append(Broken("present", f"实到{present}人，比应到{entitled}人还多", ELECTION_RULE))
    if present < needed.attend:
        found.append(
            Broken("present", f"实到{present}人，不足应到{entitled}人的三分之二（{needed.attend}人）", ELECTION_RULE)
        )
    if how == "removal" and votes_for_removal < needed.removed:
        found.append(
            Broken(
                "removal_votes",
                f"赞成罢免{votes_for_removal}票，没有超过全体{entitled}人的半数（{needed.removed}票）",
                LAW_REMOVAL,
            )
        )
    if votes_for_new < needed.elected:
        found.append(
            Broken(
                "votes",
                f"得{votes_for_new}票，没有超过应到{entitled}人的半数（{needed.elected}票），不能当选",
                ELECTION_RULE,
            )
        )
    found += [
        Broken(field, f"{words}{count}票，比实到{present}人还多", ELECTION_RULE)
        for field, words, count in (("votes", "得", votes_for_new), ("removal_votes", "赞成罢免", votes_for_removal))
        if count > present
    ]
    return found


def merger_broken(*, entitled: int, agreed: int) -> list[Broken]:
    """Nobody merges unions at will (工会法 art. 13): the members' meeting agrees by more than half of all."""
    half = quorum(entitled).elected
    if agreed > entitled:
        return [Broken("agreed", f"赞成{agreed}票，比应到{entitled}人还多", ELECTION_RULE)]
    if agreed < half:
        return [
            Broken(
                "agreed",
                f"赞成{agreed}票，没有超过应到{entitled}人的半数（{half}票）；工会不得随意撤销、合并",
                "《工会法》第十三条",
            )
        ]
    return []


def by_field(found: Sequence[Broken]) -> dict[str, str]:
    """Sentences by the answer they concern."""
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(one.field, []).append(one.words)
    return {field: "；".join(words) for field, words in said.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One rule on the sheet of an election: what it asks, what was counted, whether it holds, and where it stands."""

    rule: str
    counted: str
    good: bool
    source: str


def sheet(one: Election, *, spread_percent: int, notice_days: int) -> list[Line]:
    """Every rule with its numbers, those that hold as well: what an officer reads before approving an election."""
    needed, size = quorum(one.entitled), committee_size(one.members)
    alone = one.members < 25 and one.seats == ALONE
    in_size = alone or (one.seats >= size.least and (size.most is None or one.seats <= size.most))
    more = 0 if one.seats <= ALONE else -(-one.seats * spread_percent // 100)
    least_votes = min((row.votes for row in one.winners), default=0)
    chairs = sum(row.office == "chair" for row in one.winners)
    barred = [row.name for row in one.winners if row.barred]
    return [
        Line(
            "到会人数不少于应到的三分之二", f"应到{one.entitled}人，实到{one.present}人，至少{needed.attend}人",
            needed.attend <= one.present <= one.entitled, ELECTION_RULE,
        ),
        Line("无记名投票", "是" if one.secret else "否", one.secret, ELECTION_RULE),
        Line("委员人数", f"会员{one.members}人，应为{size.words}，应选{one.seats}人", in_size, ELECTION_RULE),
        Line(
            f"差额率不低于{spread_percent}%",
            f"应选{one.seats}人，候选人{len(one.candidates)}人，至少{one.seats + more}人",
            len(one.candidates) >= one.seats + more, ELECTION_RULE,
        ),
        Line("候选人公示", f"公示{one.notice_days}天，应{notice_days}天", one.notice_days >= notice_days, CHAIR_RULE),
        Line(
            "当选人得票超过应到的半数", f"当选人最少得{least_votes}票，应有{needed.elected}票",
            bool(one.winners) and least_votes >= needed.elected, ELECTION_RULE,
        ),
        Line("选出1名主席", f"{chairs}名", chairs == 1, ELECTION_RULE),
        Line("单位主要负责人的近亲属不当委员", "、".join(barred) or "没有", not barred, LAW_KIN),
        Line("任期3年或5年", f"{one.term_years}年", one.term_years in TERMS, LAW_TERM),
    ]  # fmt: skip
