"""Checking a whole file against the rules and the records: one transaction, begun anew after any interruption."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from gonghui.kernel.files import services as files
from gonghui.kernel.files.reading.cells import letter
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import Viewer

from ..checking import Checked, Checker, Problem
from ..choices import Kind, State
from ..columns import roster_kind
from ..matching import match, signature
from ..models import RosterImport, RosterProblem, RosterRow
from ..queries import masked_sample, remembered
from ..reading.roster import RosterFile, open_roster
from ..round_trip import columns_of, is_round_trip
from . import findings as findings_module
from .ahead import ahead
from .findings import Findings
from .intake import outlined
from .member_rows import MemberRows
from .officer_rows import OfficerRows
from .organisation_rows import OrganisationRows
from .placing import Places
from .pulse import Pulse
from .returned import check_returned

BLOCK_ROWS = 8_192
HANDLERS = {Kind.MEMBERS: MemberRows, Kind.OFFICERS: OfficerRows, Kind.ORGANISATIONS: OrganisationRows}


def header_of(roster: RosterImport) -> tuple[int, int]:
    """The rows in which the header was found."""
    top, bottom = roster.header_rows
    return top, bottom


@contextmanager
def source_path(viewer: Viewer, roster: RosterImport) -> Iterator[Path]:
    """The uploaded file as a path that the reading child can be given."""
    if roster.source is None:
        raise Refusal("GH-IMP-511", "原文件已按保存期限清除", "file", "重新上传这份名册")
    with files.open_file(viewer, roster.source) as content:
        place = Path(str(content.name))
        if place.is_file():
            yield place
            return
        # Storage elsewhere (S3): the child wants a descriptor of a real file.
        with tempfile.NamedTemporaryFile(prefix="roster-") as local:
            shutil.copyfileobj(content, local)
            local.flush()
            yield Path(local.name)


def outline(viewer: Viewer, roster: RosterImport, pulse: Pulse) -> None:
    """Read how the file begins and match its columns."""
    pulse.phase("正在读取文件")
    wanted = roster.outline.get("wanted_sheet")
    rows = roster.outline.get("wanted_header") or None
    with (
        acting(viewer),
        source_path(viewer, roster) as path,
        open_roster(
            path, roster.source_name, kind=roster.kind, sheet=wanted, header_rows=tuple(rows) if rows else None
        ) as file,
    ):
        memory = remembered(viewer, roster.organisation, roster.kind, signature(file.labels))
        matching = match(file.labels, file.samples, roster.kind, memory)
        roster.sheet = file.chosen.name[:80]
        roster.header_rows = [file.header.top, file.header.bottom]
        roster.header_signature = matching.signature
        roster.outline = {
            "format": file.format,
            "details": file.details,
            "sheet": file.chosen.index,
            "sheets": [
                {"index": s.index, "name": s.name, "known": s.header is not None} for s in file.sheets if not s.hidden
            ],
            **outlined(matching),
        }
        for column in roster.outline["columns"]:
            column["samples"] = [masked_sample(text) for text in column["samples"]]
        roster.notices = list(dict.fromkeys([*roster.notices, *file.notices]))[:20]
        roster.state = State.MATCHING
        if is_round_trip(file.labels):
            _came_back(roster, columns_of(file.labels))
        roster.save()


def _came_back(roster: RosterImport, columns: dict[str, int]) -> None:
    """An exported list knows its columns: nothing to confirm."""
    own = {"members": "joined_on", "organisations": "parent", "officers": "office"}[roster.kind]
    if own not in columns:
        raise Refusal("GH-IMP-514", "这份导出的名单是另一种名册", "kind", "重新上传，名册类别选对")
    fields = roster_kind(roster.kind).fields
    roster.round_trip = True
    roster.mapping = {name: column for name, column in columns.items() if name in fields}
    roster.state = State.CHECKING


def stage(viewer: Viewer, roster: RosterImport, pulse: Pulse) -> None:
    """Check every row and stage those that change something; replaces what an earlier run left."""
    pulse.phase("正在检查")
    today = timezone.localdate()
    with acting(viewer):
        RosterRow.objects.filter(roster=roster).delete()
        RosterProblem.objects.filter(roster=roster).delete()
        findings_module.prepare()
        mapping = {str(name): int(column) for name, column in roster.mapping.items()}
        found = Findings(roster.pk, {name: letter(column) for name, column in mapping.items()})
        places = Places(viewer)
        home = places.by_id(roster.organisation_id)
        if home is None or home.ended:
            raise Refusal(
                "GH-IMP-501", "导入到的组织已撤销或不归当前岗位管理", "organisation", "换到管理它的岗位再导入"
            )
        handler = HANDLERS[Kind(roster.kind)](roster.pk, home, places, found, today)
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
            if roster.round_trip:
                for total in check_returned(file, roster.kind, mapping, today, handler, found):
                    pulse.advance(total, int(total / max(file.progress, 0.001)))
            else:
                total = _check_rows(file, Checker(roster.kind, mapping, on=today), mapping, handler, found, pulse)
            roster.skipped_rows = file.skipped_count
            roster.notices = _notices(roster, file)
        _settle(roster, handler, found, total)


def _check_rows(
    file: RosterFile, checker: Checker, mapping: dict[str, int], handler: Any, found: Findings, pulse: Pulse
) -> int:
    total = 0
    blocks = ahead(_blocks(file, checker, mapping))
    with closing(blocks):
        for good, bad, rows in blocks:
            found.add(bad)
            for checked in good:
                if checked.warnings:
                    found.add(checked.warnings)
            handler.block(good)
            found.write()
            total += rows
            pulse.advance(total, int(total / max(file.progress, 0.001)))
    repeated = checker.finish()
    found.add(repeated)
    handler.drop_repeated([problem.row for problem in repeated])
    handler.finish()
    found.write()
    pulse.advance(total, total)
    return total


def _blocks(
    file: RosterFile, checker: Checker, mapping: dict[str, int]
) -> Iterator[tuple[list[Checked], list[Problem], int]]:
    """Checked rows, what is wrong with the others, and how many rows both were."""
    keys = tuple(mapping[name] for name in ("name", "id_number") if name in mapping)
    good: list[Checked] = []
    bad: list[Problem] = []
    rows = 0
    check = checker.check
    for number, cells in file.rows(keys):
        rows += 1
        checked = check(number, cells)
        if isinstance(checked, list):
            bad += checked
        else:
            good.append(checked)
        if rows == BLOCK_ROWS:
            yield good, bad, rows
            good, bad, rows = [], [], 0
    yield good, bad, rows


def _notices(roster: RosterImport, file: RosterFile) -> list[str]:
    notices = [*roster.notices, *file.notices]
    if file.skipped_count:
        kinds = "、".join(sorted({skipped.why for skipped in file.skipped}))
        rows = "、".join(str(skipped.number) for skipped in file.skipped[:5]) + ("等" if file.skipped_count > 5 else "")
        notices.append(f"第{rows}行共{file.skipped_count}行不是名册内容（{kinds}），没有读")
    return list(dict.fromkeys(notices))[:20]


def _settle(roster: RosterImport, handler: Any, found: Findings, total: int) -> None:
    counts = handler.counts
    roster.total_rows = total
    roster.new_rows = counts["new"] + counts["rejoin"]
    roster.changed_rows = counts["changed"]
    roster.conflict_rows = counts["conflict"]
    roster.unchanged_rows = counts["unchanged"]
    roster.rejected_rows = len(found.rejected)
    roster.staged_rows = counts["new"] + counts["rejoin"] + counts["changed"] + counts["conflict"]
    roster.summary = [
        {"code": code, "serious": serious, "rows": rows}
        for code, serious, rows in RosterProblem.objects.filter(roster=roster)
        .values_list("code", "serious").annotate(rows=Count("row_no", distinct=True)).order_by("-rows")[:60]
    ]  # fmt: skip
    roster.failure = {}
    roster.checked_at = timezone.now()
    nothing = not roster.staged_rows and not roster.rejected_rows
    roster.state = State.DONE if nothing else State.READY
    if nothing:
        roster.committed_at = roster.checked_at
    roster.save()
