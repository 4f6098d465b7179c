"""Voices without an author: everything is dropped into the sealed box and written later, in batches, by the platform.

While somebody anonymous acts, nothing is written but a slip that nobody can read: no row, no moment, no trail record
stands beside their session. The code is all that ties them to their voice (decision 0018).
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
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
from ..rules.limits import Bucket
from ..sealing import code_hash
from . import authors, days
from .raising import Said, check, put_down, sensitive_of

BOX, URGENT = "voice:anonymous", "voice:urgent"
_PACE = Bucket(per_hour=30)
"""In this process's memory only, under a salt of its own: no address is ever written down."""


def drop_voice(organisation_id: int, said: Said, address: str) -> tuple[str, Any]:
    """Take an anonymous voice; its code, and which special matter it is (told at once, help before hiding).

    :raises Refusal: GH-VOI-004 no such union, 009 a voice note, 020 too many from one network, and those of `check`.
    """
    if said.audio is not None:
        raise Refusal("GH-VOI-009", "匿名意见不能带语音，声音会让人听出是谁", "audio", "改成文字")
    if not _PACE.take(address):
        raise Refusal("GH-VOI-020", "这个网络刚刚提交得太多", None, "一小时后再交，写好的内容还在页面上")
    day = days.today()
    with widened():
        organisation = Organisation.objects.filter(pk=organisation_id, state="active").first()
        if organisation is None:
            raise Refusal("GH-VOI-004", "没有这个单位", "organisation")
        plain = check(said, organisation.path, day)
        sensitive = said.special or sensitive_of(plain, organisation.path, day)
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
    return box.holds(BOX, key) or box.holds(URGENT, key)


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
    """Write all that lies in a box, in one transaction and in no order; the number of slips."""
    with acting(SYSTEM), transaction.atomic():
        slips = box.take(name)
        for slip in sorted(slips, key=lambda one: one["do"] != "raise"):  # a voice before what was added to it
            _write(slip)
    return len(slips)


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
        put_down(SYSTEM, organisation, said, Channel.POSTER, days.today(), code=slip["code"])
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
