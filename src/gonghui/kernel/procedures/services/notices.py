"""Objections to a public notice, their answers, and the end of a notice."""

from __future__ import annotations

import json
import secrets

from django.utils import timezone

from ...refusal import Refusal
from ...rules.calendar import add_working_days
from ...scope import widened
from ...sealing import seal, unseal
from ...viewer import OUTSIDER, SYSTEM, Viewer
from .. import authority
from ..choices import Act, NoticeState, ObjectionState, Outcome, StepState
from ..models import Notice, Objection, Step
from .running import Run, log, missing, moving
from .steps import finish_step

SAID, WHO = "objection.said", "objection.who"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def object_to(
    actor: Viewer, *, token: str, text: str, name: str = "", contact: str = "", in_confidence: bool = False
) -> Objection:
    """Object to what a notice shows, by name or in confidence. While it is open nothing takes effect.

    :raises Refusal: GH-PRO-050 the notice is over; 051 nothing said; 052 by name without name and contact.
    """
    text, name, contact = text.strip(), name.strip(), contact.strip()
    if len(text) < 5:
        raise Refusal("GH-PRO-051", "还没有写异议的内容", "text", "写明事实，至少5个字")
    if not in_confidence and (not name or not contact):
        raise Refusal("GH-PRO-052", "实名提出的，要写姓名和联系方式", "name", "不愿公开身份的，选择要求保密")
    with widened():
        application_id = Notice.objects.filter(token=token).values_list("application_id", flat=True).first()
    if application_id is None:
        raise Refusal("GH-PRO-050", "没有这份公示，或已经撤下", "token")
    with moving(actor, application_id) as run:
        notice = Notice.objects.select_for_update().get(token=token)
        if notice.state != NoticeState.OPEN or not notice.opens_on <= run.today <= notice.closes_on:
            raise Refusal("GH-PRO-050", "公示期已过，不能再提出异议", "token", "可以向公示单位反映，或拨打12351")
        made = Objection.objects.create(
            path=notice.path,
            notice=notice,
            application=run.application,
            number="".join(secrets.choice(_LETTERS) for _ in range(10)),
            in_confidence=in_confidence,
            said=seal(text[:3000], SAID),
            who=seal(json.dumps({"name": name[:60], "contact": contact[:60]}, ensure_ascii=False), WHO)
            if name or contact
            else None,
            due_on=add_working_days(run.today, int(notice.shown.get("objection_days", 5))),
        )
        # Who objected stands nowhere but in the sealed column, so the history names nobody.
        log(run, Act.OBJECTED, step=notice.step, shown=False, actor=OUTSIDER)
        return made


def said(objection: Objection) -> str:
    return unseal(bytes(objection.said), SAID)


def who(objection: Objection) -> dict[str, str]:
    """Name and contact: for the officer who answers; an objection in confidence shows them to nobody else."""
    found: dict[str, str] = json.loads(unseal(bytes(objection.who), WHO)) if objection.who else {}
    return found


def may_answer(viewer: Viewer, notice: Notice, step: Step) -> bool:
    """The office that put the notice up answers."""
    role = notice.shown.get("role") or step.role
    return (
        viewer.is_staff
        and viewer.organisation_id == notice.issuer_id
        and (viewer.role == role if role else viewer.may("application.handle"))
    )


def answer_objection(actor: Viewer, *, objection_id: int, upheld: bool, answer: str) -> Objection:
    """Answer an objection. One that is upheld ends the application; when the last is answered it goes on.

    :raises Refusal: GH-PRO-053 answered before; 054 without reasons; 014 conflict of interest.
    """
    if len(answer.strip()) < 5:
        raise Refusal("GH-PRO-054", "还没有写答复", "answer", "写明查证的情况和结论")
    application_id = Objection.objects.filter(pk=objection_id).values_list("application_id", flat=True).first()
    if application_id is None:
        raise missing()
    with moving(actor, application_id) as run:
        row: Objection = Objection.objects.select_related("notice__step").get(pk=objection_id)
        if not may_answer(actor, row.notice, row.notice.step):
            raise Refusal("GH-PRO-011", "异议由公示单位答复，不由当前岗位办理", "step")
        because = authority.conflict(actor, run.application, row.notice.step)
        if because:
            raise Refusal("GH-PRO-014", f"须回避：{because}", "step", "转给同岗位的其他人答复")
        if row.state != ObjectionState.OPEN:
            raise Refusal("GH-PRO-053", "这项异议已经答复过了", "answer")
        row.state = ObjectionState.UPHELD if upheld else ObjectionState.DISMISSED
        row.answer, row.answered_by, row.answered_name = answer.strip()[:1000], actor.account_id, actor.name[:60]
        row.answered_at = timezone.now()
        row.save()
        log(run, Act.ANSWERED, step=row.notice.step, note="异议成立" if upheld else "异议不成立", shown=False)
        if upheld:
            _end(run, row.notice, Outcome.REJECTED, "公示期间的异议经查证成立")
        elif row.notice.closes_on < run.today:
            end_if_over(run, row.notice)
        return row


def end_if_over(run: Run, notice: Notice) -> bool:
    """End a notice whose days are over, unless an objection still waits for its answer."""
    if notice.state != NoticeState.OPEN or notice.closes_on >= run.today:
        return False
    if Objection.objects.filter(notice=notice, state=ObjectionState.OPEN).exists():
        return False
    _end(run, notice, Outcome.APPROVED, "")
    return True


def _end(run: Run, notice: Notice, outcome: Outcome, note: str) -> None:
    notice.state, notice.ended_at = NoticeState.ENDED, timezone.now()
    notice.save(update_fields=["state", "ended_at"])
    step = Step.objects.select_related("organisation").get(pk=notice.step_id)
    if step.state != StepState.OPEN:
        return
    log(run, Act.NOTICE_ENDED, step=step, note=note, actor=SYSTEM)
    finish_step(run, step, outcome, {"note": note})
