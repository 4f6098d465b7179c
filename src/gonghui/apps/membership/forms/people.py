"""Forms of people and their memberships."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people.choices import (
    Education,
    Ethnicity,
    IdKind,
    MembershipEnd,
    NewFormOccupation,
    Office,
    Politics,
    RetentionReason,
    Sex,
    SkillLevel,
    WorkerKind,
)
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.viewer import Viewer

from .. import queries
from .acts import EMPTY, organisation_field
from .fields import DayField, PickField, PickWidget, ReasonField, organisation_options, person_options

NOT_NEW_FORM = [("", "不是新就业形态")]
ENDS = [
    (one.value, one.label)
    for one in (MembershipEnd.LEFT, MembershipEnd.LAPSED, MembershipEnd.EXPELLED, MembershipEnd.PAPER_MEMBER)
]
PERSONAL = {"data-personal": True, "autocomplete": "off"}


class PersonForm(forms.Form):
    """Facts of a natural person; masked numbers that are left as they are stay what they were."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="姓名", max_length=60, widget=forms.TextInput(attrs=PERSONAL), help_text="与证件一致")
    id_kind = forms.ChoiceField(label="证件类别", choices=IdKind.choices, help_text="改类别须同时填号码")
    id_number = forms.CharField(
        label="证件号码",
        max_length=30,
        widget=forms.TextInput(attrs=PERSONAL),
        help_text="已隐去中间几位，不改就留着原样",
    )
    phone = forms.CharField(
        label="手机号码", max_length=20, required=False, widget=forms.TextInput(attrs=PERSONAL | {"inputmode": "tel"}),
        help_text="已隐去中间几位，不改就留着原样",
    )  # fmt: skip
    sex = forms.ChoiceField(label="性别", choices=Sex.choices, help_text="用身份证登记的，按号码得出")
    birth = DayField(label="出生日期", required=False)
    ethnicity = forms.ChoiceField(label="民族", choices=EMPTY + Ethnicity.choices, required=False)
    education = forms.ChoiceField(label="学历", choices=EMPTY + Education.choices, required=False)
    politics = forms.ChoiceField(label="政治面貌", choices=EMPTY + Politics.choices, required=False)
    skill_level = forms.ChoiceField(label="技能等级", choices=EMPTY + SkillLevel.choices, required=False)

    FIELDS = ("name", "id_kind", "sex", "birth", "ethnicity", "education", "politics", "skill_level")

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, Any]:
        return {name: getattr(person, name) for name in cls.FIELDS} | {
            "version": person.version,
            "id_number": person.id_mask,
            "phone": person.phone_mask,
        }


class MembershipFacts(forms.Form):
    """What a union says about a membership."""

    worker_kind = forms.ChoiceField(label="用工类别", choices=WorkerKind.choices)
    occupation = forms.CharField(label="职业工种", max_length=60, required=False)
    new_form = forms.ChoiceField(
        label="新就业形态职业",
        choices=NOT_NEW_FORM + NewFormOccupation.choices,
        required=False,
        help_text="货车司机、快递员等",
    )
    platforms = forms.CharField(
        label="平台",
        max_length=200,
        required=False,
        help_text="几个平台都写上，用顿号分开",
    )
    employer_name = forms.CharField(label="用人单位", max_length=120, required=False)
    department = forms.CharField(label="部门班组", max_length=80, required=False)
    staff_no = forms.CharField(label="工号", max_length=40, required=False)

    FACTS = ("worker_kind", "occupation", "new_form", "platforms", "employer_name", "department", "staff_no")

    def clean_platforms(self) -> list[str]:
        text = self.cleaned_data["platforms"].replace("，", "、").replace(",", "、")
        return [name.strip() for name in text.split("、") if name.strip()]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.FACTS}


class CorrectMembershipForm(MembershipFacts):
    """更正会籍资料."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    card_no = forms.CharField(label="会员号", max_length=20, required=False)
    joined_on = DayField(label="入会日期")
    valid_from = DayField(label="在本会会籍起始日期")
    reason = ReasonField(label="更正原因", initial="更正资料")

    @classmethod
    def initial_of(cls, row: Membership) -> dict[str, Any]:
        kept = {name: getattr(row, name) for name in (*cls.FACTS, "version", "card_no", "joined_on", "valid_from")}
        return kept | {"platforms": "、".join(row.platforms)}


class AdmitForm(MembershipFacts):
    """登记一名职工并办理入会."""

    name = forms.CharField(label="姓名", max_length=60, widget=forms.TextInput(attrs=PERSONAL), help_text="与证件一致")
    id_kind = forms.ChoiceField(label="证件类别", choices=IdKind.choices, help_text="按出示的证件选")
    id_number = forms.CharField(
        label="证件号码",
        max_length=30,
        widget=forms.TextInput(attrs=PERSONAL),
        help_text="加密保存，名单里隐去中间几位",
    )
    phone = forms.CharField(
        label="手机号码",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs=PERSONAL | {"inputmode": "tel"}),
        help_text="会员登录和接收通知用",
    )
    ethnicity = forms.ChoiceField(label="民族", choices=EMPTY + Ethnicity.choices, required=False)
    education = forms.ChoiceField(label="学历", choices=EMPTY + Education.choices, required=False)
    politics = forms.ChoiceField(label="政治面貌", choices=EMPTY + Politics.choices, required=False)
    skill_level = forms.ChoiceField(label="技能等级", choices=EMPTY + SkillLevel.choices, required=False)
    joined_on = DayField(label="入会日期", today=True, help_text="第一次加入工会的日期")
    on = DayField(label="在本会会籍起始日期", today=True, help_text="新入会的与入会日期相同")

    PERSON = ("ethnicity", "education", "politics", "skill_level")

    def __init__(self, *args: Any, viewer: Viewer, organisation: Organisation | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if organisation is not None and organisation.kind == "federation":
            organisation = None
        self.fields["organisation"] = organisation_field(
            viewer,
            "加入哪个工会",
            suggested=[organisation] if organisation else [],
        )
        if organisation is not None:
            self.fields["organisation"].initial = organisation
        self.order_fields(
            [
                "organisation",
                "name",
                "id_kind",
                "id_number",
                "phone",
                "joined_on",
                "on",
                "worker_kind",
                "new_form",
                "platforms",
            ]
        )

    @property
    def person_facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.PERSON if self.cleaned_data[name]}


class TransferForm(forms.Form):
    """转会: to a union of the post's range at once, or asked of a union anywhere."""

    where = forms.ChoiceField(
        label="转到哪里",
        choices=[("within", "本岗位管辖范围内，当场转入"), ("ask", "其他地区的工会，由对方接收")],
        widget=forms.RadioSelect,
        initial="within",
    )
    on = DayField(label="转会日期", today=True, required=False, help_text="由对方接收的，以对方接收那天为准")
    reason = ReasonField(label="转会原因", max_length=200, help_text="例如：换了工作单位")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["inside"] = organisation_field(viewer, "转入的工会（本岗位管辖）", required=False)
        self.fields["outside"] = PickField(
            label="转入的工会（其他地区）",
            required=False,
            widget=PickWidget(reverse("membership:union-pick"), placeholder="工会名称，至少两个字"),
            find=org_queries.public,
            search=queries.public_unions,
            options=organisation_options,
        )
        self.order_fields(["where", "inside", "outside", "on", "reason"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wanted = "inside" if data.get("where") == "within" else "outside"
        if not data.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, "还没有选择转入的工会")
        if data.get("where") == "within" and not data.get("on") and "on" not in self.errors:
            self.add_error("on", "还没有填写转会日期")
        return data


class BulkTransferForm(forms.Form):
    """转会 of the picked members, within the post's range; the list makes a class of it for each viewer."""

    viewer: Viewer
    on = DayField(label="转会日期", today=True)
    reason = ReasonField(label="转会原因", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = organisation_field(self.viewer, "转入的工会")
        self.order_fields(["to", "on", "reason"])


class RetainForm(forms.Form):
    """保留会籍."""

    why = forms.ChoiceField(label="保留原因", choices=RetentionReason.choices)
    on = DayField(label="从哪天起", today=True)
    note = forms.CharField(label="说明", max_length=200, required=False)


class HeldRetainForm(RetainForm):
    """保留会籍 of one member, by the own union or the one above."""

    held_by = forms.ChoiceField(label="由谁保留")

    def __init__(self, *args: Any, holders: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["held_by"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = holders
        self.order_fields(["why", "held_by", "on", "note"])


class RestoreForm(forms.Form):
    """恢复会籍."""

    on = DayField(label="恢复日期", today=True)
    worker_kind = forms.ChoiceField(label="用工类别", choices=WorkerKind.choices)
    reason = ReasonField(initial="重新就业")


class LeaveForm(forms.Form):
    """离会."""

    why = forms.ChoiceField(label="离会原因", choices=ENDS)
    on = DayField(label="离会日期", today=True)
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="开除会籍的，写明作出决定的会议和日期"
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("why") == MembershipEnd.EXPELLED and not (data.get("note") or "").strip():
            self.add_error("note", "开除会籍须写明作出决定的会议和日期")
        return data


class DeathForm(forms.Form):
    """登记去世."""

    on = DayField(label="去世日期")
    note = forms.CharField(label="说明", max_length=200, required=False)


class WhyForm(forms.Form):
    """Only a reason."""

    reason = ReasonField()


class RevealForm(forms.Form):
    """Why a full number has to be seen."""

    reason = forms.CharField(
        label="查看理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="至少6个字，写明用在哪件工作上；本人能看到这条记录",
    )


class AnswerForm(forms.Form):
    """接收或不接收 a transfer."""

    answer = forms.CharField(
        label="答复",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不接收的须写明原因，对方和本人都会看到",
    )
    on = DayField(label="接收日期", today=True, required=False)
    department = forms.CharField(label="部门班组", max_length=80, required=False)


class MergeForm(forms.Form):
    """合并重复登记: which record stays, which membership goes on, and why they are one person."""

    keep = forms.ChoiceField(label="保留哪条记录", widget=forms.RadioSelect)
    membership = forms.ChoiceField(label="在籍会籍保留哪一段", widget=forms.RadioSelect, required=False)
    reason = ReasonField(label="认定依据", help_text="例如：已核对两份证件原件")

    def __init__(self, *args: Any, people: list[Person], memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep, goes_on = self.fields["keep"], self.fields["membership"]
        assert isinstance(keep, forms.ChoiceField)
        assert isinstance(goes_on, forms.ChoiceField)
        keep.choices = [(str(one.pk), f"第{'一二'[at]}条（{one.id_mask}）") for at, one in enumerate(people)]
        if len(memberships) == 2:
            goes_on.choices = [(str(row.pk), row.organisation.name) for row in memberships]
            goes_on.required = True
        else:
            del self.fields["membership"]


class AppointForm(forms.Form):
    """任职."""

    office = forms.ChoiceField(label="职务", choices=Office.choices, help_text="主席同时只有一名")
    title = forms.CharField(
        label="职务名称", max_length=80, required=False, help_text="与职务不同时填，例如：兼职副主席"
    )
    full_time = forms.BooleanField(label="专职", required=False)
    party_office = forms.CharField(
        label="党内职务（交叉任职）", max_length=80, required=False, help_text="例如：党支部书记"
    )
    on = DayField(label="任职日期", today=True, help_text="选举或任命的日期")
    reason = forms.CharField(label="任职依据", max_length=120, required=False, help_text="例如：第三届会员大会选举")

    def __init__(self, *args: Any, viewer: Viewer, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        def search(text: str) -> list[Person]:
            return queries.persons(viewer, [hit.person_id for hit in people_queries.search(viewer, text, 12)])

        self.fields["person"] = PickField(
            label="人员",
            widget=PickWidget(
                reverse("membership:person-pick"), personal=True, placeholder="姓名、拼音首字母或手机尾号"
            ),
            find=lambda pk: people_queries.person(viewer, pk),
            search=search,
            options=person_options,
        )
        self.order_fields(["person", "office", "title", "full_time", "party_office", "on", "reason"])
