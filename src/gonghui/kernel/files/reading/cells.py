"""How one cell travels from the reading child to the parent: plain text, or a mark that says what it was."""

from __future__ import annotations

import re
from datetime import date, timedelta

ROW_END = "\x1e"
CELL_END = "\x1f"
MARK = "\x01"

NUMBER = "n"
DATE = "d"
TIME = "t"
BOOLEAN = "b"
ERROR = "e"
FORMULA = "f"

MAX_CELL = 32_767
MAX_COLUMNS = 400
MAX_ROWS = 1_048_576

_SPACES = "\x0b\x0c\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_GONE = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
ODD_SPACE = re.compile(f"[{_SPACES}]")
INVISIBLE = re.compile(f"[{_GONE}]")
# Everything that makes one cell need cleaning, the two separators left out: they are counted instead.
UNCLEAN = re.compile(f"[ \t\r\n{_SPACES}{_GONE}]".replace("\x0e-\x1f", "\x0e-\x1d"))
# The same without blanks and line ends, for a whole csv text whose line ends still mean something.
UNCLEAN_TEXT = re.compile(f"[{_SPACES}{_GONE}]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_INTEGER = re.compile(r"-?\d{1,20}")
_EXCEL_EPOCH = date(1899, 12, 30)


def clean(text: str) -> str:
    """One cell as a person reads it: no control, zero-width or direction characters, single blanks."""
    if not UNCLEAN.search(text) and CELL_END not in text and ROW_END not in text:
        return text
    return " ".join(INVISIBLE.sub("", ODD_SPACE.sub(" ", text)).split())


def clean_text(text: str) -> str:
    """A whole csv text with the same characters removed, its line ends kept."""
    if not UNCLEAN_TEXT.search(text):
        return text
    return INVISIBLE.sub("", ODD_SPACE.sub(" ", text))


def unescape_ooxml(text: str) -> str:
    """Excel writes characters that XML cannot hold as _x0000_; they become what they were."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def mark(kind: str, text: str) -> str:
    """A cell that was not plain text."""
    return MARK + kind + text


def kind_of(cell: str) -> str:
    """The kind of a cell: empty for plain text, else one of the letters above."""
    return cell[1:2] if cell[:1] == MARK else ""


def text_of(cell: str) -> str:
    """What the cell shows, without its mark."""
    return cell[2:] if cell[:1] == MARK else cell


def number_text(raw: str) -> str:
    """A number as written in a file, shown the way a person would write it where no digit is lost."""
    raw = raw.strip()
    if _INTEGER.fullmatch(raw):
        return raw
    try:
        value = float(raw)
    except ValueError:
        return raw
    if value == value and abs(value) < 1e18 and value == int(value):
        return str(int(value))
    return raw if len(raw) <= 40 else raw[:40]


def serial_date(serial: float, *, from_1904: bool = False) -> str | None:
    """The ISO date of an Excel day number, or nothing when it is no calendar date."""
    if not 0 <= serial <= 2_958_465:  # false for a nan as well
        return None
    days = int(serial) + (1462 if from_1904 else 0)
    if days < 60 and not from_1904:
        days += 1  # Excel believes that 29 February 1900 existed
    try:
        return (_EXCEL_EPOCH + timedelta(days=days)).isoformat()
    except OverflowError:
        return None


def letter(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA: how a spreadsheet names a column."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(letters: str) -> int:
    """The other way round: A is 0."""
    number = 0
    for char in letters:
        number = number * 26 + ord(char) - 64
    return number - 1


def pack(rows: list[list[str]] | list[tuple[str, ...]]) -> str:
    """Raw rows as one text, cleaned only when something in them is unclean (most blocks are not)."""
    text = ROW_END.join([CELL_END.join(row) for row in rows])
    separators = sum(map(len, rows)) - len(rows)
    honest = text.count(ROW_END) == len(rows) - 1 and text.count(CELL_END) == separators
    if honest and not UNCLEAN.search(text):
        return text
    return pack_clean([[clean(cell) for cell in row] for row in rows])


def pack_clean(rows: list[list[str]] | list[tuple[str, ...]]) -> str:
    """Rows whose cells are clean or marked already."""
    return ROW_END.join([CELL_END.join(row) for row in rows])


def unpack(text: str) -> list[list[str]]:
    """The rows of one block."""
    return [row.split(CELL_END) for row in text.split(ROW_END)]
