"""The course of a voice: who owns it, where it may go, and that nothing ends without an answer its author knows."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Act, Nature, Outcome, State, Told, Visibility
from gonghui.apps.voice.models import Answer, Handover, PublicVoice, Voice, VoiceAct
from gonghui.apps.voice.rules import course
from gonghui.kernel.messages.models import Message
from gonghui.kernel.refusal import Refusal

from .conftest import Desks

REPLY = "已经和食堂承包商谈过，本周起加菜一道并保温，请大家监督。"


def test_there_is_no_way_to_the_end_but_through_an_answer() -> None:
    """Every sequence of acts up to seven long: whoever is closed was answered and told since it was last taken."""
    acts = [one.act for one in course.MOVES]
    seen = set()

    def walk(state: State, answered: bool, told: bool, depth: int) -> None:
        if (state, answered, told, depth) in seen or depth == 7:
            return
        seen.add((state, answered, told, depth))
        for act in acts:
            move = course.move(act, state)
            if move is None or (move.needs_answer and not answered) or (move.needs_told and not told):
                continue
            now_answered = answered or act == Act.ANSWERED
            now_told = told if act not in (Act.ANSWERED, Act.REOPENED) else False
            if move.ends == State.CLOSED:
                assert now_answered and now_told and state == State.ANSWERED
            walk(move.ends, now_answered, now_told, depth + 1)
            if move.ends == State.ANSWERED:
                walk(move.ends, now_answered, True, depth + 1)

    walk(State.RECEIVED, False, False, 0)
    assert {one for one, *_ in seen} == set(State.members())


def test_every_move_into_the_end_asks_for_both() -> None:
    into = [one for one in course.MOVES if one.ends == State.CLOSED]
    assert into and all(one.needs_answer and one.needs_told and one.begins == (State.ANSWERED,) for one in into)


@pytest.mark.parametrize(("answered", "told"), [(False, False), (True, False), (False, True)])
def test_the_database_refuses_an_end_without_an_answer(desks: Desks, answered: bool, told: bool) -> None:
    voice, today = desks.raised(), timezone.localdate()
    values = {"answered_on": today if answered else None, "told_on": today if told else None}
    with pytest.raises(IntegrityError, match="voice_no_end_without_answer"), transaction.atomic():
        Voice.objects.filter(pk=voice.pk).update(state=State.CLOSED, **values)


def test_from_the_phone_to_the_rating(desks: Desks) -> None:
    voice = desks.raised()
    assert (voice.state, voice.handler_id) == (State.RECEIVED, desks.tree.union.pk) and voice.due_on is not None
    services.take(desks.chair, voice_id=voice.pk)
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.SOLVED, words=REPLY)
    with pytest.raises(Refusal, match="GH-VOI-015"):
        services.close_told(desks.chair, voice_id=voice.pk)
    services.own.rate(desks.me, voice_id=voice.pk, score=5)
    voice.refresh_from_db()
    assert (voice.state, voice.score, voice.solved, voice.told) == (State.CLOSED, 5, True, Told.SEEN)
    acts = list(VoiceAct.objects.filter(voice=voice).order_by("step").values_list("act", flat=True))
    assert acts == ["received", "taken", "answered", "seen", "rated", "closed"]


def test_no_act_of_the_desk_closes_it_before_an_answer(desks: Desks) -> None:
    voice = desks.raised()
    today = timezone.localdate()
    tries = [
        lambda: services.close_told(desks.chair, voice_id=voice.pk),
        lambda: services.tell(desks.chair, voice_id=voice.pk, how=Told.IN_PERSON, words="当面说了"),
        lambda: services.own.rate(desks.me, voice_id=voice.pk, score=5),
        lambda: services.own.not_solved(desks.me, voice_id=voice.pk, words="还是没有"),
        lambda: services.keep_promise(desks.chair, voice_id=voice.pk, words="办好了"),
    ]
    for state in (State.RECEIVED, State.HANDLING):
        for one in tries:
            with pytest.raises(Refusal):
                one()
        assert services.close_quiet(today + timedelta(days=400)) == 0
        voice.refresh_from_db()
        assert voice.state == state
        if state == State.RECEIVED:
            services.take(desks.chair, voice_id=voice.pk)


def test_not_solved_once_goes_a_tier_higher(desks: Desks) -> None:
    voice = desks.raised()
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    services.own.not_solved(desks.me, voice_id=voice.pk, words="只说没改")
    voice.refresh_from_db()
    assert voice.state == State.RECEIVED and len(voice.handler_path) < len(desks.tree.union.path)
    assert voice.solved is False and voice.told_on is None
    upper = desks.county if voice.handler_id == desks.tree.county.pk else desks.city
    with pytest.raises(Refusal, match="GH-VOI-011"):
        services.take(desks.chair, voice_id=voice.pk)
    services.take(upper, voice_id=voice.pk)
    services.answer(upper, voice_id=voice.pk, outcome=Outcome.SOLVED, words=REPLY)
    with pytest.raises(Refusal, match="GH-VOI-027"):
        services.own.not_solved(desks.me, voice_id=voice.pk, words="还是没改")
    services.own.rate(desks.me, voice_id=voice.pk, score=3)
    assert Answer.objects.filter(voice=voice).count() == 2


def test_up_and_down_with_receipts(desks: Desks) -> None:
    voice = desks.raised()
    services.hand_up(desks.chair, voice_id=voice.pk, reason="涉及全县的班车")
    voice.refresh_from_db()
    assert voice.handler_id == desks.tree.county.pk and voice.state == State.RECEIVED
    services.take(desks.county, voice_id=voice.pk)
    receipt = Handover.objects.get(voice=voice)
    assert receipt.received_on == timezone.localdate() and receipt.direction == "up"
    services.hand_down(desks.county, voice_id=voice.pk, to=desks.tree.union, reason="请你们先核实")
    services.send_back(desks.chair, voice_id=voice.pk, reason="不是本单位的班车")
    voice.refresh_from_db()
    assert voice.handler_id == desks.tree.county.pk
    assert (
        list(Handover.objects.filter(voice=voice).order_by("pk").values_list("returned_on", flat=True))[1] is not None
    )


def test_kept_from_the_own_unit(desks: Desks) -> None:
    """Who does not want the own unit to know is handled above, and it is not handed back there."""
    voice = desks.raised("班长总是把好活给亲戚", may_hand_down=False, topic="democracy")
    assert voice.handler_id == desks.tree.county.pk and voice.path == desks.tree.county.path
    with pytest.raises(Refusal, match="GH-VOI-034"):
        services.hand_down(desks.county, voice_id=voice.pk, to=desks.tree.union, reason="请核实")


def test_merged_ones_keep_their_authors(desks: Desks) -> None:
    lead = desks.raised()
    others = [desks.by_poster(f"饭堂的伙食太差了，第{n}次说", visibility=Visibility.UNION)[0] for n in range(3)]
    services.take(desks.chair, voice_id=lead.pk)
    services.merge(desks.chair, lead_id=lead.pk, voice_ids=[one.pk for one in others])
    services.hand_up(desks.chair, voice_id=lead.pk, reason="要和承包商谈")
    for one in others:
        one.refresh_from_db()
        assert one.handler_id == desks.tree.county.pk
    services.answer(desks.county, voice_id=lead.pk, outcome=Outcome.SOLVED, words=REPLY)
    assert Answer.objects.count() == 4
    assert {one.state for one in Voice.objects.all()} == {State.ANSWERED}


def test_late_ones_go_up_and_quiet_ones_end(desks: Desks) -> None:
    voice, today = desks.raised(), timezone.localdate()
    assert services.escalate(today) == 0
    assert services.escalate(today + timedelta(days=30)) == 1
    voice.refresh_from_db()
    assert voice.handler_id == desks.tree.county.pk and voice.late and voice.breaches == 1
    services.answer(desks.county, voice_id=voice.pk, outcome=Outcome.DECLINED, words=REPLY)
    assert services.close_quiet(today + timedelta(days=60)) == 0, "nobody has read it"
    services.own.see(desks.me, voice_id=voice.pk)
    assert services.close_quiet(today + timedelta(days=60)) == 1


def test_a_promise_has_its_day(desks: Desks) -> None:
    voice, today = desks.raised(visibility=Visibility.PUBLIC), timezone.localdate()
    services.publish(desks.chair, voice_id=voice.pk, title="食堂饭菜又少又冷", words="食堂的饭菜又少又冷，希望改善")
    with pytest.raises(Refusal, match="GH-VOI-039"):
        services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.PROMISED, words=REPLY)
    day = today + timedelta(days=20)
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.PROMISED, words=REPLY, promised_on=day)
    services.keep_promise(desks.chair, voice_id=voice.pk, words="新的保温台装好了")
    shown = PublicVoice.objects.get(voice=voice)
    assert (shown.promised_on, shown.kept_on, shown.state) == (day, today, State.ANSWERED)


def test_numbers_and_unfilled_brackets_are_refused(desks: Desks) -> None:
    voice = desks.raised(visibility=Visibility.PUBLIC)
    with pytest.raises(Refusal, match="GH-VOI-055"):
        services.publish(desks.chair, voice_id=voice.pk, title="食堂饭菜", words="请联系13800138000")
    with pytest.raises(Refusal, match="GH-VOI-038"):
        services.answer(
            desks.chair, voice_id=voice.pk, outcome=Outcome.SOLVED, words="您好，您反映的（填写事情）已经解决。"
        )


@pytest.mark.parametrize(
    ("text", "category"),
    [("老板三个月没发工资了", "wages"), ("机器把手指压断了没人管", "injury"), ("主管老是对我动手动脚", "harassment"), ("我不想活了", "selfharm")],
)  # fmt: skip
def test_special_matters_go_to_the_right_desk_alone(desks: Desks, text: str, category: str) -> None:
    voice = desks.raised(text)
    assert voice.sensitive == category and voice.handler_id == desks.tree.county.pk
    assert voice.seats == [f"rights@{desks.tree.county.pk}"]
    with pytest.raises(Refusal):
        services.take(desks.county, voice_id=voice.pk)
    services.take(desks.rights, voice_id=voice.pk)


def test_daily_limit_and_who_may(desks: Desks) -> None:
    for _ in range(10):
        desks.raised()
    with pytest.raises(Refusal, match="GH-VOI-006"):
        desks.raised()
    with pytest.raises(Refusal, match="GH-VOI-007"):
        desks.raised(visibility=Visibility.ANONYMOUS)


def test_natures_have_clocks_of_their_own(desks: Desks) -> None:
    days = {}
    for nature in Nature.members():
        voice = desks.raised(nature=nature)
        services.take(desks.chair, voice_id=voice.pk)
        voice.refresh_from_db()
        days[nature] = voice.due_on
    assert days[Nature.CONSULT] < days[Nature.REQUEST] < days[Nature.SUGGEST]
    assert len(set(itertools.chain(days.values()))) == 3


def test_an_answer_reaches_the_phone_of_its_author_and_a_sensitive_one_without_a_word(desks: Desks) -> None:
    plain, hard = desks.raised(), desks.raised("拖欠工资三个月了，找谁都不管")
    nobody, _ = desks.by_poster("浴室的热水不热，冬天没法洗")
    assert hard.sensitive == "wages"
    for desk, one in ((desks.chair, plain), (desks.rights, hard), (desks.chair, nobody)):
        services.answer(desk, voice_id=one.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    rows = dict(Message.objects.values_list("about", "title"))
    assert rows == {plain.pk: Voice.objects.get(pk=plain.pk).handler_name, hard.pk: ""}
