"""Figures as files: the same numbers as the pages, exact, hidden where the pages hide them, never a formula."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow.parquet as parquet
import pytest
from django.test import Client
from django.utils import timezone

from gonghui.kernel.access.models import ApiToken
from gonghui.kernel.access.rules import token_digest
from gonghui.kernel.factories import make_member, make_post
from gonghui.kernel.figures import services, tables
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

ROW = ("members", 1, "会员总数", "名", 7, "=安福县", "360829", "2026", date(2026, 1, 1), date(2026, 12, 31), Decimal("12.5"), False)  # fmt: skip


def test_a_table_survives_csv_and_parquet() -> None:
    hidden = (*ROW[:10], None, True)
    lines = list(csv.reader(io.StringIO(tables.written([ROW, hidden], "csv").decode("utf-8-sig"))))
    assert lines[0] == [name for name, _, _ in tables.COLUMNS]
    assert lines[1][5] == "'=安福县" and lines[1][10:] == ["12.5", "false"] and lines[2][10:] == ["", "true"]
    back = parquet.read_table(io.BytesIO(tables.written([ROW, hidden], "parquet"))).to_pylist()
    assert [tuple(row.values())[:10] for row in back] == [ROW[:10], ROW[:10]]
    assert [(row["value"], row["hidden"]) for row in back] == [(Decimal("12.5000"), False), (None, True)]
    assert parquet.read_table(io.BytesIO(tables.written([], "parquet"))).num_rows == 0


@pytest.fixture
def api(tree: Any) -> Any:
    with acting(SYSTEM):
        post = make_post(tree.city, "leader")
        ApiToken.objects.create(
            post=post, name="指标库", prefix="gh_test", digest=token_digest("gh_test_open"), created_by=post.account_id,
            expires_on=timezone.localdate() + timedelta(days=30),
        )  # fmt: skip
    client = Client(headers={"Authorization": "Bearer gh_test_open"})
    return lambda path, **given: client.get(f"/api/v1/{path}", given)


@pytest.mark.django_db
def test_the_api_answers_in_json_csv_and_parquet_alike(tree: Any, api: Any) -> None:
    make_member(tree.union, "会员")
    services.drain()
    for path in ("figures/values", "figures/members/places", "figures/table"):
        given = {"only": "members,unions"} if path.endswith("table") else {}
        told = api(path, **given).json()
        lines = list(csv.DictReader(io.StringIO(api(path, format="csv", **given).content.decode("utf-8-sig"))))
        answer = api(path, format="parquet", **given)
        assert answer["Content-Type"] == "application/vnd.apache.parquet"
        rows = parquet.read_table(io.BytesIO(answer.content)).to_pylist()
        assert [one["key"] for one in told] == [one["figure"] for one in lines] == [one["figure"] for one in rows]
        for one, line, row in zip(told, lines, rows, strict=True):
            assert (line["organisation_id"], row["organisation_id"]) == (
                str(one["organisation_id"]),
                one["organisation_id"],
            )
            if one["value"] is None:
                assert (line["value"], row["value"]) == ("", None)
            else:
                assert Decimal(line["value"]) == row["value"] == Decimal(str(one["value"]))
    assert api("figures/table", only="members,nothing").status_code == 422
    assert api("figures/table", format="exe").status_code == 422
    assert api("figures/table", organisation_id=tree.province.pk, format="csv").status_code == 404
