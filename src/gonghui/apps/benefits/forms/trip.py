"""What is typed about rest cures: a base, a trip, a group, a companion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from gonghui.kernel.org import regions
from gonghui.kernel.people.choices import IdKind

from ..choices import BaseKind, Relation
from ..models import Base, Trip

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BaseForm(forms.Form):
    name = forms.CharField(label="基地名称", max_length=120)
    named_by = forms.CharField(label="命名单位", max_length=120, help_text="例如：江西省总工会")
    named_on = forms.DateField(label="命名日期", widget=DAY)
    region_code = forms.CharField(label="所在地", max_length=40, help_text="写市或县的名称，例如吉安市；重名时从省写起")
    kind = forms.ChoiceField(label="类别", choices=BaseKind.choices)
    mutual = forms.BooleanField(label="长三角互认", required=False)
    contact = forms.CharField(label="联系电话", max_length=40, required=False, help_text="基地的电话，不写个人手机")

    def clean_region_code(self) -> str:
        text = self.cleaned_data["region_code"].strip()
        found = [one for one in regions.named(text) if one.level != "province"]
        if text.isdigit() and len(text) == 6 and (region := regions.region(text)):
            found = [region]
        if len(found) != 1:
            raise forms.ValidationError(
                "没有这个市县" if not found else "有几个市县叫这个名称，从省写起，例如江西省吉安市"
            )
        return found[0].code


def base_initial(row: Base) -> dict[str, Any]:
    known = {name: getattr(row, name) for name in BaseForm.base_fields}
    return known | {"region_code": regions.full_name(row.region_code)}


class TripForm(forms.Form):
    """Of an offer that is a rest cure. Everything may be missing in a draft; the checklist says what is."""

    base = forms.ChoiceField(label="疗休养基地", required=False, help_text="省内还是跨省按基地所在地算")
    days = forms.IntegerField(label="天数", min_value=0, max_value=30, required=False)
    day_price = forms.DecimalField(
        label="每人每天费用（元）", min_value=0, max_value=10_000, decimal_places=2, required=False,
        help_text="乘天数等于个人自付加工会补贴",
    )  # fmt: skip
    companions = forms.TypedChoiceField(
        label="每人可带家属", coerce=int, empty_value=0, required=False,
        choices=[(0, "不能带"), (1, "1名，费用全部自付"), (2, "2名，费用全部自付")],
    )  # fmt: skip
    procurement = forms.CharField(label="公开采购文号", max_length=80, required=False)
    insurer = forms.CharField(label="承保公司", max_length=80, required=False)

    def __init__(self, *args: Any, bases: Iterable[Base] = (), **kwargs: Any) -> None:
        super().__init__(*args, prefix="trip", **kwargs)
        named = [(str(one.pk), f"{one.name}（{regions.full_name(one.region_code)}）") for one in bases]
        self.fields["base"].choices = [("", "还没有选"), *named]  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        """For the service; ask after `is_valid`."""
        data = self.cleaned_data
        return {
            "base_id": int(data["base"]) if data["base"] else None, "days": data["days"] or 0,
            "day_price": int(data["day_price"] * 100) if data["day_price"] else 0,
            "companions": data["companions"] or 0, "procurement": data["procurement"].strip(),
            "insurer": data["insurer"].strip(),
        }  # fmt: skip


def trip_initial(row: Trip | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "base": str(row.base_id or ""), "days": row.days or None,
        "day_price": row.day_price / 100 or None, "companions": row.companions, "procurement": row.procurement,
        "insurer": row.insurer,
    }  # fmt: skip


class LeadForm(forms.Form):
    leader = forms.CharField(label="领队姓名", max_length=40)
    phone = forms.CharField(label="领队手机", max_length=20, required=False)
    meeting = forms.CharField(label="集合时间和地点", max_length=120)

    def __init__(self, *args: Any, known: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            self.fields["phone"].help_text = f"已登记{known}，不改就空着"


class InsureForm(forms.Form):
    policy_no = forms.CharField(label="保险单号", max_length=60, help_text="登记后，名单上现有的人都记为已投保")


class TakeOutForm(forms.Form):
    reason = forms.CharField(label="导出理由", max_length=200, help_text="写明给谁、用在哪里，例如：交保险公司投保")
    full = forms.BooleanField(label="证件号码写全（只用于投保）", required=False)

    def __init__(self, *args: Any, may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_reveal:
            del self.fields["full"]


class CompanionForm(forms.Form):
    companion_name = forms.CharField(label="家属姓名", max_length=60)
    relation = forms.ChoiceField(label="和您的关系", choices=Relation.choices)
    paper = forms.ChoiceField(label="证件类别", choices=IdKind.choices)
    number = forms.CharField(label="证件号码", max_length=40, help_text="只用于投保，加密保存")


class HandOnForm(forms.Form):
    number = forms.CharField(label="对方的手机号或会员号", max_length=20)
