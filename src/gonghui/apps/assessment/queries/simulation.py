"""How the unions of a place would fare by a standard: before it is published, on what the records say today."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .. import rules
from ..models import ItemSheet
from . import sheets
from .standards import applies, facts_of


@dataclass(frozen=True, slots=True)
class Trial:
    """One union by the standard: papers as they were last checked, or at the assumed share."""

    organisation: Organisation
    score: rules.Score
    known: bool
    """Papers were judged in an earlier assessment, not assumed."""
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    trials: list[Trial]
    reached: list[tuple[str, int]]
    """Grade → how many unions, from the highest on."""
    left_out: int

    @property
    def mean(self) -> int:
        return sum(one.score.total for one in self.trials) // len(self.trials) if self.trials else 0


SUBJECTS = {
    "union": ["grassroots_union", "joint_union", "industry_union"],
    "federation": ["federation"],
    "any": ["grassroots_union", "joint_union", "industry_union", "federation"],
}


def unions(viewer: Viewer, standard: rules.Standard) -> list[Organisation]:
    """Living bodies of the kind that a standard is about, in the viewer's range."""
    rows = Organisation.objects.visible(viewer).filter(state="active", kind__in=SUBJECTS[standard.subject])
    if standard.subject == "union":
        rows = rows.filter(level="unit")
    return list(rows.order_by("path"))


def assumed_answers(standard: rules.Standard, percent: int) -> dict[str, rules.Answer]:
    """Papers as if every union had `percent` of their points; done where at least half is assumed."""
    found = {}
    for item in standard.items():
        if item.automatic:
            continue
        if item.kind == "evidence":
            value = item.points * percent // 100
        elif item.kind == "yes_no":
            value = int(percent >= 50)
        else:
            wanted = item.points * percent // 100
            fit = [band.least for band in item.bands if band.points <= wanted]
            value = max(fit, default=0)
        found[item.key] = rules.Answer(value)
    return found


def simulate(viewer: Viewer, standard: rules.Standard, on: date, percent: int) -> Outcome:
    """Score every union of the viewer's range that the standard is meant for."""
    bodies = unions(viewer, standard)
    known = facts_of([one.pk for one in bodies], on, [standard])
    assumed = assumed_answers(standard, percent)
    judged = _judged(viewer)
    trials: list[Trial] = []
    for body in bodies:
        said = known.get(body.pk, {})
        if not applies(standard, said):
            continue
        earlier = judged.get(body.pk, {})
        found = rules.score(standard, said, assumed | {k: v for k, v in earlier.items() if k in assumed})
        trials.append(Trial(body, found, bool(earlier), rules.explain(standard, found)))
    trials.sort(key=lambda one: (one.score.rank, -one.score.total, one.organisation.path))
    count = Counter(one.score.grade for one in trials)
    titles = [grade.title for grade in standard.grades] + [standard.veto_title]
    reached = [(title, count[title]) for title in titles if count[title] or title != standard.veto_title]
    return Outcome(trials, reached, len(bodies) - len(trials))


def _judged(viewer: Viewer) -> dict[int, dict[str, rules.Answer]]:
    """What reviewers gave unions for their papers the last time, by item."""
    rows = ItemSheet.objects.visible(viewer).filter(application__state="approved").order_by("pk")
    return {row.organisation_id: sheets.answers(row) for row in rows}
