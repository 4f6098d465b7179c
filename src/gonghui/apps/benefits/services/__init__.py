"""Every write of benefits; places, draws and check-ins themselves are services of `kernel.quotas`."""

from .merchants import add_clerk, add_provider, drop_clerk, hand_in, redeem
from .opinions import answer_photo, give_photo, rate
from .pages import Draft, NewLimit, copy, draft, publish, retouch, revise
from .reminding import forget, remind

__all__ = [
    "Draft",
    "NewLimit",
    "add_clerk",
    "add_provider",
    "answer_photo",
    "copy",
    "draft",
    "drop_clerk",
    "forget",
    "give_photo",
    "hand_in",
    "publish",
    "rate",
    "redeem",
    "remind",
    "retouch",
    "revise",
]
