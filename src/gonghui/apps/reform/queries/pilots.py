"""Programmes, pilots by tier and group, the 三员 and their visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.queries import in_state
from gonghui.kernel.org.rules.paths import ancestors
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from ..choices import GuideRole, Tier
from ..models import Guide, Pilot, Programme, Visit

RUNNING = Q(left_on__isnull=True)


def in_place(on: date, prefix: str = "") -> Q:
    """Guides, liaisons and observers that accompany on a day: appointed, and their post is not over.

    :param prefix: the way to them, `guides__`, where pilots are asked.
    """

    def until(name: str) -> Q:
        return Q(**{f"{prefix}{name}__isnull": True}) | Q(**{f"{prefix}{name}__gt": on})

    return Q(**{f"{prefix}valid_from__lte": on}) & until("valid_to") & until("post__valid_to")


def programmes(viewer: Viewer) -> QuerySet[Programme]:
    running = Count("pilots", filter=Q(pilots__left_on__isnull=True))
    rows: QuerySet[Programme] = (
        Programme.objects.visible(viewer)
        .select_related("organisation")
        .annotate(running=running)
        .order_by("path", "pk")
    )
    return rows


def programme(viewer: Viewer, pk: int) -> Programme | None:
    return programmes(viewer).filter(pk=pk).first()


def own_programmes(viewer: Viewer) -> QuerySet[Programme]:
    return programmes(viewer).filter(organisation_id=viewer.organisation_id or 0, ends_on__isnull=True)


def pilots(viewer: Viewer) -> QuerySet[Pilot]:
    """Pilots of the range with their last visit and how many guides they have."""
    live = in_place(timezone.localdate(), "guides__") & Q(guides__role=GuideRole.GUIDE)
    guides = Count("guides", filter=live, distinct=True)
    rows: QuerySet[Pilot] = (
        Pilot.objects.visible(viewer)
        .select_related("organisation", "programme")
        .annotate(last_visit=Max("visits__on"), guide_count=guides)
        .order_by("-enrolled_on", "pk")
    )
    return rows


def pilot(viewer: Viewer, pk: int) -> Pilot | None:
    return pilots(viewer).filter(pk=pk).first()


def of_organisation(viewer: Viewer, organisation_id: int) -> QuerySet[Pilot]:
    return pilots(viewer).filter(RUNNING, organisation_id=organisation_id)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a programme with how many of its places are taken."""

    key: str
    title: str
    places: int
    taken: int

    @property
    def short(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def option(self) -> tuple[str, str]:
        """As a form offers it."""
        return self.key, f"{self.title}（{self.taken}/{self.places or '不限'}）"


def groups(row: Programme) -> list[Group]:
    """How full the groups of a programme are."""
    taken = Pilot.objects.filter(RUNNING, programme=row).order_by().values_list("group").annotate(Count("pk"))
    counts: dict[str, int] = dict(taken)
    return [Group(one["key"], one["title"], one["places"], counts.get(one["key"], 0)) for one in row.groups]


def group_options(row: Pilot) -> list[tuple[str, str]]:
    """Groups that a pilot may be in: those of its programme."""
    return [one.option for one in groups(row.programme)] if row.programme is not None else []


def tiers(viewer: Viewer) -> list[dict[str, Any]]:
    """How many pilots run on each tier, and how many of them have no guide."""
    guided = Guide.objects.filter(in_place(timezone.localdate()), role=GuideRole.GUIDE).values("pilot_id")
    rows = Pilot.objects.visible(viewer).filter(RUNNING).order_by().values_list("tier")
    found = {
        tier: (count, bare)
        for tier, count, bare in rows.annotate(Count("pk"), bare=Count("pk", filter=~Q(pk__in=guided)))
    }
    return [
        {"tier": one, "title": one.label, "count": count, "bare": bare}
        for one in Tier
        for count, bare in [found.get(one, (0, 0))]
    ]


def programme_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Programmes of the range: (key, title)."""
    return [(str(pk), title) for pk, title in programmes(viewer).values_list("pk", "title")]


def guides(viewer: Viewer, row: Pilot) -> QuerySet[Guide]:
    return Guide.objects.visible(viewer).filter(pilot=row).order_by("valid_to", "role", "pk")


def visits(viewer: Viewer, row: Pilot) -> QuerySet[Visit]:
    found = Visit.objects.visible(viewer).filter(pilot=row).select_related("guide")
    return found.prefetch_related("issues").order_by("-on", "-pk")


def candidates(viewer: Viewer, row: Pilot) -> QuerySet[Post]:
    """Posts of guides, liaisons and observers in the range from which a pilot can be seen."""
    rows = Post.objects.filter(role__in=GuideRole.values, path__gte=viewer.lo, path__lt=viewer.hi)
    rows = rows.filter(path__in=[*ancestors(row.path), row.path])
    return in_state(rows, "valid").select_related("account", "organisation").order_by("role", "pk")


def accompanied(viewer: Viewer) -> QuerySet[Pilot]:
    """Pilots that the viewer accompanies in the post they act in."""
    mine = Guide.objects.filter(
        in_place(timezone.localdate()), account_id=viewer.account_id or 0, role=viewer.role
    )  # fmt: skip
    return pilots(viewer).filter(RUNNING, pk__in=mine.values("pilot_id"))


def unvisited(viewer: Viewer, today: date | None = None) -> QuerySet[Pilot]:
    """Of those the ones that nobody has visited for as long as the rule of the place says."""
    when = today or timezone.localdate()
    days = int(rules.value("reform.visit_days", viewer.lo, when).value)
    since = when - timedelta(days=days)
    return accompanied(viewer).filter(
        Q(last_visit__lt=since) | Q(last_visit__isnull=True, enrolled_on__lt=since)
    )  # fmt: skip


def group_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Groups that pilots of the range are in: (code, name)."""
    rows = Pilot.objects.visible(viewer).values_list("group", "group_title").distinct().order_by("group")
    return list(dict(rows).items())


def guide(viewer: Viewer, pk: int) -> Guide | None:
    return Guide.objects.visible(viewer).filter(pk=pk).first()
