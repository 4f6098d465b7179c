"""Code lists whose members carry their Chinese label and the other spellings found in rosters."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any, Self


class LabelledType(enum.EnumType):
    """Class-level views of a code list; a property here reads as `Sex.choices`."""

    def members(cls) -> list[Any]:
        return list(cls.__members__.values())

    @property
    def choices(cls) -> list[tuple[str, str]]:
        """(value, label) pairs in declared order, the shape that Django fields and forms take."""
        return [(member.value, member.label) for member in cls.members()]

    @property
    def values(cls) -> list[str]:
        return [member.value for member in cls.members()]

    @property
    def labels(cls) -> list[str]:
        return [member.label for member in cls.members()]

    def said(cls, value: str) -> str:
        """The Chinese of a value; a value that is not in the list is said as it is."""
        return next((str(member.label) for member in cls.members() if member.value == value), value)

    @property
    def do_not_call_in_templates(cls) -> bool:
        # Django templates call what is callable; an enum class called without a value raises.
        return True


class Labelled(enum.StrEnum, metaclass=LabelledType):
    """Declared as `NAME = "value", "中文"` or `NAME = "value", "中文", ("别名", …)`."""

    label: str
    aliases: tuple[str, ...]

    def __new__(cls, value: str, label: str = "", aliases: Iterable[str] = ()) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.aliases = tuple(aliases)
        return member

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The member that a roster cell means: its value, its label or one of its other spellings."""
        key = "".join(text.split())
        if not key:
            return None
        lowered = key.lower()
        for member in cls:
            if lowered == member.value.lower() or key == member.label or key in member.aliases:
                return member
        return None
