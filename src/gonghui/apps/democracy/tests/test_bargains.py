"""Collective bargaining step by step with its clocks, and the register of contracts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from gonghui.apps.democracy import queries, services
from gonghui.apps.democracy.choices import ContractKind, ContractScope, Side
from gonghui.apps.democracy.factories import make_contract, make_counted
from gonghui.apps.democracy.models import Ballot, Bargain, Contract
from gonghui.apps.democracy.services.bargains import Named
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM

from .conftest import Hall

pytestmark = pytest.mark.django_db
START = date(2026, 3, 2)


def day(days: int) -> date:
    return START + timedelta(days=days)


def sides(workers: int = 3, firm: int = 3, outside: int = 0) -> list[Named]:
    return [
        Named(side, f"{side.label}{at}", chief=at == 0, outside=side == Side.FIRM and 0 < at <= outside)
        for side, size in ((Side.WORKERS, workers), (Side.FIRM, firm)) for at in range(size)
    ]  # fmt: skip


def act(hall: Hall, today: int, verb: str, *args: Any, **facts: Any) -> Any:
    with time_machine.travel(f"{day(today)}T09:00:00+08:00", tick=False), acting(hall.chair):
        return getattr(services, verb)(hall.chair, *args, **facts)


def refused(code: str, hall: Hall, today: int, verb: str, **facts: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(hall, today, verb, **facts)
    assert caught.value.code == code, caught.value
    return caught.value


def invited(hall: Hall, **facts: Any) -> Bargain:
    given = {"organisation": hall.tree.union, "kind": ContractKind.WAGE, "title": "2026年工资专项集体合同",
             "matter": "最低工资和年度调整", "inviter": Side.WORKERS, "invited_on": START, "firms": 1, "workers": 60}  # fmt: skip
    row: Bargain = act(hall, 0, "invite", **(given | facts))
    return row


def test_from_the_invitation_to_a_contract_that_all_workers_know(hall: Hall) -> None:
    row = invited(hall)
    pk = row.pk
    assert row.reply_due == day(21), "day 20 is a Sunday"
    refused("GH-DEM-071", hall, 5, "reply", bargain_id=pk, on=day(-1), agreed=True)
    assert act(hall, 5, "reply", bargain_id=pk, on=day(5), agreed=True).name_due == day(21)
    act(hall, 8, "begin_talks", bargain_id=pk, people=sides())
    refused("GH-DEM-074", hall, 9, "draft", bargain_id=pk, on=day(9), name="草案.txt", content=b"text")
    act(hall, 9, "meet", bargain_id=pk, on=day(9), minutes="双方交换意见", agreed=False)
    refused("GH-DEM-073", hall, 10, "pause", bargain_id=pk, on=day(10), until=day(71), reason="企业测算")
    act(hall, 10, "pause", bargain_id=pk, on=day(10), until=day(70), reason="企业测算")
    act(hall, 20, "resume", bargain_id=pk)
    act(hall, 20, "meet", bargain_id=pk, on=day(20), minutes="最低工资2200元", agreed=True)
    act(hall, 21, "draft", bargain_id=pk, on=day(21), name="草案.txt", content=b"text")
    counts = {"bargain_id": pk, "delegates": 7, "present": 7, "in_favour": 3}
    proof = {"name": "表决.txt", "proof": b"scan"}
    refused("GH-DEM-077", hall, 30, "pass_draft", on=day(30), **counts)
    refused("GH-DEM-071", hall, 30, "pass_draft", on=day(20), **counts, **proof)
    refused("GH-DEM-076", hall, 30, "pass_draft", on=day(30), **counts | {"present": 6, "in_favour": 7}, **proof)
    assert act(hall, 30, "pass_draft", on=day(30), **counts, **proof).state == "talking"
    act(hall, 31, "draft", bargain_id=pk, on=day(31), name="草案.txt", content=b"text2")
    passed = act(hall, 40, "pass_draft", on=day(40), **counts | {"present": 5, "in_favour": 4}, **proof)
    assert passed.state == "passed" and passed.vote_proof.name == "表决.txt"
    term = {
        "signed_on": day(41),
        "starts_on": day(41),
        "summary": "最低工资2200元",
        "name": "合同.txt",
        "content": b"text",
    }
    refused("GH-DEM-080", hall, 41, "conclude", bargain_id=pk, ends_on=day(41 + 800), **term)
    contract = act(hall, 41, "conclude", bargain_id=pk, ends_on=day(41 + 364), **term)
    assert contract.file_due == day(51)
    act(hall, 43, "file_contract", contract_id=contract.pk, on=day(43))
    for on, state in ((58, "filed"), (59, "valid")):
        with time_machine.travel(f"{day(on)}T06:10:00+08:00", tick=False), acting(SYSTEM):
            services.take_effect()
        contract.refresh_from_db()
        assert contract.state == state
    assert contract.valid_on == day(59) and contract.publish_due == day(70), "10 May is a Sunday"
    refused("GH-DEM-081", hall, 62, "publish_contract", contract_id=contract.pk, on=day(58))
    assert act(hall, 62, "publish_contract", contract_id=contract.pk, on=day(62)).published_on == day(62)
    with time_machine.travel(f"{day(41 + 365)}T06:10:00+08:00", tick=False), acting(SYSTEM):
        services.take_effect()
    contract.refresh_from_db()
    assert contract.state == "ended" and contract.end_reason == "期满"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (sides(2, 2), "每方至少3名"),
        (sides(3, 4), "人数应当对等"),
        (sides(3, 3, 2), "不能超过1/3"),
        ([*(one for one in sides() if not one.chief), Named(Side.FIRM, "甲"), Named(Side.WORKERS, "乙")], "首席代表"),
        ([*sides(3, 2), Named(Side.FIRM, "职工方1")], "写两次"),
    ],
)
def test_sides_that_the_law_does_not_want(hall: Hall, people: list[Named], said: str) -> None:
    row = invited(hall)
    act(hall, 1, "reply", bargain_id=row.pk, on=day(1), agreed=True)
    assert said in refused("GH-DEM-072", hall, 2, "begin_talks", bargain_id=row.pk, people=people).message


def test_a_refusal_to_bargain_is_kept_with_its_reason(hall: Hall) -> None:
    row = invited(hall)
    refused("GH-DEM-004", hall, 2, "reply", bargain_id=row.pk, on=day(2), agreed=False)
    assert act(hall, 2, "reply", bargain_id=row.pk, on=day(2), agreed=False, text="企业停产").state == "refused"


def test_an_objection_is_mended_and_filed_again(hall: Hall) -> None:
    with acting(SYSTEM):
        row = make_contract(hall.tree.union, "合同", signed_on=START, state="filed", valid_on=None)
    act(hall, 10, "object_to_contract", contract_id=row.pk, text="加班费约定低于标准")
    with time_machine.travel(f"{day(60)}T06:10:00+08:00", tick=False), acting(SYSTEM):
        services.take_effect()
    row.refresh_from_db()
    assert row.state == "objected" and row.file_due == day(21), "day 20 is a Sunday"
    act(hall, 15, "file_contract", contract_id=row.pk, on=day(15))
    assert act(hall, 16, "accept_contract", contract_id=row.pk, on=day(16)).state == "valid"


def test_a_renewal_leaves_the_old_one_its_days(hall: Hall) -> None:
    with acting(SYSTEM):
        old = make_contract(hall.tree.union, "旧合同", signed_on=day(-334), ends_on=day(30))
        new = make_contract(hall.tree.union, "新合同", signed_on=day(1), starts_on=day(31), ends_on=day(395),
                            state="filed", filed_on=day(1), valid_on=None, replaces=old)  # fmt: skip
    with time_machine.travel(f"{day(5)}T09:00:00+08:00", tick=False), acting(hall.chair):
        assert not queries.expiring(hall.chair, 90).exists(), "it is renewed already"
    act(hall, 5, "accept_contract", contract_id=new.pk, on=day(5))
    for on, state in ((30, "valid"), (31, "ended")):
        with time_machine.travel(f"{day(on)}T06:10:00+08:00", tick=False), acting(SYSTEM):
            services.take_effect()
        assert Contract.objects.get(pk=old.pk).state == state
    assert TrailRecord.objects.filter(verb="democracy.contract_ended", object_id=str(old.pk)).exists()


def test_only_an_own_contract_in_force_of_the_same_kind_is_renewed(hall: Hall) -> None:
    with acting(SYSTEM):
        own = make_contract(hall.tree.union, "本会合同", signed_on=day(-60))
        other = make_contract(hall.tree.sibling_union, "邻会合同", signed_on=day(-60))
        over = make_contract(hall.tree.union, "过期合同", signed_on=day(-60), state="ended")
    for old, kind in ((other, ContractKind.WAGE), (over, ContractKind.WAGE), (own, ContractKind.GENERAL)):
        with pytest.raises(Refusal) as caught:
            invited(hall, old=old, kind=kind)
        assert caught.value.code == "GH-DEM-082"
    assert invited(hall, old=own).old == own


def test_an_objection_that_came_late_by_post_takes_the_effect_back(hall: Hall) -> None:
    with acting(SYSTEM):
        row = make_contract(hall.tree.union, "合同", signed_on=START, state="filed", filed_on=day(5), valid_on=None)
    with time_machine.travel(f"{day(25)}T06:10:00+08:00", tick=False), acting(SYSTEM):
        services.take_effect()
    row.refresh_from_db()
    assert row.state == "valid"
    refused("GH-DEM-083", hall, 25, "object_to_contract", contract_id=row.pk, text="加班费低于标准", on=day(23))
    made = act(hall, 25, "object_to_contract", contract_id=row.pk, text="加班费低于标准", on=day(15))
    assert made.state == "objected" and made.valid_on is None and made.publish_due is None
    act(hall, 26, "file_contract", contract_id=row.pk, on=day(26))
    act(hall, 28, "accept_contract", contract_id=row.pk, on=day(28))
    refused("GH-DEM-003", hall, 29, "object_to_contract", contract_id=row.pk, text="再提异议", on=day(28))


def drafted(hall: Hall, **facts: Any) -> Bargain:
    row = invited(hall, **facts)
    Bargain.objects.filter(pk=row.pk).update(state="drafted", draft_on=day(10))
    return row


def test_a_draft_is_passed_by_a_vote_on_it_and_by_no_other(hall: Hall) -> None:
    with acting(SYSTEM):
        item = hall.item()
        old, ballot = make_counted(item, "考勤办法"), make_counted(item, "合同草案")
        Ballot.objects.filter(pk=old.pk).update(opened_on=day(9), counted_on=day(11))
        Ballot.objects.filter(pk=ballot.pk).update(opened_on=day(20), counted_on=day(20))
    row, other = drafted(hall), drafted(hall, title="安全卫生合同")
    refused("GH-DEM-076", hall, 21, "pass_draft", bargain_id=row.pk, ballot_id=old.pk)
    assert act(hall, 21, "pass_draft", bargain_id=row.pk, ballot_id=ballot.pk).state == "passed"
    refused("GH-DEM-076", hall, 22, "pass_draft", bargain_id=other.pk, ballot_id=ballot.pk)
    assert act(hall, 23, "fail", bargain_id=row.pk, reason="企业停产").state == "failed", (
        "nobody signs: there is an end"
    )
    assert act(hall, 24, "pass_draft", bargain_id=other.pk, ballot_id=ballot.pk).ballot == ballot


def test_an_area_contract_covers_many_firms(hall: Hall) -> None:
    facts = {"organisation": hall.tree.union, "kind": ContractKind.GENERAL, "title": "园区集体合同", "signed_on": START,
             "starts_on": START, "ends_on": day(3 * 365), "name": "合同.txt", "content": b"text"}  # fmt: skip
    refused("GH-DEM-070", hall, 1, "register_contract", **facts, scope=ContractScope.ENTERPRISE, firms=12, workers=800)
    row = act(hall, 1, "register_contract", **facts, scope=ContractScope.REGIONAL, firms=12, workers=800)
    assert (row.firms, row.workers, row.state) == (12, 800, "signed")
