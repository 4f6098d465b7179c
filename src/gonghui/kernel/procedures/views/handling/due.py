"""What is due when: the list of running periods, and a month of them with working days and holidays."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from ....access.doors import desk
from ....rules.calendar import day_kind, is_provisional
from ...choices import ClockKind
from ...models import Clock
from ...queries import handling
from .common import HIDDEN_NAME, applicant_of, due_cell, union_of

LAST_MONTH, FIRST_MONTH = 2100 * 12, 2000 * 12


def _number(row: Clock) -> SafeString:
    return format_html(
        '{}<br><span class="small quiet">{}</span>', row.application.number, row.application.procedure.title
    )


def _applicant(row: Clock) -> SafeString | str:
    words = applicant_of(row.application)
    return format_html('<span class="quiet">{}</span>', words) if words == HIDDEN_NAME else words


def _late(source: Any, value: Any) -> Any:
    return source.filter(due_on__lt=timezone.localdate())


LIST = ListPage(
    key="due",
    title="办理期限",
    unit="项",
    columns=[
        Column("number", "编号", cell=_number, head=True, nowrap=True),
        Column("applicant", "申请人", cell=_applicant),
        Column("union", "所在工会", cell=lambda r: union_of(r, r.application), kind="organisation"),
        Column("kind", "时限", cell=lambda r: r.title or r.get_kind_display(), nowrap=True),
        Column("assignee", "承办人", cell=lambda r: r.step.assignee_name if r.step else ""),
        Column("due", "到期", cell=lambda r: due_cell(r.due_on), sort="due_on", nowrap=True),
    ],
    filters=[
        Filter("q", "编号", "search", "application__number__icontains", placeholder="编号"),
        Filter("procedure", "办事", choices=handling.titles, lookup="application__key"),
        Filter("kind", "时限", choices=ClockKind.choices),
        Filter("due", "到期", "date", "due_on", main=False),
        Filter("late", "逾期", "boolean", _late, choices=[("1", "已逾期")], main=False),
    ],
    views=[View("all", "全部"), View("late", "已逾期", {"late": "1"}), View("steps", "办理环节", {"kind": "step"}),
           View("notices", "公示期", {"kind": "notice"})],
    empty=Empty("没有在计时的期限", "申请提交后，每个有时限的环节、补正和公示都会列在这里，逾期的排在最前。"),
    default_sort="due",
    order=("due_on", "pk"),
    row_url=lambda r: reverse("procedures:desk-application", args=[r.application_id]),
    row_label=lambda r: r.application.number,
    enrich=handling.name_unions,
    template="procedures/handling/due.html",
)  # fmt: skip


def _month(text: str, today: date) -> date:
    """The first day of the month that was asked for; this month when it makes no sense."""
    try:
        year, month = (int(part) for part in text.split("-", 1))
        return date(year, month, 1) if 2000 <= year < 2100 else today.replace(day=1)
    except ValueError:
        return today.replace(day=1)


def _weeks(first: date, counts: dict[date, tuple[int, int]], today: date) -> list[list[dict[str, Any]]]:
    """Weeks from Monday with what sort of day each is and how much ends on it."""
    weeks = []
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        days = []
        for day in week:
            number, _ = counts.get(day, (0, 0))
            kind = str(day_kind(day))
            days.append({
                "day": day, "inside": day.month == first.month, "number": number, "late": number and day < today,
                "kind": "" if kind in ("工作日", "周末") else kind, "rest": kind in ("周末", "节假日"),
                "today": day == today,
                "url": f"{reverse('procedures:due')}?due_from={day}&due_to={day}",
            })  # fmt: skip
        weeks.append(days)
    return weeks


@desk("application.view")  # each line opens its application
@require_http_methods(["GET", "POST"])
def due(request: HttpRequest) -> HttpResponseBase:
    """Running periods of the range, overdue first, with a month to look over."""
    viewer, today = viewer_of(request), timezone.localdate()
    context: dict[str, Any] = {"heading": "办理期限"}
    if request.headers.get("HX-Request") != "true":
        first = _month(request.GET.get("month", ""), today)
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        before = first - timedelta(days=1)
        counts = handling.due_by_day(viewer, first - timedelta(days=7), last + timedelta(days=7))
        context |= {
            "month": first, "weeks": _weeks(first, counts, today), "before": f"?month={before:%Y-%m}",
            "after": f"?month={last + timedelta(days=1):%Y-%m}", "provisional": is_provisional(last),
            "opened": "month" in request.GET,
        }  # fmt: skip
    return LIST.respond(request, handling.due_clocks(viewer).order_by(), **context)
