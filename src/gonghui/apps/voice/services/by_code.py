"""The author of a voice without an account: anonymous ones act through the sealed box, others at once."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import State, Visibility
from ..models import Voice
from ..queries.projects import invitation_of_voice
from . import anonymous, authors, evaluating

OUTSIDER = Viewer(role="outsider", name="凭查询码")


def act(code: str, do: str, **values: Any) -> None:
    """write(text), rate(score), unsolved(text) by the author of a code.

    :raises Refusal: those of `authors`; of an anonymous one what the page can tell beforehand.
    """
    with transaction.atomic(), anonymous.by_code(code) as voice:
        hidden = voice.visibility == Visibility.ANONYMOUS
        if hidden:
            _refuse_now(voice, do, values)
        else:
            locked = Voice.objects.select_for_update(of=("self",)).get(pk=voice.pk)
            _do(locked, do, values)
    if hidden:
        anonymous.drop_act(code, do, **values)


def _refuse_now(voice: Voice, do: str, values: dict[str, Any]) -> None:
    """What would be refused when the slip is written is refused now: nobody is told later."""
    if do in ("write", "unsolved"):
        authors.added(values["text"])
    if do == "unsolved" and voice.reopened_on is not None:
        raise Refusal("GH-VOI-027", "“没有解决”只能反映一次，上一级已经重新办理过", "text", "可以拨打12351")
    if do in ("rate", "unsolved") and voice.state not in (State.ANSWERED, State.CLOSED):
        raise Refusal("GH-VOI-025", "还没有可以评价的答复", "score")
    if do == "write" and voice.state == State.CLOSED:
        raise Refusal("GH-VOI-023", "这条意见已经办结", None, "有新的情况，可以另提一条")


def _do(voice: Voice, do: str, values: dict[str, Any]) -> None:
    if do == "write":
        authors.write(OUTSIDER, voice, values["text"])
    elif do == "rate":
        authors.rate(OUTSIDER, voice, values["score"])
    elif do == "unsolved":
        authors.not_solved(OUTSIDER, voice, values["text"])


def judge(code: str, *, score: int, solved: bool, words: str) -> None:
    """The author judges the project that their voice led to; only the box of the evaluation learns of it."""
    with anonymous.by_code(code) as voice:
        evaluating.judge_by_code(voice, score=score, solved=solved, words=words)


def see(voice: Voice, code: str) -> None:
    """The author has the answer before them; runs within the range of `anonymous.by_code`."""
    if voice.visibility == Visibility.ANONYMOUS:
        anonymous.drop_act(code, "see")
    else:
        authors.see(OUTSIDER, voice)


def judging(voice: Voice) -> Any:
    """The project whose result the author of this voice is asked about, if any."""
    return invitation_of_voice(voice)
