"""The congresses of the range, one congress with its units, delegates and sessions."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import choices as c
from .. import forms, queries, services
from ..models import Congress
from ..rules import congress as law
from ..services.congresses import bounds_of, make_of
from ..services.holding import MANAGE
from .acting import Act, done, found, offered, own, sections

TONES = {"preparing": "wait", "sitting": "ok", "ended": ""}


def _state(row: Any) -> SafeString:
    if row.state == "sitting" and row.term_end < timezone.localdate():
        return tag("任期已满", "bad")
    return tag(row.get_state_display(), TONES[row.state])


def _met(row: Any) -> SafeString:
    if row.state != "sitting":
        return tag("不适用", "")
    return tag("已召开", "ok") if row.met else tag("还没有召开", "wait")


def _by(source: Any, value: str) -> Any:
    sitting = source.filter(state="sitting")
    return {
        "met": sitting.filter(met=True),
        "unmet": sitting.filter(met=False),
        "over": sitting.filter(term_end__lt=timezone.localdate()),
        "sitting": sitting,
    }[value]


LIST = ListPage(
    key="democracy-congresses",
    title="职代会",
    unit="届",
    columns=[
        Column("organisation", "工会", kind="organisation", head=True, sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("number", "届次", cell=lambda row: f"第{row.number}届", nowrap=True, sort="number"),
        Column("kind", "类别", cell=lambda row: row.get_kind_display(), default=False),
        Column("seats", "代表", kind="number", unit="名", sort="seats"),
        Column("workers", "职工", kind="number", unit="人", sort="workers"),
        Column("term_end", "本届止", kind="date", sort="term_end"),
        Column("met", "今年会议", cell=_met, nowrap=True, export=lambda row: "已召开" if row.met else "没有召开"),
        Column("state", "状态", cell=_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找工会", "search", "organisation__name__contains", placeholder="工会名称"),
        Filter("by", "情况", lookup=_by, choices=[
            ("sitting", "任期内"), ("met", "今年已召开"), ("unmet", "今年还没有召开"), ("over", "任期已满")]),
        Filter("kind", "类别", choices=c.CongressKind.choices, main=False),
        Filter("ends_on", "本届止", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("unmet", "今年还没有召开", {"by": "unmet"}),
        View("over", "任期已满", {"by": "over"}),
    ],
    empty=Empty("还没有职代会", "先登记一届职代会，设选举单位，选出职工代表。"),
    default_sort="organisation",
    order=("-number", "pk"),
    row_url=lambda row: reverse("democracy:congress", args=[row.pk]),
    row_label=lambda row: row.organisation.name,
    export=write_xlsx,
    template="democracy/board.html",
)  # fmt: skip


@desk("congress.view")
@require_http_methods(["GET", "POST"])
def board(request: HttpRequest) -> HttpResponseBase:
    """What a union keeps of its congress; above, who has held one and whose term is over."""
    viewer = viewer_of(request)
    rows = queries.congresses(viewer)
    sitting = rows.filter(state="sitting")
    stats = {
        "sitting": sitting.count(),
        "met": sitting.filter(met=True).count(),
        "over": sitting.filter(term_end__lt=timezone.localdate()).count(),
        "expiring": queries.expiring(viewer, queries.number_of(viewer, "renew_days")).count(),
    }
    return LIST.respond(
        request, rows, heading="民主管理", tabs=sections("congresses"), stats=stats, may_manage=viewer.may(MANAGE)
    )


def _new_fields() -> dict[str, django_forms.Field]:
    return {
        "kind": forms.choose("类别", c.CongressKind.choices),
        "number_": forms.count("第几届", 1),
        "workers": forms.count("职工人数", 1, "全体职工，不只是会员"),
        "women": forms.count("其中女职工"),
        "starts_on": forms.day("本届起"),
        "ends_on": forms.day("本届止", today=False, hint="任期3年至5年"),
    }


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def congress_new(request: HttpRequest) -> HttpResponseBase:
    form = forms.made(_new_fields(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | {"kind": c.CongressKind(form.cleaned_data["kind"])}
        try:
            row = services.found_congress(viewer_of(request), organisation=here(request), **data)
            messages.success(request, f"已登记{row.title}，接着设选举单位")
            return redirect("democracy:congress", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "heading": "登记一届职代会", "words": "登记职代会", "back": "democracy:board"}
    return render(request, "democracy/form.html", context, status=422 if form.errors else 200)


# -- one congress ----------------------------------------------------------------------------------------------------


def _units(row: Congress) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one.title}（{one.seats}名）") for one in row.units.order_by("pk")]


def _seats(row: Congress) -> list[tuple[str, str]]:
    serving = row.delegates.filter(ended_on__isnull=True).order_by("pk")
    return [(str(one.pk), f"{one.person_name}（{one.unit.title}）") for one in serving.select_related("unit")]


def _elected(viewer: Viewer, text: str) -> list[services.Elected]:
    """One line for each: name or member number, votes, and what they are."""
    made = []
    for at, one in enumerate(filter(None, (part.strip() for part in text.splitlines())), 1):
        parts = one.replace("，", " ").replace(",", " ").split()
        if len(parts) not in (2, 3) or not parts[1].isdecimal():
            raise Refusal("GH-DEM-023", f"第{at}行看不懂：应是姓名、得票、身份", "elected", "例如 郭秋生 41 一线职工")
        kind = c.DelegateKind.read(parts[2]) if len(parts) == 3 else c.DelegateKind.WORKER
        if kind is None:
            names = "、".join(c.DelegateKind.labels)
            raise Refusal("GH-DEM-023", f"第{at}行的身份看不懂", "elected", f"写{names}中的一种")
        found_ = list(
            Membership.objects.visible(viewer).filter(valid_to__isnull=True, status="active")
            .filter(**({"card_no": parts[0]} if parts[0].startswith("GH") else {"person__name": parts[0]}))
            .select_related("person")[:2]
        )  # fmt: skip
        if len(found_) != 1:
            said = "没有" if not found_ else "不止一名"
            raise Refusal("GH-DEM-024", f"第{at}行：{said}叫这个名字的在籍会员", "elected", "重名的改写会员号")
        made.append(services.Elected(found_[0], kind, int(parts[1])))
    return made


def _elect(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    name, content = forms.file_of(data, "proof")
    made = services.elect(
        viewer, unit_id=int(data["unit"]), on=data["on"], cast=data["cast"], elected=_elected(viewer, data["elected"]),
        proof_name=name, proof=content,
    )  # fmt: skip
    return f"已登记{len(made)}名职工代表"


def _unit(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    return f"已设选举单位{services.add_unit(viewer, congress_id=row.pk, **data).title}"


def _constitute(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    return f"{services.constitute(viewer, congress_id=row.pk).title}的代表资格已确认"


def _extend(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    return f"已延期到{services.extend(viewer, congress_id=row.pk, **data).last_day:%Y-%m-%d}"


def _end(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    services.end_delegate(viewer, delegate_id=int(data["delegate"]), reason=data["reason"])
    return "已终止代表资格，由原选举单位补选"


def _plan(viewer: Viewer, row: Congress, data: dict[str, Any]) -> str:
    given = {"kind": c.SessionKind(data["kind"]), "proposers": data["proposers"] or 0,
             "caller": c.Caller(data["caller"]) if data["caller"] else None}  # fmt: skip
    made = services.plan_session(viewer, congress_id=row.pk, **data | given)
    return f"已筹备{made.title}，接着添加议题"


ACTS = (
    Act("unit", "设选举单位", _unit, ("preparing", "sitting"), lambda row: {
        "title": forms.line("选举单位", hint="车间、部门或者联合几个班组"), "workers": forms.count("职工人数", 1),
        "seats": forms.count("代表名额", 1)}),
    Act("elect", "登记选举结果", _elect, ("preparing", "sitting"), lambda row: {
        "unit": forms.choose("选举单位", _units(row)), "on": forms.day("选举日期"),
        "cast": forms.count("参加选举人数", 1),
        "elected": forms.words("当选的代表", 4000, 5,
                               hint="每行写姓名 得票 身份（一线职工、专业技术人员、一般管理人员、中层以上管理人员）"),
        "proof": forms.paper("选举报告单或计票记录")}, when=lambda row: row.units.exists()),
    Act("constitute", "确认代表资格", _constitute, ("preparing",), main=True, note="核对代表构成，合规后开始本届任期"),
    Act("plan", "筹备会议", _plan, ("sitting",), lambda row: {
        "kind": forms.choose("类别", c.SessionKind.choices), "on": forms.day("会议日期", today=False),
        "clock": forms.line("时间", 5, initial="09:00"), "place": forms.line("地点"),
        "caller": forms.choose("临时会议由谁提议", [("", "不是临时会议"), *c.Caller.choices], required=False),
        "proposers": forms.count("提议代表人数", required=False, hint="职工代表提议的才写，要有三分之一以上"),
        "reason": forms.words("临时会议的原因", required=False)}),
    Act("end", "终止代表资格", _end, ("preparing", "sitting"), lambda row: {
        "delegate": forms.choose("职工代表", _seats(row)), "reason": forms.words("原因", 200)}, bad=True,
        when=lambda row: row.delegates.exists()),
    Act("extend", "延期换届", _extend, ("sitting",), lambda row: {
        "until": forms.day("延期到", today=False, hint="最多一年"), "reason": forms.words("原因")}),
)  # fmt: skip


def _page(
    request: HttpRequest, row: Congress, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    viewer = viewer_of(request)
    make = make_of(row)
    context = {
        "row": row,
        "state": _state(row),
        "make": make,
        "findings": law.findings(row.kind, make, bounds_of(row.path, timezone.localdate()))
        if row.state != "ended" else [],
        "units": row.units.order_by("pk").prefetch_related("elections"),
        "delegates": row.delegates.select_related("unit").order_by("ended_on", "unit_id", "pk"),
        "sessions": row.sessions.select_related("congress").order_by("-number"),
        "acts": offered(row, ACTS, sent) if own(viewer, row, MANAGE) else [],
        "to": reverse("democracy:congress-act", args=[row.pk]),
    }  # fmt: skip
    return render(request, "democracy/congress.html", context, status=status)


@desk("congress.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _page(request, found(queries.congress(viewer_of(request), pk)))


@desk(MANAGE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    return done(request, found(queries.congress(viewer_of(request), pk)), ACTS, "democracy:congress", _page)
