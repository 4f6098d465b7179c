"""Numbers of identity papers: checked, normalised, read for sex and birth, refused with the exact reason.

Identity card: GB 11643-1999, weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 and ISO 7064 MOD 11-2.
Refusal codes: GH-PER-101 empty · 102 length · 103 character · 104 date · 105 future · 106 age · 107 check digit ·
108 damaged by a spreadsheet · 109 old number that can be read in two ways · 110 number of another paper ·
111 form of the number · 112 masked number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import NamedTuple

from stdnum import numdb

from gonghui.kernel.org import regions
from gonghui.kernel.people.choices import IdKind, Sex
from gonghui.kernel.refusal import Refusal, RuleWarning

FIELD = "id_number"
MAX_AGE = 120
WORKING_AGE = 16

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
_CHECK = "10X98765432"
_PERMIT_REGIONS = frozenset({"810000", "820000", "830000"})
_STRIPPED = re.compile("[\\s'‘’`´＇\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_FLOAT_TEXT = re.compile(r"[+-]?\d(\.\d*)?[eE]\+?\d{1,3}")
_TRAILING_ZERO = re.compile(r"(\d{15,18})\.0+")
_EXCEL = "Excel 已把证件号码变成数值，末三位已丢失，无法还原"
_EXCEL_HINT = "把该列设为文本后，按证件原件重新录入这一行"


class CheckedId(NamedTuple):
    """A number as it is hashed and sealed. `kind` may differ from the one given: 81… is a residence permit."""

    kind: IdKind
    number: str
    sex: Sex
    birth: date | None
    warnings: tuple[RuleWarning, ...] = ()


class _BirthSums(dict[str, tuple[int, date]]):
    """YYYYMMDD → (its share of the weighted sum, the date); only real dates are kept."""

    def __missing__(self, digits: str) -> tuple[int, date]:
        if not (digits.isascii() and digits.isdigit()):
            raise KeyError(digits)
        year = int(digits[:4])
        if not 1850 <= year <= 2150:
            raise KeyError(digits)
        try:
            born = date(year, int(digits[4:6]), int(digits[6:]))
        except ValueError as error:
            raise KeyError(digits) from error
        self[digits] = (_weighted(digits, 6), born)
        return self[digits]


class _RegionSums(dict[str, int]):
    """Six region digits → their share of the weighted sum; only known regions are kept."""

    def __missing__(self, digits: str) -> int:
        if not _is_known_region(digits):
            raise KeyError(digits)
        self[digits] = _weighted(digits, 0)
        return self[digits]


def _weighted(digits: str, offset: int) -> int:
    return sum(int(d) * _WEIGHTS[offset + i] for i, d in enumerate(digits))


def _tails() -> dict[str, tuple[int, Sex]]:
    """Order number and check digit → (their share of the sum, sex): eleven thousand entries, no arithmetic later."""
    tails = {}
    for order in range(1000):
        digits = f"{order:03d}"
        total, sex = _weighted(digits, 14), Sex.MALE if order % 2 else Sex.FEMALE
        for value in range(11):
            tails[digits + ("X" if value == 10 else str(value))] = (total + value, sex)
    return tails


_BIRTHS = _BirthSums()
_REGIONS = _RegionSums()
_TAILS = _tails()


@cache
def _former_regions() -> numdb.NumDB:
    """Counties since 1982 with their years, for numbers issued under a code that has been retired."""
    return numdb.get("cn/loc")


def _is_known_region(digits: str) -> bool:
    if not (digits.isascii() and digits.isdigit()):
        return False
    if regions.region(digits) is not None:
        return True
    return any("county" in facts for _, facts in _former_regions().info(digits))


def check_id(kind: IdKind | str, number: object, *, on: date | None = None) -> CheckedId:
    """Check the number of an identity paper.

    :param number: text as typed or as a spreadsheet gives it; a number instead of text is refused when digits
        were lost.
    :param on: the day to judge age by; without it future dates and ages are not judged.
    :raises Refusal: always with a reason a clerk can act on; nothing else is ever raised.
    """
    if kind == IdKind.IDENTITY_CARD and type(number) is str and len(number) == 18:
        try:
            region_sum = _REGIONS[number[:6]]
            birth_sum, born = _BIRTHS[number[6:14]]
            tail_sum, sex = _TAILS[number[14:]]
        except (KeyError, ValueError):
            pass
        else:
            if (
                (region_sum + birth_sum + tail_sum) % 11 == 1
                and number[15:] != "000"
                and number[0] != "8"
                and (on is None or _is_ordinary_age(born, on))
            ):
                return CheckedId(IdKind.IDENTITY_CARD, number, sex, born)
    try:
        paper = IdKind(kind)
    except ValueError as error:
        raise Refusal("GH-PER-110", "没有这种证件类型", "id_kind", "从证件类型里选一种") from error
    text = _normalise(number)
    return _CHECKS[paper](text, on)


def _is_ordinary_age(born: date, on: date) -> bool:
    return WORKING_AGE < on.year - born.year < MAX_AGE


def _normalise(number: object) -> str:
    """Digits and capital letters as printed on the paper; refuses what a spreadsheet has damaged."""
    if isinstance(number, bool) or number is None:
        raise Refusal("GH-PER-101", "证件号码是空的", FIELD, "按证件原件填写")
    if isinstance(number, float):
        if not number.is_integer() or abs(number) >= 1e15:
            raise Refusal("GH-PER-108", _EXCEL, FIELD, _EXCEL_HINT)
        number = int(number)
    if isinstance(number, int):
        if abs(number) >= 10**40:
            raise Refusal("GH-PER-102", "证件号码过长", FIELD, "按证件原件填写")
        number = str(number)
    if not isinstance(number, str):
        raise Refusal("GH-PER-111", "证件号码应为文字", FIELD, "把该列设为文本后重新录入")
    if len(number) > 100:
        raise Refusal("GH-PER-102", f"现在有{len(number)}个字，证件号码最长18位", FIELD, "这一格只填证件号码")
    text = _STRIPPED.sub("", unicodedata.normalize("NFKC", number))
    text = _STRIPPED.sub("", text).replace("×", "X").replace("Х", "X").replace("х", "X").upper()
    if not text:
        raise Refusal("GH-PER-101", "证件号码是空的", FIELD, "按证件原件填写")
    if "*" in text:
        raise Refusal("GH-PER-112", "这是遮挡后的证件号码", FIELD, "不改就保留原样，要改就填写完整号码")
    if _FLOAT_TEXT.fullmatch(text):
        raise Refusal("GH-PER-108", _EXCEL, FIELD, _EXCEL_HINT)
    whole = _TRAILING_ZERO.fullmatch(text)
    return whole.group(1) if whole else text


def _show(char: str) -> str:
    return f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"


def _refuse_character(text: str, position: int, expected: str) -> Refusal:
    char = text[position - 1]
    message = f"第{position}位是{_show(char)}，应为{expected}"
    hint = {"O": "把字母O改成数字0", "I": "把字母I改成数字1", "L": "把字母l改成数字1"}.get(char, "对照证件原件改正")
    return Refusal("GH-PER-103", message, FIELD, hint)


def _check_identity_card(text: str, on: date | None) -> CheckedId:
    if len(text) == 15 and text.isascii() and text.isdigit():
        return _check_old_number(text, on)
    return _check_eighteen(text, on, IdKind.IDENTITY_CARD, "身份证号码")


def _check_residence_permit(text: str, on: date | None) -> CheckedId:
    if len(text) == 18 and text[:6].isdigit() and text[:6] not in _PERMIT_REGIONS:
        raise Refusal(
            "GH-PER-110",
            "港澳台居民居住证号码以810000、820000或830000开头",
            FIELD,
            "若是居民身份证，把证件类型改为居民身份证",
        )
    return _check_eighteen(text, on, IdKind.RESIDENCE_PERMIT, "居住证号码")


def _check_eighteen(text: str, on: date | None, kind: IdKind, noun: str) -> CheckedId:
    """The common eighteen-character form; the kind follows the number where they disagree."""
    if len(text) != 18:
        raise Refusal("GH-PER-102", f"现在是{len(text)}位，{noun}应为18位", FIELD, "对照证件原件补全")
    for position, char in enumerate(text, 1):
        if not ("0" <= char <= "9" or (position == 18 and char == "X")):
            raise _refuse_character(text, position, "数字" if position < 18 else "数字或X")
    try:
        birth_sum, born = _BIRTHS[text[6:14]]
    except KeyError:
        raise Refusal("GH-PER-104", f"第7至14位{_date_words(text[6:14])}", FIELD, "对照证件原件改正") from None
    tail_sum, sex = _TAILS[text[14:]]
    total = _weighted(text[:6], 0) + birth_sum + tail_sum
    if total % 11 != 1:
        if text.endswith("000"):
            raise Refusal("GH-PER-108", f"末三位都是0，校验码不符：{_EXCEL}", FIELD, _EXCEL_HINT)
        expected = _CHECK[_weighted(text[:17], 0) % 11]
        message = f"校验码不符：按前17位推算，第18位应为{expected}，现在是{text[17]}"
        raise Refusal("GH-PER-107", message, FIELD, "18位里至少有一位填错，对照证件原件逐位核对")
    warnings = _age_warnings(born, on)
    if text.endswith("000"):
        warnings.append(RuleWarning("GH-PER-W12", "末三位都是0，核对是否被 Excel 截断"))
    actual = _kind_of(text)
    if actual is not kind:
        warnings.append(RuleWarning("GH-PER-W13", f"按号码是{actual.label}，证件类型已照此登记"))
    elif kind is IdKind.IDENTITY_CARD and not _is_known_region(text[:6]):
        warnings.append(RuleWarning("GH-PER-W11", f"前6位{text[:6]}不在行政区划代码表里，核对地区码"))
    return CheckedId(actual, text, sex, born, tuple(warnings))


def _kind_of(text: str) -> IdKind:
    if text[:6] in _PERMIT_REGIONS:
        return IdKind.RESIDENCE_PERMIT
    return IdKind.FOREIGNER_CARD if text[0] == "9" else IdKind.IDENTITY_CARD


def _date_words(digits: str) -> str:
    """Why eight digits are no date of birth, without repeating them all."""
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if not 1850 <= year <= 2150:
        return f"是出生日期，年份{year:04d}不可能"
    if not 1 <= month <= 12:
        return f"是出生日期，没有{month}月"
    return f"是出生日期，{year}年{month}月没有{day}日"


def _age_warnings(born: date, on: date | None) -> list[RuleWarning]:
    if on is None:
        return []
    if born > on:
        raise Refusal(
            "GH-PER-105",
            f"第7至14位是出生日期，{born.year}年{born.month}月还没有到",
            FIELD,
            "对照证件原件改正",
        )
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    if age > MAX_AGE:
        raise Refusal("GH-PER-106", f"按出生日期已有{age}岁，超过{MAX_AGE}岁", FIELD, "对照证件原件核对出生年份")
    if age < WORKING_AGE:
        return [RuleWarning("GH-PER-W14", f"按出生日期是{age}岁，未满{WORKING_AGE}周岁")]
    return []


def _check_old_number(text: str, on: date | None) -> CheckedId:
    """Fifteen digits of the cards issued before 1999-10: the century and the check digit are added.

    Refused when the same digits could also be an eighteen-digit number that lost three, or when the order number
    is 996–999, which stood for people born in the nineteenth century.
    """
    hint = "按证件原件填写18位号码"
    truncated = text[6:8] in ("19", "20") and text[6:14] in _Dates
    old_style = "19" + text[6:12] in _Dates
    if not old_style:
        reason = "可能是18位号码少了3位" if truncated else "按15位旧号读，出生日期不存在"
        raise Refusal("GH-PER-102", f"现在是15位，身份证号码应为18位，{reason}", FIELD, hint)
    if truncated or text[12:] >= "996":
        raise Refusal("GH-PER-109", "现在是15位，可能是旧号，也可能是18位号码少了3位", FIELD, hint)
    born = _BIRTHS["19" + text[6:12]][1]
    if born > date(1999, 9, 30) or not _is_known_region(text[:6]):
        raise Refusal("GH-PER-109", "现在是15位，不像1999年10月以前签发的旧号", FIELD, hint)
    body = text[:6] + "19" + text[6:]
    checked = _check_eighteen(body + _CHECK[_weighted(body, 0) % 11], on, IdKind.IDENTITY_CARD, "身份证号码")
    note = RuleWarning("GH-PER-W15", "15位旧号已换算成18位，核对证件原件")
    return checked._replace(warnings=(note, *checked.warnings))


class _DateSet:
    """`digits in _Dates`: eight digits that are a real date."""

    def __contains__(self, digits: str) -> bool:
        try:
            _BIRTHS[digits]
        except (KeyError, ValueError):
            return False
        return True


_Dates = _DateSet()


def _check_hk_macao_permit(text: str, on: date | None) -> CheckedId:
    """H or M and eight digits for life; two more digits counted renewals on the cards before 2013."""
    match = re.fullmatch(r"([HM]\d{8})(\d{2})?", text, re.ASCII)
    if match is None:
        raise Refusal(
            "GH-PER-111",
            f"现在是{len(text)}位，回乡证号码应为H或M加8位数字（旧证加10位）",
            FIELD,
            "H开头是香港居民，M开头是澳门居民",
        )
    notes = (RuleWarning("GH-PER-W16", "末2位是换证次数，登记时已去掉"),) if match.group(2) else ()
    return CheckedId(IdKind.HK_MACAO_PERMIT, match.group(1), Sex.UNKNOWN, None, notes)


def _check_taiwan_permit(text: str, on: date | None) -> CheckedId:
    """Eight digits for life; older cards add two digits of renewals and a letter in brackets."""
    match = re.fullmatch(r"(\d{8})(\d{2})?(\([A-Z]\))?", text, re.ASCII)
    if match is None:
        hint = "Excel 会去掉开头的0，把该列设为文本" if text.isdigit() and len(text) < 8 else "对照证件原件改正"
        raise Refusal("GH-PER-111", f"现在是{len(text)}位，台胞证号码应为8位数字（旧证10位）", FIELD, hint)
    notes = (RuleWarning("GH-PER-W16", "末2位是换证次数，登记时已去掉"),) if match.group(2) else ()
    return CheckedId(IdKind.TAIWAN_PERMIT, match.group(1), Sex.UNKNOWN, None, notes)


def _check_foreigner_card(text: str, on: date | None) -> CheckedId:
    """2017 cards: three letters and twelve digits. 2023 cards: 9, then the form of GB 11643."""
    if re.fullmatch(r"[A-Z]{3}\d{12}", text, re.ASCII):
        return CheckedId(IdKind.FOREIGNER_CARD, text, Sex.UNKNOWN, None)
    if len(text) == 18 and text[0] == "9":
        return _check_eighteen(text, on, IdKind.FOREIGNER_CARD, "永久居留身份证号码")
    raise Refusal(
        "GH-PER-111",
        f"现在是{len(text)}位，永久居留身份证号码应为9开头的18位（旧证为3个字母加12位数字）",
        FIELD,
        "对照证件原件改正",
    )


def _check_passport(text: str, on: date | None) -> CheckedId:
    """Chinese passports have nine characters; foreign ones five to seventeen letters and digits."""
    if len(text) == 18 and text[:17].isdigit():
        raise Refusal("GH-PER-110", "这是18位身份证号码，不是护照号码", FIELD, "把证件类型改为居民身份证")
    if not 5 <= len(text) <= 17:
        raise Refusal("GH-PER-111", f"现在是{len(text)}位，护照号码应为5至17位", FIELD, "对照护照资料页改正")
    for position, char in enumerate(text, 1):
        if not (char.isascii() and char.isalnum()):
            raise _refuse_character(text, position, "字母或数字")
    if not any(char.isdigit() for char in text):
        raise Refusal("GH-PER-111", "护照号码里没有数字", FIELD, "对照护照资料页改正")
    return CheckedId(IdKind.PASSPORT, text, Sex.UNKNOWN, None)


_CHECKS: dict[IdKind, Callable[[str, date | None], CheckedId]] = {
    IdKind.IDENTITY_CARD: _check_identity_card,
    IdKind.RESIDENCE_PERMIT: _check_residence_permit,
    IdKind.HK_MACAO_PERMIT: _check_hk_macao_permit,
    IdKind.TAIWAN_PERMIT: _check_taiwan_permit,
    IdKind.FOREIGNER_CARD: _check_foreigner_card,
    IdKind.PASSPORT: _check_passport,
}
