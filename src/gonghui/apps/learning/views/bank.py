"""Staff: the bank of questions and the file it is filled from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.lists.xlsx import CONTENT_TYPE

from .. import forms, queries, services, sheets
from ..choices import QuestionKind
from .desk import own_organisation, refused_in

BANK = ListPage(
    key="learning-bank",
    title="题库",
    unit="题",
    columns=[
        Column("text", "题目", head=True, sort="text", cell=lambda r: r.text),
        Column("kind", "题型", nowrap=True, sort="kind", cell=lambda r: r.get_kind_display()),
        Column("subject", "科目", nowrap=True, sort="subject", cell=lambda r: r.subject),
        Column("organisation", "所属组织", kind="organisation", sort="organisation__name_key",
               cell=lambda r: r.organisation.name),
        Column("retired", "状态", nowrap=True, sort="retired", cell=lambda r: "已停用" if r.retired else "在用"),
    ],
    filters=[
        Filter("subject", "科目", choices=lambda viewer: [(one, one) for one in queries.subjects(viewer)]),
        Filter("kind", "题型", choices=QuestionKind.choices),
        Filter("retired", "已停用", "boolean"),
        Filter("q", "查找题目", "search", "text__icontains", placeholder="题目里的字"),
    ],
    views=[View("all", "全部题目"), View("used", "在用", {"retired": "0"})],
    empty=Empty("题库还是空的", "下载模板，把题目填进去，一次导入；也可以逐题添加。"),
    default_sort="",
    order=("-pk",),
    row_url=lambda r: reverse("learning:question", args=[r.pk]),
    row_label=lambda r: r.text,
    export=write_xlsx,
    template="learning/bank.html",
)  # fmt: skip


@desk("learning.view")
def bank(request: HttpRequest) -> Any:
    viewer = viewer_of(request)
    may = viewer.may("learning.manage")
    return BANK.respond(request, queries.questions(viewer), heading="题库", may_manage=may)


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    form = forms.QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        own = own_organisation(viewer)
        try:
            if own is None:
                raise Refusal("GH-LRN-001", "当前岗位没有所属组织", None, "换一个岗位再办理")
            services.keep_question(viewer, organisation=own, **form.facts)
            messages.success(request, "已加入题库")
            return redirect("learning:bank")
        except Refusal as refusal:
            refused_in(form, refusal)
    return render(
        request, "learning/question.html", {"form": form, "question": None}, status=422 if form.errors else 200
    )


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = queries.questions(viewer).filter(pk=pk).first()
    if row is None:
        raise Http404
    form = forms.QuestionForm(request.POST or None, initial=forms.question_initial(row))
    if request.method == "POST" and form.is_valid():
        try:
            services.change_question(viewer, question_id=pk, **form.facts)
            messages.success(request, "已修改，已发布的答题不受影响")
            return redirect("learning:bank")
        except Refusal as refusal:
            refused_in(form, refusal)
    return render(
        request, "learning/question.html", {"form": form, "question": row}, status=422 if form.errors else 200
    )


@desk("learning.manage")
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    if not queries.questions(viewer).filter(pk=pk).exists():
        raise Http404
    try:
        services.retire_question(viewer, question_id=pk)
        messages.success(request, "已停用这道题，以后出题不再用它")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("learning:bank")


@desk("learning.manage")
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    return attachment(sheets.template(), "题目模板.xlsx", CONTENT_TYPE)


@desk("learning.manage")
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Questions from a file: all of them or, where a row is wrong, none and the list of what to mend."""
    viewer, mistakes, right = viewer_of(request), [], 0
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, own = form.cleaned_data["file"], own_organisation(viewer)
        try:
            if own is None:
                raise Refusal("GH-LRN-001", "当前岗位没有所属组织", None, "换一个岗位再办理")
            if file.size > sheets.MOST_BYTES:
                raise Refusal("GH-LRN-050", f"文件有{file.size / 1e6:.1f}MB，最多2MB", "file", "分成几份上传")
            sheet = sheets.read(file.name, file.read())
            mistakes, right = sheet.mistakes, len(sheet.questions)
            if not mistakes:
                done = services.import_questions(viewer, organisation=own, rows=sheet.questions)
                again = f"，题库里已有的{done.repeated}题没有重复导入" if done.repeated else ""
                messages.success(request, f"已导入{done.added}题{again}")
                return redirect("learning:bank")
        except Refusal as refusal:
            refused_in(form, refusal)
    context = {"form": form, "mistakes": mistakes[:200], "wrong": len(mistakes), "right": right}
    return render(request, "learning/import.html", context, status=422 if form.errors or mistakes else 200)
