"""One of everything that casework keeps, by plain inserts, for tests that look from outside."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures import shipped
from gonghui.kernel.procedures.factories import make_procedure
from gonghui.kernel.procedures.models import Application, Procedure

from .models import Aid, Case, CaseEvent, Claimant, HardshipFile, Letter, Ticket, TicketAct
from .sealing import AID, CALLER, CASE, CLAIMANT, FILE, LETTER, SAID, close, phone_hash

DAY = date(2026, 3, 6)


def shipped_procedure(key: str) -> Procedure:
    """The shipped definition, installed or made."""
    found = Procedure.objects.filter(key=key, state="published").order_by("-version").first()
    return found or make_procedure(next(body for body in shipped.bodies() if body["key"] == key))


def make_application(key: str, organisation: Organisation, person: Person, seat: str, number: str) -> Application:
    return Application.objects.create(
        path=organisation.path,
        procedure=shipped_procedure(key),
        key=key,
        organisation=organisation,
        person=person,
        applicant_name=person.name,
        state="approved",
        confidential=True,
        seats=[seat],
        number=number,
    )


def make_all(organisation: Organisation, person: Person, word: str) -> dict[str, Any]:
    """A file, a payment order, a case, a letter and a ticket whose team is the rights post of the organisation."""
    seat, path = f"rights@{organisation.pk}", organisation.path
    common = {"path": path, "organisation": organisation}
    apps = [
        make_application(f"casework.{key}", organisation, person, seat, f"{key[:2].upper()}{organisation.pk:09d}")
        for key in ("hardship", "aid", "arrears")
    ]
    file = HardshipFile.objects.create(
        **common,
        application=apps[0],
        person=person,
        hardship="深度困难",
        consented_on=DAY,
        filed_on=DAY,
        review_on=date(2027, 3, 6),
        facts=close({"reason": [], "household": [], "bank": "62284800", "story": word}, FILE),
    )
    aid = Aid.objects.create(
        **common,
        application=apps[1],
        file=file,
        person=person,
        kind="living",
        year=2026,
        amount=1255000,
        ordered_on=DAY,
        facts=close({"reason": [], "bank": "62284800"}, AID),
    )
    case = Case.objects.create(
        **common,
        application=apps[2],
        person=person,
        kind="arrears",
        opened_on=DAY,
        facts=close({"against": word}, CASE),
    )
    CaseEvent.objects.create(path=path, application=apps[2], case=case, stage="started", on=DAY)
    Claimant.objects.create(path=path, application=apps[2], case=case, claimed=100, who=close({"name": word}, CLAIMANT))
    letter = Letter.objects.create(
        **common, seats=[seat], kind="hint", year=2026, recipient=f"{word}单位", body=close(word, LETTER)
    )
    ticket = Ticket.objects.create(
        **common,
        desk_name=organisation.name,
        holder=organisation,
        holder_name=organisation.name,
        holder_path=path,
        seats=[seat],
        kind="help",
        channel="call",
        category="pay.arrears",
        difficulty="general",
        due_on=DAY,
        number=f"DH{organisation.pk:09d}",
        caller=close({"name": word, "phone": "19900054321"}, CALLER),
        caller_hash=phone_hash("19900054321"),
        said=close(word, SAID),
    )
    TicketAct.objects.create(path=path, ticket=ticket, act="received")
    return {
        "hardship_file": file.pk,
        "aid": aid.pk,
        "case": case.pk,
        "letter": letter.pk,
        "ticket": ticket.pk,
    }
