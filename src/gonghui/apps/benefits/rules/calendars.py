"""A member's sessions as an iCalendar file (RFC 5545). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Event:
    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime | None
    place: str


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines of at most 75 bytes, never broken inside a character."""
    out, size, row = [], 0, ""
    for char in line:
        width = len(char.encode())
        if size + width > 73:
            out.append(row)
            row, size = " ", 1
        row += char
        size += width
    return "\r\n".join([*out, row])


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def calendar(events: Iterable[Event], made_at: datetime) -> str:
    """The file; each event reminds a day and an hour before."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//gonghui//benefits//ZH", "METHOD:PUBLISH"]
    for one in events:
        ends = one.ends_at or one.starts_at + timedelta(hours=1)
        lines += [
            "BEGIN:VEVENT", f"UID:{one.uid}", f"DTSTAMP:{_stamp(made_at)}", f"DTSTART:{_stamp(one.starts_at)}",
            f"DTEND:{_stamp(ends)}", f"SUMMARY:{_escaped(one.title)}", f"LOCATION:{_escaped(one.place)}",
        ]  # fmt: skip
        for before in ("-P1D", "-PT1H"):
            lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(one.title)}", f"TRIGGER:{before}",
                      "END:VALARM"]  # fmt: skip
        lines.append("END:VEVENT")
    return "\r\n".join(_folded(line) for line in [*lines, "END:VCALENDAR"]) + "\r\n"
