"""One line of a voice's course, the trail beside it, and the move it makes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, F, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, Act, Nature, State, Visibility
from ..models import PublicVoice, Voice, VoiceAct
from ..rules import course
from ..sealing import NOTE, close
from . import days

AUTHORS = (Act.RECEIVED, Act.WROTE, Act.SEEN, Act.RATED, Act.REOPENED)
"""Acts of the author. Of an anonymous one no moment is kept, nor of what the platform does because of them."""


def add_act(actor: Viewer, voice: Voice, act: Act, *, words: str = "", to: str = "", by: str = "") -> VoiceAct:
    """Write what was done; the voice itself is changed by who calls."""
    step = (voice.acts.aggregate(last=Max("step"))["last"] or 0) + 1
    hidden = voice.visibility == Visibility.ANONYMOUS and actor.account_id is None
    done = VoiceAct.objects.create(
        path=voice.path,
        voice=voice,
        person_id=voice.person_id,
        step=step,
        act=act,
        on=days.today(),
        at=None if hidden else days.now(),
        by=by or _body(actor, voice, act),
        actor_name="" if act in AUTHORS else actor.name[:60],
        account_id=None if act in AUTHORS else actor.account_id,
        note=close(words[:3000], NOTE) if words else None,
        to=to[:120],
    )
    record(actor, f"voice.{act}", path=voice.path, object_type="voice", object_id=voice.pk)
    return done


def _body(actor: Viewer, voice: Voice, act: Act) -> str:
    if act in AUTHORS:
        return "职工"
    if actor.organisation_id == voice.handler_id or actor.organisation_id is None:
        return voice.handler_name
    name = Organisation.objects.filter(pk=actor.organisation_id).values_list("name", flat=True).first()
    return (name or voice.handler_name)[:120]


def found(actor: Viewer, voice_id: int) -> Voice:
    """The voice, locked, when the actor's body handles it.

    :raises Refusal: GH-VOI-010 not there, 011 handled by another body.
    """
    voice: Voice | None = Voice.objects.select_for_update(of=("self",)).filter(pk=voice_id).first()
    if voice is None:
        raise Refusal("GH-VOI-010", "没有这条意见，或它不在当前岗位的范围内")
    if voice.handler_id != actor.organisation_id or (voice.sensitive and actor.seat not in voice.seats):
        raise Refusal("GH-VOI-011", f"这条意见现在由{voice.handler_name}办理", "state", "有新情况可以写在办理进展里")
    if voice.lead_id is not None:
        raise Refusal("GH-VOI-012", "这条意见已并入同类，和那一件一起办理", "state", "打开并入的那一件办理")
    return voice


def go(voice: Voice, act: Act, **values: Any) -> Voice:
    """Take the move of an act: state, clock and whatever else it changes; the public side follows.

    :raises Refusal: GH-VOI-013 not in this state, 014 there is no answer, 015 its author does not know it yet.
    """
    taken = course.move(act, State(voice.state))
    if taken is None:
        raise Refusal(
            "GH-VOI-013", f"这条意见{voice.get_state_display()}，不能{act.label}", "state", "刷新页面看最新状态"
        )
    if taken.needs_answer and voice.answered_on is None:
        raise Refusal("GH-VOI-014", "还没有答复，不能办结", "state", "先写答复")
    if taken.needs_told and voice.told_on is None:
        raise Refusal("GH-VOI-015", "本人还没有看到答复，不能办结", "state", "等本人查看，或当面、电话告知以后登记")
    voice.state = taken.ends
    for name, value in values.items():
        setattr(voice, name, value)
    set_clock(voice, days.today())
    voice.save()
    follow(voice)
    if act in CARRIED:
        _carry(voice)
    return voice


CARRIED = (Act.TAKEN, Act.HANDED_UP, Act.HANDED_DOWN, Act.SENT_BACK, Act.ESCALATED)


def _carry(voice: Voice) -> None:
    """What said the same goes where its lead goes: it has the same owner, clock and state."""
    with widened():  # the lead was found in range; the others were merged into it by who handled them
        Voice.objects.filter(lead=voice, state__in=OPEN).update(
            state=voice.state,
            handler_id=voice.handler_id,
            handler_name=voice.handler_name,
            handler_path=voice.handler_path,
            officer_id=voice.officer_id,
            officer_name=voice.officer_name,
            due_on=voice.due_on,
            late=voice.late,
        )


def set_clock(voice: Voice, day: date) -> None:
    """The clock that runs in the voice's state, from a day on."""
    key = course.clock(
        State(voice.state),
        Nature(voice.nature),
        sensitive=bool(voice.sensitive),
        reopened=voice.reopened_on is not None,
    )
    days = int(rule_queries.value(key, voice.handler_path, day).value) if key else 0
    voice.due_on = add_working_days(day, days) if key else None
    voice.late = False


def follow(voice: Voice) -> None:
    """The public side of a voice says what the voice says."""
    PublicVoice.objects.filter(voice=voice).update(
        state=voice.state,
        backers=Subquery(said_too(voice)),
        promised_on=voice.promised_on,
        kept_on=voice.kept_on,
    )


def said_too(voice: Voice) -> Any:
    """How many others say the same: who joined it, and whoever was merged into it."""
    merged = Voice.objects.filter(lead=OuterRef("pk")).order_by().values("lead").annotate(n=Count("pk")).values("n")
    rows = Voice.objects.filter(pk=voice.pk)
    return rows.annotate(others=F("backers") + Coalesce(Subquery(merged), 0)).values_list("others", flat=True)
