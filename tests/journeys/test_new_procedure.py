"""A brand-new procedure, 申领高温慰问品, is built, checked, tried and published in the interface alone, then used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, Open
from .site import Site, _environment

TITLE = "申领高温慰问品"
UNION = "江西安福泸水河食品有限公司工会委员会"
SHOTS = os.environ.get("GONGHUI_SHOTS", "")

USED = """
import json, sys
import django
django.setup()
from django.db import transaction
from django.utils import timezone
from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import posts_of, viewer_of_post
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.models import Step
from gonghui.kernel.procedures.queries.applications import inbox
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.scope import acting

def viewer(name):
    account = Account.objects.get(username=name)
    with transaction.atomic():
        return viewer_of_post(account, posts_of(account, timezone.localdate())[0])

today, answers, said = timezone.localdate(), json.loads(sys.argv[1]), {}
chair = viewer("guoweimin")
with acting(chair):
    union = Organisation.objects.get(pk=chair.organisation_id)
    row = in_force(sys.argv[2], union.path, today)
    started = services.start(chair, procedure=row, organisation=union)
    done = services.submit(chair, application_id=started.application.pk, typed=answers)
said["number"], said["offices"] = done.number, []
for name in sys.argv[3:]:
    officer = viewer(name)
    with acting(officer):
        step = inbox(officer, today).filter(application=done).first()
        if step is None:
            continue
        said["offices"].append(step.organisation.name)
        services.approve(officer, step_id=step.pk, note="情况属实")
with acting(chair):
    done.refresh_from_db()
    said["state"], said["effects"] = done.state, list(done.effects.values_list("key", flat=True))
print(json.dumps(said))
"""


def shot(page: Page, name: str, size: dict[str, int] = DESKTOP) -> None:
    """A picture of the page for whoever looks at it; only when a folder is named."""
    if SHOTS:
        page.set_viewport_size(size)
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{size['width']}.png"), full_page=True)
        page.set_viewport_size(DESKTOP)


def opened(page: Page, *headings: str) -> None:
    """Open the folded groups of a form."""
    for heading in headings:
        group = page.locator("details.acc", has=page.get_by_text(heading, exact=True))
        if group.get_attribute("open") is None:
            group.locator("summary").click()


def question(page: Page, title: str, kind: str = "一行文字", **more: str) -> None:
    page.get_by_role("link", name="加一个问题").first.click()
    page.get_by_label("问题", exact=True).fill(title)
    page.get_by_label("种类").first.select_option(label=kind)
    opened(page, "大小和附件")
    for label, value in more.items():
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="保存新问题").click()
    expect(page.get_by_text("已保存新问题")).to_be_visible()


def build(page: Page) -> None:
    page.goto("/desk/procedures/")
    shot(page, "list")
    page.get_by_role("link", name="新写一个").first.click()
    page.get_by_label("名称").fill(TITLE)
    page.get_by_label("空白").check()
    shot(page, "new")
    page.get_by_role("button", name="建草稿").click()
    expect(page.get_by_text("已建草稿")).to_be_visible()
    page.get_by_role("link", name="申请理由").click()
    page.get_by_label("问题", exact=True).fill("岗位")
    page.get_by_label("种类").first.select_option(label="一行文字")
    page.get_by_role("button", name="保存问题").click()
    question(page, "高温作业天数", "整数", 单位="天", 最小值="1", 最大值="92")
    question(page, "人数", "整数", 单位="人", 最小值="1")
    question(page, "证明照片", "附件", 最多几个附件="3")
    page.get_by_role("link", name="证明照片").click()
    page.get_by_label("必填").uncheck()
    shot(page, "field")
    page.get_by_role("button", name="保存问题").click()
    expect(page.get_by_role("complementary", name="预览").get_by_text("高温作业天数")).to_be_visible()
    page.get_by_role("button", name="上移人数").click()
    expect(page.locator("#editor .cell .strong").nth(1)).to_have_text("人数")  # moved without a new page
    page.get_by_role("button", name="下移人数").click()
    expect(page.locator("#editor .cell .strong").nth(1)).to_have_text("高温作业天数")
    shot(page, "form")
    shot(page, "form", PHONE)


def order(page: Page) -> None:
    page.get_by_role("navigation", name="编写流程").get_by_role("link", name="环节").click()
    page.get_by_role("link", name="审核").first.click()
    page.get_by_label("名称").fill("乡镇审核")
    page.get_by_label("种类").first.select_option(label="审核")
    page.get_by_label("由哪一级办理").select_option(label="乡镇（街道）总工会")
    page.get_by_label("时限（天数）").fill("5")
    page.get_by_label("超期以后").select_option(label="升级到上一级工会")
    shot(page, "step")
    page.get_by_role("button", name="保存环节").click()
    page.get_by_role("link", name="加一个环节").click()
    page.get_by_label("名称").fill("县级决定")
    page.get_by_label("种类").first.select_option(label="决定")
    page.get_by_label("由哪一级办理").select_option(label="市总工会")
    page.get_by_label("时限（天数）").fill("rule:procedures.review_days")
    page.get_by_role("button", name="保存新环节").click()
    shot(page, "steps")
    page.get_by_role("navigation", name="编写流程").get_by_role("link", name="基本情况").click()
    page.get_by_label("类别").fill("会员服务")
    page.get_by_label("谁可以申请").select_option(label="工会组织")
    page.get_by_label("重复申请").select_option(label="一年一次")
    page.get_by_role("button", name="保存基本情况").click()
    shot(page, "basics")


def mend(page: Page) -> None:
    """A county cannot order the city's office: the check says so and leads to the place."""
    tabs = page.get_by_role("navigation", name="编写流程")
    tabs.get_by_role("link", name="检查和发布").click()
    expect(page.get_by_text("本级发布的流程不能安排市总工会办理")).to_be_visible()
    shot(page, "check-wrong")
    page.get_by_role("link", name="去改").first.click()
    page.get_by_label("由哪一级办理").select_option(label="县级总工会")
    page.get_by_role("button", name="保存环节").click()


def try_out(page: Page) -> None:
    page.get_by_role("navigation", name="编写流程").get_by_role("link", name="试算").click()
    page.get_by_label("哪家工会申请").fill(UNION)
    page.get_by_label("岗位", exact=True).fill("包装工")
    page.get_by_label("高温作业天数").fill("120")
    page.get_by_label("人数").fill("36")
    page.get_by_role("button", name="试算", exact=True).click()
    expect(page.get_by_text("不能大于92天")).to_be_visible()
    page.get_by_label("高温作业天数").fill("45")
    page.get_by_role("button", name="试算", exact=True).click()
    expect(page.get_by_role("heading", name="可以受理")).to_be_visible()
    expect(page.get_by_text("记录办结")).to_be_visible()
    shot(page, "try")
    shot(page, "try", PHONE)


def publish(page: Page) -> None:
    page.get_by_role("navigation", name="编写流程").get_by_role("link", name="检查和发布").click()
    expect(page.get_by_role("heading", name="没有发现错误")).to_be_visible()
    page.get_by_label("修改说明").fill("县总工会主席办公会研究同意，首次施行")
    shot(page, "check")
    page.get_by_role("button", name="发布第1版").click()
    expect(page.get_by_text(f"已发布“{TITLE}”")).to_be_visible()
    expect(page.get_by_text("升级到上一级工会").first).to_be_visible()
    shot(page, "one")
    shot(page, "one", PHONE)


def used(site: Site, key: str) -> dict[str, Any]:
    """The union's chair applies, the township and the county agree: through the platform's services."""
    answers = {"reason": "包装工", "gaowenzuoyetianshu": "45", "renshu": "36"}
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", USED, json.dumps(answers), key, "yinchunsheng", "liuchunlan", "liuchunlan"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_new_procedure_is_written_published_and_used(site: Site, staff: Open) -> None:
    page = staff("liuchunlan")
    build(page)
    order(page)
    mend(page)
    try_out(page)
    before = site.one("SELECT count(*) FROM application")
    publish(page)
    assert before == site.one("SELECT count(*) FROM application")  # trying wrote nothing
    key = str(site.one("SELECT key FROM procedure WHERE title = %s AND state = 'published'", TITLE))
    said = used(site, key)
    assert (said["state"], said["effects"]) == ("approved", ["procedures.noted"]), said
    assert said["offices"][-1] == "安福县总工会"
    page.goto("/desk/procedures/?q=" + TITLE)
    expect(page.get_by_role("table").get_by_text(TITLE)).to_be_visible()
    page.goto("/desk/procedures/rules/procedures.review_days/what-if")
    page.get_by_label("取值").fill("1")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1份已办结的申请里，0份结果会不同")
    shot(page, "what-if")
    page.goto("/desk/procedures/packs/")
    shot(page, "packs")
