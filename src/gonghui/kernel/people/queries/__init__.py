"""Reading people: every function takes the viewer first and answers within the viewer's range."""

from .appointments import committee_warnings, officers, offices_of
from .cards import Card, card_token, verify_card
from .duplicates import Duplicate, duplicates
from .memberships import (
    Stay,
    former_members,
    members,
    membership,
    membership_history,
    own_membership,
    transfers,
)
from .persons import (
    LOOKS,
    Look,
    Own,
    find_by_id,
    find_by_phone,
    looks_at,
    own,
    person,
    persons,
)
from .search import Hit, search

__all__ = [
    "LOOKS",
    "Card",
    "Duplicate",
    "Hit",
    "Look",
    "Own",
    "Stay",
    "card_token",
    "committee_warnings",
    "duplicates",
    "find_by_id",
    "find_by_phone",
    "former_members",
    "looks_at",
    "members",
    "membership",
    "membership_history",
    "officers",
    "offices_of",
    "own",
    "own_membership",
    "person",
    "persons",
    "search",
    "transfers",
    "verify_card",
]
