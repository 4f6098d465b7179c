"""What a list remembers: conditions in the address, the reader's columns and saved views in a store."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol, Self
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from ..words import hide_numbers
from .declare import Filter

TOKEN: Final = "~"
_FINDS: Final = "gonghui-finds"
_KEPT_FINDS: Final = 40
MAX_VIEWS: Final = 20


@dataclass(frozen=True)
class SavedView:
    key: str
    title: str
    params: Mapping[str, str]


@dataclass(frozen=True)
class ListState:
    """One reader's settings of one list; `columns` empty means the declared defaults."""

    columns: tuple[str, ...] = ()
    views: tuple[SavedView, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None) -> Self:
        """Tolerant of what an older version stored: an unusable part is dropped, not an error."""
        data = data or {}
        views = tuple(
            SavedView(str(view["key"]), str(view["title"]), {str(k): str(v) for k, v in view["params"].items()})
            for view in data.get("views", ())
            if isinstance(view, Mapping)
            and isinstance(view.get("params"), Mapping)
            and "key" in view
            and "title" in view
        )
        columns = tuple(str(key) for key in data.get("columns", ()))
        return cls(columns=columns, views=views)

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": list(self.columns),
            "views": [{"key": v.key, "title": v.title, "params": dict(v.params)} for v in self.views],
        }

    def with_view(self, title: str, params: Mapping[str, str]) -> ListState:
        kept = [view for view in self.views if view.title != title][-(MAX_VIEWS - 1) :]
        return replace(self, views=(*kept, SavedView(secrets.token_hex(4), title, dict(params))))

    def without_view(self, key: str) -> ListState:
        return replace(self, views=tuple(view for view in self.views if view.key != key))


class ListStore(Protocol):
    """Where list settings live; the setting `GONGHUI_LIST_STORE` names the class the pages use."""

    def load(self, viewer: Any, list_key: str) -> Mapping[str, Any] | None: ...

    def save(self, viewer: Any, list_key: str, data: dict[str, Any]) -> None: ...


class SessionStore:
    """Keeps settings as long as the log-in lasts; for lists of visitors and where no account exists."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def load(self, viewer: Any, list_key: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.request.session.get(f"list:{list_key}")
        return found

    def save(self, viewer: Any, list_key: str, data: dict[str, Any]) -> None:
        self.request.session[f"list:{list_key}"] = data


def store_of(request: HttpRequest) -> ListStore:
    path: str | None = getattr(settings, "GONGHUI_LIST_STORE", None)
    store: ListStore = import_string(path)() if path else SessionStore(request)
    return store


def stash(request: HttpRequest, text: str) -> str:
    """Puts a search for a person into the session and returns what stands for it in the address."""
    finds: dict[str, str] = dict(request.session.get(_FINDS, {}))
    for token, known in finds.items():
        if known == text:
            return TOKEN + token
    while len(finds) >= _KEPT_FINDS:
        finds.pop(next(iter(finds)))
    token = secrets.token_urlsafe(6)
    finds[token] = text
    request.session[_FINDS] = finds
    return TOKEN + token


def unstash(request: HttpRequest, value: str) -> str:
    found: str = request.session.get(_FINDS, {}).get(value.removeprefix(TOKEN), "")
    return found


def _meant(request: HttpRequest, text: str) -> str:
    """A masked number that comes back from the search box stands for what was typed there last."""
    if "*" in text:
        for known in reversed(list(request.session.get(_FINDS, {}).values())):
            if known != text and hide_numbers(known) == text:
                return str(known)
    return text


@dataclass(frozen=True)
class ListQuery:
    """The conditions of one request. `address` holds what the URL says, `params` what it means."""

    address: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = 0
    after: str = ""
    before: str = ""

    @classmethod
    def read(cls, request: HttpRequest, data: Mapping[str, str], filters: Iterable[Filter]) -> Self:
        address: dict[str, str] = {}
        params: dict[str, str] = {}
        for declared in filters:
            for name in declared.names:
                text = (data.get(name) or "").strip()[:200]
                if not text:
                    continue
                if declared.personal:
                    meaning = unstash(request, text) if text.startswith(TOKEN) else _meant(request, text)
                    if not meaning:
                        continue
                    address[name] = text if text.startswith(TOKEN) else stash(request, meaning)
                    params[name] = meaning
                else:
                    address[name] = params[name] = text
        return cls(
            address=address,
            params=params,
            sort=(data.get("sort") or "")[:60],
            page=_whole(data.get("page"), 1, 10_000_000),
            size=_whole(data.get("size"), 0, 1000),
            after=(data.get("after") or "")[:64],
            before=(data.get("before") or "")[:64],
        )

    def url(self, **changes: object) -> str:
        """The address of this list with changes; a value of None takes a condition away."""
        parts: dict[str, object] = {**self.address, "sort": self.sort, "size": self.size or ""}
        parts.update(changes)
        kept = {name: value for name, value in parts.items() if value not in (None, "", 0)}
        return "?" + urlencode(kept)


def _whole(text: str | None, least: int, most: int) -> int:
    try:
        return min(max(int(text or ""), least), most)
    except ValueError:
        return least
