"""Founding (建会): a new organisation under a parent."""

from __future__ import annotations

from datetime import date
from typing import Any

from ...files.models import StoredFile
from ...refusal import Refusal
from ...viewer import ALL_LO, Viewer
from ..choices import ChangeKind, Level, OrganisationKind, OrganisationState
from ..models import Organisation, OrganisationChange
from ..rules import check_name, check_standing, sort_key
from ..rules.facts import check_term, clean_facts, read_choice
from . import acts
from .locks import hold, writing


def found(
    actor: Viewer,
    *,
    parent: Organisation | None,
    name: str,
    kind: str,
    level: str,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
    state: str = OrganisationState.ACTIVE,
    **facts: Any,
) -> Organisation:
    """Found an organisation. Only the whole tree's own post may found without a parent.

    `state` may be `founding` while the preparatory group works. `founded_on` may be older than `on`, the day from
    which the organisation stands in this tree.
    """
    reason, document_no = acts.check_act(on, reason, document_no)
    with writing():
        above = hold(parent.pk) if parent is not None else None
        check_parent(actor, above, on)
        organisation = insert(above, name, kind, level, on, state, facts)
        change = acts.record_change(
            actor,
            ChangeKind.FOUNDING,
            organisation,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            other=above,
        )
        settle(organisation, above, on, change)
        acts.finish(actor, change, {"organisations": 1, "to": above.name if above else ""})
    return organisation


def check_parent(actor: Viewer, parent: Organisation | None, on: date) -> None:
    """:raises Refusal: GH-ORG-203 no parent; and when it has ended, is out of reach, or did not exist yet."""
    if parent is None:
        if actor.lo != ALL_LO:
            raise Refusal("GH-ORG-203", "没有选择上级组织", "parent", "选择批准建会的上一级工会")
        return
    acts.check_reach(actor, parent, "parent")
    acts.check_live(parent, "parent")
    acts.check_stood(parent, on)


def insert(
    parent: Organisation | None, name: str, kind: str, level: str, on: date, state: str, facts: dict[str, Any]
) -> Organisation:
    """The checked row of a new organisation under a held parent."""
    name = check_name(name)
    chosen_kind = read_choice(OrganisationKind, kind, "kind", "类别")
    chosen_level = read_choice(Level, level, "level", "层级")
    check_standing(
        chosen_kind,
        chosen_level,
        OrganisationKind(parent.kind) if parent else None,
        Level(parent.level) if parent else None,
    )
    values = clean_facts(facts)
    check_term(values.get("term_from"), values.get("term_to"))
    if state not in acts.LIVE:
        raise Refusal("GH-ORG-604", "新建组织的状态应为筹建中或正常", "state")
    acts.check_name_free(name, parent.pk if parent else None)
    values["founded_on"] = values.get("founded_on") or on
    number = acts.next_id()
    return Organisation.objects.create(
        id=number,
        path=acts.path_under(parent, number),
        parent=parent,
        name=name,
        name_key=sort_key(name),
        kind=chosen_kind,
        level=chosen_level,
        state=state,
        **values,
    )


def settle(organisation: Organisation, parent: Organisation | None, on: date, change: OrganisationChange) -> None:
    """Begin the history of a new organisation, and make it findable."""
    acts.place(organisation, parent, on, change)
    acts.begin_name(organisation, on)
    acts.index_name(organisation)
