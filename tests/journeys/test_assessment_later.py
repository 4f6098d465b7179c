"""What follows a grade: one that runs out is rated again and kept or lost; a refusal is appealed and the city decides."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.whole import WHOLE

from .conftest import Open
from .site import Site
from .steps import TOWN, let_notices_pass, open_steps, said, shot, state
from .test_assessment import begin, self_assessed, sheet_of


def nobody_is_visited(site: Site) -> None:
    """The sample of the city leaves everybody out: the visit is walked with the first grade."""
    if site.one("SELECT count(*) FROM rule WHERE key = 'assessment.sample_percent'"):
        return
    site.rows(
        "INSERT INTO rule (key, organisation_id, path, valid_from, value, version, source)"
        " SELECT 'assessment.sample_percent', id, path, '2020-01-01', '0', 1, '吉工发〔2026〕1号' FROM organisation"
        " WHERE name = '吉安市总工会'"
    )


def takes_office(site: Site, username: str, organisation: int, role: str) -> None:
    """The cast has no chair in most unions and no officer in most townships: one of it comes from elsewhere."""
    site.rows(
        "UPDATE post p SET organisation_id = o.id, path = o.path, role = %s FROM organisation o, account a"
        " WHERE o.id = %s AND a.id = p.account_id AND a.username = %s",
        role,
        organisation,
        username,
    )


# -- rated again -------------------------------------------------------------------------------------------------


def ran_out(site: Site) -> tuple[int, str]:
    """A demonstration point of the county whose grade ended yesterday, with its chair and its township's officer."""
    nobody_is_visited(site)
    (row,) = site.rows(
        "SELECT g.id, g.organisation_id AS union, o.name, o.parent_id AS town FROM assessment_grade g"
        " JOIN organisation o ON o.id = g.organisation_id JOIN organisation c ON c.name = '安福县总工会'"
        " WHERE o.path LIKE c.path || '%%' AND g.point <> '' AND g.ended_on IS NULL AND g.kind = 'pointed'"
        " AND g.valid_until >= current_date ORDER BY g.id LIMIT 1"
    )
    site.rows("UPDATE assessment_grade SET valid_until = current_date - 1 WHERE id = %s", row["id"])
    takes_office(site, "laixiaobing", row["union"], "grassroots_chair")
    takes_office(site, "luochunhua", row["town"], "organising")
    return row["id"], row["name"]


def scored_lower(town: Page) -> None:
    """Items without ground, each with why, until twelve points are gone: enough for the next grade, not for the last."""
    lost = 0
    for box in town.locator("input[name^=v-]").all():
        full = re.search(r"/ (\d+)分", box.locator("xpath=following-sibling::span").inner_text())
        if full is None or lost >= 12:
            continue
        box.fill("0")
        town.locator(f"#n-{(box.get_attribute('name') or '')[2:]}").fill("现场没有看到记录")
        lost += int(full[1])
    assert 12 <= lost < 20


@pytest.mark.browser
@pytest.mark.parametrize("outcome", ["demoted", "rerated"] if WHOLE else ["demoted"])
def test_a_grade_that_ran_out_is_rated_again(site: Site, staff: Open, outcome: str) -> None:
    grade, name = ran_out(site)
    chair, town, county = staff("laixiaobing"), staff("luochunhua"), staff("liuchunlan")
    county.goto("/desk/assessment/")
    county.get_by_role("link", name="到期待复评").first.click()
    county.get_by_role("link", name=name).first.click()
    said(county, "等该工会自评后复评")
    expect(county.get_by_role("button", name="开始复评")).to_have_count(0)
    chair.goto(f"/desk/assessment/grades/{grade}/")
    said(chair, "得分够的保持等级，不够的降级")
    shot(chair, "rerating-due")
    chair.get_by_role("button", name="开始复评").click()
    number = self_assessed(chair)
    sheet_of(town, site, number)
    if outcome == "demoted":
        scored_lower(town)
    town.get_by_role("button", name="提交复核意见").click()
    said(town, "已提交乡镇复核意见")
    sheet_of(county, site, number)
    county.get_by_role("button", name="提交复核意见").click()
    said(county, "已提交县级审核意见")
    assert state(site, number) == "noticed"
    let_notices_pass(site, number)
    sheet_of(county, site, number)
    county.get_by_label("文号").fill("安工发〔2026〕19号")
    shot(county, "rerating-decide")
    county.get_by_role("button", name="评定为合格" if outcome == "demoted" else "评定为示范").click()
    said(county, "已提交县级评定意见")
    chair.goto(f"/desk/assessment/grades/{grade}/")
    expect(chair.get_by_text("已变动", exact=True)).to_be_visible()
    chair.goto("/desk/assessment/")
    chair.get_by_role("link", name=name).first.click()
    head, first = chair.get_by_role("heading", level=1), chair.locator("tbody tr").first
    if outcome == "demoted":
        expect(head).to_have_text(re.compile(r"^合格，\d+分$"))
        expect(first).to_contain_text("降级")
    else:
        expect(head).to_have_text(re.compile(r"^示范，\d+分，.级示范点$"))
        expect(first).to_contain_text("复评")
    expect(chair.get_by_text("有效", exact=True)).to_be_visible()
    shot(chair, f"rerating-{outcome}")


# -- appealed ----------------------------------------------------------------------------------------------------


def refused(site: Site, town: Page, number: str, why: str) -> None:
    sheet_of(town, site, number)
    town.get_by_role("button", name="不通过").click()
    said(town, "不通过要写明理由")
    town.get_by_label("复核意见").fill(why)
    town.get_by_role("button", name="不通过").click()
    said(town, "已提交乡镇复核意见")
    assert state(site, number) == "rejected"


def appealed(site: Site, chair: Page, number: str, why: str) -> None:
    """From the union's own assessments to the decision, and against it."""
    chair.goto("/desk/assessment/")
    chair.get_by_role("link", name=number).click()
    chair.get_by_role("link", name="看决定，提出申诉").click()
    expect(chair.get_by_role("heading", level=1)).to_have_text("六有六规范创建评定没有通过")
    expect(chair.get_by_role("region", name="决定", exact=True)).not_to_contain_text(
        "合格"
    )  # what its points come to is not its grade
    shot(chair, "assessment-refused")
    chair.get_by_role("button", name="提交申诉").click()
    expect(chair.locator("[data-errors]")).to_contain_text("写明为什么不服")
    chair.get_by_label("为什么不服").fill(why)
    chair.get_by_role("button", name="提交申诉").click()
    expect(chair.get_by_role("heading", level=1)).to_have_text("六有六规范创建评定正在办理")
    assert state(site, number) == "running"


def before_the_city(site: Site, city: Page, number: str, why: str, refusal: str) -> None:
    (step,) = open_steps(site, number)
    assert (step["key"], step["office"]) == ("appeal", "吉安市总工会")
    city.goto("/desk/assessment/")
    city.locator(f"a[href='/desk/assessment/check/{step['id']}/']").click()
    expect(city.get_by_role("region", name="申诉理由")).to_contain_text(why)
    expect(city.get_by_role("region", name="原决定")).to_contain_text(refusal)
    shot(city, "assessment-appeal")


@pytest.mark.browser
def test_a_refusal_is_appealed_to_the_city_which_upholds_or_changes_it(site: Site, staff: Open) -> None:
    nobody_is_visited(site)
    (row,) = site.rows(
        "SELECT o.id, o.name, a.number FROM application a JOIN organisation o ON o.id = a.organisation_id"
        " JOIN organisation t ON t.id = o.parent_id WHERE a.state = 'running' AND a.key = 'assessment.six'"
        " AND t.name = %s ORDER BY o.id LIMIT 1",
        TOWN,
    )
    takes_office(site, "laixiaobing", row["id"], "grassroots_chair")
    number = row["number"]
    chair, town, city = staff("laixiaobing"), staff("yinchunsheng"), staff("zhoumin")
    refused(site, town, number, "佐证与现场不符")
    appealed(site, chair, number, "佐证有原件，请再核对")
    before_the_city(site, city, number, "佐证有原件，请再核对", "佐证与现场不符")
    city.get_by_label("复核意见").fill("原件与现场不符，维持原决定")
    city.get_by_role("button", name="维持原决定").click()
    said(city, "已提交申诉复核意见")
    chair.reload()
    expect(chair.get_by_role("heading", level=1)).to_have_text("六有六规范创建评定没有通过")
    said(chair, "维持原决定")
    expect(chair.get_by_role("button", name="提交申诉")).to_have_count(0)
    changed_by_the_city(site, chair, town, city, row["name"])


def changed_by_the_city(site: Site, chair: Page, town: Page, city: Page, name: str) -> None:
    """The union begins anew; this time the city gives one item otherwise and grants the grade."""
    begin(chair, "六有六规范创建评定")
    number = self_assessed(chair)
    refused(site, town, number, "没有看到职工之家")
    appealed(site, chair, number, "职工之家在二号楼，欢迎来看")
    before_the_city(site, city, number, "职工之家在二号楼，欢迎来看", "没有看到职工之家")
    place = "职工之家有场所、有设施、常开放"
    city.get_by_label(place, exact=True).fill("4")
    city.get_by_label(f"“{place}”改分理由").fill("有场所和设施，开放时间不够")
    city.get_by_label("复核意见").fill("职工之家属实，申诉成立")
    city.get_by_label("文号").fill("吉工发〔2026〕20号")
    city.get_by_role("button", name="申诉成立，评定为示范").click()
    said(city, "已提交申诉复核意见")
    assert state(site, number) == "approved"
    chair.reload()
    expect(chair.get_by_role("heading", level=1)).to_have_text("六有六规范创建评定已通过")
    expect(chair.get_by_role("region", name="决定", exact=True)).to_contain_text("通过，示范")
    expect(chair.get_by_role("region", name="评分表")).to_contain_text("复核：有场所和设施，开放时间不够")
    shot(chair, "assessment-appeal-upheld")
    chair.goto("/desk/assessment/")
    chair.get_by_role("row", name=re.compile(name)).get_by_role("link").first.click()
    expect(chair.get_by_role("heading", level=1)).to_have_text(re.compile(r"^示范，\d+分$"))
