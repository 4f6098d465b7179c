"""The style page: every component in its states, with long names, on desk, phone, public and bare pages.

Reachable only with DEBUG; screenshots and accessibility tests look at it, and whoever builds a page copies from it.
All people and firms in it are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.html import format_html

from gonghui.kernel.access.doors import public
from gonghui.pages.lists import (
    BulkAction,
    Column,
    Empty,
    Filter,
    ListPage,
    View,
    write_xlsx,
)

from . import errors
from .shell import NavItem, Post, Shell

ORGANISATIONS: Final = (
    "江西安福泸水河食品有限公司工会委员会",
    "安福县工业园区非公有制企业工会联合会火腿食品产业链分会",
    "吉安市物流行业工会联合会安福货运分会第三工会小组",
    "安福县枫田镇农副产品加工小微企业联合工会委员会",
    "安福县保安服务行业工会联合会",
    "江西羊狮慕劳务派遣有限公司驻安福高新技术产业园区工作站工会小组",
    "安福县平都镇房产中介服务行业工会联合会",
    "永丰县中医院后勤服务外包项目联合工会委员会（筹）",
    "吉安高新技术产业开发区电子信息产业链工会联合会",
)
NAMES: Final = ("刘细妹", "欧阳志强", "胡秋生", "曾玉珍", "肖文斌", "王福根", "邓丽萍", "谢冬生", "康美玲")
REASONS: Final = (
    "近24个月无缴费、无活动",
    "单位已于2021-08-17注销",
    "与1名会员证件号相近",
    "参保地已转至广东省东莞市",
    "手机号已停用，3次联系未果",
)
STATES: Final = ("待核查", "待核查", "公示中", "核实在岗", "已终止")


@dataclass(frozen=True)
class Sample:
    """One invented member."""

    id: int
    name: str
    idno: str
    organisation: str
    last_active: dt.date | None
    reason: str
    state: str
    visits: int


def samples(count: int = 369) -> list[Sample]:
    return [
        Sample(
            id=n + 1,
            name=NAMES[n % len(NAMES)],
            idno=f"3624**********{(1226 + n * 733) % 10000:04d}",
            organisation=ORGANISATIONS[n % len(ORGANISATIONS)],
            last_active=None if n % 11 == 10 else dt.date(2020, 11, 3) + dt.timedelta(days=(n * 37) % 780),
            reason=REASONS[n % len(REASONS)],
            state=STATES[(n * 7) % len(STATES)],
            visits=(n * 97) % 1300,
        )
        for n in range(count)
    ]


class EndForm(forms.Form):
    reason = forms.CharField(label="终止原因", widget=forms.Textarea, max_length=200)


SAMPLE_LIST = ListPage(
    key="kit",
    title="会员",
    unit="名",
    columns=[
        Column("name", "姓名", head=True, sort="name", personal=True),
        Column(
            "idno", "证件号码", personal=True, cell=lambda row: format_html('<span class="quiet">{}</span>', row.idno)
        ),
        Column("organisation", "所在组织", kind="organisation", sort="organisation"),
        Column("last_active", "最近活动", kind="date", sort="last_active"),
        Column("reason", "列入原因"),
        Column("visits", "签到", kind="number", unit="次", sort="visits", default=False),
        Column("state", "状态", kind="tag", sort="state"),
    ],
    filters=[
        Filter("q", "查找会员", "search", "name__icontains", placeholder="姓名或证件尾号", personal=True),
        Filter("state", "状态", choices=[(state, state) for state in dict.fromkeys(STATES)]),
        Filter("reason", "原因", choices=[(reason, reason) for reason in REASONS]),
        Filter("active", "最近活动", "date", "last_active", main=False),
    ],
    views=[
        View("all", "全部会员", count=369),
        View("waiting", "疑似纸上会员", {"state": "待核查"}, count=147),
        View("notice", "公示中", {"state": "公示中"}, count=74),
    ],
    bulk=[
        BulkAction("keep", "核实在岗", "/desk/kit/act"),
        BulkAction(
            "end", "终止会籍", "/desk/kit/act", destructive=True, question="终止{count}名会员的会籍",
            effect="终止后他们不能再领福利。", undo="30天内可以恢复。", form=EndForm,
        ),
    ],
    empty=Empty("还没有会员", "把单位现有的名册导入，或把入会二维码贴到车间。", "导入会员名册", "/desk/kit"),
    default_sort="last_active",
    row_url=lambda row: f"/desk/kit?member={row.id}",
    more_url=lambda row: f"/desk/kit/more/{row.id}",
    export=write_xlsx,
)  # fmt: skip


class SampleForm(forms.Form):
    """Every kind of field that the platform uses."""

    name = forms.CharField(label="姓名", help_text="与身份证一致", max_length=50)
    idno = forms.RegexField(
        r"^\d{17}[\dXx]$", label="证件号码", help_text="只用于核对会籍，加密保存，默认隐去中间10位",
        error_messages={"invalid": "现在是17位，身份证号码应为18位"},
    )  # fmt: skip
    occupation = forms.ChoiceField(label="职业", choices=[("driver", "货运司机"), ("courier", "快递员")])
    joined = forms.DateField(label="入会日期", widget=forms.DateInput(attrs={"type": "date"}))
    why = forms.CharField(label="转会原因", help_text="不超过200字", required=False, widget=forms.Textarea)
    dues = forms.ChoiceField(
        label="会费", choices=[("monthly", "按月代扣"), ("self", "自行缴纳")], widget=forms.RadioSelect
    )
    wants = forms.MultipleChoiceField(
        label="愿意收到", choices=[("offers", "福利通知"), ("courses", "培训通知"), ("law", "普法材料")],
        widget=forms.CheckboxSelectMultiple, required=False,
    )  # fmt: skip
    paper = forms.FileField(label="批复文件", help_text="PDF或照片，不超过10 MB", required=False)
    agree = forms.BooleanField(label="短信提醒", required=False)


def nav() -> list[list[NavItem]]:
    rows = [
        [("首页", "home", 0), ("待办", "tasks", 12)],
        [
            ("组织与会员", "members", 0), ("规范创建", "assessment", 6), ("诉求实事", "voice", 3),
            ("普惠服务", "gift", 0), ("帮扶维权", "heart", 1), ("竞赛创新", "trophy", 0),
            ("劳模工匠", "medal", 0), ("阵地", "place", 0),
            ("产改计划", "flag", 0), ("经费", "money", 2),
        ],
        [("联席协作", "alliance", 0), ("学习成长", "book", 0), ("资讯", "news", 0), ("工作报告", "report", 0)],
    ]  # fmt: skip
    return [
        [NavItem(title, "/desk/kit", icon, count, current=title == "组织与会员") for title, icon, count in group]
        for group in rows
    ]


SHELL: Final = Shell(
    brand="吉安市总工会",
    home_url="/desk/kit",
    person="周敏",
    posts=[
        Post("1", "基层工作部·经办", "吉安市总工会", current=True),
        Post("2", "工会指导员", "安福县工业园区非公有制企业工会联合会火腿食品产业链分会"),
    ],
    nav=nav(),
    tabs=[
        NavItem("首页", "/desk/kit/phone", "home", current=True), NavItem("普惠", "/desk/kit/phone", "gift"),
        NavItem("心声", "/desk/kit/phone", "voice"), NavItem("我的", "/desk/kit/phone", "person"),
    ],
    site_nav=[NavItem("首页", "/desk/kit/public", current=True), NavItem("找工会", "#"), NavItem("怎样入会", "#")],
    notices=lambda: 4,
    notices_url="/desk/kit",
    account_url="/desk/kit",
)  # fmt: skip

PATH: Final = [("江西省总工会", "#"), ("吉安市总工会", "#"), ("安福县总工会", "")]


def _context() -> dict[str, Any]:
    return {"shell": SHELL, "nav": SHELL.nav, "path": PATH}


@public
def components(request: HttpRequest) -> HttpResponse:
    bad = SampleForm(
        {"name": "尹海波", "idno": "36242919880615531", "occupation": "driver", "joined": "2014-06-18"},
        auto_id="bad_%s",
    )
    context = {
        **_context(), "form": SampleForm(), "bad": bad,
        "names": ORGANISATIONS, "day": dt.date(2023, 3, 6), "moment": dt.datetime(2023, 2, 24, 15, 20),
        "tabs": [
            {"title": "待我办", "url": "#", "count": 12, "current": True}, {"title": "本部门", "url": "#", "count": 31},
            {"title": "已办结", "url": "#", "count": None},
        ],
        "facts": [("判定规则", "会员活力核查 第2版"), ("命中条件", "单位注销满12个月，会籍未转出"), ("主席", None)],
    }  # fmt: skip
    if request.GET.get("toast"):
        messages.success(request, format_html('已将{}名会员转出<a href="#">撤销</a>', 3))
        messages.error(request, "没有转出：其中1名有在办帮扶")
    return render(request, "gonghui/kit.html", context)


@public
def member_list(request: HttpRequest) -> HttpResponseBase:
    count = {"none": 0, "one": 1}.get(request.GET.get("rows", ""), 369)
    return SAMPLE_LIST.respond(
        request, samples(count), heading="疑似“纸上会员”核查", **_context(), note=request.GET.get("note", "")
    )


@public
def more(request: HttpRequest, number: int) -> HttpResponse:
    return render(request, "gonghui/kit_more.html", {"row": samples()[number - 1]})


@public
def act(request: HttpRequest) -> HttpResponseBase:
    picked = SAMPLE_LIST.picked(request, samples())
    if request.POST.get("bulk") == "end":
        asked = SAMPLE_LIST.ask(request, "end", picked, back="/desk/kit/list")
        if asked:
            return asked
        messages.success(request, f"已终止{picked.count}名会员的会籍")
    else:
        messages.success(request, f"已核实{picked.count}名会员在岗")
    target = "/desk/kit/list" + picked.query
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


@public
def face(request: HttpRequest, name: str) -> HttpResponse:
    """Phone, public, log-in and error pages."""
    if name in ("phone", "public", "login"):
        return render(request, f"gonghui/kit_{name}.html", {**_context(), "form": SampleForm()})
    makers = {
        "400": errors.bad_request, "403": errors.forbidden, "404": errors.not_found, "419": errors.csrf_failure,
        "429": errors.too_many, "500": errors.server_error,
    }  # fmt: skip
    if name == "403":
        denied = errors.Forbidden(
            "查看会员档案需要下面的权限。",
            (("权限", "查看会员档案"), ("岗位", "安福县总工会·基层工作部·经办")),
        )
        return errors.forbidden(request, denied)
    if name not in makers:
        raise Http404
    return makers[name](request)


urlpatterns = [
    path("desk/kit", components, name="kit"),
    path("desk/kit/list", member_list, name="kit-list"),
    path("desk/kit/more/<int:number>", more, name="kit-more"),
    path("desk/kit/act", act, name="kit-act"),
    path("desk/kit/<str:name>", face, name="kit-face"),
]
