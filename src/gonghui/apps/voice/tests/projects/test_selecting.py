"""Choosing projects: what may be gathered, weighed once each, decided with reasons, published."""

from __future__ import annotations

import csv
import runpy
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from gonghui.apps.voice import recount
from gonghui.apps.voice.choices import SelectionState
from gonghui.apps.voice.models import Candidate, Project, Selection, VoiceAct, Weigher, Weighing
from gonghui.apps.voice.sealing import NOTE, opened
from gonghui.apps.voice.services import selecting, weighing
from gonghui.apps.voice.services.selecting import Proposal
from gonghui.apps.voice.services.weighing import weigh
from gonghui.kernel.box import services as box
from gonghui.kernel.factories import make_member, make_tree, viewer_at
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import OUTSIDER, SYSTEM, Viewer

from .conftest import Stage, make_voice, member_viewer, seen_by


def refused(code: str) -> Any:
    return pytest.raises(Refusal, match=code)


def test_a_list_has_ten_places_unless_it_says_otherwise(stage: Stage) -> None:
    assert stage.selection(places=None).places == 10
    assert stage.selection(places=6).places == 6


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"method": "loud"}, "010"), ({"places": 0}, "010"), ({"picks": 0}, "010"), ({"method": "budget"}, "010"), ({"title": "事"}, "004")],
)  # fmt: skip
def test_terms_that_are_refused(stage: Stage, facts: dict[str, Any], code: str) -> None:
    with refused(f"GH-PRJ-{code}"):
        stage.selection(**facts)


def test_one_of_a_name_a_year_and_only_by_its_own_body(stage: Stage) -> None:
    stage.selection(title="十件实事")
    with refused("GH-PRJ-011"):
        stage.selection(title="十件实事")
    with refused("GH-PRJ-001"):
        selecting.open_selection(
            stage.county, organisation=stage.tree.city, year=2026, title="十件实事", method="support"
        )


def test_voices_are_counted_with_those_merged_into_them(stage: Stage) -> None:
    lead = make_voice(stage.tree.union)
    for _ in range(3):
        make_voice(stage.tree.union, lead=lead)
    row = stage.selection(candidates=0)
    one = stage.candidate(row, voice_ids=(lead.pk,))
    assert one.voices == 4
    merged = make_voice(stage.tree.union, lead=lead)
    assert selecting.gather(stage.city, candidate_id=one.pk, voice_ids=[merged.pk]).voices == 5
    assert one.gathered.count() == 1, "a merged voice comes with its lead"
    assert selecting.let_go(stage.city, candidate_id=one.pk, voice_id=lead.pk).voices == 0
    with refused("GH-PRJ-002"):
        selecting.let_go(stage.city, candidate_id=one.pk, voice_id=lead.pk)


def test_voices_that_cannot_be_gathered(stage: Stage) -> None:
    row = stage.selection(candidates=0)
    with refused("GH-PRJ-013"):
        stage.candidate(row, voice_ids=(make_voice(stage.tree.union, sensitive="wages").pk,))
    with refused("GH-PRJ-013"):
        stage.candidate(row, voice_ids=(make_voice(stage.tree.other_union).pk,))


def test_candidates_are_fixed_when_members_are_asked(stage: Stage) -> None:
    row = stage.selection()
    first = row.candidates.get(number=1)
    selecting.change_candidate(
        stage.city, candidate_id=first.pk, proposal=Proposal("改造食堂", "吃上热饭菜", "一线职工", 9, 9)
    )
    selecting.remove_candidate(stage.city, candidate_id=row.candidates.get(number=4).pk, reason="与3号重复")
    stage.weighing(row)
    for act in (
        lambda: stage.candidate(row),
        lambda: selecting.remove_candidate(stage.city, candidate_id=first.pk, reason="不再需要"),
        lambda: selecting.gather(stage.city, candidate_id=first.pk, voice_ids=[]),
        lambda: selecting.discard_selection(stage.city, selection_id=row.pk),
        lambda: selecting.change_selection(
            stage.city, selection_id=row.pk, title="十件实事", method="rank", places=3, picks=1, budget=None
        ),
    ):
        with refused("GH-PRJ-003"):
            act()


def test_a_selection_begun_by_mistake_goes(stage: Stage) -> None:
    row = stage.selection()
    changed = selecting.change_selection(
        stage.city, selection_id=row.pk, title="新的名称", method="budget", places=3, picks=1, budget=100
    )
    assert (changed.title, changed.budget) == ("新的名称", 100)
    selecting.discard_selection(stage.city, selection_id=row.pk)
    assert not Selection.objects.exists() and not Candidate.objects.exists()
    assert TrailRecord.objects.filter(verb="voice.selection_discarded").count() == 1


def test_the_days_of_a_weighing(stage: Stage) -> None:
    row = stage.selection()
    for opens, closes in ((-1, 5), (3, 3), (3, 2)):
        with refused("GH-PRJ-014"):
            selecting.open_weighing(
                stage.city, selection_id=row.pk, opens_on=stage.day(opens), closes_on=stage.day(closes)
            )
    with refused("GH-PRJ-021"):
        stage.weighing(stage.selection(candidates=1))


# -- members choose -----------------------------------------------------------------------------------------------------


def test_a_member_chooses_once_and_nobody_reads_it(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    member = stage.members[0]
    with seen_by(member):
        weigh(member, selection_id=row.pk, choice=[2, 1])
        with refused("GH-PRJ-024"):
            weigh(member, selection_id=row.pk, choice=[3])
    assert Weigher.objects.get().person_id == member.person_id
    assert not Weighing.objects.exists()
    assert box.count(weighing.box_of(row.pk)) == 1
    told = TrailRecord.objects.filter(verb="voice.weighed").get()
    assert "choice" not in str(told.detail)


def test_who_may_not_choose(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    outsider = member_viewer(99, stage.tree.outsider.person)
    for viewer in (outsider, OUTSIDER, stage.city):
        with seen_by(viewer), refused("GH-PRJ-023"):
            weigh(viewer, selection_id=row.pk, choice=[1])
    assert not Weigher.objects.exists()


@pytest.mark.parametrize(("opens", "closes"), [(1, 5), (-5, -1)])
def test_not_before_and_not_after_its_days(stage: Stage, opens: int, closes: int) -> None:
    row = stage.weighing(stage.selection())
    Selection.objects.filter(pk=row.pk).update(opens_on=stage.day(opens), closes_on=stage.day(closes))
    with seen_by(stage.members[0]), refused("GH-PRJ-023"):
        weigh(stage.members[0], selection_id=row.pk, choice=[1])
    assert box.count(weighing.box_of(row.pk)) == 0


def test_the_box_is_opened_once_and_counted(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    for member, choice in zip(stage.members, ([1, 2], [2], [2, 3], [4]), strict=False):
        weigh(member, selection_id=row.pk, choice=choice)
    with refused("GH-PRJ-025"):
        weighing.close_weighing(stage.city, selection_id=row.pk)
    Selection.objects.filter(pk=row.pk).update(closes_on=stage.day(-1), opens_on=stage.day(-7))
    assert weighing.close_due() == 1 and weighing.close_due() == 0
    row.refresh_from_db()
    assert (row.state, row.voters, Weighing.objects.count()) == (SelectionState.DECIDING, 4, 4)
    assert [(one["number"], one["points"], one["within"]) for one in row.tally["rows"]] == [
        (2, 3, True), (1, 1, True), (3, 1, False), (4, 1, False),
    ]  # fmt: skip
    with refused("GH-PRJ-003"):
        weighing.close_weighing(SYSTEM, selection_id=row.pk)


def test_what_was_chosen_stands_beside_nobody(stage: Stage) -> None:
    """Written at once, in an order of chance: keys, transaction and order of rows say nothing of who chose what."""
    row = stage.weighing(stage.selection(picks=3))
    order = [[1 + n % 4] for n in range(12)]
    for member, choice in zip(stage.members, order, strict=True):
        weigh(member, selection_id=row.pk, choice=choice)
    stage.over(row)
    with connection.cursor() as cursor:
        cursor.execute("SELECT choice, xmin::text FROM voice_weighing ORDER BY ctid")
        rows = cursor.fetchall()
        cursor.execute("SELECT choice FROM voice_weighing ORDER BY id")
        by_key = [one for (one,) in cursor.fetchall()]
    assert len({xmin for _, xmin in rows}) == 1
    assert [f"[{one[0]}]" for one in order] not in ([c for c, _ in rows], by_key)


def test_anybody_counts_again(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    row = stage.weighing(stage.selection("rank"))
    for member, choice in zip(stage.members, ([1, 2], [2, 1], [2]), strict=False):
        weigh(member, selection_id=row.pk, choice=choice)
    row = stage.over(row)
    with seen_by(OUTSIDER):
        text = weighing.sheet(Selection.objects.get(pk=row.pk))
    assert sum(one[0] == "选择" for one in csv.reader(text.splitlines())) == 3
    path = tmp_path / "评选结果.csv"
    path.write_text("\ufeff" + text, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["recount.py", str(path)])
    runpy.run_path(recount.__file__, run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "3人参加评选"
    told = [f"第{one['place']}名  {one['number']}号" for one in row.tally["rows"]]
    assert [line[: len(words)] for line, words in zip(printed[1:], told, strict=True)] == told


def test_nobody_sees_choices_while_it_runs(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    weigh(stage.members[0], selection_id=row.pk, choice=[1])
    row.refresh_from_db()
    assert row.tally is None and row.voters == 0


# -- the decision -------------------------------------------------------------------------------------------------------


def decided(stage: Stage, chosen: tuple[int, ...], **reasons: str) -> Selection:
    row = stage.weighing(stage.selection())
    weigh(stage.members[0], selection_id=row.pk, choice=[1, 2])
    stage.over(row)
    verdicts = {
        one.pk: (one.number in chosen, reasons.get(f"r{one.number}", "")) for one in row.candidates.order_by("number")
    }
    return selecting.decide(stage.city, selection_id=row.pk, decided_by="市总工会党组会议", verdicts=verdicts)


def test_reasons_are_owed(stage: Stage) -> None:
    given = {"r3": "资金没有着落", "r4": "场地没有落实"}
    decided(stage, (1, 2), **given)
    with refused("未列入要写理由"):
        decided(stage, (1, 2), r3="资金没有着落")
    with refused("评选没有排进清单，列入要写理由"):
        decided(stage, (1, 3), r2="与市政重复建设", r4="场地没有落实")
    row = decided(stage, (1, 3), r2="与市政重复建设", r3="孩子多的企业急需", r4="场地没有落实")
    assert list(row.candidates.order_by("number").values_list("state", flat=True)) == [
        "chosen", "dropped", "chosen", "dropped",
    ]  # fmt: skip


def test_as_many_as_the_list_has_places(stage: Stage) -> None:
    why = dict.fromkeys(("r1", "r2", "r3", "r4"), "会上逐项研究过的理由")
    for chosen in ((), (1, 2, 3)):
        with refused("GH-PRJ-015"):
            decided(stage, chosen, **why)


def test_a_candidate_without_verdict(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    stage.over(row)
    with refused("GH-PRJ-015"):
        selecting.decide(stage.city, selection_id=row.pk, decided_by="市总工会党组会议", verdicts={})


def test_publishing_makes_projects_and_tells_those_who_asked(stage: Stage) -> None:
    asked = make_voice(stage.tree.union, stage.tree.insider.person)
    merged = make_voice(stage.tree.union, lead=asked)
    made = stage.listed(chosen=(1, 2), voice_ids=(asked.pk,))
    assert [(one.number, one.title, one.listed, one.shown, one.state) for one in made] == [
        (1, "改造车间食堂十处", True, True, "planned"), (2, "开通园区通勤班车", True, True, "planned"),
    ]  # fmt: skip
    for voice in (asked, merged):
        act = VoiceAct.objects.get(voice=voice)
        assert act.act == "listed" and "办理进展会继续告诉您" in opened(act.note, NOTE)
        assert act.by == "吉安市总工会"


def test_authors_of_what_was_dropped_read_the_reason(stage: Stage) -> None:
    asked = make_voice(stage.tree.union, stage.tree.insider.person)
    stage.listed(chosen=(2,), voice_ids=(asked.pk,))
    act = VoiceAct.objects.get(voice=asked)
    assert act.act == "noted" and "园区已列入明年计划" in opened(act.note, NOTE)


def test_not_published_before_it_is_decided_and_only_once(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    stage.over(row)
    with refused("GH-PRJ-016"):
        selecting.publish(stage.city, selection_id=row.pk, due_on=stage.day(30))
    selecting.decide(stage.city, selection_id=row.pk, decided_by="市总工会党组会议", verdicts=stage.verdicts(row, (1,)))
    with refused("GH-PRJ-014"):
        selecting.publish(stage.city, selection_id=row.pk, due_on=stage.day(-1))
    selecting.publish(stage.city, selection_id=row.pk, due_on=stage.day(30))
    with refused("GH-PRJ-003"):
        selecting.publish(stage.city, selection_id=row.pk, due_on=stage.day(30))
    assert Project.objects.count() == 1


def test_everybody_reads_a_published_list_and_nobody_a_draft(stage: Stage) -> None:
    stage.listed()
    draft = stage.selection()
    Selection.objects.filter(pk=draft.pk).update(state="draft")
    with seen_by(OUTSIDER):
        assert Selection.objects.count() == 1 and Candidate.objects.count() == 4 and Project.objects.count() == 1
        assert not Weigher.objects.exists()


# -- races --------------------------------------------------------------------------------------------------------------

TABS = 6


@pytest.fixture
def cast(own_database: str) -> Any:
    with acting(SYSTEM):
        tree = make_tree()
        city = viewer_at(tree.city, username="race-city")
        members = [member_viewer(n, make_member(tree.union, f"职工{n}").person) for n in range(TABS)]
        today = selecting.today()
        row = selecting.open_selection(
            city, organisation=tree.city, year=today.year, title="十件实事", method="support", places=1, picks=1
        )
        for title in ("改造车间食堂", "开通通勤班车"):
            selecting.add_candidate(city, selection_id=row.pk, proposal=Proposal(title, f"年底前{title}", "一线职工"))
        selecting.open_weighing(city, selection_id=row.pk, opens_on=today, closes_on=today.replace(year=today.year + 1))
    return members, row


def _at_once(row: Selection, members: list[Viewer]) -> list[str]:
    together = threading.Barrier(len(members))

    def tab(viewer: Viewer) -> str:
        try:
            with transaction.atomic():
                take_scope_of(viewer)
                together.wait(10)
                weigh(viewer, selection_id=row.pk, choice=[1])
            return "kept"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(members)) as pool:
        return sorted(pool.map(tab, members))


def test_tabs_of_one_member_choose_once(cast: Any) -> None:
    members, row = cast
    assert _at_once(row, [members[0]] * TABS) == ["GH-PRJ-024"] * (TABS - 1) + ["kept"]
    assert box.count(weighing.box_of(row.pk)) == 1
    assert _at_once(row, members[1:]) == ["kept"] * (TABS - 1)


def test_a_choice_at_the_moment_of_closing_is_counted_or_refused(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never in between: as many choices are written down as members were told that theirs is kept."""
    members, row = cast
    inside, go_on, done = threading.Event(), threading.Event(), []

    def choosing() -> None:
        with transaction.atomic():
            take_scope_of(members[0])
            weigh(members[0], selection_id=row.pk, choice=[2])
            inside.set()
            go_on.wait(10)
        connection.close()

    def closing() -> None:
        with acting(SYSTEM):
            done.append(weighing.close_weighing(SYSTEM, selection_id=row.pk).voters)
        connection.close()

    first = threading.Thread(target=choosing)
    first.start()
    assert inside.wait(10)
    # the row is held, so its last day cannot be moved: the day itself is another one
    later = weighing.today().replace(year=weighing.today().year + 2)
    monkeypatch.setattr(weighing, "today", lambda: later)
    second = threading.Thread(target=closing)
    second.start()
    second.join(0.5)
    assert second.is_alive(), "closing waits for who is choosing"
    go_on.set()
    first.join(10)
    second.join(10)
    monkeypatch.undo()
    assert done == [1]
    assert _at_once(row, members[1:3]) == ["GH-PRJ-023"] * 2
