"""Every manifest of the platform, and what follows from them: navigation, tasks, words of the trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from gonghui.apps.portal.queries import site_federation
from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.models import Post as PostRow
from gonghui.kernel.manifest import Effect, Fact, Manifest, MessageKind, Panel, SubmitCheck, Task
from gonghui.kernel.messages import queries as messages
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.sources import Source
from gonghui.kernel.venues import Venues
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .shell import NavItem, Post, Shell

PARTS = (
    "gonghui.kernel.access",
    "gonghui.kernel.procedures",
    "gonghui.kernel.figures",
    "gonghui.kernel.quotas",
    "gonghui.kernel.messages",
    "gonghui.kernel.rules",
    "gonghui.kernel.files",
    "gonghui.kernel.box",
    "gonghui.kernel.trail",
    "gonghui.kernel.org",
    "gonghui.kernel.people",
    "gonghui.apps.membership",
    "gonghui.apps.rosters",
    "gonghui.apps.vitality",
    "gonghui.apps.portal",
    "gonghui.apps.assessment",
    "gonghui.apps.funds",
    "gonghui.apps.casework",
    "gonghui.apps.honours",
    "gonghui.apps.contests",
    "gonghui.apps.benefits",
    "gonghui.apps.places",
    "gonghui.apps.wishes",
    "gonghui.apps.learning",
    "gonghui.apps.reports",
    "gonghui.apps.reform",
    "gonghui.apps.boards",
    "gonghui.apps.exports",
    "gonghui.apps.filings",
    "gonghui.apps.voice",
    "gonghui.apps.democracy",
)


def manifests() -> list[Manifest]:
    """The manifests of all parts, in the order of the house."""
    found = []
    for part in PARTS:
        manifest: Manifest = import_module(f"{part}.manifest").MANIFEST
        found.append(manifest)
    return found


def tasks(viewer: Viewer) -> list[Task]:
    """What waits for the viewer, from every app."""
    return [task for manifest in manifests() if manifest.tasks for task in manifest.tasks(viewer)]


def member_tasks(viewer: Viewer) -> list[Task]:
    """What a member has to know or answer, from every app."""
    return [task for manifest in manifests() if manifest.member_tasks for task in manifest.member_tasks(viewer)]


def news(viewer: Viewer) -> int:
    """How many things a member has not seen: what is to be done, and unread messages that none of it says already."""
    waiting = member_tasks(viewer)
    pages = {one.url for one in waiting}
    return len(waiting) + sum(1 for one in messages.unread(viewer) if one.page not in pages)


def verbs() -> dict[str, str]:
    """Trail verbs → Chinese wording."""
    return {verb: text for manifest in manifests() for verb, text in manifest.verbs.items()}


def effects() -> list[Effect]:
    """What decisions of procedures may bring about."""
    return [one for manifest in manifests() for one in manifest.effects]


def facts() -> list[Fact]:
    """What the records know, for forms and conditions of procedures."""
    return [one for manifest in manifests() for one in manifest.facts]


def sources() -> tuple[Source, ...]:
    """Records that figures may count."""
    return tuple(one for manifest in manifests() for one in manifest.sources)


def weighers() -> dict[str, Callable[[date], list[int]]]:
    """What apps know of people that a balanced draw may weigh."""
    return {key: weigher for manifest in manifests() for key, weigher in manifest.weighers.items()}


def barriers() -> list[Callable[[Any, int, datetime], Refusal | None]]:
    """Rules of apps that keep a person from a place of an offer."""
    return [barrier for manifest in manifests() for barrier in manifest.barriers]


def venues() -> list[Venues]:
    """Registers of places where sessions of offers may be held."""
    return [manifest.venues for manifest in manifests() if manifest.venues]


def message_kinds() -> tuple[MessageKind, ...]:
    """What may reach a member's phone."""
    return tuple(one for manifest in manifests() for one in manifest.messages)


def panels(viewer: Viewer, application: object) -> list[Panel]:
    """The parts of an application's page that apps draw."""
    return [one for manifest in manifests() if manifest.panels for one in manifest.panels(viewer, application)]


def submit_checks() -> list[SubmitCheck]:
    """What apps want to be right before an application is handed in."""
    return [one for manifest in manifests() for one in manifest.submit_checks]


def nav_of(viewer: Viewer, path: str) -> list[list[NavItem]]:
    """The side navigation: only what the active post may open, grouped as declared."""
    home = NavItem("首页", "/desk/", "home", current=path == "/desk/")
    groups: dict[int, list[tuple[int, NavItem]]] = {0: [(0, home)]}
    for manifest in manifests():
        for entry in manifest.entries:
            if not viewer.may(entry.permission):
                continue
            try:
                url = reverse(entry.url_name)
            except NoReverseMatch:
                continue
            begins = entry.prefix or url
            item = NavItem(
                title=entry.title,
                url=url,
                icon=entry.icon,
                count=entry.count(viewer) if entry.count else 0,
                current=path.startswith(begins),
            )
            groups.setdefault(entry.group, []).append((entry.order, item))
    return [[item for _, item in sorted(groups[key], key=lambda pair: pair[0])] for key in sorted(groups)]


def _organisations(posts: Sequence[PostRow], viewer: Viewer) -> tuple[dict[int, str], str]:
    """The names of the organisations of the posts, and the brand in the corner: the nearest federation above."""
    own = next((post for post in posts if post.pk == viewer.post_id), None)
    above = [*ancestors(own.path), own.path] if own else []
    wanted = Q(pk__in=[post.organisation_id for post in posts]) | Q(path__in=above, kind="federation")
    rows = list(PublicOrganisation.objects.filter(wanted).order_by("-path"))
    names = {row.pk: row.name for row in rows}
    federation = next((row.name for row in rows if row.kind == "federation" and row.path in above), "")
    return names, federation or names.get(viewer.organisation_id or 0, "工会")


MEMBER_TABS = (
    NavItem("首页", "/m/", "home"),
    NavItem("普惠", "/m/benefits/", "gift"),
    NavItem("会员码", "/m/card/", "qr"),
    NavItem("我的", "/m/me/", "person"),
)


def _member_brand() -> str:
    federation = site_federation()
    return federation.name if federation else "工会"


def shell(request: HttpRequest) -> Shell:
    """The shell around a page for whoever came through the door."""
    viewer: Viewer = getattr(request, "viewer", OUTSIDER)
    if viewer.account_id is None:
        federation = site_federation()
        return Shell(brand=federation.name) if federation else Shell()
    if viewer.role == Role.MEMBER:
        tabs = [
            NavItem(
                t.title,
                t.url,
                t.icon,
                current=request.path == t.url or (t.url != "/m/" and request.path.startswith(t.url)),
            )
            for t in MEMBER_TABS
        ]
        return Shell(
            brand=_member_brand(),
            home_url="/m/",
            person=viewer.name,
            tabs=tabs,
            logout_url="/logout/",
            notices=lambda: news(viewer),
            notices_url="/m/notices/",
        )
    mine: list[PostRow] = getattr(request, "posts", [])
    names, brand = _organisations(mine, viewer)
    posts = [
        Post(
            key=str(p.pk),
            title="·".join(part for part in (p.department, p.title or p.get_role_display()) if part),
            organisation=names.get(p.organisation_id, ""),
            current=p.pk == viewer.post_id,
        )
        for p in mine
    ]
    return Shell(
        brand=brand,
        home_url="/desk/",
        person=viewer.name,
        posts=posts,
        nav=nav_of(viewer, request.path),
        find_url="/desk/find",
        find_method="post",
        post_url="/desk/post",
        logout_url="/logout/",
        account_url="/account/",
    )
