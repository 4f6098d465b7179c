"""Phone numbers, and how personal numbers are masked wherever they are shown."""

from __future__ import annotations

import re
import unicodedata

from gonghui.kernel.refusal import Refusal

FIELD = "phone"
_NOISE = re.compile("[\\s\\-—–()'‘’`.\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{9,11}|\d{7,8}", re.ASCII)
_PREFIX = re.compile(r"(?:\+86|0086|86)(?=1\d{10}$)")
_FLOAT_TEXT = re.compile(r"\d(\.\d*)?[eE]\+?\d{1,3}")


def check_phone(number: object) -> str:
    """Eleven digits of a mainland mobile number.

    :raises Refusal: GH-PER-301 empty, 302 length, 303 character, 304 no mobile prefix, 305 a landline, 306 damaged
        by a spreadsheet, 307 masked.
    """
    if type(number) is str and _MOBILE.fullmatch(number):
        return number
    text = _as_text(number)
    if "*" in text:
        raise Refusal("GH-PER-307", "这是遮挡后的手机号码", FIELD, "不改就保留原样，要改就填写完整号码")
    if _FLOAT_TEXT.fullmatch(text):
        raise Refusal("GH-PER-306", "Excel 已把手机号码变成科学计数，末几位已丢失", FIELD, "把该列设为文本后重新录入")
    # "13800001111.0" is an intact number that passed through a float.
    text = _NOISE.sub("", re.sub(r"\.0+$", "", text))
    text = _PREFIX.sub("", text)
    if not text:
        raise Refusal("GH-PER-301", "手机号码是空的", FIELD, "填写11位手机号码")
    if _MOBILE.fullmatch(text):
        return text
    for position, char in enumerate(text, 1):
        if not "0" <= char <= "9":
            shown = f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
            raise Refusal("GH-PER-303", f"第{position}位是{shown}，手机号码只有数字", FIELD, "一格只填一个号码")
    if _LANDLINE.fullmatch(text):
        raise Refusal("GH-PER-305", "这是固定电话，手机号码应为11位、以1开头", FIELD, "固定电话写到办公电话里")
    if len(text) != 11:
        raise Refusal("GH-PER-302", f"现在是{len(text)}位，手机号码应为11位", FIELD, "对照本人提供的号码改正")
    raise Refusal("GH-PER-304", f"手机号码以13至19开头，现在以{text[:2]}开头", FIELD, "对照本人提供的号码改正")


def _as_text(number: object) -> str:
    if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
        number = int(number)
    if isinstance(number, int) and not isinstance(number, bool) and abs(number) < 10**20:
        number = str(number)
    if number is None or isinstance(number, (bool, float, int)):
        raise Refusal("GH-PER-301", "手机号码是空的", FIELD, "填写11位手机号码")
    if not isinstance(number, str):
        raise Refusal("GH-PER-303", "手机号码应为文字", FIELD, "把该列设为文本后重新录入")
    if len(number) > 60:
        raise Refusal("GH-PER-302", f"现在有{len(number)}个字，手机号码应为11位", FIELD, "一格只填一个号码")
    return unicodedata.normalize("NFKC", number).strip()


def mask_id(number: str) -> str:
    """3624**********1226: first and last four; shorter papers keep two at each end."""
    keep = 4 if len(number) >= 15 else 2
    return _mask(number, keep, keep)


def mask_phone(number: str) -> str:
    """138****2076; other numbers keep their last two digits only."""
    if len(number) == 11:
        return f"{number[:3]}****{number[7:]}"
    return _mask(number, 0, 2)


def mask_name(name: str) -> str:
    """刘*妹 and 刘*: for a stranger who checks a card or certificate."""
    if len(name) <= 1:
        return "*" * len(name)
    return name[0] + "*" * (len(name) - 2) + name[-1] if len(name) > 2 else name[0] + "*"


def _mask(number: str, first: int, last: int) -> str:
    hidden = len(number) - first - last
    if hidden <= 0:
        return "*" * len(number)
    return number[:first] + "*" * hidden + (number[-last:] if last else "")
