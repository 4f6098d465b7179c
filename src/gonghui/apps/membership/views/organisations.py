"""The list of organisations in the post's range."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import regions
from gonghui.kernel.org.choices import Industry, Level, OrganisationKind, OrganisationState
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.tags import org_name

from .. import queries
from ..rules import term_words
from .loading import conditions, crumbs, organisation_url, own_of

STATE_TAGS = {"active": "ok", "founding": "info", "dissolved": "", "merged": "", "withdrawn": ""}


def _name(row: Organisation) -> SafeString:
    """The name, and below it where the organisation stands."""
    above = format_html('<br><span class="small quiet org">{}</span>', row.parent.name) if row.parent else ""
    return format_html("{}{}", org_name(row.name), above)


def _state(row: Organisation) -> SafeString:
    label = OrganisationState(row.state).label
    kind = STATE_TAGS[row.state]
    return format_html('<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", label)


def _term(row: Organisation) -> SafeString | None:
    """The end of the term; a mark in words when it has passed or is near."""
    if row.term_to is None:
        return None
    words, tone = term_words(row.term_to, timezone.localdate())
    day = format_html('<time datetime="{}">{}</time>', row.term_to, row.term_to.isoformat())
    if not words or row.state not in ("active", "founding"):
        return day
    short = "已届满" if tone == "bad" else "将届满"
    return format_html('{} <span class="tag tag-{}">{}</span>', day, tone, short)


SUFFIX = {"women": "?status=active&sex=2", "new_form": "?flag=new_form"}
"""The condition under which the list of members shows what a counter counts."""


def _of(value: str) -> Any:
    """A number of the subtree, or what else is read for the rows of the page."""
    return lambda row: getattr(row.numbers, value)


def _opening(value: str) -> Any:
    """The number as a link to its records."""

    def cell(row: Organisation) -> SafeString | int:
        count = getattr(row.numbers, value)  # type: ignore[attr-defined]
        url = organisation_url(row.pk, "members") + SUFFIX.get(value, "")
        return format_html('<a class="fig" href="{}">{}</a>', url, f"{count:,}") if count else 0

    return cell


def _counter(key: str, title: str, value: str, default: bool = True) -> Column:
    return Column(key, title, kind="number", unit="名", cell=_opening(value), export=_of(value), default=default)


COLUMNS = [
    Column("name", "名称", cell=_name, export=lambda row: row.name, sort="name_key", head=True),
    Column(
        "parent",
        "上级组织",
        cell=lambda row: row.parent.name if row.parent else None,
        kind="organisation",
        default=False,
    ),
    Column("kind", "类别", cell=lambda row: OrganisationKind(row.kind).label, nowrap=True),
    Column("level", "层级", cell=lambda row: Level(row.level).label, nowrap=True, default=False),
    _counter("members", "会员", "members"),
    _counter("women", "女会员", "women", default=False),
    _counter("new_form", "新就业形态", "new_form"),
    Column("headcount", "职工", kind="number", unit="人", default=False),
    Column("chair", "主席", cell=_of("chair"), personal=True),
    Column("term_to", "任期至", cell=_term, export=lambda row: row.term_to, sort="term_to", nowrap=True),
    Column("founded_on", "成立日期", kind="date", sort="founded_on", default=False),
    Column("last_sign", "最近活动", kind="date", cell=_of("last_sign")),
    Column(
        "industry", "所属行业", cell=lambda row: Industry(row.industry).label if row.industry else None, default=False
    ),
    Column("uscc", "统一社会信用代码", default=False, nowrap=True),
    Column("code", "组织编码", default=False, nowrap=True),
    Column("state", "状态", kind="tag", cell=_state, export=lambda row: OrganisationState(row.state).label),
]

KINDS = [(one.value, one.label) for one in OrganisationKind if one is not OrganisationKind.PARTY_BODY]
STATES = [(one.value, one.label) for one in OrganisationState if one is not OrganisationState.WITHDRAWN]
TERMS = [("over", "已届满"), ("soon", "90天内届满"), ("running", "任期内"), ("none", "没有登记")]

FILTERS = [
    Filter(
        "q", "查找组织", "search", lambda rows, text: queries.named(rows, text), placeholder="名称、拼音首字母、编码"
    ),
    Filter("kind", "类别", choices=KINDS),
    Filter("level", "层级", choices=Level.choices),
    Filter("term", "任期", choices=TERMS, lookup=lambda rows, state: queries.with_term(rows, state)),
    Filter(
        "state",
        "状态",
        choices=[*STATES, ("ended", "已撤销或并转")],
        lookup=lambda rows, state: _in_state(rows, state),
        main=False,
    ),
    Filter("industry", "所属行业", choices=Industry.choices, main=False),
    Filter(
        "new_form",
        "新就业形态会员",
        "boolean",
        main=False,
        lookup=lambda rows, wanted: rows.filter(tally__new_form__gt=0) if wanted else rows.filter(tally__new_form=0),
    ),
    Filter("founded", "成立日期", "date", "founded_on", main=False),
]


def _in_state(rows: Any, state: str) -> Any:
    return rows.filter(state__in=("dissolved", "merged")) if state == "ended" else rows.filter(state=state)


VIEWS = [
    View("all", "全部", count=lambda viewer: org_queries.counts(viewer).organisations),
    View(
        "grassroots",
        "基层工会",
        {"kind": "grassroots_union"},
        lambda viewer: _kind(viewer, "grassroots_union"),
    ),
    View("joint", "联合工会", {"kind": "joint_union"}, lambda viewer: _kind(viewer, "joint_union")),
    View("industry", "行业工会", {"kind": "industry_union"}, lambda viewer: _kind(viewer, "industry_union")),
    View("over", "任期届满", {"term": "over"}, lambda viewer: queries.terms(viewer)["over"]),
    View("ended", "已撤销并转", {"state": "ended"}),
]


def _kind(viewer: Viewer, kind: str) -> int:
    return org_queries.counts(viewer).by_kind.get(kind, 0)


ORGANISATIONS = ListPage(
    key="organisations",
    title="组织",
    unit="家",
    columns=COLUMNS,
    filters=FILTERS,
    views=VIEWS,
    order=("path",),
    row_url=lambda row: organisation_url(row.pk),
    row_label=lambda row: row.name,
    export=write_xlsx,
    empty=Empty("还没有组织", "导入组织名册，或从本级总工会的页面办理建会。"),
    template="membership/organisations.html",
)


def counted_views(viewer: Viewer) -> list[View]:
    """The built-in tabs with their numbers, counted once for all of them."""
    counts = org_queries.counts(viewer)
    numbers = {"all": counts.organisations, "over": queries.terms(viewer)["over"]}
    numbers["ended"] = counts.by_state.get("dissolved", 0) + counts.by_state.get("merged", 0)
    return [
        replace(view, count=numbers.get(view.key, counts.by_kind.get(view.params.get("kind", ""), 0))) for view in VIEWS
    ]


def page_for(viewer: Viewer, own: PublicOrganisation | None, *, views: bool = True) -> ListPage:
    """The list as this post may use it: counted tabs, the regions of its area, export only with permission."""
    page = ORGANISATIONS
    filters = list(page.filters)
    areas = regions.children(own.region_code) if own and own.region_code else ()
    if areas:
        codes = [(area.code, area.name) for area in areas]
        area = Filter(
            "region",
            "行政区划",
            choices=codes,
            lookup=lambda rows, code: rows.filter(region_code__startswith=code),
            main=False,
        )
        filters.insert(4, area)
    counters = () if viewer.may("member.view") else ("members", "women", "new_form")
    columns = [replace(one, cell=one.export) if one.key in counters else one for one in page.columns]
    return replace(
        page,
        columns=columns,
        enrich=partial(queries.add_numbers, viewer),
        filters=filters,
        views=counted_views(viewer) if views else (),
        export=page.export if viewer.may("roster.export") else None,
    )


def source_of(request: HttpRequest, within: Organisation | None = None) -> Any:
    """Living organisations, unless the conditions ask for those that have ended."""
    ended = conditions(request).get("state", "") in ("ended", "dissolved", "merged")
    return queries.organisation_rows(viewer_of(request), within=within, ended=ended)


@desk("org.view")
def organisation_list(request: HttpRequest) -> HttpResponseBase:
    """Every organisation of the post's range."""
    viewer = viewer_of(request)
    own = own_of(viewer)
    page = page_for(viewer, own)
    numbers = {view.key: view.count for view in page.views}
    over = numbers["over"]
    heading = f"{numbers['all']:,}家组织" + (f"，{over:,}家任期已满" if over else "")
    path = crumbs(viewer, own, here=False) if own else []
    return page.respond(request, source_of(request), heading=heading, path=path)
