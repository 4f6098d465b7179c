"""Honours in the browser: a past honour entered, checked and taken back; a worker nominated, reviewed, shown and named."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site
from .steps import UNION, choose, let_notices_pass


def open_campaign(page: Page) -> None:
    today = timezone.localdate()
    page.goto("/desk/honours/")
    expect(page.get_by_role("link", name=re.compile("市劳动模范评选"))).to_have_count(0)
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
    row = int(address.rstrip("/").rpartition("/")[2])
    token = site.one("SELECT token FROM honour_conferral WHERE id = %s", row)
    certificate = site.one("SELECT certificate FROM honour_conferral WHERE id = %s", row)

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
    anybody.goto("/honours/?year=2021")
    expect(anybody.get_by_text("这里还没有公开的荣誉")).to_be_visible()


def nominate(page: Page, site: Site) -> int:
    """The chair puts a member forward; the number of the application."""
    page.goto("/desk/apply/")
    page.get_by_role("link", name=re.compile("劳动模范推荐评选")).click()
    page.get_by_placeholder("会员姓名、会员号").fill("刘细妹")
    page.get_by_role("button", name="查找", exact=True).click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_text("刘细妹").first).to_be_visible()
    for title, option in (
        ("推荐的荣誉", "市劳动模范"), ("岗位类别", "一线职工"), ("是否农民工", "否"), ("是否少数民族", "否"),
        ("是否受过刑事处罚", "否"), ("近几年是否发生", "否"), ("所在单位是否拖欠", "否"),
    ):  # fmt: skip
        choose(page, title, option)
    page.get_by_label("主要事迹").fill("在包装车间一线工作十二年，带出六名徒弟，提出改进建议二十三条，全部被采纳。")
    page.get_by_label("民主推荐的日期").fill("2026-01-05")
    page.get_by_label(re.compile("参加民主推荐的人数")).fill("98")
    page.get_by_label("承诺").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("职工（代表）大会表决").first).to_be_visible()
    return int(site.one("SELECT id FROM application WHERE key = 'honours.model_worker' AND state = 'running'"))


def at_step(page: Page, site: Site, application: int, key: str) -> None:
    """Through the inbox to the step that waits."""
    step = site.one(
        "SELECT id FROM application_step WHERE application_id = %s AND key = %s AND state = 'open'", application, key
    )
    page.goto("/desk/inbox/")
    expect(page.get_by_role("table")).to_contain_text("劳动模范推荐评选")
    page.goto(f"/desk/steps/{step}/")


def let_the_notice_pass(site: Site, application: int, stranger: Page, title: str) -> None:
    """A stranger reads the notice; then its days pass."""
    token = site.one("SELECT token FROM public_notice WHERE application_id = %s AND state = 'open'", application)
    stranger.goto(f"/notice/{token}/")
    expect(stranger.get_by_role("heading", level=1)).to_contain_text(title)
    expect(stranger.get_by_text("市劳动模范").first).to_be_visible()
    let_notices_pass(site, site.one("SELECT number FROM application WHERE id = %s", application))


def test_a_worker_is_nominated_reviewed_shown_three_times_and_named(site: Site, staff: Open, stranger: Open) -> None:
    city = staff("kangmeiling")
    if not site.rows("SELECT 1 FROM honour_campaign WHERE kind = 'model_worker_city'"):
        open_campaign(city)
    chair, county, organising, anybody = staff("guoweimin"), staff("liuchunlan"), staff("zhoumin"), stranger(PHONE)
    application = nominate(chair, site)
    at_step(chair, site, application, "congress")
    for label, value in (("应到人数", "90"), ("实到人数", "80"), ("赞成", "70"), ("反对", "10"), ("弃权", "0")):
        chair.get_by_label(label).fill(value)
    chair.get_by_role("button", name="登记表决结果").click()
    expect(chair.get_by_text("已").first).to_be_visible()
    let_the_notice_pass(site, application, anybody, "所在单位公示")
    for page, key, notice in (
        (county, "first_review", "初审公示"), (organising, "second_review", "复审公示"),
    ):  # fmt: skip
        at_step(page, site, application, key)
        page.get_by_role("button", name=re.compile("审核通过")).click()
        page.wait_for_load_state()
        let_the_notice_pass(site, application, anybody, notice)
    city.goto("/desk/honours/")
    city.get_by_role("link", name=re.compile("市劳动模范评选")).click()
    expect(city.get_by_text("剩余9个名额中至少3个给一线职工")).to_be_visible()
    at_step(city, site, application, "decide")
    city.locator("form", has=city.get_by_role("button", name=re.compile("决定通过"))).get_by_label("文号").fill(
        "吉工发〔2026〕8号"
    )
    city.get_by_role("button", name=re.compile("决定通过")).click()
    city.wait_for_load_state()
    anybody.goto("/honours/")
    year = timezone.localdate().year
    expect(anybody.get_by_role("heading", name=f"{year}年市劳动模范")).to_be_visible()
    expect(anybody.get_by_text("刘细妹").first).to_be_visible()
