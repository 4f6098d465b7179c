"""Scores, ranks with their ties, streaks and badges; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random

from .choices import JUDGE_OPTIONS, MOST_OPTIONS, QuestionKind

LETTERS = "ABCDEF"
MOST_DAYS = 366
REFLECTION_MOST = 300
"""Length of the column as well: a sentence, not an essay."""
_CHAPTER = re.compile(r"^#\s*(.+)$", re.MULTILINE)


def mask_of(chosen: Iterable[int]) -> int:
    """Chosen options as bits: the first and the third are 0b101; nothing chosen is 0."""
    mask = 0
    for one in chosen:
        mask |= 1 << one
    return mask


def chosen_of(mask: int) -> list[int]:
    return [at for at in range(MOST_OPTIONS) if mask >> at & 1]


def letters_of(mask: int) -> str:
    return "".join(LETTERS[at] for at in chosen_of(mask))


def score_of(kind: str, right: int, given: int, points: int) -> Decimal:
    """Full points for the right answer; half for a part of a multiple choice; a wrong option takes all."""
    if given == right:
        return Decimal(points)
    partly = kind == QuestionKind.MULTIPLE and given and given & ~right == 0
    return Decimal(points) / 2 if partly else Decimal(0)


def draw_paper(size: int, count: int, random: Random) -> list[int]:
    """Numbers of the questions of one paper, none twice, in random order."""
    return random.sample(range(1, size + 1), min(size, count))


def shown_name(name: str) -> str:
    """刘**: what other members see of somebody in a ranking."""
    return f"{name[:1]}**" if name else "**"


@dataclass(frozen=True, slots=True)
class Tally:
    """What a ranking goes by: `rate` who took part, `high` the high-score rewards, `tries` the average."""

    key: int
    score: Decimal
    rate: Fraction
    high: int
    tries: Fraction

    @property
    def order(self) -> tuple[Decimal, Fraction, int, Fraction]:
        return (-self.score, -self.rate, -self.high, self.tries)


@dataclass(frozen=True, slots=True)
class Placed:
    rank: int
    tally: Tally


def ranking(tallies: Iterable[Tally]) -> list[Placed]:
    """By score; then participation, then high scores, then fewer tries. Who is equal in all shares a place."""
    ordered = sorted(tallies, key=lambda one: (one.order, one.key))
    placed: list[Placed] = []
    for at, one in enumerate(ordered, 1):
        same = placed and placed[-1].tally.order == one.order
        placed.append(Placed(placed[-1].rank if same else at, one))
    return placed


@dataclass(frozen=True, slots=True)
class Streak:
    """`current` runs until today, or until yesterday while today is still open."""

    current: int
    longest: int
    total: int


def streak(days: Iterable[date], today: date) -> Streak:
    """Consecutive days by the calendar; a missed day begins anew."""
    known = sorted({day for day in days if day <= today})
    run = longest = 0
    before: date | None = None
    for day in known:
        run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
        longest, before = max(longest, run), day
    alive = before is not None and (today - before).days <= 1
    return Streak(run if alive else 0, longest, len(known))


def badge_days(text: str) -> list[int]:
    """The rule's text “7、21、50” as days, ascending."""
    return sorted({int(one) for one in re.findall(r"\d{1,4}", text) if int(one)})


def question_problem(kind: str, text: str, options: Sequence[str], answer: int) -> tuple[str, str, str] | None:
    """(field, what is wrong, how to mend it) of one question, or None."""
    if kind not in QuestionKind.values:
        return "kind", "没有这种题型", "写单选、多选或判断"
    if len(text.strip()) < 4:
        return "text", "题目太短", "写完整的一句话"
    if len(text) > 400:
        return "text", f"题目有{len(text)}个字，最多400个字", "缩短题目"
    if kind == QuestionKind.JUDGE:
        if answer not in (1, 2):
            return "answer", "判断题的答案只能是对或错", "写对或错"
        return None
    if not 2 <= len(options) <= MOST_OPTIONS:
        return "options", f"现在有{len(options)}个选项，应有2至{MOST_OPTIONS}个", "补上或删去选项"
    if len(set(options)) != len(options):
        return "options", "有两个选项一样", "改其中一个"
    if any(len(one) > 200 for one in options):
        return "options", "有选项超过200个字", "缩短选项"
    if answer <= 0 or answer >> len(options):
        return "answer", "答案不在选项里", f"写{LETTERS[0]}至{LETTERS[len(options) - 1]}"
    if kind == QuestionKind.SINGLE and answer.bit_count() != 1:
        return "answer", "单选题只能有一个答案", "改成多选，或只留一个答案"
    if kind == QuestionKind.MULTIPLE and answer.bit_count() < 2:
        return "answer", "多选题至少要有两个答案", "改成单选，或补上答案"
    return None


def answer_mask(kind: str, text: str) -> int:
    """“AC”, “A、C”, “对” as bits; 0 when it cannot be read."""
    text = text.strip().upper()
    if kind == QuestionKind.JUDGE:
        words = {
            "对": 1,
            "正确": 1,
            "是": 1,
            "√": 1,
            "A": 1,
            "TRUE": 1,
            "错": 2,
            "错误": 2,
            "否": 2,
            "×": 2,
            "B": 2,
            "FALSE": 2,
        }
        return words.get(text, 0)
    letters = re.sub(r"[\s,，、;；]", "", text)
    if not letters or any(one not in LETTERS for one in letters):
        return 0
    return mask_of(LETTERS.index(one) for one in letters)


def options_for(kind: str, options: Iterable[str]) -> list[str]:
    return list(JUDGE_OPTIONS) if kind == QuestionKind.JUDGE else [one.strip() for one in options if one.strip()]


def chapters_of(text: str) -> list[tuple[str, str]]:
    """(title, body) of each chapter: a line that begins with # is a title. Text without one is a single chapter."""
    parts = _CHAPTER.split(text.replace("\r\n", "\n").strip())
    found = [(parts[at].strip()[:80], parts[at + 1].strip()) for at in range(1, len(parts) - 1, 2)]
    return found or ([("全文", text.strip())] if text.strip() else [])
