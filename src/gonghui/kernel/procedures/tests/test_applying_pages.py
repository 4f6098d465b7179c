"""What applicants see: catalogues, every kind of question, drafts, files, corrections, tracking links, reasons, limits."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gonghui.kernel.factories import Tree, id_number, make_account, make_post
from gonghui.kernel.models import Organisation
from gonghui.kernel.procedures import form_page, services
from gonghui.kernel.procedures.factories import make_procedure, officer
from gonghui.kernel.procedures.models import Application, Doing, Evidence, Step
from gonghui.kernel.procedures.queries.environment import values_of
from gonghui.kernel.procedures.registry import known
from gonghui.kernel.procedures.rules.checking import check
from gonghui.kernel.procedures.rules.definition import must_read
from gonghui.kernel.procedures.rules.forms import fill_in
from gonghui.kernel.procedures.shipped import texts
from gonghui.kernel.procedures.views.applying.tasks import member_tasks
from gonghui.kernel.scope import take_scope

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
BACKEND = "django.contrib.auth.backends.ModelBackend"
EVERY: dict[str, Any] = {
    "key": "test.every",
    "title": "样样都问",
    "summary": "一张表把每种问题问一遍。",
    "category": "测试",
    "prefix": "YY",
    "who": "person",
    "form": {"sections": [
        {"title": "本人", "fields": [
            {"key": "name", "title": "姓名", "kind": "text", "fill": "person_name"},
            {"key": "identity", "title": "证件号码", "kind": "identity"},
            {"key": "phone", "title": "手机号", "kind": "phone"},
            {"key": "bank", "title": "银行账号", "kind": "bank", "required": False},
        ]},
        {"title": "情况", "fields": [
            {"key": "kind", "title": "类别", "kind": "choice",
             "options": [{"value": "ill", "title": "生病"}, {"value": "other", "title": "其他"}]},
            {"key": "other", "title": "写明类别", "kind": "text", "when": 'kind == "other"'},
            {"key": "wants", "title": "想要", "kind": "choices", "required": False,
             "options": [{"value": "a", "title": "甲"}, {"value": "b", "title": "乙"}]},
            {"key": "local", "title": "本地人", "kind": "yes_no"},
            {"key": "since", "title": "从哪天", "kind": "date"},
            {"key": "income", "title": "月收入", "kind": "money"},
            {"key": "persons", "title": "人数", "kind": "number", "least": 1},
            {"key": "each", "title": "人均", "kind": "computed", "formula": "income / persons", "result": "money"},
            {"key": "where", "title": "地点", "kind": "place", "required": False},
            {"key": "why", "title": "原因", "kind": "long_text"},
            {"key": "union", "title": "相关工会", "kind": "organisation", "required": False},
        ]},
        {"title": "家人", "fields": [
            {"key": "family", "title": "家人", "kind": "table", "required": False, "columns": [
                {"key": "who", "title": "称呼", "kind": "text"},
                {"key": "id", "title": "证件", "kind": "identity", "required": False},
            ]},
            {"key": "spent", "title": "花费", "kind": "table", "required": False, "columns": [
                {"key": "on", "title": "用在", "kind": "text"}, {"key": "much", "title": "金额", "kind": "money"},
            ]},
            {"key": "papers", "title": "材料", "kind": "files", "files": 2, "megabytes": 1},
            {"key": "true", "title": "我保证属实", "kind": "declaration"},
        ]},
    ]},
    "steps": [
        {"key": "first", "title": "本会审核", "kind": "review", "tier": "own", "role": "grassroots_chair",
         "deadline": {"days": 5}},
        {"key": "last", "title": "县级决定", "kind": "decide", "tier": "county", "role": "organising",
         "deadline": {"days": "rule:procedures.review_days"}},
    ],
    "rules": {"most": "procedures.notice_days"},
    "appeal": {"tier": "city", "role": "organising"},
    "approved": [{"key": "procedures.noted"}],
}  # fmt: skip
OPEN: dict[str, Any] = {
    "key": "test.open",
    "title": "谁都能提",
    "who": "anyone",
    "form": {"sections": [{"title": "您", "fields": [
        {"key": "name", "title": "姓名", "kind": "text"}, {"key": "phone", "title": "手机号", "kind": "phone"},
    ]}]},
    "steps": [{"key": "one", "title": "答复", "kind": "decide", "tier": "own", "role": "grassroots_chair"}],
    "approved": [{"key": "procedures.noted"}],
}  # fmt: skip


def text_of(response: Any) -> str:
    return str(response.content.decode()).replace("<wbr>", "")


@pytest.fixture
def me(tree: Tree) -> Client:
    client = Client()
    client.force_login(make_account("m1", tree.insider.person.name, "member", tree.insider.person), backend=BACKEND)
    return client


def wide(tree: Any = None) -> None:
    take_scope("", "~")


def answers(**more: Any) -> dict[str, Any]:
    return {
        "f.identity": id_number(7), "f.phone": "19900001234", "f.kind": "ill", "f.local": "true",
        "f.since": "2026-03-06", "f.income": "3000.50", "f.persons": "3", "f.why": "住院", "f.true": "true",
    } | more  # fmt: skip


def begun(me: Client, tree: Tree) -> tuple[Application, str]:
    row = make_procedure(EVERY)
    answer = me.post(f"/m/services/{row.pk}/")
    assert answer.status_code == 302, text_of(answer)
    wide()
    return Application.objects.get(key="test.every"), answer["Location"]


def test_the_shipped_certificate_can_be_published() -> None:
    import yaml

    assert check(yaml.safe_load(texts()["portal_certificate.yaml"]), known()) == []


def test_a_member_sees_what_their_union_offers(me: Client, tree: Tree) -> None:
    make_procedure(EVERY)
    make_procedure(key="test.organisations")
    page = text_of(me.get("/m/services/"))
    assert "样样都问" in page and "会员证明" in page and "一张表把每种问题问一遍。" in page and "约3分钟" in page
    assert "测试申请" not in page  # that one is for organisations
    assert 'href="/m/services/"' in text_of(me.get("/m/"))


def test_every_kind_of_question_is_asked_and_kept(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    page = text_of(me.get(address))
    assert tree.insider.person.name in page and "来自登记，不用填" in page and 'name="f.name"' not in page
    for name in ("identity", "kind", "wants", "local", "since", "income", "where", "why", "union.q", "papers", "true"):
        assert f'name="f.{name}"' in page, name
    assert page.count('aria-label="第3行"') == 2 and 'name="f.other"' not in page  # three empty rows, a condition
    number = id_number(7)
    sent = answers(**{"do": "keep", "f.family.0.who": "母亲", "f.family.0.id": id_number(8), "f.wants": ["a", "b"]})
    sent |= {"f.spent.0.on": "药费"}  # half a row
    assert me.post(address, sent).status_code == 302
    wide()
    draft.refresh_from_db()
    kept = values_of(draft)
    assert kept["identity"] == number and kept["family"] == [{"who": "母亲", "id": id_number(8)}]
    assert kept["wants"] == ["a", "b"] and kept["spent"] == [{"on": "药费", "much": None}] and kept["each"] == 100016
    assert "identity" not in draft.document and "family" not in draft.document
    page = text_of(me.get(address))  # another device
    assert number not in page and id_number(8) not in page and "19900001234" not in page
    assert (
        f"{number[:4]}**********{number[-4:]}" in page
        and "199****1234" in page
        and "重新填写" in page
        and "母亲" in page
        and "1,000.16元" in page
    )
    assert 'value="3000.50"' in page and 'value="药费"' in page


def test_a_sealed_answer_is_typed_afresh_only_when_asked(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    me.post(address, answers(do="keep"))
    page = text_of(me.post(address, {"do": "again:identity", "f.kind": "ill"}))
    assert 'name="f.identity" value=""' in page and id_number(7) not in page
    wide()
    draft.refresh_from_db()
    assert values_of(draft)["identity"] == id_number(7)
    me.post(address, {"do": "keep", "f.identity": id_number(9), "f.kind": "ill"})
    wide()
    draft.refresh_from_db()
    assert values_of(draft)["identity"] == id_number(9)


def test_what_is_wrong_stands_beside_its_question_and_nothing_is_lost(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    sent = answers(
        **{"f.identity": "36242219800101", "f.income": "很多", "f.spent.0.on": "药费", "f.why": "住院三个月"}
    )
    answer = me.post(address, sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "有4处要改" in page and 'href="#f-income"' in page and 'id="f-papers-error"' in page
    assert "月收入：现在是“很多”，应为金额" in page and 'value="很多"' in page and 'value="36242219800101"' in page
    assert "第1行“金额”没有填" in page and 'value="药费"' in page and "住院三个月" in page
    wide()
    draft.refresh_from_db()
    assert draft.state == "draft" and draft.document["why"] == "住院三个月"


def test_conditions_and_computed_values_come_from_the_server(me: Client, tree: Tree) -> None:
    _, address = begun(me, tree)
    shown = re.search(r'name="shown" value="([^"]*)"', text_of(me.get(address)))
    assert shown is not None
    sent = answers(do="keep", shown=shown[1])
    told = json.loads(me.post(address, sent, headers={"X-Part": "1"}).content)
    assert told["computed"]["f-each"] == "1,000.16元" and "body" not in told and told["said"].endswith("已存")
    told = json.loads(me.post(address, sent | {"f.kind": "other"}, headers={"X-Part": "1"}).content)
    assert 'name="f.other"' in told["body"] and "199****1234" in told["body"] and "19900001234" not in told["body"]


def test_tables_grow_and_shrink_without_script(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    rows = {f"f.spent.{n}.on": f"第{n}项" for n in range(3)} | {f"f.spent.{n}.much": "1" for n in range(3)}
    page = text_of(me.post(address, answers(**rows, do="rows:spent")))
    assert 'name="f.spent.3.on"' in page and 'name="f.spent.4.on"' not in page
    page = text_of(me.post(address, answers(**rows, do="drop:spent:1")))
    assert 'value="第0项"' in page and 'value="第1项"' not in page and 'value="第2项"' in page
    secret = {"f.family.0.who": "父亲", "f.family.1.who": "母亲", "f.family.1.id": id_number(8)}
    me.post(address, answers(**secret, do="keep"))
    locked = {"f.family.0.was": "0", "f.family.1.was": "1", "f.family.2.who": "女儿"}
    me.post(address, answers(**locked, do="drop:family:0"))
    wide()
    draft.refresh_from_db()
    assert values_of(draft)["family"] == [{"who": "母亲", "id": id_number(8)}, {"who": "女儿", "id": None}]


def test_half_a_sealed_row_asks_for_the_other_half_only(me: Client, tree: Tree) -> None:
    body = json.loads(json.dumps(EVERY))
    body["form"]["sections"][2]["fields"][0]["columns"][1]["required"] = True
    address = me.post(f"/m/services/{make_procedure(body).pk}/")["Location"]
    page = text_of(me.post(address, answers(**{"f.family.0.who": "父亲", "f.family.1.who": "", "do": "rows:family"})))
    assert 'name="f.family.0.id"' in page and 'name="f.family.0.who"' not in page and 'name="f.family.2.who"' in page
    wide()
    me.post(address, answers(**{"f.family.0.was": "0", "f.family.0.id": id_number(8), "do": "keep"}))
    wide()
    assert values_of(Application.objects.get(key="test.every"))["family"] == [{"who": "父亲", "id": id_number(8)}]


def test_files_are_kept_at_once_with_their_limits(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)

    def png(name: str, content: bytes = PNG) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content, "image/png")

    page = text_of(me.post(address, answers(**{"f.papers": png("诊断书.png"), "do": "upload:papers"})))
    assert "诊断书.png" in page and "图片、PDF，每个最大1MB，最多2个" in page
    page = text_of(
        me.post(address, answers(**{"f.papers": png("大.png", PNG + b"0" * 1_100_000), "do": "upload:papers"}))
    )
    assert "“大.png”有1.0MB，最大1MB" in page and "诊断书.png" in page
    page = text_of(me.post(address, answers(**{"f.papers": png("假.png", b"MZ" * 20), "do": "upload:papers"})))
    assert "“假.png”不是图片、PDF文件" in page
    wide()
    one = Evidence.objects.get(application=draft)
    got = me.get(f"/m/applications/{draft.pk}/evidence/{one.pk}/")
    assert b"".join(got.streaming_content) == PNG  # type: ignore[attr-defined]
    wide()
    page = text_of(me.post(address, answers(do=f"remove:papers:{one.pk}")))
    assert "诊断书.png" not in page
    done = me.post(address, answers(**{"f.papers": png("又一份.png")}))  # chosen and handed in with one press
    assert done.status_code == 302 and done["Location"].endswith("/done/"), text_of(done)


def test_organisations_are_searched_and_only_real_ones_taken(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    page = text_of(me.post(address, answers(**{"f.union.q": "农副产品", "do": "find:union"})))
    assert tree.sibling_union.name in page and f'value="{tree.sibling_union.pk}"' in page
    me.post(address, answers(**{"f.union": str(tree.sibling_union.pk), "do": "keep"}))
    wide()
    draft.refresh_from_db()
    assert draft.document["union"] == tree.sibling_union.pk
    me.post(address, answers(**{"f.union": "99999999", "do": "keep"}))
    wide()
    draft.refresh_from_db()
    assert "union" not in draft.document


def handed_in(me: Client, tree: Tree) -> tuple[Application, str]:
    draft, address = begun(me, tree)
    answer = me.post(address, answers(**{"f.papers": SimpleUploadedFile("证明.png", PNG)}))
    assert answer.status_code == 302, text_of(answer)
    wide()
    draft.refresh_from_db()
    return draft, address


def test_after_handing_in_the_way_ahead_is_told(me: Client, tree: Tree) -> None:
    done, address = handed_in(me, tree)
    page = text_of(me.get(f"/m/applications/{done.pk}/done/"))
    assert done.number in page and "本会审核" in page and tree.county.name in page and "5个工作日内" in page
    page = text_of(me.get(f"/m/applications/{done.pk}/"))
    assert "样样都问正在办理" in page and "剩5个工作日" in page and "19900001234" not in page and "199****1234" in page
    assert me.get(address)["Location"] == f"/m/applications/{done.pk}/"  # no form any more
    assert "样样都问" in text_of(me.get("/m/applications/"))


def test_a_correction_is_asked_beside_its_question(me: Client, tree: Tree) -> None:
    done, address = handed_in(me, tree)
    wide()
    chair = officer(tree.union, "grassroots_chair", "郭卫民")
    step = Step.objects.get(application=done, state="open")
    services.send_back(
        chair, step_id=step.pk, missing_items=[{"field": "why", "note": "写明住院天数"}, {"note": "带原件来核对"}]
    )
    page = text_of(me.get(f"/m/applications/{done.pk}/"))
    assert "样样都问要补正2处" in page and "写明住院天数" in page and "去补正" in page and "郭卫民" not in page
    page = text_of(me.get(address))
    assert "要补正：写明住院天数" in page and "带原件来核对" in page and "补正后提交" in page
    assert [one.title for one in member_tasks(services_viewer(me))] == ["样样都问要补正"]
    answer = me.post(address, answers(**{"f.why": "住院20天"}))
    assert answer.status_code == 302, text_of(answer)
    wide()
    done.refresh_from_db()
    assert done.state == "running" and done.document["why"] == "住院20天"


def services_viewer(client: Client) -> Any:
    from gonghui.kernel.access.models import Account
    from gonghui.kernel.access.queries import viewer_of_member

    wide()
    return viewer_of_member(Account.objects.get(pk=client.session["_auth_user_id"]))


def test_a_decision_says_why_and_can_be_appealed(me: Client, tree: Tree) -> None:
    done, _ = handed_in(me, tree)
    wide()
    chair = officer(tree.union, "grassroots_chair")
    services.reject(chair, step_id=Step.objects.get(application=done, state="open").pk, note="不在范围内")
    page = text_of(me.get(f"/m/applications/{done.pk}/"))
    assert "样样都问没有通过" in page and "不在范围内" in page and "提交申诉" in page and "剩15个工作日" in page
    why = text_of(me.get(f"/m/applications/{done.pk}/why/"))
    assert "一般公示天数" in why and "5个工作日" in why and "平台自带" in why and "本地模板" in why and "姓名" in why
    wrong = me.post(f"/m/applications/{done.pk}/appeal", {"text": "不服"})
    assert wrong.status_code == 422 and "至少5个字" in text_of(wrong) and ">不服</textarea>" in text_of(wrong)
    assert me.post(f"/m/applications/{done.pk}/appeal", {"text": "材料都在，请再看一次"}).status_code == 302
    assert "申诉复核" in text_of(me.get(f"/m/applications/{done.pk}/"))


def test_reminding_once_a_day_and_taking_back(me: Client, tree: Tree) -> None:
    done, _ = handed_in(me, tree)
    at = f"/m/applications/{done.pk}/"
    assert me.post(at + "remind").status_code == 302
    assert "今天已催办" in text_of(me.get(at))
    assert me.post(at + "remind").status_code == 422
    assert me.post(at + "withdraw", {"text": "不需要了"}).status_code == 302
    assert "样样都问已撤回" in text_of(me.get(at))


def test_others_find_nothing(me: Client, tree: Tree) -> None:
    done, _ = handed_in(me, tree)
    other = Client()
    other.force_login(make_account("m2", tree.neighbour.person.name, "member", tree.neighbour.person), backend=BACKEND)
    county = Client()
    county.force_login(make_post(tree.county, "organising").account, backend=BACKEND)
    for client, root in ((other, "m/applications"), (county, "desk/applied")):
        for rest in ("", "form/", "done/", "why/", "evidence/1/"):
            assert client.get(f"/{root}/{done.pk}/{rest}").status_code == 404, (root, rest)
        for rest in ("withdraw", "remind", "appeal", "form/"):
            assert client.post(f"/{root}/{done.pk}/{rest}", {"text": "别人的申请"}).status_code == 404
    assert (
        Client().get("/a/nonsense/").status_code == 404
        and Client().get(f"/m/applications/{done.pk}/").status_code == 302
    )


def outsider(tree: Tree, row: Any, phone: str = "19900005678") -> tuple[Client, str, Any]:
    client = Client()
    answer = client.post(f"/services/{tree.union.pk}/{row.pk}/")
    assert answer.status_code == 302, text_of(answer)
    form = answer["Location"]
    wide()
    return client, form, client.post(form, {"f.name": "来访的人", "f.phone": phone})


def test_somebody_without_account_applies_and_follows_a_link(tree: Tree) -> None:
    row = make_procedure(OPEN)
    assert tree.union.name in text_of(Client().get("/services/", {"q": "泸水河"}))
    assert "谁都能提" in text_of(Client().get(f"/services/{tree.union.pk}/"))
    client, form, answer = outsider(tree, row)
    assert answer["Location"] == form.replace("form/", "done/")
    page = client.get(answer["Location"])
    assert "查进度的链接" in text_of(page) and "<svg" in text_of(page) and page["Cache-Control"] == "no-store"
    stranger = Client().get(form.replace("form/", ""))  # whoever has the link
    assert "谁都能提正在办理" in text_of(stranger) and "19900005678" not in text_of(stranger)
    assert Client().post(form.replace("form/", "remind")).status_code == 302
    wide()
    done = Application.objects.get(key="test.open")
    assert done.account_id is None and done.applicant_name == "来访的人"
    assert Client().post(form.replace("form/", "withdraw")).status_code == 302


def test_outsiders_apply_so_often_a_day(tree: Tree) -> None:
    row = make_procedure(OPEN, once="")
    for _ in range(5):
        assert outsider(tree, row)[2].status_code == 302
    _, _, refused = outsider(tree, row)
    assert refused.status_code == 422 and "今天用这个手机号已经向这家工会提出5次" in text_of(refused)
    assert 'value="来访的人"' in text_of(refused)
    assert outsider(tree, row, "19900008888")[2].status_code == 302
    wide()
    assert "19900005678" not in str(list(Doing.objects.values_list("data", flat=True)))


def test_consent_comes_first_and_is_kept(me: Client, tree: Tree) -> None:
    row = make_procedure(EVERY, key="test.secret", confidential=True, consent="同意工会查询本人收入。", approved=[])
    page = me.post(f"/m/services/{row.pk}/")
    assert page.status_code == 422 and "勾选同意" in text_of(page) and "同意工会查询本人收入。" in text_of(page)
    assert me.post(f"/m/services/{row.pk}/", {"consent": "1"}).status_code == 302
    wide()
    line = Doing.objects.get(application__key="test.secret", act="started")
    assert line.data["consent"] == "同意工会查询本人收入。"
    assert text_of(me.get(f"/m/applications/{line.application_id}/form/")).count("f.identity")


def test_a_draft_goes_on_where_it_was_left(me: Client, tree: Tree) -> None:
    draft, address = begun(me, tree)
    wide()
    again = me.get(f"/m/services/{draft.procedure_id}/")
    assert again.status_code == 302 and again["Location"] == address


def staff(body: Organisation, role: str) -> Client:
    client = Client()
    client.force_login(make_post(body, role).account, backend=BACKEND)
    return client


def test_the_desk_applies_for_an_organisation_and_for_a_member(tree: Tree) -> None:
    make_procedure(key="test.own", title="本会的申请")
    mine = make_procedure(EVERY)
    chair = staff(tree.union, "grassroots_chair")
    assert "本会的申请" in text_of(chair.get("/desk/apply/")) and "提出申请" in text_of(chair.get("/desk/"))
    wide()
    own = make_procedure(key="test.own", title="本会的申请")
    page = text_of(chair.get(f"/desk/apply/{own.pk}/"))
    assert tree.union.name in page and "checked" in page
    answer = chair.post(f"/desk/apply/{own.pk}/", {"picked": tree.union.pk})
    assert answer.status_code == 302, text_of(answer)
    form = answer["Location"]
    assert "会员人数" in text_of(chair.get(form)) and "来自登记" in text_of(chair.get(form))
    assert chair.post(form, {"f.reason": "会员要求"})["Location"].endswith("/done/")
    assert "本会的申请" in text_of(chair.get("/desk/applied/"))
    outside = chair.post(f"/desk/apply/{own.pk}/", {"picked": tree.sibling_union.pk})
    assert outside.status_code == 422
    found = text_of(chair.post(f"/desk/apply/{mine.pk}/", {"q": tree.insider.person.name, "do": "find"}))
    assert f'value="{tree.insider.person_id}"' in found
    answer = chair.post(f"/desk/apply/{mine.pk}/", {"picked": tree.insider.person_id})
    assert answer.status_code == 302
    wide()
    made = Application.objects.get(key="test.every")
    assert made.person_id == tree.insider.person_id and made.organisation_id == tree.union.pk


def test_a_form_reads_back_what_it_drew() -> None:
    definition = must_read(EVERY)
    typed = {"income": "12.50", "kind": "other", "other": "别的"}
    kept = fill_in(definition, typed, {"today": timezone.localdate().isoformat()}, complete=False)
    assert form_page.typed_before(definition, kept.values) == typed and "other" in kept.shown
