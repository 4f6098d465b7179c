"""Applications as their people see them: lists, the inbox of a post, one page, the history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet

from ...access.choices import Role
from ...files.models import StoredFile
from ...scope import widened
from ...viewer import Viewer
from .. import authority
from ..choices import ApplicationState, StepState
from ..models import Application, Clock, Delegation, Doing, Evidence, Step


def applications(viewer: Viewer) -> QuerySet[Application]:
    """Every application the viewer may see, drafts of others left out, the latest first.

    Confidential ones appear for who takes part in them alone: the policy of the table hides them from everybody else.
    """
    rows = Application.objects.filter(authority.visible(viewer)).exclude(
        Q(state="draft") & ~Q(account_id=viewer.account_id or 0) & ~Q(person_id=viewer.person_id or 0)
    )
    return rows.select_related("procedure", "organisation").order_by(F("submitted_at").desc(nulls_last=True), "-pk")


def application(viewer: Viewer, pk: int) -> Application | None:
    return applications(viewer).filter(pk=pk).select_related("person").first()


def own_applications(viewer: Viewer) -> QuerySet[Application]:
    """What a member (or a staff account) has applied for."""
    mine = Q(account_id=viewer.account_id or 0)
    if viewer.person_id is not None:
        mine |= Q(person_id=viewer.person_id)
    return Application.objects.filter(mine).select_related("procedure").order_by("-pk")


def still_returned(person_id: int, application_id: int) -> bool:
    """Whether an application waits for its person to complete it; asked before a message of it is sent."""
    rows = Application.objects.filter(pk=application_id, person_id=person_id, state=ApplicationState.RETURNED)
    return rows.exists()


def of_organisation(viewer: Viewer, organisation_id: int) -> QuerySet[Application]:
    """What one organisation has applied for."""
    return applications(viewer).filter(organisation_id=organisation_id)


def own_steps(viewer: Viewer, on: date) -> QuerySet[Step]:
    """Unfinished steps of the viewer's post, of colleagues they stand in for, those assigned to them, and those they
    were invited to score. What somebody stepped back from, or has done their part of, is not theirs any more."""
    if not viewer.is_staff or viewer.account_id is None:
        return Step.objects.none()
    account = viewer.account_id
    mine = Q(organisation_id=viewer.organisation_id, role=viewer.role) & (
        Q(assignee_id__isnull=True) | Q(assignee_id=account)
    )
    for other in _beside_the_post(viewer, account, on):  # mostly none: the post alone is read in the order of its index
        mine |= other
    rows = Step.objects.filter(mine, state__in=[StepState.OPEN, StepState.PAUSED])
    return (
        rows.exclude(kind="notice")
        .exclude(done_by__contains=[account])
        .exclude(data__contains={"stepped_back": [account]})
    )


def _beside_the_post(viewer: Viewer, account: int, on: date) -> list[Q]:
    """What is theirs although it is not at their post: handed over for a leave, assigned elsewhere, asked to score."""
    handed = Delegation.objects.filter(
        to_account_id=account, valid_from__lte=on, valid_to__gte=on, ended_at__isnull=True
    ).values_list("organisation_id", "role")
    found = [Q(organisation_id=organisation_id, role=role) for organisation_id, role in handed]
    assigned = Step.objects.filter(assignee_id=account, state__in=[StepState.OPEN, StepState.PAUSED])
    if assigned.exclude(organisation_id=viewer.organisation_id, role=viewer.role).exists():
        found.append(Q(assignee_id=account))
    if viewer.role == Role.JUDGE and (asked := _invited_to(account)):
        found.append(Q(pk__in=asked))
    return found


def _invited_to(account_id: int) -> list[int]:
    """Open scoring steps that name an account: an index of its own finds the few that are being scored."""
    rows = Step.objects.filter(kind="score", state=StepState.OPEN, data__contains={"invited": [account_id]})
    return list(rows.values_list("pk", flat=True)[:500])


def with_applications(rows: QuerySet[Step]) -> QuerySet[Step]:
    """Steps with their applications and definitions, read for the rows of a page alone: joined, the policy of the
    applications would be asked for every step that waits before the first page is cut."""
    return rows.prefetch_related("application__procedure")


def inbox(viewer: Viewer, on: date) -> QuerySet[Step]:
    """What waits for the viewer, soonest due first. Names of unions are read apart: a reviewer from elsewhere does not
    reach the organisation itself."""
    rows = with_applications(own_steps(viewer, on).filter(state=StepState.OPEN))
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def step(viewer: Viewer, pk: int, on: date) -> Step | None:
    """A step that is this post's to do or to score, with its application."""
    row: Step | None = Step.objects.filter(pk=pk).select_related("application__procedure").first()
    if row is None or not (authority.has_step(viewer, row, on) or (viewer.is_staff and authority.invited(viewer, row))):
        return None
    return row


def history(application: Application, *, everything: bool) -> QuerySet[Doing]:
    """What happened, in order; the applicant reads what is meant for them, without the names of reviewers."""
    rows = Doing.objects.filter(application=application).select_related("step").order_by("pk")
    return rows if everything else rows.filter(shown=True)


def steps(application: Application) -> list[Step]:
    return list(
        Step.objects.filter(application=application).select_related("organisation").order_by("order", "round", "pk")
    )


def evidence(application: Application) -> list[Evidence]:
    """The files of an application that its reader may see; the files of a case stand in no range of their own."""
    rows = list(Evidence.objects.filter(application=application, removed_at__isnull=True).order_by("field", "pk"))
    with widened():
        files = StoredFile.objects.in_bulk([one.file_id for one in rows])
    for one in rows:
        one.file = files[one.file_id]
    return rows


def clocks(viewer: Viewer) -> QuerySet[Clock]:
    """Running periods in the range, soonest first: the due list and the calendar."""
    rows = Clock.objects.filter(path__gte=viewer.lo, path__lt=viewer.hi, state__in=["running", "breached"])
    return rows.select_related("application__procedure", "application__organisation", "step").order_by("due_on", "pk")


def by_token(token: str) -> Application | None:
    """The application of a tracking link: who has the link made it, and needs no account."""
    with widened():
        return (
            Application.objects.filter(token_digest=authority.token_digest(token))
            .select_related("procedure", "organisation").first()
        )  # fmt: skip


def tracked(token: str) -> dict[str, Any] | None:
    """What a tracking link shows: the state, the steps and what is asked of the applicant."""
    with widened():
        row = by_token(token)
        if row is None:
            return None
        return {
            "application": row,
            "steps": steps(row),
            "history": list(history(row, everything=False)),
            "evidence": evidence(row),
        }
