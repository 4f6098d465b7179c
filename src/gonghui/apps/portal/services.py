"""What members ask and how their union answers."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.people import choices as people_choices
from gonghui.kernel.people import services as people
from gonghui.kernel.people.models import Membership
from gonghui.kernel.people.rules import check_name, check_phone, mask_phone
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.sealing import seal, unseal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .choices import APPLIED, CorrectionField, CorrectionState
from .models import Correction

_PURPOSE = "portal.correction"
_LISTS: dict[str, Any] = {
    CorrectionField.EDUCATION: people_choices.Education,
    CorrectionField.POLITICS: people_choices.Politics,
    CorrectionField.SKILL: people_choices.SkillLevel,
}
_OPEN_AT_ONCE = 5


def _checked(field: str, wanted: str) -> str:
    """The value as it would be stored; refuses what could never be right."""
    wanted = wanted.strip()
    if not wanted:
        raise Refusal("GH-POR-001", "还没写更正为什么", "wanted", "写正确的内容")
    if field == CorrectionField.PHONE:
        return check_phone(wanted)
    if field == CorrectionField.NAME:
        return check_name(wanted).name
    if field in _LISTS:
        member = _LISTS[field].read(wanted)
        if member is None:
            raise Refusal(
                "GH-POR-002", f"没有“{wanted[:20]}”这一项", "wanted", "例如" + "、".join(_LISTS[field].labels[:4])
            )
        return str(member.value)
    return wanted[:200]


def ask_correction(actor: Viewer, *, membership: Membership, field: str, wanted: str, note: str = "") -> Correction:
    """A member asks their union to correct something; nobody but that union reads the proposed value."""
    value = _checked(field, wanted)
    waiting = Correction.objects.filter(person_id=membership.person_id, state=CorrectionState.ASKED)
    if waiting.filter(field=field).exists():
        raise Refusal("GH-POR-003", "这一项已经申请更正，正在等答复", "field", "答复后可以再申请")
    if waiting.count() >= _OPEN_AT_ONCE:
        raise Refusal("GH-POR-004", f"已有{_OPEN_AT_ONCE}项在等答复", hint="等答复后再申请")
    with transaction.atomic(), widened():  # a member has no range; the row belongs to the union of the membership
        made = Correction.objects.create(
            path=membership.path,
            person_id=membership.person_id,
            membership=membership,
            field=field,
            wanted_sealed=seal(value, _PURPOSE),
            note=note[:300],
        )
        record(
            actor,
            "correction.asked",
            path=membership.path,
            object_type="correction",
            object_id=made.pk,
            subject_id=membership.person_id,
            detail={"field": field},
        )
    return made


def wanted_value(correction: Correction) -> str:
    """The proposed value in words, for the officer who answers and for the member; a phone number masked."""
    value = unseal(bytes(correction.wanted_sealed), _PURPOSE)
    if correction.field == CorrectionField.PHONE:
        return mask_phone(value)
    listed = _LISTS.get(correction.field)
    return listed(value).label if listed else value


def answer_correction(actor: Viewer, *, correction: Correction, accept: bool, answer: str) -> Correction:
    """Answer a request; an accepted one changes the record at once where it can."""
    if not accept and not answer.strip():
        raise Refusal("GH-POR-005", "不更正要写明理由", "answer", "会员会看到这段话")
    with transaction.atomic():
        rows = Correction.objects.visible(actor).select_for_update().select_related("person")
        held: Correction = rows.get(pk=correction.pk)
        if held.state != CorrectionState.ASKED:
            raise Refusal("GH-POR-006", "这项申请已经答复过了")
        if accept and held.field in APPLIED:
            people.correct_person(
                actor,
                person=held.person,
                version=held.person.version,
                changes={held.field: unseal(bytes(held.wanted_sealed), _PURPOSE)},
            )
        held.state = CorrectionState.DONE if accept else CorrectionState.REFUSED
        held.answer, held.answered_by, held.answered_name = answer[:300], actor.account_id, actor.name
        held.answered_at = timezone.now()
        held.save()
        record(
            actor,
            "correction.answered",
            path=held.path,
            object_type="correction",
            object_id=held.pk,
            subject_id=held.person_id,
            detail={"field": held.field, "accepted": accept},
        )
    return held
