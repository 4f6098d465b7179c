"""The year of business of the demonstration: left to the worker, done once, and seen on the desks of the cast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from conftest import own_copy
from gonghui.apps.assessment.models import ItemSheet
from gonghui.apps.casework.models import HardshipFile, Ticket
from gonghui.apps.funds.models import GrantOrder
from gonghui.kernel.access.models import Account
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import SYSTEM
from gonghui.machine.postgres import Cluster
from gonghui.web.demo.year import TASK
from gonghui.web.jobs import fill_year
from gonghui.web.tests.jian import courses_came_from_a_menu, places_are_registered, points_come_out_of_assessments
from tests.journeys.site import template


@pytest.fixture
def demonstration(django_db_setup: None, django_db_blocker: Any, cluster: Cluster) -> Iterator[None]:
    """A copy of the demonstration that the journeys stand on, with its year, made by `gonghui demo`."""
    with django_db_blocker.unblock(), own_copy(cluster, template(cluster)):
        take_scope_of(SYSTEM)
        yield


DESKS = (
    ("guoweimin", "/desk/inbox/", ("申请加入工会", "转会", "困难职工建档")),
    ("yinchunsheng", "/desk/inbox/", ("申请加入工会", "申请建立工会")),
    ("luochunhua", "/desk/inbox/", ("困难职工建档",)),
    ("liuchunlan", "/desk/inbox/", ("申请建立工会", "工匠和先进个人推荐评选", "以奖代补申请")),
    ("ouyangjing", "/desk/inbox/", ("工会法律援助", "劳动争议调解", "职工医疗互助申领")),
    ("ouyangjing", "/desk/cases/tickets/", ("待接收", "办理中", "待回访", "待质检")),
    ("ouyangjing", "/desk/cases/files/", ("深度困难", "相对困难", "意外致困")),
    ("ouyangjing", "/desk/cases/aids/", ("生活救助", "大病救助", "已支付", "待支付")),
    ("ouyangjing", "/desk/cases/rights/", ("法律援助", "欠薪线索", "争议调解")),
    ("ouyangjing", "/desk/cases/letters/", ("待发出", "待答复", "已答复整改")),
    ("penglihua", "/desk/cases/tickets/", ("待分派", "待接收")),
    ("penglihua", "/desk/cases/files/", ("还没有困难职工档案",)),
    ("zhoumin", "/desk/inbox/", ("工匠和先进个人推荐评选",)),
    ("xieguoping", "/desk/inbox/", ("以奖代补申请",)),
    ("xieguoping", "/desk/funds/", ("已支付",)),
    ("kangmeiling", "/desk/honours/", ("最美产业工人评选", "市工匠评选")),
    ("kangmeiling", "/desk/honours/register/", ("省劳动模范", "市工人先锋号", "市五一劳动奖状")),
    ("lijianhua", "/desk/inbox/", ("合理化建议评选",)),
    ("kangmeiling", "/desk/benefits/menus/", ("公益培训菜单", "职工夜校点课菜单")),
    ("zhoumin", "/desk/reform/plans/", ("年重点工作计划", "15")),
    ("zhoumin", "/desk/reform/rounds/", ("产改落实情况督查",)),
    ("liuchunlan", "/desk/reform/pilots/", ("核心样本企业", "重点样本企业", "没有指导员")),
    ("liuchunlan", "/desk/reform/brands/", ("枫田", "待审核", "已登记")),
    ("wangfugen", "/desk/reform/pilots/?mine=1", ("我联系的试点",)),
    ("guoweimin", "/desk/reform/cases/", ("一张表让技高者多得",)),
    ("zhoumin", "/desk/places/", ("工人文化宫", "职工之家", "爱心驿站")),
    ("liuchunlan", "/desk/places/tickets/", ("空调坏", "没有水", "已修好")),
    ("yinchunsheng", "/desk/places/questions/", ("待答复", "已看到答复")),
    ("guoweimin", "/desk/wishes/", ("待核对", "已实现", "待认领")),
    ("", "/wishes/", ("给女儿一套二十四色彩笔", "阿强")),
    ("", "/places/", ("101处", "爱心驿站")),
    ("", "/honours/", ("市工匠", "市劳动模范")),
    ("", "/contests/", ("自动套袋机改造", "可调式套袋夹具")),
)
"""Who opens what, and what stands there. Files of the county do not exist for the city's rights officer."""


def _desks_are_full() -> None:
    for username, address, words in DESKS:
        client = Client()
        take_scope_of(SYSTEM)
        if username:
            account = Account.objects.get(username=username)
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        said = client.get(address).content.decode()
        assert [word for word in words if word not in said] == [], (username, address)
    take_scope_of(SYSTEM)
    assert set(HardshipFile.objects.values_list("hardship", flat=True)) == {"深度困难", "相对困难", "意外致困"}
    assert set(GrantOrder.objects.values_list("state", flat=True)) == {"asked", "approved", "paid"}
    states = {"dispatch", "take", "handle", "call_back", "check", "closed"}
    assert set(Ticket.objects.values_list("state", flat=True)) == states
    assert not Application.objects.filter(key__startswith="casework.", confidential=False).exists()


def _counts() -> tuple[int, ...]:
    take_scope_of(SYSTEM)
    approved = ItemSheet.objects.filter(application__state="approved").count()
    years = TrailRecord.objects.filter(verb=TASK).count()
    return approved, years, Application.objects.count(), TrailRecord.objects.count()


def test_the_year_happens_once_and_fills_the_desks(demonstration: None) -> None:
    with transaction.atomic():
        before = _counts()
    assert before[:2] == (40, 1)
    fill_year(today=timezone.localdate().isoformat(), seed=2022)  # as when a worker died after its commit
    with transaction.atomic():
        assert _counts() == before
        points_come_out_of_assessments()
        courses_came_from_a_menu()
        places_are_registered()
        _desks_are_full()
