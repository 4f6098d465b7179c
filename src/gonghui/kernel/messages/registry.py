"""The kinds of messages that all parts declare in their manifests."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from ..manifest import MessageKind
from .models import Message


@lru_cache(maxsize=1)
def kinds() -> dict[str, MessageKind]:
    """Key → kind, in the order of the house."""
    found: tuple[MessageKind, ...] = import_string(settings.GONGHUI_MESSAGES)()
    return {one.key: one for one in found}


def page_of(row: Message) -> str:
    """The address inside the platform that a message is about; it is made here, so a row cannot lead elsewhere."""
    kind = kinds().get(row.kind)
    return reverse(kind.page, args=[row.about]) if kind else ""
