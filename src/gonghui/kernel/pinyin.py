"""Readings of Chinese characters for sorting and searching, where surnames are read as surnames."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

_HANZI = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ufa0e-\ufa29\U00020000-\U000323af"
HANZI_RUN = re.compile(f"[{_HANZI}]+")
_SEPARATORS = frozenset(" ·•-.,\t\u3000")

# Characters that the pronunciation library does not know but that stand in real names.
_MISSING = {
    "𠮷": "ji2",
    "𣲘": "wu3",
    "𫖯": "fu3",
    "㛃": "jie2",
    "𬍛": "pu2",
    "𫍯": "xia2",
    "𬸣": "yi4",
    "〇": "ling2",
}

# Surname readings that differ from the usual reading of the character; further readings in use follow.
SURNAMES: dict[str, tuple[str, ...]] = {
    key: tuple(readings.split())
    for key, readings in {
        "单": "shan4", "單": "shan4", "仇": "qiu2", "曾": "zeng1", "区": "ou1", "區": "ou1", "解": "xie4",
        "朴": "piao2", "樸": "piao2", "查": "zha1", "盖": "ge3 gai4", "蓋": "ge3 gai4", "任": "ren2",
        "华": "hua4", "華": "hua4", "那": "na1", "员": "yun4", "員": "yun4", "黑": "he4", "秘": "bi4",
        "种": "chong2", "種": "chong2", "乜": "nie4", "逄": "pang2", "缪": "miao4 mou2", "繆": "miao4 mou2",
        "能": "nai4", "繁": "po2", "翟": "zhai2 di2", "尉": "wei4 yu4", "燕": "yan1", "宁": "ning4 ning2",
        "甯": "ning4", "寧": "ning4", "应": "ying1", "應": "ying1", "纪": "ji3", "紀": "ji3", "祭": "zhai4",
        "召": "shao4", "折": "she2", "洗": "xian3", "隗": "wei3 kui2", "句": "gou1", "阚": "kan4",
        "闞": "kan4", "覃": "qin2 tan2", "谌": "chen2 shen4", "諶": "chen2 shen4", "柏": "bai3 bo2",
        "郗": "xi1 chi1", "哈": "ha3", "贾": "jia3", "乐": "yue4 le4", "樂": "yue4 le4", "郇": "xun2 huan2",
        "炅": "gui4", "过": "guo1", "過": "guo1", "要": "yao1", "曲": "qu1", "石": "shi2", "沈": "shen3",
        "牟": "mou4 mu4", "俞": "yu2", "褚": "chu3", "瞿": "qu2", "葛": "ge3", "宓": "mi4 fu2", "相": "xiang4",
        "占": "zhan1", "盛": "sheng4", "殷": "yin1", "都": "du1", "撒": "sa4", "干": "gan1", "佴": "nai4",
        "郄": "qie4 xi4", "訾": "zi1", "於": "yu1", "莘": "shen1 xin1", "谷": "gu3", "万": "wan4", "冯": "feng2",
        "馮": "feng2", "车": "che1", "車": "che1", "卜": "bu3", "戚": "qi1", "重": "chong2", "行": "xing2",
        "藏": "zang1", "适": "kuo4", "厍": "she4", "呙": "guo1", "妫": "gui1",
    }.items()
}  # fmt: skip

# Compound surnames in which a character is read neither as usual nor as a surname of its own.
COMPOUND_SURNAMES: dict[str, tuple[str, str]] = {
    "尉迟": ("yu4", "chi2"), "尉遲": ("yu4", "chi2"), "万俟": ("mo4", "qi2"), "萬俟": ("mo4", "qi2"),
    "澹台": ("tan2", "tai2"), "澹臺": ("tan2", "tai2"), "单于": ("chan2", "yu2"), "單于": ("chan2", "yu2"),
    "长孙": ("zhang3", "sun1"), "長孫": ("zhang3", "sun1"), "乐正": ("yue4", "zheng4"), "子车": ("zi3", "ju1"),
    "宰父": ("zai3", "fu3"), "令狐": ("ling2", "hu2"), "鲜于": ("xian1", "yu2"), "鮮于": ("xian1", "yu2"),
    "夹谷": ("jia2", "gu3"), "皇甫": ("huang2", "fu3"), "拓跋": ("tuo4", "ba2"), "淳于": ("chun2", "yu2"),
    "呼延": ("hu1", "yan2"), "仲长": ("zhong4", "chang2"), "句龙": ("gou1", "long2"), "谷梁": ("gu3", "liang2"),
    "毌丘": ("guan4", "qiu1"), "贺若": ("he4", "ruo4"), "夏侯": ("xia4", "hou2"), "相里": ("xiang4", "li3"),
}  # fmt: skip

# Given-name characters that families read in two ways often enough for both to be searched.
GIVEN_ALTERNATES: dict[str, str] = {
    "茜": "xi1", "乐": "yue4", "晟": "cheng2", "行": "hang2", "朝": "zhao1", "长": "zhang3", "重": "zhong4",
    "莘": "shen1", "参": "shen1", "盛": "cheng2", "曾": "ceng2", "薄": "bao2", "颉": "jie2", "侗": "tong2", "乾": "gan1", "说": "yue4", "藏": "zang4", "车": "ju1", "贾": "gu3",
}  # fmt: skip


class _Toned(dict[str, str]):
    """Character → reading with tone number, asked of the library once per character."""

    def __missing__(self, char: str) -> str:
        reading = _MISSING.get(char)
        if reading is None and HANZI_RUN.fullmatch(char):
            from pypinyin import Style, pinyin  # large tables, of use only to who sorts or searches names

            found = pinyin(char, style=Style.TONE3, neutral_tone_with_five=True, errors="ignore")
            reading = found[0][0] if found and found[0][0].isascii() else ""
        self[char] = reading or ""
        return self[char]


class _Plain(dict[str, str]):
    """Character → reading without tone; ü is v, as typed."""

    def __missing__(self, char: str) -> str:
        self[char] = plain(TONED[char])
        return self[char]


class _SortPiece(dict[str, str]):
    """Character → its piece of a sort key: reading, tone, then the character itself."""

    def __missing__(self, char: str) -> str:
        toned = TONED[char]
        if toned:
            self[char] = toned + char
        elif char.isascii():
            self[char] = char.lower()
        else:
            # A character without a known reading sorts behind every one that has one.
            self[char] = ("~" + char) if HANZI_RUN.fullmatch(char) else char
        return self[char]


class NameQuery(NamedTuple):
    """What to look up: all of `exact`, and at least one of `prefixes` when there are any.

    A prefix is answered by the range [prefix, prefix + "~"), never by LIKE, which row-level security slows down.
    """

    exact: tuple[str, ...]
    prefixes: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.exact or self.prefixes)


def plain(toned: str) -> str:
    """liu2 → liu, lv3 → lv."""
    return toned.rstrip("12345")


TONED: dict[str, str] = _Toned()
PLAIN: dict[str, str] = _Plain()
SORT_PIECE: dict[str, str] = _SortPiece()


def sort_key(text: str, limit: int = 240) -> str:
    """Key under which byte order is dictionary order: by reading, tone and character, character by character."""
    return "".join([SORT_PIECE[char] for char in text[:limit]])[:limit]


def squeeze_latin(text: str) -> str:
    """Lower-case ASCII letters, digits and single spaces; accents dropped, ü typed as v (吕 lü → lv)."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ü", "v"))
    kept = [c if c.isascii() and c.isalnum() else " " if c in _SEPARATORS else "" for c in decomposed]
    return " ".join("".join(kept).split())
