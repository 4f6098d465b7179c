"""Collective bargaining step by step with its clocks, and the register of contracts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from gonghui.apps.democracy import services
from gonghui.apps.democracy.choices import ContractKind, ContractScope, Side
from gonghui.apps.democracy.factories import make_contract
from gonghui.apps.democracy.models import Bargain, Contract
from gonghui.apps.democracy.services.bargains import Named
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
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
    assert row.reply_due == day(20)
    refused("GH-DEM-071", hall, 5, "reply", bargain_id=pk, on=day(-1), agreed=True)
    assert act(hall, 5, "reply", bargain_id=pk, on=day(5), agreed=True).name_due == day(20)
    act(hall, 8, "begin_talks", bargain_id=pk, people=sides())
    refused("GH-DEM-074", hall, 9, "draft", bargain_id=pk, on=day(9), name="草案.txt", content=b"text")
    act(hall, 9, "meet", bargain_id=pk, on=day(9), minutes="双方交换意见", agreed=False)
    refused("GH-DEM-073", hall, 10, "pause", bargain_id=pk, on=day(10), until=day(71), reason="企业测算")
    act(hall, 10, "pause", bargain_id=pk, on=day(10), until=day(70), reason="企业测算")
    act(hall, 20, "resume", bargain_id=pk)
    act(hall, 20, "meet", bargain_id=pk, on=day(20), minutes="最低工资2200元", agreed=True)
    act(hall, 21, "draft", bargain_id=pk, on=day(21), name="草案.txt", content=b"text")
    refused("GH-DEM-076", hall, 30, "pass_draft", bargain_id=pk, on=day(30), delegates=7, present=6, in_favour=7)
    assert (
        act(hall, 30, "pass_draft", bargain_id=pk, on=day(30), delegates=7, present=7, in_favour=3).state == "talking"
    )
    act(hall, 31, "draft", bargain_id=pk, on=day(31), name="草案.txt", content=b"text2")
    assert act(hall, 40, "pass_draft", bargain_id=pk, on=day(40), delegates=7, present=5, in_favour=4).state == "passed"
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
    act(hall, 45, "file_contract", contract_id=contract.pk, on=day(45))
    for on, state in ((60, "filed"), (61, "valid")):
        with time_machine.travel(f"{day(on)}T06:10:00+08:00", tick=False), acting(SYSTEM):
            services.take_effect()
        contract.refresh_from_db()
        assert contract.state == state
    assert contract.valid_on == day(61) and contract.publish_due == day(71)
    refused("GH-DEM-081", hall, 62, "publish_contract", contract_id=contract.pk, on=day(60))
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
    assert row.state == "objected" and row.file_due == day(20)
    act(hall, 15, "file_contract", contract_id=row.pk, on=day(15))
    assert act(hall, 16, "accept_contract", contract_id=row.pk, on=day(16)).state == "valid"


def test_a_renewal_ends_the_old_one_when_it_takes_effect(hall: Hall) -> None:
    with acting(SYSTEM):
        old = make_contract(hall.tree.union, "旧合同", signed_on=day(-364))
        new = make_contract(
            hall.tree.union, "新合同", signed_on=day(1), state="filed", filed_on=day(1), valid_on=None, replaces=old
        )
    act(hall, 5, "accept_contract", contract_id=new.pk, on=day(5))
    assert Contract.objects.get(pk=old.pk).state == "ended"


def test_an_area_contract_covers_many_firms(hall: Hall) -> None:
    facts = {"organisation": hall.tree.union, "kind": ContractKind.GENERAL, "title": "园区集体合同", "signed_on": START,
             "starts_on": START, "ends_on": day(3 * 365), "name": "合同.txt", "content": b"text"}  # fmt: skip
    refused("GH-DEM-070", hall, 1, "register_contract", **facts, scope=ContractScope.ENTERPRISE, firms=12, workers=800)
    row = act(hall, 1, "register_contract", **facts, scope=ContractScope.REGIONAL, firms=12, workers=800)
    assert (row.firms, row.workers, row.state) == (12, 800, "signed")
