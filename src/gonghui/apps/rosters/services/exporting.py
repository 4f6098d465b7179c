"""Lists that leave the platform to be edited and come back, templates, and the rows that were turned down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from django.db.models import QuerySet

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Appointment, Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..checking import ERROR, Problem
from ..choices import Kind
from ..columns import roster_kind
from ..models import RosterImport, RosterProblem
from ..reading.roster import open_roster
from ..values import CODE_LISTS
from ..workbooks import ExportColumn, ExportRow, Rejected, error_workbook, export, template
from .staging import header_of, source_path

MOST_ROWS = 1_048_575
_MEMBER = (
    "name", "id_number", "phone", "sex", "birth", "ethnicity", "education", "politics", "skill_level", "organisation",
    "status", "joined_on", "worker_kind", "new_form", "occupation", "platforms", "employer_name", "department",
    "staff_no", "card_no",
)  # fmt: skip
_ORGANISATION = (
    "name", "short_name", "code", "uscc", "parent", "kind", "level", "union_kind", "unit_kind", "industry", "region",
    "address", "office_phone", "headcount", "founded_on", "term_from", "term_to", "committee_size",
)  # fmt: skip
_OFFICER = (
    "name", "id_number", "phone", "organisation", "office", "title", "tenure", "party_office", "valid_from",
    "valid_to", "start_reason",
)  # fmt: skip
_COLUMNS = {Kind.MEMBERS: _MEMBER, Kind.ORGANISATIONS: _ORGANISATION, Kind.OFFICERS: _OFFICER}
_NUMBERS = ("headcount", "committee_size")
_OF_PERSON = frozenset(("name", "sex", "birth", "ethnicity", "education", "politics", "skill_level"))


def export_list(viewer: Viewer, *, kind: str, organisation: Organisation, target: IO[bytes] | Path) -> int:
    """Write a list of everything at or below an organisation that can be edited and fed back.

    Identity and phone numbers are masked; masked cells are left alone when the list comes back.

    :raises Refusal: GH-IMP-541 no permission or another's place, 542 more rows than a sheet holds.
    """
    if not viewer.may("roster.export") or not viewer.reaches(organisation.path):
        raise Refusal("GH-IMP-541", f"当前岗位不能导出“{organisation.name}”的名册", None, "换到管理它的岗位再导出")
    wanted = Kind(kind)
    source = _source(viewer, wanted, organisation)
    total = source.count()
    if total > MOST_ROWS:
        raise Refusal("GH-IMP-542", f"一个工作表最多{MOST_ROWS:,}行，现在有{total:,}行", None, "按下级组织分几次导出")
    fields = roster_kind(wanted).fields
    columns = [
        ExportColumn(name, fields[name].label, fields[name].width, name not in _NUMBERS) for name in _COLUMNS[wanted]
    ]
    rows = {Kind.MEMBERS: _member_rows, Kind.ORGANISATIONS: _organisation_rows, Kind.OFFICERS: _officer_rows}[wanted](
        source
    )
    count = export(target, columns, rows, sheet_name=roster_kind(wanted).label)
    record(
        viewer, "roster.exported", path=organisation.path, object_type="organisation", object_id=organisation.pk,
        object_name=organisation.name, detail={"kind": kind, "rows": count},
    )  # fmt: skip
    return count


def _source(viewer: Viewer, kind: Kind, organisation: Organisation) -> QuerySet[Any]:
    lo, hi = organisation.path, organisation.path + "~"
    if kind is Kind.MEMBERS:
        return (
            Membership.objects.visible(viewer).filter(path__gte=lo, path__lt=hi, valid_to__isnull=True)
            .select_related("person", "organisation").order_by("path", "pk")
        )  # fmt: skip
    if kind is Kind.OFFICERS:
        return (
            Appointment.objects.visible(viewer).filter(path__gte=lo, path__lt=hi, valid_to__isnull=True)
            .select_related("person", "organisation").order_by("path", "pk")
        )  # fmt: skip
    return (
        Organisation.objects.visible(viewer).filter(path__gte=lo, path__lt=hi, ended_on__isnull=True)
        .select_related("parent").order_by("path")
    )  # fmt: skip


def _label(kind: Kind, name: str, value: Any) -> Any:
    field = roster_kind(kind).fields[name]
    if not field.code_list or value in (None, ""):
        return value
    try:
        return CODE_LISTS[field.code_list](value).label
    except ValueError:
        return value


def _member_rows(source: QuerySet[Any]) -> Iterator[ExportRow]:
    for membership in source.iterator(chunk_size=2000):
        person = membership.person
        special = {
            "id_number": person.id_mask,
            "phone": person.phone_mask,
            "organisation": membership.organisation.name,
        }
        values = [
            special[name] if name in special
            else _label(Kind.MEMBERS, name, getattr(person if name in _OF_PERSON else membership, name))
            for name in _MEMBER
        ]  # fmt: skip
        yield ExportRow(membership.pk, person.version + membership.version, values)


def _organisation_rows(source: QuerySet[Any]) -> Iterator[ExportRow]:
    for body in source.iterator(chunk_size=2000):
        special = {"parent": body.parent.name if body.parent_id and body.parent else "", "region": body.region_code}
        values = [
            special[name] if name in special else _label(Kind.ORGANISATIONS, name, getattr(body, name))
            for name in _ORGANISATION
        ]
        yield ExportRow(body.pk, body.version, values)


def _officer_rows(source: QuerySet[Any]) -> Iterator[ExportRow]:
    for office in source.iterator(chunk_size=2000):
        special = {
            "name": office.person.name, "id_number": office.person.id_mask, "phone": office.person.phone_mask,
            "organisation": office.organisation.name, "tenure": "专职" if office.full_time else "兼职",
        }  # fmt: skip
        values = [
            special[name] if name in special else _label(Kind.OFFICERS, name, getattr(office, name))
            for name in _OFFICER
        ]
        yield ExportRow(office.pk, office.version, values)


def template_of(viewer: Viewer, kind: str) -> bytes:
    """The workbook to fill in, offering the unions of the viewer's own area where there are not too many."""
    names = list(
        Organisation.objects.visible(viewer)
        .filter(ended_on__isnull=True)
        .order_by("name_key")
        .values_list("name", flat=True)[:501]
    )
    field = "parent" if kind == Kind.ORGANISATIONS else "organisation"
    return template(kind, {field: names} if len(names) <= 500 else None)


def report(viewer: Viewer, *, roster: RosterImport, target: IO[bytes] | Path) -> int:
    """The rows that were turned down, as they stood in the file, cells marked; to be corrected and fed back."""
    problems = RosterProblem.objects.filter(roster=roster, serious=True).order_by("row_no", "pk")
    mapping = {str(name): int(column) for name, column in roster.mapping.items()}
    with (
        source_path(viewer, roster) as path,
        open_roster(
            path,
            roster.source_name,
            kind=roster.kind,
            sheet=roster.outline.get("sheet"),
            header_rows=header_of(roster),
        ) as file,
    ):
        found = _rejected(problems.iterator(chunk_size=5000), file.rows())
        count = error_workbook(target, file.labels, found, kind=roster.kind, mapping=mapping)
    record(
        viewer, "roster.report", path=roster.path, object_type="roster_import", object_id=roster.pk,
        object_name=f"{roster.source_name}（{roster.get_kind_display()}）", detail={"rows": count},
    )  # fmt: skip
    return count


def _rejected(problems: Iterable[RosterProblem], rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[Rejected]:
    """Two streams in the order of the file, joined row by row; nothing is held but one row."""
    waiting = iter(problems)
    problem = next(waiting, None)
    for number, cells in rows:
        found = []
        while problem is not None and problem.row_no <= number:
            if problem.row_no == number:
                found.append(
                    Problem(
                        number,
                        problem.letter,
                        problem.field,
                        problem.shown,
                        problem.code,
                        problem.message,
                        problem.hint,
                        ERROR,
                    )
                )
            problem = next(waiting, None)
        if found:
            yield Rejected(number, cells, found)
        if problem is None:
            return
