"""Who below has filed a form and who has not: how far each body is, and nothing of what is not signed yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.figures.rules.periods import Period, around, read
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.pages.lists import Column, Empty, Filter, ListPage

from .. import queries
from ..choices import DONE, HANDED_IN, FilingState, Rhythm
from ..models import FormTemplate
from ..rules import deadlines
from . import template_or_404
from .reading import TONES

SHOWN = 8
"""Periods to choose from."""


def _periods(row: FormTemplate) -> list[Period]:
    """The period that was over last, and those before it."""
    found = [around(timezone.localdate(), "year" if row.rhythm == Rhythm.ONCE else row.rhythm)]
    while len(found) <= SHOWN:
        found.append(found[-1].before())
    return found[1:] if row.rhythm != Rhythm.ONCE else found


def _tag(row: PublicOrganisation) -> SafeString:
    state = row.filing_state  # type: ignore[attr-defined]
    tone = TONES[state] if state else "wait"
    return format_html(
        '<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", FilingState(state).label if state else "未开始"
    )


def _due(row: PublicOrganisation) -> SafeString:
    due_on, today = row.filing_due, timezone.localdate()  # type: ignore[attr-defined]
    if row.filing_state in HANDED_IN or due_on >= today:  # type: ignore[attr-defined]
        return format_html('<span class="nowrap">{}</span>', due_on.isoformat())
    return format_html('<span class="tag tag-bad">{}</span>', deadlines.said(due_on, today))


def _handed(rows: Any, value: str) -> Any:
    """Those who have filed, or those who have not, whether they began or not."""
    filed = Q(filing_state__in=DONE)
    return rows.filter(filed if value == "1" else Q(filing_state=None) | ~filed)


def _list(periods: list[Period]) -> ListPage:
    return ListPage(
        key="form-standing",
        title="各单位报送",
        unit="家",
        columns=[
            Column("name", "单位", head=True, kind="organisation", sort="path"),
            Column("filing_state", "状态", cell=_tag, nowrap=True),
            Column("filing_due", "截止", cell=_due, nowrap=True),
        ],
        filters=[
            Filter("q", "单位", "search", "name__icontains", placeholder="单位名称"),
            Filter("period", "报告期", lookup=lambda rows, _: rows, placeholder="最近一期",
                   choices=[(one.key, one.said) for one in periods]),
            Filter(
                "handed", "报送",
                lookup=_handed,
                choices=[("1", "已报"), ("0", "没有报")],
            ),
        ],
        empty=Empty("没有要填这份表的下级单位", "表样只由本单位填报。", "返回表样", "/desk/filings/forms/"),
        default_sort="path",
        order=("pk",),
        row_url=lambda one: (
            reverse("filings:one", args=[one.filing_id]) if one.filing_state in HANDED_IN else ""
        ),
        row_label=lambda one: one.name,
    )  # fmt: skip


@desk("form.view")
def listing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bodies that have to file a form of the own body, for one period."""
    row, viewer = template_or_404(request, pk), viewer_of(request)
    if row.organisation_id != viewer.organisation_id:
        raise Http404
    periods = _periods(row)
    asked = request.GET.get("period", "") or request.POST.get("period", "")
    period = next((one for one in periods if one.key == asked), periods[0])
    return _list(periods).respond(
        request, queries.standing(viewer, row, period), heading=f"{row.title}：{read(period.key).said}各单位报送"
    )
