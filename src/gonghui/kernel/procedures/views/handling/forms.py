"""What officers fill in, and the objection that anybody may make to a public notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from ....org.models import Organisation
from ....viewer import Viewer
from ...rules.definition import Criterion, FormField
from ...rules.definition import Step as StepSlot

ASK = "ask_"


def _text(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def ask_field(one: FormField) -> forms.Field:
    """A control for one question that a step asks of the officer; what was typed is read by the engine."""
    label = one.title + (f"（{one.unit}）" if one.unit else "")
    common: dict[str, Any] = {"label": label, "required": one.required, "help_text": one.hint}
    options = [(option.value, option.title) for option in one.options]
    if one.kind == "choice":
        if len(options) > 5:
            return forms.ChoiceField(choices=[("", "选择"), *options], **common)
        return forms.ChoiceField(choices=options, widget=forms.RadioSelect, **common)
    if one.kind == "choices":
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
    if one.kind == "yes_no":
        return forms.ChoiceField(choices=[("1", "是"), ("0", "否")], widget=forms.RadioSelect, **common)
    if one.kind == "declaration":
        return forms.BooleanField(label=one.text or one.title, required=False)
    if one.kind == "long_text":
        return forms.CharField(max_length=5000, widget=_text(3), **common)
    if one.kind == "date":
        return forms.CharField(
            max_length=10, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **common
        )
    if one.kind in ("number", "money"):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        common["label"] = one.title + (
            f"（{'元' if one.kind == 'money' else one.unit}）" if one.kind == "money" or one.unit else ""
        )
        return forms.CharField(max_length=20, widget=widget, **common)
    if one.kind == "organisation":
        common["help_text"] = one.hint or "写工会的全称"
    return forms.CharField(max_length=200, **common)


class ApproveForm(forms.Form):
    """Yes, with what the step asks."""

    note = forms.CharField(label="意见", max_length=1000, required=False, widget=_text())

    def __init__(self, *args: Any, slot: StepSlot | None, decides: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = tuple(slot.asks) if slot else ()
        for one in self.asks:
            self.fields[ASK + one.key] = ask_field(one)
        self.order_fields([ASK + one.key for one in self.asks])
        if decides:
            self.fields["document_no"] = forms.CharField(
                label="文号", max_length=80, required=False, help_text="例如“安工发〔2026〕3号”"
            )

    def given(self, viewer: Viewer) -> dict[str, Any]:
        """The answers by key; unions that were named in full become their number, those of the range alone."""
        found: dict[str, Any] = {}
        for one in self.asks:
            value = self.cleaned_data.get(ASK + one.key)
            if one.kind == "organisation" and isinstance(value, str) and value.strip() and not value.strip().isdigit():
                pks = Organisation.objects.visible(viewer).filter(name=value.strip(), state="active")
                value = next(iter(pks.values_list("pk", flat=True)[:1]), value)
            found[one.key] = value
        return found


class RejectForm(forms.Form):
    note = forms.CharField(
        label="不通过的理由", max_length=1000, widget=_text(3), help_text="申请人会看到这段话，写明依据和还能怎样办"
    )
    document_no = forms.CharField(label="文号", max_length=80, required=False)


class HandOverForm(forms.Form):
    account = forms.TypedChoiceField(label="转给", coerce=int, empty_value=None)
    note = forms.CharField(label="说明", max_length=300, required=False)

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [("", "选择同事"), *colleagues]  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    accounts = forms.TypedMultipleChoiceField(label="评审人", coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, reviewers: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accounts"].choices = list(reviewers)  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    """One number for each criterion, and a word about it."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = tuple(criteria)
        for one in self.criteria:
            self.fields[f"mark_{one.key}"] = forms.IntegerField(
                label=one.title, min_value=0, max_value=one.most,
                help_text=f"0至{one.most}分" + (f"，{one.note}" if one.note else ""),
                widget=forms.NumberInput(attrs={"class": "input-num", "data-mark": "", "inputmode": "numeric",
                                                "min": 0, "max": one.most}),
            )  # fmt: skip
        self.fields["note"] = forms.CharField(label="评语", max_length=500, required=False, widget=_text())

    @property
    def marks(self) -> dict[str, int]:
        return {one.key: self.cleaned_data[f"mark_{one.key}"] for one in self.criteria}


class VoteForm(forms.Form):
    committee = forms.IntegerField(label="应到人数", min_value=1, max_value=100_000)
    present = forms.IntegerField(label="实到人数", min_value=0, max_value=100_000)
    yes = forms.IntegerField(label="赞成", min_value=0, max_value=100_000)
    no = forms.IntegerField(label="反对", min_value=0, max_value=100_000)
    abstain = forms.IntegerField(label="弃权", min_value=0, max_value=100_000, initial=0)
    note = forms.CharField(label="会议名称和说明", max_length=500, required=False)


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label="现场照片", widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
    )
    latitude = forms.DecimalField(max_digits=9, decimal_places=6, min_value=-90, max_value=90, required=False,
                                  widget=forms.HiddenInput)  # fmt: skip
    longitude = forms.DecimalField(max_digits=9, decimal_places=6, min_value=-180, max_value=180, required=False,
                                   widget=forms.HiddenInput)  # fmt: skip


class VisitForm(ApproveForm):
    note = forms.CharField(label="现场情况", max_length=1000, widget=_text(4), help_text="看到了什么，与材料是否一致")
    good = forms.ChoiceField(
        label="核查结果", choices=[("1", "与申请一致"), ("0", "与申请不符")], widget=forms.RadioSelect
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看理由", max_length=200, widget=_text(), help_text="至少6个字，写明用在哪件工作上；本人能看到这条记录"
    )


class RemindForm(forms.Form):
    note = forms.CharField(label="催办内容", max_length=200, required=False)


class DelegateForm(forms.Form):
    to_account = forms.TypedChoiceField(label="代办人", coerce=int, empty_value=None)
    valid_from = forms.DateField(label="开始", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    valid_to = forms.DateField(
        label="结束", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), help_text="含当天，最长180天"
    )
    reason = forms.CharField(label="原因", max_length=200, help_text="例如“休年假”")

    def __init__(self, *args: Any, colleagues: Sequence[tuple[int, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_account"].choices = [("", "选择同事"), *colleagues]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = today


class InterestForm(forms.Form):
    kind = forms.ChoiceField(
        label="关系",
        choices=[
            ("近亲属", "近亲属"),
            ("利害关系人", "其他利害关系人"),
            ("任职单位", "本人或近亲属任职的单位"),
            ("其他", "其他"),
        ],
    )
    name = forms.CharField(label="姓名或工会全称", max_length=120, help_text="写全名；同名的人会列出来选择",
                           widget=forms.TextInput(attrs={"autocomplete": "off"}))  # fmt: skip
    note = forms.CharField(label="说明", max_length=200, required=False)


class AnswerForm(forms.Form):
    upheld = forms.ChoiceField(
        label="查证结论",
        choices=[("0", "异议不成立，公示继续"), ("1", "异议成立，申请不予通过")],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="答复", max_length=1000, widget=_text(4), help_text="写明怎样查证、查到什么、结论；异议人凭查询码看到"
    )


class ObjectionForm(forms.Form):
    """Anybody's objection: by name with a way to answer, or in confidence."""

    text = forms.CharField(
        label="异议内容", max_length=3000, widget=_text(6), help_text="写明哪一项与事实不符、依据是什么"
    )
    how = forms.ChoiceField(
        label="提出方式",
        choices=[("named", "实名提出"), ("confidence", "要求保密，身份只有答复单位知道")],
        widget=forms.RadioSelect,
        initial="named",
    )
    name = forms.CharField(
        label="姓名", max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    contact = forms.CharField(
        label="联系方式",
        max_length=60,
        required=False,
        help_text="手机号码或邮箱，用来核实和答复；要求保密的可以不填",
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查询码",
        max_length=16,
        help_text="提出异议后页面上显示的10位字母和数字",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
