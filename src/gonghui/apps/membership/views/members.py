"""The list of members in the post's range, and what is done to many of them at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import (
    MembershipEnd,
    MembershipStatus,
    NewFormOccupation,
    RetentionReason,
    Sex,
    WorkerKind,
)
from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import BulkAction, Column, Empty, Filter, ListPage, Picked, View, write_xlsx

from .. import queries
from ..forms.fields import refuse
from ..forms.people import BulkTransferForm, LeaveForm, RetainForm, WhyForm
from .dialogs import ask
from .loading import conditions, done, organisation_of, own_crumbs, person_url

LIST_URL = "/desk/members/"
MOST_ONE_BY_ONE = 1000
MOST_AT_ONCE = 5000


def _work(row: Membership) -> str | None:
    return NewFormOccupation(row.new_form).label if row.new_form else row.occupation or None


def _status(row: Membership) -> SafeString:
    if row.status != MembershipStatus.ENDED and row.waiting:  # type: ignore[attr-defined]
        return format_html('<span class="tag tag-info">{}</span>', "待转会")
    kind = {"active": "ok", "retained": "wait"}.get(row.status, "")
    return format_html(
        '<span class="tag{}">{}</span>', f" tag-{kind}" if kind else "", MembershipStatus(row.status).label
    )


def _organisation(row: Membership) -> str:
    return row.organisation.name


def _name(row: Any) -> str:
    """What the person is called, or was when the membership ended."""
    name: str = row.person_name or (row.who.name if row.who else "")
    return name


def _ended(row: Membership) -> str | None:
    return MembershipEnd(row.end_reason).label if row.end_reason else None


def _who(name: str) -> Any:
    """A fact of the person, empty when they are out of sight."""
    return lambda row: getattr(row.who, name) if row.who else None


def export_members(request: HttpRequest, **given: Any) -> HttpResponseBase:
    """The file, and on the trail who took how many members out under which conditions."""
    viewer = viewer_of(request)
    detail = {"rows": given["total"], "columns": [column.key for column in given["columns"]]}
    record(viewer, "member.exported", path=viewer.lo, object_type="list", object_id="members", detail=detail)
    return write_xlsx(request, **given)


COLUMNS = [
    Column("name", "姓名", cell=_name, sort="person__name_key", head=True, personal=True),
    Column("id_mask", "证件号码", cell=_who("id_mask"), personal=True),
    Column("phone", "手机号码", cell=_who("phone_mask"), personal=True, default=False),
    Column("sex", "性别", cell=lambda row: Sex(row.who.sex).label if row.who else None, default=False),
    Column("organisation", "所在组织", cell=_organisation, export=_organisation, kind="organisation"),
    Column("worker_kind", "用工类别", cell=lambda row: WorkerKind(row.worker_kind).label, nowrap=True),
    Column("work", "职业工种", cell=_work),
    Column("platforms", "平台", cell=lambda row: "、".join(row.platforms) or None, default=False),
    Column("employer_name", "用人单位", kind="organisation", default=False),
    Column("department", "部门班组", default=False),
    Column("card_no", "会员号", default=False, nowrap=True),
    Column("joined_on", "入会日期", kind="date", sort="joined_on"),
    Column("last_sign_on", "最近活动", kind="date", sort="last_sign_on"),
    Column("valid_to", "终止日期", kind="date", sort="valid_to", default=False),
    Column("end_reason", "终止原因", cell=_ended, default=False),
    Column("status", "状态", kind="tag", cell=_status, export=lambda row: MembershipStatus(row.status).label),
]

FLAGS = [
    ("recent", "近30天入会"),
    ("new_form", "新就业形态"),
    ("moving", "待转会"),
    ("silent", "近两年没有活动"),
    ("duplicate", "疑似重复登记"),
]
STATUSES = [("active", "在籍"), ("retained", "保留会籍"), ("ended", "已终止")]


def filters_for(viewer: Viewer, scoped: bool) -> list[Filter]:
    """Conditions of the list; the search for people never stands in an address."""
    rows = [
        Filter(
            "q",
            "查找会员",
            "search",
            lambda rows, text: queries.find_members(viewer, rows, text),
            placeholder="姓名、拼音、手机尾号或会员号",
            personal=True,
        ),
        Filter("status", "会籍", choices=STATUSES),
        Filter("kind", "用工类别", choices=WorkerKind.choices, lookup="worker_kind", main=False),
        Filter("flag", "情形", choices=FLAGS, lookup=lambda rows, flag: queries.flagged(viewer, rows, flag)),
        Filter("new_form", "新就业形态职业", choices=NewFormOccupation.choices, main=False),
        Filter("sex", "性别", choices=[("1", "男"), ("2", "女")], lookup="person__sex", main=False),
        Filter("joined", "入会日期", "date", "joined_on", main=False),
        Filter("active", "最近活动", "date", "last_sign_on", main=False),
    ]
    if not scoped:
        rows.insert(1, Filter("in", "所在组织", choices=queries.scopes, lookup=queries.within))
    return rows


BULK = [
    BulkAction(
        "transfer",
        "转会",
        "/desk/members/transfer",
        form=BulkTransferForm,
        question="为{count}名会员办理转会",
        effect="只能转到本岗位管辖的工会，会籍历史保留，原工会的职务随之终止。",
        undo="办错了，可以再转回来。",
        permission="member.manage",
    ),
    BulkAction(
        "retain",
        "保留会籍",
        "/desk/members/retain",
        form=RetainForm,
        question="为{count}名会员保留会籍",
        effect="保留期间不缴会费，没有选举权和被选举权，工会职务随之终止。",
        undo="以后可以逐名恢复会籍。",
        permission="member.manage",
    ),
    BulkAction(
        "leave",
        "离会",
        "/desk/members/leave",
        destructive=True,
        form=LeaveForm,
        question="终止{count}名会员的会籍",
        effect="终止后不再是会员，工会职务随之终止。",
        undo="没有另行入会以前，可以撤销这次办理。",
        permission="member.manage",
    ),
]

MEMBERS = ListPage(
    key="members",
    title="会员",
    unit="名",
    columns=COLUMNS,
    bulk=BULK,
    order=("path",),
    row_url=lambda row: person_url(row.person_id) if row.who else "",
    row_label=_name,
    export=export_members,
    template="membership/members.html",
    empty=Empty("还没有会员", "导入会员名册，或逐名办理入会。", "办理入会", "/desk/members/new"),
)


def views_for(viewer: Viewer) -> list[View]:
    """The tabs; what the counters know is counted, the rest only when it is opened."""
    counts = org_queries.counts(viewer)
    return [
        View("all", "全部会员", count=counts.members),
        View("recent", "近30天入会", {"flag": "recent"}),
        View("retained", "保留会籍", {"status": "retained"}, counts.retained),
        View("new_form", "新就业形态", {"flag": "new_form"}, counts.new_form),
        View("moving", "待转会", {"flag": "moving"}),
        View("duplicate", "疑似重复", {"flag": "duplicate"}),
    ]


def page_for(viewer: Viewer, organisation: Organisation | None = None, *, ended: bool = False) -> ListPage:
    """The list as this post may use it, of its whole range or of one organisation."""
    scope = f"?scope={organisation.pk}" if organisation else ""
    choosing = type("ChooseTarget", (BulkTransferForm,), {"viewer": viewer})
    bulk = [
        replace(action, url=action.url + scope, form=choosing if action.key == "transfer" else action.form)
        for action in BULK
    ]
    return replace(
        MEMBERS,
        columns=[_when_ended(column) for column in COLUMNS] if ended else COLUMNS,
        order=("-valid_to",) if ended else MEMBERS.order,
        filters=filters_for(viewer, organisation is not None),
        views=() if organisation else views_for(viewer),
        bulk=[] if ended else bulk,
        export=MEMBERS.export if viewer.may("roster.export") else None,
    )


def _when_ended(column: Column) -> Column:
    """Former members sort by the name the union knew, and show when and why they left."""
    if column.key == "name":
        return replace(column, sort="person_name")
    return replace(column, default=column.default or column.key in ("valid_to", "end_reason"))


def wants_ended(request: HttpRequest) -> bool:
    return conditions(request).get("status") == MembershipStatus.ENDED


def source_of(request: HttpRequest, organisation: Organisation | None = None) -> Any:
    """Open memberships, unless the conditions ask for those that have ended."""
    return queries.member_rows(viewer_of(request), organisation, ended=wants_ended(request))


def _headline(members: int, retained: int) -> str:
    """The situation: how many, and how many of them only on the books."""
    if not members:
        return "还没有会员"
    return f"{members:,}名会员" + (f"，{retained:,}名保留会籍" if retained else "")


@desk("member.view")
def member_list(request: HttpRequest) -> HttpResponseBase:
    """Every member of the post's range."""
    viewer = viewer_of(request)
    page = page_for(viewer, ended=wants_ended(request))
    counted = {view.key: view.count for view in page.views}
    known = {frozenset(view.params.items()): view.count for view in page.views if view.count is not None}
    names = {name for declared in page.filters for name in declared.names}
    asked = frozenset((name, value) for name, value in conditions(request).items() if name in names and value)

    def total(rows: Any) -> int:
        """What the counters know is not counted again."""
        return int(known[asked]) if asked in known else rows.count()  # type: ignore[arg-type]

    return page.respond(
        request,
        source_of(request),
        total=total,
        heading=_headline(counted["all"], counted["retained"]),  # type: ignore[arg-type]
        path=own_crumbs(viewer),
        may_admit=viewer.may("member.manage"),
        may_merge=viewer.may("member.merge"),
    )


def _picked(request: HttpRequest) -> tuple[ListPage, Picked, str]:
    """The page, the rows picked on it and where to go back to; an organisation's own list says which one it was."""
    scope = request.GET.get("scope", "")
    organisation = organisation_of(request, int(scope)) if scope.isdigit() else None
    page = page_for(viewer_of(request), organisation, ended=wants_ended(request))
    picked = page.picked(request, source_of(request, organisation))
    back = reverse("membership:organisation-members", args=[organisation.pk]) if organisation else LIST_URL
    return page, picked, back


def _open_ids(picked: Picked, most: int) -> list[int]:
    """Ids of the picked memberships, all of them still open.

    :raises Refusal: GH-MEM-001 some have ended, so the list is not what it was; 002 too many at once.
    """
    if picked.count > most:
        raise Refusal("GH-MEM-002", f"一次最多办理{most:,}名，现在选了{picked.count:,}名。整个工会的用并转、撤销或转隶")
    rows = list(picked.rows.order_by().values_list("pk", "valid_to"))
    ended = sum(1 for _, valid_to in rows if valid_to is not None)
    if ended:
        raise Refusal("GH-MEM-001", f"其中{ended}名的会籍已终止，不能再办理")
    return [pk for pk, _ in rows]


def _back(request: HttpRequest, back: str, picked: Picked) -> HttpResponse:
    target = back + picked.query
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponse(status=302, headers={"Location": target})


Act = Callable[[Viewer, list[int], dict[str, Any]], SafeString | str]


def _many(request: HttpRequest, key: str, act: Act, most: int = MOST_ONE_BY_ONE) -> HttpResponse:
    """Ask, then act on all picked members or on none."""
    page, picked, back = _picked(request)
    asked = page.ask(request, key, picked, back=back)
    if asked:
        return asked
    try:
        with transaction.atomic():
            words = act(viewer_of(request), _open_ids(picked, most), picked.data)
    except Refusal as refusal:
        messages.error(request, f"没有办理：{refusal.message}")
    else:
        messages.success(request, words)
    return _back(request, back, picked)


@require_POST
@desk("member.manage")
def bulk_leave(request: HttpRequest) -> HttpResponse:
    """离会 of the picked members; the toast offers to take it back."""

    def act(actor: Viewer, ids: list[int], data: dict[str, Any]) -> SafeString:
        people.end_many(actor, memberships=ids, on=data["on"], reason=data["why"], note=data["note"])
        request.session["ended"] = ids
        return format_html(
            '已终止{}名会员的会籍<a href="{}">撤销</a>', f"{len(ids):,}", reverse("membership:leave-undo")
        )

    return _many(request, "leave", act, MOST_AT_ONCE)


@require_POST
@desk("member.manage")
def bulk_retain(request: HttpRequest) -> HttpResponse:
    """保留会籍 of the picked members, by their own unions."""

    def act(actor: Viewer, ids: list[int], data: dict[str, Any]) -> str:
        for row in Membership.objects.visible(actor).filter(pk__in=ids):
            people.retain(actor, membership=row, reason=data["why"], on=data["on"], note=data["note"])
        return f"已为{len(ids):,}名会员保留会籍，原因：{RetentionReason(data['why']).label}"

    return _many(request, "retain", act)


@require_POST
@desk("member.manage")
def bulk_transfer(request: HttpRequest) -> HttpResponse:
    """转会 of the picked members to one union of the post's range."""

    def act(actor: Viewer, ids: list[int], data: dict[str, Any]) -> SafeString:
        target = data["to"]
        for row in Membership.objects.visible(actor).filter(pk__in=ids):
            people.transfer_within(actor, membership=row, to_organisation=target, on=data["on"], reason=data["reason"])
        url = reverse("membership:organisation-members", args=[target.pk])
        return format_html('已将{}名会员转入{}<a href="{}">查看</a>', f"{len(ids):,}", target.name, url)

    return _many(request, "transfer", act)


@desk("member.manage")
def leave_undo(request: HttpRequest) -> HttpResponse:
    """Take back the last ending that this log-in has done."""
    ids = request.session.get("ended") or []
    form = WhyForm(request.POST or None)
    form.fields["reason"].label = "撤销原因"
    if not ids:
        messages.error(request, "没有可以撤销的办理")
        return done(request, LIST_URL)
    if request.method == "POST" and form.is_valid():
        try:
            people.undo_end(viewer_of(request), memberships=ids, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            del request.session["ended"]
            messages.success(request, f"已恢复{len(ids):,}名会员的会籍")
            return done(request, LIST_URL)
    lines = [f"{len(ids):,}名会员的会籍恢复到终止以前，随之终止的职务也恢复。"]
    return ask(request, form, title="撤销离会", submit="撤销离会", back=LIST_URL, lines=lines)
