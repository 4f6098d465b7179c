"""Code lists of boards."""

from __future__ import annotations

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.rules import permissions_of
from gonghui.kernel.labelled import Labelled

SCREEN = "screen"


class TileKind(Labelled):
    """How a figure is shown."""

    NUMBER = "number", "数字"
    BARS = "bars", "各下级比较"
    MAP = "map", "地图"
    TREND = "trend", "12个月走势"
    SHARE = "share", "占比"


class BoardPeriod(Labelled):
    """The period that holds today, which the numbers are of."""

    YEAR = "year", "今年"
    HALF = "half", "今年上半年或下半年"
    QUARTER = "quarter", "本季度"
    MONTH = "month", "本月"


def slots() -> list[tuple[str, str]]:
    """Whom a board is for: the roles that may see figures, and the big screen."""
    roles = [(role.value, role.label) for role in Role.members() if "figure.view" in permissions_of(role.value)]
    return [*roles, (SCREEN, "大屏")]
