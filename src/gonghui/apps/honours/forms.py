"""What staff fill in about campaigns and honours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.org.models import PublicOrganisation

from .kinds import kinds

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LINES = forms.Textarea(attrs={"rows": 2})


class _Places(forms.Form):
    """Places in total and for each federation below."""

    def __init__(self, *args: Any, below: Iterable[PublicOrganisation] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.below = list(below)
        for one in self.below:
            self.fields[f"places_{one.pk}"] = forms.IntegerField(
                label=one.name, min_value=0, max_value=9999, required=False, widget=forms.NumberInput()
            )

    @property
    def county_fields(self) -> list[forms.BoundField]:
        return [self[f"places_{one.pk}"] for one in self.below]

    @property
    def county_places(self) -> dict[int, int]:
        return {one.pk: int(self.cleaned_data.get(f"places_{one.pk}") or 0) for one in self.below}


class CampaignForm(_Places):
    kind = forms.ChoiceField(label="荣誉")
    year = forms.IntegerField(label="年度", min_value=1950, max_value=2100)
    places = forms.IntegerField(label="总名额", min_value=1, max_value=9999)
    opens_on = forms.DateField(label="推荐开始", widget=DAY)
    closes_on = forms.DateField(label="推荐截止", widget=DAY)
    note = forms.CharField(label="说明", max_length=500, required=False, widget=LINES)

    def __init__(self, *args: Any, level: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (one.key, one.title) for one in kinds().values() if one.level == level and one.procedure
        ]
        self.fields["year"].initial = timezone.localdate().year

    @property
    def has_kinds(self) -> bool:
        return bool(self.fields["kind"].choices)  # type: ignore[attr-defined]


class PlacesForm(_Places):
    places = forms.IntegerField(label="总名额", min_value=1, max_value=9999)
    closes_on = forms.DateField(label="推荐截止", widget=DAY)


class RegisterForm(forms.Form):
    """An honour conferred before."""

    kind = forms.ChoiceField(label="荣誉")
    year = forms.IntegerField(label="年度", min_value=1950, max_value=2100)
    name = forms.CharField(label="授予", max_length=120, help_text="写个人姓名、集体名称或单位全称")
    organisation = forms.CharField(
        label="所在工会",
        max_length=120,
        help_text="写工会全称，须在本级范围内",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issuer_name = forms.CharField(label="命名单位", max_length=120, help_text="例如“吉安市人民政府”")
    conferred_on = forms.DateField(label="命名日期", widget=DAY)
    document_no = forms.CharField(label="文号", max_length=80, required=False, help_text="例如“吉府字〔2022〕11号”")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.key, one.title) for one in kinds().values()]  # type: ignore[attr-defined]


class RevokeForm(forms.Form):
    reason = forms.CharField(label="撤销理由", max_length=300, help_text="写查实的情况和文号", widget=LINES)


class CheckForm(forms.Form):
    text = forms.CharField(
        label="二维码里的文字",
        max_length=4000,
        help_text="用手机扫证书上的二维码，复制全部文字粘贴到这里",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
