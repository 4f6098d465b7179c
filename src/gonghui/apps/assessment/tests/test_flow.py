"""An assessment runs from the self-score to the grade, to a demonstration point, and down again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gonghui.apps.assessment import factories, rules, services
from gonghui.apps.assessment.models import GradeRecord, ItemSheet, SheetEvidence
from gonghui.apps.assessment.queries import sheets
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import Tree, make_member, viewer_at
from gonghui.kernel.models import Appointment, Employer, Organisation, Post, Rule, SignOfLife
from gonghui.kernel.procedures import registry, shipped
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.factories import officer as new_officer
from gonghui.kernel.procedures.models import Application, Notice, Step
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.procedures.rules.checking import check
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

DAY = date(2026, 3, 2)
"""A Monday on which the committee of the cast's union is in term."""


@pytest.fixture
def good(tree: Tree) -> Tree:
    """The union's records are in order: officers, employer, dues, activities; nobody is drawn for a visit."""
    for name, office in (("尹春生", "chair"), ("吴小芳", "audit_director"), ("郭丽", "women_director")):
        Appointment.objects.create(
            path=tree.union.path, person=make_member(tree.union, name, last_sign_on=date(2026, 2, 1)).person,
            organisation=tree.union, office=office, valid_from=date(2021, 5, 1),
        )  # fmt: skip
    tree.union.headcount = 4
    tree.union.save()
    Employer.objects.create(path=tree.union.path, organisation=tree.union, name="江西安福泸水河食品有限公司")
    for kind in ("dues", "activity"):
        SignOfLife.objects.create(path=tree.union.path, organisation=tree.union, kind=kind, on=date(2026, 1, 5))
    sample(tree, 0)
    return tree


def officer(place: Organisation, role: str = "organising") -> Viewer:
    """The officer of a place: the same account each time."""
    post = Post.objects.filter(organisation=place, role=role).select_related("account").first()
    return viewer_of_post(post.account, post) if post is not None else new_officer(place, role)


def sample(tree: Tree, percent: int) -> None:
    Rule.objects.create(
        key="assessment.sample_percent", organisation=tree.city, path=tree.city.path, value=percent, source="测试",
        valid_from=date(2020, 1, 1), version=Rule.objects.count() + 1,
    )  # fmt: skip


def open_step(application: Application) -> Step:
    return Step.objects.get(application=application, state="open")


def walk(tree: Tree, percent: int = 100, day: date = DAY) -> Application:
    """Handed in, checked by both tiers, shown, decided."""
    with procedures.as_of(day):
        done = factories.hand_in(officer(tree.union, "grassroots_chair"), tree.union, percent)
        services.finish_check(officer(tree.township), step_id=open_step(done).pk, given={})
        services.finish_check(officer(tree.county), step_id=open_step(done).pk, given={})
    closes = Notice.objects.get(application=done).closes_on + timedelta(days=1)
    procedures.tick(closes)
    with procedures.as_of(closes):
        services.finish_check(officer(tree.county), step_id=open_step(done).pk, given={})
    done.refresh_from_db()
    return done


def test_the_shipped_procedures_have_no_mistake() -> None:
    known = registry.known()
    mine = [body for body in shipped.bodies() if body["key"].startswith("assessment.")]
    assert {body["key"]: check(body, known) for body in mine} == {
        f"assessment.{key}": []
        for key in (
            "four_batches",
            "point_city",
            "point_province",
            "six",
            "six_plus_n",
            "small_firms",
            "star_stations",
            "strong_a",
        )
    }


def test_from_self_score_to_grade(good: Tree) -> None:
    done = walk(good)
    sheet, grade = ItemSheet.objects.get(application=done), GradeRecord.objects.get()
    assert sheet.standard.key == "six_norms"  # founded in 2015
    assert (done.state, sheet.score, sheet.grade) == ("approved", 99, "示范")  # all but the fourth activity
    assert (grade.organisation, grade.grade, grade.score, grade.kind, grade.point) == (
        good.union,
        "示范",
        99,
        "graded",
        "",
    )
    assert grade.valid_until == date(grade.graded_on.year + 1, grade.graded_on.month, grade.graded_on.day)
    rows = Notice.objects.get(application=done).shown["rows"]
    assert {"label": "等级", "value": "示范"} in rows


def test_every_item_is_answered_and_every_point_has_a_paper(good: Tree) -> None:
    chair = officer(good.union, "grassroots_chair")
    with procedures.as_of(DAY):
        sheet = factories.start_sheet(chair, good.union)
        with pytest.raises(Refusal, match=r"评分表还有12项没有填写：工会干部每年参加培训、.*等12项"):
            services.submit(chair, application_id=sheet.application_id, typed=factories.TYPED)
        factories.answer_all(chair, sheet, papers=False)
        with pytest.raises(Refusal, match="评分表有12项得分没有佐证"):
            services.submit(chair, application_id=sheet.application_id, typed=factories.TYPED)


def test_what_the_records_fill_is_not_taken_from_what_is_typed(good: Tree) -> None:
    chair = officer(good.union, "grassroots_chair")
    sheet = factories.start_sheet(chair, good.union)
    services.keep_claims(
        chair, application_id=sheet.application_id, given={"chair": {"value": "0"}, "open": {"value": "3"}}
    )
    sheet.refresh_from_db()
    assert sheet.claims == {"open": {"value": 3, "note": ""}}
    with pytest.raises(Refusal, match="GH-ASM-024"):
        services.keep_claims(chair, application_id=sheet.application_id, given={"open": {"value": "5"}})
    with pytest.raises(Refusal, match="GH-ASM-025"):
        services.attach(chair, application_id=sheet.application_id, items=["chair"], upload=factories.paper())


def test_a_tier_gives_other_points_with_a_reason(good: Tree) -> None:
    town = officer(good.township)
    with procedures.as_of(DAY):
        done = factories.hand_in(officer(good.union, "grassroots_chair"), good.union)
        step = open_step(done)
        with pytest.raises(Refusal, match="GH-ASM-023"):
            services.check_items(town, step_id=step.pk, given={"place": {"value": "2"}})
        services.check_items(town, step_id=step.pk, given={"place": {"value": "2", "note": "没有常开放"}})
        services.finish_check(town, step_id=step.pk, given={"place": {"value": "1", "note": "没有常开放，没有牌子"}})
    done.refresh_from_db()
    sheet = ItemSheet.objects.get(application=done)
    assert (int(done.score or 0), done.grade, sheet.claimed, sheet.score) == (94, "示范", 99, 94)
    row = next(row for part in sheets.parts(sheet) for row in part.rows if row.item.key == "place")
    assert (row.claim_points, row.line.points, row.changed, row.check_note) == (6, 1, True, "没有常开放，没有牌子")
    assert [(one["title"], one["total"], one["changed"]) for one in sheets.stages(sheet)] == [
        ("自评", 99, 0),
        ("乡镇复核", 94, 1),
    ]
    with pytest.raises(Refusal, match="GH-PRO-01"):
        services.check_items(officer(good.other_county), step_id=open_step(done).pk, given={})


def test_scoring_again_gives_the_same(good: Tree) -> None:
    done = walk(good, 80)
    sheet = ItemSheet.objects.get(application=done)
    first = sheets.scored(sheet)
    SignOfLife.objects.all().delete()
    Appointment.objects.all().delete()
    again = sheets.scored(ItemSheet.objects.get(pk=sheet.pk))
    assert again == first and again.total == sheet.score
    assert sheet.facts["org_chairs"] == 1 and len(sheet.digest) == 64


def test_what_was_changed_after_hand_in_is_not_graded(good: Tree) -> None:
    with procedures.as_of(DAY):
        done = factories.hand_in(officer(good.union, "grassroots_chair"), good.union)
    sheet = ItemSheet.objects.get(application=done)
    ItemSheet.objects.filter(pk=sheet.pk).update(facts=sheet.facts | {"union_uscc_valid": False})
    for place in (good.township, good.county):
        services.finish_check(officer(place), step_id=open_step(done).pk, given={})
    closes = Notice.objects.get(application=done).closes_on + timedelta(days=1)
    procedures.tick(closes)
    with pytest.raises(Refusal, match="GH-ASM-031"):
        services.finish_check(officer(good.county), step_id=open_step(done).pk, given={})
    assert not GradeRecord.objects.exists()


def test_the_city_visits_those_who_are_drawn(good: Tree) -> None:
    sample(good, 100)
    city = officer(good.city)
    with procedures.as_of(DAY):
        done = factories.hand_in(officer(good.union, "grassroots_chair"), good.union)
        for place in (good.township, good.county):
            services.finish_check(officer(place), step_id=open_step(done).pk, given={})
        visit = open_step(done)
        assert (visit.kind, visit.organisation) == ("visit", good.city)
        with pytest.raises(Refusal, match="至少1张"):
            services.finish_check(city, step_id=visit.pk, given={}, note="现场查看职工之家")
        photo = SimpleUploadedFile("现场.jpg", b"\xff\xd8\xff\xe0" + b"0" * 64, "image/jpeg")
        procedures.add_photo(city, step_id=visit.pk, upload=photo, latitude="27.39", longitude="114.62")
        given = {"place": {"value": "4", "note": "面积与填报不符"}}
        services.finish_check(city, step_id=visit.pk, given=given, note="现场查看职工之家")
    done.refresh_from_db()
    assert (done.state, int(done.score or 0)) == ("noticed", 97)


def nominate(tree: Tree, tier: str, day: date) -> Application:
    chair = officer(tree.union, "grassroots_chair")
    with procedures.as_of(day):
        procedure = in_force(f"assessment.point_{tier}", tree.union.path, day)
        assert procedure is not None
        started = procedures.start(chair, procedure=procedure, organisation=tree.union)
        done = procedures.submit(
            chair, application_id=started.application.pk, typed={"deeds": "连续三年组织健全，服务会员两千人次"}
        )
        for place in (tree.county, tree.city)[: 2 if tier == "province" else 1]:
            procedures.approve(officer(place), step_id=open_step(done).pk)
    closes = Notice.objects.get(application=done).closes_on + timedelta(days=1)
    procedures.tick(closes)
    with procedures.as_of(closes):
        place = tree.city if tier == "city" else tree.province
        procedures.approve(officer(place), step_id=open_step(done).pk, document_no="吉工发〔2026〕5号")
    return done


def test_demonstration_points_of_city_and_province(good: Tree) -> None:
    with pytest.raises(Refusal, match="六有六规范评定为最高等级"):
        nominate(good, "city", DAY)
    walk(good)
    nominate(good, "city", date(2026, 4, 1))
    nominate(good, "province", date(2026, 5, 6))
    current = GradeRecord.objects.get(ended_on__isnull=True)
    assert (current.kind, current.point, current.grade) == ("pointed", "province", "示范")
    assert list(GradeRecord.objects.order_by("pk").values_list("kind", "point")) == [
        ("graded", ""), ("pointed", "city"), ("pointed", "province"),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="GH-ASM-034"):
        nominate(good, "city", date(2026, 6, 1))


def test_re_rating_keeps_or_takes_the_point(good: Tree) -> None:
    walk(good)
    nominate(good, "city", date(2026, 4, 1))
    good.union.term_to = date(2030, 5, 1)
    good.union.save()
    walk(good, 100, date(2026, 4, 20))
    assert GradeRecord.objects.filter(ended_on__isnull=True).values_list("kind", "point").get() == ("rerated", "city")
    walk(good, 60, date(2026, 5, 6))
    current = GradeRecord.objects.get(ended_on__isnull=True)
    assert (current.kind, current.point) == ("demoted", "")


def test_demotion_by_who_may(good: Tree) -> None:
    walk(good)
    nominate(good, "city", date(2026, 4, 1))
    record = GradeRecord.objects.get(ended_on__isnull=True)
    with pytest.raises(Refusal, match="GH-ASM-037"):
        services.demote(officer(good.county), record_id=record.pk, reason="职工之家长期关闭")
    with pytest.raises(Refusal, match="GH-ASM-036"):
        services.demote(officer(good.other_city), record_id=record.pk, reason="职工之家长期关闭")
    services.demote(officer(good.city), record_id=record.pk, reason="职工之家长期关闭", to="合格")
    current = GradeRecord.objects.get(ended_on__isnull=True)
    assert (current.kind, current.grade, current.rank, current.point) == ("demoted", "合格", 2, "")
    with pytest.raises(Refusal, match="GH-ASM-036"):
        services.demote(officer(good.city), record_id=record.pk, reason="职工之家长期关闭")


def test_a_refusal_is_appealed_to_the_city(good: Tree) -> None:
    chair = officer(good.union, "grassroots_chair")
    with procedures.as_of(DAY):
        done = factories.hand_in(chair, good.union)
        services.finish_check(officer(good.township), step_id=open_step(done).pk, given={}, good=False, note="佐证不实")
        procedures.appeal(chair, application_id=done.pk, text="佐证属实，原件可以核对")
        step = open_step(done)
        assert step.organisation == good.city
        services.finish_check(officer(good.city), step_id=step.pk, given={}, note="申诉成立")
    done.refresh_from_db()
    assert done.state == "approved" and GradeRecord.objects.get().grade == "示范"


def test_papers_come_and_go_until_it_is_handed_in(good: Tree) -> None:
    chair = officer(good.union, "grassroots_chair")
    sheet = factories.start_sheet(chair, good.union)
    (made,) = services.attach(chair, application_id=sheet.application_id, items=["place"], upload=factories.paper())
    services.detach(chair, application_id=sheet.application_id, evidence_id=made.pk)
    assert not SheetEvidence.objects.filter(removed_at__isnull=True).exists()
    with pytest.raises(Refusal, match="GH-ASM-021"):
        services.keep_claims(viewer_at(good.township), application_id=sheet.application_id, given={})


def test_a_young_union_is_assessed_by_the_six_haves(good: Tree) -> None:
    good.union.founded_on = date(2023, 6, 1)
    good.union.save()
    with procedures.as_of(DAY):
        sheet = factories.start_sheet(officer(good.union, "grassroots_chair"), good.union)
    assert sheet.standard.key == "six_haves"
    with procedures.as_of(date(2028, 6, 1)):
        found: Any = sheets.scored(sheet)
    assert isinstance(found, rules.Score)
