"""A member on a 390-px phone takes the monthly quiz and checks in reading; the desk imports a bank and publishes."""

from __future__ import annotations

import csv
import io
import re

from playwright.sync_api import expect

from gonghui.apps.learning import sheets

from .conftest import Open
from .site import Site
from .steps import on_the_phone, said, shot

GUO = "19900000001"


def test_a_member_takes_the_monthly_quiz(site: Site, member: Open) -> None:
    page = member(GUO)
    page.goto("/m/")
    page.get_by_role("link", name="答题").click()
    expect(page.get_by_text("今天还没答")).to_be_visible()
    on_the_phone(page)
    shot(page, "m-quizzes")
    page.get_by_role("link", name=re.compile("每月一答")).click()
    on_the_phone(page)
    shot(page, "m-quiz")
    page.get_by_role("button", name="开始答题").click()
    for number in range(1, 11):
        expect(page.get_by_text(f"第{number}题，共10题").first).to_be_visible()
        expect(page.get_by_role("timer")).to_contain_text(re.compile(r"还剩\d+分\d+秒"))
        assert "正确答案" not in page.content()
        page.locator("input[name=chosen]").first.check()
        if number in (1, 10):
            on_the_phone(page)
            shot(page, f"m-paper-{number}")
        page.get_by_role("button", name="交卷" if number == 10 else "下一题").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^\d+(\.5)?分$"))
    said(page, "正确答案")
    on_the_phone(page)
    shot(page, "m-result")
    page.get_by_role("link", name="看排行榜").click()
    expect(page.get_by_label("我的名次")).to_contain_text(re.compile(r"第[\d,]+名"))
    assert "郭建平" not in page.locator("main").inner_text()
    on_the_phone(page)
    shot(page, "m-ranking")
    page.get_by_role("link", name="工会", exact=True).click()
    said(page, "参与率")
    on_the_phone(page)
    shot(page, "m-ranking-union")


def test_a_member_reads_and_checks_in_once(site: Site, member: Open) -> None:
    page = member(GUO)
    page.goto("/m/reading/")
    shot(page, "m-reading")
    page.get_by_role("link", name=re.compile("班组安全小读本")).click()
    page.get_by_role("region", name="今天读").get_by_role("link").click()
    on_the_phone(page)
    shot(page, "m-chapter")
    page.get_by_role("link", name="去打卡").click()
    page.get_by_label("今天读后的一句话").fill("每周把隐患登记本翻一遍")
    page.get_by_role("button", name="打卡").click()
    expect(page.get_by_label("我的打卡")).to_contain_text("连续1天")
    expect(page.get_by_role("heading", name="今天已打卡")).to_be_visible()
    expect(page.get_by_role("button", name="打卡")).to_have_count(0)
    on_the_phone(page)
    shot(page, "m-plan")


def test_the_desk_imports_a_bank_and_publishes(site: Site, staff: Open, member: Open) -> None:
    page = staff("kangmeiling")
    page.goto("/desk/learning/bank/")
    shot(page, "desk-bank")
    page.get_by_role("link", name="导入题目").click()
    rows = [
        ["交通安全", "判断", f"第{number}条：出车前应当检查车况。", *[""] * 6, "对", "出车前检查"]
        for number in range(6)
    ]
    for answer, done in (("可能", False), ("对", True)):
        rows[3][9] = answer
        out = io.StringIO()
        csv.writer(out).writerows([sheets.HEAD, *rows])
        page.get_by_label("题目文件").set_input_files(
            {"name": "交通安全.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("gb18030")}
        )
        page.get_by_role("button", name="导入题目").click()
        said(page, "已导入6题" if done else "判断题的答案只能是对或错")
        if not done:
            shot(page, "desk-import")
    page.goto("/desk/learning/")
    shot(page, "desk-quizzes")
    page.get_by_role("link", name="组织一次答题").click()
    page.get_by_label("名称").fill("出车安全一答")
    page.get_by_label("从哪个科目出题").select_option("交通安全")
    page.get_by_label("每次题数").fill("5")
    page.get_by_label("达标分").fill("30")
    shot(page, "desk-quiz-form")
    page.get_by_role("button", name="存为草稿").click()
    page.get_by_role("button", name="发布答题").click()
    said(page, "6道题已固定")
    shot(page, "desk-quiz")
    phone = member(GUO)
    phone.goto("/m/notices/")
    said(phone, "出车安全一答")
    quiz = site.one("SELECT id FROM learning_quiz ORDER BY id LIMIT 1")
    page.goto(f"/desk/learning/quizzes/{quiz}/")
    shot(page, "desk-quiz-running")
    plan = site.one("SELECT id FROM learning_plan ORDER BY id LIMIT 1")
    page.goto(f"/desk/learning/reading/{plan}/")
    shot(page, "desk-plan")
