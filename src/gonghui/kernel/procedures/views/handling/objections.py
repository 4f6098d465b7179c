"""Objections at the desk of the office that answers them: who objected is shown nowhere else."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from ....access.doors import desk
from ....refusal import Refusal
from ... import services
from ...choices import ObjectionState
from ...models import Objection
from ...queries import notices as queries
from . import forms
from .common import due_cell, due_tone, due_words, must, put, unkept

TONES = {ObjectionState.OPEN: "info", ObjectionState.UPHELD: "bad", ObjectionState.DISMISSED: "ok"}


def _tag(row: Objection) -> SafeString:
    state = ObjectionState(row.state)
    return format_html('<span class="tag tag-{}">{}</span>', TONES[state], state.label)


LIST = ListPage(
    key="objections",
    title="公示异议",
    unit="项",
    columns=[
        Column("notice", "公示", cell=lambda r: r.notice.title, head=True),
        Column("number", "办件", cell=lambda r: r.application.number, nowrap=True),
        Column("how", "方式", cell=lambda r: "要求保密" if r.in_confidence else "实名", nowrap=True),
        Column("at", "提出", kind="date", cell=lambda r: r.at, sort="at"),
        Column("due", "答复时限", cell=lambda r: due_cell(r.due_on) if r.state == "open" else r.due_on, kind="date",
               sort="due_on", nowrap=True),
        Column("state", "状态", cell=_tag, sort="state", nowrap=True),
    ],
    filters=[Filter("state", "状态", choices=ObjectionState.choices)],
    views=[View("all", "全部"), View("open", "待答复", {"state": "open"})],
    empty=Empty("没有公示异议", "本单位公示期间收到的异议会列在这里，没有答复以前不能办结。", "查看公示", "/notices/"),
    default_sort="due",
    order=("due_on", "pk"),
    row_url=lambda r: reverse("procedures:objection", args=[r.pk]),
    row_label=lambda r: r.notice.title,
)  # fmt: skip


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def objections(request: HttpRequest) -> HttpResponseBase:
    """Objections to what this office put up."""
    return LIST.respond(request, queries.objections(viewer_of(request)).order_by(), heading="公示异议")


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """What was said, by whom, and the answer to it."""
    viewer = viewer_of(request)
    row: Objection = must(queries.objections(viewer).filter(pk=pk).first())
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        upheld = form.cleaned_data["upheld"] == "1"
        try:
            services.answer_objection(viewer, objection_id=pk, upheld=upheld, answer=form.cleaned_data["answer"])
            messages.success(request, "已答复异议" + ("，申请不予通过" if upheld else "，公示继续"))
            return redirect("procedures:objections")
        except Refusal as refusal:
            put(form, refusal)
    context = {
        "objection": row, "notice": row.notice, "said": services.said(row), "who": services.who(row), "form": form,
        "tag": _tag(row), "due_said": due_words(row.due_on), "due_css": due_tone(row.due_on),
    }  # fmt: skip
    return unkept(render(request, "procedures/handling/objection.html", context, status=422 if form.errors else 200))
