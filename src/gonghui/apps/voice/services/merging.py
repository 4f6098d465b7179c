"""Putting voices together that say the same, making a matter public, and joining a public one."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, Visibility
from ..models import Backer, PublicVoice, Voice
from ..rules import text
from ..sealing import ANSWER, opened
from . import days
from .acts import add_act, follow, found, said_too
from .indexing import show_pieces

PERMISSION = "voice.handle"


def merge(actor: Viewer, *, lead_id: int, voice_ids: list[int]) -> Voice:
    """The others go on with the lead: its answer becomes theirs, and nobody's author is lost.

    :raises Refusal: GH-VOI-050 nothing to merge, 051 one that is over or that only its desk may see.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        lead = found(actor, lead_id)
        others = [found(actor, pk) for pk in sorted(set(voice_ids) - {lead_id})]
        if not others:
            raise Refusal("GH-VOI-050", "还没有选要并入的意见", "voices")
        for one in [lead, *others]:
            if one.sensitive or one.state not in OPEN:
                raise Refusal(
                    "GH-VOI-051",
                    f"{one.number}{one.get_state_display()}，不能合并",
                    "voices",
                    "特殊事项和已答复的单独办理",
                )
        shown = PublicVoice.objects.filter(voice__in=others).select_related("voice").first()
        if shown is not None and not PublicVoice.objects.filter(voice=lead).exists():
            said = f"{shown.voice.number}已经公开，有人附议"
            raise Refusal("GH-VOI-058", said, "voices", "打开那一条，把这一条并入它")
        for one in others:
            Voice.objects.filter(lead=one).update(lead=lead)
            one.lead = lead
            one.save(update_fields=["lead"])
            add_act(actor, one, Act.MERGED, to=lead.number)
            backers = Backer.objects.filter(voice=one).exclude(
                person__in=Backer.objects.filter(voice=lead).values("person")
            )
            backers.update(voice=lead, path=lead.path)
            PublicVoice.objects.filter(voice=one).delete()
            show_pieces(one, False)
        lead.backers = Backer.objects.filter(voice=lead).count()
        lead.save(update_fields=["backers"])
        add_act(actor, lead, Act.MERGED, words=f"并入{len(others)}条同类意见")
        follow(lead)
    return lead


def part(actor: Viewer, *, voice_id: int) -> Voice:
    """A voice that was merged by mistake goes its own way again."""
    require(actor, PERMISSION)
    with transaction.atomic():
        rows = Voice.objects.select_for_update(of=("self",)).filter(pk=voice_id, lead__isnull=False)
        voice: Voice | None = rows.first()
        if voice is None or voice.handler_id != actor.organisation_id:
            raise Refusal("GH-VOI-010", "没有这条意见，或它不在当前岗位的范围内")
        if voice.state not in OPEN:
            raise Refusal("GH-VOI-052", "已经答复的不能移出", "state")
        voice.lead = None
        voice.save(update_fields=["lead"])
        add_act(actor, voice, Act.PARTED)
    return voice


def publish(actor: Viewer, *, voice_id: int, title: str, words: str) -> PublicVoice:
    """Make a public voice readable by all, in words the desk has looked at: no names, no numbers.

    :raises Refusal: GH-VOI-053 its author did not want that, 054 too short, 055 a number is in it.
    """
    require(actor, PERMISSION)
    head, plain = text.clean(title), text.clean(words)
    if not 4 <= len(head) <= 60 or not 4 <= len(plain) <= 2000:
        raise Refusal("GH-VOI-054", "标题4至60字，内容4至2000字", "title")
    if text.masked(head + plain) != head + plain:
        raise Refusal("GH-VOI-055", "公开的内容里有证件号或电话号码", "words", "把号码删掉")
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.visibility != Visibility.PUBLIC or voice.sensitive:
            raise Refusal("GH-VOI-053", "本人没有同意公开", "voice", "可以写成公告，不引用原话")
        latest = voice.answers.order_by("-number").first()
        shown, _ = PublicVoice.objects.update_or_create(
            voice=voice,
            defaults={
                "path": voice.path,
                "organisation_name": voice.organisation_name,
                "title": head,
                "text": plain,
                "topic": voice.topic,
                "state": voice.state,
                "backers": said_too(voice).get(),
                "said_on": voice.received_on,
                "answer": text.masked(opened(latest.text, ANSWER)) if latest else "",
                "answered_by": latest.by if latest else "",
                "answered_on": latest.on if latest else None,
                "promised_on": voice.promised_on,
                "kept_on": voice.kept_on,
            },
        )
        show_pieces(voice, True)
        add_act(actor, voice, Act.PUBLISHED)
    return shown


def withhold(actor: Viewer, *, voice_id: int) -> None:
    """Take a matter off the public page again; whoever joined it keeps it among their own."""
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if PublicVoice.objects.filter(voice=voice).delete()[0]:
            show_pieces(voice, False)
            add_act(actor, voice, Act.WITHHELD)


def join(actor: Viewer, *, voice_id: int) -> int:
    """“I say the same”: once for each member; how many say it now.

    :raises Refusal: GH-VOI-056 no longer public or over, 057 it is one's own.
    """
    if actor.person_id is None:
        raise Refusal("GH-VOI-005", "您现在没有会籍")
    with transaction.atomic(), widened():
        voice = Voice.objects.select_for_update(of=("self",)).filter(pk=voice_id).first()
        shown = PublicVoice.objects.filter(voice_id=voice_id).first()
        if voice is None or shown is None or voice.state not in OPEN:
            raise Refusal("GH-VOI-056", "这条意见已经答复或不再公开", None, "可以另提一条")
        if voice.person_id == actor.person_id or Voice.objects.filter(lead=voice, person_id=actor.person_id).exists():
            raise Refusal("GH-VOI-057", "这条就是您提的")
        try:
            with transaction.atomic():
                Backer.objects.create(path=voice.path, voice=voice, person_id=actor.person_id, joined_on=days.today())
        except IntegrityError:
            return shown.backers
        voice.backers += 1
        voice.save(update_fields=["backers"])
        follow(voice)
        shown.refresh_from_db(fields=["backers"])
        record(actor, "voice.joined", path=voice.path, object_type="voice", object_id=voice.pk)
        return shown.backers
