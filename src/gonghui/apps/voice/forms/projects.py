"""What staff and members fill in about selections, projects and evaluations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from ..choices import Better, Method, RiskLevel


def area(label: str, limit: int, *, rows: int = 3, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=hint, widget=widget)


class MoneyField(forms.DecimalField):
    """Yuan on the page, fen in the data."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", 0)
        super().__init__(max_digits=13, decimal_places=2, **kwargs)

    def clean(self, value: Any) -> int | None:
        found = super().clean(value)
        return None if found is None else int(found * 100)

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value) / 100 if isinstance(value, int) else value


def choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class SelectionForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80, help_text="例如：2026年为职工办十件实事")
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    places = forms.IntegerField(label="列入件数", min_value=1, max_value=50)
    method = forms.ChoiceField(label="评选方式", choices=Method.choices, widget=forms.RadioSelect)
    picks = forms.IntegerField(label="每人可选件数", min_value=1, max_value=20, help_text="预算分配时不用")
    budget = MoneyField(label="预算总额（元）", required=False, help_text="只有预算分配要写")
    intro = area("说明", 1000, required=False)


class CandidateForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80)
    goal = area("做什么、做到什么程度", 500)
    beneficiaries = forms.CharField(label="哪些职工受益", max_length=120)
    reach = forms.IntegerField(label="受益人数", min_value=0, required=False)
    cost = MoneyField(label="估算（元）", required=False)


def joining(candidates: list[tuple[str, str]]) -> type[forms.Form]:
    """The question to which candidate the ticked voices belong."""

    class JoinForm(forms.Form):
        candidate = forms.ChoiceField(label="列入哪个候选", choices=candidates)

    return JoinForm


class WeighingForm(forms.Form):
    opens_on = day_field("评选开始")
    closes_on = day_field("评选截止", hint="当天仍可参加，次日自动计票")


class PublishForm(forms.Form):
    due_on = day_field("完成期限", hint="每个项目可以再单独定")


class ProjectForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80)
    goal = area("目标", 500)
    beneficiaries = forms.CharField(label="哪些职工受益", max_length=120)
    reach = forms.IntegerField(label="受益人数", min_value=0, required=False)
    budget = MoneyField(label="预算（元）", required=False)
    post = forms.ChoiceField(label="责任岗位", required=False, help_text="责任到岗到人，没有选定的不能启动")
    due_on = day_field("完成期限")
    partners = forms.CharField(label="协作单位", max_length=200, required=False)
    place = forms.CharField(label="地点", max_length=80, required=False)
    latitude = forms.FloatField(label="纬度", required=False, min_value=-90, max_value=90)
    longitude = forms.FloatField(label="经度", required=False, min_value=-180, max_value=180)
    reason = area("变更理由", 300, rows=2, required=False)

    def __init__(self, *args: Any, posts: list[tuple[Any, str]], reasoned: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose(self, "post", [("", "还没有选定"), *posts])
        if not reasoned:
            del self.fields["reason"]


class MilestoneForm(forms.Form):
    title = forms.CharField(label="节点", max_length=80, required=False)
    due_on = day_field("期限", required=False)
    weight = forms.IntegerField(label="权重", min_value=1, max_value=100, required=False, initial=1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("title")) != bool(data.get("due_on")) and not self.errors:
            self.add_error("due_on" if data.get("title") else "title", "节点和日期要一起写")
        return data


MilestoneFormSet = forms.formset_factory(MilestoneForm, extra=3, max_num=20, absolute_max=24)


class ReasonForm(forms.Form):
    reason = area("理由", 300, rows=2)

    def __init__(self, *args: Any, label: str = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label or "理由"
        self.fields["reason"].required = required


class TextForm(forms.Form):
    text = area("说明", 1000)

    def __init__(self, *args: Any, label: str = "", rows: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label or "说明"
        self.fields["text"].widget.attrs["rows"] = rows


class StartForm(forms.Form):
    unmeasured = area("没有指标的，写明为什么不能衡量", 300, rows=2, required=False)


class PhotoForm(forms.Form):
    """One picture with what it shows; more are added by another entry."""

    photo = forms.FileField(
        label="照片", required=False, help_text="JPG、PNG或WebP，拍摄信息会去掉",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    alt = forms.CharField(label="照片上是什么", max_length=120, required=False, help_text="读屏的职工靠它知道内容")


class ProgressForm(PhotoForm):
    text = area("进展", 1000)
    on = day_field("日期", required=False)
    shown = forms.BooleanField(label="在公开页上显示", required=False, initial=True)
    field_order = ("text", "on", "photo", "alt", "shown")


class DoneForm(PhotoForm):
    words = area("完成情况", 300, rows=2)
    on = day_field("完成日期", required=False)
    field_order = ("words", "on", "photo", "alt")


class MoneyForm(forms.Form):
    amount = MoneyField(label="金额（元）", min_value=None, help_text="退回的写负数")
    text = forms.CharField(label="用途", max_length=300)
    voucher = forms.CharField(label="凭证号", max_length=60)
    on = day_field("日期", required=False)


class RiskForm(forms.Form):
    text = forms.CharField(label="风险", max_length=200)
    level = forms.ChoiceField(label="程度", choices=RiskLevel.choices)
    measure = area("应对措施", 300, rows=2)


class OutcomeForm(forms.Form):
    title = forms.CharField(label="指标", max_length=60, help_text="例如：能吃上热饭的食堂")
    definition = area("怎样测量", 300, rows=2, hint="谁来测、什么时候测、怎样算数，启动以后不能改")
    unit = forms.CharField(label="单位", max_length=12)
    better = forms.ChoiceField(label="方向", choices=Better.choices)
    before = forms.DecimalField(label="现在是多少", max_digits=14, decimal_places=2)
    target = forms.DecimalField(label="目标是多少", max_digits=14, decimal_places=2)


class MeasureForm(forms.Form):
    after = forms.DecimalField(label="现在是多少", max_digits=14, decimal_places=2)
    after_note = forms.CharField(label="测量说明", max_length=300, required=False)


class HandDownForm(forms.Form):
    bodies = forms.MultipleChoiceField(label="下达到", widget=forms.CheckboxSelectMultiple)
    due_on = day_field("完成期限")
    goal = area("对下级的要求", 500, rows=2, required=False)

    def __init__(self, *args: Any, bodies: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bodies"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = bodies


class SuperviseForm(forms.Form):
    due_on = day_field("整改期限")
    reason = area("督办意见", 300, rows=2)


class JudgeForm(forms.Form):
    """A member's answer: every mark is named."""

    MARKS = ((5, "5分 很满意"), (4, "4分 满意"), (3, "3分 一般"), (2, "2分 不满意"), (1, "1分 很不满意"))
    score = forms.TypedChoiceField(label="做得怎么样", choices=MARKS, coerce=int, widget=forms.RadioSelect)
    solved = forms.TypedChoiceField(
        label="您遇到的问题解决了吗", choices=(("1", "解决了"), ("0", "没有解决")), coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = area("想说的话", 500, required=False)


def today_initial(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, timezone.localdate())
