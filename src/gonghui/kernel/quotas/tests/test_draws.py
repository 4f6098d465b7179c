"""A draw that a stranger can recompute: stages, sources of the seed, promised chances, and the stand-alone script."""

from __future__ import annotations

import ast
import hashlib
import math
import re
import subprocess
import sys
from collections import Counter as Tally
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Draw, DrawParty, Entry, Offer
from gonghui.kernel.quotas import queries, recompute, registry, services
from gonghui.kernel.quotas.factories import SECRETS, make_offer, make_witnesses
from gonghui.kernel.quotas.services import draws
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def as_member(person_id: int) -> Viewer:
    return Viewer(role="member", name="会员", account_id=1, person_id=person_id)


def drawn(tree, count: int, places: int, **facts) -> tuple[Offer, list[int], Viewer]:
    """A published draw with applicants and two witnesses who have committed."""
    sessions = facts.pop("sessions", 1)
    offer = make_offer(tree.city, places, allocation=facts.pop("allocation", "draw"), sessions=sessions, **facts)
    make_witnesses(offer)
    people = [make_member(tree.union, f"会员{n}").person_id for n in range(count)]
    return offer, people, viewer_at(tree.city, "publicity")


def enter_all(offer: Offer, people: list[int], choices: list[int] | None = None) -> None:
    for person in people:
        services.enter(as_member(person), offer_id=offer.pk, choices=choices or [], key=uuid4())


def lock(offer: Offer, staff: Viewer) -> Draw:
    Offer.objects.filter(pk=offer.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    return services.lock_list(staff, offer_id=offer.pk)


def reveal_all(offer: Offer, staff: Viewer) -> None:
    for party, secret in zip(DrawParty.objects.filter(draw__offer=offer).order_by("order"), SECRETS, strict=True):
        services.reveal(staff, party_id=party.pk, value=secret)


def published(offer: Offer, place) -> object:
    file = place / "公示.txt"
    file.write_bytes(b"".join(services.publication(Offer.objects.get(pk=offer.pk))))
    return file


def run_script(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", recompute.__file__, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_a_draw_goes_through_its_stages_and_a_stranger_recomputes_it(tree, tmp_path):
    offer, people, staff = drawn(tree, 30, 8, waits=5)
    enter_all(offer, people)
    with pytest.raises(Refusal) as early:
        services.lock_list(staff, offer_id=offer.pk)
    assert early.value.code == "GH-QTA-056"
    draw = lock(offer, staff)
    assert (draw.state, draw.count, len(draw.list_digest)) == ("listed", 30, 64)
    with pytest.raises(Refusal) as late:
        services.enter(as_member(make_member(tree.union, "迟到").person_id), offer_id=offer.pk, choices=[], key=uuid4())
    assert late.value.code == "GH-QTA-042"
    with pytest.raises(Refusal) as waiting:
        services.run_draw(staff, offer_id=offer.pk)
    assert waiting.value.code == "GH-QTA-057"
    reveal_all(offer, staff)
    draw = services.run_draw(staff, offer_id=offer.pk)
    assert Claim.objects.filter(offer=offer, state="held", source="draw").count() == 8
    assert Counter.objects.get(offer=offer).taken == 8
    assert list(Entry.objects.filter(state="waiting").order_by("rank").values_list("rank", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]
    file = published(offer, tmp_path)
    done = run_script(file)
    assert done.returncode == 0 and "全部一致" in done.stdout, done.stdout + done.stderr
    won = Entry.objects.filter(state="won").first()
    assert "分到" in run_script(file, won.tag).stdout
    with pytest.raises(Refusal):
        services.run_draw(staff, offer_id=offer.pk)
    lines = file.read_text(encoding="utf-8").splitlines()[1:]
    assert len(lines) == 30 and all(re.fullmatch(r"[0-9a-f]{32} 1 - \d+", line) for line in lines)  # names nobody


@pytest.mark.parametrize("change", ["ticket", "drop", "seed", "value", "places"])
def test_whatever_is_changed_in_what_was_published_is_found(tree, tmp_path, change):
    offer, people, staff = drawn(tree, 12, 3)
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    file = published(offer, tmp_path)
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    if change == "ticket":
        lines[0] = lines[0].replace(" 1 ", " 2 ")
    elif change == "drop":
        lines.pop()
    elif change == "seed":
        seed = Draw.objects.get(offer=offer).seed
        head = head.replace(seed, seed[::-1])
    elif change == "value":
        head = head.replace(SECRETS[0], SECRETS[0] + "。")
    else:
        head = head.replace('"capacity": 3', '"capacity": 2')
    file.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    done = run_script(file)
    assert done.returncode == 1 and "不符" in done.stdout


def test_a_witness_cannot_reveal_something_else_and_one_who_stays_away_cannot_stop_it(tree):
    offer, people, staff = drawn(tree, 6, 2)
    enter_all(offer, people)
    lock(offer, staff)
    first, second = DrawParty.objects.filter(draw__offer=offer).order_by("order")
    with pytest.raises(Refusal) as refused:
        services.reveal(staff, party_id=first.pk, value="别的话")
    assert refused.value.code == "GH-QTA-054"
    services.reveal(staff, party_id=first.pk, value=SECRETS[0])
    with services.at(timezone.now() + timedelta(hours=25)):
        draw = services.run_draw(staff, offer_id=offer.pk)
    sources = [
        {"title": "", "commitment": recompute.commitment(SECRETS[0]), "value": SECRETS[0]},
        {"title": "", "commitment": second.commitment, "value": ""},
    ]
    assert draw.seed == recompute.seed_of(draw.list_digest, sources, "")


def test_a_public_value_is_waited_for_and_written_down_once(tree):
    offer, people, staff = drawn(tree, 6, 2)
    Draw.objects.filter(offer=offer).update(outside="中国福利彩票双色球第2026137期开奖号码")
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    with pytest.raises(Refusal) as refused:
        services.run_draw(staff, offer_id=offer.pk)
    assert "双色球" in refused.value.message
    services.outside_value(staff, offer_id=offer.pk, value="03 07 12 19 24 31 + 05")
    services.check_outside(viewer_at(tree.city), offer_id=offer.pk, value="03 07 12 19 24 31 + 05")
    with pytest.raises(Refusal):
        services.outside_value(staff, offer_id=offer.pk, value="01 02 03 04 05 06 + 07")
    assert services.run_draw(staff, offer_id=offer.pk).state == "drawn"


def test_tickets_follow_the_published_rule_and_hardship_is_told_to_nobody_else(tree, monkeypatch):
    offer, people, staff = drawn(
        tree, 4, 2, allocation="balanced",
        weights=[
            {"key": "driver", "title": "货车司机", "tickets": 2, "condition": {"field": "new_form", "is": "truck_driver"}},
            {"key": "unserved", "title": "近一年没有享受过", "tickets": 1, "fact": "unserved", "months": 12},
            {"key": "hard", "title": "建档困难职工", "tickets": 1, "fact": "hardship"},
        ],
    )  # fmt: skip
    driver = make_member(tree.union, "司机", new_form="truck_driver").person_id
    served = people[0]
    Claim.objects.create(
        path=offer.path, offer=make_offer(tree.city, 3), session_id=1, counter_id=1, person_id=served,
        member_path=tree.union.path, state="used", source="desk", key=uuid4(),
    )  # fmt: skip
    monkeypatch.setattr(registry, "_weighers", lambda: {"hardship": lambda on: [people[1]]})
    enter_all(offer, [*people, driver])
    lock(offer, staff)
    tickets = dict(Entry.objects.filter(offer=offer).values_list("person_id", "tickets"))
    assert tickets == {served: 1, people[1]: 3, people[2]: 2, people[3]: 2, driver: 4}
    assert Entry.objects.get(person_id=driver, offer=offer).reasons == ["driver", "unserved"]
    shown = queries.entries(staff, offer).get(person_id=people[1])
    assert {"tickets", "reasons", "salt"} <= shown.get_deferred_fields()


def test_reserved_shares_go_first_to_those_they_are_for(tree):
    offer, people, staff = drawn(tree, 10, 1)
    session = offer.sessions.get()
    Counter.objects.create(
        path=offer.path, offer=offer, session=session, share="drivers", title="货车司机", capacity=3,
        audience={"field": "new_form", "is": "truck_driver"},
    )  # fmt: skip
    drivers = [make_member(tree.union, f"司机{n}", new_form="truck_driver").person_id for n in range(2)]
    enter_all(offer, [*people, *drivers])
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    served = set(Claim.objects.filter(offer=offer).values_list("person_id", flat=True))
    assert set(drivers) <= served and len(served) == 3  # one reserved place stays empty: nobody else is a driver


def test_ranked_wishes_are_granted_in_the_order_wished(tree):
    offer, people, staff = drawn(tree, 6, 2, allocation="ranked", sessions=3)
    first, second, third = offer.sessions.order_by("order").values_list("pk", flat=True)
    enter_all(offer, people[:5], [first, third])
    enter_all(offer, people[5:], [second])
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    at = Tally(Claim.objects.filter(offer=offer).values_list("session_id", flat=True))
    assert at == {first: 2, third: 2, second: 1}
    loser = next(
        one
        for one in Entry.objects.filter(offer=offer).select_related("offer__draw")
        if queries.entry_state(one) == "lost"
    )
    why = queries.why_drawn_so(loser)
    assert [one["reached"] for one in why["wished"]] == [False, False]
    assert all(why["number"] > one["last"] for one in why["wished"])


def test_those_who_earned_it_are_entered_once_and_only_those_it_is_for(tree):
    offer, people, staff = drawn(tree, 4, 2)
    stranger = make_member(tree.other_union, "外市会员").person_id
    enter_all(offer, people[:1])
    assert services.enter_many(staff, offer_id=offer.pk, persons=[*people, stranger], why="每月一答达标") == 3
    assert services.enter_many(staff, offer_id=offer.pk, persons=people, why="每月一答达标") == 0
    lock(offer, staff)
    with pytest.raises(Refusal) as refused:
        services.enter_many(staff, offer_id=offer.pk, persons=people, why="每月一答达标")
    assert refused.value.code == "GH-QTA-038"
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    assert Claim.objects.filter(offer=offer).count() == 2


def test_withdrawing_ends_with_the_lock(tree):
    offer, people, staff = drawn(tree, 3, 1)
    enter_all(offer, people)
    entries = list(Entry.objects.order_by("pk"))
    services.withdraw(as_member(people[0]), entry_id=entries[0].pk)
    lock(offer, staff)
    assert offer.draw.__class__.objects.get(offer=offer).count == 2
    with pytest.raises(Refusal) as refused:
        services.withdraw(as_member(people[1]), entry_id=entries[1].pk)
    assert refused.value.code == "GH-QTA-033"
    with pytest.raises(Refusal):
        services.withdraw(as_member(people[2]), entry_id=entries[1].pk)


def test_who_waits_after_a_draw_gets_what_is_given_back(tree):
    offer, people, staff = drawn(tree, 5, 1, waits=4)
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    services.run_draw(staff, offer_id=offer.pk)
    winner = Claim.objects.get(offer=offer)
    first = Entry.objects.get(rank=1)
    services.give_back(as_member(winner.person_id), claim_id=winner.pk)
    assert Claim.objects.get(state="offered").person_id == first.person_id


def test_the_clock_locks_and_draws_by_itself(tree):
    offer, people, staff = drawn(tree, 5, 2)
    enter_all(offer, people)
    Offer.objects.filter(pk=offer.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    assert services.tick()["listed"] == 1
    services.reveal(staff, party_id=offer.draw.parties.get(order=0).pk, value=SECRETS[0])
    assert (
        services.tick(timezone.now() + timedelta(hours=25))["drawn"] == 0
    )  # the draw itself asks the database's clock
    with services.at(timezone.now() + timedelta(hours=25)):
        assert services.tick()["drawn"] == 1
    with transaction.atomic():
        assert Offer.objects.get(pk=offer.pk).state == "allocated"


# -- the algorithm ------------------------------------------------------------------------------------------------


def tag(n: int) -> str:
    return hashlib.sha256(str(n).encode()).hexdigest()[:32]


def seed(n: int) -> str:
    return hashlib.sha256(f"seed {n}".encode()).hexdigest()


def test_ten_thousand_draws_match_the_promised_chances():
    """Tickets 1 to 4, three places of ten people: the first place falls by tickets, all places as sampling without
    replacement says; χ² with fixed seeds."""
    tickets = [1, 1, 1, 1, 2, 2, 2, 3, 3, 4]
    entries = [(tag(n), count, (), ("1",)) for n, count in enumerate(tickets)]
    index = {entry[0]: n for n, entry in enumerate(entries)}
    first, served, rounds = Tally(), Tally(), 10_000
    for n in range(rounds):
        places, _, _ = recompute.draw(seed(n), entries, {("1", "-"): 3}, 0)
        first[index[places[0][0]]] += 1
        served.update(index[one] for one, _, _ in places)
    total = sum(tickets)
    chi = sum((first[n] - rounds * w / total) ** 2 / (rounds * w / total) for n, w in enumerate(tickets))
    assert chi < 27.88  # 9 degrees of freedom, 0.1 %
    expected = [_inclusion(tickets, n, 3) for n in range(10)]
    assert math.isclose(sum(expected), 3)
    for n, chance in enumerate(expected):
        spread = math.sqrt(rounds * chance * (1 - chance))
        assert abs(served[n] - rounds * chance) < 4 * spread, (n, served[n], chance)


def _inclusion(tickets: list[int], who: int, places: int) -> float:
    """The chance to be among the served when tickets are drawn from the hat without going back."""
    if places == 0:
        return 0.0
    total = sum(tickets)
    chance = tickets[who] / total
    for other, count in enumerate(tickets):
        if other != who and count:
            rest = [0 if n == other else w for n, w in enumerate(tickets)]
            chance += count / total * _inclusion(rest, who, places - 1)
    return chance


entries_of = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(1, 5), st.sets(st.sampled_from(["a", "b"])),
              st.permutations(["1", "2", "3"]), st.integers(1, 3)),
    unique_by=lambda one: one[0], max_size=30,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entries_of, st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(0, 10), st.integers(0, 1000))
def test_places_are_never_more_than_there_are_and_no_wish_is_passed_over(people, one, two, reserved, waits, number):
    entries = [(tag(n), t, tuple(sorted(s)), tuple(c[:k])) for n, t, s, c, k in people]
    capacity = {("1", "-"): one, ("2", "-"): two, ("1", "a"): reserved}
    places, waiting, _ = recompute.draw(seed(number), entries, capacity, waits)
    used = Tally((session, share) for _, session, share in places)
    assert all(count <= capacity[key] for key, count in used.items())
    served = {one for one, _, _ in places}
    assert len(served) == len(places) and not served & set(waiting) and len(waiting) <= waits
    by_tag = {entry[0]: entry for entry in entries}
    for unserved in set(by_tag) - served:  # nobody is left over while a place that they wished for is free
        _, _, shares, choices = by_tag[unserved]
        for session in choices:
            for share in (*shares, "-"):
                assert used[session, share] == capacity.get((session, share), 0)
    again = recompute.draw(seed(number), list(reversed(entries)), capacity, waits)
    assert again[:2] == (places, waiting)  # the order of the list does not matter


def test_the_script_needs_nothing_but_the_standard_library():
    source = Path(recompute.__file__).read_text(encoding="utf-8")
    modules = {
        name.name.partition(".")[0] for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import)
        for name in node.names
    } | {
        (node.module or "").partition(".")[0] for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)
    }  # fmt: skip
    assert modules <= set(sys.stdlib_module_names)
    assert draws.source_of_verifier() == source
