"""What staff fill in for tickets, letters, payments and cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from . import choices as c
from .rules import NEXT


def text(label: str, rows: int = 3, most: int = 1000, hint: str = "", required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


def day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class TicketForm(forms.Form):
    """The quick form of the desk: one screen, keyboard only."""

    phone = forms.CharField(
        label="来电号码",
        max_length=20,
        required=False,
        help_text="填了可以看到这个号码以前的诉求",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label="称呼",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    channel = forms.ChoiceField(label="渠道", choices=c.Channel.choices, widget=forms.RadioSelect, initial="call")
    kind = forms.ChoiceField(label="类别", choices=c.TicketKind.choices, widget=forms.RadioSelect, initial="help")
    category = forms.ChoiceField(label="分类", choices=[("", "选择分类"), *c.Category.choices])
    difficulty = forms.ChoiceField(
        label="难度", choices=c.Difficulty.choices, widget=forms.RadioSelect, initial="general"
    )
    said = text("诉求", 5, 3000, "写明时间、单位、事情和要求")
    own = forms.ChoiceField(
        label="由谁办理", choices=[("1", "本级办理"), ("0", "分派给下级")], widget=forms.RadioSelect, initial="1"
    )


class DispatchForm(forms.Form):
    to = forms.ChoiceField(label="分派给")
    words = text("交办说明", 2, 500, required=False)

    def __init__(self, *args: Any, bodies: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", "选择总工会"), *bodies]  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """Taking asks nothing."""


class WordsForm(forms.Form):
    words = text("说明", 2, 1000)


class ReplyForm(forms.Form):
    words = text("答复内容", 5, 3000, "写明怎样办理的、结果是什么")


class CallBackForm(forms.Form):
    satisfaction = forms.ChoiceField(
        label="满意度",
        choices=[("5", "很满意"), ("4", "满意"), ("3", "一般"), ("2", "不满意"), ("1", "很不满意")],
        widget=forms.RadioSelect,
        initial="5",
    )
    again = forms.ChoiceField(
        label="问题解决了吗",
        choices=[("0", "已解决"), ("1", "没有解决，重新办理")],
        widget=forms.RadioSelect,
        initial="0",
    )
    words = text("回访记录", 2, 1000, required=False)


class CheckForm(forms.Form):
    good = forms.ChoiceField(
        label="质检结论",
        choices=[("1", "合格，办结"), ("0", "不合格，重新办理")],
        widget=forms.RadioSelect,
        initial="1",
    )
    words = text("质检意见", 2, 300)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="查看理由", max_length=200, min_length=2, help_text="例如“回访”，会记入留痕")


class LetterForm(forms.Form):
    kind = forms.ChoiceField(label="文种", choices=c.LetterKind.choices, widget=forms.RadioSelect, initial="hint")
    recipient = forms.CharField(label="主送单位", max_length=120, help_text="写单位全称")
    copied_to = forms.CharField(label="抄送", max_length=200, required=False)
    body = text("正文", 12, 5000, "写明查实的情况、依据的法律条款和整改要求；答复期限由系统加上")


class AnswerForm(forms.Form):
    answer = text("答复内容", 4, 3000)
    on = day("答复日期")


class RefuseForm(forms.Form):
    because = text("对方拒绝的理由", 2, 300, "没有说明理由的，写“未说明理由”")


class PayForm(forms.Form):
    voucher = forms.CharField(label="凭证号", max_length=60, help_text="银行回单或记账凭证的编号")
    on = day("支付日期")


class CancelForm(forms.Form):
    reason = text("取消原因", 2, 300)


class StageForm(forms.Form):
    stage = forms.ChoiceField(label="发生了什么")
    on = day("日期")
    words = text("说明", 2, 500, required=False)

    def __init__(self, *args: Any, stage: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [(one.value, one.label) for one in NEXT[c.Stage(stage)]]  # type: ignore[attr-defined]


class RecoveryForm(forms.Form):
    claimant = forms.ChoiceField(label="职工")
    recovered = forms.DecimalField(
        label="累计追回", max_digits=12, decimal_places=2, min_value=Decimal(0), help_text="单位：元"
    )
    on = day("日期")

    def __init__(self, *args: Any, claimants: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claimant"].choices = claimants  # type: ignore[attr-defined]


class CloseForm(forms.Form):
    result = text("结果", 2, 300, "一句话，不写当事人姓名，例如“裁决支持全部请求”")
