"""What people fill in during an import: the file, the columns, how to start, why to take it back."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .choices import Kind, Mode
from .columns import roster_kind
from .matching import Matching

REASONS = {
    "header": "列名相同",
    "similar": "列名相近，核对一下",
    "content": "按内容判断，核对一下",
    "remembered": "和上次一样",
    "chosen": "手工选定",
    "ignored": "不用导入",
    "": "没有对应",
}


class PlaceForm(forms.Form):
    """An organisation of the post's range, named in full."""

    organisation = forms.CharField(label="组织", max_length=120)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_organisation(self) -> Organisation:
        name = self.cleaned_data["organisation"].strip()
        found = list(Organisation.objects.visible(self.viewer).filter(name=name, ended_on__isnull=True)[:2])
        if not found:
            raise forms.ValidationError(f"管理范围内没有叫“{name}”的组织，照组织页上的全称填写")
        if len(found) > 1:
            raise forms.ValidationError(f"有几个组织都叫“{name}”，改填它们的上级组织")
        return found[0]


class UploadForm(PlaceForm):
    """A roster file, what it lists, and where it is filed."""

    kind = forms.ChoiceField(label="名册类别", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.MEMBERS)
    file = forms.FileField(
        label="名册文件",
        help_text="xlsx、xls、csv、WPS表格都可以，有标题行和合并表头也能认",
        error_messages={"required": "还没有选文件", "empty": "文件是空的，一个字节也没有"},
    )
    field_order = ("kind", "organisation", "file")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(viewer, *args, **kwargs)
        self.fields["organisation"].label = "导入到"
        self.fields["organisation"].help_text = "名册里写了工会的，按名册；没有写的，都归到这个组织"


class ExportForm(PlaceForm):
    """Which list of which organisation."""

    kind = forms.ChoiceField(label="名册类别", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.MEMBERS)
    field_order = ("kind", "organisation")


class ColumnsForm(forms.Form):
    """One choice for each column of the file."""

    def __init__(self, matching: Matching, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matching = matching
        choices = [("", "不导入"), *((field.key, field.label) for field in roster_kind(matching.kind).fields.values())]
        for column in matching.columns:
            label = f"{column.letter}列{column.header}对应的内容"
            widget = forms.Select(attrs={"aria-label": label, "class": "input"})
            self.fields[f"column_{column.column}"] = forms.ChoiceField(
                label=label, choices=choices, required=False, initial=column.field, widget=widget
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Columns with their control, for a table."""
        return [
            {
                "match": column,
                "bound": self[f"column_{column.column}"],
                "reason": REASONS.get(column.reason, ""),
                "sure": column.sure,
            }
            for column in self.matching.columns
        ]

    @property
    def choices(self) -> dict[int, str]:
        return {column.column: self.cleaned_data[f"column_{column.column}"] for column in self.matching.columns}


class CommitForm(forms.Form):
    """What to do with rows that have problems."""

    mode = forms.ChoiceField(label="有问题的行", choices=Mode.choices, widget=forms.RadioSelect, initial=Mode.GOOD_ONLY)


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label="撤销原因", max_length=300, min_length=4, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明为什么撤销", "min_length": "撤销原因至少写4个字"},
    )  # fmt: skip
