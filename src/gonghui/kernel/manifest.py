"""What a kernel part or an app plugs into the platform, listed in one place instead of signal receivers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

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
