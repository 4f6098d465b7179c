"""What is checked before an application about membership, founding or an election is handed in, answer by answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from gonghui.kernel.access.choices import Role
from gonghui.kernel.manifest import Fact, SubmitCheck
from gonghui.kernel.models import Employer
from gonghui.kernel.org.rules import check_uscc
from gonghui.kernel.people.rules import check_id, check_name
from gonghui.kernel.procedures.choices import Missing, Tier
from gonghui.kernel.procedures.services import holders
from gonghui.kernel.procedures.services.running import tier_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from . import electing

Wrong = dict[str, str]

ELECTIONS = ("membership.elected", "membership.renew")


def _words(refusal: Refusal) -> str:
    return f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message


def joining(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    """The name and the number of the paper, whatever kind of paper it is."""
    wrong: Wrong = {}
    try:
        check_name(str(values.get("name") or ""))
    except Refusal as refusal:
        wrong["name"] = _words(refusal)
    try:
        check_id(str(values.get("id_kind")), str(values.get("id_number") or ""), on=timezone.localdate())
    except Refusal as refusal:
        wrong["id_kind" if refusal.field == "id_kind" else "id_number"] = _words(refusal)
    return wrong


def founding(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    """Credit codes, and the rules of the law about who founds what (工会法 art. 10, 11)."""
    partners = values.get("partners") or []
    threshold = rules.value("founding.threshold", application.path, timezone.localdate()).value
    wrong = electing.by_field(
        electing.founding_broken(
            way=str(values.get("way") or ""),
            members=_number(values, "members"),
            headcount=_number(values, "headcount"),
            barred=values.get("barred") is True,
            employers=1 + len(partners),
            threshold=int(threshold),
        )
    )
    wrong |= {"partners": wrong.pop("employers")} if "employers" in wrong else {}
    for field, code in (("uscc", values.get("uscc")), *(("partners", row.get("uscc")) for row in partners)):
        try:
            served = _served(check_uscc(str(code or "")).code)
        except Refusal as refusal:
            wrong[field] = _words(refusal)
        else:
            if served:
                wrong[field] = f"这个单位已在“{served}”下，不用再建会，职工直接申请入会"
    return wrong


def _served(code: str) -> str:
    """The union that serves an employer already; looked for wherever it is, as applications are handed in so."""
    name = Employer.objects.filter(uscc=code).values_list("organisation__name", flat=True).first()
    return name or ""


def election(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    """Every number of an election; each broken rule is named."""
    today = timezone.localdate()
    ruled = rules.values(["membership.spread_percent", "membership.candidate_days"], application.path, today)
    wrong = electing.by_field(
        electing.broken_rules(
            electing.election_of(values),
            spread_percent=int(ruled["membership.spread_percent"].value),
            notice_days=int(ruled["membership.candidate_days"].value),
        )
    )
    return wrong | _not_future(values, "elected_on", today)


def chair_change(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    found = electing.chair_change_broken(
        how=str(values.get("how") or ""),
        entitled=_number(values, "entitled"),
        present=_number(values, "present"),
        votes_for_removal=_number(values, "removal_votes"),
        votes_for_new=_number(values, "votes"),
    )
    if values.get("barred") is True:
        found.append(
            electing.Broken("barred", "用人单位主要负责人的近亲属不得作为工会委员会成员的人选", electing.LAW_KIN)
        )
    return electing.by_field(found) | _not_future(values, "changed_on", timezone.localdate())


def merger(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    wrong = electing.by_field(
        electing.merger_broken(entitled=_number(values, "entitled"), agreed=_number(values, "agreed"))
    )
    if values.get("into") == application.organisation_id:
        wrong["into"] = "不能并入自己，选择接收的工会"
    return wrong


def moving(actor: Viewer, application: Any, values: Mapping[str, Any]) -> Wrong:
    if values.get("to_union") == application.organisation_id:
        return {"to_union": "会籍已经在这家工会，选择要转入的工会"}
    return {}


def _number(values: Mapping[str, Any], key: str) -> int:
    value = values.get(key)
    return value if isinstance(value, int) else 0


def _not_future(values: Mapping[str, Any], key: str, today: date) -> Wrong:
    day = str(values.get(key) or "")
    return {key: f"日期{day}还没有到，开完会再报批"} if day > today.isoformat() else {}


SUBMIT_CHECKS = (
    SubmitCheck(("membership.join",), joining),
    SubmitCheck(("membership.found", "membership.found_staff"), founding),
    SubmitCheck(ELECTIONS, election),
    SubmitCheck(("membership.chair",), chair_change),
    SubmitCheck(("membership.merge",), merger),
    SubmitCheck(("membership.transfer",), moving),
)


def reviewer(organisation: Any, person: Any, on: date) -> str:
    """Who at a union reviews: its chair, its organising officers, or, where nobody has a post, the union above.

    A branch is reviewed by its union, as the engine's own tier has it.
    """
    body = tier_of(organisation, Tier.OWN, Missing.UP) or organisation
    for role, said in ((Role.GRASSROOTS_CHAIR, "主席"), (Role.ORGANISING, "组织部门")):
        if holders(body.pk, role, on):
            return said
    return "上级工会"


FACTS = (Fact("org_reviewer", "由谁审核（主席、组织部门、上级工会）", "text", reviewer),)
