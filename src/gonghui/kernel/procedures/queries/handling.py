"""What the desk reads of an application: the form as filled in, what spoke, what was decided, who could do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from ...access.models import Post
from ...access.rules import permissions_of
from ...org.models import PublicOrganisation
from ...people.models import Person
from ...rules.models import Rule
from ...rules.rules import definitions as rule_definitions
from ...viewer import Viewer
from .. import registry
from ..choices import ClockState, DefinitionState
from ..models import Application, Clock, Decision, Delegation, Evidence, Interest, Procedure, Step, Submission
from ..rules.definition import Definition, FormField
from ..rules.forms import holds, in_expressions, in_words, masked
from ..rules.wording import in_chinese
from . import applications as base
from .environment import values_of

HIDDEN_WHEN_BLIND = ("person", "organisation", "identity", "phone", "bank")
REVIEWERS_SHOWN = 200


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of organisations wherever they stand: names and places of unions are public."""
    wanted = {one for one in ids if one is not None}
    return dict(PublicOrganisation.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def name_unions(rows: Iterable[Any]) -> None:
    """Set `union` on steps, applications or clocks of a page: the name of the organisation that they are about."""
    rows = list(rows)
    about = [getattr(row, "application", row).organisation_id for row in rows]
    names = names_of(about)
    for row, pk in zip(rows, about, strict=True):
        row.union = names.get(pk, "")


def listed(viewer: Viewer) -> QuerySet[Application]:
    """Applications of the range for the desk's list; names of unions are read apart."""
    return base.applications(viewer).exclude(state="draft").select_related(None).select_related("procedure")


def application(viewer: Viewer, pk: int) -> Application | None:
    return listed(viewer).filter(pk=pk).first()


def titles(viewer: Viewer) -> list[tuple[str, str]]:
    """Procedures by key for a filter, each once."""
    rows = (
        Procedure.objects.exclude(state=DefinitionState.DRAFT).order_by("key", "-version").values_list("key", "title")
    )
    found: dict[str, str] = {}
    for key, title in rows:
        found.setdefault(key, title)
    return sorted(found.items(), key=lambda one: one[1])


def counties(viewer: Viewer) -> list[tuple[str, str]]:
    """County federations of the range as (path, name)."""
    rows = PublicOrganisation.objects.filter(
        path__gte=viewer.lo, path__lt=viewer.hi, kind="federation", level="county", state="active"
    )
    return list(rows.order_by("region_code", "pk").values_list("path", "name")[:300])


# -- the sheet ----------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Answer:
    """One question with its answer in words; a sealed one is masked until it is revealed."""

    key: str
    title: str
    kind: str
    words: str = ""
    sealed: bool = False
    note: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    files: list[Evidence] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    title: str
    answers: list[Answer]

    @property
    def plain(self) -> list[Answer]:
        """Answers that fit on a line: neither tables nor files."""
        return [one for one in self.answers if not one.columns and not one.files]


def sheet(row: Application, definition: Definition, *, clear: bool = False, blind: bool = False) -> list[Part]:
    """The form as it was filled in. `clear`: the encrypted answers were revealed to the reader, for a reason."""
    files: dict[str, list[Evidence]] = {}
    for one in base.evidence(row):
        files.setdefault(one.field, []).append(one)
    values = values_of(row)
    names = in_expressions(definition, values)
    looked_up = _names(definition, values)
    missing = {key: item for item in _asked_for(row) if (key := item.get("field"))}
    parts = []
    for section in definition.form.sections:
        if (
            section.when
            and row.document
            and not holds(section.when, names)
            and not any(one.key in values for one in section.fields)
        ):
            continue
        answers = [
            _answer(one, values, files.get(one.key, []), looked_up, clear)
            for one in section.fields
            if not (blind and _tells_who(one))
            and (one.key in values or files.get(one.key) or (not one.when and one.asked))
        ]
        for answer in answers:
            answer.note = str(missing.get(answer.key, {}).get("note", ""))
        if answers:
            parts.append(Part(section.title, answers))
    return parts


def _asked_for(row: Application) -> list[dict[str, str]]:
    """What the applicant was asked to mend: the waiting step says it."""
    steps = Step.objects.filter(application=row, state__in=["open", "paused"]).values_list("data", flat=True)
    return [item for data in steps for item in (data.get("missing") or data.get("corrected") or [])]


def _tells_who(one: FormField) -> bool:
    """Questions that name the applicant: hidden from those who score without knowing whom."""
    return one.kind in HIDDEN_WHEN_BLIND or one.fill.startswith(
        ("person_name", "person_id", "person_phone", "org_name")
    )


def _names(definition: Definition, values: Mapping[str, Any]) -> dict[tuple[str, int], str]:
    """(kind, id) → name of what the form points at; persons only where the reader's own range shows them."""
    wanted: dict[str, set[int]] = {"person": set(), "organisation": set()}
    for one in definition.form.walk():
        cells = [(one, values.get(one.key))]
        if one.kind == "table":
            cells = [(column, line.get(column.key)) for line in values.get(one.key) or [] for column in one.columns]
        for slot, value in cells:
            if slot.kind in wanted and isinstance(value, int):
                wanted[slot.kind].add(value)
    found = {("organisation", pk): name for pk, name in names_of(wanted["organisation"]).items()}
    if wanted["person"]:
        found |= {
            ("person", pk): name
            for pk, name in Person.objects.filter(pk__in=wanted["person"]).values_list("pk", "name")
        }
    return found


def _words(one: FormField, value: Any, looked_up: Mapping[tuple[str, int], str]) -> str:
    if one.kind in ("person", "organisation") and isinstance(value, int):
        return looked_up.get((one.kind, value), "不在当前岗位的范围内")
    return in_words(one, value)


Names = Mapping[tuple[str, int], str]


def _answer(one: FormField, values: Mapping[str, Any], files: list[Evidence], looked_up: Names, clear: bool) -> Answer:
    value = values.get(one.key)
    made = Answer(one.key, one.title, one.kind, files=files)
    if one.is_sealed and not clear and value not in (None, "", []):
        made.sealed, made.words = True, masked(one, value)
    elif one.kind == "table":
        made.columns = [column.title for column in one.columns]
        made.rows = [
            [
                masked(column, line.get(column.key))
                if column.is_sealed and not clear
                else _words(column, line.get(column.key), looked_up)
                for column in one.columns
            ]
            for line in value or []
        ]
    elif one.kind != "files":
        made.words = _words(one, value, looked_up)
    return made


# -- what spoke ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spoke:
    """A rule that a decision used: its value in words, where it comes from, and in which version."""

    title: str
    words: str
    source: str
    place: str
    version: int
    valid_from: date | None
    formula: str = ""


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of the records by their titles, the known ones."""
    known = registry.facts()
    rows = []
    for key, value in facts.items():
        one = known.get(key)
        if one is None or value in (None, "", []):
            continue
        slot = FormField(key="x", title="x", kind=one.kind if one.kind != "rows" else "number")
        words = one.words(str(value)) if one.words else in_words(slot, value)
        rows.append((one.title.partition("（")[0] if one.words else one.title, words))
    return rows


def rules_in_words(references: Iterable[Mapping[str, Any]], definition: Definition) -> list[Spoke]:
    """The rules that a submission or a decision keeps, readable."""
    references = list(references)
    known = rule_definitions()
    stored = {row.pk: row for row in Rule.objects.filter(pk__in=[one["rule"] for one in references if one.get("rule")])}
    places = names_of(row.organisation_id for row in stored.values())
    rows = []
    for one in references:
        catalogue, local = known.get(one["key"]), stored.get(one.get("rule") or 0)
        formula = ""
        value = one.get("value")
        if catalogue is not None and catalogue.kind == "formula":
            formula, value = formula_in_words(str(value), definition), ""
        rows.append(
            Spoke(
                title=catalogue.title if catalogue else one["key"],
                words=_value_words(catalogue, value),
                source=(local.source if local else "") or (catalogue.basis if catalogue else ""),
                place=places.get(local.organisation_id, "") if local else "全国通用",
                version=int(one.get("version") or 0),
                valid_from=local.valid_from if local else None,
                formula=formula,
            )
        )
    return rows


def _value_words(catalogue: Any, value: Any) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if catalogue is not None and catalogue.kind == "money" and isinstance(value, int):
        return f"{value / 100:,.2f}元"
    if isinstance(value, int):
        return f"{value:,}{catalogue.unit if catalogue else ''}"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _titles(definition: Definition) -> dict[str, str]:
    """Names that expressions may use → what people call them."""
    known, rules = registry.facts(), rule_definitions()
    found = {key: one.title for key, one in known.items()}
    found |= {alias: rules[key].title for alias, key in definition.rules.items() if key in rules}
    return found | {one.key: one.title for one in definition.form.walk()}


def formula_in_words(text: str, definition: Definition) -> str:
    """A formula with the titles of the form's questions and of the answers they offer."""
    options = {one.key: {o.value: o.title for o in one.options} for one in definition.form.walk() if one.options}
    return in_chinese(text, _titles(definition), options)


def verdict_in_words(definition: Definition) -> str:
    """How the definition itself computes its finding; empty where a local rule does, which is listed as a rule."""
    text = definition.verdict
    return "" if not text or text.startswith("rule:") else formula_in_words(text, definition)


def submission(row: Application) -> Submission | None:
    return Submission.objects.filter(application=row).order_by("-number").first()


def decisions(row: Application) -> list[Decision]:
    """Every round with its effects, the first one first."""
    rows = list(Decision.objects.filter(application=row).prefetch_related("effects").order_by("round"))
    offices = names_of(one.organisation_id for one in rows)
    for one in rows:
        one.office = offices.get(one.organisation_id or 0, "")
    return rows


# -- who, and when ------------------------------------------------------------------------------------------


def colleagues(viewer: Viewer, organisation_id: int | None, on: date) -> list[tuple[int, str]]:
    """(account, name and post) of those at the same body who may handle an application, without oneself."""
    rows = (
        Post.objects.filter(
            organisation_id=organisation_id or 0,
            granted_by__isnull=False,
            valid_from__lte=on,
            account__is_active=True,
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .exclude(account_id=viewer.account_id)
        .select_related("account").order_by("account__name", "pk")
    )  # fmt: skip
    found: dict[int, str] = {}
    for post in rows:
        if "application.handle" in permissions_of(post.role):
            found.setdefault(post.account_id, f"{post.account.name}（{post.title or post.get_role_display()}）")
    return list(found.items())


def reviewers(viewer: Viewer, on: date) -> list[tuple[int, str]]:
    """Judges of the viewer's range, who may be invited to score."""
    rows = (
        Post.objects.filter(
            role="judge", path__gte=viewer.lo, path__lt=viewer.hi, granted_by__isnull=False, valid_from__lte=on,
            account__is_active=True,
        )
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on)).select_related("account", "organisation")
        .order_by("account__name", "pk")[:REVIEWERS_SHOWN]
    )  # fmt: skip
    found: dict[int, str] = {}
    for post in rows:
        found.setdefault(post.account_id, f"{post.account.name}（{post.organisation.name}）")
    return list(found.items())


def due_clocks(viewer: Viewer) -> QuerySet[Clock]:
    """Periods of the range that run or were breached while their step still waits, without the applicant's appeal."""
    rows = base.clocks(viewer).select_related(None).select_related("application__procedure", "step")
    over = Q(state=ClockState.BREACHED) & ~Q(step__state="open")
    return rows.exclude(over).order_by("due_on", "pk")


def due_by_day(viewer: Viewer, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Day → (how many periods end, how many of them are over)."""
    rows = (
        due_clocks(viewer).filter(due_on__gte=first, due_on__lte=last).order_by().values("due_on")
        .annotate(n=Count("pk"), late=Count("pk", filter=Q(state=ClockState.BREACHED)))
    )  # fmt: skip
    return {row["due_on"]: (row["n"], row["late"]) for row in rows}


def delegations(viewer: Viewer) -> list[Delegation]:
    """What the viewer handed on and what was handed to them, the latest first."""
    rows = Delegation.objects.filter(Q(account_id=viewer.account_id) | Q(to_account_id=viewer.account_id))
    return list(rows.order_by(F("ended_at").desc(nulls_first=True), "-valid_to", "-pk")[:40])


def interests(viewer: Viewer) -> list[Interest]:
    """What the viewer declared, what still holds first; a person or union elsewhere stays named by its kind alone."""
    rows = list(
        Interest.objects.filter(account_id=viewer.account_id or 0).order_by(
            F("ended_at").desc(nulls_first=True), "-pk"
        )[:60]
    )
    people = dict(
        Person.objects.filter(pk__in=[one.person_id for one in rows if one.person_id]).values_list("pk", "name")
    )
    unions = names_of(one.organisation_id for one in rows)
    for one in rows:
        one.about = people.get(one.person_id or 0) or unions.get(one.organisation_id or 0, "范围以外的人员")
    return rows
