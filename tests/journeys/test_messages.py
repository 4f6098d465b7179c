"""A place comes back to somebody who waits: the phone is told, the member opens it there and takes the place."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, Open
from .site import Site
from .steps import on_the_phone, said, shot
from .test_benefits import EDITOR, GUO, LIU, offer_id, write_offer

COURSE = "职工夜校·太极拳"

pytestmark = pytest.mark.usefixtures("site")


def notices(site: Site, tail: str, about: str, seconds: float = 100) -> list[dict[str, Any]]:
    """What the worker has brought of something to the phone that ends so; it looks every minute."""
    outbox, end = site.data / "outbox", time.monotonic() + seconds
    while time.monotonic() < end:
        read = [text for file in sorted(outbox.glob("*.json")) if (text := file.read_text(encoding="utf-8"))]
        told = [one for one in map(json.loads, read) if one["kind"] == "notice" and one["to"].endswith(tail)]
        if found := [one for one in told if about in one["words"]]:
            return found
        time.sleep(0.5)
    raise AssertionError("no notice in the outbox")


def test_1_a_place_that_came_back_is_told_on_the_phone_and_taken(site: Site, staff: Open, member: Open) -> None:
    desk = staff(EDITOR)
    write_offer(site, desk, COURSE, "先到先得", 1, 100)  # not tomorrow: that would be a line of its own
    desk.get_by_label("开始前多少小时可取消").fill("0")
    desk.get_by_role("button", name="保存草稿并核对").click()
    desk.get_by_role("button", name="发布", exact=True).click()
    said(desk, "已发布")
    pk = offer_id(site, COURSE)
    first, second = member(GUO), member(LIU)
    first.goto(f"/m/benefits/{pk}/")
    first.get_by_role("button", name="立即领取").click()
    first.wait_for_url(re.compile(r"/m/benefits/tickets/\d+/"))
    second.goto(f"/m/benefits/{pk}/")
    second.get_by_role("button", name="加入候补").click()
    said(second, "候补中，您在第1位")
    first.get_by_role("button", name="退回名额").click()
    said(first, "已退回")

    [notice] = notices(site, LIU[-4:], COURSE)
    assert re.fullmatch(rf"候补到“{COURSE}”，\d+月\d+日\d\d:\d\d前确认，过期给下一位", notice["words"])
    assert LIU not in json.dumps(notice) and "刘细妹" not in json.dumps(notice, ensure_ascii=False)

    second.goto("/m/")
    expect(second.get_by_role("link", name=re.compile("消息，.*条待看"))).to_be_visible()
    second.get_by_role("link", name=re.compile("消息，")).click()
    expect(second.get_by_role("link", name=re.compile(COURSE))).to_have_count(1)
    on_the_phone(second)
    shot(second, "messages-m-to-answer")
    first.goto(notice["url"])
    said(first, "没有找到|不存在|没有这")
    second.goto(notice["url"])
    second.get_by_role("button", name="确认名额").click()
    said(second, "已确认，名额是您的")
    second.goto("/m/notices/")
    expect(second.get_by_role("link", name=re.compile(f"候补到“{COURSE}”"))).to_have_count(1)
    expect(second.get_by_role("link", name=re.compile(f"候补到“{COURSE}”"))).not_to_contain_text("未读")
    on_the_phone(second)
    shot(second, "messages-m-read")


def test_2_the_member_chooses_and_staff_see_how_sending_fares(site: Site, staff: Open, member: Open) -> None:
    phone = member(LIU)
    phone.goto("/m/notices/")
    phone.get_by_role("link", name="设置").click()
    on_the_phone(phone)
    phone.get_by_label("摇号没有中签").uncheck()
    shot(phone, "messages-m-settings")
    phone.get_by_role("button", name="保存").click()
    said(phone, "已保存")
    expect(phone.get_by_label("摇号没有中签")).not_to_be_checked()
    expect(phone.get_by_label("摇号中签")).to_be_checked()
    for size in (None, PHONE):
        desk = staff("chenweidong", size) if size else staff("chenweidong")
        desk.goto("/desk/messages/")
        said(desk, "候补轮到您了")
        assert "太极拳" not in desk.content() and "刘细妹" not in desk.content()
        if size:
            on_the_phone(desk)
        shot(desk, "messages-desk-phone" if size else "messages-desk")
