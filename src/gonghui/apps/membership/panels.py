"""What this app draws on an application's page: the paper of who wants to join, the sheet of an election's rules."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gonghui.kernel.manifest import Panel
from gonghui.kernel.people.choices import IdKind, Office, Sex
from gonghui.kernel.people.rules import check_id, mask_id
from gonghui.kernel.procedures.queries.environment import values_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from . import electing
from .checks import ELECTIONS
from .fitting import JOIN


def panels(viewer: Viewer, application: Any) -> list[Panel]:
    """Nothing for drafts; the paper only for who admits members at that place."""
    if application.state == "draft":
        return []
    if application.key == JOIN and viewer.may("member.manage") and viewer.reaches(application.path):
        return _paper(application)
    if application.key in ELECTIONS:
        return [_sheet(application)]
    return []


def _paper(application: Any) -> list[Panel]:
    """Masked number, and what the number itself says of birth and sex: is this the person who came?"""
    said = values_of(application)
    try:
        checked = check_id(str(said.get("id_kind")), str(said.get("id_number")))
    except Refusal:
        return []
    rows = [
        ("证件", IdKind(checked.kind).label),
        ("证件号码", mask_id(checked.number)),
        ("性别", Sex(checked.sex).label),
        ("出生日期", checked.birth.isoformat() if checked.birth else "证件上没有"),
    ]
    return [Panel("证件核对", "membership/parts/panel_paper.html", {"rows": rows})]


def _sheet(application: Any) -> Panel:
    on = timezone.localdate(application.submitted_at) if application.submitted_at else timezone.localdate()
    ruled = rules.values(["membership.spread_percent", "membership.candidate_days"], application.path, on)
    one = electing.election_of(values_of(application))
    lines = electing.sheet(
        one,
        spread_percent=int(ruled["membership.spread_percent"].value),
        notice_days=int(ruled["membership.candidate_days"].value),
    )
    offices = {office.value: office.label for office in Office}
    rows = [(row.name, row.votes, offices.get(row.office, "未当选")) for row in one.candidates]
    return Panel("选举核对", "membership/parts/panel_election.html", {"lines": lines, "candidates": rows})
