"""What members and staff fill in about wishes."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.org.forms import NamedOrganisationField
from gonghui.kernel.viewer import Viewer

from . import choices as c
from .models import Wish


class WishForm(forms.Form):
    """A wish; `most` is what the rule allows, in yuan."""

    title = forms.CharField(label="心愿", max_length=60, help_text="一句话，例如：给女儿一套彩笔")
    about = forms.CharField(
        label="说明", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="规格、颜色、用在哪里；不写真名、住址和电话",
    )  # fmt: skip
    category = forms.ChoiceField(label="类别", choices=c.Category.choices)
    price = forms.DecimalField(label="大约多少钱（元）", min_value=1, max_digits=7, decimal_places=2)
    nickname = forms.CharField(label="笔名", max_length=20, help_text="展示用，不写真名，例如：阿强")
    occupation = forms.CharField(label="职业", max_length=30, help_text="例如：快递员")

    def __init__(self, *args: Any, most: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["price"].help_text = f"不超过{most:g}元"

    @property
    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        return facts | {"price": round(facts["price"] * 100)}


class StaffWishForm(WishForm):
    """Written down by an officer."""

    organisation = NamedOrganisationField(
        label="所在工会", required=False, help_text="全称、拼音首字母或编码；留空是本单位"
    )
    sensitive = forms.BooleanField(label="不公开，只给工作人员看", required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body = self.fields["organisation"]
        assert isinstance(body, NamedOrganisationField)
        body.viewer = viewer
        self.order_fields(["organisation"])


def initial(row: Wish) -> dict[str, Any]:
    names = ("title", "about", "category", "nickname", "occupation")
    return {name: getattr(row, name) for name in names} | {"price": f"{row.price / 100:g}"}


class CheckForm(forms.Form):
    text = forms.CharField(
        label="意见", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="退回和不予展示的写理由，许愿的人看得到",
    )  # fmt: skip
    sensitive = forms.BooleanField(label="不公开，只给工作人员看", required=False)


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class OwnerForm(forms.Form):
    reason = forms.CharField(label="查看的原因", max_length=200, help_text="会留下记录，例如：东西到了，通知本人来领")


class ClaimForm(forms.Form):
    kind = forms.ChoiceField(label="以谁的名义", choices=[("union", "本单位工会"), ("firm", "企业")])
    name = forms.CharField(label="企业名称", max_length=80, required=False, help_text="以企业名义认领的写全称")


class DeliverForm(forms.Form):
    words = forms.CharField(label="送到的经过", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    picture = forms.FileField(
        label="照片", required=False, help_text="12MB以内，不拍到人；只有工作人员看得到",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip


class ThanksForm(forms.Form):
    thanks = forms.CharField(label="说声谢谢", max_length=100, required=False, help_text="会写在心愿墙上，不写姓名")
