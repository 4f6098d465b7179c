"""Problems found while checking: kept in memory for one block, written in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..checking import ERROR, Problem
from .blocks import copy, line, run

_COLUMNS = ("row_no", "letter", "field", "shown", "code", "message", "hint", "serious")
_MOST_NOTES = 20_000


def prepare() -> None:
    run(
        "CREATE TEMP TABLE IF NOT EXISTS roster_found (row_no int, letter text, field text, shown text, code"
        " text, message text,"
        " hint text, serious boolean) ON COMMIT DROP"
    )


@dataclass
class Findings:
    """What stands against the rows of one import."""

    roster_id: int
    letters: dict[str, str]
    rejected: set[int] = field(default_factory=set)
    notes: int = 0
    _lines: list[str] = field(default_factory=list)

    def add(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        for problem in problems:
            serious = problem.severity == ERROR
            if serious:
                self.rejected.add(problem.row)
            else:
                self.notes += 1
                if self.notes > _MOST_NOTES:
                    continue  # a column guessed for a million rows is one remark, not a million
            self._lines.append(
                line(
                    (
                        problem.row,
                        problem.column,
                        problem.field,
                        problem.value[:80].replace("\t", " "),
                        problem.code,
                        problem.message,
                        problem.hint,
                        serious,
                    )
                )
            )

    def against(self, row: int, field_name: str, code: str, message: str, hint: str, severity: str = ERROR) -> None:
        """A finding that only the records could tell."""
        self.add([Problem(row, self.letters.get(field_name, ""), field_name, "", code, message, hint, severity)])

    def write(self) -> None:
        if not self._lines:
            return
        copy("roster_found", _COLUMNS, self._lines)
        run(
            f"INSERT INTO roster_problem (roster_id, {', '.join(_COLUMNS)}) SELECT %s, row_no, left(letter, 4),"
            f" field, left(shown, 80),"
            " code, message, hint, serious FROM roster_found",
            [self.roster_id],
        )
        self._lines.clear()
