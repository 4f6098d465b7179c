"""What selections bring to procedures: naming as an outcome, exclusions before an entry, the ranking beside it."""

from __future__ import annotations

from typing import Any

from gonghui.kernel.manifest import Panel
from gonghui.kernel.procedures.services import Made, today
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from . import queries, services
from .choices import PROCEDURES, Selection
from .rules import excluded

LEAST = {"months": "contests.method_months", "people": "contests.studio_people", "projects": "contests.studio_projects"}


def awarded(actor: Viewer, made: Made) -> dict[str, Any]:
    """The entry becomes one of the named.

    :raises Refusal: GH-CON-005 decided by nobody in particular; and those of `services.award`.
    """
    selection = str(made.given["selection"])
    if selection not in Selection.values or made.decision.organisation is None:
        raise Refusal("GH-CON-005", "没有这项评选，或不知道由谁命名")
    prize = None
    if selection == Selection.FIVE_SMALL:
        prize = int(rules.value("contests.prize", made.application.path, made.on).value)
    benefit = made.given.get("benefit")
    row = services.award(
        actor,
        application=made.application,
        selection=selection,
        title=str(made.given["title"]),
        people=str(made.given.get("people") or ""),
        issuer=made.decision.organisation,
        on=made.on,
        document_no=made.decision.document_no,
        benefit=benefit if isinstance(benefit, int) else None,
        prize=prize,
    )
    return {"award": row.pk, "rank": row.rank}


def check_entry(actor: Viewer, application: Any, values: dict[str, Any]) -> dict[str, str]:
    """Exclusions by rule, and former winners."""
    selection = PROCEDURES.get(application.key)
    if selection is None:
        return {}
    found = rules.values(LEAST.values(), application.path, today())
    wrong = excluded(selection, values, {name: int(found[rule].value) for name, rule in LEAST.items()})
    before = queries.won_before(selection, str(values.get("title") or ""), application.path)
    if before is not None:
        wrong["title"] = f"已在{before.year}年获评，不再参评；有新的改进，换名称说明"
    return wrong


def panels(viewer: Viewer, application: Any) -> list[Panel]:
    """Beside an entry, for who organises: where it ranks."""
    selection = PROCEDURES.get(application.key)
    if selection is None or not viewer.may("contest.manage") or application.submitted_at is None:
        return []
    standings = queries.standings(viewer, selection, application.submitted_at.year)
    mine = next((one for one in standings.entries if one.application.pk == application.pk), None)
    return [Panel("评审排名", "contests/panel.html", {"standings": standings, "entry": mine})]
