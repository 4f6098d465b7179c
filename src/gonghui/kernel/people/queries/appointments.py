"""Reading offices: who leads a union, today or on a past day, and what is odd about its committee."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone

from ...org.choices import OrganisationKind
from ...org.models import Organisation, Tally
from ...org.rules import committee_warnings as size_warnings
from ...org.rules import may_have_full_time_chair, term_warnings
from ...refusal import RuleWarning
from ...viewer import Viewer
from ..choices import Office
from ..models import Appointment, Person

_RANK = Case(
    *[When(office=office.value, then=Value(rank)) for rank, office in enumerate(Office)],
    default=Value(99),
    output_field=IntegerField(),
)
WOMEN_COMMITTEE_FROM = 10
WOMEN_RULE = "中华人民共和国工会法（2021年修正）第十一条"
AUDIT_RULE = "中国工会章程（2023年修正）第十三条"


def officers(viewer: Viewer, organisation: Organisation, on: date | None = None) -> QuerySet[Appointment]:
    """Who holds office in one organisation, chair first, with persons."""
    rows: QuerySet[Appointment] = Appointment.objects.visible(viewer).filter(organisation_id=organisation.pk)
    if on is None:
        rows = rows.filter(valid_to__isnull=True)
    else:
        rows = rows.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
    return rows.select_related("person").annotate(rank=_RANK).order_by("rank", "person__name_key", "pk")


def offices_of(viewer: Viewer, person: Person) -> QuerySet[Appointment]:
    """Offices of one person that the viewer may see, the present ones first."""
    rows = Appointment.objects.filter(person_id=person.pk)
    if viewer.person_id != person.pk:
        rows = rows.filter(path__gte=viewer.lo, path__lt=viewer.hi)
    return rows.select_related("organisation").order_by("valid_to", "-valid_from")


def committee_warnings(viewer: Viewer, organisation: Organisation, on: date | None = None) -> list[RuleWarning]:
    """Size, term, chair, women's and audit committee against the law; warnings, never refusals."""
    day = on or timezone.localdate()
    tally = Tally.objects.visible(viewer).filter(organisation_id=organisation.pk).first()
    if tally is None:
        return []
    rows = list(officers(viewer, organisation))
    kind = OrganisationKind(organisation.kind)
    seats = len({row.person_id for row in rows if Office(row.office).on_committee})
    warnings = size_warnings(kind=kind, members=tally.active, seats=seats)
    warnings += term_warnings(kind=kind, term_from=organisation.term_from, term_to=organisation.term_to, on=day)
    held = {row.office for row in rows}
    if kind in (OrganisationKind.GRASSROOTS_UNION, OrganisationKind.JOINT_UNION):
        if seats and Office.CHAIR not in held:
            warnings.append(RuleWarning("GH-PER-W71", "没有在任的工会主席"))
        if tally.women >= WOMEN_COMMITTEE_FROM and Office.WOMEN_DIRECTOR not in held:
            message = f"女会员{tally.women}人，应建立女职工委员会，还没有登记主任"
            warnings.append(RuleWarning("GH-PER-W72", message, WOMEN_RULE))
        if seats > 1 and not held & {Office.AUDIT_DIRECTOR, Office.AUDIT_MEMBER}:
            warnings.append(RuleWarning("GH-PER-W73", "没有登记经费审查委员会委员", AUDIT_RULE))
    chair = next((row for row in rows if row.office == Office.CHAIR), None)
    if chair and chair.full_time and organisation.headcount and not may_have_full_time_chair(organisation.headcount):
        warnings.append(RuleWarning("GH-PER-W74", f"职工{organisation.headcount}人，不足200人，主席登记为专职，核对"))
    return warnings
