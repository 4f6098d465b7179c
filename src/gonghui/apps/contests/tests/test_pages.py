"""The pages of selections: ranks at the desk, names for anybody."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.access.models import Account
from gonghui.kernel.scope import take_scope

from .conftest import Stage


def client_of(viewer: Any) -> Client:
    made = Client()
    made.force_login(Account.objects.get(pk=viewer.account_id), backend="django.contrib.auth.backends.ModelBackend")
    return made


def test_ranks_at_the_desk_and_names_on_the_site(stage: Stage, client: Client) -> None:
    first, second = (stage.enter("contests.method", title=f"操作法{n}") for n in (1, 2))
    stage.judge(first, 80, 80, 80)
    desk = client_of(stage.publicity)
    page = desk.get(reverse("contests:ranking", args=["method"])).content.decode()
    assert "1项还没有评完分" in page and "操作法1" in page and "操作法2" in page
    take_scope("", "~")
    stage.judge(second, 90, 90, 90)
    stage.name(second)
    listed = desk.get(reverse("contests:list")).content.decode()
    assert f"{timezone.localdate().year}年收到2项参评，都已评完分" in listed
    public = client.get(reverse("contests:awards"), {"selection": "method"}).content.decode()
    assert "操作法2" in public and "操作法1" not in public
    assert client.get(reverse("contests:awards"), {"selection": "x", "year": "abc"}).status_code == 200


def test_who_does_not_organise_sees_no_ranks(stage: Stage, client: Client) -> None:
    for viewer in (stage.county, stage.chair, stage.judges[0]):
        assert client_of(viewer).get(reverse("contests:ranking", args=["method"])).status_code == 403
        take_scope("", "~")
    assert client.get(reverse("contests:list")).status_code == 302
    assert client_of(stage.publicity).get(reverse("contests:ranking", args=["nothing"])).status_code == 404
