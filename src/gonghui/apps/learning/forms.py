"""What staff and members fill in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.quotas.models import Offer
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import Viewer

from .choices import QuestionKind
from .rules import LETTERS, REFLECTION_MOST, answer_mask, letters_of, options_for


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _number(label: str, most: int, unit: str) -> forms.IntegerField:
    return forms.IntegerField(label=f"{label}（{unit}）", min_value=1, max_value=most)


class MeantForm(forms.Form):
    """Whom something is for: an organisation of the post's range, named in full, and all below it."""

    organisation = forms.CharField(label="面向的组织", max_length=120, help_text="这个组织和它的全部下级的会员可以参加")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_organisation(self) -> Organisation:
        name = self.cleaned_data["organisation"].strip()
        found = Organisation.objects.visible(self.viewer).filter(name=name, ended_on__isnull=True).order_by("path")[:1]
        if not found:
            raise forms.ValidationError(f"管理范围内没有叫“{name}”的组织，照组织页上的全称填写")
        one: Organisation = found[0]
        return one


class QuizForm(MeantForm):
    title = forms.CharField(label="名称", max_length=60, help_text="例如：七月每月一答")
    subject = forms.ChoiceField(label="从哪个科目出题", required=False)
    intro = forms.CharField(label="说明", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    opens_on = _day("开始日期")
    closes_on = _day("结束日期")
    per_paper = _number("每次题数", 100, "题")
    minutes = _number("每次时间", 180, "分钟")
    tries_daily = _number("每天次数", 20, "次")
    points = _number("每题分值", 100, "分")
    pass_line = _number("达标分", 10_000, "分")
    prizes = forms.CharField(label="奖励说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, viewer: Viewer, subjects: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, *args, **kwargs)
        choices = [("", "全部科目"), *((one, one) for one in subjects)]
        self.fields["subject"].choices = choices  # type: ignore[attr-defined]


def proposed(organisation: Organisation | None, today: date) -> dict[str, Any]:
    """What a new quiz proposes, by the local rules."""
    names = ("questions", "minutes", "tries_daily", "points", "pass_percent")
    path = organisation.path if organisation else ""
    found = {
        name: int(one.value)
        for name, one in zip(
            names, rules.values([f"learning.{name}" for name in names], path, today).values(), strict=True
        )
    }
    full = found["questions"] * found["points"]
    return {
        "organisation": organisation.name if organisation else "",
        "opens_on": today,
        "closes_on": today + timedelta(days=30),
        "per_paper": found["questions"],
        "minutes": found["minutes"],
        "tries_daily": found["tries_daily"],
        "points": found["points"],
        "pass_line": full * found["pass_percent"] // 100,
    }


class PrizeForm(forms.Form):
    draw = forms.ChoiceField(label="列入哪个摇号", help_text="在“普惠服务”里建一个摇号的奖品项目，发布以后选它")

    def __init__(self, draws: list[Offer], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "请选择"), *((str(one.pk), one.title) for one in draws)]
        self.fields["draw"].choices = choices  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="停止的原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class QuestionForm(forms.Form):
    """One question; options one a line, the answer in letters, or 对 and 错."""

    subject = forms.CharField(label="科目", max_length=40)
    kind = forms.ChoiceField(label="题型", choices=QuestionKind.choices)
    text = forms.CharField(label="题目", max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    options = forms.CharField(
        label="选项", required=False, max_length=1500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一个，2至6个；判断题不用填",
    )  # fmt: skip
    answer = forms.CharField(label="答案", max_length=20, help_text="单选写A，多选写AC，判断写对或错")
    explanation = forms.CharField(
        label="解析", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="依据哪部法律第几条",
    )  # fmt: skip

    @property
    def facts(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {
            "subject": known["subject"],
            "kind": known["kind"],
            "text": known["text"],
            "options": options_for(known["kind"], known["options"].splitlines()),
            "answer": answer_mask(known["kind"], known["answer"]),
            "explanation": known["explanation"],
        }


def question_initial(row: Any) -> dict[str, Any]:
    judged = row.kind == QuestionKind.JUDGE
    return {
        "subject": row.subject, "kind": row.kind, "text": row.text, "explanation": row.explanation,
        "options": "" if judged else "\n".join(row.options),
        "answer": ("对" if row.answer == 1 else "错") if judged else letters_of(row.answer),
    }  # fmt: skip


class FileForm(forms.Form):
    file = forms.FileField(label="题目文件", help_text="按模板填写的 xlsx 或 csv，最多2MB")


class PlanForm(MeantForm):
    title = forms.CharField(label="名称", max_length=60, help_text="书名或活动名称")
    intro = forms.CharField(label="说明", max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    opens_on = _day("开始日期")
    closes_on = _day("结束日期")
    text = forms.CharField(
        label="每天读的内容", required=False, max_length=400_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每天一章，章名单独一行，以#开头；只打卡、读自己的书，就留空",
    )  # fmt: skip


class CheckInForm(forms.Form):
    reflection = forms.CharField(
        label="今天读后的一句话", max_length=REFLECTION_MOST, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"最多{REFLECTION_MOST}个字，您工会的工作人员看得到",
    )  # fmt: skip
    shared = forms.BooleanField(label="也给其他会员看，只显示姓氏", required=False)


class AnswerForm(forms.Form):
    """What was chosen for one question: option numbers, from 0."""

    chosen = forms.TypedMultipleChoiceField(
        choices=[(str(at), one) for at, one in enumerate(LETTERS)], coerce=int, required=False
    )
    position = forms.IntegerField(min_value=0, max_value=200)
