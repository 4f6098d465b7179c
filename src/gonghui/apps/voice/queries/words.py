"""Topics of a place and the words of a text, as the place's rules have them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.utils import timezone

from gonghui.kernel.rules import queries as rule_queries

from ..rules import text
from ..rules.similarity import groups_of, terms


def topics(path: str, day: date | None = None) -> list[tuple[str, str]]:
    """(code, name) of the topics in force at a place."""
    return text.topics(rule_queries.value("voice.topics", path, day or timezone.localdate()).value)


def topic_name(path: str, code: str) -> str:
    return dict(topics(path)).get(code, code)


@lru_cache(maxsize=32)
def _groups(lines: tuple[str, ...]) -> dict[str, str]:
    return groups_of(lines)


def terms_of(plain: str, path: str) -> frozenset[str]:
    """The words of a text as the place joins them."""
    lines = rule_queries.value("voice.same_words", path, timezone.localdate()).value
    return terms(plain, _groups(tuple(lines)))
