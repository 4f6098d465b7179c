"""Every act on an organisation through the pages, and each taken back from the notice that announced it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from .conftest import Open
from .site import Site

COUNTY = "安福县总工会"
FOOD = "江西安福泸水河食品有限公司工会委员会"


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def pick(page: Page, label: str, name: str) -> None:
    """Find an organisation by typing its name and choose it from what is offered."""
    page.get_by_label(label).fill(name)
    page.get_by_role("group", name="查找结果").get_by_role("radio", name=name).first.check()


def finish(page: Page, button: str, said: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".toast", has_text=said)).to_be_visible()


def take_back(page: Page, kind: str) -> None:
    """Press 撤回 in the notice and give the reason."""
    page.locator(".toast").get_by_role("link", name="撤回").click()
    page.get_by_label("撤回原因").fill("办错了，先撤回")
    finish(page, f"撤回{kind}", f"已撤回{kind}")


def members_of(site: Site, name: str) -> int:
    return int(site.one("SELECT count(*) FROM membership m JOIN organisation o ON o.id = m.organisation_id"
                        " WHERE o.name = %s AND m.valid_to IS NULL AND m.status = 'active'", name))  # fmt: skip


def two_unions(site: Site) -> list[str]:
    """Two grassroots unions with members, side by side below one township of Anfu, none of them of the cast."""
    rows = site.rows(
        """SELECT string_agg(o.name, '|' ORDER BY t.active DESC) AS names FROM organisation o
        JOIN organisation p ON p.id = o.parent_id JOIN organisation_tally t ON t.organisation_id = o.id
        WHERE o.kind = 'grassroots_union' AND t.active >= 4 AND p.name LIKE '安福县%%镇总工会' AND o.state = 'active' AND o.name <> %s
        GROUP BY p.id HAVING count(*) >= 2 ORDER BY p.id LIMIT 1""",
        FOOD,
    )
    return rows[0]["names"].split("|")[:2]


def test_founded_and_taken_back(site: Site, staff: Open) -> None:
    page = staff("liuchunlan")
    page.goto(f"/desk/organisations/{site.organisation(COUNTY)}/found/")
    expect(page.get_by_role("heading", name="办理后")).to_be_visible()
    page.get_by_role("button", name="登记建会", exact=True).click()  # says what is missing instead of being grey
    expect(page.locator("[data-errors]")).to_contain_text("处要改")
    page.get_by_label("工会名称").fill("安福县武功山山货合作社工会委员会")
    page.get_by_label("文号").fill("安工发〔2026〕3号")
    finish(page, "登记建会", "已登记建会：安福县武功山山货合作社工会委员会")
    assert "武功山山货合作社" in page.title()
    take_back(page, "建会")
    assert site.one("SELECT state FROM organisation WHERE name = %s", "安福县武功山山货合作社工会委员会") == "withdrawn"


def test_moved_with_preview_and_taken_back(site: Site, staff: Open) -> None:
    name = two_unions(site)[0]
    above = site.one(
        "SELECT p.name FROM organisation o JOIN organisation p ON p.id = o.parent_id WHERE o.name = %s", name
    )
    target = site.one(
        "SELECT name FROM organisation WHERE name LIKE '安福县%%镇总工会' AND name <> %s ORDER BY id LIMIT 1", above
    )
    page = staff("liuchunlan")
    page.goto(f"/desk/organisations/{site.organisation(name)}/move/")
    expect(page.locator("#effect")).to_contain_text(f"现在的上级是{above}")
    pick(page, "转到哪个上级下面", target)
    expect(page.locator("#effect")).to_contain_text(f"从{above}转到{target}")
    expect(page.locator("#effect")).to_contain_text(f"{members_of(site, name):,}名会员")
    page.get_by_label("原因", exact=True).fill("企业迁址")
    finish(page, "办理转隶", f"已转隶{name}")
    expect(page.get_by_role("navigation", name="组织路径")).to_contain_text(target)

    yesterday = date.today() - timedelta(days=1)
    page.goto(f"/desk/organisations/tree/?on={yesterday}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("的组织树")
    page.get_by_role("button", name=f"{above}的下级").click()
    expect(page.locator("[data-tree]").get_by_role("link", name=name)).to_be_visible()  # as it stood before the move

    page.goto(f"/desk/organisations/{site.organisation(name)}/history/")
    page.get_by_role("link", name="撤回", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("撤回原因").fill("办错了，先撤回")
    with page.expect_navigation():
        dialog.get_by_role("button", name="撤回转隶").click()
    expect(page.locator(".toast", has_text="已撤回转隶")).to_be_visible()
    assert (
        site.one("SELECT p.name FROM organisation o JOIN organisation p ON p.id = o.parent_id WHERE o.name = %s", name)
        == above
    )


def test_merged_with_the_number_typed_and_taken_back(site: Site, staff: Open) -> None:
    name, into = two_unions(site)
    before = members_of(site, name), members_of(site, into)
    page = staff("liuchunlan")
    page.goto(f"/desk/organisations/{site.organisation(name)}/merge/")
    pick(page, "并入哪个组织", into)
    page.get_by_label("原因", exact=True).fill("两家企业合并")
    page.get_by_label(re.compile("^输入会员数")).fill("1")
    page.get_by_role("button", name="办理并转", exact=True).click()
    expect(page.locator("[data-errors]")).to_be_visible()  # a slip of the finger merges nothing
    page.get_by_label(re.compile("^输入会员数")).fill(str(before[0]))
    finish(page, "办理并转", f"已并转{name}")
    assert (members_of(site, name), members_of(site, into)) == (0, sum(before))
    take_back(page, "并转")
    assert (members_of(site, name), members_of(site, into)) == before


def test_split_and_taken_back(site: Site, staff: Open) -> None:
    name = two_unions(site)[1]
    before, new = members_of(site, name), "安福县横龙镇新分设工会委员会"
    page = staff("liuchunlan")
    page.goto(f"/desk/organisations/{site.organisation(name)}/split/")
    page.get_by_label("新组织名称").fill(new)
    boxes = page.get_by_role("group", name="或逐名选择").get_by_role("checkbox")
    for index in range(2):
        boxes.nth(index).check()
    expect(page.locator("#effect")).to_contain_text("2名会员转入新组织")
    page.get_by_label("原因", exact=True).fill("分公司独立")
    finish(page, "办理分设", f"已从{name}分设")
    assert (members_of(site, name), members_of(site, new)) == (before - 2, 2)
    take_back(page, "分设")
    assert (members_of(site, name), members_of(site, new)) == (before, 0)


def test_dissolved_and_taken_back(site: Site, staff: Open) -> None:
    name = two_unions(site)[1]
    before = members_of(site, name)
    page = staff("liuchunlan")
    page.goto(f"/desk/organisations/{site.organisation(name)}/")
    page.locator("summary", has_text="办理变动").click()
    page.get_by_role("link", name="撤销", exact=True).click()
    expect(page.locator("#effect")).to_contain_text("保留会籍")
    page.get_by_label("原因", exact=True).fill("企业注销")
    page.get_by_label(re.compile("^输入会员数")).fill(str(before))
    finish(page, "撤销这个组织", f"已撤销{name}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("已撤销")
    assert members_of(site, name) == 0
    take_back(page, "撤销")
    assert members_of(site, name) == before
