"""Which body may stand under which: the shape of the union tree."""

from __future__ import annotations

from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.refusal import Refusal

_K = OrganisationKind
_TERRITORIAL = (Level.NATIONAL, Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP)

_PARENTS: dict[OrganisationKind, frozenset[OrganisationKind]] = {
    _K.FEDERATION: frozenset({_K.FEDERATION}),
    _K.INDUSTRY_UNION: frozenset({_K.FEDERATION, _K.INDUSTRY_UNION}),
    _K.JOINT_UNION: frozenset({_K.FEDERATION, _K.INDUSTRY_UNION, _K.JOINT_UNION}),
    # A group company's union leads those of its subsidiaries.
    _K.GRASSROOTS_UNION: frozenset({_K.FEDERATION, _K.INDUSTRY_UNION, _K.JOINT_UNION, _K.GRASSROOTS_UNION}),
    _K.BRANCH: frozenset({_K.GRASSROOTS_UNION, _K.JOINT_UNION, _K.INDUSTRY_UNION, _K.BRANCH}),
    _K.GROUP: frozenset({_K.GRASSROOTS_UNION, _K.JOINT_UNION, _K.INDUSTRY_UNION, _K.BRANCH}),
    _K.PARTY_BODY: frozenset(),
}

_LEVELS: dict[OrganisationKind, tuple[Level, ...]] = {
    _K.FEDERATION: _TERRITORIAL,
    _K.INDUSTRY_UNION: _TERRITORIAL,
    _K.JOINT_UNION: (Level.PROVINCE, Level.CITY, Level.COUNTY, Level.TOWNSHIP, Level.UNIT),
    _K.GRASSROOTS_UNION: (Level.UNIT,),
    _K.BRANCH: (Level.BRANCH,),
    _K.GROUP: (Level.GROUP,),
    _K.PARTY_BODY: tuple(Level),
}

# An industry or joint union belongs to the level of the federation that leads it: 市物流行业工会 under 市总工会.
_SAME_LEVEL: frozenset[tuple[OrganisationKind, OrganisationKind]] = frozenset(
    {
        (_K.INDUSTRY_UNION, _K.FEDERATION),
        (_K.JOINT_UNION, _K.FEDERATION),
        (_K.JOINT_UNION, _K.INDUSTRY_UNION),
        (_K.JOINT_UNION, _K.JOINT_UNION),
        (_K.GRASSROOTS_UNION, _K.JOINT_UNION),
        (_K.GRASSROOTS_UNION, _K.GRASSROOTS_UNION),
        (_K.BRANCH, _K.BRANCH),
    }
)


def levels_of(kind: OrganisationKind) -> tuple[Level, ...]:
    """Levels that a kind of body may have; one only for grassroots unions, branches and groups."""
    return _LEVELS[kind]


def parent_kinds(kind: OrganisationKind) -> frozenset[OrganisationKind]:
    """Kinds under which a body of this kind may stand."""
    return _PARENTS[kind]


def child_kinds(kind: OrganisationKind) -> list[OrganisationKind]:
    """Kinds that may stand under this one, in declared order, for forms."""
    return [child for child in OrganisationKind if kind in _PARENTS[child]]


def check_standing(
    kind: OrganisationKind,
    level: Level,
    parent_kind: OrganisationKind | None,
    parent_level: Level | None,
) -> None:
    """Refuse a place in the tree that makes no sense.

    :raises Refusal: GH-ORG-201 a party body; 202 a level the kind cannot have; 203 no parent; 204 the kind of the
        parent; 205 a level above its parent's.
    """
    kind, level = OrganisationKind(kind), Level(level)
    if kind is _K.PARTY_BODY:
        raise Refusal("GH-ORG-201", "党组织不在工会组织树里", "kind", "在对应的工会组织上登记党工共建关系")
    if level not in _LEVELS[kind]:
        allowed = "、".join(one.label for one in _LEVELS[kind])
        raise Refusal("GH-ORG-202", f"{kind.label}的层级应为{allowed}，现在是{level.label}", "level")
    if parent_kind is None or parent_level is None:
        if kind is _K.FEDERATION:
            return
        raise Refusal("GH-ORG-203", f"{kind.label}须有上级组织", "parent", "选择领导它的总工会、产业工会或基层工会")
    parent_kind, parent_level = OrganisationKind(parent_kind), Level(parent_level)
    if parent_kind not in _PARENTS[kind]:
        allowed = "、".join(one.label for one in OrganisationKind if one in _PARENTS[kind])
        message = f"{kind.label}不能设在{parent_kind.label}下面"
        raise Refusal("GH-ORG-204", message, "parent", f"上级组织可以是{allowed}")
    same_allowed = (kind, parent_kind) in _SAME_LEVEL
    if level.rank < parent_level.rank or (level.rank == parent_level.rank and not same_allowed):
        message = f"{level.label}的{kind.label}不能设在{parent_level.label}的{parent_kind.label}下面"
        raise Refusal("GH-ORG-205", message, "level", f"层级应低于{parent_level.label}")


def may_stand_under(
    kind: OrganisationKind,
    level: Level,
    parent_kind: OrganisationKind | None,
    parent_level: Level | None,
) -> bool:
    """The same question for lists of possible parents."""
    try:
        check_standing(kind, level, parent_kind, parent_level)
    except Refusal:
        return False
    return True
