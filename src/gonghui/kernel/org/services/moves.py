"""Moving (转隶): an organisation and all below it get another parent."""

from __future__ import annotations

from datetime import date

from ...files.models import StoredFile
from ...refusal import Refusal
from ...viewer import Viewer
from ..choices import ChangeKind
from ..models import Organisation, OrganisationChange, Placement
from ..rules import is_within
from . import acts
from .locks import hold, lock_subtree, restructuring
from .paths import rewrite_paths


def move(
    actor: Viewer,
    *,
    organisation: Organisation,
    parent: Organisation,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
) -> OrganisationChange:
    """Put an organisation under another parent; members, offices and everything below go with it."""
    reason, document_no = acts.check_act(on, reason, document_no)
    with restructuring():
        body = lock_subtree(organisation.pk)
        above = hold(parent.pk)
        acts.check_above(actor, body)
        acts.check_live(body)
        check_target(actor, body, above, on)
        if above.pk == body.parent_id:
            raise Refusal("GH-ORG-511", f"{body.name}已经在{above.name}下面", "parent", "选择另一个上级组织")
        former = acts.parent_of(body)
        placement = acts.open_placement(body, on)
        organisations, members = acts.size_of(body.path)
        change = acts.record_change(
            actor,
            ChangeKind.MOVE,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            other=above,
            before={"parent": former.pk, "placement": placement.pk},
        )
        acts.close_placement(placement, on)
        reparent(body, above)
        acts.place(body, above, on, change)
        change.organisation, change.other = body, above
        effect = {"organisations": organisations, "members": members, "from": former.name, "to": above.name}
        return acts.finish(actor, change, effect)


def check_target(actor: Viewer, body: Organisation, parent: Organisation, on: date) -> None:
    """Whether a locked organisation may come to stand under a held parent.

    :raises Refusal: GH-ORG-510 under itself; and when the parent has ended, is out of reach or of a wrong kind.
    """
    acts.check_reach(actor, parent, "parent")
    if is_within(parent.path, body.path):
        raise Refusal("GH-ORG-510", f"{parent.name}在{body.name}下面，不能作它的上级", "parent", "选择不在它下面的组织")
    acts.check_live(parent, "parent")
    acts.check_place(body, parent)
    acts.check_stood(parent, on)
    acts.check_name_free(body.name, parent.pk, apart_from=body.pk)


def reparent(body: Organisation, parent: Organisation) -> dict[str, int]:
    """Rewrite the subtree of a locked organisation under a held parent; history is the caller's."""
    old = body.path
    acts.touch(body, parent=parent)
    changed = rewrite_paths(old, acts.path_under(parent, body.pk))
    body.refresh_from_db()
    return changed


def put_back(body: Organisation, parent: Organisation, made: Placement, earlier: Placement) -> None:
    """Undo of one re-parenting: its placement becomes empty, the one before it is open again."""
    Placement.objects.filter(pk=made.pk).update(valid_to=made.valid_from)
    Placement.objects.filter(pk=earlier.pk).update(valid_to=None)
    reparent(body, parent)
