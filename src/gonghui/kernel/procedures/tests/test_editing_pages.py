"""Staff without code write a procedure on plain pages: build, order, check, try, publish, print, pack, compare."""

from __future__ import annotations

import itertools
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from gonghui.kernel.factories import Tree, make_post
from gonghui.kernel.manifest import Effect
from gonghui.kernel.procedures import registry, services
from gonghui.kernel.procedures.factories import SIMPLE, make_procedure, officer
from gonghui.kernel.procedures.models import Application, Procedure
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.rules.rules import definitions
from gonghui.kernel.rules.services import set_rule
from gonghui.kernel.scope import acting, take_scope
from gonghui.kernel.viewer import SYSTEM

HOME = "/desk/procedures/"
NUMBERS = itertools.count(1)


def desk(organisation: Any, role: str = "organising") -> Client:
    take_scope("", "~")
    client = Client()
    account = make_post(organisation, role, f"{role}-{next(NUMBERS)}").account
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", "", answer.content.decode())


def begun(client: Client, title: str = "申领高温慰问品", skeleton: str = "blank") -> Procedure:
    answer = client.post(f"{HOME}new", {"title": title, "skeleton": skeleton})
    assert answer.status_code == 302, text_of(answer)
    take_scope("", "~")
    return Procedure.objects.get(title=title, state="draft")


def fresh(row: Procedure) -> Procedure:
    take_scope("", "~")
    row.refresh_from_db()
    return row


FIELD = {"kind": "text", "notice": "hide", "result": "number", "when_operator": "==", "required": "on"}
STEP = {"kind": "review", "unit": "working", "breach": "record", "when_operator": "==", "missing": "up",
        "may": ["approve", "return", "reject"], "quorum": "two_thirds", "passes": "half_of_all", "notice_unit": "working"}  # fmt: skip


def save(client: Client, row: Procedure, page: str, data: dict[str, Any]) -> Procedure:
    answer = client.post(f"{HOME}{row.pk}/edit/{page}", {**data, "lock": fresh(row).lock})
    assert answer.status_code == 302, text_of(answer)
    return fresh(row)


def heat(client: Client) -> Procedure:
    """The new procedure, built on the pages alone."""
    row = begun(client)
    assert row.key == "local.shenlinggaowenweiwenpin"
    row = save(client, row, "form/0/0", {**FIELD, "title": "岗位", "hint": "例如“装卸工”"})
    row = save(client, row, "form/0/new", {**FIELD, "title": "高温作业天数", "kind": "number", "least": "1", "most": "92", "unit": "天"})  # fmt: skip
    row = save(client, row, "form/0/new", {**FIELD, "title": "人数", "kind": "number", "least": "1"})
    row = save(
        client,
        row,
        "form/0/new",
        {**FIELD, "title": "证明照片", "kind": "files", "most_files": "3", "accept": ["image"], "when_field": "renshu",
         "when_operator": ">", "when_value": "10"},
    )  # fmt: skip
    row = save(client, row, "steps/0", {**STEP, "title": "乡镇审核", "tier": "township", "role": "organising", "days": "5", "breach": "escalate"})  # fmt: skip
    row = save(client, row, "steps/new", {**STEP, "title": "县级决定", "kind": "decide", "tier": "county", "role": "organising", "days": "rule:procedures.review_days"})  # fmt: skip
    return save(client, row, "basics", {"title": "申领高温慰问品", "category": "会员服务", "who": "organisation", "once": "year", "minutes": "2", "when_operator": "=="})  # fmt: skip


def test_a_procedure_is_built_published_and_used(tree: Tree) -> None:
    client = desk(tree.county)
    row = heat(client)
    body = row.body
    assert [one["title"] for one in body["form"]["sections"][0]["fields"]] == [
        "岗位",
        "高温作业天数",
        "人数",
        "证明照片",
    ]
    assert body["form"]["sections"][0]["fields"][3]["when"] == "renshu > 10"
    assert [one["title"] for one in body["steps"]] == ["乡镇审核", "县级决定"]
    assert "没有发现错误" in text_of(client.get(f"{HOME}{row.pk}/edit/check"))
    for page in ("form", "form/preview", "steps", "after", "text", "try", "basics", "form/0", "form/0/3", "steps/1", "after/approved/0"):  # fmt: skip
        assert client.get(f"{HOME}{row.pk}/edit/{page}").status_code == 200, page
    tried = text_of(
        client.post(
            f"{HOME}{row.pk}/edit/try",
            {
                "org": tree.union.name,
                "v_reason": "装卸工",
                "v_renshu": "12",
                "v_gaowenzuoyetianshu": "20",
            },
        )
    )
    assert "有1处要改" in tried and "证明照片：还没有上传" in tried
    assert tree.township.name in tried and "记录办结" in tried and not Application.objects.exists()
    day = timezone.localdate().isoformat()
    answer = client.post(f"{HOME}{row.pk}/edit/check", {"valid_from": day, "note": "首次施行"})
    assert answer.status_code == 302
    page = text_of(client.get(f"{HOME}{row.pk}/"))
    assert (
        "乡镇审核审核，乡镇（街道）总工会·组织建设" in page
        and "“人数”大于10时填写" in page
        and "超期升级到上一级工会" in page
    )
    assert "一般审核环节的办理时限5个工作日" in page
    take_scope("", "~")
    found = in_force(row.key, tree.union.path, timezone.localdate())
    assert found == row and in_force(row.key, tree.sibling_county.path, timezone.localdate()) is None
    chair, town, county = officer(tree.union, "grassroots_chair"), officer(tree.township), officer(tree.county)
    started = services.start(chair, procedure=fresh(row), organisation=tree.union)
    done = services.submit(chair, application_id=started.application.pk, typed={"reason": "装卸工", "gaowenzuoyetianshu": "20", "renshu": "8"})  # fmt: skip
    for who in (town, county):
        services.approve(who, step_id=done.steps.get(state="open").pk)
    done.refresh_from_db()
    assert done.state == "approved" and done.effects.get().key == "procedures.noted"


def test_pieces_are_moved_and_deleted(tree: Tree) -> None:
    client = desk(tree.county)
    row = begun(client, skeleton="three_tiers")

    def act(**data: Any) -> list[str]:
        assert client.post(f"{HOME}{row.pk}/edit/act", {"lock": fresh(row).lock, **data}).status_code == 302
        return [one["key"] for one in fresh(row).body["steps"]]

    assert act(what="steps", at=1, does="up") == ["county", "township", "shown", "decide"]
    assert act(what="steps", at=0, does="up") == ["county", "township", "shown", "decide"]
    assert act(what="steps", at=3, does="delete") == ["county", "township", "shown"]
    act(what="fields", part=0, at=0, does="down")
    assert [one["key"] for one in row.body["form"]["sections"][0]["fields"]] == ["reason", "union", "proof"]
    assert client.post(f"{HOME}{row.pk}/edit/act", {"what": "steps", "at": "99", "does": "up"}).status_code == 404


def test_two_editors_do_not_overwrite_each_other(tree: Tree) -> None:
    client = desk(tree.county)
    row = begun(client)
    old = row.lock
    save(client, row, "form/0", {"title": "先保存的", "when_operator": "=="})
    answer = client.post(f"{HOME}{row.pk}/edit/form/0", {"title": "后保存的", "when_operator": "==", "lock": old})
    page = text_of(answer)
    assert answer.status_code == 422 and "别人刚保存过这份草稿，刷新后把您的改动再做一遍" in page
    assert "后保存的" in answer.content.decode()  # what was typed stays
    assert fresh(row).body["form"]["sections"][0]["title"] == "先保存的"


def test_every_mistake_leads_to_its_place(tree: Tree) -> None:
    client = desk(tree.county)
    row = begun(client, skeleton="three_tiers")
    page = client.get(f"{HOME}{row.pk}/edit/check").content.decode()
    # A county cannot order the city's office about.
    assert "本级发布的流程不能安排市总工会办理" in page and f"{HOME}{row.pk}/edit/steps/3#id_tier" in page
    answer = client.post(
        f"{HOME}{row.pk}/edit/check", {"valid_from": timezone.localdate().isoformat(), "note": "试着发布"}
    )
    assert answer.status_code == 422 and fresh(row).state == "draft"


def test_a_definition_grants_its_author_nothing(tree: Tree) -> None:
    client = desk(tree.county, "publicity")
    row = begun(client, skeleton="one_tier")
    body = {**row.body, "approved": [{"key": "test.noted"}]}
    with acting(officer(tree.county, "publicity", username="pub2")) as author:
        services.save_draft(author, body=body, procedure=row)
    page = text_of(client.get(f"{HOME}{row.pk}/edit/check"))
    assert "“记一笔”需要“建会、转隶、并转、分设、撤销”的权限，发布人没有" in page
    offered = text_of(client.get(f"{HOME}{row.pk}/edit/after/approved/new"))
    assert "记一笔" not in offered and "记录办结" in offered


def test_the_text_names_the_line_of_a_mistake(tree: Tree) -> None:
    client = desk(tree.county)
    row = begun(client, skeleton="one_tier")
    typed = client.get(f"{HOME}{row.pk}/edit/text").context["form"]["text"].value()
    wrong = typed.replace("role: organising", "role: nobody")
    save(client, row, "text", {"text": wrong})
    page = text_of(client.get(f"{HOME}{row.pk}/edit/text"))
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "nobody" in one)
    assert f"第{line}行没有“nobody”这个角色" in page
    answer = client.post(f"{HOME}{row.pk}/edit/text", {"text": "title: [", "lock": fresh(row).lock})
    assert answer.status_code == 422 and "检查缩进和冒号" in text_of(answer)
    # A text of the wrong shape can be kept and mended, the builder sends there.
    save(client, row, "text", {"text": f"key: {row.key}\ntitle: 甲乙\nform: 3\nsteps: {{a: 1}}\n"})
    for page_name in ("form", "steps", "after", "basics"):
        assert client.get(f"{HOME}{row.pk}/edit/{page_name}").status_code == 302, page_name
    for page_name in ("edit/text", "edit/check", "edit/try", ""):
        assert client.get(f"{HOME}{row.pk}/{page_name}").status_code == 200, page_name


def test_versions_and_copies_are_compared_in_words(tree: Tree) -> None:
    make_procedure()
    client = desk(tree.county)
    row = Procedure.objects.get(key="test.simple")
    assert client.post(f"{HOME}{row.pk}/copy").status_code == 302
    take_scope("", "~")
    copied = Procedure.objects.get(key="test.simple", state="draft")
    assert copied.origin == row
    save(client, copied, "steps/0", {**STEP, "title": "乡镇审核", "tier": "township", "role": "organising", "days": "3", "breach": "escalate", "warn": "2"})  # fmt: skip
    page = text_of(client.get(f"{HOME}{copied.pk}/difference"))
    assert "“乡镇审核”的时限5个工作日→3个工作日" in page
    assert client.get(f"{HOME}{copied.pk}/difference?with=origin").status_code == 200


def test_a_pack_travels_and_is_updated_with_a_difference(tree: Tree) -> None:
    body = {**SIMPLE, "open_slots": ["steps.first.deadline.days"], "approved": [{"key": "procedures.noted"}]}
    source = make_procedure(body)
    answer = desk(tree.county, "leader").post(f"{HOME}packs/export", {"pick": source.pk, "name": "江西样板"})
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    pack = answer.content
    client = desk(tree.county)

    def hand_in(content: bytes) -> str:
        file = SimpleUploadedFile("pack.yaml", content)
        return text_of(client.post(f"{HOME}packs/", {"file": file}))

    assert "“江西样板”导入以后" in hand_in(pack)
    assert client.post(f"{HOME}packs/accept").status_code == 302
    take_scope("", "~")
    local = Procedure.objects.get(state="draft", pack="江西样板")
    changed = pack.decode().replace("title: 县级决定", "title: 县级审定").encode()
    with acting(officer(tree.county, username="c3")) as author:
        services.save_draft(author, body={**local.body, "steps": [
            {**local.body["steps"][0], "deadline": {"days": 2, "warn": 2, "breach": "escalate"}}, local.body["steps"][1]
        ]}, procedure=local)  # fmt: skip
    page = hand_in(changed)
    assert "“县级决定”的名称县级决定→县级审定" in page and "“乡镇审核”的时限5个工作日→2个工作日" in page
    client.post(f"{HOME}packs/accept")
    steps = fresh(local).body["steps"]
    assert (steps[0]["deadline"]["days"], steps[1]["title"]) == (2, "县级审定")
    assert "不是标准包" in hand_in(b"a: 1") and "写法不对" in hand_in(pack.replace(b"kind: review", b"kind: nonsense"))


def test_a_later_version_of_the_original_is_taken_over(tree: Tree) -> None:
    body = {**SIMPLE, "open_slots": ["steps.first.deadline.days"], "approved": [{"key": "procedures.noted"}]}
    first = make_procedure(body)
    client = desk(tree.county)
    client.post(f"{HOME}{first.pk}/copy")
    take_scope("", "~")
    copied = Procedure.objects.get(state="draft")
    save(client, copied, "steps/0", {**STEP, "title": "乡镇审核", "tier": "township", "role": "organising", "days": "3", "breach": "escalate", "warn": "2"})  # fmt: skip
    make_procedure({**body, "summary": "市里改过的"})
    assert "来源已有第2版" in text_of(client.get(f"{HOME}{copied.pk}/"))
    page = text_of(client.get(f"{HOME}{copied.pk}/update"))
    assert "说明没有写→市里改过的" in page and "5个工作日→3个工作日" in page
    assert client.post(f"{HOME}{copied.pk}/update").status_code == 302
    assert fresh(copied).body["summary"] == "市里改过的" and copied.body["steps"][0]["deadline"]["days"] == 3
    assert copied.origin.version == 2


def test_what_if_lists_those_whose_outcome_would_differ(tree: Tree) -> None:
    key = next(one for one, rule in definitions().items() if rule.kind == "integer" and not rule.fixed)
    body = {**SIMPLE, "rules": {"least": key}, "verdict": 'amount != null && amount >= least * 100 ? "够" : "不够"', "approved": []}  # fmt: skip
    procedure, chair = make_procedure(body), officer(tree.union, "grassroots_chair")
    town, county = officer(tree.township), officer(tree.county)
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    done = services.submit(chair, application_id=started.application.pk, typed={"reason": "困难", "amount": "60"})
    for who in (town, county):
        services.approve(who, step_id=done.steps.get(state="open").pk)
    done.refresh_from_db()
    assert done.verdict == "够"  # 60 yuan reach the default of 50
    client = desk(tree.county)
    day = timezone.localdate().isoformat()
    url = f"{HOME}rules/{key}/what-if"
    page = text_of(client.post(url, {"value": "100", "since": day, "until": day}))
    assert "1份已办结的申请里，1份结果会不同" in page and done.number in page and "够，60.00元不够，60.00元" in page
    assert "0份结果会不同" in text_of(client.post(url, {"value": "55", "since": day, "until": day}))
    assert "应为整数" in text_of(client.post(url, {"value": "很多", "since": day, "until": day}))
    assert "0份已办结" in text_of(desk(tree.sibling_county).post(url, {"value": "100", "since": day, "until": day}))


def test_confidential_ones_are_counted_for_their_team_alone(tree: Tree) -> None:
    key = next(one for one, rule in definitions().items() if rule.kind == "integer" and not rule.fixed)
    steps = [{"key": "first", "title": "审核", "kind": "decide", "tier": "county", "role": "rights"}]
    procedure = make_procedure(
        key="test.secret", who="organisation", confidential=True, consent="同意", steps=steps, rules={"least": key},
        verdict='income >= least * 100 ? "甲" : "乙"', approved=[],
        form={"sections": [{"title": "情况", "fields": [{"key": "income", "title": "收入", "kind": "money", "sealed": True}]}]},
    )  # fmt: skip
    chair, team = officer(tree.union, "grassroots_chair"), officer(tree.county, "rights")
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    done = services.submit(chair, application_id=started.application.pk, typed={"income": "60"})
    with acting(team):
        step = done.steps.get()
    services.approve(team, step_id=step.pk)
    day = timezone.localdate().isoformat()
    typed = {"value": "100", "since": day, "until": day}
    page = text_of(desk(tree.county, "rights").post(f"{HOME}rules/{key}/what-if", typed))
    assert "其中保密的1份只计数，1份会不同" in page and done.number not in page
    assert "0份已办结" in text_of(desk(tree.county, "leader").post(f"{HOME}rules/{key}/what-if", typed))


def test_days_by_rule_are_recounted(tree: Tree) -> None:
    steps = [{**SIMPLE["steps"][1], "deadline": {"days": "rule:procedures.review_days"}}]
    procedure, chair = make_procedure(steps=steps), officer(tree.union, "grassroots_chair")
    county = officer(tree.county)
    set_rule(SYSTEM, key="procedures.review_days", organisation=tree.county, value=3, valid_from=timezone.localdate(), source="县工会文件")  # fmt: skip
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    done = services.submit(chair, application_id=started.application.pk, typed={"reason": "会员要求"})
    services.approve(county, step_id=done.steps.get().pk)
    day = timezone.localdate().isoformat()
    page = text_of(desk(tree.county).post(f"{HOME}rules/procedures.review_days/what-if", {"value": "1", "since": day, "until": day}))  # fmt: skip
    assert "当时超期0次" in page and "按新天数超期0次" in page


def test_the_list_and_who_may_write(tree: Tree) -> None:
    row = make_procedure()
    for role, may in (("organising", True), ("leader", False), ("finance", False), ("auditor", False)):
        client = desk(tree.county, role)
        page = text_of(client.get(f"{HOME}?q={row.title}"))
        assert row.title in page and ("新写一个" in page) is may, role
        assert client.get(f"{HOME}{row.pk}/").status_code == 200
        assert client.get(f"{HOME}new").status_code == (200 if may else 403)
        assert client.get(f"{HOME}{row.pk}/edit/form").status_code == (404 if may else 403)
    other = begun(desk(tree.sibling_county), "外县的草稿")
    assert desk(tree.county).get(f"{HOME}{other.pk}/").status_code == 404
    assert desk(tree.city).get(f"{HOME}{other.pk}/edit/form").status_code == 404


def test_retired_ones_take_no_more_applications(tree: Tree) -> None:
    client = desk(tree.county)
    row = heat(client)
    client.post(f"{HOME}{row.pk}/edit/check", {"valid_from": timezone.localdate().isoformat(), "note": "施行"})
    assert client.post(f"{HOME}{row.pk}/retire", {"reason": "夏季已过"}).status_code == 302
    assert fresh(row).state == "retired"
    assert in_force(row.key, tree.union.path, timezone.localdate()) is None


def test_samples_are_kept_for_the_session(tree: Tree) -> None:
    client = desk(tree.county)
    row = heat(client)
    typed = {"org": tree.union.name, "v_reason": "装卸工", "v_renshu": "5", "v_gaowenzuoyetianshu": "20"}
    assert client.post(f"{HOME}{row.pk}/edit/try", {**typed, "keep": "五个人"}).status_code == 302
    page = text_of(client.get(f"{HOME}{row.pk}/edit/try?sample=五个人"))
    assert "可以受理" in page and "装卸工" in page


def test_the_latest_real_applications_run_through_the_draft(tree: Tree) -> None:
    procedure, chair = make_procedure(), officer(tree.union, "grassroots_chair")
    started = services.start(chair, procedure=procedure, organisation=tree.union)
    done = services.submit(chair, application_id=started.application.pk, typed={"reason": "会员要求"})
    client = desk(tree.county)
    client.post(f"{HOME}{procedure.pk}/copy")
    take_scope("", "~")
    copied = Procedure.objects.get(state="draft")
    body = {**copied.body, "audience": "members != null && members > 5", "audience_words": "会员多于5名"}
    with acting(officer(tree.county, username="c9")) as author:
        services.save_draft(author, body=body, procedure=copied)
    page = text_of(client.get(f"{HOME}{copied.pk}/edit/try?real=1"))
    assert done.number in page and "不符合申请条件" in page


def test_the_inputs_of_an_effect_are_mapped_to_fields(tree: Tree) -> None:
    registry.effects()["test.paid"] = Effect("test.paid", "下达付款", "", lambda actor, made: {}, frozenset({"amount", "payee"}))  # fmt: skip
    try:
        client = desk(tree.county)
        row = heat(client)
        url = f"{HOME}{row.pk}/edit/after/approved/new"
        asked = client.post(url, {"key": "test.paid", "lock": fresh(row).lock})
        assert asked.status_code == 200 and "“金额”取自" in text_of(asked) and len(fresh(row).body["approved"]) == 1
        save(client, row, "after/approved/new", {"key": "test.paid", "given_amount": "=renshu", "given_payee": "", "fixed_payee": "本会"})  # fmt: skip
        assert fresh(row).body["approved"][1] == {"key": "test.paid", "given": {"amount": "=renshu", "payee": "本会"}}
        assert "没有发现错误" in text_of(client.get(f"{HOME}{row.pk}/edit/check"))
        save(client, row, "after/approved/1", {"key": "test.paid", "given_amount": "", "given_payee": "本会", "fixed_amount": ""})  # fmt: skip
        page = client.get(f"{HOME}{row.pk}/edit/check").content.decode()
        assert "“下达付款”还需要“amount”" in page and f"{HOME}{row.pk}/edit/after/approved/1" in page
    finally:
        registry.effects().pop("test.paid")


def test_correction_and_appeal_are_written(tree: Tree) -> None:
    client = desk(tree.county)
    row = begun(client)
    typed = {"times": "2", "correction_days": "3", "correction_unit": "natural", "withdraw": "on", "appeal": "on",
             "within": "10", "within_unit": "working", "appeal_tier": "city", "appeal_role": "rights", "appeal_days": "20"}  # fmt: skip
    body = save(client, row, "after", typed).body
    assert body["correction"] == {"times": 2, "deadline": {"days": 3, "unit": "natural", "breach": "lapse"}}
    assert body["appeal"] == {"role": "rights", "tier": "city", "within": {"days": 10, "unit": "working"}, "deadline": {"days": 20}}  # fmt: skip
    assert "现在是“很多”" in text_of(client.post(f"{HOME}{row.pk}/edit/after", {**typed, "within": "很多", "lock": row.lock}))  # fmt: skip


def test_a_shipped_definition_is_copied_and_opened_page_by_page(tree: Tree) -> None:
    client = desk(tree.county)
    take_scope("", "~")
    for key in ("assessment.six", "casework.hardship", "honours.model_worker", "membership.found"):
        shipped = Procedure.objects.filter(key=key, path="").order_by("-version").first()
        if shipped is None:
            continue
        assert client.post(f"{HOME}{shipped.pk}/copy").status_code == 302
        take_scope("", "~")
        row = Procedure.objects.get(key=key, state="draft")
        for page in ("basics", "form", "steps", "after", "try", "check", "text", "form/preview", "form/0/0", "steps/0"):
            assert client.get(f"{HOME}{row.pk}/edit/{page}").status_code == 200, (key, page)
        assert client.post(f"{HOME}{row.pk}/discard").status_code == 302
