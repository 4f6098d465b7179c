"""What a form accepts: values typed by people become a document, or sentences that say how to mend them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ...people.choices import IdKind
from ...people.rules import check_id, check_phone, mask_phone
from ...refusal import Refusal
from ...rules.expressions import Unanswered, evaluate
from .definition import Definition, FormField

MOST_TABLE_ROWS = 60
MOST_TEXT, MOST_LONG_TEXT = 200, 5000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BANK = re.compile(r"\d{8,30}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in: `document` is stored, `sealed` encrypted, `wrong` says what to mend by field."""

    document: dict[str, Any]
    sealed: dict[str, Any]
    wrong: dict[str, str] = field(default_factory=dict)
    shown: tuple[str, ...] = ()
    """The questions whose conditions hold, in their order."""

    @property
    def values(self) -> dict[str, Any]:
        """Everything in clear, for expressions."""
        return {**self.document, **self.sealed}


def text_of(value: Any, most: int) -> str:
    """A text without control characters.

    :raises ValueError: too long.
    """
    text = _CONTROL.sub("", str(value)).replace("\r\n", "\n").strip()
    if len(text) > most:
        raise ValueError(f"现在是{len(text)}个字，最多{most}个")
    return text


def money_of(value: Any) -> int:
    """Yuan as typed → fen: 1,236.5 → 123650.

    :raises ValueError: no amount.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value * 100
    text = str(value).replace(",", "").replace("，", "").replace("元", "").strip()
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"现在是“{text[:20]}”，应为金额，例如 1236.50") from None
    if not amount.is_finite() or abs(amount) >= 10**12 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError("金额最多两位小数，小于一万亿元")
    return int(amount * 100)


def number_of(value: Any) -> int:
    text = str(value).replace(",", "").replace("，", "").strip()
    if not re.fullmatch(r"-?\d{1,12}", text, re.ASCII):
        raise ValueError(f"现在是“{text[:20]}”，应为整数")
    return int(text)


def day_of(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip().replace("/", "-").replace(".", "-")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"现在是“{text[:20]}”，写成2022-12-31这样的日期") from None
    if not 1900 <= found.year <= 2100:
        raise ValueError("年份应在1900至2100之间")
    return found.isoformat()


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "是": True,
        "0": False,
        "false": False,
        "no": False,
        "否": False,
    }
    found = known.get(str(value).strip().lower())
    if found is None:
        raise ValueError("还没有选择是或否")
    return found


def _choice(one: FormField, value: Any) -> str:
    text = str(value).strip()
    known = {option.value for option in one.options} | {option.title for option in one.options}
    if one.options and text not in known:
        raise ValueError("没有这一项，从选项里重选")
    return next((option.value for option in one.options if text in (option.value, option.title)), text)


def _choices(one: FormField, value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else [value]
    return list(dict.fromkeys(_choice(one, item) for item in items if str(item).strip()))


def _identity(value: Any) -> str:
    return check_id(IdKind.IDENTITY_CARD, str(value)).number


def _bank(value: Any) -> str:
    text = re.sub(r"[\s-]", "", str(value))
    if not _BANK.fullmatch(text):
        raise ValueError(f"现在是{len(text)}位，银行账号应为8至30位数字")
    return text


def _id_number(value: Any) -> int:
    text = str(value).strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise ValueError("从名单里选一个")
    return int(text)


_READERS: dict[str, Callable[[FormField, Any], Any]] = {
    "text": lambda one, value: text_of(value, one.most or MOST_TEXT),
    "long_text": lambda one, value: text_of(value, one.most or MOST_LONG_TEXT),
    "place": lambda one, value: text_of(value, MOST_TEXT),
    "number": lambda one, value: number_of(value),
    "money": lambda one, value: money_of(value),
    "date": lambda one, value: day_of(value),
    "choice": _choice,
    "choices": _choices,
    "yes_no": lambda one, value: _yes_no(value),
    "identity": lambda one, value: _identity(value),
    "phone": lambda one, value: check_phone(str(value)),
    "bank": lambda one, value: _bank(value),
    "person": lambda one, value: _id_number(value),
    "organisation": lambda one, value: _id_number(value),
    "declaration": lambda one, value: _yes_no(value),
}


def _bounds(one: FormField, value: Any) -> None:
    scale, unit = (100, "元") if one.kind == "money" else (1, one.unit)
    if one.kind in ("number", "money"):
        if one.least is not None and value < one.least * scale:
            raise ValueError(f"不能小于{one.least}{unit}")
        if one.most is not None and value > one.most * scale:
            raise ValueError(f"不能大于{one.most}{unit}")
    if one.kind == "choices" and one.most is not None and len(value) > one.most:
        raise ValueError(f"选了{len(value)}项，最多{one.most}项")
    if one.kind in ("text", "long_text") and one.least is not None and len(value) < one.least:
        raise ValueError(f"现在是{len(value)}个字，至少{one.least}个")
    if one.kind == "declaration" and value is not True:
        raise ValueError("要勾选同意才能提交")


def read_value(one: FormField, value: Any, *, complete: bool = True) -> Any:
    """One typed value as it is stored; None when nothing was typed.

    :param complete: False for a draft: of a table what is wrong is left out cell by cell, rows stay.

    :raises ValueError: a sentence that says what is wrong and how to mend it.
    """
    if one.kind == "table":
        return _table(one, value) if complete else _table_so_far(one, value)
    if one.kind == "files":
        return _files(one, value)
    if value is None or value == "" or value == []:
        return None
    try:
        found = _READERS[one.kind](one, value)
    except Refusal as refusal:
        raise ValueError(refusal.sentence) from refusal
    if found in ("", []):
        return None
    _bounds(one, found)
    return found


def _table(one: FormField, value: Any) -> list[dict[str, Any]] | None:
    rows = [row for row in value or [] if isinstance(row, Mapping) and any(str(v or "").strip() for v in row.values())]
    if len(rows) > (one.most or MOST_TABLE_ROWS):
        raise ValueError(f"现在有{len(rows)}行，最多{one.most or MOST_TABLE_ROWS}行")
    found = []
    for number, row in enumerate(rows, 1):
        line: dict[str, Any] = {}
        for column in one.columns:
            try:
                cell = read_value(column, row.get(column.key))
            except ValueError as error:
                raise ValueError(f"第{number}行“{column.title}”{error}") from error
            if cell is None and column.required:
                raise ValueError(f"第{number}行“{column.title}”没有填")
            line[column.key] = cell
        found.append(line)
    if one.least is not None and len(found) < one.least:
        raise ValueError(f"现在有{len(found)}行，至少{one.least}行")
    return found or None


def _table_so_far(one: FormField, value: Any) -> list[dict[str, Any]] | None:
    """The rows of a draft: half a row is kept too."""
    found = []
    for row in value or []:
        line: dict[str, Any] = {}
        for column in one.columns if isinstance(row, Mapping) else ():
            try:
                line[column.key] = read_value(column, row.get(column.key))
            except ValueError:
                line[column.key] = None
        if any(cell is not None for cell in line.values()):
            found.append(line)
    return found[: one.most or MOST_TABLE_ROWS] or None


def _files(one: FormField, value: Any) -> list[str] | None:
    items = [str(item) for item in value or []]
    if len(items) > one.files:
        raise ValueError(f"现在有{len(items)}个文件，最多{one.files}个")
    return items or None


def in_expressions(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as expressions see them: every field has one, null when unanswered; files are counted."""
    seen: dict[str, Any] = {}
    for one in definition.form.walk():
        value = values.get(one.key)
        seen[one.key] = len(value or []) if one.kind == "files" else (value or []) if one.kind == "table" else value
    return seen


def holds(text: str, values: Mapping[str, Any]) -> bool:
    """A condition; what cannot be answered does not hold."""
    try:
        return evaluate(text, values) is True
    except Unanswered:
        return False


def fill_in(
    definition: Definition, typed: Mapping[str, Any], known: Mapping[str, Any], *, complete: bool = True
) -> Filled:
    """Read a whole form.

    :param typed: values by field key: texts as typed, lists of texts, lists of rows, lists of file ids.
    :param known: facts of the records and rule values by name; filled fields take theirs from here.
    :param complete: False for a draft: nothing is required and what is wrong is left out.
    """
    document: dict[str, Any] = {}
    sealed: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    asked: list[str] = []
    for section in definition.form.sections:
        names = _names(definition, document, sealed, known)
        shown = not section.when or holds(section.when, names)
        for one in section.fields:
            names = _names(definition, document, sealed, known)
            if not shown or (one.when and not holds(one.when, names)):
                continue
            asked.append(one.key)
            try:
                value = _value(one, typed, known, names, complete)
            except ValueError as error:
                if complete:
                    wrong[one.key] = str(error)
                continue
            if value is None:
                if complete and one.required and one.asked:
                    wrong[one.key] = missing(one)
                continue
            (sealed if one.is_sealed else document)[one.key] = value
    return Filled(document, sealed, wrong, tuple(asked))


def _names(
    definition: Definition, document: Mapping[str, Any], sealed: Mapping[str, Any], known: Mapping[str, Any]
) -> dict[str, Any]:
    return {**known, **in_expressions(definition, {**document, **sealed})}


def _value(
    one: FormField, typed: Mapping[str, Any], known: Mapping[str, Any], names: Mapping[str, Any], complete: bool
) -> Any:
    if one.kind == "computed":
        try:
            return evaluate(one.formula, names)
        except Unanswered:
            return None
    if one.fill and known.get(one.fill) not in (None, ""):
        return known[one.fill]  # what the records know is not taken from what was typed
    return read_value(one, typed.get(one.key), complete=complete)


def missing(one: FormField) -> str:
    """What to do about an unanswered question."""
    if one.kind in ("choice", "choices", "yes_no"):
        return "还没有选择"
    if one.kind == "files":
        return "还没有上传"
    if one.kind == "declaration":
        return "要勾选同意才能提交"
    return "还没有填写"


def masked(one: FormField, value: Any) -> str:
    """A sealed value as a screen shows it."""
    if value in (None, ""):
        return ""
    if one.kind == "phone":
        return mask_phone(str(value))
    if one.kind == "identity":
        text = str(value)
        return text[:4] + "*" * (len(text) - 8) + text[-4:]
    if one.kind == "bank":
        return "*" * 4 + str(value)[-4:]
    return "已加密保存"


def in_words(one: FormField, value: Any) -> str:
    """A stored value as people read it."""
    if value is None or value == "" or value == []:
        return ""
    titles = {option.value: option.title for option in one.options}
    if one.kind == "money" or (one.kind == "computed" and one.result == "money"):
        return f"{value / 100:,.2f}元"
    if one.kind in ("yes_no", "declaration") or isinstance(value, bool):
        return "是" if value else "否"
    if one.kind == "choice":
        return titles.get(value, str(value))
    if one.kind == "choices":
        return "、".join(titles.get(item, str(item)) for item in value)
    if one.kind in ("number", "computed") and isinstance(value, int):
        return f"{value:,}{one.unit}"
    if one.kind == "table":
        return f"{len(value)}行"
    if one.kind == "files":
        return f"{len(value)}个文件"
    return str(value)


def masked_name(name: str) -> str:
    """李建华 → 李*华, as on a public notice."""
    if len(name) < 2:
        return name
    return name[0] + "*" * (1 if len(name) == 2 else len(name) - 2) + ("" if len(name) == 2 else name[-1])
