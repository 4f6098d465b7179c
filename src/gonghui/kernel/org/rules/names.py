"""Names of organisations: which are acceptable, where a line may break, how they are found."""

from __future__ import annotations

import re
import unicodedata

from gonghui.kernel import pinyin
from gonghui.kernel.pinyin import NameQuery
from gonghui.kernel.refusal import Refusal

FIELD = "name"
MAX_CHARS = 120
_MAX_GRAM = 60

# A unit is what a person reads as one piece. Longer endings first: 联合工会委员会 is not 联合工会 + 委员会.
_UNIT_END = re.compile(
    "(?:股份有限公司|有限责任公司|集团有限公司|有限公司|分公司|集团公司|总公司|公司|合作社|事务所"
    "|(?:产业)?开发区|(?:工业|产业|科技|物流)?园区|产业园|产业链|产业集群|集群|行业(?=联合?工会|联合会|工会)|项目"
    "|(?<=[县区市旗州])[^县区市旗州]{1,5}?(?:街道|镇|乡)(?!街道|政府|人民|党|卫生|中心)"
    "|联合工会委员会|工会工作委员会|工会联合会|联合工会|工会委员会|工会小组|总工会|工委会|分工会|分会"
    "|管理委员会|管委会|委员会|工作站|服务站|分厂|车间|工段|班组)"
)
_BEFORE_UNION = re.compile("(?=联合工会|工会联合会|工会委员会|工会工作委员会)")
_LONG_UNIT = 14
_REGION_WORD = re.compile("[省市县区旗州镇乡]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_PUNCTUATION = frozenset("·-—–（）()“”\"'《》〔〕、，.&/+#No№号 ")


def name_units(name: str) -> list[str]:
    """Pieces between which a line may break: 吉安市物流行业 | 工会联合会 | 遂川货运分会.

    The pieces joined give the name again. A remark in brackets stays with the unit before it.
    """
    cuts = [match.end() for match in _UNIT_END.finditer(name)]
    pieces: list[str] = []
    start = 0
    for cut in cuts:
        rest = name[cut:]
        if cut - start < 2 or len(rest) < 2 or rest[0] in "（(、）)〔”》":
            continue
        pieces += _shortened(name[start:cut])
        start = cut
    if start < len(name):
        pieces += _shortened(name[start:])
    return pieces


def _shortened(piece: str) -> list[str]:
    """A piece too long for one line of a phone may also break before the words for union."""
    if len(piece) <= _LONG_UNIT:
        return [piece]
    match = next((m for m in _BEFORE_UNION.finditer(piece) if m.start() >= 4), None)
    return [piece[: match.start()], piece[match.start() :]] if match else [piece]


def check_name(text: str, field: str = FIELD) -> str:
    """Normalise the name of an organisation or employer.

    :raises Refusal: GH-ORG-401 empty, 402 length, 403 a character that stands in no name.
    """
    if not isinstance(text, str):
        raise Refusal("GH-ORG-401", "名称应为文字", field, "把该列设为文本后重新录入")
    if len(text) > 1000:
        raise Refusal("GH-ORG-402", f"名称现在有{len(text)}个字，最多{MAX_CHARS}个字", field)
    name = unicodedata.normalize("NFC", " ".join(_INVISIBLE.sub("", text).split()))
    if pinyin.HANZI_RUN.search(name):
        name = name.translate({ord("("): "（", ord(")"): "）"})
        # A space between Hanzi is padding of the cell; between Latin words it belongs to the name.
        name = re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", name)
    if not name:
        raise Refusal("GH-ORG-401", "名称是空的", field, "填写证书或批复文件上的全称")
    if not 2 <= len(name) <= MAX_CHARS:
        raise Refusal("GH-ORG-402", f"名称现在有{len(name)}个字，应为2至{MAX_CHARS}个字", field, "填写全称")
    for position, char in enumerate(name, 1):
        if (
            unicodedata.category(char)[0] in "LMN"
            or char in _PUNCTUATION
            or unicodedata.category(char) == "Co"
        ):
            continue
        shown = f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
        raise Refusal(
            "GH-ORG-403", f"名称第{position}个字{shown}不能用在名称里", field, "按证书或批复文件重新录入"
        )
    if not any(unicodedata.category(char)[0] == "L" for char in name):
        raise Refusal("GH-ORG-401", "名称里没有文字", field, "填写证书或批复文件上的全称")
    return name


def sort_key(name: str) -> str:
    """Dictionary order of organisation names under byte order."""
    return pinyin.sort_key(name[:40], 240)


def name_grams(name: str) -> list[str]:
    """Pieces under which an organisation is found: pairs of Hanzi, pinyin and initials from each sensible start.

    Starts are the beginning, what follows a region word (安福县|物流…) and each unit of the name.
    """
    hanzi = "".join(pinyin.HANZI_RUN.findall(name))
    grams = ["h:" + hanzi[i : i + 2] for i in range(len(hanzi) - 1)]
    if hanzi:
        grams.append("h:" + hanzi[0])
    for start in _starts(name):
        tail = "".join(pinyin.HANZI_RUN.findall(name[start:]))
        syllables = [pinyin.PLAIN[char] for char in tail]
        grams.append("p:" + "".join(syllables)[:_MAX_GRAM])
        grams.append("i:" + "".join([s[:1] for s in syllables])[:_MAX_GRAM])
    words = pinyin.squeeze_latin(pinyin.HANZI_RUN.sub(" ", name)).split()
    grams += ["p:" + word for word in words if word]
    return [gram for gram in dict.fromkeys(grams) if len(gram) > 2]


def _starts(name: str) -> list[int]:
    starts = {0}
    position = 0
    for unit in name_units(name):
        starts.add(position)
        position += len(unit)
    starts.update(match.end() for match in _REGION_WORD.finditer(name[:20]) if match.end() < len(name) - 1)
    return sorted(starts)[:8]


def query_grams(text: str) -> NameQuery:
    """What to look up for a typed part of an organisation's name."""
    text = unicodedata.normalize("NFC", text[:100])
    hanzi = "".join(pinyin.HANZI_RUN.findall(text))
    exact = (
        ("h:" + hanzi,)
        if len(hanzi) == 1
        else tuple(dict.fromkeys(["h:" + hanzi[i : i + 2] for i in range(len(hanzi) - 1)]))
    )
    latin = pinyin.squeeze_latin(pinyin.HANZI_RUN.sub(" ", text)).replace(" ", "")[:_MAX_GRAM]
    return NameQuery(exact, ("p:" + latin, "i:" + latin) if latin else ())
