"""Names of persons: which are acceptable, how they sort, and the pieces under which they are found."""

from __future__ import annotations

import re
import unicodedata
from itertools import product
from typing import NamedTuple

from gonghui.kernel import pinyin
from gonghui.kernel.pinyin import NameQuery
from gonghui.kernel.refusal import Refusal, RuleWarning

_COMMON_NAME = re.compile(r"[\u4e00-\u9fa5]{2,4}")
_DOTS = re.compile("[•・‧･∙⋅●．᛫⸱◦]")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad]")
_BRACKETS = frozenset("()（）[]【】〔〕<>《》")
_FIELD = "name"
_MAX_CHARS = 50
_MAX_SORT = 240
_MAX_FORMS = 6


class CheckedName(NamedTuple):
    """A name as it is stored."""

    name: str
    warnings: tuple[RuleWarning, ...] = ()


class NameKeys(NamedTuple):
    """`sort` orders by surname reading; `pinyin` and `initials` list every form worth finding, first the best."""

    sort: str
    pinyin: tuple[str, ...]
    initials: tuple[str, ...]


def check_name(text: str) -> CheckedName:
    """Normalise a person's name, or refuse it with the reason.

    :raises Refusal: GH-PER-201 empty, 202 too long, 203 a character that stands in no name, 204 digits,
        205 a remark in brackets, 206 punctuation only.
    """
    if isinstance(text, str) and _COMMON_NAME.fullmatch(text):
        return CheckedName(text)
    if not isinstance(text, str):
        raise Refusal("GH-PER-201", "姓名应为文字", _FIELD, "把该列设为文本后重新录入")
    if len(text) > 500:
        raise Refusal("GH-PER-202", f"姓名现在有{len(text)}个字，最多{_MAX_CHARS}个字", _FIELD)
    _refuse_bad_characters(text)
    name = unicodedata.normalize("NFC", _DOTS.sub("·", _INVISIBLE.sub("", text)))
    name = " ".join(name.split())
    # Rosters pad two-character names with spaces so that the column lines up: 张　三.
    name = re.sub(r"\s*·\s*", "·", name)
    if pinyin.HANZI_RUN.fullmatch(name.replace(" ", "").replace("·", "")):
        name = name.replace(" ", "")
    if not name:
        raise Refusal("GH-PER-201", "姓名是空的", _FIELD, "填写证件上的姓名")
    if len(name) > _MAX_CHARS:
        raise Refusal("GH-PER-202", f"姓名现在有{len(name)}个字，最多{_MAX_CHARS}个字", _FIELD)
    if not any(c.isalpha() or c == "〇" or _is_private(c) for c in name):
        raise Refusal("GH-PER-206", "姓名里没有文字", _FIELD, "填写证件上的姓名")
    return CheckedName(name, tuple(_name_warnings(name)))


def _refuse_bad_characters(text: str) -> None:
    for position, char in enumerate(text, 1):
        category = unicodedata.category(char)
        if char in "\t\n\r\u3000" or _INVISIBLE.match(char) or _DOTS.match(char) or category == "Zs":
            continue
        if char in _BRACKETS:
            raise Refusal("GH-PER-205", f"姓名第{position}个字是括号", _FIELD, "说明写到备注里，姓名只填证件上的姓名")
        if category[0] == "N" and char != "〇":
            raise Refusal("GH-PER-204", f"姓名第{position}个字是数字", _FIELD, "重名用证件号码区分，姓名里不加数字")
        if category[0] in "LM" or char in "〇·-.'’" or category == "Co":
            continue
        shown = char if char.isprintable() else f"U+{ord(char):04X}"
        raise Refusal("GH-PER-203", f"姓名第{position}个字“{shown}”不能用在姓名里", _FIELD, "按证件上的姓名重新录入")


def _is_private(char: str) -> bool:
    return unicodedata.category(char) == "Co"


def _name_warnings(name: str) -> list[RuleWarning]:
    warnings = []
    if len(name) == 1:
        warnings.append(RuleWarning("GH-PER-W21", "姓名只有1个字，核对是否漏字"))
    if any(_is_private(c) for c in name):
        warnings.append(RuleWarning("GH-PER-W22", "姓名里有自造字，换一台电脑会显示成空框，改用国家标准里的字"))
    return warnings


def name_keys(name: str) -> NameKeys:
    """Sort key, pinyin forms and initials of a name."""
    forms, initials = _forms(name)
    return NameKeys(_sort_key(name), tuple(forms), tuple(initials))


def name_index(name: str) -> tuple[str, list[str]]:
    """Sort key and grams in one pass, for loading rosters."""
    return _sort_key(name), name_grams(name)


def _forms(name: str) -> tuple[list[str], list[str]]:
    if not _COMMON_NAME.fullmatch(name):
        return _forms_slow(name)
    readings = _syllable_forms(name)
    if len(readings) == 1:
        return ["".join(readings[0])], ["".join([s[:1] for s in readings[0]])]
    return (
        list(dict.fromkeys(["".join(form) for form in readings])),
        list(dict.fromkeys(["".join([s[:1] for s in form]) for form in readings])),
    )


class _FirstPiece(dict[str, str]):
    """Surname character → its piece of the sort key, read as a surname."""

    def __missing__(self, char: str) -> str:
        readings = pinyin.SURNAMES.get(char)
        self[char] = readings[0] + char if readings else pinyin.SORT_PIECE[char]
        return self[char]


_FIRST_PIECE: dict[str, str] = _FirstPiece()
_COMPOUND_STARTS = frozenset(surname[0] for surname in pinyin.COMPOUND_SURNAMES)


def _sort_key(name: str) -> str:
    first = name[:1]
    if first in _COMPOUND_STARTS and name[:2] in pinyin.COMPOUND_SURNAMES:
        one, two = pinyin.COMPOUND_SURNAMES[name[:2]]
        head, rest = one + name[0] + two + name[1], name[2:]
    else:
        head, rest = _FIRST_PIECE[first] if first else "", name[1:]
    return (head + "".join([pinyin.SORT_PIECE[char] for char in rest]))[:_MAX_SORT]


class _FirstForms(dict[str, tuple[str, ...]]):
    """Surname character → its toneless readings: as a surname, others in use, and the everyday one."""

    def __missing__(self, char: str) -> tuple[str, ...]:
        readings = [pinyin.plain(r) for r in pinyin.SURNAMES.get(char, ())]
        self[char] = tuple(dict.fromkeys([*readings, pinyin.PLAIN[char]]))
        return self[char]


class _GivenForms(dict[str, tuple[str, ...]]):
    """Given-name character → its toneless readings, usually one."""

    def __missing__(self, char: str) -> tuple[str, ...]:
        alternate = pinyin.GIVEN_ALTERNATES.get(char)
        readings = [pinyin.PLAIN[char], *([pinyin.plain(alternate)] if alternate else [])]
        self[char] = tuple(dict.fromkeys(readings))
        return self[char]


_FIRST: dict[str, tuple[str, ...]] = _FirstForms()
_GIVEN: dict[str, tuple[str, ...]] = _GivenForms()


def _syllable_forms(hanzi: str) -> list[tuple[str, ...]]:
    """Every reading of a run of Hanzi that begins with a surname, as tuples of syllables."""
    compound = pinyin.COMPOUND_SURNAMES.get(hanzi[:2]) if hanzi[0] in _COMPOUND_STARTS else None
    if compound:
        slots = [(pinyin.plain(compound[0]),), (pinyin.plain(compound[1]),), *[_GIVEN[c] for c in hanzi[2:]]]
    else:
        slots = [_FIRST[hanzi[0]], *[_GIVEN[c] for c in hanzi[1:]]]
    forms = list(product(*slots))
    return forms if len(forms) <= _MAX_FORMS else forms[:_MAX_FORMS]


def _forms_slow(name: str) -> tuple[list[str], list[str]]:
    """Names with dots, letters, rare characters or a single character."""
    hanzi = "".join(pinyin.HANZI_RUN.findall(name))
    words = pinyin.squeeze_latin(name).split()
    readings = _syllable_forms(hanzi) if hanzi else []
    forms = ["".join(form) for form in readings]
    initials = ["".join([s[:1] for s in form]) for form in readings]
    if words:
        forms += ["".join(words), *words]
        initials.append("".join([word[0] for word in words]))
    return (
        list(dict.fromkeys([form for form in forms if form])),
        list(dict.fromkeys([letters for letters in initials if letters])),
    )


def name_grams(name: str) -> list[str]:
    """The pieces under which a name is found: first character, pairs of Hanzi, pinyin, initials.

    刘细妹 → h:刘, h:刘细, h:细妹, p:liuximei, i:lxm. Dots do not separate: 阿卜杜拉·买买提 has h:拉买.
    """
    hanzi = name if _COMMON_NAME.fullmatch(name) else "".join(pinyin.HANZI_RUN.findall(name))
    forms, initials = _forms(name)
    grams = ["h:" + hanzi[i : i + 2] for i in range(len(hanzi) - 1)]
    if hanzi:
        grams.append("h:" + hanzi[0])
    grams += ["p:" + form for form in forms]
    grams += ["i:" + letters for letters in initials]
    if len(hanzi) < 3:
        return grams
    return list(dict.fromkeys(grams))


def query_grams(text: str) -> NameQuery:
    """What to look up for a typed text: Hanzi, pinyin (from its beginning), initials, or Hanzi then letters."""
    text = unicodedata.normalize("NFC", text[:100])
    hanzi = "".join(pinyin.HANZI_RUN.findall(text))
    latin = pinyin.squeeze_latin(pinyin.HANZI_RUN.sub("", text)).replace(" ", "")
    if len(hanzi) == 1:
        exact: tuple[str, ...] = ("h:" + hanzi,)
    else:
        exact = tuple(dict.fromkeys(["h:" + hanzi[i : i + 2] for i in range(len(hanzi) - 1)]))
    if not latin:
        return NameQuery(exact, ())
    if not hanzi:
        return NameQuery((), ("p:" + latin, "i:" + latin))
    prefixes = []
    for form in _syllable_forms(hanzi):
        prefixes += ["p:" + "".join(form) + latin, "i:" + "".join([s[:1] for s in form]) + latin]
    return NameQuery(exact, tuple(dict.fromkeys(prefixes)))
