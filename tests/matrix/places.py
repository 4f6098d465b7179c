"""Where an object can stand, seen from a post: the sites of the matrix and what each is to the post's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gonghui.kernel.factories import make_organisation, make_tree
from gonghui.kernel.models import Organisation


class Place(StrEnum):
    """What the object's organisation is to the organisation of the post."""

    OWN = "own"
    PARENT = "parent"
    CHILD = "child"
    SIBLING = "sibling"
    COUSIN = "cousin"
    OTHER_CITY = "other_city"
    SHARED = "shared"
    """Between two unions of which one is the post's own: a transfer on its way. Only few kinds have this place."""


WITHIN = frozenset({Place.OWN, Place.CHILD})
"""The reach of a post: its organisation and everything below. This is the rule the matrix holds the platform to."""


@dataclass(frozen=True)
class Site:
    """An organisation with a word of its own, which stands in every text made there and nowhere else."""

    key: str
    organisation: Organisation
    word: str


WORDS = {
    "city": "甄庐陵", "county": "甄安城", "township": "甄枫溪", "union": "甄泸水", "branch": "甄包装", "sibling_union": "甄稻香",
    "cousin_union": "甄竹山", "sibling_county": "甄泉江", "far_union": "甄罗霄", "other_union": "甄绵水",
}  # fmt: skip

LEVELS: dict[str, dict[Place, str]] = {
    "county": {
        Place.OWN: "county", Place.PARENT: "city", Place.CHILD: "union", Place.SIBLING: "sibling_county",
        Place.COUSIN: "far_union", Place.OTHER_CITY: "other_union",
    },
    "union": {
        Place.OWN: "union", Place.PARENT: "township", Place.CHILD: "branch", Place.SIBLING: "sibling_union",
        Place.COUSIN: "cousin_union", Place.OTHER_CITY: "other_union",
    },
}  # fmt: skip
"""Posts stand at a county or at a grassroots union; the same places lie around each."""


def make_sites() -> tuple[Organisation, dict[str, Site]]:
    """(the root, the sites): the fixed cast, and cousins for both levels."""
    tree = make_tree()
    other_township = make_organisation(
        "安福县竹江乡总工会", "federation", "township", tree.county, region_code="360829"
    )
    bodies = {
        "city": tree.city,
        "county": tree.county,
        "township": tree.township,
        "union": tree.union,
        "branch": tree.branch,
        "sibling_union": tree.sibling_union,
        "cousin_union": make_organisation("安福县竹江乡毛竹加工联合工会委员会", "joint_union", parent=other_township),
        "sibling_county": tree.sibling_county,
        "far_union": make_organisation("遂川县狗牯脑茶业有限公司工会委员会", parent=tree.sibling_county),
        "other_union": tree.other_union,
    }
    return tree.province, {key: Site(key, body, WORDS[key]) for key, body in bodies.items()}


def within(own: str, site: str, sites: dict[str, Site]) -> bool:
    """Whether a site lies in the range of a post at `own`, by the tree of parents and not by paths."""
    at: Organisation | None = sites[site].organisation
    while at is not None:
        if at.pk == sites[own].organisation.pk:
            return True
        at = at.parent
    return False
