"""`gonghui bi`: giving out and taking back log-ins of the database that read the views of figures."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import viewer_for
from gonghui.kernel.figures.models import ViewReader
from gonghui.kernel.figures.services import opening
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer
from gonghui.machine.postgres import readers


def _viewer(username: str) -> Viewer:
    with acting(SYSTEM):
        account = Account.objects.filter(username=username).first()
        viewer = viewer_for(account, None, timezone.localdate())
    if not viewer.may("token.manage"):
        raise Refusal(
            "GH-CLI-001", f"账号“{username}”不存在，或没有管理接口的岗位", None, "用 --as 写系统管理员的用户名"
        )
    return viewer


def _place(viewer: Viewer, at: str) -> Organisation:
    found = Organisation.objects.visible(viewer)
    if not at:
        own: Organisation = found.get(pk=viewer.organisation_id)
        return own
    place: Organisation | None = found.filter(name=at).first()
    if place is None:
        raise Refusal("GH-CLI-002", f"所辖范围内没有“{at}”", None, "写组织全称")
    return place


def grant(admin_url: str, *, username: str, login: str, at: str, purpose: str, until: date) -> dict[str, Any]:
    """A log-in with its password, told once. The right and its trail are one; the log-in is made last."""
    viewer = _viewer(username)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        readers.open_views(admin)
        with acting(viewer), transaction.atomic(using="owner"):
            place = _place(viewer, at)
            opening.grant_views(viewer, login=login, organisation=place, purpose=purpose, until=until)
            password = readers.make_login(admin, login, until.isoformat())
    database = settings.DATABASES["default"]["NAME"]
    return {
        "login": login, "password": password, "database": database, "organisation": place.name,
        "until": until.isoformat(), "views": ["bi.figures", "bi.figure_values", "bi.organisations"],
    }  # fmt: skip


def withdraw(admin_url: str, *, username: str, login: str) -> None:
    viewer = _viewer(username)
    with acting(viewer), transaction.atomic(using="owner"):
        opening.withdraw_views(viewer, login=login)
    with psycopg.connect(admin_url, autocommit=True) as admin:
        readers.drop_login(admin, login)


def listed() -> list[dict[str, Any]]:
    """Who may read what until when."""
    with acting(SYSTEM):
        rows = ViewReader.objects.select_related("organisation").order_by("login")
        return [
            {"login": row.login, "organisation": row.organisation.name, "purpose": row.purpose,
             "until": row.until.isoformat()}
            for row in rows
        ]  # fmt: skip
