"""Hand-worked cases of both local rule sets of hardship classes, in yuan per head and month.

Worked on paper from the texts, not by the program: the line is 1,255 (so 1.5 L = 1,882.50, 2 L = 2,510.00) in the first
place, and 1,000 (2 L = 2,000, 2.5 L = 2,500, 3 L = 3,000) in the second.
"""

from __future__ import annotations

DEEP, RELATIVE, ACCIDENTAL, NONE, ONCE = "深度困难", "相对困难", "意外致困", "不符合", "相对困难（一次性）"

FIRST_LINE = "1255.00"
# (net, before, main cause, mere low income, class)
FIRST: tuple[tuple[str, str, str, bool, str], ...] = (
    # far below, negative and nought
    ("-500.00", "1800.00", "illness", False, DEEP),
    ("-0.01", "1255.00", "schooling", False, DEEP),
    ("0.00", "0.00", "no_ability", True, DEEP),
    ("0.01", "900.00", "unemployed", True, DEEP),
    ("600.00", "600.00", "laid_off", True, DEEP),
    ("800.00", "5000.00", "illness", False, DEEP),
    ("1000.00", "1500.00", "schooling", False, DEEP),
    ("1200.00", "1300.00", "uninsured", True, DEEP),
    # the line itself belongs to the deep class
    ("1254.99", "2000.00", "illness", False, DEEP),
    ("1255.00", "2000.00", "illness", False, DEEP),
    ("1255.00", "1255.00", "other", True, DEEP),
    ("1255.00", "9000.00", "schooling", False, DEEP),
    ("1255.01", "2000.00", "illness", False, RELATIVE),
    ("1255.01", "1255.01", "other", True, RELATIVE),
    ("1300.00", "1400.00", "schooling", False, RELATIVE),
    ("1500.00", "2500.00", "benefits_short", False, RELATIVE),
    ("1700.00", "1700.00", "laid_off", True, RELATIVE),
    ("1800.00", "3000.00", "disaster", False, RELATIVE),
    ("1882.49", "3000.00", "illness", False, RELATIVE),
    # one and a half times the line belongs to the relative class, whatever the cause
    ("1882.50", "3000.00", "illness", False, RELATIVE),
    ("1882.50", "3000.00", "schooling", False, RELATIVE),
    ("1882.50", "1882.50", "unemployed", True, RELATIVE),
    ("1882.51", "3000.00", "illness", False, ACCIDENTAL),
    ("1882.51", "3000.00", "schooling", False, NONE),
    ("1882.51", "1882.51", "unemployed", True, NONE),
    ("1900.00", "4000.00", "accident", False, ACCIDENTAL),
    ("2000.00", "4000.00", "disaster", False, ACCIDENTAL),
    ("2000.00", "2000.00", "laid_off", True, NONE),
    ("2200.00", "4000.00", "schooling", False, NONE),
    ("2400.00", "6000.00", "other", False, ACCIDENTAL),
    ("2509.99", "6000.00", "illness", False, ACCIDENTAL),
    # twice the line is the end
    ("2510.00", "6000.00", "illness", False, ACCIDENTAL),
    ("2510.00", "6000.00", "schooling", False, NONE),
    ("2510.00", "2510.00", "illness", True, NONE),
    ("2510.01", "6000.00", "illness", False, NONE),
    ("2510.01", "6000.00", "accident", False, NONE),
    ("3000.00", "6000.00", "disaster", False, NONE),
    ("9999.99", "9999.99", "other", False, NONE),
)

SECOND_LINE = "1000.00"
SECOND: tuple[tuple[str, str, str, bool, str], ...] = (
    # deep: less than the line after, not more than twice the line before
    ("-1.00", "2000.00", "illness", False, DEEP),
    ("0.00", "0.00", "no_ability", True, DEEP),
    ("500.00", "1999.99", "schooling", False, DEEP),
    ("999.99", "2000.00", "illness", False, DEEP),
    ("999.99", "999.99", "unemployed", True, DEEP),
    ("900.00", "1000.00", "other", True, DEEP),
    # the line itself is not below the line
    ("1000.00", "2000.00", "illness", False, NONE),
    ("1000.00", "1000.00", "laid_off", True, NONE),
    ("1500.00", "1999.99", "illness", False, NONE),
    ("2000.00", "2000.00", "illness", False, NONE),
    # relative: more than 2 L and up to 2.5 L before, up to 2 L after
    ("999.99", "2000.01", "illness", False, RELATIVE),
    ("1000.00", "2000.01", "illness", False, RELATIVE),
    ("0.00", "2500.00", "illness", False, RELATIVE),
    ("1999.99", "2500.00", "schooling", False, RELATIVE),
    ("2000.00", "2500.00", "illness", False, RELATIVE),
    ("2000.01", "2500.00", "illness", False, NONE),
    ("2400.00", "2400.00", "laid_off", True, NONE),
    ("-300.00", "2250.00", "accident", False, RELATIVE),
    # one aid only: more than 2.5 L and up to 3 L before
    ("0.00", "2500.01", "illness", False, ONCE),
    ("999.99", "2500.01", "illness", False, ONCE),
    ("2000.00", "2500.01", "illness", False, ONCE),
    ("2000.00", "3000.00", "illness", False, ONCE),
    ("1000.00", "3000.00", "schooling", False, ONCE),
    ("2000.01", "3000.00", "illness", False, NONE),
    # more than 3 L before: nothing, however much is spent
    ("2000.00", "3000.01", "illness", False, NONE),
    ("-5000.00", "3000.01", "illness", False, NONE),
    ("0.00", "8000.00", "accident", False, NONE),
    ("3000.00", "3000.00", "other", True, NONE),
)

SECOND_FORMULA = (
    'before <= line * 2 ? (net < line ? "深度困难" : "不符合") : '
    '(net <= line * 2 && before * 10 <= line * 25 ? "相对困难" : '
    '(net <= line * 2 && before <= line * 3 ? "相对困难（一次性）" : "不符合"))'
)
"""宜兴: after, less than L with before up to 2 L; after up to 2 L with before up to 2.5 L (file), or 3 L (one aid)."""

SECOND_TESTS = [
    {
        "given": {"net": 99999, "before": 200000, "line": 100000, "cause": "illness", "low_income": False},
        "expect": DEEP,
    },
    {
        "given": {"net": 200000, "before": 250000, "line": 100000, "cause": "illness", "low_income": False},
        "expect": RELATIVE,
    },
    {
        "given": {"net": 200000, "before": 300000, "line": 100000, "cause": "illness", "low_income": False},
        "expect": ONCE,
    },
    {
        "given": {"net": 200001, "before": 300000, "line": 100000, "cause": "illness", "low_income": False},
        "expect": NONE,
    },
]

# What a household types: (monthly wages, other income of the year, medical, disability, school, work cost of the year,
# main cause, mere low income) → (before, net, class) by the first place's rule; all in yuan.
HOUSEHOLDS: tuple[tuple[tuple[str, ...], str, str, str, str, str, str, bool, str, str, str], ...] = (
    # 3 people, 4,000 a month = 48,000 a year; 30,000 for illness: 18,000 / 36 = 500
    (("4000", "0", "0"), "0", "30000", "0", "0", "0", "illness", False, "1333.33", "500.00", DEEP),
    # 2 people, 60,000 a year, 29,880 spent: 30,120 / 24 = 1,255 exactly
    (("5000", "0"), "0", "29880", "0", "0", "0", "illness", False, "2500.00", "1255.00", DEEP),
    # one fen a head and month more: 24 fen a year less spent
    (("5000", "0"), "0", "29879.76", "0", "0", "0", "illness", False, "2500.00", "1255.01", RELATIVE),
    # 2 people, 60,000 a year, 14,820 spent: 45,180 / 24 = 1,882.50 exactly, for school
    (("5000", "0"), "0", "0", "0", "14820", "0", "schooling", False, "2500.00", "1882.50", RELATIVE),
    # 24 fen less spent for school: 1,882.51, and school is no accident
    (("5000", "0"), "0", "0", "0", "14819.76", "0", "schooling", False, "2500.00", "1882.51", NONE),
    # 1 person, 40,000 a year, 9,880 after an accident: 30,120 / 12 = 2,510 exactly
    (("3000",), "4000", "9880", "0", "0", "0", "accident", False, "3333.33", "2510.00", ACCIDENTAL),
    # 12 fen less: 2,510.01
    (("3000",), "4000", "9879.88", "0", "0", "0", "accident", False, "3333.33", "2510.01", NONE),
    # 4 people, all four kinds of spending: 96,000 + 2,400 - 12,000 - 6,000 - 8,000 - 3,000 = 69,400 / 48 = 1,445.83
    (("4500", "3500", "0", "0"), "2400", "12000", "6000", "8000", "3000", "disaster", False, "2050.00", "1445.83", RELATIVE),
    # spends more than comes in: 24,000 - 50,000 = -26,000 / 24 = -1,083.33 and a third, downwards
    (("2000", "0"), "0", "50000", "0", "0", "0", "illness", False, "1000.00", "-1083.34", DEEP),
)  # fmt: skip
