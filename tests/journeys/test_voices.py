"""The whole circle in a browser: twelve workers say it in different words, it becomes one of the year's list, is done
and judged by the twelve; and a second thing that they do not find solved, which is reopened and goes a tier higher."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open
from .site import Site, _environment
from .steps import on_the_phone, said, shot

COUNTY = "安福县总工会"
DESK, LIU, ABOVE = "liuchunlan", "19900000002", "zhoumin"
BUS = (
    "晚班的班车太少，等一个小时都挤不上", "上下班的通勤车不够坐，能不能加一趟", "厂车班次少，下夜班只能走回去",
    "接驳车每次都挤不上去，请多安排一辆", "班车太挤，站着也没地方", "希望增加班车，晚上十点以后没有车",
    "大巴一小时才一趟，下班要等很久", "通勤车太少，冬天在路边等车冻得发抖", "交通车满员不停，经常坐不上",
    "下班高峰厂车不够用", "班车少，错过一趟就要等半个多小时", "晚上没有班车回宿舍，走路要四十分钟",
)  # fmt: skip
HEAT = ("总装车间夏天闷热，没有空调", "车间太热，风扇坏了两台没人修", "厂房里像蒸笼，希望装降温设备")
LATER = """
import sys
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from gonghui.apps.voice.services import anonymous, evaluating, weighing
from gonghui.apps.voice.services.days import as_of
anonymous.sort()
with as_of(timezone.localdate() + timedelta(days=int(sys.argv[1]))):
    weighing.close_due()
    evaluating.close_due()
"""

pytestmark = pytest.mark.usefixtures("site")
CODES: dict[str, list[str]] = {"bus": [], "heat": []}


def later(site: Site, days: int) -> None:
    """What the platform's own jobs do when days have passed."""
    environment = _environment(site.data, site.cluster, site.database) | {
        "DJANGO_SETTINGS_MODULE": "gonghui.web.settings"
    }
    done = subprocess.run(
        [sys.executable, "-c", LATER, str(days)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def tell(site: Site, page: Page, words: str, topic: str, way: str) -> str:
    """One worker at a poster, without log-in; the code they are given."""
    page.goto(f"/voices/{site.organisation(COUNTY)}/")
    page.get_by_label("想说什么").fill(words)
    page.get_by_role("radio", name=topic).check()
    page.get_by_role("radio", name=re.compile(f"^{way}")).check()
    page.get_by_role("radio", name="我所在的工会").check()
    page.get_by_role("button", name="提交", exact=True).click()
    said(page, "已收到")
    return page.locator("output").inner_text()


def at_code(page: Page, code: str) -> None:
    page.goto("/voices/code/")
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查看").click()


def judge(page: Page, code: str, score: int, solved: str) -> None:
    at_code(page, code)
    said(page, "您的意见变成了实事项目")
    form = page.locator("form", has=page.get_by_role("button", name="提交评价"))
    form.get_by_role("radio", name=re.compile(f"^{score}分")).check()
    form.get_by_role("radio", name=solved, exact=True).check()
    form.get_by_role("button", name="提交评价").click()
    said(page, "已收到|已登记")


def test_1_twelve_workers_say_it_in_different_words(site: Site, stranger: Open) -> None:
    phone = stranger(PHONE)
    for number, words in enumerate(BUS):
        way = "匿名" if number == 11 else "只给工会看"
        CODES["bus"].append(tell(site, phone, words, "通勤停车", way))
    on_the_phone(phone)
    shot(phone, "voice-code-given")
    for words in HEAT:
        CODES["heat"].append(tell(site, phone, words, "劳动安全", "只给工会看"))
    later(site, 0)
    assert site.one("SELECT count(*) FROM voice WHERE channel = 'poster' AND topic = 'commute'") >= 12
    at_code(phone, CODES["bus"][0])
    said(phone, "待受理")


def test_2_the_desk_merges_them_and_makes_candidates(site: Site, staff: Open) -> None:
    desk = staff(DESK)
    for topic, words in (("commute", BUS), ("safety", HEAT)):
        lead = site.one(
            "SELECT id FROM voice WHERE channel = 'poster' AND topic = %s ORDER BY received_at NULLS LAST LIMIT 1",
            topic,
        )
        desk.goto(f"/desk/voices/{lead}/")
        desk.get_by_role("button", name="受理").click()
        for _ in range(4):  # the eight most like at a time, until all are together
            boxes = desk.locator('form[action$="/merge"] input[type=checkbox]')
            if not boxes.count():
                break
            for at in range(boxes.count()):
                boxes.nth(at).check()
            desk.get_by_role("button", name="并入勾选的").click()
            said(desk, "已并入")
        merged = int(site.one("SELECT count(*) FROM voice WHERE lead_id = %s", lead))
        assert merged >= (6 if topic == "commute" else 1), f"{merged} of {len(words)} were found to say the same"
        _kind(desk, "难点" if topic == "commute" else "痛点")
    shot(desk, "voice-merged")


def _kind(desk: Page, kind: str) -> None:
    desk.locator('form[action$="/sort"]').get_by_label("类别").select_option(label=kind)
    desk.get_by_role("button", name="确定", exact=True).click()
    said(desk, "已确定类别")


def _rest(site: Site, topic: str) -> list[int]:
    """The leads of a topic that came by the poster today."""
    rows = site.rows(
        "SELECT id FROM voice WHERE channel = 'poster' AND topic = %s AND lead_id IS NULL AND received_on = current_date",
        topic,
    )
    return [row["id"] for row in rows]


def test_3_the_list_of_ten_is_weighed_decided_and_published(site: Site, staff: Open, member: Open) -> None:
    desk = staff(DESK)
    desk.goto("/desk/deeds/lists/new")
    desk.get_by_label("名称").fill("安福县为职工办十件实事")
    desk.get_by_label("列入件数").fill("2")  # a list shorter than its candidates: there is something to weigh
    desk.get_by_label("每人可选件数").fill("2")
    desk.get_by_role("button", name="开始征集").click()
    said(desk, "已开始征集候选")
    selection = site.one("SELECT id FROM voice_selection WHERE title = '安福县为职工办十件实事'")
    for topic, title in (("commute", "增开晚班班车"), ("safety", "给总装车间装降温设备")):
        ids = "&".join(f"ids={pk}" for pk in _rest(site, topic))
        desk.goto(f"/desk/deeds/lists/{selection}/candidates/new?{ids}")
        desk.get_by_label("名称").fill(title)
        desk.get_by_label("做什么、做到什么程度").fill(f"{title}，年底前办成，职工不再为这件事发愁。")
        desk.get_by_label("哪些职工受益").fill("园区一线职工")
        desk.get_by_role("button", name="列为候选").click()
        said(desk, "已列为")
    desk.goto(f"/desk/deeds/lists/{selection}/candidates/new")
    desk.get_by_label("名称").fill("换办公室的窗帘")
    desk.get_by_label("做什么、做到什么程度").fill("机关办公室的窗帘换新。")
    desk.get_by_label("哪些职工受益").fill("机关干部")
    desk.get_by_role("button", name="列为候选").click()
    today = timezone.localdate()
    desk.get_by_label("评选开始").fill(f"{today:%Y-%m-%d}")
    desk.get_by_label("评选截止").fill(f"{today + timedelta(days=1):%Y-%m-%d}")
    desk.get_by_role("button", name="安排评选").click()
    said(desk, "评选已安排")
    phone = member(LIU)
    phone.goto(f"/m/weigh/{selection}/")
    for title in ("增开晚班班车", "给总装车间装降温设备"):
        phone.get_by_role("checkbox", name=re.compile(title)).check()
    phone.get_by_role("button", name="提交选择").click()
    said(phone, "您已经参加过|已提交|已参加")
    on_the_phone(phone)
    later(site, 2)
    desk.goto(f"/desk/deeds/lists/{selection}/decide")
    desk.get_by_label("作出决定的会议").fill("县总工会第三次常委会")
    curtains = desk.locator("tr", has_text="换办公室的窗帘")
    curtains.get_by_role("checkbox").uncheck()
    curtains.get_by_role("textbox").fill("不是职工提的，也不是职工受益，由机关自己的经费解决。")
    desk.get_by_role("button", name=re.compile("登记决定|保存决定")).click()
    desk.get_by_role("button", name="公布清单并立项").click()
    said(desk, "已公布，立项2个")
    county = site.organisation(COUNTY)
    desk.goto(f"/deeds/{county}/{today.year}/")
    said(desk, "增开晚班班车")
    said(desk, "不是职工提的")
    shot(desk, "deeds-published")


def carry_out(site: Site, desk: Page, title: str) -> int:
    """Owner, milestone, start, finish, invite to judge."""
    project = int(site.one("SELECT id FROM voice_project WHERE title = %s", title))
    day = timezone.localdate() + timedelta(days=20)
    desk.goto(f"/desk/deeds/{project}/edit")
    desk.get_by_label("责任岗位").select_option(index=1)
    if desk.get_by_label("变更理由").count():
        desk.get_by_label("变更理由").fill("确定责任岗位")
    desk.get_by_role("button", name=re.compile("^保存")).click()
    desk.goto(f"/desk/deeds/{project}/milestones")
    desk.get_by_label("节点").first.fill("试运行")
    desk.get_by_label("期限").first.fill(f"{day:%Y-%m-%d}")
    desk.get_by_role("button", name="保存节点").click()
    desk.goto(f"/desk/deeds/{project}/")
    desk.get_by_label(re.compile("没有指标的")).fill("乘车人数由职工自己感受，不另设指标")
    desk.get_by_role("button", name="启动项目").click()
    said(desk, "项目已启动")
    desk.get_by_text("登记完成", exact=True).first.click()
    desk.get_by_label("完成情况").first.fill("试运行一周，没有问题")
    desk.get_by_role("button", name="完成这个节点").click()
    said(desk, "已完成节点")
    desk.get_by_role("heading", name="完成项目").click()
    form = desk.locator("form", has=desk.locator('button[value="finish"]'))
    form.get_by_role("textbox").fill("已经办成，晚班也能用上")
    form.get_by_role("button", name="登记完成").click()
    said(desk, "接着请职工评价")
    desk.get_by_role("button", name="邀请评价").click()
    said(desk, "已邀请提出人")
    return project


def test_4_it_is_done_and_judged_by_the_twelve(site: Site, staff: Open, stranger: Open) -> None:
    desk = staff(DESK)
    project = carry_out(site, desk, "增开晚班班车")
    phone = stranger(PHONE)
    asked = 0
    for number, code in enumerate(CODES["bus"]):
        at_code(phone, code)
        if phone.get_by_text("您的意见变成了实事项目").count():
            judge(phone, code, 5 if number % 3 else 4, "解决了")
            asked += 1
    assert asked >= 9, "those who asked are asked"
    later(site, 30)
    desk.goto(f"/desk/deeds/{project}/")
    said(desk, "达到要求")
    state, score = site.rows("SELECT state, score FROM voice_project WHERE id = %s", project)[0].values()
    assert state == "closed" and score >= 4
    phone.goto(f"/deeds/project/{project}/")
    said(phone, "满意度")
    on_the_phone(phone)
    shot(phone, "deed-public")


def test_5_one_that_fails_is_published_reopened_and_goes_higher(site: Site, staff: Open, stranger: Open) -> None:
    desk = staff(DESK)
    project = carry_out(site, desk, "给总装车间装降温设备")
    phone = stranger(PHONE)
    for code in CODES["heat"]:
        at_code(phone, code)
        if phone.get_by_text("您的意见变成了实事项目").count():
            judge(phone, code, 1, "没有解决")
    later(site, 30)
    row = site.rows("SELECT state, score, escalated_to FROM voice_project WHERE id = %s", project)[0]
    assert row["state"] == "reopened" and row["score"] < 3 and row["escalated_to"] == "吉安市总工会"
    phone.goto(f"/deeds/project/{project}/")
    said(phone, "重新整改")
    above = staff(ABOVE)
    above.goto(f"/desk/deeds/{project}/")
    expect(above.get_by_role("heading", name="督办", exact=True)).to_be_visible()


def test_6_an_answer_that_does_not_help_goes_a_tier_higher(site: Site, staff: Open, stranger: Open) -> None:
    """Without a project: answered, not solved, handled by the body above."""
    phone = stranger(PHONE)
    code = tell(site, phone, "宿舍三楼的热水器坏了半个月没人修", "宿舍住房", "只给工会看")
    desk = staff(DESK)
    voice = site.one(
        "SELECT id FROM voice WHERE channel = 'poster' AND topic = 'housing' ORDER BY received_at DESC LIMIT 1"
    )
    desk.goto(f"/desk/voices/{voice}/")
    desk.get_by_role("button", name="受理").click()
    form = desk.locator('form[action$="/answer"]')
    form.get_by_label("结果").select_option(label="已解决")
    form.get_by_label("答复", exact=True).fill("已联系物业上门维修，请再试一试热水。")
    form.get_by_role("button", name="答复作者").click()
    said(desk, "已答复")
    at_code(phone, code)
    said(phone, "已联系物业上门维修")
    phone.get_by_text("没有解决", exact=True).click()
    phone.get_by_label("哪里没有解决").fill("来看过一次，还是没有热水")
    phone.get_by_role("button", name="交上一级重新办理").click()
    said(phone, "已登记")
    assert site.one("SELECT handler_name FROM voice WHERE id = %s", voice) == "吉安市总工会"
