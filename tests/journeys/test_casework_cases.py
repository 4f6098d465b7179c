"""Cases of the rights department from a member's phone to what came of them: hardship and its aid, legal aid with its
days of the law, an appeal, arrears with what came back, a dispute, mutual aid, serious illness, and a letter."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import docx
from django.utils import timezone
from playwright.sync_api import Page, expect

from gonghui.apps.casework.tests.conftest import HOUSEHOLD
from gonghui.apps.casework.tests.test_walks import ARREARS, DISPUTE, ILL, LEGAL
from gonghui.kernel.rules.calendar import add_days

from .conftest import PHONE, Open
from .site import Site
from .steps import (
    PAPER,
    PHOTO,
    absent,
    answer,
    approve,
    desk_applies,
    fill,
    hand_in,
    member_applies,
    member_opens,
    on_the_phone,
    open_step,
    reject,
    said,
    shot,
    state,
)

LIU, NAME = "19900000002", "刘细妹"
FIRM = "江西安福泸水河食品有限公司"


def came_of(site: Site, number: str, table: str) -> int:
    """The id of what came of an application."""
    return int(
        site.one(
            f"SELECT t.id FROM {table} t JOIN application a ON a.id = t.application_id WHERE a.number = %s", number
        )
    )


def follows(page: Page, number: str) -> None:
    """The applicant opens her application from the list of all that are hers."""
    page.goto("/m/applications/")
    on_the_phone(page)
    page.get_by_role("link").filter(has_text=number).first.click()
    on_the_phone(page)


def act(page: Page, button: str, given: dict[str, str]) -> None:
    """One of the acts on the page of a case, a payment or a letter."""
    box = page.locator("form", has=page.get_by_role("button", name=button, exact=True))
    answer(box, given)
    box.get_by_role("button", name=button, exact=True).click()


# -- hardship ----------------------------------------------------------------------------------------------------


def asked_for(phone: Page) -> str:
    """The household on the phone; consent comes first, and what is forgotten is said."""
    member_opens(phone, "casework.hardship")
    fill(phone, "casework.hardship", HOUSEHOLD | {"homes": "2", "proofs": PAPER})
    shot(phone, "hardship-form")
    phone.get_by_role("button", name="提交", exact=True).click()
    said(phone, "家庭住房少于2套")
    shot(phone, "hardship-refused")
    phone.get_by_label("家庭住房套数（套）", exact=True).fill("0")
    on_the_phone(phone)
    return hand_in(phone)


def visited(town: Page, number: str) -> None:
    """The township at the home, with a picture."""
    open_step(town, number)
    town.locator("input[name=photo]").set_input_files(PHOTO)
    town.get_by_role("button", name="上传照片").click()
    said(town, "已上传现场照片")
    expect(town.get_by_role("region", name="现场照片")).to_contain_text("1张")
    answer(
        town.locator("form[action$='/visit']"),
        {"实际共同生活人数": "3", "收入和支出与申请一致": "是", "现场情况": "看了住房和票据", "核查结果": "与申请一致"},
    )
    shot(town, "hardship-visit")
    town.get_by_role("button", name="登记核查结果").click()
    said(town, f"已登记实地核查，与申请一致（{number}）")


def nobody_else_knows(site: Site, staff: Open, number: str) -> None:
    """Other departments, other counties and the city's own rights officer, who is not of the team."""
    file, application = (
        came_of(site, number, "casework_file"),
        site.one("SELECT id FROM application WHERE number = %s", number),
    )
    for name, status in (("penglihua", 404), ("liuchunlan", 403), ("huanglijuan", 403)):
        page = staff(name)
        absent(page, number)
        for address, expected in ((f"/desk/cases/files/{file}/", status), (f"/desk/applications/{application}/", 404)):
            got = page.goto(address)
            assert got is not None and got.status == expected, (name, address, got.status)
    page = staff("penglihua")
    page.goto("/desk/cases/files/")
    expect(page.get_by_role("link", name=f"DA{file:06d}")).to_have_count(0)


def aided(site: Site, phone: Page, chair: Page, county: Page) -> None:
    """Aid for a loss: asked on the phone, ordered by the county, paid against a voucher once."""
    number = member_applies(
        phone,
        "casework.aid",
        {"kind": "temporary", "cost": "800", "story": "家中失火", "proofs": PAPER, "agreed": "是"},
    )
    approve(chair, number)
    approve(county, number)
    county.goto("/desk/cases/aids/")
    county.get_by_role("link", name=f"ZF{came_of(site, number, 'casework_aid'):06d}").click()
    expect(county.get_by_role("heading", level=1)).to_have_text("临时救助800.00元")
    shot(county, "aid")
    act(county, "登记支付", {"凭证号": "回单0801"})
    said(county, "回单0801")
    expect(county.get_by_role("button", name="登记支付")).to_have_count(0)
    follows(phone, number)
    expect(phone.get_by_role("heading", level=1)).to_have_text("困难职工帮扶已通过")
    shot(phone, "aid-phone")


def out_of_hardship(site: Site, chair: Page, county: Page, file: int) -> None:
    five = dict.fromkeys(("medical", "job", "school", "housing", "insured"), "是")
    typed = five | {"net_now": "1900", "note": "父亲病情稳定，子女已就业"}
    number = desk_applies(chair, "casework.hardship_exit", NAME, typed)
    approve(chair, number)
    approve(county, number)
    county.goto(f"/desk/cases/files/{file}/")
    said(county, "已脱困退出")


def test_a_household_gets_its_file_its_aid_and_comes_out_of_hardship(site: Site, member: Open, staff: Open) -> None:
    phone, chair, town, county = member(LIU), staff("guoweimin"), staff("luochunhua"), staff("ouyangjing")
    number = asked_for(phone)
    open_step(chair, number)
    said(chair, "保密办件")
    expect(chair.get_by_role("link", name="证明材料.pdf")).to_be_visible()
    shot(chair, "hardship-chair")
    approve(chair, number)
    visited(town, number)
    open_step(county, number)
    expect(county.get_by_role("region", name="怎样计算的")).to_contain_text("深度困难")
    shot(county, "hardship-decide")
    approve(county, number)
    county.goto("/desk/cases/files/")
    shot(county, "files")
    file = came_of(site, number, "casework_file")
    county.get_by_role("link", name=f"DA{file:06d}").click()
    expect(county.get_by_role("heading", level=1)).to_have_text("深度困难")
    shot(county, "file")
    small = staff("ouyangjing", PHONE)
    small.goto(county.url)
    on_the_phone(small)
    shot(small, "file-phone")
    follows(phone, number)
    said(phone, "通过，深度困难")
    expect(phone.get_by_role("region", name="怎样计算的")).to_contain_text("（收入－支出）÷3人÷12个月＝500.00元")
    shot(phone, "hardship-phone")
    phone.get_by_role("link", name="看依据的规则和事实").click()
    rules = phone.get_by_role("region", name="用到的规则")
    expect(rules).to_contain_text("不大于当地城市居民最低生活保障标准（每人每月）时为“深度困难”")
    expect(rules).to_contain_text("主要原因不是“子女上学”")
    expect(rules).to_contain_text("余姚市")
    on_the_phone(phone)
    shot(phone, "hardship-why")
    nobody_else_knows(site, staff, number)
    aided(site, phone, chair, county)
    out_of_hardship(site, chair, county, file)


# -- rights ------------------------------------------------------------------------------------------------------


def due_on(site: Site, number: str) -> date:
    """When the step that waits is due."""
    due: date = site.one(
        "SELECT s.due_on FROM application_step s JOIN application a ON a.id = s.application_id"
        " WHERE a.number = %s AND s.state = 'open'",
        number,
    )
    return due


def test_legal_aid_is_given_in_seven_and_three_days(site: Site, member: Open, staff: Open) -> None:
    phone, county = member(LIU), staff("ouyangjing")
    number = member_applies(phone, "casework.legal_aid", LEGAL)
    assert due_on(site, number) == add_days(timezone.localdate(), 7)
    approve(county, number)
    assert due_on(site, number) == add_days(timezone.localdate(), 3)
    open_step(county, number)
    county.get_by_role("button", name="决定通过").click()
    said(county, "还没有填写|必填|要填写")
    shot(county, "legal-aid-appoint")
    approve(county, number, {"指派的律师或法律工作者": "罗律师", "所在机构": "江西安平律师事务所"})
    case = came_of(site, number, "casework_case")
    county.goto("/desk/cases/rights/")
    county.get_by_role("link", name=f"GA{case:06d}").click()
    expect(county.get_by_role("heading", level=1)).to_have_text("法律援助：进入程序")
    said(county, "罗律师")
    act(county, "登记进展", {"发生了什么": "已申请仲裁", "说明": "仲裁委收件"})
    said(county, "仲裁委受理或不予受理")
    shot(county, "legal-aid-case")
    act(county, "结案", {"结果": "裁决支持全部请求"})
    said(county, "裁决支持全部请求")
    expect(county.get_by_role("button", name="登记进展")).to_have_count(0)
    follows(phone, number)
    expect(phone.get_by_role("heading", level=1)).to_have_text("工会法律援助已通过")


def test_a_refusal_is_appealed_and_the_city_decides(site: Site, member: Open, staff: Open) -> None:
    phone, county, city = member(LIU), staff("ouyangjing"), staff("penglihua")
    number = member_applies(phone, "casework.legal_aid", LEGAL | {"facts": "加班费没有付"})
    absent(city, number)
    reject(county, number, "超过仲裁时效")
    follows(phone, number)
    said(phone, "超过仲裁时效")
    shot(phone, "refused-phone")
    phone.get_by_role("button", name="提交申诉").click()
    expect(phone.locator("[data-errors]")).to_be_visible()
    phone.get_by_label("为什么不服").fill("时效从离开单位那天算起，还没有过")
    phone.get_by_role("button", name="提交申诉").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("工会法律援助正在办理")
    shot(phone, "appealed-phone")
    open_step(city, number)
    said(city, "时效从离开单位那天算起")
    shot(city, "appeal-city")
    approve(city, number, {"意见": "申诉成立，时效没有过"})
    follows(phone, number)
    said(phone, "申诉成立，时效没有过")
    approve(county, number, {"指派的律师或法律工作者": "罗律师", "所在机构": "江西安平律师事务所"})
    assert state(site, number) == "approved"
    county.goto(f"/desk/cases/rights/{came_of(site, number, 'casework_case')}/")
    said(county, "罗律师")


def test_arrears_of_three_workers_and_what_came_back(site: Site, member: Open, staff: Open) -> None:
    phone, county = member(LIU), staff("ouyangjing")
    number = member_applies(phone, "casework.arrears", ARREARS | {"proofs": PAPER})
    approve(county, number)
    county.goto(f"/desk/cases/rights/{came_of(site, number, 'casework_case')}/")
    table = county.get_by_role("region", name="被欠薪的职工")
    expect(table.get_by_role("row", name=re.compile("合计3人"))).to_contain_text("32,000.50")
    expect(table).not_to_contain_text("王大生")
    act(county, "登记追回", {"职工": "2．王*生", "累计追回": "9800.51"})
    said(county, "追回金额应在0至9,800.50元之间")
    act(county, "登记追回", {"职工": "2．王*生", "累计追回": "9800.50"})
    said(county, "已登记追回9,800.50元")
    expect(table.get_by_role("row", name=re.compile("合计3人"))).to_contain_text("9,800.50")
    shot(county, "arrears-case")
    small = staff("ouyangjing", PHONE)
    small.goto(county.url)
    on_the_phone(small)
    shot(small, "arrears-case-phone")
    county.goto("/desk/cases/rights/")
    back = site.one("SELECT sum(recovered) FROM casework_claimant") / 100
    said(county, f"已追回{back:,.2f}元")
    shot(county, "rights")


def test_a_dispute_that_is_not_settled_goes_on_with_the_clocks_of_the_law(
    site: Site, member: Open, staff: Open
) -> None:
    phone, county = member(LIU), staff("ouyangjing")
    known = (timezone.localdate() - timedelta(days=40)).isoformat()
    number = member_applies(phone, "casework.mediation", DISPUTE | {"known_on": known, "left_on": known})
    assert due_on(site, number) == add_days(timezone.localdate(), 15)
    approve(county, number, {"调解结果": "没有达成协议"})
    county.goto(f"/desk/cases/rights/{came_of(site, number, 'casework_case')}/")
    expect(county.get_by_role("region", name="法定期限")).to_contain_text("申请仲裁的时效")
    act(county, "登记进展", {"发生了什么": "已申请仲裁"})
    expect(county.get_by_role("region", name="法定期限")).to_contain_text("仲裁委受理或不予受理")


# -- medical costs -----------------------------------------------------------------------------------------------


def ordered(site: Site, county: Page, number: str) -> str:
    """The heading of the payment that came of an application."""
    county.goto(f"/desk/cases/aids/{came_of(site, number, 'casework_aid')}/")
    return county.get_by_role("heading", level=1).inner_text()


def test_mutual_aid_and_serious_illness_are_counted_by_the_rule(site: Site, member: Open, staff: Open) -> None:
    phone, chair, county = member(LIU), staff("guoweimin"), staff("ouyangjing")
    stay: dict[str, Any] = {
        "joined": "2026-01-01", "admitted_on": "2026-06-01", "left_on": "2026-06-20", "hospital": "县人民医院",
        "cost": "10000", "bank": "6228480000000000123", "agreed": "是",
    }  # fmt: skip
    number = member_applies(phone, "casework.mutual", stay)
    approve(county, number)
    assert ordered(site, county, number) == "医疗互助1,300.00元"
    number = member_applies(phone, "casework.serious_illness", ILL | {"cost": "50000", "proofs": PAPER})
    approve(chair, number)
    approve(county, number)
    assert ordered(site, county, number) == "大病救助6,000.00元"


# -- letters -----------------------------------------------------------------------------------------------------


def test_a_letter_is_written_in_word_and_its_answer_waited_for(staff: Open, tmp_path: Path) -> None:
    page = staff("ouyangjing")
    page.goto("/desk/cases/letters/new")
    page.get_by_label("主送单位").fill(FIRM)
    page.get_by_label("正文").fill("经查，你单位没有支付12名职工9月的加班费。\n请于收到本函后立即自查自改。")
    page.get_by_role("button", name="保存草稿").click()
    page.get_by_role("button", name="编号并发出").click()
    said(page, "已编号.*开始计算答复期限")
    expect(page.get_by_text("答复期限", exact=True)).to_be_visible()
    number = page.get_by_text(re.compile(r"^工劳监提|〕\d+号$")).first.inner_text()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载Word").click()
    waiting.value.save_as(tmp_path / "letter.docx")
    words = "\n".join(one.text for one in docx.Document(str(tmp_path / "letter.docx")).paragraphs)
    for part in (FIRM, "没有支付12名职工9月的加班费", "安福县总工会", number):
        assert part in words, part
    act(page, "登记答复", {"答复内容": "已经补发"})
    said(page, "已登记答复")
    expect(page.get_by_text("答复期限", exact=True)).to_have_count(0)
