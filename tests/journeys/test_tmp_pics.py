from __future__ import annotations
import re
from .conftest import PHONE
from .test_benefits import EDITOR, GUO, LIU, local, offer_id, write_offer
from playwright.sync_api import expect
D = "/tmp/shots/"

def snap(page, name):
    page.wait_for_load_state("networkidle")
    page.screenshot(path=f"{D}{name}.png", full_page=True)

def test_pics(site, staff, member, stranger):
    desk = staff(EDITOR)
    write_offer(site, desk, "秋季职工夜校，三门课排志愿", "按志愿", 20, 50)
    rows = [("书法（从握笔到写春联，零基础）", "从握笔到写春联，笔墨现场提供，结业办一次小展", "安福县工人文化宫书画室", "杨文斌"), ("爵士舞", "跟着节拍学两支成品舞", "吉州区工人文化宫舞蹈室", "曾雨婷"), ("手机摄影", "构图、用光和修图，拍好家人和班组", "青原区工人文化宫电教室", "廖志刚")]
    for n, (title, about, place, teacher) in enumerate(rows):
        f = desk.locator("fieldset").filter(has=desk.get_by_text(f"第{n+1}场", exact=True)).first
        if n >= 2:
            desk.get_by_role("button", name="再加三行").click()
            f = desk.locator("fieldset").filter(has=desk.get_by_text(f"第{n+1}场", exact=True)).first
        f.get_by_label("场次名称").fill(title)
        f.get_by_label("说明").fill(about)
        f.get_by_label("地点").fill(place)
        f.get_by_label("老师").fill(teacher)
        f.get_by_label("名额", exact=True).fill("20")
        f.get_by_label("上课次数").fill("8")
        f.get_by_label("开始", exact=True).fill(local(site, days=3 + n))
        f.get_by_label("结束", exact=True).fill(local(site, days=3 + n, hours=2))
    desk.get_by_text("均衡摇号，自己定给谁加签").click()
    snap(desk, "edit")
    narrow = staff(EDITOR, PHONE); narrow.goto("/desk/benefits/new"); narrow.get_by_text("均衡摇号，自己定给谁加签").click(); snap(narrow, "edit-phone")
    desk.get_by_role("button", name="保存草稿并核对").click()
    snap(desk, "publish")
    for i, t in enumerate(("会员代表", "市公证处")):
        box = desk.get_by_label(re.compile("见证方")).nth(i)
        if box.count(): box.fill(t)
    pk = offer_id(site, "秋季职工夜校，三门课排志愿")
    desk.get_by_role("button", name="发布", exact=True).click()
    snap(desk, "offer")
    phone = member(GUO, geolocation={"longitude": 115.0, "latitude": 27.1}, permissions=["geolocation"])
    phone.goto("/m/benefits/"); snap(phone, "m-home")
    phone.get_by_role("button", name="按离我远近排").click(); expect(phone.get_by_text("已按远近排")).to_be_visible(); snap(phone, "m-home-near")
    phone.goto(f"/m/benefits/{pk}/"); snap(phone, "m-ranked")
    phone.get_by_label("第1志愿").select_option(index=2); phone.get_by_label("第2志愿").select_option(index=1)
    phone.get_by_role("button", name="提交报名").click(); snap(phone, "m-entered")
    night = offer_id(site, "职工夜校·八段锦")
    phone.goto(f"/m/benefits/{night}/"); snap(phone, "m-night")
    for who, name in ((EDITOR, "editor"), ("zhoumin", "zhoumin")):
        d = staff(who); d.goto("/desk/benefits/fairness/"); snap(d, f"fair-{name}")
        n = staff(who, PHONE); n.goto("/desk/benefits/fairness/"); snap(n, f"fair-{name}-phone")
        link = d.locator("a[href*='fairness/never']").first
        if link.count():
            href = link.get_attribute("href"); d.goto(href); snap(d, f"never-{name}"); n.goto(href); snap(n, f"never-{name}-phone")
    gone = offer_id(site, "职工健身月卡")
    phone.goto(f"/m/benefits/{gone}/"); snap(phone, "m-off")
    d = staff(EDITOR); d.goto("/desk/benefits/calendar/"); snap(d, "calendar")
    d.goto("/desk/benefits/unusual/"); snap(d, "unusual")
    desk.goto(f"/desk/benefits/{pk}/"); snap(desk, "offer-open")
    other = staff(EDITOR)
    other.goto(f"/desk/benefits/{pk}/")
    if other.get_by_label("取消的原因").count():
        pass
