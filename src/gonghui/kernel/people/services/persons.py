"""One natural person once: registering, correcting, unmasking."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ...org.choices import Level, OrganisationKind
from ...org.models import Organisation, PublicOrganisation
from ...org.rules import ids as path_ids
from ...org.services import hold
from ...refusal import Refusal
from ...scope import widened
from ...sealing import lookup_hash, seal, unseal
from ...trail.models import TrailRecord
from ...trail.services import record
from ...viewer import Viewer
from .. import choices as c
from ..models import Person, PersonGram
from ..rules import (
    check_id,
    check_name,
    check_phone,
    mask_id,
    mask_name,
    mask_phone,
    name_index,
)

SEALED_FIELDS = {"id_number": "证件号码", "phone": "手机号码"}
_CODED: dict[str, tuple[Any, str]] = {
    "sex": (c.Sex, "性别"),
    "ethnicity": (c.Ethnicity, "民族"),
    "education": (c.Education, "学历"),
    "politics": (c.Politics, "政治面貌"),
    "skill_level": (c.SkillLevel, "技能等级"),
}
CORRECTABLE = ("name", "id_kind", "id_number", "phone", "birth", *_CODED)
REASON_LEAST = 6


class Known(NamedTuple):
    """What may be known of a person found by their paper, wherever they are."""

    person_id: int
    path: str
    membership_id: int | None
    organisation_id: int | None
    status: str | None


def register(
    actor: Viewer,
    *,
    organisation: Organisation,
    name: str,
    id_kind: str,
    id_number: str,
    phone: str = "",
    **facts: Any,
) -> Person:
    """The one record of a natural person: found by the keyed hash of the paper, or made.

    A person without open membership elsewhere moves along into `organisation`.

    :raises Refusal: GH-PER-401 member of a union elsewhere; 402 the paper is registered under another name;
        403 registered as dead; and whatever the checks of paper, name and phone refuse.
    """
    checked = check_id(id_kind, id_number, on=timezone.localdate())
    clean_name = check_name(name).name
    digest = lookup_hash(f"id:{checked.kind}", checked.number)
    with transaction.atomic():
        held = hold(organisation.pk)
        known = find_known([digest])
        if known is None:
            try:
                with transaction.atomic():
                    return _make(actor, held, clean_name, checked, digest, phone, facts)
            except IntegrityError:  # registered by somebody else in this very moment
                known = find_known([digest])
                if known is None:
                    raise
        return _take_over(actor, held, known, clean_name)


def find_known(hashes: list[bytes]) -> Known | None:
    """The person with one of these papers, wherever they are; a merged record leads to the one that was kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, person_path, membership_id, organisation_id, status FROM person_find(%s::bytea[])",
            [hashes],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    known = Known(*row)
    if known.membership_id is not None:
        return known
    with widened():
        kept = Person.objects.filter(pk=known.person_id, merged_into__isnull=False).values_list(
            "merged_into__id_hash", flat=True
        )
        kept_hash = kept.first()
    return find_known([bytes(kept_hash)]) if kept_hash is not None else known


def responsible_federation(organisation_id: int) -> str:
    """The county federation above a union, all that a stranger to the union may be told of it."""
    own = PublicOrganisation.objects.filter(pk=organisation_id).first()
    if own is None:
        return "其他地区总工会"
    above = list(
        PublicOrganisation.objects.filter(pk__in=path_ids(own.path), kind=OrganisationKind.FEDERATION).order_by("-path")
    )
    by_level = {body.level: body.name for body in reversed(above)}
    fallback = above[0].name if above else "其他地区总工会"
    return by_level.get(Level.COUNTY) or by_level.get(Level.CITY) or fallback


def _take_over(actor: Viewer, organisation: Organisation, known: Known, name: str) -> Person:
    with widened():
        person: Person = Person.objects.select_for_update(no_key=True).get(pk=known.person_id)
    if person.name != name:
        raise Refusal(
            "GH-PER-402",
            f"该证件号码已登记在“{mask_name(person.name)}”名下，与填写的姓名不同",
            "name",
            "核对证件原件；改过名字的，由所在工会先更正姓名",
        )
    if person.died_on is not None:
        raise Refusal(
            "GH-PER-403",
            "该证件号码的人员已登记去世",
            "id_number",
            "核对证件号码；登记有误的，由所在工会撤回",
        )
    if actor.reaches(person.path):
        return person
    if known.membership_id is not None:
        federation = responsible_federation(known.organisation_id or 0)
        raise Refusal(
            "GH-PER-401",
            f"此人已是其他工会会员（{federation}），可发起转会",
            "id_number",
            "由接收工会发起转会，原工会同意后会籍转入",
        )
    with widened():
        Person.objects.filter(pk=person.pk).update(path=organisation.path, version=F("version") + 1, changed_at=Now())
    person.refresh_from_db()
    record(
        actor,
        "person.take_over",
        path=organisation.path,
        object_type="person",
        object_id=person.pk,
        subject_id=person.pk,
        detail={"organisation": organisation.pk},
    )
    return person


def _make(
    actor: Viewer,
    organisation: Organisation,
    name: str,
    checked: Any,
    digest: bytes,
    phone: str,
    facts: dict[str, Any],
) -> Person:
    columns = _fact_columns(facts)
    columns["birth"] = checked.birth or columns.get("birth")
    if checked.sex != c.Sex.UNKNOWN:
        columns["sex"] = str(checked.sex)
    sort, grams = name_index(name)
    person: Person = Person.objects.create(
        path=organisation.path,
        name=name,
        name_key=sort,
        id_kind=str(checked.kind),
        id_hash=digest,
        id_sealed=seal(checked.number, "person.id_number"),
        id_mask=mask_id(checked.number),
        **_phone_columns(phone),
        **columns,
    )
    PersonGram.objects.bulk_create([PersonGram(gram=gram, person=person) for gram in grams])
    record(
        actor,
        "person.register",
        path=person.path,
        object_type="person",
        object_id=person.pk,
        subject_id=person.pk,
        detail={"organisation": organisation.pk},
    )
    return person


def _phone_columns(phone: str) -> dict[str, Any]:
    if not phone:
        return {"phone_sealed": None, "phone_hash": None, "phone_mask": ""}
    number = check_phone(phone)
    return {
        "phone_sealed": seal(number, "person.phone"),
        "phone_hash": lookup_hash("phone", number),
        "phone_mask": mask_phone(number),
    }


def _fact_columns(facts: dict[str, Any]) -> dict[str, Any]:
    """:raises Refusal: GH-PER-404 unknown field, 405 not in the code list, 406 no date."""
    columns: dict[str, Any] = {}
    for field, value in facts.items():
        if field == "birth":
            if value is not None and not isinstance(value, date):
                raise Refusal("GH-PER-406", "出生日期不是日期", "birth", "按2000-01-31的样子填写")
            columns[field] = value
        elif field in _CODED:
            codes, label = _CODED[field]
            try:
                columns[field] = str(codes(value)) if value else ("0" if field == "sex" else "")
            except ValueError:
                raise Refusal("GH-PER-405", f"{label}没有“{str(value)[:20]}”这一项", field, "从列表中选择") from None
        else:
            raise Refusal("GH-PER-404", f"人员资料没有“{field}”这一项", field)
    return columns


def correct_person(actor: Viewer, *, person: Person, version: int, changes: dict[str, Any]) -> Person:
    """Correct facts of a person; a masked value that comes back unchanged from a form or sheet is left alone.

    :raises Refusal: GH-PER-407 changed by somebody else since; 408 the paper belongs to another record.
    """
    with transaction.atomic():
        row: Person | None = Person.objects.visible(actor).select_for_update(no_key=True).filter(pk=person.pk).first()
        if row is None or row.merged_into_id is not None:
            raise Refusal("GH-PER-409", "此人不在本岗位的管辖范围，或已并入另一条记录", None, "重新查找此人")
        if row.version != version:
            raise Refusal("GH-PER-407", "资料已被他人修改，没有保存", None, "刷新后对照新资料再改")
        columns = _changed_columns(row, changes)
        if not columns:
            return row
        try:
            with transaction.atomic():
                Person.objects.filter(pk=row.pk).update(**columns, version=F("version") + 1, changed_at=Now())
        except IntegrityError:
            raise Refusal(
                "GH-PER-408", "该证件号码已登记在另一条人员记录", "id_number", "核对后办理合并，不要改号码"
            ) from None
        if "name" in columns:
            _regram(row.pk, columns["name"])
        fields = sorted({_SHOWN_AS.get(column, column) for column in columns})
        record(
            actor,
            "person.correct",
            path=row.path,
            object_type="person",
            object_id=row.pk,
            subject_id=row.pk,
            detail={"fields": fields, "organisation": actor.organisation_id},
        )
        row.refresh_from_db()
        return row


_SHOWN_AS = {
    "id_hash": "id_number",
    "id_sealed": "id_number",
    "id_mask": "id_number",
    "phone_sealed": "phone",
    "phone_hash": "phone",
    "phone_mask": "phone",
    "name_key": "name",
}


def _changed_columns(row: Person, changes: dict[str, Any]) -> dict[str, Any]:
    """Columns to write for the wanted changes; nothing for values that are as they were."""
    changes = dict(changes)
    columns: dict[str, Any] = {}
    if "name" in changes:
        name = check_name(changes.pop("name")).name
        if name != row.name:
            columns |= {"name": name, "name_key": name_index(name)[0]}
    if "phone" in changes:
        phone = str(changes.pop("phone") or "").strip()
        if phone != row.phone_mask:
            wanted = _phone_columns(phone)
            if wanted["phone_hash"] != (bytes(row.phone_hash) if row.phone_hash else None):
                columns |= wanted
    kind, number = changes.pop("id_kind", row.id_kind), str(changes.pop("id_number", "") or "").strip()
    if number and number != row.id_mask:
        checked = check_id(kind, number, on=timezone.localdate())
        columns |= {
            "id_kind": str(checked.kind),
            "id_hash": lookup_hash(f"id:{checked.kind}", checked.number),
            "id_sealed": seal(checked.number, "person.id_number"),
            "id_mask": mask_id(checked.number),
        }
        if checked.birth:
            columns["birth"] = checked.birth
        if checked.sex != c.Sex.UNKNOWN:
            columns["sex"] = str(checked.sex)
    elif str(kind) != row.id_kind:
        raise Refusal("GH-PER-410", "改证件类别须同时填写该证件的号码", "id_number")
    for column, value in _fact_columns(changes).items():
        columns.setdefault(column, value)
    return {column: value for column, value in columns.items() if not _same(getattr(row, column), value)}


def _same(stored: Any, wanted: Any) -> bool:
    if isinstance(stored, memoryview):
        stored = bytes(stored)
    return bool(stored == wanted)


def _regram(person_id: int, name: str) -> None:
    PersonGram.objects.filter(person_id=person_id).delete()
    index_name(person_id, name)


def index_name(person_id: int, name: str) -> None:
    """Write the pieces under which a name is found."""
    PersonGram.objects.bulk_create([PersonGram(gram=gram, person_id=person_id) for gram in name_index(name)[1]])


def reveal(actor: Viewer, *, person: Person, field: str, reason: str, cap: int) -> str:
    """The full value of a sealed field, for a reason that goes on the trail; at most `cap` a day and account.

    :raises Refusal: GH-PER-901 no reason, 902 the day's number is used up, 903 no such field, 904 nothing there.
    """
    if field not in SEALED_FIELDS:
        raise Refusal("GH-PER-903", "只有证件号码和手机号码可以申请查看", "field")
    reason = " ".join(reason.split())
    if len(reason) < REASON_LEAST:
        raise Refusal("GH-PER-901", f"查看理由至少写{REASON_LEAST}个字", "reason", "写明用在哪件工作上")
    if _reveals_today(actor) >= cap:
        _record_reveal(actor, person, field, reason, refused=True)
        raise Refusal("GH-PER-902", f"今天已查看{cap}次，达到每日上限", None, "明天再查，或由同部门其他人员办理")
    with transaction.atomic():
        row = Person.objects.visible(actor).filter(pk=person.pk).first()
        sealed = row and (row.id_sealed if field == "id_number" else row.phone_sealed)
        if row is None or sealed is None:
            raise Refusal("GH-PER-904", f"没有登记{SEALED_FIELDS[field]}", field)
        _record_reveal(actor, row, field, reason)
        return unseal(bytes(sealed), f"person.{field}")


def _record_reveal(actor: Viewer, person: Person, field: str, reason: str, refused: bool = False) -> None:
    record(
        actor,
        "person.reveal",
        path=person.path,
        object_type="person",
        object_id=person.pk,
        subject_id=person.pk,
        reason=reason,
        detail={"field": field, "organisation": actor.organisation_id},
        refused=refused,
    )


def _reveals_today(actor: Viewer) -> int:
    """Of the account, whichever post it acted in; locked so that two tabs cannot pass the cap together."""
    start = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('person.reveal', %s))", [actor.account_id or 0])
    with widened():
        return TrailRecord.objects.filter(
            actor_id=actor.account_id, verb="person.reveal", at__gte=start, refused=False
        ).count()
