"""What staff fill in about plans, pilots, supervision, projects and cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.org.forms import NamedOrganisationField
from gonghui.kernel.viewer import Viewer

from . import choices as c


def area(label: str, limit: int, *, rows: int = 3, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def cell(label: str, size: int) -> dict[str, Any]:
    """Attributes of a control in a table's cell."""
    return {"class": "input input-s", "aria-label": label, "size": size}


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class PlanForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    title = forms.CharField(label="名称", max_length=80)
    document_no = forms.CharField(label="文号", max_length=80, required=False)
    agenda_on = day_field("列入党组议题的日期", required=False)
    intro = area("总体要求", 1000, required=False)


class ItemForm(forms.Form):
    """A task; `running` asks for the reason of a change to a published plan."""

    title = forms.CharField(label="工作内容", max_length=120)
    goal = area("目标要求", 500, required=False)
    post = forms.ChoiceField(label="责任岗位", required=False, help_text="责任到岗到人，没有选定的不能发布")
    start_on = day_field("开始日期", required=False)
    due_on = day_field("完成期限")
    figure = forms.ChoiceField(label="对应的数字", required=False, help_text="有目标的数字，进度自动算出来")
    key = forms.BooleanField(label="列为重点工作", required=False, initial=True)
    reason = area("调整原因", 300, rows=2)

    def __init__(
        self, *args: Any, posts: list[tuple[Any, str]], figures: list[tuple[str, str]], running: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "post", [("", "还没有选定"), *posts])
        _choose(self, "figure", [("", "不对应"), *figures])
        if not running:
            del self.fields["reason"]


class StepForm(forms.Form):
    title = forms.CharField(label="节点", max_length=120, required=False)
    due_on = day_field("时间节点", required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("title")) != bool(data.get("due_on")) and not self.errors:
            self.add_error("due_on" if data.get("title") else "title", "节点和日期要一起写")
        return data


StepFormSet = forms.formset_factory(StepForm, extra=3, max_num=20, absolute_max=24)


class StepDoneForm(forms.Form):
    note = area("完成情况", 300, rows=2)
    on = day_field("完成日期", required=False)
    file = forms.FileField(label="佐证", required=False, help_text="文件、照片，20 MB以内")


class HandDownForm(forms.Form):
    bodies = forms.MultipleChoiceField(label="分解到", widget=forms.CheckboxSelectMultiple)
    due_on = day_field("完成期限")
    goal = area("对下级的要求", 500, rows=2, required=False)

    def __init__(self, *args: Any, bodies: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bodies"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = bodies


class AcceptForm(forms.Form):
    post = forms.ChoiceField(label="责任岗位")

    def __init__(self, *args: Any, posts: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "post", [("", "选一个岗位"), *posts])


class OtherDayForm(forms.Form):
    due_on = day_field("建议的期限")
    reason = area("调整的理由", 300, rows=2)


class DueForm(forms.Form):
    due_on = day_field("完成期限")
    reason = area("理由", 300, rows=2, required=False)


class WordsForm(forms.Form):
    """One text and, where an act needs one, a day."""

    text = area("说明", 1000)

    def __init__(self, *args: Any, label: str = "", rows: int = 3, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label or self.fields["text"].label
        self.fields["text"].widget.attrs["rows"] = rows
        self.fields["text"].required = required


class ProgrammeForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80)
    starts_on = day_field("开始日期")
    remark = area("说明", 500, rows=2, required=False)


class ProgrammeEditForm(forms.Form):
    ends_on = day_field("结束日期", required=False)
    remark = area("说明", 500, rows=2, required=False)


class GroupForm(forms.Form):
    """A line of a table: each control says itself what it is."""

    key = forms.CharField(label="代号", max_length=12, required=False, widget=forms.TextInput(attrs=cell("代号", 4)))
    title = forms.CharField(label="名称", max_length=40, required=False, widget=forms.TextInput(attrs=cell("名称", 18)))
    places = forms.IntegerField(
        label="名额", min_value=0, max_value=9999, required=False, widget=forms.NumberInput(attrs=cell("名额", 4))
    )


GroupFormSet = forms.formset_factory(GroupForm, extra=2, max_num=9, absolute_max=12)


class EnrolForm(forms.Form):
    organisation = NamedOrganisationField(label="试点单位")
    tier = forms.ChoiceField(label="层级", choices=c.Tier.choices)
    group = forms.ChoiceField(label="分组")
    on = day_field("列入日期")
    focus = area("试点内容", 300, rows=2, required=False)

    def __init__(self, *args: Any, viewer: Viewer, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate(), "tier": "enterprise"})
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, NamedOrganisationField)
        field.viewer = viewer
        _choose(self, "group", list(groups))


class GuideForm(forms.Form):
    post = forms.ChoiceField(label="人员")

    def __init__(self, *args: Any, posts: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "post", [("", "选一名指导员、联络员或观察员"), *posts])


class VisitForm(forms.Form):
    on = day_field("走访日期")
    way = forms.ChoiceField(label="方式", choices=c.VisitWay.choices)
    found = area("了解到的情况", 1000, rows=4)
    advice = area("指导意见", 500, rows=2, required=False)
    issue = area("要试点单位解决的问题", 500, rows=2, required=False)
    issue_due_on = day_field("解决期限", required=False)


class RegroupForm(forms.Form):
    tier = forms.ChoiceField(label="层级", choices=c.Tier.choices)
    group = forms.ChoiceField(label="分组")
    reason = area("调整的理由", 300, rows=2)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "group", list(groups))


class RoundForm(forms.Form):
    title = forms.CharField(label="名称", max_length=80)
    scope = area("督查内容", 500, required=False)
    starts_on = day_field("开始日期")
    ends_on = day_field("结束日期")


class IssueForm(forms.Form):
    organisation = NamedOrganisationField(label="整改单位")
    text = area("发现的问题", 500)
    due_on = day_field("整改期限")
    owner_name = forms.CharField(label="整改责任人", max_length=60, required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, NamedOrganisationField)
        field.viewer = viewer


class IssueAnswerForm(forms.Form):
    answer = area("整改情况", 500, rows=4)
    owner_name = forms.CharField(label="整改责任人", max_length=60, required=False)


class IssueReturnForm(forms.Form):
    opinion = area("退回的原因", 300, rows=2)
    due_on = day_field("新的整改期限")


class IssueMoveForm(forms.Form):
    due_on = day_field("新的整改期限")
    reason = area("调整的理由", 300, rows=2)


class BrandForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=c.BrandKind.choices)
    title = forms.CharField(label="品牌名称", max_length=60)
    content = area("主要做法", 1000, rows=6)


class CaseForm(forms.Form):
    title = forms.CharField(label="标题", max_length=80)
    pilot = forms.ChoiceField(label="试点", required=False)
    text = area("正文", 8000, rows=14, hint="背景、做法、成效，至少100字才能报送")

    def __init__(self, *args: Any, pilots: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "pilot", [("", "不对应试点"), *pilots])


class DecideForm(forms.Form):
    selection = forms.CharField(
        label="入选名单", max_length=80, required=False, help_text="入选时写，例如2026年产改十佳案例"
    )
    opinion = area("评选意见", 300, rows=2, required=False)
