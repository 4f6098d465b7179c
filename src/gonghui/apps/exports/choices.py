"""Code lists of scheduled exports."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class Reach(Labelled):
    """Whose numbers a file holds."""

    OWN = "own", "只有本组织"
    BELOW = "below", "本组织和直接下级"
    AREAS = "areas", "本组织和所有下级地方总工会"


class Span(Labelled):
    """The period of the numbers, seen from the day on which a file is made."""

    MONTH = "month", "上个月"
    QUARTER = "quarter", "上个季度"
    YEAR = "year", "上一年"
    RUNNING = "running", "今年到当天"


class Rhythm(Labelled):
    """How often a file is made."""

    DAILY = "daily", "每天"
    WEEKLY = "weekly", "每周一"
    MONTHLY = "monthly", "每月6日"
    QUARTERLY = "quarterly", "每季度第一个月6日"
