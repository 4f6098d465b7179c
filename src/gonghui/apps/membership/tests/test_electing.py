"""Founding and election rules (C1) against tables worked by hand, and at their boundaries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.apps.membership.electing import (
    Candidate,
    Election,
    broken_rules,
    by_field,
    chair_change_broken,
    election_of,
    founding_broken,
    merger_broken,
    sheet,
)
from gonghui.kernel.org.rules import committee_size

NAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"


def election(members: int = 120, seats: int = 5, spare: int = 1, votes: int = 90, **changes: object) -> Election:
    """A sound election: everybody may come, all but ten do, every winner has the same number of votes."""
    rows = [Candidate(f"{NAMES[n]}某", votes, "chair" if n == 0 else "committee_member") for n in range(seats)]
    rows += [Candidate(f"落选{NAMES[n]}", 1) for n in range(spare)]
    sound = Election(members, members, members - 10, seats, rows, 5, 7)
    return replace(sound, **changes)  # type: ignore[arg-type]


def broken(one: Election) -> list[str]:
    return [found.field for found in broken_rules(one, spread_percent=5, notice_days=7)]


@pytest.mark.parametrize(
    ("members", "seats", "sound"),
    [
        (24, 3, True), (24, 5, True), (24, 6, False), (24, 2, False), (24, 1, True), (25, 1, False), (25, 3, True),
        (25, 7, True), (25, 8, False), (200, 7, True), (200, 8, False), (201, 6, False), (201, 7, True), (201, 15, True),
        (201, 16, False), (1000, 15, True), (1001, 14, False), (1001, 15, True), (1001, 21, True), (1001, 22, False),
        (5000, 21, True), (5001, 20, False), (5001, 21, True), (5001, 29, True), (10000, 30, False), (10001, 29, True),
        (10001, 37, True), (50000, 38, False), (50001, 36, False), (50001, 37, True),
    ],
)  # fmt: skip
def test_committee_size_at_the_borders(members: int, seats: int, sound: bool) -> None:
    """总工发〔2016〕27号: 3–5 (or one), 3–7, 7–15, 15–21, 21–29, 29–37, 37 and more."""
    spare = 0 if seats == 1 else 3
    fields = broken(election(members, seats, spare, votes=members - 10))
    assert ("seats" not in fields) is sound, fields


@pytest.mark.parametrize(
    ("entitled", "present", "sound"),
    [(3, 2, True), (3, 1, False), (90, 60, True), (90, 59, False), (100, 67, True), (100, 66, False), (200, 134, True),
     (200, 133, False), (31, 21, True), (31, 20, False)],
)  # fmt: skip
def test_two_thirds_have_to_come(entitled: int, present: int, sound: bool) -> None:
    one = election(max(entitled, 25), 3, 1, votes=present, entitled=entitled, present=present)
    assert ("present" not in broken(one)) is sound


@pytest.mark.parametrize(
    ("entitled", "votes", "sound"),
    [(100, 51, True), (100, 50, False), (101, 51, True), (101, 50, False), (60, 31, True), (60, 30, False), (7, 4, True),
     (7, 3, False)],
)  # fmt: skip
def test_elected_by_more_than_half_of_those_entitled(entitled: int, votes: int, sound: bool) -> None:
    """Half of those entitled, not of those present."""
    one = election(max(entitled, 25), 3, 1, votes=votes, entitled=entitled, present=entitled)
    assert ("candidates" not in broken(one)) is sound


@pytest.mark.parametrize(
    ("seats", "candidates", "sound"),
    [(3, 3, False), (3, 4, True), (5, 5, False), (5, 6, True), (15, 16, True), (20, 20, False), (20, 21, True),
     (21, 22, False), (21, 23, True)],
)  # fmt: skip
def test_five_percent_more_candidates_than_seats(seats: int, candidates: int, sound: bool) -> None:
    members = {3: 100, 5: 100, 15: 1000, 20: 3000, 21: 3000}[seats]
    said = by_field(
        broken_rules(election(members, seats, candidates - seats, votes=members - 10), spread_percent=5, notice_days=7)
    )
    assert ("差额率" not in said.get("candidates", "")) is sound


@pytest.mark.parametrize(("years", "sound"), [(2, False), (3, True), (4, False), (5, True), (6, False)])
def test_a_term_is_three_or_five_years(years: int, sound: bool) -> None:
    assert ("term_years" not in broken(election(term_years=years))) is sound


@pytest.mark.parametrize(("days", "sound"), [(6, False), (7, True)])
def test_candidates_are_shown_for_seven_days(days: int, sound: bool) -> None:
    assert ("notice_days" not in broken(election(notice_days=days))) is sound


def test_a_sound_election_breaks_nothing() -> None:
    assert broken(election()) == []
    assert broken(election(24, 1, 0, votes=14, present=20)) == []  # one organiser instead of a committee


def test_every_broken_rule_is_named_with_its_source() -> None:
    kin = [Candidate("老板弟", 90, "chair", barred=True), Candidate("李某", 40, "committee_member")]
    said = by_field(
        broken_rules(
            election(candidates=kin, present=79, secret=False, term_years=4, notice_days=3, seats=2),
            spread_percent=5, notice_days=7,
        )
    )  # fmt: skip
    assert set(said) == {"present", "secret", "seats", "candidates", "term_years", "notice_days"}
    assert "实到79人，不足应到120人的三分之二（80人）" in said["present"] and "总工发〔2016〕27号" in said["present"]
    assert "李某得40票，没有超过应到120人的半数（61票）" in said["candidates"]
    assert "近亲属" in said["candidates"] and "《工会法》第十条" in said["candidates"]
    assert "老板弟得90票，比实到79人还多" in said["candidates"]
    assert "《工会法》第十六条" in said["term_years"] and "企业工会主席产生办法" in said["notice_days"]


@pytest.mark.parametrize("chairs", [0, 2])
def test_one_chair(chairs: int) -> None:
    offices = ["chair"] * chairs + ["committee_member"] * (5 - chairs)
    rows = [Candidate(f"{NAMES[n]}某", 90, office) for n, office in enumerate(offices)] + [Candidate("落选", 3)]
    assert broken(election(candidates=rows)) == ["candidates"]


def test_who_has_more_votes_comes_first() -> None:
    rows = [*election().candidates[:5], Candidate("票多的", 95)]
    assert (
        "票多的得95票，多于当选人的得票"
        in by_field(broken_rules(election(candidates=rows), spread_percent=5, notice_days=7))["candidates"]
    )


@given(entitled=st.integers(1, 60_000), present=st.integers(0, 60_000))
def test_attendance_is_exact(entitled: int, present: int) -> None:
    """No rounding: 3 × present ≥ 2 × entitled."""
    one = election(entitled, 3, 1, votes=0, entitled=entitled, present=min(present, entitled))
    said = by_field(broken_rules(one, spread_percent=5, notice_days=7)).get("present", "")
    assert ("三分之二" in said) is (3 * min(present, entitled) < 2 * entitled)


@given(entitled=st.integers(1, 60_000), votes=st.integers(0, 60_000))
def test_half_is_exact(entitled: int, votes: int) -> None:
    found = merger_broken(entitled=entitled, agreed=min(votes, entitled))
    assert bool(found) is (2 * min(votes, entitled) <= entitled)


@given(members=st.integers(1, 60_000))
def test_a_committee_of_the_right_size_is_never_refused_for_it(members: int) -> None:
    size = committee_size(members)
    for seats in {size.least, size.most or size.least}:
        fields = broken(election(members, seats, 3, votes=members))
        assert "seats" not in fields


@pytest.mark.parametrize(
    ("way", "members", "headcount", "employers", "fields"),
    [
        ("own", 25, 40, 1, []), ("own", 24, 40, 1, []), ("own", 0, 40, 1, ["members"]), ("own", 41, 40, 1, ["members"]),
        ("organiser", 24, 40, 1, []), ("organiser", 25, 40, 1, ["way"]), ("join", 24, 40, 1, []),
        ("join", 25, 40, 1, ["way"]), ("joint", 24, 40, 1, ["employers"]), ("joint", 24, 40, 2, []),
        ("joint", 30, 40, 3, []),
    ],
)  # fmt: skip
def test_who_founds_what(way: str, members: int, headcount: int, employers: int, fields: list[str]) -> None:
    """工会法 art. 11: from 25 members an own committee; fewer may stand alone, join others or elect one organiser."""
    found = founding_broken(way=way, members=members, headcount=headcount, barred=False, employers=employers)
    assert [one.field for one in found] == fields
    assert all("《工会法》" in one.words for one in found)


@pytest.mark.parametrize(
    ("how", "entitled", "present", "removal", "votes", "fields"),
    [
        ("removal", 100, 100, 51, 51, []), ("removal", 100, 100, 50, 51, ["removal_votes"]),
        ("removal", 101, 80, 51, 51, []), ("removal", 101, 80, 50, 51, ["removal_votes"]),
        ("resignation", 100, 67, 0, 51, []), ("resignation", 100, 66, 0, 51, ["present"]),
        ("moved", 100, 100, 0, 50, ["votes"]), ("retired", 100, 101, 0, 60, ["present"]),
    ],
)  # fmt: skip
def test_a_chair_is_removed_by_more_than_half_of_all(
    how: str, entitled: int, present: int, removal: int, votes: int, fields: list[str]
) -> None:
    found = chair_change_broken(
        how=how, entitled=entitled, present=present, votes_for_removal=removal, votes_for_new=votes
    )
    assert [one.field for one in found] == fields


def test_a_form_becomes_an_election() -> None:
    one = election_of(
        {"members": 30, "entitled": 30, "present": 25, "seats": 3, "term_years": "3", "notice_days": 7, "secret": True,
         "candidates": [{"name": "甲", "votes": 20, "office": "chair", "barred": None}, {"name": "乙", "votes": 3, "office": "none"}]}
    )  # fmt: skip
    assert (one.term_years, [row.name for row in one.winners], one.secret) == (3, ["甲"], True)


def test_the_sheet_shows_every_rule_with_its_numbers() -> None:
    good = sheet(election(), spread_percent=5, notice_days=7)
    assert len(good) == 9 and all(line.good and line.source for line in good)
    assert good[0].counted == "应到120人，实到110人，至少80人" and good[3].counted == "应选5人，候选人6人，至少6人"
    bad = sheet(election(spare=0, present=79, term_years=4, notice_days=6), spread_percent=5, notice_days=7)
    assert [line.rule for line in bad if not line.good] == [
        "到会人数不少于应到的三分之二", "差额率不低于5%", "候选人公示", "任期3年或5年",
    ]  # fmt: skip


@given(entitled=st.integers(25, 20_000), present=st.integers(1, 20_000), votes=st.integers(0, 20_000))
def test_the_sheet_and_the_refusals_agree(entitled: int, present: int, votes: int) -> None:
    here = min(present, entitled)
    one = election(entitled, committee_size(entitled).least, 3, votes=min(votes, here), present=here)
    refused = {found.field for found in broken_rules(one, spread_percent=5, notice_days=7)}
    lines = {line.rule: line.good for line in sheet(one, spread_percent=5, notice_days=7)}
    assert lines["到会人数不少于应到的三分之二"] is ("present" not in refused)
    if not lines["当选人得票超过应到的半数"]:
        assert "candidates" in refused
