"""Numbers as official texts write them: no thousands separators, 万 and 亿 where they come out whole."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

WAN, YI = Decimal(10_000), Decimal(100_000_000)
PLACES: Final = 2


def plain(number: Decimal) -> str:
    """All digits, without noughts after the point."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def official(number: Decimal, rounded: bool = False) -> str:
    """76000 → 7.6万, 208494 → 208494, 12360000 → 1236万.

    :param rounded: in 万 with one decimal even where that is not exact (20.8万).
    """
    for unit, word in ((YI, "亿"), (WAN, "万")):
        if abs(number) < unit:
            continue
        part = number / unit
        if part == round(part, PLACES):
            return plain(round(part, PLACES)) + word
        if rounded:
            return plain(part.quantize(Decimal("0.1"), ROUND_HALF_UP)) + word
    return plain(number)


def change(now: Decimal, then: Decimal, word: str = "同比", percent: bool = False) -> str:
    """同比增长5.2%, 同比下降3%, 与上年同期持平; in points where the number is a percentage itself."""
    past = "上年同期" if word == "同比" else "上期"
    if now == then:
        return f"与{past}持平"
    up = now > then
    if percent:
        return f"{word}{'提高' if up else '降低'}{plain(abs(now - then))}个百分点"
    if not then:
        return f"{past}为0"
    part = (abs(now - then) / abs(then) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{word}{'增长' if up else '下降'}{plain(part) if part else '不到0.1'}%"


def difference(now: Decimal, then: Decimal, unit: str, percent: bool = False) -> str:
    """比上年同期增加17家, 比上年同期提高2.3个百分点."""
    if now == then:
        return "与上年同期持平"
    if percent:
        return f"比上年同期{'提高' if now > then else '降低'}{plain(abs(now - then))}个百分点"
    return f"比上年同期{'增加' if now > then else '减少'}{official(abs(now - then))}{unit}"
