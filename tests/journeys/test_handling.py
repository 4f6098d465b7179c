"""Officers at their desks: what waits, what is missing, leave, a conflict of interest, a notice that somebody objects to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site, _environment
from .steps import UNION, days_pass, on_the_phone, open_step, said, state

TITLE = "职工书屋认定"
BODY: dict[str, Any] = {
    "key": "journey.library", "title": TITLE, "prefix": "SW", "who": "organisation", "once": "",
    "form": {"sections": [{"title": "书屋情况", "fields": [
        {"key": "members", "title": "会员人数", "kind": "number", "fill": "org_members", "unit": "人"},
        {"key": "books", "title": "藏书", "kind": "number", "unit": "册", "notice": "show"},
        {"key": "reason", "title": "开放情况", "kind": "long_text", "notice": "show"},
    ]}]},
    "steps": [
        {"key": "first", "title": "乡镇审核", "kind": "review", "tier": "township", "role": "organising",
         "deadline": {"days": 5, "warn": 2, "breach": "escalate"}},
        {"key": "seen", "title": "县级审核", "kind": "review", "tier": "county", "role": "organising"},
        {"key": "shown", "title": "公示", "kind": "notice", "tier": "county", "role": "organising", "days": 5},
        {"key": "last", "title": "县级决定", "kind": "decide", "tier": "county", "role": "organising"},
    ],
}  # fmt: skip

BEGIN = """
import json, sys, django
django.setup()
from gonghui.kernel.access.models import Account, Post
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import make_post
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.models import Application, Procedure
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
given = json.loads(sys.argv[1])
def who(name):
    with acting(SYSTEM):
        post = Post.objects.select_related("account").get(account__username=name)
    return viewer_of_post(post.account, post)
"""
HANDED_IN = """
with acting(SYSTEM):
    union = Organisation.objects.get(name=given["union"])
    root = Organisation.objects.get(pk=who("liuchunlan").organisation_id)
    make_post(Organisation.objects.get(pk=who("yinchunsheng").organisation_id), "organising", "xiezhihua", "谢志华")
    procedure = Procedure.objects.create(key=given["body"]["key"], version=1, organisation=root, path=root.path,
        title=given["body"]["title"], body=given["body"], digest="j", state="published", valid_from="2020-01-01")
chair, numbers = who("guoweimin"), []
for books in given["books"]:
    with acting(chair):
        started = services.start(chair, procedure=procedure, organisation=union)
        typed = {"books": str(books), "reason": "每周一至周五中午和下班后开放"}
        numbers.append(services.submit(chair, application_id=started.application.pk, typed=typed).number)
print(json.dumps(numbers))
"""
CORRECTED = """
with acting(SYSTEM):
    row = Application.objects.get(number=given["number"])
chair = who("guoweimin")
with acting(chair):
    print(json.dumps(services.submit(chair, application_id=row.pk, typed=given["typed"]).state))
"""


def run(site: Site, script: str, **given: Any) -> Any:
    """A step of somebody who is not at the desk: through the platform's services, as the running site's database."""
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + script, json.dumps(given)], env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def sent_back_with_everything(site: Site, page: Page, number: str) -> None:
    """R opens what is missing, item by item; the applicant hands it in once more."""
    open_step(page, number)
    page.locator("h1").click()
    page.keyboard.press("r")
    expect(page.get_by_role("heading", name="退回补正", level=1)).to_be_visible()
    page.get_by_role("button", name="退回补正").click()
    said(page, "还没有写明要补正什么")
    page.get_by_label("藏书", exact=True).check()
    page.get_by_label("藏书怎样补").fill("写清图书和报刊各多少")
    page.get_by_label("还缺什么").fill("附开放时间表\n附借阅登记")
    page.get_by_role("button", name="退回补正").click()
    said(page, "已退回补正3项")
    page.goto("/desk/inbox/?which=returned")
    expect(page.get_by_text(number)).to_be_visible()
    assert run(site, CORRECTED, number=number, typed={"books": "460", "reason": "图书400册，报刊60种"}) == "running"


def stepped_back(page: Page, number: str) -> None:
    page.goto("/desk/standing-in/")
    page.get_by_label("姓名或工会全称").fill(UNION)
    page.get_by_role("button", name="申报", exact=True).click()
    said(page, "已申报")
    open_step(page, number)
    expect(page.get_by_role("heading", name="已回避，这件不由您办理")).to_be_visible()
    said(page, "谢志华（同岗位）")
    page.goto("/desk/inbox/")
    expect(page.get_by_role("row").filter(has_text=number)).to_have_count(0)


def left_to_a_colleague(page: Page) -> None:
    page.goto("/desk/standing-in/")
    page.get_by_label("代办人").select_option(index=1)
    page.get_by_label("结束").fill(page.get_by_label("开始").input_value())
    page.get_by_label("原因").fill("休年假")
    page.get_by_role("button", name="委托代办").click()
    said(page, "已委托")
    page.get_by_role("button", name="结束委托").click()
    said(page, "已结束委托")


def objected(site: Site, page: Page, number: str) -> str:
    """A passer-by on a phone objects in confidence and gets a code."""
    page.goto("/notices/")
    on_the_phone(page)
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    said(page, number)
    on_the_phone(page)
    page.get_by_role("button", name="提交异议").click()
    said(page, "有1处要改")
    page.get_by_label("异议内容").fill("书屋平时锁着，职工进不去")
    page.get_by_label("要求保密，身份只有答复单位知道").check()
    page.get_by_role("button", name="提交异议").click()
    expect(page.get_by_role("heading", name="已提交异议")).to_be_visible()
    code = page.get_by_text(re.compile(r"^[A-Z2-9]{10}$")).inner_text()
    days_pass(site, 30)
    assert state(site, number) == "noticed"  # the days are over, the objection is not answered
    return code


def test_officers_handle_what_waits(site: Site, staff: Open, stranger: Open) -> None:
    numbers = run(site, HANDED_IN, union=UNION, body=BODY, books=[460, 1200])
    first, second = numbers
    town, county, phone = staff("yinchunsheng"), staff("liuchunlan"), stranger(PHONE)
    sent_back_with_everything(site, town, first)
    open_step(town, first)
    said(town, "已补正")
    town.get_by_role("textbox", name="意见").fill("补正材料齐全")
    town.locator("h1").click()
    town.keyboard.press("a")
    said(town, f"已审核通过（{first}）")
    left_to_a_colleague(town)
    stepped_back(town, second)
    open_step(county, first)
    county.get_by_role("button", name="审核通过").click()
    said(county, "已审核通过")
    assert state(site, first) == "noticed"
    code = objected(site, phone, first)
    risen(site, county, second)
    county.goto("/desk/inbox/")
    county.get_by_role("link", name="1项异议待答复").click()
    county.get_by_role("row").filter(has_text=first).get_by_role("link").first.click()
    said(county, "书屋平时锁着")
    county.get_by_label("异议不成立，公示继续").check()
    county.get_by_role("textbox", name="答复").fill("到现场核查，书屋按时开放，有借阅登记")
    county.get_by_role("button", name="答复异议").click()
    said(county, "已答复异议")
    phone.goto("/notice/objection/")
    phone.get_by_label("查询码").fill(code)
    phone.get_by_role("button", name="查询").click()
    said(phone, "到现场核查，书屋按时开放")
    on_the_phone(phone)
    days_pass(site, 40)
    open_step(county, first)
    county.get_by_label("文号").first.fill("安工发〔2026〕8号")
    county.get_by_role("button", name="决定通过").click()
    said(county, "已决定通过")
    why(site, county, first)


def why(site: Site, page: Page, number: str) -> None:
    page.goto("/desk/applications/?q=" + number)
    page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    page.get_by_role("link", name="为什么这样决定").click()
    expect(page.get_by_role("heading", name="为什么通过")).to_be_visible()
    said(page, "安工发〔2026〕8号")


def risen(site: Site, page: Page, number: str) -> None:
    """Nobody did the other one in its days: it went up, with its breach on record."""
    open_step(page, number)
    said(page, "升级")
    page.goto("/desk/due/")
    expect(page.get_by_role("heading", name="办理期限")).to_be_visible()
    assert site.one("SELECT count(*) FROM application_clock WHERE state = 'breached'") >= 1
