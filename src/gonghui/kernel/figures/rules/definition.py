"""What a figure's definition may say, and every mistake in one, told in a sentence.

Three forms, and no others: something counted of a source (`count`), the share of a figure's records that fulfil more
(`share`), one figure over another (`rate`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gonghui.kernel import conditions
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.sources import Source

from ..choices import Area, Better

KEY: Final = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*"
MEASURES: Final = ("count", "distinct", "sum", "average")


@dataclass(frozen=True, slots=True)
class Mistake:
    """`where` is the slot, `sentence` what is wrong and how to mend it."""

    where: str
    sentence: str


class Base(BaseModel):
    """Something counted.

    :param measure: count, distinct:<what>, sum:<amount> or average:<amount>.
    :param time: as_of, or during:<moment>.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    measure: str = "count"
    where: dict[str, Any] = Field(default_factory=dict)
    time: str = "as_of"


class Share(BaseModel):
    """Of the records of a figure those that fulfil a condition besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str
    where: dict[str, Any]


class Rate(BaseModel):
    """One figure over another, times `scale`: 100 for per cent, 1000 for a thousand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: str
    over: str
    scale: int = Field(default=100, ge=1, le=1_000_000)


class Definition(BaseModel):
    """One figure. `wording` is the sentence a report uses: {value} {unit} {period} {place}."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str = Field(max_length=60)
    title: str = Field(min_length=2, max_length=40)
    area: str
    unit: str = Field(max_length=10)
    note: str = Field(default="", max_length=300)
    wording: str = Field(default="", max_length=120)
    owner: str = Field(default="", max_length=40)
    decimals: int = Field(default=0, ge=0, le=4)
    better: str = "neutral"
    source_note: str = Field(default="", max_length=200)
    count: Base | None = None
    share: Share | None = None
    rate: Rate | None = None

    @property
    def kind(self) -> str:
        if self.share is not None:
            return "share"
        if self.rate is not None:
            return "rate"
        return self.count.measure.partition(":")[0] if self.count else "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is really asked of the records: the unit of counting that figures share and values are kept by."""

    source: str
    kind: str  # count | distinct | sum
    what: str
    where: str  # canonical JSON, so that equal conditions are one measure
    time: str

    @property
    def digest(self) -> str:
        text = json.dumps([self.source, self.kind, self.what, self.where, self.time], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def condition(self) -> Any:
        return json.loads(self.where)

    @property
    def moment(self) -> str:
        """The moment of a "during" measure; empty for "as of"."""
        return self.time.partition(":")[2]

    @property
    def adds_up(self) -> bool:
        """Whether a parent is the sum of its children and a year of its months: not when somebody is counted once."""
        return self.kind != "distinct"


def measure_of(base: Base, kind: str | None = None, more: Any = None) -> Measure:
    """The measure of a base; `kind` overrides (an average is a sum over a count), `more` is a condition besides."""
    named, _, what = base.measure.partition(":")
    where = base.where
    if more:
        where = {"all": [where, more]} if where else more
    kind = kind or named
    text = json.dumps(where, ensure_ascii=False, sort_keys=True)
    return Measure(base.source, kind, what if kind != "count" else "", text, base.time)


@dataclass(frozen=True, slots=True)
class Parts:
    """A figure as measures: above the line, below it where there is one, and what the quotient is multiplied by."""

    top: Measure
    bottom: Measure | None = None
    scale: int = 1

    @property
    def measures(self) -> tuple[Measure, ...]:
        return (self.top, self.bottom) if self.bottom else (self.top,)


def parts_of(definition: Definition, others: Mapping[str, Definition]) -> Parts:
    """What has to be counted for a figure.

    :raises KeyError: it speaks of a figure that is not there; `check` says so in words.
    """
    if definition.rate is not None:
        top, over = others[definition.rate.of], others[definition.rate.over]
        if top.count is None or over.count is None:
            raise KeyError(definition.rate.of)
        return Parts(measure_of(top.count), measure_of(over.count), definition.rate.scale)
    if definition.share is not None:
        whole = others[definition.share.of]
        if whole.count is None:
            raise KeyError(definition.share.of)
        return Parts(measure_of(whole.count, more=definition.share.where), measure_of(whole.count), 100)
    if definition.count is None:
        raise KeyError(definition.key)
    if definition.kind == "average":
        return Parts(measure_of(definition.count, "sum"), measure_of(definition.count, "count"))
    return Parts(measure_of(definition.count))


def read(body: Any) -> tuple[Definition | None, list[Mistake]]:
    """A definition from slots, with the mistakes of its shape."""
    try:
        return Definition.model_validate(body), []
    except ValidationError as error:
        return None, [
            Mistake(".".join(str(part) for part in one["loc"]), _said(one["type"], one["msg"]))
            for one in error.errors()
        ]


def _said(kind: str, message: str) -> str:
    return {
        "missing": "没有填写",
        "extra_forbidden": "没有这一项，删去或改正拼写",
        "string_too_long": "太长",
        "string_too_short": "太短",
        "string_type": "要写成文字",
        "int_parsing": "要写成整数",
        "int_type": "要写成整数",
        "greater_than_equal": "太小",
        "less_than_equal": "太大",
        "dict_type": "写法不对",
    }.get(kind, message)


def check(body: Any, sources: Mapping[str, Source], others: Mapping[str, Definition]) -> list[Mistake]:
    """Everything that keeps a definition from being published."""
    definition, wrong = read(body)
    if definition is None:
        return wrong
    if not re.fullmatch(KEY, definition.key):
        wrong.append(Mistake("key", "标识用小写字母、数字和下划线，例如local.heat_parcels"))
    if definition.area not in Area.values:
        wrong.append(Mistake("area", f"没有“{definition.area}”这个工作领域"))
    if definition.better not in Better.values:
        wrong.append(Mistake("better", "只能是more、less或neutral"))
    try:
        definition.wording.format(value="", unit="", period="", place="")
    except (KeyError, IndexError, ValueError):
        wrong.append(Mistake("wording", "句子里只能用{value}、{unit}、{period}、{place}"))
    given = [name for name in ("count", "share", "rate") if getattr(definition, name) is not None]
    if len(given) != 1:
        wrong.append(Mistake("count", "“数什么”“占比”“两个数字相比”三选一，写一种"))
        return wrong
    if definition.count is not None:
        wrong += _check_base(definition.count, sources)
    elif definition.share is not None:
        wrong += _check_share(definition.share, sources, others)
    elif definition.rate is not None:
        wrong += _check_rate(definition.rate, others)
    return wrong


def _check_base(base: Base, sources: Mapping[str, Source]) -> list[Mistake]:
    source = sources.get(base.source)
    if source is None:
        return [Mistake("count.source", f"没有“{base.source}”这种记录，从列出的里面选")]
    wrong = []
    kind, _, what = base.measure.partition(":")
    known: Mapping[str, Any] = source.distincts if kind == "distinct" else source.amounts
    if kind not in MEASURES:
        wrong.append(Mistake("count.measure", "只能计数、去重计数、求和或平均"))
    elif kind != "count" and what not in known:
        names = "、".join(one.title for one in known.values()) or "没有可选的"
        wrong.append(Mistake("count.measure", f"{source.title}不能按“{what}”计算，可选：{names}"))
    when, _, moment = base.time.partition(":")
    if when == "as_of" and source.span is None:
        wrong.append(Mistake("count.time", f"{source.title}没有“截至某天”，选一个发生的时间"))
    elif when == "during" and moment not in source.moments:
        names = "、".join(one.title for one in source.moments.values()) or "没有可选的"
        wrong.append(Mistake("count.time", f"{source.title}没有“{moment}”这个时间，可选：{names}"))
    elif when not in ("as_of", "during"):
        wrong.append(Mistake("count.time", "写as_of（截至）或during:时间（期间内）"))
    return wrong + _check_where(base.where, source, "count.where")


def _check_where(where: Any, source: Source, slot: str) -> list[Mistake]:
    try:
        conditions.check(where, source.fields())
    except Refusal as refusal:
        return [Mistake(slot, refusal.message)]
    return []


def _check_share(share: Share, sources: Mapping[str, Source], others: Mapping[str, Definition]) -> list[Mistake]:
    whole = others.get(share.of)
    if whole is None:
        return [Mistake("share.of", f"没有“{share.of}”这个数字")]
    if whole.count is None or whole.kind == "average":
        return [Mistake("share.of", f"“{whole.title}”本身就是算出来的，不能再求占比，选一个计数或求和的数字")]
    if not share.where:
        return [Mistake("share.where", "写明占比的条件")]
    source = sources.get(whole.count.source)
    return _check_where(share.where, source, "share.where") if source else []


def _check_rate(rate: Rate, others: Mapping[str, Definition]) -> list[Mistake]:
    wrong = []
    for slot, key in (("rate.of", rate.of), ("rate.over", rate.over)):
        other = others.get(key)
        if other is None:
            wrong.append(Mistake(slot, f"没有“{key}”这个数字"))
        elif other.count is None or other.kind == "average":
            wrong.append(Mistake(slot, f"“{other.title}”本身就是算出来的，不能再相比，选一个计数或求和的数字"))
    if not wrong and rate.of == rate.over:
        wrong.append(Mistake("rate.over", "上下是同一个数字，永远等于1"))
    return wrong
