"""Facts about an organisation or employer as they are stored: every value checked, every refusal names its field."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from gonghui.kernel.labelled import Labelled
from gonghui.kernel.org import regions
from gonghui.kernel.org.choices import Industry, UnionKind, UnitKind
from gonghui.kernel.org.rules.uscc import check_uscc
from gonghui.kernel.refusal import Refusal

L = TypeVar("L", bound=Labelled)

_EARLIEST = date(1900, 1, 1)
_MOST_STAFF = 5_000_000


def check_text(text: object, field: str, label: str, most: int, *, lines: bool = False) -> str:
    """One line of plain text, or several when `lines` is true.

    :raises Refusal: GH-ORG-601 not text, 602 too long, 603 a character that cannot be kept.
    """
    if text is None:
        return ""
    if not isinstance(text, str):
        raise Refusal("GH-ORG-601", f"{label}应为文字", field, "按文字重新录入")
    if len(text) > most * 4 + 100:
        raise Refusal("GH-ORG-602", f"{label}现在有{len(text)}个字，最多{most}个字", field, "缩短后再保存")
    for position, char in enumerate(text, 1):
        if unicodedata.category(char) in ("Cc", "Cs") and char not in "\r\n\t":
            raise Refusal(
                "GH-ORG-603", f"{label}第{position}个字U+{ord(char):04X}不能保存", field, "删去这个字后再保存"
            )
    value = unicodedata.normalize("NFC", text)
    value = "\n".join(line.rstrip() for line in value.splitlines()).strip() if lines else " ".join(value.split())
    if len(value) > most:
        raise Refusal("GH-ORG-602", f"{label}现在有{len(value)}个字，最多{most}个字", field, "缩短后再保存")
    return value


def read_choice(choices: type[L], value: object, field: str, label: str) -> L:
    """A member of a code list, given as its value, its label or another spelling.

    :raises Refusal: GH-ORG-604.
    """
    found = choices.read(value) if isinstance(value, str) else None
    if found is None:
        allowed = "、".join(choices.labels[:20])
        raise Refusal("GH-ORG-604", f"{label}不在代码表里", field, f"可以填：{allowed}")
    return found


def check_day(value: object, field: str, label: str) -> date | None:
    """A day, or nothing.

    :raises Refusal: GH-ORG-605.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = None
    if type(value) is not date or not _EARLIEST <= value <= date(2200, 1, 1):
        raise Refusal("GH-ORG-605", f"{label}不是有效日期", field, "按年-月-日填写，例如 2024-03-15")
    return value


def check_number(value: object, field: str, label: str, most: int) -> int | None:
    """A count of people, or nothing.

    :raises Refusal: GH-ORG-606.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Refusal("GH-ORG-606", f"{label}应为0至{most}之间的整数", field, "只填数字")
    return value


def check_region(value: object, field: str = "region_code") -> str:
    """A code of GB/T 2260 (6 digits), or of a township (9 or 12) in a known county.

    :raises Refusal: GH-ORG-607.
    """
    code = check_text(value, field, "行政区划代码", 12)
    if not code:
        return ""
    if not (code.isascii() and code.isdigit() and len(code) in (6, 9, 12)) or regions.region(code) is None:
        raise Refusal("GH-ORG-607", "行政区划代码不在国家标准表里", field, "填6位县级代码，例如 360829（安福县）")
    return code


def _optional(choices: type[Labelled], label: str) -> Callable[[object, str], str]:
    def check(value: object, field: str) -> str:
        if value is None or value == "":
            return ""
        return str(read_choice(choices, value, field, label).value)

    return check


def _uscc(value: object, field: str) -> str:
    if value is None or value == "":
        return ""
    return check_uscc(value).code


def _flag(value: object, field: str) -> bool:
    if isinstance(value, bool):
        return value
    raise Refusal("GH-ORG-608", "这一项应为是或否", field)


_SHARED: dict[str, Callable[[object, str], Any]] = {
    "uscc": _uscc,
    "unit_kind": _optional(UnitKind, "单位性质"),
    "industry": _optional(Industry, "所属行业"),
    "region_code": check_region,
    "address": lambda v, f: check_text(v, f, "地址", 200),
    "headcount": lambda v, f: check_number(v, f, "职工人数", _MOST_STAFF),
}
_ORGANISATION: dict[str, Callable[[object, str], Any]] = _SHARED | {
    "short_name": lambda v, f: check_text(v, f, "简称", 60),
    "code": lambda v, f: check_text(v, f, "组织编码", 40),
    "union_kind": _optional(UnionKind, "工会类型"),
    "office_phone": lambda v, f: check_text(v, f, "办公电话", 30),
    "founded_on": lambda v, f: check_day(v, f, "成立日期"),
    "term_from": lambda v, f: check_day(v, f, "本届起"),
    "term_to": lambda v, f: check_day(v, f, "本届止"),
    "committee_size": lambda v, f: check_number(v, f, "委员人数", 999),
    "listed": _flag,
    "intro": lambda v, f: check_text(v, f, "简介", 5000, lines=True),
}
_EMPLOYER: dict[str, Callable[[object, str], Any]] = _SHARED | {
    "deregistered_on": lambda v, f: check_day(v, f, "注销日期"),
    "deregistered_source": lambda v, f: check_text(v, f, "注销信息来源", 80),
}

ORGANISATION_FACTS = frozenset(_ORGANISATION)
EMPLOYER_FACTS = frozenset(_EMPLOYER)


def clean_facts(facts: Mapping[str, object]) -> dict[str, Any]:
    """Facts of an organisation, checked and normalised.

    :raises Refusal: GH-ORG-609 an unknown field, 610 a term that ends before it begins, and those of each field.
    """
    return _clean(facts, _ORGANISATION)


def clean_employer(facts: Mapping[str, object]) -> dict[str, Any]:
    """Facts of an employer, checked and normalised."""
    return _clean(facts, _EMPLOYER)


def _clean(facts: Mapping[str, object], checks: dict[str, Callable[[object, str], Any]]) -> dict[str, Any]:
    unknown = sorted(facts.keys() - checks.keys())
    if unknown:
        hint = (
            "名称用更名，类别和层级用改变类型，上级用转隶"
            if {"name", "kind", "level", "parent"} & set(unknown)
            else None
        )
        raise Refusal("GH-ORG-609", "这一项不能在这里修改", unknown[0], hint)
    return {field: checks[field](value, field) for field, value in facts.items()}


def check_term(term_from: date | None, term_to: date | None) -> None:
    """:raises Refusal: GH-ORG-610."""
    if term_from is not None and term_to is not None and term_to <= term_from:
        raise Refusal("GH-ORG-610", "本届止期应晚于起期", "term_to", "核对两个日期")
