"""The file of places: its template, and reading one back with row, column and reason of every mistake."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from gonghui.kernel.files.reading.table import first_sheet
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal

from . import catalog
from .choices import Host
from .rules import mapping, opening

HEAD = (
    "管理单位", "类别", "名称", "设在", "所在单位", "乡镇街道", "地址", "经度", "纬度", "面积", "服务", "工作日",
    "周末", "法定节假日", "联系电话", "开放日期",
)  # fmt: skip
MOST_BYTES, MOST_ROWS = 2_000_000, 5_000
_EXAMPLE = (
    "安福县枫田镇总工会", "户外劳动者驿站", "枫田镇户外劳动者驿站", "街道社区", "", "枫田镇", "枫田镇车田街12号",
    "114.6201", "27.3930", "30", "饮水、微波炉、充电", "08:00-18:00", "09:00-17:00", "休息", "0796-7620000",
    "2025-05-01",
)  # fmt: skip
Bodies = Callable[[set[str]], dict[str, list[Organisation]]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Where a file is wrong, what is wrong, and how to mend it."""

    row: int
    column: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Places of a file that are right, and what is wrong with the others."""

    rows: list[dict[str, Any]]
    mistakes: list[Mistake]


def template() -> bytes:
    """An empty workbook with its columns, an example and the words that each column takes."""
    out = io.BytesIO()
    import xlsxwriter  # only who asks for a sheet waits for it

    kinds = [one.title for one in catalog.kinds().values()]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F1F4F8", "bottom": 1})
        sheet = book.add_worksheet("阵地")
        sheet.write_row(0, 0, HEAD, head)
        sheet.write_row(1, 0, _EXAMPLE)
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, len(HEAD) - 1, 16)
        sheet.data_validation(1, 1, MOST_ROWS, 1, {"validate": "list", "source": kinds})
        sheet.data_validation(1, 3, MOST_ROWS, 3, {"validate": "list", "source": [one.label for one in Host]})
        sheet.freeze_panes(1, 0)
        words = book.add_worksheet("可以填什么")
        words.write_row(0, 0, ("类别", "设在", "服务"), head)
        for at, text in enumerate(kinds, 1):
            words.write(at, 0, text)
        for at, host in enumerate(Host, 1):
            words.write(at, 1, host.label)
        for at, one in enumerate(catalog.services().values(), 1):
            words.write(at, 2, one.title)
    return out.getvalue()


def read(name: str, data: bytes, bodies: Bodies) -> Sheet:
    """:param bodies: full names → organisations of the reader's range that are called so.
    :raises Refusal: GH-PLC-070 too big; 071 other columns; 072 too many rows; and what makes a file unreadable.
    """
    if len(data) > MOST_BYTES:
        raise Refusal("GH-PLC-070", f"文件有{len(data) / 1e6:.1f}MB，最多2MB", "file", "分成几份上传")
    rows = [(number, [" ".join(cell.split()) for cell in cells]) for number, cells in first_sheet(data, name)]
    if not rows or rows[0][1][: len(HEAD)] != list(HEAD):
        raise Refusal("GH-PLC-071", "第1行的列名和模板不一样", "file", "下载模板，把名单贴进去再上传")
    if len(rows) - 1 > MOST_ROWS:
        raise Refusal("GH-PLC-072", f"有{len(rows) - 1:,}行，一次最多{MOST_ROWS:,}行", "file", "分成几份上传")
    found = bodies({cells[0] for _, cells in rows[1:] if cells})
    good: list[dict[str, Any]] = []
    mistakes: list[Mistake] = []
    seen: dict[tuple[int, str], int] = {}
    for number, cells in rows[1:]:
        said = dict(zip(HEAD, [*cells, *([""] * len(HEAD))], strict=False))
        one, wrong = _place(number, said, found)
        if not wrong:
            key = (one["organisation"].pk, one["name"])
            if key in seen:
                wrong = [Mistake(number, "名称", f"和第{seen[key]}行是同一处", "删去其中一行")]
            seen.setdefault(key, number)
        if wrong:
            mistakes += wrong
        else:
            good.append(one)
    return Sheet(good, mistakes)


class _Wrong(Exception):
    def __init__(self, column: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


def _place(
    number: int, said: dict[str, str], found: dict[str, list[Organisation]]
) -> tuple[dict[str, Any], list[Mistake]]:
    """One row as facts of a place, and everything that is wrong with it."""
    facts: dict[str, Any] = {}
    mistakes = []
    for part in (_body, _words, _point, _numbers, _offered, _hours):
        try:
            facts |= part(said, found) if part is _body else part(said)  # type: ignore[operator]
        except _Wrong as wrong:
            mistakes.append(Mistake(number, wrong.column, wrong.message, wrong.hint))
    return facts, mistakes


def _body(said: dict[str, str], found: dict[str, list[Organisation]]) -> dict[str, Any]:
    rows = found.get(said["管理单位"], [])
    if len(rows) != 1:
        if not said["管理单位"]:
            raise _Wrong("管理单位", "没有写管理单位", "写组织的全称")
        problem = "不止一家叫" if rows else "本级范围内没有叫"
        raise _Wrong("管理单位", f"{problem}“{said['管理单位'][:40]}”的组织", "与组织名录核对，写全称")
    return {"organisation": rows[0]}


def _words(said: dict[str, str]) -> dict[str, Any]:
    kind = catalog.read(catalog.kinds(), said["类别"])
    if not kind:
        raise _Wrong("类别", f"没有“{said['类别'][:20]}”这个类别", "从模板“可以填什么”里选")
    host = Host.read(said["设在"])
    if host is None:
        raise _Wrong("设在", f"没有“{said['设在'][:20]}”这一种", "从模板“可以填什么”里选")
    limits = {"名称": (2, 80), "地址": (4, 160), "所在单位": (0, 80), "乡镇街道": (0, 40), "联系电话": (0, 30)}
    for column, (least, most) in limits.items():
        if not least <= len(said[column]) <= most:
            few = "没有写，或太短" if len(said[column]) < least else f"超过{most}个字"
            raise _Wrong(column, f"{column}{few}", f"{least}至{most}个字" if least else f"最多{most}个字")
    if said["联系电话"].startswith("1") and len([one for one in said["联系电话"] if one.isdigit()]) == 11:
        raise _Wrong("联系电话", "这是个人手机", "写办公电话，或留空")
    return {
        "kind": kind, "host": host.value, "name": said["名称"], "address": said["地址"], "host_name": said["所在单位"],
        "township": said["乡镇街道"], "office_phone": said["联系电话"],
    }  # fmt: skip


def _point(said: dict[str, str]) -> dict[str, Any]:
    if not said["经度"] and not said["纬度"]:
        return {"lon": None, "lat": None}
    try:
        lon, lat = Decimal(said["经度"]), Decimal(said["纬度"])
    except InvalidOperation:
        raise _Wrong("经度", "经度和纬度要是两个数", "例如114.6201和27.3930；不知道就都留空") from None
    if not (lon.is_finite() and lat.is_finite() and mapping.plausible(float(lon), float(lat))):
        raise _Wrong("经度", "经纬度不在国内", "经度在前，是不是写反了")
    return {"lon": lon, "lat": lat}


def _numbers(said: dict[str, str]) -> dict[str, Any]:
    area = said["面积"].removesuffix("平方米").removesuffix("㎡").removesuffix(".0")
    if area and not (area.isascii() and area.isdigit() and 1 <= int(area[:9]) <= 1_000_000):
        raise _Wrong("面积", f"“{said['面积'][:20]}”不是面积", "写整数，单位是平方米")
    return {"area": int(area) if area else None, "opened_on": _day(said["开放日期"])}


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            found = datetime.strptime(text.split(" ")[0], form).date()
        except ValueError:
            continue
        if found > timezone.localdate():
            raise _Wrong("开放日期", "开放日期晚于今天", "还没有开放的留空")
        return found
    raise _Wrong("开放日期", f"“{text[:20]}”不是日期", "写成2025-05-01；还没有开放的留空")


def _offered(said: dict[str, str]) -> dict[str, Any]:
    found = []
    for part in said["服务"].replace(",", "、").replace("，", "、").replace("；", "、").split("、"):
        if not part.strip():
            continue
        key = catalog.read(catalog.services(), part)
        if not key:
            raise _Wrong("服务", f"没有“{part.strip()[:20]}”这一项", "从模板“可以填什么”里选，用顿号隔开")
        found.append(key)
    return {"offered": list(dict.fromkeys(found))}


def _hours(said: dict[str, str]) -> dict[str, Any]:
    facts = {}
    for column, name in (("工作日", "workday"), ("周末", "weekend"), ("法定节假日", "holiday")):
        try:
            facts[name] = opening.tidy(said[column]) if said[column] or name != "holiday" else ""
        except ValueError as error:
            raise _Wrong(column, str(error), "例如08:00-12:00，14:00-18:00") from None
    if said["开放日期"] and facts["workday"] == facts["weekend"] == opening.REST:
        raise _Wrong("工作日", "已经开放的要写开放时间", "写成08:00-18:00，或24小时")
    return facts
