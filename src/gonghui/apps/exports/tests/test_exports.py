"""Files of figures: made on their days, in the range of their organisation, downloaded with a trail."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pyarrow.parquet as parquet
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.exports import queries, services
from gonghui.apps.exports.models import Export, ExportFile
from gonghui.kernel.factories import make_member, viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import services as keeping
from gonghui.kernel.files.services import open_file
from gonghui.kernel.models import StoredFile, TrailRecord
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope
from gonghui.kernel.viewer import SYSTEM

from .conftest import Enter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_storage(tmp_path: Any, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    }


def ordered(organisation: Any, **given: Any) -> Export:
    with acting(SYSTEM):
        viewer = viewer_at(organisation, "organising", f"orders-{organisation.pk}-{Export.objects.count()}")
    known = {
        "title": "月度数字",
        "chosen": ["members", "unions"],
        "reach": "below",
        "span": "running",
        "form": "csv",
        "rhythm": "daily",
    }
    with acting(viewer):
        row = services.order(viewer, **(known | given))
    take_scope("", "~")
    return row


def test_every_format_holds_the_numbers_of_the_pages(tree: Any, enter: Enter) -> None:
    make_member(tree.union, "会员")
    keeping.drain()
    client = enter(tree.city)
    counted = figures.value(
        SYSTEM,
        figures.in_force(tree.city.path)["members"],
        org_queries.public(tree.city.pk),
        services.rules.period_of("running", timezone.localdate()),
    )
    for form in ("csv", "xlsx", "parquet"):
        made = services.make(ordered(tree.city, form=form).pk)
        take_scope("", "~")
        assert made is not None
        content = b"".join(client.get(reverse("exports:download", args=[made.pk])).streaming_content)
        take_scope("", "~")
        if form == "csv":
            rows: list[Any] = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
            found = [(row["figure"], int(row["organisation_id"]), float(row["value"])) for row in rows]
        elif form == "parquet":
            rows = parquet.read_table(io.BytesIO(content)).to_pylist()
            found = [(row["figure"], row["organisation_id"], float(row["value"])) for row in rows]
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
            found = [(row[0], row[4], float(row[10])) for row in rows]
        assert found[0] == ("members", tree.city.pk, float(counted.top))
        below = figures.children_of(org_queries.public(tree.city.pk))
        assert len(found) == made.rows == 2 * (1 + len(below))
    assert TrailRecord.objects.filter(verb="export.downloaded").count() == 3
    assert TrailRecord.objects.filter(verb="export.made").count() == 3


def test_a_file_holds_its_range_and_no_row_beyond(tree: Any) -> None:
    made = services.make(ordered(tree.county, reach="areas").pk)
    take_scope("", "~")
    assert made is not None
    with open_file(SYSTEM, made.stored) as opened:
        content = opened.read().decode("utf-8-sig")
    places = {row["organisation"] for row in csv.DictReader(io.StringIO(content))}
    assert tree.county.name in places and tree.township.name in places
    assert not places & {tree.city.name, tree.sibling_county.name}
    take_scope(tree.sibling_county.path, tree.sibling_county.path + "~")
    assert (Export.objects.count(), ExportFile.objects.count(), StoredFile.objects.count()) == (0, 0, 0)


def test_orders_are_made_on_their_day_once_and_caught_up_after(tree: Any) -> None:
    today = timezone.localdate()
    row = ordered(tree.county)
    assert services.make_due(today - timedelta(days=1)) == 0
    assert services.make_due(today) == 1 and services.make_due(today) == 0
    take_scope("", "~")
    row.refresh_from_db()
    assert (row.files.count(), row.next_on) == (1, today + timedelta(days=1))
    assert services.make_due(today + timedelta(days=4)) == 1, "the machine was off for days: one file, not four"
    take_scope("", "~")
    row.refresh_from_db()
    assert (row.files.count(), row.next_on) == (2, today + timedelta(days=5))


def test_what_cannot_be_made_says_why(tree: Any) -> None:
    row = ordered(tree.county)
    Export.objects.filter(pk=row.pk).update(figures=["gone"])
    assert services.make(row.pk) is None
    take_scope("", "~")
    row.refresh_from_db()
    assert row.trouble == "选的数字都已停用"
    with pytest.raises(Refusal):
        ordered(tree.county, chosen=["nothing"])


def test_one_order_that_fails_keeps_the_others_from_nothing(
    tree: Any, monkeypatch: Any, caplog: pytest.LogCaptureFixture
) -> None:
    today = timezone.localdate()
    bad, good = ordered(tree.county, title="坏的"), ordered(tree.county, title="好的")
    table = queries.table

    def failing(viewer: Any, row: Export, *rest: Any) -> Any:
        if row.pk == bad.pk:
            connection.cursor().execute("SELECT 1 / 0")
        return table(viewer, row, *rest)

    monkeypatch.setattr(queries, "table", failing)
    assert services.make_due(today) == 2
    take_scope("", "~")
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.files.count(), good.files.count()) == (0, 1)
    assert "没有做成" in bad.trouble and bad.next_on == today + timedelta(days=1) == good.next_on
    assert good.trouble == "" and f"export {bad.pk}" in caplog.text
    monkeypatch.undo()
    assert services.make_due(today + timedelta(days=1)) == 2
    take_scope("", "~")
    bad.refresh_from_db()
    assert (bad.files.count(), bad.trouble) == (1, "")


def test_staff_order_pause_and_drop_at_the_desk(tree: Any, enter: Enter) -> None:
    county, other = enter(tree.county), enter(tree.sibling_county)
    form = {
        "title": "给大数据局",
        "reach": "below",
        "span": "month",
        "form": "parquet",
        "rhythm": "monthly",
        "in_membership": ["members", "founded"],
    }
    empty = county.post(reverse("exports:new"), form | {"in_membership": []})
    assert (
        empty.status_code == 422 and "还没有选数字" in empty.content.decode() and "给大数据局" in empty.content.decode()
    )
    answer = county.post(reverse("exports:new"), form)
    take_scope("", "~")
    row = Export.objects.get()
    assert answer.url == reverse("exports:one", args=[row.pk])
    assert (row.figures, row.next_on.day, row.path) == (["members", "founded"], 6, tree.county.path)
    made = services.make(row.pk)
    assert made is not None
    page = county.get(answer.url).content.decode()
    assert "给大数据局-" in page and "Parquet" in page and "会员总数" in page
    assert "给大数据局" in county.get(reverse("exports:list")).content.decode()
    assert "给大数据局" not in other.get(reverse("exports:list")).content.decode()
    for name, pk in (("exports:one", row.pk), ("exports:download", made.pk)):
        assert other.get(reverse(name, args=[pk])).status_code == 404
    act = reverse("exports:act", args=[row.pk])
    assert other.post(act, {"act": "drop"}).status_code == 404
    assert enter(tree.county, "finance").post(act, {"act": "drop"}).status_code == 403
    county.post(act, {"act": "pause"})
    take_scope("", "~")
    assert not Export.objects.get().active and queries.due(SYSTEM, row.next_on) == []
    county.post(act, {"act": "resume"})
    county.post(act, {"act": "now"})
    take_scope("", "~")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'exports.make'")
        assert cursor.fetchone() == (1,)
    county.post(act, {"act": "drop"})
    take_scope("", "~")
    assert not Export.objects.exists() and StoredFile.objects.filter(kind="figure_export").exists()
    verbs = TrailRecord.objects.filter(object_type="export").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "export.ordered",
        "export.made",
        "export.paused",
        "export.resumed",
        "export.asked",
        "export.dropped",
    ]
