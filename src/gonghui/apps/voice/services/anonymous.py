"""Voices without an author: everything is dropped into the sealed box and written later, in batches, by the platform.

While somebody anonymous acts, nothing is written but a slip that nobody can read: no row, no moment, no trail record
stands beside their session. The code is all that ties them to their voice (decision 0018).
"""

from __future__ import annotations

import base64
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from gonghui.kernel import codes
from gonghui.kernel.box import services as box
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import Channel, Nature, Visibility
from ..models import Voice
from ..sealing import code_hash
from . import authors, days
from .raising import Said, check, pace, put_down, special_of

BOX, URGENT = "voice:anonymous", "voice:urgent"
FAILED = "voice:failed"
"""Slips that could not be written: kept and tried again each time, so that none is lost and none stops the others."""
log = logging.getLogger("gonghui.voice")


def drop_voice(organisation_id: int, said: Said, address: str) -> tuple[str, Any]:
    """Take an anonymous voice; its code, and which special matter it is (told at once, help before hiding).

    :raises Refusal: GH-VOI-004 no such union, 009 a voice note, 020 too many from one network, and those of `check`.
    """
    if said.audio is not None:
        raise Refusal("GH-VOI-009", "匿名意见不能带语音，声音会让人听出是谁", "audio", "改成文字")
    day = days.today()
    with widened():
        organisation = Organisation.objects.filter(pk=organisation_id, state="active").first()
        if organisation is None:
            raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
        plain = check(said, organisation.path, day)
        pace(organisation, address, day)
        sensitive = special_of(said, plain, organisation.path, day)
    code = codes.code_of(secrets.token_bytes(10))
    slip = {
        "do": "raise",
        "organisation": organisation_id,
        "code": codes.plain(code),
        "text": plain,
        "topic": said.topic,
        "nature": said.nature,
        "place": said.place,
        "may_hand_down": said.may_hand_down,
        "special": said.special,
        "photos": [base64.b64encode(photo).decode() for photo in said.photos],
    }
    box.drop(URGENT if sensitive else BOX, slip, code_hash(codes.plain(code)))
    return code, sensitive


def drop_act(code: str, do: str, **values: Any) -> None:
    """Something that an author does by their code: add words, see an answer, rate, say that it is not solved."""
    box.drop(BOX, {"do": do, "code": code, **values})


def waits(code: str) -> bool:
    """True while a voice lies in the box and has not been written yet."""
    key = code_hash(code)
    return any(box.holds(name, key) for name in (BOX, URGENT, FAILED))


@contextmanager
def by_code(code: str) -> Iterator[Voice]:
    """The voice of a code, within the range that reading it takes; whoever has the code is its author.

    :raises Refusal: GH-VOI-021.
    """
    with widened():
        voice = Voice.objects.filter(code_hash=code_hash(code)).first() if code else None
        if voice is None:
            raise Refusal("GH-VOI-021", "没有这个查询码", "code", "16位，核对一下；丢了没有办法找回，可以重新提一条")
        yield voice


def sort(name: str = BOX) -> int:
    """Write all that lies in a box, in one transaction and in no order; the number of slips.

    When one cannot be written, the batch is written slip by slip, so that it keeps nobody else waiting.
    """
    try:
        with acting(SYSTEM):
            return _each(_write, name)
    except Exception as error:  # whatever is wrong with one slip
        log.error("a batch of anonymous slips could not be written: %s", type(error).__name__)
    with acting(SYSTEM):
        return _each(_kept, name)


def _each(write: Callable[[dict[str, Any]], None], name: str) -> int:
    slips = _taken(name)
    for slip in slips:
        write(slip)
    return len(slips)


def _taken(name: str) -> list[dict[str, Any]]:
    """The slips of a box and those left from before; a voice comes before what was added to it."""
    return sorted([*box.take(name), *box.take(FAILED)], key=lambda one: one["do"] != "raise")


def _kept(slip: dict[str, Any]) -> None:
    """Write a slip, or put it back."""
    try:
        with transaction.atomic():
            _write(slip)
    except Exception as error:
        log.error("an anonymous slip could not be written: %s", type(error).__name__)
        box.drop(FAILED, slip, code_hash(slip["code"]) if slip["do"] == "raise" else None)


def _write(slip: dict[str, Any]) -> None:
    if slip["do"] == "raise":
        organisation = Organisation.objects.get(pk=slip["organisation"])
        said = Said(
            text=slip["text"],
            topic=slip["topic"],
            nature=Nature(slip["nature"]),
            visibility=Visibility.ANONYMOUS,
            place=slip["place"],
            may_hand_down=slip["may_hand_down"],
            special=slip["special"],
            photos=[base64.b64decode(photo) for photo in slip["photos"]],
        )
        put_down(SYSTEM, organisation, said, Channel.POSTER, days.today(), code=slip["code"], checked=slip["text"])
        return
    voice = Voice.objects.select_for_update(of=("self",)).filter(code_hash=code_hash(slip["code"])).first()
    if voice is None:
        return
    try:
        with transaction.atomic():
            ACTS[slip["do"]](Viewer(role="outsider", name="匿名"), voice, slip)
    except Refusal:
        return  # said twice, or the voice went on meanwhile: the page had checked it when it was said


ACTS = {
    "write": lambda actor, voice, slip: authors.write(actor, voice, slip["text"]),
    "see": lambda actor, voice, slip: authors.see(actor, voice),
    "rate": lambda actor, voice, slip: authors.rate(actor, voice, slip["score"]),
    "unsolved": lambda actor, voice, slip: authors.not_solved(actor, voice, slip["text"]),
}
