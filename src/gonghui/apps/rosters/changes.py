"""Cells changed in a list that came back: only they are checked, what stayed is not judged again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gonghui.apps.rosters.checking import Checked, Checker, Problem
from gonghui.apps.rosters.values import ReadDate
from gonghui.kernel.files.reading.cells import text_of
from gonghui.kernel.refusal import Refusal

_DATES = ("birth", "joined_on", "founded_on", "term_from", "term_to", "valid_from", "valid_to")


class ChangeChecker(Checker):
    """Checks only the cells that were changed in a list that came back; what stayed is not judged again."""

    def check_changes(self, row: int, changed: Mapping[str, str]) -> Checked | list[Problem]:
        """Values of the changed cells, `None` for those that were emptied."""
        self._row = row
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        cells = [""] * self._width
        for name, cell in changed.items():
            if name in self._mapping:
                cells[self._mapping[name]] = cell
            elif cell:
                problems.append(
                    Problem(row, "", name, text_of(cell)[:60], "GH-IMP-271", "这一列只供查看，改了也不会导入", "")
                )
        for name, column, read, required in self._plan:
            if name not in changed:
                continue
            if not cells[column]:
                if required:
                    problems.append(self._missing(name))
                values[name] = None
                continue
            try:
                values[name] = read(cells[column])
            except Refusal as refusal:
                self._refused(problems, name, cells[column], refusal, values)
        if "id_number" in changed and self._id_column >= 0:
            self._identity(cells, values, problems)
        elif changed.get("id_kind"):
            message = "只改了证件类型，没有写完整的证件号码"
            problems.append(Problem(row, "", "id_kind", "", "GH-IMP-272", message, "把证件号码也填完整"))
        for name in _DATES:
            if isinstance(values.get(name), ReadDate):
                self._date(values, name, cells)
        warnings = tuple(self._warnings)
        self._warnings.clear()
        return problems or Checked(row, values, warnings)
