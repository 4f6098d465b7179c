"""One application while it is moved: its lock, its history, whose step is whose. Everything runs inside `moving`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from ...access.models import Post
from ...access.rules import permissions_of
from ...messages.services import tell
from ...org.choices import Level, OrganisationKind
from ...org.models import Organisation
from ...org.rules import ancestors
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..choices import Act
from ..models import Application, Delegation, Doing, Step
from ..queries.environment import Environment, environment
from ..rules.definition import Definition, must_read

_DAY: ContextVar[date | None] = ContextVar("procedures.day", default=None)


@contextmanager
def as_of(day: date) -> Iterator[None]:
    """Act as if it were another day: for the demonstration and for tests, never for a request."""
    token = _DAY.set(day)
    try:
        yield
    finally:
        _DAY.reset(token)


def today() -> date:
    """The day on which procedures act."""
    return _DAY.get() or timezone.localdate()


def now() -> datetime:
    """The moment at which procedures act: the time of day is the clock's, the day may be another (`as_of`)."""
    moment, day = timezone.now(), _DAY.get()
    return moment if day is None else datetime.combine(day, timezone.localtime(moment).timetz())


@dataclass
class Run:
    """One application while it is moved: the row is locked, and the definition is that of its own version."""

    actor: Viewer
    application: Application
    definition: Definition
    today: date
    _environment: Environment | None = None

    @property
    def environment(self) -> Environment:
        """What conditions may speak of, read when first asked for and again after a change."""
        if self._environment is None:
            self._environment = environment(self.application, self.definition, self.today)
        return self._environment

    def changed(self) -> None:
        self._environment = None


@contextmanager
def moving(actor: Viewer, application_id: int) -> Iterator[Run]:
    """Lock an application for one act. The caller has authorised, or authorises with `authority` before it writes.

    The steps of an application lie with posts above and beside the actor, so its rows are written across the range.
    """
    with transaction.atomic(), widened():
        row = (
            Application.objects.select_for_update(of=("self",))
            .select_related("procedure", "organisation", "person")
            .filter(pk=application_id)
            .first()
        )
        if row is None:
            raise missing()
        yield Run(actor, row, must_read(row.procedure.body), today())


def missing() -> Refusal:
    """Whether it does not exist or is not for this viewer: the answer is the same."""
    return Refusal("GH-PRO-010", "没有这份申请，或它不由当前岗位办理", "application")


def log(
    run: Run,
    act: Act,
    *,
    step: Step | None = None,
    note: str = "",
    data: dict[str, Any] | None = None,
    shown: bool = True,
    actor: Viewer | None = None,
) -> Doing:
    """Add a line to the history and a record to the trail.

    The trail of a confidential application stands at no place: only the root's auditor and the person see it.
    """
    who, application = actor or run.actor, run.application
    doing = Doing.objects.create(
        path=application.path,
        application=application,
        step=step,
        act=act,
        account_id=who.account_id,
        actor_name=who.name[:60],
        role=who.role[:20],
        note=note[:1000],
        data=data or {},
        shown=shown,
    )
    record(
        who,
        f"application.{act}",
        path="" if application.confidential else application.path,
        object_type="application",
        object_id=application.pk,
        object_name="" if application.confidential else run.definition.title,
        subject_id=application.person_id,
        reason="" if application.confidential else note[:300],
        detail={"step": step.key if step else "", "number": "" if application.confidential else application.number},
    )
    return doing


def tell_applicant(run: Run, kind: str, *, turn: str) -> None:
    """A message to the person whose application it is; of a confidential one it does not even say which."""
    application = run.application
    if application.person_id is not None:
        title = "" if application.confidential else run.definition.title
        tell(kind, application.person_id, about=application.pk, turn=turn, title=title, at=now())


def save(application: Application, **values: Any) -> None:
    for name, value in values.items():
        setattr(application, name, value)
    application.version += 1
    application.changed_at = now()
    application.save(update_fields=[*values, "version", "changed_at"])


# -- whose step it is ---------------------------------------------------------------------------------------


_INSIDE = (OrganisationKind.BRANCH, OrganisationKind.GROUP)


def tier_of(organisation: Organisation, tier: str, missing_tier: str) -> Organisation | None:
    """The body that handles a step: the union itself, the one above, or the federation of a level above.

    A branch or group (分会、小组) has no committee of its own: its union is meant.

    None where the place has no such tier and the step is to be skipped.
    """
    if tier == "own" and organisation.kind not in _INSIDE:
        return organisation
    above = list(Organisation.objects.filter(path__in=ancestors(organisation.path)).order_by("-path"))
    above.sort(key=lambda one: len(one.path), reverse=True)
    if tier == "own":
        return next((one for one in above if one.kind not in _INSIDE), organisation)
    if tier == "upper":
        return above[0] if above else organisation
    level = Level(tier)
    candidates = [organisation, *above] if organisation.kind == OrganisationKind.FEDERATION else above
    federations = [one for one in candidates if one.kind == OrganisationKind.FEDERATION]
    exact = next((one for one in federations if one.level == level), None)
    if exact is not None or missing_tier == "skip":
        return exact
    return next((one for one in federations if Level(one.level).rank < level.rank), None)


def holders(organisation_id: int, role: str, on: date) -> list[Post]:
    """Posts of a role at a body that are in force."""
    rows = Post.objects.filter(
        organisation_id=organisation_id,
        role=role,
        granted_by__isnull=False,
        valid_from__lte=on,
        account__is_active=True,
    ).select_related("account")
    return [post for post in rows if post.valid_to is None or post.valid_to > on]


def add_seats(application: Application, *seats: str) -> None:
    fresh = [seat for seat in seats if seat and seat not in application.seats]
    if fresh:
        application.seats = [*application.seats, *fresh]
        application.save(update_fields=["seats"])


def stand_ins(organisation_id: int, role: str, on: date) -> list[int]:
    """Accounts that stand in for a post today."""
    return list(
        Delegation.objects.filter(
            organisation_id=organisation_id, role=role, valid_from__lte=on, valid_to__gte=on, ended_at__isnull=True
        ).values_list("to_account_id", flat=True)
    )


def acting_as(actor: Viewer, row: Step) -> Viewer:
    """Who stands in for a colleague acts with that post's permissions, under their own name."""
    if actor.role == row.role or not row.role:
        return actor
    return replace(actor, permissions=actor.permissions | permissions_of(row.role))


def seat_step(run: Run, row: Step) -> None:
    """Those who hold the post, and who stands in for them, take part from now on."""
    assert row.organisation_id is not None
    others = stand_ins(row.organisation_id, row.role, run.today)
    add_seats(run.application, f"{row.role}@{row.organisation_id}", *(f"#{one}" for one in others))
