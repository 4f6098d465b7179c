"""What staff fill in about reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.figures.rules.periods import Period, around, read
from gonghui.kernel.refusal import Refusal

from .choices import Occasion
from .paper.exchange import LARGEST
from .rules.text import LONGEST


class BeginForm(forms.Form):
    template = forms.ChoiceField(label="模板")
    period = forms.CharField(
        label="期间", max_length=24, help_text="例如2026、2026H1（上半年）、2026Q2、2026-05，或者2026-01-01..2026-06-30"
    )
    title = forms.CharField(label="标题", max_length=80, required=False, help_text="不填就用正文的标题")

    def __init__(self, *args: Any, templates: list[tuple[str, str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [(key, title) for key, title, _ in templates]  # type: ignore[attr-defined]
        self.fields["period"].initial = around(timezone.localdate(), "year").key

    def clean_period(self) -> Period:
        try:
            return read(str(self.cleaned_data["period"]).strip())
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class TextForm(forms.Form):
    title = forms.CharField(label="标题", max_length=80)
    text = forms.CharField(
        label="正文", max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false"})
    )
    lock = forms.IntegerField(widget=forms.HiddenInput)


class TemplateForm(forms.Form):
    title = forms.CharField(label="名称", max_length=60)
    occasion = forms.ChoiceField(label="用途", choices=Occasion.choices)
    note = forms.CharField(label="说明", max_length=300, required=False)
    text = forms.CharField(
        label="正文", max_length=LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false"})
    )
    lock = forms.IntegerField(widget=forms.HiddenInput, required=False)


class WordForm(forms.Form):
    file = forms.FileField(label="Word文件", help_text="docx，不超过8MB；数字写成双括号，例如{{会员总数}}")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过8MB，去掉图片再上传")
        return file


class NoteForm(forms.Form):
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class IssueForm(forms.Form):
    document_no = forms.CharField(label="文号", max_length=60, required=False, help_text="例如“吉工发〔2026〕8号”")


class CommentForm(forms.Form):
    words = forms.CharField(label="意见", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    line = forms.IntegerField(min_value=1, max_value=99_999, widget=forms.HiddenInput)


class CheckForm(forms.Form):
    file = forms.FileField(label="手里的文件", help_text="Word或PDF；只核对，不保存")
