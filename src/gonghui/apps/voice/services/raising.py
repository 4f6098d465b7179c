"""Taking a voice: from a member's phone, a poster without log-in, a visit, a call, a window or a paper form."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from gonghui.kernel import codes
from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require, roles_that_may
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.people.rules import check_phone
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import Act, Channel, FileKind, Nature, Sensitive, State, Visibility
from ..models import Visit, Voice, VoiceFile
from ..queries.words import topics
from ..rules import text
from ..rules.sensitive import category, lexicon
from ..sealing import CONTACT, SAID, close, code_hash
from . import days
from .acts import add_act, set_clock
from .indexing import index


@dataclass(frozen=True)
class Said:
    """What is said, by whatever way it came. `photos` and `audio` are contents of files."""

    text: str
    topic: str
    nature: Nature
    visibility: Visibility
    place: str = ""
    may_hand_down: bool = True
    photos: Sequence[bytes] = field(default=())
    audio: tuple[bytes, str] | None = None
    name: str = ""
    phone: str = ""
    special: str = ""
    """What its author says it is about: wages, an injury, harassment, a life; else the words decide."""


def check(said: Said, path: str, day: date) -> str:
    """The cleaned text.

    :raises Refusal: GH-VOI-001 too short or long, 002 no such topic, 003 too many photos.
    """
    plain = text.clean(said.text)
    if not text.LEAST <= len(plain) <= text.MOST:
        raise Refusal(
            "GH-VOI-001", f"意见应在{text.LEAST}至{text.MOST}字之间", "text", "写清楚在哪里、什么事、希望怎样"
        )
    if said.topic not in dict(topics(path, day)):
        raise Refusal("GH-VOI-002", "还没有选主题", "topic", "拿不准就选“其他”")
    if len(said.photos) > MOST_PHOTOS:
        raise Refusal("GH-VOI-003", f"最多{MOST_PHOTOS}张照片", "photos")
    return plain


MOST_PHOTOS = 3
MOST_AUDIO = 2 * 1024 * 1024


def sensitive_of(plain: str, path: str, day: date) -> Sensitive | None:
    """Which desk a text belongs to at once; None for ordinary ones."""
    values = rule_queries.values(["voice.sensitive_words", "voice.sensitive_not"], path, day)
    return category(plain, lexicon(values["voice.sensitive_words"].value), values["voice.sensitive_not"].value)


def desk_for(path: str, sensitive: Sensitive | None, day: date) -> tuple[Organisation, str]:
    """The nearest body from a place upwards with somebody to handle it, and the seat of a sensitive matter.

    Whatever else, the topmost federation owns it: nothing is without an owner.
    """
    line = [*ancestors(path), path]
    role = str(rule_queries.value("voice.sensitive_role", path, day).value)
    roles = [role] if sensitive else roles_that_may("voice.handle")
    posts = (
        Post.objects.filter(
            organisation__path__in=line, organisation__state="active", role__in=roles, valid_from__lte=day
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), account__is_active=True)
        .values_list("organisation_id", flat=True)
        .distinct()
    )
    bodies = list(Organisation.objects.filter(pk__in=list(posts)))
    body = max(bodies, key=lambda one: len(one.path), default=None)
    if body is None:
        body = Organisation.objects.filter(path__in=line).order_by("path").first()
    if body is None:
        raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
    return body, f"{role}@{body.pk}" if sensitive else ""


def _place_of(voice: Voice, body: Organisation, said: Said) -> str:
    """The lowest body that may read it: the unit it is about, unless its author wants the body above alone."""
    return str(voice.organisation.path) if said.may_hand_down and not voice.sensitive else body.path


def _build(organisation: Organisation, said: Said, plain: str, channel: Channel, day: date) -> Voice:
    sensitive = Sensitive(said.special) if said.special else sensitive_of(plain, organisation.path, day)
    start = organisation.path if said.may_hand_down or sensitive else _above(organisation.path)
    body, seat = desk_for(start, sensitive, day)
    voice = Voice(
        number=f"YJ{day:%Y}{secrets.randbelow(10**8):08d}",
        organisation=organisation,
        organisation_name=organisation.name[:120],
        handler=body,
        handler_name=body.name[:120],
        handler_path=body.path,
        seats=[seat] if seat else [],
        channel=channel,
        visibility=said.visibility,
        may_hand_down=said.may_hand_down,
        nature=said.nature,
        topic=said.topic,
        place=text.clean(said.place)[:80],
        said=close(plain, SAID),
        sensitive=sensitive or "",
        state=State.RECEIVED,
        received_on=day,
    )
    voice.path = _place_of(voice, body, said)
    set_clock(voice, day)
    return voice


def _above(path: str) -> str:
    line = ancestors(path)
    return line[-1] if line else path


def put_down(
    actor: Viewer,
    organisation: Organisation,
    said: Said,
    channel: Channel,
    day: date,
    *,
    person: Person | None = None,
    code: str = "",
    visit: Visit | None = None,
) -> Voice:
    """Write a voice with its files, words and first act; runs where the range is wide."""
    plain = check(said, organisation.path, day)
    voice = _build(organisation, said, plain, channel, day)
    nobody = said.visibility == Visibility.ANONYMOUS
    voice.person = None if nobody else person
    voice.received_at = None if nobody else days.now()
    voice.visit = visit
    voice.code_hash = code_hash(code) if code else None
    if (said.name or said.phone) and not nobody:
        phone = check_phone(said.phone) if said.phone.strip() else ""
        voice.contact = close({"name": text.clean(said.name)[:60], "phone": phone}, CONTACT)
    voice.save(force_insert=True)
    add_act(SYSTEM if nobody else actor, voice, Act.RECEIVED)
    keep_files(actor, voice, said)
    if not voice.sensitive:
        index(voice, plain)
    return voice


def keep_files(actor: Viewer, voice: Voice, said: Said) -> None:
    """Photos were drawn anew by the form; a voice note is kept as it was recorded."""
    kept = [(content, "照片.jpg", "image/jpeg", FileKind.PHOTO) for content in said.photos]
    if said.audio is not None and voice.visibility != Visibility.ANONYMOUS:
        kept.append((said.audio[0], "语音", said.audio[1], FileKind.AUDIO))
    for content, name, form, kind in kept:
        stored = files.store(
            SYSTEM, path=voice.path, name=name, kind="voice", content=content, content_type=form, personal=True
        )
        VoiceFile.objects.create(path=voice.path, voice=voice, file=stored, kind=kind)
    del actor


def raise_own(actor: Viewer, said: Said) -> Voice:
    """A member says something on the phone; public, or to the union only.

    :raises Refusal: GH-VOI-005 not in a union, 006 as many today as the rule allows; 007 anonymous goes another way.
    """
    if said.visibility == Visibility.ANONYMOUS:
        raise Refusal("GH-VOI-007", "匿名意见从匿名页面提交", "visibility")
    membership = Membership.objects.filter(person_id=actor.person_id or 0, valid_to__isnull=True).first()
    if membership is None or actor.person_id is None:
        raise Refusal("GH-VOI-005", "您现在没有会籍", None, "可以扫工会海报上的二维码提意见，不需要登录")
    day = days.today()
    with transaction.atomic(), widened():
        organisation = Organisation.objects.get(pk=membership.organisation_id)
        most = int(rule_queries.value("voice.daily", organisation.path, day).value)
        if Voice.objects.filter(person_id=actor.person_id, received_on=day).count() >= most:
            raise Refusal("GH-VOI-006", f"今天已经提了{most}条", None, "写好的内容还在，明天再交；急事拨打12351")
        person = Person.objects.get(pk=actor.person_id)
        return put_down(actor, organisation, said, Channel.PHONE, day, person=person)


def raise_by_poster(organisation_id: int, said: Said) -> tuple[Voice, str]:
    """Somebody without log-in, who may leave a name and phone; the code is shown once.

    :raises Refusal: GH-VOI-004 no such union.
    """
    code, day = codes.code_of(secrets.token_bytes(10)), days.today()
    with transaction.atomic(), widened():
        organisation = Organisation.objects.filter(pk=organisation_id, state="active").first()
        if organisation is None:
            raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
        outsider = Viewer(role="outsider", name="扫码提交")
        voice = put_down(outsider, organisation, said, Channel.POSTER, day, code=codes.plain(code))
    return voice, code


def register(
    actor: Viewer, *, organisation: Organisation, channel: Channel, said: Said, visit: Visit | None = None
) -> tuple[Voice, str]:
    """The desk writes down what it was told: by phone, at the window, on paper, on a visit.
    The code on the slip goes to the author.


    :raises Refusal: GH-VOI-008 a unit out of range.
    """
    require(actor, "voice.handle" if visit is None else "voice.visit")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-VOI-008", "这个单位不在当前岗位的范围内", "organisation", "从名单里选择")
    code = codes.code_of(secrets.token_bytes(10))
    with transaction.atomic(), widened():
        voice = put_down(actor, organisation, said, channel, days.today(), code=codes.plain(code), visit=visit)
    return voice, code


def import_paper(actor: Viewer, rows: list[dict[str, Any]]) -> int:
    """Forms collected on paper, all in one go or none; how many."""
    require(actor, "voice.handle")
    day = days.today()
    with transaction.atomic():
        for row in rows:
            organisation = row["organisation"]
            if not actor.reaches(organisation.path):
                raise Refusal("GH-VOI-008", f"{organisation.name}不在当前岗位的范围内", "file")
            said = Said(
                text=row["text"],
                topic=row["topic"],
                nature=Nature(row["nature"]),
                visibility=Visibility.UNION,
                place=row["place"],
                name=row["name"],
                phone=row["phone"],
            )
            with widened():
                put_down(actor, organisation, said, Channel.PAPER, day)
    return len(rows)
