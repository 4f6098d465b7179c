"""Every read of benefits: the desk's, the member's, the merchant's and anybody's."""

from . import desk, member, menus, merchants, opinions, public

__all__ = ["desk", "member", "menus", "merchants", "opinions", "public"]
