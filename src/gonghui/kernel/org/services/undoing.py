"""Taking an act back while nothing later depends on it; taking back is an act of its own, with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django.db.models import F, Field, Model, Q
from django.utils import timezone

from ...refusal import Refusal
from ...viewer import Viewer
from ..choices import ChangeKind, Level, OrganisationKind, OrganisationState
from ..effects import membership_effects
from ..models import (
    Employer,
    GroupMember,
    Organisation,
    OrganisationChange,
    OrganisationGram,
    OrganisationName,
    Placement,
    Tally,
    Twin,
)
from ..rules import is_within, sort_key
from ..rules.facts import check_text
from . import acts
from .facts import check_kind
from .locks import hold, lock_subtree, restructuring
from .moves import put_back

_ABOVE = (ChangeKind.FOUNDING, ChangeKind.MOVE, ChangeKind.MERGER, ChangeKind.SPLIT, ChangeKind.DISSOLUTION)
_RECORDS = {
    "membership": "会籍",
    "appointment": "任职",
    "post": "授权岗位",
    "sign_of_life": "活动和会费痕迹",
    "employer": "用人单位",
    "organisation_twin": "党工共建关系",
    "organisation_group": "分组",
    "organisation_group_member": "分组",
    "rule": "规则",
    "transfer_request": "转会申请",
    "organisation": "下级组织",
    "organisation_placement": "下级组织",
}


def undo(actor: Viewer, *, change: OrganisationChange, reason: str) -> OrganisationChange:
    """Restore what was before the act: places, names, states, links and memberships.

    :raises Refusal: GH-ORG-517 taken back already, 513 something done since depends on it.
    """
    reason = check_text(reason, "reason", "撤回原因", 300)
    if len(reason) < 2:
        raise Refusal("GH-ORG-501", "没有写明原因", "reason", "写明为什么撤回")
    with restructuring():
        act: OrganisationChange | None = OrganisationChange.objects.select_for_update().filter(pk=change.pk).first()
        if act is None or (act.other_id is not None and act.other is None):
            raise Refusal("GH-ORG-001", "没有这项变动，或它不在当前岗位的范围内", "change", "由上一级工会办理撤回")
        if act.undone_at is not None:
            raise Refusal("GH-ORG-517", f"这项变动已在{timezone.localdate(act.undone_at)}撤回", "change")
        body = lock_subtree(act.organisation_id)
        acts.check_reach(actor, body)
        if act.kind in _ABOVE:
            acts.check_above(actor, body)
        restored = _UNDO[ChangeKind(act.kind)](actor, act, body)
        act.undone_at, act.undone_by, act.undo_reason = timezone.now(), actor.account_id, reason
        act.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        act.refresh_from_db()
        detail = {"kind": act.kind, "restored": restored}
        acts.on_trail(actor, "org.change_undone", act, detail, reason)
    return act


def _depends(sentence: str, hint: str = "先撤回后来的变动") -> Refusal:
    return Refusal("GH-ORG-513", sentence, "change", hint)


def _refuse_later(change: OrganisationChange, organisation_ids: Iterable[int], kinds: Iterable[ChangeKind]) -> None:
    """:raises Refusal: GH-ORG-513 naming the first later act on these organisations."""
    later = (
        OrganisationChange.objects.filter(pk__gt=change.pk, undone_at__isnull=True, kind__in=list(kinds))
        .filter(organisation_id__in=list(organisation_ids))
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    if later is not None:
        kind = ChangeKind(later.kind).label
        raise _depends(f"{later.organisation.name}后来又办理了{kind}（{later.on}）", f"先撤回这项{kind}")


def _living_parent(actor: Viewer, body: Organisation, parent_id: int) -> Organisation:
    """The parent to which a body returns, held.

    :raises Refusal: GH-ORG-513 it has ended, or stands below the body now.
    """
    parent = hold(parent_id)
    acts.check_reach(actor, parent, "parent")
    if parent.state not in acts.LIVE:
        state = OrganisationState(parent.state).label
        raise _depends(f"原上级{parent.name}{state}", "先撤回原上级的这项变动")
    if is_within(parent.path, body.path):
        raise _depends(f"原上级{parent.name}现在设在{body.name}下面", "先把原上级转隶到别处")
    acts.check_place(body, parent)
    acts.check_name_free(body.name, parent.pk, apart_from=body.pk)
    return parent


def _undo_founding(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _refuse_traces(change, body)
    _withdraw(body)
    return {"organisations": 1}


def _undo_split(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    other = lock_subtree(change.other_id or 0)
    effects = membership_effects()
    _refuse_dependence(effects.depends_on(change))
    _refuse_traces(change, other)
    _refuse_later(change, [body.pk], [ChangeKind.MERGER, ChangeKind.DISSOLUTION])
    members = effects.revert(actor, change)
    _withdraw(other)
    return {"organisations": 1, "members": members}


def _refuse_dependence(sentence: str | None) -> None:
    if sentence:
        raise _depends(sentence, "先撤回这些办理，或为会员另行办理")


def _refuse_traces(change: OrganisationChange, body: Organisation) -> None:
    """:raises Refusal: GH-ORG-513 something was recorded in a new organisation since it was made.

    Every table that refers to organisations is asked, those of the apps too, so that a new one cannot be missed.
    """
    later = (
        OrganisationChange.objects.filter(Q(organisation=body) | Q(other=body), undone_at__isnull=True)
        .exclude(pk=change.pk)
        .order_by("pk")
        .first()
    )
    if later is not None:
        raise _depends(f"{body.name}后来办理了{ChangeKind(later.kind).label}（{later.on}）")
    for relation in Organisation._meta.related_objects:
        model, field = relation.related_model, relation.field
        if isinstance(model, str) or model in (OrganisationChange, OrganisationName, OrganisationGram, Tally):
            continue
        if _recorded(model, field.name, body, change):
            what = _RECORDS.get(model._meta.db_table, "其他记录")
            raise _depends(f"{body.name}已登记了{what}", f"先处理它的{what}，或办理撤销")


def _recorded(model: type[Model], field: str, body: Organisation, change: OrganisationChange) -> bool:
    rows = model._base_manager.filter(**{field: body.pk})
    if model is Placement:
        if field == "organisation":
            return False
        return rows.exclude(valid_to=F("valid_from")).exists()
    if model is Organisation:
        return rows.exclude(state=OrganisationState.WITHDRAWN).exists()
    if any(one.name == "start_change" for one in model._meta.get_fields()):
        rows = rows.exclude(start_change=change)
    return rows.exists()


def _withdraw(body: Organisation) -> None:
    """A founding that was a mistake: the row stays for the record, on no day does it stand in the tree."""
    placement = Placement.objects.get(organisation=body, valid_to__isnull=True)
    acts.close_placement(placement, placement.valid_from)
    OrganisationName.objects.filter(organisation=body).update(valid_to=F("valid_from"))
    OrganisationGram.objects.filter(organisation=body).delete()
    acts.touch(body, state=OrganisationState.WITHDRAWN, ended_on=placement.valid_from)


def _undo_move(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _refuse_later(change, [body.pk], [ChangeKind.MOVE, ChangeKind.MERGER, ChangeKind.DISSOLUTION])
    made = Placement.objects.filter(organisation=body, valid_to__isnull=True, change=change).first()
    if made is None:  # it was carried along when its new parent was merged into another union
        raise _depends(f"{body.name}后来随上级并转，又换了上级", "先撤回上级的并转")
    parent = _living_parent(actor, body, change.before["parent"])
    organisations, members = acts.size_of(body.path)
    put_back(body, parent, made, Placement.objects.get(pk=change.before["placement"]))
    return {"organisations": organisations, "members": members}


def _undo_merger(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    heir = hold(change.other_id or 0)
    _living_parent(actor, body, acts.parent_of(body).pk)
    children = [(lock_subtree(one["organisation"]), one) for one in change.before["children"]]
    for child, one in children:
        if not Placement.objects.filter(pk=one["made"], valid_to__isnull=True).exists():
            raise _depends(f"随并转来的{child.name}后来又有变动")
    effects = membership_effects()
    _refuse_dependence(effects.depends_on(change))
    employers = change.before["links"]["employers"]
    if Employer.objects.filter(pk__in=employers, organisation=heir).count() != len(employers):
        raise _depends(f"转给{heir.name}的用人单位后来又有变动", "先把这些用人单位转回来")
    members = effects.revert(actor, change)
    _restore_ended(change)
    body.refresh_from_db()
    for child, one in children:
        made, earlier = Placement.objects.get(pk=one["made"]), Placement.objects.get(pk=one["earlier"])
        put_back(child, body, made, earlier)
    Employer.objects.filter(pk__in=employers).update(organisation=body, path=body.path)
    _restore_links(change)
    return {"organisations": 1, "children": len(children), "members": members}


def _undo_dissolution(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _living_parent(actor, body, acts.parent_of(body).pk)
    effects = membership_effects()
    _refuse_dependence(effects.depends_on(change))
    members = effects.revert(actor, change)
    organisations = _restore_ended(change)
    _restore_links(change)
    return {"organisations": organisations, "members": members}


def _restore_ended(change: OrganisationChange) -> int:
    """Organisations that the act ended live on; the one above comes before those below it."""
    for one in reversed(change.before["ended"]):
        body = Organisation.objects.get(pk=one["organisation"])
        Placement.objects.filter(pk=one["placement"]).update(valid_to=None)
        acts.touch(body, state=one["state"], ended_on=None, successor=None)
    return len(change.before["ended"])


def _restore_links(change: OrganisationChange) -> None:
    links = change.before["links"]
    Twin.objects.filter(pk__in=links["twins"]).update(valid_to=None)
    GroupMember.objects.filter(pk__in=links["groupings"]).update(valid_to=None)


def _undo_rename(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _refuse_later(change, [body.pk], [ChangeKind.RENAME])
    before = change.before
    if body.ended_on is None:
        acts.check_name_free(before["name"], body.parent_id, apart_from=body.pk)
    OrganisationName.objects.filter(organisation=body, valid_to__isnull=True).update(valid_to=F("valid_from"))
    OrganisationName.objects.filter(pk=before["earlier"]).update(valid_to=None)
    acts.touch(body, name=before["name"], short_name=before["short_name"], name_key=sort_key(before["name"]))
    acts.index_name(body)
    return {"to": before["name"]}


def _undo_reclassification(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _refuse_later(change, [body.pk], [ChangeKind.RECLASSIFICATION])
    kind, level = OrganisationKind(change.before["kind"]), Level(change.before["level"])
    try:
        check_kind(body, kind, level)
    except Refusal as refusal:
        raise _depends(f"后来的变动使它不能再是{level.label}的{kind.label}：{refusal.message}") from refusal
    acts.touch(body, kind=kind, level=level)
    return {"to": f"{level.label}{kind.label}"}


def _undo_correction(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    return _restore_values(body, change.before["values"], change.effect["values"])


def _undo_election(actor: Viewer, change: OrganisationChange, body: Organisation) -> dict[str, Any]:
    _refuse_later(change, [body.pk], [ChangeKind.ELECTION])
    return _restore_values(body, change.before, change.effect)


def _restore_values(body: Organisation, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Put former facts back where they still are what the act made them."""
    former = {}
    for field, value in before.items():
        column = cast("Field[Any, Any]", Organisation._meta.get_field(field))
        if getattr(body, field) != column.to_python(after[field]):
            raise _depends(f"{body.name}的{column.verbose_name}后来又改过", "直接更正为需要的内容")
        former[field] = column.to_python(value)
    acts.touch(body, **former)
    if "short_name" in former:
        acts.index_name(body)
    return {"fields": sorted(former)}


_UNDO: dict[ChangeKind, Callable[[Viewer, OrganisationChange, Organisation], dict[str, Any]]] = {
    ChangeKind.FOUNDING: _undo_founding,
    ChangeKind.SPLIT: _undo_split,
    ChangeKind.MOVE: _undo_move,
    ChangeKind.MERGER: _undo_merger,
    ChangeKind.DISSOLUTION: _undo_dissolution,
    ChangeKind.RENAME: _undo_rename,
    ChangeKind.RECLASSIFICATION: _undo_reclassification,
    ChangeKind.CORRECTION: _undo_correction,
    ChangeKind.ELECTION: _undo_election,
}


def undoable(actor: Viewer, change: OrganisationChange) -> bool:
    """Whether a page should offer to take the act back; what depends on it is only found out by trying."""
    return change.undone_at is None and change.kind in _UNDO and actor.reaches(change.path)
