"""A county makes its own standard without code and its unions are assessed by it; another county stays on the old one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.whole import WHOLE

from .conftest import PHONE, Open
from .site import Site
from .steps import PAPER, PHOTO, definition, desk_applies, let_notices_pass, on_the_phone, open_steps, shot, state, walk

TOWNSHIP = "安福县枫田镇总工会"
UNION = "江西安福泸水河食品有限公司工会委员会"
LOCAL = [
    ("参加园区工会联席会议", "2", "按佐证材料打分", "会议记录", False),
    ("设立户外劳动者爱心驿站", "2", "做到得分", "照片", False),
    ("开展安康杯竞赛", "2", "按佐证材料打分", "文件", False),
    ("女职工关爱室", "4", "做到得分", "照片", True),
]


def add_item(page: Page, title: str, points: str, kind: str, evidence: str, mandatory: bool) -> None:
    page.get_by_role("link", name="在“工作绩效规范”增加指标").click()
    page.get_by_label("指标").fill(title)
    page.get_by_label("分值").fill(points)
    page.get_by_label("计分办法").select_option(label=kind)
    page.get_by_label(evidence, exact=True).check()
    if mandatory:
        page.get_by_label("必备项，没有达标只能定最低等级").check()
    page.get_by_role("button", name="增加指标").click()
    expect(page.get_by_text(f"已增加“{title}”")).to_be_visible()


def reweigh(page: Page, title: str, points: str) -> None:
    page.get_by_role("link", name=f"修改“{title}”").click()
    page.get_by_label("分值").fill(points)
    page.get_by_role("button", name="保存指标").click()
    expect(page.get_by_text(f"已修改“{title}”")).to_be_visible()


@pytest.mark.browser
def test_a_county_publishes_its_own_standard_and_assesses_by_it(site: Site, staff: Open) -> None:
    county = staff("liuchunlan")
    county.goto("/desk/standards/")
    county.get_by_role("link", name="基层工会“六规范”创建标准").first.click()
    county.get_by_role("button", name="复制到本级").click()
    for one in LOCAL:
        add_item(county, *one)
    expect(county.get_by_text("各项分值相加是110分，应为100分，多10分")).to_be_visible()
    reweigh(county, "职工之家有场所、有设施、常开放", "2")
    reweigh(county, "集体协商、集体合同覆盖全体职工", "3")
    reweigh(county, "工会干部每年参加培训", "2")
    expect(county.get_by_text("没有错误，可以试算和发布")).to_be_visible()
    county.get_by_role("link", name="试算").click()
    expect(county.get_by_role("heading", level=1)).to_have_text(re.compile(r"试算：[\d,]+家工会按这一版评定"))
    expect(county.get_by_text("各等级工会数")).to_be_visible()
    county.get_by_role("link", name="返回标准").click()
    expect(county.get_by_text("增加“女职工关爱室”（工作绩效规范，4分，必备）")).to_be_visible()
    county.get_by_label("修改说明").fill("县总工会第3次常委会研究通过")
    county.get_by_role("button", name="发布到本级范围").click()
    expect(county.get_by_text("起在本级范围内施行")).to_be_visible()
    assess(site, staff)
    another_county_stays(site, staff)


def another_county_stays(site: Site, staff: Open) -> None:
    """A union of another county that begins on the same day is asked by the shipped standard."""
    there = site.one("SELECT path FROM organisation WHERE name = '遂川县总工会'")
    union = site.one(
        "SELECT o.id FROM organisation o WHERE o.path LIKE %s AND o.level = 'unit' AND o.kind = 'grassroots_union'"
        " AND o.state = 'active' AND NOT EXISTS (SELECT 1 FROM assessment_sheet i WHERE i.organisation_id = o.id)"
        " ORDER BY o.id LIMIT 1",
        there + "%",
    )
    site.rows("UPDATE organisation SET founded_on = '2012-05-01' WHERE id = %s", union)
    site.rows(
        "UPDATE post p SET organisation_id = o.id, path = o.path FROM organisation o, account a"
        " WHERE o.id = %s AND a.id = p.account_id AND a.username = 'laixiaobing'",
        union,
    )  # the cast has no chair in that county
    chair = staff("laixiaobing")
    begin(chair, "六有六规范创建评定")
    expect(chair.get_by_role("rowheader", name=re.compile("职工之家有场所"))).to_be_visible()
    for title, *_ in LOCAL:
        expect(chair.get_by_role("rowheader", name=re.compile(title))).to_have_count(0)
    owner = site.one(
        "SELECT s.path FROM assessment_sheet i JOIN assessment_standard s ON s.id = i.standard_id"
        " WHERE i.organisation_id = %s",
        union,
    )
    assert owner == ""  # the shipped one belongs to no place


def begin(chair: Page, title: str) -> None:
    chair.goto("/desk/assessment/")
    chair.get_by_label("评什么").select_option(label=title)
    chair.get_by_role("button", name="开始自评").click()


def self_assessed(chair: Page) -> str:
    """Every item at its best, every point with a paper; the number."""
    for box in chair.locator("input[name^=v-]").all():
        full = box.locator("xpath=following-sibling::span").inner_text()
        found = re.search(r"/ (\d+)分", full)
        box.fill(found.group(1) if found else "95")
    for choice in chair.locator("select[name^=v-]").all():
        choice.select_option("1")
    for paper in chair.locator("input[type=file]").all():
        paper.set_input_files(PAPER)
    chair.get_by_label("自评说明").fill("组织健全，按期换届，职工之家常年开放")
    chair.get_by_label("自评和佐证材料属实").check()
    chair.get_by_role("button", name="提交自评").click()
    told = chair.get_by_text(re.compile("已提交，编号GF")).first.inner_text()
    return re.sub(r".*(GF\d+).*", r"\1", told, flags=re.DOTALL)


def assess(site: Site, staff: Open) -> None:
    """The union of the cast, older than five years, is assessed by the county's version, up to its grade."""
    every_union_is_visited(site)
    site.rows("UPDATE organisation SET founded_on = '2012-05-01' WHERE name = %s", UNION)
    chair = staff("guoweimin")
    begin(chair, "六有六规范创建评定")
    for title, *_ in LOCAL:
        expect(chair.get_by_role("rowheader", name=re.compile(title))).to_be_visible()
    number = self_assessed(chair)
    town = staff("yinchunsheng")
    town.goto("/desk/assessment/")
    town.get_by_role("row", name=re.compile("泸水河")).get_by_role("link", name="办理").click()
    town.get_by_label("职工之家有场所、有设施、常开放", exact=True).fill("1")
    town.get_by_role("button", name="提交复核意见").click()
    expect(town.get_by_text("改了分，没有写理由").first).to_be_visible()
    town.get_by_label("职工之家有场所、有设施、常开放", exact=True).fill("1")
    town.get_by_label("“职工之家有场所、有设施、常开放”改分理由").fill("没有常开放")
    town.get_by_role("button", name="提交复核意见").click()
    expect(town.get_by_text("已提交乡镇复核意见")).to_be_visible()
    county = staff("liuchunlan")
    county.goto("/desk/assessment/")
    county.get_by_role("row", name=re.compile("泸水河")).get_by_role("link", name="办理").click()
    expect(county.get_by_text("复核").first).to_be_visible()
    county.get_by_role("button", name="提交复核意见").click()
    expect(county.get_by_text("已提交县级审核意见")).to_be_visible()
    visited_shown_and_graded(site, staff, number)
    place = site.one(
        "SELECT o.name FROM assessment_sheet i JOIN assessment_standard s ON s.id = i.standard_id"
        " JOIN organisation o ON o.id = s.organisation_id JOIN organisation u ON u.id = i.organisation_id"
        " WHERE u.name = %s",
        UNION,
    )
    assert place == "安福县总工会"


def every_union_is_visited(site: Site) -> None:
    """The city visits all, not a sample."""
    site.rows(
        "INSERT INTO rule (key, organisation_id, path, valid_from, value, version, source)"
        " SELECT 'assessment.sample_percent', id, path, '2020-01-01', '100', 1, '吉工发〔2026〕1号' FROM organisation"
        " WHERE name = '吉安市总工会'"
    )


def sheet_of(page: Page, site: Site, number: str) -> str:
    """The page of the tier that has the sheet now; the kind of its step."""
    (row,) = open_steps(site, number)
    page.goto(f"/desk/assessment/check/{row['id']}/")
    return str(row["kind"])


def photographed(page: Page) -> None:
    """With the position that the device gives."""
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 27.39, "longitude": 114.62})
    page.get_by_label("现场照片").last.set_input_files(PHOTO)
    page.get_by_role("button", name="取当前位置").click()
    expect(page.get_by_text("已取得位置")).to_be_visible()
    page.get_by_role("button", name="保存照片").click()
    expect(page.get_by_text("已有1张")).to_be_visible()


def visited_shown_and_graded(site: Site, staff: Open, number: str) -> None:
    """The city at the place with a picture, a notice that anybody reads, and the county's decision."""
    city, county = staff("zhoumin"), staff("liuchunlan")
    city.goto("/desk/assessment/")
    city.get_by_role("row", name=re.compile("泸水河")).get_by_role("link", name="办理").click()
    city.get_by_label("复核意见").fill("到现场查看职工之家")
    city.get_by_role("button", name="提交核查结果").click()
    expect(city.get_by_text("至少1张").first).to_be_visible()
    photographed(city)
    city.get_by_label("复核意见").fill("到现场查看职工之家")
    shot(city, "assessment-visit")
    city.get_by_role("button", name="提交核查结果").click()
    expect(city.get_by_text("已提交市级抽查意见")).to_be_visible()
    assert state(site, number) == "noticed"
    let_notices_pass(site, number)
    sheet_of(county, site, number)
    county.get_by_label("文号").fill("安工发〔2026〕18号")
    county.get_by_role("button", name="评定为示范").click()
    expect(county.get_by_text("已提交县级评定意见")).to_be_visible()
    assert state(site, number) == "approved"
    chair = staff("guoweimin")
    chair.goto("/desk/assessment/")
    chair.get_by_role("link", name=UNION).first.click()
    expect(chair.get_by_role("heading", level=1)).to_have_text(re.compile(r"^示范，\d+分$"))
    shot(chair, "assessment-grade")
    for tier, title in (("city", "市级"), ("province", "省级")):
        deeds = {"deeds": "连续三年组织健全，服务会员两千人次"}
        walk(site, staff, desk_applies(chair, f"assessment.point_{tier}", UNION, deeds))
        chair.goto("/desk/assessment/")
        chair.get_by_role("link", name=UNION).first.click()
        expect(chair.get_by_role("heading", level=1)).to_have_text(re.compile(rf"^示范，\d+分，{title}示范点$"))
    small = staff("guoweimin", PHONE)
    small.goto(chair.url)
    on_the_phone(small)
    shot(small, "assessment-grade-phone")


@pytest.mark.browser
@pytest.mark.parametrize(
    "key", ["strong_a", "four_batches", "six_plus_n", "star_stations", "small_firms"] if WHOLE else ["four_batches"]
)
def test_other_standards_are_walked_to_their_grade(site: Site, staff: Open, key: str) -> None:
    chair, tiers = staff("guoweimin"), (staff("yinchunsheng"), staff("liuchunlan"))
    begin(chair, definition(f"assessment.{key}").title)
    number = self_assessed(chair)
    for page in tiers:
        sheet_of(page, site, number)
        page.get_by_role("button", name="提交复核意见").click()
        expect(page.get_by_text(re.compile("已提交.*意见"))).to_be_visible()
    (row,) = open_steps(site, number)
    if row["kind"] == "visit":
        city = staff("zhoumin")
        sheet_of(city, site, number)
        photographed(city)
        city.get_by_label("复核意见").fill("到现场查看")
        city.get_by_role("button", name="提交核查结果").click()
        expect(city.get_by_text("已提交市级抽查意见")).to_be_visible()
    if state(site, number) == "noticed":
        let_notices_pass(site, number)
    sheet_of(tiers[1], site, number)
    tiers[1].get_by_role("button", name=re.compile("^评定为")).click()
    expect(tiers[1].get_by_text("已提交县级评定意见")).to_be_visible()
    assert state(site, number) == "approved"


@pytest.mark.browser
def test_the_city_reads_its_demonstration_points(site: Site, staff: Open) -> None:
    city = staff("zhoumin")
    city.goto("/desk/assessment/?point=province")
    expect(city.get_by_text("省级示范点").first).to_be_visible()
    for tier, number in (("province", 22), ("city", 14)):  # besides the union that came to a point in these journeys
        count = "SELECT count(*) FROM assessment_grade WHERE point = %s AND ended_on IS NULL AND organisation_id <> %s"
        assert site.one(count, tier, site.organisation(UNION)) == number
    city.locator("tbody tr[data-row] a").first.click()
    expect(city.get_by_text("命名为省级示范点").first).to_be_visible()
    city.get_by_role("link", name="评分表").first.click()
    expect(city.get_by_role("heading", level=1)).to_have_text(re.compile(r"\d+分，示范"))
