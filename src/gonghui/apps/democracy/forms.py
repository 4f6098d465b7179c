"""What the desk and delegates fill in: one small form for each act."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from . import choices as c


def words(label: str, limit: int = 300, rows: int = 2, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def line(label: str, limit: int = 80, required: bool = True, hint: str = "", initial: Any = None) -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=required, help_text=hint, initial=initial)


def day(label: str, required: bool = True, hint: str = "", today: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint, initial=timezone.localdate if today else None,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def count(label: str, least: int = 0, hint: str = "", required: bool = True, initial: Any = None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=10_000_000, help_text=hint, required=required, initial=initial
    )


def choose(label: str, options: Any, required: bool = True, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=options, required=required, help_text=hint)


def several(label: str, options: Any, required: bool = True) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=options, required=required, widget=forms.CheckboxSelectMultiple
    )


def paper(label: str, required: bool = True, hint: str = "") -> forms.FileField:
    return forms.FileField(label=label, required=required, help_text=hint or "不超过20MB")


def made(fields: dict[str, forms.Field], *args: Any, **kwargs: Any) -> forms.Form:
    """A form of these fields, for one act on one row."""
    form = forms.Form(*args, **kwargs)
    form.fields.update(fields)
    return form


def yes(label: str, hint: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


def file_of(data: dict[str, Any], key: str = "file") -> tuple[str, bytes]:
    """Name and bytes of an uploaded file; nothing when none was given."""
    given = data.get(key)
    return (given.name, given.read()) if given else ("", b"")


class MotionForm(forms.Form):
    kind = forms.ChoiceField(label="类别", choices=c.MotionKind.choices, help_text="厂务公开询问30天内答复")
    topic = forms.ChoiceField(label="内容", choices=c.MotionTopic.choices)
    title = line("案由", 80, hint="一句话说明要解决什么")
    reason = words("情况和理由", 1000, 4)
    advice = words("建议", 1000, 3, required=False, hint="提案要写，询问可以不写")


class CheckInForm(forms.Form):
    code = forms.CharField(
        label="签到码", max_length=6, help_text="会场屏幕上的6位数字",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
