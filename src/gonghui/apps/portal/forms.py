"""What members fill in on the phone, and what staff answer."""

from django import forms

from .choices import CorrectionField


class CorrectionForm(forms.Form):
    field = forms.ChoiceField(label="要更正的项目", choices=CorrectionField.choices)
    wanted = forms.CharField(label="更正为", max_length=200, help_text="写正确的内容，例如“大学专科”")
    note = forms.CharField(label="说明", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    accept = forms.ChoiceField(label="答复", choices=[("1", "同意更正"), ("0", "不更正")], widget=forms.RadioSelect)
    answer = forms.CharField(
        label="写给会员的话", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class TransferForm(forms.Form):
    union = forms.CharField(label="要转入的工会", max_length=120, help_text="写工会全称，可在“找工会”里查到")
    reason = forms.CharField(
        label="转会原因", max_length=200, help_text="例如“换到新单位工作”", widget=forms.Textarea(attrs={"rows": 3})
    )


class AppealForm(forms.Form):
    text = forms.CharField(
        label="申诉内容", max_length=500, help_text="写明为什么应当保留会籍", widget=forms.Textarea(attrs={"rows": 4})
    )
