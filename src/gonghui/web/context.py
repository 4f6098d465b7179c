"""Template context of every page: the reader's look, the shell around the page, and the side navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .shell import Look, shell_of


def ui(request: HttpRequest) -> dict[str, Any]:
    """`ui` (size, theme, lang) from cookies; `shell` and `nav` only when a template reads them."""
    return {
        "ui": Look.of(request),
        "shell": SimpleLazyObject(lambda: shell_of(request)),
        "nav": SimpleLazyObject(lambda: shell_of(request).nav),
    }
