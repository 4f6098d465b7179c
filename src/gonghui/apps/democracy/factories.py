"""Congresses, ballots, proposals and contracts for tests, the matrix and the demonstration: plain inserts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from gonghui.kernel.factories import make_member
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Membership
from gonghui.kernel.viewer import SYSTEM

from .models import (
    Attendance,
    Ballot,
    Bargain,
    Congress,
    Contract,
    Delegate,
    Election,
    ElectoralUnit,
    Issued,
    Item,
    Meeting,
    Motion,
    MotionStep,
    Paper,
    Receipt,
    Representative,
    Second,
    Session,
    Vote,
)
from .rules import blind, recount

NAMES = (
    "郭秋生",
    "彭水莲",
    "欧阳慧",
    "罗福生",
    "刘春香",
    "王小明",
    "邓美英",
    "肖建华",
    "曾桂花",
    "周长根",
    "康丽",
    "尹国平",
)


def make_congress(
    organisation: Organisation, delegates: int = 7, people: list[Membership] | None = None, **facts: Any
) -> Congress:
    """A sitting congress of a small firm with one unit and its delegates; the first one leads a workshop."""
    today = timezone.localdate()
    facts = {"kind": "enterprise", "number": 2, "workers": 60, "women": 15, "state": "sitting",
             "starts_on": today - timedelta(days=400), "ends_on": today + timedelta(days=900)} | facts  # fmt: skip
    row = Congress.objects.create(path=organisation.path, organisation=organisation, **facts)
    unit = ElectoralUnit.objects.create(
        path=row.path,
        congress=row,
        title="生产车间",
        workers=60,
        seats=max(delegates, 1),
    )
    election = Election.objects.create(path=row.path, unit=unit, on=row.starts_on, cast=58)
    found = people or [make_member(organisation, NAMES[at % len(NAMES)]) for at in range(delegates)]
    for at, one in enumerate(found):
        Delegate.objects.create(
            path=row.path, congress=row, unit=unit, election=election, person=one.person,
            person_name=one.person.name, woman=at % 3 == 1,
            kind="manager" if at == 0 else "worker", votes=40, elected_on=row.starts_on,
        )  # fmt: skip
    return row


def make_session(congress: Congress, *, state: str = "open", present: int | None = None, **facts: Any) -> Session:
    """A session today, with those who came."""
    row = Session.objects.create(
        **{"path": congress.path, "congress": congress, "organisation_id": congress.organisation_id, "number": 1,
           "on": timezone.localdate(), "place": "公司三楼会议室", "state": state, "code": "246810",
           "delegates": congress.delegates.count(), "notified_on": timezone.localdate() - timedelta(days=10)} | facts
    )  # fmt: skip
    for seat in list(congress.delegates.order_by("pk"))[: present if present is not None else 99]:
        Attendance.objects.create(path=row.path, session=row, delegate=seat, way="code")
    return row


def make_item(session: Session, kind: str = "pass", title: str = "工资专项集体合同草案", days: int = 10) -> Item:
    """An item with a paper that was delivered some days before the session."""
    row = Item.objects.create(
        path=session.path, session=session, number=session.items.count() + 1, kind=kind, title=title
    )
    kept = files.store(SYSTEM, path=row.path, name=f"{title}.txt", kind="democracy.paper", content=title.encode())
    delivered = session.on - timedelta(days=days)
    paper = Paper.objects.create(path=row.path, item=row, file=kept, title=f"{title}.txt", delivered_on=delivered)
    Receipt.objects.bulk_create(
        Receipt(path=row.path, paper=paper, delegate=seat, delivered_on=delivered)
        for seat in session.congress.delegates.all()
    )
    return row


@dataclass
class Phone:
    """What a delegate's browser does: a token, a blinding factor, the signature after unblinding."""

    ballot: str
    modulus: int
    token: str = field(default_factory=lambda: secrets.token_hex(32))
    factor: int = 0
    signature: str = ""

    def __post_init__(self) -> None:
        self.factor = self.factor or secrets.randbelow(self.modulus - 3) + 2

    @property
    def blinded(self) -> str:
        hashed = recount.digest(self.ballot, self.token, self.modulus)
        return f"{hashed * pow(self.factor, recount.PUBLIC_EXPONENT, self.modulus) % self.modulus:x}"

    def unblind(self, signed: str) -> str:
        self.signature = f"{int(signed, 16) * pow(self.factor, -1, self.modulus) % self.modulus:x}"
        return self.signature


def phone_for(ballot: Ballot) -> Phone:
    return Phone(str(ballot.token), int(ballot.modulus, 16))


def make_counted(item: Item, title: str) -> Ballot:
    """A ballot with one vote, counted."""
    modulus, exponent = blind.make_key()
    row = Ballot(
        path=item.path, item=item, kind="decide", question=title,
        options=[{"key": "yes", "title": "赞成"}, {"key": "no", "title": "反对"}, {"key": "abstain", "title": "弃权"}],
        state="counted", electorate=1, present=1, quorum="2/3", majority="1/2", modulus=f"{modulus:x}", issued_count=1,
        opened_on=timezone.localdate(), counted_on=timezone.localdate(), counts={"yes": 1, "no": 0, "abstain": 0},
        result={"votes": 1, "present": True, "passed": True}, words="赞成1票，通过。",
        paper={"yes": 0, "no": 0, "abstain": 0},
    )  # fmt: skip
    row.save()
    phone = phone_for(row)
    phone.unblind(f"{blind.sign(int(phone.blinded, 16), modulus, exponent):x}")
    Vote.objects.create(path=row.path, ballot=row, token=phone.token, signature=phone.signature, choice=["yes"])
    return row


def make_contract(organisation: Organisation, title: str, **facts: Any) -> Contract:
    today = timezone.localdate()
    signed = facts.pop("signed_on", today - timedelta(days=60))
    return Contract.objects.create(
        **{"path": organisation.path, "organisation": organisation, "kind": "wage", "title": title, "workers": 60,
           "starts_on": signed, "ends_on": signed + timedelta(days=364), "state": "valid", "signed_on": signed,
           "file_due": signed + timedelta(days=10), "filed_on": signed + timedelta(days=5),
           "valid_on": signed + timedelta(days=21), "publish_due": signed + timedelta(days=31)} | facts
    )  # fmt: skip


def make_all(organisation: Organisation, member: Membership, word: str) -> dict[str, Any]:
    """One of each at a site of the matrix."""
    congress = make_congress(organisation, people=[member], number=1)
    unit, seat = congress.units.get(), congress.delegates.get()
    unit.title = f"{word}车间"
    unit.save()
    session = make_session(congress, place=f"{word}会议室")
    item = make_item(session, title=f"{word}草案")
    ballot = make_counted(item, "集体合同草案")  # published: who has its number may read it
    issued = Issued.objects.create(path=congress.path, ballot=ballot, delegate=seat, way="paper")
    motion = Motion.objects.create(
        path=congress.path, congress=congress, organisation=organisation, kind="proposal", topic="safety", number=1,
        title=f"{word}提案", reason=f"{word}情况", advice=f"{word}建议", delegate=seat, person_name=seat.person_name,
        state="examining", written_on=date(2026, 3, 6),
    )  # fmt: skip
    Second.objects.create(path=congress.path, motion=motion, delegate=seat, person_name=seat.person_name)
    MotionStep.objects.create(path=congress.path, motion=motion, act="written", on=date(2026, 3, 6))
    contract = make_contract(organisation, f"{word}合同")
    today = timezone.localdate()
    bargain = Bargain.objects.create(
        path=congress.path, organisation=organisation, kind="wage", title=f"{word}协商", inviter="workers",
        matter=f"{word}内容", workers=60, invited_on=today, reply_due=today + timedelta(days=20),
    )  # fmt: skip
    Representative.objects.create(path=congress.path, bargain=bargain, side="workers", person_name=f"{word}甲")
    text = files.store(SYSTEM, path=congress.path, name=f"{word}.txt", kind="democracy.minutes", content=word.encode())
    meeting = Meeting.objects.create(
        path=congress.path, bargain=bargain, number=1, on=today, minutes=f"{word}纪要", file=text
    )
    session.minutes = contract.document = bargain.draft = bargain.vote_proof = text
    election = unit.elections.get()
    election.proof = text
    for one in (session, contract, bargain, election):
        one.save()
    return {
        "congress": congress.pk, "electoral_unit": unit.pk, "delegate": seat.pk, "congress_session": session.pk,
        "agenda_item": item.pk, "congress_paper": item.papers.get().pk, "ballot": ballot.pk,
        "ballot_token": str(ballot.token), "issued": issued.pk, "motion": motion.pk, "contract": contract.pk,
        "bargain": bargain.pk, "election": election.pk, "bargain_meeting": meeting.pk,
    }  # fmt: skip
