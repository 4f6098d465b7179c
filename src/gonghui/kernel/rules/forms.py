"""Setting one parameter for the post's own organisation and all below it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from .rules import Definition


class RuleForm(forms.Form):
    """The field for the value follows the kind of the parameter; lists are written with commas."""

    value = forms.CharField(label="取值", max_length=400, required=False)
    valid_from = forms.DateField(label="生效日期", widget=forms.DateInput(attrs={"type": "date"}))
    source = forms.CharField(label="依据", max_length=200, help_text="文件名和文号，或会议决定")
    inherit = forms.BooleanField(label="取消本级规定，按上级执行", required=False)

    def __init__(self, definition: Definition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.definition = definition
        bounds = [
            f"最小{definition.min}" if definition.min is not None else "",
            f"最大{definition.max}" if definition.max is not None else "",
        ]
        self.fields["value"].label = f"取值（{definition.unit}）" if definition.unit else "取值"
        self.fields["value"].help_text = "，".join(filter(None, bounds)) or (
            "用逗号隔开" if definition.kind == "integers" else ""
        )
        self.fields["valid_from"].initial = timezone.localdate

    def clean_value(self) -> Any:
        """An integer, or a list of integers; the service checks the bounds."""
        text = self.cleaned_data["value"].strip().replace("，", ",")
        if not text:
            return None
        parts = [part.strip() for part in text.split(",")]
        if not all(part.lstrip("-").isdecimal() and len(part) < 12 for part in parts):
            raise forms.ValidationError(f"现在是“{text[:20]}”，应为整数")
        numbers = [int(part) for part in parts]
        return numbers if self.definition.kind == "integers" else numbers[0]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("inherit") and data.get("value") is None and "value" not in self.errors:
            self.add_error("value", "还没填取值；要按上级执行，勾选“取消本级规定”")
        return data
