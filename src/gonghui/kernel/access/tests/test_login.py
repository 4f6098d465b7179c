"""Coming in: passwords, lock-out, sessions, second factors, posts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access import sessions
from gonghui.kernel.access.models import Account, AccountSession, Post
from gonghui.kernel.factories import PASSWORD, Tree, make_post
from gonghui.kernel.scope import take_scope
from gonghui.kernel.trail.models import TrailRecord


def log_in(client: Client, username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post("/login/", {"username": username, "password": password, **extra})


def whole() -> None:
    """Requests of the test client leave their own scope in the test's transaction."""
    take_scope("", "~")


def verbs() -> list[str]:
    whole()
    return list(TrailRecord.objects.order_by("pk").values_list("verb", flat=True))


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.fixture
def clerk(tree: Tree) -> Account:
    return make_post(tree.county, "organising", "liuchunlan", "刘春兰").account


def test_login_opens_the_desk_and_goes_on_the_trail(client: Client, clerk: Account) -> None:
    answer = log_in(client, "LiuChunlan")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert verbs() == ["access.login"]
    assert AccountSession.objects.get().account == clerk


def test_login_goes_on_to_the_page_that_was_asked_for_inside_only(client: Client, clerk: Account) -> None:
    assert log_in(client, "liuchunlan", next="/desk/accounts/")["Location"] == "/desk/accounts/"
    other = Client()
    assert log_in(other, "liuchunlan", next="https://evil.example/")["Location"] == "/desk/"


def test_wrong_password_and_unknown_name_get_the_same_answer(client: Client, clerk: Account) -> None:
    def body(answer: Any) -> str:
        text = re.sub(r'(name="csrfmiddlewaretoken" value=|X-CSRFToken":)"[^"]*"', "", answer.content.decode())
        return text.replace("liuchunlan", "NAME").replace("nobody-here", "NAME")

    known, unknown = log_in(client, "liuchunlan", "wrong"), log_in(Client(), "nobody-here", "wrong")
    assert known.status_code == unknown.status_code == 422
    assert body(known) == body(unknown)
    assert "用户名或密码不对" in known.content.decode()


def test_five_wrong_passwords_lock_and_the_page_says_until_when(clerk: Account) -> None:
    client = Client()
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        for _ in range(4):
            assert log_in(client, "liuchunlan", "wrong").status_code == 422
        locked = log_in(client, "liuchunlan", "wrong")
        assert locked.status_code == 429
        until = timezone.localtime(timezone.now() + timedelta(minutes=15)).strftime("%H:%M")
        assert f"{until}以后可以再登录" in locked.content.decode()
        assert log_in(client, "liuchunlan").status_code == 429  # the right password does not open it either
        assert log_in(Client(REMOTE_ADDR="10.1.2.3"), "liuchunlan").status_code == 302
        traveller.shift(timedelta(minutes=15, seconds=5))
        assert log_in(client, "liuchunlan").status_code == 302
    assert "access.locked" in verbs()


def test_unknown_name_is_locked_just_the_same(clerk: Account) -> None:
    client = Client()
    assert [log_in(client, "nobody-here", "wrong").status_code for _ in range(5)] == [422, 422, 422, 422, 429]


def test_typed_user_name_is_not_kept_on_the_trail(client: Client, clerk: Account) -> None:
    log_in(client, "my-secret-password", "x")
    whole()
    assert not TrailRecord.objects.filter(object_name__contains="secret").exists()


def test_suspended_account_is_out_with_its_next_request(client: Client, clerk: Account) -> None:
    log_in(client, "liuchunlan")
    assert client.get("/account/").status_code == 200
    Account.objects.filter(pk=clerk.pk).update(is_active=False)
    assert client.get("/account/").status_code == 302
    assert log_in(client, "liuchunlan").status_code == 422


def test_session_key_is_new_at_login_and_at_a_switch_of_posts(client: Client, clerk: Account, tree: Tree) -> None:
    client.get("/login/")
    client.session.save()
    planted = client.session.session_key
    log_in(client, "liuchunlan")
    first = client.session.session_key
    whole()
    second_post = Post.objects.create(
        account=clerk, organisation=tree.township, path=tree.township.path, role="leader",
        valid_from=timezone.localdate(), granted_by=clerk.pk,
    )  # fmt: skip
    assert client.post("/desk/post", {"post": second_post.pk}).status_code == 302
    second = client.session.session_key
    assert len({planted, first, second}) == 3
    assert not Session.objects.filter(session_key__in=[planted, first]).exists()
    assert AccountSession.objects.get().session_key == second
    assert client.get("/account/").wsgi_request.viewer.role == "leader"
    assert Client().get("/account/").status_code == 302


def test_post_of_somebody_else_cannot_be_taken(client: Client, clerk: Account, tree: Tree) -> None:
    foreign = make_post(tree.city, "auditor", "luojing")
    log_in(client, "liuchunlan")
    client.post("/desk/post", {"post": foreign.pk})
    assert client.get("/account/").wsgi_request.viewer.role == "organising"


def test_idle_half_hour_ends_a_staff_session_and_use_prolongs_it(client: Client, clerk: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        log_in(client, "liuchunlan")
        for _ in range(3):
            traveller.shift(timedelta(minutes=29))
            assert client.get("/account/").status_code == 200
        traveller.shift(timedelta(minutes=31))
        answer = client.get("/account/")
        assert answer.status_code == 302 and answer["Location"] == "/login/?next=/account/"
        assert "超过30分钟没有操作" in client.get(answer["Location"]).content.decode()
        assert AccountSession.objects.count() == 0


def test_eight_hours_end_a_staff_session_however_busy(client: Client, clerk: Account) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        log_in(client, "liuchunlan")
        for _ in range(23):
            traveller.shift(timedelta(minutes=20))
            assert client.get("/account/").status_code == 200
        traveller.shift(timedelta(minutes=21))
        assert client.get("/account/").status_code == 302


def test_log_out_everywhere_leaves_this_browser_only(clerk: Account) -> None:
    here, there = Client(), Client(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120"})
    log_in(here, "liuchunlan")
    log_in(there, "liuchunlan")
    assert "Windows电脑·Chrome" in here.get("/account/").content.decode()
    assert here.post("/account/sessions/end").status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert "access.sessions_ended" in verbs()


def test_one_browser_is_ended_but_never_somebody_elses(clerk: Account, tree: Tree) -> None:
    make_post(tree.city, "leader", "zengjianguo")
    here, there, foreign = Client(), Client(), Client()
    log_in(here, "liuchunlan")
    log_in(there, "liuchunlan")
    log_in(foreign, "zengjianguo")
    rows = {row.session_key: row.pk for row in AccountSession.objects.all()}
    here.post(f"/account/sessions/{rows[foreign.session.session_key]}/end")
    assert foreign.get("/account/").status_code == 200
    here.post(f"/account/sessions/{rows[there.session.session_key]}/end")
    assert there.get("/account/").status_code == 302


def test_first_password_must_be_changed_before_any_work(client: Client, clerk: Account, tree: Tree) -> None:
    whole()
    make_post(tree.city, "federation_admin", "chenweidong")
    admin = Account.objects.get(username="chenweidong")
    Account.objects.filter(pk=admin.pk).update(must_change_password=True)
    log_in(client, "chenweidong")
    assert client.get("/desk/accounts/")["Location"] == "/account/password/"
    other = Client()
    log_in(other, "chenweidong")
    new = {"new": "jade-river-rivet-07", "again": "jade-river-rivet-07"}
    page = client.post("/account/password/", {"old": "wrong", **new})
    assert page.status_code == 422 and "现在的密码不对" in page.content.decode()
    assert (
        client.post("/account/password/", {"old": PASSWORD, "new": "12345678", "again": "12345678"}).status_code == 422
    )
    assert client.post("/account/password/", {"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}).status_code == 422
    assert client.post("/account/password/", {"old": PASSWORD, **new}).status_code == 302
    assert client.get("/desk/accounts/").status_code == 200
    assert other.get("/account/").status_code == 302  # elsewhere the old log-in is over
    assert log_in(Client(), "chenweidong", "jade-river-rivet-07").status_code == 302
    assert AccountSession.objects.filter(session_key=client.session.session_key).exists()


def enable_totp(client: Client) -> str:
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/confirm/")
    assert client.post("/account/confirm/?next=/account/2fa/totp/activate/", {"password": PASSWORD}).status_code == 302
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200 and "启用身份验证器" in page.content.decode()
    secret = page.context["form"].secret
    assert client.post("/account/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    answer = client.post("/account/2fa/totp/activate/", {"code": totp_code(secret)})
    assert answer["Location"] == "/account/2fa/codes/"
    return str(secret)


def test_totp_from_activation_to_login(client: Client, clerk: Account) -> None:
    log_in(client, "liuchunlan")
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        secret = enable_totp(client)
        stored = Authenticator.objects.get(user=clerk, type="totp").data["secret"]
        assert secret not in stored
        traveller.shift(timedelta(seconds=40))  # a code counts once
        other = Client()
        assert log_in(other, "liuchunlan", next="/account/")["Location"] == "/login/2fa/"
        assert other.get("/account/").status_code == 302  # half a log-in opens nothing
        page = other.get("/login/2fa/")
        assert "第二步验证" in page.content.decode()
        wrong = other.post("/login/2fa/", {"code": "123456"})
        assert "验证码不对" in wrong.content.decode()
        done = other.post("/login/2fa/", {"code": totp_code(secret)})
        assert (done.status_code, done["Location"]) == (302, "/account/")
        assert other.get("/account/").status_code == 200
        traveller.shift(timedelta(seconds=40))
        codes = Authenticator.objects.get(user=clerk, type="recovery_codes").wrap().get_unused_codes()
        third = Client()
        log_in(third, "liuchunlan")
        assert third.post("/login/2fa/", {"code": codes[0]}).status_code == 302
        fourth = Client()
        log_in(fourth, "liuchunlan")
        assert fourth.post("/login/2fa/", {"code": codes[0]}).status_code == 200  # used up
    assert "access.second_factor_changed" in verbs()


def test_post_that_asks_for_a_second_factor_waits_for_it(client: Client, tree: Tree) -> None:
    admin = make_post(tree.city, "federation_admin", "chenweidong").account
    Account.objects.filter(pk=admin.pk).update(second_factor_required=True)
    log_in(client, "chenweidong")
    assert client.get("/desk/accounts/")["Location"] == "/account/2fa/"
    assert "岗位要求登录时使用第二因素" in client.get("/account/2fa/").content.decode()
    enable_totp(client)
    assert client.get("/desk/accounts/").status_code == 200
    answer = client.post("/account/2fa/totp/deactivate/", {})
    assert "不能停用" in answer.content.decode()
    assert Authenticator.objects.filter(user=admin, type="totp").exists()


@pytest.mark.parametrize(
    "path",
    [
        "/account/",
        "/account/2fa/",
        "/account/2fa/codes/",
        "/account/2fa/codes/generate/",
        "/account/2fa/keys/",
        "/account/2fa/keys/add/",
        "/account/2fa/totp/activate/",
        "/account/password/",
        "/account/confirm/",
    ],
)
def test_own_pages_are_chinese_and_ours(client: Client, clerk: Account, path: str) -> None:
    log_in(client, "liuchunlan")
    with time_machine.travel(timezone.now(), tick=False):
        enable_totp(client)
        Authenticator.objects.filter(user=clerk, type="totp").delete() if "activate" in path else None
        page = client.get(path)
    text = page.content.decode()
    assert page.status_code == 200
    assert "gonghui/components" in text and "style=" not in text
    words = re.sub(r"<(script|style|svg).*?</\1>|<[^>]*>", " ", text, flags=re.S)
    english = set(re.findall(r"[A-Za-z]{4,}", words)) - {"liuchunlan", "Ctrl", "Enter", "TOTP"}
    secret = set(re.findall(r"[A-Z2-7]{16,}", words))
    assert not {word for word in english if not any(word in s for s in secret)}, english


def test_passkey_login_gives_options_and_refuses_nonsense(client: Client, clerk: Account) -> None:
    options = client.get(
        "/login/passkey/", headers={"accept": "application/json", "x-requested-with": "XMLHttpRequest"}
    )
    assert options.json()["request_options"]["publicKey"]["challenge"]
    answer = client.post("/login/passkey/", {"credential": "{}"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "path", ["/accounts/signup/", "/accounts/login/", "/accounts/password/reset/", "/account/email/"]
)
def test_other_ways_of_allauth_are_closed(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_logging_out_ends_the_session_and_twice_is_no_error(client: Client, clerk: Account) -> None:
    log_in(client, "liuchunlan")
    key = client.session.session_key
    assert client.post("/logout/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists() and not AccountSession.objects.exists()
    assert client.post("/logout/").status_code == 302
    assert client.get("/logout/").status_code == 405


def test_session_made_elsewhere_gets_the_same_terms(client: Client, clerk: Account) -> None:
    client.force_login(clerk)
    client.get("/account/")
    assert client.session[sessions.STARTED] and AccountSession.objects.count() == 1
