"""Where there are many: counts are of all, pages show some and lead to the rest."""

from __future__ import annotations

import pytest

from gonghui.apps.reform import services
from gonghui.apps.reform.models import PlanItem
from gonghui.apps.reform.queries import tasks as read
from gonghui.apps.reform.views.items import OFFERED
from gonghui.kernel.factories import make_organisation

from .conftest import Stage
from .test_pages import client_of, url

pytestmark = pytest.mark.django_db


def fill(stage: Stage, number: int, **facts: object) -> None:
    common = {"due_on": stage.day(60), "state": "running", "in_force_on": stage.day(-20), "year": stage.today.year}
    body = stage.tree.city
    PlanItem.objects.bulk_create(
        PlanItem(path=body.path, organisation=body, number=one, title=f"第{one}件", **common | facts)
        for one in range(1, number + 1)
    )


def test_the_board_counts_all_and_leads_to_the_rest(stage: Stage) -> None:
    fill(stage, 310)
    fill(stage, 30, due_on=stage.day(-4))
    fill(stage, 3, due_on=stage.day(2))
    fill(stage, 2, due_on=stage.day(-1), state="submitted", submitted_on=stage.day(-2))
    fill(stage, 1, due_on=stage.day(-1), state="done", done_on=stage.day(-2))
    client = client_of(stage.city)
    page = client.get(url("board")).content.decode()
    assert "346项任务，30项已逾期，1项已完成" in page
    columns = {
        one["key"]: one for one in read.board(stage.city, read.of_year(stage.city, stage.today.year, below=False))
    }
    assert {key: one["count"] for key, one in columns.items()} == {
        "overdue": 30, "soon": 3, "on_time": 310, "waiting": 2, "done": 1,
    }  # fmt: skip
    for key, column in columns.items():
        assert len(column["lines"]) == min(read.SHOWN, column["count"])
        listed = client.get(url("items"), {"standing": key, "whose": "own", "year": stage.today.year}).content.decode()
        assert f"共{column['count']}项" in listed, key
    assert "第1–100项任务，共346项" in client.get(url("timeline")).content.decode()
    assert "第301–346项任务" in client.get(url("timeline"), {"page": 4}).content.decode()


def test_every_body_below_can_be_given_a_task_however_many_there_are(stage: Stage) -> None:
    for number in range(OFFERED + 5):
        make_organisation(f"城区第{number:03d}有限公司工会委员会", parent=stage.tree.city)
    item = stage.task()
    client, page = client_of(stage.city), url("item-down", item.pk)
    shown = client.get(page).content.decode()
    assert shown.count('name="bodies"') == OFFERED and "家没有列出" in shown
    found = client.get(page, {"q": f"第{OFFERED + 4:03d}"}).content.decode()
    assert found.count('name="bodies"') == 1
    unlisted = [one for one in read.not_given(stage.city, item)]
    sent = {"bodies": [one.pk for one in unlisted[-100:]], "due_on": stage.day(50).isoformat()}
    assert client.post(page, sent).url == url("item", item.pk)
    told = client.get(url("item", item.pk)).content.decode()
    assert "分解到100家下级" in told and "看全部100家" in told
    assert "共100项" in client.get(url("items"), {"under": item.pk}).content.decode()
    assert client.post(page, {"bodies": [stage.tree.union.pk], "due_on": stage.day(50).isoformat()}).status_code == 422
    none = client.post(page, {"due_on": stage.day(50).isoformat()})
    assert none.status_code == 422 and none.content.decode().count('name="bodies"') > 100
    services.withdraw_item(stage.city, item_id=item.pk, reason="上级取消了")
    assert not PlanItem.objects.filter(parent=item).exclude(state="withdrawn").exists()
