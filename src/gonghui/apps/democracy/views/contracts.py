"""The register of contracts and the rounds of bargaining at the desk."""

from __future__ import annotations

from datetime import date, timedelta
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
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.kernel.wording import deadline
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from .. import choices as c
from .. import forms, queries, services
from ..models import Bargain, Contract
from ..services.bargains import Named, ballots_on
from ..services.holding import BARGAIN, number
from .acting import Act, done, found, offered, own, sections

TONES = {"signed": "wait", "filed": "info", "objected": "bad", "valid": "ok", "ended": ""}
ROUND_TONES = {"invited": "wait", "refused": "bad", "naming": "wait", "talking": "info", "broken": "wait",
               "drafted": "wait", "passed": "ok", "concluded": "ok", "failed": ""}  # fmt: skip


def left(on: date) -> str:
    return deadline((on - timezone.localdate()).days, unit="天")


def contract_state(row: Contract) -> SafeString:
    today = timezone.localdate()
    if row.state == "signed" and row.file_due < today:
        return tag(f"报送{left(row.file_due)}", "bad")
    if row.state == "valid" and row.ends_on < today:
        return tag("已到期", "bad")
    if row.state == "valid" and (row.ends_on - today).days <= number("renew_days", row.path):
        return tag(left(row.ends_on), "wait")
    return tag(row.get_state_display(), TONES[row.state])


def clock(row: Bargain) -> tuple[str, Any]:
    """What runs now, and until when."""
    return {
        "invited": ("答复要约", row.reply_due),
        "naming": ("确定代表", row.name_due),
        "broken": ("恢复协商", row.break_until),
    }.get(row.state, ("", None))  # fmt: skip


def bargain_state(row: Bargain) -> SafeString:
    due_on, today = clock(row)[1], timezone.localdate()
    if due_on is not None and due_on < today:
        return tag(f"{row.get_state_display()}，{left(due_on)}", "bad")
    return tag(row.get_state_display(), ROUND_TONES[row.state])


def _soon(source: Any, value: str) -> Any:
    today = timezone.localdate()
    until = today + timedelta(days=int(value) if value.isdecimal() else 0)
    return source.filter(state="valid", ends_on__lte=until)


CONTRACTS = ListPage(
    key="democracy-contracts",
    title="集体合同",
    unit="份",
    columns=[
        Column("title", "合同", head=True, sort="title"),
        Column("organisation", "工会", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("kind", "类别", cell=lambda row: row.get_kind_display()),
        Column("scope", "范围", cell=lambda row: row.get_scope_display(), default=False),
        Column("firms", "企业", kind="number", unit="家", sort="firms"),
        Column("workers", "职工", kind="number", unit="人", sort="workers"),
        Column("signed_on", "签订", kind="date", sort="signed_on", default=False),
        Column("ends_on", "到期", kind="date", sort="ends_on"),
        Column("state", "状态", cell=contract_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找", "search", "title__contains", placeholder="合同名称"),
        Filter("kind", "类别", choices=c.ContractKind.choices),
        Filter("state", "状态", choices=c.ContractState.choices),
        Filter("soon", "到期", lookup=_soon, choices=[("0", "已到期"), ("30", "30天内"), ("90", "90天内")]),
        Filter("scope", "范围", choices=c.ContractScope.choices, main=False),
        Filter("ends_on", "到期日期", "date", main=False),
    ],
    views=[View("all", "全部"), View("valid", "有效", {"state": "valid"}), View("soon", "90天内到期", {"soon": "90"})],
    empty=Empty("还没有集体合同", "协商签订的合同自动登记，以前签订的补登记。"),
    default_sort="ends_on",
    order=("pk",),
    row_url=lambda row: reverse("democracy:contract", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="democracy/list.html",
)  # fmt: skip

BARGAINS = ListPage(
    key="democracy-bargains",
    title="集体协商",
    unit="轮",
    columns=[
        Column("title", "名称", head=True, sort="title"),
        Column("organisation", "工会", kind="organisation", cell=lambda row: row.organisation.name),
        Column("kind", "类别", cell=lambda row: row.get_kind_display()),
        Column("inviter", "要约方", cell=lambda row: row.get_inviter_display(), nowrap=True),
        Column("invited_on", "要约", kind="date", sort="invited_on"),
        Column("due", "当前期限", kind="date", cell=lambda row: clock(row)[1]),
        Column("state", "状态", cell=bargain_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找", "search", "title__contains", placeholder="名称"),
        Filter("state", "状态", choices=c.BargainState.choices),
        Filter("kind", "类别", choices=c.ContractKind.choices),
        Filter("invited_on", "要约日期", "date", main=False),
    ],
    empty=Empty("还没有集体协商", "向企业发出书面要约，登记以后开始计算答复期限。"),
    default_sort="-invited_on",
    order=("pk",),
    row_url=lambda row: reverse("democracy:bargain", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="democracy/list.html",
)  # fmt: skip


@desk("congress.view")
@require_http_methods(["GET", "POST"])
def contracts(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    more = [("补登记合同", reverse("democracy:contract-new"), False)] if viewer.may(BARGAIN) else []
    return CONTRACTS.respond(
        request, queries.contracts(viewer), heading="集体合同登记册", tabs=sections("contracts"), more=more
    )


@desk("congress.view")
@require_http_methods(["GET", "POST"])
def bargains(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    more = [("登记要约", reverse("democracy:bargain-new"), True)] if viewer.may(BARGAIN) else []
    return BARGAINS.respond(request, queries.bargains(viewer), heading="集体协商", tabs=sections("bargains"), more=more)


def _common() -> dict[str, django_forms.Field]:
    return {
        "kind": forms.choose("类别", c.ContractKind.choices),
        "scope": forms.choose("范围", c.ContractScope.choices),
        "title": forms.line("名称", 120),
        "firms": forms.count("覆盖企业", 1, initial=1),
        "workers": forms.count("覆盖职工", 1),
    }


def _cleaned(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"kind": c.ContractKind(data["kind"]), "scope": c.ContractScope(data["scope"])}


@desk(BARGAIN)
@require_http_methods(["GET", "POST"])
def bargain_new(request: HttpRequest) -> HttpResponseBase:
    """An invitation; a renewal starts from the contract it follows."""
    viewer = viewer_of(request)
    given = request.GET.get("old", "")
    old = queries.contracts(viewer).filter(pk=int(given)).first() if given.isdecimal() and len(given) < 12 else None
    initial = {} if old is None else {
        name: getattr(old, name) for name in ("kind", "scope", "title", "firms", "workers")
    }  # fmt: skip
    fields = _common() | {
        "inviter": forms.choose("要约方", c.Side.choices),
        "invited_on": forms.day("要约日期"),
        "matter": forms.words("协商内容", 1000, 4),
    }
    form = forms.made(fields, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = _cleaned(form.cleaned_data) | {"inviter": c.Side(form.cleaned_data["inviter"])}
        try:
            row = services.invite(viewer, organisation=here(request), old=old, **data)
            messages.success(request, f"已登记要约，对方应在{row.reply_due:%Y-%m-%d}前答复")
            return redirect("democracy:bargain", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "heading": f"续签{old.title}" if old else "登记协商要约", "words": "登记要约",
               "back": "democracy:bargains"}  # fmt: skip
    return render(request, "democracy/form.html", context, status=422 if form.errors else 200)


def _terms() -> dict[str, django_forms.Field]:
    return {
        "signed_on": forms.day("签订日期"),
        "starts_on": forms.day("起始日期"),
        "ends_on": forms.day("终止日期", today=False, hint="综合集体合同1年至3年，工资专项1年"),
        "summary": forms.words("主要内容", 2000, 4, required=False, hint="公布以后会员在手机上看得到"),
        "file": forms.paper("合同文本"),
    }


@desk(BARGAIN)
@require_http_methods(["GET", "POST"])
def contract_new(request: HttpRequest) -> HttpResponseBase:
    form = forms.made(_common() | _terms(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = _cleaned(form.cleaned_data)
        name, content = forms.file_of(data)
        data.pop("file")
        try:
            row = services.register_contract(
                viewer_of(request), organisation=here(request), name=name, content=content, **data
            )
            messages.success(request, "已登记合同")
            return redirect("democracy:contract", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "heading": "补登记集体合同", "words": "登记合同", "back": "democracy:contracts"}
    return render(request, "democracy/form.html", context, status=422 if form.errors else 200)


# -- one contract ----------------------------------------------------------------------------------------------------


def _plain(name: str, words: str) -> Any:
    def run(viewer: Viewer, row: Contract, data: dict[str, Any]) -> str:
        getattr(services, name)(viewer, contract_id=row.pk, **data)
        return words

    return run


CONTRACT_ACTS = (
    Act("file", "报送人社部门", _plain("file_contract", "已报送，15天没有异议即生效"), ("signed", "objected"),
        lambda row: {"on": forms.day("对方收到日期", hint="按回执")}, main=True),
    Act("accept", "登记审查通过", _plain("accept_contract", "合同已生效"), ("filed",),
        lambda row: {"on": forms.day("审查意见书日期")}),
    Act("object", "登记审查异议", _plain("object_to_contract", "已登记异议，修改后重新报送"), ("filed", "valid"),
        lambda row: {"on": forms.day("异议日期", hint="按审查意见书，不是收到的日期"),
                     "text": forms.words("异议内容", 500, 3)}, when=services.may_object),
    Act("publish", "登记向职工公布", _plain("publish_contract", "已公布，会员在手机上看得到"), ("valid",),
        lambda row: {"on": forms.day("公布日期")}, main=True, when=lambda row: row.published_on is None),
    Act("end", "提前终止", _plain("end_contract", "已终止"), ("signed", "filed", "objected", "valid"),
        lambda row: {"reason": forms.words("原因")}, bad=True),
)  # fmt: skip


def _contract_page(
    request: HttpRequest, row: Contract, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    mine = own(viewer_of(request), row, BARGAIN)
    context = {
        "row": row,
        "state": contract_state(row),
        "mine": mine,
        "acts": offered(row, CONTRACT_ACTS, sent) if mine else [],
        "renewals": row.renewals.order_by("pk"),
        "to": reverse("democracy:contract-act", args=[row.pk]),
    }
    return render(request, "democracy/contract.html", context, status=status)


@desk("congress.view")
@require_GET
def contract(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _contract_page(request, found(queries.contracts(viewer_of(request)).filter(pk=pk).first()))


@desk(BARGAIN)
@require_POST
def contract_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = found(queries.contracts(viewer_of(request)).filter(pk=pk).first())
    return done(request, row, CONTRACT_ACTS, "democracy:contract", _contract_page)


# -- one round of bargaining -----------------------------------------------------------------------------------------


def _people(text: str, side: c.Side) -> list[Named]:
    """One line each: name, office; the first is the chief, “外聘” marks one from outside."""
    made = []
    for at, one in enumerate(filter(None, (part.strip() for part in text.splitlines()))):
        parts = one.replace("，", " ").replace(",", " ").split()
        outside = "外聘" in parts[1:]
        office = " ".join(part for part in parts[1:] if part != "外聘")
        made.append(Named(side, parts[0], office, chief=at == 0, outside=outside))
    return made


def _reply(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    made = services.reply(viewer, bargain_id=row.pk, on=data["on"], agreed=data["agreed"] == "yes", text=data["text"])
    return f"双方在{made.name_due:%Y-%m-%d}前确定代表" if made.name_due else "已登记对方拒绝协商，可以请上级工会指导"


def _name(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    people = _people(data["people"], c.Side.WORKERS) + _people(data["firm"], c.Side.FIRM)
    services.begin_talks(viewer, bargain_id=row.pk, people=people)
    return "已确定双方代表"


def _meet(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    name, content = forms.file_of(data)
    made = services.meet(viewer, bargain_id=row.pk, on=data["on"], minutes=data["minutes"], agreed=data["agreed"],
                         name=name, content=content)  # fmt: skip
    return f"已登记第{made.number}次协商会议"


def _pause(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    return f"已中止到{services.pause(viewer, bargain_id=row.pk, **data).break_until:%Y-%m-%d}"


def _resume(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    services.resume(viewer, bargain_id=row.pk)
    return "已恢复协商"


def _draft(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    name, content = forms.file_of(data)
    services.draft(viewer, bargain_id=row.pk, on=data["on"], name=name, content=content)
    return "已形成草案，提交职代会审议"


def _pass(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    if data["ballot"]:
        made = services.pass_draft(viewer, bargain_id=row.pk, ballot_id=int(data["ballot"]))
    else:
        counts = {key: data[key] or 0 for key in ("delegates", "present", "in_favour")}
        name, proof = forms.file_of(data)
        made = services.pass_draft(viewer, bargain_id=row.pk, on=data["on"], name=name, proof=proof, **counts)
    return "职代会已通过草案" if made.state == "passed" else "没有通过，双方重新协商"


def _conclude(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    name, content = forms.file_of(data)
    data = {key: value for key, value in data.items() if key != "file"}
    made = services.conclude(viewer, bargain_id=row.pk, name=name, content=content, **data)
    return f"已签订，{made.file_due:%Y-%m-%d}前报送人社部门"


def _fail(viewer: Viewer, row: Bargain, data: dict[str, Any]) -> str:
    services.fail(viewer, bargain_id=row.pk, **data)
    return "已终止这轮协商"


def _counted(row: Bargain) -> list[tuple[str, str]]:
    rows = ballots_on(row).order_by("-pk")[:20]
    return [
        ("", "在别处表决的，填下面的票数，上传证明"),
        *((str(one.pk), f"{one.counted_on} {one.question}") for one in rows),
    ]


BARGAIN_ACTS = (
    Act("reply", "登记答复", _reply, ("invited",), lambda row: {
        "agreed": forms.choose("对方", [("yes", "同意协商"), ("no", "拒绝协商")]), "on": forms.day("答复日期"),
        "text": forms.words("答复内容", 500, required=False)}, main=True),
    Act("name", "确定双方代表", _name, ("naming", "talking"), lambda row: {
        "people": forms.words("职工方代表", 2000, 4, hint="每行写姓名 职务，第一行是首席代表，外聘的后面加“外聘”"),
        "firm": forms.words("企业方代表", 2000, 4)}, note="每方3名以上，人数对等，外聘不超过本方三分之一"),
    Act("meet", "登记协商会议", _meet, ("talking",), lambda row: {
        "on": forms.day("会议日期"), "minutes": forms.words("会议纪要", 4000, 4),
        "agreed": forms.yes("双方达成一致"),
        "file": forms.paper("纪要文件", required=False)}, main=True),
    Act("draft", "形成合同草案", _draft, ("talking",), lambda row: {
        "on": forms.day("日期"), "file": forms.paper("草案")},
        when=lambda row: row.meetings.filter(agreed=True).exists()),
    Act("pause", "中止协商", _pause, ("talking",), lambda row: {
        "on": forms.day("中止日期"), "until": forms.day("恢复日期", today=False, hint="最长60天"),
        "reason": forms.words("原因")}),
    Act("resume", "恢复协商", _resume, ("broken",), main=True),
    Act("pass", "登记职代会表决", _pass, ("drafted",), lambda row: {
        "ballot": forms.choose("本平台的无记名投票", _counted(row), required=False),
        "on": forms.day("表决日期"), "delegates": forms.count("全体代表", required=False),
        "present": forms.count("出席代表", required=False), "in_favour": forms.count("赞成票", required=False),
        "file": forms.paper("表决证明", required=False, hint="在别处表决的才上传，不超过20MB")}, main=True),
    Act("conclude", "登记签订", _conclude, ("passed",), lambda row: _terms(), main=True),
    Act("fail", "终止协商", _fail, ("invited", "refused", "naming", "talking", "broken", "drafted", "passed"),
        lambda row: {"reason": forms.words("原因")}, bad=True),
)  # fmt: skip


def _bargain_page(
    request: HttpRequest, row: Bargain, sent: tuple[str, django_forms.Form] | None = None, status: int = 200
) -> HttpResponseBase:
    what, due_on = clock(row)
    context = {
        "row": row,
        "state": bargain_state(row),
        "clock": what,
        "due_on": due_on,
        "left": left(due_on) if due_on else "",
        "people": row.representatives.order_by("-side", "-chief", "pk"),
        "meetings": row.meetings.order_by("-number"),
        "acts": offered(row, BARGAIN_ACTS, sent) if own(viewer_of(request), row, BARGAIN) else [],
        "to": reverse("democracy:bargain-act", args=[row.pk]),
    }
    return render(request, "democracy/bargain.html", context, status=status)


@desk("congress.view")
@require_GET
def bargain(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _bargain_page(request, found(queries.bargains(viewer_of(request)).filter(pk=pk).first()))


@desk(BARGAIN)
@require_POST
def bargain_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    row = found(queries.bargains(viewer_of(request)).filter(pk=pk).first())
    return done(request, row, BARGAIN_ACTS, "democracy:bargain", _bargain_page)
