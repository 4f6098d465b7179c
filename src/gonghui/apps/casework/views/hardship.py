"""Hardship files and payment orders of the case team."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.procedures.rules.forms import masked_name
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..choices import AidKind, AidState, Cause, FileState
from ..models import Aid, HardshipFile
from ..rules import yuan
from ..sealing import AID, FILE, opened
from .acting import Choice, bound, found_or_404, show

HIDDEN = "当事人信息已隐去"
RELATIONS = {"self": "本人", "spouse": "配偶", "child": "子女", "parent": "父母", "other": "其他"}
SCHOOLS = {"none": "不在学", "basic": "义务教育", "high_school": "高中或中职", "college": "大专以上"}
HEALTH = {
    "good": "良好",
    "tumour": "恶性肿瘤",
    "heart": "心脑血管病",
    "kidney": "终末期肾病",
    "disabled": "残疾",
    "ill": "其他重病",
}


def file_tag(row: HardshipFile) -> SafeString:
    words, tone = row.get_state_display(), "ok" if row.state == FileState.ACTIVE else ""
    if row.state == FileState.ACTIVE and row.review_on < timezone.localdate():
        words, tone = "待复核", "bad"
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", words)


FILES = ListPage(
    key="casework-files",
    title="困难职工档案",
    unit="户",
    columns=[
        Column("number", "编号", cell=lambda r: f"DA{r.pk:06d}", head=True, sort="pk", nowrap=True),
        Column("who", "职工", cell=lambda r: HIDDEN),
        Column("hardship", "类别", sort="hardship", nowrap=True),
        Column("organisation", "所在工会", cell=lambda r: r.organisation.name, kind="organisation"),
        Column("state", "状态", cell=file_tag, sort="state", nowrap=True),
        Column("filed_on", "建档", kind="date", sort="filed_on"),
        Column("review_on", "复核", kind="date", sort="review_on"),
    ],
    filters=[
        Filter("hardship", "类别", "search", "hardship__icontains", placeholder="类别"),
        Filter("state", "状态", choices=FileState.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in FileState)],
    empty=Empty("还没有困难职工档案", "职工在手机上申请困难职工建档，或由工会干部代为提出；县级认定以后档案在这里。"),
    default_sort="review_on",
    order=("pk",),
    row_url=lambda r: reverse("casework:file", args=[r.pk]),
    row_label=lambda r: f"DA{r.pk:06d}",
    template="casework/files.html",
)


@desk("case.handle")
def files(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return FILES.respond(request, queries.files(viewer), heading="困难职工档案", counts=queries.file_counts(viewer))


@desk("case.handle")
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """One household: who lives there, what was counted, why the class, what was given."""
    viewer = viewer_of(request)
    row = found_or_404(queries.file(viewer, pk))
    facts = opened(row.facts, FILE)
    household = [
        {
            "relation": RELATIONS.get(one.get("relation"), "—"),
            "age": one.get("age"),
            "income": yuan(one.get("income") or 0),
            "school": SCHOOLS.get(one.get("school"), "—"),
            "health": HEALTH.get(one.get("health"), "—"),
        }
        for one in facts.get("household") or []
    ]
    context: dict[str, Any] = {
        "file": row,
        "state_tag": file_tag(row),
        "name": masked_name(row.person.name),
        "household": household,
        "lines": facts["reason"],
        "causes": "、".join(Cause(one).label for one in facts.get("other_causes") or []),
        "bank": "*" * 4 + str(facts.get("bank") or "")[-4:],
        "bank_name": facts.get("bank_name") or "",
        "aids": queries.aids(viewer).filter(file=row),
    }
    return render(request, "casework/file.html", context)


AID_TONES = {AidState.ORDERED: "wait", AidState.PAID: "ok", AidState.CANCELLED: ""}


def aid_tag(row: Aid) -> SafeString:
    tone = AID_TONES[AidState(row.state)]
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", row.get_state_display())


AIDS = ListPage(
    key="casework-aids",
    title="帮扶支付",
    unit="笔",
    columns=[
        Column("number", "编号", cell=lambda r: f"ZF{r.pk:06d}", head=True, sort="pk", nowrap=True),
        Column("who", "职工", cell=lambda r: HIDDEN),
        Column("kind", "类别", cell=lambda r: r.get_kind_display(), sort="kind", nowrap=True),
        Column("amount", "金额（元）", cell=lambda r: f"{r.amount / 100:,.2f}", align="end", sort="amount"),
        Column("organisation", "所在工会", cell=lambda r: r.organisation.name, kind="organisation"),
        Column("state", "状态", cell=aid_tag, sort="state", nowrap=True),
        Column("ordered_on", "决定", kind="date", sort="ordered_on"),
        Column("paid_on", "支付", kind="date", sort="paid_on"),
    ],
    filters=[
        Filter("kind", "类别", choices=AidKind.choices),
        Filter("state", "状态", choices=AidState.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in AidState)],
    empty=Empty("还没有帮扶支付", "帮扶、大病救助、医疗互助的申请通过以后，每一笔待支付的列在这里。"),
    default_sort="-ordered_on",
    order=("pk",),
    row_url=lambda r: reverse("casework:aid", args=[r.pk]),
    row_label=lambda r: f"ZF{r.pk:06d}",
    template="casework/aids.html",
)


@desk("case.handle")
def aids(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    sums = queries.aid_sums(viewer)
    said = {key: {"count": count, "yuan": f"{total / 100:,.2f}"} for key, (count, total) in sums.items()}
    return AIDS.respond(request, queries.aids(viewer), heading="帮扶支付", sums=said)


def _acts(request: HttpRequest, viewer: Viewer, row: Aid) -> list[Choice]:
    if row.state != AidState.ORDERED:
        return []
    pk = row.pk
    return [
        Choice(
            "pay",
            "登记支付",
            forms.PayForm(bound(request, "pay")),
            lambda d: _said(services.pay(viewer, aid_id=pk, voucher=d["voucher"], on=d["on"]), "已登记支付"),
            "登记支付",
            main=True,
        ),
        Choice(
            "cancel",
            "取消",
            forms.CancelForm(bound(request, "cancel"), auto_id="cancel_%s"),
            lambda d: _said(services.cancel_aid(viewer, aid_id=pk, reason=d["reason"]), "已取消，不再计入今年的帮扶"),
            "取消这笔支付",
            bad=True,
        ),
    ]


def _said(row: Aid, words: str) -> str:
    return words


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def aid(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found_or_404(queries.aid(viewer, pk))
    facts = opened(row.facts, AID)
    context = {
        "aid": row,
        "state_tag": aid_tag(row),
        "yuan": f"{row.amount / 100:,.2f}",
        "lines": facts["reason"],
        "bank": "*" * 4 + str(facts["bank"])[-4:],
        "cancelled": facts.get("cancelled", ""),
    }
    return show(request, "casework/aid.html", context, _acts(request, viewer, row), reverse("casework:aid", args=[pk]))
