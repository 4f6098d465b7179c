"""Writes of selections: an entry is named as one of the winners."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .models import Award
from .queries import standings_below


def award(
    actor: Viewer,
    *,
    application: Application,
    selection: str,
    title: str,
    people: str,
    issuer: Organisation,
    on: date,
    document_no: str = "",
    benefit: int | None = None,
    prize: int | None = None,
) -> Award:
    """Name an entry by its rank among all that were scored in its year.

    :raises Refusal: GH-CON-001 without permission; 002 not scored; 003 others are still with their judges; 004 its
        rank lies beyond the places.
    """
    if not actor.may("contest.manage"):
        raise Refusal("GH-CON-001", "当前岗位不能办理评选命名", hint="由有“组织竞赛和评选”权限的岗位办理")
    year = application.submitted_at.year if application.submitted_at else on.year
    standings = standings_below(issuer, selection, year)
    mine = next((one for one in standings.entries if one.application.pk == application.pk), None)
    if mine is None or mine.ranked is None:
        raise Refusal("GH-CON-002", "这项还没有评分，不能命名")
    if standings.waiting:
        raise Refusal("GH-CON-003", f"还有{standings.waiting}项没有评完分，名次还会变", None, "全部评完以后再命名")
    if not mine.inside:
        raise Refusal(
            "GH-CON-004", f"排第{mine.ranked.rank}名，名额{standings.places}个", None, "不予命名，或先增加名额"
        )
    facts: dict[str, Any] = {
        "title": title[:80],
        "people": people[:120],
        "unit_name": application.organisation.name,
        "issuer_name": issuer.name,
        "document_no": document_no[:80],
    }
    with transaction.atomic():
        row = Award.objects.create(
            path=application.path, selection=selection, year=year, organisation=application.organisation, issuer=issuer,
            rank=mine.ranked.rank, score=mine.ranked.score, benefit=benefit, prize=prize, awarded_on=on,
            application=application, actor_id=actor.account_id, **facts,
        )  # fmt: skip
        record(actor, "contest.awarded", path=row.path, object_type="award", object_id=row.pk, object_name=row.title,
               detail={"selection": selection, "rank": row.rank})  # fmt: skip
    return row
