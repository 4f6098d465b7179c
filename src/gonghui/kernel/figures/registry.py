"""The sources that apps offer to be counted; the kernel knows no app."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from ..sources import Source


@lru_cache(maxsize=1)
def sources() -> Mapping[str, Source]:
    """Key → source; the setting `GONGHUI_SOURCES` names who collects them."""
    path = getattr(settings, "GONGHUI_SOURCES", "")
    return {one.key: one for one in (import_string(path)() if path else ())}
