"""A guide on the spot with a phone, the firm that answers, the county that closes: one finding from end to end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, Open
from .rosters import UNION
from .site import Site
from .steps import said

PROBLEM = "夜班职工没有培训课时"

pytestmark = pytest.mark.usefixtures("site")


def test_a_visit_on_the_phone_becomes_a_finding_that_is_closed(site: Site, staff: Open) -> None:
    pilot = site.one(
        "SELECT p.id FROM reform_pilot p JOIN organisation o ON o.id = p.organisation_id WHERE o.name = %s", UNION
    )
    guide = staff("wangfugen", PHONE)
    guide.goto("/desk/reform/pilots/?mine=1")
    guide.get_by_role("link", name=UNION).first.click()
    guide.get_by_role("link", name="登记走访").first.click()
    guide.get_by_label("了解到的情况").fill("夜班一百二十人，白天上课来不了，班组长愿意带线上课。")
    guide.get_by_label("要试点单位解决的问题").fill(PROBLEM)
    guide.get_by_label("解决期限").fill((date.today() + timedelta(days=20)).isoformat())
    guide.get_by_role("button", name="登记走访").click()
    said(guide, "已登记走访")
    expect(guide.get_by_role("link", name=PROBLEM)).to_be_visible()

    chair = staff("guoweimin")
    chair.goto("/desk/")
    chair.get_by_role("link", name=PROBLEM).click()
    chair.get_by_label("整改情况").fill("开了线上夜课，每周两次，计入培训积分。")
    chair.get_by_role("button", name="答复").click()
    said(chair, "已答复，等核验")

    county = staff("liuchunlan")
    county.goto("/desk/")
    county.get_by_role("link", name=f"核验：{PROBLEM}").click()
    county.get_by_role("button", name="核验销号").click()
    said(county, "已销号")
    county.goto(f"/desk/reform/pilots/{pilot}/")
    expect(county.get_by_role("listitem").filter(has_text=PROBLEM).first).to_contain_text("已销号")


def test_a_task_goes_from_the_city_to_a_county_and_back(site: Site, staff: Open) -> None:
    city = staff("zhoumin")
    plan = site.one(
        "SELECT p.id FROM reform_plan p JOIN organisation o ON o.id = p.organisation_id WHERE o.name = '吉安市总工会'"
    )
    city.goto(f"/desk/reform/plans/{plan}/items/new")
    due = date.today() + timedelta(days=40)
    city.get_by_label("工作内容").fill("冬季技能夜校进园区")
    city.get_by_label("责任岗位").select_option(index=1)
    city.get_by_label("完成期限").fill(due.isoformat())
    city.get_by_role("button", name="添加", exact=True).click()
    expect(city.get_by_text("没有填写").first).to_be_visible()
    city.get_by_label("调整原因").fill("省总工会新增要求")
    city.get_by_role("button", name="添加", exact=True).click()
    said(city, "已添加第16项")
    city.get_by_role("link", name="冬季技能夜校进园区").click()
    city.get_by_role("link", name="分解到下级").click()
    city.get_by_label("安福县总工会").check()
    city.get_by_role("button", name="分解下达").click()
    said(city, "已分解到1家，等他们确认")

    county = staff("liuchunlan")
    county.goto("/desk/")
    county.get_by_role("link", name="确认上级下达的任务：冬季技能夜校进园区").click()
    county.get_by_label("责任岗位").select_option(index=1)
    county.get_by_role("button", name="确认，按期完成").click()
    said(county, "已确认，任务开始执行")
    county.get_by_label("完成情况").fill("三个园区开班，参加职工四百人次。")
    county.get_by_role("button", name="报送上级验收").click()
    said(county, "已报送完成")

    city.goto("/desk/")
    city.get_by_role("link", name="验收：冬季技能夜校进园区").click()
    city.get_by_role("button", name="验收通过").click()
    said(city, "已验收")
