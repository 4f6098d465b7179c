"""What the author of a voice does after it was said; whoever calls has found it to be theirs."""

from __future__ import annotations

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import Act, State, Told
from ..models import Voice
from ..rules import text
from . import days
from .acts import add_act, go
from .raising import desk_for


def added(words: str) -> str:
    """What an author adds, cleaned.

    :raises Refusal: GH-VOI-022.
    """
    plain = text.clean(words)
    if not 2 <= len(plain) <= 1000:
        raise Refusal("GH-VOI-022", "应写2至1000字", "text")
    return plain


def write(actor: Viewer, voice: Voice, words: str) -> None:
    """Add something to one's own voice; the desk is told by its list.

    :raises Refusal: GH-VOI-022 nothing written, 023 it is over.
    """
    plain = added(words)
    if voice.state == State.CLOSED:
        raise Refusal("GH-VOI-023", "这条意见已经办结", None, "有新的情况，可以另提一条")
    add_act(actor, voice, Act.WROTE, words=plain)


def see(actor: Viewer, voice: Voice) -> None:
    """The author has the answer before them."""
    if voice.state != State.ANSWERED or voice.told_on is not None:
        return
    voice.told, voice.told_on = Told.SEEN, days.today()
    voice.save(update_fields=["told", "told_on"])
    add_act(actor, voice, Act.SEEN)


NOT_BAD = 3
"""From this mark of five on an author who ends it counts it as solved."""


def rate(actor: Viewer, voice: Voice, score: int) -> None:
    """1 (not at all) to 5: the author is through with it, and it ends.

    :raises Refusal: GH-VOI-024 no such mark, 025 there is nothing to rate.
    """
    if not 1 <= score <= 5:
        raise Refusal("GH-VOI-024", "评分应为1至5", "score")
    if voice.state != State.ANSWERED:
        raise Refusal("GH-VOI-025", "还没有可以评价的答复", "score")
    see(actor, voice)
    voice.score, voice.solved = score, score >= NOT_BAD
    voice.save(update_fields=["score", "solved"])
    add_act(actor, voice, Act.RATED)
    end(actor, voice)


def end(actor: Viewer, voice: Voice) -> None:
    """Close a voice whose author knows its answer."""
    go(voice, Act.CLOSED, closed_on=days.today())
    add_act(actor, voice, Act.CLOSED)


def not_solved(actor: Viewer, voice: Voice, words: str) -> None:
    """Once, the author may say that it is not solved: it is handled anew, a tier higher.

    :raises Refusal: GH-VOI-026 no answer yet, 027 said before, 022 without a word of why.
    """
    plain = added(words)
    if voice.state not in (State.ANSWERED, State.CLOSED):
        raise Refusal("GH-VOI-026", "还没有答复，不用反映", "text", "可以补充说明")
    if voice.reopened_on is not None:
        raise Refusal("GH-VOI-027", "“没有解决”只能反映一次，上一级已经重新办理过", "text", "可以拨打12351")
    see(actor, voice)
    day = days.today()
    body, seats = higher(voice)
    add_act(actor, voice, Act.REOPENED, words=plain, to=body.name)
    go(
        voice,
        Act.REOPENED,
        reopened_on=day,
        solved=False,
        closed_on=None,
        told="",
        told_on=None,
        score=None,
        promised_on=None,
        kept_on=None,
        officer_id=None,
        officer_name="",
        handler=body,
        handler_name=body.name[:120],
        handler_path=body.path,
        seats=merged_seats(voice, seats),
        lead=None,
    )


def merged_seats(voice: Voice, more: list[str]) -> list[str]:
    """Who took part before keeps sight; who takes over gets it."""
    return list(dict.fromkeys([*voice.seats, *more]))


def higher(voice: Voice) -> tuple[Organisation, list[str]]:
    """The body above the one that handles it; the same when there is none."""
    line = ancestors(voice.handler_path)
    if not line:
        return voice.handler, []
    return desk_for(line[-1], voice.sensitive or None, days.today())
