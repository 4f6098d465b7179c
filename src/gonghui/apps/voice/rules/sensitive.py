"""Words that send a voice at once to the right desk, and what its author is told meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from ..choices import Sensitive

ORDER = (Sensitive.SELFHARM, Sensitive.HARASSMENT, Sensitive.INJURY, Sensitive.WAGES)
"""What comes first when several fit: life before everything."""

APART = 12
"""How many characters may stand between the two parts of a pair."""

TOLD = {
    Sensitive.SELFHARM: (
        "您不是一个人。现在就可以拨打全国统一心理援助热线12356，或12351职工热线；有紧急危险请拨打110、120。"
        "工会专人会尽快看到您写的内容。"
    ),
    Sensitive.HARASSMENT: (
        "请先保证自己的安全，紧急时拨打110；聊天记录、照片、证人请保存好。这一件只有维权专人看得到。"
    ),
    Sensitive.INJURY: (
        "请先就医，保存病历和现场照片。单位应在30日内申请工伤认定；单位不申请的，本人或工会可以在1年内申请。"
    ),
    Sensitive.WAGES: (
        "请保存考勤、工资条、转账记录和聊天记录；也可以拨打12333向劳动监察投诉。这一件只有维权专人看得到。"
    ),
}
"""Time limits of an injury's recognition: 工伤保险条例第十七条."""


def lexicon(lines: Iterable[str]) -> dict[Sensitive, tuple[str, ...]]:
    """Words by category, from lines such as wages=拖欠工资、欠薪; a line of no category is left out."""
    found: dict[Sensitive, tuple[str, ...]] = {}
    for line in lines:
        code, _, words = line.partition("=")
        if code.strip() in Sensitive.values:
            found[Sensitive(code.strip())] = tuple(word.strip() for word in words.split("、") if word.strip())
    return found


def category(text: str, words: dict[Sensitive, tuple[str, ...]], harmless: Iterable[str]) -> Sensitive | None:
    """Which desk a text belongs to, after what only sounds so was taken out; None for ordinary ones."""
    plain = "".join(text.split())
    for phrase in harmless:
        plain = plain.replace(phrase, "□")
    return next((one for one in ORDER if any(_says(plain, word) for word in words.get(one, ()))), None)


def _says(plain: str, word: str) -> bool:
    """Whether a text holds a word; of 甲…乙 both, the second at most so many characters after the first."""
    first, gap, second = word.partition("…")
    if not gap:
        return word in plain
    at = plain.find(first)
    while at >= 0:
        start = at + len(first)
        if second in plain[start : start + APART + len(second)]:
            return True
        at = plain.find(first, at + 1)
    return False
