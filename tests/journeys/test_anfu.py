"""The heart: Anfu cleans out 12 paper unions, 369 paper members and merges 6 unions, all through the interface."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from .conftest import Open
from .site import Site

RECEIVER = "安福县农业农村局工会委员会"
KINDS = {"paper_union": ("疑似纸上工会", 12), "paper_member": ("疑似纸上会员", 369), "merger": ("需并转工会", 6)}


def numbers_of_home(page: Page) -> dict[str, int]:
    """The line 合计 of the table of the home page, by the words at the head of each column."""
    page.goto("/desk/")
    table = page.get_by_role("region", name=re.compile("^下级组织表格"))
    heads = table.locator("thead th").evaluate_all("cells => cells.map(one => one.firstChild.textContent)")
    cells = table.locator("tr.sum").locator("th, td").all_inner_texts()
    pairs = zip(heads[1:], cells[1:], strict=True)
    return {head: int(cell.replace(",", "")) for head, cell in pairs}


def open_kind(page: Page, kind: str, state: str = "") -> None:
    page.goto(f"/desk/vitality/{kind}/" + (f"?state={state}" if state else ""))


def pick_all(page: Page, count: int) -> Locator:
    """Choose every row of the list, also those of the other pages."""
    page.get_by_label("选择本页全部").check()
    rest = page.get_by_role("button", name=re.compile("^选择全部"))
    if rest.count():
        rest.click()
    bar = page.locator("[data-bulk]")
    expect(bar.locator("[data-picked]")).to_have_text(re.compile(rf"已选(全部)?{count}(家|名)"))
    return bar


def act(page: Page, count: int, button: str, said: str, *, typed: bool = False, **fields: str) -> None:
    """Press a button of the bulk bar, answer its question, and read what happened."""
    pick_all(page, count).get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    for label, value in fields.items():
        dialog.get_by_label(label).fill(value)
    confirm = dialog.get_by_role("button", name=button, exact=True)
    if typed:  # a slip is caught before anything is done
        dialog.get_by_label("输入数量确认").fill(str(count - 1))
        confirm.click()
        expect(dialog.get_by_text(f"现在是{count - 1}，应输入{count}")).to_be_visible()
        dialog.get_by_label("输入数量确认").fill(str(count))
    with page.expect_navigation(timeout=60_000):
        confirm.click()
    expect(page.get_by_text(said).first).to_be_visible(timeout=60_000)


def decide(page: Page) -> None:
    open_kind(page, "paper_union", "warned")
    act(
        page,
        12,
        "撤销",
        "已撤销12家工会",
        typed=True,
        处置依据="县总工会常委会第6次会议研究同意",
        文号="安工发〔2022〕18号",
    )
    open_kind(page, "merger", "warned")
    act(page, 6, "并转", "已并转6家工会", 处置依据="机构改革，单位撤并", 接收会员的工会=RECEIVER)
    open_kind(page, "paper_member", "warned")
    act(page, 369, "终止会籍", "已终止369名会员的会籍", typed=True, 处置依据="三次联系未果，公示期满无异议")


def count_of_list(page: Page, address: str) -> int:
    page.goto(address)
    return int(page.locator("[data-total]").get_attribute("data-total") or -1)


def test_anfu_is_cleaned_out_taken_back_and_cleaned_again(site: Site, staff: Open, stranger: Open) -> None:
    page = staff("liuchunlan")
    before = numbers_of_home(page)
    assert min(before[name] for name in ("下级", "基层工会", "会员")) > 18
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="活力体检").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("疑似纸上工会核查")
    page.get_by_role("button", name="开展活力体检").click()
    expect(page.get_by_text("新列入387项")).to_be_visible(timeout=60_000)
    for words, count in KINDS.values():
        expect(page.get_by_role("navigation", name="核查类别").get_by_role("link", name=words)).to_contain_text(
            str(count)
        )

    held = int(site.one(HELD))
    for kind, (_, count) in KINDS.items():
        open_kind(page, kind)
        act(page, count, "警示告知", f"已警示{count}项", 告知内容="三十个工作日内可以申诉")

    open_kind(page, "paper_union", "warned")
    pick_all(page, 12).get_by_role("button", name="撤销", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("处置依据").fill("县总工会常委会第6次会议研究同意")
    dialog.get_by_label("输入数量确认").fill("12")
    with page.expect_navigation():
        dialog.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("起才能处置").first).to_be_visible()  # the days are not over yet

    # The rule gives thirty working days. Nobody can wait for them, and the clock of the database is not ours to
    # turn, so the warning itself is moved back, as the owner of the tables: pages offer no way to do that.
    moved = "UPDATE vitality_finding SET warned_on = warned_on - 90, due_on = warned_on - 40 WHERE state = 'warned'"
    site.rows(moved + " RETURNING id")

    decide(page)
    check_outcome(page, before, held)

    for kind, (_, count) in KINDS.items():
        open_kind(page, kind, "decided")
        act(page, count, "撤回处置", f"已撤回{count}项处置", 撤销原因="补充核实")
    assert numbers_of_home(page) == before
    assert count_of_list(page, "/desk/organisations/?state=dissolved") == 0
    assert count_of_list(page, "/desk/organisations/?state=merged") == 0

    decide(page)
    check_outcome(page, before, held)
    check_history(site, page, stranger())


HELD = """SELECT count(*) FROM membership m JOIN vitality_finding f ON f.organisation_id = m.organisation_id
    WHERE f.kind = 'paper_union' AND m.valid_to IS NULL AND m.status = 'active'"""


def check_outcome(page: Page, before: dict[str, int], held: int) -> None:
    assert count_of_list(page, "/desk/organisations/?state=dissolved") == 12
    expect(page.get_by_role("table").get_by_text("已撤销")).to_have_count(12)
    assert count_of_list(page, "/desk/organisations/?state=merged") == 6
    expect(page.get_by_role("table").get_by_text("已并转")).to_have_count(6)
    after = numbers_of_home(page)
    assert before["下级"] - after["下级"] == 18
    assert before["基层工会"] - after["基层工会"] == 18
    assert before["会员"] - after["会员"] == 369  # nobody else is lost
    assert after["保留会籍"] - before["保留会籍"] == held  # the union above holds the members of the twelve


def check_history(site: Site, page: Page, public: Page) -> None:
    gone = site.rows("SELECT id, name FROM organisation WHERE state = 'dissolved' ORDER BY id LIMIT 1")[0]
    page.goto(f"/desk/organisations/{gone['id']}/history/")
    expect(page.get_by_text("县总工会常委会第6次会议研究同意").first).to_be_visible()
    expect(page.get_by_text("安工发〔2022〕18号").first).to_be_visible()
    expect(
        page.get_by_text("撤回：补充核实").first
    ).to_be_visible()  # the first decision stays readable beside the second
    answer = public.goto(f"/u/{gone['id']}/")
    assert answer is not None and answer.status == 404  # nobody is invited to join a union that is no more
    public.goto("/find/")
    public.get_by_role("searchbox").first.fill(gone["name"])
    public.keyboard.press("Enter")
    expect(public.locator("main")).to_contain_text("没有")
