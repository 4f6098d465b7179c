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
    file, aid = _hardship(common, person, apps[0], apps[1], word)
    case = _case(common, person, apps[2], word)
    letter = Letter.objects.create(
        **common, seats=[seat], kind="hint", year=2026, recipient=f"{word}单位", body=close(word, LETTER)
    )
    ticket = _ticket(common, seat, word)
    return {
        "hardship_file": file.pk,
        "aid": aid.pk,
        "case": case.pk,
        "letter": letter.pk,
        "ticket": ticket.pk,
    }


def _hardship(
    common: dict[str, Any], person: Person, filed: Application, asked: Application, word: str
) -> tuple[HardshipFile, Aid]:
    file = HardshipFile.objects.create(
        **common,
        application=filed,
        person=person,
        hardship="深度困难",
        consented_on=DAY,
        filed_on=DAY,
        review_on=date(2027, 3, 6),
        facts=close({"reason": [], "household": [], "bank": "62284800", "story": word}, FILE),
    )
    aid = Aid.objects.create(
        **common,
        application=asked,
        file=file,
        person=person,
        kind="living",
        year=2026,
        amount=1255000,
        ordered_on=DAY,
        facts=close({"reason": [], "bank": "62284800"}, AID),
    )
    return file, aid


def _case(common: dict[str, Any], person: Person, application: Application, word: str) -> Case:
    case = Case.objects.create(
        **common,
        application=application,
        person=person,
        kind="arrears",
        opened_on=DAY,
        facts=close({"against": word}, CASE),
    )
    CaseEvent.objects.create(path=common["path"], application=application, case=case, stage="started", on=DAY)
    Claimant.objects.create(
        path=common["path"], application=application, case=case, claimed=100, who=close({"name": word}, CLAIMANT)
    )
    return case


def _ticket(common: dict[str, Any], seat: str, word: str) -> Ticket:
    ticket = Ticket.objects.create(
        **common,
        desk_name=common["organisation"].name,
        holder=common["organisation"],
        holder_name=common["organisation"].name,
        holder_path=common["path"],
        seats=[seat],
        kind="help",
        channel="call",
        category="pay.arrears",
        difficulty="general",
        due_on=DAY,
        number=f"DH{common['organisation'].pk:09d}",
        caller=close({"name": word, "phone": "19900054321"}, CALLER),
        caller_hash=phone_hash("19900054321"),
        said=close(word, SAID),
    )
    TicketAct.objects.create(path=common["path"], ticket=ticket, act="received")
    return ticket
