"""Benefits from the desk to the door: a course claimed at the real gate, the line behind it, the code that turns, scans
kept without a network, and a draw that anybody recomputes."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site
from .steps import on_the_phone, said, shot

GUO, LIU = "19900000001", "19900000002"
EDITOR = "kangmeiling"
COURSE, DRAW = "职工夜校·智能手机课", "庐陵一日游"
_ZONE_NOW = "SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI')"
"""The times typed into the form are those of the union's clock, whatever zone the test machine keeps."""

pytestmark = pytest.mark.usefixtures("site")


def local(site: Site, **later: float) -> str:
    now = datetime.strptime(str(site.one(_ZONE_NOW)), "%Y-%m-%d %H:%M")
    return f"{now + timedelta(**later):%Y-%m-%dT%H:%M}"


def offer_id(site: Site, title: str) -> int:
    return int(site.one("SELECT id FROM offer WHERE title = %s ORDER BY id DESC LIMIT 1", title))


def write_offer(site: Site, page: Page, title: str, allocation: str, places: int, hours: int) -> None:
    page.goto("/desk/benefits/new")
    page.get_by_label("类别").select_option(label="课程" if allocation.startswith("先") else "出游")
    page.get_by_label("名称", exact=True).fill(title)
    page.get_by_label("内容介绍").fill("零基础可学，一次两小时，有志愿者一对一辅导。")
    page.get_by_label("咨询方式").fill("宣教网络部")
    page.get_by_label("开始报名").fill(local(site, minutes=-1))
    page.get_by_label("截止报名").fill(local(site, days=3))
    page.get_by_label("场次名称").first.fill("第一场")
    page.get_by_label("开始", exact=True).first.fill(local(site, hours=hours))
    page.get_by_label("结束", exact=True).first.fill(local(site, hours=hours + 1))
    page.get_by_label("地点").first.fill("吉安市工人文化宫")
    page.get_by_label("名额", exact=True).first.fill(str(places))
    page.get_by_label(re.compile(f"^{allocation}")).check()
    page.get_by_label("候补人数上限").fill("5")


def see_code(page: Page) -> str:
    return page.locator("[data-text]").inner_text().strip()


def scan(page: Page, text: str) -> None:
    page.get_by_label("扫码枪或手工输入").fill(text)
    page.get_by_role("button", name="核对并签到").click()


def test_1_a_course_is_published_and_taken_at_the_gate(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    write_offer(site, desk, COURSE, "先到先得", 1, 2)
    expect(desk.locator("#reach")).to_contain_text(re.compile(r"现在有[\d,]+名会员符合"))
    desk.get_by_label("开始前多少小时可取消").fill("0")
    shot(desk, "benefits-edit")
    desk.get_by_role("button", name="保存草稿并核对").click()
    said(desk, "可以发布")
    shot(desk, "benefits-publish")
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布，符合条件的会员现在看得到")
    pk = offer_id(site, COURSE)

    phone = member(GUO)
    phone.goto("/m/benefits/")
    on_the_phone(phone)
    shot(phone, "benefits-m-home")
    phone.get_by_role("link", name=re.compile(COURSE)).click()
    on_the_phone(phone)
    shot(phone, "benefits-m-offer")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    phone.get_by_role("button", name="立即领取").click()
    phone.wait_for_url(re.compile(r"/m/benefits/tickets/\d+/"))
    assert any(re.fullmatch(r"POST http://[\d.]+:\d+/claim", one) for one in asked), "the gate took it, not the pages"
    expect(phone.get_by_role("img", name="核销二维码")).to_be_visible()
    on_the_phone(phone)
    shot(phone, "benefits-m-ticket")
    assert site.one("SELECT source FROM offer_claim WHERE offer_id = %s", pk) == "gate"


def test_2_who_comes_late_waits_and_confirms(site: Site, member: Open) -> None:
    pk = offer_id(site, COURSE)
    second = member(LIU)
    second.goto(f"/m/benefits/{pk}/")
    expect(second.get_by_role("button", name="立即领取")).to_be_hidden()
    shot(second, "benefits-m-full")
    second.get_by_role("button", name="加入候补").click()
    said(second, "候补中，您在第1位")
    first = member(GUO)
    first.goto("/m/benefits/tickets/")
    first.get_by_role("link", name=re.compile(COURSE)).first.click()
    first.get_by_role("button", name="退回名额").click()
    said(first, "已退回")
    second.goto("/m/benefits/")
    said(second, "候补名额等您确认")
    second.goto("/m/notices/")
    second.get_by_role("link", name=re.compile(COURSE)).click()
    shot(second, "benefits-m-answer")
    second.get_by_role("button", name="确认名额").click()
    said(second, "已确认，名额是您的")
    expect(second.get_by_role("img", name="核销二维码")).to_be_visible()


def test_3_the_door_takes_a_fresh_code_and_refuses_a_picture(site: Site, staff: Open, member: Open) -> None:
    pk = offer_id(site, COURSE)
    session = site.one("SELECT id FROM offer_session WHERE offer_id = %s", pk)
    phone = member(LIU)
    claim = site.one("SELECT id FROM offer_claim WHERE offer_id = %s AND ended = 0", pk)
    phone.goto(f"/m/benefits/tickets/{claim}/")
    assert see_code(phone).startswith("GH2:")
    door = staff(EDITOR, PHONE)
    door.goto(f"/desk/benefits/scan/{session}/")
    on_the_phone(door)
    shot(door, "benefits-scan")
    old = _older(site, int(claim), 600)
    scan(door, old)
    expect(door.locator("[data-answer]")).to_contain_text("不接受截图")
    shot(door, "benefits-scan-bad")
    empty = {"name": "wall.png", "mimeType": "image/png", "buffer": door.locator("h1").screenshot()}
    door.locator("[data-shot]").set_input_files(empty)
    expect(door.locator("[data-answer]")).to_contain_text("没有读到二维码")
    ticket = phone.get_by_role("img", name="核销二维码").screenshot()
    door.locator("[data-shot]").set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": ticket})
    expect(door.locator("[data-answer]")).to_contain_text("刘*妹 已签到")
    expect(door.locator("[data-arrived]")).to_have_text("1")
    shot(door, "benefits-scan-good")
    phone.goto(f"/m/benefits/{pk}/")
    phone.get_by_label("5星").check()
    phone.get_by_role("button", name="提交评价").click()
    said(phone, "已收到您的评价")


def _older(site: Site, claim: int, seconds: int) -> str:
    """The code as it was some time ago: a screenshot."""
    from gonghui.kernel.quotas import rules
    from gonghui.machine import secrets

    key = secrets.load(site.data).django_key.encode()
    row = site.rows("SELECT code, extract(epoch FROM now())::float AS now FROM offer_claim WHERE id = %s", claim)[0]
    return rules.code_text(key, claim, row["code"], row["now"] - seconds)


def test_4_without_a_network_scans_are_kept_and_merged(site: Site, staff: Open) -> None:
    session, claims = _lecture(site)
    door = staff(EDITOR, PHONE)
    door.goto(f"/desk/benefits/scan/{session}/")
    door.context.set_offline(True)
    for claim in claims:
        scan(door, _older(site, claim, 0))
        expect(door.locator("[data-answer]")).to_contain_text("没有网络，先放行")
    scan(door, "别的二维码")
    expect(door.locator("[data-kept]")).to_contain_text("3条扫码存在本机")
    shot(door, "benefits-scan-offline")
    door.context.set_offline(False)
    expect(door.locator("[data-results]")).to_contain_text("没有算数：这不是本平台的会员码")
    expect(door.locator("[data-results] .ok")).to_have_count(2)
    expect(door.locator("[data-kept]")).to_be_hidden()
    shot(door, "benefits-scan-merged")
    assert site.one("SELECT count(*) FROM offer_check_in WHERE session_id = %s AND by = 'offline'", session) == 2


def _lecture(site: Site) -> tuple[int, list[int]]:
    """Two places of the running consumer vouchers of the demonstration: they have no time, so any time is theirs."""
    session = site.one(
        "SELECT s.id FROM offer_session s JOIN offer o ON o.id = s.offer_id WHERE o.kind = 'voucher' ORDER BY s.id LIMIT 1"
    )
    rows = site.rows("SELECT id FROM offer_claim WHERE session_id = %s AND state = 'held' ORDER BY id LIMIT 2", session)
    return int(session), [row["id"] for row in rows]


def test_5_a_draw_from_the_entry_to_the_recomputation(
    site: Site, staff: Open, member: Open, stranger: Open, tmp_path: Path
) -> None:
    desk, witness = staff(EDITOR), stranger(PHONE)
    write_offer(site, desk, DRAW, "摇号", 1, 216)
    desk.get_by_role("button", name="保存草稿并核对").click()
    desk.get_by_label("见证方1").fill("会员代表")
    desk.get_by_label("公开数值").fill("截止次日福彩3D开奖号码")
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布")
    pk = offer_id(site, DRAW)
    tags = _entered(member, pk)
    _drawn(site, desk, witness, pk)
    number = site.one("SELECT number FROM offer WHERE id = %s", pk)
    public = stranger(PHONE)
    public.goto(f"/draws/{number}/")
    on_the_phone(public)
    public.get_by_role("textbox", name="签号").fill(tags[GUO])
    public.get_by_role("button", name="查结果").click()
    expect(public.get_by_role("status")).to_contain_text(re.compile("摇到了|候补第1位"))
    shot(public, "benefits-draw")
    assert not {"郭建平", "刘细妹"} & set(re.findall(r"郭建平|刘细妹", public.content()))
    for link, name in (("公示文件", "draw.txt"), ("复算程序", "recompute.py")):
        with public.expect_download() as download:
            public.get_by_role("link", name=link).click()
        download.value.save_as(tmp_path / name)
    ran = subprocess.run(
        [sys.executable, "-I", tmp_path / "recompute.py", tmp_path / "draw.txt", tags[LIU]],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0 and "全部一致" in ran.stdout, ran.stdout + ran.stderr
    won = [who for who in tags if site.one("SELECT state FROM offer_entry WHERE tag = %s", tags[who]) == "won"]
    assert len(won) == 1
    for who in tags:
        phone = member(who)
        phone.goto(f"/m/benefits/{pk}/")
        said(phone, "摇到了" if who in won else "在候补第1位")
        on_the_phone(phone)
        shot(phone, f"benefits-m-drawn-{'won' if who in won else 'lost'}")


def test_6_the_pages_of_the_demonstration(site: Site, staff: Open, member: Open) -> None:
    """Looked at by people where pictures are asked for; nothing sticks out on a phone."""
    assert int(site.one("SELECT count(*) FROM offer WHERE title NOT IN (%s, %s)", COURSE, DRAW)) >= 12
    night = offer_id(site, "职工夜校·八段锦")
    desk = staff(EDITOR)
    for name, path in (
        ("list", ""), ("offer", f"{night}/"), ("claims", f"{night}/claims/"), ("calendar", "calendar/"), ("fairness", "fairness/"),
        ("providers", "providers/"), ("doors", "scan/"), ("give", f"{night}/give/"),
    ):  # fmt: skip
        desk.goto(f"/desk/benefits/{path}")
        expect(desk.get_by_role("heading", level=1)).to_be_visible()
        shot(desk, f"benefits-desk-{name}")
        narrow = staff(EDITOR, PHONE)
        narrow.goto(f"/desk/benefits/{path}")
        on_the_phone(narrow)
        shot(narrow, f"benefits-desk-{name}-phone")
        narrow.close()
    phone = member(GUO)
    coming = offer_id(site, "“惠聚庐陵”职工观影券")
    for name, path in (("coming", f"{coming}/"), ("tickets", "tickets/"), ("household", "household/"), ("home2", "")):
        phone.goto(f"/m/benefits/{path}")
        on_the_phone(phone)
        shot(phone, f"benefits-m-{name}")


def _entered(member: Open, pk: int) -> dict[str, str]:
    """Both members apply; each sees their own tag."""
    tags = {}
    for who in (GUO, LIU):
        phone = member(who)
        phone.goto(f"/m/benefits/{pk}/")
        phone.get_by_role("button", name="提交报名").click()
        said(phone, "已报名")
        tags[who] = phone.locator(".code-text").inner_text()
    shot(phone, "benefits-m-entered")
    return tags


def _drawn(site: Site, desk: Page, witness: Page, pk: int) -> None:
    """A witness's own link, commitment, locked list, secret, a public value that two persons read, draw; the minute's
    job may be quicker than the buttons."""
    desk.goto(f"/desk/benefits/{pk}/")
    shot(desk, "benefits-desk-draw-open")
    desk.get_by_role("button", name=re.compile("^生成见证链接")).click()
    said(desk, "只显示这一次")
    expect(desk.get_by_role("img", name="见证链接的二维码")).to_be_visible()
    shot(desk, "benefits-desk-witness-link")
    witness.goto(desk.get_by_label("链接", exact=True).input_value())
    on_the_phone(witness)
    secret = witness.get_by_label("密语", exact=True).input_value()
    assert len(secret) >= 20, "made on the phone of the witness"
    witness.get_by_role("button", name="提交").click()
    said(witness, "先抄下或截图密语")
    assert witness.get_by_label("密语", exact=True).input_value() == secret, "a refusal makes no other secret"
    shot(witness, "benefits-witness-commit")
    witness.get_by_label("我已经抄下或截图保存了密语").check()
    witness.get_by_role("button", name="提交").click()
    said(witness, "等名单锁定")
    on_the_phone(witness)
    shot(witness, "benefits-witness-committed")
    party = site.rows(
        "SELECT p.* FROM offer_draw_party p JOIN offer_draw d ON d.id = p.draw_id WHERE d.offer_id = %s", pk
    )
    assert party[0]["commitment"] == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(party[0]), "the secret is kept by the witness alone"
    site.rows("UPDATE offer SET closes_at = now() WHERE id = %s RETURNING id", pk)
    desk.goto(f"/desk/benefits/{pk}/")
    expect(desk.get_by_label("会员代表的承诺值")).to_have_count(0)
    if desk.get_by_role("button", name="锁定名单").count():  # unless the minute's job was quicker
        desk.get_by_role("button", name="锁定名单").click()
    said(desk, "揭示")
    witness.reload()
    on_the_phone(witness)
    shot(witness, "benefits-witness-reveal")
    witness.get_by_label("您保存的密语").fill(secret)
    witness.get_by_role("button", name="揭示", exact=True).click()
    said(witness, "您的密语已公布")
    desk.goto(f"/desk/benefits/{pk}/")
    desk.get_by_label("公开数值", exact=True).fill("5 1 8")
    desk.get_by_role("button", name="登记", exact=True).click()
    said(desk, "还要另一人对照来源核对")
    shot(desk, "benefits-desk-draw")
    witness.reload()
    witness.get_by_label("您看到的公开数值").fill("5 1 8")
    witness.get_by_role("button", name="核对").click()
    said(witness, "公开数值已核对")
    desk.goto(f"/desk/benefits/{pk}/")
    if desk.get_by_role("button", name="现在摇号").count():
        desk.get_by_role("button", name="现在摇号").click()
    desk.goto(f"/desk/benefits/{pk}/")
    said(desk, "摇号。")


def test_8_what_is_open_is_sorted_by_how_far_it_is(site: Site, member: Open) -> None:
    phone = member(GUO, geolocation={"longitude": 115.0, "latitude": 27.1}, permissions=["geolocation"])
    phone.goto("/m/benefits/")
    phone.wait_for_load_state("networkidle")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.get_by_role("button", name="按离我远近排").click()
    expect(phone.get_by_text("已按远近排")).to_be_visible()
    away = [one for one in phone.locator("[data-places] [data-away]").all_text_contents() if one]
    metres = [
        float(one[:-1]) if one.endswith("米") and not one.endswith("公里") else float(one[:-2]) * 1000 for one in away
    ]
    assert len(metres) > 1 and metres == sorted(metres)
    assert asked == []
    phone.locator("[data-places] > a").first.click()
    expect(phone.locator("dd a[href^='/places/']").first).to_be_visible()
