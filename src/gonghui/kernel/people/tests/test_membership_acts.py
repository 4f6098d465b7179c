"""Every act on a person and a membership, seen from the records, the counters and the trail."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from gonghui.kernel.factories import make_member, make_organisation, make_person, viewer_at
from gonghui.kernel.models import Appointment, Membership, Organisation, Person, PersonGram, Tally, TrailRecord
from gonghui.kernel.org import services as org
from gonghui.kernel.people import queries, services
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import fresh_number, refused

JOINED = date(2022, 6, 1)


def admit_new(actor: Viewer, organisation: Any, name: str = "郭细根", **facts: Any) -> Membership:
    person = services.register(
        actor,
        organisation=organisation,
        name=name,
        id_kind="identity_card",
        id_number=fresh_number(),
        phone="13800001111",
    )
    return services.admit(actor, organisation=organisation, person=person, joined_on=JOINED, on=JOINED, **facts)


def counts(organisation: Any) -> tuple[int, int, int]:
    tally = Tally.objects.get(organisation_id=organisation.pk)
    return tally.active, tally.retained, tally.ended


def verbs(person_id: int) -> list[str]:
    return list(TrailRecord.objects.filter(subject_id=person_id).order_by("id").values_list("verb", flat=True))


def test_register_makes_a_sealed_masked_searchable_person(tree: Any, county: Viewer) -> None:
    number = fresh_number(female=True)
    person = services.register(
        county,
        organisation=tree.union,
        name="刘 细妹",
        id_kind="identity_card",
        id_number=number,
        phone="138 0000 1111",
    )
    assert (person.name, person.sex, person.phone_mask, person.path) == (
        "刘细妹",
        "2",
        "138****1111",
        tree.union.path,
    )
    assert number.encode() not in bytes(person.id_sealed) and "*" in person.id_mask
    assert person.birth and person.birth.strftime("%Y%m%d") == number[6:14]
    assert PersonGram.objects.filter(person=person, gram="h:细妹").exists()
    assert verbs(person.pk) == ["person.register"]


def test_register_again_returns_the_same_person(tree: Any, county: Viewer) -> None:
    given = {"id_kind": "identity_card", "id_number": fresh_number(), "name": "郭细根"}
    first = services.register(county, organisation=tree.union, **given)
    again = services.register(county, organisation=tree.sibling_union, **given)
    assert first.pk == again.pk and Person.objects.filter(pk=first.pk).count() == 1


def test_register_refuses_the_same_paper_under_another_name(tree: Any, county: Viewer) -> None:
    number = fresh_number()
    services.register(county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=number)
    with refused("GH-PER-402") as caught:
        services.register(county, organisation=tree.union, name="郭大根", id_kind="identity_card", id_number=number)
    assert "郭*根" in caught.value.message and "郭细根" not in caught.value.message


def test_register_names_only_the_county_of_a_member_elsewhere(
    tree: Any, county: Viewer, other_county: Viewer, scoped: Any
) -> None:
    number = fresh_number()
    with scoped(other_county):
        person = services.register(
            other_county,
            organisation=tree.other_union,
            name="曾小军",
            id_kind="identity_card",
            id_number=number,
        )
        services.admit(other_county, organisation=tree.other_union, person=person, joined_on=JOINED, on=JOINED)
    take_scope_of(county)
    with refused("GH-PER-401") as caught:
        services.register(county, organisation=tree.union, name="曾小军", id_kind="identity_card", id_number=number)
    message = caught.value.message
    assert "此人已是其他工会会员" in message and "可发起转会" in message
    assert "瑞金市总工会" in message and "红井电子" not in message
    take_scope_of(county)
    assert not Person.objects.filter(pk=person.pk).exists()


def test_register_takes_over_a_person_without_open_membership(
    tree: Any, county: Viewer, other_county: Viewer, scoped: Any
) -> None:
    number = fresh_number()
    with scoped(other_county):
        person = services.register(
            other_county,
            organisation=tree.other_union,
            name="曾小军",
            id_kind="identity_card",
            id_number=number,
        )
        old = services.admit(other_county, organisation=tree.other_union, person=person, joined_on=JOINED, on=JOINED)
        services.leave(other_county, membership=old, on=date(2024, 1, 5), note="本人书面申请")
    take_scope_of(county)
    taken = services.register(county, organisation=tree.union, name="曾小军", id_kind="identity_card", id_number=number)
    assert taken.pk == person.pk and taken.path == tree.union.path
    with refused("GH-PER-503"):
        services.admit(county, organisation=tree.union, person=taken, joined_on=JOINED, on=date(2023, 12, 1))
    new = services.admit(county, organisation=tree.union, person=taken, joined_on=JOINED, on=date(2024, 1, 5))
    take_scope_of(other_county)
    assert queries.former_members(other_county).get(pk=old.pk).shown_name == "曾小军"
    assert not queries.members(other_county).filter(pk=new.pk).exists()


def test_admit_opens_one_membership_with_a_card_and_counts_it(tree: Any, county: Viewer) -> None:
    before = counts(tree.union)
    membership = admit_new(county, tree.union, worker_kind="new_form", new_form="courier", platforms="顺丰，京东、顺丰")
    assert membership.platforms == ["顺丰", "京东"]
    assert membership.card_no == f"GH{membership.person_id:010d}"
    assert counts(tree.union) == (before[0] + 1, before[1], before[2])
    with refused("GH-PER-506") as caught:
        services.admit(county, organisation=tree.sibling_union, person=membership.person, joined_on=JOINED, on=JOINED)
    assert tree.union.name in caught.value.message
    assert verbs(membership.person_id) == ["person.register", "membership.admit"]


@pytest.mark.parametrize(
    ("joined", "on", "code"),
    [
        (JOINED, timezone.localdate() + timedelta(days=2), "GH-PER-501"),  # a run may pass midnight
        (date(2023, 1, 1), JOINED, "GH-PER-502"),
        (date(2005, 1, 1), JOINED, "GH-PER-504"),
    ],
)
def test_admit_refuses_impossible_dates(tree: Any, county: Viewer, joined: date, on: date, code: str) -> None:
    person = make_person("郭细根", tree.union, birth=date(1990, 3, 7))
    with refused(code):
        services.admit(county, organisation=tree.union, person=person, joined_on=joined, on=on)
    assert not Membership.objects.filter(person=person).exists()


def test_admit_refuses_dissolved_unions_and_unknown_codes(tree: Any, county: Viewer) -> None:
    gone = make_organisation("安福县已撤工会", parent=tree.township, state="dissolved", ended_on=date(2024, 1, 1))
    person = make_person("郭细根", tree.union)
    with refused("GH-PER-508"):
        services.admit(county, organisation=gone, person=person, joined_on=JOINED, on=JOINED)
    with refused("GH-PER-511"):
        services.admit(county, organisation=tree.union, person=person, joined_on=JOINED, on=JOINED, worker_kind="骑手")


def test_retention_ends_one_row_opens_the_next_and_restoration_comes_back(tree: Any, county: Viewer) -> None:
    membership = admit_new(county, tree.union)
    office = services.appoint(
        county, organisation=tree.union, person=membership.person, office="committee_member", on=JOINED
    )
    kept = services.retain(county, membership=membership, reason="retired", on=date(2025, 3, 1), held_by=tree.township)
    membership.refresh_from_db()
    office.refresh_from_db()
    assert (membership.status, membership.end_reason, membership.person_name) == (
        "ended",
        "retention",
        "郭细根",
    )
    assert (kept.status, kept.organisation_id, kept.joined_on, kept.worker_kind) == (
        "retained",
        tree.township.pk,
        JOINED,
        "retired",
    )
    assert office.valid_to == date(2025, 3, 1)
    with refused("GH-PER-521"):
        services.retain(county, membership=kept, reason="jobless", on=date(2025, 4, 1))
    active = services.restore(county, membership=kept, on=date(2025, 9, 1), organisation=tree.union)
    assert (active.status, active.worker_kind, active.card_no) == ("active", "regular", membership.card_no)
    rows = Membership.objects.filter(person_id=membership.person_id).order_by("valid_from", "pk")
    assert [(r.start_reason, r.end_reason) for r in rows] == [
        ("admission", "retention"),
        ("retention", "restored"),
        ("restored", ""),
    ]
    assert [r.valid_to for r in rows] == [date(2025, 3, 1), date(2025, 9, 1), None]


def test_retention_is_held_only_by_a_union_above(tree: Any, county: Viewer) -> None:
    membership = admit_new(county, tree.union)
    with refused("GH-PER-522"):
        services.retain(
            county,
            membership=membership,
            reason="employer_closed",
            on=date(2025, 3, 1),
            held_by=tree.sibling_union,
        )
    membership.refresh_from_db()
    assert membership.valid_to is None


def test_death_ends_membership_and_every_office(tree: Any, county: Viewer) -> None:
    membership = admit_new(county, tree.union)
    for organisation, office in ((tree.union, "committee_member"), (tree.township, "staff")):
        services.appoint(county, organisation=organisation, person=membership.person, office=office, on=JOINED)
    person = services.record_death(county, person=membership.person, on=date(2025, 2, 2), note="家属报告")
    assert person.died_on == date(2025, 2, 2)
    assert not Appointment.objects.filter(person=person, valid_to__isnull=True).exists()
    assert Membership.objects.get(pk=membership.pk).end_reason == "death"
    with refused("GH-PER-534"):
        services.record_death(county, person=person, on=date(2025, 2, 2))
    assert services.undo_end(county, memberships=[membership.pk], reason="登记有误") == [membership.pk]
    person.refresh_from_db()
    assert person.died_on is None
    assert Appointment.objects.filter(person=person, valid_to__isnull=True).count() == 2


def test_end_many_is_all_or_nothing_with_one_record_per_person(tree: Any, county: Viewer) -> None:
    rows = [admit_new(county, tree.union, name) for name in ("郭一平", "郭二平", "郭三平")]
    before = counts(tree.union)
    ids = [row.pk for row in rows]
    with refused("GH-PER-532"):
        services.end_many(
            county,
            memberships=[*ids, tree.outsider.pk],
            on=date(2025, 1, 1),
            reason="paper_member",
            note="清理",
        )
    assert counts(tree.union) == before
    assert sorted(
        services.end_many(county, memberships=ids, on=date(2025, 1, 1), reason="paper_member", note="活力体检清理")
    ) == sorted(ids)
    assert counts(tree.union) == (before[0] - 3, before[1], before[2] + 3)
    for row in rows:
        trail = TrailRecord.objects.get(subject_id=row.person_id, verb="membership.end")
        assert (trail.reason, trail.object_id, trail.detail["end_reason"]) == (
            "活力体检清理",
            str(row.pk),
            "paper_member",
        )
    services.undo_end(county, memberships=ids, reason="核实后撤回")
    assert counts(tree.union) == before
    assert Membership.objects.filter(pk__in=ids, valid_to__isnull=True, person_name="").count() == 3


def test_end_refuses_reasons_that_belong_to_other_acts(tree: Any, county: Viewer) -> None:
    for reason in ("transfer", "retention", "merger"):
        with refused("GH-PER-531"):
            services.end(county, membership=tree.insider, on=date(2025, 1, 1), reason=reason)
    with refused("GH-PER-505"):
        services.end(county, membership=tree.insider, on=date(2020, 1, 1), reason="left")
    with refused("GH-PER-533"):
        services.expel(county, membership=tree.insider, on=date(2025, 1, 1), note=" ")
    assert services.end(county, membership=tree.insider, on=date(2025, 1, 1), reason="lapsed").end_reason == "lapsed"


def test_undo_end_refuses_when_the_person_has_joined_since(tree: Any, county: Viewer) -> None:
    membership = admit_new(county, tree.union)
    services.leave(county, membership=membership, on=date(2024, 1, 1))
    services.admit(
        county,
        organisation=tree.sibling_union,
        person=membership.person,
        joined_on=JOINED,
        on=date(2024, 2, 1),
    )
    with refused("GH-PER-536"):
        services.undo_end(county, memberships=[membership.pk], reason="登记有误")


def test_correct_person_keeps_versions_masks_and_search_in_step(tree: Any, county: Viewer) -> None:
    membership = admit_new(county, tree.union)
    person = Person.objects.get(pk=membership.person_id)
    same = services.correct_person(
        county,
        person=person,
        version=person.version,
        changes={"phone": person.phone_mask, "id_number": person.id_mask, "name": person.name},
    )
    assert same.version == person.version
    changed = services.correct_person(
        county,
        person=person,
        version=person.version,
        changes={"name": "欧阳细根", "phone": "13900002222", "sex": "2"},
    )
    assert (changed.name, changed.phone_mask, changed.version) == (
        "欧阳细根",
        "139****2222",
        person.version + 1,
    )
    assert [hit.person_id for hit in queries.search(county, "欧阳细根")] == [person.pk]
    assert queries.search(county, "郭细根") == []
    assert Tally.objects.get(organisation_id=tree.union.pk).women == 1
    with refused("GH-PER-407"):
        services.correct_person(county, person=person, version=person.version, changes={"name": "郭细根"})
    with refused("GH-PER-307"):
        services.correct_person(county, person=changed, version=changed.version, changes={"phone": "137****1111"})
    detail = TrailRecord.objects.get(subject_id=person.pk, verb="person.correct").detail
    assert detail["fields"] == ["name", "phone", "sex"] and "13900002222" not in str(detail)


def test_correct_person_refuses_the_paper_of_another_record(tree: Any, county: Viewer) -> None:
    first, second = admit_new(county, tree.union).person, admit_new(county, tree.union, "郭二平").person
    number = fresh_number()
    services.correct_person(county, person=first, version=first.version, changes={"id_number": number})
    with refused("GH-PER-408"):
        services.correct_person(county, person=second, version=second.version, changes={"id_number": number})
    assert queries.find_by_id(county, "identity_card", number) == first


def test_correct_membership_checks_dates_and_version(tree: Any, county: Viewer) -> None:
    row = admit_new(county, tree.union)
    changed = services.correct_membership(
        county, membership=row, version=1, changes={"department": "包装车间", "joined_on": date(2020, 1, 1)}
    )
    assert (changed.department, changed.joined_on, changed.version) == ("包装车间", date(2020, 1, 1), 2)
    with refused("GH-PER-407"):
        services.correct_membership(county, membership=row, version=1, changes={"department": "财务"})
    with refused("GH-PER-502"):
        services.correct_membership(county, membership=row, version=2, changes={"joined_on": date(2023, 1, 1)})
    with refused("GH-PER-510"):
        services.correct_membership(county, membership=row, version=2, changes={"status": "ended"})


def test_one_chair_at_a_time_and_cross_office_flagged(tree: Any, county: Viewer) -> None:
    first, second = admit_new(county, tree.union).person, admit_new(county, tree.union, "郭二平").person
    chair = services.appoint(
        county, organisation=tree.union, person=first, office="chair", on=JOINED, party_office="党支部书记"
    )
    with refused("GH-PER-701"):
        services.appoint(county, organisation=tree.union, person=second, office="chair", on=JOINED)
    with refused("GH-PER-702"):
        services.appoint(county, organisation=tree.branch, person=second, office="group_leader", on=JOINED)
        services.appoint(county, organisation=tree.branch, person=second, office="group_leader", on=JOINED)
    assert services.end_appointment(county, appointment=chair, on=date(2025, 5, 1), reason="换届").valid_to
    services.appoint(county, organisation=tree.union, person=second, office="chair", on=date(2025, 5, 1))
    assert [a.person_id for a in queries.officers(county, tree.union)] == [second.pk]
    assert [a.person_id for a in queries.officers(county, tree.union, date(2023, 1, 1))] == [first.pk]
    assert TrailRecord.objects.get(subject_id=first.pk, verb="appointment.start").detail["cross"] is True
    with refused("GH-PER-706"):
        services.end_appointment(county, appointment=chair, on=date(2025, 5, 1), reason="换届")


def test_committee_warnings_name_what_is_missing(tree: Any, county: Viewer) -> None:
    for number in range(30):
        make_member(tree.union, f"刘女{'一二三四五六七八九十'[number % 10]}", make_person("刘女", tree.union, sex="2"))
    services.appoint(county, organisation=tree.union, person=tree.insider.person, office="committee_member", on=JOINED)
    codes = {warning.code for warning in queries.committee_warnings(county, tree.union, date(2024, 1, 1))}
    assert {"GH-ORG-W22", "GH-PER-W71", "GH-PER-W72"} <= codes


def test_signs_move_the_newest_day_forward_only(tree: Any, county: Viewer) -> None:
    person = tree.insider.person
    services.record_sign(county, organisation=tree.union, kind="dues", on=date(2025, 5, 1), person=person)
    services.record_signs(
        county,
        organisation=tree.union,
        signs=[
            services.Sign("activity", date(2025, 3, 1), person.pk),
            services.Sign("contact", date(2025, 8, 1), person.pk, reached=False),
            services.Sign("confirmation", date(2025, 8, 2)),
        ],
    )
    person.refresh_from_db()
    tree.insider.refresh_from_db()
    assert person.last_sign_on == tree.insider.last_sign_on == date(2025, 5, 1)
    with refused("GH-PER-542"):
        services.record_sign(county, organisation=tree.union, kind="dues", on=JOINED, person=tree.outsider.person)


def test_reveal_needs_a_reason_is_recorded_and_capped(tree: Any, county: Viewer) -> None:
    number = fresh_number()
    person = services.register(
        county, organisation=tree.union, name="郭细根", id_kind="identity_card", id_number=number
    )
    with refused("GH-PER-901"):
        services.reveal(county, person=person, field="id_number", reason="看看", cap=2)
    for _ in range(2):
        assert services.reveal(county, person=person, field="id_number", reason="办理困难帮扶申请", cap=2) == number
    with refused("GH-PER-902"):
        services.reveal(county, person=person, field="id_number", reason="办理困难帮扶申请", cap=2)
    with refused("GH-PER-904"):
        services.reveal(county, person=person, field="phone", reason="办理困难帮扶申请", cap=9)
    rows = TrailRecord.objects.filter(subject_id=person.pk, verb="person.reveal").order_by("id")
    assert [row.refused for row in rows] == [False, False, True]
    assert all(number not in str((row.detail, row.reason)) for row in rows)


def test_member_reads_who_looked(tree: Any, county: Viewer) -> None:
    services.reveal(county, person=tree.insider.person, field="phone", reason="联系领取慰问品", cap=9)
    me = Viewer(role="member", name="刘细妹", account_id=999, person_id=tree.insider.person_id)
    take_scope_of(me)
    looks = queries.looks_at(me)
    assert [(look.who, look.organisation, look.fields, look.reason) for look in looks] == [
        (county.name, "安福县总工会", ("phone",), "联系领取慰问品")
    ]
    own = queries.own(me)
    assert own and own.membership == tree.insider and own.union and own.union.name == tree.union.name
    assert [stay.organisation for stay in own.history] == [tree.union.name]


def test_sibling_county_reads_and_changes_nothing(tree: Any, county: Viewer) -> None:
    take_scope("", "~")
    sibling = viewer_at(tree.sibling_county, username="suichuan")
    take_scope_of(sibling)
    assert queries.person(sibling, tree.insider.person_id) is None
    assert list(queries.members(sibling)) == [] and queries.search(sibling, "刘细妹") == []
    acts = [
        lambda: services.leave(sibling, membership=tree.insider, on=JOINED),
        lambda: services.transfer_within(
            sibling, membership=tree.insider, to_organisation=tree.sibling_county, on=JOINED, reason="调动"
        ),
        lambda: services.correct_person(sibling, person=tree.insider.person, version=1, changes={"name": "某某"}),
        lambda: services.reveal(sibling, person=tree.insider.person, field="phone", reason="没有什么理由", cap=9),
        lambda: services.appoint(
            sibling, organisation=tree.sibling_county, person=tree.insider.person, office="staff", on=JOINED
        ),
        lambda: services.admit(
            sibling, organisation=tree.union, person=tree.insider.person, joined_on=JOINED, on=JOINED
        ),
        lambda: services.merge_people(
            sibling, kept=tree.insider.person, dropped=tree.neighbour.person, reason="核对过证件"
        ),
    ]
    for act in acts:
        with pytest.raises(Refusal):
            act()
    take_scope_of(county)
    tree.insider.refresh_from_db()
    assert tree.insider.valid_to is None and tree.insider.version == 1


def test_reading_a_list_of_members_takes_one_query(tree: Any, county: Viewer, django_assert_num_queries: Any) -> None:
    for number in range(30):
        make_member(tree.union, f"刘细{'一二三四五六七八九十'[number % 10]}")
    with django_assert_num_queries(1):
        assert len([(row.person.name, row.organisation.name, row.shown_name) for row in queries.members(county)]) == 32
    with django_assert_num_queries(1):
        assert len([row.shown_name for row in queries.members(county, on=date(2023, 1, 1))]) == 32


_MANY_PEOPLE = """
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_mask, sex, ethnicity,
  education, politics, skill_level, version)
SELECT 1000000 + g, %s, '刘细妹', 'liu', 'identity_card', decode(md5(g::text), 'hex'), 'x', 'x', '', '1', '', '', '',
  '', 1 FROM generate_series(1, 8000) g
"""
_MANY_MEMBERS = """
INSERT INTO membership (person_id, organisation_id, path, status, joined_on, valid_from, start_reason, end_reason,
  retention_reason, person_name, card_no, worker_kind, occupation, new_form, platforms, employer_name, department,
  staff_no, version)
SELECT 1000000 + g, %s, %s, 'active', '2020-01-01', '2020-01-01', 'admission', '', '', '', '', 'regular', '', '',
  '{}', '', '', '', 1 FROM generate_series(1, 8000) g
"""


def eight_thousand(union: Organisation) -> list[int]:
    """Members of one union, whose tables were last analysed while they were empty, as a new installation's are."""
    with connections["owner"].cursor() as owner:
        for table in ("person", "membership", "organisation_tally"):
            owner.execute(f"ANALYZE {table}")
        owner.execute("SELECT count(*) FROM pg_class WHERE relname IN ('person', 'membership') AND reltuples = 0")
        assert owner.fetchone() == (2,)
    with connection.cursor() as cursor:
        cursor.execute(_MANY_PEOPLE, [union.path])
        cursor.execute(_MANY_MEMBERS, [union.pk, union.path])
    return list(Membership.objects.filter(person_id__gt=1_000_000).values_list("pk", flat=True))


def rows_read() -> int:
    """How many rows of persons and memberships this transaction has fetched so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint FROM pg_stat_xact_user_tables"
            " WHERE relname IN ('person', 'membership')"
        )
        return int(cursor.fetchone()[0])


LINEAR = 100
"""Rows read for each membership, at the most; read person by person, 8,000 of them read 32 million."""


@pytest.mark.django_db(databases=["default", "owner"])
def test_eight_thousand_end_after_one_has_ended(tree: Any, county: Viewer) -> None:
    """Plans kept from the first single act, joins planned for tables that were empty: both once made this quadratic."""
    services.leave(county, membership=tree.neighbour, on=date(2025, 1, 1))
    ids = eight_thousand(tree.union)
    services.end_many(county, memberships=ids, on=date(2025, 1, 1), reason="paper_member", note="清理")
    services.undo_end(county, memberships=ids, reason="撤回")
    assert counts(tree.union) == (8001, 0, 0)
    assert rows_read() < LINEAR * len(ids)


@pytest.mark.django_db(databases=["default", "owner"])
def test_eight_thousand_go_along_when_their_union_is_merged(tree: Any, county: Viewer) -> None:
    other = make_organisation("安福县竹木业联合工会", "joint_union", parent=tree.county)
    ids = eight_thousand(tree.union)
    change = org.merge(SYSTEM, organisation=tree.union, into=other, on=date(2025, 1, 1), reason="同一园区合并")
    assert counts(other)[0] == len(ids) + 1
    org.undo(SYSTEM, change=change, reason="登记有误")
    assert counts(tree.union)[0] == len(ids) + 1
    assert rows_read() < LINEAR * len(ids)
