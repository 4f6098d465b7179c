"""What several journeys do: an application filled in as its definition asks, found by its number, handled, and its
days let pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import FilePayload, Locator, Page, expect

from gonghui.kernel.procedures import shipped
from gonghui.kernel.procedures.rules.definition import Definition, FormField, Step

from .conftest import PHONE, Open
from .site import Site, _environment

UNION, TOWN = "江西安福泸水河食品有限公司工会委员会", "安福县枫田镇总工会"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PAPER: FilePayload = {"name": "证明材料.pdf", "mimeType": "application/pdf", "buffer": PDF}
PHOTO: FilePayload = {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": JPEG}
SHOTS = os.environ.get("JOURNEY_SHOTS", "")
TICK = """
import sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from gonghui.kernel.procedures import services
services.tick(timezone.localdate() + timedelta(days=int(sys.argv[1])))
"""


def shot(page: Page, name: str) -> None:
    """A picture to be looked at, where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(words)).first).to_be_visible()


def on_the_phone(page: Page) -> None:
    """Nothing sticks out sideways on a phone."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# -- filling in --------------------------------------------------------------------------------------------------


@cache
def definition(key: str) -> Definition:
    """The shipped one."""
    return next(Definition(**body) for body in shipped.bodies() if body["key"] == key)


def choose(page: Page | Locator, question: str, answer: str) -> None:
    """One answer of a question with choices."""
    page.get_by_role("group", name=re.compile(f"^{re.escape(question)}")).get_by_label(answer, exact=True).check()


def rows_of(page: Page, question: str, count: int) -> list[Locator]:
    """As many rows of a table as are needed."""
    table = page.get_by_role("group", name=question, exact=True)
    for n in range(1, count + 1):
        if not table.get_by_role("group", name=f"第{n}行", exact=True).count():
            table.get_by_role("button", name="再加一行").click()
        expect(table.get_by_role("group", name=f"第{n}行", exact=True)).to_be_visible()
    return [table.get_by_role("group", name=f"第{n}行", exact=True) for n in range(1, count + 1)]


def _title(one: FormField, value: str) -> str:
    """The words on the page for a value of the definition."""
    return next((option.title for option in one.options if option.value == value), value)


def _label(one: FormField) -> str:
    unit = f"（{one.unit}）" if one.unit else "（元）" if one.kind == "money" else ""
    return f"{one.title}{unit}{'' if one.required else '（选填）'}"


def _fill_table(page: Page, one: FormField, lines: list[dict[str, str]]) -> None:
    for row, line in zip(rows_of(page, one.title, len(lines)), lines, strict=True):
        for column in one.columns:
            value = line.get(column.key, "")
            label = column.title if column.required else f"{column.title}（选填）"
            control = row.get_by_label(label, exact=True)
            if value and column.kind in ("choice", "yes_no"):
                control.select_option(label=_title(column, value))
            elif value:
                control.fill(value)


def _fill_field(page: Page, one: FormField, value: Any) -> None:
    if one.kind == "table":
        _fill_table(page, one, value)
    elif one.kind == "files":
        page.get_by_label(one.title, exact=True).set_input_files(value)
        expect(page.get_by_role("link", name=value["name"]).first).to_be_visible()
    elif one.kind == "organisation":
        group = page.get_by_role("group", name=re.compile(f"^{one.title}"))
        group.get_by_role("searchbox").fill(value)
        group.get_by_role("button", name="查找").click()
        group.get_by_role("radio", name=re.compile(value)).first.check()
    elif one.kind in ("choice", "yes_no"):
        choose(page, one.title, _title(one, value))
    elif one.kind == "declaration":
        page.get_by_role("checkbox", name=one.title, exact=True).check()
    else:
        page.get_by_label(_label(one), exact=True).fill(value)


def fill(page: Page, key: str, typed: dict[str, Any]) -> None:
    """Every value in the order of the form, by the words that stand beside it."""
    for one in definition(key).form.walk():
        known = bool(one.fill) and not page.get_by_label(_label(one), exact=True).count()
        if one.key in typed and not known:
            _fill_field(page, one, typed[one.key])


def hand_in(page: Page) -> str:
    """The number of what was handed in."""
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^已提交"))
    return page.get_by_text(re.compile(r"^[A-Z]{2}\d{13,}$")).first.inner_text()


def member_opens(page: Page, key: str) -> None:
    """A member begins at the list of services on the phone."""
    one = definition(key)
    page.goto("/m/services/")
    on_the_phone(page)
    page.get_by_role("link", name=re.compile(re.escape(one.title))).first.click()
    on_the_phone(page)
    if one.consent:
        page.get_by_label("我看过并同意").check()
    page.get_by_role("button", name="开始填写").click()
    on_the_phone(page)


def member_applies(page: Page, key: str, typed: dict[str, Any]) -> str:
    member_opens(page, key)
    fill(page, key, typed)
    on_the_phone(page)
    return hand_in(page)


def desk_opens(page: Page, key: str, who: str) -> None:
    """An officer begins at the desk for a member or an organisation that is looked up by its name."""
    one = definition(key)
    page.goto("/desk/apply/")
    page.get_by_role("link", name=re.compile(re.escape(one.title))).first.click()
    page.get_by_role("searchbox", name="查找", exact=True).fill(who)
    page.get_by_role("button", name="查找", exact=True).click()
    page.get_by_role("radio", name=re.compile(who)).first.check()
    if one.consent:
        page.get_by_label("当事人看过并同意").check()
    page.get_by_role("button", name="开始填写").click()


def desk_applies(page: Page, key: str, who: str, typed: dict[str, Any]) -> str:
    desk_opens(page, key, who)
    fill(page, key, typed)
    return hand_in(page)


# -- handling ----------------------------------------------------------------------------------------------------


def state(site: Site, number: str) -> str:
    return str(site.one("SELECT state FROM application WHERE number = %s", number))


def open_step(page: Page, number: str, step: int = 0) -> None:
    """From what waits at the desk, by the number; or at once, where the step is known."""
    if step:
        page.goto(f"/desk/steps/{step}/")
    else:
        page.goto(f"/desk/inbox/?q={number}")
        page.get_by_role("row").filter(has_text=number).get_by_role("link").first.click()
    expect(page.get_by_text(number).first).to_be_visible()


def absent(page: Page, number: str) -> None:
    """Neither what waits nor what was handled knows of it."""
    for address in ("/desk/inbox/", "/desk/applications/"):
        page.goto(f"{address}?q={number}")
        expect(page.get_by_role("row").filter(has_text=number)).to_have_count(0)


def answer(box: Locator, given: dict[str, str]) -> None:
    """What a form of an officer asks: {question: answer}; the answer of a choice is the word beside it."""
    for label, value in given.items():
        group = box.get_by_role("group", name=re.compile(f"^{re.escape(label)}"))
        if group.count():
            group.get_by_label(value, exact=True).check()
        elif box.get_by_label(re.compile(f"^{re.escape(label)}")).evaluate("one => one.tagName") == "SELECT":
            box.get_by_label(re.compile(f"^{re.escape(label)}")).select_option(label=value)
        else:
            box.get_by_label(re.compile(f"^{re.escape(label)}")).fill(value)


def approve(page: Page, number: str, given: dict[str, str] | None = None, step: int = 0) -> None:
    """The step that waits, with what it asks."""
    open_step(page, number, step)
    box = page.locator("form[action$='/approve']")
    answer(box, given or {})
    box.get_by_role("button", name=re.compile("^(审核通过|决定通过)")).click()
    said(page, f"已(审核|决定)通过（{number}）")


def reject(page: Page, number: str, why: str) -> None:
    open_step(page, number)
    page.locator("summary", has_text="不予通过").click()
    box = page.locator("form[action$='/reject']")
    box.get_by_label("不通过的理由").fill(why)
    box.get_by_role("button", name="不予通过").click()
    said(page, f"已决定不通过，理由已告知申请人（{number}）")


CAST = {
    (UNION, "grassroots_chair"): "guoweimin",
    (TOWN, "organising"): "yinchunsheng",
    ("安福县总工会", "organising"): "liuchunlan",
    ("江西省总工会", "organising"): "wanjianjun",
    ("吉安市物流行业工会联合会", "grassroots_chair"): "laixiaobing",
    ("吉安市总工会", "organising"): "zhoumin",
    ("吉安市总工会", "publicity"): "kangmeiling",
}
JUDGES = ("lijianhua", "chenzhiyuan", "liufang")
VOTE = {"应到人数": "90", "实到人数": "80", "赞成": "70", "反对": "10", "弃权": "0"}


def vote(page: Page, number: str, step: int = 0) -> None:
    open_step(page, number, step)
    answer(page.locator("form[action$='/vote']"), VOTE)
    page.get_by_role("button", name="登记表决结果").click()
    said(page, f"已登记表决，赞成70票，通过（{number}）")


def score(page: Page, number: str, slot: Step, step: int = 0) -> None:
    """One judge: three marks below the most of each criterion."""
    open_step(page, number, step)
    marks = {one.title: str(one.most - 3) for one in slot.criteria}
    answer(page.locator("form[action$='/score']"), marks)
    page.get_by_role("button", name="提交评分").click()
    said(page, f"已提交评分{sum(map(int, marks.values()))}分")


def _do(staff: Open, number: str, slot: Step, row: dict[str, Any]) -> None:
    if slot.kind == "score":
        for judge in JUDGES:
            score(staff(judge), number, slot, row["id"])
        return
    page = staff(CAST[row["office"], row["role"]])
    if slot.kind == "vote":
        vote(page, number, row["id"])
    else:
        given = {one.title: one.options[0].title for one in slot.asks if one.options and one.required}
        approve(page, number, given | ({"文号": "吉工发〔2026〕8号"} if slot.kind == "decide" else {}), row["id"])


def walk(site: Site, staff: Open, *numbers: str) -> None:
    """Several applications together to their end, each step by the one of the cast whose it is; every effect of the
    definition has happened then."""
    asked = {one: definition(site.one("SELECT key FROM application WHERE number = %s", one)) for one in numbers}
    for _ in range(12):
        shown = []
        for number, one in asked.items():
            while rows := open_steps(site, number):
                ready = [row for row in rows if row["kind"] != "notice"]
                if not ready:
                    shown.append(number)
                    break
                slot = one.step(ready[0]["key"])
                assert slot is not None
                _do(staff, number, slot, ready[0])
        if not shown:
            break
        let_notices_pass(site, *shown)
    for number, one in asked.items():
        assert state(site, number) == "approved", (one.title, number)
        assert [row["key"] for row in _effects(site, number)] == [use.key for use in one.approved], one.title


def open_steps(site: Site, number: str) -> list[dict[str, Any]]:
    """The steps that wait, each with its office."""
    return site.rows(
        "SELECT s.id, s.key, s.kind, s.role, o.name AS office FROM application_step s"
        " JOIN application a ON a.id = s.application_id JOIN organisation o ON o.id = s.organisation_id WHERE a.number = %s AND s.state = 'open' ORDER BY s.\"order\", s.id",
        number,
    )


def _effects(site: Site, number: str) -> list[dict[str, Any]]:
    return site.rows(
        "SELECT e.key FROM application_effect e JOIN application a ON a.id = e.application_id WHERE a.number = %s"
        " ORDER BY e.number",
        number,
    )


def daily_job(site: Site) -> None:
    """The job of the day, by the site's own worker."""
    job = site.one(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)"
        " VALUES ('default', 'procedures.tick', 'procedures.tick', '{\"timestamp\": 0}') RETURNING id"
    )
    end, status = time.monotonic() + 60, ""
    while status not in ("succeeded", "failed") and time.monotonic() < end:
        time.sleep(0.05)
        status = site.one("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job)
    assert status == "succeeded", status


def days_pass(site: Site, days: int) -> None:
    """The daily job of a later day."""
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", TICK, str(days)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def let_notices_pass(site: Site, *numbers: str) -> None:
    """The days of the notices that are up are over, in fact: what follows happens today."""
    for number in numbers:
        site.rows(
            "UPDATE public_notice SET opens_on = opens_on - 30, closes_on = current_date - 2 WHERE state = 'open'"
            " AND application_id = (SELECT id FROM application WHERE number = %s)",
            number,
        )
    daily_job(site)
    for number in numbers:
        assert not site.rows(
            "SELECT 1 FROM public_notice n JOIN application a ON a.id = n.application_id"
            " WHERE a.number = %s AND n.state = 'open'",
            number,
        )
