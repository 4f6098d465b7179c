"""Every write of benefits; places, draws and check-ins themselves are services of `kernel.quotas`."""

from .courses import Course, open_course
from .feeds import close_feed, open_feed
from .groups import come_back, depart, drop_companion, forget_companions, insure, lead, name_companion, take_out
from .menus import add_dish, close_menu, create_menu, open_menu, review_dish
from .merchants import add_clerk, add_provider, drop_clerk, hand_in, redeem, undo_redemption
from .opinions import answer_photo, give_photo, rate, take_back_photo, take_down_photo
from .pages import MOST_IMAGE, Draft, NewLimit, add_picture, copy, draft, drop_picture, publish, retouch, revise
from .reminding import forget, remind
from .trips import add_base, change_base, retire_base
from .wishes import propose, unvote, vote

__all__ = [
    "MOST_IMAGE",
    "Course",
    "Draft",
    "NewLimit",
    "add_base",
    "add_clerk",
    "add_dish",
    "add_picture",
    "add_provider",
    "answer_photo",
    "change_base",
    "close_feed",
    "close_menu",
    "come_back",
    "copy",
    "create_menu",
    "depart",
    "draft",
    "drop_clerk",
    "drop_companion",
    "drop_picture",
    "forget",
    "forget_companions",
    "give_photo",
    "hand_in",
    "insure",
    "lead",
    "name_companion",
    "open_course",
    "open_feed",
    "open_menu",
    "propose",
    "publish",
    "rate",
    "redeem",
    "remind",
    "retire_base",
    "retouch",
    "review_dish",
    "revise",
    "take_back_photo",
    "take_down_photo",
    "take_out",
    "undo_redemption",
    "unvote",
    "vote",
]
