"""Putting a year's voices into groups that say the same: each joins the first group whose opener is like it enough.

Groups are led by the voice that opened them, so that they do not chain from one matter to the next. A voice is
compared with openers that share one of its rarer words, through an index of words.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Set

from .similarity import GROUPED

RARE = 4
"""How many of a voice's words lead to openers, the rarest first."""
MOST = 200
"""Openers of a word beyond which it leads nowhere: it is too common to tell."""


def group(
    voices: Iterable[tuple[int, str, Set[int]]], rarities: Mapping[int, float], floor: float = GROUPED
) -> dict[int, int]:
    """Voice → the voice that opened its group, of (voice, topic, words) in their order; topics never mix."""
    openers: dict[tuple[str, int], list[int]] = defaultdict(list)
    words_of: dict[int, Set[int]] = {}
    sizes: dict[int, float] = {}
    found: dict[int, int] = {}
    for voice, topic, words in voices:
        size = math.sqrt(sum(rarities[word] ** 2 for word in words))
        rare = sorted(words, key=lambda word: -rarities[word])[:RARE]
        best, near = voice, floor
        for opener in {one for word in rare for one in openers[topic, word][:MOST]}:
            top = sum(rarities[word] ** 2 for word in words & words_of[opener])
            like = top / (size * sizes[opener]) if top else 0.0
            if like >= near:
                best, near = opener, like
        found[voice] = best
        if best == voice and size:
            words_of[voice], sizes[voice] = words, size
            for word in rare:
                openers[topic, word].append(voice)
    return found
