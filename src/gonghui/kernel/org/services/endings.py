"""Merger (并转), split (分设) and dissolution (撤销): organisations end or divide, members are never lost."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from ...files.models import StoredFile
from ...refusal import Refusal
from ...viewer import Viewer
from ..choices import ChangeKind, MemberEffect, OrganisationKind, OrganisationState
from ..effects import membership_effects
from ..models import Employer, GroupMember, Organisation, OrganisationChange, Placement, Twin
from ..rules import is_within, subtree
from . import acts
from .founding import check_parent, insert, settle
from .locks import hold, lock_subtree, restructuring
from .moves import check_target, reparent

INNER = (OrganisationKind.BRANCH, OrganisationKind.GROUP)
"""Parts of a union that have no life of their own: they end with it."""


def merge(
    actor: Viewer,
    *,
    organisation: Organisation,
    into: Organisation,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
) -> OrganisationChange:
    """End an organisation in another one: its members, employers and what stands below it go on there."""
    reason, document_no = acts.check_act(on, reason, document_no)
    with restructuring():
        body = lock_subtree(organisation.pk)
        heir = hold(into.pk)
        acts.check_above(actor, body)
        acts.check_live(body)
        acts.check_reach(actor, heir, "into")
        if is_within(heir.path, body.path):
            raise Refusal("GH-ORG-512", f"{body.name}不能并入它自己下面的组织", "into", "选择另一个接收组织")
        acts.check_live(heir, "into")
        acts.check_stood(heir, on, "into")
        placement = acts.open_placement(body, on)
        children = _live_children(body)
        for child in children:
            check_target(actor, child, heir, on)
            acts.open_placement(child, on)
        change = acts.record_change(
            actor,
            ChangeKind.MERGER,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            other=heir,
        )
        carried = [_carry_child(child, heir, on, change) for child in children]
        members = membership_effects().transfer_all(actor, change, body, heir, on)
        links = _end_links([body.pk], on) | {"employers": _hand_over_employers(body, heir)}
        ended = [_end(body, placement, on, OrganisationState.MERGED, heir)]
        effect = {
            "members": members,
            "member_effect": MemberEffect.TRANSFERRED.value,
            "organisations": 1,
            "children": len(carried),
            "to": heir.name,
        }
        return acts.finish(actor, change, effect, {"ended": ended, "children": carried, "links": links})


def dissolve(
    actor: Viewer,
    *,
    organisation: Organisation,
    on: date,
    reason: str,
    members_to: Organisation | None = None,
    document_no: str = "",
    document: StoredFile | None = None,
) -> OrganisationChange:
    """End an organisation with its branches and groups.

    Its members go to `members_to`; without one the union above keeps their membership (保留会籍, 工会法 art. 13).
    """
    reason, document_no = acts.check_act(on, reason, document_no)
    with restructuring():
        body = lock_subtree(organisation.pk)
        acts.check_above(actor, body)
        acts.check_live(body)
        target = hold(members_to.pk if members_to is not None else acts.parent_of(body).pk)
        acts.check_reach(actor, target, "members_to")
        if is_within(target.path, body.path):
            raise Refusal(
                "GH-ORG-512",
                f"{target.name}随{body.name}一起撤销，不能接收会员",
                "members_to",
                "选择另一个接收组织",
            )
        acts.check_live(target, "members_to")
        acts.check_stood(target, on, "members_to")
        bodies = _ending_with(body)
        placements = {one.pk: acts.open_placement(one, on) for one in bodies}
        change = acts.record_change(
            actor,
            ChangeKind.DISSOLUTION,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            other=members_to and target,
        )
        effects = membership_effects()
        act = effects.transfer_all if members_to is not None else effects.hold_all
        members = sum(act(actor, change, one, target, on) for one in bodies)
        links = _end_links([one.pk for one in bodies], on)
        ended = [_end(one, placements[one.pk], on, OrganisationState.DISSOLVED) for one in bodies]
        kept = MemberEffect.TRANSFERRED if members_to is not None else MemberEffect.HELD_ABOVE
        effect = {
            "members": members,
            "member_effect": kept.value,
            "organisations": len(bodies),
            "to": target.name,
        }
        return acts.finish(actor, change, effect, {"ended": ended, "links": links, "target": target.pk})


def split(
    actor: Viewer,
    *,
    organisation: Organisation,
    name: str,
    members: Iterable[int],
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
    **facts: Any,
) -> OrganisationChange:
    """Found a second organisation beside this one and put the given memberships into it (`change.other`).

    Kind, level and region are those of the first one unless `facts` says otherwise.
    """
    reason, document_no = acts.check_act(on, reason, document_no)
    with restructuring():
        body = lock_subtree(organisation.pk)
        acts.check_above(actor, body)
        acts.check_live(body)
        acts.open_placement(body, on)
        above = hold(acts.parent_of(body).pk)
        check_parent(actor, above, on)
        facts = {"region_code": body.region_code, "industry": body.industry} | facts
        kind, level = facts.pop("kind", body.kind), facts.pop("level", body.level)
        other = insert(above, name, kind, level, on, OrganisationState.ACTIVE, facts)
        change = acts.record_change(
            actor,
            ChangeKind.SPLIT,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            other=other,
        )
        settle(other, above, on, change)
        wanted = set(members)
        moved = membership_effects().split_off(actor, change, body, other, wanted, on)
        if moved != len(wanted):
            raise Refusal(
                "GH-ORG-518",
                f"所选会员中有{len(wanted) - moved}名不在{body.name}，或会籍已终止",
                "members",
                "重新选择本会在册的会员",
            )
        effect = {
            "members": moved,
            "member_effect": MemberEffect.TRANSFERRED.value,
            "organisations": 1,
            "to": other.name,
        }
        return acts.finish(actor, change, effect)


def _live_children(body: Organisation) -> list[Organisation]:
    return list(Organisation.objects.filter(parent_id=body.pk, state__in=acts.LIVE).order_by("path"))


def _ending_with(body: Organisation) -> list[Organisation]:
    """The organisation and its inner parts, deepest first.

    :raises Refusal: GH-ORG-515 other unions stand below, and nobody has said what becomes of them.
    """
    lo, hi = subtree(body.path)
    below = Organisation.objects.filter(path__gt=lo, path__lt=hi, state__in=acts.LIVE).order_by("path")
    others = [one.name for one in below.exclude(kind__in=INNER)[:4]]
    if others:
        more = "等" if len(others) > 3 else ""
        raise Refusal(
            "GH-ORG-515",
            f"{body.name}下面还有{'、'.join(others[:3])}{more}",
            "organisation",
            "先把下级组织转隶、并转或撤销",
        )
    return [*reversed(below), body]


def _end(
    body: Organisation,
    placement: Placement,
    on: date,
    state: OrganisationState,
    heir: Organisation | None = None,
) -> dict[str, Any]:
    """Give an organisation its last day; returns what undo needs."""
    before = {"organisation": body.pk, "state": body.state, "placement": placement.pk}
    acts.close_placement(placement, on)
    acts.touch(body, state=state, ended_on=on, successor=heir)
    return before


def _carry_child(child: Organisation, heir: Organisation, on: date, change: OrganisationChange) -> dict[str, int]:
    """Move a child of a merged organisation to its heir."""
    earlier = acts.open_placement(child, on)
    acts.close_placement(earlier, on)
    reparent(child, heir)
    made = acts.place(child, heir, on, change)
    return {"organisation": child.pk, "earlier": earlier.pk, "made": made.pk}


def _end_links(organisation_ids: list[int], on: date) -> dict[str, list[int]]:
    """Pairings with party bodies and places in groups end with the organisation."""
    ended: dict[str, list[int]] = {}
    for key, model in (("twins", Twin), ("groupings", GroupMember)):
        rows = model.objects.filter(organisation_id__in=organisation_ids, valid_to__isnull=True)
        ended[key] = list(rows.values_list("pk", flat=True))
        model.objects.filter(pk__in=ended[key]).update(valid_to=on)
    return ended


def _hand_over_employers(body: Organisation, heir: Organisation) -> list[int]:
    """The heir serves the employers from now on."""
    numbers = list(Employer.objects.filter(organisation=body).values_list("pk", flat=True))
    Employer.objects.filter(pk__in=numbers).update(organisation=heir, path=heir.path)
    return numbers
