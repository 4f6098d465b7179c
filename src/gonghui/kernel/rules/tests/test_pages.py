"""The rules page shows what holds and where it comes from; setting one is dated, versioned and stays in the area."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.utils import timezone

from gonghui.kernel.factories import make_post
from gonghui.kernel.rules import queries
from gonghui.kernel.scope import take_scope


def _client(organisation: Any, role: str) -> Client:
    take_scope("", "~")
    client = Client()
    client.force_login(make_post(organisation, role).account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_county_sets_its_own_days_and_its_sibling_keeps_the_default(tree: Any) -> None:
    desk = _client(tree.county, "organising")
    today = timezone.localdate()
    answer = desk.post(
        "/desk/rules/vitality.warning_days/",
        {"value": "15", "valid_from": today.isoformat(), "source": "安工发〔2022〕3号"},
    )
    assert answer.status_code == 302
    take_scope("", "~")
    assert queries.value("vitality.warning_days", tree.union.path, today).value == 15
    assert queries.value("vitality.warning_days", tree.sibling_county.path, today).default
    assert "安工发〔2022〕3号" in desk.get("/desk/rules/").content.decode()


def test_a_value_out_of_bounds_is_refused_beside_the_field(tree: Any) -> None:
    page = _client(tree.county, "organising").post(
        "/desk/rules/vitality.warning_days/", {"value": "三十", "valid_from": "2022-01-01", "source": "文件"}
    )
    assert page.status_code == 422 and "应为整数" in page.content.decode()


def test_who_may_only_read_gets_no_form(tree: Any) -> None:
    page = _client(tree.county, "leader").get("/desk/rules/vitality.warning_days/")
    assert page.status_code == 200 and 'name="valid_from"' not in page.content.decode()


def test_an_unknown_rule_is_not_found(tree: Any) -> None:
    assert _client(tree.county, "leader").get("/desk/rules/nothing.here/").status_code == 404
