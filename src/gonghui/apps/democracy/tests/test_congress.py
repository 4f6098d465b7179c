"""A congress from its first unit to its minutes; what the law forbids is refused where it is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.democracy import queries, services
from gonghui.apps.democracy.choices import Caller, CongressKind, DelegateKind, ItemKind, SessionKind
from gonghui.apps.democracy.factories import make_congress, make_contract, make_item
from gonghui.apps.democracy.models import Attendance, Congress, Delegate, Receipt, Session
from gonghui.apps.democracy.services import Elected
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.factories import make_account, make_member, viewer_at
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import add_months
from gonghui.kernel.rules.services import set_rule
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

from .conftest import Hall

pytestmark = pytest.mark.django_db


def refused(wanted: str, act: object, *args: object, **facts: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **facts)  # type: ignore[operator]
    assert caught.value.code == wanted, caught.value
    return caught.value


def test_a_new_union_founds_elects_and_constitutes(hall: Hall) -> None:
    today = timezone.localdate()
    with acting(SYSTEM):
        chair = viewer_at(hall.tree.sibling_union, "grassroots_chair", "sib-chair")
        members = [
            make_member(
                hall.tree.sibling_union,
                name,
            )
            for name in ("康丽", "尹国平", "邓美英")
        ]
        for one in members[:1]:
            one.person.sex = "2"
            one.person.save()
    facts = {"organisation": hall.tree.sibling_union, "kind": CongressKind.ENTERPRISE, "number_": 1, "workers": 30,
             "women": 10, "starts_on": today}  # fmt: skip
    with acting(chair):
        words = refused("GH-DEM-010", services.found_congress, chair, **facts, ends_on=add_months(today, 72))
        assert "3年至5年" in words.sentence and "《企业民主管理规定》" in words.sentence
        row = services.found_congress(chair, **facts, ends_on=add_months(today, 48))
        unit = services.add_unit(chair, congress_id=row.pk, title="一车间", workers=30, seats=3)
        refused("GH-DEM-020", services.constitute, chair, congress_id=row.pk)
        elected = [Elected(one, DelegateKind.WORKER, 18) for one in members]
        given = {"unit_id": unit.pk, "on": today, "proof_name": "报告单.pdf", "proof": b"scan"}
        refused("GH-DEM-016", services.elect, chair, **given, cast=19, elected=elected)
        refused(
            "GH-DEM-016",
            services.elect,
            chair,
            **given,
            cast=20,
            elected=[Elected(members[0], DelegateKind.WORKER, 15)],
        )
        refused("GH-DEM-018", services.elect, chair, **(given | {"proof": b""}), cast=20, elected=elected)
        refused("GH-DEM-017", services.elect, chair, **given, cast=20,
                elected=[Elected(hall.tree.insider, DelegateKind.WORKER, 18)])  # fmt: skip
        assert len(services.elect(chair, **given, cast=20, elected=elected)) == 3
        refused("GH-DEM-015", services.elect, chair, **given, cast=20, elected=elected[:1])
        assert services.constitute(chair, congress_id=row.pk).state == "sitting"


def test_too_many_managers_and_too_few_women_keep_it_from_being_constituted(hall: Hall) -> None:
    Congress.objects.filter(pk=hall.congress.pk).update(state="preparing")
    Delegate.objects.filter(pk__in=[one.pk for one in hall.seats[:2]]).update(kind="manager")
    with acting(hall.chair):
        words = refused("GH-DEM-020", services.constitute, hall.chair, congress_id=hall.congress.pk)
        assert "28.5%（2/7）" in words.message and "百分之二十" in words.sentence
    Delegate.objects.filter(congress=hall.congress).update(kind="worker", woman=False)
    with acting(hall.chair):
        words = refused("GH-DEM-020", services.constitute, hall.chair, congress_id=hall.congress.pk)
        assert "应有2名女代表" in words.message


def by_election(hall: Hall, name: str, kind: DelegateKind, **facts: Any) -> list[Delegate]:
    with acting(SYSTEM):
        one, unit = make_member(hall.tree.union, name), hall.congress.units.get()
        unit.seats = 9
        unit.save()
    given = {
        "unit_id": unit.pk,
        "on": timezone.localdate(),
        "cast": 50,
        "proof_name": "补选.pdf",
        "proof": b"scan",
    } | facts
    with acting(hall.chair):
        return services.elect(hall.chair, **given, elected=[Elected(one, kind, 40)])


def test_a_by_election_keeps_its_own_count_and_proof(hall: Hall) -> None:
    (made,) = by_election(hall, "康丽", DelegateKind.WORKER, cast=51)
    first, second = hall.congress.units.get().elections.order_by("pk")
    assert (first.cast, second.cast) == (58, 51) and made.election == second and second.proof is not None
    assert hall.seats[0].election == first


def test_no_by_election_while_a_session_counts_its_delegates(hall: Hall) -> None:
    hall.session()
    refused("GH-DEM-019", by_election, hall, "康丽", DelegateKind.WORKER)


def test_a_by_election_does_not_spoil_what_the_congress_is_made_of(hall: Hall) -> None:
    words = refused("GH-DEM-020", by_election, hall, "康丽", DelegateKind.MANAGER)
    assert "25.0%（2/8）" in words.message and Delegate.objects.count() == 7
    Delegate.objects.filter(congress=hall.congress).update(woman=False)
    with acting(SYSTEM):
        woman = make_member(hall.tree.union, "尹国平")
        woman.person.sex = "2"
        woman.person.save()
        hall.congress.units.update(seats=9)
    with acting(hall.chair):
        made = services.elect(hall.chair, unit_id=hall.congress.units.get().pk, on=timezone.localdate(), cast=50,
                              elected=[Elected(woman, DelegateKind.WORKER, 40)], proof_name="补选.pdf", proof=b"scan")  # fmt: skip
    assert made[0].woman, "still too few women, and fewer missing than before"


def test_the_change_of_terms_is_late_by_a_year_at_most(hall: Hall) -> None:
    last = add_months(hall.congress.ends_on, 12)
    facts = {"congress_id": hall.congress.pk, "reason": "企业搬迁"}
    with acting(hall.chair):
        refused("GH-DEM-022", services.extend, hall.chair, **facts, until=last + timedelta(days=1))
        assert services.extend(hall.chair, **facts, until=last).late_until == last


def test_a_session_from_notice_to_minutes(hall: Hall) -> None:
    chair, today = hall.chair, timezone.localdate()
    with acting(chair):
        row = services.plan_session(chair, congress_id=hall.congress.pk, on=today, clock="09:00", place="三楼会议室")
        refused("GH-DEM-033", services.deliver, chair, session_id=row.pk)
        report = services.add_item(chair, session_id=row.pk, kind=ItemKind.HEAR, title="工作报告")
        matter = services.add_item(chair, session_id=row.pk, kind=ItemKind.PASS, title="考勤办法")
        refused("GH-DEM-034", services.deliver, chair, session_id=row.pk)
        paper = services.add_paper(
            chair, item_id=matter.pk, name="办法.txt", content=b"text", content_type="text/plain"
        )
        assert services.deliver(chair, session_id=row.pk) == 1 and Receipt.objects.filter(paper=paper).count() == 7
        row.refresh_from_db()
        words = refused("GH-DEM-037", services.open_session, chair, session_id=row.pk)
        assert "应到7名，已签到0名，须有5名以上" in words.message and "三分之二" in words.sentence
    for at, viewer in enumerate(hall.phones[:5]):
        with acting(viewer):
            refused(
                "GH-DEM-036",
                services.check_in,
                viewer,
                session_id=row.pk,
                code="000000" if row.code != "000000" else "1",
            )
            if at < 4:
                services.check_in(viewer, session_id=row.pk, code=row.code)
                services.check_in(viewer, session_id=row.pk, code=row.code)
    with acting(chair):
        refused("GH-DEM-037", services.open_session, chair, session_id=row.pk)
        assert services.register(chair, session_id=row.pk, delegate_ids=[hall.seats[4].pk, hall.seats[0].pk]) == 1
        assert Attendance.objects.filter(session=row).count() == 5
        services.open_session(chair, session_id=row.pk)
        refused("GH-DEM-038", services.record_item, chair, item_id=matter.pk, decision="大家同意")
        refused("GH-DEM-041", services.open_ballot, chair, item_id=matter.pk)
        services.record_item(chair, item_id=report.pk, decision="听取，没有意见")
        refused("GH-DEM-039", services.close_session, chair, session_id=row.pk, summary="结束")
        refused("GH-DEM-019", services.end_delegate, chair, delegate_id=hall.seats[6].pk, reason="离职")


def test_another_day_is_checked_in_to_anew(hall: Hall) -> None:
    session, today = hall.session(state="notified"), timezone.localdate()
    facts = {"session_id": session.pk, "place": "食堂"}
    with acting(hall.chair):
        assert services.move_session(hall.chair, on=today, clock="14:00", **facts).attendances.count() == 7
        moved = services.move_session(hall.chair, on=today + timedelta(days=8), clock="09:00", **facts)
        assert not moved.attendances.exists() and moved.code != session.code and len(moved.code) == 6


def test_who_is_a_delegate_no_more_is_not_there(hall: Hall) -> None:
    session = hall.session(state="notified", present=5)
    with acting(hall.chair):
        services.end_delegate(hall.chair, delegate_id=hall.seats[0].pk, reason="离职")
        services.end_delegate(hall.chair, delegate_id=hall.seats[1].pk, reason="离职")
        assert "已签到3名" in refused("GH-DEM-037", services.open_session, hall.chair, session_id=session.pk).message


def test_a_delegate_opens_a_paper_and_that_is_the_receipt(hall: Hall) -> None:
    paper = hall.item().papers.get()
    with acting(hall.phones[2]):
        services.opened(hall.phones[2], paper=paper)
        services.opened(hall.phones[2], paper=paper)
    with acting(hall.worker):
        services.opened(hall.worker, paper=paper)
    with acting(hall.chair):
        assert services.handed(hall.chair, paper_id=paper.pk, delegate_ids=[hall.seats[0].pk, hall.seats[2].pk]) == 1
    found = {one.delegate_id: one for one in Receipt.objects.filter(opened_on__isnull=False)}
    assert set(found) == {hall.seats[0].pk, hall.seats[2].pk}
    assert found[hall.seats[0].pk].by_hand and not found[hall.seats[2].pk].by_hand


def test_staff_read_as_members_what_is_their_own_and_not_the_range_of_their_post(hall: Hall) -> None:
    with acting(SYSTEM):
        hall.item()
        make_contract(hall.tree.union, "工资合同", published_on=timezone.localdate())
        stranger = make_member(hall.tree.sibling_union, "康丽").person_id
    paper = Session.objects.get().items.get().papers.get().pk
    own = (queries.own_sessions, queries.own_contracts)
    for person, seen in ((hall.tree.insider.person_id, 1), (stranger, 0)):
        viewer = replace(hall.county, person_id=person)
        with acting(viewer):
            assert [rows(viewer).count() for rows in own] == [seen, seen]
            assert (queries.own_congress(viewer) is not None) == bool(seen)
            assert (queries.own_paper(viewer, paper) is not None) == bool(seen)


def test_who_sits_in_the_congress_of_the_area_is_led_to_it(hall: Hall) -> None:
    with acting(SYSTEM):
        people = list(hall.tree.insider.__class__.objects.filter(person_id=hall.seats[1].person_id))
        area = make_congress(hall.tree.county, kind="regional", people=people)
    with acting(hall.phones[0]):
        assert queries.own_congress(hall.phones[0]) == hall.congress
    with acting(SYSTEM):
        Delegate.objects.filter(congress=hall.congress, pk=hall.seats[1].pk).update(ended_on=timezone.localdate())
    with acting(hall.phones[1]):
        assert queries.own_congress(hall.phones[1]) == area


def test_a_third_of_the_delegates_may_call_an_emergency_session(hall: Hall) -> None:
    facts = {"congress_id": hall.congress.pk, "on": timezone.localdate(), "clock": "14:00", "place": "食堂",
             "kind": SessionKind.EMERGENCY, "reason": "停产安置"}  # fmt: skip
    with acting(hall.chair):
        refused("GH-DEM-031", services.plan_session, hall.chair, **facts, proposers=3)
        words = refused(
            "GH-DEM-031", services.plan_session, hall.chair, **facts, caller=Caller.DELEGATES, proposers=2
        ).message
        assert "要有3名以上提议" in words
        made = services.plan_session(hall.chair, **facts, caller=Caller.DELEGATES, proposers=3)
        assert (made.kind, made.proposers) == ("emergency", 3)
        made = services.plan_session(hall.chair, **facts, caller=Caller.FIRM)
        assert (made.caller, made.proposers) == ("firm", 0)


def test_a_congress_has_met_when_it_met_as_often_as_the_rule_asks(hall: Hall) -> None:
    with acting(SYSTEM):
        hall.session(state="closed")
        county = hall.tree.county
    with acting(hall.county):
        assert queries.congresses(hall.county).get().met
    with acting(SYSTEM):
        set_rule(
            SYSTEM,
            key="democracy.yearly",
            organisation=county,
            value=2,
            valid_from=timezone.localdate(),
            source="县办法",
        )
    with acting(hall.county):
        assert not queries.congresses(hall.county).get().met


def test_a_delegate_of_a_by_election_gets_the_papers_of_the_coming_session(hall: Hall) -> None:
    with acting(SYSTEM):
        item = make_item(hall.session(state="notified"))
    (made,) = by_election(hall, "康丽", DelegateKind.WORKER)
    receipt = Receipt.objects.get(paper=item.papers.get(), delegate=made)
    assert receipt.delivered_on == timezone.localdate() and receipt.opened_on is None


def test_no_session_after_the_term(hall: Hall) -> None:
    with acting(hall.chair):
        refused("GH-DEM-030", services.plan_session, hall.chair, congress_id=hall.congress.pk, clock="09:00", place="食堂",
                on=hall.congress.ends_on + timedelta(days=1))  # fmt: skip


def test_those_above_look_and_do_not_act(hall: Hall) -> None:
    session = hall.session(state="notified")
    with acting(SYSTEM):
        rights = viewer_at(hall.tree.county, "rights", "dem-rights")
    with acting(rights):
        assert Congress.objects.count() == 1
        refused("GH-DEM-002", services.open_session, rights, session_id=session.pk)
    with acting(SYSTEM):
        beside = viewer_at(hall.tree.sibling_union, "grassroots_chair", "sib-chair")
    with acting(beside):
        refused("GH-DEM-001", services.open_session, beside, session_id=session.pk)


def test_members_read_their_own_unions_congress_and_no_other(hall: Hall) -> None:
    hall.item()
    with acting(hall.worker):
        assert Congress.objects.count() == 1 and not Attendance.objects.exists() and not Receipt.objects.exists()
    with acting(hall.phones[0]):
        assert Attendance.objects.count() == 1 and Receipt.objects.count() == 1
    with acting(SYSTEM):
        other = viewer_of_member(make_account("m-other", "欧阳志强", "member", hall.tree.neighbour.person))
    with acting(other):
        assert not Congress.objects.exists() and not Delegate.objects.exists()


def test_what_cannot_be_voted_on_is_put_off_and_the_session_ends(hall: Hall) -> None:
    item = hall.item(days=3)
    with acting(hall.chair):
        refused("GH-DEM-041", services.open_ballot, hall.chair, item_id=item.pk)
        refused("GH-DEM-004", services.defer_item, hall.chair, item_id=item.pk, reason=" ")
        row = services.defer_item(hall.chair, item_id=item.pk, reason="草案会前3天才送达")
        assert (row.state, row.decision) == ("deferred", "草案会前3天才送达")
        refused("GH-DEM-003", services.open_ballot, hall.chair, item_id=item.pk)
        closed = services.close_session(hall.chair, session_id=item.session_id, summary="考勤办法下次再议")
        assert closed.state == "closed"


def test_an_item_leaves_the_agenda_after_the_notice_and_not_during_the_session(hall: Hall) -> None:
    session = hall.session(state="notified")
    first, second = hall.item(), hall.item()
    with acting(hall.chair):
        services.drop_item(hall.chair, item_id=first.pk)
        Session.objects.filter(pk=session.pk).update(state="open")
        refused("GH-DEM-003", services.drop_item, hall.chair, item_id=second.pk)
        assert list(session.items.all()) == [second]
