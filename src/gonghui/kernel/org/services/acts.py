"""What every act on an organisation has in common: its checks, its record, and the rows of history it writes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from ...files.models import StoredFile
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from ..choices import ChangeKind, Level, OrganisationKind, OrganisationState
from ..models import Organisation, OrganisationChange, OrganisationGram, OrganisationName, Placement
from ..rules import check_standing, label, name_grams, subtree
from ..rules.facts import check_text
from .locks import unreachable

LIVE = (OrganisationState.FOUNDING, OrganisationState.ACTIVE)

VERBS = {
    ChangeKind.FOUNDING: "org.founded",
    ChangeKind.MOVE: "org.moved",
    ChangeKind.MERGER: "org.merged",
    ChangeKind.SPLIT: "org.split",
    ChangeKind.DISSOLUTION: "org.dissolved",
    ChangeKind.RENAME: "org.renamed",
    ChangeKind.RECLASSIFICATION: "org.reclassified",
    ChangeKind.ELECTION: "org.elected",
    ChangeKind.CORRECTION: "org.corrected",
}


def next_id() -> int:
    """The id of an organisation before it is inserted: its path contains it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organisation', 'id'))")
        return int(cursor.fetchone()[0])


def check_reach(actor: Viewer, organisation: Organisation, field: str = "organisation") -> None:
    """:raises Refusal: GH-ORG-001 outside the actor's range; the policy of the table says the same a floor below."""
    if not actor.reaches(organisation.path):
        raise unreachable(field)


def check_above(actor: Viewer, organisation: Organisation) -> None:
    """:raises Refusal: GH-ORG-505 a union is restructured by the union above it, never by itself (工会法 art. 12)."""
    check_reach(actor, organisation)
    if organisation.parent_id is None or organisation.path == actor.lo:
        raise Refusal(
            "GH-ORG-505",
            f"{organisation.name}的变动应由上一级工会办理",
            "organisation",
            "换到上一级工会的岗位再办理",
        )


def parent_of(organisation: Organisation) -> Organisation:
    """The parent of an organisation that has one, as `check_above` has made sure.

    :raises Refusal: GH-ORG-203.
    """
    if organisation.parent is None:
        raise Refusal("GH-ORG-203", f"{organisation.name}没有上级组织", "organisation")
    return organisation.parent


def check_live(organisation: Organisation, field: str = "organisation") -> None:
    """:raises Refusal: GH-ORG-506."""
    if organisation.state not in LIVE:
        state = OrganisationState(organisation.state).label
        raise Refusal(
            "GH-ORG-506",
            f"{organisation.name}{state}，不能再办理变动",
            field,
            "选择正常的组织，或先撤回它的撤销或并转",
        )


def check_act(on: date, reason: str, document_no: str = "") -> tuple[str, str]:
    """The reason and document number as they are stored.

    :raises Refusal: GH-ORG-501 no reason, 502 a day in the future.
    """
    if type(on) is not date or on.year < 1900:
        raise Refusal("GH-ORG-605", "生效日期不是有效日期", "on", "按年-月-日填写，例如 2024-03-15")
    if on > timezone.localdate():
        raise Refusal("GH-ORG-502", f"生效日期{on}还没有到", "on", "到那一天再办理，或填今天以前的日期")
    reason = check_text(reason, "reason", "原因", 300)
    if len(reason) < 2:
        raise Refusal("GH-ORG-501", "没有写明原因", "reason", "写明为什么变动，例如批复内容")
    return reason, check_text(document_no, "document_no", "文号", 80)


def check_place(organisation: Organisation, parent: Organisation) -> None:
    """Kinds and levels fit, here and for what stands below."""
    check_standing(
        OrganisationKind(organisation.kind),
        Level(organisation.level),
        OrganisationKind(parent.kind),
        Level(parent.level),
    )


def check_name_free(name: str, parent_id: int | None, *, apart_from: int | None = None) -> None:
    """:raises Refusal: GH-ORG-507."""
    taken = Organisation.objects.filter(parent_id=parent_id, name=name, ended_on__isnull=True).exclude(pk=apart_from)
    if taken.exists():
        raise Refusal("GH-ORG-507", f"同一上级下面已有“{name}”", "name", "加上地区或行业再登记，或先给另一个更名")


def check_stood(organisation: Organisation, on: date, field: str = "parent") -> None:
    """:raises Refusal: GH-ORG-504 the organisation did not exist on that day."""
    first = (
        Placement.objects.filter(organisation=organisation)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")))
        .order_by("valid_from")
        .first()
    )
    if first is not None and first.valid_from > on:
        raise Refusal(
            "GH-ORG-504",
            f"{organisation.name}到{first.valid_from}才设立，{on}时还没有",
            field,
            f"生效日期不能早于{first.valid_from}",
        )


def open_placement(organisation: Organisation, on: date) -> Placement:
    """Where the organisation stands.

    :raises Refusal: GH-ORG-503 it came there only after `on`, so that the act would contradict what is recorded.
    """
    placement = Placement.objects.get(organisation=organisation, valid_to__isnull=True)
    if placement.valid_from > on:
        raise Refusal(
            "GH-ORG-503",
            f"{organisation.name}在{placement.valid_from}有过变动，生效日期{on}比它早",
            "on",
            f"填{placement.valid_from}或以后的日期，或先撤回后来的变动",
        )
    return placement


def close_placement(placement: Placement, on: date) -> None:
    placement.valid_to = on
    placement.save(update_fields=["valid_to"])


def place(organisation: Organisation, parent: Organisation | None, on: date, change: OrganisationChange) -> Placement:
    return Placement.objects.create(
        organisation=organisation, parent=parent, path=organisation.path, valid_from=on, change=change
    )


def index_name(organisation: Organisation) -> None:
    """Make the organisation findable under its present names."""
    OrganisationGram.objects.filter(organisation=organisation).delete()
    grams = dict.fromkeys(name_grams(organisation.name) + name_grams(organisation.short_name or ""))
    OrganisationGram.objects.bulk_create(
        [OrganisationGram(gram=gram, organisation=organisation) for gram in grams], ignore_conflicts=True
    )


def begin_name(organisation: Organisation, on: date) -> None:
    OrganisationName.objects.create(
        organisation=organisation, name=organisation.name, path=organisation.path, valid_from=on
    )


def record_change(
    actor: Viewer,
    kind: ChangeKind,
    organisation: Organisation,
    *,
    on: date,
    reason: str,
    document_no: str = "",
    document: StoredFile | None = None,
    other: Organisation | None = None,
    before: dict[str, Any] | None = None,
) -> OrganisationChange:
    """The act itself; `effect` is filled in and the trail written by `finish` once it is known."""
    return OrganisationChange.objects.create(
        organisation=organisation,
        other=other,
        path=organisation.path,
        kind=kind,
        on=on,
        reason=reason,
        document_no=document_no,
        document=document,
        actor_id=actor.account_id,
        before=before or {},
    )


def finish(
    actor: Viewer, change: OrganisationChange, effect: dict[str, Any], before: dict[str, Any] | None = None
) -> OrganisationChange:
    """Keep what came of an act, and put it on the trail of both organisations."""
    change.effect = effect
    change.before = change.before | (before or {})
    # The path is left out: a move has just rewritten it below Django's back.
    change.save(update_fields=["effect", "before"])
    change.refresh_from_db(fields=["path"])
    on_trail(actor, VERBS[ChangeKind(change.kind)], change, {"effect": effect})
    return change


def on_trail(actor: Viewer, verb: str, change: OrganisationChange, detail: dict[str, Any], reason: str = "") -> None:
    facts = {"change": change.pk, "on": change.on.isoformat(), "document_no": change.document_no} | detail
    for organisation in (change.organisation, change.other):
        if organisation is not None:
            record(
                actor,
                verb,
                path=organisation.path,
                object_type="organisation",
                object_id=organisation.pk,
                object_name=organisation.name,
                reason=reason or change.reason,
                detail=facts,
            )


def touch(organisation: Organisation, **values: Any) -> None:
    """Change columns of a locked organisation; its version goes up."""
    for name, value in values.items():
        setattr(organisation, name, value)
    Organisation.objects.filter(pk=organisation.pk).update(
        **values, version=F("version") + 1, changed_at=timezone.now()
    )
    organisation.refresh_from_db()


def size_of(path: str) -> tuple[int, int]:
    """(organisations, open memberships) of a subtree."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(active + retained), 0) FROM organisation_tally"
            " WHERE path >= %s AND path < %s",
            subtree(path),
        )
        organisations, members = cursor.fetchone()
    return int(organisations), int(members)


def path_under(parent: Organisation | None, organisation_id: int) -> str:
    return (parent.path if parent else "") + label(organisation_id)
