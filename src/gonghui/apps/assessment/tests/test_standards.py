"""Standards are copied, edited, tried and published by staff, each for their own place only."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.assessment import factories, rules, services
from gonghui.apps.assessment.models import Standard
from gonghui.apps.assessment.queries import simulation, standards
from gonghui.kernel.factories import Tree, make_organisation, viewer_at
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

LOCAL: list[dict[str, Any]] = [
    {"title": "参加园区工会联席会议", "points": 2, "kind": "evidence", "evidence": ["minutes"]},
    {"title": "设立户外劳动者爱心驿站", "points": 2, "kind": "yes_no", "evidence": ["photo"]},
    {"title": "女职工关爱室", "points": 2, "kind": "yes_no", "evidence": ["photo"]},
    {"title": "会员入会登记实名率", "points": 4, "kind": "band", "formula": "union_member_percent == null ? 0 : union_member_percent",
     "unit": "%", "bands": [{"least": 80, "points": 4}], "mandatory": True},
]  # fmt: skip


def shipped(key: str = "six_norms") -> Standard:
    return Standard.objects.get(key=key, path="")


def local_version(author: Viewer) -> Standard:
    """六规范 copied, with three local items and a mandatory one; older items give their points up."""
    row = services.copy_here(author, standard=shipped())
    for item in LOCAL:
        services.add_item(author, standard=row, group="results", item=item)
    body = Standard.objects.get(pk=row.pk).body
    for key, points in (("place", 3), ("contract", 3), ("rights", 3), ("contest", 3)):
        group, item = next((g["key"], i) for g in body["groups"] for i in g["items"] if i["key"] == key)
        services.edit_item(author, standard=row, key=key, group=group, item=item | {"points": points})
    return Standard.objects.get(pk=row.pk)


def test_a_county_stays_on_its_own_version_and_another_on_the_old_one(tree: Tree) -> None:
    author, today = viewer_at(tree.county), timezone.localdate()
    other = make_organisation("遂川县草林镇总工会", "federation", "township", tree.sibling_county)
    elsewhere = make_organisation("遂川县草林茶业有限公司工会委员会", parent=other)
    row = local_version(author)
    assert services.mistakes_of(row.body) == []
    services.publish(author, standard=row, valid_from=today, note="县总工会第3次常委会研究")
    row.refresh_from_db()
    here = standards.for_organisation("six", tree.union, today)
    there = standards.for_organisation("six", elsewhere, today)
    assert here is not None and there is not None and (here[0], there[0]) == (row, shipped())
    sheet = factories.start_sheet(viewer_at(tree.union, "grassroots_chair"), tree.union)
    old = factories.start_sheet(viewer_at(elsewhere, "grassroots_chair"), elsewhere)
    mine = [item.title for item in rules.must_read(sheet.standard.body).items() if item.local]
    assert mine == [item["title"] for item in LOCAL]
    assert (sheet.standard, old.standard) == (row, shipped())
    said = rules.differences(rules.must_read(shipped().body), rules.must_read(row.body))
    assert (
        "增加“会员入会登记实名率”（工作绩效规范，4分，必备）" in said
        and "“职工之家有场所、有设施、常开放”由6分改为3分" in said
    )
    services.retire(author, standard=row, reason="改回市级标准")
    again = standards.for_organisation("six", tree.union, today)
    assert again is not None and again[0] == shipped()
    sheet.refresh_from_db()
    assert sheet.standard == row  # a running assessment stays on its version


def test_only_what_adds_up_is_published_and_only_at_home(tree: Tree) -> None:
    author, today = viewer_at(tree.county), timezone.localdate()
    row = services.copy_here(author, standard=shipped())
    services.add_item(author, standard=row, group="results", item=LOCAL[0])
    with pytest.raises(Refusal, match="各项分值相加是102分，应为100分，多2分"):
        services.publish(author, standard=row, valid_from=today)
    services.delete_item(author, standard=row, key="local_1")
    with pytest.raises(Refusal, match="GH-ASM-015"):
        services.publish(author, standard=row, valid_from=today - timedelta(days=1))
    for stranger in (viewer_at(tree.sibling_county), viewer_at(tree.city)):
        with pytest.raises(Refusal, match="GH-ASM-012"):
            services.publish(stranger, standard=row, valid_from=today)
    with pytest.raises(Refusal, match="GH-ACC-001"):
        services.copy_here(viewer_at(tree.county, "finance"), standard=shipped())
    services.publish(author, standard=row, valid_from=today)
    with pytest.raises(Refusal, match="GH-ASM-012"):
        services.delete_item(author, standard=row, key="chair")


def test_items_move_and_two_editors_do_not_overwrite_each_other(tree: Tree) -> None:
    author = viewer_at(tree.county)
    row = services.copy_here(author, standard=shipped())
    services.move_item(author, standard=row, key="trained", by=-2, lock=row.lock)
    row.refresh_from_db()
    assert [item["key"] for item in row.body["groups"][0]["items"]] == ["trained", "chair", "officers"]
    with pytest.raises(Refusal, match="GH-ASM-011"):
        services.move_item(author, standard=row, key="trained", by=1, lock=row.lock - 1)
    services.discard(author, standard=row)
    assert not Standard.objects.filter(pk=row.pk).exists()


def test_how_the_unions_of_a_county_would_fare(tree: Tree) -> None:
    viewer = viewer_at(tree.county)
    standard = rules.must_read(shipped().body)
    found = simulation.simulate(viewer, standard, date(2026, 3, 2), 100)
    assert [(one.organisation, one.score.grade) for one in found.trials] == [
        (tree.union, "待提升"), (tree.sibling_union, "待提升"),
    ]  # fmt: skip
    assert found.reached == [("示范", 0), ("合格", 0), ("待提升", 2)] and found.left_out == 0
    assert "必备项“工会主席在任”没有达标" in found.trials[0].why


def test_a_pack_goes_to_another_city(tree: Tree) -> None:
    text = services.export_pack(viewer_at(tree.city), standards=[shipped()], name="吉安规范创建标准包")
    author = viewer_at(tree.other_city)
    made = services.import_pack(author, text=text)
    assert [(one.key, one.path, one.state, one.pack) for one in made] == [
        ("six_norms", tree.other_city.path, "draft", "吉安规范创建标准包")
    ]
    services.publish(author, standard=made[0], valid_from=timezone.localdate())
    assert services.import_pack(author, text=text) == []
    for wrong in ("", "a: [", "gonghui_standards: 1", "gonghui_standards: 1\nitems: [3]"):
        with pytest.raises(Refusal, match="GH-ASM-017"):
            services.import_pack(author, text=wrong)
