"""What the editor asks about steps, about what a decision brings about, and about what comes after."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from ...choices import Breach, DayUnit, Missing, StepKind, Tier
from ...rules import editing
from ...rules.definition import Appeal, Correction, Deadline, Definition, Step
from .forms import (
    LINE,
    WHEN,
    Choices,
    Names,
    Piece,
    compact,
    condition_fields,
    condition_of,
    days_field,
    small_fields,
    small_text,
    text_field,
    whole_field,
    yes_field,
)


def criteria_of(text: str, had: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One criterion a line: title=most marks.

    :raises forms.ValidationError: without a number of marks.
    """
    found: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LINE.match(line)
        marks = (match[2].strip().removesuffix("分") if match else "").strip()
        if match is None or not marks.isascii() or not marks.isdecimal() or not 0 < int(marks) <= 1000:
            raise forms.ValidationError(f"“{line[:20]}”后面要写最高分，例如“成效=60”")
        title = match[1].strip()
        before = next((one for one in had if one.get("title") == title), {})
        key = before.get("key") or editing.key_for(title, [one["key"] for one in found])
        found.append({**before, "key": key, "title": title[:120], "most": int(marks)})
    return found


class StepForm(Piece):
    """One step: what is done, by whom, in how many days, and what follows when they are over."""

    title = text_field("名称", 40)
    kind = forms.ChoiceField(label="种类", choices=StepKind.choices)
    tier = forms.ChoiceField(label="由哪一级办理", choices=Tier.choices)
    role = forms.ChoiceField(label="由什么角色办理", required=False)
    days = days_field("时限（天数）")
    unit = forms.ChoiceField(label="天数按", choices=DayUnit.choices, required=False)
    warn = whole_field("提前几天提醒", 0, 60)
    breach = forms.ChoiceField(label="超期以后", choices=Breach.choices, required=False)
    note = text_field("写给承办人的说明", 500, required=False, rows=2)
    missing = forms.ChoiceField(label="没有这一级的地方", choices=Missing.choices, required=False)
    after = forms.MultipleChoiceField(
        label="等哪些环节办完", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="都不选就是接着前一个环节；选“提交”就是一提交就开始，可以同时办理",
    )  # fmt: skip
    apart_from = forms.MultipleChoiceField(
        label="须与哪些环节由不同的人办理", required=False, widget=forms.CheckboxSelectMultiple
    )
    may = forms.MultipleChoiceField(
        label="可以作出的意见", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("approve", "通过"), ("return", "退回补正"), ("reject", "不通过")],
    )  # fmt: skip
    asks = text_field("办理时要填的（一行一项）", 2000, required=False, rows=3, hint="写成“核实人数=整数”")
    sample = whole_field("只抽查百分之几", 1, 100, "不写就是都办")
    notice_days = days_field("公示几天")
    notice_unit = forms.ChoiceField(label="公示的天数按", choices=DayUnit.choices, required=False)
    objection_days = whole_field("异议几个工作日内答复", 1, 60)
    objection_role = forms.ChoiceField(label="异议由谁答复", required=False)
    criteria = text_field("评分项（一行一项）", 4000, required=False, rows=4, hint="写成“成效=60”")
    reviewers = whole_field("几个人评分", 1, 50)
    spread = whole_field("分差超过几分再请一人", 1, 1000)
    pass_mark = whole_field("几分通过", 0, 1000)
    blind = yes_field("互相看不到评分")
    trim = yes_field("去掉最高分和最低分")
    committee = whole_field("应到几人", 1, 1000)
    quorum = forms.ChoiceField(
        label="到会", choices=[("two_thirds", "三分之二以上"), ("half", "过半数")], required=False
    )
    passes = forms.ChoiceField(
        label="怎样算通过", required=False,
        choices=[("half_of_all", "应到人数过半数"), ("half_of_present", "实到人数过半数"),
                 ("two_thirds_of_all", "应到人数三分之二")],
    )  # fmt: skip
    photos = whole_field("至少几张照片", 0, 9)
    located = yes_field("记录位置")

    groups = (
        ("", ("title", "kind", "tier", "role", "days", "unit", "breach", "warn", "note")),
        ("先后和回避", ("after", "apart_from", "missing", "may", "asks", "sample")),
        ("什么时候需要这个环节", WHEN),
        ("公示", ("notice_days", "notice_unit", "objection_days", "objection_role")),
        ("评分", ("criteria", "reviewers", "spread", "pass_mark", "blind", "trim")),
        ("表决", ("committee", "quorum", "passes")),
        ("实地核查", ("photos", "located")),
    )
    _OF_KIND = {"notice": 3, "score": 4, "vote": 5, "visit": 6}

    def __init__(self, piece: dict[str, Any], names: Names, roles: Choices, steps: Choices, data: Any = None) -> None:
        self.piece, self.names, self.steps = piece, names, steps
        deadline = piece.get("deadline") or {}
        plain = {name: piece[name] for name in self.base_fields if name in piece}
        plain |= {
            "days": deadline.get("days"), "unit": deadline.get("unit", "working"), "warn": deadline.get("warn", 1),
            "breach": deadline.get("breach", "record"), "notice_days": piece.get("days"),
            "notice_unit": piece.get("day_unit", "working"), "asks": small_text(piece.get("asks", [])),
            "criteria": "\n".join(f"{one.get('title')}={one.get('most')}" for one in piece.get("criteria", [])),
        }  # fmt: skip
        standing = {"may": ["approve", "return", "reject"], "objection_days": 5, "reviewers": 1, "photos": 0,
                    "kind": "review", "tier": "township", "role": "organising"}  # fmt: skip
        self.standing = {**self.standing, "missing": "up", **standing}
        super().__init__(data, initial={**standing, **plain})
        others = [one for one in steps if one[0] != piece.get("key")]
        self.fields["role"].choices = [("", "不用人办理（公示）"), *roles]  # type: ignore[attr-defined]
        self.fields["objection_role"].choices = [("", "公示环节的角色"), *roles]  # type: ignore[attr-defined]
        self.fields["after"].choices = [("start", "提交"), *others]  # type: ignore[attr-defined]
        self.fields["apart_from"].choices = others  # type: ignore[attr-defined]
        if isinstance(piece.get("committee"), str):
            del self.fields["committee"]  # a rule says it; the text of the definition keeps it
        if isinstance(piece.get("sample"), str):
            del self.fields["sample"]
        condition_fields(self, names, str(piece.get("when") or ""), "什么条件下需要")

    def parts(self) -> list[dict[str, Any]]:
        """Of the groups of one kind of step only the step's own is open."""
        found, kind = super().parts(), self["kind"].value()
        for number, part in enumerate(found):
            if number in self._OF_KIND.values():
                part["open"] = self._OF_KIND.get(kind) == number or any(one.errors for one in part["fields"])
        return found

    def clean_asks(self) -> list[dict[str, Any]]:
        return small_fields(self.cleaned_data["asks"], self.piece.get("asks", []))

    def clean_criteria(self) -> list[dict[str, Any]]:
        return criteria_of(self.cleaned_data["criteria"], self.piece.get("criteria", []))

    def slots(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        for name in WHEN:
            data.pop(name, None)
        days, unit, warn, breach = (data.pop(name) for name in ("days", "unit", "warn", "breach"))
        notice_days, notice_unit = data.pop("notice_days"), data.pop("notice_unit")
        deadline = {
            "days": days,
            "unit": unit or "working",
            "warn": 1 if warn is None else warn,
            "breach": breach or "record",
        }
        data["deadline"] = compact(Deadline, deadline) if days is not None else None
        data |= {"days": notice_days, "day_unit": notice_unit or "working"} if data["kind"] == "notice" else {
            "days": None, "day_unit": None, "objection_days": None, "objection_role": None}  # fmt: skip
        if data["kind"] != "score":
            data |= dict.fromkeys(("criteria", "reviewers", "spread", "pass_mark", "blind", "trim"))
        if data["kind"] != "vote":
            data |= dict.fromkeys(("quorum", "passes", *(["committee"] if "committee" in data else [])))
        if data["kind"] != "visit":
            data |= {"photos": None, "located": None}
        for name in ("missing", "quorum", "passes"):
            data[name] = data.get(name) or None
        key = str(self.piece.get("key") or editing.key_for(data["title"], [one[0] for one in self.steps]))
        found = compact(Step, {**self.piece, **data, "when": condition_of(self, self.names)})
        head = {"key": key, "title": data["title"], "kind": data["kind"]}
        return {**head, **{name: value for name, value in found.items() if name not in head}}


class EffectForm(Piece):
    """One thing that a decision brings about, and where its inputs come from."""

    key = forms.ChoiceField(label="办结事项")
    groups: Sequence[tuple[str, tuple[str, ...]]] = (("", ("key",)),)

    def __init__(
        self, piece: dict[str, Any], effects: Choices, needs: Sequence[str], sources: Choices, data: Any = None
    ) -> None:
        self.piece, self.needs = piece, list(dict.fromkeys([*needs, *piece.get("given", {})]))
        super().__init__(data, initial={"key": piece.get("key")})
        self.fields["key"].choices = effects  # type: ignore[attr-defined]
        for name in self.needs:
            value = piece.get("given", {}).get(name, "")
            known = [
                *sources,
                *([(str(value), f"固定的值“{value}”")] if value not in dict(sources) and value != "" else []),
            ]
            self.fields[f"given_{name}"] = forms.ChoiceField(
                label=f"“{NEEDS.get(name, name)}”取自",
                choices=[("", "没有选"), *known],
                required=False,
                initial=str(value),
            )
            self.fields[f"fixed_{name}"] = forms.CharField(
                label=f"“{NEEDS.get(name, name)}”用固定的值",
                max_length=120,
                required=False,
                help_text="不取自申请表时写",
            )
        inputs = tuple(f"{kind}_{name}" for name in self.needs for kind in ("given", "fixed"))
        self.groups = (("", ("key", *inputs)),)

    def slots(self) -> dict[str, Any]:
        data = self.cleaned_data
        given: dict[str, Any] = {}
        for name in self.needs:
            fixed, chosen = str(data.get(f"fixed_{name}") or "").strip(), data.get(f"given_{name}") or ""
            before = self.piece.get("given", {}).get(name)
            value = int(fixed) if re.fullmatch(r"-?\d{1,12}", fixed, re.ASCII) else fixed
            if fixed:
                given[name] = value
            elif chosen:
                given[name] = before if str(before) == chosen else chosen
        return {"key": data["key"], **({"given": given} if given else {})}


NEEDS = {
    "amount": "金额", "person": "人员", "organisation": "组织", "employer": "用人单位", "name": "名称", 
    "parent": "上级工会",
    "union": "工会", "honour": "荣誉", "kind": "种类", "reason": "理由", "on": "日期", "title": "名称", "class": "类别",
    "payee": "收款人", "bank": "银行账号", "receiver": "接收工会", "term_from": "任期起", "term_to": "任期止",
    "phone": "手机号码", "identity": "证件号码", "grade": "等级", "score": "得分", "purpose": "用途", "account": "账户",
}  # fmt: skip
"""Chinese for common inputs of effects; others show the name that the app gave them."""


def _inner(piece: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = piece.get(name)
    return found if isinstance(found, dict) else {}


class AfterForm(Piece):
    """Correction, taking back, appeal, and what places below may change in a copy."""

    times = whole_field("最多退回补正几次", 0, 3)
    correction_days = days_field("补正几天内补齐")
    correction_unit = forms.ChoiceField(label="补正的天数按", choices=DayUnit.choices)
    withdraw = yes_field("决定以前可以撤回")
    appeal = yes_field("未通过的可以申诉一次")
    within = days_field("几天内可以申诉")
    within_unit = forms.ChoiceField(label="申诉期的天数按", choices=DayUnit.choices)
    appeal_tier = forms.ChoiceField(
        label="由哪一级复核", choices=[one for one in Tier.choices if one[0] not in ("own", "township")]
    )
    appeal_role = forms.ChoiceField(label="由什么角色复核")
    appeal_days = days_field("复核几天内办结")
    open_slots = forms.MultipleChoiceField(
        label="下级采用时可以改的项目", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="别处导入或复制以后改过的这些项目，更新时保留",
    )  # fmt: skip
    groups = (
        ("", ("times", "correction_days", "correction_unit", "withdraw")),
        ("申诉", ("appeal", "within", "within_unit", "appeal_tier", "appeal_role", "appeal_days")),
        ("下级可以改的项目", ("open_slots",)),
    )

    def __init__(self, body: dict[str, Any], roles: Choices, slots: Choices, data: Any = None) -> None:
        self.body = body
        correction, appeal = body.get("correction") or {}, body.get("appeal") or {}
        within, limit, mend = (
            _inner(x, y) for x, y in ((appeal, "within"), (appeal, "deadline"), (correction, "deadline"))
        )
        chosen = [str(one) for one in body.get("open_slots") or [] if isinstance(one, str)]
        initial = {
            "times": correction.get("times", 1), "correction_days": mend.get("days", 5),
            "correction_unit": mend.get("unit", "working"), "withdraw": body.get("withdraw", True),
            "appeal": bool(appeal), "within": within.get("days", 15), "within_unit": within.get("unit", "working"),
            "appeal_tier": appeal.get("tier", "upper"), "appeal_role": appeal.get("role", "organising"),
            "appeal_days": limit.get("days", 15), "open_slots": chosen,
        }  # fmt: skip
        usual = {"within": 15, "within_unit": "working", "appeal_tier": "upper", "appeal_role": "organising"}
        self.standing = {**self.standing, **usual, "appeal_days": 15}
        super().__init__(data, initial=initial)
        self.fields["appeal_role"].choices = roles  # type: ignore[attr-defined]
        more = [(one, one) for one in chosen if one not in dict(slots)]
        self.fields["open_slots"].choices = [*slots, *more]  # type: ignore[attr-defined]

    def slots(self) -> dict[str, Any]:
        data, body = self.cleaned_data, dict(self.body)
        before = _inner(body.get("correction") or {}, "deadline")
        mend = {"breach": "record" if before else "lapse", **before}
        mend |= {"days": data["correction_days"] or 5, "unit": data["correction_unit"]}
        times = 1 if data["times"] is None else data["times"]
        correction = {"times": times, "deadline": mend}
        standing = Correction().model_dump(mode="json")
        body["correction"] = (
            None if {**standing["deadline"], **mend} == standing["deadline"] and times == 1 else correction
        )
        appeal = dict(body.get("appeal") or {})
        appeal |= {
            "role": data["appeal_role"], "tier": data["appeal_tier"],
            "within": {**_inner(appeal, "within"), "days": data["within"] or 15, "unit": data["within_unit"]},
            "deadline": {**_inner(appeal, "deadline"), "days": data["appeal_days"] or 15},
        }  # fmt: skip
        body["appeal"] = compact(Appeal, appeal) if data["appeal"] else None
        body["withdraw"], body["open_slots"] = data["withdraw"], data["open_slots"]
        return compact(Definition, body)
