"""Projects: written, changed with reasons, cut into milestones, measured by what was fixed, started, handed down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import Better, NoteKind, ProjectState
from ..models import Milestone, Outcome, Project
from ..rules import progress as rules
from .project_ground import MANAGE, held, next_number, note, office_of, own, own_project, past, said, told
from .telling import tell_authors

LIVE = (ProjectState.PLANNED, ProjectState.RUNNING, ProjectState.REOPENED)
WORKING = (ProjectState.RUNNING, ProjectState.REOPENED)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a project says; money in fen."""

    title: str
    goal: str
    beneficiaries: str
    due_on: date
    reach: int = 0
    budget: int = 0
    post: Post | None = None
    partners: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None


def _checked(wanted: Wanted, organisation: Organisation) -> dict[str, Any]:
    """:raises Refusal: GH-PRJ-004, 006, 030."""
    if wanted.budget < 0 or wanted.reach < 0:
        raise Refusal("GH-PRJ-030", "预算和受益人数不能小于0", "budget")
    if (wanted.latitude is None) != (wanted.longitude is None):
        raise Refusal("GH-PRJ-030", "经度和纬度要一起写", "longitude")
    if not (-90 <= (wanted.latitude or 0) <= 90 and -180 <= (wanted.longitude or 0) <= 180):
        raise Refusal("GH-PRJ-030", "经度写在-180至180之间，纬度写在-90至90之间", "longitude")
    return {
        "title": said(wanted.title, "title", "名称", 80, 2), "goal": said(wanted.goal, "goal", "目标", 500),
        "beneficiaries": said(wanted.beneficiaries, "beneficiaries", "哪些职工受益", 120, 2), "reach": wanted.reach,
        "budget": wanted.budget, "due_on": wanted.due_on, "partners": wanted.partners.strip()[:200],
        "place": wanted.place.strip()[:80], "latitude": wanted.latitude, "longitude": wanted.longitude,
        **office_of(wanted.post, organisation),
    }  # fmt: skip


def add_project(actor: Viewer, *, organisation: Organisation, year: int, wanted: Wanted) -> Project:
    """A body's own project beside the year's list.

    :raises Refusal: GH-PRJ-001, 004, 006, 030.
    """
    require(actor, MANAGE)
    own(actor, organisation.pk, "项目")
    with transaction.atomic():
        row = Project.objects.create(
            path=organisation.path, organisation=organisation, year=year, number=next_number(organisation, year),
            first_due_on=wanted.due_on, made_by=actor.account_id, **_checked(wanted, organisation),
        )  # fmt: skip
        note(actor, "project_added", row, row.title, year=year)
    return row


def change_project(actor: Viewer, *, project_id: int, wanted: Wanted, reason: str = "") -> Project:
    """Other words, money, day or owner. What was announced or has begun changes with a reason that stays beside it.

    :raises Refusal: GH-PRJ-001 to 004, 006, 030; 031 less than was spent; 032 an open milestone after the new day.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_project(actor, project_id, *LIVE)
        after = _checked(wanted, row.organisation)
        if after["budget"] < row.spent:
            raise Refusal("GH-PRJ-031", f"已经使用{row.spent / 100:,.2f}元，预算不能比它少", "budget")
        if row.milestones.filter(done_on__isnull=True, due_on__gt=wanted.due_on).exists():
            raise Refusal("GH-PRJ-032", "有节点晚于新的完成期限", "due_on", "先调整节点")
        differs = rules.changes({name: getattr(row, name) for name in rules.FOLLOWED}, after)
        announced = row.listed or row.shown or row.state != ProjectState.PLANNED
        if differs and announced:
            why = said(reason, "reason", "变更的理由")
            told(actor, row, NoteKind.CHANGE, why, past(None), changes=differs)
        if row.state == ProjectState.PLANNED and not announced:
            row.first_due_on = wanted.due_on
        for name, value in after.items():
            setattr(row, name, value)
        row.save()
        note(
            actor, "project_changed", row, row.title, reason=reason.strip()[:300], changed=[d["what"] for d in differs]
        )
    return row


def show(actor: Viewer, *, project_id: int, shown: bool) -> Project:
    """Put a project on the public pages or take it off; what is on the year's list, or was judged, stays.

    :raises Refusal: GH-PRJ-001, 002; 033 it has to stay public.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_project(actor, project_id)
        if not shown and (row.listed or row.rounds):
            raise Refusal("GH-PRJ-033", "列入年度清单或已经评价的项目一直公开", None)
        row.shown = shown
        row.save(update_fields=["shown"])
        note(actor, "project_shown" if shown else "project_hidden", row, row.title)
    return row


# -- milestones ------------------------------------------------------------------------------------------------------


def set_milestones(
    actor: Viewer, *, project_id: int, rows: Sequence[tuple[str, date, int]], reason: str = ""
) -> list[Milestone]:
    """(title, day, weight) of what is still to be done; what is done stays. Once it has begun with a reason.

    :raises Refusal: GH-PRJ-001 to 004, 040.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        project = own_project(actor, project_id, *LIVE)
        done = project.milestones.filter(done_on__isnull=False)
        rules.check_milestones(rows, project.due_on, done.count())
        former = list(project.milestones.filter(done_on__isnull=True).order_by("due_on", "number"))
        if project.state == ProjectState.RUNNING:
            why = said(reason, "reason", "调整节点的理由")
            told(actor, project, NoteKind.CHANGE, why, past(None), changes=[{
                "what": "节点", "old": _steps_said([(m.title, m.due_on, m.weight) for m in former]),
                "new": _steps_said(rows),
            }])  # fmt: skip
        last = done.aggregate(last=Max("number"))["last"] or 0
        project.milestones.filter(done_on__isnull=True).delete()
        made = [
            Milestone(
                path=project.path, project=project, number=last + place, title=title.strip()[:80], due_on=day,
                weight=weight,
            )
            for place, (title, day, weight) in enumerate(sorted(rows, key=lambda one: one[1]), start=1)
        ]  # fmt: skip
        Milestone.objects.bulk_create(made)
        note(actor, "milestones_set", project, project.title, milestones=len(made))
    return made


def _steps_said(rows: Sequence[tuple[str, date, int]]) -> str:
    return "；".join(f"{title}（{day:%Y-%m-%d}，权重{weight}）" for title, day, weight in rows) or "—"


# -- outcomes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, how, and where it stands before the project begins."""

    title: str
    definition: str
    unit: str
    better: str = Better.MORE
    before: Decimal | None = None
    before_on: date | None = None
    target: Decimal | None = None
    figure: str = ""


def define_outcome(actor: Viewer, *, project_id: int, measure: Measure) -> Outcome:
    """Say before the start what will be measured and how.

    :raises Refusal: GH-PRJ-001, 002, 004; 041 it has begun, or how it is measured is not said.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        project = own_project(actor, project_id)
        _open_to_define(project)
        if measure.better not in Better.values or not measure.unit.strip():
            raise Refusal("GH-PRJ-041", "写明单位和方向", "unit", "例如：人，越多越好")
        if measure.before is None or measure.target is None:
            raise Refusal("GH-PRJ-041", "写明现在是多少、目标是多少", "before", "没有测过的先测一次")
        row = Outcome.objects.create(
            path=project.path, project=project, title=said(measure.title, "title", "指标名称", 60, 2),
            definition=said(measure.definition, "definition", "怎样测量"), unit=measure.unit.strip()[:12],
            better=measure.better, figure=measure.figure, before=measure.before,
            before_on=past(measure.before_on, "before_on"), target=measure.target,
        )  # fmt: skip
        note(actor, "outcome_defined", project, project.title, outcome=row.title)
    return row


def drop_outcome(actor: Viewer, *, outcome_id: int) -> None:
    """:raises Refusal: GH-PRJ-001, 002, 041."""
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Outcome, outcome_id, "指标")
        project = own_project(actor, row.project_id)
        _open_to_define(project)
        note(actor, "outcome_dropped", project, project.title, outcome=row.title)
        row.delete()


def _open_to_define(project: Project) -> None:
    if project.state != ProjectState.PLANNED:
        raise Refusal("GH-PRJ-041", "项目已经启动，指标和测量办法在启动时定下，不能再改", None, "启动以后只填结果")


# -- start, stop, hand down --------------------------------------------------------------------------------------------


def start(actor: Viewer, *, project_id: int, unmeasured: str = "", on: date | None = None) -> Project:
    """The project begins: with an owner, milestones, and what it is measured by or why it cannot be measured.

    :raises Refusal: GH-PRJ-001 to 005; 042 what is missing.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        row = own_project(actor, project_id, ProjectState.PLANNED)
        if row.post_id is None:
            raise Refusal("GH-PRJ-042", "还没有责任岗位", "post", "责任到岗到人，选定后再启动")
        if not row.milestones.exists():
            raise Refusal("GH-PRJ-042", "还没有节点", "milestones", "至少设一个节点")
        words = "项目启动"
        if not row.outcomes.exists():
            if not unmeasured.strip():
                raise Refusal(
                    "GH-PRJ-042", "还没有定下用什么衡量结果", "unmeasured", "写一个指标，或写明为什么不能衡量"
                )
            words += f"。没有可以衡量的指标：{said(unmeasured, 'unmeasured', '为什么不能衡量')}"
        row.state, row.starts_on = ProjectState.RUNNING, when
        row.save()
        told(actor, row, NoteKind.STATE, words, when)
        note(actor, "project_started", row, row.title)
        tell_authors(row, f"“{row.title}”已启动，计划{row.due_on:%Y-%m-%d}前完成", actor=actor)
    return row


def stop(actor: Viewer, *, project_id: int, reason: str, on: date | None = None) -> Project:
    """It will not be done; the reason is public, and those who asked are told.

    :raises Refusal: GH-PRJ-001 to 005; 043 bodies below are still at it.
    """
    require(actor, MANAGE)
    when = past(on)
    with transaction.atomic():
        row = own_project(actor, project_id, *LIVE)
        why = said(reason, "reason", "终止的理由")
        below = row.children.filter(state__in=LIVE).count()
        if below:
            raise Refusal("GH-PRJ-043", f"{below}家下级还在实施", None, "等下级完成或终止后再终止")
        row.state, row.stopped_because, row.closed_on = ProjectState.STOPPED, why, when
        row.save()
        told(actor, row, NoteKind.STATE, f"项目终止：{why}", when)
        note(actor, "project_stopped", row, row.title, reason=why)
        tell_authors(row, f"“{row.title}”终止，理由：{why}", actor=actor)
    return row


def hand_down(
    actor: Viewer, *, project_id: int, bodies: Sequence[Organisation], due_on: date, goal: str = ""
) -> list[Project]:
    """Counties and firms below carry out their part as a project of their own.

    :raises Refusal: GH-PRJ-001, 002, 003; 044 nobody, not below, ended, all have it already; 045 later than the whole.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = own_project(actor, project_id, *LIVE)
        if due_on > row.due_on:
            raise Refusal("GH-PRJ-045", f"期限晚于本级的{row.due_on:%Y-%m-%d}", "due_on", "写不晚于本级期限的日期")
        if not bodies:
            raise Refusal("GH-PRJ-044", "还没有选单位", "bodies", "至少选一家下级")
        made = [one for body in bodies if (one := _child(actor, row, body, due_on, goal.strip()[:500])) is not None]
        if not made:
            raise Refusal("GH-PRJ-044", "选的单位都已承担这个项目", "bodies", "选还没有承担的单位")
    return made


def _child(actor: Viewer, row: Project, body: Organisation, due_on: date, goal: str) -> Project | None:
    below = body.path.startswith(row.path) and body.pk != row.organisation_id and actor.reaches(body.path)
    if not below or body.ended_on is not None:
        raise Refusal("GH-PRJ-044", f"{body.name}不是现有的下级", "bodies", "从列出的下级里选")
    if row.children.filter(organisation=body).exclude(state=ProjectState.STOPPED).exists():
        return None
    made = Project.objects.create(
        path=body.path, organisation=body, parent=row, year=row.year, number=next_number(body, row.year),
        title=row.title, goal=goal or row.goal, beneficiaries=row.beneficiaries, due_on=due_on, first_due_on=due_on,
        shown=row.shown, made_by=actor.account_id,
    )  # fmt: skip
    note(actor, "project_handed_down", made, made.title, due_on=due_on)
    return made


__all__ = [
    "LIVE",
    "WORKING",
    "Measure",
    "Wanted",
    "add_project",
    "change_project",
    "define_outcome",
    "drop_outcome",
    "hand_down",
    "set_milestones",
    "show",
    "start",
    "stop",
]
