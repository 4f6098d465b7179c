"""Saved filters and columns of list pages, kept for an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from ...refusal import Refusal
from ...viewer import Viewer
from ..models import SavedList

SETTINGS = ""
"""Name of the row that holds columns and page size; the other rows are views under their own names."""
MOST = 20


def save_list(actor: Viewer, *, key: str, name: str, params: Mapping[str, str]) -> SavedList:
    """Keep a set of conditions under a name; the same name is replaced."""
    name = name.strip()[:40]
    if not name:
        raise Refusal("GH-ACC-030", "给这组筛选起个名字", "title")
    if actor.account_id is None:
        raise Refusal("GH-ACC-031", "登录后才能保存筛选")
    others = SavedList.objects.filter(account_id=actor.account_id, list_key=key).exclude(name__in=[SETTINGS, name])
    if others.count() >= MOST:
        raise Refusal("GH-ACC-032", f"最多保存{MOST}组筛选", "title", "先删去不用的")
    saved, _ = SavedList.objects.update_or_create(
        account_id=actor.account_id, list_key=key, name=name, defaults={"query": urlencode(params)[:2000]}
    )
    return saved


def delete_list(actor: Viewer, *, key: str, name: str) -> bool:
    found = SavedList.objects.filter(account_id=actor.account_id or 0, list_key=key, name=name).exclude(name=SETTINGS)
    return bool(found.delete()[0])


class AccountListStore:
    """What the list component keeps for a reader: named in the setting `GONGHUI_LIST_STORE`."""

    def load(self, viewer: Viewer, list_key: str) -> Mapping[str, Any] | None:
        if viewer.account_id is None:
            return None
        rows = SavedList.objects.filter(account_id=viewer.account_id, list_key=list_key).order_by("pk")
        data: dict[str, Any] = {"views": []}
        for row in rows:
            if row.name == SETTINGS:
                data |= row.columns if isinstance(row.columns, dict) else {}
            else:
                data["views"].append({"key": str(row.pk), "title": row.name, "params": dict(parse_qsl(row.query))})
        return data

    @transaction.atomic
    def save(self, viewer: Viewer, list_key: str, data: dict[str, Any]) -> None:
        if viewer.account_id is None:
            return
        mine = SavedList.objects.filter(account_id=viewer.account_id, list_key=list_key)
        settings = {"columns": list(data.get("columns", ())), "page_size": data.get("page_size", 0)}
        SavedList.objects.update_or_create(
            account_id=viewer.account_id, list_key=list_key, name=SETTINGS, defaults={"columns": settings}
        )
        views = {str(view["title"])[:40]: view for view in data.get("views", ())}
        mine.exclude(name__in=[SETTINGS, *views]).delete()
        for title, view in views.items():
            save_list(viewer, key=list_key, name=title, params=view["params"])
