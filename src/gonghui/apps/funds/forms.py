"""What leaders and finance fill in."""

from __future__ import annotations

from django import forms


class ApproveForm(forms.Form):
    note = forms.CharField(label="审批意见", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class PayForm(forms.Form):
    payment_ref = forms.CharField(label="支付凭证号", max_length=60, help_text="银行回单或凭证的编号")


class ReturnForm(forms.Form):
    reason = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
