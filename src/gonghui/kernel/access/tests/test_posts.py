"""Three roles, three persons; what is granted or taken back counts from the next request."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import queries, rules, services
from gonghui.kernel.access.choices import SEPARATED
from gonghui.kernel.access.models import Account, ApiToken, Post, SavedList
from gonghui.kernel.access.queries import viewer_of_post
from gonghui.kernel.factories import PASSWORD, Tree, make_account, make_member, make_post
from gonghui.kernel.people.models import Appointment
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope, take_scope_of
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import Viewer


def at(post: Post) -> Viewer:
    return viewer_of_post(post.account, post)


@pytest.fixture
def admin(tree: Tree) -> Viewer:
    return at(make_post(tree.city, "federation_admin", "chenweidong", "陈卫东"))


@pytest.fixture
def officer(tree: Tree) -> Viewer:
    return at(make_post(tree.city, "security_officer", "huxiaofeng", "胡晓峰"))


def logged_in(viewer: Viewer) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=viewer.account_id))
    return client


def made(
    admin: Viewer, tree: Tree, username: str = "liuchunlan", role: str = "organising", **more: Any
) -> tuple[Account, Post, str]:
    return services.create_account(
        admin,
        username=username,
        name="刘春兰",
        organisation=tree.county,
        role=role,
        reason="接替调离人员",
        **more,
    )


def test_account_has_no_rights_until_somebody_else_grants(admin: Viewer, officer: Viewer, tree: Tree) -> None:
    account, post, password = made(admin, tree)
    client = Client()
    client.post("/login/", {"username": "liuchunlan", "password": password})
    client.post("/account/password/", {"old": password, "new": "jade-river-rivet-07", "again": "jade-river-rivet-07"})
    assert client.get("/account/").wsgi_request.viewer.permissions == frozenset()
    take_scope("", "~")
    services.grant_post(officer, post=post)
    assert client.get("/account/").wsgi_request.viewer.may("member.manage")
    take_scope("", "~")
    services.revoke_post(officer, post=post, reason="已调离本单位")
    assert client.get("/account/").wsgi_request.viewer.permissions == frozenset()
    take_scope("", "~")
    assert [
        v for v in TrailRecord.objects.order_by("pk").values_list("verb", flat=True) if "post_" in v or "account_" in v
    ] == [
        "access.account_created",
        "access.post_granted",
        "access.post_revoked",
    ]
    assert account.must_change_password


def test_who_asked_cannot_grant(tree: Tree, admin: Viewer) -> None:
    _, post, _ = made(admin, tree)
    both = Viewer(**{f: getattr(admin, f) for f in ("name", "account_id", "post_id", "lo", "hi")}, role="security_officer",
                  permissions=rules.permissions_of("security_officer"))  # fmt: skip
    with pytest.raises(Refusal, match="不能自己批准"):
        services.grant_post(both, post=post)


def test_nobody_grants_or_takes_back_their_own(tree: Tree, admin: Viewer, officer: Viewer) -> None:
    own = Account.objects.get(pk=officer.account_id)
    post = services.ask_post(admin, account=own, organisation=tree.county, role="leader", reason="临时分管")
    with pytest.raises(Refusal, match="不能给自己授权"):
        services.grant_post(officer, post=post)
    with pytest.raises(Refusal, match="不能收回自己"):
        services.revoke_post(officer, post=Post.objects.get(pk=officer.post_id), reason="不干了")
    with pytest.raises(Refusal, match="不能停用自己"):
        services.suspend_account(officer, account=own, reason="试试看")


@pytest.mark.parametrize("held", sorted(SEPARATED))
@pytest.mark.parametrize("wanted", sorted(SEPARATED))
def test_the_three_roles_stay_with_three_accounts(admin: Viewer, tree: Tree, held: str, wanted: str) -> None:
    holder = make_post(tree.county, held, "holder").account
    if held == wanted:
        assert services.ask_post(admin, account=holder, organisation=tree.city, role=wanted, reason="增加一级")
        return
    with pytest.raises(Refusal, match="不能同时担任"):
        services.ask_post(admin, account=holder, organisation=tree.city, role=wanted, reason="增加一级")


def test_the_three_roles_are_kept_apart_across_accounts_of_one_person(
    admin: Viewer, officer: Viewer, tree: Tree
) -> None:
    """One account is the person's, the other was granted for an office of the same person in another city."""
    person = make_member(tree.union, "尹春生").person
    first = make_account("yin-audit", "尹春生", person=person)
    office = Appointment.objects.create(
        person=person,
        organisation=tree.other_city,
        path=tree.other_city.path,
        office="staff",
        valid_from=date(2021, 1, 1),
    )
    second = make_account("yin-other", "尹春生")
    Post.objects.create(
        account=second, organisation=tree.other_city, path=tree.other_city.path, role="auditor", appointment=office,
        valid_from=date(2021, 1, 1), granted_by=second.pk,
    )  # fmt: skip
    take_scope_of(admin)  # the other city is out of the actor's sight, and still counts
    with pytest.raises(Refusal, match="本人已是审计员"):
        services.ask_post(admin, account=first, organisation=tree.county, role="security_officer", reason="增加岗位")
    assert services.ask_post(admin, account=first, organisation=tree.county, role="leader", reason="增加岗位")


def test_separation_is_checked_again_when_granting(admin: Viewer, officer: Viewer, tree: Tree) -> None:
    account, post, _ = made(admin, tree, role="auditor")
    Post.objects.create(
        account=account, organisation=tree.city, path=tree.city.path, role="federation_admin",
        valid_from=date(2021, 1, 1), granted_by=account.pk,
    )  # fmt: skip
    with pytest.raises(Refusal, match="不能同时担任"):
        services.grant_post(officer, post=post)


def test_posts_outside_the_range_are_out_of_reach(admin: Viewer, tree: Tree) -> None:
    foreign = make_post(tree.other_city, "organising", "foreign")
    county_officer = at(make_post(tree.county, "security_officer", "county-officer"))
    with pytest.raises(Refusal, match="本级和下级"):
        services.ask_post(
            admin, account=foreign.account, organisation=tree.other_city, role="leader", reason="跨市授权"
        )
    for act in (
        lambda: services.grant_post(county_officer, post=foreign),
        lambda: services.revoke_post(county_officer, post=foreign, reason="越权试试"),
    ):
        with pytest.raises(Refusal, match="不在当前岗位的范围内"):
            act()
    with pytest.raises(Refusal, match="不在当前岗位的范围内"):
        services.suspend_account(county_officer, account=foreign.account, reason="越权试试")


@pytest.mark.parametrize("role", ["organising", "leader", "auditor", "security_officer", "grassroots_chair"])
def test_only_the_administrator_makes_accounts(tree: Tree, role: str) -> None:
    viewer = at(make_post(tree.city, role, "somebody"))
    with pytest.raises(Refusal, match="没有“建立和维护账号”权限"):
        made(viewer, tree)


def test_a_post_ends_with_the_office_it_was_granted_for(admin: Viewer, officer: Viewer, tree: Tree) -> None:
    person = make_member(tree.union, "郭卫民").person
    office = Appointment.objects.create(
        person=person,
        organisation=tree.union,
        path=tree.union.path,
        office="chair",
        valid_from=date(2021, 5, 1),
    )
    account, post, _ = services.create_account(
        admin,
        username="guoweimin",
        name="郭卫民",
        organisation=tree.union,
        role="grassroots_chair",
        reason="新任主席",
        appointment=office,
    )
    assert (account.person, post.appointment) == (person, office)
    services.grant_post(officer, post=post)
    client = Client()
    client.force_login(account)
    assert client.get("/account/").wsgi_request.viewer.role == "grassroots_chair"
    take_scope("", "~")
    Appointment.objects.filter(pk=office.pk).update(valid_to=timezone.localdate())
    assert client.get("/account/").wsgi_request.viewer.permissions == frozenset()


def test_member_account_becomes_the_staff_account_of_the_same_person(admin: Viewer, tree: Tree) -> None:
    person = make_member(tree.union, "郭卫民").person
    member = make_account("m1", "郭卫民", "member", person)
    office = Appointment.objects.create(
        person=person,
        organisation=tree.union,
        path=tree.union.path,
        office="chair",
        valid_from=date(2021, 5, 1),
    )
    account, _, _ = services.create_account(
        admin,
        username="guoweimin",
        name="郭卫民",
        organisation=tree.union,
        role="grassroots_chair",
        reason="新任主席",
        appointment=office,
    )
    assert account.pk == member.pk and account.kind == "staff"


def test_declined_and_asked_again(admin: Viewer, officer: Viewer, tree: Tree) -> None:
    account, post, _ = made(admin, tree)
    with pytest.raises(Refusal, match="已有或已提出"):
        services.ask_post(admin, account=account, organisation=tree.county, role="organising", reason="再提一次")
    services.decline_post(officer, post=post, reason="角色应为联络员")
    with pytest.raises(Refusal):
        services.grant_post(officer, post=post)
    assert services.ask_post(admin, account=account, organisation=tree.county, role="organising", reason="再提一次")


def test_suspension_is_at_once_and_restoring_brings_everything_back(officer: Viewer, tree: Tree) -> None:
    post = make_post(tree.county, "organising", "liuchunlan")
    client = Client()
    client.post("/login/", {"username": "liuchunlan", "password": PASSWORD})
    take_scope("", "~")
    services.suspend_account(officer, account=post.account, reason="手机遗失，暂停使用")
    assert client.get("/account/").status_code == 302
    assert Client().post("/login/", {"username": "liuchunlan", "password": PASSWORD}).status_code == 422
    take_scope("", "~")
    services.restore_account(officer, account=post.account, reason="手机已找回")
    assert Client().post("/login/", {"username": "liuchunlan", "password": PASSWORD}).status_code == 302


def test_first_three_accounts_are_made_once(tree: Tree) -> None:
    wanted = {
        "federation_admin": ("chenwd", "陈卫东"),
        "security_officer": ("huxf", "胡晓峰"),
        "auditor": ("luoj", "罗静"),
    }
    with pytest.raises(Refusal, match="各要一个人"):
        services.install_officers(tree.city, {**wanted, "auditor": ("luoj", "胡晓峰")})
    passwords = services.install_officers(tree.city, wanted)
    assert set(passwords) == {"chenwd", "huxf", "luoj"}
    assert Client().post("/login/", {"username": "luoj", "password": passwords["luoj"]}).status_code == 302
    take_scope("", "~")
    with pytest.raises(Refusal, match="已有账号"):
        services.install_officers(tree.city, wanted)


# --- tokens ---------------------------------------------------------------------------------------------------------


def token_for(admin: Viewer, post: Post) -> tuple[ApiToken, str]:
    return services.create_token(
        admin, post=post, name="省总数据交换平台", expires_on=timezone.localdate() + timedelta(days=30)
    )


def test_token_acts_as_its_post_and_only_its_digest_is_kept(admin: Viewer, tree: Tree) -> None:
    post = make_post(tree.county, "organising", "liuchunlan")
    token, secret = token_for(admin, post)
    today = timezone.localdate()
    assert secret.startswith(token.prefix) and secret.encode() not in bytes(token.digest)
    take_scope("", "")
    viewer = queries.viewer_of_token(secret, today)
    assert viewer is not None and (viewer.post_id, viewer.lo) == (post.pk, post.path)
    assert queries.viewer_of_token(secret + "x", today) is None
    assert queries.viewer_of_token(secret, today + timedelta(days=30)) is None
    take_scope("", "~")
    assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize("ending", ["revoke_token", "revoke_post", "suspend"])
def test_token_ends_with_itself_its_post_or_its_account(
    admin: Viewer, officer: Viewer, tree: Tree, ending: str
) -> None:
    post = make_post(tree.county, "organising", "liuchunlan")
    token, secret = token_for(admin, post)
    if ending == "revoke_token":
        services.revoke_token(admin, token=token)
    elif ending == "revoke_post":
        services.revoke_post(officer, post=post, reason="已调离本单位")
    else:
        services.suspend_account(officer, account=post.account, reason="手机遗失，暂停使用")
    assert queries.viewer_of_token(secret, timezone.localdate()) is None


def test_token_needs_a_granted_post_in_range_and_an_end(admin: Viewer, tree: Tree) -> None:
    _, asked, _ = made(admin, tree)
    foreign = make_post(tree.other_city, "organising", "foreign")
    for post in (asked, foreign):
        with pytest.raises(Refusal, match="已批准"):
            token_for(admin, post)
    valid = make_post(tree.county, "leader", "leader")
    for day in (timezone.localdate(), timezone.localdate() + timedelta(days=400)):
        with pytest.raises(Refusal, match="到期日"):
            services.create_token(admin, post=valid, name="省总数据交换平台", expires_on=day)


# --- pages ----------------------------------------------------------------------------------------------------------


def test_pages_take_an_account_from_asking_to_revoking(admin: Viewer, officer: Viewer, tree: Tree) -> None:
    at_admin, at_officer = logged_in(admin), logged_in(officer)
    form = {
        "name": "肖文", "username": "xiaowen", "organisation": tree.county.name, "role": "liaison", "department": "产改办",
        "title": "联络员", "reason": "产改三员到位",
    }  # fmt: skip
    wrong = at_admin.post("/desk/accounts/new", form | {"organisation": "没有的工会", "username": "X"})
    assert wrong.status_code == 422 and "没有叫“没有的工会”的组织" in wrong.content.decode()
    assert 'value="肖文"' in wrong.content.decode()
    page = at_admin.post("/desk/accounts/new", form)
    password = re.search(r"data-first-password>([^<]+)<", page.content.decode())
    assert page.status_code == 200 and password
    account = Account.objects.get(username="xiaowen")
    take_scope("", "~")
    post = account.posts.get()
    shown = at_officer.get(f"/desk/accounts/{account.pk}/").content.decode()
    assert "批准岗位" in shown and "陈卫东" in shown
    assert "批准岗位" not in at_admin.get(f"/desk/accounts/{account.pk}/").content.decode()
    listing = at_officer.get("/desk/accounts/?state=asked").content.decode()
    assert "肖文" in listing and "待批准" in listing
    assert at_officer.post(f"/desk/accounts/posts/{post.pk}/answer", {"act": "grant"}).status_code == 302
    take_scope("", "~")
    assert account.posts.get().granted_by == officer.account_id
    at_officer.post(f"/desk/accounts/posts/{post.pk}/answer", {"act": "revoke", "reason": ""})
    take_scope("", "~")
    assert account.posts.get().valid_to is None  # no reason, no revocation
    at_officer.post(f"/desk/accounts/posts/{post.pk}/answer", {"act": "revoke", "reason": "产改办撤并"})
    take_scope("", "~")
    assert account.posts.get().valid_to == timezone.localdate()


def test_accounts_of_another_city_are_not_there(officer: Viewer, tree: Tree) -> None:
    foreign = make_post(tree.other_city, "organising", "foreign", "别市的人")
    client = logged_in(officer)
    assert client.get(f"/desk/accounts/{foreign.account_id}/").status_code == 404
    assert client.post(f"/desk/accounts/{foreign.account_id}/suspend", {"reason": "越权试试"}).status_code == 404
    assert (
        client.post(f"/desk/accounts/posts/{foreign.pk}/answer", {"act": "revoke", "reason": "越权试试"}).status_code
        == 404
    )
    assert "别市的人" not in client.get("/desk/accounts/").content.decode()


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("federation_admin", {"/desk/accounts/", "/desk/accounts/new", "/desk/tokens/", "/desk/tokens/new"}),
        ("security_officer", {"/desk/accounts/"}),
        ("auditor", {"/desk/accounts/"}),
        ("organising", set()),
        ("leader", set()),
    ],
)
def test_roles_open_what_is_theirs(tree: Tree, role: str, allowed: set[str]) -> None:
    client = logged_in(at(make_post(tree.city, role, "somebody")))
    for path in ("/desk/accounts/", "/desk/accounts/new", "/desk/tokens/", "/desk/tokens/new"):
        assert client.get(path).status_code == (200 if path in allowed else 403), path


def test_token_page_shows_the_secret_once(admin: Viewer, tree: Tree) -> None:
    post = make_post(tree.county, "organising", "liuchunlan")
    client = logged_in(admin)
    page = client.post(
        "/desk/tokens/new",
        {"name": "省总数据交换平台", "post": post.pk, "expires_on": timezone.localdate() + timedelta(days=9)},
    )
    secret = re.search(r'value="(gh_[^"]+)"', page.content.decode())
    assert page.status_code == 200 and secret
    take_scope("", "~")
    token = ApiToken.objects.get()
    listing = client.get("/desk/tokens/").content.decode()
    assert token.prefix in listing and secret[1] not in listing
    assert client.get(f"/desk/tokens/{token.pk}/revoke").status_code == 200
    assert client.post(f"/desk/tokens/{token.pk}/revoke").status_code == 302
    assert queries.viewer_of_token(secret[1], timezone.localdate()) is None


# --- saved lists ----------------------------------------------------------------------------------------------------


def test_saved_lists_belong_to_one_account(tree: Tree, admin: Viewer, officer: Viewer) -> None:
    store = services.AccountListStore()
    data = {
        "columns": ["name"],
        "page_size": 50,
        "views": [{"key": "k", "title": "待批准的", "params": {"state": "asked"}}],
    }
    store.save(admin, "accounts", data)
    loaded = store.load(admin, "accounts")
    assert loaded is not None
    assert (loaded["columns"], loaded["page_size"]) == (["name"], 50)
    assert [(v["title"], v["params"]) for v in loaded["views"]] == [("待批准的", {"state": "asked"})]
    assert (store.load(officer, "accounts") or {})["views"] == []
    store.save(admin, "accounts", {**data, "views": []})
    assert [row.name for row in SavedList.objects.all()] == [""]
    services.save_list(admin, key="accounts", name="我的", params={"role": "auditor"})
    assert [row.name for row in queries.saved_lists(admin, "accounts")] == ["我的"]
    assert services.delete_list(admin, key="accounts", name="我的")
    for number in range(20):
        services.save_list(admin, key="accounts", name=f"组{number}", params={})
    with pytest.raises(Refusal, match="最多保存20组"):
        services.save_list(admin, key="accounts", name="又一组", params={})


def test_list_page_saves_a_view_for_the_account(admin: Viewer) -> None:
    client = logged_in(admin)
    client.post("/desk/accounts/", {"list": "save", "title": "待批准的", "state": "asked"})
    take_scope("", "~")
    assert SavedList.objects.filter(account_id=admin.account_id, name="待批准的").exists()
    assert "待批准的" in client.get("/desk/accounts/").content.decode()
