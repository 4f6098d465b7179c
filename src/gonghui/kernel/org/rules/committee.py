"""Founding, committee size, terms and votes of grassroots unions, as warnings with their source.

The numbers are national law and are the same everywhere; what a place may set itself comes from the rules part.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from gonghui.kernel.org.choices import OrganisationKind, UnionKind
from gonghui.kernel.refusal import Refusal, RuleWarning

ELECTION_RULE = "工会基层组织选举工作条例（总工发〔2016〕27号）"
UNION_LAW_FOUNDING = "中华人民共和国工会法（2021年修正）第十一条"
UNION_LAW_TERM = "中华人民共和国工会法（2021年修正）第十六条"
UNION_LAW_CHAIR = "中华人民共和国工会法（2021年修正）第十四条"

COMMITTEE_FROM = 25
FULL_TIME_CHAIR_FROM = 200
_EXPIRES_SOON_DAYS = 90
_HAS_COMMITTEE = frozenset({OrganisationKind.GRASSROOTS_UNION, OrganisationKind.JOINT_UNION})
_HAS_TERM = _HAS_COMMITTEE | {OrganisationKind.FEDERATION, OrganisationKind.INDUSTRY_UNION}


class CommitteeSize(NamedTuple):
    """How many sit on a committee; `most` is None where the regulation sets no upper bound."""

    least: int
    most: int | None

    @property
    def words(self) -> str:
        return f"{self.least}至{self.most}人" if self.most is not None else f"{self.least}人以上"


_SIZES: tuple[tuple[int, CommitteeSize], ...] = (
    (24, CommitteeSize(3, 5)),
    (200, CommitteeSize(3, 7)),
    (1_000, CommitteeSize(7, 15)),
    (5_000, CommitteeSize(15, 21)),
    (10_000, CommitteeSize(21, 29)),
    (50_000, CommitteeSize(29, 37)),
)


def committee_size(members: int) -> CommitteeSize:
    """Size by number of members: <25 3–5, 25–200 3–7, 201–1000 7–15, 1001–5000 15–21, 5001–10000 21–29,
    10001–50000 29–37, above that 37 and more (总工发〔2016〕27号)."""
    for upper, size in _SIZES:
        if members <= upper:
            return size
    return CommitteeSize(37, None)


def committee_warnings(*, kind: OrganisationKind, members: int, seats: int | None) -> list[RuleWarning]:
    """What is odd about the number of committee members. Below 25 members one chair or organiser is enough."""
    if kind not in _HAS_COMMITTEE:
        return []
    size = committee_size(members)
    if not seats:
        if members < COMMITTEE_FROM:
            message = f"会员{members}人，还没有委员会、主席或组织员，可选1名主席或组织员"
        else:
            message = f"会员{members}人，应建立基层工会委员会，委员{size.words}，还没有登记委员"
        return [RuleWarning("GH-ORG-W21", message, UNION_LAW_FOUNDING)]
    if members < COMMITTEE_FROM and seats == 1:
        return []
    if seats < size.least:
        message = f"会员{members}人，委员应为{size.words}，现在{seats}人，少{size.least - seats}人"
        return [RuleWarning("GH-ORG-W22", message, ELECTION_RULE)]
    if size.most is not None and seats > size.most:
        message = f"会员{members}人，委员应为{size.words}，现在{seats}人，多{seats - size.most}人"
        return [RuleWarning("GH-ORG-W23", message, ELECTION_RULE)]
    return []


def add_years(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def term_warnings(
    *, kind: OrganisationKind, term_from: date | None, term_to: date | None, on: date
) -> list[RuleWarning]:
    """A term is three or five years, five for territorial federations; a month either way is the election day."""
    if kind not in _HAS_TERM:
        return []
    if term_from is None or term_to is None:
        return [RuleWarning("GH-ORG-W31", "没有登记本届委员会的起止日期", UNION_LAW_TERM)]
    if term_to <= term_from:
        return [RuleWarning("GH-ORG-W32", "本届止期不晚于起期，核对两个日期", UNION_LAW_TERM)]
    warnings = []
    lengths = (5,) if kind is OrganisationKind.FEDERATION else (3, 5)
    if not any(abs((term_to - add_years(term_from, years)).days) <= 31 for years in lengths):
        allowed = "5年" if lengths == (5,) else "3年或5年"
        months = round((term_to - term_from).days / 30.44)
        message = f"每届任期应为{allowed}，现在登记的是{months // 12}年{months % 12}个月"
        warnings.append(RuleWarning("GH-ORG-W33", message, UNION_LAW_TERM))
    overdue = (on - term_to).days
    if overdue > 0:
        warnings.append(RuleWarning("GH-ORG-W34", f"任期已满{overdue}天，还没有换届", UNION_LAW_TERM))
    elif overdue > -_EXPIRES_SOON_DAYS:
        warnings.append(RuleWarning("GH-ORG-W35", f"还有{-overdue}天任期届满，可以筹备换届", UNION_LAW_TERM))
    return warnings


class FoundingForm(NamedTuple):
    """A lawful way to organise a number of members, in the words of the law."""

    code: str
    label: str


def founding_forms(members: int) -> list[FoundingForm]:
    """From 25 members a union has its own committee; fewer may choose (工会法 art. 11)."""
    own = FoundingForm("own_committee", "单独建立基层工会委员会")
    if members >= COMMITTEE_FROM:
        return [own]
    return [
        own,
        FoundingForm("joint_committee", "与其他单位的会员联合建立基层工会委员会"),
        FoundingForm("organiser", "选举组织员1人，组织会员开展活动"),
    ]


def check_founding(
    *, kind: OrganisationKind, union_kind: UnionKind | None, members: int, approved_by_parent: bool
) -> list[RuleWarning]:
    """Whether a body may be founded, and what to look at.

    :raises Refusal: GH-ORG-301 no approval of the union above; 302 no members.
    """
    if not approved_by_parent:
        raise Refusal("GH-ORG-301", "建立工会须报上一级工会批准，还没有批复", "document_no", "登记上一级工会的批复文号")
    if kind in _HAS_COMMITTEE and members < 1:
        raise Refusal("GH-ORG-302", "还没有会员，不能建会", "members", "先登记申请入会的职工，再建会")
    if kind is OrganisationKind.GRASSROOTS_UNION and union_kind is UnionKind.JOINT:
        if members >= COMMITTEE_FROM:
            message = f"会员{members}人，已到{COMMITTEE_FROM}人，各单位中满{COMMITTEE_FROM}人的应单独建立委员会"
            return [RuleWarning("GH-ORG-W41", message, UNION_LAW_FOUNDING)]
    elif kind is OrganisationKind.GRASSROOTS_UNION and members < COMMITTEE_FROM:
        message = f"会员{members}人，不足{COMMITTEE_FROM}人，可以单独建会，也可以联合建会或选举组织员"
        return [RuleWarning("GH-ORG-W42", message, UNION_LAW_FOUNDING)]
    return []


class Quorum(NamedTuple):
    """People needed: to hold the election, to be elected, to remove, to call an emergency meeting."""

    attend: int
    elected: int
    removed: int
    emergency: int


def quorum(entitled: int) -> Quorum:
    """Two thirds must attend; elected by more than half of those entitled to attend (总工发〔2016〕27号);
    removed by more than half of all, emergency meeting on the call of one third (工会法 art. 17, 18)."""
    half = entitled // 2 + 1
    return Quorum(attend=-(-entitled * 2 // 3), elected=half, removed=half, emergency=-(-entitled // 3))


def may_have_full_time_chair(headcount: int | None) -> bool:
    """Employers with 200 staff or more may have a full-time chair (工会法 art. 14)."""
    return headcount is not None and headcount >= FULL_TIME_CHAIR_FROM
