"""The desk: the list, one voice with what can be done now, registering, the form to import, the heat."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import here, viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.lists.xlsx import CONTENT_TYPE

from .. import paper, services
from ..choices import OPEN, Channel, Kind, Nature, State, Visibility
from ..forms import voices as forms
from ..models import Voice
from ..queries import heat as heats
from ..queries import voices as queries
from ..queries.words import topic_choices, topics
from .common import found, sections, state_tag, tell


def _count(key: str) -> Any:
    return lambda viewer: queries.counts(viewer)[key]


def _mine(source: Any, value: str) -> Any:
    today = timezone.localdate()
    return {
        "late": source.filter(state__in=OPEN).filter(due_on__lt=today) | source.filter(state__in=OPEN, late=True),
        "promised": source.filter(promised_on__isnull=False, kept_on__isnull=True),
        "unread": source.filter(state=State.ANSWERED, told_on__isnull=True),
        "reopened": source.filter(reopened_on__isnull=False),
    }[value]


LIST = ListPage(
    key="voices",
    title="职工意见",
    unit="条",
    columns=[
        Column("said", "内容", head=True, cell=queries.excerpt, export=lambda r: ""),
        Column("number", "编号", nowrap=True),
        Column("organisation", "反映的单位", kind="organisation", cell=lambda r: r.organisation_name,
               sort="organisation_name"),
        Column("topic", "主题", cell=lambda r: r.topic_title, sort="topic"),
        Column("kind", "类别", cell=lambda r: r.get_kind_display() or "—", sort="kind", nowrap=True,
               default=False),
        Column("nature", "性质", cell=lambda r: r.get_nature_display(), nowrap=True, default=False),
        Column("same", "同类", cell=lambda r: r.same + r.backers or "—", nowrap=True),
        Column("handler", "办理单位", kind="organisation", cell=lambda r: r.handler_name),
        Column("officer", "承办人", cell=lambda r: r.officer_name or "—", default=False),
        Column("state", "状态", cell=state_tag, sort="state", nowrap=True, export=lambda r: r.get_state_display()),
        Column("due_on", "期限", kind="date", sort="due_on", cell=lambda r: r.due_on),
        Column("channel", "来源", cell=lambda r: r.get_channel_display(), default=False),
        Column("visibility", "公开范围", cell=lambda r: r.get_visibility_display(), default=False),
        Column("received_on", "提出", kind="date", sort="received_on"),
    ],
    filters=[
        Filter("q", "编号", "search", "number__icontains", placeholder="编号"),
        Filter("state", "状态", choices=State.choices),
        Filter("topic", "主题", choices=topic_choices),
        Filter("kind", "堵难痛亮", lookup="kind", choices=Kind.choices),
        Filter("what", "情况", lookup=_mine, choices=[
            ("late", "已逾期"), ("unread", "本人还没看答复"), ("promised", "承诺待兑现"),
            ("reopened", "反映过未解决")]),
        Filter("channel", "来源", choices=Channel.choices, main=False),
        Filter("nature", "性质", choices=Nature.choices, main=False),
        Filter("visibility", "公开范围", choices=Visibility.choices, main=False),
        Filter("received_on", "提出日期", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("received", "待受理", {"state": "received"}, _count("received")),
        View("handling", "办理中", {"state": "handling"}, _count("handling")),
        View("late", "已逾期", {"what": "late"}, _count("late")),
        View("promised", "承诺待兑现", {"what": "promised"}, _count("promised")),
    ],
    empty=Empty("还没有职工意见", "把扫码提意见的海报贴到车间和食堂，或者登记走访、来电、纸质意见。",
                "登记意见", "/desk/voices/new"),
    default_sort="due_on",
    order=("number",),
    row_url=lambda r: reverse("voice:one", args=[r.pk]),
    row_label=lambda r: r.number,
    export=write_xlsx,
    template="voice/list.html",
)  # fmt: skip


@desk("voice.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.listed(viewer), heading="职工意见", tabs=sections(viewer, "list"),
        counts=queries.counts(viewer), may=viewer.may("voice.handle"), body=viewer.organisation_id,
    )  # fmt: skip


@desk("voice.handle")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A call, somebody at the window, a form on paper; what stands on another page already begins with its words."""
    viewer = viewer_of(request)
    own = here(request)
    begins = request.POST.get("begin")  # in the body, not in the address: it is what a worker said
    given = {"channel": begins, "text": request.POST.get("text", "")} if begins else {}
    form = forms.RegisterForm(
        None if begins else request.POST or None, request.FILES or None, topics=topics(own.path), viewer=viewer,
        initial={"organisation": own.name} | given,
    )  # fmt: skip
    if request.method == "POST" and not begins and form.is_valid():
        data = form.cleaned_data
        try:
            made, code = services.register(
                viewer,
                organisation=data["organisation"],
                channel=Channel(data["channel"]),
                said=form.said(Visibility.UNION, name=data["name"], phone=data["phone"]),
            )
            return render(request, "voice/registered.html", {"row": made, "code": code})
        except Refusal as refusal:
            tell(form, refusal)
    return render(
        request, "voice/new.html", {"form": form, "back": reverse("voice:list"), "heading": "登记意见"},
        status=422 if form.errors else 200,
    )  # fmt: skip


@desk("voice.handle")
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook for forms collected on paper."""
    return attachment(paper.template(topics(here(request).path)), "意见登记模板.xlsx", CONTENT_TYPE)


@desk("voice.handle")
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Forms collected on paper, from a workbook: all of them or, where a row is wrong, none and what to mend."""
    viewer, own = viewer_of(request), here(request)
    form = forms.ImportForm(request.POST or None, request.FILES or None)
    mistakes: list[Any] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        try:
            sheet = paper.read(viewer, given.read(), given.name, topics(own.path))
            mistakes = sheet.mistakes
            if not mistakes:
                made = services.import_paper(viewer, sheet.rows)
                return render(request, "voice/imported.html", {"made": made})
        except Refusal as refusal:
            tell(form, refusal)
    wrong = bool(form.errors or mistakes)
    return render(
        request, "voice/import.html", {"form": form, "mistakes": mistakes[:200], "total": len(mistakes)},
        status=422 if wrong else 200,
    )  # fmt: skip


SPANS = [(30, "一个月"), (90, "三个月"), (365, "一年")]


@desk("voice.view")
@require_GET
def heat(request: HttpRequest) -> HttpResponse:
    """Where which topics come up, how it moves, what repeats."""
    viewer = viewer_of(request)
    days = {"30": 30, "90": 90, "365": 365}.get(request.GET.get("days", ""), 90)
    found_heat = heats.heat(viewer, days)
    return render(
        request, "voice/heat.html",
        {"heat": found_heat, "days": days, "tabs": sections(viewer, "heat"), "spans": SPANS},
    )  # fmt: skip


def row_or_404(request: HttpRequest, pk: int) -> Voice:
    return found(queries.voice(viewer_of(request), pk))
