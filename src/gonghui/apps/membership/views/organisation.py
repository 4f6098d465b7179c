"""The page of one organisation: situation, facts, officers, members, what stands below, history, signs of life."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import regions
from gonghui.kernel.org.choices import (
    Industry,
    Level,
    MemberEffect,
    OrganisationKind,
    OrganisationState,
    UnionKind,
    UnitKind,
)
from gonghui.kernel.org.models import Organisation, OrganisationChange
from gonghui.kernel.org.services import undoable
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people.choices import SignKind
from gonghui.kernel.refusal import RuleWarning
from gonghui.kernel.viewer import Viewer
from gonghui.kernel.wording import percent, thousands
from gonghui.pages.lists import Empty

from .. import queries
from ..rules import situation
from .acts import STRUCTURAL
from .loading import crumbs, organisation_of, organisation_url, own_of
from .members import page_for as members_page_for
from .members import source_of as members_source_of
from .members import wants_ended
from .organisations import STATE_TAGS, source_of
from .organisations import page_for as organisations_page_for

LIVE = ("active", "founding")
CHILDREN_SHOWN = 20


def acts_of(viewer: Viewer, organisation: Organisation) -> list[dict[str, Any]]:
    """What may be done here and now, as a menu: only what the post may do."""
    if organisation.state not in LIVE:
        return []
    above = organisation.parent_id is not None and organisation.path != viewer.lo
    rows = [
        ("found", "办理建会", "plus", "org.restructure", organisation.kind != OrganisationKind.GROUP),
        ("elect", "登记换届", "members", "org.manage", organisation.kind not in ("branch", "group")),
        ("facts", "更正资料", "edit", "org.manage", True),
        ("rename", "更名", "edit", "org.manage", True),
        ("reclassify", "改变类型", "settings", "org.manage", True),
        ("move", "转隶", "move", "org.restructure", above),
        ("merge", "并转", "link", "org.restructure", above),
        (
            "split",
            "分设",
            "tree",
            "org.restructure",
            above and organisation.kind != OrganisationKind.FEDERATION,
        ),
        ("dissolve", "撤销", "close", "org.restructure", above),
    ]
    return [
        {
            "key": key,
            "title": title,
            "icon": icon,
            "url": reverse(f"membership:{key}", args=[organisation.pk]),
            "bad": key == "dissolve",
        }
        for key, title, icon, permission, fits in rows
        if fits and viewer.may(permission)
    ]


def frame(request: HttpRequest, organisation: Organisation, tab: str) -> dict[str, Any]:
    """What every tab shows around its content."""
    viewer = viewer_of(request)
    counts = org_queries.counts(viewer, organisation)
    below = counts.organisations - (organisation.state in LIVE)
    tabs = [
        ("", "概况", None),
        ("officers", "干部", None),
        *([("members", "会员", counts.members)] if viewer.may("member.view") else []),
        ("below", "下级组织", below),
        ("history", "历史", None),
        ("life", "活力", None),
    ]
    today = timezone.localdate()
    return {
        "organisation": organisation,
        "path": crumbs(viewer, organisation),
        "counts": counts,
        "below": below,
        "heading": situation(
            kind=organisation.kind, state=organisation.state, members=counts.members, below=below,
            term_to=organisation.term_to, ended_on=organisation.ended_on, today=today,
        ),
        "state": OrganisationState(organisation.state).label,
        "state_tag": STATE_TAGS[organisation.state],
        "kind": OrganisationKind(organisation.kind).label,
        "tabs": [
            {"title": title, "url": organisation_url(organisation.pk, key), "count": count, "current": key == tab}
            for key, title, count in tabs
        ],
        "acts": acts_of(viewer, organisation),
        "live": organisation.state in LIVE,
        "may_manage": viewer.may("org.manage") and organisation.state in LIVE,
        "may_officers": viewer.may("officer.manage") and organisation.state in LIVE,
        "may_members": viewer.may("member.manage") and organisation.state in LIVE,
        "sees_members": viewer.may("member.view"),
        "today": today,
    }  # fmt: skip


def warnings_of(viewer: Viewer, organisation: Organisation) -> list[RuleWarning]:
    """What the law asks that is not so: facts from org, officers from people, each once."""
    found = org_queries.warnings(viewer, organisation)
    if organisation.state in LIVE:
        found = [*found, *people_queries.committee_warnings(viewer, organisation)]
    first: dict[str, RuleWarning] = {}
    for one in found:
        # who actually sits on the committee is known better from the officers than from the registered number
        if one.code in ("GH-ORG-W21", "GH-ORG-W22", "GH-ORG-W23"):
            first.pop(one.code[:-1], None)
            first[one.code[:-1]] = one
        else:
            first[one.code] = one
    return list(first.values())


def facts_of(organisation: Organisation) -> list[tuple[str, Any]]:
    """Label and value of every registered fact."""
    region = regions.full_name(organisation.region_code) if organisation.region_code else ""
    term = (
        f"{organisation.term_from or '未报'}至{organisation.term_to or '未报'}"
        if organisation.term_from or organisation.term_to
        else ""
    )
    return [
        ("类别", f"{OrganisationKind(organisation.kind).label}·{Level(organisation.level).label}"),
        ("简称", organisation.short_name),
        ("组织编码", organisation.code),
        ("统一社会信用代码", organisation.uscc),
        ("工会类型", UnionKind(organisation.union_kind).label if organisation.union_kind else ""),
        ("单位性质", UnitKind(organisation.unit_kind).label if organisation.unit_kind else ""),
        ("所属行业", Industry(organisation.industry).label if organisation.industry else ""),
        ("行政区划", region),
        ("地址", organisation.address),
        ("办公电话", organisation.office_phone),
        ("职工人数", thousands(organisation.headcount) + "人" if organisation.headcount is not None else ""),
        ("成立日期", organisation.founded_on and organisation.founded_on.isoformat()),
        ("本届", term),
        ("委员人数", f"{organisation.committee_size}人" if organisation.committee_size else ""),
        ("在门户公开", "公开" if organisation.listed else "不公开"),
    ]


def children_of(viewer: Viewer, organisation: Organisation) -> list[tuple[Organisation, str, int, int]]:
    """The first organisations directly below: row, kind, how many stand below it, members."""
    counts = org_queries.counts_by_child(viewer, organisation)
    rows = []
    for one in org_queries.children(viewer, organisation)[:CHILDREN_SHOWN]:
        numbers = counts.get(one.pk) or org_queries.Counts()
        kind = OrganisationKind(one.kind).label
        rows.append((one, kind, max(0, numbers.organisations - 1), numbers.members))
    return rows


@desk("org.view")
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """概况."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    around = frame(request, organisation, "")
    frame_counts = around["counts"]
    context = around | {
        "facts": facts_of(organisation),
        "warnings": warnings_of(viewer, organisation),
        "employers": list(org_queries.employers(viewer, organisation)),
        "groups": list(org_queries.groups(viewer, organisation)),
        "twins": list(org_queries.twins(viewer, organisation)),
        "officers": list(people_queries.officers(viewer, organisation)[:5]),
        "serves": organisation.kind in ("grassroots_union", "joint_union", "industry_union"),
        "children": children_of(viewer, organisation),
        "share": percent(frame_counts.active, organisation.headcount, with_base=False)
        if organisation.headcount
        else "—",
    }
    return render(request, "membership/organisation.html", context)


@desk("org.view")
def officers(request: HttpRequest, pk: int) -> HttpResponse:
    """干部: who holds office now, and who did."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    context = frame(request, organisation, "officers") | {
        "officers": list(people_queries.officers(viewer, organisation)),
        "former": list(queries.former_officers(viewer, organisation)[:50]),
        "warnings": [one for one in warnings_of(viewer, organisation) if one.code != "GH-ORG-W53"],
    }
    return render(request, "membership/organisation_officers.html", context)


@desk("member.view")
def members(request: HttpRequest, pk: int) -> HttpResponseBase:
    """会员 of the organisation and all below it."""
    organisation = organisation_of(request, pk)
    page = replace(
        members_page_for(viewer_of(request), organisation, ended=wants_ended(request)),
        key="organisation-members",
        template="membership/organisation_members.html",
        empty=Empty(
            "还没有会员",
            "导入会员名册，或逐名办理入会。",
            "办理入会",
            reverse("membership:member-new") + f"?organisation={pk}",
        ),
    )
    context = frame(request, organisation, "members")
    return page.respond(request, members_source_of(request, organisation), **context)


@desk("org.view")
def below(request: HttpRequest, pk: int) -> HttpResponseBase:
    """下级组织, all of them."""
    organisation = organisation_of(request, pk)
    page = replace(
        organisations_page_for(viewer_of(request), own_of(viewer_of(request)), views=False),
        key="organisation-below",
        template="membership/organisation_below.html",
        empty=Empty("下面还没有组织", "批准建会后，点“办理建会”登记。"),
    )
    rows = source_of(request, organisation).exclude(pk=organisation.pk)
    return page.respond(request, rows, **frame(request, organisation, "below"))


def told(viewer: Viewer, change: OrganisationChange, organisation: Organisation) -> dict[str, Any]:
    """One act in words, seen from an organisation."""
    effect = change.effect
    parts = []
    if change.kind == "move":
        parts.append(f"由{effect.get('from', '')}转到{effect.get('to', '')}")
    elif effect.get("to") and change.kind in ("merger", "split", "dissolution", "rename", "reclassification"):
        words = {
            "merger": "并入",
            "split": "分出",
            "dissolution": "会员归",
            "rename": "改称",
            "reclassification": "改为",
        }
        parts.append(words[change.kind] + str(effect["to"]))
    if change.kind == "election":
        parts.append(f"本届{effect.get('term_from')}至{effect.get('term_to')}")
    if change.kind == "correction":
        names = [str(Organisation._meta.get_field(name).verbose_name) for name in effect.get("values", {})]
        parts.append("更正" + "、".join(names))
    if effect.get("members"):
        how = effect.get("member_effect")
        parts.append(f"{effect['members']:,}名会员" + (MemberEffect(how).label if how else "随同"))
    return {
        "change": change,
        "mine": change.organisation_id == organisation.pk,
        "words": "，".join(parts),
        "undo_url": reverse("membership:undo", args=[change.pk]) if _may_undo(viewer, change) else "",
    }


def _may_undo(viewer: Viewer, change: OrganisationChange) -> bool:
    needed = "org.restructure" if change.kind in STRUCTURAL else "org.manage"
    return viewer.may(needed) and undoable(viewer, change)


@desk("org.view")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """历史: every act, with what can be taken back; names and places of the past."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    placements = list(org_queries.placements(viewer, organisation))
    parents = queries.parent_names(placements)
    context = frame(request, organisation, "history") | {
        "acts_done": [told(viewer, one, organisation) for one in org_queries.history(viewer, organisation)[:100]],
        "names": list(org_queries.names(viewer, organisation)),
        "placements": [(one, parents.get(one.parent_id or 0, "")) for one in placements],
    }
    return render(request, "membership/organisation_history.html", context)


@desk("org.view")
def life(request: HttpRequest, pk: int) -> HttpResponse:
    """活力: what shows that the union lives."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    summary = queries.sign_summary(viewer, organisation)
    kinds = [
        (kind.label, summary.get(kind.value))
        for kind in (SignKind.DUES, SignKind.ACTIVITY, SignKind.CONTACT, SignKind.CONFIRMATION)
    ]
    last = max((one.last for one in summary.values() if one.last), default=None)
    context = frame(request, organisation, "life") | {
        "kinds": kinds,
        "last": last,
        "silent_days": (timezone.localdate() - last).days if last else None,
        "signs": [(one, SignKind(one.kind).label) for one in queries.signs(viewer, organisation=organisation)[:50]],
        "may_vitality": viewer.may("vitality.view"),
    }
    return render(request, "membership/organisation_life.html", context)
