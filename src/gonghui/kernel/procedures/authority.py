"""Who may do what with an application: its applicant, the officers whose step it is, and those who look on."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db.models import Q

from ..org.rules import ancestors
from ..people.models import Membership
from ..refusal import Refusal
from ..viewer import Viewer
from .choices import StepState
from .models import Application, Delegation, Interest, Step


def is_applicant(viewer: Viewer, application: Application) -> bool:
    """The person themself, whoever filled it in, or the post of the organisation that it was made for."""
    if viewer.person_id is not None and viewer.person_id == application.person_id:
        return True
    if viewer.account_id is not None and viewer.account_id == application.account_id:
        return True
    return (
        viewer.is_staff
        and application.person_id is None
        and viewer.organisation_id == application.organisation_id
        and viewer.may("application.make")
        and viewer.reaches(application.path)
    )


def token_digest(token: str) -> bytes:
    """What is kept of a tracking link: 120 random bits, so that one fast hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def has_link(application: Application, token: str) -> bool:
    """Who has the tracking link of an application made it."""
    kept = application.token_digest
    return bool(token) and kept is not None and bytes(kept) == token_digest(token)


def stands_in(viewer: Viewer, step: Step, on: date) -> bool:
    """True while a colleague on leave has handed their post's work to this account."""
    return (
        viewer.account_id is not None
        and Delegation.objects.filter(
            to_account_id=viewer.account_id,
            organisation_id=step.organisation_id or 0,
            role=step.role,
            valid_from__lte=on,
            valid_to__gte=on,
            ended_at__isnull=True,
        ).exists()
    )


def has_step(viewer: Viewer, step: Step, on: date) -> bool:
    """The step is this post's: by its role at the body, because it was assigned, or standing in for a colleague."""
    if not viewer.is_staff or step.organisation_id is None:
        return False
    if step.assignee_id is not None and step.assignee_id == viewer.account_id:
        return True
    mine = viewer.organisation_id == step.organisation_id and viewer.role == step.role
    return mine or stands_in(viewer, step, on)


def invited(viewer: Viewer, step: Step) -> bool:
    """Named as a reviewer of a scoring step: they read it and score, and do nothing else with it."""
    return viewer.account_id is not None and viewer.account_id in (step.data.get("invited") or ())


def conflict(viewer: Viewer, application: Application, step: Step) -> str:
    """Why this officer has to step back from it (回避), in a sentence; empty when they need not."""
    if viewer.person_id is not None and viewer.person_id == application.person_id:
        return "申请人是本人"
    declared = Interest.objects.filter(account_id=viewer.account_id or 0, ended_at__isnull=True)
    if application.person_id and declared.filter(person_id=application.person_id).exists():
        return "申请人是申报过的近亲属或利害关系人"
    if declared.filter(organisation_id=application.organisation_id).exists():
        return "申请单位是申报过的利害关系单位"
    if application.person_id is None and step.organisation_id != application.organisation_id and viewer.person_id:
        own = Membership.objects.filter(
            person_id=viewer.person_id, organisation_id=application.organisation_id, valid_to__isnull=True
        )
        if own.exists():
            return "申请单位是本人所在单位"
    return ""


def check_step(viewer: Viewer, application: Application, step: Step, on: date) -> None:
    """Refuse who may not do this step now.

    :raises Refusal: GH-PRO-011 not this post's step; 012 it is over or waits; 013 assigned to a colleague; 014 has to
        step back; 015 the same person did a step that somebody else must have done.
    """
    if not has_step(viewer, step, on):
        raise Refusal("GH-PRO-011", f"“{step.title}”不由当前岗位办理", "step", "切换到办理这个环节的岗位")
    if step.state != StepState.OPEN:
        waiting = step.state == StepState.PAUSED
        raise Refusal(
            "GH-PRO-012", "正在等申请人补正" if waiting else "这个环节已经办理过了", "step", "刷新页面看最新状态"
        )
    if step.assignee_id is not None and step.assignee_id != viewer.account_id and not stands_in(viewer, step, on):
        raise Refusal("GH-PRO-013", f"已由{step.assignee_name}承办", "step", "需要由您办理的，请对方移交")
    because = conflict(viewer, application, step)
    if because:
        raise Refusal("GH-PRO-014", f"须回避：{because}", "step", "转给同岗位的其他人办理")


def visible(viewer: Viewer) -> Q:
    """Applications a viewer may list: the range of staff that handle or look on, and one's own."""
    own = Q(person_id=viewer.person_id) if viewer.person_id is not None else Q(pk__in=[])
    if viewer.account_id is not None:
        own |= Q(account_id=viewer.account_id) | Q(seats__contains=[f"#{viewer.account_id}"])
    if viewer.is_staff and (viewer.may("application.view") or viewer.may("application.handle")):
        return Q(path__gte=viewer.lo, path__lt=viewer.hi) | own
    return own


def places_above(path: str) -> list[str]:
    return [*ancestors(path), path]
