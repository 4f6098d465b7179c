"""Projects at the desk: the list, one with everything, what may be done with it now."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from ..choices import EvaluationState, ProjectState
from ..forms import projects as forms
from ..models import Project
from ..queries import projects as queries
from ..rules import progress
from ..services import projects as services
from ..services.projects import LIVE, WORKING, Wanted
from .project_acts import Acts, slots
from .project_parts import MANAGE, VIEW, found, perform, post_choices, sections, tell

OFFERED = 200


def _state(row: Project) -> SafeString:
    """By its state; one that should be ready says that it is not."""
    if row.state in LIVE and row.due_on < timezone.localdate():
        return tag(f"已逾期{(timezone.localdate() - row.due_on).days}天", "bad")
    return tag(row.get_state_display(), progress.TONES[ProjectState(row.state)])


def _years(viewer: Viewer) -> list[tuple[str, str]]:
    return [(str(year), f"{year}年") for year in queries.years(viewer)]


LIST = ListPage(
    key="voice-projects",
    title="实事项目",
    unit="个",
    columns=[
        Column("title", "项目", head=True),
        Column("organisation", "实施单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("year", "年度", sort="year", cell=lambda row: f"{row.year}年", nowrap=True),
        Column("owner_title", "责任岗位"),
        Column("owner_name", "责任人", personal=True, default=False),
        Column("share", "进度", kind="number", unit="%", sort="share"),
        Column("budget", "预算", kind="money", unit="元", sort="budget", cell=lambda row: row.budget / 100),
        Column("spent", "已使用", kind="money", unit="元", default=False, cell=lambda row: row.spent / 100),
        Column("due_on", "完成期限", kind="date", sort="due_on"),
        Column("score", "满意度", sort="score", nowrap=True, align="end"),
        Column("state", "状态", cell=_state, nowrap=True, export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找项目", "search", "title__contains", placeholder="名称里的字"),
        Filter("year", "年度", choices=_years),
        Filter("state", "状态", choices=ProjectState.choices),
        Filter("late", "逾期", "boolean", lookup=lambda source, value:
               queries.late(source, timezone.localdate()) if value else
               source.exclude(pk__in=queries.late(source, timezone.localdate()).values("pk"))),
        Filter("owner", "责任岗位", "search", "owner_title__contains", placeholder="岗位名称里的字", main=False),
        Filter("part", "下级承担", "boolean", lookup=lambda source, value: source.filter(parent__isnull=not value),
               main=False),
        Filter("listed", "列入年度清单", "boolean", main=False),
        Filter("due_on", "完成期限", "date", main=False),
    ],
    views=[
        View("all", "全部项目"),
        View("listed", "年度清单", {"listed": "1"}),
        View("late", "已逾期", {"late": "1"}),
        View("reopened", "重新整改", {"state": "reopened"}),
    ],
    empty=Empty("还没有实事项目", "年度遴选公布以后，列入清单的在这里实施；平时的实事也可以单独立项。", "新项目",
                "/desk/deeds/new"),
    default_sort="due_on",
    order=("number", "pk"),
    row_url=lambda row: reverse("voice:project", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="voice/projects/list.html",
)  # fmt: skip


@desk(VIEW)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.listed(viewer), heading="实事项目", tabs=sections("projects"),
        new=reverse("voice:project-new") if viewer.may(MANAGE) else "", new_words="新项目",
    )  # fmt: skip


def _project(request: HttpRequest, pk: int) -> Project:
    return found(queries.project(viewer_of(request), pk))


def _wanted(viewer: Viewer, data: dict[str, Any]) -> Wanted:
    return Wanted(
        title=data["title"], goal=data["goal"], beneficiaries=data["beneficiaries"], due_on=data["due_on"],
        reach=data["reach"] or 0, budget=data["budget"] or 0, post=queries.post_of(viewer, data["post"]),
        partners=data["partners"], place=data["place"], latitude=data["latitude"], longitude=data["longitude"],
    )  # fmt: skip


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    body = org_queries.organisation(viewer, viewer.organisation_id or 0)
    posts = post_choices(queries.owner_posts(viewer, body))
    form = forms.ProjectForm(request.POST or None, posts=posts, reasoned=False)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.add_project(
                viewer, organisation=body, year=data["due_on"].year, wanted=_wanted(viewer, data)
            )  # fmt: skip
            messages.success(request, "已立项，接着设节点和指标")
            return redirect("voice:project", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": "新项目", "words": "立项", "back": reverse("voice:projects")}
    return render(request, "voice/projects/project_form.html", context, status=422 if form.errors else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row = viewer_of(request), _project(request, pk)
    names = (
        "title", "goal", "beneficiaries", "reach", "budget", "due_on", "partners", "place", "latitude", "longitude",
    )  # fmt: skip
    form = forms.ProjectForm(
        request.POST or None, posts=post_choices(queries.owner_posts(viewer, row.organisation)),
        reasoned=row.listed or row.shown or row.state != ProjectState.PLANNED,
        initial={name: getattr(row, name) for name in names} | {"post": str(row.post_id or "")},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.change_project(
                viewer, project_id=pk, wanted=_wanted(viewer, data), reason=data.get("reason", "")
            )  # fmt: skip
            messages.success(request, "已保存")
            return redirect("voice:project", pk)
        except Refusal as refusal:
            tell(form, refusal)
    back = reverse("voice:project", args=[pk])
    context = {"form": form, "heading": f"调整：{row.title}", "words": "保存调整", "back": back}
    return render(request, "voice/projects/project_form.html", context, status=422 if form.errors else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def milestones(request: HttpRequest, pk: int) -> HttpResponse:
    """What is still to be done; what is done stays."""
    row, posted = _project(request, pk), request.method == "POST"
    open_rows = row.milestones.filter(done_on__isnull=True).order_by("due_on", "number")
    rows = [{"title": one.title, "due_on": one.due_on, "weight": one.weight} for one in open_rows]
    formset = forms.MilestoneFormSet(request.POST or None, initial=None if posted else rows, prefix="steps")
    reasoned = row.state == ProjectState.RUNNING
    reason = forms.ReasonForm(request.POST or None, label="调整节点的理由", required=reasoned)
    error = ""
    if posted and formset.is_valid() and reason.is_valid():
        given = [(one["title"], one["due_on"], one["weight"] or 1) for one in formset.cleaned_data if one.get("title")]
        try:
            services.set_milestones(
                viewer_of(request), project_id=pk, rows=given, reason=reason.cleaned_data["reason"]
            )  # fmt: skip
            messages.success(request, f"已设定{len(given)}个节点")
            return redirect("voice:project", pk)
        except Refusal as refusal:
            error = refusal.sentence
    wrong = bool(error) or (posted and not (formset.is_valid() and reason.is_valid()))
    context = {"formset": formset, "project": row, "error": error, "reason": reason if reasoned else None}
    return render(request, "voice/projects/milestones.html", context, status=422 if wrong else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def down(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a part of it to counties and firms below."""
    viewer, row = viewer_of(request), _project(request, pk)
    asked = request.GET.get("q", "").strip()[:40]
    left = queries.bodies_below(viewer, row, asked)
    chosen = [int(one) for one in request.POST.getlist("bodies") if one.isdecimal() and len(one) < 12]
    bodies = {str(one.pk): one for one in (*left.filter(pk__in=chosen), *left[:OFFERED])}
    choices = [(key, one.name) for key, one in bodies.items()]
    form = forms.HandDownForm(request.POST or None, bodies=choices, initial={"due_on": row.due_on, "goal": row.goal})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.hand_down(
                viewer, project_id=pk, bodies=[bodies[key] for key in data["bodies"]], due_on=data["due_on"],
                goal=data["goal"],
            )  # fmt: skip
            messages.success(request, f"已下达到{len(made)}家")
            return redirect("voice:project", pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "project": row, "asked": asked, "found": bool(choices)}
    return render(request, "voice/projects/down.html", context, status=422 if form.errors else 200)


def _may(viewer: Viewer, row: Project, evaluation: Any) -> dict[str, bool]:
    own = viewer.organisation_id == row.organisation_id and viewer.may(MANAGE)
    over = evaluation is not None and evaluation.closes_on < timezone.localdate()
    full = evaluation is not None and evaluation.is_full
    planned, working = row.state == ProjectState.PLANNED, row.state in WORKING
    above = viewer.may(MANAGE) and viewer.organisation_id == row.organisation.parent_id
    return {
        "edit": own and row.state in LIVE, "milestones": own and row.state in LIVE, "define": own and planned,
        "start": own and planned, "work": own and working, "money": own and (working or row.state == ProjectState.DONE),
        "down": own and row.state in LIVE, "stop": own and row.state in LIVE, "show": own and not row.listed,
        "evaluate": own and row.state == ProjectState.DONE and evaluation is None,
        "close": own and evaluation is not None and (over or full),
        "lessons": own and row.rounds > 0 and evaluation is None,
        "supervise": above and row.state == ProjectState.REOPENED,
    }  # fmt: skip


def _page(request: HttpRequest, row: Project, status: int = 200, **more: Any) -> HttpResponse:
    viewer = viewer_of(request)
    soon = queries.soon_days(row.path)
    steps, evaluations = queries.milestones(row, soon), queries.evaluations(row)
    current = next((one for one in evaluations if one.state == EvaluationState.OPEN), None)
    if current is not None:
        current.is_full = queries.asked(current)["answered"] >= current.invited  # type: ignore[attr-defined]
    standing = queries.standing_of(row, soon)
    late = [one for one in steps if one.standing.tone == "bad"]
    context = {
        "project": row, "standing": standing, "steps": steps, "share": queries.share(steps),
        "used": progress.used(row.spent, row.budget), "tone": progress.TONES[ProjectState(row.state)],
        "late": bool(late) or (standing is not None and standing.tone == "bad" and row.done_on is None),
        "notes": queries.notes(row), "outcomes": queries.outcomes(row), "risks": queries.risks(row),
        "children": queries.children(viewer, row), "lineage": queries.lineage(row), "current": current,
        "evaluations": [
            {"row": one, "asked": queries.asked(one), "said": queries.said(one, queries.least(one.path))}
            for one in evaluations
        ],
        "may": _may(viewer, row, current), "path": [*org_queries.ancestors(row.organisation), row.organisation],
        **slots(row), **more,
    }  # fmt: skip
    return render(request, "voice/projects/project.html", context, status=status)


@desk(VIEW)
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _project(request, pk))


@desk(MANAGE)
@require_http_methods(["POST"])
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Whatever the page of a project offers: the service says who may and when."""
    row, name = _project(request, pk), request.POST.get("act", "")
    acts = Acts(request, row)

    def again(form: django_forms.Form) -> HttpResponse:
        return _page(request, row, 422, **{f"{name}_form": form, "doing": request.POST.get("row", "")})

    return perform(request, acts.of(name), "voice:project", pk, again)


@desk(VIEW)
@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture of a project in range."""
    viewer = viewer_of(request)
    row = found(queries.file(viewer, pk))
    try:
        content = open_file(viewer, row.file)
    except Refusal as refusal:
        raise Http404 from refusal
    return FileResponse(content, content_type="image/jpeg")
