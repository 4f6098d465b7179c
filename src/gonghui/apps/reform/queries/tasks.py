"""Plans and tasks: the list, the board by how they stand, the time line by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, IntegerField, Q, QuerySet, Value
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.queries import in_state
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries import in_force
from gonghui.kernel.figures.queries.targets import Standing as TargetStanding
from gonghui.kernel.figures.queries.targets import standings as target_standings
from gonghui.kernel.figures.queries.targets import targets
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from ..choices import LIVE_ITEMS, ItemState, PlanState
from ..models import ItemStep, Plan, PlanItem, Reminder
from ..rules import Light, Standing, percent, standing

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


def plan(viewer: Viewer, pk: int) -> Plan | None:
    return plans(viewer).filter(pk=pk).first()


def items(viewer: Viewer) -> QuerySet[PlanItem]:
    """Tasks of the range that were not withdrawn, with their milestones counted."""
    rows: QuerySet[PlanItem] = (
        PlanItem.objects.visible(viewer)
        .exclude(state=ItemState.WITHDRAWN)
        .select_related("organisation", "plan")
        .annotate(steps_total=Count("steps"), steps_done=Count("steps", filter=Q(steps__done_on__isnull=False)))
        .order_by("due_on", "number", "pk")
    )
    return rows


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
    rows = items(viewer).exclude(state=ItemState.PLANNED).filter(year=year)
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


RECENT = 8
"""Finished tasks that a board still shows; the list has all of them."""


def column_of(line: Line) -> str:
    if line.item.state == ItemState.DONE:
        return "done"
    if line.standing.light == Light.OVERDUE:
        return "overdue"
    if line.item.state != ItemState.RUNNING:
        return "waiting"
    return "soon" if line.standing.light == Light.SOON else "on_time"


def board(rows: list[Line]) -> list[dict[str, object]]:
    """The columns of the board with their tasks, nearest day first; finished ones the latest first."""
    found: dict[str, list[Line]] = {key: [] for key, *_ in COLUMNS}
    for line in rows:
        found[column_of(line)].append(line)
    found["done"].reverse()
    return [
        {
            "key": key,
            "title": title,
            "tone": tone,
            "count": len(found[key]),
            "lines": found[key][:RECENT] if key == "done" else found[key],
            "hidden": key == "done" and len(found[key]) > RECENT,
        }
        for key, title, tone in COLUMNS
    ]


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
    """The same for the list, each with the days that count as near (`soon`)."""
    return items(viewer).annotate(soon=Value(soon_days(viewer, timezone.localdate()), IntegerField()))
