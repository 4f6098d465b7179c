"""Topics of a place and the words of a text, as the place's rules have them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db.models import Case, CharField, F, Value, When
from django.utils import timezone

from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.viewer import Viewer

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


def topic_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Topics for the filters of a post's lists."""
    return topics(viewer.lo)


def topic_titles(path: str) -> Case:
    """A column of lists: a voice's topic in words, asked of the rules once and not for each row."""
    whens = [When(topic=key, then=Value(title)) for key, title in topics(path)]
    return Case(*whens, default=F("topic"), output_field=CharField())
