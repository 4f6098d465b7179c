"""The meaning of one cell: dates in all the ways people write them, counts, code lists, words. Pure."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, timedelta
from typing import NamedTuple

from rapidfuzz import fuzz, process

from gonghui.kernel.files.reading.cells import BOOLEAN, DATE, ERROR, FORMULA, NUMBER, TIME, kind_of, text_of
from gonghui.kernel.labelled import Labelled
from gonghui.kernel.org import choices as org
from gonghui.kernel.org import regions
from gonghui.kernel.org.rules import check_uscc
from gonghui.kernel.people import choices as people
from gonghui.kernel.refusal import Refusal

CODE_LISTS: dict[str, type[Labelled]] = {
    kind.__name__: kind
    for kind in (
        people.IdKind,
        people.Sex,
        people.Ethnicity,
        people.Education,
        people.Politics,
        people.SkillLevel,
        people.MembershipStatus,
        people.RetentionReason,
        people.WorkerKind,
        people.NewFormOccupation,
        people.Office,
        people.Tenure,
        org.OrganisationKind,
        org.Level,
        org.UnionKind,
        org.UnitKind,
        org.Industry,
    )
}
_VARIANTS: dict[str, dict[str, str]] = {
    "Sex": {"m": "1", "male": "1", "f": "2", "female": "2", "先生": "1", "女士": "2", "未知的性别": "0"},
    "Tenure": {"是": "full_time", "否": "part_time", "全职": "full_time"},
    "NewFormOccupation": {"无": "", "否": "", "非新就业形态": ""},
    "SkillLevel": {"没有": "0", "未评定": "0"},
}
_DATE_FORM = "写成 1990-03-07 这样"
_FULL = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号.]?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?[.份]?")
_SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|\d{2}年\d{1,2}月")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TIME_OF_DAY = re.compile(
    r"(?:[T ]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+\d\d:?\d\d)?|(?:星期|周)[一二三四五六日天])+$"
)
_CN_DIGITS = {
    char: str(value)
    for value, chars in enumerate(("〇零○Ｏ", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for char in chars
}
_OPEN_END = frozenset(
    ["至今", "现在", "今", "长期", "在任", "现任", "目前", "迄今", "-", "—", "--", "——", "/", "无", "现"]
)
_NOTHING = frozenset(
    ["", "-", "—", "--", "——", "/", "\\", "无", "暂无", "空", "n/a", "na", "null", "none", "nan", "#n/a"]
)
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0+)?[人名户个]?")
_OFFICE_PHONE = re.compile(r"[0-9+()\-—/、,;转分机 ]{5,}")
_WORDS = re.compile(r"[、,，;；/|\s]+")
_CODE_AND_LABEL = re.compile(r"([0-9A-Za-z]{1,3})[\s.、:：\-—_]*([^\s0-9A-Za-z].*)")
_BRACKETED = re.compile(r"[(（][^)）]*[)）]")
MAX_COUNT = 10_000_000


class ReadDate(NamedTuple):
    """A day; `exact` is "day", "month" (the first is meant) or "serial" (an Excel day number)."""

    day: date
    exact: str = "day"


def plain_text(cell: str, field: str) -> str:
    """The text of a cell; formulas, errors and truth values are refused, whatever they show."""
    kind = kind_of(cell)
    if kind == FORMULA:
        raise Refusal("GH-IMP-203", "这一格是公式", field, "复制这一列，用“选择性粘贴 → 数值”粘贴回去")
    if kind == ERROR:
        raise Refusal("GH-IMP-204", f"这一格是出错的公式（{text_of(cell)}）", field, "改成真正的内容")
    if kind == BOOLEAN:
        raise Refusal("GH-IMP-205", f"这一格是逻辑值 {text_of(cell)}", field, "改成文字")
    return unicodedata.normalize("NFKC", text_of(cell)).strip() if kind else cell


def read_text(cell: str, field: str, max_length: int) -> str:
    """Free text of bounded length."""
    text = plain_text(cell, field).strip()
    limit = max_length or 200
    if len(text) > limit:
        raise Refusal("GH-IMP-206", f"有 {len(text)} 个字，最多 {limit} 个字", field, "缩短后再导入")
    return "" if text.lower() in _NOTHING else text


def read_words(cell: str, field: str, max_length: int) -> tuple[str, ...]:
    """Several words in one cell."""
    text = plain_text(cell, field)
    words = tuple(dict.fromkeys(word for word in _WORDS.split(text.strip()) if word and word.lower() not in _NOTHING))
    if len(words) > 20 or any(len(word) > (max_length or 40) for word in words):
        raise Refusal("GH-IMP-206", f"最多 20 项，每项最多 {max_length or 40} 个字", field, "用顿号分开，写简称")
    return words


def read_count(cell: str, field: str) -> int | None:
    """A number of people."""
    text = unicodedata.normalize("NFKC", plain_text(cell, field)).replace(" ", "")
    if text.lower() in _NOTHING and text.lower() != "nan":
        return None
    hint = "填整数，没有就留空"
    if kind_of(cell) in (DATE, TIME):
        raise Refusal("GH-IMP-221", "这一格是日期，应为人数", field, hint)
    found = _COUNT.fullmatch(text)
    if not found:
        try:
            value = float(text.rstrip("人名户个"))
        except ValueError:
            raise Refusal("GH-IMP-221", f"“{text[:20]}”不是人数", field, hint) from None
        if math.isnan(value) or math.isinf(value) or abs(value) > MAX_COUNT:
            raise Refusal("GH-IMP-222", f"人数最多 {MAX_COUNT}", field, hint)
        if value < 0:
            raise Refusal("GH-IMP-223", f"人数不会是负数（{text[:20]}）", field, hint)
        if value != int(value):
            raise Refusal("GH-IMP-224", f"人数应是整数，现在是 {text[:20]}", field, hint)
        return int(value)
    count = int(found[1].replace(",", ""))
    if count > MAX_COUNT:
        raise Refusal("GH-IMP-222", f"人数最多 {MAX_COUNT}", field, hint)
    return count


def read_office_phone(cell: str, field: str, max_length: int) -> str:
    """A landline, an extension, or several numbers; kept as written."""
    text = unicodedata.normalize("NFKC", plain_text(cell, field)).strip()
    if text.lower() in _NOTHING:
        return ""
    if len(text) > (max_length or 30) or not _OFFICE_PHONE.fullmatch(text) or sum(char.isdigit() for char in text) < 5:
        raise Refusal("GH-IMP-231", f"“{text[:20]}”不是电话号码", field, f"写区号和号码，最多 {max_length or 30} 个字")
    return text


def read_code(cell: str, field: str, code_list: str) -> str | None:
    """The code of a label, a code, or another spelling of it."""
    text = unicodedata.normalize("NFKC", plain_text(cell, field)).strip()
    kind = CODE_LISTS[code_list]
    found = kind.read(text) or kind.read(text_of(cell))
    if found is not None:
        return found.value
    variant = _VARIANTS.get(code_list, {}).get(text.lower())
    if variant is not None:
        return variant or None
    if text.lower() in _NOTHING:
        return None
    found = _loosely(kind, text)
    if found is not None:
        return found.value
    labels = [member.label for member in kind]
    near = process.extractOne(text, labels, scorer=fuzz.ratio, score_cutoff=50)
    hint = f"是不是“{near[0]}”？" if near else ""
    some = "、".join(labels[:8]) + ("等" if len(labels) > 8 else "")
    raise Refusal("GH-IMP-241", f"“{text[:20]}”不在可选的内容里", field, f"{hint}可以填：{some}")


def _loosely(kind: type[Labelled], text: str) -> Labelled | None:
    """A code before the label does no harm (170 私营企业); a remark behind it may change the meaning."""
    if kind is org.Industry and text.isdecimal() and 1 <= int(text) <= 20:
        return next(member for member in org.Industry if int(member.survey_code) == int(text))
    both = _CODE_AND_LABEL.fullmatch(text)
    if both:
        by_label = kind.read(both[2])
        if by_label is not None:
            return by_label
    bare = _BRACKETED.sub("", text)
    if bare != text and kind in (people.Ethnicity, people.Sex, org.UnitKind, org.Industry):
        return kind.read(bare)
    squeezed = re.sub(r"[、，,\s]", "", text)
    return next((member for member in kind if re.sub(r"[、，,\s]", "", member.label) == squeezed), None)


def read_region(cell: str, field: str) -> str:
    """Six digits of GB/T 2260 out of a code or a name; longer codes are cut to the county."""
    text = unicodedata.normalize("NFKC", plain_text(cell, field)).replace(" ", "")
    if text.lower() in _NOTHING:
        return ""
    digits = text.split(".")[0]
    if digits.isdecimal():
        code = digits[:6].ljust(6, "0")
        if len(digits) in (2, 4, 6, 9, 12) and (regions.region(code) is not None or len(digits) in (9, 12)):
            return code
        raise Refusal("GH-IMP-251", f"没有代码是 {digits[:12]} 的行政区划", field, "填 6 位代码，或写省市县名称")
    found = regions.named(text)
    if len(found) == 1:
        return found[0].code
    if found:
        raise Refusal("GH-IMP-252", f"有 {len(found)} 个地方叫“{text[:20]}”", field, "写全省、市、县")
    raise Refusal("GH-IMP-251", f"没有找到行政区划“{text[:20]}”", field, "填 6 位代码，或写全省、市、县")


def read_date(cell: str, field: str, *, open_end: bool = False) -> ReadDate | None:
    """A day in any of the usual forms; what could be read in two ways is refused."""
    kind = kind_of(cell)
    if kind == TIME:
        raise Refusal("GH-IMP-211", "这一格是时刻，不是日期", field, _DATE_FORM)
    text = unicodedata.normalize("NFKC", plain_text(cell, field)).strip()
    if kind == DATE:
        return _day(*_numbers(text, field), field=field)
    text = _TIME_OF_DAY.sub("", text).replace(" ", "").replace("。", ".").replace("—", "-")
    if open_end and text in _OPEN_END:
        return None
    if text.lower() in _NOTHING:
        return None
    if any(char in _CN_DIGITS or char == "十" for char in text):
        text = _from_chinese(text)
    return _written(text, field)


def _written(text: str, field: str) -> ReadDate:
    full = _FULL.fullmatch(text)
    if full:
        return _day(int(full[1]), int(full[2]), int(full[3]), field=field)
    if re.fullmatch(r"\d{8}", text):
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]), field=field)
    month = _MONTH.fullmatch(text)
    if month or (re.fullmatch(r"(?:19|20)\d{4}", text) and 1 <= int(text[4:]) <= 12):
        year, number = (int(month[1]), int(month[2])) if month else (int(text[:4]), int(text[4:]))
        return ReadDate(_day(year, number, 1, field=field).day, "month")
    if _SHORT_YEAR.fullmatch(text):
        raise Refusal("GH-IMP-212", f"“{text}”的年份只有两位，分不清是哪一年", field, _DATE_FORM)
    last = _YEAR_LAST.fullmatch(text)
    if last:
        return _year_last(int(last[1]), int(last[2]), int(last[3]), text, field)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and 10_959 <= float(text) <= 73_050:
        return ReadDate(date(1899, 12, 30) + timedelta(days=int(float(text))), "serial")
    if re.fullmatch(r"(?:19|20)\d{2}年?", text):
        raise Refusal("GH-IMP-213", f"“{text}”只有年份", field, _DATE_FORM)
    raise Refusal("GH-IMP-211", f"“{text[:20]}”不是日期", field, _DATE_FORM)


def _year_last(first: int, second: int, year: int, text: str, field: str) -> ReadDate:
    if first > 12 >= second:
        return _day(year, second, first, field=field)
    if second > 12 >= first:
        return _day(year, first, second, field=field)
    if first == second and first <= 12:
        return _day(year, first, second, field=field)
    raise Refusal("GH-IMP-215", f"“{text}”分不清哪个是月、哪个是日", field, _DATE_FORM)


def _numbers(text: str, field: str) -> tuple[int, int, int]:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    if not found:
        raise Refusal("GH-IMP-211", f"“{text[:20]}”不是日期", field, _DATE_FORM)
    return int(found[1]), int(found[2]), int(found[3])


def _day(year: int, month: int, day: int, *, field: str) -> ReadDate:
    if not 1900 <= year <= 2100:
        raise Refusal("GH-IMP-216", f"年份 {year} 不可能", field, _DATE_FORM)
    try:
        return ReadDate(date(year, month, day))
    except ValueError:
        raise Refusal("GH-IMP-214", f"没有 {year} 年 {month} 月 {day} 日这一天", field, "对照原件改正") from None


def _from_chinese(text: str) -> str:
    """二〇一五年十一月二十三日 → 2015年11月23日."""

    def number(found: re.Match[str]) -> str:
        word = found[0]
        if "十" not in word:
            return "".join(_CN_DIGITS[char] for char in word)
        tens, _, ones = word.partition("十")
        return str(
            (int(_CN_DIGITS[tens]) if tens in _CN_DIGITS else 1) * 10
            + (int(_CN_DIGITS[ones]) if ones in _CN_DIGITS else 0)
        )

    return re.sub("[" + "".join(_CN_DIGITS) + "十]+", number, text)


def is_number(cell: str) -> bool:
    """Whether the file held a number, not a text, in this cell."""
    return kind_of(cell) == NUMBER


def identity_text(cell: str) -> str:
    """A number cell is refused whatever it shows: Excel keeps fifteen digits, the rest is lost."""
    if is_number(cell):
        message = "这一格是数字格式，Excel 只保留 15 位，末几位可能已经变成 0"
        hint = "把整列设为文本，再对照证件重新录入（不能只改格式，丢了的数字回不来）"
        raise Refusal("GH-IMP-202", message, "id_number", hint)
    if kind_of(cell) == DATE:
        raise Refusal("GH-IMP-207", "这一格是日期，不是证件号码", "id_number", "把这一列设为文本后重新录入")
    return plain_text(cell, "id_number")


def read_uscc(cell: str, key: str) -> str:
    if is_number(cell):
        message = "这一格是数字格式，Excel 只保留 15 位，末几位可能已经变成 0"
        raise Refusal("GH-IMP-202", message, key, "把整列设为文本，再对照证书重新录入")
    text = plain_text(cell, key).strip()
    if text in ("-", "—", "/", "无", "暂无"):
        return ""
    return check_uscc(text).code
