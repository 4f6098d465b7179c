"""Forms of what belongs to an organisation: its facts, employers, party pairing, groups."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import GroupKind, Industry, TwinKind, UnionKind, UnitKind
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.viewer import Viewer

from .acts import EMPTY
from .fields import DayField, ReasonField

FACT_FIELDS = (
    "short_name", "code", "uscc", "union_kind", "unit_kind", "industry", "region_code", "address", "office_phone",
    "headcount", "founded_on", "term_from", "term_to", "committee_size", "listed", "intro",
)  # fmt: skip


class FactsForm(forms.Form):
    """更正资料; the version makes sure that nobody overwrites what somebody else has saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    code = forms.CharField(label="组织编码", max_length=40, required=False)
    uscc = forms.CharField(label="统一社会信用代码", max_length=30, required=False)
    union_kind = forms.ChoiceField(label="工会类型", choices=EMPTY + UnionKind.choices, required=False)
    unit_kind = forms.ChoiceField(label="单位性质", choices=EMPTY + UnitKind.choices, required=False)
    industry = forms.ChoiceField(label="所属行业", choices=EMPTY + Industry.choices, required=False)
    region_code = forms.CharField(
        label="行政区划代码", max_length=12, required=False, help_text="6位县级代码，例如360829"
    )
    address = forms.CharField(label="地址", max_length=200, required=False)
    office_phone = forms.CharField(label="办公电话", max_length=30, required=False, help_text="带区号")
    headcount = forms.IntegerField(label="职工人数", required=False, min_value=0, max_value=5_000_000)
    founded_on = DayField(label="成立日期", required=False)
    term_from = DayField(label="本届起", required=False)
    term_to = DayField(label="本届止", required=False)
    committee_size = forms.IntegerField(label="委员人数", required=False, min_value=0, max_value=999)
    listed = forms.BooleanField(label="在门户公开名称和地址", required=False)
    intro = forms.CharField(label="简介", max_length=5000, required=False, widget=forms.Textarea)
    reason = ReasonField(label="更正原因", initial="更正资料")

    @classmethod
    def initial_of(cls, organisation: Organisation) -> dict[str, Any]:
        return {name: getattr(organisation, name) for name in FACT_FIELDS} | {"version": organisation.version}


class EmployerForm(forms.Form):
    """用人单位."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="单位名称", max_length=200, help_text="按营业执照写全称")
    uscc = forms.CharField(label="统一社会信用代码", max_length=30, required=False)
    unit_kind = forms.ChoiceField(label="单位性质", choices=EMPTY + UnitKind.choices, required=False)
    industry = forms.ChoiceField(label="所属行业", choices=EMPTY + Industry.choices, required=False)
    region_code = forms.CharField(label="行政区划代码", max_length=12, required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    headcount = forms.IntegerField(label="职工人数", required=False, min_value=0, max_value=5_000_000)
    deregistered_on = DayField(label="注销日期", required=False, help_text="没有注销的不填")
    deregistered_source = forms.CharField(
        label="注销信息来源", max_length=80, required=False, help_text="例如：国家企业信用信息公示系统"
    )

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}


class TwinForm(forms.Form):
    """党工共建对应组织."""

    kind = forms.ChoiceField(label="对应方式", choices=TwinKind.choices)
    party_name = forms.CharField(label="党组织名称", max_length=200)
    party_superior = forms.CharField(label="上级党组织", max_length=120, required=False)
    measures = forms.CharField(label="共建举措", required=False, widget=forms.Textarea, max_length=5000)
    on = DayField(label="起始日期", today=True)


class EndForm(forms.Form):
    """From which day something no longer holds, and why."""

    on = DayField(label="终止日期", today=True)
    reason = ReasonField()


class GroupForm(forms.Form):
    """分组: a new one, or a place in one that exists."""

    group = forms.ChoiceField(label="加入已有分组", required=False)
    kind = forms.ChoiceField(label="新分组类别", choices=[("", "不新建"), *GroupKind.choices], required=False)
    name = forms.CharField(label="新分组名称", max_length=80, required=False, help_text="例如：安福县火腿食品产业链")
    authority = forms.CharField(label="行业主管部门", max_length=80, required=False)
    on = DayField(label="从哪天起", today=True)

    def __init__(self, *args: Any, viewer: Viewer, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.organisation = viewer, organisation
        mine = {one.pk for one in org_queries.groups(viewer, organisation)}
        self.groups = {str(one.pk): one for one in org_queries.groups(viewer) if one.pk not in mine}
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "不加入")] + [
            (key, f"{one.name}（{GroupKind(one.kind).label}）") for key, one in self.groups.items()
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("group") and not data.get("name"):
            self.add_error("group", "选一个已有分组，或填新分组的名称")
        if data.get("name") and not data.get("group") and not data.get("kind"):
            self.add_error("kind", "还没有选择新分组的类别")
        return data
