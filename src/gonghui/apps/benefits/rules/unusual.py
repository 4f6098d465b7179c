"""What of redemptions looks unusual, as the page says it. Pure."""

from __future__ import annotations

from typing import Final

MANY: Final = 10
"""As many of one merchant within one minute of the clock."""
NIGHT: Final = (23, 6)
"""From this hour to that one few merchants are open."""
DAYS: Final = 90
"""How far back is looked."""
RULE: Final = (
    f"近{DAYS}天里，同一商户在同一分钟核销满{MANY}张，或在{NIGHT[0]}点到次日{NIGHT[1]}点之间核销，就列在这里。"
    "撤销了的不算。列出来只是请人看一看，团体入场、夜场影院这样的情况本来就会有。"
)
