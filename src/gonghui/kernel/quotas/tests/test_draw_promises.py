"""What a draw promises before it falls: terms that stay, sources that are there, two who read, nobody left off the list."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import Claim, Counter, Draw, DrawParty, Entry, Household, HouseholdMember, Limit, Offer
from gonghui.kernel.quotas import queries, recompute, registry, services
from gonghui.kernel.quotas.factories import SECRETS, make_offer, make_witnesses
from gonghui.kernel.quotas.services import draws, entering
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import OUTSIDER, SYSTEM

from .test_draws import as_member, drawn, enter_all, lock, published, reveal_all, run_script

SECRET = "井冈山下种南瓜 1928"


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def refused(code: str, act) -> Refusal:
    with pytest.raises(Refusal) as told:
        act()
    assert told.value.code == code, told.value.sentence
    return told.value


def run(offer: Offer, staff) -> Draw:
    lock(offer, staff)
    reveal_all(offer, staff)
    return services.run_draw(staff, offer_id=offer.pk)


# -- terms --------------------------------------------------------------------------------------------------------


def test_places_and_waits_stay_as_they_were_locked_with_the_list(tree, tmp_path):
    offer, people, staff = drawn(tree, 9, 2, waits=3)
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    counter, session = Counter.objects.get(offer=offer), offer.sessions.get()
    later = timezone.now() + timedelta(days=1)
    said = refused("GH-QTA-059", lambda: services.set_capacity(staff, counter_id=counter.pk, capacity=4))
    assert "摇号以后再加名额" in said.sentence
    refused("GH-QTA-059", lambda: services.change(staff, offer_id=offer.pk, waits=9))
    refused("GH-QTA-059", lambda: services.change(staff, offer_id=offer.pk, closes_at=later))
    refused("GH-QTA-059", lambda: services.call_off_session(staff, session_id=session.pk, reason="老师临时请假"))
    row = Offer.objects.get(pk=offer.pk)
    services.change(staff, offer_id=offer.pk, title="改了名称", closes_at=row.closes_at, waits=3)
    Counter.objects.filter(pk=counter.pk).update(capacity=7)  # past the door, by whoever reaches the database
    Offer.objects.filter(pk=offer.pk).update(waits=0)
    services.run_draw(staff, offer_id=offer.pk)
    assert Claim.objects.filter(offer=offer).count() == 2 and Entry.objects.filter(state="waiting").count() == 3
    assert "全部一致" in run_script(published(offer, tmp_path)).stdout
    services.set_capacity(staff, counter_id=counter.pk, capacity=8)
    assert Claim.objects.filter(offer=offer, state="offered").count() == 3


@pytest.mark.parametrize("change", ["capacity", "waits", "commitment", "outside"])
def test_the_digest_of_the_locked_list_holds_its_terms(tree, tmp_path, change):
    offer, people, staff = drawn(tree, 5, 2, waits=3)
    Draw.objects.filter(offer=offer).update(outside="次日福彩3D")
    enter_all(offer, people)
    lock(offer, staff)
    file = published(offer, tmp_path)
    assert "还没有摇号" in run_script(file).stdout and "全部一致" in run_script(file).stdout
    head, *lines = file.read_text(encoding="utf-8").splitlines()
    header = json.loads(head)
    if change == "capacity":
        header["sessions"][0]["shares"][0]["capacity"] = 3
    elif change == "waits":
        header["waits"] = 2
    elif change == "commitment":
        header["parties"][0]["commitment"] = recompute.commitment("另一句话")
    else:
        header["outside"] = "后日福彩3D"
    file.write_text("\n".join([json.dumps(header), *lines]) + "\n", encoding="utf-8")
    done = run_script(file)
    assert done.returncode == 1 and "与锁定时公布的摘要不符" in done.stdout


def test_a_list_that_was_locked_without_terms_is_drawn_and_recomputed_as_it_was(tree, tmp_path):
    """The first format: published before, recomputable for ever."""
    offer, people, staff = drawn(tree, 8, 3, waits=2)
    enter_all(offer, people)
    draw = lock(offer, staff)
    rule = {name: value for name, value in draw.rule.items() if name != "terms"}
    digest = recompute.list_digest(draws._lines(draw))
    Draw.objects.filter(pk=draw.pk).update(rule=rule, list_digest=digest)
    reveal_all(offer, staff)
    drawn_ = services.run_draw(staff, offer_id=offer.pk)
    parts = ["gonghui-draw-1", digest, *SECRETS, ""]
    assert drawn_.seed == recompute.commitment("\n".join(parts))
    file = published(offer, tmp_path)
    assert json.loads(file.read_text(encoding="utf-8").splitlines()[0])["format"] == "gonghui-draw-1"
    done = run_script(file)
    assert done.returncode == 0 and "全部一致" in done.stdout and "分到3人，候补2人" in done.stdout


def test_no_place_is_given_by_hand_before_the_draw(tree):
    """It would take a place that was promised to the draw, or be given twice."""
    offer, people, staff = drawn(tree, 4, 2)
    enter_all(offer, people)
    session = offer.sessions.get()
    friend = make_member(tree.union, "熟人").person_id
    refused("GH-QTA-025", lambda: services.grant(staff, session_id=session.pk, person_id=friend, why="熟人"))
    run(offer, staff)
    assert Claim.objects.filter(offer=offer, ended=0).count() == Counter.objects.get(offer=offer).taken == 2


# -- sources ------------------------------------------------------------------------------------------------------


def test_a_list_waits_for_the_sources_that_were_promised(tree):
    offer, people, staff = drawn(tree, 4, 2)
    DrawParty.objects.filter(draw__offer=offer, order=1).update(commitment="", title="市公证处")
    enter_all(offer, people)
    said = refused("GH-QTA-058", lambda: lock(offer, staff))
    assert "市公证处还没有交承诺值" in said.message and "另请一位见证方" in said.sentence
    assert services.tick()["listed"] == 0 and Draw.objects.get(offer=offer).state == "collecting"
    services.add_source(staff, offer_id=offer.pk, outside="次日福彩3D开奖号码")
    assert services.tick()["listed"] == 1
    header = draws.header_of(offer, Draw.objects.get(offer=offer))
    assert [(one["title"], bool(one["commitment"])) for one in header["parties"]] == [
        ("见证方1", True), ("市公证处", False)
    ]  # fmt: skip
    refused("GH-QTA-051", lambda: services.add_source(staff, offer_id=offer.pk, title="再来一位"))


def test_a_draw_without_a_single_real_source_is_put_off(tree):
    """Commitments alone were known before the list was locked: whoever wrote the list could have tried lists."""
    offer, people, staff = drawn(tree, 4, 2)
    enter_all(offer, people)
    lock(offer, staff)
    with services.at(timezone.now() + timedelta(days=9)):
        said = refused("GH-QTA-057", lambda: services.run_draw(staff, offer_id=offer.pk))
        assert "摇号推迟" in said.message and services.tick()["drawn"] == 0
        party = DrawParty.objects.get(draw__offer=offer, order=0)
        services.reveal(staff, party_id=party.pk, value=SECRETS[0])
        assert services.run_draw(staff, offer_id=offer.pk).state == "drawn"


def test_a_public_value_counts_when_two_persons_read_the_same(tree):
    offer, people, staff = drawn(tree, 4, 2)
    Draw.objects.filter(offer=offer).update(outside="次日福彩3D")
    enter_all(offer, people)
    lock(offer, staff)
    reveal_all(offer, staff)
    second = viewer_at(tree.city, "organising")

    def check(viewer, value):
        return services.check_outside(viewer, offer_id=offer.pk, value=value)

    refused("GH-QTA-055", lambda: check(second, "5 1 8"))
    services.outside_value(staff, offer_id=offer.pk, value="5 1 3")  # mistyped
    assert services.tick()["drawn"] == 0
    refused("GH-QTA-083", lambda: check(second, "5 1 8"))
    services.outside_value(staff, offer_id=offer.pk, value="5 1 8")
    refused("GH-QTA-083", lambda: check(staff, "5 1 8"))
    assert draws.header_of(offer, Draw.objects.get(offer=offer))["outside_value"] == ""
    check(second, "５ 1  8 ")
    refused("GH-QTA-055", lambda: services.outside_value(staff, offer_id=offer.pk, value="5 1 9"))
    assert services.run_draw(staff, offer_id=offer.pk).outside_value == "5 1 8"


def test_a_witness_has_a_door_of_their_own(tree):
    offer, people, staff = drawn(tree, 4, 2)
    party = DrawParty.objects.create(path=offer.path, draw=offer.draw, order=2, title="市公证处")
    other = viewer_at(tree.other_city, "publicity")
    refused("GH-QTA-052", lambda: services.make_link(other, party_id=party.pk))
    first, link = (services.make_link(staff, party_id=party.pk) for _ in range(2))
    party.refresh_from_db()
    assert link not in str(party.__dict__) and len(party.token_digest) == 64
    mine = recompute.commitment(SECRET)
    refused("GH-QTA-081", lambda: services.commit(staff, party_id=party.pk, commitment=mine))
    refused("GH-QTA-080", lambda: services.commit_by_link(OUTSIDER, token=first, secret=SECRET))
    refused("GH-QTA-080", lambda: services.commit_by_link(OUTSIDER, token="", secret=SECRET))
    for weak in ("123456", "aaaaaaaaaaaa", "两行的\n密语写在这里了"):
        refused("GH-QTA-082", lambda weak=weak: services.commit_by_link(OUTSIDER, token=link, secret=weak))
    refused("GH-QTA-081", lambda: services.commit_by_link(staff, token=link, secret=SECRET))
    services.commit_by_link(OUTSIDER, token=link, secret=SECRET)
    refused("GH-QTA-053", lambda: services.commit_by_link(OUTSIDER, token=link, secret=SECRET + "！"))
    party = queries.witness(link)
    assert (party.commitment, party.by_link, party.value) == (mine, True, "")
    enter_all(offer, people)
    refused("GH-QTA-051", lambda: services.reveal_by_link(OUTSIDER, token=link, value=SECRET))
    lock(offer, staff)
    refused("GH-QTA-054", lambda: services.reveal_by_link(OUTSIDER, token=link, value="别的话"))
    services.reveal_by_link(OUTSIDER, token=link, value=SECRET)
    for one, secret in zip(offer.draw.parties.order_by("order"), SECRETS, strict=False):
        services.reveal(staff, party_id=one.pk, value=secret)
    draw = services.run_draw(staff, offer_id=offer.pk)
    assert draw.seed == recompute.commitment("\n".join(["gonghui-draw-2", draw.list_digest, *SECRETS, SECRET, ""]))
    refused("GH-QTA-051", lambda: services.make_link(staff, party_id=party.pk))


def test_a_witness_reads_the_public_value_too(tree):
    offer, people, staff = drawn(tree, 3, 1)
    Draw.objects.filter(offer=offer).update(outside="次日福彩3D")
    enter_all(offer, people)
    link = services.make_link(staff, party_id=offer.draw.parties.get(order=0).pk)
    lock(offer, staff)
    services.outside_value(staff, offer_id=offer.pk, value="5 1 8")
    services.check_outside_by_link(OUTSIDER, token=link, value="5 1 8")
    assert Draw.objects.get(offer=offer).outside_checked_at is not None


# -- who is passed over -------------------------------------------------------------------------------------------


def limited(tree, most: int, per: str = "person") -> Limit:
    on = timezone.localdate()
    return Limit.objects.create(
        path=tree.city.path, organisation=tree.city, title="全年疗休养", per=per, most=most, valid_from=on,
        valid_to=on + timedelta(days=300),
    )  # fmt: skip


def test_who_is_passed_over_reads_why_and_the_place_falls_to_the_next(tree, tmp_path):
    """Also where nobody may wait; what is published is what happened, and a stranger recomputes it."""
    limit = limited(tree, 1)
    offer, people, staff = drawn(tree, 6, 3, limit=limit)
    enter_all(offer, people)
    other = make_offer(tree.city, 9, limit=limit)
    lock(offer, staff)
    reveal_all(offer, staff)
    draw = Draw.objects.get(offer=offer)
    seed = recompute.seed_of(draw.list_digest, draws._sources(draw), "")
    first = [entry[0] for _, entry in recompute.in_order(seed, draws._lines(draw))][:3]
    served = set(Entry.objects.filter(tag__in=first).values_list("person_id", flat=True))
    for person in served:  # a place elsewhere since they entered
        services.take(as_member(person), session_id=other.sessions.get().pk, key=uuid4())
    draw = services.run_draw(staff, offer_id=offer.pk)
    won = set(Claim.objects.filter(offer=offer, ended=0).values_list("person_id", flat=True))
    assert won == set(people) - served and Counter.objects.get(offer=offer).taken == 3
    rows = {one.person_id: one for one in Entry.objects.filter(offer=offer).select_related("offer__draw")}
    assert draw.rule["passed"] == sorted(first) == sorted(one.tag for one in rows.values() if one.passed_why)
    for one in rows.values():
        if one.passed_why:
            assert queries.entry_state(one) == "lost" and "全年疗休养" in queries.why_drawn_so(one)["passed"]
    file = published(offer, tmp_path)
    assert "按规则没有给" in run_script(file, first[0]).stdout and "全部一致" in run_script(file).stdout


def test_a_household_with_two_places_wins_two_and_not_a_third(tree):
    limit = limited(tree, 2, "household")
    offer, people, staff = drawn(tree, 4, 4, limit=limit)
    home = Household.objects.create(code="HOME")
    for person in people[:3]:
        HouseholdMember.objects.create(household=home, person_id=person, path=tree.union.path)
    enter_all(offer, people)
    run(offer, staff)
    held = Claim.objects.filter(offer=offer, ended=0)
    assert held.filter(holder=-home.pk).count() == 2 and held.count() == 3
    assert sorted(held.filter(holder=-home.pk).values_list("slot", flat=True)) == [1, 2]
    third = Entry.objects.get(offer=offer, person_id__in=people[:3], state="lost")
    assert "每户2次" in third.passed_why


def test_the_rule_of_an_app_is_asked_when_places_fall_and_when_they_go_on(tree, monkeypatch):
    barred: set[int] = set()

    def barrier(one, person_id, now):
        return Refusal("GH-BEN-070", "今年的费用已到上限", "offer") if person_id in barred else None

    monkeypatch.setattr(registry, "_barriers", lambda: [barrier])
    offer, people, staff = drawn(tree, 3, 3)
    enter_all(offer, people)
    barred.update(people[:2])  # since they entered
    run(offer, staff)
    assert Claim.objects.get(offer=offer, ended=0).person_id == people[2]
    barred.clear()
    line = make_offer(tree.city, 1, allocation="draw", waits=3)
    make_witnesses(line)
    enter_all(line, people)
    run(line, staff)
    first, second = Entry.objects.filter(offer=line, state="waiting").order_by("rank")
    barred.add(first.person_id)  # since they wait
    claim = Claim.objects.get(offer=line, ended=0)
    services.give_back(as_member(claim.person_id), claim_id=claim.pk)
    assert Claim.objects.get(offer=line, ended=0).person_id == second.person_id
    first.refresh_from_db()
    assert (first.state, first.passed_why) == ("lost", "今年的费用已到上限")


# -- why not me ---------------------------------------------------------------------------------------------------


def test_the_last_number_is_told_of_the_share_that_one_could_use(tree):
    """Reserved places go on to later numbers; a loser of the general places is not told that they came before."""
    offer, people, staff = drawn(
        tree, 12, 2, allocation="balanced",
        weights=[{"key": "near_retirement", "title": "临近退休职工", "tickets": 1, "condition": {}}],
    )  # fmt: skip
    Draw.objects.filter(offer=offer).update(rule={"weights": offer.weights, "waits": 0})
    Counter.objects.create(
        path=offer.path, offer=offer, session=offer.sessions.get(), share="drivers", title="货车司机", capacity=12,
        audience={"field": "new_form", "is": "truck_driver"},
    )  # fmt: skip
    drivers = [make_member(tree.union, f"司机{n}", new_form="truck_driver").person_id for n in range(12)]
    enter_all(offer, [*people, *drivers])
    run(offer, staff)
    for entry in Entry.objects.filter(offer=offer, person_id__in=people).select_related("offer__draw"):
        why, won = queries.why_drawn_so(entry), entry.state == "won"
        assert [(one["title"], one["reached"]) for one in why["wished"]] == [("第1场（不限）", won)]
        assert why["reasons"] == ["临近退休职工"]
    driver = Entry.objects.filter(offer=offer, person_id__in=drivers).select_related("offer__draw").first()
    assert [one["title"] for one in queries.why_drawn_so(driver)["wished"]] == ["第1场（货车司机）", "第1场（不限）"]


# -- the line -----------------------------------------------------------------------------------------------------


def test_a_reserved_place_that_comes_back_goes_to_the_line(tree):
    offer = make_offer(tree.city, 1, waits=5)
    session = offer.sessions.get()
    reserved = Counter.objects.create(
        path=offer.path, offer=offer, session=session, share="drivers", title="货车司机", capacity=1,
        audience={"field": "new_form", "is": "truck_driver"},
    )  # fmt: skip
    clerk, waiting_clerk = (make_member(tree.union, name).person_id for name in ("文某", "候某"))
    first, second, third = (
        make_member(tree.union, f"司机{n}", new_form="truck_driver").person_id for n in range(3)
    )  # fmt: skip
    services.take(as_member(clerk), session_id=session.pk, key=uuid4())
    refused("GH-QTA-034", lambda: services.wait(as_member(first), session_id=session.pk, key=uuid4()))
    services.take(as_member(first), session_id=session.pk, key=uuid4())
    for person in (waiting_clerk, second):
        services.wait(as_member(person), session_id=session.pk, key=uuid4())
    services.give_back(as_member(first), claim_id=Claim.objects.get(person_id=first).pk)
    assert Claim.objects.get(counter=reserved, ended=0).person_id == second, "the first in the line who may have it"
    assert services.take(as_member(third), session_id=session.pk, key=uuid4()).outcome == "sold_out"


# -- the clock ----------------------------------------------------------------------------------------------------


def test_one_draw_that_breaks_holds_up_neither_the_others_nor_the_books(tree, monkeypatch):
    broken, people, staff = drawn(tree, 3, 1)
    whole = make_offer(tree.city, 1, allocation="draw")
    make_witnesses(whole)
    for offer in (broken, whole):
        enter_all(offer, people)
        lock(offer, staff)
        reveal_all(offer, staff)
    place = draws.place_of
    digest = Draw.objects.get(offer=broken).rule["list"]

    def lost(sha: str) -> str:
        if sha == digest:
            raise OSError("the disk is gone")
        return place(sha)

    monkeypatch.setattr(draws, "place_of", lost)
    done = services.tick()
    assert (done["drawn"], done["settled"]) == (1, 1)
    assert Draw.objects.get(offer=broken).state == "listed" and Draw.objects.get(offer=whole).state == "drawn"


# -- entering and the list ----------------------------------------------------------------------------------------


def test_who_hears_entered_is_on_the_list(own_database, monkeypatch):
    """One enters while the list is being locked: the list waits for them; who comes after hears that it is locked."""
    with acting(SYSTEM):
        offer, (early, late), staff = drawn(make_tree(), 2, 1)
    begun, go_on = threading.Event(), threading.Event()
    entered = entering._entered

    def slow(*args):
        row = entered(*args)
        begun.set()
        go_on.wait(20)
        return row

    monkeypatch.setattr(entering, "_entered", slow)
    said: dict[int, str] = {}

    def enter(person: int) -> None:
        viewer = as_member(person)
        try:
            with acting(viewer):
                services.enter(viewer, offer_id=offer.pk, choices=[], key=uuid4())
            said[person] = "已报名"
        except Refusal as refusal:
            said[person] = refusal.code
        finally:
            connections.close_all()

    def locking() -> None:
        try:
            with acting(staff), services.at(timezone.now() + timedelta(days=8)):
                services.lock_list(staff, offer_id=offer.pk)
        finally:
            connections.close_all()

    first = threading.Thread(target=enter, args=(early,))
    first.start()
    assert begun.wait(20)
    second = threading.Thread(target=locking)
    second.start()
    second.join(1)
    assert second.is_alive(), "whoever locks the list waits for who is entering"
    monkeypatch.setattr(entering, "_entered", entered)
    third = threading.Thread(target=enter, args=(late,))  # still open by the clock
    go_on.set()
    first.join(20)
    second.join(20)
    third.start()
    third.join(20)
    with acting(SYSTEM):
        draw = Draw.objects.get(offer=offer)
        listed = {one[0] for one in draws._lines(draw)}
        tags = set(Entry.objects.filter(offer=offer).values_list("tag", flat=True))
    assert said == {early: "已报名", late: "GH-QTA-038"} and listed == tags and draw.count == 1
    connections.close_all()


def test_a_number_of_places_that_is_changed_while_the_list_is_locked_is_in_it_or_refused(own_database):
    with acting(SYSTEM):
        offer, people, staff = drawn(make_tree(), 2, 1)
        enter_all(offer, people)
        counter = Counter.objects.get(offer=offer).pk
    done = threading.Event()

    def locking() -> None:
        try:
            with acting(staff), services.at(timezone.now() + timedelta(days=8)):
                services.lock_list(staff, offer_id=offer.pk)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=locking)
    with acting(staff):
        services.set_capacity(staff, counter_id=counter, capacity=2)
        thread.start()
        assert not done.wait(1), "the list waits for the number of places"
    thread.join(20)
    with acting(SYSTEM):
        terms = Draw.objects.get(offer=offer).rule["terms"]
        assert terms["sessions"][0]["shares"][0]["capacity"] == 2
        refused("GH-QTA-059", lambda: services.set_capacity(staff, counter_id=counter, capacity=3))
    connections.close_all()


def test_a_place_taken_elsewhere_while_places_fall_has_the_serving_done_again(own_database):
    """A limit is used up at another door by a claim that is not committed yet: the draw waits, then passes over."""
    with acting(SYSTEM):
        tree = make_tree()
        limit = limited(tree, 1)
        offer, people, staff = drawn(tree, 3, 1, limit=limit)
        other = make_offer(tree.city, 9, limit=limit).sessions.get().pk
        enter_all(offer, people)
        draw = lock(offer, staff)
        reveal_all(offer, staff)
        seed = recompute.seed_of(draw.list_digest, draws._sources(draw), "")
        first, second = (entry[0] for _, entry in recompute.in_order(seed, draws._lines(draw))[:2])
        winner = as_member(Entry.objects.get(tag=first).person_id)
    done = threading.Event()

    def drawing() -> None:
        try:
            with acting(staff):
                services.run_draw(staff, offer_id=offer.pk)
        finally:
            done.set()
            connections.close_all()

    thread = threading.Thread(target=drawing)
    with acting(winner):
        assert services.take(winner, session_id=other, key=uuid4()).outcome == "granted"
        thread.start()
        assert not done.wait(1), "the draw waits for the other door"
    thread.join(20)
    with acting(SYSTEM):
        assert Draw.objects.get(offer=offer).rule["passed"] == [first]
        won = Entry.objects.get(tag=second)
        assert Claim.objects.get(offer=offer, ended=0).person_id == won.person_id and won.state == "won"
    connections.close_all()
