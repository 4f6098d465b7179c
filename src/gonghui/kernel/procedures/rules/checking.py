"""Whether a definition can work: every mistake is explained before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...rules import expressions
from ..choices import FieldKind, Tier
from .definition import Deadline, Definition, EffectUse, FormField, Mistake, Step, read

KIND_OF: dict[str, str] = {
    "text": "text", "long_text": "text", "number": "number", "money": "money", "date": "date", "choice": "text",
    "choices": "texts", "yes_no": "yes_no", "identity": "text", "phone": "text", "bank": "text", "person": "number",
    "organisation": "number", "place": "text", "table": "rows", "files": "number", "declaration": "yes_no",
}  # fmt: skip
"""Kind of a field → kind of its value in expressions; files count, persons and organisations are their numbers."""

STANDING = {"today": "date", "verdict": "text", "score": "number", "grade": "text"}
"""Names that every expression of a definition may use beside its fields, facts and rules."""

TIER_RANK = {"province": 1, "city": 2, "county": 3, "township": 4, "upper": 5, "own": 6}
LEVEL_RANK = {"national": 0, "province": 1, "city": 2, "county": 3, "township": 4, "unit": 6, "branch": 6, "group": 6}


@dataclass(frozen=True, slots=True)
class KnownEffect:
    """What a definition may name as an outcome."""

    title: str
    permission: str
    needs: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    """Roles whose permission covers the effect: only their steps may decide it."""


@dataclass(frozen=True, slots=True)
class Known:
    """What exists on this platform: the words that a definition may use."""

    roles: Mapping[str, str]
    effects: Mapping[str, KnownEffect]
    facts: Mapping[str, str]
    """Fact → kind of its value."""
    rules: Mapping[str, str]
    """Rule → kind of its value (number, money, text, yes_no)."""
    standards: frozenset[str] = frozenset()
    formulas: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Rule that is a formula → what it speaks of."""
    author: frozenset[str] | None = None
    """Permissions of who publishes; None for what is shipped."""
    level: str = "national"
    """Where it is published: steps above it are not for its author to order."""
    titles: Mapping[str, str] = field(default_factory=dict)


def names_of(definition: Definition, known: Known) -> tuple[dict[str, str], frozenset[str]]:
    """(name → kind, names that may be null) of everything an expression of this definition may speak of."""
    names = dict(STANDING)
    optional = set(known.facts) | {"verdict", "score", "grade"}
    names |= {key: kind for key, kind in known.facts.items()}
    for alias, rule in definition.rules.items():
        names[alias] = known.rules.get(rule, "number")
    for section in definition.form.sections:
        for one in section.fields:
            names[one.key] = one.result if one.kind == "computed" else KIND_OF.get(one.kind, "text")
            if not one.required or one.when or section.when:
                optional.add(one.key)
    return names, frozenset(optional)


def check(body: Any, known: Known) -> list[Mistake]:
    """Every mistake of a definition, in the order of its text; empty when it can be published."""
    definition, wrong = read(body)
    if definition is None:
        return wrong
    return [
        *_form(definition, known),
        *_steps(definition, known),
        *_outcomes(definition, known),
        *_whole(definition, known),
    ]


def _at(where: str, sentence: str) -> Mistake:
    return Mistake(where=where, sentence=sentence)


def _expression(where: str, text: str, definition: Definition, known: Known, result: str) -> Iterator[Mistake]:
    names, optional = names_of(definition, known)
    for one in expressions.mistakes(text, names, result, optional):
        yield _at(where, one.sentence)


def _form(definition: Definition, known: Known) -> Iterator[Mistake]:
    seen: set[str] = set()
    for s, section in enumerate(definition.form.sections):
        base = f"form.sections[{s}]"
        if section.when:
            yield from _expression(f"{base}.when", section.when, definition, known, "yes_no")
        for f, one in enumerate(section.fields):
            where = f"{base}.fields[{f}]"
            if one.key in seen or one.key in STANDING or one.key in definition.rules:
                yield _at(f"{where}.key", f"“{one.key}”已经用过，换一个")
            seen.add(one.key)
            yield from _field(where, one, definition, known)


def _field(where: str, one: FormField, definition: Definition, known: Known) -> Iterator[Mistake]:
    if one.kind not in FieldKind.values:
        yield _at(f"{where}.kind", f"没有“{one.kind}”这种问题；可以用的有：{'、'.join(FieldKind.values)}")
        return
    if one.when:
        yield from _expression(f"{where}.when", one.when, definition, known, "yes_no")
    if one.kind in ("choice", "choices") and len(one.options) < 2 and not one.fill:
        yield _at(f"{where}.options", "单选和多选至少要有两个选项")
    if len({option.value for option in one.options}) != len(one.options):
        yield _at(f"{where}.options", "有两个选项的值相同")
    if one.kind == "computed":
        if not one.formula:
            yield _at(f"{where}.formula", "自动计算的项目要写公式")
        else:
            yield from _expression(f"{where}.formula", one.formula, definition, known, one.result)
    if one.kind == "table" and not one.columns:
        yield _at(f"{where}.columns", "表格至少要有一列")
    if one.kind == "table" and any(column.kind in ("table", "files", "computed") for column in one.columns):
        yield _at(f"{where}.columns", "表格的列只能是文字、数字、金额、日期、选择")
    if one.fill and one.fill not in known.facts:
        yield _at(f"{where}.fill", f"台账里没有“{one.fill}”这一项")
    if one.least is not None and one.most is not None and one.least > one.most:
        yield _at(f"{where}.most", "最大值比最小值小")
    if one.is_sealed and one.notice == "show":
        yield _at(f"{where}.notice", "加密保存的内容不能公示，只能隐去部分或不公示")


def _steps(definition: Definition, known: Known) -> Iterator[Mistake]:
    keys = [step.key for step in definition.steps]
    for number, step in enumerate(definition.steps):
        where = f"steps[{number}]"
        if keys.index(step.key) != number:
            yield _at(f"{where}.key", f"“{step.key}”已经用过，换一个")
        for other in step.after:
            if other != "start" and other not in keys:
                yield _at(f"{where}.after", f"没有“{other}”这个环节")
            elif other == step.key:
                yield _at(f"{where}.after", "环节不能等自己")
        for other in step.apart_from:
            if other not in keys or other == step.key:
                yield _at(f"{where}.apart_from", f"没有“{other}”这个环节")
        yield from _step(where, step, definition, known)
    yield from _loops(definition)


def _step(where: str, step: Step, definition: Definition, known: Known) -> Iterator[Mistake]:
    if (step.kind != "notice" or step.role) and step.role not in known.roles:
        yield _at(f"{where}.role", f"没有“{step.role}”这个角色；可以用的有：{'、'.join(known.roles)}")
    if step.when:
        if step.when.strip() == "false":
            yield _at(f"{where}.when", "这个环节永远不会进入，删掉它或改条件")
        else:
            yield from _expression(f"{where}.when", step.when, definition, known, "yes_no")
    if TIER_RANK[step.tier] < LEVEL_RANK.get(known.level, 0):
        yield _at(f"{where}.tier", f"本级发布的流程不能安排{Tier(step.tier).label}办理")
    if step.deadline:
        yield from _deadline(f"{where}.deadline", step.deadline, known)
        if step.deadline.breach == "consent" and step.kind not in ("review", "decide"):
            yield _at(f"{where}.deadline.breach", "只有审核和决定可以超期视为同意")
    if step.kind == "notice":
        if step.days is None:
            yield _at(f"{where}.days", "公示要写明天数")
        else:
            yield from _deadline(f"{where}.days", Deadline(days=step.days, unit=step.day_unit), known)
        if definition.confidential:
            yield _at(f"{where}.kind", "保密的流程不能公示")
    if step.kind == "score" and not step.criteria and not definition.standard:
        yield _at(f"{where}.criteria", "评分要写明评分项，或指定评价标准")
    if step.spread is not None and step.reviewers < 2:
        yield _at(f"{where}.spread", "一个人评分没有分差，至少要两个人")
    if step.trim and step.reviewers < 3:
        yield _at(f"{where}.trim", "去掉最高分和最低分，至少要三个人")
    answers = {option.value for one in step.asks for option in one.options}
    for value in step.veto:
        if value not in answers:
            yield _at(f"{where}.veto", f"这个环节要填的项目里没有“{value}”这个选项")
    if step.kind == "vote" and step.committee is None:
        yield _at(f"{where}.committee", "表决要写明应到人数")
    if step.kind in ("review", "decide") and "approve" not in step.may:
        yield _at(f"{where}.may", "审核和决定要能通过，否则到不了办结")


def _deadline(where: str, deadline: Deadline, known: Known) -> Iterator[Mistake]:
    if isinstance(deadline.days, str):
        name = deadline.days.removeprefix("rule:")
        if not deadline.days.startswith("rule:") or known.rules.get(name) != "number":
            yield _at(where, f"没有“{name}”这条天数规则；写整数，或写 rule:规则名")
    elif not 0 < deadline.days <= 1000:
        yield _at(where, "天数应在1至1000之间")


def _loops(definition: Definition) -> Iterator[Mistake]:
    """Steps that wait for each other never open; neither do those behind them."""
    opened: set[str] = set()
    rest = list(definition.steps)
    while True:
        ready = [step for step in rest if all(key in opened for key in definition.waits_for(step))]
        if not ready:
            break
        opened |= {step.key for step in ready}
        rest = [step for step in rest if step.key not in opened]
    stuck = {step.key for step in rest}
    for step in rest:
        chain = [key for key in definition.waits_for(step) if key in stuck]
        if chain:
            yield _at(
                f"steps[{definition.place(step.key)}].after",
                f"“{step.title}”要等“{'”“'.join(_title(definition, key) for key in chain)}”，而它们互相等待或到不了",
            )


def _title(definition: Definition, key: str) -> str:
    step = definition.step(key)
    return step.title if step else key


def _outcomes(definition: Definition, known: Known) -> Iterator[Mistake]:
    if not definition.approved and not definition.papers:
        yield _at("approved", "通过以后什么也不发生；至少写一项办结事项")
    for slot in ("approved", "rejected"):
        for number, use in enumerate(getattr(definition, slot)):
            yield from _effect(f"{slot}[{number}]", use, definition, known)


def _effect(where: str, use: EffectUse, definition: Definition, known: Known) -> Iterator[Mistake]:
    effect = known.effects.get(use.key)
    if effect is None:
        yield _at(f"{where}.key", f"没有“{use.key}”这个办结事项；可以用的有：{'、'.join(known.effects)}")
        return
    if known.author is not None and effect.permission and effect.permission not in known.author:
        yield _at(
            f"{where}.key",
            f"“{effect.title}”需要“{known.titles.get(effect.permission, effect.permission)}”的权限，发布人没有",
        )
    last = _deciding(definition)
    if effect.roles and last is not None and last.role not in effect.roles:
        names = "、".join(known.roles.get(role, role) for role in sorted(effect.roles))
        yield _at(f"steps[{definition.place(last.key)}].role", f"“{effect.title}”只能由这些角色作最后决定：{names}")
    for name in sorted(effect.needs - set(use.given)):
        yield _at(f"{where}.given", f"“{effect.title}”还需要“{name}”")
    asked = (
        {one.key for one in definition.form.walk()} | set(definition.rules) | {"verdict", "grade", "score", "amount"}
    )
    asked |= {f"{step.key}.{one.key}" for step in definition.steps for one in step.asks}
    for name, value in use.given.items():
        if isinstance(value, str) and value.startswith("=") and value[1:] not in asked:
            yield _at(f"{where}.given.{name}", f"表单和环节里没有“{value[1:]}”这一项")


def _deciding(definition: Definition) -> Step | None:
    """The step after which nothing is left: the last that is decided by somebody."""
    return next(
        (step for step in reversed(definition.steps) if step.kind in ("decide", "review", "vote", "score")), None
    )


def _whole(definition: Definition, known: Known) -> Iterator[Mistake]:
    if definition.audience:
        yield from _expression("audience", definition.audience, definition, known, "yes_no")
        if not definition.audience_words:
            yield _at("audience_words", "申请条件要用一句话写给申请人看")
    if definition.verdict.startswith("rule:"):
        name = definition.verdict.removeprefix("rule:")
        inputs = known.formulas.get(name)
        names, _ = names_of(definition, known)
        if inputs is None:
            yield _at("verdict", f"没有“{name}”这条公式规则")
        else:
            for one in sorted(set(inputs) - set(names)):
                yield _at("verdict", f"公式“{name}”要用到“{one}”，表单里没有这一项")
    elif definition.verdict:
        yield from _expression("verdict", definition.verdict, definition, known, "text")
    for alias, rule in definition.rules.items():
        if rule not in known.rules:
            yield _at(f"rules.{alias}", f"没有“{rule}”这条规则")
    if definition.appeal is not None and definition.appeal.role not in known.roles:
        yield _at("appeal.role", f"没有“{definition.appeal.role}”这个角色")
    if definition.confidential and not definition.consent:
        yield _at("consent", "保密的流程会收集敏感个人信息，要写单独同意书（个人信息保护法第二十九条）")
    if definition.confidential and any(one.notice != "hide" for one in definition.form.walk()):
        yield _at("form", "保密的流程没有一项可以公示")
    if definition.standard and definition.standard not in known.standards:
        yield _at("standard", f"没有“{definition.standard}”这个评价标准")
    for number, slot in enumerate(definition.open_slots):
        if not slot_exists(definition.model_dump(), slot):
            yield _at(f"open_slots[{number}]", f"没有“{slot}”这一项")


def slot_exists(body: Any, slot: str) -> bool:
    """steps.township.deadline.days: lists are walked by the key of their items."""
    here = body
    for part in slot.split("."):
        if isinstance(here, list | tuple):
            here = next((item for item in here if isinstance(item, dict) and item.get("key") == part), None)
        elif isinstance(here, dict):
            here = here.get(part)
        else:
            return False
        if here is None:
            return False
    return True
