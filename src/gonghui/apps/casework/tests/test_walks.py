"""Each procedure of casework from the worker's phone to what comes of it, with everything that can go wrong."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gonghui.apps.casework import queries, reasons, services
from gonghui.apps.casework import rules as words
from gonghui.apps.casework.choices import Stage
from gonghui.apps.casework.effects import panels
from gonghui.apps.casework.models import Aid, Case, CaseEvent, Claimant, HardshipFile
from gonghui.apps.casework.sealing import AID as SEALED_AID
from gonghui.apps.casework.sealing import CASE, CLAIMANT, FILE, opened
from gonghui.kernel.procedures import services as engine
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.procedures.models import Application, Clock, Decision
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules.calendar import add_days, add_months
from gonghui.kernel.rules.services import set_rule
from gonghui.kernel.scope import acting, take_scope_of
from gonghui.kernel.viewer import SYSTEM

from .conftest import HOUSEHOLD, Team, today

LEGAL: dict[str, Any] = {
    "phone": "19900012345", "migrant": "是", "claim": "wages", "against": "安福县某建筑公司", "amount_claimed": "32000",
    "facts": "2026年3月至9月没有发工资", "urgent": "否", "agreed": "是",
}  # fmt: skip
ARREARS: dict[str, Any] = {
    "against": "安福县某建筑公司", "since": "2026-03-01", "employed": "否", "left_on": "2026-09-30", "agreed": "是",
    "facts": "三个人一起干活，都没有拿到钱",
    "claimants": [
        {"name": "刘细妹", "phone": "19900012345", "claimed": "12000"},
        {"name": "王大生", "phone": "", "claimed": "9800.50"},
        {"name": "彭水生", "phone": "", "claimed": "10200"},
    ],
}  # fmt: skip
DISPUTE: dict[str, Any] = {
    "phone": "19900012345", "against": "安福县某建筑公司", "claim": "compensation", "known_on": "2026-10-08",
    "employed": "否", "left_on": "2026-10-08", "facts": "解除合同没有给经济补偿", "agreed": "是",
}  # fmt: skip


def test_a_household_gets_its_file(team: Team) -> None:
    done = team.filed()
    assert (done.state, done.verdict) == ("approved", "深度困难")
    file = HardshipFile.objects.get(person=team.person)
    assert (file.state, file.hardship, file.review_on) == ("active", "深度困难", add_months(today(), 12))
    facts = opened(file.facts, FILE)
    assert facts["net"] == 50000 and len(facts["household"]) == 3 and facts["bank"].endswith("0123")
    assert b"6228480" not in bytes(file.facts) and done.document.get("bank") is None
    clock = Clock.objects.get(application=done, kind="follow_up")
    assert (clock.title, clock.due_on, clock.state, clock.confidential) == (
        "困难职工档案复核",
        file.review_on,
        "running",
        True,
    )
    said = Decision.objects.get(application=done).rules
    assert {rule["key"] for rule in said} == {"casework.line", "casework.hardship_class"}


def test_the_reason_page_counts_so_that_a_worker_can_count_again(team: Team) -> None:
    done = team.filed()
    (panel,) = panels(team.me, done)
    shown = {line.what: line for line in panel.context["lines"]}
    assert shown["全年收入"].value == "4,000.00元×12＋其他收入0.00元＝48,000.00元"
    assert shown["扣除后人均月收入"].value == "（收入－支出）÷3人÷12个月＝500.00元"
    assert shown["当地低保标准"].value == "每人每月1,255.00元" and "余姚市2024年" in shown["当地低保标准"].source
    assert shown["认定类别"].value == "深度困难" and "余姚市总工会" in shown["认定类别"].source
    assert panels(officer(team.tree.county, "leader"), done) == []


def test_a_return_names_everything_once_and_the_rest_goes_on(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD)
    engine.send_back(team.chair, step_id=team.step(done).pk, missing_items=[{"field": "proofs", "note": "补病历"}])
    done.refresh_from_db()
    assert done.state == "returned"
    engine.submit(team.me, application_id=done.pk, typed=HOUSEHOLD | {"medical_cost": "32000"})
    team.approve(team.chair, done)
    team.visit(done)
    assert team.approve(team.county, done).state == "approved"
    assert opened(HardshipFile.objects.get().facts, FILE)["medical_cost"] == 3200000


def test_what_is_not_corrected_lapses(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD)
    engine.send_back(team.chair, step_id=team.step(done).pk, missing_items=[{"note": "补病历"}])
    engine.tick(today() + timedelta(days=40))
    done.refresh_from_db()
    assert done.state == "lapsed" and not HardshipFile.objects.exists()


def test_a_late_visit_goes_up_to_the_county(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD)
    team.approve(team.chair, done)
    step = team.step(done)
    assert step.due_on is not None and step.organisation == team.tree.township
    engine.tick(step.due_on + timedelta(days=1))
    step.refresh_from_db()
    assert (step.organisation, step.due_tone) == (team.tree.county, "bad")
    assert Clock.objects.filter(step=step, state="breached").count() == 1


def test_a_chair_who_is_the_applicants_relative_steps_back(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD)
    engine.declare_interest(team.chair, kind="亲属", person=team.person)
    step = team.step(done)
    with pytest.raises(Refusal, match="GH-PRO-014"):
        engine.approve(team.chair, step_id=step.pk)
    assert "近亲属" in engine.entering(team.chair, step.pk)
    step.refresh_from_db()
    assert step.organisation == team.tree.township


def test_a_colleague_on_behalf_of_the_visitor_sees_it_for_these_days(team: Team) -> None:
    colleague = officer(team.tree.township, "organising", "彭同事")
    done = team.hand_in("casework.hardship", HOUSEHOLD)
    team.approve(team.chair, done)
    assert colleague.account_id is not None
    engine.delegate(team.town, to_account=colleague.account_id, valid_from=today(), valid_to=today(), reason="休假")
    with acting(colleague):
        assert Application.objects.filter(pk=done.pk).exists()
    take_scope_of(SYSTEM)
    engine.record_visit(
        colleague, step_id=team.step(done).pk, on_site="入户核实", good=True, given={"people": "3", "matches": "是"}
    )
    assert team.approve(team.county, done).state == "approved"


def test_two_homes_are_no_hardship(team: Team) -> None:
    with pytest.raises(Refusal, match="家庭住房少于2套"):
        team.hand_in("casework.hardship", HOUSEHOLD | {"homes": "2"})
    with pytest.raises(Refusal, match="农民工签订1年以上"):
        team.hand_in("casework.hardship", HOUSEHOLD | {"migrant": "是", "contract_months": "11"})


def test_consent_is_part_of_the_form(team: Team) -> None:
    with pytest.raises(Refusal, match="要勾选同意"):
        team.hand_in("casework.hardship", HOUSEHOLD | {"agreed": "否"})


def test_above_the_borders_nobody_can_approve(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD | {"medical_cost": "0", "other_income": "90000"})
    assert done.verdict == "不符合"
    team.approve(team.chair, done)
    team.visit(done)
    with pytest.raises(Refusal, match="GH-CAS-001"):
        team.approve(team.county, done)
    engine.reject(team.county, step_id=team.step(done).pk, note="人均收入高于2倍低保标准")
    engine.appeal(team.me, application_id=done.pk, text="大病支出没有算进去")
    assert team.step(done).organisation == team.tree.city


def test_on_behalf_by_the_chair(team: Team) -> None:
    done = team.hand_in("casework.hardship", HOUSEHOLD, by=team.chair)
    assert done.person == team.person
    with pytest.raises(Refusal, match="GH-PRO-023"):
        team.hand_in("casework.hardship", HOUSEHOLD, by=officer(team.tree.sibling_county, "rights", "外县"))


def test_a_second_file_renews_the_first(team: Team) -> None:
    first, second = team.filed(), team.filed(medical_cost="5000")
    rows = list(HardshipFile.objects.order_by("pk"))
    assert [(row.application_id, row.state) for row in rows] == [(first.pk, "renewed"), (second.pk, "active")]
    assert rows[0].replaced_by == rows[1] and rows[1].hardship == "深度困难"
    assert Clock.objects.get(application=first, kind="follow_up").state == "stopped"


def test_out_of_hardship_when_all_five_points_are_met(team: Team) -> None:
    team.filed()
    five = dict.fromkeys(("medical", "job", "school", "housing", "insured"), "是")
    short = team.hand_in("casework.hardship_exit", five | {"net_now": "1255", "note": "复核"}, by=team.chair)
    assert short.verdict == "仍有困难"  # not above the line
    team.approve(team.chair, short)
    with pytest.raises(Refusal, match="GH-CAS-003"):
        team.approve(team.county, short)
    engine.reject(team.county, step_id=team.step(short).pk, note="收入没有高于标准")
    done = team.hand_in("casework.hardship_exit", five | {"net_now": "1255.01", "note": "复核"}, by=team.chair)
    team.approve(team.chair, done)
    team.approve(team.county, done)
    file = HardshipFile.objects.get()
    assert (file.state, file.ended_on) == ("exited", today())
    assert not Clock.objects.filter(kind="follow_up", state="running").exists()


AID = {"kind": "living", "story": "生活困难", "agreed": "是"}


def granted(team: Team, **typed: Any) -> Aid:
    done = team.hand_in("casework.aid", AID | typed)
    team.approve(team.chair, done)
    team.approve(team.county, done)
    return Aid.objects.get(application=done)


def test_aid_by_rule_until_the_years_ceiling(team: Team) -> None:
    with pytest.raises(Refusal, match="没有在册的困难职工档案"):
        team.hand_in("casework.aid", AID)
    team.filed()
    assert granted(team).amount == 1255000
    assert granted(team, kind="medical", cost="15000").amount == 1500000
    last = granted(team, kind="schooling", college="1", high_school="0")  # 12,550 by rule; 30,000 - 27,550 are left
    assert (last.amount, last.state) == (245000, "ordered")
    assert [line["value"] for line in opened(last.facts, SEALED_AID)["reason"]][-1] == "2,450.00元"
    with pytest.raises(Refusal, match="已达到全年合计上限"):
        team.hand_in("casework.aid", AID | {"kind": "temporary", "cost": "100"})
    services.cancel_aid(team.county, aid_id=last.pk, reason="子女休学")
    assert granted(team, kind="temporary", cost="100").amount == 10000


def test_relative_hardship_has_one_item_a_year(team: Team) -> None:
    team.filed(medical_cost="0")  # 48,000 / 36 = 1,333.33: above the line, below one and a half
    assert HardshipFile.objects.get().hardship == "相对困难"
    assert granted(team).amount == 1004000
    with pytest.raises(Refusal, match="最多享受1项帮扶"):
        team.hand_in("casework.aid", AID | {"kind": "medical", "cost": "1000"})


def test_aid_follows_the_rule_of_the_county(team: Team) -> None:
    team.filed()
    set_rule(
        officer(team.tree.county, "organising"), key="casework.line", organisation=team.tree.county, value=100000,
        valid_from=date(2026, 1, 1), source="安民发〔2026〕1号",
    )  # fmt: skip
    assert granted(team).amount == 1000000


def test_a_payment_order_is_paid_once(team: Team) -> None:
    team.filed()
    aid = granted(team)
    with pytest.raises(Refusal, match="GH-CAS-007"):
        services.pay(team.county, aid_id=aid.pk, voucher="", on=today())
    assert services.pay(team.county, aid_id=aid.pk, voucher="回单0001", on=today()).state == "paid"
    for again in (lambda: services.pay(team.county, aid_id=aid.pk, voucher="回单0002", on=today()),
                  lambda: services.cancel_aid(team.county, aid_id=aid.pk, reason="重复")):  # fmt: skip
        with pytest.raises(Refusal, match="GH-CAS-006"):
            again()
    with acting(officer(team.tree.county, "rights", "同岗")) as same:
        assert queries.aid_sums(same)["paid"] == (1, 1255000)


ILL = {"diagnosis": "肺癌", "hospital": "县人民医院", "bank": "6228480000000000123", "agreed": "是"}


def test_serious_illness_by_bands_and_once_a_year(team: Team) -> None:
    with pytest.raises(Refusal, match="自付金额没有达到标准"):
        team.hand_in("casework.serious_illness", ILL | {"cost": "29999.99"})
    draft = Application.objects.filter(key="casework.serious_illness")
    assert draft.get().state == "draft"
    done = team.hand_in("casework.serious_illness", ILL | {"cost": "50000"})
    team.approve(team.chair, done)
    team.approve(team.county, done)
    assert Aid.objects.get().amount == 600000
    with pytest.raises(Refusal, match="GH-PRO-022"):
        team.hand_in("casework.serious_illness", ILL | {"cost": "90000"})


def test_mutual_aid_pays_thirteen_hundredths_up_to_its_cap(team: Team) -> None:
    typed = {"joined": "2026-01-01", "admitted_on": "2026-06-01", "left_on": "2026-06-20", "hospital": "县人民医院"}
    typed |= {"bank": "6228480000000000123", "agreed": "是"}
    for cost, amount in (("10000", 130000), ("370000", 4810000), ("100000", 60000)):
        done = team.hand_in("casework.mutual", typed | {"cost": cost})
        team.approve(team.county, done)
        assert Aid.objects.get(application=done).amount == amount
    with pytest.raises(Refusal, match="已到上限"):
        team.hand_in("casework.mutual", typed | {"cost": "100"})


def test_legal_aid_in_seven_and_three_days(team: Team) -> None:
    done = team.hand_in("casework.legal_aid", LEGAL)
    assert done.verdict == "免予核查"
    step = team.step(done)
    assert step.due_on == add_days(today(), 7)
    team.approve(team.county, done)
    appoint = team.step(done)
    assert (appoint.key, appoint.due_on) == ("appoint", add_days(today(), 3))
    with pytest.raises(Refusal, match="GH-PRO-032"):
        team.approve(team.county, done)
    team.approve(team.county, done, counsel="罗律师", firm="江西安平律师事务所")
    case = Case.objects.get()
    assert (done.state, case.kind, opened(case.facts, CASE)["counsel"]) == ("approved", "legal_aid", "罗律师")


def test_who_is_not_exempt_says_what_they_have(team: Team) -> None:
    typed = LEGAL | {"claim": "insurance"}
    with pytest.raises(Refusal, match="作诚信承诺还没有选择"):
        team.hand_in("casework.legal_aid", typed)
    assert team.hand_in("casework.legal_aid", typed | {"honour": "是"}).verdict == "以诚信承诺认定"


def test_silence_after_the_one_notice_is_a_withdrawal(team: Team) -> None:
    done = team.hand_in("casework.legal_aid", LEGAL)
    engine.send_back(team.county, step_id=team.step(done).pk, missing_items=[{"note": "补劳动合同或工资记录"}])
    clock = Clock.objects.get(application=done, kind="correction")
    assert (clock.days, clock.on_breach) == (7, "lapse")
    engine.tick(clock.due_on)
    done.refresh_from_db()
    assert done.state == "returned"
    engine.tick(clock.due_on + timedelta(days=1))
    done.refresh_from_db()
    assert done.state == "lapsed" and not Case.objects.exists()


def test_arrears_of_several_workers(team: Team) -> None:
    done = team.hand_in("casework.arrears", ARREARS)
    team.approve(team.county, done)
    rows = list(Claimant.objects.order_by("pk"))
    assert [(opened(row.who, CLAIMANT)["name"], row.claimed) for row in rows] == [
        ("刘细妹", 1200000), ("王大生", 980050), ("彭水生", 1020000),
    ]  # fmt: skip
    limit = Clock.objects.get(application=done, kind="follow_up")
    assert (limit.title, limit.due_on) == (words.LIMIT, date(2027, 9, 30))  # a year after leaving
    services.record_recovery(team.county, claimant_id=rows[1].pk, recovered=980050, on=today())
    with pytest.raises(Refusal, match="GH-CAS-014"):
        services.record_recovery(team.county, claimant_id=rows[0].pk, recovered=1200001, on=today())
    assert queries.recovered(team.county) == {"workers": 3, "claimed": 3200050, "recovered": 980050}
    services.close_case(team.county, case_id=Case.objects.get().pk, result="其余部分申请仲裁")
    limit.refresh_from_db()
    assert limit.state == "stopped"


def test_arrears_have_no_limit_while_employed(team: Team) -> None:
    done = team.hand_in("casework.arrears", ARREARS | {"employed": "是"})
    team.approve(team.county, done)
    assert not Clock.objects.filter(application=done, kind="follow_up").exists()


def running(case: Case) -> dict[str, date]:
    rows = Clock.objects.filter(application_id=case.application_id, kind="follow_up", state="running")
    return {row.title: row.due_on for row in rows}


def test_mediation_in_fifteen_days_and_the_clocks_of_the_law(team: Team) -> None:
    done = team.hand_in("casework.mediation", DISPUTE)
    assert team.step(done).due_on == add_days(today(), 15)
    team.approve(team.county, done, outcome="failed")
    case, day = Case.objects.get(), today()
    assert running(case) == {words.LIMIT: date(2027, 10, 8)}
    with pytest.raises(Refusal, match="GH-CAS-012"):
        services.advance(team.county, case_id=case.pk, stage=Stage.SERVED, on=day)
    services.advance(team.county, case_id=case.pk, stage=Stage.FILED, on=day)
    assert running(case) == {words.ACCEPT: add_days(day, 5)}
    services.advance(team.county, case_id=case.pk, stage=Stage.ACCEPTED, on=day)
    assert running(case) == {words.SERVE: add_days(day, 5), words.AWARD: add_days(day, 45)}
    services.advance(team.county, case_id=case.pk, stage=Stage.SERVED, on=day)
    services.advance(team.county, case_id=case.pk, stage=Stage.ANSWERED, on=day)
    assert running(case) == {words.FORWARD: add_days(day, 5), words.AWARD: add_days(day, 45)}
    services.advance(team.county, case_id=case.pk, stage=Stage.EXTENDED, on=day)
    assert running(case)[words.AWARD] == add_days(add_days(day, 45), 15)
    services.advance(team.county, case_id=case.pk, stage=Stage.FINAL, on=day, words="终局裁决")
    assert running(case) == {words.SUE: add_days(day, 15), words.SET_ASIDE: add_days(day, 30)}
    engine.tick(add_days(day, 15) + timedelta(days=1))
    assert list(running(case)) == [words.SET_ASIDE]
    assert Clock.objects.get(application=done, title=words.SUE).state == "breached"
    services.close_case(team.county, case_id=case.pk, result="裁决支持全部请求")
    assert running(case) == {} and CaseEvent.objects.filter(case=case).count() == 8


def test_an_agreement_is_watched_until_it_is_performed(team: Team) -> None:
    done = team.hand_in("casework.mediation", DISPUTE)
    later = today() + timedelta(days=20)
    team.approve(team.county, done, outcome="agreed", perform_on=later.isoformat())
    assert running(Case.objects.get())[words.PERFORM] == later


def test_only_the_case_team_moves_a_case(team: Team) -> None:
    team.approve(team.county, team.hand_in("casework.arrears", ARREARS))
    case, leader = Case.objects.get(), officer(team.tree.county, "leader")
    city, town = officer(team.tree.city, "rights", "市里"), officer(team.tree.township, "rights", "别人")
    for other in (city, town):
        with acting(other), pytest.raises(Refusal, match="GH-CAS-010"):
            services.close_case(other, case_id=case.pk, result="结案")
    with pytest.raises(Refusal, match="GH-ACC-001"):
        services.close_case(leader, case_id=case.pk, result="结案")


def test_what_was_given_this_year_counts_wherever_it_was_given(team: Team) -> None:
    team.filed()
    granted(team)
    with acting(officer(team.tree.sibling_county, "rights", "外县")):
        file, given = reasons.standing(team.person, today().year)
    assert file is not None and given == [("living", 1255000)]
