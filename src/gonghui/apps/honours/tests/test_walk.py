"""Model workers, medals, teams and organisations walk through two reviews and three notices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.honours import queries
from gonghui.apps.honours import services as honours
from gonghui.apps.honours.models import Conferral
from gonghui.kernel.factories import make_member
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.procedures.models import Application, Clock, Decision, Notice, Step
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import services as rules
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import OUTSIDER

from .conftest import AGREED, NOMINEE, TEAM, UNIT, Stage


def test_a_line_worker_becomes_a_model_worker(stage: Stage) -> None:
    person = stage.nominee()
    done = stage.nominate("honours.model_worker", person, **NOMINEE)
    assert done.document["name"] == "郭建平" and done.document["sex"] == "1"  # known, not asked
    assert stage.open_keys(done) == ["congress"]
    stage.vote(done)
    assert stage.open_keys(done) == ["unit_notice"]  # opinions of authorities are for heads and cadres
    stage.notice_over(done, "unit_notice")
    services.approve(stage.county, step_id=stage.step(done, "first_review"))
    assert stage.open_keys(done) == ["county_notice"]
    stage.notice_over(done, "county_notice")
    services.approve(stage.city, step_id=stage.step(done, "second_review"))
    stage.notice_over(done, "city_notice")
    with pytest.raises(Refusal, match="GH-PRO-011"):
        services.approve(stage.city, step_id=stage.step(done, "decide"))
    services.approve(stage.publicity, step_id=stage.step(done, "decide"), document_no="吉工发〔2026〕8号")
    done.refresh_from_db()
    row = Conferral.objects.get(application=done)
    assert done.state == "approved"
    assert (row.name, row.person, row.unit_name, row.issuer_name, row.document_no, row.level, row.on_wall) == (
        "郭建平", person, stage.tree.union.name, "吉安市总工会", "吉工发〔2026〕8号", "city", True,
    )  # fmt: skip
    assert Notice.objects.filter(application=done, state="ended").count() == 3
    assert list(queries.wall()) == [row] and TrailRecord.objects.filter(verb="honour.conferred").count() == 1


def test_the_congress_needs_its_quorum_and_more_than_half_of_all(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE)
    with pytest.raises(Refusal, match="三分之二"):
        stage.vote(done, yes=59, present=59, committee=90)
    stage.vote(done, yes=45, present=80, committee=90)  # exactly half of all is not more than half
    done.refresh_from_db()
    assert done.state == "rejected"


def test_one_authority_against_a_head_ends_it(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE | {"post": "firm_head"})
    stage.vote(done)
    assert stage.open_keys(done) == ["opinions", "unit_notice"]  # side by side
    services.approve(
        stage.county, step_id=stage.step(done, "opinions"), given=AGREED | {"tax": "object"}, note="近三年有欠税"
    )
    done.refresh_from_db()
    assert done.state == "rejected"
    assert Decision.objects.get(application=done).reason == "一票否决：税务机关意见不同意。近三年有欠税"
    assert Notice.objects.get(application=done).state == "withdrawn"


def test_an_upheld_appeal_skips_no_notice(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE | {"post": "firm_head"})
    stage.vote(done)
    services.approve(stage.county, step_id=stage.step(done, "opinions"), given=AGREED | {"tax": "object"})
    services.appeal(stage.chair, application_id=done.pk, text="税务机关已出具更正说明")
    with pytest.raises(Refusal, match="GH-PRO-011"):
        services.approve(stage.county, step_id=stage.step(done, "appeal"))
    services.approve(stage.publicity, step_id=stage.step(done, "appeal"), note="申诉成立")
    done.refresh_from_db()
    assert stage.open_keys(done) == ["unit_notice"] and not Conferral.objects.exists()
    stage.notice_over(done, "unit_notice")
    assert stage.open_keys(done) == ["first_review"]


def test_an_objection_at_the_second_notice_is_answered_first(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE)
    stage.vote(done)
    stage.notice_over(done, "unit_notice")
    services.approve(stage.county, step_id=stage.step(done, "first_review"))
    notice = Notice.objects.get(application=done, step__key="county_notice")
    made = services.object_to(OUTSIDER, token=notice.token, text="事迹材料与事实不符", in_confidence=True)
    stage.notice_over(done, "county_notice")
    assert stage.open_keys(done) == ["county_notice"]
    services.answer_objection(stage.county, objection_id=made.pk, upheld=False, answer="经核查，事迹属实")
    stage.notice_over(done, "county_notice")
    assert stage.open_keys(done) == ["second_review"]


def test_an_upheld_objection_ends_it_and_only_the_unit_may_appeal(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE)
    stage.vote(done)
    notice = Notice.objects.get(application=done, step__key="unit_notice")
    made = services.object_to(OUTSIDER, token=notice.token, text="会议没有开过", name="甲", contact="19900000009")
    services.answer_objection(stage.chair, objection_id=made.pk, upheld=True, answer="经核查，会议记录不全")
    done.refresh_from_db()
    assert done.state == "rejected" and not Conferral.objects.exists()
    with pytest.raises(Refusal, match="GH-PRO-010"):
        services.appeal(stage.county, application_id=done.pk, text="会议确实开过")


def test_a_first_review_that_is_too_late_goes_up(stage: Stage) -> None:
    done = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE)
    stage.vote(done)
    stage.notice_over(done, "unit_notice")
    step = Step.objects.get(application=done, key="first_review")
    assert step.organisation == stage.tree.county and step.due_on is not None
    services.tick(step.due_on + timedelta(days=1))
    step.refresh_from_db()
    assert (step.organisation, step.due_tone) == (stage.tree.city, "bad")
    assert Clock.objects.filter(step=step, state="breached").count() == 1


def test_a_team_and_an_organisation(stage: Stage) -> None:
    stage.open("worker_pioneer_city")
    stage.open("may_day_certificate_city")
    for key, typed in (("honours.worker_pioneer", TEAM), ("honours.may_day_certificate", UNIT)):
        done = stage.nominate(key, **typed)
        stage.to_decision(done)
        services.approve(stage.publicity, step_id=stage.step(done, "decide"), document_no="吉工发〔2026〕9号")
    assert list(Conferral.objects.order_by("pk").values_list("to", "name", "person")) == [
        ("team", "包装车间甲班", None), ("organisation", "江西安福泸水河食品有限公司", None),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="已获得"):
        stage.nominate("honours.worker_pioneer", **TEAM)
    assert stage.nominate("honours.worker_pioneer", **TEAM | {"team": "包装车间乙班"}).state == "running"


def test_medals_and_craftsmen(stage: Stage) -> None:
    stage.open("may_day_medal_city")
    done = stage.nominate("honours.may_day_medal", stage.nominee(), **NOMINEE | {"honour": "may_day_medal_city"})
    stage.to_decision(done)
    services.approve(stage.publicity, step_id=stage.step(done, "decide"))
    stage.open("finest_worker_city")
    other = stage.nominate("honours.craftsman", stage.nominee("钟招娣"), **NOMINEE | {"honour": "finest_worker_city"})
    stage.notice_over(other, "unit_notice")
    services.approve(stage.county, step_id=stage.step(other, "first_review"))
    services.approve(stage.city, step_id=stage.step(other, "second_review"))
    stage.notice_over(other, "city_notice")
    services.approve(stage.publicity, step_id=stage.step(other, "decide"))
    assert list(Conferral.objects.order_by("pk").values_list("kind", flat=True)) == [
        "may_day_medal_city",
        "finest_worker_city",
    ]


def past(stage: Stage, person: Any, year: int, kind: str = "model_worker_city") -> Conferral:
    return honours.register(
        stage.publicity, kind_key=kind, year=year, name=person.name, person=person, organisation=stage.tree.union,
        issuer_name="吉安市人民政府", conferred_on=date(year, 4, 28), document_no=f"吉府字〔{year}〕11号",
    )  # fmt: skip


def test_the_same_person_again_within_the_cycle(stage: Stage) -> None:
    person, year = stage.nominee(), timezone.localdate().year
    past(stage, person, year - 4)
    with pytest.raises(Refusal, match=f"同一荣誉同一对象隔多少年可以再评”，{year + 1}年起"):
        stage.nominate("honours.model_worker", person, **NOMINEE)
    rules.set_rule(
        stage.city, organisation=stage.tree.city, key="honours.cycle_years", value=4, valid_from=date(2020, 1, 1),
        source="吉工发〔2020〕1号",
    )  # fmt: skip
    assert stage.nominate("honours.model_worker", person, **NOMINEE).state == "running"


def test_a_revoked_honour_does_not_bar(stage: Stage) -> None:
    person = stage.nominee()
    row = past(stage, person, timezone.localdate().year - 1)
    honours.revoke(stage.publicity, conferral_id=row.pk, reason="查实事迹材料不实")
    assert stage.nominate("honours.model_worker", person, **NOMINEE).state == "running"
    with pytest.raises(Refusal, match="GH-HON-015"):
        honours.revoke(stage.publicity, conferral_id=row.pk, reason="查实事迹材料不实")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"punished": "是"}, "受过刑事处罚"),
        ({"arrears": "是"}, "拖欠工资"),
        ({"post": "cadre", "rank": "department"}, "厅局级副职以上干部不参评"),
        ({"honour": "model_worker_province"}, "没有接受推荐的省劳动模范评选"),
    ],
)
def test_bars_name_the_rule(stage: Stage, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE | changes)


def test_a_province_asks_for_an_earlier_honour(stage: Stage) -> None:
    today, province = timezone.localdate(), officer(stage.tree.province, "publicity", "省宣教")
    honours.open_campaign(
        province, organisation=stage.tree.province, kind_key="model_worker_province", year=today.year, places=5,
        opens_on=today, closes_on=today + timedelta(days=90),
    )  # fmt: skip
    typed = NOMINEE | {"honour": "model_worker_province"}
    with pytest.raises(Refusal, match="要先获得市劳动模范"):
        stage.nominate("honours.model_worker", stage.nominee(), **typed)
    person = stage.nominee("钟招娣")
    past(stage, person, today.year - 6)
    done = stage.nominate("honours.model_worker", person, **typed)
    stage.to_decision(done)
    assert stage.open_keys(done) == ["decide_province"]
    services.approve(province, step_id=stage.step(done, "decide_province"))
    assert Conferral.objects.get(application=done).issuer_name == "江西省总工会"


def test_places_run_out(stage: Stage) -> None:
    honours.change_campaign(
        stage.publicity, campaign=stage.campaign, places=1, closes_on=stage.campaign.closes_on, county_places={}
    )
    first = stage.nominate("honours.model_worker", stage.nominee(), **NOMINEE)
    second = stage.nominate("honours.model_worker", stage.nominee("钟招娣"), **NOMINEE)
    stage.to_decision(first)
    services.approve(stage.publicity, step_id=stage.step(first, "decide"))
    stage.to_decision(second)
    with pytest.raises(Refusal, match="1个名额已经用完"):
        services.approve(stage.publicity, step_id=stage.step(second, "decide"))
    second.refresh_from_db()
    assert second.state == "running"


def test_the_counters_of_a_campaign_live(stage: Stage) -> None:
    for number, post in enumerate(("manager", "manager", "manager", "line")):
        stage.nominate("honours.model_worker", stage.nominee(f"甲{number}"), **NOMINEE | {"post": post})
    standing = queries.standing(stage.publicity, stage.campaign)
    counted = {one.quota.trait: one for one in standing.counters}
    assert (counted["manager"].breach, [one.name for one in counted["manager"].by]) == (1, ["甲2"])
    assert (counted["line"].bound, counted["line"].count, counted["line"].reserved) == (4, 1, 3)
    assert [(row.name, row.places, row.count, row.over) for row in standing.places] == [
        ("安福县总工会", 3, 4, 1), ("遂川县总工会", 2, 0, 0),
    ]  # fmt: skip
    last = Application.objects.get(document__name="甲2")
    services.withdraw(stage.chair, application_id=last.pk, reason="更换人选")
    counted = {one.quota.trait: one for one in queries.standing(stage.publicity, stage.campaign).counters}
    assert counted["manager"].breach == 0


def test_campaigns_are_of_their_level_and_once(stage: Stage) -> None:
    with pytest.raises(Refusal, match="GH-HON-003"):
        stage.open("model_worker_province")
    with pytest.raises(Refusal, match="GH-HON-005"):
        stage.open("model_worker_city")
    with pytest.raises(Refusal, match="GH-HON-004"):
        stage.open("craftsman_city", places=2, county_places={stage.tree.county.pk: 3})
    with pytest.raises(Refusal, match="GH-HON-002"):
        honours.open_campaign(
            stage.county, organisation=stage.tree.county, kind_key="craftsman_city", year=2026, places=1,
            opens_on=date(2026, 1, 1), closes_on=date(2026, 2, 1),
        )  # fmt: skip


def test_past_honours_stay_in_range_and_once(stage: Stage) -> None:
    person = stage.nominee()
    past(stage, person, 2015)
    with pytest.raises(Refusal, match="GH-HON-009"):
        past(stage, person, 2015)
    foreign = make_member(stage.tree.other_union, "曾玉珍").person
    with pytest.raises(Refusal, match="GH-HON-008"):
        past(stage, foreign, 2016)
    assert [row.year for row in queries.of_person(stage.publicity, person.pk)] == [2015]
