"""Joining, retaining, restoring and correcting: a membership is never overwritten, one row ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Now
from django.utils import timezone

from ...org.choices import OrganisationKind, OrganisationState
from ...org.models import Organisation
from ...org.services import hold
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..choices import (
    MembershipEnd,
    MembershipStart,
    MembershipStatus,
    RetentionReason,
    WorkerKind,
)
from ..models import Membership, Person, TransferRequest
from ..rules.memberships import (
    card_number,
    check_admission,
    check_end,
    check_facts,
    kind_when_retained,
)
from .appointments import end_offices

_CARRIED = (
    "joined_on",
    "card_no",
    "worker_kind",
    "occupation",
    "new_form",
    "platforms",
    "employer_name",
    "department",
    "staff_no",
    "last_sign_on",
)


def admit(
    actor: Viewer,
    *,
    organisation: Organisation,
    person: Person,
    joined_on: date,
    on: date,
    worker_kind: str = WorkerKind.REGULAR,
    occupation: str = "",
    new_form: str = "",
    platforms: Iterable[str] = (),
    employer_name: str = "",
    department: str = "",
    staff_no: str = "",
    card_no: str = "",
    start_reason: str = MembershipStart.ADMISSION,
    reason: str = "",
) -> Membership:
    """A person joins an organisation.

    A worker of several platforms is one member: the platforms are facts of the one membership.

    :raises Refusal: GH-PER-506 already a member, 507 dead, 508 the organisation has no members; and bad dates.
    """
    facts = check_facts(
        {
            "worker_kind": worker_kind,
            "occupation": occupation,
            "new_form": new_form,
            "platforms": platforms,
            "employer_name": employer_name,
            "department": department,
            "staff_no": staff_no,
            "card_no": card_no,
        }
    )
    with transaction.atomic():
        held = open_house(organisation.pk)
        row = Person.objects.visible(actor).select_for_update(no_key=True).filter(pk=person.pk).first()
        if row is None or row.merged_into_id is not None:
            raise Refusal("GH-PER-409", "此人不在本岗位的管辖范围，或已并入另一条记录", None, "按证件号码重新登记")
        if row.died_on is not None:
            raise Refusal("GH-PER-507", "此人已登记去世，不能入会", None, "登记有误的，先撤回去世登记")
        refuse_second(row.pk)
        check_admission(
            joined_on=joined_on,
            on=on,
            today=timezone.localdate(),
            birth=row.birth,
            last_end=_last_end(row.pk),
        )
        facts["card_no"] = facts["card_no"] or card_number(row.pk)
        membership = open_row(
            person_id=row.pk,
            organisation=held,
            status=MembershipStatus.ACTIVE,
            start_reason=MembershipStart(start_reason),
            valid_from=on,
            joined_on=joined_on,
            **facts,
        )
        on_trail(actor, "membership.admit", membership, reason, {"on": on, "joined_on": joined_on})
    return membership


def retain(
    actor: Viewer,
    *,
    membership: Membership,
    reason: str,
    on: date,
    held_by: Organisation | None = None,
    note: str = "",
) -> Membership:
    """Keep the membership of a retired or jobless member without dues and vote; offices end with it.

    :param held_by: the union above that keeps it, when the own union or employer is no more.
    :raises Refusal: GH-PER-521 already retained, 522 `held_by` is not above the union.
    """
    why = RetentionReason(reason)
    with transaction.atomic():
        holder = open_house(held_by.pk if held_by else membership.organisation_id)
        row = lock_open(actor, membership.pk)
        if row.status == MembershipStatus.RETAINED:
            raise Refusal("GH-PER-521", "会籍已在保留中", None, "要改由上级工会保留，先恢复会籍再办理")
        if holder.pk != row.organisation_id and not row.path.startswith(holder.path):
            raise Refusal(
                "GH-PER-522",
                f"{holder.name}不是本会的上级工会，不能代为保留会籍",
                "held_by",
                "选择上一级工会",
            )
        lock_counts([row.organisation_id, holder.pk])
        close_row(row, on=on, reason=MembershipEnd.RETENTION)
        end_offices(actor, person_id=row.person_id, below=row.path, on=on, reason=why.label)
        kept = successor(
            row,
            holder,
            on=on,
            status=MembershipStatus.RETAINED,
            start_reason=MembershipStart.RETENTION,
            retention_reason=str(why),
            worker_kind=str(kind_when_retained(why, row.worker_kind)),
        )
        on_trail(actor, "membership.retain", kept, note, {"on": on, "retention": str(why), "before": row.pk})
    return kept


def restore(
    actor: Viewer,
    *,
    membership: Membership,
    on: date,
    reason: str = "",
    organisation: Organisation | None = None,
    **facts: Any,
) -> Membership:
    """End a retention: the member is active again, where they were or in another union of the actor's range.

    :raises Refusal: GH-PER-523 not retained.
    """
    clean = check_facts(facts)
    with transaction.atomic():
        home = open_house(organisation.pk if organisation else membership.organisation_id)
        row = lock_open(actor, membership.pk)
        if row.status != MembershipStatus.RETAINED:
            raise Refusal("GH-PER-523", "会籍没有保留，不用恢复")
        lock_counts([row.organisation_id, home.pk])
        close_row(row, on=on, reason=MembershipEnd.RESTORED)
        before = (
            Membership.objects.filter(person_id=row.person_id, end_reason=MembershipEnd.RETENTION)
            .order_by("-valid_to", "-pk")
            .first()
        )
        clean.setdefault("worker_kind", before.worker_kind if before else WorkerKind.REGULAR)
        active = successor(
            row,
            home,
            on=on,
            status=MembershipStatus.ACTIVE,
            start_reason=MembershipStart.RESTORED,
            retention_reason="",
            **clean,
        )
        on_trail(actor, "membership.restore", active, reason, {"on": on, "before": row.pk})
    return active


def correct_membership(
    actor: Viewer, *, membership: Membership, version: int, changes: dict[str, Any], reason: str = ""
) -> Membership:
    """Correct what a union says about a membership; dates of the past may be corrected, the row stays the same.

    :raises Refusal: GH-PER-407 changed by somebody else since; 502, 503, 504 dates that cannot be.
    """
    changes = dict(changes)
    dates: dict[str, date] = {str(n): changes.pop(n) for n in ("joined_on", "valid_from") if n in changes}
    clean = check_facts(changes)
    with transaction.atomic():
        row = lock_open(actor, membership.pk)
        if row.version != version:
            raise Refusal("GH-PER-407", "资料已被他人修改，没有保存", None, "刷新后对照新资料再改")
        if dates:
            clean |= _corrected_dates(row, dates)
        clean = {name: value for name, value in clean.items() if getattr(row, name) != value}
        if clean:
            Membership.objects.filter(pk=row.pk).update(**clean, version=F("version") + 1, changed_at=Now())
            row.refresh_from_db()
            on_trail(actor, "membership.correct", row, reason, {"fields": sorted(clean)})
    return row


def _corrected_dates(row: Membership, dates: dict[str, date]) -> dict[str, date]:
    joined_on, valid_from = dates.get("joined_on", row.joined_on), dates.get("valid_from", row.valid_from)
    birth = Person.objects.filter(pk=row.person_id).values_list("birth", flat=True).first()
    check_admission(
        joined_on=joined_on,
        on=valid_from,
        today=timezone.localdate(),
        birth=birth,
        last_end=_last_end(row.person_id, apart_from=row.pk),
    )
    return {"joined_on": joined_on, "valid_from": valid_from}


def _last_end(person_id: int, apart_from: int | None = None) -> date | None:
    """When the last membership ended, in whatever union it was: only the day is read beyond the range."""
    with widened():
        rows = Membership.objects.filter(person_id=person_id).exclude(pk=apart_from)
        last: date | None = rows.aggregate(last=Max("valid_to"))["last"]
    return last


# What the other acts on memberships are made of.


def open_house(organisation_id: int) -> Organisation:
    """The organisation, held in its place and able to have members.

    :raises Refusal: GH-PER-508.
    """
    organisation = hold(organisation_id)
    if organisation.kind == OrganisationKind.PARTY_BODY:
        raise Refusal("GH-PER-508", f"{organisation.name}是党组织，不接收工会会员", "organisation")
    if organisation.state not in (OrganisationState.ACTIVE, OrganisationState.FOUNDING):
        state = OrganisationState(organisation.state).label
        raise Refusal("GH-PER-508", f"{organisation.name}{state}，不能接收会员", "organisation", "选择正常的工会")
    return organisation


def lock_open(actor: Viewer, membership_id: int) -> Membership:
    """An open membership in the actor's range, locked.

    :raises Refusal: GH-PER-509 ended meanwhile or out of reach.
    """
    found = Membership.objects.visible(actor).select_for_update(no_key=True).filter(pk=membership_id)
    row: Membership | None = found.first()
    if row is None or row.valid_to is not None:
        raise Refusal("GH-PER-509", "这段会籍已终止、已转出，或不在本岗位的管辖范围", None, "刷新后查看此人现在的会籍")
    return row


def lock_counts(organisation_ids: Iterable[int]) -> None:
    """Take the counters of several unions in one order, so that two opposite transfers cannot deadlock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM organisation_tally WHERE organisation_id = ANY(%s::bigint[]) "
            "ORDER BY organisation_id FOR UPDATE",
            [sorted(set(organisation_ids))],
        )


def refuse_second(person_id: int) -> None:
    """:raises Refusal: GH-PER-506."""
    other = Membership.objects.filter(person_id=person_id, valid_to__isnull=True).first()
    if other is not None:
        raise already_member(other)


def already_member(other: Membership | None) -> Refusal:
    name = (
        Organisation.objects.filter(pk=other.organisation_id).values_list("name", flat=True).first() if other else None
    )
    where = f"已是“{name}”会员" if name else "已有在籍会籍"
    return Refusal(
        "GH-PER-506",
        f"此人{where}，不能重复入会",
        "person",
        "换了单位的办理转会；一人多个平台的，在原会籍里添加平台",
    )


def open_row(*, person_id: int, organisation: Organisation, **columns: Any) -> Membership:
    """Insert an open membership; the person's path goes along.

    :raises Refusal: GH-PER-506 somebody else opened one in this very moment.
    """
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                person_id=person_id, organisation=organisation, path=organisation.path, **columns
            )
    except IntegrityError as error:
        if "membership_one_open" not in str(error):
            raise
        raise already_member(Membership.objects.filter(person_id=person_id, valid_to__isnull=True).first()) from None
    Person.objects.filter(pk=person_id).exclude(path=organisation.path).update(path=organisation.path)
    return membership


def successor(row: Membership, organisation: Organisation, *, on: date, **columns: Any) -> Membership:
    """The next membership of the same person: what is not said otherwise is carried along."""
    carried = {name: getattr(row, name) for name in _CARRIED} | columns
    return open_row(person_id=row.person_id, organisation=organisation, valid_from=on, **carried)


def close_row(row: Membership, *, on: date, reason: MembershipEnd) -> None:
    """End an open membership; what the union called the person stays with it. An open transfer ends too."""
    check_end(on=on, valid_from=row.valid_from, today=timezone.localdate())
    name = Person.objects.filter(pk=row.person_id).values_list("name", flat=True).first() or row.person_name
    Membership.objects.filter(pk=row.pk).update(
        status=MembershipStatus.ENDED,
        valid_to=on,
        end_reason=reason,
        person_name=name,
        version=F("version") + 1,
        changed_at=Now(),
    )
    row.refresh_from_db()
    drop_transfers([row.pk], reason.label)


def drop_transfers(membership_ids: list[int], why: str) -> None:
    """Transfers that nobody has answered lose their object when the membership ends."""
    TransferRequest.objects.filter(membership_id__in=membership_ids, state="asked").update(
        state="withdrawn", answered_at=Now(), answer=f"会籍已终止：{why}"
    )


def on_trail(actor: Viewer, verb: str, membership: Membership, reason: str, detail: dict[str, Any]) -> None:
    record(
        actor,
        verb,
        path=membership.path,
        object_type="membership",
        object_id=membership.pk,
        subject_id=membership.person_id,
        reason=reason,
        detail=detail | {"organisation": membership.organisation_id},
    )
