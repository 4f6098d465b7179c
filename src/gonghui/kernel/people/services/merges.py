"""Two records of one natural person become one, with everything that hangs on them, and can be taken apart again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..choices import MembershipEnd, MembershipStatus
from ..models import Appointment, Membership, Person, PersonGram, PersonMerge
from .memberships import drop_transfers, lock_counts
from .persons import index_name

_FILLED = ("phone_mask", "birth", "ethnicity", "education", "politics", "skill_level")
_WITH_PHONE = ("phone_sealed", "phone_hash", "phone_mask")
_OFFICE_END = "重复登记合并"
_ACCOUNTS = "account"
"""Of what a person has one, the one that is chosen by hand before two records become one."""


def merge_people(
    actor: Viewer, *, kept: Person, dropped: Person, reason: str, open_membership: Membership | None = None
) -> PersonMerge:
    """Everything of `dropped` goes over to `kept`; history is kept whole, nothing is deleted.

    :param open_membership: which of two open memberships goes on; the other ends as a duplicate.
    :raises Refusal: GH-PER-801 the same record, 802 out of reach or merged already, 803 two open memberships and no
        choice between them, 804 both have an account, 805 no reason, 806 one of them is registered as dead.
    """
    reason = " ".join(reason.split())[:300]
    if len(reason) < 4:
        raise Refusal("GH-PER-805", "没有写明认定为同一人的依据", "reason", "例如：已核对两份证件原件")
    if kept.pk == dropped.pk:
        raise Refusal("GH-PER-801", "选择的是同一条记录", "dropped", "选择两条不同的记录")
    with transaction.atomic():
        first, second = _lock_pair(actor, kept.pk, dropped.pk)
        with widened():  # their history may lie in unions elsewhere; both persons were checked above
            moved: dict[str, Any] = {"kept_path": first.path, "dropped_path": second.path}
            moved["ended"] = _settle_open(first, second, open_membership)
            moved["offices"] = _settle_offices(first, second)
            moved["rows"] = _carry(second.pk, first.pk)
            moved["filled"] = _fill(first, second)
            _place(first, second)
            PersonGram.objects.filter(person=second).delete()
            moved["after"] = _state_of(first.pk)
            merge: PersonMerge = PersonMerge.objects.create(
                path=first.path,
                kept=first,
                dropped=second,
                reason=reason,
                moved=moved,
                actor_id=actor.account_id,
            )
        _on_trail(actor, "person.merge", merge, reason)
    return merge


def undo_merge(actor: Viewer, *, merge: PersonMerge, reason: str) -> PersonMerge:
    """Take a merge apart: each record has again what it had.

    :raises Refusal: GH-PER-807 undone already or out of reach, 808 the memberships have changed since.
    """
    with transaction.atomic():
        found = PersonMerge.objects.visible(actor).select_for_update(no_key=True).filter(pk=merge.pk)
        row: PersonMerge | None = found.first()
        if row is None or row.undone_at is not None:
            raise Refusal("GH-PER-807", "这次合并已撤回，或不在本岗位的管辖范围", None, "刷新后查看")
        with widened():
            if row.moved["after"] != _state_of(row.kept_id):
                raise Refusal(
                    "GH-PER-808",
                    "合并后此人的会籍或任职又有变动，不能直接撤回合并",
                    None,
                    "先撤回合并以后的变动",
                )
            kept, dropped = Person.objects.get(pk=row.kept_id), Person.objects.get(pk=row.dropped_id)
            _carry_back(row.moved["rows"], dropped.pk)
            _reopen(row.moved)
            _empty(kept, row.moved["filled"])
            Person.objects.filter(pk=kept.pk).update(
                path=_path_now(kept.pk, row.moved["kept_path"]), version=F("version") + 1, changed_at=Now()
            )
            Person.objects.filter(pk=dropped.pk).update(
                merged_into=None,
                path=_path_now(dropped.pk, row.moved["dropped_path"]),
                version=F("version") + 1,
                changed_at=Now(),
            )
            index_name(dropped.pk, dropped.name)
            PersonMerge.objects.filter(pk=row.pk).update(undone_at=Now())
        row.refresh_from_db()
        _on_trail(actor, "person.merge_undone", row, reason)
    return row


def _lock_pair(actor: Viewer, kept_id: int, dropped_id: int) -> tuple[Person, Person]:
    # Memberships before persons, the order in which transfers lock them.
    list(Membership.objects.select_for_update(no_key=True).filter(person_id__in=[kept_id, dropped_id]).order_by("pk"))
    rows = {
        row.pk: row
        for row in Person.objects.visible(actor)
        .select_for_update(no_key=True)
        .filter(pk__in=[kept_id, dropped_id], merged_into__isnull=True)
        .order_by("pk")
    }
    if len(rows) < 2:
        raise Refusal(
            "GH-PER-802",
            "其中一条记录不在本岗位的管辖范围，或已并入别的记录",
            None,
            "由能同时管辖两处的上级工会合并",
        )
    kept, dropped = rows[kept_id], rows[dropped_id]
    if (kept.died_on is None) != (dropped.died_on is None):
        raise Refusal("GH-PER-806", "一条记录已登记去世，另一条没有", None, "先核实，再登记或撤回去世")
    return kept, dropped


def _settle_open(kept: Person, dropped: Person, chosen: Membership | None) -> dict[str, Any] | None:
    """Of two open memberships the one not chosen ends as a duplicate."""
    rows = list(Membership.objects.filter(person__in=[kept, dropped], valid_to__isnull=True))
    if len(rows) < 2:
        return None
    if chosen is None or chosen.pk not in {row.pk for row in rows}:
        raise Refusal(
            "GH-PER-803",
            "两条记录各有一段在籍会籍，须选择保留哪一段",
            "open_membership",
            "选择此人现在工作单位的会籍",
        )
    other = next(row for row in rows if row.pk != chosen.pk)
    lock_counts([row.organisation_id for row in rows])
    name = kept.name if other.person_id == kept.pk else dropped.name
    Membership.objects.filter(pk=other.pk).update(
        status=MembershipStatus.ENDED,
        valid_to=Greatest(Value(timezone.localdate()), F("valid_from")),
        end_reason=MembershipEnd.DUPLICATE,
        person_name=name,
        version=F("version") + 1,
        changed_at=Now(),
    )
    drop_transfers([other.pk], MembershipEnd.DUPLICATE.label)
    return {"membership": other.pk, "status": other.status}


def _settle_offices(kept: Person, dropped: Person) -> list[int]:
    """The same office held twice in one organisation ends once."""
    held = set(Appointment.objects.filter(person=kept, valid_to__isnull=True).values_list("organisation_id", "office"))
    twice = [
        row.pk
        for row in Appointment.objects.filter(person=dropped, valid_to__isnull=True)
        if (row.organisation_id, row.office) in held
    ]
    Appointment.objects.filter(pk__in=twice).update(
        valid_to=Greatest(Value(timezone.localdate()), F("valid_from")),
        end_reason=_OFFICE_END,
        version=F("version") + 1,
    )
    return twice


def _links() -> Iterator[tuple[type[models.Model], str, bool]]:
    """(model, field, only one allowed) of every table that points at a person, also those of parts above this one."""
    for relation in Person._meta.get_fields(include_hidden=True):
        if not relation.auto_created or relation.concrete or not isinstance(relation, models.ForeignObjectRel):
            continue
        model = relation.related_model
        if isinstance(model, str) or model in (Person, PersonGram, PersonMerge) or not model._meta.managed:
            continue
        yield model, relation.field.name, relation.one_to_one


def _carry(dropped_id: int, kept_id: int) -> dict[str, list[int]]:
    """Point every row of `dropped` at `kept`; returns what was moved by table and field.

    What both have and one person has only once (a place of one offer, a household) stays with `dropped` as it was.
    """
    moved: dict[str, list[int]] = {}
    for model, field, single in _links():
        rows = model._base_manager.filter(**{field: dropped_id})
        if single and rows.exists() and model._base_manager.filter(**{field: kept_id}).exists():
            if model._meta.db_table != _ACCOUNTS:
                continue
            raise Refusal(
                "GH-PER-804",
                "两条记录各有一个账号，不能合并",
                None,
                "先停用其中一个账号，并解除它与人员的关联",
            )
        if ids := _moved(model, field, list(rows.values_list("pk", flat=True)), kept_id):
            moved[f"{model._meta.label_lower}:{field}"] = ids
    return moved


def _moved(model: type[models.Model], field: str, ids: list[int], kept_id: int) -> list[int]:
    """The rows that could be moved: all at once, or one by one where a key lets one person have a thing once."""
    rows = model._base_manager.filter(pk__in=ids)
    with suppress(IntegrityError), transaction.atomic():
        rows.update(**{field: kept_id})
        return ids
    found = []
    for pk in ids:
        with suppress(IntegrityError), transaction.atomic():
            model._base_manager.filter(pk=pk).update(**{field: kept_id})
            found.append(pk)
    return found


def _carry_back(rows: dict[str, list[int]], dropped_id: int) -> None:
    for model, field, _ in _links():
        ids = rows.get(f"{model._meta.label_lower}:{field}")
        if ids:
            model._base_manager.filter(pk__in=ids).update(**{field: dropped_id})


def _fill(kept: Person, dropped: Person) -> list[str]:
    """Facts that only the dropped record has; what both have stays as `kept` has it."""
    filled = [name for name in _FILLED if not getattr(kept, name) and getattr(dropped, name)]
    if kept.sex == "0" and dropped.sex != "0":
        filled.append("sex")
    columns = {name: getattr(dropped, name) for name in filled}
    if "phone_mask" in filled:
        columns |= {name: getattr(dropped, name) for name in _WITH_PHONE}
    days = [day for day in (kept.last_sign_on, dropped.last_sign_on) if day is not None]
    Person.objects.filter(pk=kept.pk).update(**columns, last_sign_on=max(days, default=None))
    return filled


def _empty(kept: Person, filled: list[str]) -> None:
    columns: dict[str, Any] = {}
    for name in filled:
        columns[name] = None if name == "birth" else "0" if name == "sex" else ""
    if "phone_mask" in filled:
        columns |= {"phone_sealed": None, "phone_hash": None}
    if columns:
        Person.objects.filter(pk=kept.pk).update(**columns)


def _place(kept: Person, dropped: Person) -> None:
    """Both records lie where the membership that goes on is."""
    path = _path_now(kept.pk, kept.path)
    Person.objects.filter(pk=kept.pk).update(path=path, version=F("version") + 1, changed_at=Now())
    Person.objects.filter(pk=dropped.pk).update(
        path=path, merged_into=kept.pk, version=F("version") + 1, changed_at=Now()
    )
    kept.refresh_from_db()


def _path_now(person_id: int, otherwise: str) -> str:
    path = Membership.objects.filter(person_id=person_id, valid_to__isnull=True).values_list("path", flat=True).first()
    if path is None:
        path = (
            Membership.objects.filter(person_id=person_id)
            .order_by("-valid_to", "-pk")
            .values_list("path", flat=True)
            .first()
        )
    return path or otherwise


def _state_of(person_id: int) -> dict[str, list[list[int]]]:
    """Ids and versions by which a later change of the person's memberships and offices is noticed."""
    return {
        "memberships": [
            list(pair)
            for pair in Membership.objects.filter(person_id=person_id).order_by("pk").values_list("pk", "version")
        ],
        "offices": [
            list(pair)
            for pair in Appointment.objects.filter(person_id=person_id).order_by("pk").values_list("pk", "version")
        ],
    }


def _reopen(moved: dict[str, Any]) -> None:
    if moved["ended"]:
        Membership.objects.filter(pk=moved["ended"]["membership"]).update(
            status=moved["ended"]["status"],
            valid_to=None,
            end_reason="",
            person_name="",
            version=F("version") + 1,
            changed_at=Now(),
        )
    Appointment.objects.filter(pk__in=moved["offices"]).update(valid_to=None, end_reason="", version=F("version") + 1)


def _on_trail(actor: Viewer, verb: str, merge: PersonMerge, reason: str) -> None:
    for person_id in (merge.kept_id, merge.dropped_id):
        record(
            actor,
            verb,
            path=merge.path,
            object_type="person",
            object_id=person_id,
            subject_id=person_id,
            reason=reason,
            detail={"merge": merge.pk, "kept": merge.kept_id, "dropped": merge.dropped_id},
        )
