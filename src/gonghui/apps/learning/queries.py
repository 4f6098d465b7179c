"""Reads of the bank, quizzes, standings and reading. What members read of others comes masked from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.models import Person
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.quotas.choices import DRAWN, DrawState, OfferState
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from .choices import State
from .models import Attempt, Chapter, CheckIn, Question, Quiz, QuizItem, ReadingPlan, Standing
from .rules import Streak, Tally, badge_days, ranking, score_of, shown_name, streak

ORDER = ("-total", "-days", "-full_days", "tries", "pk")


# -- the desk ----------------------------------------------------------------------------------------------------


def questions(viewer: Viewer) -> QuerySet[Question]:
    return Question.objects.visible(viewer).select_related("organisation")


def subjects(viewer: Viewer) -> list[str]:
    """Subjects of the bank in use."""
    rows = Question.objects.visible(viewer).filter(retired=False).order_by("subject")
    return list(rows.values_list("subject", flat=True).distinct()[:200])


def quizzes(viewer: Viewer) -> QuerySet[Quiz]:
    return Quiz.objects.visible(viewer).select_related("organisation")


def taking_part(viewer: Viewer, rows: Sequence[Quiz]) -> dict[int, int]:
    """Quiz → how many members of the viewer's range took part."""
    found = Standing.objects.visible(viewer).filter(quiz__in=[row.pk for row in rows])
    return dict(found.order_by().values_list("quiz_id").annotate(n=Count("pk")))


def standings(viewer: Viewer, quiz: Quiz) -> QuerySet[Standing]:
    """Members of the viewer's range, the best first."""
    rows = Standing.objects.visible(viewer).filter(quiz=quiz)
    return rows.select_related("person", "organisation").order_by(*ORDER)


def summed(viewer: Viewer, quiz: Quiz) -> dict[str, Any]:
    """Members, papers and those over the line, in the viewer's range."""
    rows = Standing.objects.visible(viewer).filter(quiz=quiz)
    found = rows.aggregate(
        people=Count("pk"),
        papers=Sum("tries"),
        passed=Count("pk", filter=Q(best__gte=quiz.pass_line)),
        top=Max("total"),
    )
    return {**found, "papers": found["papers"] or 0}


def eligible_for_prize(viewer: Viewer, quiz: Quiz) -> list[int]:
    """Ids of the persons in the viewer's range whose best paper reached the pass line, in a fixed order.

    What a draw of prizes begins with: `learning.view` and the range decide who is listed.
    """
    rows = Standing.objects.visible(viewer).filter(quiz=quiz, best__gte=quiz.pass_line)
    return list(rows.order_by("person_id").values_list("person_id", flat=True))


def prize_draws(viewer: Viewer) -> list[Offer]:
    """Draws of the viewer's range that still collect: into which those who passed may be entered."""
    rows = Offer.objects.visible(viewer).filter(state=OfferState.PUBLISHED, allocation__in=DRAWN)
    return list(rows.filter(draw__state=DrawState.COLLECTING).order_by("closes_at", "pk")[:50])


def unions(viewer: Viewer, quiz: Quiz, limit: int = 50) -> list[dict[str, Any]]:
    """Unions of the viewer's range by what their participants reached on average, with the shares that took part."""
    return _unions(Standing.objects.visible(viewer).filter(quiz=quiz), limit)


def _unions(rows: QuerySet[Standing], limit: int) -> list[dict[str, Any]]:
    summed = (
        rows.order_by()
        .values("organisation_id")
        .annotate(
            people=Count("pk"), score=Sum("total"), high=Sum("full_days"), tries=Sum("tries"), day_count=Sum("days")
        )
    )
    found: list[dict[str, Any]] = [dict(row) for row in summed]
    of = {one.pk: one for one in PublicOrganisation.objects.filter(pk__in=[row["organisation_id"] for row in found])}
    tallies, kept = [], {}
    for row in found:
        body = of.get(row["organisation_id"])
        if body is None:
            continue
        members = max(body.active or 0, row["people"])
        row |= {"name": body.name, "members": members, "rate": row["people"] * 100 / members}
        row["average"] = (row["score"] / row["people"]).quantize(Decimal("0.1"))
        kept[body.pk] = row
        tallies.append(
            Tally(
                body.pk,
                row["average"],
                Fraction(row["people"], members),
                row["high"],
                Fraction(row["tries"], row["day_count"]),
            )
        )
    return [{"rank": one.rank, **kept[one.tally.key]} for one in ranking(tallies)[:limit]]


def items(viewer: Viewer, quiz: Quiz) -> list[QuizItem]:
    """The questions as they were frozen."""
    return list(QuizItem.objects.visible(viewer).filter(quiz=quiz).order_by("number"))


def plans(viewer: Viewer) -> QuerySet[ReadingPlan]:
    return ReadingPlan.objects.visible(viewer).select_related("organisation")


def readers(viewer: Viewer, rows: Sequence[ReadingPlan]) -> dict[int, tuple[int, int]]:
    """Plan → (members, check-ins) in the viewer's range."""
    found = CheckIn.objects.visible(viewer).filter(plan__in=[row.pk for row in rows]).order_by()
    counted = found.values_list("plan_id").annotate(people=Count("person_id", distinct=True), n=Count("pk"))
    return {plan: (people, n) for plan, people, n in counted}


def check_ins(viewer: Viewer, plan: ReadingPlan) -> QuerySet[CheckIn]:
    rows = CheckIn.objects.visible(viewer).filter(plan=plan)
    return rows.select_related("person", "organisation").order_by("-on", "-pk")


# -- the phone ---------------------------------------------------------------------------------------------------


def _self(viewer: Viewer) -> int:
    """The viewer's own person; nobody's where there is none."""
    return viewer.person_id or 0


def _meant_for(path: str) -> list[str]:
    """Whose quizzes a member of a union takes: its own and those of every body above."""
    return [*ancestors(path), path]


def own_quizzes(viewer: Viewer) -> list[Quiz]:
    """Published quizzes meant for the member, what runs first; those that ended stay to be looked at."""
    mine = own_membership(viewer)
    if mine is None:
        return []
    with widened():
        rows = Quiz.objects.filter(path__in=_meant_for(mine.path), state=State.OPEN).select_related("organisation")
        return list(rows.order_by("-closes_on", "-pk")[:30])


def own_quiz(viewer: Viewer, pk: int) -> Quiz | None:
    """One published quiz that is meant for the member."""
    mine = own_membership(viewer)
    if mine is None:
        return None
    with widened():
        rows = Quiz.objects.filter(pk=pk, path__in=_meant_for(mine.path)).exclude(state=State.DRAFT)
        return rows.select_related("organisation").first()


def untried_today(viewer: Viewer) -> list[Quiz]:
    """Quizzes that run today and of which the member has no paper today."""
    mine, today = own_membership(viewer), timezone.localdate()
    if mine is None:
        return []
    with widened():
        tried = Attempt.objects.filter(person_id=_self(viewer), day=today).values("quiz_id")
        rows = Quiz.objects.filter(path__in=_meant_for(mine.path), state=State.OPEN)
        rows = rows.filter(opens_on__lte=today, closes_on__gte=today).exclude(pk__in=tried)
        return list(rows.order_by("-closes_on", "-pk")[:30])


def tried_on(viewer: Viewer, day: date) -> set[int]:
    """Ids of the quizzes of which the member has a paper of a day."""
    return set(Attempt.objects.filter(person_id=_self(viewer), day=day).values_list("quiz_id", flat=True))


def own_attempts(viewer: Viewer, quiz: Quiz) -> QuerySet[Attempt]:
    return Attempt.objects.filter(quiz=quiz, person_id=_self(viewer)).order_by("-begun_at")


def own_attempt(viewer: Viewer, pk: int) -> Attempt | None:
    if viewer.person_id is None:
        return None
    return Attempt.objects.filter(pk=pk, person_id=_self(viewer)).first()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the member sees it; right answer, explanation and points only once it is handed in."""

    kind: str
    text: str
    options: list[str]
    given: int
    right: int = 0
    explanation: str = ""
    score: Decimal = Decimal(0)

    @property
    def full(self) -> bool:
        return self.given == self.right


def asked(viewer: Viewer, attempt: Attempt, position: int) -> Asked:
    """One question of an open paper, without its answer."""
    with widened():
        row = QuizItem.objects.only("kind", "text", "options").get(
            quiz_id=attempt.quiz_id, number=attempt.paper[position]
        )
    return Asked(row.kind, row.text, row.options, attempt.answers[position])


def marked(viewer: Viewer, attempt: Attempt, points: int) -> list[Asked]:
    """Every question with its answer; empty until the paper is handed in."""
    if attempt.handed_at is None:
        return []
    with widened():
        known = {one.number: one for one in QuizItem.objects.filter(quiz_id=attempt.quiz_id, number__in=attempt.paper)}
    return [
        Asked(
            one.kind,
            one.text,
            one.options,
            given,
            one.answer,
            one.explanation,
            score_of(one.kind, one.answer, given, points),
        )
        for one, given in ((known[number], given) for number, given in zip(attempt.paper, attempt.answers, strict=True))
    ]


def own_standing(viewer: Viewer, quiz: Quiz) -> tuple[int, Standing] | None:
    """(place, standing) of the member among all who take part."""
    mine = Standing.objects.filter(quiz=quiz, person_id=_self(viewer)).first()
    if mine is None:
        return None
    better = (
        Q(total__gt=mine.total)
        | Q(total=mine.total, days__gt=mine.days)
        | Q(total=mine.total, days=mine.days, full_days__gt=mine.full_days)
        | Q(total=mine.total, days=mine.days, full_days=mine.full_days, tries__lt=mine.tries)
    )
    with widened():
        return Standing.objects.filter(better, quiz=quiz).count() + 1, mine


def places(viewer: Viewer, quiz: Quiz, limit: int) -> list[dict[str, Any]]:
    """The first places of everybody who takes part, with masked names."""
    with widened():
        name = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
        rows = list(Standing.objects.filter(quiz=quiz).order_by(*ORDER).annotate(called=Subquery(name))[:limit])
    tallies = [
        Tally(row.pk, row.total, Fraction(row.days), row.full_days, Fraction(row.tries, row.days)) for row in rows
    ]
    of = {row.pk: row for row in rows}
    return [
        {
            "rank": one.rank,
            "name": shown_name(of[one.tally.key].called or ""),
            "total": one.tally.score,
            "days": of[one.tally.key].days,
            "own": of[one.tally.key].person_id == viewer.person_id,
        }
        for one in ranking(tallies)
    ]


def union_places(viewer: Viewer, quiz: Quiz, limit: int) -> list[dict[str, Any]]:
    """Unions of everybody who takes part: their names are public."""
    with widened():
        return _unions(Standing.objects.filter(quiz=quiz), limit)


def own_plans(viewer: Viewer) -> list[ReadingPlan]:
    """Reading plans meant for the member, those that run first."""
    mine = own_membership(viewer)
    if mine is None:
        return []
    with widened():
        rows = ReadingPlan.objects.filter(path__in=_meant_for(mine.path), state=State.OPEN)
        return list(rows.select_related("organisation").order_by("-closes_on", "-pk")[:30])


def own_plan(viewer: Viewer, pk: int) -> ReadingPlan | None:
    return next((one for one in own_plans(viewer) if one.pk == pk), None)


def chapters(viewer: Viewer, plan: ReadingPlan) -> list[Chapter]:
    """Numbers and titles of a plan that the viewer may read, without the texts."""
    with widened():
        return list(Chapter.objects.filter(plan=plan).defer("text").order_by("number"))


def chapter(viewer: Viewer, plan: ReadingPlan, number: int) -> Chapter | None:
    with widened():
        return Chapter.objects.filter(plan=plan, number=number).first()


def own_days(viewer: Viewer, plan: ReadingPlan) -> dict[date, CheckIn]:
    """The member's check-ins of a plan by day, the newest first."""
    rows = CheckIn.objects.filter(plan=plan, person_id=_self(viewer)).order_by("-on")
    return {row.on: row for row in rows}


def own_streaks(viewer: Viewer, rows: Sequence[ReadingPlan], today: date) -> dict[int, tuple[Streak, bool]]:
    """Plan → (streak, checked in today), of the member, in one statement."""
    days: dict[int, list[date]] = {row.pk: [] for row in rows}
    found = CheckIn.objects.filter(plan__in=list(days), person_id=_self(viewer))
    for plan, on in found.values_list("plan_id", "on"):
        days[plan].append(on)
    return {plan: (streak(own, today), today in own) for plan, own in days.items()}


def shared(viewer: Viewer, plan: ReadingPlan, limit: int = 20) -> list[dict[str, Any]]:
    """What members chose to share, with masked names."""
    with widened():
        rows = CheckIn.objects.filter(plan=plan, shared=True).exclude(person_id=_self(viewer))
        name = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
        found = rows.order_by("-pk").annotate(called=Subquery(name))[:limit]
        return [{"name": shown_name(one.called or ""), "on": one.on, "text": one.reflection} for one in found]


def badges(path: str, on: date) -> list[int]:
    """Days in a row that bring a badge at a place."""
    return badge_days(str(rule_queries.value("learning.badge_days", path, on).value))


def ranking_shown(path: str, on: date) -> int:
    return int(rule_queries.value("learning.ranking_shown", path, on).value)


# -- jobs --------------------------------------------------------------------------------------------------------


def run_out(viewer: Viewer, now: datetime, limit: int = 500) -> list[int]:
    """Papers whose time is over and that nobody handed in."""
    rows = Attempt.objects.visible(viewer).filter(handed_at__isnull=True, closes_at__lt=now)
    return list(rows.order_by("closes_at").values_list("pk", flat=True)[:limit])


def active_on(viewer: Viewer, day: date) -> dict[int, set[int]]:
    """Organisation → persons who answered or read on a day."""
    found: dict[int, set[int]] = {}
    pairs = [
        *Attempt.objects.visible(viewer).filter(day=day).values_list("organisation_id", "person_id").distinct(),
        *CheckIn.objects.visible(viewer).filter(on=day).values_list("organisation_id", "person_id").distinct(),
    ]
    for organisation, person in pairs:
        found.setdefault(organisation, set()).add(person)
    return found
