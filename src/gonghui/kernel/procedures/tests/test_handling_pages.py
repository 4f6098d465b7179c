"""What officers see and do with an application, page by page; and what the public sees of a notice."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gonghui.kernel.access.models import Account
from gonghui.kernel.factories import Tree
from gonghui.kernel.procedures import services
from gonghui.kernel.procedures.factories import SIMPLE, make_procedure, member_viewer, officer
from gonghui.kernel.procedures.models import Application, Decision, Delegation, Interest, Notice, Objection, Step
from gonghui.kernel.procedures.queries import handling
from gonghui.kernel.procedures.rules.wording import in_chinese
from gonghui.kernel.rules.models import Rule
from gonghui.kernel.scope import take_scope, take_seat
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .test_running import hand_in, noticed, open_step, with_notice

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00\x0c"
    b"IDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xdc\xccY\xe7\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Desk(Client):
    """A client whose requests leave the test's own scope as it was."""

    def request(self, **given: Any) -> Any:
        response = super().request(**given)
        take_scope("", "~")
        take_seat("*", None)
        return response


@pytest.fixture
def at() -> Callable[[Viewer | None], Desk]:
    """A browser of an officer; without one, of anybody."""

    def opened(viewer: Viewer | None = None) -> Desk:
        client = Desk()
        if viewer is not None:
            account = Account.objects.get(pk=viewer.account_id)
            client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return opened


def text(response: Any) -> str:
    return response.content.decode()


def said(response: Any) -> list[str]:
    """The last message."""
    return [str(one) for one in get_messages(response.wsgi_request)][-1:]


def handed_in(tree: Tree, **changes: Any) -> Application:
    return hand_in(tree, make_procedure(**changes), officer(tree.union, "grassroots_chair"))


def test_the_inbox_says_how_much_waits(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    page = at(officer(tree.township)).get("/desk/inbox/")
    assert page.status_code == 200
    for words in (done.number, "1件待办", "江西安福泸水河食品有限公司工会委员会", "乡镇审核", "剩5个工作日"):
        assert words.replace("工会委员会", "") in text(page).replace("<wbr>", ""), words
    assert "没有待办件" in text(at(officer(tree.county)).get("/desk/inbox/"))


def queries_of(client: Any, path: str) -> int:
    """Queries of the page itself: after the door has taken the scope, before the frame of the page asks its own."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    asked = [query["sql"] for query in seen]
    begins = next(at for at, sql in enumerate(asked) if "gonghui.lo" in sql)
    ends = next(at for at, sql in enumerate(asked) if at > begins + 1 and "set_config('gonghui.account'" in sql)
    return ends - begins - 1


@pytest.mark.parametrize("path", ["/desk/inbox/", "/desk/applications/", "/desk/due/"])
def test_lists_ask_as_much_for_three_rows_as_for_one(tree: Tree, at: Any, path: str) -> None:
    procedure, chair = make_procedure(once=""), officer(tree.union, "grassroots_chair")
    hand_in(tree, procedure, chair)
    client = at(officer(tree.township))
    client.get(path)
    one = queries_of(client, path)
    hand_in(tree, procedure, chair)
    hand_in(tree, procedure, chair)
    assert queries_of(client, path) == one


def test_the_objections_ask_as_much_for_three_as_for_one(tree: Tree, at: Any) -> None:
    _, notice = noticed(tree)
    client = at(officer(tree.county))

    def objected() -> None:
        services.object_to(OUTSIDER, token=notice.token, text="该单位没有会员", in_confidence=True)

    objected()
    client.get("/desk/objections/")
    one = queries_of(client, "/desk/objections/")
    objected()
    objected()
    assert queries_of(client, "/desk/objections/") == one


def test_several_are_claimed_at_once(tree: Tree, at: Any) -> None:
    procedure, chair = make_procedure(once=""), officer(tree.union, "grassroots_chair")
    rows = [hand_in(tree, procedure, chair) for _ in range(2)]
    town = officer(tree.township)
    client = at(town)
    answer = client.post(
        "/desk/inbox/claim", {"bulk": "claim", "ids": [open_step(one).pk for one in rows], "query": ""}
    )
    assert answer.status_code == 302 and said(answer) == ["已领取2件"]
    assert [open_step(one).assignee_id for one in rows] == [town.account_id] * 2
    mine = text(client.get("/desk/inbox/?which=mine"))
    assert rows[0].number in mine and rows[1].number in mine
    assert rows[0].number not in text(at(officer(tree.township, name="乙")).get("/desk/inbox/"))


def test_an_officer_reads_and_approves_and_goes_to_the_next(tree: Tree, at: Any) -> None:
    procedure, chair = make_procedure(once=""), officer(tree.union, "grassroots_chair")
    first, second = hand_in(tree, procedure, chair, amount="1200.50"), hand_in(tree, procedure, chair)
    client, step = at(officer(tree.township)), open_step(first)
    page = text(client.get(f"/desk/steps/{step.pk}/"))
    for words in (
        "会员要求",
        "1,200.50元",
        "审核通过",
        "退回补正",
        "不予通过",
        'data-key="A"',
        'data-key="N"',
        "办理经过",
    ):
        assert words in page, words
    answer = client.post(f"/desk/steps/{step.pk}/approve", {"note": "情况属实"})
    assert answer["Location"] == f"/desk/steps/{open_step(second).pk}/"
    assert said(answer) == [f"已审核通过（{first.number}）"]
    assert open_step(first).key == "second"


def test_a_step_asks_and_keeps_what_was_typed(tree: Tree, at: Any) -> None:
    steps = copy.deepcopy(SIMPLE["steps"])
    steps[0]["asks"] = [{"key": "seats", "title": "委员名额", "kind": "number", "least": 3}]
    done = handed_in(tree, steps=steps)
    client, step = at(officer(tree.township)), open_step(done)
    answer = client.post(f"/desk/steps/{step.pk}/approve", {"note": "照办", "ask_seats": "两个"})
    assert answer.status_code == 422 and "应为整数" in text(answer) and "照办" in text(answer)
    client.post(f"/desk/steps/{step.pk}/approve", {"ask_seats": "5"})
    assert Step.objects.get(pk=step.pk).data["asks"] == {"seats": 5}


def test_everything_missing_is_named_on_one_page(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    client, step = at(officer(tree.township)), open_step(done)
    page = text(client.get(f"/desk/steps/{step.pk}/return/"))
    assert 'name="note_reason"' in page and "只能退回这一次" in page
    assert client.post(f"/desk/steps/{step.pk}/return/", {}).status_code == 422
    answer = client.post(
        f"/desk/steps/{step.pk}/return/",
        {"field": ["reason"], "note_reason": "写明人数", "note_amount": "补写金额", "more": "附照片\n附名单\n"},
    )
    assert said(answer)[0].startswith("已退回补正4项")
    assert Step.objects.get(pk=step.pk).data["missing"] == [
        {"field": "reason", "note": "写明人数"},
        {"field": "amount", "note": "补写金额"},
        {"field": "", "note": "附照片"},
        {"field": "", "note": "附名单"},
    ]
    assert done.number in text(client.get("/desk/inbox/?which=returned"))
    assert "等申请人提交" in text(client.get(f"/desk/steps/{step.pk}/"))


def test_a_refusal_needs_a_reason_and_is_explained(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    client, step = at(officer(tree.township)), open_step(done)
    assert client.post(f"/desk/steps/{step.pk}/reject", {"note": ""}).status_code == 422
    client.post(f"/desk/steps/{step.pk}/reject", {"note": "人数不足", "document_no": ""})
    done.refresh_from_db()
    assert done.state == "rejected"
    page = text(client.get(f"/desk/applications/{done.pk}/why/"))
    for words in (
        "为什么没有通过",
        "人数不足",
        "安福县枫田镇总工会",
        Decision.objects.get(application=done).digest[:16],
    ):
        assert words in page.replace("<wbr>", ""), words


def test_a_colleague_is_given_the_step(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    one, other = officer(tree.township, name="甲"), officer(tree.township, name="乙")
    client, step = at(one), open_step(done)
    answer = client.post(f"/desk/steps/{step.pk}/hand-over", {"account": other.account_id, "note": "出差"})
    assert said(answer) == [f"已转给乙（{done.number}）"]
    assert "已由乙承办" in text(client.get(f"/desk/steps/{step.pk}/"))
    assert client.post(f"/desk/steps/{step.pk}/approve", {}).status_code == 422


def test_who_has_an_interest_is_told_to_whom_it_went(tree: Tree, at: Any) -> None:
    one, _ = officer(tree.township, name="甲"), officer(tree.township, name="乙")
    services.declare_interest(one, kind="亲属", organisation=tree.union)
    done = handed_in(tree)
    client, step = at(one), open_step(done)
    for _ in range(2):
        page = text(client.get(f"/desk/steps/{step.pk}/"))
        assert "已回避" in page and "乙（同岗位）" in page and "会员要求" not in page
    assert done.doings.filter(act="stepped_back").count() == 1
    assert done.number not in text(client.get("/desk/inbox/"))
    assert client.post(f"/desk/steps/{step.pk}/approve", {}).status_code == 422


SCORED = [
    {"key": "scored", "title": "评分", "kind": "score", "tier": "county", "role": "organising", "blind": True,
     "criteria": [{"key": "a", "title": "成效", "most": 60}, {"key": "b", "title": "创新", "most": 40}], "pass_mark": 60},
    {"key": "last", "title": "决定", "kind": "decide", "tier": "county", "role": "organising"},
]  # fmt: skip


def test_an_invited_judge_from_elsewhere_scores_without_knowing_whom(tree: Tree, at: Any) -> None:
    done = handed_in(tree, steps=SCORED)
    county, judge, step = officer(tree.county), officer(tree.sibling_county, "judge", name="评委"), open_step(done)
    assert judge.account_id is not None
    client = at(judge)
    assert client.get(f"/desk/steps/{step.pk}/").status_code == 404
    services.invite(county, step_id=step.pk, account_ids=[judge.account_id])
    assert "匿名评审" in text(client.get("/desk/inbox/"))
    page = text(client.get(f"/desk/steps/{step.pk}/"))
    assert "会员要求" in page and "泸水河" not in page and "data-score-total" in page
    assert client.post(f"/desk/steps/{step.pk}/invite", {"accounts": [judge.account_id]}).status_code == 422
    assert client.post(f"/desk/steps/{step.pk}/score", {"mark_a": "61", "mark_b": "1"}).status_code == 422
    answer = client.post(f"/desk/steps/{step.pk}/score", {"mark_a": "50", "mark_b": "35", "note": "好"})
    assert said(answer) == [f"已提交评分85分（{done.number}）"]
    done.refresh_from_db()
    assert done.score == 85


def test_a_vote_is_recorded(tree: Tree, at: Any) -> None:
    steps = [{"key": "voted", "title": "表决", "kind": "vote", "tier": "county", "role": "organising", "committee": 9}]
    done = handed_in(tree, steps=[*steps, SIMPLE["steps"][1]])
    client, step = at(officer(tree.county)), open_step(done)
    assert 'value="9"' in text(client.get(f"/desk/steps/{step.pk}/"))
    votes = {"committee": 9, "present": 5, "yes": 5, "no": 0, "abstain": 0}
    assert "不足应到9人的三分之二" in text(client.post(f"/desk/steps/{step.pk}/vote", votes))
    answer = client.post(f"/desk/steps/{step.pk}/vote", votes | {"present": 6, "yes": 5, "no": 1})
    assert said(answer)[0].startswith("已登记表决，赞成5票，通过")


def test_a_visit_needs_photos_with_a_place(tree: Tree, at: Any) -> None:
    steps = [
        {
            "key": "seen",
            "title": "实地核查",
            "kind": "visit",
            "tier": "county",
            "role": "organising",
            "photos": 1,
            "located": True,
        }
    ]
    done = handed_in(tree, steps=[*steps, SIMPLE["steps"][1]])
    client, step = at(officer(tree.county)), open_step(done)
    record = {"note": "与材料一致，有活动室", "good": "1"}
    assert "至少1张" in text(client.post(f"/desk/steps/{step.pk}/visit", record))
    photo = {"photo": SimpleUploadedFile("现场.png", PNG, "image/png")}
    assert said(client.post(f"/desk/steps/{step.pk}/photo", photo)) == ["已上传现场照片，没有位置"]
    assert "打开定位" in text(client.post(f"/desk/steps/{step.pk}/visit", record))
    photo = {
        "photo": SimpleUploadedFile("现场.png", PNG, "image/png"),
        "latitude": "27.391000",
        "longitude": "114.620000",
    }
    client.post(f"/desk/steps/{step.pk}/photo", photo)
    evidence = done.evidence.last()
    shown = client.get(f"/desk/applications/{done.pk}/files/{evidence.pk}/")
    assert (shown["Content-Type"], b"".join(shown.streaming_content)) == ("image/png", PNG)
    assert client.get(f"/desk/applications/{done.pk}/files/{evidence.pk}/?download=1")[
        "Content-Disposition"
    ].startswith("attachment")
    assert said(client.post(f"/desk/steps/{step.pk}/visit", record))[0].startswith("已登记实地核查，与申请一致")


# confidential matters


def secret(tree: Tree) -> Application:
    steps = [{"key": "first", "title": "审核", "kind": "decide", "tier": "county", "role": "rights"}]
    fields = [
        {"key": "income", "title": "月收入", "kind": "money", "sealed": True},
        {"key": "paper", "title": "证明", "kind": "files", "required": False},
    ]
    procedure = make_procedure(
        key="test.secret", title="困难帮扶", who="person", confidential=True, consent="同意", steps=steps,
        form={"sections": [{"title": "情况", "fields": fields}]}, approved=[],
    )  # fmt: skip
    me = member_viewer(tree.insider.person)
    started = services.start(me, procedure=procedure, organisation=tree.union, person=tree.insider.person)
    upload = SimpleUploadedFile("证明.png", PNG, "image/png")
    services.attach(me, application_id=started.application.pk, field="paper", upload=upload)
    done = services.submit(me, application_id=started.application.pk, typed={"income": "1234.50"})
    take_seat("*", None)
    return done


def test_names_of_confidential_matters_stand_in_no_list(tree: Tree, at: Any) -> None:
    done = secret(tree)
    client = at(officer(tree.county, "rights"))
    for path in ("/desk/inbox/", "/desk/applications/", "/desk/due/"):
        page = text(client.get(path))
        assert ("刘细妹" in page, "泸水河" in page) == (False, False), path
    assert "当事人信息已隐去" in text(client.get("/desk/inbox/"))
    for other in (officer(tree.county, "leader"), officer(tree.county), officer(tree.city, "rights")):
        browser, step = at(other), open_step(done)
        for path in (f"/desk/steps/{step.pk}/", f"/desk/applications/{done.pk}/", f"/desk/applications/{done.pk}/why/",
                     f"/desk/applications/{done.pk}/reveal/", f"/desk/applications/{done.pk}/files/{done.evidence.first().pk}/"):  # fmt: skip
            assert browser.get(path).status_code == 404, (other.role, path)
        for path in ("/desk/inbox/", "/desk/applications/", "/desk/due/"):
            assert done.number not in text(browser.get(path)), (other.role, path)


def test_sealed_answers_ask_for_a_reason_and_have_a_cap(tree: Tree, at: Any) -> None:
    done = secret(tree)
    client, step = at(officer(tree.county, "rights")), open_step(done)
    page = text(client.get(f"/desk/steps/{step.pk}/"))
    assert "已加密保存" in page and "1,234.50" not in page and "查看加密内容" in page
    address = f"/desk/applications/{done.pk}/reveal/"
    assert client.post(address, {"reason": "看看"}).status_code == 422
    assert "1,234.50元" in text(client.post(address, {"reason": "审核家庭收入情况"}))
    seen = TrailRecord.objects.filter(verb="application.revealed", refused=False)
    assert [(one.subject_id, one.path, one.reason) for one in seen] == [(done.person_id, "", "审核家庭收入情况")]
    Rule.objects.create(key="reveal.daily_cap", organisation=tree.county, path=tree.county.path, value=1, version=1,
                        valid_from="2020-01-01")  # fmt: skip
    refused = client.post(address, {"reason": "再看一次收入情况"})
    assert refused.status_code == 422 and "达到每日上限" in text(refused)


def test_files_of_confidential_matters_leave_a_record(tree: Tree, at: Any) -> None:
    done = secret(tree)
    client = at(officer(tree.county, "rights"))
    answer = client.get(f"/desk/applications/{done.pk}/files/{done.evidence.get().pk}/")
    assert b"".join(answer.streaming_content) == PNG
    assert TrailRecord.objects.filter(verb="application.file_opened", subject_id=done.person_id).count() == 1


def test_an_export_holds_nothing_confidential(tree: Tree, at: Any) -> None:
    hidden, shown = secret(tree), handed_in(tree)
    client = at(officer(tree.county, "rights"))
    answer = client.get("/desk/applications/?export=xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert shown.number in cells and hidden.number not in cells
    assert not any("刘细妹" in cell or "困难帮扶" in cell for cell in cells)


# lists and dates


def test_applications_are_found_by_what_they_are(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    client = at(officer(tree.city))
    county = tree.county.path
    for query, there in (
        (f"?q={done.number}", True), ("?state=approved", False), ("?open=1", True), (f"?county={county}", True),
        (f"?county={tree.sibling_county.path}", False), ("?procedure=test.simple", True),
        (f"?submitted_from={timezone.localdate()}", True), ("?submitted_to=2020-01-01", False),
    ):  # fmt: skip
        assert (f"/desk/applications/{done.pk}/" in text(client.get("/desk/applications/" + query))) == there, query
    assert client.get(f"/desk/applications/{done.pk}/").status_code == 200
    assert at(officer(tree.sibling_county)).get(f"/desk/applications/{done.pk}/").status_code == 404
    assert client.get(f"/desk/applications/{done.pk}/why/").status_code == 404


def test_an_officer_above_reminds_once_a_day(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    client = at(officer(tree.city))
    assert said(client.post(f"/desk/applications/{done.pk}/remind", {"note": "尽快"})) == ["已催办，办理单位会看到"]
    assert "今天已经催办过一次" in said(client.post(f"/desk/applications/{done.pk}/remind", {}))[0]


def test_the_month_shows_what_ends_when(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    due = open_step(done).due_on
    assert due is not None
    client = at(officer(tree.township))
    page = text(client.get(f"/desk/due/?month={due:%Y-%m}"))
    assert f"due_from={due}&amp;due_to={due}" in page and "1项" in page
    assert "休" in text(client.get("/desk/due/?month=2026-10")) and "节假日" in text(
        client.get("/desk/due/?month=2026-10")
    )
    assert done.number in text(client.get(f"/desk/due/?due_from={due}&due_to={due}"))
    for month in ("0000-00", "abc", "9999-12", "2026-13"):
        assert client.get(f"/desk/due/?month={month}").status_code == 200
    services.tick(due + timedelta(days=1))


# leave and interests


def test_leave_is_handed_to_a_colleague_and_taken_back(tree: Tree, at: Any) -> None:
    away, colleague = officer(tree.township, name="甲"), officer(tree.township, "rights", name="乙")
    done, client, today = handed_in(tree), at(away), timezone.localdate()
    given = {"to_account": colleague.account_id, "valid_from": today, "valid_to": today, "reason": "休年假"}
    assert client.post("/desk/standing-in/", given | {"valid_to": "2020-01-01"}).status_code == 422
    assert client.post("/desk/standing-in/", given).status_code == 302
    assert done.number in text(at(colleague).get("/desk/inbox/"))
    assert client.post(f"/desk/standing-in/{Delegation.objects.get().pk}/end").status_code == 302
    assert done.number not in text(at(colleague).get("/desk/inbox/"))
    assert "没有这项委托" in said(client.post(f"/desk/standing-in/{Delegation.objects.get().pk}/end"))[0]


def test_interests_are_declared_by_name(tree: Tree, at: Any) -> None:
    client = at(officer(tree.township))
    wrong = client.post("/desk/standing-in/interests", {"kind": "近亲属", "name": "没有这人"})
    assert wrong.status_code == 422 and "没有叫这个名字" in text(wrong)
    client.post("/desk/standing-in/interests", {"kind": "近亲属", "name": "刘细妹"})
    client.post("/desk/standing-in/interests", {"kind": "任职单位", "name": tree.union.name})
    assert [(one.person_id, one.organisation_id) for one in Interest.objects.order_by("pk")] == [
        (tree.insider.person_id, None),
        (None, tree.union.pk),
    ]
    assert "刘细妹" in text(client.get("/desk/standing-in/"))
    client.post(f"/desk/standing-in/interests/{Interest.objects.order_by('pk')[0].pk}/end")
    assert Interest.objects.filter(ended_at__isnull=False).count() == 1


# public notices


def test_anybody_reads_a_notice_and_objects_in_confidence(tree: Tree, at: Any) -> None:
    done, notice = noticed(tree)
    client = at()
    assert notice.title in text(client.get("/notices/")) and notice.title not in text(client.get("/notices/?q=没有"))
    page = text(client.get(f"/notice/{notice.token}/"))
    for words in ("会员要求", "安福县总工会", "正在公示", 'class="qr"', done.number):
        assert words in page, words
    wrong = client.post(f"/notice/{notice.token}/", {"text": "该单位没有会员", "how": "named"})
    assert wrong.status_code == 422 and "姓名和联系方式" in text(wrong) and "该单位没有会员" in text(wrong)
    answer = client.post(f"/notice/{notice.token}/", {"text": "该单位没有会员", "how": "confidence", "name": "匿名甲"})
    made = Objection.objects.get()
    assert answer["Location"] == f"/notice/{notice.token}/sent/" and made.number in text(client.get(answer["Location"]))
    assert made.number not in text(at().get(f"/notice/{notice.token}/sent/", follow=True))
    assert "正在核实" in text(client.post("/notice/objection/", {"code": made.number.lower()}))
    assert client.post("/notice/objection/", {"code": "AAAAAAAAAA"}).status_code == 422
    assert client.get("/notice/nothing/").status_code == 404


def test_the_office_answers_and_nobody_else_learns_who_objected(tree: Tree, at: Any) -> None:
    done, notice = noticed(tree)
    services.object_to(OUTSIDER, token=notice.token, text="该单位没有会员", name="匿名甲", in_confidence=True)
    made = Objection.objects.get()
    for other in (
        officer(tree.city),
        officer(tree.township, name="丙"),
        officer(tree.county, "leader"),
        officer(tree.county, "rights"),
    ):
        assert at(other).get(f"/desk/objections/{made.pk}/").status_code == 404
    county = officer(tree.county)
    client = at(county)
    assert "1项异议待答复" in text(client.get("/desk/inbox/"))
    page = text(client.get(f"/desk/objections/{made.pk}/"))
    assert "匿名甲" in page and "不得透露身份" in page
    for path in (f"/desk/applications/{done.pk}/", "/desk/objections/"):
        assert "匿名甲" not in text(client.get(path))
    assert client.post(f"/desk/objections/{made.pk}/", {"upheld": "0", "answer": "无"}).status_code == 422
    client.post(f"/desk/objections/{made.pk}/", {"upheld": "0", "answer": "经核查，会员名册属实"})
    shown = text(at().post("/notice/objection/", {"code": made.number}))
    assert "经核查，会员名册属实" in shown and "异议不成立" in shown


def test_a_notice_that_is_over_takes_no_objection(tree: Tree, at: Any) -> None:
    _, notice = noticed(tree)
    Notice.objects.update(state="ended")
    page = at().get(f"/notice/{notice.token}/")
    assert "公示已结束" in text(page) and "提交异议" not in text(page)
    answer = at().post(f"/notice/{notice.token}/", {"text": "该单位没有会员", "how": "confidence"})
    assert answer.status_code == 422 and not Objection.objects.exists()
    assert notice.title not in text(at().get("/notices/"))


def test_the_home_page_and_the_navigation_show_what_waits(tree: Tree, at: Any) -> None:
    done = handed_in(tree)
    page = text(at(officer(tree.township)).get("/desk/"))
    assert f"/desk/steps/{open_step(done).pk}/" in page and "乡镇审核" in page and "剩5个工作日" in page


def test_formulas_are_read_as_words() -> None:
    titles = {"net": "净收入", "line": "保障线"}
    assert in_chinese('net * 10 <= line * 15 ? "甲" : "乙"', titles) == "净收入×10不大于保障线×15时为“甲”；否则，“乙”"
    assert in_chinese('kind != "sick"', {"kind": "原因"}, {"kind": {"sick": "生病"}}) == "原因不是“生病”"
    assert in_chinese("honour == true || net != null", titles) == "honour为“是”，或者净收入已经填写"
    assert in_chinese("!(net > 1 && size(line) == 2)", titles) == "不是（净收入大于1，并且行数（保障线）是2）"


def test_steps_of_others_are_not_there(tree: Tree, at: Any) -> None:
    done = handed_in(tree, steps=with_notice())
    step = open_step(done)
    for other in (officer(tree.county), officer(tree.sibling_county), officer(tree.township, "rights")):
        client = at(other)
        assert client.get(f"/desk/steps/{step.pk}/").status_code == 404
        for act in ("approve", "reject", "return/", "claim", "hand-over", "invite", "score", "vote", "photo", "visit"):
            assert client.post(f"/desk/steps/{step.pk}/{act}", {"note": "不该"}).status_code == 404, act
    assert open_step(done).pk == step.pk


def test_codes_of_the_records_are_read_as_words() -> None:
    kept = {
        "org_kind": "grassroots_union",
        "org_level": "county",
        "org_region": "360829",
        "person_sex": "2",
        "org_name": "甲",
    }
    assert dict(handling.facts_in_words(kept)) == {
        "组织类别": "基层工会", "组织层级": "县级", "行政区划": "江西省吉安市安福县", "性别": "女", "组织名称": "甲",
    }  # fmt: skip


def test_a_post_that_handles_but_may_not_look_is_offered_nothing_that_refuses_it(tree: Tree, at: Any) -> None:
    """Guides and judges have an inbox; lists of applications and periods are not theirs."""
    client = at(officer(tree.county, "guide"))
    page = text(client.get("/desk/inbox/"))
    assert "没有待办件" in page and 'href="/desk/applications/' not in page and 'href="/desk/due/' not in page
    assert client.get("/desk/due/").status_code == 403
