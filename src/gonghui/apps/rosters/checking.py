"""Rows checked against the rules of their roster: a problem names row, column, reason and cure. Pure.

The common case (a clean row) runs on dictionary hits; everything that says no goes through one slow place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from gonghui.apps.rosters.columns import MEMBERS, OFFICERS, ORGANISATIONS, Field, roster_kind
from gonghui.apps.rosters.values import (
    ReadDate,
    identity_text,
    plain_text,
    read_code,
    read_count,
    read_date,
    read_office_phone,
    read_region,
    read_text,
    read_uscc,
    read_words,
)
from gonghui.kernel.files.reading.cells import DATE, MARK, NUMBER, kind_of, letter, text_of
from gonghui.kernel.org.rules import check_name as check_organisation_name
from gonghui.kernel.people.choices import IdKind, Sex
from gonghui.kernel.people.rules import check_id, check_name, check_phone, mask_id, mask_name, mask_phone
from gonghui.kernel.refusal import Refusal

ERROR, WARNING = "error", "warning"
WORKING_AGE = 16
_MEMO_LIMIT = 200_000
_CELL_HINT = "复制这一列，用“选择性粘贴 → 数值”粘贴回去"


class Problem(NamedTuple):
    """One thing wrong with one cell (or with a row, when there is no column)."""

    row: int
    column: str
    field: str
    value: str
    code: str
    message: str
    hint: str
    severity: str = ERROR

    def sentence(self) -> str:
        """第 12 行 E 列（身份证号码）…… as the page and the report show it."""
        where = f"第 {self.row} 行" + (f" {self.column} 列" if self.column else "")
        return f"{where}：{self.message}" + (f"。{self.hint}" if self.hint else "")


class Checked(NamedTuple):
    """A row that may be imported: normalised values of the matched fields, codes instead of labels."""

    row: int
    values: dict[str, Any]
    warnings: tuple[Problem, ...] = ()


class _Memo(dict[str, Any]):
    """Cell → value for columns whose cells repeat; a refusal is never remembered."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Any:
        value = self._read(cell)
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        self[cell] = value
        return value


class Checker:
    """Checks the rows of one file; keeps what it has seen, to name rows that stand there twice."""

    def __init__(self, kind: str, mapping: Mapping[str, int], *, on: date) -> None:
        """
        :param mapping: field → column, as `matching.match` gives it.
        :param on: the day of the import; nothing may lie after it.
        """
        self.kind = kind
        self.on = on
        self._roster = roster_kind(kind)
        self._mapping = {name: column for name, column in mapping.items() if name in self._roster.fields}
        self._columns = list(self._mapping.items())
        special = ("id_number", "id_kind") if "id_number" in self._mapping else ()
        self._plan = [
            (name, column, self._reader(self._roster.fields[name]), self._roster.fields[name].required)
            for name, column in self._columns
            if name not in special
        ]
        self._id_column = self._mapping.get("id_number", -1)
        self._id_kinds = _Memo(lambda cell: read_code(cell, "id_kind", "IdKind"))
        self._width = max(self._mapping.values(), default=-1) + 1
        self._cross = {
            MEMBERS: self._cross_member,
            OFFICERS: self._cross_officer,
            ORGANISATIONS: self._cross_organisation,
        }[kind]
        self._seen: dict[object, int] = {}
        self._twice: dict[int, list[int]] = {}
        self._warnings: list[Problem] = []
        self._row = 0

    def check(self, row: int, cells: Sequence[str]) -> Checked | list[Problem]:
        """The values of a good row, or everything that is wrong with it."""
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        self._row = row
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, column, read, required in self._plan:
            cell = cells[column]
            if cell:
                try:
                    values[name] = read(cell)
                except Refusal as refusal:
                    self._refused(problems, name, cell, refusal, values)
            elif required:
                problems.append(self._missing(name))
            else:
                values[name] = None
        if self._id_column >= 0:
            self._identity(cells, values, problems)
        if not problems:
            self._cross(values, problems, cells)
        if not problems:
            self._duplicates(values, problems, cells)
        if problems:
            self._warnings.clear()
            return problems
        if self._warnings:
            warnings = tuple(self._warnings)
            self._warnings.clear()
            return Checked(row, values, warnings)
        return Checked(row, values)

    def finish(self) -> list[Problem]:
        """After the last row: the first of rows that stood there twice is named as well."""
        found = []
        for first, later in sorted(self._twice.items()):
            rows = "、".join(str(row) for row in later[:5]) + ("等" if len(later) > 5 else "")
            name = self._key_field()
            message = f"和第 {rows} 行重复（{self._duplicate_noun()}）"
            found.append(Problem(first, self._letter(name), name, "", "GH-IMP-262", message, "只留正确的一行"))
        return found

    # -- one cell --

    def _reader(self, item: Field) -> Callable[[str], Any]:
        key, longest = item.key, item.max_length
        if item.value == "name":
            return self._person_name
        if item.value == "phone":
            return check_phone
        readers: dict[str, Callable[[str], Any]] = {
            "date": lambda cell: read_date(cell, key),
            "end_date": lambda cell: read_date(cell, key, open_end=True),
            "code": lambda cell: read_code(cell, key, item.code_list),
            "count": lambda cell: read_count(cell, key),
            "office_phone": lambda cell: read_office_phone(cell, key, longest),
            "uscc": lambda cell: read_uscc(cell, key),
            "organisation": lambda cell: check_organisation_name(plain_text(cell, key), key),
            "region": lambda cell: read_region(cell, key),
            "words": lambda cell: read_words(cell, key, longest),
            "text": lambda cell: read_text(cell, key, longest),
        }
        return _Memo(readers[item.value]).__getitem__

    def _person_name(self, cell: str) -> str:
        checked = check_name(cell)
        for warning in checked.warnings:
            self._warn("name", cell, warning.code, warning.message)
        return checked.name

    def _identity(self, cells: Sequence[str], values: dict[str, Any], problems: list[Problem]) -> None:
        cell = cells[self._id_column]
        if not cell:
            problems.append(self._missing("id_number"))
            return
        kind: str = IdKind.IDENTITY_CARD
        kind_column = self._mapping.get("id_kind", -1)
        try:
            if kind_column >= 0 and cells[kind_column]:
                kind = self._id_kinds[cells[kind_column]] or kind
        except Refusal as refusal:
            self._refused(problems, "id_kind", cells[kind_column], refusal, values)
            return
        try:
            checked = check_id(kind, cell if cell[0] != MARK else identity_text(cell), on=self.on)
        except Refusal as refusal:
            problems.append(self._problem("id_number", cell, refusal))
            return
        for warning in checked.warnings:
            self._warn("id_number", cell, warning.code, warning.message)
        values["id_kind"] = checked.kind
        values["id_number"] = checked.number
        self._agree(values, problems, cells, checked.sex, checked.birth)

    def _agree(
        self,
        values: dict[str, Any],
        problems: list[Problem],
        cells: Sequence[str],
        sex: Sex,
        birth: date | None,
    ) -> None:
        """Sex and birth as the identity number has them; a cell that says otherwise is a slip somewhere."""
        if birth is None:
            given = values.get("birth")
            values["birth"] = given.day if given else None
            values["sex"] = values.get("sex")
            return
        written = values.get("sex")
        if written == sex and "birth" not in values:
            values["birth"] = birth
            return
        if written in (Sex.MALE, Sex.FEMALE) and written != sex:
            message = f"性别写的是{Sex(written).label}，身份证号码是{sex.label}"
            problems.append(self._about("sex", cells, "GH-IMP-263", message, "对照证件，改正性别或身份证号码"))
        day: ReadDate | None = values.get("birth")
        if day is not None:
            same = (day.day.year, day.day.month) == (birth.year, birth.month) and (
                day.exact == "month" or day.day == birth
            )
            if not same:
                message = "出生日期和身份证号码里的不一致"
                problems.append(
                    self._about("birth", cells, "GH-IMP-264", message, "对照证件，改正出生日期或身份证号码")
                )
        values["sex"], values["birth"] = sex, birth

    def _refused(self, problems: list[Problem], name: str, cell: str, refusal: Refusal, values: dict[str, Any]) -> None:
        """The one slow place: a cell that was no text gets its own reason, a number its second chance."""
        if cell[0] == MARK and self._roster.fields[name].value in ("name", "phone"):
            try:
                text = plain_text(cell, name)
                if kind_of(cell) != NUMBER:
                    raise Refusal("GH-IMP-207", "这一格是日期或时刻", name, "把这一列设为文本后重新录入")
                values[name] = (
                    check_phone(text) if self._roster.fields[name].value == "phone" else check_name(text).name
                )
                return
            except Refusal as second:
                refusal = second
        problems.append(self._problem(name, cell, refusal))

    def _missing(self, name: str) -> Problem:
        label = self._roster.fields[name].label
        return Problem(self._row, self._letter(name), name, "", "GH-IMP-201", f"{label}是空的", f"补上{label}")

    def _problem(self, name: str, cell: str, refusal: Refusal) -> Problem:
        column = self._letter(name)
        message, hint = refusal.message, refusal.hint or "对照原件改正，再导入"
        if refusal.code == "GH-IMP-203":
            message, hint = f"{column}{self._row} 是公式，把它粘贴为数值", _CELL_HINT
        return Problem(self._row, column, name, shown(self._roster.fields[name], cell), refusal.code, message, hint)

    def _about(self, name: str, cells: Sequence[str], code: str, message: str, hint: str) -> Problem:
        column = self._mapping.get(name, -1)
        cell = cells[column] if column >= 0 else ""
        return Problem(self._row, self._letter(name), name, shown(self._roster.fields[name], cell), code, message, hint)

    def _warn(self, name: str, cell: str, code: str, message: str) -> None:
        value = shown(self._roster.fields[name], cell)
        self._warnings.append(Problem(self._row, self._letter(name), name, value, code, message, "", WARNING))

    def _letter(self, name: str) -> str:
        column = self._mapping.get(name, -1)
        return letter(column) if column >= 0 else ""

    # -- the whole row --

    def _date(self, values: dict[str, Any], name: str, cells: Sequence[str]) -> date | None:
        """The day of a date column; a guessed day is pointed out."""
        read = values.get(name)
        if read is None:
            return None
        values[name] = read.day
        if read.exact != "day":
            cell = cells[self._mapping[name]]
            said = (
                "只写到月，按 1 日登记"
                if read.exact == "month"
                else f"是数字，按 Excel 的日期读成 {read.day.isoformat()}"
            )
            self._warn(name, cell, "GH-IMP-W11", f"{self._roster.fields[name].label}{said}")
        return read.day  # type: ignore[no-any-return]

    def _not_after_today(self, day: date | None, name: str, problems: list[Problem], cells: Sequence[str]) -> None:
        if day is not None and day > self.on:
            message = f"{self._roster.fields[name].label}是 {day.isoformat()}，还没有到"
            problems.append(self._about(name, cells, "GH-IMP-265", message, "核对年份"))

    def _in_order(
        self, start: str, end: str, values: dict[str, Any], problems: list[Problem], cells: Sequence[str]
    ) -> None:
        first, last = values.get(start), values.get(end)
        if first is not None and last is not None and last <= first:
            labels = self._roster.fields
            message = f"{labels[end].label} {last.isoformat()} 不在{labels[start].label} {first.isoformat()} 之后"
            problems.append(self._about(end, cells, "GH-IMP-266", message, "核对两个日期"))

    def _cross_member(self, values: dict[str, Any], problems: list[Problem], cells: Sequence[str]) -> None:
        joined = self._date(values, "joined_on", cells) if "joined_on" in values else None
        if joined is not None:
            if joined > self.on:
                self._not_after_today(joined, "joined_on", problems, cells)
            birth = values.get("birth")
            if birth is not None and joined.year - birth.year <= WORKING_AGE and _age(birth, joined) < WORKING_AGE:
                message = f"入会时只有 {_age(birth, joined)} 周岁，未满 {WORKING_AGE} 周岁"
                problems.append(self._about("joined_on", cells, "GH-IMP-267", message, "核对入会时间和身份证号码"))

    def _cross_officer(self, values: dict[str, Any], problems: list[Problem], cells: Sequence[str]) -> None:
        start = self._date(values, "valid_from", cells)
        self._date(values, "valid_to", cells)
        self._not_after_today(start, "valid_from", problems, cells)
        self._in_order("valid_from", "valid_to", values, problems, cells)
        birth = values.get("birth")
        if start is not None and birth is not None and _age(birth, start) < WORKING_AGE:
            message = f"任职日期 {start.isoformat()} 时未满 {WORKING_AGE} 周岁"
            problems.append(self._about("valid_from", cells, "GH-IMP-267", message, "核对任职日期和身份证号码"))

    def _cross_organisation(self, values: dict[str, Any], problems: list[Problem], cells: Sequence[str]) -> None:
        founded = self._date(values, "founded_on", cells)
        start = self._date(values, "term_from", cells)
        self._date(values, "term_to", cells)
        self._not_after_today(founded, "founded_on", problems, cells)
        self._in_order("term_from", "term_to", values, problems, cells)
        if founded is not None and start is not None and start < founded:
            self._warn(
                "term_from",
                cells[self._mapping["term_from"]],
                "GH-IMP-W12",
                "本届起早于成立日期，核对两个日期",
            )
        if values.get("parent") and values["parent"] == values.get("name"):
            problems.append(self._about("parent", cells, "GH-IMP-268", "上级工会就是它自己", "填上一级工会的全称"))
        headcount, members = values.get("headcount"), values.get("members")
        if headcount is not None and members is not None and members > headcount:
            self._warn("members", cells[self._mapping["members"]], "GH-IMP-W13", "会员人数多于职工人数，核对两个数")
        if values.get("uscc") and values["uscc"][0] != "8":
            self._warn("uscc", cells[self._mapping["uscc"]], "GH-IMP-W14", "工会的代码以 8 开头，这个像是单位的代码")
        if values.get("employer_uscc") and values["employer_uscc"][0] == "8":
            self._warn(
                "employer_uscc",
                cells[self._mapping["employer_uscc"]],
                "GH-IMP-W15",
                "以 8 开头的是工会的代码，不是单位的",
            )

    def _duplicates(self, values: dict[str, Any], problems: list[Problem], cells: Sequence[str]) -> None:
        if self.kind == MEMBERS:
            number = values.get("id_number", "")
            # An int is half the size of the text; a million of them are kept.
            try:
                key: object = int(number[:17]) if len(number) == 18 else number
            except ValueError:
                key = number
        elif self.kind == OFFICERS:
            key = (
                values.get("id_number"),
                values.get("organisation") or values.get("organisation_code"),
                values.get("office"),
            )
        else:
            key = (
                values.get("uscc")
                or values.get("code")
                or (values.get("parent") or values.get("parent_code"), values.get("name"))
            )
        first = self._seen.setdefault(key, self._row)
        if first != self._row:
            self._twice.setdefault(first, []).append(self._row)
            name = self._key_field()
            message = f"和第 {first} 行重复（{self._duplicate_noun()}）"
            problems.append(self._about(name, cells, "GH-IMP-261", message, "两行都先不导入，只留正确的一行"))

    def _key_field(self) -> str:
        return "name" if self.kind == ORGANISATIONS else "id_number"

    def _duplicate_noun(self) -> str:
        return {
            MEMBERS: "同一个证件号码",
            OFFICERS: "同一个人在同一工会的同一职务",
            ORGANISATIONS: "同一个组织",
        }[self.kind]


def shown(item: Field, cell: str) -> str:
    """The value as a report may show it: personal numbers and names are masked."""
    text = text_of(cell)
    if item.value == "id":
        return mask_id(text) if kind_of(cell) != DATE else ""
    if item.value == "phone":
        return mask_phone(text)
    if item.value == "name":
        return mask_name(text[:20])
    if item.key == "birth":
        return ""
    return text[:60]


def check_rows(checker: Checker, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Checked | list[Problem]]:
    """Every row checked, in order."""
    check = checker.check
    for number, cells in rows:
        yield check(number, cells)


def check_member_row(raw: Mapping[str, str], *, row: int = 1, on: date) -> Checked | list[Problem]:
    """One member given by field, as a form or the API has it."""
    return _single(MEMBERS, raw, row, on)


def check_organisation_row(raw: Mapping[str, str], *, row: int = 1, on: date) -> Checked | list[Problem]:
    """One organisation given by field."""
    return _single(ORGANISATIONS, raw, row, on)


def check_officer_row(raw: Mapping[str, str], *, row: int = 1, on: date) -> Checked | list[Problem]:
    """One appointment given by field."""
    return _single(OFFICERS, raw, row, on)


def _single(kind: str, raw: Mapping[str, str], row: int, on: date) -> Checked | list[Problem]:
    names = [*raw, *(item.key for item in roster_kind(kind).required if item.key not in raw)]
    if "organisation" not in raw and "organisation_code" in raw:
        names = [name for name in names if name != "organisation"]
    checker = Checker(kind, {name: index for index, name in enumerate(names)}, on=on)
    return checker.check(row, [raw.get(name, "") for name in names])


def _age(birth: date, on: date) -> int:
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
