"""Members from the file to the records and back, with the real worker steps on a real database."""

from __future__ import annotations

from datetime import date

import pytest

from gonghui.apps.rosters import services
from gonghui.apps.rosters.factories import HEADERS, as_csv, checked, identity, imported, people
from gonghui.apps.rosters.models import ImportedChange, RosterImport, RosterProblem, RosterRow
from gonghui.kernel.factories import viewer_at
from gonghui.kernel.org.models import Tally
from gonghui.kernel.people.models import Membership, Person, PersonGram
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.sealing import lookup_hash, unseal
from gonghui.kernel.viewer import SYSTEM


def unions(tree):
    return [tree.union.name, tree.sibling_union.name]


def test_members_of_a_csv_become_persons_memberships_and_findable_names(cast):
    tree, viewer = cast
    roster = imported(viewer, tree.county, as_csv(people(300, unions(tree))))
    assert (roster.state, roster.new_rows, roster.rejected_rows) == ("done", 300, 0)
    with acting(viewer):
        person = Person.objects.get(id_hash=lookup_hash("id:identity_card", identity(5)))
        membership = Membership.objects.get(person=person)
        assert unseal(person.id_sealed, "person.id_number") == identity(5)
        assert unseal(person.phone_sealed, "person.phone") == "19900000005"
        assert person.id_mask == "3608**********" + identity(5)[-4:]
        assert membership.organisation_id == tree.sibling_union.pk and membership.path == tree.sibling_union.path
        assert membership.card_no == f"GH{person.pk:010d}" and membership.start_reason == "import"
        assert PersonGram.objects.filter(person=person, gram=f"h:{person.name[:2]}").exists()
        assert Tally.objects.get(organisation=tree.union).active == 150 + 1
        assert not RosterRow.objects.filter(roster=roster).exists()
        assert ImportedChange.objects.filter(roster=roster).count() == 300


def test_the_same_file_again_changes_nothing(cast):
    tree, viewer = cast
    content = as_csv(people(200, unions(tree)))
    imported(viewer, tree.county, content)
    with acting(viewer):
        before = list(Membership.objects.order_by("pk").values_list("pk", "version"))
    again = imported(viewer, tree.county, content)
    assert (again.state, again.unchanged_rows, again.new_rows, again.changed_rows) == ("done", 200, 0, 0)
    assert any("同一个文件" in notice for notice in again.notices)
    with acting(viewer):
        assert list(Membership.objects.order_by("pk").values_list("pk", "version")) == before


def test_a_changed_cell_changes_that_field_only(cast):
    tree, viewer = cast
    rows = [list(row) for row in people(50, unions(tree))]
    imported(viewer, tree.county, as_csv(rows))
    rows[7][6], rows[7][2], rows[9][7] = "叉车工", "19911112222", ""
    roster = imported(viewer, tree.county, as_csv(rows))
    assert (roster.changed_rows, roster.unchanged_rows) == (1, 49)
    with acting(viewer):
        person = Person.objects.get(id_hash=lookup_hash("id:identity_card", identity(7)))
        membership = Membership.objects.get(person=person)
        assert membership.occupation == "叉车工" and membership.version == 2
        assert unseal(person.phone_sealed, "person.phone") == "19911112222" and person.version == 2
        change = ImportedChange.objects.get(roster=roster)
        assert change.before["occupation"] != "叉车工" and change.before["phone_mask"] == "199****0007"
        other = Membership.objects.get(person__id_hash=lookup_hash("id:identity_card", identity(9)))
        assert other.version == 1 and other.person.education != ""


def test_good_rows_only_leaves_the_others_with_their_reasons(cast):
    tree, viewer = cast
    rows = [list(row) for row in people(30, unions(tree))]
    rows[3][1] = rows[3][1][:17] + ("1" if rows[3][1][17] != "1" else "2")
    rows[4][3] = "没有这个工会委员会"
    rows[5][0] = ""
    rows[6] = list(rows[7])
    roster = checked(viewer, tree.county, as_csv(rows))
    assert (roster.state, roster.new_rows, roster.rejected_rows) == ("ready", 25, 5)
    with acting(viewer):
        codes = dict(RosterProblem.objects.filter(roster=roster, serious=True).values_list("row_no", "code"))
        assert codes == {5: "GH-PER-107", 6: "GH-IMP-401", 7: "GH-IMP-201", 8: "GH-IMP-262", 9: "GH-IMP-261"}
        with pytest.raises(Refusal, match="GH-IMP-506"):
            services.commit(viewer, roster=roster, mode="all_or_nothing")
        services.commit(viewer, roster=roster, mode="good_only")
    assert services.run(roster.pk, viewer) == "done"
    with acting(viewer):
        assert Membership.objects.filter(start_reason="import").count() == 25


def test_a_member_of_another_union_is_refused_with_the_way_out(cast):
    tree, viewer = cast
    with acting(SYSTEM):
        outside = viewer_at(tree.other_city, "organising")
    imported(outside, tree.other_union, as_csv(people(3, [tree.other_union.name])))
    imported(viewer, tree.county, as_csv(people(3, [tree.union.name], start=10)))
    rows = list(people(3, [tree.union.name])) + list(people(3, [tree.sibling_union.name], start=10))
    roster = checked(viewer, tree.county, as_csv(rows))
    assert roster.rejected_rows == 6 and roster.new_rows == 0
    with acting(viewer):
        messages = dict(RosterProblem.objects.filter(roster=roster, serious=True).values_list("row_no", "message"))
    assert messages[2] == "此人已是其他工会会员，可发起转会"
    assert tree.union.name in messages[5] and tree.other_union.name not in str(messages)


def test_rows_aimed_at_a_siblings_union_are_refused(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(4, [tree.other_union.name, tree.union.name])))
    assert (roster.new_rows, roster.rejected_rows) == (2, 2)
    with acting(viewer):
        assert set(RosterProblem.objects.filter(roster=roster, serious=True).values_list("code", flat=True)) == {
            "GH-IMP-403"
        }
    with acting(SYSTEM):
        stranger = viewer_at(tree.other_city, "organising")
    with acting(stranger):
        assert not RosterImport.objects.filter(pk=roster.pk).exists()
        assert not RosterRow.objects.exists() and not RosterProblem.objects.exists()
        with pytest.raises(Refusal, match="GH-IMP-501"):
            services.commit(stranger, roster=roster, mode="good_only")
        with pytest.raises(Refusal, match="GH-IMP-501"):
            imported(stranger, tree.county, as_csv(people(1, [tree.union.name])))


def test_undo_takes_back_new_and_changed_members(cast):
    tree, viewer = cast
    rows = [list(row) for row in people(20, unions(tree))]
    imported(viewer, tree.county, as_csv(rows[:10]))
    with acting(viewer):
        before = list(Person.objects.order_by("pk").values_list("pk", "name", "phone_hash", "path"))
        tallies = list(Tally.objects.order_by("pk").values_list("pk", "active", "women"))
        grams = PersonGram.objects.count()
    rows[2][0], rows[3][2], rows[4][8] = "慕容春花", "19911112222", "吉安某某仓储有限公司"
    roster = imported(viewer, tree.county, as_csv(rows))
    assert (roster.new_rows, roster.changed_rows) == (10, 3)
    with acting(viewer):
        assert PersonGram.objects.filter(gram="h:慕容").exists()
        services.undo(viewer, roster=roster, reason="导入时选错了文件")
    assert services.run(roster.pk, viewer) == "undone"
    with acting(viewer):
        assert list(Person.objects.order_by("pk").values_list("pk", "name", "phone_hash", "path")) == before
        assert list(Tally.objects.order_by("pk").values_list("pk", "active", "women")) == tallies
        assert PersonGram.objects.count() == grams
        assert not PersonGram.objects.filter(gram="h:慕容").exists()


def test_undo_is_refused_when_something_later_depends_on_it(cast):
    tree, viewer = cast
    roster = imported(viewer, tree.county, as_csv(people(5, unions(tree))))
    with acting(viewer):
        membership = Membership.objects.filter(start_reason="import").first()
        Membership.objects.filter(pk=membership.pk).update(department="包装车间", version=2)
        services.undo(viewer, roster=roster, reason="导入时选错了文件")
    assert services.run(roster.pk, viewer) == "done"
    with acting(viewer):
        roster.refresh_from_db()
        assert roster.failure["code"] == "GH-IMP-521" and "1行" in roster.failure["message"]
        assert Membership.objects.filter(start_reason="import").count() == 5


def test_records_that_move_between_check_and_commit_are_checked_again(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(10, unions(tree))))
    imported(viewer, tree.county, as_csv(people(4, unions(tree))))
    with acting(viewer):
        services.commit(viewer, roster=roster, mode="good_only")
    assert services.run(roster.pk, viewer) == "ready"
    with acting(viewer):
        roster.refresh_from_db()
        assert (roster.new_rows, roster.unchanged_rows) == (6, 4)
        services.commit(viewer, roster=roster, mode="good_only")
    assert services.run(roster.pk, viewer) == "done"
    with acting(viewer):
        assert Membership.objects.filter(start_reason="import").count() == 10


def test_a_person_without_a_union_joins_again_wherever_the_last_one_was(cast):
    tree, viewer = cast
    with acting(SYSTEM):
        stranger = viewer_at(tree.other_city, "organising")
    imported(stranger, tree.other_union, as_csv(people(2, [tree.other_union.name])))
    with acting(stranger):
        gone = Membership.objects.filter(start_reason="import")
        gone.update(status="ended", valid_to=date(2024, 1, 31), end_reason="left", person_name="x")
    roster = imported(viewer, tree.county, as_csv(people(2, [tree.union.name])))
    assert (roster.state, roster.new_rows) == ("done", 2)
    with acting(viewer):
        open_ones = Membership.objects.filter(start_reason="import", valid_to__isnull=True).select_related("person")
        assert [m.person.path for m in open_ones] == [tree.union.path] * 2
        assert all(m.valid_from >= date(2024, 1, 31) for m in open_ones)
        services.undo(viewer, roster=roster, reason="导入时选错了文件")
    assert services.run(roster.pk, viewer) == "undone"
    with acting(stranger):
        assert Person.objects.filter(
            path=tree.other_union.path, id_hash=lookup_hash("id:identity_card", identity(0))
        ).exists()


def test_a_roster_without_a_union_column_belongs_to_where_it_is_filed(cast):
    tree, viewer = cast
    rows = [row[:3] for row in people(5, [""])]
    roster = imported(viewer, tree.union, as_csv(rows, HEADERS[:3]))
    assert (roster.state, roster.new_rows) == ("done", 5)
    with acting(viewer):
        assert set(Membership.objects.filter(start_reason="import").values_list("organisation_id", flat=True)) == {
            tree.union.pk
        }


def test_stopping_before_the_commit_leaves_nothing(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(50, unions(tree))))
    with acting(viewer):
        services.commit(viewer, roster=roster, mode="good_only")
        services.cancel(viewer, roster=roster)
    assert services.run(roster.pk, viewer) == "cancelled"
    with acting(viewer):
        assert Membership.objects.filter(start_reason="import").count() == 0
        assert not RosterRow.objects.filter(roster=roster).exists()


def test_no_identity_number_lies_in_a_table_in_the_clear(cast):
    tree, viewer = cast
    roster = checked(viewer, tree.county, as_csv(people(5, unions(tree))))
    with acting(viewer):
        kept = str(list(RosterRow.objects.values())) + str(RosterImport.objects.values().get(pk=roster.pk))
        kept += str(list(RosterProblem.objects.values()))
    assert identity(3) not in kept and "19900000003" not in kept
