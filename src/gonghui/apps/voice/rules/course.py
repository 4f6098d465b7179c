"""The course of a voice: which act leads from where to where, and which clock runs then.

There is no way to the end but through an answer that reached its author: tests walk every path of this table.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..choices import Act, Nature, State


@dataclass(frozen=True)
class Move:
    """`needs_answer`: only with an answer on the voice; `needs_told`: only once its author got to know it."""

    act: Act
    begins: tuple[State, ...]
    ends: State
    needs_answer: bool = False
    needs_told: bool = False


MOVES = (
    Move(Act.TAKEN, (State.RECEIVED,), State.HANDLING),
    Move(Act.HANDED_UP, (State.RECEIVED, State.HANDLING), State.RECEIVED),
    Move(Act.HANDED_DOWN, (State.RECEIVED, State.HANDLING), State.RECEIVED),
    Move(Act.SENT_BACK, (State.RECEIVED,), State.RECEIVED),
    Move(Act.ESCALATED, (State.RECEIVED, State.HANDLING), State.RECEIVED),
    Move(Act.ANSWERED, (State.HANDLING,), State.ANSWERED),
    Move(Act.REOPENED, (State.ANSWERED, State.CLOSED), State.RECEIVED, needs_answer=True, needs_told=True),
    Move(Act.CLOSED, (State.ANSWERED,), State.CLOSED, needs_answer=True, needs_told=True),
)


def move(act: Act, state: State) -> Move | None:
    """How an act moves a voice in a state; None when it may not happen there."""
    return next((one for one in MOVES if one.act == act and state in one.begins), None)


CLOCKS = {
    Nature.CONSULT: "voice.consult_days",
    Nature.SUGGEST: "voice.suggest_days",
    Nature.REQUEST: "voice.request_days",
}


def clock(state: State, nature: Nature, *, sensitive: bool, reopened: bool) -> str | None:
    """The rule whose working days run in a state; None when nothing is owed."""
    if state == State.RECEIVED:
        return "voice.sensitive_days" if sensitive else "voice.take_days"
    if state == State.HANDLING:
        if sensitive:
            return "voice.sensitive_days"
        return "voice.reopened_days" if reopened else CLOCKS[nature]
    return None
