"""What follows from the rules of casework, without a database: reason pages, the stages of a dispute, satisfaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gonghui.kernel.rules.calendar import add_months

from .choices import AidKind, Cause, Stage


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reason page: what was counted, its value, and where a rule comes from."""

    what: str
    value: str
    source: str = ""
    strong: bool = False


def yuan(fen: int) -> str:
    """123650 → 1,236.50元."""
    return f"{fen / 100:,.2f}元"


def times(net: int, line: int) -> str:
    """How many times the line a sum is, with two decimals cut off (never rounded up to a border)."""
    if line <= 0:
        return "—"
    hundredths = abs(net) * 100 // line
    return f"{'-' if net < 0 else ''}{hundredths // 100}.{hundredths % 100:02d}倍"


def class_reason(
    values: Mapping[str, Any], *, line: int, line_source: str, class_source: str, verdict: str
) -> list[Line]:
    """Why a household is of its class, so that a worker can count it again."""
    people = len(values.get("household") or [])
    monthly = sum(int(row.get("income") or 0) for row in values.get("household") or [])
    other = int(values.get("other_income") or 0)
    parts = [int(values.get(key) or 0) for key in ("medical_cost", "disability_cost", "school_cost", "work_cost")]
    net = int(values.get("net") or 0)
    cause = str(values.get("cause") or "")
    return [
        Line("共同生活的家庭人口", f"{people}人"),
        Line("全年收入", f"{yuan(monthly)}×12＋其他收入{yuan(other)}＝{yuan(monthly * 12 + other)}"),
        Line(
            "全年刚性支出",
            f"看病{yuan(parts[0])}＋残疾康复{yuan(parts[1])}＋上学{yuan(parts[2])}"
            f"＋就业成本{yuan(parts[3])}＝{yuan(sum(parts))}",
        ),
        Line("扣除前人均月收入", yuan(int(values.get("before") or 0))),
        Line("扣除后人均月收入", f"（收入－支出）÷{people}人÷12个月＝{yuan(net)}", strong=True),
        Line("当地低保标准", f"每人每月{yuan(line)}", line_source),
        Line("人均月收入与标准相比", times(net, line)),
        Line("主要困难原因", Cause(cause).label if cause in Cause.values else "—"),
        Line("认定类别", verdict or "算不出来，由人工认定", class_source, strong=True),
    ]


def granted(by_rule: int, ceiling_left: int | None) -> int:
    """What is paid: the amount by rule, but not more than is left of the household's year."""
    return max(by_rule if ceiling_left is None else min(by_rule, ceiling_left), 0)


def aid_reason(
    kind: AidKind,
    *,
    hardship: str,
    by_rule: int,
    amount: int,
    rule_source: str,
    cost: int | None,
    line: int | None,
    line_source: str,
    ceiling: int | None,
    ceiling_source: str,
    given: int,
) -> list[Line]:
    """Why a grant has its amount."""
    found = [Line("帮扶类别", kind.label)]
    if hardship:
        found.append(Line("困难类别", hardship))
    if line is not None:
        found.append(Line("当地低保标准", f"每人每月{yuan(line)}", line_source))
    if cost is not None:
        found.append(Line("自付金额", yuan(cost)))
    found.append(Line("按规则计算", yuan(by_rule), rule_source))
    if ceiling is not None:
        found.append(Line("全年合计上限", f"{yuan(ceiling)}，今年已批准{yuan(given)}", ceiling_source))
    found.append(Line("本次金额", yuan(amount), strong=True))
    return found


# -- disputes -----------------------------------------------------------------------------------------------

LIMIT = "申请仲裁的时效（调解仲裁法第二十七条）"
ACCEPT = "仲裁委受理或不予受理（第二十九条）"
SERVE = "送达申请书副本（第三十条）"
ANSWER = "被申请人提交答辩书（第三十条）"
FORWARD = "送达答辩书副本（第三十条）"
AWARD = "仲裁裁决（第四十三条）"
SUE = "不服裁决向法院起诉（第四十八条、第五十条）"
SET_ASIDE = "用人单位申请撤销终局裁决（第四十九条）"
PERFORM = "履行调解协议（第十四条、第十六条）"

NEXT: dict[Stage, tuple[Stage, ...]] = {
    Stage.STARTED: (Stage.FILED, Stage.DONE),
    Stage.FILED: (Stage.ACCEPTED, Stage.DONE),
    Stage.ACCEPTED: (Stage.SERVED, Stage.EXTENDED, Stage.AWARDED, Stage.FINAL, Stage.DONE),
    Stage.SERVED: (Stage.ANSWERED, Stage.EXTENDED, Stage.AWARDED, Stage.FINAL, Stage.DONE),
    Stage.ANSWERED: (Stage.EXTENDED, Stage.AWARDED, Stage.FINAL, Stage.DONE),
    Stage.EXTENDED: (Stage.AWARDED, Stage.FINAL, Stage.DONE),
    Stage.AWARDED: (Stage.DONE,),
    Stage.FINAL: (Stage.DONE,),
    Stage.DONE: (),
}
"""What may happen next in a dispute."""

BEGINS: dict[Stage, tuple[tuple[str, str], ...]] = {
    Stage.FILED: ((ACCEPT, "casework.accept_days"),),
    Stage.ACCEPTED: ((SERVE, "casework.serve_days"), (AWARD, "casework.award_days")),
    Stage.SERVED: ((ANSWER, "casework.answer_days"),),
    Stage.ANSWERED: ((FORWARD, "casework.forward_days"),),
    Stage.AWARDED: ((SUE, "casework.sue_days"),),
    Stage.FINAL: ((SUE, "casework.sue_days"), (SET_ASIDE, "casework.set_aside_days")),
}
"""Stage → the periods of the law that begin with it: (title, rule of its days)."""

ENDS: dict[Stage, tuple[str, ...]] = {
    Stage.FILED: (LIMIT, PERFORM),
    Stage.ACCEPTED: (ACCEPT,),
    Stage.SERVED: (SERVE,),
    Stage.ANSWERED: (ANSWER,),
    Stage.EXTENDED: (AWARD,),
    Stage.AWARDED: (SERVE, ANSWER, FORWARD, AWARD),
    Stage.FINAL: (SERVE, ANSWER, FORWARD, AWARD),
}
"""Stage → the periods that end with it; the last stage ends them all."""


def limit_day(*, wages: bool, employed: bool, known_on: date | None, left_on: date | None, months: int) -> date | None:
    """Last day to ask for arbitration; None while there is no limit (第二十七条: wages while employed)."""
    if wages:
        return None if employed or left_on is None else add_months(left_on, months)
    return add_months(known_on, months) if known_on is not None else None
