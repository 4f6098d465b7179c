"""疗休养 from the list of bases to the departure: who was across a year ago is refused, another takes a companion along;
and a place that goes from one phone to another."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from gonghui.kernel.factories import id_number

from .conftest import Open
from .site import Site, _environment
from .steps import on_the_phone, said, shot
from .test_benefits import EDITOR, GUO, LIU, _older, offer_id, scan, write_offer

BASE, TRIP, COURSE = "黄山云谷职工疗休养基地", "黄山职工疗休养第二期", "职工夜校·太极拳"
A_YEAR_AGO = """
import sys
import django
django.setup()
from datetime import timedelta
from uuid import uuid4
from django.utils import timezone
from gonghui.apps.benefits.factories import make_trip
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.models import Account, Organisation
from gonghui.kernel.quotas import services
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
with acting(SYSTEM):
    offer = make_trip(Organisation.objects.get(name="吉安市总工会"), across=True)
    member = viewer_of_member(Account.objects.get(name=sys.argv[1], kind="member"))
    services.take(member, session_id=offer.sessions.get().pk, key=uuid4())
    ago = timezone.now() - timedelta(days=365)
    # settled: the minute's job would find somebody who never came, and whom nothing keeps from the next one
    offer.sessions.update(starts_at=ago, ends_at=ago + timedelta(days=5), settled_at=ago + timedelta(days=6))
    offer.state = "ended"
    offer.save()
"""
"""A trip across the province that a member was on: it lies a year back, so no page can make it now."""

pytestmark = pytest.mark.usefixtures("site")


def was_across(site: Site, who: str) -> None:
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", A_YEAR_AGO, who], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_1_a_base_is_put_on_the_list(site: Site, staff: Open) -> None:
    desk = staff(EDITOR)
    desk.goto("/desk/benefits/bases/new")
    desk.get_by_label("基地名称").fill(BASE)
    desk.get_by_label("命名单位").fill("安徽省总工会")
    desk.get_by_label("命名日期").fill("2024-04-26")
    desk.get_by_label("所在地").fill("黄山市")
    desk.get_by_label("类别").select_option(label="职工疗休养基地")
    desk.get_by_label("长三角互认").check()
    desk.get_by_role("button", name="登记基地").click()
    said(desk, "已登记基地")
    desk.goto("/desk/benefits/bases/")
    said(desk, BASE)
    shot(desk, "recuperation-bases")


def test_2_the_checklist_knows_the_rules_of_the_place(site: Site, staff: Open) -> None:
    desk = staff(EDITOR)
    write_offer(site, desk, TRIP, "先到先得", 5, 2)
    desk.get_by_label("类别").select_option(label="疗休养")
    desk.get_by_label(re.compile("^个人自付")).fill("200")
    desk.get_by_label(re.compile("^工会补贴")).fill("3000")
    desk.get_by_text("类别选“疗休养”时填").click()
    desk.get_by_label(re.compile("^疗休养基地")).select_option(label=f"{BASE}（安徽省黄山市）")
    desk.get_by_label(re.compile("^天数")).fill("8")
    desk.get_by_label(re.compile("^每人每天费用")).fill("400")
    desk.get_by_label(re.compile("^承保公司")).fill("人保财险吉安市分公司")
    desk.get_by_label(re.compile("^每人可带家属")).select_option(label="1名，费用全部自付")
    shot(desk, "recuperation-edit")
    desk.get_by_role("button", name="保存草稿并核对").click()
    said(desk, "跨省疗休养最多7天，这里写了8天（规则“跨省疗休养最多几天”")
    said(desk, "还没有写公开采购文号")
    shot(desk, "recuperation-breaches")
    desk.get_by_role("link", name="修改草稿").click()
    desk.get_by_label(re.compile("^天数")).fill("5")
    desk.get_by_label(re.compile("^工会补贴")).fill("1800")
    desk.get_by_label(re.compile("^公开采购文号")).fill("吉工采〔2026〕8号")
    desk.get_by_role("button", name="保存草稿并核对").click()
    said(desk, "可以发布")
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布")
    assert site.one("SELECT kind FROM offer WHERE id = %s", offer_id(site, TRIP)) == "recuperation_across"


def test_3_who_was_across_is_refused_and_another_takes_somebody_along(site: Site, member: Open) -> None:
    was_across(site, "郭建平")
    pk = offer_id(site, TRIP)
    refused = member(GUO)
    refused.goto(f"/m/benefits/{pk}/")
    said(refused, "36个月内只能参加一次：上一次是")
    said(refused, "起可以再参加")
    expect(refused.get_by_role("button", name="立即领取")).to_have_count(0)
    on_the_phone(refused)
    shot(refused, "recuperation-refused")
    phone = member(LIU)
    phone.goto(f"/m/benefits/{pk}/")
    said(phone, "每名自付2,000元")
    said(phone, "黄山市")
    on_the_phone(phone)
    shot(phone, "recuperation-offer")
    phone.get_by_role("button", name="立即领取").click()
    phone.wait_for_url(re.compile(r"/m/benefits/tickets/\d+/"))
    phone.get_by_label("家属姓名").fill("肖志明")
    phone.get_by_label("和您的关系").select_option(label="配偶")
    phone.get_by_label("证件号码").fill(id_number(433))
    phone.get_by_role("button", name="登记家属，自付2,000元").click()
    said(phone, "1名家属，出发前自付2,000元")
    on_the_phone(phone)
    shot(phone, "recuperation-companion")


def _group(site: Site, desk: Page) -> str:
    desk.goto(f"/desk/benefits/{offer_id(site, TRIP)}/")
    desk.get_by_role("link", name=re.compile("名单、保险、出团")).click()
    return desk.url


def test_4_the_group_sets_off_insured_and_comes_back(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    place = _group(site, desk)
    said(desk, "2人，2人没有投保")
    desk.get_by_role("button", name="登记出团").click()
    said(desk, "还不能出团")
    desk.get_by_label("领队姓名").fill("康美玲")
    desk.get_by_label(re.compile("^领队手机")).fill("19955500881")
    desk.get_by_label("集合时间和地点").fill("今天9点，市总工会门口")
    desk.get_by_role("button", name="保存领队和集合").click()
    said(desk, "已登记领队和集合地点")
    desk.get_by_label("保险单号").fill("PICC-2026-0881")
    desk.get_by_role("button", name="名单上的人都已投保").click()
    said(desk, "名单上2人记为已投保")
    desk.get_by_label("导出理由").fill("交承保公司核对名单")
    with desk.expect_download() as download:
        desk.get_by_role("button", name="导出").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    shot(desk, "recuperation-group")
    narrow = staff(EDITOR, {"width": 390, "height": 844})
    narrow.goto(place)
    on_the_phone(narrow)
    desk.goto(place)
    desk.get_by_role("button", name="登记出团").click()
    said(desk, "已登记出团")
    claim = site.one("SELECT id FROM offer_claim WHERE offer_id = %s AND ended = 0", offer_id(site, TRIP))
    phone = member(LIU)
    phone.goto(f"/m/benefits/tickets/{claim}/")
    said(phone, "今天9点，市总工会门口")
    said(phone, "保险单PICC-2026-0881")
    expect(phone.get_by_label("家属姓名")).to_have_count(0)
    on_the_phone(phone)
    desk.get_by_role("button", name="登记返回").click()
    said(desk, "1名会员记为到团")
    phone.goto(f"/m/benefits/{offer_id(site, TRIP)}/")
    expect(phone.get_by_role("button", name="提交评价")).to_be_visible()


def test_5_a_place_goes_from_one_phone_to_the_other(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    write_offer(site, desk, COURSE, "先到先得", 1, 48)
    desk.get_by_label("名额可以转给别的会员").check()
    desk.get_by_role("button", name="保存草稿并核对").click()
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布")
    pk = offer_id(site, COURSE)
    giver, receiver = member(GUO), member(LIU)
    giver.goto(f"/m/benefits/{pk}/")
    giver.get_by_role("button", name="立即领取").click()
    giver.wait_for_url(re.compile(r"/m/benefits/tickets/\d+/"))
    old = int(site.one("SELECT id FROM offer_claim WHERE offer_id = %s", pk))
    giver.get_by_label("对方的手机号或会员号").fill(LIU)
    giver.get_by_role("button", name="转给对方").click()
    said(giver, "等对方确认")
    on_the_phone(giver)
    shot(giver, "handover-asked")
    receiver.goto("/m/notices/")
    receiver.get_by_role("link", name=re.compile(COURSE)).click()
    on_the_phone(receiver)
    shot(receiver, "handover-offered")
    receiver.get_by_role("button", name="接受名额").click()
    said(receiver, "名额已经是您的")
    expect(receiver.get_by_role("img", name="核销二维码")).to_be_visible()
    giver.reload()
    said(giver, "转给他人")
    said(giver, "对方已接受")
    expect(giver.get_by_role("img", name="核销二维码")).to_have_count(0)
    shot(giver, "handover-given")
    session = site.one("SELECT id FROM offer_session WHERE offer_id = %s", pk)
    door = staff(EDITOR)
    door.goto(f"/desk/benefits/scan/{session}/")
    scan(door, _older(site, old, 0))
    expect(door.locator("[data-answer]")).to_contain_text("这张票券已取消")
    rows = site.rows("SELECT state, ended_why FROM offer_claim WHERE offer_id = %s ORDER BY id", pk)
    assert [row["state"] for row in rows] == ["cancelled", "held"]
