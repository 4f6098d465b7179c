"""Committee sizes at every boundary, terms, founding and votes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.org.choices import OrganisationKind as Kind
from gonghui.kernel.org.choices import UnionKind
from gonghui.kernel.org.rules import (
    check_founding,
    committee_size,
    committee_warnings,
    founding_forms,
    may_have_full_time_chair,
    quorum,
    term_warnings,
)
from gonghui.kernel.refusal import Refusal, RuleWarning

ON = date(2026, 11, 21)


def codes(warnings: list[RuleWarning]) -> list[str]:
    assert all(w.message and w.source for w in warnings)
    return [w.code for w in warnings]


@pytest.mark.parametrize(
    ("members", "size"),
    [
        (0, (3, 5)), (24, (3, 5)), (25, (3, 7)), (200, (3, 7)), (201, (7, 15)), (1_000, (7, 15)), (1_001, (15, 21)),
        (5_000, (15, 21)), (5_001, (21, 29)), (10_000, (21, 29)), (10_001, (29, 37)), (50_000, (29, 37)),
        (50_001, (37, None)),
    ],
)  # fmt: skip
def test_committee_size_boundaries(members: int, size: tuple[int, int | None]) -> None:
    assert tuple(committee_size(members)) == size


@given(st.integers(0, 60_000), st.integers(1, 60))
def test_committee_warning_exactly_outside_the_size(members: int, seats: int) -> None:
    size = committee_size(members)
    fits = size.least <= seats and (size.most is None or seats <= size.most)
    alone = members < 25 and seats == 1
    warned = bool(committee_warnings(kind=Kind.GRASSROOTS_UNION, members=members, seats=seats))
    assert warned is not (fits or alone)


def test_committee_warnings_say_how_many() -> None:
    few = committee_warnings(kind=Kind.GRASSROOTS_UNION, members=300, seats=5)
    assert few[0].message == "会员300人，委员应为7至15人，现在5人，少2人"
    many = committee_warnings(kind=Kind.JOINT_UNION, members=30, seats=9)
    assert many[0].message == "会员30人，委员应为3至7人，现在9人，多2人"
    assert codes(committee_warnings(kind=Kind.GRASSROOTS_UNION, members=30, seats=0)) == ["GH-ORG-W21"]
    assert committee_warnings(kind=Kind.BRANCH, members=300, seats=1) == []


def test_terms_of_three_or_five_years_pass() -> None:
    for kind, years in ((Kind.GRASSROOTS_UNION, 3), (Kind.GRASSROOTS_UNION, 5), (Kind.FEDERATION, 5)):
        assert term_warnings(kind=kind, term_from=date(2025, 3, 1), term_to=date(2025 + years, 3, 1), on=ON) == []
    assert (
        term_warnings(kind=Kind.GRASSROOTS_UNION, term_from=date(2024, 2, 29), term_to=date(2029, 2, 28), on=ON) == []
    )


def test_terms_of_other_lengths_warn() -> None:
    wrong = term_warnings(kind=Kind.GRASSROOTS_UNION, term_from=date(2025, 3, 1), term_to=date(2029, 3, 1), on=ON)
    assert codes(wrong) == ["GH-ORG-W33"]
    assert wrong[0].message == "每届任期应为3年或5年，现在登记的是4年0个月"
    federation = term_warnings(kind=Kind.FEDERATION, term_from=date(2025, 3, 1), term_to=date(2028, 3, 1), on=ON)
    assert codes(federation) == ["GH-ORG-W33"]


def test_terms_missing_reversed_expired_and_ending() -> None:
    def warned(term_from: date | None, term_to: date | None) -> list[str]:
        return codes(term_warnings(kind=Kind.GRASSROOTS_UNION, term_from=term_from, term_to=term_to, on=ON))

    assert warned(None, None) == ["GH-ORG-W31"]
    assert warned(date(2025, 1, 1), date(2024, 1, 1)) == ["GH-ORG-W32"]
    assert warned(date(2021, 11, 20), date(2026, 11, 20)) == ["GH-ORG-W34"]
    assert warned(date(2021, 11, 21), date(2026, 11, 21)) == ["GH-ORG-W35"]
    assert warned(date(2022, 2, 19), date(2027, 2, 19)) == []
    assert term_warnings(kind=Kind.BRANCH, term_from=None, term_to=None, on=ON) == []


def test_founding_from_25_members() -> None:
    assert [f.code for f in founding_forms(25)] == ["own_committee"]
    assert [f.code for f in founding_forms(24)] == ["own_committee", "joint_committee", "organiser"]


def test_founding_needs_approval_and_members() -> None:
    with pytest.raises(Refusal) as unapproved:
        check_founding(kind=Kind.GRASSROOTS_UNION, union_kind=UnionKind.SINGLE, members=30, approved_by_parent=False)
    assert unapproved.value.code == "GH-ORG-301"
    with pytest.raises(Refusal) as empty:
        check_founding(kind=Kind.JOINT_UNION, union_kind=None, members=0, approved_by_parent=True)
    assert empty.value.code == "GH-ORG-302"


@pytest.mark.parametrize(
    ("union_kind", "members", "expected"),
    [
        (UnionKind.SINGLE, 25, []),
        (UnionKind.SINGLE, 24, ["GH-ORG-W42"]),
        (UnionKind.JOINT, 24, []),
        (UnionKind.JOINT, 25, ["GH-ORG-W41"]),
    ],
)
def test_founding_warnings_at_25(union_kind: UnionKind, members: int, expected: list[str]) -> None:
    warnings = check_founding(
        kind=Kind.GRASSROOTS_UNION, union_kind=union_kind, members=members, approved_by_parent=True
    )
    assert codes(warnings) == expected


@given(st.integers(1, 100_000))
def test_quorum_fractions_are_never_short(entitled: int) -> None:
    needed = quorum(entitled)
    assert needed.attend * 3 >= entitled * 2 > (needed.attend - 1) * 3
    assert needed.elected * 2 > entitled >= (needed.elected - 1) * 2
    assert needed.emergency * 3 >= entitled > (needed.emergency - 1) * 3


def test_full_time_chair_from_200() -> None:
    assert [may_have_full_time_chair(n) for n in (None, 199, 200)] == [False, False, True]
