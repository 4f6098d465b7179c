"""Projects: started when they can be followed, changed with reasons, measured by what was fixed, finished when done."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from gonghui.apps.voice.models import Evaluation, Milestone, Outcome, Project, ProjectFile, ProjectNote
from gonghui.apps.voice.services import carrying, projects
from gonghui.apps.voice.services.project_ground import Photo
from gonghui.apps.voice.services.projects import Measure
from gonghui.kernel.files.services import open_file
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import OUTSIDER, SYSTEM

from .conftest import MEASURE, Stage, seen_by


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=code)


def picture() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "某某牌手机"
    Image.new("RGB", (60, 40), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


# -- starting -----------------------------------------------------------------------------------------------------------


def test_a_project_starts_when_it_can_be_followed(stage: Stage) -> None:
    row = stage.project(post=None)
    with refused("还没有责任岗位"):
        projects.start(stage.city, project_id=row.pk)
    projects.change_project(stage.city, project_id=row.pk, wanted=stage.wanted())
    with refused("还没有节点"):
        projects.start(stage.city, project_id=row.pk)
    projects.set_milestones(stage.city, project_id=row.pk, rows=[("选址", stage.day(5), 1)])
    with refused("用什么衡量"):
        projects.start(stage.city, project_id=row.pk)
    started = projects.start(stage.city, project_id=row.pk, unmeasured="一次性的走访慰问，不便测量")
    assert started.state == "running" and started.starts_on == stage.today
    assert "没有可以衡量的指标：一次性的走访慰问" in ProjectNote.objects.get(project=row).text
    with refused("GH-PRJ-003"):
        projects.start(stage.city, project_id=row.pk)


def test_an_owner_is_a_post_of_the_body(stage: Stage) -> None:
    row = stage.project()
    assert (row.owner_title, row.owner_name) == ("负责人", "曾建国") or row.owner_name == "曾建国"
    from gonghui.kernel.factories import make_post

    with refused("GH-PRJ-006"):
        stage.project(post=make_post(stage.tree.county, "leader", "other-leader", "别县的人"))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": "事"}, "004"), ({"goal": ""}, "004"), ({"budget": -1}, "030"), ({"reach": -1}, "030"),
        ({"latitude": 27.1}, "030"), ({"latitude": 91.0, "longitude": 1.0}, "030"),
    ],
)  # fmt: skip
def test_what_a_project_says_is_checked(stage: Stage, facts: dict[str, Any], code: str) -> None:
    with refused(f"GH-PRJ-{code}"):
        stage.project(**facts)


# -- changes ------------------------------------------------------------------------------------------------------------


def test_every_change_stays_with_its_reason(stage: Stage) -> None:
    row = stage.running()
    wanted = stage.wanted(budget=800_000, due_on=stage.day(120), goal="十二处食堂冬天吃上热饭")
    with refused("GH-PRJ-004"):
        projects.change_project(stage.city, project_id=row.pk, wanted=wanted)
    projects.change_project(stage.city, project_id=row.pk, wanted=wanted, reason="增加两处，工期顺延")
    entry = ProjectNote.objects.filter(project=row, kind="change").latest("at")
    assert entry.text == "增加两处，工期顺延"
    assert [(one["what"], one["old"], one["new"]) for one in entry.changes] == [
        ("目标", "十处食堂冬天吃上热饭", "十二处食堂冬天吃上热饭"), ("预算", "5,000.00元", "8,000.00元"),
        ("完成期限", f"{stage.day(90)}", f"{stage.day(120)}"),
    ]  # fmt: skip
    row.refresh_from_db()
    assert row.first_due_on == stage.day(90), "the first day stays beside the new one"


def test_what_was_announced_changes_with_a_reason_before_it_starts(stage: Stage) -> None:
    (row,) = stage.listed()
    with refused("GH-PRJ-004"):
        projects.change_project(stage.city, project_id=row.pk, wanted=stage.wanted())
    plain = stage.project()
    projects.change_project(stage.city, project_id=plain.pk, wanted=stage.wanted(due_on=stage.day(60)))
    plain.refresh_from_db()
    assert plain.first_due_on == stage.day(60) and not ProjectNote.objects.filter(project=plain).exists()


def test_limits_of_a_change(stage: Stage) -> None:
    row = stage.running()
    carrying.use_money(stage.city, project_id=row.pk, amount=300_000, text="购置保温餐车", voucher="记字12号")
    with refused("GH-PRJ-031"):
        projects.change_project(stage.city, project_id=row.pk, wanted=stage.wanted(budget=200_000), reason="压减预算")
    with refused("GH-PRJ-032"):
        projects.change_project(
            stage.city, project_id=row.pk, wanted=stage.wanted(due_on=stage.day(5)), reason="提前完成"
        )


def test_only_its_own_body_carries_it_out(stage: Stage) -> None:
    row = stage.running()
    for viewer, code in ((stage.province, "001"), (stage.county, "002")):
        with seen_by(viewer), refused(f"GH-PRJ-{code}"):
            carrying.report_progress(viewer, project_id=row.pk, text="别的单位来登记")


# -- milestones, money, pictures, risks ---------------------------------------------------------------------------------


def test_milestones_weigh(stage: Stage) -> None:
    from gonghui.apps.voice.rules.progress import percent

    row = stage.running(due_on=stage.day(90))
    first = row.milestones.get(number=1)
    carrying.finish_milestone(stage.city, milestone_id=first.pk, words="选址已定")
    assert percent((m.weight, m.done_on is not None) for m in row.milestones.all()) == 33
    with refused("GH-PRJ-003"):
        carrying.finish_milestone(stage.city, milestone_id=first.pk, words="选址已定")
    carrying.reopen_milestone(stage.city, milestone_id=first.pk, reason="选址被退回")
    first.refresh_from_db()
    assert first.done_on is None
    assert ProjectNote.objects.filter(project=row, kind="change", text="选址被退回").exists()


@pytest.mark.parametrize(
    "rows",
    [[], [("做", 5, 1)], [("选址", 95, 1)], [("选址", 5, 0)], [(f"第{n}步", 5, 1) for n in range(21)]],
    ids=["none", "wordless", "after the due day", "no weight", "too many"],
)
def test_milestones_that_are_refused(stage: Stage, rows: list[tuple[str, int, int]]) -> None:
    row = stage.project()
    with refused("GH-PRJ-040"):
        projects.set_milestones(
            stage.city, project_id=row.pk, rows=[(title, stage.day(days), weight) for title, days, weight in rows]
        )


def test_milestones_of_a_running_project_change_with_a_reason(stage: Stage) -> None:
    row = stage.running()
    carrying.finish_milestone(stage.city, milestone_id=row.milestones.get(number=1).pk, words="选址已定")
    with refused("GH-PRJ-004"):
        projects.set_milestones(stage.city, project_id=row.pk, rows=[("验收", stage.day(30), 2)])
    projects.set_milestones(stage.city, project_id=row.pk, rows=[("验收", stage.day(30), 2)], reason="分两步改为一步")
    assert list(row.milestones.order_by("number").values_list("title", flat=True)) == ["第1步", "验收"]


def test_money_never_exceeds_the_budget(stage: Stage) -> None:
    row = stage.running()

    def use(amount: int, voucher: str = "记字12号") -> None:
        carrying.use_money(stage.city, project_id=row.pk, amount=amount, text="购置保温餐车", voucher=voucher)

    use(400_000)
    for amount, voucher in ((100_001, "记字13号"), (0, "记字13号"), (1, ""), (-400_001, "记字13号")):
        with refused("GH-PRJ-051"):
            use(amount, voucher)
    use(100_000)
    use(-50_000)
    row.refresh_from_db()
    assert row.spent == 450_000
    assert sum(ProjectNote.objects.filter(project=row, kind="money").values_list("amount", flat=True)) == 450_000


def test_pictures_are_kept_without_what_the_camera_wrote(stage: Stage) -> None:
    row = stage.running()
    entry = carrying.report_progress(
        stage.city, project_id=row.pk, text="第一处改造完成", photos=[Photo(picture(), "改造后的食堂窗口")]
    )
    kept = ProjectFile.objects.get(note=entry)
    with open_file(SYSTEM, kept.file) as opened, Image.open(opened) as image:
        assert image.size == (60, 40) and not image.getexif()
    with refused("GH-PRJ-050"):
        carrying.report_progress(stage.city, project_id=row.pk, text="没有说明的照片", photos=[Photo(picture(), "")])
    with refused("GH-FIL-011"):
        carrying.report_progress(
            stage.city, project_id=row.pk, text="不是照片的文件", photos=[Photo(b"x", "不是照片的文件")]
        )
    assert ProjectFile.objects.count() == 1


def test_risks_and_delays(stage: Stage) -> None:
    row = stage.running()
    with refused("GH-PRJ-052"):
        carrying.raise_risk(stage.city, project_id=row.pk, text="雨季停工", level="huge", measure="错开雨季")
    risk = carrying.raise_risk(stage.city, project_id=row.pk, text="雨季停工", level="high", measure="错开雨季施工")
    assert carrying.close_risk(stage.city, risk_id=risk.pk).closed_on == stage.today
    with refused("GH-PRJ-003"):
        carrying.close_risk(stage.city, risk_id=risk.pk)
    with refused("GH-PRJ-053"):
        carrying.explain_delay(stage.city, project_id=row.pk, text="设备到货晚")
    row.milestones.filter(number=1).update(due_on=stage.day(-1))
    assert carrying.explain_delay(stage.city, project_id=row.pk, text="设备到货晚，月底补上").kind == "delay"


# -- outcomes -----------------------------------------------------------------------------------------------------------


def test_what_is_measured_is_fixed_at_the_start(stage: Stage) -> None:
    row = stage.running()
    outcome = row.outcomes.get()
    for act in (
        lambda: projects.define_outcome(stage.city, project_id=row.pk, measure=MEASURE),
        lambda: projects.drop_outcome(stage.city, outcome_id=outcome.pk),
    ):
        with refused("启动时定下，不能再改"):
            act()
    for change in ({"definition": "改个容易的"}, {"before": 0}, {"target": 1}, {"unit": "个"}):
        with pytest.raises(DatabaseError, match="fixed when it starts"), transaction.atomic():
            Outcome.objects.filter(pk=outcome.pk).update(**change)
    with pytest.raises(DatabaseError, match="fixed when it starts"), transaction.atomic():
        outcome.delete()
    outcome.refresh_from_db()
    assert carrying.measure(stage.city, outcome_id=outcome.pk, after=Decimal(9)).after == 9
    carrying.measure(stage.city, outcome_id=outcome.pk, after=Decimal(10), after_note="复测一次")
    again = ProjectNote.objects.get(project=row, text="复测一次")
    assert again.changes == [{"what": "有热饭的食堂", "old": "9处", "new": "10处"}]


@pytest.mark.parametrize(
    "measure",
    [
        Measure("有热饭的食堂", "中午抽查", "处", before=None, target=Decimal(1)),
        Measure("有热饭的食堂", "中午抽查", "处", before=Decimal(1)),
        Measure("有热饭的食堂", "中午抽查", "", before=Decimal(1), target=Decimal(2)),
        Measure("有热饭的食堂", "中午抽查", "处", "sideways", before=Decimal(1), target=Decimal(2)),
    ],
)
def test_outcomes_need_a_beginning_and_a_target(stage: Stage, measure: Measure) -> None:
    row = stage.project()
    with refused("GH-PRJ-041"):
        projects.define_outcome(stage.city, project_id=row.pk, measure=measure)


def test_an_outcome_may_be_dropped_before_the_start(stage: Stage) -> None:
    row = stage.project()
    outcome = projects.define_outcome(stage.city, project_id=row.pk, measure=MEASURE)
    projects.drop_outcome(stage.city, outcome_id=outcome.pk)
    assert not row.outcomes.exists()


# -- finishing, stopping, handing down ------------------------------------------------------------------------------------


def test_a_project_is_done_when_everything_is(stage: Stage) -> None:
    row = stage.running()

    def finish() -> Project:
        return carrying.finish(stage.city, project_id=row.pk, result="十处全部改造完成")

    with refused("还有节点没有完成：第1步、第2步"):
        finish()
    for one in row.milestones.all():
        carrying.finish_milestone(stage.city, milestone_id=one.pk, words="已经建成使用")
    with refused("还没有测量结果：有热饭的食堂"):
        finish()
    carrying.measure(stage.city, outcome_id=row.outcomes.get().pk, after=Decimal(10))
    child = projects.hand_down(stage.city, project_id=row.pk, bodies=[stage.tree.county], due_on=stage.day(60))[0]
    with refused("1家下级还没有完成"):
        finish()
    projects.stop(stage.county, project_id=child.pk, reason="并入市里一起做")
    assert finish().state == "done"


def test_stopping_needs_a_reason(stage: Stage) -> None:
    row = stage.running()
    with refused("GH-PRJ-004"):
        projects.stop(stage.city, project_id=row.pk, reason="停")
    child = projects.hand_down(stage.city, project_id=row.pk, bodies=[stage.tree.county], due_on=stage.day(60))[0]
    with refused("GH-PRJ-043"):
        projects.stop(stage.city, project_id=row.pk, reason="厂区搬迁，不再改造")
    projects.stop(stage.county, project_id=child.pk, reason="厂区搬迁，不再改造")
    assert projects.stop(stage.city, project_id=row.pk, reason="厂区搬迁，不再改造").state == "stopped"


def test_counties_and_firms_carry_out_their_part(stage: Stage) -> None:
    row = stage.running()

    def down(*bodies: Any, days: int = 60) -> list[Project]:
        return projects.hand_down(stage.city, project_id=row.pk, bodies=bodies, due_on=stage.day(days), goal="改造三处")

    made = down(stage.tree.county, stage.tree.union)
    assert [(one.organisation_id, one.goal, one.parent_id) for one in made] == [
        (stage.tree.county.pk, "改造三处", row.pk), (stage.tree.union.pk, "改造三处", row.pk),
    ]  # fmt: skip
    assert down(stage.tree.county, stage.tree.sibling_county)[0].organisation_id == stage.tree.sibling_county.pk
    for bodies, days, code in (
        ((), 60, "044"), ((stage.tree.county,), 60, "044"), ((stage.tree.other_county,), 60, "044"),
        ((stage.tree.city,), 60, "044"), ((stage.tree.township,), 91, "045"),
    ):  # fmt: skip
        with refused(f"GH-PRJ-{code}"):
            down(*bodies, days=days)
    with seen_by(stage.county):
        assert projects.set_milestones(stage.county, project_id=made[0].pk, rows=[("选址", stage.day(5), 1)])
        assert not Project.objects.filter(pk=row.pk).exists(), "what is not public stays above"


def test_what_is_shown(stage: Stage) -> None:
    row = stage.project()
    with seen_by(OUTSIDER):
        assert not Project.objects.exists()
    projects.show(stage.city, project_id=row.pk, shown=True)
    with seen_by(OUTSIDER):
        assert Project.objects.count() == 1
    assert projects.show(stage.city, project_id=row.pk, shown=False).shown is False
    (listed,) = stage.listed()
    with refused("GH-PRJ-033"):
        projects.show(stage.city, project_id=listed.pk, shown=False)


def test_entries_for_the_desk_alone_stay_there(stage: Stage) -> None:
    row = stage.running()
    projects.show(stage.city, project_id=row.pk, shown=True)
    carrying.report_progress(stage.city, project_id=row.pk, text="与承包方还在商量价格", shown=False)
    with seen_by(OUTSIDER):
        texts = list(ProjectNote.objects.values_list("text", flat=True))
        assert texts and "与承包方还在商量价格" not in texts
        assert Milestone.objects.exists() and Outcome.objects.exists() and not Evaluation.objects.exists()


DAY_TOO_FAR: list[Callable[[Stage, Project], Any]] = [
    lambda s, p: carrying.report_progress(s.city, project_id=p.pk, text="明天的进展", on=s.day(1)),
    lambda s, p: carrying.use_money(
        s.city, project_id=p.pk, amount=1, text="明天的支出", voucher="记字1号", on=s.day(1)
    ),
    lambda s, p: carrying.finish_milestone(
        s.city, milestone_id=p.milestones.get(number=1).pk, words="明天完成", on=s.day(1)
    ),
    lambda s, p: carrying.measure(s.city, outcome_id=p.outcomes.get().pk, after=Decimal(1), after_on=s.day(1)),
    lambda s, p: projects.stop(s.city, project_id=p.pk, reason="明天终止", on=s.day(1)),
]


@pytest.mark.parametrize("act", DAY_TOO_FAR)
def test_nothing_happened_tomorrow(stage: Stage, act: Callable[[Stage, Project], Any]) -> None:
    row = stage.running()
    with refused("GH-PRJ-005"):
        act(stage, row)
