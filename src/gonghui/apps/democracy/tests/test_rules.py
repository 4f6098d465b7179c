"""Quorum and majority at every boundary, shares and terms, and that blinding leaves no trace."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gonghui.apps.democracy.factories import Phone
from gonghui.apps.democracy.rules import blind, clocks, recount
from gonghui.apps.democracy.rules import congress as law
from gonghui.kernel.rules.calendar import add_months

TWO_THIRDS, HALF, THIRD = Fraction(2, 3), Fraction(1, 2), Fraction(1, 3)
SIZES = st.integers(1, 500)
BOUNDS = law.Bounds(20, 30, 5, 100, 100, 30, 30, 50)


@given(SIZES)
def test_the_quorum_is_the_least_number_that_is_two_thirds(size: int) -> None:
    least = law.quorum_of(size, TWO_THIRDS)
    assert law.quorate(least, size, TWO_THIRDS) and not law.quorate(least - 1, size, TWO_THIRDS)
    assert 3 * least >= 2 * size > 3 * (least - 1)


@given(SIZES)
def test_more_than_half_is_never_half(size: int) -> None:
    assert recount.more_than(size // 2 + 1, size, HALF)
    assert not recount.more_than(size // 2, size, HALF)


@pytest.mark.parametrize(
    ("size", "quorum", "majority"), [(1, 1, 1), (2, 2, 2), (3, 2, 2), (6, 4, 4), (7, 5, 4), (30, 20, 16), (31, 21, 16)]
)
def test_known_sizes(size: int, quorum: int, majority: int) -> None:
    assert law.quorum_of(size, TWO_THIRDS) == quorum
    assert [recount.more_than(n, size, HALF) for n in (majority - 1, majority)] == [False, True]


def test_of_nobody_nothing_is_decided() -> None:
    assert not recount.enough(0, 0, TWO_THIRDS) and not recount.more_than(0, 0, HALF)


@given(SIZES, st.integers(0, 500))
def test_a_third_may_call_an_emergency_session(size: int, proposers: int) -> None:
    assert law.may_call(proposers, size, THIRD) == (3 * proposers >= size)


@given(st.integers(0, 200), st.integers(1, 200))
def test_shares_hold_exactly_at_their_bound(part: int, whole: int) -> None:
    assert law.at_most(part, whole, 20) == (part * 5 <= whole)
    assert law.at_least(part, whole, 50) == (part * 2 >= whole)


@given(SIZES, st.integers(1, 5000), st.data())
def test_women_are_not_below_their_share(delegates: int, workers: int, data: st.DataObject) -> None:
    women_workers = data.draw(st.integers(0, workers))
    needed = delegates * women_workers // workers
    for women in (needed - 1, needed, needed + 1):
        make = law.Make(delegates, 0, delegates, women, workers, women_workers)
        assert law.women_enough(make) == (Fraction(women, delegates) >= Fraction(women_workers, workers))


@given(st.integers(1, 20000))
def test_a_firm_wants_five_percent_and_thirty_and_no_more_than_a_hundred(workers: int) -> None:
    wanted = law.delegates_wanted(workers, BOUNDS)
    assert 30 <= wanted <= 100
    assert wanted in (30, 100) or (wanted - 1) * 20 < workers <= wanted * 20


@pytest.mark.parametrize(
    ("kind", "make", "said"),
    [
        ("enterprise", law.Make(0, 0, 0, 0, 60, 20), "还没有选出"),
        ("enterprise", law.Make(30, 7, 20, 12, 300, 100), "不能超过20%"),
        ("enterprise", law.Make(30, 6, 20, 9, 300, 100), "应有10名女代表"),
        ("enterprise", law.Make(29, 5, 20, 10, 300, 100), "应有30名以上"),
        ("regional", law.Make(29, 0, 29, 10, 300, 100), "应有30名以上"),
        ("industry", law.Make(30, 10, 20, 10, 300, 100), "不能超过30%"),
        ("industry", law.Make(30, 9, 14, 10, 300, 100), "不能低于50%"),
    ],
)  # fmt: skip
def test_what_stands_against_a_congress(kind: str, make: law.Make, said: str) -> None:
    found = [one for one in law.findings(kind, make, BOUNDS) if one.bad]
    assert len(found) == 1 and said in found[0].message


def test_a_lawful_congress_has_nothing_against_it() -> None:
    assert law.findings("enterprise", law.Make(30, 6, 20, 10, 300, 100), BOUNDS) == []
    assert law.findings("regional", law.Make(30, 9, 15, 10, 300, 100), BOUNDS) == []
    small = law.findings("enterprise", law.Make(7, 1, 6, 3, 60, 20), BOUNDS)
    assert [one.bad for one in small] == [False]


DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@given(DAYS)
def test_terms_hold_from_three_to_five_years(starts: date) -> None:
    three, five = add_months(starts, 36), add_months(starts, 60)
    day = timedelta(days=1)
    assert law.term_fits(starts, three - day, 3, 5) and law.term_fits(starts, five - day, 3, 5)
    assert not law.term_fits(starts, three - 2 * day, 3, 5) and not law.term_fits(starts, five, 3, 5)


@given(DAYS)
def test_a_term_is_late_by_a_year_at_most(ends: date) -> None:
    last = add_months(ends, 12)
    assert law.late_fits(ends, last, 12) and not law.late_fits(ends, last + timedelta(days=1), 12)
    assert not law.late_fits(ends, ends, 12)
    assert timedelta(days=364) <= last - ends <= timedelta(days=366)


@given(DAYS, st.integers(0, 40))
def test_papers_are_in_time_up_to_seven_days_before(day: date, before: int) -> None:
    assert law.delivered_in_time(day - timedelta(days=before), day, 7) == (before >= 7)
    assert not law.delivered_in_time(None, day, 7)


@given(st.integers(1, 300), st.data())
def test_a_unit_elects_with_two_thirds_there_and_half_of_all(workers: int, data: st.DataObject) -> None:
    cast, votes = data.draw(st.integers(0, workers)), data.draw(st.integers(0, workers))
    holds = law.elected_by_unit([votes], cast, workers, TWO_THIRDS, HALF)
    assert holds == (3 * cast >= 2 * workers and 2 * votes > workers and votes <= cast)


# -- bargaining ------------------------------------------------------------------------------------------------------


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_sides_are_three_equal_and_few_from_outside(a: int, b: int, out_a: int, out_b: int) -> None:
    wrong = clocks.sides_wrong(clocks.Party(a, out_a), clocks.Party(b, out_b), 3, THIRD)
    assert (wrong == "") == (a >= 3 and a == b and 3 * out_a <= a and 3 * out_b <= b)


@given(DAYS)
def test_contracts_run_whole_years(starts: date) -> None:
    day = timedelta(days=1)
    assert law.term_fits(starts, add_months(starts, 12) - day, 1, 1)
    assert not law.term_fits(starts, add_months(starts, 12) - 2 * day, 1, 1)
    assert not law.term_fits(starts, add_months(starts, 36), 1, 3)


def test_silence_counts_fifteen_whole_days() -> None:
    assert clocks.valid_from(date(2026, 3, 1), 15) == date(2026, 3, 17)
    assert clocks.due(date(2026, 3, 2), 10) == date(2026, 3, 12)


def test_a_clock_that_ends_on_a_day_off_ends_on_the_next_working_day() -> None:
    assert clocks.due(date(2026, 3, 2), 20) == date(2026, 3, 23), "22 March is a Sunday"
    assert clocks.valid_from(date(2026, 4, 16), 15) == date(2026, 5, 7), "1 to 5 May are off"
    assert clocks.break_end(date(2026, 3, 2), 20) == date(2026, 3, 22), "a bound is not lengthened"


# -- the ballot ------------------------------------------------------------------------------------------------------

KEY = blind.make_key()
OTHER = blind.make_key()


def _phone(ballot: str = "b1", key: tuple[int, int] = KEY) -> Phone:
    phone = Phone(ballot, key[0])
    phone.unblind(f"{blind.sign(int(phone.blinded, 16), *key):x}")
    return phone


def test_a_signature_fits_its_own_token_ballot_and_key_only() -> None:
    phone = _phone()
    signature = int(phone.signature, 16)
    assert recount.genuine("b1", phone.token, signature, KEY[0])
    assert not recount.genuine("b2", phone.token, signature, KEY[0])
    assert not recount.genuine("b1", "0" * 64, signature, KEY[0])
    assert not recount.genuine("b1", phone.token, signature, OTHER[0])
    for number in (0, 1, KEY[0], KEY[0] + signature, KEY[0] - signature):
        assert not recount.genuine("b1", phone.token, number, KEY[0])


def test_two_signatures_make_no_third() -> None:
    """Raw RSA multiplies; the hash over the whole domain keeps that from being of use."""
    one, two = _phone(), _phone()
    product = int(one.signature, 16) * int(two.signature, 16) % KEY[0]
    assert not any(recount.genuine("b1", token, product, KEY[0]) for token in (one.token, two.token))


def test_every_vote_could_belong_to_every_request() -> None:
    """For each pair of what the union saw and what was cast there is a blinding factor that joins them."""
    phones = [_phone() for _ in range(4)]
    n, d = KEY
    for seen in phones:
        for cast in phones:
            hashed = recount.digest("b1", cast.token, n)
            factor = pow(int(seen.blinded, 16) * pow(hashed, -1, n) % n, d, n)
            assert hashed * pow(factor, recount.PUBLIC_EXPONENT, n) % n == int(seen.blinded, 16)
            assert int(f"{blind.sign(int(seen.blinded, 16), n, d):x}", 16) * pow(factor, -1, n) % n == int(
                cast.signature, 16
            )


@given(st.text(max_size=600))
def test_only_numbers_below_the_modulus_are_signed(text: str) -> None:
    number = blind.read_number(text, KEY[0])
    assert number is None or (1 < number < KEY[0] and int(text, 16) == number)


def test_the_edges_of_what_is_signed() -> None:
    n = KEY[0]
    assert [blind.read_number(f"{one:x}", n) for one in (0, 1, n, n + 1)] == [None] * 4
    assert blind.read_number("2", n) == 2 and blind.read_number(f"{n - 1:x}", n) == n - 1


KEYS = ("a", "b", "c", "d")


@given(
    st.dictionaries(st.sampled_from(KEYS), st.integers(0, 12), min_size=1),
    st.integers(1, 4),
    st.integers(1, 12),
)
def test_the_elected_have_more_than_half_of_all_and_no_tie_is_drawn(
    counts: dict[str, int], seats: int, size: int
) -> None:
    won = recount.winners(counts, seats, size, HALF)
    assert len(won) <= seats
    for key, count in counts.items():
        if key in won:
            assert 2 * count > size
        elif 2 * count > size:
            assert all(counts[other] > count for other in won)
    lost = [count for key, count in counts.items() if key not in won and 2 * count > size]
    assert not lost or len(won) < seats or max(lost) < min(counts[key] for key in won)


def test_a_choice_is_of_the_ballot() -> None:
    options = ["yes", "no", "abstain"]
    good = [["yes"], ["abstain"]]
    bad = [[], ["yes", "no"], ["maybe"], ["yes", "yes"]]
    assert [recount.well_formed("decide", options, 1, one) for one in good + bad] == [True] * 2 + [False] * 4
    assert [
        recount.well_formed("elect", ["c1", "c2", "c3"], 2, one)
        for one in ([], ["c1"], ["c1", "c3"], ["c1", "c2", "c3"])
    ] == [True, True, True, False]


@settings(deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(["yes", "no", "abstain"]), max_size=9), st.integers(0, 9))
def test_the_recount_of_what_is_published(choices: list[str], present: int) -> None:
    data = _published(choices, present)
    made = recount.outcome(data)
    assert made["counts"] == {key: choices.count(key) for key in ("yes", "no", "abstain")}
    assert made["passed"] == (present >= 6 and choices.count("yes") >= 5)


def _published(choices: list[str], present: int = 9) -> dict[str, object]:
    return {
        "ballot": "b1", "question": "草案", "kind": "decide", "seats": 1, "electorate": 9, "present": present,
        "options": [{"key": key, "title": key} for key in ("yes", "no", "abstain")], "quorum": "2/3", "majority": "1/2",
        "modulus": f"{KEY[0]:x}", "issued": len(choices), "paper_ballots": 0, "paper": {},
        "counts": {key: choices.count(key) for key in ("yes", "no", "abstain")},
        "votes": [
            {"token": phone.token, "signature": phone.signature, "choice": [one]}
            for one in choices for phone in [_phone()]
        ],
    }  # fmt: skip


def test_the_script_stands_alone_and_sees_what_was_changed(tmp_path: Path) -> None:
    script, told = Path(recount.__file__), tmp_path / "ballot.json"

    def run(data: object) -> tuple[int, str]:
        told.write_text(json.dumps(data), "utf-8")
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(script), str(told)], capture_output=True, text=True, cwd=tmp_path,
            env={"PYTHONIOENCODING": "utf-8"}, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    data = _published(["yes"] * 5 + ["no"])
    code, words = run(data)
    assert code == 0 and "结果：通过" in words and "与公布的一致" in words
    flipped = json.loads(json.dumps(data))
    flipped["counts"] = {"yes": 6, "no": 0, "abstain": 0}
    assert run(flipped)[0] == 1
    forged = json.loads(json.dumps(data))
    forged["votes"][0]["token"] = "f" * 64
    assert run(forged)[0] == 1 and "签名不对" in run(forged)[1]
    twice = json.loads(json.dumps(data))
    twice["votes"].append(twice["votes"][0])
    assert "凭证重复" in run(twice)[1]
    stuffed = json.loads(json.dumps(data)) | {"issued": 5}
    assert "只发出5张" in run(stuffed)[1]
