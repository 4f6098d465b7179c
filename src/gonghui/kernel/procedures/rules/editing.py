"""Changing a draft piece by piece: the slots stay plain data, and a draft may be wrong while it is written."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...pinyin import PLAIN
from .checking import KIND_OF, STANDING, Known

Body = dict[str, Any]

_PLACE = re.compile(r"^(form\.sections|steps|approved|rejected)\[(\d+)\](?:\.fields\[(\d+)\])?(?:\.([a-z_]+))?")
_COMPARED = re.compile(r"^(?:(\w+) != null && )?(\w+) (==|!=|>=|<=|>|<) (.+)$")
_HELD = re.compile(r'^(?:(\w+) != null && )?("(?:[^"\\]|\\.)*") in (\w+)$')
_PLAIN_TEXT = re.compile(r'^"([^"\\]*)"$')

OPERATORS = {
    "==": "等于",
    "!=": "不等于",
    ">": "大于",
    ">=": "不小于",
    "<": "小于",
    "<=": "不大于",
    "in": "包含",
}
"""What the simple builder of conditions can say."""


def shaped(body: Any) -> bool:
    """The lists that the form builder walks are lists of slots; else the text has to be mended first."""

    def slots(value: Any) -> bool:
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)

    if not isinstance(body, dict) or not isinstance(body.get("form", {}), dict):
        return False
    sections = body.get("form", {}).get("sections", [])
    if not slots(sections) or not all(slots(one.get("fields", [])) for one in sections):
        return False
    fields = [one for section in sections for one in section.get("fields", [])]
    inner = [one.get("options", []) for one in fields] + [one.get("columns", []) for one in fields]
    steps = body.get("steps", [])
    if not slots(steps) or not all(map(slots, inner)):
        return False
    inner = [one.get(name, []) for one in steps for name in ("asks", "criteria")]
    uses = [body.get(name, []) for name in ("approved", "rejected")]
    return (
        all(map(slots, [*inner, *uses]))
        and all(isinstance(one.get("given", {}), dict) for use in uses for one in use)
        and all(isinstance(one.get("deadline", {}), dict) for one in steps)
        and all(isinstance(body.get(name, {}) or {}, dict) for name in ("rules", "correction", "appeal"))
    )


def sections_of(body: Body) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = body.setdefault("form", {}).setdefault("sections", [])
    return found


def fields_of(body: Body) -> list[dict[str, Any]]:
    """Every field of the form, in order."""
    return [one for section in body.get("form", {}).get("sections", []) for one in section.get("fields", [])]


def list_of(body: Body, what: str, section: int = 0) -> list[dict[str, Any]]:
    """The list that a piece stands in: sections, fields of a section, steps, approved, rejected.

    :raises KeyError: there is no such list.
    """
    found: list[dict[str, Any]]
    if what == "sections":
        return sections_of(body)
    if what == "fields":
        sections = sections_of(body)
        if not 0 <= section < len(sections):
            raise KeyError(what)
        found = sections[section].setdefault("fields", [])
        return found
    if what not in ("steps", "approved", "rejected"):
        raise KeyError(what)
    found = body.setdefault(what, [])
    return found


def put(body: Body, what: str, at: int | None, piece: dict[str, Any], section: int = 0) -> Body:
    """A copy in which a piece is replaced, or added at the end."""
    fresh = copy.deepcopy(body)
    items = list_of(fresh, what, section)
    if at is None:
        items.append(piece)
    else:
        if not 0 <= at < len(items):
            raise KeyError(what)
        items[at] = piece
    return fresh


def moved(body: Body, what: str, at: int, by: int, section: int = 0) -> Body:
    """A copy in which a piece stands one place higher or lower; at the end it stays."""
    fresh = copy.deepcopy(body)
    items = list_of(fresh, what, section)
    if not 0 <= at < len(items):
        raise KeyError(what)
    to = min(max(at + by, 0), len(items) - 1)
    items.insert(to, items.pop(at))
    return fresh


def removed(body: Body, what: str, at: int, section: int = 0) -> Body:
    fresh = copy.deepcopy(body)
    items = list_of(fresh, what, section)
    if not 0 <= at < len(items):
        raise KeyError(what)
    del items[at]
    return fresh


def key_for(title: str, taken: Sequence[str], prefix: str = "") -> str:
    """A key from a Chinese title by its reading: 申领 → shenling; made unique among those taken."""
    read = "".join(char.lower() if char.isascii() and char.isalnum() else PLAIN[char] for char in title)
    base = re.sub(r"[^a-z0-9_]", "", read)[:30].lstrip("0123456789_") or "item"
    number_, found = 1, base
    while prefix + found in taken:
        number_ += 1
        found = f"{base}{number_}"
    return prefix + found


# -- options and conditions ---------------------------------------------------------------------------------


def options_of(text: str) -> list[dict[str, str]]:
    """One option a line: its title, or value=title."""
    found = []
    for line in text.splitlines():
        value, _, title = line.strip().replace("＝", "=").partition("=")
        if value.strip():
            found.append({"value": value.strip(), "title": (title or value).strip()})
    return found


def options_text(options: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        str(one.get("title", ""))
        if one.get("value") == one.get("title")
        else f"{one.get('value', '')}={one.get('title', '')}"
        for one in options
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as the builder shows it: a field, an operator, a value."""

    field: str
    operator: str
    value: str


def _literal(kind: str, raw: str) -> str:
    """A typed value in the expression language.

    :raises ValueError: a sentence.
    """
    text = raw.strip()
    if kind in ("number", "money"):
        plain = text.replace(",", "").replace("，", "").replace("元", "")
        if kind == "money":
            if not re.fullmatch(r"\d{1,10}(\.\d{1,2})?", plain, re.ASCII):
                raise ValueError(f"现在是“{text[:20]}”，应为金额，例如 1236.50")
            yuan, _, rest = plain.partition(".")
            return str(int(yuan) * 100 + int((rest + "00")[:2]))
        if not re.fullmatch(r"-?\d{1,12}", plain, re.ASCII):
            raise ValueError(f"现在是“{text[:20]}”，应为整数")
        return plain
    if kind == "yes_no":
        if text not in ("是", "否", "true", "false"):
            raise ValueError("写“是”或“否”")
        return "true" if text in ("是", "true") else "false"
    if '"' in text or "\\" in text:
        raise ValueError("值里不能有引号和反斜线")
    if not text:
        raise ValueError("还没有写值")
    if kind == "date" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("写成2022-12-31这样的日期")
    return f'"{text}"'


def condition(one: Condition, kind: str, optional: bool, options: Mapping[str, str] | None = None) -> str:
    """The builder's three parts as an expression.

    :param optional: the field may be unanswered: that is asked first, so that the condition always has an answer.
    :param options: title → value of a choice.
    :raises ValueError: a sentence that says what to mend.
    """
    if kind == "rows":
        raise ValueError("表格不能用在简单条件里，改写表达式")
    if one.operator not in OPERATORS:
        raise ValueError("选一个比较方式")
    raw = (options or {}).get(one.value.strip(), one.value)
    guard = f"{one.field} != null && " if optional else ""
    if kind == "texts" or one.operator == "in":
        if kind != "texts" or one.operator != "in":
            raise ValueError("“包含”用于多选，其他比较用于单个的值")
        return f"{guard}{_literal('text', raw)} in {one.field}"
    if kind in ("yes_no", "text") and one.operator not in ("==", "!="):
        raise ValueError("这一项只能比较等于或不等于")
    return f"{guard}{one.field} {one.operator} {_literal(kind, raw)}"


def taken_apart(text: str, kinds: Mapping[str, str]) -> Condition | None:
    """The builder's parts of an expression that it could have written; None for what experts wrote."""
    held = _HELD.match(text)
    if held and held[1] in (None, held[3]) and _PLAIN_TEXT.match(held[2]):
        return Condition(held[3], "in", held[2][1:-1])
    match = _COMPARED.match(text)
    if match is None or match[1] not in (None, match[2]) or match[2] not in kinds:
        return None
    field, operator, value = match[2], match[3], match[4].strip()
    kind = kinds[field]
    if kind == "yes_no" and value in ("true", "false"):
        return Condition(field, operator, "是" if value == "true" else "否")
    if kind in ("number", "money") and re.fullmatch(r"-?\d+", value):
        return Condition(field, operator, f"{int(value) / 100:.2f}" if kind == "money" else value)
    plain = _PLAIN_TEXT.match(value)
    return Condition(field, operator, plain[1]) if plain and kind in ("text", "date") else None


def condition_words(text: str, kinds: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """An expression as a sentence where the builder could have written it; else the expression itself."""
    found = taken_apart(text, kinds)
    if found is None:
        return text
    value = found.value
    if kinds.get(found.field) in ("number", "money"):
        whole, _, rest = value.partition(".")
        value = f"{int(whole):,}" + (f".{rest}" if rest.strip("0") else "")
        value += "元" if kinds[found.field] == "money" else ""
    return f"“{titles.get(found.field, found.field)}”{OPERATORS[found.operator]}{value}"


def spoken_of(body: Body, known: Known) -> tuple[dict[str, str], set[str]]:
    """What conditions of a draft may speak of (name → kind), and which may be unanswered; the draft may be wrong."""
    kinds = {**STANDING, **known.facts}
    optional = {*known.facts, "verdict", "score", "grade"}
    kinds |= {str(alias): known.rules.get(str(rule), "number") for alias, rule in (body.get("rules") or {}).items()}
    for section in body.get("form", {}).get("sections", []):
        for one in section.get("fields", []):
            key, kind = str(one.get("key", "")), str(one.get("kind", ""))
            kinds[key] = str(one.get("result", "number")) if kind == "computed" else KIND_OF.get(kind, "text")
            if not one.get("required", True) or one.get("when") or section.get("when"):
                optional.add(key)
    return kinds, optional


# -- where a mistake is mended ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """The editor's page for a slot: `page` with its numbers, and the input on it."""

    page: str
    numbers: tuple[int, ...] = ()
    slot: str = ""
    words: str = ""


WHOLE = {
    "title": "名称", "key": "标识", "summary": "一句话说明", "basis": "依据", "category": "类别",
    "prefix": "编号字头",
    "who": "谁可以申请", "audience": "申请条件", "audience_words": "申请条件的说明", "once": "重复申请",
    "confidential": "保密",
    "consent": "单独同意书", "minutes": "填写时间", "rules": "本地规则", "verdict": "认定", "correction": "补正",
    "appeal": "申诉", "withdraw": "撤回", "open_slots": "可改项", "standard": "评价标准",
}  # fmt: skip
AFTER = ("correction", "appeal", "withdraw", "open_slots")
"""What the page of the outcomes asks; the other words of `WHOLE` stand on the page of the basics."""

OUTCOMES = {"approved": "通过以后", "rejected": "不通过以后"}


def place_of(where: str, body: Body) -> Place:
    """From steps[2].role to the page where the role of the third step is chosen."""
    match = _PLACE.match(where)
    if match is not None:
        first, inner, slot = int(match[2]), match[3], match[4] or ""
        if match[1] == "form.sections":
            section = _title(body, ("form", "sections", first), f"第{first + 1}段")
            if inner is None:
                return Place("section", (first,), slot, f"申请表“{section}”")
            field = _title(body, ("form", "sections", first, "fields", int(inner)), f"第{int(inner) + 1}项")
            return Place("field", (first, int(inner)), slot, f"申请表“{section}”的“{field}”")
        if match[1] == "steps":
            return Place("step", (first,), slot, f"环节“{_title(body, ('steps', first), f'第{first + 1}个')}”")
        return Place(match[1], (first,), slot, f"{OUTCOMES[match[1]]}第{first + 1}项")
    top = re.split(r"[.\[]", where, maxsplit=1)[0]
    if top == "form":
        return Place("form", (), "", "申请表")
    if top in ("steps", "approved", "rejected"):
        return Place(top, (), "", {"steps": "环节"}.get(top, OUTCOMES.get(top, "")))
    if top in WHOLE:
        return Place("after" if top in AFTER else "basics", (), top, WHOLE[top])
    return Place("text", (), "", where or "全文")


def _title(body: Any, way: tuple[str | int, ...], otherwise: str) -> str:
    for part in way:
        try:
            body = body[part]
        except (KeyError, IndexError, TypeError):
            return otherwise
    title = body.get("title") if isinstance(body, dict) else None
    return title if isinstance(title, str) and title else otherwise
