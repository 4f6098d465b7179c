"""What staff fill in to edit, try and publish standards, and to take grades back."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from . import rules
from .rules.standard import EVIDENCE_WORDS, KIND_WORDS

_BAND = re.compile(r"(-?\d{1,9})\s*[=＝:：]\s*(\d{1,4})")
_GRADE = re.compile(r"(?P<title>[^=＝:：]+?)\s*[=＝:：]\s*(?P<least>\d{1,4})\s*(?P<point>[*＊]?)")


class ItemForm(forms.Form):
    """One item of a standard."""

    group = forms.ChoiceField(label="类别")
    title = forms.CharField(label="指标", max_length=120, min_length=2, widget=forms.Textarea(attrs={"rows": 2}))
    points = forms.IntegerField(label="分值", min_value=0, max_value=1000)
    kind = forms.ChoiceField(label="计分办法", choices=list(KIND_WORDS.items()), initial="evidence")
    evidence = forms.MultipleChoiceField(
        label="佐证", choices=list(EVIDENCE_WORDS.items()), required=False, widget=forms.CheckboxSelectMultiple,
        help_text="凭佐证打分的必须选，每一分都要有佐证",
    )  # fmt: skip
    mandatory = forms.BooleanField(label="必备项，没有达标只能定最低等级", required=False)
    veto = forms.BooleanField(label="一票否决，没有做到不予定级", required=False)
    needs = forms.IntegerField(
        label="必备和否决的达标线",
        min_value=0,
        max_value=1000,
        required=False,
        help_text="不填：做到得分的按满分，打分的按1分",
    )
    bands = forms.CharField(
        label="分档", required=False, max_length=400, help_text="从高到低写“起点=得分”，用分号隔开，例如 90=5；80=3"
    )
    unit = forms.CharField(label="单位", required=False, max_length=12, help_text="分档的数量单位，例如 %、次、平方米")
    result = forms.ChoiceField(
        label="公式得出", choices=[("yes_no", "是或否，是得满分"), ("points", "得分")], required=False
    )
    formula = forms.CharField(
        label="公式", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="台账自动计分和分档可用，例如 org_chairs >= 1",
    )  # fmt: skip
    note = forms.CharField(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *arguments: Any, standard: rules.Standard, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["group"].choices = [(one.key, one.title) for one in standard.groups]  # type: ignore[attr-defined]

    def clean_bands(self) -> list[dict[str, int]]:
        text = self.cleaned_data["bands"].strip()
        found = []
        for part in filter(None, (one.strip() for one in re.split("[;；\n]", text))):
            match = _BAND.fullmatch(part)
            if match is None:
                raise forms.ValidationError(f"“{part}”应写成“起点=得分”，例如 90=5")
            found.append({"least": int(match[1]), "points": int(match[2])})
        return found

    def item(self) -> dict[str, Any]:
        """The slots of the item, empty ones left out."""
        data = dict(self.cleaned_data)
        data.pop("group")
        automatic = data["kind"] == "computed" or (data["kind"] == "band" and data["formula"])
        if automatic:
            data["evidence"] = []
        if data["kind"] in ("evidence", "yes_no"):
            data["formula"], data["bands"] = "", []
        if data["kind"] != "computed" or data["result"] == "yes_no":
            data.pop("result")
        return {key: value for key, value in data.items() if value not in ("", None, [], False)}


def item_initial(standard: rules.Standard, item: rules.Item) -> dict[str, Any]:
    group = next(one.key for one in standard.groups if item in one.items)
    return item.model_dump() | {
        "group": group,
        "evidence": list(item.evidence),
        "bands": "；".join(f"{band.least}={band.points}" for band in item.bands),
    }


class HeadForm(forms.Form):
    """Title, basis, whom it is for, and the grades."""

    title = forms.CharField(label="名称", max_length=40, min_length=2)
    basis = forms.CharField(label="依据", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    applies_words = forms.CharField(label="适用范围", max_length=200, required=False)
    applies = forms.CharField(
        label="适用条件", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="公式，例如 org_years != null && org_years >= 5",
    )  # fmt: skip
    total = forms.IntegerField(label="满分", min_value=1, max_value=10000)
    grades = forms.CharField(
        label="等级", widget=forms.Textarea(attrs={"rows": 4}), max_length=600,
        help_text="从高到低，一行一个，写“等级=起点分”，可以申报示范点的加星号，例如 示范=90*",
    )  # fmt: skip
    veto_title = forms.CharField(label="被一票否决的写作", max_length=20)

    def clean_grades(self) -> list[dict[str, Any]]:
        found = []
        for line in filter(None, (one.strip() for one in self.cleaned_data["grades"].splitlines())):
            match = _GRADE.fullmatch(line)
            if match is None:
                raise forms.ValidationError(f"“{line}”应写成“等级=起点分”，例如 合格=75")
            found.append({"title": match["title"], "least": int(match["least"]), "point": bool(match["point"])})
        if len(found) < 2:
            raise forms.ValidationError("至少要有两个等级")
        return found


def head_initial(standard: rules.Standard) -> dict[str, Any]:
    return standard.model_dump() | {
        "grades": "\n".join(f"{one.title}={one.least}{'*' if one.point else ''}" for one in standard.grades)
    }


class PublishForm(forms.Form):
    valid_from = forms.DateField(label="施行日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = forms.CharField(
        label="修改说明", max_length=300, required=False, help_text="例如“县总工会第3次常委会研究通过”",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class RetireForm(forms.Form):
    reason = forms.CharField(label="停用原因", max_length=300, min_length=2, widget=forms.Textarea(attrs={"rows": 2}))


class TryForm(forms.Form):
    percent = forms.IntegerField(
        label="佐证项按多少得分估计", min_value=0, max_value=100,
        widget=forms.NumberInput(attrs={"class": "input input-s input-num"}),
    )  # fmt: skip


class PackForm(forms.Form):
    file = forms.FileField(label="标准包", help_text="由平台导出的 yaml 文件")


class DemoteForm(forms.Form):
    """A lower grade, or the point alone."""

    to = forms.ChoiceField(label="变动为", required=False)
    reason = forms.CharField(
        label="依据",
        max_length=300,
        min_length=4,
        help_text="该工会会看到这段话",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *arguments: Any, grades: list[str], point: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        own = [("", f"只撤销{point}")] if point else []
        self.fields["to"].choices = [*own, *((one, f"降为{one}") for one in grades)]  # type: ignore[attr-defined]


class CheckForm(forms.Form):
    """What a tier says beside the points."""

    note = forms.CharField(
        label="复核意见", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="参评工会会看到；不通过的写明理由",
    )  # fmt: skip
    document_no = forms.CharField(label="文号", max_length=80, required=False)


class PhotoForm(forms.Form):
    photo = forms.FileField(label="现场照片")
    latitude = forms.DecimalField(label="纬度", min_value=-90, max_value=90, decimal_places=6, max_digits=9)
    longitude = forms.DecimalField(label="经度", min_value=-180, max_value=180, decimal_places=6, max_digits=9)


class StatementForm(forms.Form):
    """The form of the procedure beside the sheet."""

    statement = forms.CharField(
        label="自评说明", min_length=10, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="主要做法和成效，公示时一并公布",
    )  # fmt: skip
    declared = forms.BooleanField(label="自评和佐证材料属实，接受各级工会核查和会员监督")
