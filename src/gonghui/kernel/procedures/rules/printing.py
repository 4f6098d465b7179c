"""A definition on one readable page: who may apply, what is asked, who handles it in how many days, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..choices import Breach, FieldKind, Missing, StepKind, Tier, Who
from .checking import Known, names_of
from .definition import Deadline, Definition, EffectUse, FormField, Section, Step
from .differences import ONCE, Words, appeal_words, days_words
from .editing import condition_words

_MAY = {"approve": "通过", "return": "退回补正", "reject": "不通过"}
_QUORUM = {"half": "应到人数过半数到会", "two_thirds": "应到人数三分之二以上到会"}
_PASSES = {
    "half_of_all": "赞成票过应到人数的半数通过",
    "half_of_present": "赞成票过实到人数的半数通过",
    "two_thirds_of_all": "赞成票达到应到人数的三分之二通过",
}
_ACCEPTS = {"image": "照片", "pdf": "PDF", "word": "Word文件", "excel": "Excel文件", "any": "各种文件"}


@dataclass(frozen=True, slots=True)
class AskedLine:
    title: str
    kind: str
    remarks: tuple[str, ...]
    filled: str = ""


@dataclass(frozen=True, slots=True)
class SectionPart:
    title: str
    note: str
    when: str
    lines: tuple[AskedLine, ...]


@dataclass(frozen=True, slots=True)
class StepPart:
    title: str
    kind: str
    office: str
    days: str
    breach: str
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """Everything that the page says, in sentences."""

    who: str
    audience: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[SectionPart, ...]
    steps: tuple[StepPart, ...]
    approved: tuple[str, ...]
    rejected: tuple[str, ...]
    rules: tuple[tuple[str, str], ...]
    """(rule, what it is for): the page adds its value here and its source."""


class Printer:
    """Puts one definition into words."""

    def __init__(self, definition: Definition, known: Known, words: Words) -> None:
        self.definition, self.words = definition, words
        self.kinds, _ = names_of(definition, known)
        self.titles: dict[str, str] = {
            **words.facts,
            **{alias: words.rule(rule) for alias, rule in definition.rules.items()},
            **{one.key: one.title for one in definition.form.walk()},
            **STANDING,
        }
        for one in definition.form.walk():
            self.titles |= {f"{one.key}": one.title}

    def when(self, text: str) -> str:
        return condition_words(text, self.kinds, self.titles) if text else ""

    def page(self) -> Printed:
        one = self.definition
        return Printed(
            who=dict(Who.choices)[one.who],
            audience=one.audience_words,
            facts=tuple(self._facts()),
            sections=tuple(self._section(section) for section in one.form.sections),
            steps=tuple(self._step(step) for step in one.steps),
            approved=tuple(self._effect(use) for use in one.approved) + tuple(f"出具《{x.title}》" for x in one.papers),
            rejected=tuple(self._effect(use) for use in one.rejected),
            rules=tuple(self._rules()),
        )

    def _facts(self) -> list[tuple[str, str]]:
        one, found = self.definition, []
        found.append(("重复申请", ONCE[one.once]))
        if one.confidential:
            found.append(("保密", "只有申请人和承办的岗位看得到"))
        correction = one.correction
        found.append(
            (
                "补正",
                f"缺什么一次说全，最多退回{correction.times}次，{self.days(correction.deadline)}内补齐"
                if correction.times
                else "不退回补正",
            )
        )
        found.append(("撤回", "决定以前可以撤回" if one.withdraw else "提交以后不能撤回"))
        slot = one.appeal.model_dump(mode="json") if one.appeal is not None else None
        found.append(("申诉", appeal_words(slot, self.words)))
        if one.verdict:
            formula = self.words.rule(one.verdict) if one.verdict.startswith("rule:") else one.verdict
            found.append(("认定", f"按“{formula}”计算"))
        if one.standard:
            found.append(("评价标准", one.standard))
        if one.open_slots:
            found.append(("下级可以改的项目", "、".join(self.slot(slot) for slot in one.open_slots)))
        return found

    def slot(self, slot: str) -> str:
        """steps.township.deadline.days → “乡镇审核”的时限"""
        parts = slot.split(".")
        step = self.definition.step(parts[1]) if parts[0] == "steps" and len(parts) > 1 else None
        tail = SLOTS.get(parts[-1], SLOTS.get(parts[-2] if len(parts) > 1 else "", parts[-1]))
        return f"“{step.title}”的{tail}" if step is not None else tail

    def days(self, deadline: Deadline) -> str:
        return days_words(deadline.days, deadline.unit, self.words)

    def _section(self, section: Section) -> SectionPart:
        return SectionPart(
            section.title, section.note, self.when(section.when), tuple(self._field(one) for one in section.fields)
        )

    def _field(self, one: FormField) -> AskedLine:
        filled = f"从台账“{self.words.facts.get(one.fill, one.fill)}”填入" if one.fill else ""
        if one.kind == "computed":
            filled = f"自动计算：{one.formula}"
        remarks = [
            "" if one.required or not one.asked else "选填",
            one.hint,
            one.text,
            "选项：" + "、".join(option.title for option in one.options) if one.options else "",
            "列：" + "、".join(column.title for column in one.columns) if one.columns else "",
            f"{self.when(one.when)}时填写" if one.when else "",
            self._bounds(one),
            f"最多{one.files}个，{'、'.join(_ACCEPTS[x] for x in one.accept)}，每个不超过{one.megabytes}MB"
            if one.kind == "files"
            else "",
            "加密保存" if one.is_sealed else "",
            {"show": "公示", "mask": "公示时隐去部分"}.get(one.notice, ""),
        ]
        return AskedLine(
            one.title, dict(FieldKind.choices).get(one.kind, one.kind), tuple(filter(None, remarks)), filled
        )

    def _bounds(self, one: FormField) -> str:
        unit = (
            "元"
            if one.kind == "money"
            else one.unit or {"table": "行", "text": "字", "long_text": "字"}.get(one.kind, "")
        )
        if one.least is not None and one.most is not None:
            return f"{one.least}至{one.most}{unit}"
        if one.least is not None:
            return f"至少{one.least}{unit}"
        return f"最多{one.most}{unit}" if one.most is not None else ""

    def _step(self, step: Step) -> StepPart:
        tier, role = dict(Tier.choices)[step.tier], self.words.role(step.role) if step.role else ""
        days = self.days(step.deadline) if step.deadline else "没有规定时限"
        if step.kind == "notice":
            days = f"公示{days_words(step.days, step.day_unit, self.words)}"
        return StepPart(
            step.title,
            dict(StepKind.choices)[step.kind],
            f"{tier}{'·' + role if role else ''}",
            days,
            breach_words(step.deadline),
            tuple(filter(None, self._remarks(step))),
        )

    def _remarks(self, step: Step) -> list[str]:
        titles = {one.key: one.title for one in self.definition.steps} | {"start": "提交"}
        names = "、".join
        found = [step.note, f"{self.when(step.when)}时才进入" if step.when else ""]
        if step.after:
            found.append(f"在{names(f'“{titles.get(x, x)}”' for x in step.after)}之后")
        if step.apart_from:
            found.append(f"须与{names(f'“{titles.get(x, x)}”' for x in step.apart_from)}由不同的人办理")
        if step.missing == "skip":
            found.append(f"没有这一级的地方{dict(Missing.choices)['skip']}")
        if step.kind in ("review", "decide") and len(step.may) < 3:
            found.append(f"只能{names(_MAY[x] for x in step.may)}")
        if step.asks:
            found.append(f"要填：{names(one.title for one in step.asks)}")
        if step.kind == "score":
            marks = names(f"{one.title}{one.most}分" for one in step.criteria)
            found.append(f"{step.reviewers}人评分" + (f"：{marks}" if marks else ""))
            found.append("互相看不到" if step.blind else "")
            found.append(f"相差超过{step.spread}分再请一人" if step.spread else "")
            found.append(f"{step.pass_mark}分通过" if step.pass_mark else "")
        if step.kind == "vote":
            count = self.words.rule(step.committee) if isinstance(step.committee, str) else f"{step.committee}人"
            found.append(f"应到{count}，{_QUORUM[step.quorum]}，{_PASSES[step.passes]}")
        if step.kind == "visit":
            found.append(f"照片至少{step.photos}张" if step.photos else "")
            found.append("记录位置" if step.located else "")
        if step.sample is not None:
            share = f"按“{self.words.rule(step.sample)}”的比例" if isinstance(step.sample, str) else f"{step.sample}%"
            found.append(f"抽查{share}")
        if step.kind == "notice":
            shown = names(one.title for one in self.definition.form.walk() if one.notice != "hide")
            found.append(f"公示内容：{shown or '公示对象'}；异议{step.objection_days}个工作日内答复")
        return found

    def _effect(self, use: EffectUse) -> str:
        return self.words.effects.get(use.key, use.key)

    def _rules(self) -> list[tuple[str, str]]:
        one = self.definition
        found = {rule: "计算和条件" for rule in one.rules.values()}
        if one.verdict.startswith("rule:"):
            found[one.verdict.removeprefix("rule:")] = "认定"
        for step in one.steps:
            days = [step.deadline.days if step.deadline else None, step.days, step.sample, step.committee]
            for value in days:
                if isinstance(value, str) and value.startswith("rule:"):
                    found.setdefault(value.removeprefix("rule:"), f"“{step.title}”")
        slots = [("补正", one.correction.deadline)]
        if one.appeal is not None:
            slots += [("申诉", one.appeal.within), ("申诉复核", one.appeal.deadline)]
        for title, deadline in slots:
            if isinstance(deadline.days, str):
                found.setdefault(deadline.days.removeprefix("rule:"), title)
        return list(found.items())


STANDING = {"today": "当天日期", "verdict": "认定", "score": "得分", "grade": "等级"}
SLOTS = {
    "days": "时限", "deadline": "时限", "most": "上限", "least": "下限", "role": "办理角色", "tier": "办理单位",
    "title": "名称", "hint": "说明", "options": "选项", "criteria": "评分项", "sample": "抽查比例", "summary": "说明",
    "audience_words": "申请条件", "audience": "申请条件", "basis": "依据", "minutes": "填写时间",
}  # fmt: skip


def breach_words(deadline: Deadline | None) -> str:
    """What follows when the days are over."""
    if deadline is None:
        return ""
    return "超期记录在案" if deadline.breach == "record" else f"超期{dict(Breach.choices)[deadline.breach]}"


def names_rule(body: Mapping[str, Any], key: str) -> bool:
    """Whether a stored definition uses a rule: in its map, as its verdict, or for a number of days."""
    if key in (body.get("rules") or {}).values() or body.get("verdict") == f"rule:{key}":
        return True
    return f'"rule:{key}"' in _quoted(body)


def _quoted(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(_quoted(one) for one in value.values())
    if isinstance(value, list | tuple):
        return "".join(_quoted(one) for one in value)
    return f'"{value}"' if isinstance(value, str) else ""
