"""Renaming, reclassification, correction of facts, elections: acts that leave an organisation where it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from ...files.models import StoredFile
from ...refusal import Refusal
from ...viewer import Viewer
from ..choices import ChangeKind, Level, OrganisationKind, OrganisationState
from ..models import Employer, Organisation, OrganisationChange, OrganisationName, PublicOrganisation
from ..rules import check_name, check_standing, may_stand_under, sort_key
from ..rules.facts import check_day, check_number, check_term, clean_facts, read_choice
from . import acts
from .locks import unreachable, writing


class VersionConflict(Refusal):
    """Somebody saved the same record meanwhile; `values` holds (field, stored, wanted) for each difference."""

    def __init__(self, row: Organisation | Employer, values: list[tuple[str, Any, Any]]) -> None:
        self.values = values
        field, stored, wanted = values[0]
        label = row._meta.get_field(field).verbose_name  # type: ignore[union-attr]
        super().__init__(
            "GH-ORG-509",
            f"{row.name}的资料刚被别人改过：{label}现在是“{_shown(stored)}”，提交的是“{_shown(wanted)}”",
            field,
            "看过现在的资料，再决定保存哪一个",
        )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "空" if value in (None, "") else str(value)


def _locked(actor: Viewer, organisation: Organisation) -> Organisation:
    """The row as it is now, against other writers of its facts; joining goes on meanwhile."""
    row: Organisation | None = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation.pk).first()
    if row is None:
        raise unreachable()
    acts.check_reach(actor, row)
    acts.check_live(row)
    return row


def rename(
    actor: Viewer,
    *,
    organisation: Organisation,
    name: str,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
    short_name: str | None = None,
) -> OrganisationChange:
    """Give an organisation another name from a day on; it is still found as of any day before."""
    reason, document_no = acts.check_act(on, reason, document_no)
    name = check_name(name)
    with writing():
        body = _locked(actor, organisation)
        if name == body.name:
            raise Refusal("GH-ORG-511", f"名称已经是{name}", "name", "填写新的名称")
        acts.check_name_free(name, body.parent_id, apart_from=body.pk)
        earlier = OrganisationName.objects.get(organisation=body, valid_to__isnull=True)
        if earlier.valid_from > on:
            raise Refusal(
                "GH-ORG-503",
                f"{body.name}这个名称从{earlier.valid_from}起使用，生效日期{on}比它早",
                "on",
                f"填{earlier.valid_from}或以后的日期",
            )
        before = {"name": body.name, "short_name": body.short_name, "earlier": earlier.pk}
        change = acts.record_change(
            actor,
            ChangeKind.RENAME,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            before=before,
        )
        earlier.valid_to = on
        earlier.save(update_fields=["valid_to"])
        shorter = clean_facts({"short_name": short_name}) if short_name is not None else {}
        acts.touch(body, name=name, name_key=sort_key(name), **shorter)
        acts.begin_name(body, on)
        acts.index_name(body)
        return acts.finish(actor, change, {"from": before["name"], "to": name})


def reclassify(
    actor: Viewer,
    *,
    organisation: Organisation,
    kind: str,
    level: str,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
) -> OrganisationChange:
    """Make an organisation another kind of body (a joint union becomes a grassroots union), where it stands."""
    reason, document_no = acts.check_act(on, reason, document_no)
    chosen_kind = read_choice(OrganisationKind, kind, "kind", "类别")
    chosen_level = read_choice(Level, level, "level", "层级")
    with writing():
        body = _locked(actor, organisation)
        if (body.kind, body.level) == (chosen_kind, chosen_level):
            raise Refusal("GH-ORG-511", f"{body.name}已经是{chosen_level.label}的{chosen_kind.label}", "kind")
        acts.check_stood(body, on, "on")
        later = OrganisationChange.objects.filter(
            organisation=body, kind=ChangeKind.RECLASSIFICATION, undone_at__isnull=True, on__gt=on
        ).first()
        if later is not None:
            raise Refusal("GH-ORG-503", f"{body.name}在{later.on}改变过类型，生效日期{on}比它早", "on")
        check_kind(body, chosen_kind, chosen_level)
        change = acts.record_change(
            actor,
            ChangeKind.RECLASSIFICATION,
            body,
            on=on,
            reason=reason,
            document_no=document_no,
            document=document,
            before={"kind": body.kind, "level": body.level},
        )
        was = f"{Level(body.level).label}{OrganisationKind(body.kind).label}"
        acts.touch(body, kind=chosen_kind, level=chosen_level)
        effect = {
            "from": was,
            "to": f"{chosen_level.label}{chosen_kind.label}",
            "kind": chosen_kind,
            "level": chosen_level,
        }
        return acts.finish(actor, change, effect)


def check_kind(body: Organisation, kind: OrganisationKind, level: Level) -> None:
    """Whether it may be this under its parent and above its children."""
    # The parent of a post's own organisation stands outside its range; what it is, is public.
    parent = PublicOrganisation.objects.filter(pk=body.parent_id).first() if body.parent_id else None
    check_standing(
        kind,
        level,
        OrganisationKind(parent.kind) if parent else None,
        Level(parent.level) if parent else None,
    )
    for child in Organisation.objects.filter(parent_id=body.pk, state__in=acts.LIVE):
        if not may_stand_under(OrganisationKind(child.kind), Level(child.level), kind, level):
            raise Refusal(
                "GH-ORG-516",
                f"{child.name}不能设在{level.label}的{kind.label}下面",
                "kind",
                "先把这个下级组织转隶",
            )


def correct(
    actor: Viewer,
    *,
    organisation: Organisation,
    version: int,
    changes: dict[str, Any],
    reason: str = "更正资料",
) -> Organisation:
    """Set facts right. Nothing happens when nothing differs; name, kind and parent have acts of their own.

    :raises VersionConflict: the record has another version than the one that was on the screen.
    """
    reason, _ = acts.check_act(timezone.localdate(), reason)
    values = clean_facts(changes)
    with writing():
        body = _locked(actor, organisation)
        differing = {field: value for field, value in values.items() if getattr(body, field) != value}
        if not differing:
            return body
        if body.version != version:
            raise VersionConflict(body, [(f, getattr(body, f), value) for f, value in differing.items()])
        check_term(differing.get("term_from", body.term_from), differing.get("term_to", body.term_to))
        before = {"values": {field: _plain(getattr(body, field)) for field in differing}}
        change = acts.record_change(
            actor, ChangeKind.CORRECTION, body, on=timezone.localdate(), reason=reason, before=before
        )
        acts.touch(body, **differing)
        if "short_name" in differing:
            acts.index_name(body)
        acts.finish(actor, change, {"values": {field: _plain(value) for field, value in differing.items()}})
    return body


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def elect(
    actor: Viewer,
    *,
    organisation: Organisation,
    term_from: date,
    term_to: date,
    committee_size: int | None = None,
    on: date | None = None,
    reason: str = "换届选举",
    document_no: str = "",
    document: StoredFile | None = None,
) -> OrganisationChange:
    """A new term of the committee (换届); who was elected is appointed in people. The first one ends the founding."""
    reason, document_no = acts.check_act(on or term_from, reason, document_no)
    begins, ends = check_day(term_from, "term_from", "本届起"), check_day(term_to, "term_to", "本届止")
    if begins is None or ends is None:
        raise Refusal("GH-ORG-605", "没有填写本届起止日期", "term_from", "填写选举结果批复上的起止日期")
    check_term(begins, ends)
    seats = check_number(committee_size, "committee_size", "委员人数", 999)
    with writing():
        body = _locked(actor, organisation)
        if body.term_from is not None and begins <= body.term_from:
            raise Refusal(
                "GH-ORG-503",
                f"上一届从{body.term_from}开始，新一届应比它晚",
                "term_from",
                "核对日期；登记有误的用更正资料",
            )
        before = {
            "term_from": _plain(body.term_from),
            "term_to": _plain(body.term_to),
            "committee_size": body.committee_size,
        }
        started = {}
        if body.state == OrganisationState.FOUNDING:
            before["state"], started["state"] = body.state, OrganisationState.ACTIVE.value
        change = acts.record_change(
            actor,
            ChangeKind.ELECTION,
            body,
            on=on or begins,
            reason=reason,
            document_no=document_no,
            document=document,
            before=before,
        )
        acts.touch(
            body,
            term_from=begins,
            term_to=ends,
            committee_size=seats if seats is not None else body.committee_size,
            **started,
        )
        effect = {"term_from": _plain(begins), "term_to": _plain(ends), "committee_size": body.committee_size} | started
        return acts.finish(actor, change, effect)
