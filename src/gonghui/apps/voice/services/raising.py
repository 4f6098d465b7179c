"""Taking a voice: from a member's phone, a poster without log-in, a visit, a call, a window or a paper form."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

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
from ..rules.limits import Bucket
from ..rules.sensitive import ORDER, category, lexicon
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


def special_of(said: Said, plain: str, path: str, day: date) -> Sensitive | None:
    """What its author says it is about, or what its words say: life comes before everything (`ORDER`)."""
    found = {sensitive_of(plain, path, day), Sensitive(said.special) if said.special else None}
    return next((one for one in ORDER if one in found), None)


def desk_for(path: str, sensitive: str | None, day: date) -> tuple[Organisation, list[str]]:
    """The nearest body from a place upwards with somebody to handle it, and the seats of a sensitive matter.

    Where nobody up the line holds the post for sensitive matters, the nearest desk for ordinary ones takes them; and
    whatever else, the topmost body owns it: nothing is without an owner, and its desks see it.
    """
    line = [*ancestors(path), path]
    role = str(rule_queries.value("voice.sensitive_role", path, day).value)
    usual = roles_that_may("voice.handle")
    for roles in ([role], usual) if sensitive else (usual,):
        posts = list(_posts(line, roles, day))
        body = max((post.organisation for post in posts), key=lambda one: len(one.path), default=None)
        if body is not None:
            seats = {f"{post.role}@{body.pk}" for post in posts if post.organisation_id == body.pk}
            return body, sorted(seats) if sensitive else []
    top = Organisation.objects.filter(path__in=line).order_by("path").first()
    if top is None:
        raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
    return top, [f"{one}@{top.pk}" for one in usual] if sensitive else []


def _posts(line: list[str], roles: list[str], day: date) -> QuerySet[Post]:
    """Posts of today in bodies of a line that hold one of some roles."""
    return (
        Post.objects.filter(organisation__path__in=line, organisation__state="active", role__in=roles)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day, account__is_active=True)
        .select_related("organisation")
    )


def _place_of(voice: Voice, body: Organisation, said: Said) -> str:
    """The lowest body that may read it: the unit it is about, unless its author wants the body above alone."""
    return str(voice.organisation.path) if said.may_hand_down and not voice.sensitive else body.path


def _build(organisation: Organisation, said: Said, plain: str, channel: Channel, day: date) -> Voice:
    sensitive = special_of(said, plain, organisation.path, day)
    body, seats = desk_for(organisation.path if said.may_hand_down else _above(organisation.path), sensitive, day)
    voice = Voice(
        organisation=organisation,
        organisation_name=organisation.name[:120],
        handler=body,
        handler_name=body.name[:120],
        handler_path=body.path,
        seats=seats,
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
    checked: str = "",
) -> Voice:
    """Write a voice with its files, words and first act; runs where the range is wide.

    :param checked: the cleaned text of one that was checked when it was taken: what is taken is never refused later.
    """
    plain = checked or check(said, organisation.path, day)
    voice = _build(organisation, said, plain, channel, day)
    nobody = said.visibility == Visibility.ANONYMOUS
    voice.person = None if nobody else person
    voice.received_at = None if nobody else days.now()
    voice.visit = visit
    voice.code_hash = code_hash(code) if code else None
    if (said.name or said.phone) and not nobody:
        phone = check_phone(said.phone) if said.phone.strip() else ""
        voice.contact = close({"name": text.clean(said.name)[:60], "phone": phone}, CONTACT)
    voice.number = _number(day)
    voice.save(force_insert=True)
    add_act(SYSTEM if nobody else actor, voice, Act.RECEIVED)
    keep_files(voice, said)
    if not voice.sensitive:
        index(voice, plain)
    return voice


def _number(day: date) -> str:
    """A number of chance that nobody has. No savepoint: each would give the rows of a batch a number of its own."""
    while True:
        number = f"YJ{day:%Y}{secrets.randbelow(10**9):09d}"
        if not Voice.objects.filter(number=number).exists():
            return number


def keep_files(voice: Voice, said: Said) -> None:
    """Photos were drawn anew by the form; a voice note is kept as it was recorded."""
    kept = [(content, "照片.jpg", "image/jpeg", FileKind.PHOTO) for content in said.photos]
    if said.audio is not None and voice.visibility != Visibility.ANONYMOUS:
        kept.append((said.audio[0], "语音", said.audio[1], FileKind.AUDIO))
    for content, name, form, kind in kept:
        stored = files.store(
            SYSTEM, path=voice.path, name=name, kind="voice", content=content, content_type=form, personal=True
        )
        VoiceFile.objects.create(path=voice.path, voice=voice, file=stored, kind=kind)


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


_PACE = Bucket()
"""In this process's memory only, under a salt of its own: no address is ever written down."""


def pace(organisation: Organisation, address: str, day: date) -> None:
    """So many an hour from one network as the place allows; a workshop shares one.

    :raises Refusal: GH-VOI-020.
    """
    most = int(rule_queries.value("voice.daily_address", organisation.path, day).value)
    if not _PACE.take(address, most):
        raise Refusal("GH-VOI-020", "这个网络刚刚提交得太多", None, "一小时后再交，写好的内容还在页面上")


def raise_by_poster(organisation_id: int, said: Said, address: str = "") -> tuple[Voice, str]:
    """Somebody without log-in, who may leave a name and phone; the code is shown once.

    :raises Refusal: GH-VOI-004 no such union, 020 too many from one network.
    """
    code, day = codes.code_of(secrets.token_bytes(10)), days.today()
    with transaction.atomic(), widened():
        organisation = Organisation.objects.filter(pk=organisation_id, state="active").first()
        if organisation is None:
            raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
        if address:
            pace(organisation, address, day)
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


def import_paper(actor: Viewer, rows: list[dict[str, Any]]) -> list[tuple[Voice, str]]:
    """Forms collected on paper, all in one go or none; each with the code that goes back to its author."""
    require(actor, "voice.handle")
    day, made = days.today(), []
    with transaction.atomic():
        for row in rows:
            organisation = row["organisation"]
            if not actor.reaches(organisation.path):
                raise Refusal("GH-VOI-008", f"{organisation.name}不在当前岗位的范围内", "file")
            code = codes.code_of(secrets.token_bytes(10))
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
                voice = put_down(actor, organisation, said, Channel.PAPER, day, code=codes.plain(code))
            made.append((voice, code))
    return made
