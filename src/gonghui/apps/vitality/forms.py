"""What staff fill in to check, warn, decide and take back."""

from __future__ import annotations

from django import forms

from gonghui.kernel.org.models import Organisation


class NoteForm(forms.Form):
    note = forms.CharField(
        label="核实情况",
        max_length=200,
        help_text="写明怎样核实的，例如“电话联系本人，在岗”",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WarnForm(forms.Form):
    note = forms.CharField(
        label="告知内容",
        max_length=200,
        required=False,
        help_text="期限按本地规则计算，期限内本会或本人可以申诉",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReceiverChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Organisation) -> str:
        return obj.name


class DecideForm(forms.Form):
    """A decision about unions; the receiver is required for a merger and optional for a dissolution."""

    reason = forms.CharField(
        label="处置依据",
        max_length=200,
        help_text="例如“县总工会常委会第6次会议研究同意”",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    document_no = forms.CharField(label="文号", max_length=80, required=False, help_text="例如“安工发〔2022〕18号”")
    receiver = forms.CharField(
        label="接收会员的工会",
        required=False,
        max_length=120,
        help_text="写接收工会的全称；撤销时不填，会籍由上一级工会保留",
        widget=forms.TextInput(attrs={"list": "receivers", "autocomplete": "off"}),
    )


class EndForm(forms.Form):
    reason = forms.CharField(
        label="处置依据",
        max_length=200,
        help_text="例如“三次联系未果，公示期满无异议”",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class UndoForm(forms.Form):
    reason = forms.CharField(label="撤销原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ContactForm(forms.Form):
    reached = forms.ChoiceField(
        label="结果", choices=[("1", "已联系上"), ("0", "未联系上")], widget=forms.RadioSelect, initial="1"
    )
    note = forms.CharField(label="联系情况", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label="答复",
        choices=[("1", "申诉成立，保留"), ("0", "申诉不成立，按期处置")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AppealForm(forms.Form):
    text = forms.CharField(
        label="申诉内容",
        max_length=500,
        help_text="写明为什么应当保留，可附联系方式",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ConfirmForm(forms.Form):
    text = forms.CharField(
        label="本会情况",
        max_length=200,
        help_text="例如“8月组织会员体检62人，会费缴至6月”",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
