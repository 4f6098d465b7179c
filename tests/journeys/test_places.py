"""A worker scans the code on the wall and says 空调坏; staff mend it; the worker sees it and says thanks. A wish comes true."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from gonghui.web.demo.places import drawing

from .conftest import PHONE, Open
from .site import Site

STAFF, CHAIR, WISHER, GIVER = "liuchunlan", "guoweimin", "19900000002", "19900000001"


def station(site: Site) -> int:
    """A station of Anfu with an air conditioner that nobody has complained of."""
    return int(
        site.one(
            "SELECT p.id FROM place p JOIN organisation o ON o.id = p.organisation_id WHERE o.name = '安福县总工会'"
            " AND p.kind = 'outdoor' AND p.offered @> '[\"aircon\"]' AND NOT EXISTS (SELECT 1 FROM place_ticket t"
            " WHERE t.place_id = p.id AND t.state <> 'closed') ORDER BY p.id DESC LIMIT 1"
        )
    )


def test_reported_mended_seen_and_thanked(site: Site, stranger: Open, staff: Open, tmp_path: Path) -> None:
    number = station(site)
    phone = stranger(PHONE)
    phone.goto(f"/places/{number}/")
    phone.get_by_role("button", name="空调坏").click()
    expect(phone.get_by_text("已收到").first).to_be_visible()
    code = phone.locator("output").inner_text()

    desk = staff(STAFF)
    desk.goto("/desk/")
    expect(desk.get_by_text(re.compile("^空调坏：")).first).to_be_visible()
    desk.goto(f"/desk/places/{number}/")
    desk.get_by_role("link", name="空调坏").first.click()
    desk.get_by_role("button", name="接手处理").click()
    expect(desk.get_by_text("已接手")).to_be_visible()
    picture = tmp_path / "修好.png"
    picture.write_bytes(drawing(20))
    desk.get_by_label("已修好").check()
    desk.get_by_role("textbox", name="答复", exact=True).fill("换了电容，已经制冷")
    desk.get_by_label("修好的照片").set_input_files(picture)
    desk.get_by_role("button", name="答复", exact=True).click()
    expect(desk.get_by_text("已答复").first).to_be_visible()

    phone.goto("/places/code")
    phone.get_by_label("反映码或咨询码").fill(code)
    phone.get_by_role("button", name="看结果").click()
    expect(phone.get_by_role("heading", name=re.compile("已修好，用时"))).to_be_visible()
    expect(phone.get_by_role("img", name="修好以后的照片")).to_be_visible()
    phone.get_by_role("button", name="谢谢，好用了").click()
    expect(phone.get_by_text("已送出感谢").first).to_be_visible()
    phone.goto(f"/places/{number}/")
    expect(phone.get_by_text("换了电容，已经制冷")).to_be_visible()
    expect(phone.get_by_text(re.compile("收到[0-9]+次感谢"))).to_be_visible()


def test_nearest_first_without_telling_anybody(site: Site, stranger: Open) -> None:
    phone = stranger(PHONE, geolocation={"longitude": 114.62, "latitude": 27.39}, permissions=["geolocation"])
    phone.goto("/places/")
    before = phone.url
    phone.wait_for_load_state("networkidle")
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.get_by_role("button", name="按离我远近排").click()
    expect(phone.get_by_text("已按远近排")).to_be_visible()
    away = phone.locator("[data-away]").all_text_contents()
    metres = [float(one[:-1]) if one.endswith("米") else float(one[:-2]) * 1000 for one in away if one]
    assert len(metres) > 50 and metres == sorted(metres)
    seen = phone.locator("[data-places] > li:visible")
    expect(seen).to_have_count(20)
    phone.get_by_role("button", name=re.compile("再看20处（还有[0-9]+处）")).click()
    expect(seen).to_have_count(40)
    assert asked == [] and phone.url == before


def answered(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def test_a_wish_from_making_to_thanks(site: Site, staff: Open, member: Open, stranger: Open) -> None:
    phone = member(WISHER)
    phone.goto("/m/wishes/")
    phone.get_by_role("link", name="许一个心愿").click()
    phone.get_by_role("textbox", name="心愿", exact=True).fill("一双防滑的劳保鞋")
    phone.get_by_label("说明").fill("三十七码，车间地面有水")
    phone.get_by_label("类别").select_option(label="劳动用品")
    phone.get_by_label("大约多少钱（元）").fill("95")
    phone.get_by_label("笔名").fill("包装小妹")
    phone.get_by_label("职业").fill("包装工")
    phone.get_by_role("button", name="提交心愿").click()
    answered(phone, "已提交")

    desk = staff(CHAIR)
    desk.goto("/desk/wishes/?state=asked")
    desk.get_by_role("link", name="一双防滑的劳保鞋").first.click()
    desk.get_by_role("button", name="展示", exact=True).click()
    answered(desk, "已展示")
    wall = stranger(PHONE)
    wall.goto("/wishes/")
    answered(wall, "一双防滑的劳保鞋")

    giver = member(GIVER)
    giver.goto("/m/wishes/")
    giver.get_by_role("link", name="一双防滑的劳保鞋").click()
    giver.get_by_role("button", name="我来实现").click()
    answered(giver, "已认领")
    giver.get_by_label("送到的经过").fill("放在工会办公室，主席收下了")
    giver.get_by_role("button", name="登记送到").click()
    answered(giver, "已登记送到")

    phone.goto("/m/notices/")
    phone.get_by_role("link", name="送到了吗").click()
    phone.get_by_label("说声谢谢").fill("很合脚，不滑了")
    phone.get_by_role("button", name="收到了", exact=True).click()
    answered(phone, "已确认")
    wall.goto("/wishes/")
    answered(wall, "很合脚，不滑了")
