"""Makers of wishes for tests: plain inserts, without services."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person

from .models import Claim, Wish, WishOwner

DAY = date(2026, 3, 6)


def make_wish(organisation: Organisation, **facts: Any) -> Wish:
    known: dict[str, Any] = {
        "nickname": "阿强", "occupation": "快递员", "category": "school", "title": "给女儿一套彩笔",
        "about": "二十四色的", "price": 6_000, "state": "asked", "asked_on": DAY,
        "number": f"XY{Wish.objects.count():07d}",
    }  # fmt: skip
    return Wish.objects.create(
        path=organisation.path, organisation=organisation, union_name=organisation.name, **known | facts
    )


def make_wishes(organisation: Organisation, person: Person, word: str) -> dict[str, Any]:
    """One that waits to be checked, with whose it is, and one that was claimed: the union's own."""
    wish = make_wish(organisation, title=f"{word}心愿")
    WishOwner.objects.create(path=organisation.path, wish=wish, person=person)
    claimed = make_wish(organisation, state="claimed", sensitive=True, title=f"{word}的第二个心愿", claimed_by="志愿者")
    claim = Claim.objects.create(
        path=organisation.path,
        wish=claimed,
        kind="volunteer",
        name="志愿者",
        words=f"{word}经过",
        claimed_on=DAY,
        due_on=DAY,
    )
    return {"wish": wish.pk, "wish_claim": claim.pk}
