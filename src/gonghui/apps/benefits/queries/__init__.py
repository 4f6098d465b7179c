"""Every read of benefits: the desk's, the member's, the merchant's and anybody's."""

from . import desk, groups, member, menus, merchants, messages, opinions, public, trips

__all__ = ["desk", "groups", "member", "menus", "merchants", "messages", "opinions", "public", "trips"]
