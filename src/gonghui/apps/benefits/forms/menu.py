"""What staff and members fill in about menus of courses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms

from ..choices import Kind
from ..rules.lessons import MOST_LESSONS
from ..services import Course
from .offer import DAY, MOMENT, lines, yuan

KINDS = [(one.value, one.label) for one in (Kind.COURSE, Kind.LECTURE, Kind.GYM, Kind.COUNSELLING)]


class MenuForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80, help_text="例如：2026年秋季点课菜单")
    opens_on = forms.DateField(label="开始投票", widget=DAY)
    closes_on = forms.DateField(label="截止投票", widget=DAY)
    votes = forms.IntegerField(label="每人几票", min_value=1, max_value=20)
    threshold = forms.IntegerField(label="几票开课", min_value=1, max_value=1_000, help_text="每门课可以另外定")


class DishForm(forms.Form):
    title = forms.CharField(label="课程", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=KINDS)
    about = forms.CharField(label="学什么", max_length=300, widget=lines(2))
    threshold = forms.IntegerField(
        label="几票开课", min_value=1, max_value=1_000, required=False, help_text="不填就按菜单的票数"
    )


class WishForm(forms.Form):
    title = forms.CharField(label="想学什么", max_length=60)
    about = forms.CharField(label="说一句", max_length=300, widget=lines(2), help_text="例如：零基础，晚上有空")


class ApproveForm(forms.Form):
    threshold = forms.IntegerField(label="几票开课", min_value=1, max_value=1_000, required=False)


class CloseForm(forms.Form):
    reason = forms.CharField(
        label="达到票数又不开的原因", max_length=200, required=False, widget=lines(2), help_text="没有这样的课就不用写"
    )


class CourseForm(forms.Form):
    teacher = forms.CharField(label="老师", max_length=40)
    place = forms.CharField(label="地点", max_length=120)
    starts_at = forms.DateTimeField(label="第一次开始", widget=MOMENT)
    ends_at = forms.DateTimeField(label="第一次结束", widget=MOMENT)
    lessons = forms.IntegerField(
        label="上课次数", min_value=1, max_value=MOST_LESSONS, initial=1, help_text="多于1次就是每周同一时间"
    )
    closes_at = forms.DateTimeField(label="截止报名", required=False, widget=MOMENT, help_text="不填就到第一次开始")
    capacity = forms.IntegerField(label="名额", min_value=1, max_value=1_000)
    cost = yuan("费用合计（元）")
    intro = forms.CharField(label="内容介绍", max_length=4000, widget=lines(3), min_length=10)
    bring = forms.CharField(label="需要带什么", max_length=300, required=False)
    contact = forms.CharField(label="咨询方式", max_length=80)
    reason = forms.CharField(label="票数不够也开的原因", max_length=200, required=False, widget=lines(2))
    despite = forms.BooleanField(label="知道有冲突，照样开课", required=False)

    def __init__(self, *args: Any, below: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not below:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", "结束时间要晚于开始时间")
        return data

    @property
    def course(self) -> Course:
        """What was typed, for the service."""
        data = dict(self.cleaned_data)
        cost = int((data.pop("cost") or 0) * 100)
        return Course(cost=cost, **{one.name: data[one.name] for one in fields(Course) if one.name in data})
