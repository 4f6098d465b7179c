"""Honours in the browser: a campaign is opened, an honour entered, its certificate checked, and taken back."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site

UNION = "江西安福泸水河食品有限公司工会委员会"


def open_campaign(page: Page) -> None:
    today = timezone.localdate()
    page.goto("/desk/honours/")
    expect(page.get_by_role("heading", level=1)).to_have_text("现在没有接受推荐的评选")
    page.get_by_role("link", name="开展评选").click()
    page.get_by_label("荣誉").select_option(label="市劳动模范")
    page.get_by_label("总名额").fill("10")
    page.get_by_label("推荐开始").fill(today.isoformat())
    page.get_by_label("推荐截止").fill((today - timedelta(days=1)).isoformat())
    page.get_by_label("安福县总工会").fill("3")
    page.get_by_role("button", name="开展评选").click()
    expect(page.get_by_text("推荐截止日期早于开始日期").first).to_be_visible()
    page.get_by_label("推荐截止").fill((today + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="开展评选").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("还剩10个名额"))
    expect(page.get_by_text("剩余10个名额中至少4个给一线职工")).to_be_visible()


def register(page: Page) -> str:
    """Enter a past honour of the member on the phone; its address."""
    page.goto("/desk/honours/register/new")
    page.get_by_label("荣誉").select_option(label="市五一劳动奖章")
    page.get_by_label("年度").fill("2021")
    page.get_by_label("命名日期").fill("2021-04-28")
    page.get_by_label("授予").fill("刘细妹")
    page.get_by_label("所在工会").fill(UNION)
    page.get_by_label("命名单位").fill("吉安市总工会")
    page.get_by_label("文号").fill("吉工发〔2021〕8号")
    page.get_by_role("button", name="登记荣誉").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("刘细妹：市五一劳动奖章")
    return page.url


def test_an_honour_from_the_desk_to_a_stranger(site: Site, staff: Open, member: Open, stranger: Open) -> None:
    desk = staff("kangmeiling")
    open_campaign(desk)
    address = register(desk)
    token = site.one("SELECT token FROM honour_conferral")
    certificate = site.one("SELECT certificate FROM honour_conferral")

    anybody = stranger(PHONE)
    anybody.goto("/honours/")
    expect(anybody.get_by_role("heading", name="2021年市五一劳动奖章")).to_be_visible()
    anybody.goto(f"/honours/verify/{token}/#{certificate}")
    expect(anybody.get_by_role("heading", level=1)).to_have_text("这份证书有效")
    anybody.goto("/honours/verify/")
    anybody.get_by_role("textbox", name="二维码里的文字").fill(f"{site.url}/honours/verify/{token}/#{certificate}")
    anybody.get_by_role("button", name="核验", exact=True).click()
    expect(anybody.get_by_role("heading", level=1)).to_have_text("签名有效，荣誉有效")

    phone = member("19900000002")
    phone.goto("/m/honours/")
    phone.get_by_role("link", name=re.compile("市五一劳动奖章")).click()
    expect(phone.get_by_role("img", name="证书核验二维码")).to_be_visible()
    expect(phone.get_by_role("link", name="下载证书PDF")).to_be_visible()

    desk.goto(address)
    desk.get_by_label("撤销理由").fill("经查实，事迹材料与事实不符")
    desk.get_by_role("button", name="撤销这项荣誉").click()
    expect(desk.get_by_text("证书联网核验时会显示已撤销").first).to_be_visible()
    anybody.goto(f"/honours/verify/{token}/")
    expect(anybody.get_by_role("heading", level=1)).to_have_text("这份证书的荣誉已经撤销")
    anybody.goto("/honours/")
    expect(anybody.get_by_text("这里还没有公开的荣誉")).to_be_visible()
