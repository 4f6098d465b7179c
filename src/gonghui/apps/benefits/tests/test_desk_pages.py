"""The desk: an offer from the empty form to the checklist, its numbers, its draw, calendar, fairness, the door."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from gonghui.apps.benefits import queries, services
from gonghui.apps.benefits.factories import make_benefit, make_provider
from gonghui.apps.benefits.models import Clerk, OfferPage, Provider
from gonghui.kernel.access.rules import token_digest
from gonghui.kernel.factories import make_member, make_post, viewer_at
from gonghui.kernel.models import ApiToken, CheckIn, Claim, Counter, DrawParty, Offer
from gonghui.kernel.quotas import rules as quota_rules
from gonghui.kernel.quotas import services as quotas
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import as_member


def system():
    return acting(SYSTEM)


def typed(**more):
    """The form as staff fill it in: a course with one session."""
    opens = timezone.localtime() + timedelta(hours=1)
    begins = opens + timedelta(days=10)
    form = {
        "kind": "course", "title": "职工夜校·八段锦", "intro": "零基础可学，十二次课，结业发证书。", "contact": "0796-8220000",
        "price": "0", "subsidy": "120.50", "opens_at": f"{opens:%Y-%m-%dT%H:%M}",
        "closes_at": f"{opens + timedelta(days=5):%Y-%m-%dT%H:%M}", "allocation": "first_come", "limit": "",
        "waits": "10", "answer_hours": "24", "cancel_until_hours": "24", "uses": "1", "again_after_months": "0", "weight_unserved": "1",
        "weight_hardship": "0", "s-TOTAL_FORMS": "2", "s-INITIAL_FORMS": "0", "s-0-title": "第一期",
        "s-0-starts_at": f"{begins:%Y-%m-%dT%H:%M}", "s-0-ends_at": f"{begins + timedelta(hours=2):%Y-%m-%dT%H:%M}",
        "s-0-place": "工人文化宫302", "s-0-teacher": "王秀英", "s-0-capacity": "30", "s-1-title": "",
    }  # fmt: skip
    return form | more


def test_a_course_is_written_checked_and_published(tree, desk, phone):
    client, (mobile, _) = desk(), phone()
    assert client.get("/desk/benefits/new").status_code == 200
    wrong = client.post("/desk/benefits/new", typed(title="", **{"s-0-capacity": ""}))
    assert wrong.status_code == 422
    assert "写这一场的名额" in wrong.content.decode() and "零基础可学" in wrong.content.decode()
    answer = client.post("/desk/benefits/new", typed(), follow=True)
    text = answer.content.decode()
    assert "可以发布" in text and "120.50元" in text
    with system():
        offer = Offer.objects.get()
        assert (offer.path, offer.state, offer.page.subsidy) == (tree.city.path, "draft", 12050)
        assert Counter.objects.get().capacity == 30
    assert mobile.get(f"/m/benefits/{offer.pk}/").status_code == 404
    client.post(f"/desk/benefits/{offer.pk}/publish/")
    text = client.get(f"/desk/benefits/{offer.pk}/").content.decode()
    assert "30个名额，已占0个" in text and "从面向到到场" in text
    assert "即将开始" in mobile.get(f"/m/benefits/{offer.pk}/").content.decode()
    live = client.post(f"/desk/benefits/{offer.pk}/edit/", {
        "title": "职工夜校·八段锦和太极", "intro": "零基础可学，十二次课。", "contact": "0796-8220001", "waits": "20", "answer_hours": "24",
        "closes_at": f"{timezone.localtime() + timedelta(days=8):%Y-%m-%dT%H:%M}", "version": "3", "bring": "",
    }, follow=True)  # fmt: skip
    assert "已保存修改" in live.content.decode(), re.findall(r'class="error".+?</span>', live.content.decode())


def test_the_checklist_names_everything_at_once(tree, staff, desk):
    client = desk()
    client.post("/desk/benefits/new", typed(
        intro="", contact="", opens_at="", closes_at="", **{"s-0-place": "", "s-0-capacity": "0"}
    ))  # fmt: skip
    with system():
        offer = Offer.objects.get()
    text = client.get(f"/desk/benefits/{offer.pk}/publish/").content.decode()
    for words in ("还没有写内容介绍", "还没有写咨询方式", "还没有填报名的起止时间", "还没有名额", "还没有写时间和地点"):
        assert words in text
    assert client.post(f"/desk/benefits/{offer.pk}/publish/").status_code == 422
    with acting(staff), pytest.raises(Refusal) as refused:
        services.publish(staff, offer_id=offer.pk)
    assert (
        refused.value.code == "GH-BEN-001" and "咨询方式" in refused.value.message and "名额" in refused.value.message
    )


def test_whom_it_reaches_is_counted_live_and_kept(tree, desk):
    with system():
        make_member(tree.union, "司机甲", new_form="truck_driver")
        make_member(tree.sibling_union, "司机乙", new_form="truck_driver")
    client = desk()
    text = client.post("/desk/benefits/reach", {"aud-new_form": ["truck_driver"]}).content.decode()
    assert re.search(r">2</b>名会员符合：新就业形态职业：", text)
    text = client.post(
        "/desk/benefits/reach", {"aud-new_form": ["truck_driver"], "aud-union": tree.union.name}
    ).content.decode()
    assert ">1</b>名会员符合" in text
    text = client.post("/desk/benefits/reach", {"aud-union": "没有这家工会"}).content.decode()
    assert "有要改的地方" in text
    client.post("/desk/benefits/new", typed(**{
        "aud-new_form": ["truck_driver", "courier"], "aud-age_min": "18", "aud-age_max": "60",
        "share0-share_title": "货车司机", "share0-pair": "new_form=truck_driver", "share0-places": "5",
        "limit": "new", "limit_title": "夜校一年一次", "limit_per": "person", "limit_most": "1",
        "limit_from": "2026-01-01", "limit_to": "2027-12-31",
    }))  # fmt: skip
    with system():
        offer = Offer.objects.get()
        assert offer.audience == {"all": [
            {"field": "age", "at_least": 18}, {"field": "age", "at_most": 60},
            {"field": "new_form", "in": ["truck_driver", "courier"]},
        ]}  # fmt: skip
        assert Counter.objects.get(share="s1").audience == {"field": "new_form", "is": "truck_driver"}
        assert offer.limit.title == "夜校一年一次"
    text = client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode()
    assert 'value="18"' in text and re.search(r'value="truck_driver"[^>]*checked', text) and "夜校一年一次" in text


def test_sessions_of_every_week_are_laid_out_at_once_and_what_was_typed_stays(tree, desk):
    client = desk()
    asked = {"r-first": "2027-01-01", "r-last": "2027-01-10", "r-weekdays": ["0", "4"], "r-times": "18:00-19:30、20:00至21:30",
             "r-place": "职工健身房", "r-capacity": "12", "repeat": "1"}  # fmt: skip
    text = client.post("/desk/benefits/new", typed(kind="gym", **asked)).content.decode()
    assert "零基础可学" in text and 'value="第一期"' in text
    # 1 January is a holiday; Monday 4 and Friday 8 have two sessions each
    laid = re.findall(r'name="s-(\d+)-title" value="([^"]+)"', text)
    assert [title for _, title in laid] == [
        "第一期", "1月4日（周一）18:00", "1月4日（周一）20:00", "1月8日（周五）18:00", "1月8日（周五）20:00",
    ]  # fmt: skip
    assert 'value="2027-01-08T21:30"' in text and 'name="s-4-capacity" value="12"' in text
    for wrong, words in (
        ({"r-times": "19:30-18:00"}, "结束要晚于开始"),
        ({"r-times": "晚上"}, "写成开始和结束"),
        ({"r-times": "18:00-20:00、19:00-21:00"}, "两段时间重叠"),
        ({"r-weekdays": []}, "勾选每周几"),
        ({"r-last": "2027-12-31"}, "最多60场"),
        ({"r-last": "2027-01-01"}, "没有这样的日子"),
    ):
        text = client.post("/desk/benefits/new", typed(**asked | wrong)).content.decode()
        assert words in text and 'value="第一期"' in text and 'name="s-1-title" value=' not in text
    client.post("/desk/benefits/new", typed(kind="gym", waits="0", each="3"))
    with system():
        assert Offer.objects.get().each == 3
    text = client.post("/desk/benefits/new", typed(each="3", transferable="on")).content.decode()
    assert "不设候补" in text and "名额不能转" in text


def test_more_shares_than_three_are_kept(tree, desk):
    client = desk()
    text = client.post("/desk/benefits/new", typed(title="", shares="3", more_shares="1")).content.decode()
    assert "第6份" in text and 'name="shares" value="6"' in text
    assert "要改" not in text and 'class="error"' not in text  # whoever asks for more lines is not done yet
    reserved = {}
    for n in range(5):
        reserved |= {f"share{n}-share_title": f"第{n}份", f"share{n}-pair": "sex=1", f"share{n}-places": "2"}
    client.post("/desk/benefits/new", typed(shares="6", **reserved))
    with system():
        offer = Offer.objects.get()
        assert Counter.objects.filter(offer=offer).exclude(share="").count() == 5
    assert "第4份" in client.get(f"/desk/benefits/{offer.pk}/edit/").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_times_for_one_and_three(tree, desk, count, django_assert_num_queries):
    client = desk()
    with system():
        for n in range(count):
            make_benefit(tree.city, title=f"项目{n}")
    client.get("/desk/benefits/")
    with django_assert_num_queries(17):
        assert "项目0" in client.get("/desk/benefits/").content.decode()


def test_phases_divide_all_offers(tree, staff, desk):
    now = timezone.now()
    day = timedelta(days=1)
    with system():
        make_benefit(tree.city, title="正在报名")
        make_benefit(tree.city, title="还没开始", opens_at=now + day, closes_at=now + 2 * day)
        given = make_benefit(tree.city, title="已经分完", opens_at=now - 9 * day, closes_at=now - day)
        given.sessions.update(starts_at=now + day, ends_at=now + 2 * day)
        over = make_benefit(tree.city, title="办完了", opens_at=now - 9 * day, closes_at=now - 8 * day)
        over.sessions.update(starts_at=now - 3 * day, ends_at=now - 2 * day)
        make_benefit(tree.city, title="草稿一份", state="draft")
    with acting(staff):
        found = {
            phase: [one.title for one in queries.desk.in_phase(queries.desk.offers(staff), phase, now)]
            for phase in queries.desk.PHASES
        }
    assert found == {
        "draft": ["草稿一份"], "open": ["正在报名"], "soon": ["还没开始"], "given": ["已经分完"], "over": ["办完了"]
    }  # fmt: skip
    client = desk()
    for phase, [title] in found.items():
        text = client.get(f"/desk/benefits/?phase={phase}").content.decode()
        assert title in text and sum(words[0] in text for words in found.values()) == 1


def test_names_are_masked_and_a_place_is_given_and_taken_back(tree, desk):
    client = desk()
    with system():
        offer = make_benefit(tree.city, 2)
        member = make_member(tree.union, "欧阳建华")
    session = offer.sessions.get()
    found = client.post(f"/desk/benefits/{offer.pk}/give/", {"q": "欧阳建华"}).content.decode()
    assert "欧阳建华" in found and 'name="why"' in found
    body = {"person": member.person_id, "session": session.pk, "why": "到窗口办理，本人不用智能手机"}
    answer = client.post(f"/desk/benefits/{offer.pk}/give/", body, follow=True).content.decode()
    assert "已代办一个名额" in answer and "欧**华" in answer and "欧阳建华" not in answer
    again = client.post(f"/desk/benefits/{offer.pk}/give/", body)
    assert again.status_code == 422 and "已经领过" in again.content.decode()
    text = client.get(f"/desk/benefits/{offer.pk}/claims/").content.decode()
    assert "欧**华" in text and "工作人员代办" in text
    with system():
        claim = Claim.objects.get()
    assert client.post(f"/desk/benefits/claims/{claim.pk}/", {"reason": "错"}).status_code == 422
    client.post(f"/desk/benefits/claims/{claim.pk}/", {"reason": "登记错了人，改给本人同事"})
    with system():
        claim.refresh_from_db()
        assert claim.state == "cancelled"
    client.post(f"/desk/benefits/counters/{claim.counter_id}/capacity", {"capacity": "40"})
    with system():
        assert Counter.objects.get().capacity == 40
    client.post(f"/desk/benefits/{offer.pk}/off", {"reason": "场地检修，改期再办"})
    with system():
        assert Offer.objects.get().state == "cancelled"


def test_last_years_is_copied_with_its_page(tree, desk):
    client = desk()
    with system():
        offer = make_benefit(tree.city, page={"series": "职工夜校", "subsidy": 5000})
    answer = client.post(f"/desk/benefits/{offer.pk}/copy", follow=True)
    assert "已照去年的建好草稿" in answer.content.decode()
    with system():
        made = Offer.objects.exclude(pk=offer.pk).get()
        assert (made.page.series, made.page.subsidy, made.copied_from_id) == ("职工夜校", 5000, offer.pk)


def test_clashes_calendar_and_fairness(tree, desk, staff):
    client = desk()
    begins = timezone.now().replace(day=20, hour=4)
    with system():
        for title in ("八段锦", "太极拳"):
            offer = make_benefit(tree.city, title=title)
            offer.sessions.update(
                starts_at=begins, ends_at=begins + timedelta(hours=2), place="302室", teacher="王秀英"
            )
        member = make_member(tree.union, "刘某")
        quotas.take(as_member(member), session_id=offer.sessions.get().pk, key=uuid4())
    assert "都是王秀英老师" in client.get(f"/desk/benefits/{offer.pk}/").content.decode()
    text = client.get(f"/desk/benefits/calendar/?month={begins:%Y-%m}").content.decode()
    assert "有2场" in text and "302室" in text
    assert "没有场次" in client.get("/desk/benefits/calendar/?month=2001-01").content.decode()
    text = client.get("/desk/benefits/fairness/").content.decode()
    assert "基尼系数" in text and "安福县总工会" in text and "一次也没有" in text
    for group in ("按地方", "按年龄", "按职业", "按单位行业", "30至39岁"):
        assert group in text
    assert "还没有人享受过" in client.get("/desk/benefits/fairness/?year=2020").content.decode()


def witness_link(staff, offer, party) -> str:
    """The address that is shown once, as the witness opens it."""
    text = staff.post(f"/desk/benefits/{offer.pk}/draw/link", {"party": party.pk}).content.decode()
    assert "只显示这一次" in text
    return re.search(r'value="http://testserver(/witness/[\w-]+/)"', text)[1]


def test_a_draw_that_lacks_a_source_says_so_to_everybody_and_how_to_go_on(tree, desk, client):
    staff = desk()
    with system():
        offer = make_benefit(tree.city, 2, allocation="draw", title="疗休养")
        party = DrawParty.objects.create(path=offer.path, draw=offer.draw, order=0, title="市公证处")
    link = witness_link(staff, offer, party)
    with system():
        Offer.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    words = "现在有0个，市公证处还没有交承诺值"
    assert words in client.get(f"/draws/{offer.number}/").content.decode()
    text = staff.get(f"/desk/benefits/{offer.pk}/").content.decode()
    assert words in text and "锁定名单</button>" not in text and "补充种子的来源" in text
    assert words in staff.get("/desk/").content.decode()
    for more in ({"title": "职工代表"}, {"outside": "次日福彩3D开奖号码"}):
        staff.post(f"/desk/benefits/{offer.pk}/draw/source", more)
    with system():
        second = DrawParty.objects.get(title="职工代表")
    late = witness_link(staff, offer, second)
    client.post(link, {"act": "commit", "secret": "会员代表的密语：春风", "kept": "on"})
    staff.post(f"/desk/benefits/{offer.pk}/draw/lock")
    text = client.get(f"/draws/{offer.number}/").content.decode()
    assert "锁定以前没有交，不参与" in text and "见证方自己提交" in text
    assert "揭示密语" in client.get(link).content.decode()
    assert "没有参与" in client.get(late).content.decode()


def test_a_draw_is_public_and_anybody_recomputes_it(tree, desk, phone, client, tmp_path):
    staff, secret = desk(), "会员代表的密语：春天"
    with system():
        offer = make_benefit(tree.city, 2, allocation="draw", title="疗休养", state="draft",
                             closes_at=timezone.now() + timedelta(hours=1))  # fmt: skip
        begins = timezone.now() + timedelta(days=9)
        offer.sessions.update(starts_at=begins, ends_at=begins + timedelta(days=5), place="井冈山疗养院")
    text = staff.post(f"/desk/benefits/{offer.pk}/publish/", {"witness1": "会员代表"}).content.decode()
    assert "至少要有两个来源" in text
    staff.post(f"/desk/benefits/{offer.pk}/publish/", {"witness1": "会员代表", "outside": "次日福彩3D开奖号码"})
    with system():
        offer = Offer.objects.get()
        party = offer.draw.parties.get()
    assert offer.state == "published"
    phones = [phone(f"会员{n}")[0] for n in range(5)]
    for one in phones:
        one.post(f"/m/benefits/{offer.pk}/enter")
    address = f"/draws/{offer.number}/"
    assert client.get(address).status_code == 200 and client.get(address + "file").status_code == 404
    link = witness_link(staff, offer, party)
    assert client.get(link[:-3] + "x/").status_code == 404
    weak = client.post(link, {"act": "commit", "secret": "123", "kept": "on"})
    assert weak.status_code == 422 and "太短的容易被人试出来" in weak.content.decode()
    assert "先抄下或截图密语" in client.post(link, {"act": "commit", "secret": secret}).content.decode()
    done = client.post(link, {"act": "commit", "secret": secret, "kept": "on"}, follow=True).content.decode()
    assert "等名单锁定" in done and secret not in done
    early = staff.post(f"/desk/benefits/{offer.pk}/draw/lock", follow=True)
    assert "还没有截止" in early.content.decode()
    with system():
        Offer.objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    staff.post(f"/desk/benefits/{offer.pk}/draw/lock")
    wrong = staff.post(f"/desk/benefits/{offer.pk}/draw/reveal", {"party": party.pk, "value": "别的"}, follow=True)
    assert "与承诺值不符" in wrong.content.decode()
    assert "与承诺值不符" in client.post(link, {"act": "reveal", "value": "别的"}).content.decode()
    assert "您的密语已公布" in client.post(link, {"act": "reveal", "value": secret}, follow=True).content.decode()
    assert "还没有登记公开数值" in staff.get(f"/desk/benefits/{offer.pk}/").content.decode()
    staff.post(f"/desk/benefits/{offer.pk}/draw/outside", {"value": "5 1 8"})
    text = staff.get(f"/desk/benefits/{offer.pk}/").content.decode()
    assert "等另一人核对" in text and "5 1 8" not in text and "名单和名额已经锁定公布" in text
    alone = staff.post(f"/desk/benefits/{offer.pk}/draw/check", {"value": "5 1 8"}, follow=True).content.decode()
    assert "登记和核对要由两个人办" in alone and "5 1 8" not in client.get(address).content.decode()
    colleague = desk("organising", username="colleague")
    colleague.post(f"/desk/benefits/{offer.pk}/draw/check", {"value": "5 1 8"})
    done = staff.post(f"/desk/benefits/{offer.pk}/draw/run", follow=True)
    assert "已摇号" in done.content.decode()
    text = client.get(address).content.decode()
    assert secret in text and "5 1 8" in text and "python3 recompute.py" in text and "会员0" not in text
    (tmp_path / "recompute.py").write_bytes(client.get(address + "recompute.py").content)
    (tmp_path / "draw.txt").write_bytes(b"".join(client.get(address + "file").streaming_content))
    tag = re.search(
        r'class="code-text" translate="no">(\w{32})<', phones[0].get(f"/m/benefits/{offer.pk}/").content.decode()
    )[1]
    ran = subprocess.run(
        [sys.executable, "-I", tmp_path / "recompute.py", tmp_path / "draw.txt", tag],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0 and "全部一致" in ran.stdout and tag in ran.stdout
    asked = client.post(address, {"tag": tag}).content.decode()
    assert ("摇到了" in asked) == ("分到" in ran.stdout.split(tag)[1].split("\n")[0].replace("未分到", ""))
    assert "32位" in client.post(address, {"tag": "x"}).content.decode()


def _code(claim: Claim, moment) -> str:
    return quota_rules.code_text(quotas.code_key(), claim.pk, claim.code, moment.timestamp())


@pytest.fixture
def claims(tree):
    offer = make_benefit(tree.city, 5)
    begins = timezone.now() + timedelta(minutes=30)
    offer.sessions.update(starts_at=begins, ends_at=begins + timedelta(hours=2))
    for n in range(3):
        quotas.take(as_member(make_member(tree.union, f"刘小妹{n}")), session_id=offer.sessions.get().pk, key=uuid4())
    return list(Claim.objects.order_by("pk"))


def _post(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json")


def test_the_door_takes_fresh_codes_refuses_pictures_and_merges_what_was_kept(tree, desk, claims):
    client, now = desk(), timezone.now()
    session = claims[0].session_id
    door = f"/desk/benefits/scan/{session}/"
    assert "应到3人" in client.get(door).content.decode()
    assert claims[0].offer.title in client.get("/desk/benefits/scan/").content.decode()
    scan = {"text": _code(claims[0], now), "key": str(uuid4()), "at": now.isoformat(), "part": 1}
    done = _post(client, door + "take", scan)
    assert done.json()["ok"] and done.json()["name"].startswith("刘*") and done["X-Arrived"] == "1"
    assert _post(client, door + "take", scan).json()["ok"]  # the same key again
    again = _post(client, door + "take", scan | {"key": str(uuid4())})
    assert again.status_code == 409 and "用过" in again.json()["words"]
    old = _post(client, door + "take", {"text": _code(claims[1], now - timedelta(minutes=10)), "key": str(uuid4())})
    assert "截图" in old.json()["words"]
    for nonsense in ({}, {"text": 5}, {"text": "x", "key": "y"}, []):
        assert _post(client, door + "take", nonsense).status_code == 422
    at = now - timedelta(minutes=8)
    with quotas.at(at):
        own = Viewer(role="publicity", name="周敏", account_id=int(client.session["_auth_user_id"]))
        listed = quotas.door_pass(own, session_id=session)
    kept = [
        {"text": _code(claims[1], at), "key": str(uuid4()), "at": at.isoformat(), "listed": listed},
        {"text": "别的二维码", "key": str(uuid4()), "at": at.isoformat()},
    ]  # fmt: skip
    merged = _post(client, door + "merge", {"scans": kept}).json()["scans"]
    assert [one["ok"] for one in merged] == [True, False] and "不是本平台" in merged[1]["words"]
    assert [one["ok"] for one in _post(client, door + "merge", {"scans": kept}).json()["scans"]] == [True, False]
    client.post(door + "tick", {"claim": claims[2].pk, "key": str(uuid4())})
    with system():
        assert CheckIn.objects.count() == 3
        row = CheckIn.objects.get(claim=claims[2])
    client.post(door + "undo", {"check_in": row.pk, "reason": "点错了人"})
    with system():
        claims[2].refresh_from_db()
        assert (claims[2].used, claims[2].state) == (0, "held")
    elsewhere = desk("organising", tree.other_city)
    assert elsewhere.get(door).status_code == 404
    assert _post(elsewhere, door + "take", scan).status_code == 404


def test_a_merchant_redeems_its_own_and_sees_nothing_else(tree, desk, phone):
    editor = desk()
    with system():
        post = make_post(tree.city, "provider", "movie", "影城前台")
    editor.post("/desk/benefits/providers/new", {"name": "吉安庐陵影城", "contact": "前台 0796-8881234"})
    with system():
        provider = Provider.objects.get()
    wrong = editor.post(f"/desk/benefits/providers/{provider.pk}/", {"act": "add", "username": "nobody"})
    assert "没有这个账号" in wrong.content.decode()
    editor.post(f"/desk/benefits/providers/{provider.pk}/", {"act": "add", "username": "movie"})
    with system():
        assert Clerk.objects.get().account_id == post.account_id
        mine = make_benefit(tree.city, page={"kind": "voucher", "provider": provider, "subsidy": 2500}, uses=3)
        other = make_benefit(tree.city, title="别家的券", page={"kind": "voucher"})
        members = [make_member(tree.union, f"欧阳小{n}") for n in "甲乙"]
        for offer, member in ((mine, members[0]), (other, members[1])):
            quotas.take(as_member(member), session_id=offer.sessions.get().pk, key=uuid4())
        own, foreign = Claim.objects.get(offer=mine), Claim.objects.get(offer=other)
    client = desk("provider", username="unbound")
    assert "还没有对应的商户" in client.get("/desk/redeem/").content.decode()
    client.force_login(post.account, backend="django.contrib.auth.backends.ModelBackend")
    now = timezone.now()
    done = _post(client, "/desk/redeem/take", {"text": _code(own, now), "key": str(uuid4()), "part": 2})
    assert done.json()["ok"] and "还剩1次" in done.json()["words"]
    refused = _post(client, "/desk/redeem/take", {"text": _code(foreign, now), "key": str(uuid4())})
    assert refused.status_code == 409 and "不是本单位" in refused.json()["words"]
    [told] = re.findall(r'<script id="scanning"[^>]*>(.+?)</script>', client.get("/desk/redeem/").content.decode())
    kept = [{"text": _code(own, now), "key": str(uuid4()), "at": now.isoformat(), "listed": json.loads(told)["listed"]}]
    assert _post(client, "/desk/redeem/merge", {"scans": kept}).json()["scans"][0]["ok"]
    text = client.get("/desk/redeem/").content.decode()
    assert "欧**甲" in text and "欧阳小甲" not in text and "别家的券" not in text
    text = client.get("/desk/redeem/settlement/").content.decode()
    assert "75.00" in text and client.get("/desk/redeem/settlement/?export=xlsx").status_code == 200
    for closed in ("/desk/benefits/", "/desk/members/", "/desk/benefits/scan/", f"/desk/benefits/{mine.pk}/"):
        assert client.get(closed).status_code == 403
    with system():
        assert OfferPage.objects.count() == 2
    assert "75.00" in editor.get(f"/desk/benefits/providers/{provider.pk}/").content.decode()


def test_a_merchants_post_reads_its_own_line_alone(tree):
    with system():
        one, two = (viewer_at(tree.city, "provider", name) for name in ("clerk1", "clerk2"))
        make_provider(tree.city, "甲影城", one.account_id)
        make_provider(tree.city, "乙影城", two.account_id)
        offer = make_benefit(tree.city)
        quotas.take(as_member(make_member(tree.union, "刘某")), session_id=offer.sessions.get().pk, key=uuid4())
    with acting(one):
        assert list(Provider.objects.values_list("name", flat=True)) == ["甲影城"]
        assert Clerk.objects.count() == 1 and Claim.objects.count() == 0 and CheckIn.objects.count() == 0
        assert queries.merchants.own(one).name == "甲影城"


def test_the_api_lists_offers_and_gives_a_place_by_the_same_rules(tree, client):
    with system():
        offer = make_benefit(tree.county, 1)
        post = make_post(tree.county, "publicity", "api-clerk")
        ApiToken.objects.create(
            post=post, name="测试", prefix="gh_test", digest=token_digest("gh_test_benefits"), created_by=post.account_id,
            expires_on=timezone.localdate() + timedelta(days=3),
        )  # fmt: skip
        one, two = (make_member(tree.union, name) for name in ("甲某", "乙某"))
    headers = {"Authorization": "Bearer gh_test_benefits"}
    listed = client.get("/api/v1/benefits/offers", headers=headers).json()
    assert [row["id"] for row in listed["items"]] == [offer.pk] and listed["items"][0]["capacity"] == 1
    address = f"/api/v1/benefits/sessions/{offer.sessions.get().pk}/claims"

    def give(member):
        body = {"person_id": member.person_id, "why": "窗口办理"}
        return client.post(address, body, "application/json", headers=headers)

    assert give(one).status_code == 201
    refused = give(two)
    assert refused.status_code == 422 and refused.json()["code"] == "GH-QTA-023"
