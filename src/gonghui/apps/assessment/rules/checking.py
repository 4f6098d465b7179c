"""Whether a standard can score anybody: every mistake is explained before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gonghui.kernel.rules import expressions

from .standard import Item, Mistake, Standard, read


@dataclass(frozen=True, slots=True)
class Facts:
    """What formulas may speak of → its kind (`expressions.KINDS`), and which of them the records may not know."""

    kinds: Mapping[str, str]
    optional: frozenset[str]


def check(body: Any, facts: Mapping[str, str], optional: frozenset[str] = frozenset()) -> list[Mistake]:
    """Every mistake of a standard; empty when it can be published.

    :param facts: what formulas may speak of → its kind.
    :param optional: facts that may be null: a formula has to ask first.
    """
    standard, wrong = read(body)
    if standard is None:
        return wrong
    known = Facts({**facts, "today": "date"}, optional)
    return [*_whole(standard, known), *_items(standard, known), *_grades(standard)]


def _at(where: str, sentence: str) -> Mistake:
    return Mistake(where=where, sentence=sentence)


def _formula(where: str, text: str, facts: Facts, result: str) -> Iterator[Mistake]:
    for one in expressions.mistakes(text, facts.kinds, result, facts.optional):
        yield _at(where, one.sentence)


def _whole(standard: Standard, facts: Facts) -> Iterator[Mistake]:
    points = sum(item.points for item in standard.items())
    if points != standard.total:
        more = points - standard.total
        yield _at(
            "total", f"各项分值相加是{points}分，应为{standard.total}分，{f'多{more}' if more > 0 else f'少{-more}'}分"
        )
    if standard.applies:
        yield from _formula("applies", standard.applies, facts, "yes_no")
        if not standard.applies_words:
            yield _at("applies_words", "适用范围要用一句话写明")
    keys = [group.key for group in standard.groups]
    for number, key in enumerate(keys):
        if keys.index(key) != number:
            yield _at(f"groups[{number}].key", f"“{key}”已经用过，换一个")


def _items(standard: Standard, facts: Facts) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for g, group in enumerate(standard.groups):
        for i, item in enumerate(group.items):
            where = f"groups[{g}].items[{i}]"
            if item.key in seen:
                yield _at(f"{where}.key", f"“{item.key}”已经用过（{seen[item.key]}），换一个")
            seen[item.key] = item.title
            yield from _item(where, item, facts)


def _item(where: str, item: Item, facts: Facts) -> Iterator[Mistake]:
    if item.kind == "computed" and not item.formula:
        yield _at(f"{where}.formula", f"“{item.title}”由台账自动计分，要写公式")
    elif item.formula and item.kind in ("evidence", "yes_no"):
        yield _at(f"{where}.formula", f"“{item.title}”凭佐证打分，不用公式；要自动计分就改成台账自动计分")
    elif item.formula:
        number = item.kind == "band" or item.result == "points"
        yield from _formula(f"{where}.formula", item.formula, facts, "number" if number else "yes_no")
    if item.kind == "band":
        yield from _bands(where, item)
    if not item.automatic and not item.evidence and item.points:
        yield _at(f"{where}.evidence", f"“{item.title}”有{item.points}分，没有写明要什么佐证")
    if item.needs is not None and item.needs > item.points:
        yield _at(f"{where}.needs", f"“{item.title}”满分{item.points}分，达标线不能是{item.needs}分")
    if not item.points and not (item.mandatory or item.veto):
        yield _at(f"{where}.points", f"“{item.title}”不计分，也不是必备或否决项，删掉它")


def _bands(where: str, item: Item) -> Iterator[Mistake]:
    if not item.bands:
        yield _at(f"{where}.bands", f"“{item.title}”按数量分档，至少写一档")
        return
    leasts = [band.least for band in item.bands]
    if len(set(leasts)) != len(leasts):
        yield _at(f"{where}.bands", f"“{item.title}”有两档的起点相同")
    most = max(band.points for band in item.bands)
    if most != item.points:
        yield _at(f"{where}.bands", f"“{item.title}”最高一档是{most}分，应等于分值{item.points}分")


def _grades(standard: Standard) -> Iterator[Mistake]:
    leasts = [one.least for one in standard.grades]
    if leasts != sorted(leasts, reverse=True) or len(set(leasts)) != len(leasts):
        yield _at("grades", "等级要从高到低排列，起点分不能相同")
    if leasts[-1] != 0:
        yield _at("grades", "最低的等级要从0分起")
    if leasts[0] > standard.total:
        yield _at("grades[0].least", f"“{standard.grades[0].title}”要{leasts[0]}分，满分只有{standard.total}分")
    if len({one.title for one in standard.grades}) != len(standard.grades):
        yield _at("grades", "有两个等级同名")
