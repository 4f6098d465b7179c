"""When two voices say the same in different words: words joined by meaning, weighed by how rare they are.

Words are cut by rjieba (the Rust port of jieba, MIT). Groups of words that mean the same come from the rule
`voice.same_words`, which a place may edit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
_KEPT = re.compile(r"[\u3400-\u9fffA-Za-z0-9]+")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_NUMBER = re.compile(r"^[0-9一二三四五六七八九十百千万两几半多]+$")
STOP = frozenset(
    """
    的 了 着 过 吗 呢 吧 啊 呀 嘛 么 和 与 及 或 也 都 就 又 还 很 太 更 最 再 才 只 被 把 给 让 叫 使 对 向 从 到
    在 于 为 以 因 由 跟 我 你 他 她 它 我们 你们 他们 咱 咱们 大家 人 有人 别人 自己 这 那 这个 那个 这些 那些 这里
    那里 这么 那么 哪 什么 怎么 怎样 为什么 是 不是 有 没有 没 不 不能 能 能不能 可以 可不可以 会 要 想 希望 请 请问
    麻烦 建议 应该 应当 需要 得 一下 一点 一些 一个 个 些 点 次 位 公司 单位 厂里 厂 工会 领导 员工 职工 工人 师傅们
    同事 们 现在 今天 每天 天天 经常 总是 老是 一直 已经 还是 就是 但是 可是 而且 所以 上 下 里 外 中 前 后 时 时候
    来 去 说 看 做 搞 弄 用 好 真 真的 实在 根本 比较 非常 特别 如果 的话 尽快 赶紧 早点 解决 问题 反映 情况 帮 帮忙
    帮助 关注 落实 改善 改进 提高 加强 增加 增设 设 设立 建 装 安排 组织 多 少 大 小 年 月 日 天 点钟 小时 分钟 块
    元 钱 件 条 等 之 其 该 此 将 并 但 而 则 却 所 者 地 像 样 一样 不到 起来 出来 下来 上去 下去 过来 回来
    """.split()  # noqa: SIM905
)
OTHER_TOPIC = 0.3
"""What likeness counts for across topics: authors and desks choose the topic, and are mostly right."""
SHOWN, GROUPED = 0.08, 0.12
"""From which likeness a voice is shown as saying the same, and from which the nightly grouping puts it beside another
(precision and recall on the labelled set: tests/test_similarity.py)."""


@lru_cache(maxsize=1)
def _cutter() -> object:
    import rjieba  # loaded when first needed: its dictionary takes a tenth of a second and some memory

    return rjieba


def groups_of(lines: Iterable[str]) -> dict[str, str]:
    """Word → the first word of its group, from lines such as 食堂、饭堂、餐厅."""
    found: dict[str, str] = {}
    for line in lines:
        words = [word.strip() for word in re.split("[、,，]", line) if word.strip()]
        for word in words:
            found.setdefault(word, words[0])
    return found


def terms(text: str, same: Mapping[str, str]) -> frozenset[str]:
    """What a text is compared by: its words, each as the first word of its group."""
    kept = " ".join(_KEPT.findall(text))
    found = {same[word] for word in same if len(word) > 1 and word in kept}  # also inside what the cutter took whole
    for word in _cutter().cut_for_search(kept):  # type: ignore[attr-defined]
        if word in same:
            found.add(same[word])
        elif word.strip() and word not in STOP and not _NUMBER.match(word) and (len(word) > 1 or _HAN.match(word)):
            found.add(word)
    return frozenset(found)


def rarity(document_count: int, holding: int) -> float:
    """How much a term tells: the rarer, the more."""
    return math.log((document_count + 1) / (holding + 0.5)) if document_count else 1.0


def likeness(one: Set[T], other: Set[T], rarities: Mapping[T, float], same_topic: bool = True) -> float:
    """Cosine of the terms of two texts weighed by their rarity, between 0 and 1; less across topics."""
    top = sum(rarities[key] ** 2 for key in one & other)
    if not top:
        return 0.0
    size = math.sqrt(sum(rarities[key] ** 2 for key in one) * sum(rarities[key] ** 2 for key in other))
    return top / size * (1.0 if same_topic else OTHER_TOPIC)


def trigram_likeness(one: str, other: str) -> float:
    """The plain baseline: shared threefold pieces over all of both, as PostgreSQL's pg_trgm counts them."""
    left, right = _trigrams(one), _trigrams(other)
    return len(left & right) / len(left | right) if left | right else 0.0


def _trigrams(text: str) -> set[str]:
    found: set[str] = set()
    for run in _KEPT.findall(text.lower()):
        padded = f"  {run} "
        found |= {padded[i : i + 3] for i in range(len(padded) - 2)}
    return found


def rarities_of(texts: Sequence[Set[str]]) -> dict[str, float]:
    """Rarity of each term in a set of texts."""
    counts: dict[str, int] = {}
    for text in texts:
        for key in text:
            counts[key] = counts.get(key, 0) + 1
    return {key: rarity(len(texts), count) for key, count in counts.items()}
