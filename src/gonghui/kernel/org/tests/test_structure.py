"""Places in the tree that make sense, and those that are refused with the reason."""

from __future__ import annotations

import pytest

from gonghui.kernel.org.choices import Level as L
from gonghui.kernel.org.choices import OrganisationKind as K
from gonghui.kernel.org.rules import check_standing, child_kinds, levels_of, may_stand_under, parent_kinds
from gonghui.kernel.refusal import Refusal

GOOD = [
    (K.FEDERATION, L.CITY, None, None),
    (K.FEDERATION, L.COUNTY, K.FEDERATION, L.CITY),
    (K.FEDERATION, L.TOWNSHIP, K.FEDERATION, L.COUNTY),
    (K.INDUSTRY_UNION, L.CITY, K.FEDERATION, L.CITY),
    (K.INDUSTRY_UNION, L.COUNTY, K.INDUSTRY_UNION, L.CITY),
    (K.JOINT_UNION, L.COUNTY, K.FEDERATION, L.COUNTY),
    (K.GRASSROOTS_UNION, L.UNIT, K.FEDERATION, L.CITY),
    (K.GRASSROOTS_UNION, L.UNIT, K.JOINT_UNION, L.UNIT),
    (K.GRASSROOTS_UNION, L.UNIT, K.GRASSROOTS_UNION, L.UNIT),
    (K.BRANCH, L.BRANCH, K.INDUSTRY_UNION, L.CITY),
    (K.BRANCH, L.BRANCH, K.BRANCH, L.BRANCH),
    (K.GROUP, L.GROUP, K.BRANCH, L.BRANCH),
]
BAD = [
    ("GH-ORG-201", K.PARTY_BODY, L.CITY, K.FEDERATION, L.CITY),
    ("GH-ORG-202", K.GRASSROOTS_UNION, L.CITY, K.FEDERATION, L.CITY),
    ("GH-ORG-202", K.FEDERATION, L.UNIT, K.FEDERATION, L.CITY),
    ("GH-ORG-203", K.GRASSROOTS_UNION, L.UNIT, None, None),
    ("GH-ORG-204", K.FEDERATION, L.COUNTY, K.GRASSROOTS_UNION, L.UNIT),
    ("GH-ORG-204", K.BRANCH, L.BRANCH, K.FEDERATION, L.COUNTY),
    ("GH-ORG-204", K.GROUP, L.GROUP, K.GROUP, L.GROUP),
    ("GH-ORG-204", K.GRASSROOTS_UNION, L.UNIT, K.PARTY_BODY, L.CITY),
    ("GH-ORG-205", K.FEDERATION, L.CITY, K.FEDERATION, L.COUNTY),
    ("GH-ORG-205", K.FEDERATION, L.COUNTY, K.FEDERATION, L.COUNTY),
    ("GH-ORG-205", K.INDUSTRY_UNION, L.CITY, K.FEDERATION, L.COUNTY),
    ("GH-ORG-205", K.INDUSTRY_UNION, L.CITY, K.INDUSTRY_UNION, L.CITY),
]


@pytest.mark.parametrize("place", GOOD)
def test_sensible_places_pass(place: tuple[K, L, K | None, L | None]) -> None:
    check_standing(*place)
    assert may_stand_under(*place)


@pytest.mark.parametrize(("code", "kind", "level", "parent_kind", "parent_level"), BAD)
def test_senseless_places_are_refused(
    code: str, kind: K, level: L, parent_kind: K | None, parent_level: L | None
) -> None:
    with pytest.raises(Refusal) as caught:
        check_standing(kind, level, parent_kind, parent_level)
    assert caught.value.code == code
    assert not may_stand_under(kind, level, parent_kind, parent_level)


def test_every_kind_but_party_bodies_has_parents_and_levels() -> None:
    for kind in K:
        assert levels_of(kind)
        assert bool(parent_kinds(kind)) is (kind is not K.PARTY_BODY)
        assert all(kind in parent_kinds(child) for child in child_kinds(kind))


def test_values_from_the_database_are_taken_as_text() -> None:
    check_standing("branch", "branch", "grassroots_union", "unit")  # type: ignore[arg-type]
