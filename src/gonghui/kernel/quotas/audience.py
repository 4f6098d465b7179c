"""For whom an offer is: the fields of a member that a condition may ask for, and the members it finds."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from typing import Any, Final

from django.db.models import Case, Q, QuerySet, Value, When

from ..conditions import Field, column, compile_condition, filled, full_years, said, words
from ..org.choices import OrganisationKind
from ..org.models import PublicOrganisation
from ..org.rules import subtree
from ..people.choices import NewFormOccupation, Sex, SkillLevel, WorkerKind
from ..people.models import Membership
from ..refusal import Refusal
from ..scope import widened

# No field asks for politics, health, opinions or cases: nobody is chosen or left out by them.


def _under(operator: str, value: Any, on: date) -> Q:
    found = Q(pk__in=[])
    for path in PublicOrganisation.objects.filter(pk__in=value).values_list("path", flat=True):
        lo, hi = subtree(path)
        found |= Q(path__gte=lo, path__lt=hi)
    return found


FIELDS: Final[dict[str, Field]] = {
    "union": Field("所属工会", "organisation", _under),
    "union_kind": Field(
        "工会类别", "choice", column("organisation__kind"), tuple((str(k), v) for k, v in OrganisationKind.choices)
    ),
    "sex": Field("性别", "choice", column("person__sex"), ((Sex.MALE, "男"), (Sex.FEMALE, "女"))),
    "age": Field("年龄", "number", full_years("person__birth"), unit="周岁"),
    "worker_kind": Field("用工类别", "choice", column("worker_kind"), tuple(WorkerKind.choices)),
    "is_new_form": Field("新就业形态劳动者", "yes_no", filled("new_form")),
    "new_form": Field("新就业形态职业", "choice", column("new_form"), tuple(NewFormOccupation.choices)),
    "occupation": Field("职业工种", "text", words("occupation")),
    "skill_level": Field("技能等级", "choice", column("person__skill_level"), tuple(SkillLevel.choices)),
    "member_years": Field("会龄", "number", full_years("joined_on"), unit="年"),
    "status": Field("会籍状态", "choice", column("status"), (("active", "在籍"), ("retained", "保留会籍"))),
}


def members(condition: Any, on: date, within: str) -> QuerySet[Membership]:
    """Open memberships below a path for which a condition holds; to be asked `widened` for a person elsewhere."""
    lo, hi = subtree(within)
    rows = Membership.objects.filter(valid_to__isnull=True, path__gte=lo, path__lt=hi)
    if not _asks_status(condition):
        rows = rows.filter(status="active")
    return rows.filter(compile_condition(condition, FIELDS, on))


def _asks_status(condition: Any) -> bool:
    if not isinstance(condition, dict):
        return False
    if condition.get("field") == "status":
        return True
    return any(_asks_status(part) for word in ("all", "any") for part in condition.get(word, []))


def count(condition: Any, on: date, within: str) -> int:
    """How many members a condition reaches now: the live figure beside the editor."""
    return members(condition, on, within).count()


def holds(condition: Any, person_id: int, on: date, within: str) -> bool:
    """Whether a condition holds for one person, asked of the database like the list: there is one evaluator."""
    with widened():
        return members(condition, on, within).filter(person_id=person_id).exists()


def held(offers: Iterable[Any], membership_id: int, on: date) -> set[int]:
    """Numbers of those offers above a member's union whose audience holds for the membership: all in one statement.

    To be asked `widened`; a condition that no longer compiles holds for nobody.
    """
    asked: dict[str, Any] = {}
    for offer in offers:
        usual = Q() if _asks_status(offer.audience) else Q(status="active")
        with suppress(Refusal):
            asked[f"fits_{offer.pk}"] = Case(
                When(usual & compile_condition(offer.audience, FIELDS, on), then=Value(True)), default=Value(False)
            )
    row = Membership.objects.filter(pk=membership_id).values(**asked).first() if asked else None
    return {int(name.removeprefix("fits_")) for name, value in (row or {}).items() if value}


def in_words(condition: Any) -> str:
    """A condition in Chinese, with the names of organisations."""

    def name_of(pk: int) -> str:
        row = PublicOrganisation.objects.filter(pk=pk).first()
        return row.name if row else "已不存在的组织"

    return said(condition, FIELDS, name_of)
