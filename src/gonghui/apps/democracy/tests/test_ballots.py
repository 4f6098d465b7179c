"""A secret ballot: counted rightly, cast once, by nobody else, and never joined to who cast it."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gonghui.apps.democracy import services
from gonghui.apps.democracy.factories import Phone, phone_for
from gonghui.apps.democracy.models import Attendance, Ballot, Issued, Vote
from gonghui.apps.democracy.rules import recount
from gonghui.kernel.box import services as box
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import Hall

CHOICES = ["yes", "yes", "no", "yes", "abstain", "yes", "no"]


def get(viewer: Viewer, ballot: Ballot) -> Phone:
    phone = phone_for(ballot)
    with acting(viewer):
        phone.unblind(services.issue(viewer, ballot_id=ballot.pk, blinded=phone.blinded))
    return phone


def drop(ballot: Ballot, phone: Phone, *choice: str) -> None:
    services.cast(ballot_token=ballot.token, token=phone.token, signature=phone.signature, choice=list(choice))


def opened(hall: Hall, kind: str = "pass", present: int = 7, **more: Any) -> Ballot:
    with acting(hall.chair):
        return services.open_ballot(hall.chair, item_id=hall.item(kind, present=present).pk, **more)


def counted(hall: Hall, ballot: Ballot, **more: Any) -> Ballot:
    with acting(hall.chair):
        return services.count_ballot(hall.chair, ballot_id=ballot.pk, **more)


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> str:
    return refused.value.code


def test_seven_vote_and_the_published_counts_are_recounted(hall: Hall) -> None:
    ballot = opened(hall)
    for viewer, choice in zip(hall.phones, CHOICES, strict=True):
        drop(ballot, get(viewer, ballot), choice)
    row = counted(hall, ballot)
    assert row.counts == {"yes": 4, "no": 2, "abstain": 1} and row.result["passed"] and row.result["votes"] == 7
    row.item.refresh_from_db()
    assert row.item.state == "passed" and "赞成4票" in row.item.decision
    with acting(hall.chair):
        told = json.loads(json.dumps(services.published(row, list(row.votes.all()))))
    assert recount.outcome(told)["counts"] == row.counts
    assert row.key_sealed is None


def test_half_of_all_is_not_enough_and_the_absent_count_against(hall: Hall) -> None:
    ballot = opened(hall, present=5)
    for viewer, choice in zip(hall.phones[:3], ("yes", "yes", "yes"), strict=True):
        drop(ballot, get(viewer, ballot), choice)
    row = counted(hall, ballot)
    assert row.counts["yes"] == 3 and not row.result["passed"] and row.item.session.delegates == 7


def test_an_election_fills_seats_with_more_than_half(hall: Hall) -> None:
    ballot = opened(hall, "elect", names=["罗福生", "刘春香", "王小明"], seats=2)
    for viewer, choice in zip(hall.phones, (["c1", "c2"],) * 4 + (["c1"], ["c3"], []), strict=True):
        drop(ballot, get(viewer, ballot), *choice)
    row = counted(hall, ballot)
    assert row.counts == {"c1": 5, "c2": 4, "c3": 1} and row.result["elected"] == ["c1", "c2"]
    row.item.refresh_from_db()
    assert row.item.state == "elected" and "罗福生、刘春香" in row.item.decision


def voted(hall: Hall, ballot: Ballot, choices: list[list[str]]) -> Ballot:
    for viewer, choice in zip(hall.phones, choices, strict=True):
        drop(ballot, get(viewer, ballot), *choice)
    return counted(hall, ballot)


def test_seats_that_were_not_filled_are_voted_on_again(hall: Hall) -> None:
    names = ["罗福生", "刘春香", "王小明"]
    first = voted(hall, opened(hall, "elect", names=names, seats=2), [["c1", "c2"]] * 3 + [["c1", "c3"]] * 4)
    assert first.result["elected"] == ["c1", "c3"]
    first = voted(hall, opened(hall, "elect", names=names, seats=2), [["c1", "c2"]] * 3 + [["c1"]] * 4)
    item = first.item
    again = {"item_id": item.pk}
    with acting(hall.chair):
        for names_, seats in ((["刘春香", "王小明"], 2), (["罗福生", "王小明"], 1)):
            with pytest.raises(Refusal) as refused:
                services.open_ballot(hall.chair, **again, names=names_, seats=seats)
            assert code_of(refused) == "GH-DEM-042"
        mistake = services.open_ballot(hall.chair, **again, names=["刘春香"], seats=1)
        services.void_ballot(hall.chair, ballot_id=mistake.pk, reason="漏写候选人")
        item.refresh_from_db()
        assert item.state == "unfilled"
        second = services.open_ballot(hall.chair, **again, names=["刘春香", "王小明"], seats=1)
    voted(hall, second, [["c1"]] * 4 + [["c2"]] * 3)
    item.refresh_from_db()
    assert item.state == "elected" and "第1轮" in item.decision and "第2轮" in item.decision
    assert "罗福生" in item.decision and Ballot.objects.get(pk=second.pk).words.endswith("当选：刘春香。")


def test_what_was_not_passed_gets_a_second_round_and_no_third(hall: Hall) -> None:
    item = voted(hall, opened(hall), [["no"]] * 7).item
    with acting(hall.chair):
        again = services.open_ballot(hall.chair, item_id=item.pk)
    voted(hall, again, [["abstain"]] * 7)
    with acting(hall.chair), pytest.raises(Refusal) as refused:
        services.open_ballot(hall.chair, item_id=item.pk)
    assert code_of(refused) == "GH-DEM-048"
    with acting(hall.chair):
        assert services.close_session(hall.chair, session_id=item.session_id, summary="未通过").state == "closed"


def test_a_paper_delivered_late_cannot_be_voted_on(hall: Hall) -> None:
    with acting(hall.chair), pytest.raises(Refusal) as refused:
        services.open_ballot(hall.chair, item_id=hall.item(days=6).pk)
    assert code_of(refused) == "GH-DEM-041" and "七日前" in refused.value.sentence
    with acting(hall.chair):
        assert services.open_ballot(hall.chair, item_id=hall.item(days=7).pk).state == "open"


@pytest.mark.parametrize(
    ("who", "code"), [("worker", "GH-DEM-006"), ("absent", "GH-DEM-051"), ("county", "GH-DEM-006")]
)
def test_only_delegates_who_are_there_get_a_ballot(hall: Hall, who: str, code: str) -> None:
    ballot = opened(hall, present=5)
    viewer = {"worker": hall.worker, "absent": hall.phones[6], "county": hall.county}[who]
    with acting(viewer), pytest.raises(Refusal) as refused:
        services.issue(viewer, ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
    assert code_of(refused) == code and not Issued.objects.exists()


def test_the_same_request_gets_the_same_answer_and_another_gets_none(hall: Hall) -> None:
    ballot, viewer = opened(hall), hall.phones[0]
    phone = phone_for(ballot)
    with acting(viewer):
        first = services.issue(viewer, ballot_id=ballot.pk, blinded=phone.blinded)
        assert services.issue(viewer, ballot_id=ballot.pk, blinded=phone.blinded) == first
        with pytest.raises(Refusal) as refused:
            services.issue(viewer, ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
    assert code_of(refused) == "GH-DEM-044"
    assert recount.genuine(str(ballot.token), phone.token, int(phone.unblind(first), 16), phone.modulus)


def test_a_vote_is_cast_once_and_only_with_its_own_signature(hall: Hall) -> None:
    ballot = opened(hall)
    mine, theirs = get(hall.phones[0], ballot), get(hall.phones[1], ballot)
    drop(ballot, mine, "yes")
    tried = {
        "GH-DEM-055": (mine.token, mine.signature, ["no"]),
        "GH-DEM-053": (phone_for(ballot).token, theirs.signature, ["yes"]),
        "GH-DEM-054": (theirs.token, theirs.signature, ["yes", "no"]),
    }
    for code, (token, signature, choice) in tried.items():
        with pytest.raises(Refusal) as refused:
            services.cast(ballot_token=ballot.token, token=token, signature=signature, choice=choice)
        assert code_of(refused) == code
    for signature in ("", "0", "1", f"{mine.modulus:x}", "zz", "-1", f"{mine.modulus + int(mine.signature, 16):x}"):
        with pytest.raises(Refusal) as refused:
            services.cast(ballot_token=ballot.token, token=mine.token, signature=signature, choice=["no"])
        assert code_of(refused) == "GH-DEM-053"
    get(hall.phones[2], ballot)
    assert counted(hall, ballot).counts == {"yes": 1, "no": 0, "abstain": 0}


def test_another_ballots_signature_is_refused(hall: Hall) -> None:
    one, two = opened(hall), opened(hall)
    phone = get(hall.phones[0], one)
    with pytest.raises(Refusal) as refused:
        services.cast(ballot_token=two.token, token=phone.token, signature=phone.signature, choice=["yes"])
    assert code_of(refused) == "GH-DEM-053"


def test_after_the_count_nothing_is_issued_or_cast(hall: Hall) -> None:
    ballot = opened(hall)
    phone, *_others = [get(viewer, ballot) for viewer in hall.phones[:3]]
    counted(hall, ballot)
    with pytest.raises(Refusal) as refused:
        drop(ballot, phone, "yes")
    assert code_of(refused) == "GH-DEM-050"
    with acting(hall.phones[1]), pytest.raises(Refusal) as late:
        services.issue(hall.phones[1], ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
    assert code_of(late) == "GH-DEM-050"
    with acting(hall.chair), pytest.raises(Refusal):
        services.count_ballot(hall.chair, ballot_id=ballot.pk)


def test_a_voided_ballot_is_never_read(hall: Hall) -> None:
    ballot = opened(hall)
    drop(ballot, get(hall.phones[0], ballot), "yes")
    with acting(hall.chair):
        row = services.void_ballot(hall.chair, ballot_id=ballot.pk, reason="选项写错")
    assert row.key_sealed is None and box.count(f"ballot:{ballot.pk}") == 0 and not Vote.objects.exists()


# -- paper -----------------------------------------------------------------------------------------------------------


def _papers(hall: Hall, ballot: Ballot, count: int) -> None:
    with acting(hall.chair):
        for seat in hall.seats[:count]:
            services.issue_paper(hall.chair, ballot_id=ballot.pk, delegate_id=seat.pk)


def test_paper_ballots_are_counted_by_two_and_join_the_others(hall: Hall) -> None:
    ballot = opened(hall)
    _papers(hall, ballot, 3)
    drop(ballot, get(hall.phones[4], ballot), "yes")
    _fill(hall, ballot, 5, 7)
    with acting(hall.phones[0]), pytest.raises(Refusal) as refused:
        services.issue(hall.phones[0], ballot_id=ballot.pk, blinded=phone_for(ballot).blinded)
    assert code_of(refused) == "GH-DEM-044"
    two = [hall.seats[5].pk, hall.seats[6].pk]
    with acting(hall.chair):
        assert Attendance.objects.filter(delegate=hall.seats[3]).delete()[0] == 1
    paper = {"yes": 3, "no": 0, "abstain": 0}
    for code, given in (
        ("GH-DEM-047", {"paper": paper, "scrutineers": two[:1]}),
        ("GH-DEM-047", {"paper": paper, "scrutineers": [hall.seats[3].pk, two[0]]}),  # who is not in the hall
        ("GH-DEM-046", {"paper": paper | {"no": 1}, "scrutineers": two}),
    ):
        with acting(hall.chair), pytest.raises(Refusal) as wrong:
            services.count_ballot(hall.chair, ballot_id=ballot.pk, **given)
        assert code_of(wrong) == code
    row = counted(hall, ballot, paper=paper, scrutineers=two)
    assert row.counts["yes"] == 4 and row.result == {"votes": 4, "present": True, "passed": True}
    assert row.issued_count == 3 and row.paper_ballots == 3 and row.scrutineers == "王小明、邓美英"


def _fill(hall: Hall, ballot: Ballot, start: int, end: int) -> None:
    """Others get a ballot by phone and do not cast it."""
    for viewer in hall.phones[start:end]:
        get(viewer, ballot)


def test_a_few_phone_voters_among_paper_would_be_seen(hall: Hall) -> None:
    ballot = opened(hall)
    _papers(hall, ballot, 3)
    _fill(hall, ballot, 3, 5)
    two, paper = [hall.seats[5].pk, hall.seats[6].pk], {"yes": 3}
    with acting(hall.chair), pytest.raises(Refusal) as refused:
        services.count_ballot(hall.chair, ballot_id=ballot.pk, paper=paper, scrutineers=two)
    assert code_of(refused) == "GH-DEM-045" and "2名代表领了手机票" in refused.value.message
    _fill(hall, ballot, 5, 6)
    assert counted(hall, ballot, paper=paper, scrutineers=two).issued_count == 3


def test_a_way_that_too_few_can_still_take_is_not_begun(hall: Hall) -> None:
    ballot = opened(hall)
    _fill(hall, ballot, 0, 5)
    with acting(hall.chair), pytest.raises(Refusal) as refused:
        services.issue_paper(hall.chair, ballot_id=ballot.pk, delegate_id=hall.seats[6].pk)
    assert code_of(refused) == "GH-DEM-045" and "会场的手机" in refused.value.sentence
    assert not Issued.objects.filter(way="paper").exists()
    get(hall.phones[6], ballot)
    other = opened(hall)
    _papers(hall, other, 5)
    with acting(hall.phones[6]), pytest.raises(Refusal) as refused:
        services.issue(hall.phones[6], ballot_id=other.pk, blinded=phone_for(other).blinded)
    assert code_of(refused) == "GH-DEM-045" and "纸质票" in refused.value.sentence
    with acting(hall.chair):
        services.issue_paper(hall.chair, ballot_id=other.pk, delegate_id=hall.seats[6].pk)


def test_one_paper_ballot_would_show_its_voter(hall: Hall) -> None:
    ballot = opened(hall)
    _papers(hall, ballot, 1)
    two = [hall.seats[5].pk, hall.seats[6].pk]
    with acting(hall.chair), pytest.raises(Refusal) as refused:
        services.count_ballot(hall.chair, ballot_id=ballot.pk, paper={"yes": 1}, scrutineers=two)
    assert code_of(refused) == "GH-DEM-045"
    with acting(hall.chair):
        services.take_back_paper(hall.chair, issued_id=Issued.objects.get().pk)
    drop(ballot, get(hall.phones[0], ballot), "yes")
    _fill(hall, ballot, 1, 3)
    assert counted(hall, ballot).counts["yes"] == 1


def test_the_votes_of_others_are_not_ones_own_to_count(hall: Hall) -> None:
    ballot = opened(hall)
    for act in (services.count_ballot, services.void_ballot):
        more = {} if act is services.count_ballot else {"reason": "试一试"}
        with acting(hall.county), pytest.raises(Refusal):
            act(hall.county, ballot_id=ballot.pk, **more)  # type: ignore[operator]
    assert Ballot.objects.get().state == "open"


# -- nobody finds out ------------------------------------------------------------------------------------------------


def _rows() -> dict[str, list[dict[str, Any]]]:
    """Everything that the application's role can read, with the hidden columns, over the whole tree."""
    found: dict[str, list[dict[str, Any]]] = {}
    with acting(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
            " AND NOT c.relispartition ORDER BY 1"
        )
        for (table,) in cursor.fetchall():
            try:
                with transaction.atomic():
                    cursor.execute(
                        f'SELECT t.xmin::text AS "_xmin", t.xmax::text AS "_xmax", t.ctid::text AS "_ctid", t.* FROM "{table}" t'
                    )
                    names = [one[0] for one in cursor.description or ()]
                    found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            except DatabaseError:
                assert table in ("box_slip", "pg_stat_statements"), f"{table} cannot be read"
    return found


def _order(value: object) -> tuple[int, str]:
    """Numbers by their size, everything else as text."""
    text = _said(value)
    return (len(text), text) if text.isdecimal() else (0, text)


def _said(value: object) -> str:
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)


def _held(open_hall: Hall) -> tuple[Ballot, list[tuple[Viewer, Phone, str]], dict[str, list[dict[str, Any]]]]:
    """Seven vote in a known order, each right after getting the ballot: the worst case for the order of rows."""
    ballot = opened(open_hall)
    order = list(zip(open_hall.phones, CHOICES, strict=True))
    random.Random(7).shuffle(order)
    cast = []
    for viewer, choice in order:
        phone = get(viewer, ballot)
        drop(ballot, phone, choice)
        cast.append((viewer, phone, choice))
    return counted(open_hall, ballot), cast, _rows()


def test_no_column_joins_a_voter_and_a_vote(open_hall: Hall) -> None:
    _ballot, cast, rows = _held(open_hall)
    votes = {row["token"]: row for row in rows["democracy_vote"]}
    assert len(votes) == 7
    # One transaction wrote them all: no number of a transaction, no moment tells them apart.
    assert len({row["_xmin"] for row in votes.values()}) == 1
    kept = {"_xmin", "_xmax", "_ctid", "path", "id", "ballot_id", "token", "signature", "choice"}
    assert set(rows["democracy_vote"][0]) == kept, "a new column has to be looked at: does it tell votes apart?"
    # Equality: nothing of a vote's own (token, signature, id) stands anywhere but in the votes.
    own = {value for row in votes.values() for value in (row["token"], row["signature"], str(row["id"]))}
    for table, found in rows.items():
        for row in found if table != "democracy_vote" else ():
            told = " ".join(map(_said, row.values()))
            assert not [value for value in own if value in told], table
    # What the union saw is kept nowhere: not the blinded value, not the signature it gave.
    seen = {phone.blinded for _, phone, _ in cast}
    for table, found in rows.items():
        for row in found:
            told = " ".join(map(_said, row.values()))
            assert not [value for value in seen if value in told], table
    assert "box_slip" not in rows


def test_the_order_of_rows_is_that_of_the_random_tokens(open_hall: Hall) -> None:
    _, cast, rows = _held(open_hall)
    stored = [row["token"] for row in sorted(rows["democracy_vote"], key=lambda row: _place(row["_ctid"]))]
    assert stored == sorted(stored) and stored != [phone.token for _, phone, _ in cast]
    ids = [row["id"] for row in sorted(rows["democracy_vote"], key=lambda row: str(row["id"]))]
    assert len(set(ids)) == 7
    # The ones who got a ballot are in the order they asked; a vote's place says nothing of it.
    issued = [row["delegate_id"] for row in sorted(rows["democracy_issued"], key=lambda row: row["id"])]
    person = {row["id"]: row["person_id"] for row in rows["democracy_delegate"]}
    assert [person[one] for one in issued] == [viewer.person_id for viewer, _, _ in cast]


def _place(ctid: str) -> tuple[int, ...]:
    return tuple(int(one) for one in ctid.strip("()").split(","))


def _matches(seen: list[dict[str, Any]], votes: list[dict[str, Any]], truth: dict[Any, str]) -> dict[str, int]:
    """How many votes an attacker finds who sorts both tables by any of their columns and lays them side by side."""
    found = {}
    for left in seen[0]:
        for right in votes[0]:
            asked = [row["delegate_id"] for row in sorted(seen, key=lambda row: (_order(row[left]), row["id"]))]
            laid = [row["token"] for row in sorted(votes, key=lambda row: _order(row[right]))]
            found[f"{left}/{right}"] = sum(truth[who] == token for who, token in zip(asked, laid, strict=True))
    return found


def test_sorting_by_any_column_finds_no_more_than_chance(open_hall: Hall) -> None:
    total: dict[str, int] = {}
    leaked, rounds = 0, 6
    for _ in range(rounds):
        ballot, cast, rows = _held(open_hall)
        person = {row["person_id"]: row["id"] for row in rows["democracy_delegate"]}
        truth = {person[viewer.person_id]: phone.token for viewer, phone, _ in cast}
        seen = [row for row in rows["democracy_issued"] if row["ballot_id"] == ballot.pk]
        votes = [row for row in rows["democracy_vote"] if row["ballot_id"] == ballot.pk]
        for pair, hits in _matches(seen, votes, truth).items():
            total[pair] = total.get(pair, 0) + hits
        order = {phone.token: at for at, (_, phone, _) in enumerate(cast)}
        leaky = [row | {"cast_at": order[row["token"]]} for row in votes]
        leaked += _matches(seen, leaky, truth)["id/cast_at"]
    assert leaked == 7 * rounds, "a table that kept the moment of casting would be found out"
    assert max(total.values()) < 3.5 * rounds, max(total.items(), key=lambda one: one[1])


def test_the_trail_says_who_got_a_ballot_and_nothing_of_votes(open_hall: Hall) -> None:
    _, cast, rows = _held(open_hall)
    told = [row for row in rows["trail_record"] if str(row["verb"]).startswith("democracy.ballot")]
    assert [row["verb"] for row in told].count("democracy.ballot_issued") == 7
    text = json.dumps([{key: _said(value) for key, value in row.items()} for row in told], ensure_ascii=False)
    assert not any(phone.token in text for _, phone, _ in cast)
    assert len(told) == 9  # opened, seven times issued, counted: casting leaves none


def test_while_it_runs_the_box_cannot_be_looked_into(open_hall: Hall) -> None:
    ballot = opened(open_hall)
    phone = get(open_hall.phones[0], ballot)
    drop(ballot, phone, "no")
    rows = _rows()
    assert rows["democracy_vote"] == [] and "box_slip" not in rows
    told = " ".join(_said(value) for found in rows.values() for row in found for value in row.values())
    assert phone.token not in told and phone.signature not in told


def test_what_the_database_is_asked_names_no_token(hall: Hall) -> None:
    ballot = opened(hall)
    phone = get(hall.phones[0], ballot)
    with CaptureQueriesContext(connection) as asked:
        drop(ballot, phone, "no")
    told = " ".join(one["sql"] for one in asked.captured_queries)
    assert "box_drop" in told and phone.token not in told and phone.signature not in told
    assert hashlib.sha256(phone.token.encode()).hexdigest() not in told
