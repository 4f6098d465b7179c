"""Probable double registrations: listed with reasons, compared side by side, merged, taken apart again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import MembershipStatus
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage
from gonghui.pages.tags import org_name

from .. import queries
from ..forms.fields import refuse
from ..forms.people import MergeForm, WhyForm
from .dialogs import ask
from .loading import done, merge_of, own_crumbs, person_url
from .person import membership_facts, person_facts

MOST_PAIRS = 200


@dataclass(frozen=True)
class Pair:
    """A row of the list: two people, why they may be one, and where they are members."""

    id: str
    first: Person
    second: Person
    reasons: str
    score: int
    unions: tuple[str, str]

    @property
    def name(self) -> str:
        return self.first.name if self.first.name == self.second.name else f"{self.first.name}、{self.second.name}"

    @property
    def sure(self) -> str:
        return "很可能" if self.score >= 85 else "可能" if self.score >= 55 else "待核对"


def _sure(row: Pair) -> SafeString:
    kind = {"很可能": "wait", "可能": "info"}.get(row.sure, "")
    return format_html('<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", row.sure)


def _two(first: str, second: str) -> SafeString:
    return format_html("{}<br>{}", first or "—", second or "—")


PAIRS = ListPage(
    key="duplicates",
    title="疑似重复登记",
    unit="对",
    columns=[
        Column("name", "姓名", head=True, personal=True),
        Column("id_mask", "证件号码", cell=lambda row: _two(row.first.id_mask, row.second.id_mask), personal=True),
        Column(
            "phone",
            "手机号码",
            cell=lambda row: _two(row.first.phone_mask, row.second.phone_mask),
            personal=True,
        ),
        Column("unions", "所在组织", cell=lambda row: _two(*(org_name(one) for one in row.unions))),
        Column("reasons", "为什么列入"),
        Column("score", "可能性", kind="tag", cell=_sure, sort="score"),
    ],
    filters=[Filter("sure", "可能性", choices=[(one, one) for one in ("很可能", "可能", "待核对")])],
    default_sort="-score",
    row_url=lambda row: reverse("membership:merge-people", args=[row.first.pk, row.second.pk]),
    empty=Empty(
        "没有疑似重复登记",
        "同名同生日、手机号码相同或证件首尾相同的两条记录会列在这里。",
        "看会员名单",
        "/desk/members/",
    ),
)


def pairs(viewer: Viewer) -> list[Pair]:
    """Every probable pair of the range with the unions of both."""
    found = people_queries.duplicates(viewer, MOST_PAIRS)
    where = queries.open_memberships(viewer, {person for one in found for person in (one.first, one.second)})

    def union(person: Person) -> str:
        row = where.get(person.pk)
        return row.organisation.name if row else "没有会籍"

    return [
        Pair(
            f"{one.first.pk}-{one.second.pk}",
            one.first,
            one.second,
            "，".join(one.reasons),
            one.score,
            (union(one.first), union(one.second)),
        )
        for one in found
    ]


@desk("member.merge")
def duplicates(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    viewer = viewer_of(request)
    rows = pairs(viewer)
    more = "以上" if len(rows) >= MOST_PAIRS else ""
    heading = f"{len(rows)}对{more}疑似重复登记" if rows else "没有疑似重复登记"
    return PAIRS.respond(request, rows, heading=heading, path=own_crumbs(viewer))


def compared(viewer: Viewer, two: list[Person], where: dict[int, Membership]) -> list[dict[str, object]]:
    """Every fact of both records, side by side, with a mark where they differ."""
    columns = []
    for person in two:
        row = where.get(person.pk)
        shown = [
            ("姓名", person.name),
            ("证件号码", person.id_mask),
            ("手机号码", person.phone_mask),
            *person_facts(person),
        ]
        if row is not None:
            shown += [
                ("会籍", MembershipStatus(row.status).label),
                ("所在组织", row.organisation.name),
                *membership_facts(row),
            ]
        columns.append(dict(shown))
    labels = list(dict.fromkeys([*columns[0], *columns[1]]))
    return [
        {
            "label": label,
            "first": columns[0].get(label) or "未报",
            "second": columns[1].get(label) or "未报",
            "differs": (columns[0].get(label) or "") != (columns[1].get(label) or ""),
        }
        for label in labels
    ]


@desk("member.merge")
def merge_people(request: HttpRequest, first: int, second: int) -> HttpResponse:
    """Compare two records and merge them."""
    viewer = viewer_of(request)
    two = queries.persons(viewer, [first, second])
    if len(two) != 2 or first == second:
        raise Http404("persons")
    where = queries.open_memberships(viewer, two)
    rows = [where[one.pk] for one in two if one.pk in where]
    form = MergeForm(request.POST or None, people=two, memberships=rows)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        kept = next(one for one in two if str(one.pk) == data["keep"])
        dropped = next(one for one in two if one is not kept)
        goes_on = next((row for row in rows if str(row.pk) == data.get("membership")), None)
        try:
            merge = people.merge_people(
                viewer, kept=kept, dropped=dropped, reason=data["reason"], open_membership=goes_on
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            url = reverse("membership:merge-undo", args=[merge.pk])
            messages.success(request, format_html('已合并为一条记录<a href="{}">撤销</a>', url))
            return done(request, person_url(kept.pk))
    context = {
        "form": form,
        "rows": compared(viewer, two, where),
        "two": [(one, person_url(one.pk), queries.membership_count(viewer, one)) for one in two],
        "path": [*own_crumbs(viewer), ("疑似重复登记", reverse("membership:duplicates")), ("核对", "")],
        "back": reverse("membership:duplicates"),
    }
    response = render(request, "membership/merge.html", context, status=422 if form.is_bound else 200)
    response["Cache-Control"] = "no-store"
    return response


@desk("member.merge")
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a merge apart."""
    viewer = viewer_of(request)
    merge = merge_of(request, pk)
    form = WhyForm(request.POST or None)
    form.fields["reason"].label = "撤销原因"
    if request.method == "POST" and form.is_valid():
        try:
            people.undo_merge(viewer, merge=merge, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已撤销合并，恢复为两条记录")
            return done(request, person_url(merge.kept_id))
    lines = ["恢复为合并前的两条记录，会籍、任职和活动各归各的。"]
    return ask(request, form, title="撤销合并", submit="撤销合并", back=person_url(merge.kept_id), lines=lines)
