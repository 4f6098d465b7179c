"""What a cell of a form means: a figure, words that the platform knows, or something that somebody has to be asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gonghui.kernel.refusal import Refusal

from ..choices import Back, Kind, Said
from .sheets import Book, area, place

MOST = 2_000
"""Cells that one form may have mapped."""
_AT = r"^[A-Z]{1,3}[1-9][0-9]{0,6}$"


class Mapped(BaseModel):
    """One cell.

    :param figure: key of a figure, for `figure`.
    :param label: the cell whose words name the organisation that the figure is of, or that is asked (then every body
        directly below is); empty for the own body.
    :param back: which period the figure or the question is of.
    :param per: 10000 where the form wants 万元 or 万名.
    :param said: which words, for `text`; `nth` which of those below.
    :param title: what is asked, for `asked`: the same words, unit and period are asked of a body only once.
    :param role: the post of the own body that is asked; empty for whoever fills in.
    :param below: asked of every body below and added up.
    :param whole: the cell of the same sheet that this one is a part of: it may not be larger.
    :param parts: the area of the same sheet whose sum this one has to be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    sheet: str = Field(min_length=1, max_length=60)
    cell: str = Field(pattern=_AT)
    kind: Kind
    figure: str = Field(default="", max_length=60)
    label: str = Field(default="", pattern=rf"^$|{_AT}")
    back: Back = Back.THIS
    per: Literal[1, 10000] = 1
    said: Said | None = None
    nth: int = Field(default=0, ge=0, le=500)
    title: str = Field(default="", max_length=80)
    unit: str = Field(default="", max_length=12)
    number: bool = True
    role: str = Field(default="", max_length=40)
    below: bool = False
    whole: str = Field(default="", pattern=rf"^$|{_AT}")
    parts: str = Field(default="", max_length=24)

    @property
    def key(self) -> tuple[str, str]:
        return self.sheet, self.cell


def told(one: Mapped, titles: dict[str, str], roles: dict[str, str]) -> str:
    """What a cell means, in Chinese."""
    if one.kind == Kind.FIGURE:
        said = [titles.get(one.figure, one.figure), str(one.back.label), f"{one.label}写的单位" if one.label else ""]
        said += ["以万计"] if one.per > 1 else []
    elif one.kind == Kind.TEXT:
        said = [str(one.said.label) if one.said else "", f"第{one.nth}个" if one.said == Said.BELOW else ""]
    else:
        whom = "各下级单位，逐级相加" if one.below else f"本单位{roles.get(one.role, '填报人')}"
        whom = f"{one.label}写的下级单位" if one.label else whom
        back = "" if one.back == Back.THIS else str(one.back.label)
        said = [f"问{whom}", one.title, back, one.unit if one.number else "文字"]
    return "，".join(word for word in said if word)


def read_all(rows: Iterable[dict[str, Any]]) -> list[Mapped]:
    return [Mapped.model_validate(one) for one in rows]


def checked(given: dict[str, Any], book: Book, figures: Iterable[str]) -> Mapped:
    """A mapping that fits the form.

    :raises Refusal: GH-FLG-010 not a cell of the form, 011 a formula, 012 what it should mean is missing,
        013 the cell of a check does not exist, 014 inside a merged area, 015 a cell that opens a link.
    """
    try:
        one = Mapped.model_validate(given)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0]) if error.errors()[0]["loc"] else "cell"
        raise Refusal("GH-FLG-010", "这一格的设置不完整或者写法不对", where, "单元格写成C5这样") from error
    sheet = book.sheet(one.sheet)
    row, column = place(one.cell)
    if sheet is None or row > sheet.rows + 50 or column > sheet.columns + 10:
        raise Refusal("GH-FLG-010", f"表里没有{one.sheet[:20]}的{one.cell}这一格", "cell", "从表里点选")
    here = sheet.cells.get(one.cell)
    if here is not None and here.formula:
        raise Refusal(
            "GH-FLG-011", f"{one.cell}是表里自带的公式（={here.formula[:40]}），保持原样，不能改填别的", "cell",
            "合计让公式自己算",
        )  # fmt: skip
    if sheet.covered(one.cell):
        raise Refusal("GH-FLG-014", f"{one.cell}在合并的单元格里面", "cell", "点合并区域的第一格")
    if sheet.linked(one.cell):
        raise Refusal(
            "GH-FLG-015",
            f"{one.cell}带着超链接，填了数以后点它会打开别的地址",
            "cell",
            "在表里取消这一格的超链接，重新收入",
        )
    _meant(one, set(figures))
    if (one.whole or one.label) and one.cell in (one.whole, one.label):
        raise Refusal("GH-FLG-013", "不能和自己比", "whole" if one.whole == one.cell else "label")
    if one.parts and (":" not in one.parts or not area(one.parts) or one.cell in area(one.parts)):
        raise Refusal("GH-FLG-013", f"看不懂区域“{one.parts}”", "parts", "写成C6:C18这样，不能包括这一格自己")
    return one


def _meant(one: Mapped, figures: set[str]) -> None:
    if one.kind == Kind.FIGURE and one.figure not in figures:
        raise Refusal("GH-FLG-012", "没有选数字", "figure", "从数字里挑选；算不出来的改成“问”")
    if one.kind == Kind.TEXT and (not one.said or (one.said == Said.BELOW and not one.nth)):
        raise Refusal("GH-FLG-012", "没有选填什么文字", "said", "下级单位的名称要写第几个")
    if one.kind == Kind.ASKED and not one.title.strip():
        raise Refusal("GH-FLG-012", "没有写要问什么", "title", "写清楚事项，例如“本期开展安全培训”")
    if one.kind == Kind.ASKED and (one.below or one.label) and not one.number:
        raise Refusal("GH-FLG-012", "问下级单位的只能是数", "number", "文字只问本单位")
