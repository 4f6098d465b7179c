"""What decisions of casework bring about, what is checked before they are handed in, and the parts of their pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from gonghui.kernel.manifest import Panel
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.procedures.queries.environment import values_of
from gonghui.kernel.procedures.services import Made, today
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.expressions import Unanswered
from gonghui.kernel.viewer import Viewer

from . import reasons, services
from .choices import AidKind
from .rules import Line

FIXED_KIND = {"casework.serious_illness": AidKind.SERIOUS_ILLNESS, "casework.mutual": AidKind.MUTUAL}
"""Procedures that ask for no kind of aid: they are of one."""


def file(actor: Viewer, made: Made) -> dict[str, Any]:
    return {"file": services.open_file(actor, made=made).pk}


def exit_file(actor: Viewer, made: Made) -> dict[str, Any]:
    return {"file": services.exit_file(actor, made=made).pk}


def grant(actor: Viewer, made: Made) -> dict[str, Any]:
    kind = str(made.given.get("kind"))
    if kind not in AidKind.values:
        raise Refusal("GH-CAS-009", "帮扶类别不对，不能办结", "kind")
    return {"aid": services.grant(actor, made=made, kind=AidKind(kind)).pk}


def legal_aid(actor: Viewer, made: Made) -> dict[str, Any]:
    return {"case": services.open_legal_aid(actor, made=made).pk}


def arrears(actor: Viewer, made: Made) -> dict[str, Any]:
    return {"case": services.open_arrears(actor, made=made).pk}


def dispute(actor: Viewer, made: Made) -> dict[str, Any]:
    return {"case": services.open_dispute(actor, made=made).pk}


def kind_of(application: Application, values: dict[str, Any]) -> AidKind | None:
    kind = FIXED_KIND.get(application.key) or str(values.get("kind") or "")
    return AidKind(kind) if kind in AidKind.values else None


def check_aid(actor: Viewer, application: Application, values: dict[str, Any]) -> dict[str, str]:
    """Nothing is handed in that the rule gives nothing for. Whoever is not of the team of the household's file is told
    the same as if there were none."""
    kind = kind_of(application, values)
    if kind is None or application.person is None:
        return {}
    known, _ = reasons.standing(application.person, today().year)
    if known is not None and actor.person_id != application.person_id and not _of_team(actor, known.application):
        return {"kind": "没有在册的困难职工档案，先申请困难职工建档"}
    wrong = reasons.compute(application, values, kind, today()).wrong
    return {("kind" if application.key == "casework.aid" else "cost"): wrong} if wrong else {}


def _of_team(actor: Viewer, application: Application) -> bool:
    return actor.seat in application.seats or f"#{actor.account_id}" in application.seats


def panels(viewer: Viewer, application: Application) -> list[Panel]:
    """The reason page: what was counted and by which rule, for the applicant and for those who decide."""
    if not application.key.startswith("casework.") or application.state == "draft":
        return []
    team = viewer.person_id == application.person_id or _of_team(viewer, application)
    lines = _lines(application) if team else []
    if not lines:
        return []
    return [Panel("怎样计算的", "casework/parts/reason.html", {"lines": lines})]


def _lines(application: Application) -> list[Line]:
    values, day = values_of(application), timezone.localdate()
    if application.key == "casework.hardship":
        return reasons.why_class(application, values, day)
    kind = kind_of(application, values)
    if kind is None or application.person is None or application.state == "approved":
        return []
    try:
        found = reasons.compute(application, values, kind, day)
    except Unanswered:
        return []
    return found.lines or ([Line("不能计算", found.wrong)] if found.wrong else [])
