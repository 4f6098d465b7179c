"""Plans and tasks: the list, the board by how they stand, the time line by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.queries import in_state
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries import in_force
from gonghui.kernel.figures.queries.targets import Standing as TargetStanding
from gonghui.kernel.figures.queries.targets import standings as target_standings
from gonghui.kernel.figures.queries.targets import targets
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from ..choices import LIVE_ITEMS, ItemState, PlanState, ReminderKind
from ..models import ItemStep, Plan, PlanItem, PlanVersion, Reminder
from ..rules import Light, Standing, VersionChange, percent, standing, version_changes

OWNER_ROLES = ("leader", "organising", "rights", "finance", "publicity", "grassroots_chair")
"""Posts that answer for a task; those of administration, security and audit stay apart from business."""


@dataclass(frozen=True, slots=True)
class Line:
    """A task with how it stands by the calendar of its reader's place."""

    item: PlanItem
    standing: Standing
    steps: int
    steps_done: int

    @property
    def percent(self) -> int:
        return 100 if self.item.state == ItemState.DONE else percent(self.steps_done, self.steps)

    @property
    def words(self) -> str:
        """The tag: where it stands among people, unless only the calendar has something to say."""
        if self.item.state in LIVE_ITEMS and self.standing.light == Light.OVERDUE:
            return self.standing.words
        if self.item.state in (ItemState.RUNNING, ItemState.DONE):
            return self.standing.words
        return str(self.item.get_state_display())

    @property
    def tone(self) -> str:
        if self.item.state in LIVE_ITEMS and self.standing.light == Light.OVERDUE:
            return "bad"
        if self.item.state in (ItemState.RUNNING, ItemState.DONE):
            return self.standing.tone
        return "" if self.item.state in (ItemState.PLANNED, ItemState.WITHDRAWN) else "wait"


def soon_days(viewer: Viewer, on: date) -> int:
    return int(rules.value("reform.soon_days", viewer.lo, on).value)


def plans(viewer: Viewer) -> QuerySet[Plan]:
    """Plans of the range; how many tasks they have, how many are done, how many a post in office answers for."""
    live = Q(tasks__post__valid_to__isnull=True) | Q(tasks__post__valid_to__gt=timezone.localdate())
    owned = Q(tasks__post__isnull=False) & live
    counted = {
        "total": Count("tasks", filter=~Q(tasks__state=ItemState.WITHDRAWN)),
        "done": Count("tasks", filter=Q(tasks__state=ItemState.DONE)),
        "owned": Count("tasks", filter=owned & ~Q(tasks__state=ItemState.WITHDRAWN)),
    }
    rows: QuerySet[Plan] = Plan.objects.visible(viewer).select_related("organisation").annotate(**counted)
    return rows.order_by("-year", "path", "pk")


def plan_years(viewer: Viewer) -> list[tuple[str, str]]:
    """Years that have plans: (year, words)."""
    found = Plan.objects.visible(viewer).order_by("-year").values_list("year", flat=True).distinct()
    return [(str(year), f"{year}年") for year in found]


def plan(viewer: Viewer, pk: int) -> Plan | None:
    return plans(viewer).filter(pk=pk).first()


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a plan with what changed from the one before it; the first one changed nothing."""

    row: PlanVersion
    changes: list[VersionChange]


def editions(viewer: Viewer, plan_id: int) -> list[Edition]:
    """The versions of a plan, the latest first."""
    rows = list(PlanVersion.objects.visible(viewer).filter(plan_id=plan_id).order_by("number"))
    made = [
        Edition(row, version_changes(rows[place - 1].items, row.items) if place else [])
        for place, row in enumerate(rows)
    ]
    return made[::-1]


def history(viewer: Viewer, row: PlanItem) -> list[tuple[PlanVersion, VersionChange]]:
    """The versions of its plan that changed a task, the latest first."""
    if row.plan_id is None:
        return []
    return [
        (edition.row, change)
        for edition in editions(viewer, row.plan_id)
        for change in edition.changes
        if change.number == row.number
    ]


def items(viewer: Viewer) -> QuerySet[PlanItem]:
    """Tasks of the range that were not withdrawn, with their milestones counted."""
    return with_steps(PlanItem.objects.visible(viewer).exclude(state=ItemState.WITHDRAWN))


def with_steps(rows: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    counted = {"steps_total": Count("steps"), "steps_done": Count("steps", filter=Q(steps__done_on__isnull=False))}
    found: QuerySet[PlanItem] = (
        rows.select_related("organisation", "plan").annotate(**counted).order_by("due_on", "number", "pk")
    )
    return found


def item(viewer: Viewer, pk: int) -> PlanItem | None:
    """One task, also one that was withdrawn."""
    row: PlanItem | None = (
        PlanItem.objects.visible(viewer)
        .select_related("organisation", "plan", "post")
        .annotate(steps_total=Count("steps"), steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)))
        .filter(pk=pk)
        .first()
    )
    return row


def lines(viewer: Viewer, rows: Iterable[PlanItem], today: date | None = None) -> list[Line]:
    when = today or timezone.localdate()
    soon = soon_days(viewer, when)
    return [line_of(row, when, soon) for row in rows]


def line_of(row: PlanItem, today: date, soon: int) -> Line:
    total, done = getattr(row, "steps_total", 0), getattr(row, "steps_done", 0)
    return Line(row, standing_of(row, today, soon), total, done)


def standing_of(row: PlanItem, today: date, soon: int) -> Standing:
    """By the day it was handed in: how long the answer above takes is not its owner's delay."""
    return standing(row.due_on, row.done_on or row.submitted_on, today, soon)


def of_year(viewer: Viewer, year: int, *, below: bool) -> QuerySet[PlanItem]:
    """Tasks of a year in force: one's own organisation's, or those of the organisations below it."""
    gone = (ItemState.PLANNED, ItemState.WITHDRAWN)
    rows: QuerySet[PlanItem] = PlanItem.objects.visible(viewer).exclude(state__in=gone).filter(year=year)
    mine = Q(organisation_id=viewer.organisation_id)
    return rows.exclude(mine) if below else rows.filter(mine)


def years(viewer: Viewer) -> list[int]:
    """Years that have tasks, and this one."""
    found = set(PlanItem.objects.visible(viewer).values_list("year", flat=True).distinct())
    return sorted(found | {timezone.localdate().year}, reverse=True)


COLUMNS = (
    ("overdue", "已逾期", "bad"),
    ("soon", "临近到期", "wait"),
    ("on_time", "按期推进", "info"),
    ("waiting", "等待确认", "wait"),
    ("done", "已完成", "ok"),
)
"""Of the board, what needs a hand first."""


SHOWN = 20
"""Tasks that a column of the board shows; its count is of all, and the list has all of them."""


def waiting(viewer: Viewer) -> QuerySet[PlanItem]:
    """Own tasks that want a hand: to be accepted, near or late, or urged since they were last reported or explained.

    Each has `urged_on`, the last day it was urged while nothing was said since.
    """
    today = timezone.localdate()
    near = today + timedelta(days=soon_days(viewer, today))
    unheard = Q(reminders__kind=ReminderKind.URGED) & (Q(delay_on__isnull=True) | Q(reminders__on__gt=F("delay_on")))
    urged = PlanItem.objects.filter(pk=OuterRef("pk")).annotate(last=Max("reminders__on", filter=unheard))
    rows = items(viewer).filter(
        organisation_id=viewer.organisation_id or 0, state__in=(ItemState.PROPOSED, ItemState.RUNNING), ended_on=None
    )  # fmt: skip
    rows = rows.annotate(urged_on=Subquery(urged.values("last")))
    return rows.filter(Q(state=ItemState.PROPOSED) | Q(due_on__lte=near) | Q(urged_on__isnull=False))


def waiting_steps(viewer: Viewer, today: date, soon: int) -> QuerySet[ItemStep]:
    """Milestones of own running tasks that are near or late, and that the task's own day does not tell already."""
    near = today + timedelta(days=soon)
    rows: QuerySet[ItemStep] = ItemStep.objects.visible(viewer).filter(
        item__organisation_id=viewer.organisation_id, item__state=ItemState.RUNNING, item__ended_on=None,
        done_on=None, due_on__lte=near, item__due_on__gt=near,
    )  # fmt: skip
    return rows.select_related("item").order_by("due_on", "pk")


def column_conditions(today: date, soon: int) -> dict[str, Q]:
    """Which tasks stand in which column; every task in force stands in exactly one.

    :param soon: from how many days before its day a task counts as near.
    """
    unreported = (ItemState.PROPOSED, ItemState.ASKED, ItemState.RUNNING)
    near = today + timedelta(days=soon)
    asked = Q(state__in=(ItemState.PROPOSED, ItemState.ASKED), due_on__gte=today)
    return {
        "overdue": Q(state__in=unreported, due_on__lt=today),
        "soon": Q(state=ItemState.RUNNING, due_on__range=(today, near)),
        "on_time": Q(state=ItemState.RUNNING, due_on__gt=near),
        "waiting": asked | Q(state=ItemState.SUBMITTED),
        "done": Q(state=ItemState.DONE),
    }


def board(viewer: Viewer, rows: QuerySet[PlanItem], today: date | None = None) -> list[dict[str, Any]]:
    """The columns of the board, counted by the database; nearest day first, of finished ones the latest first."""
    when = today or timezone.localdate()
    soon = soon_days(viewer, when)
    where = column_conditions(when, soon)
    counts = rows.aggregate(**{key: Count("pk", filter=condition) for key, condition in where.items()})
    made = []
    for key, title, tone in COLUMNS:
        shown = with_steps(rows.filter(where[key])) if counts[key] else rows.none()
        if key == "done":
            shown = shown.order_by("-done_on", "number", "pk")
        made.append(
            {
                "key": key, "title": title, "tone": tone, "count": counts[key], "hidden": counts[key] > SHOWN,
                "lines": [line_of(row, when, soon) for row in shown[:SHOWN]],
            }
        )  # fmt: skip
    return made


def ahead(rows: QuerySet[PlanItem], today: date) -> int:
    """How many days of tasks and milestones are still to come."""
    to_come = rows.exclude(state=ItemState.DONE).filter(submitted_on__isnull=True, due_on__gte=today).count()
    steps = ItemStep.objects.filter(item__in=rows, due_on__gte=today, done_on__isnull=True)
    return to_come + steps.count()


def below_by_column(viewer: Viewer, row: PlanItem, today: date, soon: int) -> dict[str, int]:
    """What was handed down of a task, counted: `total` and by column of the board."""
    rows = PlanItem.objects.visible(viewer).filter(parent=row).exclude(state=ItemState.WITHDRAWN)
    asked = {key: Count("pk", filter=condition) for key, condition in column_conditions(today, soon).items()}
    return rows.aggregate(total=Count("pk"), **asked)


def handed_choices(viewer: Viewer) -> list[tuple[str, str]]:
    """Tasks of the range that were handed down: (key, year and title)."""
    down = PlanItem.objects.visible(viewer).filter(parent__isnull=False).values("parent_id")
    rows = PlanItem.objects.visible(viewer).filter(pk__in=down).order_by("-year", "path", "number")
    return [(str(pk), f"{year}年 {title}") for pk, year, title in rows.values_list("pk", "year", "title")]


@dataclass(frozen=True, slots=True)
class Day:
    """Something due on a day: a task, or a milestone of one."""

    on: date
    title: str
    item: PlanItem
    standing: Standing
    milestone: bool

    @property
    def weekday(self) -> str:
        return "一二三四五六日"[self.on.weekday()]


def timeline(viewer: Viewer, rows: list[PlanItem], today: date | None = None) -> list[tuple[date, list[Day]]]:
    """What is due, month by month (the first day of each), with the milestones of the tasks."""
    when = today or timezone.localdate()
    soon = soon_days(viewer, when)
    found = [Day(row.due_on, row.title, row, standing_of(row, when, soon), False) for row in rows]
    by_pk = {row.pk: row for row in rows}
    for step in ItemStep.objects.filter(item_id__in=list(by_pk)):
        of = by_pk[step.item_id]
        found.append(Day(step.due_on, step.title, of, standing(step.due_on, step.done_on, when, soon), True))
    found.sort(key=lambda one: (one.on, one.milestone, one.item.number))
    return [(month, list(days)) for month, days in groupby(found, key=lambda one: one.on.replace(day=1))]


def parent_of(viewer: Viewer, row: PlanItem) -> PlanItem | None:
    """The task that this one was handed down of, where that is in the range."""
    return PlanItem.objects.visible(viewer).filter(pk=row.parent_id or 0).first()


def step(viewer: Viewer, pk: int) -> ItemStep | None:
    return ItemStep.objects.visible(viewer).select_related("item", "file").filter(pk=pk).first()


def children(viewer: Viewer, row: PlanItem) -> QuerySet[PlanItem]:
    """What was handed down of a task."""
    return items(viewer).filter(parent=row).order_by("path")


def not_given(viewer: Viewer, row: PlanItem) -> QuerySet[Organisation]:
    """Organisations directly below that a task was not handed down to yet."""
    given = children(viewer, row).order_by().values("organisation_id")
    return org_queries.children(viewer, row.organisation).exclude(pk__in=given)


def reminders(viewer: Viewer, row: PlanItem) -> QuerySet[Reminder]:
    return Reminder.objects.visible(viewer).filter(item=row).order_by("-on", "-pk")


def owner_posts(viewer: Viewer, organisation: Organisation) -> QuerySet[Post]:
    """Posts of an organisation that may answer for a task."""
    rows = Post.objects.filter(organisation=organisation, path__gte=viewer.lo, path__lt=viewer.hi, role__in=OWNER_ROLES)
    return in_state(rows, "valid").select_related("account").order_by("department", "pk")


def post_of(viewer: Viewer, value: str) -> Post | None:
    """The post of the range that was chosen in a form; the service checks whose it is."""
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        return None
    rows = Post.objects.filter(path__gte=viewer.lo, path__lt=viewer.hi).select_related("account", "organisation")
    return rows.filter(pk=int(value)).first()


def figures_for(path: str) -> list[tuple[str, str]]:
    """Numbers that a task may be followed by: (key, title)."""
    rows: dict[str, Figure] = in_force(path)
    return [(key, row.title) for key, row in rows.items()]


def target_of(viewer: Viewer, row: PlanItem) -> TargetStanding | None:
    """The target of the responsible organisation for the task's number in its year, with how far along it is."""
    if not row.figure or not viewer.may("figure.view"):
        return None
    found = targets(viewer).filter(
        organisation_id=row.organisation_id, key=row.figure, period=str(row.year)
    ).first()  # fmt: skip
    return target_standings(viewer, [found])[0] if found else None


def figure_title(row: PlanItem) -> str:
    if not row.figure:
        return ""
    known = in_force(row.path)
    return known[row.figure].title if row.figure in known else row.figure


def published_of(viewer: Viewer, year: int) -> Plan | None:
    """The plan of one's own organisation that is in force for a year."""
    return plans(viewer).filter(
        organisation_id=viewer.organisation_id or 0, year=year, state=PlanState.PUBLISHED
    ).first()  # fmt: skip


def listed(viewer: Viewer) -> QuerySet[PlanItem]:
    """The same for the list, each with the days that count as near (`soon`) and whether it is one's own (`own`)."""
    mine = Case(
        When(organisation_id=viewer.organisation_id or 0, then=True), default=False, output_field=BooleanField()
    )
    return items(viewer).annotate(
        soon=Value(soon_days(viewer, timezone.localdate()), IntegerField()), own=mine
    )  # fmt: skip
