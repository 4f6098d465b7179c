"""Accounts and posts at the desk: who has which post, asking, granting, taking back, suspending."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from ...org import queries as org_queries
from ...refusal import Refusal
from ...viewer import Viewer
from .. import queries, services
from ..choices import SEPARATED, Role
from ..doors import desk
from ..forms import AccountForm, PostForm, ReasonForm
from ..models import Account, Post

STATES = {
    "asked": ("待批准", "wait"),
    "valid": ("有效", "ok"),
    "over": ("已收回", ""),
    "suspended": ("账号停用", "bad"),
}


class Words(NamedTuple):
    """A state as the tag component reads it."""

    label: str
    tag_kind: str


def state_words(post: Post) -> Words:
    """A tag on the page, plain words in a file."""
    return Words(*STATES[queries.state_of(post, timezone.localdate())])


def _waiting(viewer: Viewer) -> int:
    return queries.in_state(queries.posts(viewer), "asked").count()


PAGE = ListPage(
    key="accounts",
    title="账号与岗位",
    unit="个岗位",
    columns=[
        Column("name", "姓名", cell=lambda row: row.account.name, head=True, sort="account__name", personal=True),
        Column("username", "用户名", cell=lambda row: row.account.username, sort="account__username", nowrap=True),
        Column("role", "角色", cell=lambda row: Role(row.role).label, sort="role", nowrap=True),
        Column("organisation", "组织", cell=lambda row: row.organisation.name, kind="organisation", sort="path"),
        Column("title", "部门职务", cell=lambda row: "·".join(filter(None, (row.department, row.title)))),
        Column("state", "状态", cell=state_words, kind="tag"),
        Column("valid_from", "起", kind="date", sort="valid_from"),
        Column("login", "最近登录", cell=lambda row: row.account.last_login, kind="time", sort="account__last_login"),
        Column("valid_to", "止", kind="date", default=False),
    ],
    filters=[
        Filter(
            "q", "查找", "search", placeholder="姓名、用户名", personal=True,
            lookup=lambda source, text: source.filter(account__name__icontains=text)
            | source.filter(account__username__icontains=text),
        ),
        Filter("state", "状态", choices=[(key, words) for key, (words, _) in STATES.items()], lookup=queries.in_state),
        Filter("role", "角色", choices=Role.choices),
        Filter("org", "组织", "search", "organisation__name__icontains", placeholder="组织名称", main=False),
    ],
    views=[
        View("all", "全部", {}),
        View("asked", "待批准", {"state": "asked"}, count=_waiting),
        View("valid", "有效", {"state": "valid"}),
        View("suspended", "账号停用", {"state": "suspended"}),
    ],
    empty=Empty("还没有账号", "建立账号并提出岗位，由安全管理员批准后生效。", "建立账号", "/desk/accounts/new"),
    default_sort="organisation",
    order=("path", "pk"),
    row_url=lambda row: reverse("access:account", args=[row.account_id]),
    row_label=lambda row: row.account.name,
    export=write_xlsx,
    template="access/accounts.html",
)  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("account.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    """`/desk/accounts/`"""
    viewer = viewer_of(request)
    waiting = queries.waiting(viewer).count() if viewer.may("post.grant") else 0
    return PAGE.respond(request, queries.posts(viewer), may_make=viewer.may("account.manage"), waiting=waiting)


def _fill(form: Any, refusal: Refusal) -> None:
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)


def _organisation_hint(viewer: Viewer, request: HttpRequest) -> str:
    """The organisation a link came from, or the viewer's own."""
    wanted = request.GET.get("organisation", "")
    pk = int(wanted) if wanted.isdigit() and len(wanted) < 19 else viewer.organisation_id
    found = org_queries.organisations(viewer).filter(pk=pk).first() if pk else None
    return found.name if found else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("account.manage")
def new(request: HttpRequest) -> HttpResponse:
    """`/desk/accounts/new`: the first password is shown on the answer to this one POST, and never again."""
    viewer = viewer_of(request)
    form = AccountForm(
        request.POST or None, viewer=viewer, initial={"organisation": _organisation_hint(viewer, request)}
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            office = queries.office_named(viewer, data["organisation"], data["name"])
            account, post, password = services.create_account(viewer, appointment=office, **data)
        except Refusal as refusal:
            _fill(form, refusal)
        else:
            context = {
                "account": account,
                "post": post,
                "password": password,
                "office": office,
                "again": False,
            }
            return render(request, "access/first_password.html", context)
    context = {"form": form, "separated": [role.label for role in sorted(SEPARATED)]}
    return render(request, "access/account_new.html", context, status=422 if form.is_bound else 200)


def _account(viewer: Viewer, pk: int) -> Account:
    found = queries.account(viewer, pk)
    if found is None:
        raise Http404
    return found


def _account_page(request: HttpRequest, account: Account, status: int = 200, **forms: Any) -> HttpResponse:
    viewer = viewer_of(request)
    posts = list(queries.posts(viewer).filter(account=account).order_by("valid_to", "-valid_from", "-pk"))
    names = queries.names_of([pk for post in posts for pk in (post.asked_by, post.granted_by)])
    today = timezone.localdate()
    rows = []
    for post in posts:
        state = queries.state_of(post, today)
        mine = viewer.account_id in (post.asked_by, post.account_id)
        rows.append(
            {
                "post": post,
                "role": Role(post.role).label,
                "state": STATES[state],
                "asked_by": names.get(post.asked_by or 0, ""),
                "granted_by": names.get(post.granted_by or 0, ""),
                "can_grant": state == "asked" and viewer.may("post.grant") and not mine,
                "blocked": state == "asked" and viewer.may("post.grant") and mine,
                "can_revoke": state == "valid" and viewer.may("post.grant") and post.account_id != viewer.account_id,
            }
        )
    context = {
        "account": account,
        "rows": rows,
        "ask_form": PostForm(
            viewer=viewer, initial={"organisation": _organisation_hint(viewer, request)}, auto_id="ask_%s"
        ),
        "reason_form": ReasonForm(auto_id="reason_%s"),
        "may_ask": viewer.may("post.ask") and account.is_active,
        "may_suspend": viewer.may("account.suspend") and account.pk != viewer.account_id,
        "may_reset": viewer.may("account.manage") and account.pk != viewer.account_id,
        **forms,
    }
    return render(request, "access/account.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("account.view")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/accounts/<pk>/`; POST asks for one more post."""
    viewer = viewer_of(request)
    found = _account(viewer, pk)
    if request.method != "POST":
        return _account_page(request, found)
    form = PostForm(request.POST, viewer=viewer, auto_id="ask_%s")
    if form.is_valid():
        try:
            services.ask_post(viewer, account=found, **form.cleaned_data)
        except Refusal as refusal:
            _fill(form, refusal)
        else:
            messages.success(request, "已提出岗位，等待安全管理员批准")
            return redirect("access:account", pk)
    return _account_page(request, found, 422, ask_form=form)


def _post(viewer: Viewer, pk: int) -> Post:
    found = queries.posts(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _say(request: HttpRequest, refusal: Refusal) -> None:
    messages.error(request, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)


@require_POST
@desk("post.grant")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/accounts/posts/<pk>/answer`: grant, decline or take back, as the pressed button says."""
    viewer = viewer_of(request)
    post = _post(viewer, pk)
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("act") == "grant":
            services.grant_post(viewer, post=post)
            messages.success(request, f"已批准{post.account.name}的{Role(post.role).label}岗位，下一次点击就生效")
        elif request.POST.get("act") == "decline":
            services.decline_post(viewer, post=post, reason=reason)
            messages.success(request, "已退回这个岗位申请")
        else:
            services.revoke_post(viewer, post=post, reason=reason)
            messages.success(request, f"已收回{post.account.name}的{Role(post.role).label}岗位，下一次点击就生效")
    except Refusal as refusal:
        _say(request, refusal)
    return redirect("access:account", post.account_id)


@require_POST
@desk("account.suspend")
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/accounts/<pk>/suspend`: suspend, or let in again."""
    viewer = viewer_of(request)
    found = _account(viewer, pk)
    reason = request.POST.get("reason", "")
    try:
        if found.is_active:
            services.suspend_account(viewer, account=found, reason=reason)
            messages.success(request, f"已停用{found.name}的账号，所有设备上的登录已退出")
        else:
            services.restore_account(viewer, account=found, reason=reason)
            messages.success(request, f"已恢复{found.name}的账号")
    except Refusal as refusal:
        _say(request, refusal)
    return redirect("access:account", pk)


@never_cache
@require_POST
@desk("account.manage")
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/accounts/<pk>/reset`: a new first password, shown once."""
    viewer = viewer_of(request)
    found = _account(viewer, pk)
    try:
        password = services.reset_password(viewer, account=found, reason=request.POST.get("reason", ""))
    except Refusal as refusal:
        _say(request, refusal)
        return redirect("access:account", pk)
    context = {"account": found, "password": password, "again": True}
    return render(request, "access/first_password.html", context)
