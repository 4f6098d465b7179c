"""Staff and their posts: lock-out, switching, what a post may not open, granting and taking back, the second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time

from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Open, log_in
from .site import Site


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_five_wrong_passwords_lock_and_say_until_when(stranger: Open) -> None:
    page = stranger()
    for _ in range(4):
        log_in(page, "xieguoping", "wrong-password")
        expect(page.locator("[data-errors]")).to_contain_text("用户名或密码不对，连续错5次会锁定15分钟")
    expect(page.get_by_label("用户名")).to_have_value("xieguoping")
    log_in(page, "xieguoping", "wrong-password")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^已锁定，\d\d:\d\d以后可以再登录$"))
    log_in(page, "xieguoping")  # not even with the right one
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^已锁定"))


def test_posts_are_switched_and_one_is_active_at_a_time(site: Site, stranger: Open) -> None:
    page = stranger()
    log_in(page, "zhoumin")
    page.wait_for_url("**/desk/")
    expect(page.get_by_role("navigation", name="组织路径")).to_contain_text("吉安市总工会")
    page.locator("summary", has_text="周敏").click()
    page.get_by_role("button", name=re.compile("产改指导员")).click()
    expect(page.get_by_text("已切换到")).to_be_visible()
    answer = page.goto("/desk/rosters/")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("当前岗位不能打开这一页")
    page.get_by_role("button", name="经办").click()  # the page itself offers the post that may
    expect(page.get_by_role("heading", level=1)).to_contain_text("名册导入")


def test_a_role_without_the_permission_reads_why(staff: Open) -> None:
    page = staff("chenweidong")
    answer = page.goto("/desk/members/")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("当前岗位不能打开这一页")
    expect(page.locator("main")).to_contain_text("member.view")
    expect(page.locator("main")).to_contain_text("这次打开已记入留痕")


def make_account(page: Page, site: Site) -> tuple[int, str]:
    page.goto("/desk/accounts/")
    page.get_by_role("link", name="建立账号").first.click()
    page.get_by_label("姓名").fill("贺晓军")
    page.get_by_label("用户名").fill("hexiaojun")
    organisation = page.get_by_label("组织", exact=True)
    organisation.fill("安福县枫田镇总工会")
    page.get_by_label("角色").select_option(label="组织建设")
    page.get_by_label("理由").fill("枫田镇新到岗，办理建会入会")
    page.get_by_role("button", name="建立账号并提出岗位").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("已建立贺晓军的账号")
    password = page.locator("[data-first-password]").inner_text()
    return int(site.one("SELECT id FROM account WHERE username = 'hexiaojun'")), password


def test_a_post_is_asked_granted_used_and_taken_back(site: Site, staff: Open, stranger: Open) -> None:
    pk, first = make_account(staff("chenweidong"), site)

    own = stranger()
    log_in(own, "hexiaojun", first)
    expect(own.get_by_role("heading", level=1)).to_have_text("先设一个自己的密码")
    for field in own.locator("input[type=password]").all():
        field.fill(first if "current" in (field.get_attribute("autocomplete") or "") else "Wugongshan-2026")
    own.get_by_role("button", name="保存新密码").click()
    own.goto("/desk/")
    expect(own.get_by_role("heading", level=1)).to_contain_text("岗位")  # none yet

    officer = staff("huxiaofeng")
    officer.goto("/desk/accounts/")
    expect(officer.get_by_text("个岗位等待批准")).to_be_visible()
    officer.goto(f"/desk/accounts/{pk}/")
    officer.get_by_role("button", name="批准岗位").click()
    expect(officer.get_by_text("下一次点击就生效")).to_be_visible()

    own.goto("/desk/members/")
    assert "会员" in heading(own)
    expect(own.locator("[data-row]").first).to_contain_text("枫田")  # and nobody from elsewhere

    officer.get_by_label("收回理由").fill("调离岗位")
    officer.get_by_role("button", name="收回岗位").click()
    expect(officer.get_by_text("已收回贺晓军")).to_be_visible()
    answer = own.goto("/desk/members/")
    assert answer is not None and answer.status in (200, 403)
    assert own.locator("[data-row]").count() == 0
    assert "会员名单" not in heading(own)


def test_who_asks_for_a_post_cannot_grant_it(site: Site, staff: Open) -> None:
    page = staff("chenweidong")
    page.goto(f"/desk/accounts/{site.one('SELECT id FROM account WHERE username = %s', 'luojing')}/")
    assert page.get_by_role("button", name="批准岗位").count() == 0
    assert page.get_by_role("button", name="收回岗位").count() == 0


def test_an_authenticator_is_enrolled_and_asked_for_at_the_next_log_in(stranger: Open) -> None:
    page = stranger()
    log_in(page, "penglihua")
    page.goto("/account/")
    page.get_by_role("link", name="启用").first.click()
    if page.get_by_label("密码", exact=True).count():  # a log-in that is not fresh is confirmed first
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        page.get_by_role("button").last.click()
    page.locator("summary", has_text="手工输入密钥").click()
    secret = page.locator("details .big").inner_text().replace(" ", "")
    page.get_by_label("验证器里的6位数字").fill(code_of(secret))
    page.get_by_role("button", name="启用身份验证器").click()
    expect(page.locator("main")).to_contain_text("恢复码")

    other = stranger()
    log_in(other, "penglihua")
    expect(other.get_by_role("heading", level=1)).to_have_text("第二步验证")
    other.get_by_label("6位数字或恢复码").fill("000000")
    other.get_by_role("button", name="登录", exact=True).click()
    expect(other.locator("[data-errors]")).to_be_visible()
    time.sleep(30 - time.time() % 30 + 0.5)  # a code is good for one log-in only, and the enrolment used this one
    other.get_by_label("6位数字或恢复码").fill(code_of(secret))
    other.get_by_role("button", name="登录", exact=True).click()
    other.wait_for_url("**/desk/")
