"""One task: its words and owner, milestones with their proof, what was handed down, what may be done now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import forms, services
from ..choices import LIVE_ITEMS, ItemState, PlanState
from ..models import ItemStep, PlanItem
from ..queries import tasks as queries
from ..rules import standing
from ..services.items import Wanted
from ..services.plans import ANSWER, MANAGE
from . import acted, found, post_choices, tell

OFFERED = 200
"""Organisations that one form offers to hand a task down to; more are found by their name."""


def _item(request: HttpRequest, pk: int) -> PlanItem:
    return found(queries.item(viewer_of(request), pk))


def _form(request: HttpRequest, organisation: Any, *, running: bool, **kwargs: Any) -> forms.ItemForm:
    posts = post_choices(queries.owner_posts(viewer_of(request), organisation))
    figures = queries.figures_for(organisation.path)
    return forms.ItemForm(request.POST or None, posts=posts, figures=figures, running=running, **kwargs)


def _wanted(viewer: Viewer, data: dict[str, Any]) -> Wanted:
    return Wanted(
        title=data["title"], goal=data["goal"], post=queries.post_of(viewer, data["post"]), start_on=data["start_on"],
        due_on=data["due_on"], key=data["key"], figure=data["figure"],
    )  # fmt: skip


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """One more task of a plan."""
    viewer = viewer_of(request)
    plan = found(queries.plan(viewer, pk))
    form = _form(request, plan.organisation, running=plan.state == PlanState.PUBLISHED)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            item = services.add_item(viewer, plan_id=pk, wanted=_wanted(viewer, data), reason=data.get("reason", ""))
            messages.success(request, f"已添加第{item.number}项")
            return redirect("reform:item-new", pk) if "again" in request.POST else redirect("reform:plan", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {
        "form": form,
        "heading": f"{plan.title}：添加工作",
        "back": reverse("reform:plan", args=[pk]),
        "new": True,
    }
    return render(request, "reform/item_form.html", context, status=422 if form.errors else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words, owner or day; in a plan that is in force with a reason."""
    item = _item(request, pk)
    initial = {name: getattr(item, name) for name in ("title", "goal", "start_on", "due_on", "figure", "key")}
    initial["post"] = str(item.post_id or "")
    form = _form(request, item.organisation, running=item.state == ItemState.RUNNING, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_item(
                viewer_of(request), item_id=pk, wanted=_wanted(viewer_of(request), data), reason=data.get("reason", "")
            )  # fmt: skip
            messages.success(request, "已调整")
            return redirect("reform:item", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": f"调整：{item.title}", "back": reverse("reform:item", args=[pk])}
    return render(request, "reform/item_form.html", context, status=422 if form.errors else 200)


def _steps(item: PlanItem, soon: int) -> list[dict[str, Any]]:
    today = timezone.localdate()
    rows = item.steps.select_related("file").order_by("due_on", "number")
    return [{"row": row, "standing": standing(row.due_on, row.done_on, today, soon)} for row in rows]


def _may(request: HttpRequest, item: PlanItem) -> dict[str, bool]:
    """What the viewer may do with a task as it stands now."""
    viewer = viewer_of(request)
    own = viewer.organisation_id == item.organisation_id
    parent = queries.parent_of(viewer, item) if item.parent_id else None
    above = parent is not None and parent.organisation_id == viewer.organisation_id and viewer.may(MANAGE)
    running, live = item.state == ItemState.RUNNING, item.state in LIVE_ITEMS
    kept = item.plan is not None and item.plan.state == PlanState.CLOSED
    changeable = not kept and item.state in (ItemState.PLANNED, ItemState.RUNNING)
    return {
        "edit": own and viewer.may(MANAGE) and changeable,
        "steps": own and viewer.may(ANSWER) and changeable,
        "work": own and viewer.may(ANSWER) and running,
        "down": own and viewer.may(MANAGE) and running and not kept,
        "accept": own and viewer.may(ANSWER) and item.state == ItemState.PROPOSED and item.ended_on is None,
        "settle": above and not kept and item.state in (ItemState.ASKED, ItemState.PROPOSED, ItemState.RUNNING),
        "confirm": above and item.state == ItemState.SUBMITTED,
        "urge": viewer.may(MANAGE) and live and not own,
        "withdraw": viewer.may(MANAGE) and not kept and (live or item.state == ItemState.PLANNED)
        and (above if item.parent_id else own),
    }  # fmt: skip


def _page(request: HttpRequest, item: PlanItem, status: int = 200, **more: Any) -> HttpResponse:
    viewer, today = viewer_of(request), timezone.localdate()
    soon, may = queries.soon_days(viewer, today), _may(request, item)
    posts = post_choices(queries.owner_posts(viewer, item.organisation)) if may["accept"] else []
    context = {
        "item": item,
        "line": queries.line_of(item, today, soon),
        "steps": _steps(item, soon),
        "children": queries.lines(viewer, queries.children(viewer, item)[: queries.SHOWN]),
        "below": queries.below_by_column(viewer, item, today, soon),
        "history": queries.history(viewer, item),
        "reminders": list(queries.reminders(viewer, item)[:20]),
        "target": queries.target_of(viewer, item),
        "figure_title": queries.figure_title(item),
        "may": may,
        "done_form": forms.StepDoneForm(initial={"on": today}, auto_id="done_%s"),
        "accept_form": forms.AcceptForm(posts=posts, auto_id="accept_%s"),
        "ask_form": forms.OtherDayForm(auto_id="ask_%s"),
        "settle_form": forms.DueForm(initial={"due_on": item.asked_due_on or item.due_on}, auto_id="settle_%s"),
        "report_form": forms.WordsForm(label="完成情况", auto_id="report_%s"),
        "explain_form": forms.WordsForm(label="延期的原因和措施", auto_id="explain_%s", initial={"text": item.delay}),
        "back_form": forms.WordsForm(label="退回的原因", rows=2, auto_id="back_%s"),
        "urge_form": forms.WordsForm(label="催办的内容", rows=2, auto_id="urge_%s"),
        "withdraw_form": forms.WordsForm(label="撤销的原因", rows=2, auto_id="withdraw_%s"),
        "path": [*org_queries.ancestors(item.organisation), item.organisation],
        **more,
    }
    return render(request, "reform/item.html", context, status=status)


@desk("reform.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _item(request, pk))


@desk("reform.view")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept, ask, settle, report, confirm, send back, explain, urge, withdraw: the service says who may."""
    viewer, item, name = viewer_of(request), _item(request, pk), request.POST.get("act", "")
    made = _acts(request, item).get(name)
    if made is None:
        raise Http404
    slot, form, run = made
    if form is None or form.is_valid():
        data = form.cleaned_data if form is not None else {}
        try:
            messages.success(request, run(viewer, data))
            return redirect("reform:item", pk)
        except Refusal as refusal:
            if form is None:
                messages.error(request, refusal.sentence)
                return redirect("reform:item", pk)
            field = refusal.field if refusal.field in form.fields else "text" if "text" in form.fields else None
            form.add_error(field, refusal.sentence)
    return _page(request, _item(request, pk), 422, **{slot: form})


def _acts(
    request: HttpRequest, item: PlanItem
) -> dict[str, tuple[str, django_forms.Form | None, Callable[[Any, dict[str, Any]], str]]]:
    """Act → (where its form stands on the page, the form as it was sent, what it does)."""
    pk, sent = item.pk, request.POST
    posts = post_choices(queries.owner_posts(viewer_of(request), item.organisation))

    def words(name: str, label: str) -> django_forms.Form:
        return forms.WordsForm(sent, label=label, auto_id=f"{name}_%s")

    def told(done: Any, sentence: str) -> str:
        return sentence

    return {
        "accept": ("accept_form", forms.AcceptForm(sent, posts=posts, auto_id="accept_%s"), lambda viewer, data: told(
            services.accept(viewer, item_id=pk, post=queries.post_of(viewer, data["post"])), "已确认，任务开始执行")),
        "ask": ("ask_form", forms.OtherDayForm(sent, auto_id="ask_%s"), lambda viewer, data: told(
            services.ask_for_another_day(viewer, item_id=pk, due_on=data["due_on"], reason=data["reason"]),
            "已提出调整，等上级答复")),
        "settle": ("settle_form", forms.DueForm(sent, auto_id="settle_%s"), lambda viewer, data: told(
            services.settle(viewer, item_id=pk, due_on=data["due_on"], reason=data["reason"]), "已定期限")),
        "report": ("report_form", words("report", "完成情况"), lambda viewer, data: told(
            services.report(viewer, item_id=pk, result=data["text"]), "已报送完成")),
        "explain": ("explain_form", words("explain", "延期的原因和措施"), lambda viewer, data: told(
            services.explain(viewer, item_id=pk, text=data["text"]), "已说明")),
        "confirm": ("confirm_form", None, lambda viewer, data: told(
            services.confirm(viewer, item_id=pk), "已验收")),
        "send_back": ("back_form", words("back", "退回的原因"), lambda viewer, data: told(
            services.send_back(viewer, item_id=pk, reason=data["text"]), "已退回")),
        "urge": ("urge_form", words("urge", "催办的内容"), lambda viewer, data: told(
            services.urge(viewer, item_id=pk, words=data["text"]), "已催办")),
        "withdraw": ("withdraw_form", words("withdraw", "撤销的原因"), lambda viewer, data: told(
            services.withdraw_item(viewer, item_id=pk, reason=data["text"]), "已撤销，分解下去的一起撤销")),
    }  # fmt: skip


@desk("reform.answer")
@require_http_methods(["GET", "POST"])
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    """Milestones that are still to come; those that are done stay."""
    item = _item(request, pk)
    rows = [{"title": row.title, "due_on": row.due_on} for row in item.steps.filter(done_on__isnull=True)]
    posted = request.method == "POST"
    formset = forms.StepFormSet(request.POST or None, initial=None if posted else rows, prefix="steps")
    error = ""
    if posted and formset.is_valid():
        given = [(one["title"], one["due_on"]) for one in formset.cleaned_data if one.get("title")]
        try:
            services.set_steps(viewer_of(request), item_id=pk, steps=given)
            messages.success(request, f"已设定{len(given)}个节点")
            return redirect("reform:item", pk)
        except Refusal as refusal:
            error = refusal.sentence
    wrong = bool(error) or (posted and not formset.is_valid())
    context = {"formset": formset, "item": item, "error": error}
    return render(request, "reform/steps.html", context, status=422 if wrong else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def down(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a task down to organisations directly below."""
    viewer, item = viewer_of(request), _item(request, pk)
    left = queries.not_given(viewer, item)
    total, asked = left.count(), request.GET.get("q", "").strip()[:40]
    if asked:
        left = left.filter(name__contains=asked)
    chosen = [int(one) for one in request.POST.getlist("bodies") if one.isdecimal() and len(one) < 12]
    matching = left.count()
    bodies = {str(one.pk): one for one in (*left.filter(pk__in=chosen), *left[:OFFERED])}
    choices = [(key, one.name) for key, one in bodies.items()]
    form = forms.HandDownForm(request.POST or None, bodies=choices, initial={"due_on": item.due_on, "goal": item.goal})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.hand_down(
                viewer, item_id=pk, bodies=[bodies[key] for key in data["bodies"]], due_on=data["due_on"],
                goal=data["goal"],
            )  # fmt: skip
            messages.success(request, f"已分解到{len(made)}家，等他们确认")
            return redirect("reform:item", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {
        "form": form, "item": item, "given": queries.children(viewer, item).exists(), "left": total, "asked": asked,
        "unshown": max(0, matching - OFFERED), "found": bool(choices),
    }  # fmt: skip
    return render(request, "reform/down.html", context, status=422 if form.errors else 200)


def _step(request: HttpRequest, pk: int) -> ItemStep:
    return found(queries.step(viewer_of(request), pk))


@desk("reform.answer")
@require_POST
def step_done(request: HttpRequest, pk: int) -> HttpResponse:
    """A milestone is reached, with the paper that proves it."""
    step = _step(request, pk)
    form = forms.StepDoneForm(request.POST, request.FILES, auto_id="done_%s")
    if form.is_valid():
        data = form.cleaned_data
        upload = data["file"]
        try:
            services.finish_step(
                viewer_of(request), step_id=pk, words=data["note"], on=data["on"], upload=upload,
                file_name=upload.name if upload else "", content_type=upload.content_type if upload else "",
            )  # fmt: skip
            messages.success(request, f"已完成节点：{step.title}")
            return redirect("reform:item", step.item_id)
        except Refusal as refusal:
            tell(form, refusal)
    return _page(request, _item(request, step.item_id), 422, done_form=form, doing=step.pk)


@desk("reform.answer")
@require_POST
def step_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    step = _step(request, pk)

    def run() -> str:
        services.reopen_step(viewer_of(request), step_id=pk)
        return f"节点恢复为没有完成：{step.title}"

    return acted(request, run, "reform:item", step.item_id)


@desk("reform.view")
@require_GET
def step_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The paper of a milestone."""
    step = _step(request, pk)
    if step.file is None:
        raise Http404
    try:
        content = open_file(viewer_of(request), step.file)
    except Refusal as refusal:
        raise Http404 from refusal
    return FileResponse(content, as_attachment=True, filename=step.file.name, content_type=step.file.content_type)
