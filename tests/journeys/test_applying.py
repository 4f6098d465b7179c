"""A member asks for a certificate on the phone: draft, another device, a file, sent back, corrected, granted; and a
stranger follows a poster, applies without log-in and keeps a link."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site, _environment
from .test_look import LOOKS, TARGETS, TINY, sideways

LIU = "19900000002"
UNION = "江西安福泸水河食品有限公司工会委员会"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 400
SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots"

OFFICER = """
import json, sys
import django
django.setup()
from gonghui.kernel.access.models import Post
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.models import Step
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
number, act, given = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
with acting(SYSTEM):
    step = Step.objects.filter(application__number=number, state="open").get()
    post = Post.objects.filter(role=step.role, organisation_id=step.organisation_id).select_related("account").first()
    viewer = viewer_of_post(post.account, post)
with acting(viewer):
    getattr(services, act)(viewer, step_id=step.pk, **given)
"""

POSTER: dict[str, Any] = {
    "key": "journey.visit", "title": "反映问题", "summary": "单位里的事，工会来听一听。", "category": "诉求", "who": "anyone",
    "form": {"sections": [{"title": "您的情况", "fields": [
        {"key": "name", "title": "怎么称呼", "kind": "text"}, {"key": "phone", "title": "手机号", "kind": "phone"},
        {"key": "said", "title": "要反映的事", "kind": "long_text"},
    ]}]},
    "steps": [{"key": "one", "title": "答复", "kind": "decide", "tier": "own", "role": "grassroots_chair",
               "deadline": {"days": 5}}],
    "approved": [{"key": "procedures.noted"}],
}  # fmt: skip


EVERY: dict[str, Any] = POSTER | {
    "key": "journey.every",
    "title": "样样都问",
    "form": {"sections": [
        {"title": "本人", "note": "证件和账号加密保存。", "fields": [
            {"key": "name", "title": "姓名", "kind": "text"}, {"key": "identity", "title": "证件号码", "kind": "identity"},
            {"key": "bank", "title": "银行账号", "kind": "bank", "required": False, "hint": "本人的一类账户"},
        ]},
        {"title": "情况", "fields": [
            {"key": "kind", "title": "类别", "kind": "choice",
             "options": [{"value": "ill", "title": "本人患重大疾病"}, {"value": "other", "title": "其他"}]},
            {"key": "wants", "title": "想要的帮助", "kind": "choices", "required": False,
             "options": [{"value": "a", "title": "生活救助"}, {"value": "b", "title": "子女助学"}]},
            {"key": "local", "title": "本地户籍", "kind": "yes_no"}, {"key": "since", "title": "从哪天开始", "kind": "date"},
            {"key": "income", "title": "月收入", "kind": "money"}, {"key": "persons", "title": "人数", "kind": "number"},
            {"key": "each", "title": "人均月收入", "kind": "computed", "formula": "income / persons", "result": "money"},
            {"key": "where", "title": "地点", "kind": "place", "required": False},
            {"key": "why", "title": "原因", "kind": "long_text"},
            {"key": "union", "title": "相关工会", "kind": "organisation", "required": False},
        ]},
        {"title": "家人和材料", "fields": [
            {"key": "family", "title": "共同生活的家人", "kind": "table", "required": False, "columns": [
                {"key": "who", "title": "称呼", "kind": "text"}, {"key": "id", "title": "证件号码", "kind": "identity"},
            ]},
            {"key": "papers", "title": "证明材料", "kind": "files"},
            {"key": "true", "title": "我承诺以上属实", "kind": "declaration", "text": "不属实的，愿意退回并承担责任。"},
        ]},
    ]},
}  # fmt: skip


def put(site: Site, body: dict[str, Any]) -> None:
    """A definition that holds everywhere, as if it shipped with the platform."""
    site.rows(
        "INSERT INTO procedure (key, version, path, title, category, body, digest, state, valid_from, pack, note, lock) "
        "VALUES (%s, 1, '', %s, %s, %s, 'x', 'published', '2020-01-01', '', '', 1)",
        body["key"],
        body["title"],
        body["category"],
        json.dumps(body),
    )


def officer(site: Site, number: str, act: str, **given: Any) -> None:
    """The officer whose step it is does it (the desk's own pages have their own journey)."""
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", OFFICER, number, act, json.dumps(given)], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


def test_a_member_applies_goes_on_elsewhere_corrects_and_is_granted(site: Site, member: Open) -> None:
    page = member(LIU)
    page.goto("/m/")
    begun = time.monotonic()
    page.get_by_role("link", name="办事").click()
    shot(page, "1-services")
    page.get_by_role("link", name=re.compile("会员证明")).click()
    shot(page, "2-start")
    page.get_by_role("button", name="开始填写").click()
    expect(page.get_by_text("来自登记，不用填").first).to_be_visible()
    page.get_by_label("其他").check()
    page.get_by_label("写明用途").fill("子女入学")  # asked only now
    page.get_by_label("写明用途").blur()
    expect(page.locator("[data-said]")).to_contain_text(re.compile(r"\d\d:\d\d已存"))
    shot(page, "3-form")
    other = member(LIU)  # another device
    other.goto("/m/services/")
    other.get_by_role("link", name=re.compile("会员证明")).click()
    expect(other.get_by_label("写明用途")).to_have_value("子女入学")
    other.get_by_label("对方要求的样式").set_input_files({"name": "样式.png", "mimeType": "image/png", "buffer": PNG})
    expect(other.get_by_role("link", name="样式.png")).to_be_visible()
    other.get_by_role("button", name="提交").click()
    expect(other.locator("[data-errors]")).to_contain_text("份数：还没有填写")
    shot(other, "4-wrong")
    other.get_by_label("份数").fill("2")
    other.get_by_role("button", name="提交").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("已提交会员证明")
    assert time.monotonic() - begun < 90
    shot(other, "5-done")
    number = site.handed_in("portal.certificate")
    expect(other.locator("main")).to_contain_text(number)
    officer(site, number, "send_back", missing_items=[{"field": "other", "note": "写明学校名称"}])
    page.goto("/m/notices/")
    page.get_by_role("link", name=re.compile("会员证明要补正")).click()
    shot(page, "6-returned")
    page.get_by_role("link", name="去补正").click()
    expect(page.get_by_text("要补正：写明学校名称")).to_be_visible()
    shot(page, "7-correct")
    page.get_by_label("写明用途").fill("子女入学，安福县枫田小学")
    page.get_by_role("button", name="补正后提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交补正")
    page.get_by_role("link", name="看进度").click()
    shot(page, "8-running")
    officer(site, number, "approve", note="下周一到工会办公室取")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("会员证明已通过")
    expect(page.locator("main")).to_contain_text("下周一到工会办公室取")
    expect(page.locator("main")).not_to_contain_text("郭卫民")
    shot(page, "9-approved")
    page.get_by_role("link", name="看依据的规则和事实").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("为什么这样决定")
    shot(page, "10-why")
    done = "SELECT count(*) FROM application_effect e JOIN application a ON a.id = e.application_id"
    assert site.one(f"{done} WHERE e.key = 'procedures.noted' AND a.number = %s", number) == 1


def test_a_stranger_applies_by_a_poster_and_keeps_a_link(site: Site, stranger: Open) -> None:
    put(site, POSTER)
    page = stranger(PHONE)
    page.goto(f"/services/{site.organisation(UNION)}/")
    shot(page, "20-public")
    page.get_by_role("link", name=re.compile("反映问题")).click()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("怎么称呼").fill("路过的人")
    page.get_by_label("手机号").fill("19900007777")
    page.get_by_label("要反映的事").fill("高温天车间没有通风。")
    shot(page, "21-form")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交反映问题")
    shot(page, "22-done")
    page.get_by_role("link", name="看进度").click()
    address = page.url
    other = stranger(PHONE)
    other.goto(address)
    expect(other.get_by_role("heading", level=1)).to_have_text("反映问题正在办理")
    shot(other, "23-tracking")
    other.get_by_role("button", name="催办").click()
    expect(other.get_by_text("今天已催办")).to_be_visible()


def test_every_kind_of_question_is_accessible_on_a_phone(site: Site, contexts: Any) -> None:
    put(site, EVERY)
    context = contexts(PHONE, bypass_csp=True, geolocation={"latitude": 27.39, "longitude": 114.61})
    context.grant_permissions(["geolocation"])
    page = context.new_page()
    page.goto(f"/services/{site.organisation(UNION)}/")
    page.get_by_role("link", name=re.compile("样样都问")).click()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_role("button", name="提交").click()  # everything is wrong now
    expect(page.locator("[data-errors]")).to_be_visible()
    page.get_by_role("button", name="用当前位置").click()
    expect(page.get_by_label("地点")).to_have_value(re.compile("北纬27.39000"))
    page.get_by_role("button", name="再加一行").first.click()
    expect(page.get_by_role("group", name="第4行")).to_be_visible()
    page.get_by_role("searchbox").fill("泸水河")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("radio", name=re.compile(UNION)).check()
    page.get_by_label("月收入").fill("3000")
    page.get_by_label("人数").fill("4")
    page.get_by_label("人数").blur()
    expect(page.locator("#f-each")).to_have_text("750.00元")
    found: list[Any] = []
    for look, cookies in LOOKS.items():
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
        page.goto(page.url)
        shot(page, f"40-every-{look}")
        for violation in Axe().run(page).response["violations"]:
            found.append((look, violation["id"], [node["html"][:140] for node in violation["nodes"][:3]]))
        found += [(look, *one) for one in sideways(page)]
        least, text = (60, 18) if look == "large" else (44, 12)
        found += [(look, words) for words in page.evaluate(TARGETS, least) + page.evaluate(TINY, text)]
    assert found == []


def test_the_desk_applies_on_behalf(site: Site, staff: Open) -> None:
    page = staff("guoweimin")
    page.goto("/desk/apply/")
    shot(page, "30-desk")
    page.get_by_role("link", name=re.compile("会员证明")).click()
    page.get_by_role("searchbox", name="查找", exact=True).fill("刘细妹")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("radio").first.check()
    shot(page, "31-desk-start")
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("评先评优").check()
    page.get_by_label("份数").fill("1")
    shot(page, "32-desk-form")
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已提交会员证明")
    page.goto("/desk/applied/")
    expect(page.locator("main")).to_contain_text("会员证明")
    shot(page, "33-desk-list")
    page.get_by_role("link", name="会员证明").first.click()
    shot(page, "34-desk-detail")
