"""Every route of the platform with the door it stands behind, read from the URL configuration itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from gonghui.kernel.access.doors import Door


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    door: Door | None
    converters: tuple[tuple[str, str], ...]
    callback: Any


def _door(callback: Any) -> Door | None:
    while callback is not None:
        if hasattr(callback, "door"):
            door: Door = callback.door
            return door
        callback = getattr(callback, "__wrapped__", None)
    return None


def methods_of(callback: Any) -> frozenset[str]:
    """GET and POST as far as a view takes them: `require_GET` and its kin keep their list in a closure."""
    taken = frozenset({"GET", "POST"})
    while callback is not None:
        names = getattr(getattr(callback, "__code__", None), "co_freevars", ())
        if "request_method_list" in names:
            listed = callback.__closure__[names.index("request_method_list")].cell_contents
            taken &= frozenset("GET" if one == "HEAD" else one for one in listed)
        callback = getattr(callback, "__wrapped__", None)
    return taken


def _walk(patterns: list[Any], prefix: str, namespace: str) -> Iterator[Route]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, prefix + str(entry.pattern), inner)
        elif isinstance(entry, URLPattern):
            converters = tuple((k, type(v).__name__) for k, v in getattr(entry.pattern, "converters", {}).items())
            yield Route(
                f"{namespace}{entry.name or ''}",
                prefix + str(entry.pattern),
                _door(entry.callback),
                converters,
                entry.callback,
            )


def all_routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "", ""))
