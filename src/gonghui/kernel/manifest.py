"""What a kernel part or an app plugs into the platform, listed in one place instead of signal receivers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from .refusal import Refusal
from .sources import Source
from .venues import Venues
from .viewer import Viewer


@dataclass(frozen=True)
class Entry:
    """One line of the side navigation of the desk."""

    title: str
    url_name: str
    icon: str
    permission: str
    group: int = 1
    order: int = 50
    prefix: str | tuple[str, ...] = ""
    """Pages whose address begins so belong to this entry; empty means the entry's own address."""
    count: Callable[[Viewer], int] | None = None


@dataclass(frozen=True)
class Task:
    """Something waiting for the viewer: a line of the desk's home page."""

    category: str
    title: str
    organisation: str
    url: str
    state: str
    tone: str = "info"
    due: str = ""
    due_tone: str = ""


@dataclass(frozen=True)
class Effect:
    """What a decision of a procedure brings about: a service of an app under a name that definitions may use.

    `run(actor, made)` is called once, in the transaction of the decision; `made` is a
    `kernel.procedures.services.Made` (application, decision, inputs); its answer is kept as what came of it.
    A refusal undoes the whole decision.
    """

    key: str
    title: str
    permission: str
    run: Callable[[Viewer, Any], dict[str, Any] | None]
    needs: frozenset[str] = frozenset()
    """Inputs that a definition has to give, from its fields ("=employer") or as fixed values."""


@dataclass(frozen=True)
class Fact:
    """Something the records know, so that no form has to ask for it: filled in, and named in conditions.

    :param kind: number, money (fen), text, date (ISO text) or yes_no.
    :param read: (organisation, person or None, day) → the value, None when unknown.
    :param many: (ids of organisations, day) → organisation → value, for those who look at thousands at once.
    :param words: the code list or lookup that names a code: conditions speak of the code, people read the words.
    """

    key: str
    title: str
    kind: str
    read: Callable[[Any, Any, date], Any]
    many: Callable[[list[int], date], dict[int, Any]] | None = None
    words: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Panel:
    """A part of an application's page that an app draws: its own sheet, file or computation beside the form."""

    title: str
    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class SubmitCheck:
    """What an app wants to be right before an application of a procedure is handed in.

    :param keys: procedures it concerns; "assessment." with its dot stands for all that begin so.
    :param check: (actor, application, answers in clear) → sentence by field key, empty when all is well.
    """

    keys: tuple[str, ...]
    check: Callable[[Viewer, Any, dict[str, Any]], dict[str, str]]


@dataclass(frozen=True)
class MessageKind:
    """A kind of message that may reach a member's phone.

    :param title: what the member's choice and the statistics call it.
    :param sentence: Chinese, with {title} and, where it helps, {until}; a message without a title never shows it.
    :param page: name of the address that it opens, which takes the number the message is about.
    :param urgent: sent at once, day or night, and not to be turned off.
    :param lives: how long after the event it makes sense on a phone, unless the event says until when.
    :param still: (person, about) → whether there is still something to know; asked just before it is sent.
    """

    key: str
    title: str
    sentence: str
    page: str
    urgent: bool = False
    lives: timedelta = timedelta(days=3)
    still: Callable[[int, int], bool] | None = None


@dataclass(frozen=True)
class Manifest:
    """`key` is the folder's name; `verbs` are the trail verbs it writes, with their Chinese wording."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()
    verbs: dict[str, str] = field(default_factory=dict)
    tasks: Callable[[Viewer], list[Task]] | None = None
    member_tasks: Callable[[Viewer], list[Task]] | None = None
    """What a member has to know or answer: lines of the phone's notices."""
    urls: str = ""
    effects: tuple[Effect, ...] = ()
    facts: tuple[Fact, ...] = ()
    panels: Callable[[Viewer, Any], list[Panel]] | None = None
    """(viewer, application) → parts of its page, on the desk and for its applicant; empty for others' procedures."""
    submit_checks: tuple[SubmitCheck, ...] = ()
    weighers: dict[str, Callable[[date], list[int]]] = field(default_factory=dict)
    """Fact key → (day) → numbers of the persons it holds for: what a balanced draw weighs without telling anybody."""
    sources: tuple[Source, ...] = ()
    """Records that may be counted: what figures are composed of."""
    barriers: tuple[Callable[[Any, int, datetime], Refusal | None], ...] = ()
    """(offer, person, moment) → why an app's own rule keeps a person from a place of it; None when it does not."""
    venues: Venues | None = None
    """A register of places, where sessions of offers may be held."""
    messages: tuple[MessageKind, ...] = ()
    """Kinds of messages that may reach a member's phone."""
