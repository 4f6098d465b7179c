"""Every manifest of the platform, and what follows from them: navigation, tasks, words of the trail."""

from __future__ import annotations

from importlib import import_module

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from gonghui.apps.portal.queries import site_federation
from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.queries import posts_of
from gonghui.kernel.manifest import Effect, Fact, Manifest, Panel, SubmitCheck, Task
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .shell import NavItem, Post, Shell

PARTS = (
    "gonghui.kernel.access",
    "gonghui.kernel.procedures",
    "gonghui.kernel.rules",
    "gonghui.kernel.files",
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


def verbs() -> dict[str, str]:
    """Trail verbs → Chinese wording."""
    return {verb: text for manifest in manifests() for verb, text in manifest.verbs.items()}


def effects() -> list[Effect]:
    """What decisions of procedures may bring about."""
    return [one for manifest in manifests() for one in manifest.effects]


def facts() -> list[Fact]:
    """What the records know, for forms and conditions of procedures."""
    return [one for manifest in manifests() for one in manifest.facts]


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


def _federation_name(viewer: Viewer) -> str:
    """The brand in the corner: the nearest federation above the post."""
    if viewer.organisation_id is None:
        return "工会"
    try:
        own = PublicOrganisation.objects.get(pk=viewer.organisation_id)
    except ObjectDoesNotExist:
        return "工会"
    above = [own.path[:size] for size in range(len(own.path), 0, -5)]
    named = PublicOrganisation.objects.filter(path__in=above, kind="federation").order_by("-path").first()
    return named.name if named else own.name


MEMBER_TABS = (
    NavItem("首页", "/m/", "home"),
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
            notices=len(member_tasks(viewer)),
            notices_url="/m/notices/",
        )
    account = request.user
    mine = posts_of(account, timezone.localdate())  # type: ignore[arg-type]
    names = dict(PublicOrganisation.objects.filter(pk__in=[p.organisation_id for p in mine]).values_list("pk", "name"))
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
        brand=_federation_name(viewer),
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
