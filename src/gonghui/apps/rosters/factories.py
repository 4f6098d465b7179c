"""Rosters for tests, drills and benchmarks: generated people, as files in the formats that unions use."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from gonghui.kernel.people.rules.identity import _CHECK, _weighted
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import Viewer

from . import services
from .models import RosterImport

HEADERS = ("姓名", "身份证号码", "手机号码", "所在工会", "入会时间", "用工类别", "职业工种", "学历", "用人单位", "工号")
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏"
    "魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵"
    "万钱严覃武戴莫孔向汤"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰春梅建国志文斌辉红波宁鹏飞慧巧美云莲真"
    "环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞莉昌福顺生水根林森火土金海山川江河湖溪泉石岩峰岭"
)
_KINDS = ("正式职工", "农民工", "新就业形态劳动者", "劳务派遣工")
_WORK = ("货车驾驶员", "装卸工", "分拣员", "仓库管理员", "调度员", "会计", "车间操作工", "保洁员")
_SCHOOL = ("初中", "高中", "大专", "本科", "中专")


def identity(number: int) -> str:
    """The number-th well-formed identity number of nobody: 360800 is a city, and papers carry the county."""
    day = date(1962, 1, 1) + timedelta(days=number // 990 % 14_000)
    body = f"360800{day:%Y%m%d}{number % 990 + 1:03d}"
    return body + _CHECK[_weighted(body, 0) % 11]


def people(count: int, unions: Sequence[str], *, start: int = 0, seed: int = 7) -> Iterator[tuple[str, ...]]:
    """Rows under HEADERS, the same for the same arguments."""
    chance = random.Random(seed)
    pick, upto = chance.choice, chance.random
    for number in range(start, start + count):
        name = pick(_SURNAMES) + pick(_GIVEN) + (pick(_GIVEN) if upto() < 0.75 else "")
        joined = date(2012, 1, 1) + timedelta(days=int(upto() * 3600))
        yield (
            name, identity(number), f"1990{number % 10_000_000:07d}", unions[number % len(unions)], joined.isoformat(),
            pick(_KINDS), pick(_WORK), pick(_SCHOOL), "江西省吉安市某某物流有限公司", f"G{number:07d}",
        )  # fmt: skip


def as_csv(
    rows: Sequence[Sequence[str]] | Iterator[tuple[str, ...]],
    headers: Sequence[str] = HEADERS,
    encoding: str = "utf-8-sig",
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(
    rows: Sequence[Sequence[str]] | Iterator[tuple[str, ...]],
    target: Path | io.BytesIO,
    headers: Sequence[str] = HEADERS,
) -> None:
    name = str(target) if isinstance(target, Path) else target
    book = xlsxwriter.Workbook(name, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("会员名册")
    for at, row in enumerate((headers, *rows) if isinstance(rows, (list, tuple)) else _with(headers, rows)):
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(at, column, cell)
    book.close()


def _with(headers: Sequence[str], rows: Iterator[tuple[str, ...]]) -> Iterator[Sequence[str]]:
    yield headers
    yield from rows


def upload(
    viewer: Viewer, organisation: Any, content: bytes | Path, *, kind: str = "members", name: str = "名册.csv"
) -> RosterImport:
    """File a roster without a request."""
    with acting(viewer):
        if isinstance(content, Path):
            with content.open("rb") as file:
                return services.upload(
                    viewer, organisation=organisation, kind=kind, file=file, name=name, size=content.stat().st_size
                )
        return services.upload(
            viewer, organisation=organisation, kind=kind, file=io.BytesIO(content), name=name, size=len(content)
        )


def checked(
    viewer: Viewer, organisation: Any, content: bytes | Path, *, kind: str = "members", name: str = "名册.csv"
) -> RosterImport:
    """File a roster and take it through columns and checks, as the worker would."""
    roster = upload(viewer, organisation, content, kind=kind, name=name)
    services.run(roster.pk, viewer)
    with acting(viewer):
        roster.refresh_from_db()
        if roster.state == "matching":
            services.confirm_columns(viewer, roster=roster, choices={})
    services.run(roster.pk, viewer)
    with acting(viewer):
        roster.refresh_from_db()
    return roster


def imported(
    viewer: Viewer,
    organisation: Any,
    content: bytes | Path,
    *,
    kind: str = "members",
    name: str = "名册.csv",
    mode: str = "good_only",
) -> RosterImport:
    """File a roster and import it."""
    roster = checked(viewer, organisation, content, kind=kind, name=name)
    if roster.state == "ready":
        with acting(viewer):
            services.commit(viewer, roster=roster, mode=mode)
        services.run(roster.pk, viewer)
        with acting(viewer):
            roster.refresh_from_db()
    return roster
