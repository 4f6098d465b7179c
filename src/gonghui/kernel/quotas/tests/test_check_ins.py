"""Use: codes that go stale, one use each, the right door, lists handed in later, and taking back a mistake."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.models import CheckIn, Claim, Offer, Session, SignOfLife, TrailRecord
from gonghui.kernel.quotas import queries, rules, services
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.quotas.services.check_ins import Scan, code_key
from gonghui.kernel.quotas.services.ticking import signs_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

KEY = b"a key of the tests"


@pytest.fixture
def tree(db):
    with acting(SYSTEM):
        yield make_tree()


def claimed(tree, **facts) -> Claim:
    offer = make_offer(tree.city, 5, **facts)
    person = make_member(tree.union, "会员").person_id
    viewer = Viewer(role="member", name="会员", account_id=1, person_id=person)
    services.take(viewer, session_id=offer.sessions.get().pk, key=uuid4())
    return Claim.objects.get(offer=offer)


def shown(claim: Claim, when=None) -> str:
    return rules.code_text(code_key(), claim.pk, claim.code, (when or timezone.now()).timestamp())


def refused(code: str, act) -> Refusal:
    with pytest.raises(Refusal) as found:
        act()
    assert found.value.code == code, found.value
    return found.value


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 2**48 - 1), st.uuids(), st.integers(0, 4_000_000_000))
def test_a_code_is_read_for_two_minutes_and_by_nobody_elses_key(claim, code, moment):
    text = rules.code_text(KEY, claim, code, moment)
    assert rules.read_code(KEY, text, moment) == (claim, code)
    assert rules.read_code(KEY, text, moment + 119) == (claim, code)
    for key, when, why in ((KEY, moment + 151, "stale"), (b"another", moment, "forged")):
        with pytest.raises(rules.CodeRefused) as wrong:
            rules.read_code(key, text, when)
        assert wrong.value.why == why


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_any_other_text_is_not_a_code(text):
    with pytest.raises(rules.CodeRefused):
        rules.read_code(KEY, text, 1_800_000_000)


def test_a_claim_is_used_once_and_the_same_scan_twice_is_one(tree):
    claim, staff, key = claimed(tree), viewer_at(tree.city, "publicity"), uuid4()
    first = services.check_in(staff, key=key, text=shown(claim), session_id=claim.session_id)
    assert services.check_in(staff, key=key, text=shown(claim), session_id=claim.session_id).pk == first.pk
    claim.refresh_from_db()
    assert (claim.state, claim.used) == ("used", 1)
    again = refused("GH-QTA-063", lambda: services.check_in(staff, key=uuid4(), text=shown(claim)))
    assert "用过" in again.message


def test_a_picture_of_a_code_is_refused(tree):
    claim, staff = claimed(tree), viewer_at(tree.city, "publicity")
    old = shown(claim, timezone.now() - timedelta(minutes=3))
    assert "截图" in refused("GH-QTA-060", lambda: services.check_in(staff, key=uuid4(), text=old)).message
    assert not CheckIn.objects.exists()


def test_each_door_takes_its_own_session_and_its_own_offers(tree):
    claim = claimed(tree)
    city, other_city = viewer_at(tree.city, "publicity"), viewer_at(tree.other_city, "publicity")
    elsewhere = make_offer(tree.city, 5).sessions.get()
    refused("GH-QTA-065", lambda: services.check_in(city, key=uuid4(), text=shown(claim), session_id=elsewhere.pk))
    refused("GH-QTA-062", lambda: services.check_in(other_city, key=uuid4(), text=shown(claim)))
    claim.session.__class__.objects.update(starts_at=timezone.now() + timedelta(hours=5))
    refused("GH-QTA-065", lambda: services.check_in(city, key=uuid4(), text=shown(claim)))
    judge = viewer_at(tree.city, "judge")
    refused("GH-ACC-001", lambda: services.check_in(judge, key=uuid4(), text=shown(claim)))


def test_a_ticket_for_several_uses_is_used_in_parts(tree):
    claim, staff = claimed(tree, uses=3), viewer_at(tree.city, "publicity")
    services.check_in(staff, key=uuid4(), text=shown(claim), part=2)
    claim.refresh_from_db()
    assert (claim.state, claim.used) == ("held", 2)
    assert (
        "还可以用1次"
        in refused("GH-QTA-066", lambda: services.check_in(staff, key=uuid4(), text=shown(claim), part=2)).message
    )
    last = services.check_in(staff, key=uuid4(), text=shown(claim), part=1)
    claim.refresh_from_db()
    assert claim.state == "used"
    services.undo_check_in(staff, check_in_id=last.pk, reason="扫错了人")
    claim.refresh_from_db()
    assert (claim.state, claim.used) == ("held", 2)


def test_an_offline_list_is_handed_in_twice_without_doubling_and_old_pictures_are_found(tree):
    good, late, staff = claimed(tree), claimed(tree), viewer_at(tree.city, "publicity")
    Claim.objects.filter(pk=late.pk).update(offer_id=good.offer_id, session_id=good.session_id)
    when = timezone.now() - timedelta(minutes=20)  # scanned then, handed in now
    with services.at(when - timedelta(hours=2)):
        listed = services.door_pass(staff, session_id=good.session_id)
    scans = [
        Scan(shown(good, when), when, uuid4(), listed=listed),
        Scan(shown(late, when - timedelta(minutes=5)), when, uuid4(), listed=listed),
        Scan(shown(good, when), when + timedelta(seconds=30), uuid4(), listed=listed),
    ]
    answers = [answer for _, answer in services.merge_offline(staff, session_id=good.session_id, scans=scans)]
    assert isinstance(answers[0], CheckIn) and answers[0].by == "offline"
    assert [answer.code for answer in answers[1:]] == ["GH-QTA-060", "GH-QTA-063"]
    services.merge_offline(staff, session_id=good.session_id, scans=scans)
    assert CheckIn.objects.count() == 1
    good.refresh_from_db()
    assert good.used_at == when


def test_a_paper_list_is_ticked_off_at_once_and_twice_is_once(tree):
    first, second, staff = claimed(tree), claimed(tree), viewer_at(tree.city, "publicity")
    Claim.objects.filter(pk=second.pk).update(offer_id=first.offer_id, session_id=first.session_id)
    elsewhere, gone = claimed(tree), claimed(tree)
    Claim.objects.filter(pk=gone.pk).update(session_id=first.session_id, state="cancelled", ended=gone.pk)
    everybody = [first.pk, second.pk, elsewhere.pk, gone.pk]
    done = services.tick_off(staff, session_id=first.session_id, claims=everybody)
    assert {row.claim_id for row in done} == {first.pk, second.pk}
    assert services.tick_off(staff, session_id=first.session_id, claims=everybody) == []
    assert set(Claim.objects.filter(state="used").values_list("pk", flat=True)) == {first.pk, second.pk}
    assert TrailRecord.objects.filter(verb="quotas.checked_in").count() == 2
    neighbour = viewer_at(tree.other_city, "publicity")
    refused("GH-QTA-001", lambda: services.tick_off(neighbour, session_id=first.session_id, claims=everybody))


def test_who_came_although_marked_absent_is_put_right(tree):
    claim, staff = claimed(tree), viewer_at(tree.city, "publicity")
    Claim.objects.filter(pk=claim.pk).update(state="no_show")
    services.check_in(staff, key=uuid4(), claim_id=claim.pk, session_id=claim.session_id)
    claim.refresh_from_db()
    assert claim.state == "used"


def test_a_waiting_place_must_be_confirmed_first(tree):
    claim, staff = claimed(tree), viewer_at(tree.city, "publicity")
    Claim.objects.filter(pk=claim.pk).update(state="offered")
    refused("GH-QTA-064", lambda: services.check_in(staff, key=uuid4(), text=shown(claim)))


def test_check_ins_leave_one_sign_of_life_a_day(tree):
    claim, staff = claimed(tree, uses=2), viewer_at(tree.city, "publicity")
    for _ in range(2):
        services.check_in(staff, key=uuid4(), text=shown(claim))
    assert signs_of(timezone.now()) == 1
    assert signs_of(timezone.now()) == 0
    assert SignOfLife.objects.filter(kind="benefit", person_id=claim.person_id).count() == 1


def test_an_offer_is_published_only_when_nothing_is_missing(tree):
    staff = viewer_at(tree.city, "publicity")
    draft = services.create(staff, organisation=tree.city, kind="course", title="书法课", allocation="draw")
    missing = refused("GH-QTA-008", lambda: services.publish(staff, offer_id=draft.pk))
    assert all(word in missing.message for word in ("起止时间", "场次", "两个来源"))
    now = timezone.now()
    services.change(staff, offer_id=draft.pk, opens_at=now, closes_at=now + timedelta(days=3))
    services.set_sessions(
        staff, offer_id=draft.pk,
        plans=[services.SessionPlan("周六上午", 20, now + timedelta(days=9), now + timedelta(days=9, hours=2), "文化宫", "刘老师")],
    )  # fmt: skip
    services.publish(staff, offer_id=draft.pk, parties=[("机关纪委", None), ("职工代表", None)])
    assert Offer.objects.get(pk=draft.pk).state == "published"
    refused("GH-QTA-006", lambda: services.change(staff, offer_id=draft.pk, allocation="first_come"))
    copied = services.copy(staff, offer_id=draft.pk)
    assert (copied.state, copied.sessions.count(), copied.allocation) == ("draft", 1, "draw")
    assert copied.sessions.get().starts_at == now + timedelta(days=9 + 365)
    neighbour = viewer_at(tree.other_city, "publicity")
    refused("GH-QTA-001", lambda: services.change(neighbour, offer_id=copied.pk, title="别人的"))


def course_of(tree, lessons: int = 3) -> Claim:
    """Somebody signed up for a course whose first lesson began a week and a day ago."""
    claim, begins = claimed(tree, uses=lessons), timezone.now() - timedelta(days=8)
    Session.objects.filter(pk=claim.session_id).update(
        starts_at=begins, ends_at=begins + timedelta(hours=2), lessons=lessons
    )
    return claim


def test_who_misses_a_lesson_is_not_absent_before_the_last_one_is_over(tree):
    claim, never = course_of(tree), course_of(tree)
    Claim.objects.filter(pk=never.pk).update(offer_id=claim.offer_id, session_id=claim.session_id)
    staff, now = viewer_at(tree.city, "publicity"), timezone.now()
    assert services.tick(now)["no_shows"] == 0
    services.tick_off(staff, session_id=claim.session_id, claims=[claim.pk])
    assert services.tick(now + timedelta(days=4))["no_shows"] == 0  # the last lesson is six days ahead
    assert services.tick(now + timedelta(days=8))["no_shows"] == 1
    claim.refresh_from_db()
    never.refresh_from_db()
    assert (claim.state, never.state) == ("used", "no_show")
    assert queries.barred(never.person_id, tree.city.path, now + timedelta(days=8)) is None  # one of two
    [late] = services.tick_off(staff, session_id=claim.session_id, claims=[never.pk])
    never.refresh_from_db()
    assert (never.state, never.used) == ("used", 1), "the paper list came later: they were there"
    services.undo_check_in(staff, check_in_id=late.pk, reason="看错了一行")
    never.refresh_from_db()
    assert (never.state, never.used) == ("no_show", 0)


def test_one_use_of_several_clears_an_absence(tree):
    by_code, by_list, staff = claimed(tree, uses=3), claimed(tree, uses=3), viewer_at(tree.city, "publicity")
    Claim.objects.update(state="no_show")
    services.check_in(staff, key=uuid4(), text=shown(by_code))
    services.tick_off(staff, session_id=by_list.session_id, claims=[by_list.pk])
    assert set(Claim.objects.values_list("state", "used")) == {("held", 1)}
