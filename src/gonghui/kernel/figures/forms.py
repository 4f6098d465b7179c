"""Composing a figure by choosing: what is counted, when, under which conditions; nobody writes a formula."""

from __future__ import annotations

from typing import Any

from django import forms

from ..condition_form import condition_from, crossed, lines_of, typed_from
from ..conditions import said
from ..sources import Source
from . import registry
from .choices import Area, Better

PREFIX = "w_"
"""Of the names of conditions, apart from the figure's own fields."""
MOST = 999_999


class KindForm(forms.Form):
    """The first question: how the figure comes about, and of which records or figures."""

    kind = forms.ChoiceField(
        label="怎么算",
        choices=[("count", "数一种记录"), ("share", "占比"), ("rate", "两个数字相比")],
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(label="数哪种记录", required=False)
    of = forms.ChoiceField(label="哪个数字", required=False, help_text="占比：整体是它；相比：在上面的是它")
    over = forms.ChoiceField(label="除以哪个数字", required=False)

    def __init__(self, *args: Any, sources: list[Source], figures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("source", [(one.key, one.title) for one in sources]),
            ("of", figures),
            ("over", figures),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "请选择"), *choices]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needed = {"count": ["source"], "share": ["of"], "rate": ["of", "over"]}.get(data.get("kind", ""), [])
        for name in needed:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, "还没有选择")
        return data


class FigureForm(forms.Form):
    """Everything else. `source` is the one counted (that of the whole, for a share), None for two figures compared."""

    title = forms.CharField(label="名称", max_length=40, help_text="报告和看板里这样称呼它")
    key = forms.CharField(
        label="标识", max_length=60, help_text="小写字母、数字和下划线，定了以后不改，例如heat_parcels"
    )
    area = forms.ChoiceField(label="工作领域", choices=Area.choices)
    unit = forms.CharField(label="单位", max_length=10, help_text="家、名、人次、%")
    note = forms.CharField(label="口径说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    wording = forms.CharField(
        label="写进报告的句子",
        max_length=120,
        required=False,
        help_text="例如：新建工会{value}{unit}；{value}是数字，{unit}是单位，{period}是期间",
    )
    owner = forms.CharField(label="负责部门", max_length=40, required=False)
    decimals = forms.IntegerField(label="小数位数", min_value=0, max_value=4, initial=0)
    better = forms.ChoiceField(label="变化的好坏", choices=Better.choices, initial="neutral")

    def __init__(self, *args: Any, kind: str, source: Source | None, body: dict[str, Any], **kwargs: Any) -> None:
        self.kind, self.source, self.body = kind, source, body
        base = body.get(kind) or {}
        typed = typed_from(base.get("where"), source.fields(), PREFIX) if source else {}
        self.kept = base.get("where") if typed is None else None
        plain = {name: value for name, value in body.items() if name in self.base_fields}
        kwargs.setdefault("initial", {**plain, **(typed or {})})
        super().__init__(*args, **kwargs)
        if kind == "count" and source is not None:
            self._add_measure(source, base)
        if kind == "rate":
            self.fields["scale"] = forms.TypedChoiceField(
                label="怎么显示", coerce=int, initial=base.get("scale", 100),
                choices=[(100, "百分比（乘100）"), (1, "倍数（不乘）"), (1000, "每千（乘1000）")],
            )  # fmt: skip
        if source is not None:
            if self.kept is not None:
                kept = f"保留原来的条件：{said(self.kept, source.fields())}"
                self.fields["keep"] = forms.BooleanField(label=kept, required=False, initial=True)
            for key, field in source.fields().items():
                self.fields |= lines_of(PREFIX + key, field, MOST)

    def _add_measure(self, source: Source, base: dict[str, Any]) -> None:
        ways = [("count", f"数记录（{source.unit}）")]
        ways += [
            (f"distinct:{key}", f"数{one.title}，同一个只算一次（{one.unit}）") for key, one in source.distincts.items()
        ]
        for key, one in source.amounts.items():
            ways += [
                (f"sum:{key}", f"{one.title}合计（{one.unit}）"),
                (f"average:{key}", f"{one.title}平均（{one.unit}）"),
            ]
        self.fields["measure"] = forms.ChoiceField(label="怎么数", choices=ways, initial=base.get("measure", "count"))
        times = [("as_of", "截至期末仍有效")] if source.span is not None else []
        times += [(f"during:{key}", f"期间内{one.title}") for key, one in source.moments.items()]
        self.fields["time"] = forms.ChoiceField(
            label="按什么时间", choices=times, initial=base.get("time", times[0][0])
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, sentence in (crossed(data, self.source.fields(), PREFIX) if self.source else {}).items():
            self.add_error(name, sentence)
        return data

    @property
    def main(self) -> list[forms.BoundField]:
        return [one for one in self if not one.name.startswith(PREFIX)]

    @property
    def lines(self) -> list[forms.BoundField]:
        """Conditions of one line each."""
        return [one for one in self if one.name.startswith(PREFIX) and not self._boxes(one)]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [one for one in self if one.name.startswith(PREFIX) and self._boxes(one)]

    @staticmethod
    def _boxes(bound: forms.BoundField) -> bool:
        return isinstance(bound.field, forms.MultipleChoiceField)

    def where(self) -> Any:
        data = self.cleaned_data
        if self.kept is not None and data.get("keep"):
            return self.kept
        return condition_from(data, self.source.fields(), PREFIX) if self.source else {}

    def made(self) -> dict[str, Any]:
        """The definition as chosen; ask after `is_valid`."""
        data = self.cleaned_data
        body = {name: data[name] for name in self.base_fields if data.get(name) not in (None, "")}
        base = dict(self.body.get(self.kind) or {})
        if self.kind == "rate":
            base["scale"] = data["scale"]
        else:
            base["where"] = self.where()
            if not base["where"] and self.kind == "count":
                base.pop("where")
        if self.kind == "count":
            base |= {"measure": data["measure"], "time": data["time"]}
        return {**body, self.kind: base}


def source_of_body(body: dict[str, Any], figures: dict[str, Any]) -> tuple[str, Source | None]:
    """(kind, the source whose fields its conditions ask for) of a definition that may be a draft."""
    for kind in ("count", "share", "rate"):
        if body.get(kind):
            if kind == "rate":
                return kind, None
            key = body[kind].get("source", "") if kind == "count" else ""
            if kind == "share":
                whole = figures.get(body["share"].get("of", ""))
                key = whole.count.source if whole is not None and whole.count is not None else ""
            return kind, registry.sources().get(key)
    return "count", None


class ReasonForm(forms.Form):
    """Why something is stopped."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
