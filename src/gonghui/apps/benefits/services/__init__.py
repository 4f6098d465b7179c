"""Every write of benefits; places, draws and check-ins themselves are services of `kernel.quotas`."""

from .courses import Course, open_course
from .menus import add_dish, close_menu, create_menu, open_menu, review_dish
from .merchants import add_clerk, add_provider, drop_clerk, hand_in, redeem
from .opinions import answer_photo, give_photo, rate
from .pages import Draft, NewLimit, copy, draft, publish, retouch, revise
from .reminding import forget, remind
from .wishes import propose, unvote, vote

__all__ = [
    "Course",
    "Draft",
    "NewLimit",
    "add_clerk",
    "add_dish",
    "add_provider",
    "answer_photo",
    "close_menu",
    "copy",
    "create_menu",
    "draft",
    "drop_clerk",
    "forget",
    "give_photo",
    "hand_in",
    "open_course",
    "open_menu",
    "propose",
    "publish",
    "rate",
    "redeem",
    "remind",
    "retouch",
    "review_dish",
    "revise",
    "unvote",
    "vote",
]
