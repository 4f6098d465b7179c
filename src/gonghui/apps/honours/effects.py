"""What honours bring to procedures: conferring as an outcome, and what must be right before a nomination."""

from __future__ import annotations

from typing import Any

from gonghui.kernel.manifest import Panel
from gonghui.kernel.procedures.models import Application, Notice
from gonghui.kernel.procedures.models import Step as StepRow
from gonghui.kernel.procedures.services import Made
from gonghui.kernel.procedures.services import today as day_of_procedures
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.rules.rules import definition
from gonghui.kernel.viewer import Viewer

from . import queries, services
from .choices import To
from .kinds import kinds
from .rules import BARS, barred, within_cycle

_BARS = [*(rule for rule, _ in BARS), "honours.bar_rank"]


def confer(actor: Viewer, made: Made) -> dict[str, Any]:
    """The honour of a nomination that went through its reviews and notices.

    :raises Refusal: GH-HON-016 decided by another federation than the one that selects; 017 a notice was left out.
    """
    application, decision = made.application, made.decision
    campaign = queries.campaign_of(application)
    if campaign is None or decision.organisation is None or campaign.organisation_id != decision.organisation_id:
        owner = queries.owner_name(campaign) if campaign else "主办单位"
        raise Refusal("GH-HON-016", f"这项荣誉由{owner}决定命名", None, "由主办单位办理最后的决定")
    noticed = StepRow.objects.filter(application=application, kind="notice").exclude(outcome="skipped")
    ended = Notice.objects.filter(application=application, state="ended").values("step__key").distinct().count()
    if ended < noticed.values("key").distinct().count():
        raise Refusal("GH-HON-017", "还有公示没有做完，不能命名", None, "三次公示都期满以后再决定")
    one = kinds()[campaign.kind]
    row = services.confer(
        actor,
        kind_key=campaign.kind,
        name=str(made.given.get("name") or application.applicant_name),
        person=application.person if one.to == To.PERSON else None,
        organisation=application.organisation,
        issuer=decision.organisation,
        on=made.on,
        document_no=decision.document_no,
        application=application,
        campaign=campaign,
    )
    return {"honour": row.pk, "number": row.number}


def check_nomination(actor: Viewer, application: Any, values: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a nomination, by question: no campaign, a bar, too soon again, nothing won before."""
    one = kinds().get(str(values.get("honour")))
    if one is None:
        return {"honour": "没有这项荣誉，从选项里重选"}
    today = day_of_procedures()
    campaign = queries.campaign_for(one.key, application.path, today)
    if campaign is None:
        return {"honour": f"现在没有接受推荐的{one.title}评选，等评选通知公布以后再推荐"}
    keys = [*_BARS, "honours.cycle_years", "honours.earlier_needed"]
    found = {key: row.value for key, row in rules.values(keys, application.path, today).items()}
    wrong = barred(values, found, {key: definition(key).title for key in keys})
    if one.to == To.PERSON and application.person_id is None:
        wrong["name"] = f"{one.title}授予个人，要先选定推荐谁"
    name = str(values.get("team") or values.get("firm") or values.get("name") or "")
    cycle = int(found["honours.cycle_years"])
    mine = queries.earlier((*one.again, *one.earlier), application.person_id, application.organisation_id, name)
    last = next((row for row in mine if row.kind in one.again), None)
    if last is not None and within_cycle(last.year, campaign.year, cycle):
        title = definition("honours.cycle_years").title
        wrong["honour"] = (
            f"已获得{last.year}年{queries.kind_title(last)}；按规则“{title}”，{last.year + cycle}年起才能再推荐"
        )
    elif one.earlier and found["honours.earlier_needed"] and not [row for row in mine if row.kind in one.earlier]:
        words = "、".join(kinds()[key].title for key in one.earlier)
        wrong["honour"] = f"按规则“{definition('honours.earlier_needed').title}”，要先获得{words}之一"
    if "honour" not in wrong and _nominated(application, one.key, campaign.opens_on, name):
        wrong["honour"] = f"{campaign.title}已经有这份推荐在办理"
    return wrong


def _nominated(application: Any, kind_key: str, since: Any, name: str) -> bool:
    """The same person, team or unit stands in this campaign already."""
    rows = Application.objects.filter(
        key=application.key, document__honour=kind_key, state__in=queries.LIVE, submitted_at__date__gte=since
    ).exclude(pk=application.pk)
    if application.person_id is not None:
        return rows.filter(person_id=application.person_id).exists()
    field = "document__team" if kinds()[kind_key].to == To.TEAM else "document__firm"
    return rows.filter(organisation_id=application.organisation_id, **{field: name}).exists()


def panels(viewer: Viewer, application: Any) -> list[Panel]:
    """Beside a nomination: the campaign it belongs to with its quotas, and the honour that came of it."""
    if not application.key.startswith("honours.") or not viewer.may("honour.view"):
        return []
    campaign = queries.campaign_of(application)
    if campaign is None:
        return []
    return [
        Panel(
            "评选名额",
            "honours/panel.html",
            {"campaign": campaign, "standing": queries.standing(viewer, campaign)},
        )
    ]
