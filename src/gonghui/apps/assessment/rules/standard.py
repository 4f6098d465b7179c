"""What a standard of assessment says: a closed list of slots, read from YAML or from the desk's editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gonghui.kernel.refusal import Refusal

KEY = r"^[a-z][a-z0-9_]{0,39}$"
LOCAL_TEMPLATE = "本地模板"

ItemKind = Literal["computed", "evidence", "yes_no", "band"]
KIND_WORDS: dict[str, str] = {
    "computed": "台账自动计分",
    "evidence": "按佐证材料打分",
    "yes_no": "做到得分",
    "band": "按数量分档",
}
EvidenceKind = Literal["document", "photo", "minutes", "roster", "account", "survey"]
EVIDENCE_WORDS: dict[str, str] = {
    "document": "文件",
    "photo": "照片",
    "minutes": "会议记录",
    "roster": "名册",
    "account": "账目凭证",
    "survey": "会员测评",
}


class Slot(BaseModel):
    """Every part of a standard: unknown words are mistakes, not extensions."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(Slot):
    """From `least` on, a number earns these points."""

    least: int
    points: int = Field(ge=0, le=1000)


class Item(Slot):
    """One thing that is looked at.

    computed: `formula` over the records gives points, or yes/no for all or nothing. evidence: reviewers give points
    for papers. yes_no: done or not, with papers. band: a number (typed with papers, or by `formula`) earns points.
    `mandatory` (必备) items that miss `needs` keep a union in the lowest grade; `veto` (一票否决) ones give it none.
    """

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=2, max_length=120)
    points: int = Field(ge=0, le=1000)
    kind: ItemKind = "evidence"
    formula: str = Field(default="", max_length=2000)
    result: Literal["points", "yes_no"] = "yes_no"
    bands: tuple[Band, ...] = ()
    unit: str = Field(default="", max_length=12)
    mandatory: bool = False
    veto: bool = False
    needs: int | None = Field(default=None, ge=0, le=1000)
    evidence: tuple[EvidenceKind, ...] = ()
    note: str = Field(default="", max_length=300)
    local: bool = False

    @property
    def automatic(self) -> bool:
        """Filled by the records; nobody types it."""
        return self.kind == "computed" or (self.kind == "band" and bool(self.formula))

    @property
    def least(self) -> int:
        """Points from which a mandatory or vetoing item counts as met."""
        if self.needs is not None:
            return self.needs
        whole = self.kind == "yes_no" or (self.kind == "computed" and self.result == "yes_no")
        return self.points if whole else min(1, self.points)


class Group(Slot):
    key: str = Field(pattern=KEY)
    title: str = Field(min_length=2, max_length=40)
    note: str = Field(default="", max_length=300)
    items: tuple[Item, ...] = Field(min_length=1)

    @property
    def points(self) -> int:
        return sum(item.points for item in self.items)


class Grade(Slot):
    """From `least` points on; the highest comes first, the last begins at nought."""

    title: str = Field(min_length=1, max_length=20)
    least: int = Field(ge=0)
    point: bool = False
    """Unions of this grade may be nominated as demonstration points (示范点)."""


class Standard(Slot):
    """One standard, as staff write, test, publish and print it."""

    key: str = Field(pattern=KEY)
    family: str = Field(pattern=KEY)
    title: str = Field(min_length=2, max_length=40)
    basis: str = Field(default="", max_length=500)
    local: bool = True
    subject: Literal["union", "federation", "any"] = "union"
    applies: str = Field(default="", max_length=2000)
    applies_words: str = Field(default="", max_length=200)
    total: int = Field(default=100, ge=1, le=10000)
    groups: tuple[Group, ...] = Field(min_length=1)
    grades: tuple[Grade, ...] = Field(min_length=2)
    veto_title: str = Field(default="不予定级", max_length=20)

    def items(self) -> Iterator[Item]:
        for group in self.groups:
            yield from group.items

    def item(self, key: str) -> Item | None:
        return next((one for one in self.items() if one.key == key), None)

    def rank(self, title: str) -> int:
        """1 for the highest grade; a veto stands behind the last."""
        titles = [one.title for one in self.grades]
        return titles.index(title) + 1 if title in titles else len(titles) + 1


class Mistake(Slot):
    """What is wrong with a standard: where, and a sentence that says how to mend it."""

    where: str
    sentence: str


_WORDS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，检查拼写",
    "string_pattern_mismatch": "只能用小写字母、数字和下划线，以字母开头",
    "literal_error": "不在可选的范围内",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "too_short": "至少要有一项",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
}


def _path(location: tuple[Any, ...]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def read(body: Any) -> tuple[Standard | None, list[Mistake]]:
    """A standard from its slots, or what is wrong with their shape."""
    if not isinstance(body, dict):
        return None, [Mistake(where="", sentence="标准应是一组项目")]
    try:
        return Standard.model_validate(body), []
    except ValidationError as error:
        return None, [
            Mistake(where=_path(one["loc"]), sentence=_WORDS.get(one["type"], "写法不对")) for one in error.errors()
        ]


def must_read(body: Any) -> Standard:
    """A standard that was checked before it was stored.

    :raises Refusal: GH-ASM-001.
    """
    found, wrong = read(body)
    if found is None:
        raise Refusal("GH-ASM-001", f"标准有{len(wrong)}处不对：{wrong[0].where} {wrong[0].sentence}", "body")
    return found
