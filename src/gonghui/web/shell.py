"""What surrounds every page: brand, navigation, posts, notices; and the reader's choices of size, theme and script.

The registry supplies the shell of a request through the setting `GONGHUI_SHELL`, the dotted path of a callable
`(request) -> Shell`. Pages read it as `shell` and `nav`; the reader's choices come from cookies alone, so that error
pages have them too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

SIZES: Final = ("std", "large")
THEMES: Final = ("auto", "light", "dark")
SCRIPTS: Final = ("zh-Hans", "zh-Hant", "zh-HK")
COOKIES: Final[dict[str, tuple[str, ...]]] = {"size": SIZES, "theme": THEMES, "lang": SCRIPTS}
COOKIE_AGE: Final = 400 * 24 * 3600  # browsers keep no cookie longer than 400 days


@dataclass(frozen=True, slots=True)
class Look:
    """The reader's choices, as cookies keep them."""

    size: str = "std"
    theme: str = "auto"
    lang: str = "zh-Hans"

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        chosen = {}
        for name, allowed in COOKIES.items():
            value = request.COOKIES.get(name, "")
            if value in allowed:
                chosen[name] = value
        return cls(**chosen)

    @property
    def is_large(self) -> bool:
        return self.size == "large"

    @property
    def html_lang(self) -> str:
        return {"zh-Hans": "zh-CN", "zh-Hant": "zh-Hant", "zh-HK": "zh-Hant-HK"}[self.lang]


@dataclass(frozen=True, slots=True)
class NavItem:
    title: str
    url: str
    icon: str = ""
    count: int = 0
    current: bool = False
    unit: str = "件待办"


@dataclass(frozen=True, slots=True)
class Post:
    """A post the account may act in; `title` is the office, `organisation` the full name."""

    key: str
    title: str
    organisation: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """Everything around the content of one page; the defaults serve a visitor who is not logged in."""

    brand: str = "工会"
    home_url: str = "/"
    person: str = ""
    posts: Sequence[Post] = ()
    nav: Sequence[Sequence[NavItem]] = ()
    tabs: Sequence[NavItem] = ()
    site_nav: Sequence[NavItem] = ()
    notices: Callable[[], int] = int
    """How many things wait for an answer; asked only by pages that show the bell."""
    notices_url: str = ""
    find_url: str = "/desk/find"
    find_method: str = "get"
    find_hint: str = "找人、组织、事项"
    post_url: str = "/desk/post"
    logout_url: str = "/logout"
    account_url: str = ""
    help_line: str = "12351"

    @property
    def post(self) -> Post | None:
        return next((post for post in self.posts if post.current), None)

    @property
    def other_posts(self) -> list[Post]:
        return [post for post in self.posts if not post.current]


def shell_of(request: HttpRequest) -> Shell:
    """The shell of a request, computed once however many templates ask for it."""
    known: Shell | None = getattr(request, "_gonghui_shell", None)
    if known is None:
        path: str | None = getattr(settings, "GONGHUI_SHELL", None)
        known = import_string(path)(request) if path else Shell()
        request._gonghui_shell = known  # type: ignore[attr-defined]
    return known
