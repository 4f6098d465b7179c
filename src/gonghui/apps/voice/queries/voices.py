"""Voices as the desk and their authors read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, PUBLIC_ACTS, Act, Outcome, State
from ..models import (
    Answer,
    Backer,
    Bulletin,
    BulletinReceipt,
    Handover,
    PublicVoice,
    ReplyTemplate,
    Visit,
    Voice,
    VoiceAct,
    VoiceFile,
)
from ..rules.text import masked
from ..sealing import ANSWER, NOTE, SAID, opened
from .similar import near_voice
from .words import topic_titles

BODIES = ("federation", "industry_union", "joint_union", "grassroots_union")


def voices(viewer: Viewer) -> QuerySet[Voice]:
    """What the post sees: its range, and what it took part in; sensitive ones only with a seat."""
    rows = Voice.objects.filter(Q(path__gte=viewer.lo, path__lt=viewer.hi) | Q(seats__contains=[viewer.seat]))
    seen: QuerySet[Voice] = rows.filter(Q(sensitive="") | Q(seats__contains=[viewer.seat]))
    return seen


def listed(viewer: Viewer) -> QuerySet[Voice]:
    """The list of the desk: merged ones stand under their lead."""
    return voices(viewer).filter(lead__isnull=True).annotate(same=Count("merged"), topic_title=topic_titles(viewer.lo))


def handled(viewer: Viewer) -> QuerySet[Voice]:
    """What the own body has to deal with."""
    return voices(viewer).filter(handler_id=viewer.organisation_id or 0, lead__isnull=True)


def counts(viewer: Viewer) -> dict[str, int]:
    """What waits at the own body, in one statement."""
    today = timezone.localdate()
    found: dict[str, int] = handled(viewer).aggregate(
        received=Count("pk", filter=Q(state=State.RECEIVED)),
        handling=Count("pk", filter=Q(state=State.HANDLING)),
        late=Count("pk", filter=Q(state__in=OPEN) & (Q(late=True) | Q(due_on__lt=today))),
        promised=Count("pk", filter=Q(promised_on__isnull=False, kept_on__isnull=True)),
    )
    return found


def waiting(viewer: Viewer) -> int:
    """What waits to be taken or answered, for the mark in the navigation."""
    return handled(viewer).filter(state__in=OPEN).count() if viewer.may("voice.handle") else 0


def due(viewer: Viewer, limit: int = 10) -> list[Voice]:
    """The next to be dealt with at the own body, the most pressing first."""
    rows = handled(viewer).filter(state__in=OPEN).order_by("-late", "due_on", "pk")
    return list(rows[:limit])


def broken_promises(viewer: Viewer, day: date, limit: int = 10) -> list[Voice]:
    """Promises of the own body that are over and not kept."""
    return list(handled(viewer).filter(promised_on__lt=day, kept_on__isnull=True).order_by("promised_on")[:limit])


def voice(viewer: Viewer, pk: int) -> Voice | None:
    return voices(viewer).select_related("lead", "visit").filter(pk=pk).first()


@dataclass(frozen=True)
class Line:
    """One line of the course, with its words in clear."""

    row: VoiceAct
    note: str


def course(voice: Voice, *, for_author: bool) -> list[Line]:
    """What was done with it; its author reads what concerns them, without names of staff."""
    rows = VoiceAct.objects.filter(voice=voice).order_by("step")
    if for_author:
        # a note that names a project tells its author what became of the voice; other notes are the staff's own
        rows = rows.filter(Q(act__in=PUBLIC_ACTS) | Q(act=Act.NOTED) & ~Q(to=""))
    told = (Act.WROTE, Act.ASKED, Act.REOPENED, Act.KEPT, Act.LISTED, Act.NOTED, Act.TOLD)
    return [
        Line(row, (opened(row.note, NOTE) or "") if not for_author or row.act in told else "") for row in rows
    ]  # fmt: skip


def said(voice: Voice) -> str:
    """What was said, in clear: for who was authorised to see the row."""
    return str(opened(voice.said, SAID) or "")


EXCERPT = 60
"""Characters of what was said that a list shows."""


def excerpt(voice: Voice) -> str:
    """The beginning of what was said, for who was authorised to see the row."""
    text = said(voice)
    return text if len(text) <= EXCERPT else text[:EXCERPT] + "…"


@dataclass(frozen=True)
class Replied:
    """An answer in clear, and how its outcome is coloured."""

    row: Answer
    text: str
    tone: str


TONES = {Outcome.SOLVED: "ok", Outcome.ADOPTED: "ok", Outcome.PROMISED: "info"}


def answers(voice: Voice) -> list[Replied]:
    """The answers, the latest first."""
    rows = voice.answers.order_by("-number")
    return [Replied(row, str(opened(row.text, ANSWER)), TONES.get(Outcome(row.outcome), "")) for row in rows]


def files(voice: Voice) -> list[VoiceFile]:
    with widened():  # the voice was found to be the reader's; a file's own row stands in its body's range
        return list(VoiceFile.objects.filter(voice=voice).select_related("file").order_by("pk"))


def file(viewer: Viewer, pk: int, file_pk: int) -> VoiceFile | None:
    """A file of a voice that the viewer sees."""
    if not voices(viewer).filter(pk=pk).exists():
        return None
    with widened():
        return VoiceFile.objects.select_related("file").filter(voice_id=pk, pk=file_pk).first()


def handovers(voice: Voice) -> list[Handover]:
    return list(Handover.objects.filter(voice=voice).order_by("pk"))


def merged(voice: Voice) -> list[dict[str, Any]]:
    """What was merged into it, as the desk reads it."""
    rows = Voice.objects.filter(lead=voice).order_by("received_on", "number")
    return [{"row": row, "said": said(row)} for row in rows]


def suggestions(viewer: Viewer, voice: Voice) -> list[dict[str, Any]]:
    """Voices of the own desk that say the same and could be merged with it."""
    if voice.sensitive or voice.state not in OPEN:
        return []
    found = near_voice(viewer, voice)
    rows = handled(viewer).filter(pk__in=[one.voice_id for one in found], state__in=OPEN, sensitive="").in_bulk()
    return [
        {"row": rows[one.voice_id], "said": said(rows[one.voice_id]), "percent": round(one.likeness * 100)}
        for one in found
        if one.voice_id in rows
    ]


def public_of(voice: Voice) -> PublicVoice | None:
    return PublicVoice.objects.filter(voice=voice).first()


def published() -> QuerySet[PublicVoice]:
    """Public matters, the newest first."""
    return PublicVoice.objects.order_by("-said_on", "-backers", "voice_id")


def templates(viewer: Viewer, topic: str = "") -> list[ReplyTemplate]:
    """Words of the own body and of those above it that are in range; those of the topic first."""
    rows = ReplyTemplate.objects.filter(organisation_id=viewer.organisation_id or 0).order_by("title")
    return sorted(rows, key=lambda one: (one.topic != topic, one.title))


def below(viewer: Viewer) -> QuerySet[Organisation]:
    """Bodies directly below: each hands a matter on to those below it."""
    return Organisation.objects.filter(parent_id=viewer.organisation_id or 0, state="active", kind__in=BODIES)


# -- the author's side ---------------------------------------------------------------------------------


def own(viewer: Viewer) -> QuerySet[Voice]:
    """What the member said, the newest first."""
    return Voice.objects.filter(person_id=viewer.person_id or 0).order_by("-received_on", "-received_at")


def own_one(viewer: Viewer, pk: int) -> Voice | None:
    return own(viewer).filter(pk=pk).first()


@dataclass(frozen=True)
class Joined:
    """A matter that the member joined; `row` is None when it is no longer public, its answer is theirs all the same."""

    voice_id: int
    row: PublicVoice | None
    answer: str
    new: bool


def joined(viewer: Viewer) -> list[Joined]:
    """What the member joined, with what was answered."""
    own = {one.voice_id: one for one in Backer.objects.filter(person_id=viewer.person_id or 0).order_by("-joined_on")}
    if not own:
        return []
    shown = PublicVoice.objects.in_bulk(list(own), field_name="voice_id")
    with widened():  # the backing is the member's own: what was answered to the matter is answered to them
        said = Answer.objects.filter(voice_id__in=[pk for pk in own if pk not in shown]).order_by("number")
        hidden = {one.voice_id: one for one in said}
    found = []
    for voice_id, backer in own.items():
        row, kept = shown.get(voice_id), hidden.get(voice_id)
        on = row.answered_on if row else kept.on if kept else None
        words = row.answer if row else masked(str(opened(kept.text, ANSWER))) if kept else ""
        found.append(Joined(voice_id, row, words, on is not None and (backer.seen_on is None or backer.seen_on < on)))
    return found


def has_joined(viewer: Viewer, voice_id: int) -> bool:
    return Backer.objects.filter(person_id=viewer.person_id or 0, voice_id=voice_id).exists()


def to_read(viewer: Viewer) -> list[Voice]:
    """The member's voices with an answer they have not looked at."""
    return list(own(viewer).filter(state=State.ANSWERED, told_on__isnull=True)[:5])


# -- visits and notices --------------------------------------------------------------------------------


def visits(viewer: Viewer) -> QuerySet[Visit]:
    rows: QuerySet[Visit] = Visit.objects.visible(viewer).select_related("target")
    return rows.annotate(problems=Count("voices"))


def visit(viewer: Viewer, pk: int) -> Visit | None:
    return visits(viewer).filter(pk=pk).first()


def visit_voices(viewer: Viewer, visit: Visit) -> list[Voice]:
    return list(voices(viewer).filter(visit=visit).order_by("number"))


def bulletins(viewer: Viewer) -> QuerySet[Bulletin]:
    rows: QuerySet[Bulletin] = Bulletin.objects.visible(viewer).select_related("organisation")
    return rows.annotate(signed=Count("receipts", filter=Q(receipts__read_on__isnull=False)))


def bulletin(viewer: Viewer, pk: int) -> Bulletin | None:
    return bulletins(viewer).filter(pk=pk).first()


def receipts(bulletin: Bulletin) -> list[BulletinReceipt]:
    rows = BulletinReceipt.objects.filter(bulletin=bulletin).select_related("organisation")
    return list(rows.order_by("read_on", "organisation__path"))


def received(viewer: Viewer) -> QuerySet[BulletinReceipt]:
    """What came down to the own body."""
    return BulletinReceipt.objects.filter(organisation_id=viewer.organisation_id or 0).order_by("read_on", "due_on")


def receipt(viewer: Viewer, pk: int) -> BulletinReceipt | None:
    return received(viewer).filter(pk=pk).first()


def notices(viewer: Viewer) -> list[BulletinReceipt]:
    """What bodies of the member's own line were told and was meant for members too, of the last ninety days."""
    membership = own_membership(viewer)
    if membership is None:
        return []
    line = [*ancestors(membership.path), membership.path]
    since = timezone.localdate() - timedelta(days=90)
    with widened():  # meant for the members of these bodies; their own membership says which
        rows = BulletinReceipt.objects.filter(path__in=line, bulletin__to_members=True, bulletin__issued_on__gte=since)
        return list(rows.order_by("bulletin", "-path").distinct("bulletin"))


def notice(viewer: Viewer, pk: int) -> BulletinReceipt | None:
    return next((one for one in notices(viewer) if one.pk == pk), None)
