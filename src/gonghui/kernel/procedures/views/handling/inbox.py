"""What waits for a post: the list with its views, taking several at once, the count, the home page."""

from __future__ import annotations

from contextvars import ContextVar

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import BulkAction, Column, Empty, Filter, ListPage, View

from ....access.doors import desk
from ....manifest import Task
from ....refusal import Refusal
from ....viewer import Viewer
from ... import services
from ...models import Step
from ...queries import applications as queries
from ...queries import handling, notices
from .common import HIDDEN_NAME, applicant_of, due_cell, due_tone, due_words, say, step_tag, union_of

TASKS_SHOWN = 12
MOST_COUNTED = 1000
"""The navigation counts on every page, so it stops there."""
_COUNTED: ContextVar[tuple[Viewer, int] | None] = ContextVar("inbox.counted", default=None)
"""What the inbox has just counted for the viewer of this very request: the navigation around it need not again."""


def _number(row: Step) -> SafeString:
    return format_html(
        '{}<br><span class="small quiet">{}</span>', row.application.number, row.application.procedure.title
    )


def _applicant(row: Step) -> SafeString | str:
    if _blind(row):
        return format_html('<span class="quiet">{}</span>', "匿名评审")
    words = applicant_of(row.application)
    return format_html('<span class="quiet">{}</span>', words) if words == HIDDEN_NAME else words


def _blind(row: Step) -> bool:
    """Whether the step is scored without knowing whose work it is."""
    if row.kind != "score":
        return False
    slots = (row.application.procedure.body or {}).get("steps") or []
    return any(slot.get("key") == row.key and slot.get("blind") for slot in slots)


def _union(row: Step) -> str:
    return "" if _blind(row) else union_of(row, row.application)


LIST = ListPage(
    key="inbox",
    title="待办件",
    unit="件",
    columns=[
        Column("number", "编号", cell=_number, head=True, nowrap=True, export=lambda r: r.application.number),
        Column("applicant", "申请人", cell=_applicant, export=lambda r: ""),
        Column("union", "所在工会", cell=_union, kind="organisation"),
        Column("step", "环节", cell=lambda r: r.title, nowrap=True),
        Column("due", "办理期限", cell=lambda r: due_cell(r.due_on), sort="due_on", nowrap=True),
        Column("assignee", "承办人", cell=lambda r: r.assignee_name, nowrap=True),
        Column("state", "状态", cell=lambda r: step_tag(r.state), nowrap=True, default=False),
        Column("opened", "进入环节", kind="date", cell=lambda r: r.opened_at, sort="opened_at", default=False),
    ],
    filters=[
        Filter("q", "编号", "search", "application__number__icontains", placeholder="编号"),
        Filter("procedure", "办事", choices=handling.titles, lookup="application__key"),
        Filter("which", "范围", choices=[("mine", "我承办的"), ("returned", "待补正"), ("late", "已逾期")],
               lookup=lambda source, value: source, main=False),
        Filter("due", "到期", "date", "due_on", main=False),
    ],
    views=[
        View("open", "待办"),
        View("mine", "我承办的", {"which": "mine"}),
        View("returned", "待补正", {"which": "returned"}),
        View("late", "已逾期", {"which": "late"}),
    ],
    bulk=[BulkAction("claim", "领取", "/desk/inbox/claim", icon="tick")],
    empty=Empty("没有待办件", "轮到本岗位办理的申请会出现在这里。"),
    default_sort="due",
    order=("due_on", "pk"),
    row_url=lambda r: reverse("procedures:step", args=[r.pk]),
    row_label=lambda r: r.application.number,
    enrich=handling.name_unions,
    template="procedures/handling/inbox.html",
)  # fmt: skip


def _source(viewer: Viewer, own: QuerySet[Step], which: str) -> QuerySet[Step]:
    """The rows of a view; waiting for a correction is not the office's turn, so it is a view of its own."""
    today = timezone.localdate()
    rows = queries.with_applications(own)
    if which == "returned":
        return rows.filter(state="paused")
    rows = rows.filter(state="open")
    if which == "mine":
        return rows.filter(assignee_id=viewer.account_id)
    return rows.filter(due_on__lt=today) if which == "late" else rows


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Open steps of this post, soonest due first."""
    viewer = viewer_of(request)
    own = queries.own_steps(viewer, timezone.localdate())
    rows = _source(viewer, own, request.GET.get("which", ""))
    whole = request.headers.get("HX-Request") != "true"  # a part of the list has neither heading nor navigation
    waiting, late, due_today = _numbers(own) if whole else (0, 0, 0)
    heading = "没有待办件"
    if waiting:
        heading = (
            f"{waiting:,}件待办"
            + (f"，{late:,}件已逾期" if late else "")
            + (f"，{due_today:,}件今天到期" if due_today else "")
        )
    objections = notices.objections(viewer).filter(state="open").count()
    if whole:
        _COUNTED.set((viewer, waiting + objections))
    total = None if request.GET or request.method == "POST" else (lambda _: waiting)
    may_look = viewer.may("application.view")
    return LIST.respond(request, rows, total=total, heading=heading, objections=objections, may_look=may_look)


def _numbers(own: QuerySet[Step]) -> tuple[int, int, int]:
    """How many wait, are overdue, and are due today."""
    today = timezone.localdate()
    found = own.filter(state="open").aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)), today=Count("pk", filter=Q(due_on=today))
    )
    return found["all"], found["late"], found["today"]


@desk("application.handle")
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Take the picked steps; those that a colleague took meanwhile are named."""
    viewer, done, refused = viewer_of(request), 0, ""
    target = reverse("procedures:inbox") + request.POST.get("query", "")
    try:
        which = "late" if "which=late" in request.POST.get("query", "") else ""
        picked = LIST.picked(request, _source(viewer, queries.own_steps(viewer, timezone.localdate()), which))
        for pk in list(picked.rows.values_list("pk", flat=True)[:500]):
            try:
                services.claim(viewer, step_id=pk)
                done += 1
            except Refusal as refusal:
                refused = refusal.message
    except Refusal as refusal:
        say(request, refusal)
    if done:
        messages.success(request, f"已领取{done:,}件")
    if refused:
        messages.error(request, f"有的没有领取：{refused}")
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def next_url(viewer: Viewer, done: int) -> str:
    """Where an officer goes after an act: the next step that waits, else the inbox."""
    pk = queries.inbox(viewer, timezone.localdate()).exclude(pk=done).values_list("pk", flat=True).first()
    return reverse("procedures:step", args=[pk]) if pk else reverse("procedures:inbox")


def count(viewer: Viewer) -> int:
    """For the navigation: what waits, and objections without an answer."""
    if not viewer.may("application.handle"):
        return 0
    known = _COUNTED.get()
    if known is not None and known[0] is viewer:
        return known[1]
    rows = queries.own_steps(viewer, timezone.localdate()).filter(state="open").order_by()
    return rows[:MOST_COUNTED].count() + notices.objections(viewer).filter(state="open").order_by()[:99].count()


def tasks(viewer: Viewer) -> list[Task]:
    """Lines of the desk's home page: objections first, then steps, soonest due first."""
    if not viewer.may("application.handle"):
        return []
    found = [
        Task(
            category="异议",
            title=f"答复异议：{row.notice.title}",
            organisation="",
            url=reverse("procedures:objection", args=[row.pk]),
            state="待答复",
            tone="info",
            due=due_words(row.due_on),
            due_tone=due_tone(row.due_on),
        )
        for row in notices.objections(viewer).filter(state="open")[:3]
    ]
    rows = list(queries.inbox(viewer, timezone.localdate())[: TASKS_SHOWN - len(found)])
    handling.name_unions(rows)
    for row in rows:
        who = "匿名评审" if _blind(row) else applicant_of(row.application)
        found.append(
            Task(
                category=row.application.procedure.title,
                title=f"{row.title}：{who}",
                organisation=_union(row),
                url=reverse("procedures:step", args=[row.pk]),
                state=row.title,
                tone="info",
                due=due_words(row.due_on),
                due_tone=due_tone(row.due_on),
            )
        )
    return found
