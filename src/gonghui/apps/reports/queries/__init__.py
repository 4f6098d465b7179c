"""Reading reports: those of the range, one with its drafts and remarks, templates, what changed since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import Viewer

from ..choices import ReportState, TemplateState
from ..models import Act, Comment, Correction, Draft, Report, Template
from ..rules.content import Content, Number, from_json
from ..shipped import Shipped, shipped


def reports(viewer: Viewer) -> QuerySet[Report]:
    """Reports of the range. Of others' only what they handed in: a draft is its own body's."""
    own = Q(organisation_id=viewer.organisation_id or 0)
    seen = Q(state__in=[ReportState.SIGNED, ReportState.ISSUED, ReportState.WITHDRAWN])
    return Report.objects.visible(viewer).filter(own | seen).select_related("organisation").order_by("-changed_at")


def report(viewer: Viewer, pk: int) -> Report | None:
    return reports(viewer).filter(pk=pk).first()


def own(viewer: Viewer, row: Report) -> bool:
    """Whether the report is the viewer's own body's: its drafts, remarks and reasons are nobody else's."""
    return row.organisation_id == viewer.organisation_id


def draft(viewer: Viewer, row: Report, no: int | None = None) -> Draft | None:
    """A draft of a report, the last one when none is named; of another body's only the one that was signed."""
    if not own(viewer, row) and no not in (None, row.draft_no):
        return None
    return Draft.objects.visible(viewer).filter(report=row, no=no or row.draft_no).first()


def drafts(viewer: Viewer, row: Report) -> QuerySet[Draft]:
    rows = Draft.objects.visible(viewer).filter(report=row).defer("text", "content", "keys").order_by("-no")
    return rows if own(viewer, row) else rows.none()


def content_of(row: Draft) -> Content:
    return from_json(row.content)


def comments(viewer: Viewer, row: Report) -> QuerySet[Comment]:
    rows = Comment.objects.visible(viewer).filter(report=row)
    rows = rows.order_by(F("settled_at").asc(nulls_first=True), "line", "at")
    return rows if own(viewer, row) else rows.none()


def acts(viewer: Viewer, row: Report) -> QuerySet[Act]:
    rows = Act.objects.visible(viewer).filter(report=row).order_by("at", "pk")
    return rows if own(viewer, row) else rows.none()


def corrections(viewer: Viewer, row: Report) -> QuerySet[Correction]:
    """Numbers of an issued report that are counted differently since, the latest count of each."""
    rows = Correction.objects.visible(viewer).filter(quoted__report=row).select_related("quoted", "quoted__figure")
    return rows.order_by("quoted__number", "-seen_at").distinct("quoted__number")


@dataclass(frozen=True, slots=True)
class Changed:
    """A number of a draft that the draft before had differently."""

    now: Number
    before: str


def changed(now: Content, before: Content | None) -> list[Changed]:
    """What came out differently than in the draft before: the same figure, place and period."""
    if before is None:
        return []
    then = {_asked(one): one for one in before.numbers}
    found = []
    for one in now.numbers:
        old = then.get(_asked(one))
        if old is not None and (old.top, old.bottom) != (one.top, one.bottom):
            found.append(Changed(one, old.said))
    return found


def _asked(one: Number) -> tuple[str, int, str]:
    return one.key, one.place, one.period


def templates(viewer: Viewer) -> QuerySet[Template]:
    """Templates of the own body, whatever their state, and those in use of the bodies above."""
    above = Q(path__in=ancestors(viewer.lo), state=TemplateState.PUBLISHED)
    return Template.objects.filter(Q(organisation_id=viewer.organisation_id or 0) | above).order_by("occasion", "title")


def owners(rows: Iterable[Template]) -> dict[int, str]:
    """Names of the bodies that wrote templates, which may lie above the reader's range."""
    found = PublicOrganisation.objects.filter(pk__in={one.organisation_id for one in rows})
    return dict(found.values_list("pk", "name"))


def template(viewer: Viewer, pk: int) -> Template | None:
    return templates(viewer).filter(pk=pk).first()


def usable(viewer: Viewer) -> list[tuple[str, str, str]]:
    """(name, title, occasion) of templates a report can begin with: own and above, then those that ship."""
    own: Iterable[Template] = templates(viewer).filter(state=TemplateState.PUBLISHED)
    return [(f"t{one.pk}", one.title, one.occasion) for one in own] + [
        (one.key, one.title, one.occasion) for one in shipped().values()
    ]


def begun_with(viewer: Viewer, name: str) -> Template | Shipped | None:
    """The template that a name of `usable` stands for."""
    if name.startswith("t") and name[1:].isdecimal():
        return templates(viewer).filter(pk=int(name[1:]), state=TemplateState.PUBLISHED).first()
    return shipped().get(name)


def by_token(token: str) -> Report | None:
    """An issued or withdrawn report by what its QR says, for anybody."""
    with widened():
        return (
            Report.objects.filter(token=token, state__in=[ReportState.ISSUED, ReportState.WITHDRAWN])
            .select_related("organisation")
            .first()
        )
