"""Members come in by phone: limits of codes, the same answer for everybody, no way from a phone to a post."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gonghui.kernel.access import rules, senders, services
from gonghui.kernel.access.models import Account, LoginCode
from gonghui.kernel.access.services import codes
from gonghui.kernel.factories import Tree, make_member, make_person, make_post
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope
from gonghui.kernel.trail.models import TrailRecord

KNOWN, UNKNOWN, SHARED = "19912340001", "19912340002", "19912340003"


@pytest.fixture
def outbox(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    settings.DEMO = False
    return tmp_path / "outbox"


def newest(outbox: Path) -> str:
    return str(json.loads(sorted(outbox.iterdir())[-1].read_text())["code"])


@pytest.fixture
def worker(tree: Tree, outbox: Path) -> Any:
    return make_member(tree.union, "刘细妹", make_person("刘细妹", tree.union, phone=KNOWN)).person


def ask(client: Client, phone: str, **extra: Any) -> Any:
    return client.post("/m/login/", {"phone": phone, **extra})


def come_in(client: Client, outbox: Path, phone: str) -> Any:
    assert ask(client, phone).status_code == 302
    return client.post("/m/login/code/", {"code": newest(outbox)})


def test_first_login_makes_the_account_and_later_ones_find_it(client: Client, worker: Any, outbox: Path) -> None:
    answer = come_in(client, outbox, "199 1234 0001")
    assert (answer.status_code, answer["Location"]) == (302, "/m/")
    account = Account.objects.get(person=worker)
    assert account.kind == "member" and not account.has_usable_password()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        come_in(Client(), outbox, KNOWN)
    assert Account.objects.filter(person=worker).count() == 1
    take_scope("", "~")
    assert list(TrailRecord.objects.values_list("verb", "subject_id")) == [("access.member_login", worker.pk)] * 2


def test_a_member_is_logged_in_for_thirty_days_without_idling_out(client: Client, worker: Any, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        come_in(client, outbox, KNOWN)
        traveller.shift(timedelta(days=29, hours=23))
        assert "_auth_user_id" in client.session and client.get("/m/login/").status_code == 302
        traveller.shift(timedelta(hours=2))
        assert client.get("/m/login/").status_code == 200


def test_answer_is_the_same_for_known_unknown_and_shared_phones(worker: Any, tree: Tree, outbox: Path) -> None:
    for name in ("甲一", "乙二"):
        make_member(tree.union, name, make_person(name, tree.union, phone=SHARED))

    def seen(phone: str) -> tuple[Any, ...]:
        client = Client()
        first = ask(client, phone)
        second = client.get(first["Location"])
        wrong = client.post("/m/login/code/", {"code": "000000" if newest(outbox) != "000000" else "111111"})
        text = "".join(re.sub(r'(value=|X-CSRFToken":)"[^"]*"', "", page.content.decode()) for page in (second, wrong))
        return (
            first.status_code,
            first["Location"],
            second.status_code,
            wrong.status_code,
            text.replace(phone[-4:], "TAIL"),
        )

    assert seen(KNOWN) == seen(UNKNOWN) == seen(SHARED)
    assert LoginCode.objects.count() == 3


def test_known_and_unknown_phones_take_the_same_queries(worker: Any, outbox: Path) -> None:
    counts = []
    for phone in (KNOWN, UNKNOWN):
        with CaptureQueriesContext(connection) as caught:
            codes.send_code(phone, address="10.0.0.1")
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_unknown_phone_is_told_only_after_the_code(client: Client, worker: Any, outbox: Path) -> None:
    page = come_in(client, outbox, UNKNOWN)
    assert "这个手机号还没有登记" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert client.get("/m/login/code/").status_code == 302  # the proof is used up


def test_five_tries_and_the_right_code_comes_too_late(client: Client, worker: Any, outbox: Path) -> None:
    ask(client, KNOWN)
    right = newest(outbox)
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        assert f"还可以试{left}次" in client.post("/m/login/code/", {"code": wrong}).content.decode()
    assert "重新发送一个" in client.post("/m/login/code/", {"code": wrong}).content.decode()
    assert "已试过5次" in client.post("/m/login/code/", {"code": right}).content.decode()
    assert "_auth_user_id" not in client.session


def test_code_is_over_after_five_minutes_and_after_use(worker: Any, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        codes.send_code(KNOWN, address="10.0.0.1")
        traveller.shift(timedelta(minutes=5, seconds=1))
        with pytest.raises(Refusal, match="已过期"):
            codes.check_code(KNOWN, newest(outbox))
        codes.send_code(KNOWN, address="10.0.0.1")
        codes.check_code(KNOWN, newest(outbox))
        with pytest.raises(Refusal):
            codes.check_code(KNOWN, newest(outbox))


def test_older_code_is_void_once_a_newer_was_sent(worker: Any, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        codes.send_code(KNOWN, address="10.0.0.1")
        old = newest(outbox)
        traveller.shift(timedelta(seconds=61))
        codes.send_code(KNOWN, address="10.0.0.1")
        if newest(outbox) != old:
            with pytest.raises(Refusal):
                codes.check_code(KNOWN, old)


def test_one_code_a_minute_and_ten_a_day(worker: Any, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        for number in range(10):
            codes.send_code(KNOWN, address=f"10.0.0.{number}")
            with pytest.raises(Refusal, match="后可以再发"):
                codes.send_code(KNOWN, address="10.9.9.9")
            traveller.shift(timedelta(seconds=61))
        with pytest.raises(Refusal, match="小时后可以再发"):
            codes.send_code(KNOWN, address="10.0.0.1")
        traveller.shift(timedelta(days=1))
        codes.send_code(KNOWN, address="10.0.0.1")


def test_one_address_cannot_send_to_everybody(db: None, outbox: Path) -> None:
    with time_machine.travel(timezone.now(), tick=False):
        for number in range(rules.CODES_PER_ADDRESS_MINUTE):
            codes.send_code(f"1991235{number:04d}", address="10.0.0.1")
        with pytest.raises(Refusal):
            codes.send_code("19912359999", address="10.0.0.1")
        codes.send_code("19912359999", address="10.0.0.2")


def test_shared_phone_asks_for_the_end_of_the_paper(client: Client, tree: Tree, outbox: Path) -> None:
    first = make_member(tree.union, "甲一", make_person("甲一", tree.union, phone=SHARED)).person
    second = make_member(tree.other_union, "乙二", make_person("乙二", tree.other_union, phone=SHARED)).person
    assert come_in(client, outbox, SHARED)["Location"] == "/m/login/who/"
    assert "没有对上" in client.post("/m/login/who/", {"tail": "0000"}).content.decode()
    assert first.id_mask[-4:] != second.id_mask[-4:]
    assert client.post("/m/login/who/", {"tail": second.id_mask[-4:].lower()})["Location"] == "/m/"
    assert Account.objects.get().person == second


def test_paper_may_be_guessed_three_times_only(client: Client, tree: Tree, outbox: Path) -> None:
    first = make_member(tree.union, "甲一", make_person("甲一", tree.union, phone=SHARED)).person
    make_member(tree.union, "乙二", make_person("乙二", tree.union, phone=SHARED))
    come_in(client, outbox, SHARED)
    for _ in range(3):
        assert client.post("/m/login/who/", {"tail": "0000"}).status_code == 422
    assert client.post("/m/login/who/", {"tail": first.id_mask[-4:]})["Location"] == "/m/login/"
    assert "_auth_user_id" not in client.session


def test_step_of_the_paper_cannot_be_reached_without_the_code(client: Client, worker: Any, outbox: Path) -> None:
    ask(client, KNOWN)
    assert client.get("/m/login/who/")["Location"] == "/m/login/"


def test_dead_and_merged_persons_are_not_found(tree: Tree, outbox: Path) -> None:
    person = make_member(tree.union, "甲一", make_person("甲一", tree.union, phone=KNOWN)).person
    assert codes.persons_of(KNOWN) == [person.pk]
    person.died_on = timezone.localdate()
    person.save()
    assert codes.persons_of(KNOWN) == []


def test_phone_code_never_opens_the_posts_of_the_same_person(
    client: Client, worker: Any, tree: Tree, outbox: Path
) -> None:
    post = make_post(tree.city, "federation_admin", "chenweidong")
    Account.objects.filter(pk=post.account_id).update(person=worker)
    assert come_in(client, outbox, KNOWN)["Location"] == "/m/"
    assert client.session["_auth_user_id"] == str(post.account_id)
    assert client.get("/desk/accounts/").status_code == 403
    for path in (
        "/account/",
        "/account/2fa/keys/add/",
        "/account/2fa/totp/activate/",
        "/account/password/",
        "/account/confirm/",
    ):
        assert client.get(path)["Location"] == "/m/me/", path
    client.post("/desk/post", {"post": post.pk})
    assert client.get("/desk/accounts/").status_code == 403
    assert client.get("/desk/accounts/").wsgi_request.viewer.permissions == rules.permissions_of("member")


def test_suspended_member_is_refused(client: Client, worker: Any, outbox: Path) -> None:
    come_in(client, outbox, KNOWN)
    Account.objects.update(is_active=False)
    other = Client()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        come_in(other, outbox, KNOWN)
    assert "_auth_user_id" not in other.session


def test_demo_shows_the_code_and_production_does_not(client: Client, worker: Any, outbox: Path, settings: Any) -> None:
    ask(client, KNOWN)
    assert newest(outbox) not in client.get("/m/login/code/").content.decode()
    settings.DEMO = True
    other = Client()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        ask(other, KNOWN)
        page = other.get("/m/login/code/").content.decode()
        assert newest(outbox) in page and "演示" in page


def test_number_is_in_no_session_log_or_address(
    client: Client,
    worker: Any,
    outbox: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with caplog.at_level(logging.DEBUG):
        senders.ConsoleSender().send(KNOWN, "123456", 5)
        answer = ask(client, KNOWN)
    assert KNOWN not in answer["Location"] and KNOWN not in str(dict(client.session))
    assert KNOWN not in caplog.text
    assert KNOWN not in capsys.readouterr().err
    assert not any(KNOWN in path.read_text() for path in outbox.iterdir())
    assert not any(KNOWN in str(row) for row in LoginCode.objects.values())


@pytest.mark.parametrize("phone", ["", "123", "0796-8221234", "138*****076", "1" * 200, "139\x001234567"])
def test_what_is_no_mobile_number_is_refused_with_the_reason(
    client: Client, db: None, outbox: Path, phone: str
) -> None:
    page = ask(client, phone)
    assert page.status_code == 422
    assert "有1处要改" in page.content.decode()
    assert not LoginCode.objects.exists()


def test_aliyun_request_is_signed_as_documented() -> None:
    """The example of Aliyun's own documentation of the RPC signature, with GET replaced by POST in the text."""
    sms = senders.AliyunSms(
        "https://dysmsapi.aliyuncs.com/", "testId", "testSecret", "阿里云短信测试专用", "SMS_71390007"
    )
    parameters = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "123",
        "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}',
        "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }
    documented = senders.AliyunSms("", "testId", "testSecret", "", "")
    assert documented.signed(parameters, method="GET")["Signature"] == "zJDF+Lrzhj/ThnlvIToysFRq6t4="
    assert sms.signed(parameters)["Signature"] != documented.signed(parameters, method="GET")["Signature"]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Answers of the two services; everything up to the transport is real."""
    seen: list[httpx.Request] = []
    tokens = iter(["old", "new"])

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.url.path.endswith("stable_token"):
            return httpx.Response(200, json={"access_token": next(tokens), "expires_in": 7200})
        if request.url.path.endswith("template/send"):
            return httpx.Response(200, json={"errcode": 0 if request.url.params["access_token"] == "new" else 40001})
        return httpx.Response(200, json={"Code": "OK" if b"SMS_1" in request.content else "isv.BUSINESS_LIMIT_CONTROL"})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(senders.httpx, "post", client.post)
    return seen


def test_sms_goes_in_the_body_and_a_refusal_of_the_service_is_told(network: list[httpx.Request]) -> None:
    senders.AliyunSms("https://sms.example/", "id", "secret", "某市总工会", "SMS_1").send(KNOWN, "123456", 5)
    assert KNOWN not in str(network[0].url) and KNOWN.encode() in network[0].content
    with pytest.raises(Refusal, match="没有发出去"):
        senders.AliyunSms("https://sms.example/", "id", "secret", "某市总工会", "SMS_2").send(KNOWN, "123456", 5)


def test_wechat_token_is_kept_and_renewed_when_it_was_ended(network: list[httpx.Request]) -> None:
    sender = senders.WechatTemplate("https://wx.example", "app", "secret", "T1", lambda phone: "openid-1")
    sender.send(KNOWN, "123456", 5)
    assert [r.url.path.rsplit("/", 1)[-1] for r in network] == [
        "stable_token",
        "send",
        "stable_token",
        "send",
    ]
    sender.send(KNOWN, "654321", 5)
    assert len(network) == 5
    assert all(KNOWN.encode() not in r.content for r in network)
    with pytest.raises(Refusal, match="绑定微信"):
        senders.WechatTemplate("https://wx.example", "app", "secret", "T1", lambda phone: None).send(KNOWN, "1", 5)


NOTICE = senders.Notice(
    what="候补轮到您了", title="职工夜校", words="候补到“职工夜校”", url="https://gh.example/m/messages/7/"
)


def test_a_notice_goes_by_its_own_template_and_a_refusal_says_why(network: list[httpx.Request]) -> None:
    def sms(notice_template: str) -> senders.AliyunSms:
        return senders.AliyunSms("https://sms.example/", "id", "secret", "某市总工会", "SMS_2", notice_template)

    assert not sms("").tells and sms("SMS_1").tells
    sms("SMS_1").tell(KNOWN, NOTICE)
    sent = parse_qs(network[0].content.decode())
    assert sent["TemplateCode"] == ["SMS_1"] and KNOWN not in str(network[0].url)
    assert json.loads(sent["TemplateParam"][0]) == {"what": "候补轮到您了", "title": "职工夜校"}
    with pytest.raises(Refusal, match=r"短信服务没有接受（isv.BUSINESS_LIMIT_CONTROL）") as refused:
        sms("SMS_3").tell(KNOWN, NOTICE)
    assert KNOWN not in refused.value.message


def test_a_notice_by_wechat_leads_to_its_page(network: list[httpx.Request]) -> None:
    def wechat(openid: str | None, notice_template: str = "N1") -> senders.WechatTemplate:
        return senders.WechatTemplate(
            "https://wx.example", "app", "secret", "T1", lambda phone: openid, notice_template
        )

    assert not wechat("openid-1", "").tells
    wechat("openid-1").tell(KNOWN, NOTICE)
    sent = json.loads(network[-1].content)
    assert (sent["touser"], sent["template_id"], sent["url"]) == ("openid-1", "N1", NOTICE.url)
    assert sent["data"] == {"what": {"value": "候补轮到您了"}, "title": {"value": "职工夜校"}}
    with pytest.raises(Refusal) as unbound:
        wechat(None).tell(KNOWN, NOTICE)
    assert unbound.value.code == senders.NOT_BOUND


def test_network_senders_work_from_a_job_with_sealed_arguments(
    worker: Any, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(senders.FileSender, "local", False)
    codes.send_code(KNOWN, address="10.0.0.1")
    assert not outbox.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s", [codes.BRING])
        args = cursor.fetchone()[0]
    args = json.loads(args) if isinstance(args, str) else args
    assert KNOWN not in json.dumps(args)
    codes.bring(**args)
    codes.check_code(KNOWN, newest(outbox))


def test_wechat_binding_finds_the_person_by_phone(worker: Any, client: Client, outbox: Path) -> None:
    come_in(client, outbox, KNOWN)
    codes.bind_wechat(Account.objects.get(), openid="oABC")
    assert codes.openid_of(KNOWN) == "oABC"
    assert codes.openid_of(UNKNOWN) is None
    assert services.Sent("", "").shown == ""
