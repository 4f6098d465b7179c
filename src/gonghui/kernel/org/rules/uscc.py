"""Unified social credit codes (GB 32100-2015): checked with the reason of every failure.

Refusal codes: GH-ORG-101 empty · 102 length · 103 character · 104 check digit · 105 organisation-code part ·
106 damaged by a spreadsheet · 107 registration region.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from stdnum.cn import uscc as standard

from gonghui.kernel.org import regions
from gonghui.kernel.refusal import Refusal, RuleWarning

FIELD = "uscc"
SOURCE = "GB 32100-2015"

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PART_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PART_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_NOISE = re.compile("[\\s\\-—'‘’`\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_FLOAT_TEXT = re.compile(r"\d(\.\d*)?[eE]\+?\d{1,3}")
_LOOKALIKE = {"I": "数字1", "O": "数字0", "S": "数字5", "Z": "数字2", "V": "字母U或Y"}


class CheckedUscc(NamedTuple):
    """A code as it is stored. `union` tells a union's own code (authority 8) from the employer's."""

    code: str
    region_code: str
    union: bool
    warnings: tuple[RuleWarning, ...] = ()


def organisation_part_digit(part: str) -> str:
    """Check digit of the nine-character organisation code (GB 11714): mod 11, 10 is X, 11 is 0."""
    total = sum(_PART_ALPHABET.index(c) * w for c, w in zip(part[:8], _PART_WEIGHTS, strict=True))
    return "0123456789X0"[11 - total % 11]


def check_uscc(text: object) -> CheckedUscc:
    """Check a code. Authority 8 (unions) is accepted like every other.

    :raises Refusal: with the position and what should stand there; nothing else is ever raised.
    """
    code = _normalise(text)
    if len(code) != 18:
        raise Refusal(
            "GH-ORG-102",
            f"现在是{len(code)}位，统一社会信用代码应为18位",
            FIELD,
            "对照营业执照或登记证书补全",
        )
    for position, char in enumerate(code, 1):
        _check_character(char, position)
    part_fits = organisation_part_digit(code[8:17]) == code[16]
    expected = standard.calc_check_digit(code[:17])
    if expected != code[17]:
        # Where the inner check digit disagrees as well, the slip is most likely inside that part.
        place = "第1至8位或第18位" if part_fits else "第9至17位"
        message = f"校验码不符：按前17位推算，第18位应为{expected}，现在是{code[17]}"
        raise Refusal("GH-ORG-104", message, FIELD, f"错处多半在{place}，对照证书逐位核对")
    if not part_fits:
        message = f"第9至17位是组织机构代码，第17位应为{organisation_part_digit(code[8:17])}，现在是{code[16]}"
        raise Refusal("GH-ORG-105", message, FIELD, "对照证书逐位核对第9至17位")
    return CheckedUscc(code, code[2:8], code[0] == "8", tuple(_warnings(code)))


def is_uscc(text: str) -> bool:
    """For deciding what a column or a search text holds."""
    try:
        check_uscc(text)
    except Refusal:
        return False
    return True


def _normalise(text: object) -> str:
    if isinstance(text, float):
        raise Refusal("GH-ORG-106", "Excel 已把代码变成数值，末几位已丢失", FIELD, "把该列设为文本后重新录入")
    if isinstance(text, int) and not isinstance(text, bool) and 0 <= text < 10**30:
        text = str(text)
    if text is None or not isinstance(text, str):
        raise Refusal("GH-ORG-101", "统一社会信用代码是空的", FIELD, "填写营业执照或登记证书上的18位代码")
    if len(text) > 100:
        raise Refusal("GH-ORG-102", f"现在有{len(text)}个字，统一社会信用代码应为18位", FIELD, "这一格只填代码")
    code = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not code:
        raise Refusal("GH-ORG-101", "统一社会信用代码是空的", FIELD, "填写营业执照或登记证书上的18位代码")
    if _FLOAT_TEXT.fullmatch(code):
        raise Refusal("GH-ORG-106", "Excel 已把代码变成数值，末几位已丢失", FIELD, "把该列设为文本后重新录入")
    return code


def _check_character(char: str, position: int) -> None:
    shown = f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
    if 3 <= position <= 8 and not "0" <= char <= "9":
        hint = {"O": "把字母O改成数字0", "I": "把字母I改成数字1"}.get(char, "对照证书改正")
        raise Refusal("GH-ORG-103", f"第{position}位是{shown}，第3至8位是行政区划代码，应为数字", FIELD, hint)
    if char not in _ALPHABET:
        looks = _LOOKALIKE.get(char)
        hint = f"代码里不用字母I、O、S、V、Z，核对是否为{looks}" if looks else "代码里只有数字和大写字母"
        raise Refusal("GH-ORG-103", f"第{position}位是{shown}，不能用在代码里", FIELD, hint)


def _warnings(code: str) -> list[RuleWarning]:
    # 100000 is the country; retired county codes stay valid on certificates, so a gap only warns.
    if code[2:4] in regions.province_codes() or code[2:8] == "100000":
        return []
    return [RuleWarning("GH-ORG-W11", f"第3至8位{code[2:8]}不是已知的行政区划代码，核对登记地", SOURCE)]
