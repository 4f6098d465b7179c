"""Makers of places for tests: plain inserts, without services."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import SYSTEM

from .models import Consultation, Place, PlaceChange, PlacePhoto, Policy, Report, Round, Suspension, Ticket, TicketLine
from .services.holding import digest

OPENED = date(2024, 5, 1)


def make_place(organisation: Organisation, name: str = "爱心驿站", **facts: Any) -> Place:
    """An open station that is never closed."""
    known: dict[str, Any] = {
        "kind": "guidance", "host": "street", "address": "车田街12号", "workday": "24小时", "weekend": "24小时",
        "state": "open", "registered_on": OPENED, "opened_on": OPENED, "offered": ["water"],
    }  # fmt: skip
    return Place.objects.create(path=organisation.path, organisation=organisation, name=name, **known | facts)


def make_places(organisation: Organisation, word: str, file: StoredFile) -> dict[str, Any]:
    """One of everything. What is open is read by everybody, so `word` stands only in what is the union's own."""
    path, now = organisation.path, timezone.now()
    today = timezone.localdate(now)
    place = make_place(organisation)
    make_place(organisation, f"{word}驿站", state="planned", opened_on=None)
    PlaceChange.objects.create(path=path, place=place, kind="registered", on=OPENED, text=f"{word}登记")
    Suspension.objects.create(path=path, place=place, starts_on=today, reason="更换空调", lifted_on=today)
    open_file = store(SYSTEM, path=path, name="公开.pdf", kind="place_policy", content=b"%PDF-1.4")
    photo = PlacePhoto.objects.create(path=path, place=place, file=open_file, alt="门口")
    looked = Round.objects.create(
        path=path, place=place, on=today, results={"open": True}, note=f"{word}巡查", by_post="岗位"
    )
    code, asked = f"AAAA{organisation.pk:012d}", f"BBBB{organisation.pk:012d}"
    ticket = Ticket.objects.create(
        path=path, place=place, number=f"ZD{place.pk:05d}-1", fault="water", round=looked, opened_at=now,
        due_at=now + timedelta(days=1), holder=organisation, holder_name=organisation.name, reports=1,
    )  # fmt: skip
    report = Report.objects.create(
        path=path, ticket=ticket, code_digest=digest(code), text=f"{word}反映", photo=file, contact_mask="139****1234"
    )
    TicketLine.objects.create(path=path, ticket=ticket, act="opened", note=f"{word}收到")
    fixed = Ticket.objects.create(
        path=path, place=place, number=f"ZD{place.pk:05d}-2", fault="dirty", opened_at=now, due_at=now,
        holder=organisation, holder_name=organisation.name, state="closed", outcome="fixed", answer="已经打扫干净",
        closed_at=now, photo=open_file,
    )  # fmt: skip
    policy = Policy.objects.create(
        path=path, place=place, title="补贴办法", summary="取得证书的有补贴", published_on=OPENED, file=open_file
    )
    question = Consultation.objects.create(
        path=path, place=place, number=f"ZX{place.pk:05d}-1", code_digest=digest(asked), way="phone",
        question="夜校什么时候开班", asked_at=now, due_on=today,
    )  # fmt: skip
    return {
        "place": place.pk, "place_ticket": ticket.pk, "place_fixed": fixed.pk, "place_word": report.pk,
        "place_photo": photo.pk, "place_policy": policy.pk, "place_question": question.pk,
    }  # fmt: skip
