"""Every read of benefits: the desk's, the member's, the merchant's and anybody's."""

from . import clashing, desk, doubts, groups, member, menus, merchants, messages, opinions, public, trips

__all__ = [
    "clashing",
    "desk",
    "doubts",
    "groups",
    "member",
    "menus",
    "merchants",
    "messages",
    "opinions",
    "public",
    "trips",
]
