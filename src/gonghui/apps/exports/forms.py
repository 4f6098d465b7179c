"""Ordering a file of figures by choosing."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.tables import TableFormat

from .choices import Reach, Rhythm, Span


class ExportForm(forms.Form):
    """One order; the figures are boxes, area by area."""

    title = forms.CharField(
        label="名称", min_length=2, max_length=60, help_text="文件名以它开头，例如 月度组织建设数字"
    )
    reach = forms.ChoiceField(label="哪些组织", choices=Reach.choices, initial="below")
    span = forms.ChoiceField(label="哪个期间", choices=Span.choices, initial="month")
    form = forms.ChoiceField(label="格式", choices=TableFormat.choices, initial="xlsx")
    rhythm = forms.ChoiceField(label="多久一次", choices=Rhythm.choices, initial="monthly")

    def __init__(self, *args: Any, rows: dict[str, Figure], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for area, listed in figures.by_area(rows.values()):
            choices = [(one.key, one.title) for one in listed]
            self.fields[f"in_{area.value}"] = forms.MultipleChoiceField(
                label=area.label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
            )

    @property
    def areas(self) -> list[forms.BoundField]:
        return [one for one in self if one.name.startswith("in_")]

    @property
    def main(self) -> list[forms.BoundField]:
        return [one for one in self if not one.name.startswith("in_")]

    @property
    def chosen(self) -> list[str]:
        """The keys of the boxes that were ticked."""
        return [key for name in self.fields if name.startswith("in_") for key in self.cleaned_data.get(name, [])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.chosen:
            self.add_error(None, "还没有选数字，在下面勾选")
        return data
