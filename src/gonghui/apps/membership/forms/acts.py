"""Forms of the acts on an organisation; each hands its cleaned values to one service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.choices import Industry, Level, OrganisationKind, UnionKind, UnitKind
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.org.rules import add_years, child_kinds, levels_of, may_stand_under
from gonghui.kernel.viewer import Viewer

from .fields import DayField, DocumentField, PickField, PickWidget, ReasonField, organisation_options

EMPTY = [("", "未报")]


class ActForm(forms.Form):
    """Every act has a day, a reason, a document number and the document itself."""

    on = DayField(label="生效日期", today=True, help_text="从哪天起算")
    reason = ReasonField(help_text="写进历史，以后可以查到")
    document_no = forms.CharField(label="文号", max_length=80, required=False, help_text="例如：安工字〔2026〕12号")
    document = DocumentField()

    first: tuple[str, ...] = ()
    """Fields shown before those every act has."""

    def __init__(self, *args: Any, viewer: Viewer, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.organisation = viewer, organisation
        self.make()
        self.order_fields([*self.first, "on", "reason", "document_no", "document"])

    def make(self) -> None:
        """Fields that depend on the organisation."""


def organisation_field(
    viewer: Viewer, label: str, *, suggested: Any = (), fits: Any = None, url: str = "", **kwargs: Any
) -> PickField:
    """An organisation of the viewer's range, found by name, pinyin or code."""

    def search(text: str) -> list[Organisation]:
        found = org_queries.search(viewer, text, 30)
        return [one for one in found if fits is None or fits(one)][:12]

    return PickField(
        label=label,
        widget=PickWidget(url or reverse("membership:organisation-pick"), placeholder="名称、拼音首字母或编码"),
        find=lambda pk: org_queries.organisation(viewer, pk),
        search=search,
        options=organisation_options,
        suggested=suggested,
        **kwargs,
    )


class MoveForm(ActForm):
    """转隶: another parent."""

    first = ("parent",)

    def make(self) -> None:
        body = self.organisation

        def fits(one: Organisation) -> bool:
            return not one.path.startswith(body.path) and may_stand_under(
                OrganisationKind(body.kind), Level(body.level), OrganisationKind(one.kind), Level(one.level)
            )

        self.fields["parent"] = organisation_field(
            self.viewer,
            "转到哪个上级下面",
            fits=fits,
            url=f"{reverse('membership:organisation-pick')}?parent_of={body.pk}",
            help_text="只列出按类别和层级可以作上级的组织",
        )


class MergeForm(ActForm):
    """并转: into another body."""

    first = ("into", "typed")

    def make(self) -> None:
        body = self.organisation
        siblings = (
            org_queries.organisations(self.viewer).filter(parent_id=body.parent_id, kind=body.kind).exclude(pk=body.pk)
        )
        self.fields["into"] = organisation_field(
            self.viewer,
            "并入哪个组织",
            suggested=siblings.select_related("parent")[:5],
            fits=lambda one: not one.path.startswith(body.path),
            help_text="会员、用人单位和下级组织都转到那里",
        )
        add_typed(self, self.organisation)


class DissolveForm(ActForm):
    """撤销: members go to another body, or the union above keeps them."""

    first = ("members_to", "typed")

    def make(self) -> None:
        body = self.organisation
        above = body.parent.name if body.parent else "上一级工会"
        self.fields["members_to"] = organisation_field(
            self.viewer,
            "会员转到哪里",
            required=False,
            fits=lambda one: not one.path.startswith(body.path),
            help_text=f"不选的，由{above}保留会籍，会员不会丢失",
        )
        add_typed(self, self.organisation)


def add_typed(form: ActForm, organisation: Organisation) -> None:
    """More than one member is affected: the number has to be typed."""
    counts = org_queries.counts(form.viewer, organisation)
    form.expected = counts.members  # type: ignore[attr-defined]
    if counts.members > 1:
        form.fields["typed"] = TypedCountField(counts.members)


class TypedCountField(forms.CharField):
    """A number that has to be typed before many records change."""

    def __init__(self, expected: int) -> None:
        super().__init__(
            label=f"输入会员数{expected:,}确认",
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": str(expected)}),
        )
        self.expected = expected

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text.replace(",", "").replace("，", "") != str(self.expected):
            raise forms.ValidationError(f"现在是{text}，应输入{self.expected}")
        return text


class RenameForm(ActForm):
    """更名."""

    name = forms.CharField(label="新名称", max_length=200, help_text="按批复写全称，旧名称仍能查到")
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    first = ("name", "short_name")

    def make(self) -> None:
        self.fields["name"].initial = self.organisation.name
        self.fields["short_name"].initial = self.organisation.short_name


class ReclassifyForm(ActForm):
    """改变类型."""

    kind = forms.ChoiceField(label="类别")
    level = forms.ChoiceField(label="层级")
    first = ("kind", "level")

    def make(self) -> None:
        body = self.organisation
        kinds = [one for one in OrganisationKind if one is not OrganisationKind.PARTY_BODY]
        if body.parent is not None:
            kinds = [one for one in kinds if one in child_kinds(OrganisationKind(body.parent.kind))]
        choice(self.fields["kind"], [(one.value, one.label) for one in kinds], body.kind)
        choice(self.fields["level"], Level.choices, body.level)


class ElectForm(ActForm):
    """换届."""

    term_from = DayField(label="本届起")
    term_to = DayField(label="本届止")
    committee_size = forms.IntegerField(label="委员人数", required=False, min_value=1, max_value=999)
    first = ("term_from", "term_to", "committee_size")

    def make(self) -> None:
        today = timezone.localdate()
        years = 5 if self.organisation.kind == OrganisationKind.FEDERATION else 3
        self.fields["term_from"].initial = today
        self.fields["term_to"].initial = add_years(today, years)
        self.fields["committee_size"].initial = self.organisation.committee_size
        self.fields["reason"].initial = "换届选举"
        del self.fields["on"]


def choice(field: forms.Field, choices: list[tuple[str, str]], initial: Any = None) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if initial is not None:
        field.initial = initial


def levels_for(kind: str, parent: Organisation | None) -> list[tuple[str, str]]:
    """Levels that a kind may have under a parent."""
    wanted = OrganisationKind(kind)
    return [
        (level.value, level.label)
        for level in levels_of(wanted)
        if parent is None or may_stand_under(wanted, level, OrganisationKind(parent.kind), Level(parent.level))
    ]


class FoundForm(ActForm):
    """建会 under this organisation."""

    name = forms.CharField(label="工会名称", max_length=200, help_text="按批复写全称")
    kind = forms.ChoiceField(label="类别")
    level = forms.ChoiceField(label="层级")
    union_kind = forms.ChoiceField(label="工会类型", choices=EMPTY + UnionKind.choices, required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("active", "正常"), ("founding", "筹建中")], help_text="筹备组阶段选筹建中"
    )
    unit_kind = forms.ChoiceField(label="单位性质", choices=EMPTY + UnitKind.choices, required=False)
    industry = forms.ChoiceField(label="所属行业", choices=EMPTY + Industry.choices, required=False)
    headcount = forms.IntegerField(label="职工人数", required=False, min_value=0, max_value=5_000_000)
    uscc = forms.CharField(
        label="统一社会信用代码",
        max_length=30,
        required=False,
        help_text="工会自己的18位代码，还没有的以后补登",
    )
    committee_size = forms.IntegerField(label="委员人数", required=False, min_value=0, max_value=999)
    term_from = DayField(label="本届起", required=False)
    term_to = DayField(label="本届止", required=False)
    address = forms.CharField(label="地址", max_length=200, required=False)
    employer = forms.CharField(
        label="用人单位",
        max_length=200,
        required=False,
        help_text="基层工会填单位全称，联合工会建会后逐家登记",
    )
    first = (
        "name", "kind", "level", "union_kind", "state", "employer", "unit_kind", "industry", "headcount", "uscc",
        "committee_size", "term_from", "term_to", "address",
    )  # fmt: skip
    FACTS = (
        "union_kind",
        "unit_kind",
        "industry",
        "headcount",
        "uscc",
        "committee_size",
        "term_from",
        "term_to",
        "address",
    )

    def make(self) -> None:
        parent = self.organisation
        kinds = [(one.value, one.label) for one in child_kinds(OrganisationKind(parent.kind))]
        usual = {"federation": "grassroots_union", "grassroots_union": "branch", "branch": "group"}.get(parent.kind)
        choice(self.fields["kind"], kinds, usual or (kinds[0][0] if kinds else ""))
        wanted = self.data.get("kind") or self.fields["kind"].initial or (kinds[0][0] if kinds else "")
        levels: dict[str, str] = {}
        for value, _ in kinds:
            levels |= dict(levels_for(value, parent))
        choice(self.fields["level"], [one for one in Level.choices if one[0] in levels])
        usual_levels = levels_for(wanted, parent) if wanted in dict(kinds) else []
        self.fields["level"].initial = usual_levels[0][0] if usual_levels else ""
        self.fields["on"].label = "成立日期"
        self.fields["on"].help_text = "批复上的成立日期"
        self.fields["reason"].initial = "批复建会"
        self.fields["document_no"].required = True
        self.fields["document_no"].help_text = "上一级工会批准建会的文号"


class SplitForm(ActForm):
    """分设: a second body beside this one; members by department or one by one."""

    name = forms.CharField(label="新组织名称", max_length=200)
    departments = forms.MultipleChoiceField(
        label="整个部门班组转过去", required=False, widget=forms.CheckboxSelectMultiple
    )
    first = ("name", "departments")

    def __init__(self, *args: Any, departments: list[tuple[str, int]], members: list[Any], **kwargs: Any) -> None:
        self.department_counts, self.members = departments, members
        super().__init__(*args, **kwargs)

    def make(self) -> None:
        field = self.fields["departments"]
        choice(field, [(name, f"{name}（{count:,}名）") for name, count in self.department_counts])
        if not self.department_counts:
            del self.fields["departments"]

    @property
    def picked(self) -> set[str]:
        return set(self.data.getlist("members")) if self.is_bound else set()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wanted = self.picked
        by_department = set(data.get("departments") or ())
        data["members"] = [
            row.pk
            for row in self.members
            if str(row.pk) in wanted or (row.department and row.department in by_department)
        ]
        if not data["members"]:
            self.add_error(None, "还没有选择会员。勾选部门班组，或在下面逐名勾选")
        elif len(data["members"]) == len(self.members):
            self.add_error(None, "全部会员都选了，原组织就没有会员了。要整体变动的用更名或转隶")
        return data


class UndoForm(forms.Form):
    """Why an act is taken back."""

    reason = ReasonField(label="撤回原因")
