"""What the desk does with a voice: take, sort, hand up and down, ask, note, answer, tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.messages.services import tell as send_message
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, Channel, Direction, Kind, Nature, Outcome, Sensitive, State, Told, Visibility
from ..models import Answer, CandidateVoice, Handover, PublicVoice, Voice, VoiceFile, VoicePiece
from ..queries.words import topics
from ..rules import text
from ..sealing import ANSWER, CONTACT, close, opened
from . import days
from .acts import add_act, found, go, set_clock
from .authors import end, higher, merged_seats
from .raising import desk_for

PERMISSION = "voice.handle"


def _words(words: str, field: str, least: int = 2, most: int = 300) -> str:
    plain = text.clean(words)
    if not least <= len(plain) <= most:
        raise Refusal("GH-VOI-030", f"应写{least}至{most}字", field)
    return plain


def take(actor: Viewer, *, voice_id: int) -> Voice:
    """The body takes it, and whoever took it answers for it; a handover gets its receipt."""
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        acknowledge(actor, voice)
        go(voice, Act.TAKEN, officer_id=actor.account_id, officer_name=actor.name[:60])
        add_act(actor, voice, Act.TAKEN)
    return voice


def acknowledge(actor: Viewer, voice: Voice) -> None:
    waiting = Handover.objects.filter(voice=voice, taker_id=actor.organisation_id, received_on__isnull=True)
    if waiting.filter(returned_on__isnull=True).update(received_on=days.today(), received_name=actor.name[:60]):
        add_act(actor, voice, Act.ACKNOWLEDGED)


def classify(actor: Viewer, *, voice_id: int, kind: str, topic: str, nature: str) -> Voice:
    """Say which of the four kinds, which topic and which nature it is; the clock follows the nature.

    :raises Refusal: GH-VOI-031.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if topic not in dict(topics(voice.path, days.today())):
            raise Refusal("GH-VOI-031", "没有这个主题", "topic")
        voice.kind, voice.topic = (Kind(kind) if kind else ""), topic
        if nature != voice.nature:
            voice.nature = Nature(nature)
            late = voice.late
            set_clock(voice, _since(voice))
            voice.late = late
        voice.save()
        PublicVoice.objects.filter(voice=voice).update(topic=topic)
        add_act(actor, voice, Act.SORTED)
    return voice


BEGINS = (Act.RECEIVED, Act.TAKEN, Act.HANDED_UP, Act.HANDED_DOWN, Act.SENT_BACK, Act.ESCALATED, Act.REOPENED)
"""Acts from which a clock runs."""


def _since(voice: Voice) -> date:
    """The day on which the present state began."""
    last = voice.acts.filter(act__in=BEGINS).order_by("-step").values_list("on", flat=True).first()
    return last or voice.received_on


def to_right_desk(actor: Viewer, *, voice_id: int, special: Sensitive) -> Voice:
    """What the words did not show: it goes to the desk for such matters, and only that reads it from now on.

    :raises Refusal: GH-VOI-046 it is one already.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.sensitive:
            raise Refusal("GH-VOI-046", "这条意见已经由专人办理", "special")
        with widened():  # the right desk may stand above; what was merged into it stands anywhere
            body, seats = desk_for(voice.handler_path, special, days.today())
            for one in [voice, *_merged(voice)]:
                _hide(actor, one, special, body, seats)
    return voice


def _hide(actor: Viewer, voice: Voice, special: Sensitive, body: Organisation, seats: list[str]) -> None:
    """From now on only the right desk reads it: nothing public and no word of it stays where others look."""
    add_act(actor, voice, Act.HANDED_UP, to=body.name)
    PublicVoice.objects.filter(voice=voice).delete()
    VoicePiece.objects.filter(voice=voice).delete()
    CandidateVoice.objects.filter(voice=voice).delete()
    voice.sensitive, voice.group = special, None
    go(
        voice,
        Act.HANDED_UP,
        handler=body,
        handler_name=body.name[:120],
        handler_path=body.path,
        path=body.path,
        seats=seats,
        officer_id=None,
        officer_name="",
    )
    Handover.objects.filter(voice=voice).update(path=body.path)
    VoiceFile.objects.filter(voice=voice).update(path=body.path)
    StoredFile.objects.filter(pk__in=VoiceFile.objects.filter(voice=voice).values("file_id")).update(path=body.path)


def hand_up(actor: Viewer, *, voice_id: int, reason: str) -> Voice:
    """What this body cannot settle goes to the one above, which has to acknowledge it (下情上传).

    :raises Refusal: GH-VOI-032 nobody stands above.
    """
    require(actor, PERMISSION)
    plain = _words(reason, "reason")
    with transaction.atomic():
        voice = found(actor, voice_id)
        body, seats = _lifted(voice)
        if body.pk == voice.handler_id:
            raise Refusal("GH-VOI-032", "没有上一级可以上报", "reason", "由本级答复")
        return _hand(actor, voice, body, Direction.UP, plain, seats)


def _lifted(voice: Voice) -> tuple[Organisation, list[str]]:
    """The body above stands outside the actor's range; only its name is told."""
    with widened():
        return higher(voice)


def hand_down(actor: Viewer, *, voice_id: int, to: Organisation, reason: str) -> Voice:
    """A body below handles it, when its author did not object to that (交办).

    :raises Refusal: GH-VOI-033 not below, 034 the author wants it kept from there.
    """
    require(actor, PERMISSION)
    plain = _words(reason, "reason")
    with transaction.atomic():
        voice = found(actor, voice_id)
        below = to.path != voice.handler_path and to.path.startswith(voice.handler_path) and actor.reaches(to.path)
        if not below or to.state != "active":
            raise Refusal("GH-VOI-033", "只能交给下级组织办理", "to", "从名单里选择")
        about = _about(voice)
        if not voice.may_hand_down and (about.startswith(to.path) or to.path.startswith(about)):
            raise Refusal("GH-VOI-034", "本人不希望所在单位的工会知道这条意见", "to", "由本级办理，或交给别的单位")
        body, seats = desk_for(to.path, voice.sensitive or None, days.today())
        if body.pk != to.pk:
            raise Refusal("GH-VOI-035", f"{to.name}还没有办理意见的岗位和账号", "to", "由本级办理，或先给对方开通岗位")
        return _hand(actor, voice, body, Direction.DOWN, plain, seats)


def _about(voice: Voice) -> str:
    """Where the unit stands that a voice is about; it may lie outside the range of who handles it."""
    return _path_of(voice.organisation_id)


def _hand(
    actor: Viewer, voice: Voice, body: Organisation, direction: Direction, reason: str, seats: list[str]
) -> Voice:
    Handover.objects.create(
        path=voice.path,
        voice=voice,
        direction=direction,
        giver_id=voice.handler_id,
        giver_name=voice.handler_name,
        taker=body,
        taker_name=body.name[:120],
        reason=reason,
        on=days.today(),
    )
    act = Act.HANDED_UP if direction == Direction.UP else Act.HANDED_DOWN
    add_act(actor, voice, act, words=reason, to=body.name)
    lower = body.path if direction == Direction.DOWN and not voice.path.startswith(body.path) else voice.path
    go(
        voice,
        act,
        handler=body,
        handler_name=body.name[:120],
        handler_path=body.path,
        seats=merged_seats(voice, [actor.seat, *seats]),
        officer_id=None,
        officer_name="",
        path=lower,
    )
    return voice


def send_back(actor: Viewer, *, voice_id: int, reason: str) -> Voice:
    """Not ours: back to whoever handed it down, with the reason; receipts say so.

    :raises Refusal: GH-VOI-036 nobody handed it over.
    """
    require(actor, PERMISSION)
    plain = _words(reason, "reason")
    with transaction.atomic():
        voice = found(actor, voice_id)
        last = voice.handovers.filter(taker_id=actor.organisation_id, returned_on__isnull=True).order_by("-pk").first()
        if last is None or voice.state != State.RECEIVED:
            raise Refusal("GH-VOI-036", "没有可以退回的交办", "reason", "已经受理的由本级办理，或上报上一级")
        last.returned_on = days.today()
        last.save(update_fields=["returned_on"])
        giver_path = _path_of(last.giver_id)
        add_act(actor, voice, Act.SENT_BACK, words=plain, to=last.giver_name)
        go(
            voice,
            Act.SENT_BACK,
            handler_id=last.giver_id,
            handler_name=last.giver_name,
            handler_path=giver_path,
            seats=merged_seats(voice, [actor.seat]),
        )
    return voice


def _path_of(organisation_id: int) -> str:
    return str(PublicOrganisation.objects.values_list("path", flat=True).get(pk=organisation_id))


def note(actor: Viewer, *, voice_id: int, words: str) -> Voice:
    """How it goes meanwhile; read by staff."""
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        add_act(actor, voice, Act.NOTED, words=_words(words, "words", most=1000))
    return voice


def ask(actor: Viewer, *, voice_id: int, words: str) -> Voice:
    """Ask the author something through the state page: the way to reach an anonymous one."""
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.state not in (State.RECEIVED, State.HANDLING):
            raise Refusal("GH-VOI-037", "已经答复，不用再问", "words")
        add_act(actor, voice, Act.ASKED, words=_words(words, "words", most=500))
    return voice


def answer(actor: Viewer, *, voice_id: int, outcome: Outcome, words: str, promised_on: date | None = None) -> Voice:
    """Answer a voice and all that were merged into it; each author reads it on their own page.

    :raises Refusal: GH-VOI-038 too short or with places nobody filled in, 039 a promise without its day, 047 adopted
        without a candidate.
    """
    require(actor, PERMISSION)
    plain = text.clean(words)
    empty = text.unfilled(plain)
    if empty or not 10 <= len(plain) <= 3000:
        said = f"“{empty}”还没有换成实际内容" if empty else "答复应在10至3000字之间"
        raise Refusal("GH-VOI-038", said, "words", "写明怎样办理的、结果是什么、不办的为什么")
    today = days.today()
    if outcome == Outcome.ADOPTED and not CandidateVoice.objects.filter(voice_id=voice_id).exists():
        raise Refusal("GH-VOI-047", "还没有列入候选或项目", "outcome", "先在年度遴选里把它列为候选")
    if (outcome == Outcome.PROMISED) != (promised_on is not None) or (promised_on and promised_on <= today):
        raise Refusal("GH-VOI-039", "承诺办理期限的，写明今天以后的日期；其他结果不写日期", "promised_on")
    with transaction.atomic():
        voice = found(actor, voice_id)
        _answer(actor, voice, outcome, plain, promised_on, today)
        with widened():  # authors of merged voices stand anywhere; their lead was found in range
            for one in _merged(voice):
                _answer(actor, one, outcome, plain, promised_on, today)
        PublicVoice.objects.filter(voice=voice).update(
            answer=text.masked(plain), answered_by=voice.handler_name, answered_on=today
        )
    return voice


def _merged(voice: Voice) -> Iterable[Voice]:
    return list(Voice.objects.select_for_update(of=("self",)).filter(lead=voice, state__in=OPEN))


def _answer(actor: Viewer, voice: Voice, outcome: Outcome, plain: str, promised_on: date | None, today: date) -> None:
    if voice.state == State.RECEIVED:  # a merged one, or taken and answered in one go
        go(voice, Act.TAKEN, officer_id=actor.account_id, officer_name=actor.name[:60])
        add_act(actor, voice, Act.TAKEN)
    Answer.objects.create(
        path=voice.path,
        voice=voice,
        person_id=voice.person_id,
        number=voice.answers.count() + 1,
        outcome=outcome,
        text=close(plain, ANSWER),
        promised_on=promised_on,
        by=voice.handler_name,
        answered_name=actor.name[:60],
        account_id=actor.account_id,
        on=today,
    )
    go(
        voice,
        Act.ANSWERED,
        outcome=outcome,
        promised_on=promised_on,
        kept_on=None,
        answered_on=today,
        first_answered_on=voice.first_answered_on or today,
        told="",
        told_on=None,
    )
    add_act(actor, voice, Act.ANSWERED)
    if voice.person_id is not None:  # who it is of stands in the message alone, which nobody else reads
        title = "" if voice.sensitive else voice.handler_name
        turn = str(voice.answers.count())
        send_message("voice.answered", voice.person_id, about=voice.pk, turn=turn, title=title, at=days.now())


def may_be_told(voice: Voice) -> bool:
    """Only who has no page of their own, or left a phone, is told by others; and only who has not read it."""
    by_others = voice.person_id is None and voice.visibility != Visibility.ANONYMOUS
    return by_others and voice.told_on is None and (voice.channel != Channel.POSTER or voice.contact is not None)


def tell(actor: Viewer, *, voice_id: int, how: Told, words: str) -> Voice:
    """An author without a page of their own was told in person, or by a notice where it was said.

    :raises Refusal: GH-VOI-040 there is no answer to tell, 041 the author reads it on the phone.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.state != State.ANSWERED or how == Told.SEEN:
            raise Refusal("GH-VOI-040", "还没有可以告知的答复", "how", "先写答复")
        if not may_be_told(voice):
            said = "本人在自己的页面上看答复，不用登记告知"
            raise Refusal("GH-VOI-041", said, "how", "等本人查看；着急的打电话请本人看一看")
        voice.told, voice.told_on = how, days.today()
        voice.save(update_fields=["told", "told_on"])
        add_act(actor, voice, Act.TOLD, words=_words(words, "words"))
    return voice


def close_told(actor: Viewer, *, voice_id: int) -> Voice:
    """End a voice whose author was told in person and had nothing to add.

    :raises Refusal: GH-VOI-015 not told yet, 042 the author can still say so on their page.
    """
    require(actor, PERMISSION)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.told == Told.SEEN:
            raise Refusal("GH-VOI-042", "本人在自己的页面上查看了答复，由本人评价；到期没有异议会自动办结", "state")
        end(actor, voice)
    return voice


def keep_promise(actor: Viewer, *, voice_id: int, words: str) -> Voice:
    """What was promised is done; the authors read it.

    :raises Refusal: GH-VOI-043 nothing was promised.
    """
    require(actor, PERMISSION)
    plain = _words(words, "words", most=1000)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.promised_on is None or voice.kept_on is not None:
            raise Refusal("GH-VOI-043", "没有等待兑现的承诺", "words")
        today = days.today()
        with widened():
            for one in [voice, *Voice.objects.filter(lead=voice)]:
                one.kept_on = today
                one.save(update_fields=["kept_on"])
                add_act(actor, one, Act.KEPT, words=plain)
        PublicVoice.objects.filter(voice=voice).update(kept_on=today)
    return voice


def reveal_contact(actor: Viewer, *, voice_id: int, reason: str) -> dict[str, str]:
    """The name and phone that an author left, for a reason that stands on the trail.

    :raises Refusal: GH-VOI-044 no reason, 045 nobody left any.
    """
    require(actor, "member.reveal")
    plain = _words(reason, "reason", least=4, most=200)
    with transaction.atomic():
        voice = found(actor, voice_id)
        if voice.visibility == Visibility.ANONYMOUS or (voice.contact is None and voice.person is None):
            raise Refusal("GH-VOI-045", "本人没有留下姓名和电话", "reason", "用“请补充”和本人联系")
        record(
            actor,
            "voice.revealed",
            path=voice.path,
            object_type="voice",
            object_id=voice.pk,
            subject_id=voice.person_id,
            reason=plain,
        )
        if voice.contact is not None:
            left: dict[str, str] = opened(voice.contact, CONTACT)
            return left
        return {"name": voice.person.name if voice.person else "", "phone": ""}
