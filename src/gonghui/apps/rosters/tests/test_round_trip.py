"""Exported lists edited in a spreadsheet and fed back; the rows that were turned down corrected and fed back."""

from __future__ import annotations

import io

import openpyxl
import pytest

from gonghui.apps.rosters import queries, services
from gonghui.apps.rosters.factories import as_csv, checked, imported, people
from gonghui.apps.rosters.models import RosterProblem
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Appointment, Membership, Person
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.sealing import unseal
from gonghui.kernel.viewer import SYSTEM


def exported(viewer, organisation, kind="members"):
    target = io.BytesIO()
    with acting(viewer):
        count = services.export_list(viewer, kind=kind, organisation=organisation, target=target)
    return count, openpyxl.load_workbook(io.BytesIO(target.getvalue()))


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def column(sheet, label):
    return next(cell.column for cell in sheet[1] if cell.value == label)


def test_an_exported_list_fed_back_unchanged_changes_nothing(cast):
    tree, viewer = cast
    imported(viewer, tree.county, as_csv(people(40, [tree.union.name])))
    count, book = exported(viewer, tree.union)
    assert count == 41
    roster = checked(viewer, tree.county, saved(book), name="名册.xlsx")
    assert roster.round_trip and (roster.state, roster.unchanged_rows) == ("done", 41)


def test_only_changed_cells_are_applied_and_masked_ones_left_alone(cast):
    tree, viewer = cast
    imported(viewer, tree.county, as_csv(people(10, [tree.union.name])))
    _, book = exported(viewer, tree.union)
    sheet = book.active
    occupation, phone = column(sheet, "职业工种"), column(sheet, "手机号码")
    rows = {sheet.cell(row, column(sheet, "工号")).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["G0000003"], occupation).value = "叉车工"
    sheet.cell(rows["G0000004"], phone).value = "19912345678"
    sheet.cell(rows["G0000005"], column(sheet, "学历")).value = None
    with acting(viewer):
        before = {m.staff_no: (m.version, m.person.version) for m in Membership.objects.select_related("person")}
    roster = imported(viewer, tree.county, saved(book), name="名册.xlsx")
    assert (roster.state, roster.changed_rows, roster.unchanged_rows) == ("done", 3, 8)
    with acting(viewer):
        after = {m.staff_no: m for m in Membership.objects.select_related("person")}
        assert after["G0000003"].occupation == "叉车工"
        assert unseal(after["G0000004"].person.phone_sealed, "person.phone") == "19912345678"
        assert after["G0000005"].person.education == ""
        assert {no for no, m in after.items() if (m.version, m.person.version) != before[no]} == {
            "G0000003",
            "G0000004",
            "G0000005",
        }


def test_a_record_changed_since_the_export_is_a_conflict_to_be_chosen(cast):
    tree, viewer = cast
    imported(viewer, tree.county, as_csv(people(4, [tree.union.name])))
    _, book = exported(viewer, tree.union)
    sheet = book.active
    occupation, staff = column(sheet, "职业工种"), column(sheet, "工号")
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, staff).value in ("G0000001", "G0000002"):
            sheet.cell(row, occupation).value = "叉车工"
    with acting(viewer):
        Membership.objects.filter(staff_no__in=["G0000001", "G0000002"]).update(occupation="调度长", version=5)
    roster = checked(viewer, tree.county, saved(book), name="名册.xlsx")
    assert (roster.state, roster.conflict_rows) == ("ready", 2)
    with acting(viewer):
        sample = queries.samples(viewer, roster, "conflict")[0]
        assert ("职业工种", "调度长", "叉车工") in sample.fields
        with pytest.raises(Refusal, match="GH-IMP-507"):
            services.commit(viewer, roster=roster, mode="all_or_nothing")
        services.choose(viewer, roster=roster, choice="file", row_no=sample.row_no)
        services.choose(viewer, roster=roster, choice="record")
        services.commit(viewer, roster=roster, mode="all_or_nothing")
    assert services.run(roster.pk, viewer) == "done"
    with acting(viewer):
        assert sorted(
            Membership.objects.filter(staff_no__in=["G0000001", "G0000002"]).values_list("occupation", flat=True)
        ) == ["叉车工", "调度长"]


def test_what_a_roster_may_not_change_is_refused_with_the_page_that_may(cast):
    tree, viewer = cast
    imported(viewer, tree.county, as_csv(people(3, [tree.union.name])))
    _, book = exported(viewer, tree.union)
    sheet = book.active
    sheet.cell(2, column(sheet, "身份证号码")).value = "360800199003074512"
    sheet.cell(3, column(sheet, "所在工会")).value = tree.sibling_union.name
    sheet.cell(4, column(sheet, "姓名")).value = None
    roster = checked(viewer, tree.county, saved(book), name="名册.xlsx")
    with acting(viewer):
        codes = dict(RosterProblem.objects.filter(roster=roster, serious=True).values_list("row_no", "code"))
    assert codes == {2: "GH-IMP-433", 3: "GH-IMP-434", 4: "GH-IMP-201"} and roster.changed_rows == 0


def test_the_report_of_turned_down_rows_can_be_corrected_and_fed_back(cast):
    tree, viewer = cast
    rows = [list(row) for row in people(12, [tree.union.name])]
    good = rows[4][1]
    rows[4][1], rows[6][3] = good[:17] + ("1" if good[17] != "1" else "2"), "没有这个工会委员会"
    roster = imported(viewer, tree.county, as_csv(rows))
    assert (roster.new_rows, roster.rejected_rows) == (10, 2)
    target = io.BytesIO()
    with acting(viewer):
        assert services.report(viewer, roster=roster, target=target) == 2
    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    sheet = book.active
    assert "校验码不符" in sheet.cell(2, column(sheet, "原因")).value and sheet.max_row == 3
    sheet.cell(2, column(sheet, "身份证号码")).value = good
    sheet.cell(3, column(sheet, "所在工会")).value = tree.union.name
    again = imported(viewer, tree.county, saved(book), name="要改的行.xlsx")
    assert (again.state, again.new_rows, again.rejected_rows) == ("done", 2, 0)
    with acting(viewer):
        assert Person.objects.count() == 12 + 2


def test_export_stays_in_the_range_and_needs_the_permission(cast):
    tree, viewer = cast
    with acting(SYSTEM):
        leader = viewer_at(tree.county, "leader")
    with acting(leader), pytest.raises(Refusal, match="GH-IMP-541"):
        services.export_list(leader, kind="members", organisation=tree.county, target=io.BytesIO())
    with acting(viewer), pytest.raises(Refusal, match="GH-IMP-541"):
        services.export_list(viewer, kind="members", organisation=tree.other_county, target=io.BytesIO())


ORG_HEADERS = (
    "组织名称",
    "上级工会",
    "组织类别",
    "组织编码",
    "职工人数",
    "成立日期",
    "用人单位",
    "单位统一社会信用代码",
)


def test_organisations_are_founded_under_parents_of_the_same_file_and_taken_back(cast):
    tree, viewer = cast
    rows = [
        ("安福县某某竹木厂工会委员会甲车间分会", "安福县某某竹木厂工会委员会", "分会", "", "", "2020-01-02", "", ""),
        (
            "安福县某某竹木厂工会委员会",
            tree.township.name,
            "基层工会",
            "AF001",
            "85",
            "2019-05-01",
            "安福县某某竹木厂",
            "",
        ),
        ("安福县竹木行业工会联合会", "", "产业/行业工会", "AF002", "", "2018-05-01", "", ""),
        (tree.union.name, tree.township.name, "", "AF003", "121", "", "", ""),
        ("悬空工会委员会", "没有的上级工会", "基层工会", "", "", "", "", ""),
        ("悬空工会委员会一车间分会", "悬空工会委员会", "分会", "", "", "", "", ""),
    ]
    roster = imported(viewer, tree.county, as_csv(rows, ORG_HEADERS), kind="organisations", name="组织.csv")
    assert (roster.state, roster.new_rows, roster.changed_rows, roster.rejected_rows) == ("done", 3, 1, 2), (
        roster.summary
    )
    with acting(viewer):
        factory = Organisation.objects.get(name="安福县某某竹木厂工会委员会")
        branch = Organisation.objects.get(parent=factory)
        assert factory.path.startswith(tree.township.path) and branch.path.startswith(factory.path)
        assert factory.headcount == 85 and factory.employers.get().name == "安福县某某竹木厂"
        assert factory.placements.get().valid_from.isoformat() == "2019-05-01"
        assert factory.changes.get().kind == "founding" and factory.names.count() == 1
        changed = Organisation.objects.get(pk=tree.union.pk)
        assert (changed.code, changed.headcount, changed.version) == ("AF003", 121, 2)
    again = imported(viewer, tree.county, as_csv(rows[:4], ORG_HEADERS), kind="organisations", name="组织.csv")
    assert (again.state, again.unchanged_rows) == ("done", 4)
    with acting(viewer):
        services.undo(viewer, roster=roster, reason="导入时选错了文件")
    assert services.run(roster.pk, viewer) == "undone"
    with acting(viewer):
        assert set(Organisation.objects.filter(name__contains="竹木").values_list("state", flat=True)) == {"withdrawn"}
        assert not Organisation.objects.filter(name__contains="竹木", ended_on__isnull=True).exists()
        back = Organisation.objects.get(pk=tree.union.pk)
        assert (back.code, back.headcount) == ("", 120)
    once_more = imported(viewer, tree.county, as_csv(rows[:4], ORG_HEADERS), kind="organisations", name="组织.csv")
    assert (once_more.new_rows, once_more.changed_rows) == (3, 1)


OFFICER_HEADERS = ("姓名", "身份证号码", "所在工会", "职务", "专兼职", "任职日期", "离任日期")


def test_officers_are_appointed_corrected_and_taken_back(cast):
    tree, viewer = cast
    imported(viewer, tree.county, as_csv(people(6, [tree.union.name])))
    known = list(people(6, [tree.union.name]))
    fresh = list(people(2, [tree.union.name], start=100))
    rows = [
        (known[0][0], known[0][1], tree.union.name, "工会主席", "专职", "2021-05-01", "至今"),
        (known[1][0], known[1][1], tree.union.name, "工会委员", "兼职", "2021-05-01", ""),
        (fresh[0][0], fresh[0][1], tree.union.name, "组织委员", "", "2021-05-01", ""),
        (fresh[1][0], fresh[1][1], tree.union.name, "工会主席", "", "2021-05-01", ""),
        ("别的名字", known[2][1], tree.union.name, "工会委员", "", "2021-05-01", ""),
    ]
    roster = imported(viewer, tree.county, as_csv(rows, OFFICER_HEADERS), kind="officers", name="任职.csv")
    assert (roster.new_rows, roster.rejected_rows) == (3, 2), roster.summary
    with acting(viewer):
        chair = Appointment.objects.get(organisation=tree.union, office="chair")
        assert chair.full_time and chair.valid_to is None and chair.path == tree.union.path
    rows[1] = (*rows[1][:4], "专职", *rows[1][5:])
    rows[2] = (*rows[2][:6], "2024-02-01")
    again = imported(viewer, tree.county, as_csv(rows[:3], OFFICER_HEADERS), kind="officers", name="任职.csv")
    assert (again.changed_rows, again.unchanged_rows, again.ended_rows) == (2, 1, 1)
    with acting(viewer):
        services.undo(viewer, roster=again, reason="导入时选错了文件")
    assert services.run(again.pk, viewer) == "undone"
    with acting(viewer):
        assert not Appointment.objects.filter(valid_to__isnull=False).exists()
        assert not Appointment.objects.get(office="committee_member").full_time
    count, book = exported(viewer, tree.union, "officers")
    sheet = book.active
    sheet.cell(2, column(sheet, "职务名称")).value = "第一届工会主席"
    back = imported(viewer, tree.county, saved(book), kind="officers", name="任职.xlsx")
    assert count == 3 and (back.changed_rows, back.unchanged_rows) == (1, 2)


def test_an_organisation_list_comes_back_with_its_changes_only(cast):
    tree, viewer = cast
    count, book = exported(viewer, tree.township, "organisations")
    sheet = book.active
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, column(sheet, "组织名称")).value == tree.union.name:
            sheet.cell(row, column(sheet, "办公电话")).value = "0796-7620000"
            sheet.cell(row, column(sheet, "职工人数")).value = 133
    roster = imported(viewer, tree.county, saved(book), kind="organisations", name="组织.xlsx")
    assert (roster.changed_rows, roster.unchanged_rows) == (1, count - 1)
    with acting(viewer):
        body = Organisation.objects.get(pk=tree.union.pk)
        assert (body.office_phone, body.headcount, body.version) == ("0796-7620000", 133, 2)
