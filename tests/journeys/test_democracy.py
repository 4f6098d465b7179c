"""From the table to the register: a wage contract is talked over, voted on in secret by the workers' congress, signed,
filed and read by the workers on their phones."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gonghui.web.demo.democracy import TALKS

from .conftest import Open
from .site import Site
from .steps import PAPER, on_the_phone, said, shot

CHAIR, LIU = "guoweimin", "19900000002"
DRAFT = "工资专项集体合同草案"
SESSION = "SELECT id FROM democracy_session WHERE state = 'notified'"

pytestmark = pytest.mark.usefixtures("site")


def act(page: Page, title: str) -> Locator:
    """The form of one act, unfolded."""
    form = page.locator("details", has=page.get_by_role("heading", name=title, exact=True))
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    return form


def do(page: Page, title: str) -> None:
    act(page, title).get_by_role("button", name=title, exact=True).click()


def the_day_comes(site: Site) -> None:
    """Nine days pass for the session that is called: its papers were delivered then, it is today."""
    today, then = timezone.localdate(), timezone.localdate() - timedelta(days=9)
    site.rows(
        "UPDATE democracy_session SET \"on\" = %s, notified_on = %s WHERE state = 'notified' RETURNING id", today, then
    )
    site.rows("UPDATE democracy_paper SET delivered_on = %s WHERE delivered_on = %s RETURNING id", then, today)


def test_a_draft_is_voted_on_in_secret_and_becomes_a_contract(site: Site, staff: Open, member: Open) -> None:
    chair = staff(CHAIR)
    chair.goto("/desk/democracy/bargains/")
    chair.get_by_role("link", name=TALKS).click()
    form = act(chair, "登记协商会议")
    form.get_by_label("会议纪要").fill("双方同意一线岗位平均增长6%，夜班津贴每班25元，1月起执行。")
    form.get_by_label("双方达成一致").check()
    do(chair, "登记协商会议")
    said(chair, "已登记第2次协商会议")
    act(chair, "形成合同草案").get_by_label("草案").set_input_files(PAPER)
    do(chair, "形成合同草案")
    said(chair, "已形成草案")
    bargain = chair.url
    session = f"/desk/democracy/sessions/{site.one(SESSION)}/"
    chair.goto(session)
    form = act(chair, "添加议题")
    form.get_by_label("类别").select_option(label="表决通过")
    form.get_by_label("议题").fill(DRAFT)
    do(chair, "添加议题")
    form = act(chair, "上传文件")
    form.get_by_label("议题").select_option(label=f"4. {DRAFT}")
    form.get_by_label("文件").set_input_files(PAPER)
    do(chair, "上传文件")
    said(chair, "已上传")
    do(chair, "送达全体代表")
    said(chair, "已把1份文件送达全体代表")

    the_day_comes(site)
    phone = member(LIU)
    phone.goto("/m/democracy/")
    phone.get_by_role("link", name=re.compile("次会议")).first.click()
    on_the_phone(phone)
    code = site.one("SELECT code FROM democracy_session WHERE state = 'notified'")
    shot(phone, "democracy-m-session")
    phone.get_by_label("签到码").fill(code)
    phone.get_by_role("button", name="签到").click()
    said(phone, "已签到")

    chair.goto(session)
    for box in act(chair, "登记到会代表").get_by_role("checkbox").all()[:25]:
        box.check()
    do(chair, "登记到会代表")
    said(chair, "已登记25名代表到会")
    do(chair, "开会")
    expect(chair.get_by_role("heading", name="闭会", exact=True)).to_be_visible()
    form = act(chair, "登记听取和审议")
    form.get_by_label("意见").fill("听取，同意报告")
    do(chair, "登记听取和审议")
    act(chair, "开始无记名投票").get_by_label("议题").select_option(label=f"4. {DRAFT}")
    do(chair, "开始无记名投票")
    said(chair, "开始投票")
    shot(chair, "democracy-session")
    chair.get_by_role("link", name="无记名投票").click()
    for box in act(chair, "发纸质票").get_by_role("checkbox").all():
        box.check()
    do(chair, "发纸质票")
    said(chair, "已发出纸质票26张")
    form = act(chair, "截止并计票")
    for box in form.get_by_role("checkbox").all()[:2]:
        box.check()
    form.get_by_label(re.compile("纸质票：赞成")).fill("24")
    form.get_by_label(re.compile("纸质票：反对")).fill("1")
    form.get_by_label(re.compile("纸质票：弃权")).fill("1")
    do(chair, "截止并计票")
    said(chair, "已计票，收到26票")
    shot(chair, "democracy-ballot")

    chair.goto(bargain)
    act(chair, "登记职代会表决").get_by_label("本平台的无记名投票").select_option(index=1)
    do(chair, "登记职代会表决")
    said(chair, "职代会已通过草案")
    form = act(chair, "登记签订")
    today = timezone.localdate()
    starts = today + timedelta(days=1)
    form.get_by_label("起始日期").fill(starts.isoformat())
    form.get_by_label("终止日期").fill((starts.replace(year=starts.year + 1) - timedelta(days=1)).isoformat())
    form.get_by_label("主要内容").fill("一线岗位平均增长6%，夜班津贴每班25元")
    form.get_by_label("合同文本").set_input_files(PAPER)
    do(chair, "登记签订")
    said(chair, "已签订")
    chair.get_by_role("link", name="打开合同").click()
    do(chair, "报送人社部门")
    said(chair, "已报送")
    do(chair, "登记审查通过")
    said(chair, "合同已生效")
    do(chair, "登记向职工公布")
    said(chair, "已公布")
    shot(chair, "democracy-contract")

    phone.goto("/m/democracy/")
    expect(phone.get_by_text("夜班津贴每班25元").or_(phone.get_by_text(TALKS)).first).to_be_visible()
    shot(phone, "democracy-phone")
