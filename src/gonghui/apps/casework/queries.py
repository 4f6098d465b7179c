"""Every read of casework. The policies of the tables show rows to their case team alone; lists repeat the question."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Clock
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.viewer import Viewer

from .choices import AidState, CaseState, FileState, LetterState, TicketKind, TicketState
from .models import Aid, Case, Claimant, HardshipFile, Letter, Ticket
from .sealing import phone_hash


def _seated(viewer: Viewer) -> Q:
    return Q(seats__contains=[viewer.seat]) | Q(seats__contains=[f"#{viewer.account_id}"])


def tickets(viewer: Viewer) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(_seated(viewer)) if viewer.is_staff else Ticket.objects.none()
    return rows.order_by("due_on", "pk")


def ticket(viewer: Viewer, pk: int) -> Ticket | None:
    return tickets(viewer).filter(pk=pk).first()


def ticket_counts(viewer: Viewer) -> dict[str, int]:
    """State → how many; "late" and "mine" (what this body has to do now)."""
    rows = tickets(viewer).order_by()
    found = {row["state"]: row["n"] for row in rows.values("state").annotate(n=Count("pk"))}
    return {state.value: found.get(state.value, 0) for state in TicketState} | {
        "late": rows.filter(late=True).exclude(state=TicketState.CLOSED).count()
    }


def people_with_open_files(on: date) -> list[int]:
    """Persons with an open hardship file, for the weighing of a draw alone: it adds a ticket and tells nobody.

    To be asked with the seat of the platform; every other seat is answered with its own case team's persons.
    """
    rows = HardshipFile.objects.filter(state=FileState.ACTIVE, filed_on__lte=on)
    return list(rows.values_list("person_id", flat=True))


def waiting(viewer: Viewer) -> int:
    """What this body has to do now at the desk."""
    if not viewer.may("case.handle"):
        return 0
    at_desk = Q(state__in=[TicketState.DISPATCH, TicketState.CALL_BACK, TicketState.CHECK])
    mine = Q(state__in=[TicketState.TAKE, TicketState.HANDLE], holder_id=viewer.organisation_id)
    return tickets(viewer).filter(mine | (at_desk & Q(organisation_id=viewer.organisation_id))).count()


def earlier(viewer: Viewer, phone: str, without: int | None = None) -> list[Ticket]:
    """Earlier calls from the same phone, as far as this team took part in them."""
    rows = tickets(viewer).filter(caller_hash=phone_hash(phone)).exclude(pk=without or 0)
    return list(rows.order_by("-received_at")[:10])


def bodies(viewer: Viewer) -> QuerySet[Organisation]:
    """Federations that a ticket may be dispatched to: one's own and those below."""
    rows = Organisation.objects.visible(viewer).filter(kind="federation", state="active")
    return rows.order_by("path")


def template_of(viewer: Viewer, kind: str, path: str, on: Any) -> str:
    key = f"casework.reply_{TicketKind(kind).value}"
    return str(rule_queries.value(key, path, on).value)


def letters(viewer: Viewer) -> QuerySet[Letter]:
    rows = Letter.objects.filter(_seated(viewer)) if viewer.is_staff else Letter.objects.none()
    return rows.select_related("organisation").order_by(F("due_on").asc(nulls_last=True), "-pk")


def letter(viewer: Viewer, pk: int) -> Letter | None:
    return letters(viewer).filter(pk=pk).select_related("follows").first()


def letters_waiting(viewer: Viewer) -> int:
    return letters(viewer).filter(state__in=[LetterState.DRAFT, LetterState.OVERDUE]).count()


def files(viewer: Viewer) -> QuerySet[HardshipFile]:
    rows = HardshipFile.objects.visible(viewer)
    return rows.select_related("organisation", "person").order_by("review_on", "pk")


def file(viewer: Viewer, pk: int) -> HardshipFile | None:
    return files(viewer).filter(pk=pk).first()


def file_counts(viewer: Viewer) -> dict[str, int]:
    """Class → files in force."""
    rows = files(viewer).filter(state=FileState.ACTIVE).order_by()
    return {row["hardship"]: row["n"] for row in rows.values("hardship").annotate(n=Count("pk")).order_by("hardship")}


def aids(viewer: Viewer) -> QuerySet[Aid]:
    return Aid.objects.visible(viewer).select_related("organisation").order_by("state", "-ordered_on", "-pk")


def aid(viewer: Viewer, pk: int) -> Aid | None:
    return aids(viewer).filter(pk=pk).first()


def aid_sums(viewer: Viewer) -> dict[str, tuple[int, int]]:
    """State → (how many, fen)."""
    rows = aids(viewer).order_by().values("state").annotate(n=Count("pk"), total=Sum("amount"))
    found = {row["state"]: (row["n"], row["total"] or 0) for row in rows}
    return {state.value: found.get(state.value, (0, 0)) for state in AidState}


def cases(viewer: Viewer) -> QuerySet[Case]:
    return Case.objects.visible(viewer).select_related("organisation").order_by("state", "-opened_on", "-pk")


def case(viewer: Viewer, pk: int) -> Case | None:
    return cases(viewer).filter(pk=pk).select_related("application").first()


def case_counts(viewer: Viewer) -> dict[str, int]:
    rows = cases(viewer).filter(state=CaseState.OPEN).order_by().values("kind").annotate(n=Count("pk"))
    return {row["kind"]: row["n"] for row in rows}


def claimants(case: Case) -> list[Claimant]:
    return list(Claimant.objects.filter(case=case).order_by("pk"))


def recovered(viewer: Viewer) -> dict[str, int]:
    """Of all arrears of this team: workers, fen claimed, fen recovered."""
    rows = Claimant.objects.filter(path__gte=viewer.lo, path__lt=viewer.hi)
    found = rows.aggregate(n=Count("pk"), claimed=Sum("claimed"), recovered=Sum("recovered"))
    return {"workers": found["n"], "claimed": found["claimed"] or 0, "recovered": found["recovered"] or 0}


def follow_ups(case: Case) -> list[Clock]:
    rows = Clock.objects.filter(application_id=case.application_id, kind="follow_up")
    return list(rows.order_by("due_on", "pk"))
