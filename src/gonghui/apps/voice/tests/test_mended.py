"""What a second reading found: owners who are gone, leads that come back, special matters beside ordinary ones, slips
that cannot be written, numbers that are told to others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gonghui.apps.voice import services
from gonghui.apps.voice.choices import Act, Outcome, State, Told, Visibility
from gonghui.apps.voice.models import (
    Answer,
    PublicVoice,
    Voice,
    VoiceAct,
    VoicePiece,
    VoiceTerm,
)
from gonghui.apps.voice.queries import similar
from gonghui.apps.voice.queries import voices as queries
from gonghui.apps.voice.services import anonymous, indexing, ticking
from gonghui.kernel.access.models import Post
from gonghui.kernel.box import services as box
from gonghui.kernel.factories import make_member, make_organisation, viewer_at
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.factories import member_viewer
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.models import Rule
from gonghui.kernel.scope import acting, take_scope, take_scope_of
from gonghui.kernel.viewer import SYSTEM

from .conftest import Desks, said
from .test_course import REPLY
from .test_pages import client_of, page

HARASSED = "主管老是对我动手动脚"


def test_the_accused_unit_does_not_get_a_special_matter_that_was_kept_from_it(desks: Desks) -> None:
    viewer_at(desks.tree.union, "rights", "rights.union")
    kept = desks.raised(HARASSED, may_hand_down=False)
    assert kept.handler_id == desks.tree.county.pk and kept.seats == [f"rights@{desks.tree.county.pk}"]
    assert desks.raised(HARASSED).handler_id == desks.tree.union.pk, "who did not object is helped next door"


def test_without_a_post_for_special_matters_the_usual_desk_takes_them(desks: Desks) -> None:
    Post.objects.filter(role="rights").delete()
    voice = desks.raised(HARASSED)
    assert voice.handler_id == desks.tree.union.pk and f"grassroots_chair@{desks.tree.union.pk}" in voice.seats
    services.take(desks.chair, voice_id=voice.pk)


def test_a_lead_that_is_reopened_is_answered_again(desks: Desks) -> None:
    lead = desks.raised()
    other, _ = desks.by_poster("饭堂的伙食没胃口")
    services.merge(desks.chair, lead_id=lead.pk, voice_ids=[other.pk])
    services.answer(desks.chair, voice_id=lead.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    services.own.not_solved(desks.me, voice_id=lead.pk, words="没有改")
    upper = Voice.objects.get(pk=lead.pk).handler_id
    actor = {desks.tree.county.pk: desks.county, desks.tree.city.pk: desks.city}[upper]
    services.answer(actor, voice_id=lead.pk, outcome=Outcome.SOLVED, words=REPLY)
    assert Answer.objects.filter(voice=lead).count() == 2 and Answer.objects.filter(voice=other).count() == 1


def test_the_desk_cannot_end_what_its_author_can_read(desks: Desks) -> None:
    voice = desks.raised()
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    with pytest.raises(Refusal, match="GH-VOI-041"):
        services.tell(desks.chair, voice_id=voice.pk, how=Told.IN_PERSON, words="当面说了")
    hidden = said("排班不公", visibility=Visibility.ANONYMOUS, may_hand_down=True, topic="democracy")
    anonymous.drop_voice(desks.tree.union.pk, hidden, "a")
    anonymous.sort()
    take_scope_of(SYSTEM)
    nobody = Voice.objects.get(visibility=Visibility.ANONYMOUS)
    services.answer(desks.chair, voice_id=nobody.pk, outcome=Outcome.EXPLAINED, words=REPLY)
    with pytest.raises(Refusal, match="GH-VOI-041"):
        services.tell(desks.chair, voice_id=nobody.pk, how=Told.NOTICE, words="贴了")


def test_a_caller_is_told_and_reads_that_it_was_said(desks: Desks) -> None:
    voice, _ = services.register(
        desks.county, organisation=desks.tree.county, channel="call", said=said("班车太少", topic="commute")
    )  # type: ignore[arg-type]
    services.answer(desks.county, voice_id=voice.pk, outcome=Outcome.SOLVED, words=REPLY)
    services.tell(desks.county, voice_id=voice.pk, how=Told.IN_PERSON, words="电话告诉了本人")
    assert "电话告诉了本人" in [one.note for one in queries.course(voice, for_author=True)]
    services.close_told(desks.county, voice_id=voice.pk)
    assert Voice.objects.get(pk=voice.pk).state == State.CLOSED


def test_what_was_merged_goes_with_a_lead_that_becomes_special(desks: Desks) -> None:
    from gonghui.apps.voice.choices import Sensitive

    lead = desks.raised("组长对新来的女工不规矩", visibility=Visibility.PUBLIC)
    other, _ = desks.by_poster("组长对女工不规矩，没人敢说")
    services.publish(desks.chair, voice_id=lead.pk, title="组长对女工不规矩", words="组长对新来的女工不规矩")
    services.merge(desks.chair, lead_id=lead.pk, voice_ids=[other.pk])
    services.to_right_desk(desks.chair, voice_id=lead.pk, special=Sensitive.HARASSMENT)
    assert {one.sensitive for one in Voice.objects.all()} == {"harassment"}
    assert not PublicVoice.objects.exists() and not VoicePiece.objects.exists()
    take_scope_of(desks.chair)
    assert not Voice.objects.exists()
    take_scope_of(desks.rights)
    assert Voice.objects.count() == 2


def test_a_desk_that_nobody_sits_at_loses_what_it_took(desks: Desks) -> None:
    voice = desks.raised()
    services.take(desks.chair, voice_id=voice.pk)
    Post.objects.filter(organisation=desks.tree.union).update(valid_to=timezone.localdate() - timedelta(days=1))
    assert services.escalate(timezone.localdate() + timedelta(days=60)) == 1
    assert Voice.objects.get(pk=voice.pk).handler_id == desks.tree.county.pk


def test_open_voices_go_along_when_their_desk_moves(desks: Desks) -> None:
    voice = desks.raised()
    other = make_organisation("甲县总工会", "federation", "county", desks.tree.city, region_code="360826")
    moved = other.path + desks.tree.union.path[len(desks.tree.county.path) :]
    Organisation.objects.filter(pk=desks.tree.union.pk).update(path=moved)
    assert ticking.follow_moves() == 1
    voice.refresh_from_db()
    assert (voice.path, voice.handler_path) == (moved, moved)


def test_words_are_counted_by_the_job_that_has_no_range(desks: Desks) -> None:
    desks.raised()
    take_scope("", "")
    assert indexing.count_terms() > 0
    with acting(SYSTEM):
        assert VoiceTerm.objects.count() == len(set(VoicePiece.objects.values_list("piece", flat=True))) > 0


def test_one_slip_that_cannot_be_written_keeps_nobody_waiting(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    union = desks.tree.union.pk
    for text in ("第一件：排班不公", "第二件：食堂太远"):
        anonymous.drop_voice(union, said(text, visibility=Visibility.ANONYMOUS), "a")
    real = anonymous.put_down

    def once(*args: object, **kwargs: object) -> Voice:
        if "第一件" in str(kwargs["checked"]):
            raise RuntimeError("the disk is full")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(anonymous, "put_down", once)
    anonymous.sort()
    take_scope_of(SYSTEM)
    assert Voice.objects.count() == 1 and box.count(anonymous.FAILED) == 1
    monkeypatch.setattr(anonymous, "put_down", real)
    anonymous.sort()
    take_scope_of(SYSTEM)
    assert Voice.objects.count() == 2 and box.count(anonymous.FAILED) == 0


def test_a_topic_taken_away_meanwhile_refuses_nothing(desks: Desks) -> None:
    anonymous.drop_voice(desks.tree.union.pk, said("排班不公", visibility=Visibility.ANONYMOUS), "a")
    city = desks.tree.city
    Rule.objects.create(
        key="voice.topics", organisation=city, path=city.path, valid_from=timezone.localdate(), value=["other=其他"],
        version=1,
    )  # fmt: skip
    anonymous.sort()
    take_scope_of(SYSTEM)
    assert Voice.objects.count() == 1


def test_what_is_too_short_is_refused_while_its_author_is_there(desks: Desks) -> None:
    code, _ = anonymous.drop_voice(desks.tree.union.pk, said("排班不公", visibility=Visibility.ANONYMOUS), "a")
    anonymous.sort()
    with pytest.raises(Refusal, match="GH-VOI-022"):
        services.by_code.act(code.replace("-", ""), "write", text="嗯")


def test_only_what_is_near_is_offered_to_be_joined(desks: Desks) -> None:
    voice, _ = desks.by_poster("饭堂的饭菜难吃，分量又少", visibility=Visibility.PUBLIC, may_hand_down=True)
    services.publish(desks.chair, voice_id=voice.pk, title="食堂饭菜难吃", words="饭堂的饭菜难吃，分量又少")
    near = similar.public_near(desks.me, "食堂的伙食没胃口，分量不够", "canteen", desks.tree.union.path)
    assert [one.voice_id for one in near] == [voice.pk]
    far = make_organisation("乙县总工会", "federation", "county", desks.tree.city, region_code="360827")
    assert similar.public_near(desks.me, "食堂的伙食没胃口，分量不够", "canteen", far.path) == []


def test_how_many_say_it_is_one_number_everywhere(desks: Desks) -> None:
    lead = desks.raised(visibility=Visibility.PUBLIC)
    services.publish(desks.chair, voice_id=lead.pk, title="食堂饭菜又少又冷", words="食堂的饭菜又少又冷")
    others = [desks.by_poster(f"饭堂的伙食太差，第{n}次说")[0].pk for n in range(3)]
    services.merge(desks.chair, lead_id=lead.pk, voice_ids=others)
    joiner = member_viewer(make_member(desks.tree.union, "曾小红").person)
    assert services.join(joiner, voice_id=lead.pk) == 4
    services.take(desks.chair, voice_id=lead.pk)
    assert PublicVoice.objects.get().backers == 4
    services.answer(desks.chair, voice_id=lead.pk, outcome=Outcome.SOLVED, words=REPLY)
    assert [one.new for one in queries.joined(joiner)] == [True]
    services.own.see_joined(joiner)
    assert [one.new for one in queries.joined(joiner)] == [False]


def test_a_matter_that_others_joined_leads(desks: Desks) -> None:
    shown = desks.raised(visibility=Visibility.PUBLIC)
    services.publish(desks.chair, voice_id=shown.pk, title="食堂饭菜又少又冷", words="食堂的饭菜又少又冷")
    plain, _ = desks.by_poster("饭堂的伙食太差")
    with pytest.raises(Refusal, match="GH-VOI-058"):
        services.merge(desks.chair, lead_id=plain.pk, voice_ids=[shown.pk])


def test_a_bad_mark_is_no_solution_and_a_new_round_begins_blank(desks: Desks) -> None:
    voice = desks.raised()
    day = timezone.localdate() + timedelta(days=9)
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.PROMISED, words=REPLY, promised_on=day)
    services.own.rate(desks.me, voice_id=voice.pk, score=1)
    voice.refresh_from_db()
    assert voice.solved is False
    services.own.not_solved(desks.me, voice_id=voice.pk, words="没有改")
    voice.refresh_from_db()
    assert (voice.score, voice.promised_on) == (None, None)


def test_no_moment_of_what_an_anonymous_author_brings_about(desks: Desks) -> None:
    code, _ = anonymous.drop_voice(desks.tree.union.pk, said("排班不公", visibility=Visibility.ANONYMOUS), "a")
    anonymous.sort()
    take_scope_of(SYSTEM)
    voice = Voice.objects.get()
    services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.SOLVED, words=REPLY)
    services.by_code.act(code.replace("-", ""), "rate", score=5)
    anonymous.sort()
    take_scope_of(SYSTEM)
    moments = dict(VoiceAct.objects.filter(voice=voice).values_list("act", "at"))
    assert {act for act, at in moments.items() if at is None} == {"received", "seen", "rated", "closed"}
    assert Act.ANSWERED in moments


def test_adopted_is_said_by_a_list_alone(desks: Desks) -> None:
    voice = desks.raised()
    with pytest.raises(Refusal, match="GH-VOI-047"):
        services.answer(desks.chair, voice_id=voice.pk, outcome=Outcome.ADOPTED, words=REPLY)


def test_a_notice_reaches_the_members_it_is_meant_for(desks: Desks) -> None:
    day = timezone.localdate() + timedelta(days=5)
    for title, to_members in (("高温天气劳动保护", True), ("报送年度报表", False)):
        services.issue(
            desks.county, title=title, words="各工会本周内完成，结果报县总工会。", due_on=day, to_members=to_members,
            below=[desks.tree.union],
        )  # fmt: skip
    phone = client_of(desks.me)
    shown = page(phone, "/m/voices/")
    assert "高温天气劳动保护" in shown and "报送年度报表" not in shown
    take_scope_of(SYSTEM)
    notice = queries.notices(desks.me)[0]
    assert "各工会本周内完成" in page(phone, f"/m/voices/notices/{notice.pk}/")


def test_lists_of_voices_ask_no_more_for_many(desks: Desks) -> None:
    from django.test.utils import CaptureQueriesContext

    county = client_of(desks.county)
    desks.raised()
    page(county, "/desk/voices/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            page(county, "/desk/voices/")
        counts.append(len(asked))
        take_scope_of(SYSTEM)
        for number in range(4):
            desks.raised(f"第{number}件：宿舍没有热水", topic="housing")
    assert counts[0] == counts[1]
