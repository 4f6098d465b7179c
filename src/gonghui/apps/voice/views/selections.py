"""Selections at the desk: candidates gathered from voices, the weighing, the decision, the published list."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import BulkAction, Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import tag

from ..choices import SelectionState
from ..forms import projects as forms
from ..models import Candidate, Selection
from ..queries import selections as queries
from ..queries.voices import excerpt
from ..queries.words import topic_choices, topic_titles
from ..services import selecting, weighing
from ..services.selecting import Proposal
from .project_parts import MANAGE, VIEW, Act, found, number, perform, sections, tell

MOST = 200
"""Voices that one candidate is made of at once."""
TONES = {
    SelectionState.DRAFT: "mute", SelectionState.GATHERING: "info", SelectionState.WEIGHING: "wait",
    SelectionState.DECIDING: "wait", SelectionState.PUBLISHED: "ok",
}  # fmt: skip

LIST = ListPage(
    key="voice-selections",
    title="年度遴选",
    unit="次",
    columns=[
        Column("title", "名称", head=True),
        Column("organisation", "组织单位", kind="organisation", cell=lambda row: row.organisation.name),
        Column("year", "年度", sort="year", nowrap=True, cell=lambda row: f"{row.year}年"),
        Column("method", "评选方式", cell=lambda row: row.get_method_display(), nowrap=True),
        Column("total", "候选", kind="number", sort="total"),
        Column("places", "列入件数", kind="number"),
        Column("voters", "参加评选", kind="number", sort="voters"),
        Column("state", "状态", cell=lambda row: tag(row.get_state_display(), TONES[row.state]), nowrap=True,
               export=lambda row: row.get_state_display()),
    ],
    filters=[
        Filter("q", "查找遴选", "search", "title__contains", placeholder="名称里的字"),
        Filter("state", "状态", choices=SelectionState.choices[1:]),
    ],
    views=[View("all", "全部"), View("open", "正在进行", {"state": "weighing"})],
    empty=Empty("还没有遴选", "开一次年度遴选：从职工意见里汇总候选，请职工评选，会议决定后公布。", "开始遴选",
                "/desk/deeds/lists/new"),
    default_sort="-year",
    order=("-pk",),
    row_url=lambda row: reverse("voice:selection", args=[row.pk]),
    row_label=lambda row: row.title,
    export=write_xlsx,
    template="voice/projects/list.html",
)  # fmt: skip


@desk(VIEW)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.selections(viewer), heading="年度遴选", tabs=sections("selections"),
        new=reverse("voice:selection-new") if viewer.may(MANAGE) else "", new_words="开始遴选",
    )  # fmt: skip


def _selection(request: HttpRequest, pk: int) -> Selection:
    return found(queries.selection(viewer_of(request), pk))


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    year = timezone.localdate().year
    initial = {"year": year, "places": 10, "picks": 3, "method": "support", "title": f"{year}年为职工办十件实事"}
    form = forms.SelectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            body = org_queries.organisation(viewer, viewer.organisation_id or 0)
            row = selecting.open_selection(viewer, organisation=body, **form.cleaned_data)
            messages.success(request, "已开始征集候选")
            return redirect("voice:selection", row.pk)
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "heading": "开始遴选", "words": "开始征集", "back": reverse("voice:selections")}
    return render(request, "voice/projects/form.html", context, status=422 if form.errors else 200)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = _selection(request, pk)
    names = ("title", "year", "places", "method", "picks", "budget", "intro")
    form = forms.SelectionForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in names if name != "year"}
        try:
            selecting.change_selection(viewer_of(request), selection_id=pk, **data)
            messages.success(request, "已保存")
            return redirect("voice:selection", pk)
        except Refusal as refusal:
            tell(form, refusal)
    back = reverse("voice:selection", args=[pk])
    context = {"form": form, "heading": f"修改：{row.title}", "words": "保存修改", "back": back}
    return render(request, "voice/projects/form.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, row: Selection, status: int = 200, **more: Any) -> HttpResponse:
    viewer, today = viewer_of(request), timezone.localdate()
    own = viewer.organisation_id == row.organisation_id and viewer.may(MANAGE)
    over = row.state == SelectionState.WEIGHING and row.closes_on is not None and row.closes_on < today
    context = {
        "selection": row,
        "tone": TONES[SelectionState(row.state)],
        "method": queries.method_of(row),
        "candidates": queries.candidates(row),
        "path": [*org_queries.ancestors(row.organisation), row.organisation],
        "may": {
            "gather": own and row.state == SelectionState.GATHERING,
            "count": own and over,
            "decide": own and row.state == SelectionState.DECIDING,
            "publish": own and row.state == SelectionState.DECIDING and row.decided_on is not None,
        },
        "weighing_form": forms.WeighingForm(auto_id="weigh_%s", initial={"opens_on": today}),
        "publish_form": forms.PublishForm(auto_id="publish_%s", initial={"due_on": today.replace(month=12, day=31)}),
        **more,
    }
    return render(request, "voice/projects/selection.html", context, status=status)


@desk(VIEW)
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _selection(request, pk))


@desk(MANAGE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the weighing, count it, publish, discard: the service says who may and when."""
    viewer, row, name = viewer_of(request), _selection(request, pk), request.POST.get("act", "")
    if name == "discard":
        return _discarded(request, row)

    def opened(data: dict[str, Any]) -> str:
        selecting.open_weighing(viewer, selection_id=pk, **data)
        return "评选已安排，职工在手机上参加"

    def counted(data: dict[str, Any]) -> str:
        return f"已计票，{weighing.close_weighing(viewer, selection_id=pk).voters}人参加评选"

    def published(data: dict[str, Any]) -> str:
        return (
            f"已公布，立项{len(selecting.publish(viewer, selection_id=pk, due_on=data['due_on']))}个，提出人已收到通知"
        )

    acts = {
        "open": Act(forms.WeighingForm(request.POST, auto_id="weigh_%s"), opened),
        "count": Act(None, counted),
        "publish": Act(forms.PublishForm(request.POST, auto_id="publish_%s"), published),
    }
    slot = {"open": "weighing_form", "publish": "publish_form"}.get(name, "")
    return perform(
        request, acts.get(name), "voice:selection", pk, lambda form: _page(request, row, 422, **{slot: form})
    )


def _discarded(request: HttpRequest, row: Selection) -> HttpResponse:
    try:
        selecting.discard_selection(viewer_of(request), selection_id=row.pk)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("voice:selection", row.pk)
    messages.success(request, f"已删除：{row.title}")
    return redirect("voice:selections")


# -- candidates --------------------------------------------------------------------------------


def _proposal(data: dict[str, Any]) -> Proposal:
    return Proposal(
        data["title"], data["goal"], data["beneficiaries"], reach=data["reach"] or 0, cost=data["cost"] or 0
    )


def _ids(request: HttpRequest) -> list[int]:
    given = request.POST.getlist("ids") or request.GET.getlist("ids")
    return [key for key in map(number, given[:MOST]) if key]


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def candidate_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A candidate, written freely or of the voices that were ticked."""
    viewer, row, ids = viewer_of(request), _selection(request, pk), _ids(request)
    form = forms.CandidateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = selecting.add_candidate(
                viewer, selection_id=pk, proposal=_proposal(form.cleaned_data), voice_ids=ids
            )  # fmt: skip
            messages.success(
                request, f"已列为{made.number}号候选，来自{made.voices}条意见" if ids else f"已列为{made.number}号候选"
            )
            return redirect("voice:selection", pk)
        except Refusal as refusal:
            tell(form, refusal)
    voices = [{"row": one, "said": excerpt(one)} for one in queries.open_voices(viewer, row).filter(pk__in=ids)]
    context = {"form": form, "selection": row, "voices": voices, "ids": ids, "heading": "新候选"}
    return render(request, "voice/projects/candidate_form.html", context, status=422 if form.errors else 200)


def _candidate(request: HttpRequest, pk: int) -> Candidate:
    return found(queries.candidate(viewer_of(request), pk))


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """A candidate's words and the voices it was made of; POST keeps the words, lets a voice go, or removes it."""
    viewer, row = viewer_of(request), _candidate(request, pk)
    selection, name = row.selection, request.POST.get("act", "save")
    names = ("title", "goal", "beneficiaries", "reach", "cost")
    form = forms.CandidateForm(
        request.POST if request.method == "POST" and name == "save" else None,
        initial={one: getattr(row, one) for one in names},
    )
    removal = forms.ReasonForm(request.POST if name == "remove" else None, label="移除的理由", auto_id="remove_%s")
    if request.method == "POST":
        answer = _candidate_act(request, viewer, row, name, form, removal)
        if answer is not None:
            return answer
    context = {
        "form": form, "removal": removal, "selection": selection, "candidate": row,
        "voices": queries.gathered(viewer, row), "heading": f"{row.number}号候选：{row.title}",
        "open": selection.state == SelectionState.GATHERING and selection.organisation_id == viewer.organisation_id,
    }  # fmt: skip
    wrong = bool(form.errors or removal.errors)
    return render(request, "voice/projects/candidate_form.html", context, status=422 if wrong else 200)


def _candidate_act(
    request: HttpRequest, viewer: Viewer, row: Candidate, name: str, form: Form, removal: Form
) -> HttpResponse | None:
    used = removal if name == "remove" else form
    try:
        if name == "let_go":
            selecting.let_go(viewer, candidate_id=row.pk, voice_id=number(request.POST.get("voice", "")))
            messages.success(request, "已移出这个候选")
            return redirect("voice:candidate", row.pk)
        if not used.is_valid():
            return None
        if name == "remove":
            selecting.remove_candidate(viewer, candidate_id=row.pk, reason=used.cleaned_data["reason"])
            messages.success(request, f"已移除候选：{row.title}")
        else:
            selecting.change_candidate(viewer, candidate_id=row.pk, proposal=_proposal(used.cleaned_data))
            messages.success(request, "已保存")
        return redirect("voice:selection", row.selection_id)
    except Refusal as refusal:
        if name == "let_go":
            messages.error(request, refusal.sentence)
            return redirect("voice:candidate", row.pk)
        tell(used, refusal)
    return None


VOICES = ListPage(
    key="voice-gather",
    title="可以列为候选的意见",
    unit="条",
    columns=[
        Column("number", "编号", nowrap=True),
        Column("said", "内容", cell=excerpt, head=True),
        Column("topic", "主题", cell=lambda row: row.topic_title, nowrap=True),
        Column("organisation", "单位", kind="organisation", cell=lambda row: row.organisation_name),
        Column("same", "同类", kind="number", sort="same", cell=lambda row: row.same + 1),
        Column("backers", "附议", kind="number", sort="backers"),
        Column("received_on", "提出日期", kind="date", sort="received_on"),
        Column("group", "相近的一组", default=False,
               cell=lambda row: format_html('<a href="?group={}">{}</a>', row.group, "看这一组") if row.group else ""),
    ],
    filters=[
        Filter("topic", "主题", choices=topic_choices),
        Filter("group", "相近的一组", "search", lookup=lambda source, value: source.filter(group=number(value) or -1),
               main=False),
        Filter("received_on", "提出日期", "date", main=False),
    ],
    empty=Empty("没有可以列为候选的意见", "没有办结的、没有列入其他候选的意见会出现在这里；也可以直接写一个候选。"),
    default_sort="-same",
    order=("-backers", "pk"),
    row_label=lambda row: row.number,
    template="voice/projects/gather.html",
)  # fmt: skip


def _voices_page(row: Selection) -> ListPage:
    """The list of open voices, with what may be done with those ticked."""
    url = reverse("voice:gather", args=[row.pk])
    acts = [BulkAction("new", "新建候选", url, permission=MANAGE)]
    if choices := queries.candidate_choices(row):
        acts.append(
            BulkAction("join", "列入已有候选", url, form=forms.joining(choices), permission=MANAGE,
                       question="把{count}条意见列入候选")
        )  # fmt: skip
    return replace(VOICES, bulk=acts)


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def gather(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Open voices by topic, heat and likeness; those ticked become a candidate or join one."""
    viewer, row = viewer_of(request), _selection(request, pk)
    titles = topic_titles(row.path)
    page, source = _voices_page(row), queries.open_voices(viewer, row).annotate(topic_title=titles)
    if request.method == "POST" and request.POST.get("bulk") in ("new", "join"):
        return _gathered(request, viewer, row, page, source)
    return page.respond(
        request, source, heading="从意见里汇总候选", selection=row, groups=queries.groups(viewer, row),
    )  # fmt: skip


def _gathered(request: HttpRequest, viewer: Viewer, row: Selection, page: ListPage, source: Any) -> HttpResponseBase:
    back = reverse("voice:gather", args=[row.pk])
    try:
        picked = page.picked(request, source)
        ids = list(picked.rows.values_list("pk", flat=True)[:MOST])
        if request.POST["bulk"] == "new":
            query = "&".join(f"ids={key}" for key in ids)
            return redirect(f"{reverse('voice:candidate-new', args=[row.pk])}?{query}")
        question = page.ask(request, "join", picked, back=back)
        if question is not None:
            return question
        made = selecting.gather(viewer, candidate_id=number(picked.data["candidate"]), voice_ids=ids)
        messages.success(request, f"已列入{made.number}号候选，现在来自{made.voices}条意见")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return redirect(back)


# -- the decision --------------------------------------------------------------------------------


@desk(MANAGE)
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """What the committee decided of every candidate, with the reasons that will be published."""
    viewer, row = viewer_of(request), _selection(request, pk)
    rows = queries.candidates(row)
    posted, errors = request.method == "POST", {}
    if posted:
        verdicts = {
            one["row"].pk: (f"chosen-{one['row'].pk}" in request.POST, request.POST.get(f"reason-{one['row'].pk}", ""))
            for one in rows
        }
        try:
            selecting.decide(
                viewer, selection_id=pk, decided_by=request.POST.get("decided_by", ""), verdicts=verdicts
            )  # fmt: skip
            messages.success(request, "已登记决定，核对后公布")
            return redirect("voice:selection", pk)
        except Refusal as refusal:
            errors = {refusal.field or "": refusal.sentence}
    lines = [_line(request, row, one, errors) for one in rows]
    context = {
        "selection": row, "lines": lines, "errors": errors, "error": next(iter(errors.values()), ""),
        "decided_by": request.POST.get("decided_by", "") if posted else row.decided_by,
    }  # fmt: skip
    return render(request, "voice/projects/decide.html", context, status=422 if errors else 200)


def _line(request: HttpRequest, row: Selection, one: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
    """A candidate with what was decided, was typed, or is near at hand: what the weighing listed."""
    candidate, posted = one["row"], request.method == "POST"
    near = one["chosen"] or (row.decided_on is None and one["within"])
    return {
        **one,
        "listed": f"chosen-{candidate.pk}" in request.POST if posted else near,
        "reason": request.POST.get(f"reason-{candidate.pk}", "") if posted else candidate.reason,
        "error": errors.get(f"reason-{candidate.pk}", ""),
    }
