"""Projects as the desk reads them: lists, one with everything, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.queries import in_state
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..choices import EvaluationState, ProjectState, SelectionState
from ..models import (
    Evaluation,
    Invitation,
    Judgement,
    Milestone,
    Outcome,
    Project,
    ProjectFile,
    ProjectNote,
    Risk,
    Selection,
)
from ..rules import progress
from ..rules.progress import Standing, standing
from ..sealing import opened
from ..services.evaluating import WORDS
from ..services.projects import LIVE, WORKING

SHOWN = 100


def soon_days(path: str) -> int:
    return int(rules.value("voice.project_soon_days", path, timezone.localdate()).value)


def projects(viewer: Viewer) -> QuerySet[Project]:
    rows: QuerySet[Project] = Project.objects.visible(viewer).select_related("organisation", "parent")
    return rows


def listed(viewer: Viewer) -> QuerySet[Project]:
    """For the list: with the share of the weights that are done."""
    weights = Coalesce(Sum("milestones__weight"), 0)
    done = Coalesce(Sum("milestones__weight", filter=Q(milestones__done_on__isnull=False)), 0)
    rows = projects(viewer).annotate(weights=weights, weights_done=done)
    return rows.annotate(
        share=Case(
            When(weights__gt=0, then=F("weights_done") * 100 / F("weights")), default=Value(0),
            output_field=IntegerField(),
        ),
    )  # fmt: skip


def late(rows: QuerySet[Project], today: date) -> QuerySet[Project]:
    return rows.filter(state__in=LIVE, due_on__lt=today)


def years(viewer: Viewer) -> list[int]:
    found = Project.objects.visible(viewer).order_by("-year").values_list("year", flat=True).distinct()
    return list(found) or [timezone.localdate().year]


def project(viewer: Viewer, pk: int) -> Project | None:
    return projects(viewer).select_related("organisation", "parent", "candidate__selection").filter(pk=pk).first()


@dataclass(frozen=True)
class Step:
    row: Milestone
    standing: Standing


def milestones(row: Project, soon: int) -> list[Step]:
    today = timezone.localdate()
    return [
        Step(one, standing(one.due_on, one.done_on, today, soon)) for one in row.milestones.order_by("due_on", "number")
    ]


def milestone(viewer: Viewer, pk: int) -> Milestone | None:
    return Milestone.objects.visible(viewer).filter(pk=pk).first()


def share(steps: list[Step]) -> int:
    return progress.percent((one.row.weight, one.row.done_on is not None) for one in steps)


def standing_of(row: Project, soon: int) -> Standing | None:
    """By the calendar; none for what was stopped or was judged."""
    if row.state in (ProjectState.STOPPED, ProjectState.CLOSED):
        return None
    return standing(row.due_on, row.done_on, timezone.localdate(), soon)


def notes(row: Project, *, public: bool = False) -> list[dict[str, Any]]:
    """The course, the latest first, each with its pictures."""
    found = ProjectNote.objects.filter(project=row)
    files = ProjectFile.objects.filter(project=row, note__isnull=False)
    if public:
        found, files = found.filter(shown=True), files.filter(shown=True)
    pictures: dict[int, list[ProjectFile]] = {}
    for one in files.order_by("pk"):
        pictures.setdefault(one.note_id or 0, []).append(one)
    return [{"row": one, "files": pictures.get(one.pk, [])} for one in found.order_by("-on", "-at")[:SHOWN]]


def file(viewer: Viewer, pk: int) -> ProjectFile | None:
    return ProjectFile.objects.visible(viewer).select_related("file").filter(pk=pk).first()


def outcomes(row: Project) -> list[dict[str, Any]]:
    found = Outcome.objects.filter(project=row).order_by("pk")
    return [{"row": one, "reached": progress.reached(one.better, one.target, one.after)} for one in found]


def risks(row: Project) -> list[Risk]:
    return list(row.risks.order_by("closed_on", "-raised_on", "pk"))


def risk(viewer: Viewer, pk: int) -> Risk | None:
    return Risk.objects.visible(viewer).filter(pk=pk).first()


def outcome(viewer: Viewer, pk: int) -> Outcome | None:
    return Outcome.objects.visible(viewer).filter(pk=pk).first()


def children(viewer: Viewer, row: Project) -> list[Project]:
    """What bodies below carry out, with how far they are."""
    return list(listed(viewer).filter(parent=row).order_by("organisation__path")[:SHOWN])


def evaluations(row: Project) -> list[Evaluation]:
    return list(row.evaluations.order_by("-round"))


def asked(row: Evaluation) -> dict[str, int]:
    """How many were asked and have answered, of each kind; never who."""
    found: dict[str, int] = Invitation.objects.filter(evaluation=row).aggregate(
        askers=Count("pk", filter=Q(why="asker")), backers=Count("pk", filter=Q(why="backer")),
        sample=Count("pk", filter=Q(why="sample")), answered=Count("pk", filter=Q(answered=True)),
    )  # fmt: skip
    return found


def said(row: Evaluation, least: int) -> list[str]:
    """What was written, in no order that tells who; only when enough answered."""
    if row.state != EvaluationState.PUBLISHED or row.answered < least:
        return []
    rows = Judgement.objects.filter(evaluation=row, words__isnull=False).order_by("pk")
    return [str(opened(one.words, WORDS)) for one in rows[:SHOWN]]


def least(path: str) -> int:
    return int(rules.value("voice.evaluation_least", path, timezone.localdate()).value)


def lineage(row: Project) -> list[dict[str, Any]]:
    """Voices → candidate → project → milestones → evaluation → begun again: [{"title", "text", "on", "state"}]."""
    one = row.candidate
    found: list[dict[str, Any]] = []
    if one is not None:
        count = next((c for c in (one.selection.tally or {}).get("rows", ()) if c["number"] == one.number), None)
        placed = f"，评选第{count['place']}名" if count else ""
        found = [
            {"title": "职工意见", "text": f"{one.voices}条意见提出", "done": True},
            {"title": "候选", "text": f"“{one.selection.title}”{one.number}号{placed}", "done": True},
        ]
    elif row.parent_id is not None:
        found = [{"title": "上级项目", "text": row.parent.title if row.parent else "上级下达", "done": True}]
    steps = list(row.milestones.all())
    ready = sum(step.done_on is not None for step in steps)
    found += [
        {
            "title": "项目", "text": f"{row.starts_on:%Y-%m-%d}启动" if row.starts_on else "还没有启动",
            "done": bool(row.starts_on),
        },
        {
            "title": "节点", "text": f"{ready}/{len(steps)}已完成" if steps else "还没有节点",
            "done": bool(steps) and ready == len(steps),
        },
    ]  # fmt: skip
    return found + _judged(row)


def _judged(row: Project) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in row.evaluations.order_by("round"):
        over = each.state == EvaluationState.PUBLISHED
        words = (
            f"满意度{each.score}分"
            if each.score is not None
            else ("没有人评价" if over else f"{each.closes_on:%Y-%m-%d}截止")
        )
        found.append({"title": f"第{each.round}次评价", "text": words, "done": over, "bad": each.passed is False})
        if each.passed is False:
            words = f"由{row.escalated_to}督办" if row.escalated_to else "已整改"
            found.append({"title": "重新整改", "text": words, "done": row.state != ProjectState.REOPENED})
    return found


def owner_posts(viewer: Viewer, organisation: Organisation) -> QuerySet[Post]:
    """Posts of a body that may answer for a project."""
    rows = Post.objects.filter(organisation=organisation, path__gte=viewer.lo, path__lt=viewer.hi)
    return in_state(rows, "valid").select_related("account").order_by("department", "pk")


def post_of(viewer: Viewer, value: str) -> Post | None:
    """The post that was chosen in a form; the service checks whose it is."""
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        return None
    rows = Post.objects.filter(path__gte=viewer.lo, path__lt=viewer.hi).select_related("account", "organisation")
    return rows.filter(pk=int(value)).first()


def bodies_below(viewer: Viewer, row: Project, text: str = "") -> QuerySet[Organisation]:
    """Bodies below that do not carry it out yet."""
    taken = Project.objects.filter(parent=row).exclude(state=ProjectState.STOPPED).values("organisation_id")
    found = Organisation.objects.visible(viewer).filter(
        path__gt=row.path, path__lt=row.path + "~", ended_on__isnull=True, state="active"
    )  # fmt: skip
    found = found.exclude(kind__in=("branch", "group")).exclude(pk__in=taken)
    return (found.filter(name__contains=text) if text else found).order_by("path")


# -- what waits -----------------------------------------------------------------------------------------------------


def waiting(viewer: Viewer, today: date, soon: int) -> QuerySet[Project]:
    """Own projects that are late, near, or done and not judged."""
    near = today + (date.resolution * soon)
    rows = projects(viewer).filter(organisation_id=viewer.organisation_id or 0)
    rows = rows.filter(Q(state__in=LIVE, due_on__lte=near) | Q(state=ProjectState.DONE))
    return rows.exclude(state=ProjectState.DONE, evaluations__state=EvaluationState.OPEN).order_by("due_on", "pk")


def waiting_steps(viewer: Viewer, today: date, soon: int) -> QuerySet[Milestone]:
    rows = Milestone.objects.visible(viewer).filter(
        project__organisation_id=viewer.organisation_id or 0, project__state__in=WORKING, done_on__isnull=True,
        due_on__lte=today + date.resolution * soon,
    )  # fmt: skip
    return rows.select_related("project").order_by("due_on", "pk")


def supervised(viewer: Viewer) -> QuerySet[Project]:
    """Reopened projects of the bodies directly below: what a low score brought up."""
    mine = Q(organisation__parent_id=viewer.organisation_id)
    return projects(viewer).filter(mine, state=ProjectState.REOPENED).order_by("due_on", "pk")


def selecting(viewer: Viewer, today: date) -> QuerySet[Selection]:
    """Own selections that wait for a decision or whose weighing is over."""
    rows = Selection.objects.visible(viewer).filter(organisation_id=viewer.organisation_id or 0)
    return rows.filter(
        Q(state=SelectionState.DECIDING) | Q(state=SelectionState.WEIGHING, closes_on__lt=today)
    ).order_by("closes_on", "pk")  # fmt: skip


def invitations(viewer: Viewer) -> list[Invitation]:
    """Evaluations that a member was invited to: those to answer first."""
    if viewer.person_id is None:
        return []
    rows = Invitation.objects.filter(person_id=viewer.person_id).select_related("evaluation__project")
    return list(rows.order_by("answered", "-evaluation__closes_on")[:30])


def invitation(viewer: Viewer, evaluation_id: int) -> Invitation | None:
    if viewer.person_id is None:
        return None
    rows = Invitation.objects.filter(person_id=viewer.person_id, evaluation_id=evaluation_id)
    return rows.select_related("evaluation__project").first()


def invitation_of_voice(voice: Any) -> Invitation | None:
    """The open invitation of an author without a name, for who has shown the code of their voice."""
    with widened():
        rows = Invitation.objects.filter(voice_id=voice.pk, evaluation__state=EvaluationState.OPEN)
        return rows.select_related("evaluation__project").first()
