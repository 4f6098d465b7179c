"""What changed between two versions of a definition, in sentences that an officer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..choices import Breach, FieldKind, NoticeShow, StepKind, Tier, Who
from .definition import Deadline, Definition

Slots = Mapping[str, Any]

ONCE = {"": "不限次数", "open": "同时只能办一份", "year": "一年一次", "ever": "只能一次"}
_MAY = {"approve": "通过", "return": "退回补正", "reject": "不通过"}
_PASSES = {
    "half_of_all": "应到人数过半数",
    "half_of_present": "实到人数过半数",
    "two_thirds_of_all": "应到人数三分之二",
}
_QUORUM = {"half": "过半数", "two_thirds": "三分之二"}
_MISSING = {"up": "由再上一级办理", "skip": "跳过这个环节"}


@dataclass(frozen=True, slots=True)
class Words:
    """Chinese for the keys that a definition names."""

    roles: Mapping[str, str] = field(default_factory=dict)
    effects: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)

    def role(self, key: Any) -> str:
        return self.roles.get(str(key), str(key))

    def rule(self, key: Any) -> str:
        return self.rules.get(str(key).removeprefix("rule:"), str(key))


def days_words(days: Any, unit: str = "working", words: Words | None = None) -> str:
    """5个工作日, or which local rule says how many."""
    if isinstance(days, str) and days.startswith("rule:"):
        return f"按本地规则“{(words or Words()).rule(days)}”"
    return f"{days}个工作日" if unit == "working" else f"{days}天"


def deadline_words(slot: Any, words: Words | None = None) -> str:
    if not isinstance(slot, Mapping):
        return "没有规定"
    return days_words(slot.get("days"), str(slot.get("unit", "working")), words)


def _breach(slot: Any) -> str:
    code = slot.get("breach", Deadline(days=1).breach) if isinstance(slot, Mapping) else ""
    return dict(Breach.choices).get(code, str(code))


def _yes(value: Any) -> str:
    return "是" if value else "否"


def _said(value: Any) -> str:
    return str(value) if value not in (None, "", [], ()) else "没有写"


def _of(choices: Any) -> Callable[[Any], str]:
    table = dict(choices.choices)
    return lambda value: table.get(value, str(value))


def _list(value: Any, table: Mapping[str, str]) -> str:
    return "、".join(table.get(str(one), str(one)) for one in value or ()) or "没有"


def _names(value: Any) -> str:
    return "、".join(str(one.get("title")) for one in value) or "没有"


Said = Callable[[Any], str]


def differences(old: Definition, new: Definition, words: Words) -> list[str]:
    """Every change from one definition to another, the most visible first."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    return [found for part in (_whole, _form, _steps, _effects, _rules) for found in part(before, after, words)]


def _changes(subject: str, old: Slots, new: Slots, table: Mapping[str, tuple[str, Any, Said]]) -> Iterator[str]:
    for key, (title, default, said) in table.items():
        before, after = old.get(key, default), new.get(key, default)
        if before != after and said(before) != said(after):
            yield (
                f"{subject}的{title} {said(before)} → {said(after)}"
                if subject
                else (f"{title} {said(before)} → {said(after)}")
            )


def _whole(old: Slots, new: Slots, words: Words) -> Iterator[str]:
    titles = {key: title for key, title in _titles(new).items()} | _titles(old)
    plain: dict[str, tuple[str, Any, Said]] = {
        "title": ("名称", "", _said),
        "category": ("类别", "其他", _said),
        "summary": ("说明", "", _said),
        "basis": ("依据", "", _said),
        "who": ("申请人", "", _of(Who)),
        "audience_words": ("申请条件", "", _said),
        "audience": ("申请条件的表达式", "", _said),
        "once": ("重复申请", "open", lambda value: ONCE.get(value, str(value))),
        "confidential": ("保密", False, _yes),
        "consent": ("单独同意书", "", lambda value: f"{len(value)}字" if value else "没有写"),
        "minutes": ("填写时间", 3, lambda value: f"约{value}分钟"),
        "withdraw": ("允许撤回", True, _yes),
        "verdict": (
            "认定公式",
            "",
            lambda value: words.rule(value) if str(value).startswith("rule:") else _said(value),
        ),
        "standard": ("评价标准", "", _said),
        "correction": ("补正", {"times": 1, "deadline": {"days": 5}}, lambda value: _correction(value, words)),
        "appeal": ("申诉", None, lambda value: appeal_words(value, words)),
        "open_slots": ("下级可改的项目", [], lambda value: _list(value, titles)),
    }
    yield from _changes("", old, new, plain)


def _correction(slot: Any, words: Words) -> str:
    if not isinstance(slot, Mapping):
        return "没有写"
    days = deadline_words(slot.get("deadline", {"days": 5}), words)
    return f"{slot.get('times', 1)}次，{days}" if slot.get("times", 1) else "不能补正"


def appeal_words(slot: Any, words: Words) -> str:
    if not isinstance(slot, Mapping):
        return "不能申诉"
    within = deadline_words(slot.get("within", {"days": 15}), words)
    tier = dict(Tier.choices).get(slot.get("tier", "upper"), str(slot.get("tier")))
    return f"{within}内向{tier}提出，{words.role(slot.get('role'))}复核"


def _titles(body: Slots) -> dict[str, str]:
    return {str(one.get("key")): str(one.get("title")) for one in _fields(body)[0].values()}


def _fields(body: Slots) -> tuple[dict[str, Slots], dict[str, str]]:
    """Fields by key in order, and the section that each stands in."""
    found: dict[str, Slots] = {}
    section_of: dict[str, str] = {}
    for section in body.get("form", {}).get("sections", []):
        for one in section.get("fields", []):
            found[str(one.get("key"))] = one
            section_of[str(one.get("key"))] = str(section.get("title"))
    return found, section_of


def _field_table(words: Words) -> dict[str, tuple[str, Any, Said]]:
    return {
        "title": ("名称", "", _said),
        "kind": ("种类", "", _of(FieldKind)),
        "hint": ("填写说明", "", _said),
        "required": ("必填", True, _yes),
        "when": ("出现的条件", "", lambda value: str(value) or "总是出现"),
        "options": ("选项", [], _names),
        "least": ("最小", None, lambda value: "不限" if value is None else str(value)),
        "most": ("最大", None, lambda value: "不限" if value is None else str(value)),
        "unit": ("单位", "", _said),
        "fill": ("台账填入", "", lambda value: words.facts.get(value, str(value)) if value else "由申请人填"),
        "sealed": ("加密保存", False, _yes),
        "notice": ("公示", "hide", _of(NoticeShow)),
        "files": ("附件数", 5, str),
        "formula": ("公式", "", _said),
        "columns": ("列", [], _names),
        "text": ("承诺内容", "", _said),
    }


def _form(old: Slots, new: Slots, words: Words) -> Iterator[str]:
    (before, was_in), (after, is_in) = _fields(old), _fields(new)
    for key, one in after.items():
        if key not in before:
            yield f"申请表增加“{one.get('title')}”（{_of(FieldKind)(one.get('kind'))}）"
    for key, one in before.items():
        if key not in after:
            yield f"申请表去掉“{one.get('title')}”"
    for key, one in after.items():
        if key in before:
            yield from _changes(f"“{before[key].get('title')}”", before[key], one, _field_table(words))
            if was_in[key] != is_in[key]:
                yield f"“{one.get('title')}”从“{was_in[key]}”移到“{is_in[key]}”"
    yield from _order("申请表", before, after)


def _order(subject: str, before: Mapping[str, Slots], after: Mapping[str, Slots]) -> Iterator[str]:
    """Which pieces stand elsewhere among those that both versions have."""
    kept_before = [key for key in before if key in after]
    kept_after = [key for key in after if key in before]
    for place, key in enumerate(kept_after):
        if kept_before[place] != key:
            previous = kept_after[place - 1] if place else ""
            where = f"“{after[previous].get('title')}”之后" if previous else "最前面"
            yield f"{subject}的“{after[key].get('title')}”移到{where}"
            kept_before.remove(key)
            kept_before.insert(place, key)


def _step_table(words: Words, titles: Mapping[str, str]) -> dict[str, tuple[str, Any, Said]]:
    return {
        "title": ("名称", "", _said),
        "kind": ("种类", "", _of(StepKind)),
        "tier": ("办理单位", "own", _of(Tier)),
        "missing": ("没有这一级时", "up", lambda value: _MISSING.get(value, str(value))),
        "role": ("办理角色", "", words.role),
        "note": ("办理说明", "", _said),
        "after": ("前面的环节", [], lambda value: _list(value, titles) if value else "按顺序"),
        "when": ("进入的条件", "", lambda value: str(value) or "总是进入"),
        "may": ("可以作出的意见", list(_MAY), lambda value: _list(value, _MAY)),
        "apart_from": ("须由不同的人办理的环节", [], lambda value: _list(value, titles)),
        "asks": ("办理时要填的", [], _names),
        "reviewers": ("人数", 1, str),
        "criteria": ("评分项", [], lambda value: "、".join(f"{x['title']}{x['most']}分" for x in value) or "没有"),
        "spread": ("最大分差", None, _said),
        "pass_mark": ("通过分数", None, _said),
        "committee": ("应到人数", None, lambda value: words.rule(value) if isinstance(value, str) else _said(value)),
        "quorum": ("到会", "two_thirds", lambda value: _QUORUM.get(value, str(value))),
        "passes": ("通过的票数", "half_of_all", lambda value: _PASSES.get(value, str(value))),
        "photos": ("照片数", 0, str),
        "located": ("记录位置", False, _yes),
        "sample": ("抽查比例", None, _said),
        "objection_days": ("答复异议的天数", 5, str),
    }  # fmt: skip


def _steps(old: Slots, new: Slots, words: Words) -> Iterator[str]:
    before = {str(one.get("key")): one for one in old.get("steps", [])}
    after = {str(one.get("key")): one for one in new.get("steps", [])}
    titles = {key: str(one.get("title")) for key, one in {**before, **after}.items()}
    for key, one in after.items():
        if key not in before:
            tier = _of(Tier)(one.get("tier", "own"))
            yield f"增加环节“{one.get('title')}”（{_of(StepKind)(one.get('kind'))}，{tier}）"
    for key, one in before.items():
        if key not in after:
            yield f"去掉环节“{one.get('title')}”"
    for key, one in after.items():
        if key not in before:
            continue
        subject, was = f"“{before[key].get('title')}”", before[key]
        yield from _changes(subject, was, one, _step_table(words, titles))
        yield from _periods(subject, was, one, words)
    yield from _order("环节", before, after)


def _periods(subject: str, was: Slots, one: Slots, words: Words) -> Iterator[str]:
    first, second = deadline_words(was.get("deadline"), words), deadline_words(one.get("deadline"), words)
    if first != second:
        yield f"{subject}的时限 {first} → {second}"
    elif was.get("deadline") and one.get("deadline") and _breach(was["deadline"]) != _breach(one["deadline"]):
        yield f"{subject}超期以后 {_breach(was['deadline'])} → {_breach(one['deadline'])}"
    days = [days_words(x.get("days"), str(x.get("day_unit", "working")), words) for x in (was, one)]
    if (was.get("days") or one.get("days")) and days[0] != days[1]:
        yield f"{subject}的公示期 {days[0]} → {days[1]}"


def _effects(old: Slots, new: Slots, words: Words) -> Iterator[str]:
    for slot, title in (("approved", "通过以后"), ("rejected", "不通过以后")):
        before = {str(one.get("key")): one for one in old.get(slot, [])}
        after = {str(one.get("key")): one for one in new.get(slot, [])}
        for key in after:
            if key not in before:
                yield f"{title}增加“{words.effects.get(key, key)}”"
            elif before[key].get("given", {}) != after[key].get("given", {}):
                yield f"{title}“{words.effects.get(key, key)}”用到的内容有变化"
        for key in before:
            if key not in after:
                yield f"{title}不再“{words.effects.get(key, key)}”"


def _rules(old: Slots, new: Slots, words: Words) -> Iterator[str]:
    before, after = old.get("rules") or {}, new.get("rules") or {}
    for alias in after:
        if before.get(alias) != after[alias]:
            yield f"使用本地规则“{words.rule(after[alias])}”"
    for alias in before:
        if alias not in after:
            yield f"不再使用本地规则“{words.rule(before[alias])}”"
