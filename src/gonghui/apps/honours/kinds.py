"""Which honours there are: catalogue/honours.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gonghui.kernel import yamls
from gonghui.kernel.refusal import Refusal

from .choices import Level, To


@dataclass(frozen=True, slots=True)
class Kind:
    """One honour: its level, to whom it goes, what must have been won before, what counts as winning it again."""

    key: str
    title: str
    family: str
    level: str
    to: str
    procedure: str = ""
    earlier: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    public: bool = True
    benefits: tuple[str, ...] = ()


@cache
def kinds() -> dict[str, Kind]:
    """Every honour in the order of the catalogue.

    :raises ValueError: the catalogue contradicts itself.
    """
    text = (files("gonghui.catalogue") / "honours.yaml").read_text(encoding="utf-8")
    found = {
        key: Kind(
            key=key,
            **{name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()},
        )
        for key, facts in yamls.shipped(text).items()
    }
    for one in found.values():
        strange = [name for name in (*one.earlier, *one.again) if name not in found]
        if strange or one.level not in Level.values or one.to not in To.values:
            raise ValueError(f"catalogue/honours.yaml: {one.key}: {strange or one.level or one.to}")
    return found


def kind(key: str) -> Kind:
    """:raises Refusal: GH-HON-001."""
    found = kinds().get(key)
    if found is None:
        raise Refusal("GH-HON-001", "没有这项荣誉", "kind", "从荣誉名录里选择")
    return found


def families() -> list[str]:
    return list(dict.fromkeys(one.family for one in kinds().values()))
