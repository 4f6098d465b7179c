"""The pages: a whole year by clicks at the desk and on the phone, what everybody reads, how many queries lists ask."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gonghui.apps.voice.models import Evaluation, Invitation, Project, ProjectFile, Selection, Voice
from gonghui.apps.voice.services import carrying, evaluating, projects, weighing
from gonghui.apps.voice.services.project_ground import Photo
from gonghui.kernel.scope import take_scope_of
from gonghui.kernel.viewer import SYSTEM, Viewer

from .conftest import Stage, make_voice, seen_by
from .test_projects import picture

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Visitor(Client):
    """A browser; after each answer the test's transaction has the right of the platform again."""

    def request(self, **request: Any) -> Any:
        try:
            return super().request(**request)
        finally:
            take_scope_of(SYSTEM)


def client_of(viewer: Viewer) -> Client:
    client = Visitor()
    client.force_login(get_user_model().objects.get(pk=viewer.account_id), backend=BACKEND)
    return client


def text_of(response: Any) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


@pytest.fixture
def desk(stage: Stage) -> Client:
    return client_of(stage.city)


def test_the_whole_way_by_clicks(stage: Stage, desk: Client) -> None:
    lead = make_voice(stage.tree.union, stage.tree.insider.person)
    made = desk.post("/desk/deeds/lists/new", {
        "title": "为职工办十件实事", "year": stage.today.year, "places": 1, "method": "support", "picks": 1,
    })  # fmt: skip
    row = Selection.objects.get()
    assert made.url == f"/desk/deeds/lists/{row.pk}/"
    gather = f"/desk/deeds/lists/{row.pk}/voices"
    assert lead.number in text_of(desk.get(gather))
    to_form = desk.post(gather, {"bulk": "new", "ids": [lead.pk], "query": "", "all": "0"})
    form = desk.get(to_form.url)
    assert "饭菜太凉" in text_of(form)
    words = {
        "title": "改造车间食堂",
        "goal": "十处食堂吃上热饭",
        "beneficiaries": "一线职工",
        "reach": 300,
        "cost": "5000",
    }
    desk.post(to_form.url, words | {"ids": [lead.pk]})
    desk.post(f"/desk/deeds/lists/{row.pk}/candidates/new", words | {"title": "开通通勤班车"})
    first = row.candidates.get(number=1)
    assert (first.voices, first.cost) == (1, 500_000)
    assert desk.get(f"/desk/deeds/candidates/{first.pk}/").status_code == 200
    act = f"/desk/deeds/lists/{row.pk}/act"
    late = desk.post(act, {"act": "open", "opens_on": stage.today, "closes_on": stage.today})
    assert late.status_code == 422 and "截止日期要晚于开始日期" in text_of(late)
    desk.post(act, {"act": "open", "opens_on": stage.today, "closes_on": stage.day(5)})

    phone = client_of(stage.members[0])
    assert "有1次评选等您参加" in text_of(phone.get("/m/weigh/"))
    page = text_of(phone.get(f"/m/weigh/{row.pk}/"))
    assert "每人最多选1项" in page and "1条意见提出" in page and "估算5,000元" in page
    assert phone.post(f"/m/weigh/{row.pk}/", {}).status_code == 422
    assert phone.post(f"/m/weigh/{row.pk}/", {"chosen": "1"}).status_code == 302
    assert "已经参加过" in text_of(phone.get(f"/m/weigh/{row.pk}/"))

    Selection.objects.filter(pk=row.pk).update(opens_on=stage.day(-5), closes_on=stage.day(-1))
    desk.post(act, {"act": "count"})
    decide = f"/desk/deeds/lists/{row.pk}/decide"
    second = row.candidates.get(number=2)
    wrong = desk.post(decide, {"decided_by": "市总工会常委会会议", f"chosen-{first.pk}": "on"})
    assert wrong.status_code == 422 and "未列入要写理由" in text_of(wrong)
    desk.post(
        decide,
        {"decided_by": "市总工会常委会会议", f"chosen-{first.pk}": "on", f"reason-{second.pk}": "公交已经延线到园区"},
    )
    desk.post(act, {"act": "publish", "due_on": stage.day(60)})
    project = Project.objects.get()
    public = Visitor().get(f"/deeds/{stage.tree.city.pk}/{stage.today.year}/")
    assert "改造车间食堂" in text_of(public) and "公交已经延线到园区" in text_of(public)
    assert Visitor().get(f"/deeds/{stage.tree.city.pk}/").url == f"/deeds/{stage.tree.city.pk}/{stage.today.year}/"

    _carried_out(stage, desk, project)
    evaluation = Evaluation.objects.get()
    asker = Invitation.objects.get(why="asker")
    assert asker.person_id == stage.tree.insider.person_id
    phone = client_of(stage.members[1])
    assert "有1个项目请您评价" in text_of(phone.get("/m/judge/"))
    assert "改造完成" in text_of(phone.get(f"/m/judge/{evaluation.pk}/"))
    assert phone.post(f"/m/judge/{evaluation.pk}/", {"score": "2"}).status_code == 422
    assert phone.post(f"/m/judge/{evaluation.pk}/", {"score": "2", "solved": "0", "words": "还是凉"}).status_code == 302
    assert "已经评价过" in text_of(phone.get(f"/m/judge/{evaluation.pk}/"))
    Evaluation.objects.filter(pk=evaluation.pk).update(closes_on=stage.day(-1))
    desk.post(
        f"/desk/deeds/{project.pk}/act", {"act": "close", "evaluation": evaluation.pk, "text": "保温措施没有跟上"}
    )
    shown = text_of(Visitor().get(f"/deeds/project/{project.pk}/"))
    assert "2.00" in shown and "低于要求，项目重新整改" in shown and "督办单位" in shown
    above = text_of(client_of(stage.province).get(f"/desk/deeds/{project.pk}/"))
    assert "定整改期限" in above


def _carried_out(stage: Stage, desk: Client, project: Project) -> None:
    """Edited, measured, started, done, and people asked to judge."""
    base = f"/desk/deeds/{project.pk}"
    words = {
        "title": project.title, "goal": project.goal, "beneficiaries": project.beneficiaries, "budget": "6000",
        "due_on": stage.day(50), "post": stage.post.pk, "place": "高新区", "latitude": "27.1", "longitude": "114.9",
    }  # fmt: skip
    assert "写明变更的理由" in text_of(desk.post(f"{base}/edit", words))
    assert desk.post(f"{base}/edit", words | {"reason": "询价后增加一千元"}).status_code == 302
    steps = {"steps-TOTAL_FORMS": "2", "steps-INITIAL_FORMS": "0", "steps-0-title": "改造", "steps-0-due_on": stage.day(9),
             "steps-0-weight": "3", "steps-1-title": "", "steps-1-due_on": "", "steps-1-weight": "1"}  # fmt: skip
    assert desk.post(f"{base}/milestones", steps).status_code == 302

    def act(name: str, **facts: Any) -> Any:
        return desk.post(f"{base}/act", {"act": name, **facts})

    assert "用什么衡量结果" in text_of(act("start"))
    act("outcome", title="有热饭的食堂", definition="中午抽查温度", unit="处", better="more", before="2", target="10")
    act("start")
    photo = io.BytesIO(picture())
    photo.name = "食堂.jpg"
    act("progress", text="第一处完工", on=stage.today, photo=photo, alt="改造后的窗口", shown="on")
    file = ProjectFile.objects.get()
    assert desk.get(f"/desk/deeds/files/{file.pk}").status_code == 200
    assert Visitor().get(f"/deeds/photo/{file.pk}").headers["Content-Type"] == "image/jpeg"
    act("money", amount="1200.50", text="购置保温台", voucher="记字9号", on=stage.today)
    act("risk", text="雨季停工", level="high", measure="错开雨季施工")
    act("done", row=project.milestones.get().pk, words="改造完成", on=stage.today)
    act("measure", row=project.outcomes.get().pk, after="10")
    act("finish", text="十处改造完成")
    act("evaluate")
    project.refresh_from_db()
    assert (project.state, project.spent, project.rounds) == ("done", 120_050, 1)
    page = text_of(desk.get(f"{base}/"))
    for words_ in ("进度100%", "询价后增加一千元", "5,000.00元", "雨季停工", "达到目标", "1条意见提出", "记字9号"):
        assert words_ in page


def test_rows_of_another_project_are_not_touched(stage: Stage, desk: Client) -> None:
    mine, other = stage.running(), stage.running()
    step = other.milestones.get(number=1)
    desk.post(f"/desk/deeds/{mine.pk}/act", {"act": "done", "row": step.pk, "words": "建成使用"})
    step.refresh_from_db()
    assert step.done_on is None
    assert desk.post(f"/desk/deeds/{mine.pk}/act", {"act": "nothing"}).status_code == 404


def test_ranked_places_are_each_given_once(stage: Stage) -> None:
    row = stage.weighing(stage.selection("rank"))
    phone = client_of(stage.members[0])
    for places in ({"place-1": 1, "place-2": 1}, {"place-1": 2}):
        wrong = phone.post(f"/m/weigh/{row.pk}/", places)
        assert wrong.status_code == 422 and "每个名次只给一项" in text_of(wrong)
    assert phone.post(f"/m/weigh/{row.pk}/", {"place-3": 1, "place-1": 2}).status_code == 302
    stage.over(row)
    row.refresh_from_db()
    assert [(one["number"], one["points"]) for one in row.tally["rows"]][:2] == [(3, 2), (1, 1)]


def test_voices_join_a_candidate_by_the_list(stage: Stage, desk: Client) -> None:
    voices = [make_voice(stage.tree.union, group=7) for _ in range(3)]
    make_voice(stage.tree.union, sensitive="wages")
    row = stage.selection(candidates=1)
    gather = f"/desk/deeds/lists/{row.pk}/voices"
    page = text_of(desk.get(gather))
    assert "相近的3条" in page and sum(one.number in page for one in Voice.objects.all()) == 3
    asked = desk.post(gather, {"bulk": "join", "ids": [one.pk for one in voices], "query": "", "all": "0"})
    assert "把3条意见列入候选" in text_of(asked)
    one = row.candidates.get()
    done = desk.post(gather, {
        "bulk": "join", "ids": [one.pk for one in voices], "query": "", "all": "0", "answered": "join",
        "ask-candidate": one.pk,
    })  # fmt: skip
    one.refresh_from_db()
    assert done.status_code == 302 and one.voices == 3
    desk.post(f"/desk/deeds/candidates/{one.pk}/", {"act": "let_go", "voice": voices[0].pk})
    one.refresh_from_db()
    assert one.voices == 2
    desk.post(f"/desk/deeds/candidates/{one.pk}/", {"act": "remove", "reason": "与别的候选重复"})
    assert not row.candidates.exists()
    assert desk.post(f"/desk/deeds/lists/{row.pk}/act", {"act": "discard"}).url == "/desk/deeds/lists/"


def test_parts_are_handed_down(stage: Stage, desk: Client) -> None:
    row = stage.running()
    page = desk.get(f"/desk/deeds/{row.pk}/down?q=安福")
    assert "安福县总工会" in text_of(page) and "遂川县" not in text_of(page)
    desk.post(
        f"/desk/deeds/{row.pk}/down", {"bodies": [stage.tree.county.pk], "due_on": stage.day(40), "goal": "改造三处"}
    )
    child = Project.objects.get(parent=row)
    assert "安福县总工会" in text_of(desk.get(f"/desk/deeds/{row.pk}/"))
    assert "上级下达" in text_of(client_of(stage.county).get(f"/desk/deeds/{child.pk}/"))


def test_promises_kept_and_broken(stage: Stage) -> None:
    from gonghui.apps.voice.models import PublicVoice

    late, kept = make_voice(stage.tree.union), make_voice(stage.tree.union)
    for voice, title, promised, done in ((late, "修空调", -3, None), (kept, "装饮水机", -3, -4)):
        PublicVoice.objects.create(
            voice=voice, path=voice.path, organisation_name="某厂工会", title=title, text=title, topic="other",
            state="answered", said_on=stage.today, promised_on=stage.day(promised),
            kept_on=stage.day(done) if done else None,
        )  # fmt: skip
    stage.listed()
    page = text_of(Visitor().get(f"/deeds/{stage.tree.city.pk}/promises/"))
    assert "3项承诺，1项没有按期兑现" in page
    assert page.index("修空调") < page.index("改造车间食堂十处") < page.index("装饮水机")


def test_what_is_not_public_is_not_there(stage: Stage) -> None:
    row = stage.running()
    entry = carrying.report_progress(
        stage.city, project_id=row.pk, text="内部的照片", photos=[Photo(picture(), "内部的照片")], shown=False
    )
    file = entry.files.get()
    selection = stage.weighing(stage.selection())
    anybody = Visitor()
    for address in (
        f"/deeds/project/{row.pk}/", f"/deeds/photo/{file.pk}", f"/deeds/choices/{selection.pk}.csv", "/deeds/999999/",
        f"/deeds/999999/{stage.today.year}/", "/deeds/999999/promises/",
    ):  # fmt: skip
        assert anybody.get(address).status_code == 404, address
    projects.show(stage.city, project_id=row.pk, shown=True)
    assert anybody.get(f"/deeds/project/{row.pk}/").status_code == 200
    assert anybody.get(f"/deeds/photo/{file.pk}").status_code == 404
    assert "内部的照片" not in text_of(anybody.get(f"/deeds/project/{row.pk}/"))


def test_the_recount_is_handed_out(stage: Stage) -> None:
    row = stage.weighing(stage.selection())
    weighing.weigh(stage.members[0], selection_id=row.pk, choice=[1])
    stage.over(row)
    anybody = Visitor()
    sheet = anybody.get(f"/deeds/choices/{row.pk}.csv").content.decode("utf-8-sig")
    assert sheet.splitlines()[-1] == "选择,1"
    assert b"def count(" in anybody.get("/deeds/recount.py").content


def test_who_may_not(stage: Stage) -> None:
    row = stage.running()
    sibling = client_of(stage.sibling)
    assert sibling.get(f"/desk/deeds/{row.pk}/").status_code == 404
    assert client_of(stage.members[0]).get("/desk/deeds/").status_code in (302, 403)
    done = client_of(stage.county).post(f"/desk/deeds/{row.pk}/act", {"act": "stop", "reason": "不想做了"})
    assert done.status_code == 404
    phone = client_of(stage.members[0])
    assert phone.get("/m/judge/1/").status_code == 404 and phone.get("/m/weigh/1/").status_code == 404


def test_tasks_of_the_desk_and_of_members(stage: Stage) -> None:
    from gonghui.apps.voice.manifest_projects import member_tasks, tasks

    late = stage.running()
    Project.objects.filter(pk=late.pk).update(due_on=stage.day(-2))
    (listed,) = stage.listed()
    stage.finished(listed)
    evaluation = evaluating.open_evaluation(stage.city, project_id=listed.pk)
    member = stage.members[0]
    with seen_by(member):
        assert [one.category for one in member_tasks(member)] == ["评价实事"]
    evaluating.judge(member, evaluation_id=evaluation.pk, score=1, solved=False)
    with seen_by(member):
        assert member_tasks(member) == []
    Evaluation.objects.filter(pk=evaluation.pk).update(closes_on=stage.day(-1))
    evaluating.close_evaluation(SYSTEM, evaluation_id=evaluation.pk)
    deciding = stage.over(stage.weighing(stage.selection()))
    assert deciding.state == "deciding"
    with seen_by(stage.city):
        found = [(one.category, one.due_tone) for one in tasks(stage.city)]
    assert ("实事项目", "bad") in found and ("年度遴选", "") in found
    with seen_by(stage.province):
        assert [one.category for one in tasks(stage.province)] == ["项目督办"]
    with seen_by(stage.sibling):
        assert tasks(stage.sibling) == []


@pytest.mark.parametrize(
    ("address", "make"),
    [
        ("/desk/deeds/", lambda s: s.running()),
        ("/desk/deeds/lists/", lambda s: s.selection()),
    ],
)
def test_lists_ask_no_more_for_more_rows(
    stage: Stage, desk: Client, address: str, make: Callable[[Stage], Any]
) -> None:
    make(stage)
    desk.get(address)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(address).status_code == 200
        counts.append(len(queries))
        for _ in range(4):
            make(stage)
    assert counts[0] == counts[1]


def test_public_lists_ask_no_more_for_more_rows(stage: Stage) -> None:
    counts = []
    for chosen in ((1,), (1, 2)):
        stage.listed(chosen)
        for path in (f"{stage.today.year}/", "promises/"):
            with CaptureQueriesContext(connection) as queries:
                assert Visitor().get(f"/deeds/{stage.tree.city.pk}/{path}").status_code == 200
            counts.append(len(queries))
    # a second selection of the year has its own candidates: one query more
    assert counts[2] <= counts[0] + 1 and counts[3] == counts[1]


def test_lists_are_narrowed(stage: Stage, desk: Client) -> None:
    late, fine = stage.running(), stage.project(title="开通园区通勤班车")
    Project.objects.filter(pk=late.pk).update(due_on=stage.day(-2))
    child = projects.hand_down(stage.city, project_id=fine.pk, bodies=[stage.tree.county], due_on=stage.day(9))[0]
    for query, there in (
        ("late=1", {late.pk}), ("late=0", {fine.pk, child.pk}), ("part=1", {child.pk}), ("q=班车", {fine.pk, child.pk}),
        ("state=running", {late.pk}), ("owner=工会", set()),
    ):  # fmt: skip
        page = desk.get(f"/desk/deeds/?{query}").content.decode()
        assert {int(key) for key in re.findall(r'data-url="/desk/deeds/(\d+)/"', page)} == there, query
