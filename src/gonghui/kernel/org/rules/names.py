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


# Words in names of places and trades whose characters are read otherwise than alone: 长沙, 行业, 重庆.
_WORDS: dict[str, tuple[str, ...]] = {
    word: tuple(readings.split())
    for word, readings in {
        "行业": "hang2 ye4", "银行": "yin2 hang2", "商行": "shang1 hang2", "分行": "fen1 hang2", "支行": "zhi1 hang2",
        "建行": "jian4 hang2", "工行": "gong1 hang2", "农行": "nong2 hang2", "车行": "che1 hang2",
        "长沙": "chang2 sha1", "长春": "chang2 chun1", "长治": "chang2 zhi4", "长安": "chang2 an1",
        "长江": "chang2 jiang1", "长丰": "chang2 feng1", "长城": "chang2 cheng2", "长兴": "chang2 xing1",
        "长乐": "chang2 le4", "长岭": "chang2 ling3", "长宁": "chang2 ning2", "长途": "chang2 tu2",
        "长运": "chang2 yun4", "长虹": "chang2 hong2", "长三角": "chang2 san1 jiao3", "长沟": "chang2 gou1",
        "重庆": "chong2 qing4", "厦门": "xia4 men2", "会计": "kuai4 ji4", "铅山": "yan2 shan1", "都昌": "du1 chang1",
        "成都": "cheng2 du1", "首都": "shou3 du1", "都市": "du1 shi4", "音乐": "yin1 yue4", "六安": "lu4 an1",
        "六合": "lu4 he2", "番禺": "pan1 yu2", "蚌埠": "beng4 bu4", "丽水": "li2 shui3", "台州": "tai1 zhou1",
        "浚县": "xun4 xian4", "蔚县": "yu4 xian4", "涡阳": "guo1 yang2", "莘庄": "xin1 zhuang1", "任县": "ren2 xian4",
        "任丘": "ren2 qiu1", "尉氏": "wei4 shi4", "种植": "zhong4 zhi2", "畜牧": "xu4 mu4", "调味": "tiao2 wei4",
        "传奇": "chuan2 qi2", "空调": "kong1 tiao2", "调解": "tiao2 jie3", "曾都": "zeng1 du1", "单县": "shan4 xian4",
        "华县": "hua4 xian4", "华阴": "hua4 yin1", "华山": "hua4 shan1", "泌阳": "bi4 yang2", "柏乡": "bai3 xiang1",
        "盱眙": "xu1 yi2", "东阿": "dong1 e1", "阿胶": "e1 jiao1", "洪洞": "hong2 tong2", "郴州": "chen1 zhou1",
        "亳州": "bo2 zhou1", "歙县": "she4 xian4", "黟县": "yi1 xian4", "婺城": "wu4 cheng2", "婺源": "wu4 yuan2",
    }.items()
}  # fmt: skip
_WORD = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))


def _readings(hanzi: str) -> list[str]:
    """One reading with tone for each character, words first."""
    found: list[str] = []
    position = 0
    for match in _WORD.finditer(hanzi):
        found += [pinyin.TONED[char] for char in hanzi[position : match.start()]]
        found += _WORDS[match.group()]
        position = match.end()
    return found + [pinyin.TONED[char] for char in hanzi[position:]]


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
        if unicodedata.category(char)[0] in "LMN" or char in _PUNCTUATION or unicodedata.category(char) == "Co":
            continue
        shown = f"“{char}”" if char.isprintable() else f"U+{ord(char):04X}"
        raise Refusal("GH-ORG-403", f"名称第{position}个字{shown}不能用在名称里", field, "按证书或批复文件重新录入")
    if not any(unicodedata.category(char)[0] == "L" for char in name):
        raise Refusal("GH-ORG-401", "名称里没有文字", field, "填写证书或批复文件上的全称")
    return name


def sort_key(name: str) -> str:
    """Dictionary order of organisation names under byte order."""
    name = name[:40]
    if not _WORD.search(name):
        return pinyin.sort_key(name, 240)
    pieces = []
    for char, reading in zip(name, _readings(name), strict=True):
        pieces.append(reading + char if reading else pinyin.SORT_PIECE[char])
    return "".join(pieces)[:240]


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
        syllables = [pinyin.plain(reading) for reading in _readings(tail)]
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
