"""A roster file opened safely: which sheet, where the header is, and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from gonghui.apps.rosters.columns import KINDS
from gonghui.apps.rosters.matching import guess_kind, recognised_headers
from gonghui.apps.rosters.reading.shape import Header, find_header, header_at, label_key, not_data
from gonghui.kernel.files.reading.cells import unpack
from gonghui.kernel.files.reading.limits import DEFAULT, Limits
from gonghui.kernel.files.reading.process import ReadingProcess, refuse
from gonghui.kernel.files.reading.sources import Block, Merge, Row

_SAMPLES = 30
_KEPT_SKIPS = 200


class DataRow(NamedTuple):
    """One row of data, numbered as the spreadsheet numbers it."""

    number: int
    cells: list[str]


class Skipped(NamedTuple):
    """A row that is no data, and why: never dropped in silence."""

    number: int
    why: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """One worksheet as far as the preview goes; a csv has a single one without a name."""

    index: int
    name: str
    hidden: bool
    rows: tuple[Row, ...]
    merges: tuple[Merge, ...]
    header: Header | None


@dataclass
class RosterFile:
    """Open until closed; use it in a `with` statement, because a process stands behind it."""

    filename: str
    format: str
    details: dict[str, str]
    sheets: tuple[Sheet, ...]
    chosen: Sheet
    header: Header
    kind: str
    notices: list[str]
    skipped: list[Skipped] = field(default_factory=list)
    skipped_count: int = 0
    progress: float = 0.0
    _process: ReadingProcess | None = None

    @property
    def other_sheets(self) -> list[str]:
        """Sheets that were not chosen, hidden ones left out."""
        return [sheet.name for sheet in self.sheets if sheet.index != self.chosen.index and not sheet.hidden]

    @property
    def labels(self) -> tuple[str, ...]:
        """The header, one label a column."""
        return self.header.labels

    @property
    def samples(self) -> list[list[str]]:
        """The first data rows of the preview."""
        rows = [cells for number, cells in self.chosen.rows if number > self.header.bottom]
        return [cells for cells in rows if not not_data(cells, self._header_keys, False)][:_SAMPLES]

    @property
    def _header_keys(self) -> frozenset[str]:
        keys = {label_key(part) for label in self.header.labels for part in [label, *label.split()]}
        return frozenset(keys - {""})

    def blocks(self) -> Iterator[Block]:
        """Everything on the sheet as the child sends it."""
        assert self._process is not None
        for item in self._process.blocks(self.chosen.index):
            if isinstance(item, Block):
                self.progress = item.permille / 1000
                yield item
            else:
                self.notices += [str(text) for text in item.get("notices", []) if text not in self.notices]
        self.progress = 1.0

    def rows(self, keys: tuple[int, ...] = ()) -> Iterator[DataRow]:
        """The data rows under the header; titles, repeated headers, footers and notes are noted in `skipped`.

        :param keys: columns (the name and the identity number, say) that only data rows fill all together;
            with them the common case costs next to nothing.
        """
        header_keys = self._header_keys
        bottom = self.header.bottom
        settled = bottom + 3  # the rows right below a header may hold hints or the numbers of the columns
        found = False
        first, second = (*keys, -1, -1)[:2] if keys else (-1, -1)
        needed = max(first, second)
        tell = frozenset(self.header.labels[key] for key in keys if key < len(self.header.labels))
        for block in self.blocks():
            for number, cells in enumerate(unpack(block.text), block.first):
                if (
                    number > settled
                    and len(cells) > needed >= 0
                    and cells[first]
                    and (second < 0 or cells[second])
                    and cells[first] not in tell
                    and cells[0][:2] != "示例"
                    and cells[first][:2] != "示例"
                ):
                    found = True
                    yield DataRow(number, cells)
                    continue
                if number <= bottom or not any(cells):
                    continue
                filled = all(key < len(cells) and cells[key] for key in keys) if keys else False
                why = not_data(cells, header_keys, filled)
                if why:
                    self._skip(number, why, cells)
                    continue
                found = True
                yield DataRow(number, cells)
        if not found:
            raise refuse(
                "no_rows",
                f"第 {bottom} 行是表头，下面没有一行数据",
                "核对选的工作表，把名单填在表头下面再上传",
            )

    def _skip(self, number: int, why: str, cells: list[str]) -> None:
        self.skipped_count += 1
        if len(self.skipped) < _KEPT_SKIPS:
            shown = next((cell for cell in cells if cell), "")
            # A footer may hold a person's name and phone behind its first cell, so only that cell is kept.
            self.skipped.append(Skipped(number, why, shown[:20]))

    def choose(self, sheet: int, header_rows: tuple[int, int] | None = None) -> None:
        """Another sheet, or a header that a person pointed out."""
        chosen = self.sheets[sheet]
        header = _header(chosen, header_rows)
        if header is None:
            raise refuse(
                "no_header",
                f"工作表“{chosen.name}”里没有找到表头",
                "表头要有姓名、身份证号码、工会名称这样的列名，独占一行",
            )
        self.chosen, self.header = chosen, header

    def close(self) -> None:
        """Ends the child."""
        if self._process is not None:
            self._process.close()

    def __enter__(self) -> RosterFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_roster(
    data: bytes | Path,
    filename: str,
    *,
    kind: str = "",
    sheet: int | None = None,
    header_rows: tuple[int, int] | None = None,
    limits: Limits = DEFAULT,
) -> RosterFile:
    """Open a roster in a child process with limits.

    :param kind: members, organisations or officers; guessed from the header when empty.
    :param sheet: the index of a sheet settled before, else the first visible one with a header we know.
    :raises Refusal: GH-IMP-1xx, what the file is and how to mend it.
    """
    if isinstance(data, bytes) and len(data) > limits.file_bytes:
        raise refuse("too_big", f"文件有 {len(data) // 1_000_000} MB，太大了", "按单位拆成几份上传")
    process = ReadingProcess(data, filename, limits)
    try:
        meta = process.meta()
        kinds = (kind,) if kind else KINDS
        sheets = tuple(_sheet(index, raw, kinds) for index, raw in enumerate(meta["sheets"]))
        chosen, header = _choose(sheets, sheet, header_rows)
        settled = kind or guess_kind(header.labels)
        notices = [str(text) for text in meta["notices"]]
        return RosterFile(
            filename,
            str(meta["format"]),
            dict(meta["details"]),
            sheets,
            chosen,
            header,
            settled,
            notices,
            _process=process,
        )
    except BaseException:
        process.close()
        raise


def _sheet(index: int, raw: dict[str, Any], kinds: tuple[str, ...]) -> Sheet:
    rows = [(int(number), [str(cell) for cell in cells]) for number, cells in raw["rows"]]
    merges = [(int(a), int(b), int(c), int(d)) for a, b, c, d in raw["merges"]]
    header = find_header(rows, merges, lambda labels: max(recognised_headers(labels, kind) for kind in kinds))
    return Sheet(index, str(raw["name"]), bool(raw["hidden"]), tuple(rows), tuple(merges), header)


def _header(sheet: Sheet, rows: tuple[int, int] | None) -> Header | None:
    return header_at(list(sheet.rows), list(sheet.merges), *rows) if rows else sheet.header


def _choose(sheets: tuple[Sheet, ...], wanted: int | None, header_rows: tuple[int, int] | None) -> tuple[Sheet, Header]:
    if wanted is not None and 0 <= wanted < len(sheets):
        chosen = sheets[wanted]
        header = _header(chosen, header_rows)
        if header is not None:
            return chosen, header
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if not visible:
        raise refuse("hidden_only", "文件里的工作表都是隐藏的", "在工作表标签上点右键“取消隐藏”，再保存上传")
    known = [sheet for sheet in visible if sheet.header is not None and sheet.header.recognised >= 2]
    known = known or [sheet for sheet in visible if sheet.header is not None]
    if known and known[0].header is not None:
        return known[0], known[0].header
    if not any(sheet.rows for sheet in visible):
        raise refuse("no_rows", "表格是空的，没有一个单元格有内容", "把名单填进去，或换一个文件再上传")
    raise refuse(
        "no_header",
        "没有找到表头",
        "表头要有姓名、身份证号码、工会名称这样的列名，独占一行；也可以下载模板来填",
    )
