"""Pages of the phone and of the desk, without script; lists take the same statements for one row and for three."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gonghui.apps.learning.factories import make_all, make_plan, make_question, make_quiz
from gonghui.apps.learning.models import Attempt, CheckIn, Question, Quiz, ReadingPlan
from gonghui.kernel.models import Entry
from gonghui.kernel.quotas.factories import make_offer
from gonghui.kernel.scope import take_scope

from .test_bank import GOOD, as_csv


def test_a_member_takes_the_quiz_without_script(phone: Client, quiz: Quiz) -> None:
    assert "开始答题（今天还有3次）" in phone.get(f"/m/quiz/{quiz.pk}/").content.decode()
    paper = phone.post(f"/m/quiz/{quiz.pk}/start")["Location"]
    page = phone.get(paper).content.decode()
    assert "第1题，共3题" in page and "解析" not in page and "正确答案" not in page
    for at in range(3):
        assert phone.post(paper, {"position": at, "chosen": "0"}).status_code == 302
    phone.post(paper + "hand-in", {"position": 2, "chosen": "1"})
    result = phone.get(paper).content.decode()
    assert "20分" in result and "正确答案A" in result and "您选的是B" in result
    ranking = phone.get(f"/m/quiz/{quiz.pk}/ranking/").content.decode()
    assert "第1名" in ranking and "刘细妹" not in ranking
    assert phone.get(f"/m/quiz/{quiz.pk}/ranking/?by=union").status_code == 200
    assert "今天答过" in phone.get("/m/quiz/").content.decode()


def test_a_late_look_closes_the_paper(phone: Client, quiz: Quiz) -> None:
    paper = phone.post(f"/m/quiz/{quiz.pk}/start")["Location"]
    take_scope("", "~")
    row = Attempt.objects.get()
    Attempt.objects.update(due_at=row.begun_at, closes_at=row.begun_at)
    assert phone.post(paper, {"position": 0, "chosen": "0"}).status_code == 302
    page = phone.get(paper).content.decode()
    assert "时间到，自动交卷" in page and "0分" in page


def test_another_members_paper_is_not_there(phone: Client, quiz: Quiz, tree: Any) -> None:
    made = make_all(tree.sibling_union, tree.neighbour.person, "邻")
    for address in (f"/m/quiz/papers/{made['paper']}/", f"/m/quiz/{made['quiz']}/", f"/m/reading/{made['plan']}/"):
        assert phone.get(address).status_code == 404
    assert phone.post(f"/m/quiz/papers/{made['paper']}/hand-in").status_code == 404


def test_a_member_reads_and_checks_in(phone: Client, plan: ReadingPlan) -> None:
    assert phone.get("/m/reading/").status_code == 200
    assert "正文" in phone.get(f"/m/reading/{plan.pk}/1/").content.decode()
    short = phone.post(f"/m/reading/{plan.pk}/", {"reflection": "好"})
    assert short.status_code == 422 and "应有2至300个字" in short.content.decode()
    assert phone.post(f"/m/reading/{plan.pk}/", {"reflection": "按规程办事"}).status_code == 302
    page = phone.get(f"/m/reading/{plan.pk}/").content.decode()
    assert "连续1天" in page and "今天已打卡" in page
    take_scope("", "~")
    assert CheckIn.objects.get().shared is False


def test_staff_import_publish_and_stop(desk: Client, tree: Any) -> None:
    wrong = [*GOOD[:9], "Z", GOOD[10]]
    for text in (b"xx", as_csv(GOOD, wrong)):
        page = desk.post("/desk/learning/bank/import", {"file": SimpleUploadedFile("题.csv", text)})
        assert page.status_code == 422
    assert "有1处要改，还没有导入" in page.content.decode() and Question.objects.count() == 0
    done = desk.post("/desk/learning/bank/import", {"file": SimpleUploadedFile("题.csv", as_csv(GOOD))})
    assert done["Location"] == "/desk/learning/bank/"
    assert desk.get("/desk/learning/bank/template").status_code == 200
    form = desk.get("/desk/learning/quizzes/new").context["form"].initial
    typed = {name: str(value) for name, value in form.items()} | {
        "title": "七月每月一答",
        "per_paper": "2",
        "pass_line": "20",
    }
    page = desk.post("/desk/learning/quizzes/new", typed)["Location"]
    assert desk.post(page + "edit", typed | {"title": "八月每月一答"}).status_code == 302
    few = desk.post(page + "publish")
    assert few.status_code == 422 and "每次要出2道" in few.content.decode()
    take_scope("", "~")
    make_question(tree.county, "第二道题目")
    assert desk.post(page + "publish").status_code == 302
    assert desk.get(page).status_code == 200
    assert desk.post(page + "withdraw", {"reason": ""}).status_code == 422
    assert desk.post(page + "withdraw", {"reason": "题目有误"}).status_code == 302
    take_scope("", "~")
    assert Quiz.objects.get().state == "withdrawn"


def test_those_who_passed_are_entered_into_a_draw_of_prizes(desk: Client, quiz: Quiz, tree: Any) -> None:
    address = f"/desk/learning/quizzes/{quiz.pk}/"
    assert "还没有报名中的摇号项目" in desk.get(address).content.decode()
    take_scope("", "~")
    passed = make_all(tree.union, tree.insider.person, "达标")["quiz"]
    address = f"/desk/learning/quizzes/{passed}/"
    draw = make_offer(tree.county, 2, allocation="draw", title="保温杯")
    assert desk.post(address + "prize", {"draw": ""}).status_code == 422
    for count in (1, 0):
        assert desk.post(address + "prize", {"draw": draw.pk}).status_code == 302
        assert f"已把{count}名达标会员列入摇号" in desk.get(address).content.decode()
    take_scope("", "~")
    assert list(Entry.objects.filter(offer=draw).values_list("person_id", flat=True)) == [tree.insider.person_id]


def test_staff_keep_a_question_and_a_plan(desk: Client, tree: Any) -> None:
    typed = {"subject": "劳动法", "kind": "judge", "text": "每周至少休息一日。", "answer": "对"}
    assert desk.post("/desk/learning/bank/new", typed).status_code == 302
    assert desk.post("/desk/learning/bank/new", typed).status_code == 422
    take_scope("", "~")
    one = Question.objects.get()
    assert desk.post(f"/desk/learning/bank/{one.pk}/", typed | {"answer": "错"}).status_code == 302
    assert desk.post(f"/desk/learning/bank/{one.pk}/retire").status_code == 302
    form = desk.get("/desk/learning/reading/new").context["form"].initial
    typed = {name: str(value) for name, value in form.items()} | {"title": "安全读本", "text": "# 一\n甲"}
    page = desk.post("/desk/learning/reading/new", typed)["Location"]
    assert desk.get(page).status_code == 200
    assert desk.post(page + "withdraw", {"reason": "活动结束"}).status_code == 302
    take_scope("", "~")
    assert ReadingPlan.objects.get().state == "withdrawn"


@pytest.mark.parametrize(
    ("address", "who", "statements"),
    [
        ("/desk/learning/", "desk", 18),
        ("/desk/learning/bank/", "desk", 18),
        ("/desk/learning/reading/", "desk", 18),
        ("/m/quiz/", "phone", 11),
        ("/m/reading/", "phone", 11),
    ],
)
def test_lists_take_a_constant_number_of_statements(
    tree: Any, request: pytest.FixtureRequest, address: str, who: str, statements: int
) -> None:
    client: Client = request.getfixturevalue(who)
    counts = []
    for more in (1, 2):
        take_scope("", "~")
        for _ in range(more):
            make_quiz(tree.county, size=1)
            make_plan(tree.county)
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        counts.append(len(caught))
    assert counts == [statements, statements]
