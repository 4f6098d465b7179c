"""What a definition of a procedure says: a closed list of slots, read from YAML or from the desk's editor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...refusal import Refusal

KEY = r"^[a-z][a-z0-9_]{0,39}$"
PROCEDURE_KEY = r"^[a-z][a-z0-9_]{0,30}(\.[a-z][a-z0-9_]{0,39})+$"


class Slot(BaseModel):
    """Every part of a definition: unknown words are mistakes, not extensions."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Option(Slot):
    value: str = Field(min_length=1, max_length=60)
    title: str = Field(min_length=1, max_length=80)


class FormField(Slot):
    """One question of a form. `fill` names a fact of the records: what is known is not asked."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=60)
    kind: str
    hint: str = Field(default="", max_length=300)
    required: bool = True
    when: str = ""
    options: tuple[Option, ...] = ()
    least: int | None = None
    most: int | None = None
    unit: str = Field(default="", max_length=12)
    fill: str = ""
    sealed: bool = False
    notice: Literal["hide", "mask", "show"] = "hide"
    columns: tuple[FormField, ...] = ()
    accept: tuple[Literal["image", "pdf", "word", "excel", "any"], ...] = ("image", "pdf")
    files: int = Field(default=5, ge=1, le=30)
    megabytes: int = Field(default=10, ge=1, le=50)
    formula: str = ""
    result: Literal["number", "money", "text", "yes_no"] = "number"
    text: str = Field(default="", max_length=1000)

    @property
    def is_sealed(self) -> bool:
        """Kept encrypted and masked on screens."""
        secret = self.sealed or self.kind in ("identity", "phone", "bank")
        return secret or any(column.is_sealed for column in self.columns)

    @property
    def asked(self) -> bool:
        return self.kind != "computed"


class Section(Slot):
    title: str = Field(min_length=1, max_length=40)
    note: str = Field(default="", max_length=300)
    when: str = ""
    fields: tuple[FormField, ...] = Field(min_length=1)


class Form(Slot):
    sections: tuple[Section, ...] = Field(min_length=1)

    def walk(self) -> Iterator[FormField]:
        for section in self.sections:
            yield from section.fields

    def field(self, key: str) -> FormField | None:
        return next((one for one in self.walk() if one.key == key), None)


class Deadline(Slot):
    """`days` may name a rule ("rule:legal_aid.decide_days"): the place's own value then holds."""

    days: int | str
    unit: Literal["working", "natural"] = "working"
    warn: int = Field(default=1, ge=0, le=60)
    breach: Literal["record", "escalate", "consent", "lapse"] = "record"


class Criterion(Slot):
    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=120)
    most: int = Field(ge=1, le=1000)
    note: str = Field(default="", max_length=300)


class Step(Slot):
    """One step. `after` lists the steps that must be over first; empty means the one before it."""

    key: str = Field(pattern=KEY)
    title: str = Field(min_length=1, max_length=40)
    kind: Literal["review", "score", "vote", "visit", "notice", "decide"]
    tier: Literal["own", "upper", "township", "county", "city", "province"] = "own"
    missing: Literal["up", "skip"] = "up"
    role: str = ""
    note: str = Field(default="", max_length=500)
    after: tuple[str, ...] = ()
    when: str = ""
    deadline: Deadline | None = None
    may: tuple[Literal["approve", "return", "reject"], ...] = ("approve", "return", "reject")
    apart_from: tuple[str, ...] = ()
    asks: tuple[FormField, ...] = ()
    veto: tuple[str, ...] = ()
    """Answers to `asks` of which a single one turns the approval into a refusal (一票否决)."""
    reviewers: int = Field(default=1, ge=1, le=50)
    criteria: tuple[Criterion, ...] = ()
    spread: int | None = Field(default=None, ge=1, le=1000)
    trim: bool = False
    blind: bool = False
    pass_mark: int | None = None
    committee: int | str | None = None
    quorum: Literal["half", "two_thirds"] = "two_thirds"
    passes: Literal["half_of_all", "half_of_present", "two_thirds_of_all"] = "half_of_all"
    photos: int = Field(default=0, ge=0, le=9)
    located: bool = False
    sample: int | str | None = None
    days: int | str | None = None
    day_unit: Literal["working", "natural"] = "working"
    objection_days: int = Field(default=5, ge=1, le=60)
    objection_role: str = ""


class Correction(Slot):
    """补正: everything missing is named at once, and only `times` times."""

    times: int = Field(default=1, ge=0, le=3)
    deadline: Deadline = Deadline(days=5, breach="lapse")


class Appeal(Slot):
    within: Deadline = Deadline(days=15, breach="record")
    tier: Literal["upper", "county", "city", "province"] = "upper"
    role: str
    deadline: Deadline = Deadline(days=15)
    then: Literal["grant", "go_on"] = "grant"
    """What an appeal that is upheld brings: the application is granted, or goes on after the step that refused it."""


class EffectUse(Slot):
    """A named effect of an app; `given` maps its inputs to fields ("=employer", "=step.field") or fixed values."""

    key: str
    given: dict[str, str | int | bool] = Field(default_factory=dict)


class Paper(Slot):
    """A document that comes out of the decision, written from a template of the catalogue."""

    key: str
    title: str


class Definition(Slot):
    """One procedure, as staff write, test, publish and print it."""

    key: str = Field(pattern=PROCEDURE_KEY)
    title: str = Field(min_length=2, max_length=40)
    summary: str = Field(default="", max_length=300)
    basis: str = Field(default="", max_length=500)
    category: str = Field(default="其他", max_length=20)
    prefix: str = Field(default="SQ", pattern=r"^[A-Z]{2,4}$")
    who: Literal["person", "anyone", "organisation", "staff"]
    audience: str = ""
    audience_words: str = Field(default="", max_length=200)
    once: Literal["", "open", "year", "ever"] = "open"
    confidential: bool = False
    consent: str = Field(default="", max_length=1500)
    minutes: int = Field(default=3, ge=1, le=120)
    form: Form
    steps: tuple[Step, ...] = Field(min_length=1)
    correction: Correction = Correction()
    withdraw: bool = True
    appeal: Appeal | None = None
    rules: dict[str, str] = Field(default_factory=dict)
    verdict: str = ""
    approved: tuple[EffectUse, ...] = ()
    rejected: tuple[EffectUse, ...] = ()
    papers: tuple[Paper, ...] = ()
    open_slots: tuple[str, ...] = ()
    standard: str = ""

    @property
    def about_person(self) -> bool:
        """Somebody has to be chosen to whom it applies: the member who applies, or whom staff put forward."""
        filled = any(one.fill.startswith("person_") for one in self.form.walk())
        return self.who == "person" or (self.who == "staff" and filled)

    def step(self, key: str) -> Step | None:
        return next((one for one in self.steps if one.key == key), None)

    def place(self, key: str) -> int:
        """Position of a step, for the order in which steps are shown."""
        return next((number for number, one in enumerate(self.steps) if one.key == key), len(self.steps))

    def waits_for(self, step: Step) -> tuple[str, ...]:
        """The steps that must be over before this one opens."""
        if step.after:
            return tuple(key for key in step.after if key != "start")
        number = self.place(step.key)
        return (self.steps[number - 1].key,) if number else ()


class Mistake(Slot):
    """What is wrong with a definition: where (a path of slots), on which line of its text, and a sentence."""

    where: str
    sentence: str
    line: int | None = None


_PYDANTIC = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，检查拼写",
    "string_pattern_mismatch": "只能用小写字母、数字和下划线，以字母开头",
    "literal_error": "不在可选的范围内",
    "string_too_short": "不能是空的",
    "string_too_long": "太长",
    "too_short": "至少要有一项",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为是或否",
    "greater_than_equal": "数值太小",
    "less_than_equal": "数值太大",
}


def lines_of(text: str) -> dict[str, int]:
    """Path of slots → line of a YAML text, so that a mistake can be pointed at."""
    found: dict[str, int] = {}

    def walk(node: yaml.Node, path: str) -> None:
        found[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inner = f"{path}.{key.value}" if path else str(key.value)
                walk(value, inner)
                found[inner] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                walk(item, f"{path}[{number}]")

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return found
    if root is not None:
        walk(root, "")
    return found


def path_of(location: tuple[Any, ...]) -> str:
    """("steps", 2, "role") → steps[2].role"""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return path


def read(body: Any) -> tuple[Definition | None, list[Mistake]]:
    """A definition from its slots, or what is wrong with their shape."""
    if not isinstance(body, dict):
        return None, [Mistake(where="", sentence="定义应是一组项目")]
    try:
        return Definition.model_validate(body), []
    except ValidationError as error:
        return None, [
            Mistake(
                where=path_of(one["loc"]),
                sentence=f"{_PYDANTIC.get(one['type'], '写法不对')}"
                + (f"：可以是{one['ctx']['expected']}" if one["type"] == "literal_error" else ""),
            )
            for one in error.errors()
        ]


MOST_SLOTS, MOST_DEPTH = 20_000, 30


def plain(value: Any) -> Any:
    """A YAML value as it can be stored: days become texts, keys are texts; neither endless nor unreadable.

    :raises ValueError: it nests without end, grows by aliases, or holds what no definition can say.
    """
    left = MOST_SLOTS

    def walk(one: Any, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0 or depth > MOST_DEPTH:
            raise ValueError("too much")
        if isinstance(one, dict):
            return {walk(str(key), depth + 1): walk(value, depth + 1) for key, value in one.items()}
        if isinstance(one, list):
            return [walk(item, depth + 1) for item in one]
        if isinstance(one, date):
            return one.isoformat()
        if isinstance(one, str) and not UNSTORABLE.search(one):
            return one
        if one is None or (isinstance(one, bool | int) and abs(one) < 2**63):
            return one
        raise ValueError("not a slot")

    return walk(value, 0)


UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_yaml(text: str) -> tuple[dict[str, Any] | None, list[Mistake]]:
    """The slots of a YAML text; only plain data, and not too much of it."""
    if len(text) > 400_000:
        return None, [Mistake(where="", sentence="文件太大，一个定义最多400KB")]
    try:
        body = yaml.safe_load(text)
        body = plain(body)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return None, [Mistake(where="", sentence="写法不对，检查缩进和冒号", line=mark.line + 1 if mark else None)]
    except (ValueError, RecursionError):
        return None, [Mistake(where="", sentence="有的值存不下：层次太深、项目太多，或不是文字、整数、是否、列表")]
    return (body, []) if isinstance(body, dict) else (None, [Mistake(where="", sentence="定义应是一组项目", line=1)])


def must_read(body: Any) -> Definition:
    """A definition that was checked before it was stored.

    :raises Refusal: GH-PRO-001.
    """
    found, wrong = read(body)
    if found is None:
        raise Refusal("GH-PRO-001", f"办事流程的定义有{len(wrong)}处不对：{wrong[0].where} {wrong[0].sentence}", "body")
    return found
