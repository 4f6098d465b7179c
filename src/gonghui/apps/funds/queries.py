"""Reads of orders."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet, Sum

from gonghui.kernel.viewer import Viewer

from .choices import OrderState
from .models import GrantOrder


def orders(viewer: Viewer) -> QuerySet[GrantOrder]:
    """Orders in the viewer's range."""
    return GrantOrder.objects.visible(viewer).select_related("organisation", "application")


def order(viewer: Viewer, pk: int) -> GrantOrder | None:
    return orders(viewer).select_related("decision").filter(pk=pk).first()


def totals(viewer: Viewer) -> dict[str, dict[str, int]]:
    """Count and fen of each state, in one query."""
    named = {
        f"{state}_{what}": function("pk" if what == "count" else "amount", filter=Q(state=state))
        for state in OrderState.values
        for what, function in (("count", Count), ("sum", Sum))
    }
    found = GrantOrder.objects.visible(viewer).aggregate(**named)
    return {state: {"count": found[f"{state}_count"], "sum": found[f"{state}_sum"] or 0} for state in OrderState.values}


def waiting(viewer: Viewer) -> int:
    """How many orders wait for this post."""
    state = "asked" if viewer.may("fund.approve") else "approved" if viewer.may("fund.pay") else ""
    return GrantOrder.objects.visible(viewer).filter(state=state).count() if state else 0
