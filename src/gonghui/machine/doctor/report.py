"""What an examination found, for people and for programs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from rich.table import Table

from gonghui.machine import show


class Level(IntEnum):
    """How bad; the worst one is the exit code."""

    OK = 0
    WARNING = 1
    ERROR = 2


_LABELS = {
    Level.OK: "[green]正常[/]",
    Level.WARNING: "[yellow]提醒[/]",
    Level.ERROR: "[red]错误[/]",
}


@dataclass(slots=True)
class Finding:
    """One sentence about one thing, and the command that mends it."""

    name: str
    title: str
    level: Level
    message: str
    mend: str = ""
    fix: Callable[[], None] | None = field(default=None, repr=False)
    fixed: bool = False

    def as_dict(self) -> dict[str, Any]:
        values = {key: getattr(self, key) for key in ("name", "title", "message", "mend", "fixed")}
        return values | {"level": self.level.name.lower(), "fixable": self.fix is not None}


@dataclass(slots=True)
class Report:
    """All findings of one examination."""

    findings: list[Finding]

    @property
    def code(self) -> int:
        return int(max((finding.level for finding in self.findings), default=Level.OK))

    def as_dict(self) -> dict[str, Any]:
        return {
            "level": Level(self.code).name.lower(),
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def show(self) -> None:
        """Print a table, worst first, and how to mend below each."""
        table = Table(show_header=True, box=None, pad_edge=False)
        for title in ("", "检查", "结果"):
            table.add_column(title, overflow="fold")
        for finding in sorted(self.findings, key=lambda one: -one.level):
            text = finding.message.replace("[", r"\[")
            if finding.fixed:
                text += "\n[green]已改正[/]"
            elif finding.mend:
                text += "\n[dim]改正：[/]" + finding.mend.replace("[", r"\[")
            table.add_row(_LABELS[finding.level], finding.title, text)
        show.console.print(table)
        bad = sum(finding.level is Level.ERROR for finding in self.findings)
        soft = sum(finding.level is Level.WARNING for finding in self.findings)
        show.say(f"共 {len(self.findings)} 项，错误 {bad}，提醒 {soft}")
