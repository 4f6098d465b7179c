"""Reading the tree: organisations in the viewer's range, where they stand and stood, what happened to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from ...refusal import Refusal, RuleWarning
from ...scope import widened
from ...viewer import Viewer
from ..choices import ChangeKind, Level, OrganisationKind, OrganisationState
from ..models import (
    Employer,
    Group,
    GroupMember,
    Organisation,
    OrganisationChange,
    OrganisationName,
    Placement,
    PublicOrganisation,
    Tally,
    Twin,
)
from ..rules import committee_warnings, ids, may_have_full_time_chair, term_warnings

LIVE = (OrganisationState.FOUNDING, OrganisationState.ACTIVE)

_LEVEL_ORDER = Case(*[When(level=level.value, then=Value(level.rank)) for level in Level], default=Value(99))


def organisation(viewer: Viewer, organisation_id: int) -> Organisation:
    """One organisation in the viewer's range, with its parent and counts.

    :raises Refusal: GH-ORG-001.
    """
    found: Organisation | None = (
        Organisation.objects.visible(viewer)
        .select_related("parent", "successor", "tally")
        .filter(pk=organisation_id)
        .first()
    )
    if found is None:
        raise Refusal(
            "GH-ORG-001", "没有这个组织，或它不在当前岗位的范围内", "organisation", "换到能管理它的岗位再查看"
        )
    return found


def organisations(viewer: Viewer, *, within: Organisation | None = None, ended: bool = False) -> QuerySet[Organisation]:
    """Organisations in the range, with their counts; those that have ended only when asked for."""
    rows = Organisation.objects.visible(viewer).select_related("tally")
    rows = rows.exclude(state=OrganisationState.WITHDRAWN) if ended else rows.filter(state__in=LIVE)
    if within is not None:
        rows = rows.filter(path__gte=within.path, path__lt=within.path + "~")
    return rows.order_by("path")


def in_order(rows: QuerySet[Organisation]) -> QuerySet[Organisation]:
    """Higher levels first, then by pinyin: how a list of siblings is read."""
    return rows.order_by(_LEVEL_ORDER, "name_key", "pk")


def children(viewer: Viewer, organisation: Organisation, on: date | None = None) -> QuerySet[Organisation]:
    """Organisations directly below, today or on a past day; each has `name_then`."""
    if on is None:
        rows = organisations(viewer).filter(parent_id=organisation.pk).annotate(name_then=F("name"))
        return in_order(rows)
    rows = (
        Organisation.objects.visible(viewer)
        .select_related("tally")
        .filter(pk__in=_placed(on).filter(parent_id=organisation.pk).values("organisation_id"))
    )
    names = _named(on).filter(organisation_id=OuterRef("pk")).values("name")[:1]
    return in_order(rows.annotate(name_then=Subquery(names, output_field=CharField())))


def _placed(on: date) -> QuerySet[Placement]:
    return Placement.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def _named(on: date) -> QuerySet[OrganisationName]:
    return OrganisationName.objects.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation as it stood on a day; `depth` is 0 for the one that was asked about."""

    id: int
    parent_id: int | None
    depth: int
    name: str
    kind: str
    level: str

    @property
    def kind_label(self) -> str:
        return OrganisationKind(self.kind).label

    @property
    def level_label(self) -> str:
        return Level(self.level).label


_TREE_ON = """
WITH RECURSIVE standing AS (
  SELECT organisation_id, parent_id FROM organisation_placement
  WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
), tree AS (
  SELECT s.organisation_id AS id, s.parent_id, 0 AS depth FROM standing s WHERE s.organisation_id = %(root)s
  UNION ALL
  SELECT s.organisation_id, s.parent_id, t.depth + 1 FROM standing s JOIN tree t ON s.parent_id = t.id
  WHERE t.depth < %(depth)s
)
SELECT t.id, t.parent_id, t.depth, coalesce(n.name, o.name), o.kind, o.level, o.name_key
FROM tree t JOIN organisation o ON o.id = t.id
LEFT JOIN organisation_name n ON n.organisation_id = t.id
  AND n.valid_from <= %(on)s AND (n.valid_to IS NULL OR n.valid_to > %(on)s)
"""


def tree_on(viewer: Viewer, organisation: Organisation, on: date, depth: int = 40) -> list[Node]:
    """The tree below an organisation as it was at the end of a day, in reading order, with the names of then.

    Names and places of unions are public, and some of those that stood here then stand elsewhere now: so this
    looks beyond the range, once the organisation itself was found to be in it.
    """
    if not viewer.reaches(organisation.path):
        return []
    with widened(), connection.cursor() as cursor:
        cursor.execute(_TREE_ON, {"on": on, "root": organisation.pk, "depth": depth})
        rows = cursor.fetchall()
        since = _kinds_since(on)
    below: dict[int | None, list[tuple[tuple[int, str, int], Node]]] = {}
    for pk, parent_id, at, name, kind, level, key in rows:
        kind, level = since.get(pk, (kind, level))
        node = Node(pk, parent_id, at, name, kind, level)
        below.setdefault(None if at == 0 else parent_id, []).append(((Level(level).rank, key, pk), node))
    return _in_reading_order(below)


def _kinds_since(on: date) -> dict[int, tuple[str, str]]:
    """What organisations reclassified after a day were on that day: the first such act says what was before."""
    later = OrganisationChange.objects.filter(
        kind=ChangeKind.RECLASSIFICATION, on__gt=on, undone_at__isnull=True
    ).order_by("-on", "-pk")
    return {one.organisation_id: (one.before["kind"], one.before["level"]) for one in later}


def _in_reading_order(below: dict[int | None, list[tuple[tuple[int, str, int], Node]]]) -> list[Node]:
    listed: list[Node] = []
    waiting = [node for _, node in sorted(below.get(None, []), key=lambda one: one[0], reverse=True)]
    while waiting:
        node = waiting.pop()
        listed.append(node)
        waiting += [one for _, one in sorted(below.get(node.id, []), key=lambda one: one[0], reverse=True)]
    return listed


def ancestors(organisation: Organisation | PublicOrganisation) -> list[PublicOrganisation]:
    """From the root down to the parent, wherever the viewer stands: breadcrumbs are public."""
    return list(PublicOrganisation.objects.filter(pk__in=ids(organisation.path)[:-1]).order_by("path"))


def history(viewer: Viewer, organisation: Organisation) -> QuerySet[OrganisationChange]:
    """Acts on an organisation, or in which it took part, the latest first."""
    return (
        OrganisationChange.objects.visible(viewer)
        .filter(Q(organisation_id=organisation.pk) | Q(other_id=organisation.pk))
        .select_related("organisation", "other", "document")
        .order_by("-on", "-pk")
    )


def changes(viewer: Viewer) -> QuerySet[OrganisationChange]:
    """Acts on every organisation in the range, the latest first."""
    return (
        OrganisationChange.objects.visible(viewer).select_related("organisation", "other").order_by("-made_at", "-pk")
    )


def change(viewer: Viewer, change_id: int) -> OrganisationChange:
    """One act.

    :raises Refusal: GH-ORG-001.
    """
    found = changes(viewer).filter(pk=change_id).first()
    if found is None:
        raise Refusal("GH-ORG-001", "没有这项变动，或它不在当前岗位的范围内", "change", "换到能管理它的岗位再查看")
    return found


def names(viewer: Viewer, organisation: Organisation) -> QuerySet[OrganisationName]:
    """What it has been called, the present name first."""
    return (
        OrganisationName.objects.visible(viewer)
        .filter(organisation_id=organisation.pk)
        .exclude(valid_to=F("valid_from"))
        .order_by("-valid_from", "-pk")
    )


def placements(viewer: Viewer, organisation: Organisation) -> QuerySet[Placement]:
    """Under which parents it has stood, the present one first."""
    return (
        Placement.objects.visible(viewer)
        .filter(organisation_id=organisation.pk)
        .exclude(valid_to=F("valid_from"))
        .order_by("-valid_from", "-pk")
    )


def employers(viewer: Viewer, organisation: Organisation | None = None) -> QuerySet[Employer]:
    """Employers served by one union, or by all in the range."""
    rows = Employer.objects.visible(viewer).select_related("organisation").order_by("name", "pk")
    return rows if organisation is None else rows.filter(organisation_id=organisation.pk)


def twins(viewer: Viewer, organisation: Organisation) -> QuerySet[Twin]:
    """Party organisations that it is or was paired with; those in force first."""
    rows = Twin.objects.visible(viewer).filter(organisation_id=organisation.pk)
    return rows.order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "-pk")


def groups(viewer: Viewer, organisation: Organisation | None = None) -> QuerySet[Group]:
    """Groups kept in the range, or those that an organisation is in."""
    if organisation is None:
        return Group.objects.visible(viewer).select_related("organisation").order_by("kind", "name", "pk")
    open_ones = GroupMember.objects.filter(organisation_id=organisation.pk, valid_to__isnull=True)
    return Group.objects.filter(pk__in=open_ones.values("group_id")).order_by("kind", "name", "pk")


def group_members(viewer: Viewer, group: Group, on: date | None = None) -> QuerySet[GroupMember]:
    """Who is in a group, now or on a past day."""
    rows = (
        GroupMember.objects.visible(viewer)
        .select_related("organisation", "organisation__tally")
        .filter(group_id=group.pk)
    )
    if on is None:
        rows = rows.filter(valid_to__isnull=True)
    else:
        rows = rows.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return rows.order_by("organisation__name_key", "pk")


def warnings(viewer: Viewer, organisation: Organisation, on: date | None = None) -> list[RuleWarning]:
    """What is odd about an organisation on a day: size of its committee, its term, its facts.

    What asks for the officers themselves (women's committee, audit committee) is in people.
    """
    if organisation.state not in LIVE:
        return []
    tally = Tally.objects.visible(viewer).filter(pk=organisation.pk).first()
    kind = OrganisationKind(organisation.kind)
    members = tally.active if tally is not None else 0
    found = committee_warnings(kind=kind, members=members, seats=organisation.committee_size)
    on = on or timezone.localdate()
    found += term_warnings(kind=kind, term_from=organisation.term_from, term_to=organisation.term_to, on=on)
    if kind is OrganisationKind.GRASSROOTS_UNION:
        found += _employer_warnings(organisation, members)
    return found


def _employer_warnings(organisation: Organisation, members: int) -> list[RuleWarning]:
    found = []
    headcount = organisation.headcount
    if headcount is not None and members > headcount:
        message = f"会员{members}人，比登记的职工人数{headcount}人多{members - headcount}人，核对职工人数"
        found.append(RuleWarning("GH-ORG-W51", message, "本地口径"))
    gone = Employer.objects.filter(organisation_id=organisation.pk, deregistered_on__isnull=False).first()
    if gone is not None:
        message = f"{gone.name}已在{gone.deregistered_on}注销，工会应相应撤销，会员转由上一级工会保留会籍"
        found.append(RuleWarning("GH-ORG-W52", message, "中华人民共和国工会法（2021年修正）第十三条"))
    if not organisation.uscc:
        found.append(RuleWarning("GH-ORG-W53", "没有登记统一社会信用代码", "GB 32100-2015"))
    return found


def may_have_full_time(organisation: Organisation) -> bool:
    """Whether its employer is large enough for a full-time chair."""
    return may_have_full_time_chair(organisation.headcount)
