"""你点菜，我买单: a menu from the desk to three phones, a course that opens, a voter who comes and rates, its cost."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site, _environment
from .steps import on_the_phone, said, shot
from .test_benefits import local

GUO, LIU = "19900000001", "19900000002"
EDITOR = "kangmeiling"
MENU, YOGA, INK, WISH = "冬季点课菜单", "肩颈瑜伽", "毛笔书法", "口风琴"
OTHER_PHONE = """
import django
django.setup()
from gonghui.kernel.models import Membership, Person
from gonghui.kernel.scope import acting
from gonghui.kernel.sealing import unseal
from gonghui.kernel.viewer import SYSTEM
with acting(SYSTEM):
    rows = Membership.objects.filter(valid_to__isnull=True, status="active", person__phone_hash__isnull=False)
    for row in rows.exclude(person__account__isnull=False).select_related("person").order_by("pk")[:50]:
        if Person.objects.filter(phone_hash=row.person.phone_hash).count() == 1:
            print(unseal(bytes(row.person.phone_sealed), "person.phone"))
            break
"""
"""The phone of one more member: numbers are generated and sealed, so the installation itself is asked."""

pytestmark = pytest.mark.usefixtures("site")


def third(site: Site) -> str:
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PHONE], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def dish_id(site: Site, title: str) -> int:
    return int(site.one("SELECT id FROM benefit_dish WHERE title = %s", title))


def add(page: Page, title: str, about: str) -> None:
    page.get_by_role("textbox", name="课程").fill(title)
    page.get_by_label("学什么").fill(about)
    page.get_by_role("button", name="加上菜单").click()
    said(page, f"已加上“{title}”")


def test_1_the_desk_writes_a_menu_and_three_members_vote(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    desk.goto("/desk/benefits/")
    desk.get_by_role("link", name="点课菜单").click()
    desk.get_by_role("link", name="新建菜单").first.click()
    desk.get_by_label("名称").fill(MENU)
    desk.get_by_label("开始投票").fill(local(site)[:10])
    desk.get_by_label("截止投票").fill(local(site, days=9)[:10])
    desk.get_by_label("几票开课").fill("3")
    desk.get_by_role("button", name="保存草稿").click()
    add(desk, YOGA, "下班以后放松肩颈，零基础可学。")
    add(desk, INK, "从握笔到写春联，笔墨现场提供。")
    desk.get_by_role("button", name="开放投票").click()
    said(desk, "已开放")
    for who in (GUO, LIU, third(site)):
        phone = member(who)
        phone.goto("/m/benefits/")
        phone.get_by_role("link", name=re.compile("点课菜单")).click()
        phone.get_by_role("button", name=f"投给{YOGA}").click()
        said(phone, f"已投给“{YOGA}”")
        on_the_phone(phone)
    shot(phone, "menu-m")
    assert site.one("SELECT votes FROM benefit_dish WHERE title = %s", YOGA) == 3


def test_2_a_wish_is_answered_with_a_reason(site: Site, staff: Open, member: Open) -> None:
    phone = member(LIU)
    phone.goto("/m/benefits/menu/")
    form = phone.get_by_role("region", name=MENU).get_by_role("group", name="点一门")
    form.get_by_label("想学什么").fill(WISH)
    form.get_by_label("说一句").fill("孩子也能一起学，周末有空。")
    form.get_by_role("button", name="提交点课").click()
    said(phone, "已提交")
    desk = staff(EDITOR)
    desk.goto(f"/desk/benefits/menus/dishes/{dish_id(site, WISH)}/")
    shot(desk, "menu-wish")
    desk.get_by_label("原因", exact=True).fill("没有请到老师，明年再排")
    desk.get_by_role("button", name="不开这门课").click()
    said(desk, "原因会员看得到")
    phone.reload()
    said(phone, "没有请到老师，明年再排")


def test_3_the_course_opens_and_a_voter_signs_up(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    desk.goto("/desk/")
    menu = site.one("SELECT id FROM benefit_menu WHERE title = %s", MENU)
    desk.goto(f"/desk/benefits/menus/{menu}/")
    shot(desk, "menu-desk")
    desk.get_by_role("link", name=YOGA).click()
    desk.get_by_label("老师").fill("聂晓燕")
    desk.get_by_label("地点").fill("吉安市工人文化宫舞蹈室")
    desk.get_by_label("第一次开始").fill(local(site, hours=1))
    desk.get_by_label("第一次结束").fill(local(site, hours=2))
    desk.get_by_label("上课次数").fill("4")
    desk.get_by_label("费用合计（元）").fill("880")
    desk.get_by_role("button", name="看有没有冲突").click()
    said(desk, "没有时间冲突")
    shot(desk, "menu-open")
    desk.get_by_role("button", name="开课", exact=True).click()
    said(desk, f"“{YOGA}”已开课")
    phone = member(LIU)
    phone.goto("/m/notices/")
    phone.get_by_role("link", name=re.compile(f"您点的“{YOGA}”开班了")).click()
    on_the_phone(phone)
    phone.get_by_role("button", name="立即领取").click()
    phone.wait_for_url(re.compile(r"/m/benefits/tickets/\d+/"))


def test_4_who_came_is_ticked_off_rates_and_the_cost_shows(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    at = f"/desk/benefits/menus/dishes/{dish_id(site, YOGA)}/"
    desk.goto(at)
    desk.get_by_role("link", name="签到", exact=True).click()
    desk.get_by_role("row", name=re.compile("刘*妹".replace("*", r"\*"))).get_by_role("button", name="签到").click()
    said(desk, "已到")
    phone = member(LIU)
    offer = site.one("SELECT offer_id FROM benefit_dish WHERE title = %s", YOGA)
    phone.goto(f"/m/benefits/{offer}/")
    phone.get_by_label("5星").check()
    phone.get_by_role("button", name="提交评价").click()
    said(phone, "已收到您的评价")
    phone.goto("/m/benefits/menu/")
    on_the_phone(phone)
    shot(phone, "menu-m-after")
    desk.goto(at)
    tile = desk.locator(".stat", has_text="人均费用")
    expect(tile).to_contain_text("880.00")
    shot(desk, "menu-dish")
    desk.set_viewport_size(PHONE)
    on_the_phone(desk)
