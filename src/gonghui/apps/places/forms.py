"""What staff fill in about places, and what anybody may say of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.org.forms import NamedOrganisationField
from gonghui.kernel.viewer import Viewer

from . import catalog
from . import choices as c
from .models import Place

SERVICES = forms.CheckboxSelectMultiple


def words_field(label: str, limit: int, *, rows: int = 2, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def picture_field(
    label: str = "照片", *, required: bool = True, hint: str = "12MB以内的JPG、PNG或WebP"
) -> forms.FileField:
    return forms.FileField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


def _choose(form: forms.Form, name: str, choices: list[tuple[Any, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class PlaceForm(forms.Form):
    """Everything known of a place; `posts` are those of its body, once it has one."""

    organisation = NamedOrganisationField(
        label="管理单位", required=False, help_text="全称、拼音首字母或编码，只有一家符合就行；留空是本单位"
    )
    kind = forms.ChoiceField(label="类别")
    name = forms.CharField(label="名称", max_length=80)
    host = forms.ChoiceField(label="设在", choices=c.Host.choices)
    host_name = forms.CharField(
        label="所在单位", max_length=80, required=False, help_text="设在企业或别的单位里的，写它的名称"
    )
    township = forms.CharField(label="乡镇街道", max_length=40, required=False, help_text="没有位置的手机按它找")
    address = forms.CharField(label="地址", max_length=160)
    lon = forms.DecimalField(label="经度", required=False, max_digits=9, decimal_places=6, help_text="例如114.620100")
    lat = forms.DecimalField(label="纬度", required=False, max_digits=9, decimal_places=6, help_text="例如27.393000")
    area = forms.IntegerField(label="面积（平方米）", required=False, min_value=1, max_value=1_000_000)
    offered = forms.MultipleChoiceField(label="服务", required=False, widget=SERVICES)
    workday = forms.CharField(
        label="工作日", max_length=80, required=False, help_text="08:00-18:00，两段用逗号，或写24小时、休息"
    )
    weekend = forms.CharField(label="周末", max_length=80, required=False, help_text="不开写休息")
    holiday = forms.CharField(label="法定节假日", max_length=80, required=False, help_text="留空和周末一样")
    post = forms.ChoiceField(label="责任岗位", required=False, help_text="管理单位自己的岗位；不选就由本单位各岗位处理")
    office_phone = forms.CharField(label="联系电话", max_length=30, required=False, help_text="办公电话，不写个人手机")
    intro = words_field("介绍", 500, required=False)
    due_on = day_field("预计建成", required=False)
    opened_on = day_field("开放日期", required=False, hint="已经开放的写日期，规划和建设中的留空")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, viewer: Viewer, posts: list[tuple[str, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", catalog.options(catalog.kinds()))
        offered = self.fields["offered"]
        assert isinstance(offered, forms.MultipleChoiceField)
        offered.choices = catalog.options(catalog.services())
        body = self.fields["organisation"]
        assert isinstance(body, NamedOrganisationField)
        body.viewer = viewer
        if posts is None:
            del self.fields["post"]
        else:
            del self.fields["organisation"], self.fields["opened_on"]
            _choose(self, "post", [("", "不指定"), *posts])


def place_initial(row: Place) -> dict[str, Any]:
    names = (
        "kind", "name", "host", "host_name", "township", "address", "lon", "lat", "area", "offered", "workday",
        "weekend", "holiday", "office_phone", "intro", "due_on", "version",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names} | {"post": str(row.post_id or "")}


class MoveForm(forms.Form):
    on = day_field("日期")
    reason = words_field("说明", 300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": timezone.localdate()})
        super().__init__(*args, **kwargs)


class SuspendForm(forms.Form):
    starts_on = day_field("从")
    ends_on = day_field("到", required=False, hint="最后一天；还不知道就留空")
    reason = forms.CharField(label="原因", max_length=200, help_text="人人看得到，例如：更换空调")


class StarForm(forms.Form):
    stars = forms.TypedChoiceField(
        label="星级", coerce=int, choices=[(5, "五星"), (4, "四星"), (3, "三星"), (2, "二星"), (1, "一星")]
    )
    on = day_field("评定日期")
    basis = forms.CharField(label="依据", max_length=80, required=False, help_text="文号")


class PhotoForm(forms.Form):
    picture = picture_field()
    alt = forms.CharField(label="照片说明", max_length=120, help_text="看不见图片的人靠它，例如：门口的牌子和台阶")


class FileForm(forms.Form):
    file = forms.FileField(label="阵地文件", help_text="按模板填写的xlsx，最多2MB")


class ReportForm(forms.Form):
    """From the page of a place; the fault is the button that was pressed."""

    fault = forms.CharField(max_length=20)
    text = forms.CharField(label="说一句", max_length=200, required=False, help_text="“其他”要写一句是什么")
    picture = picture_field("照片", required=False, hint="拍坏的地方，12MB以内")
    phone = forms.CharField(
        label="联系电话", max_length=20, required=False, help_text="加密保存，只为问清情况；不留也能凭反映码看结果",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip


class CodeForm(forms.Form):
    """The code of a report, or of a question."""

    code = forms.CharField(
        label="反映码或咨询码", max_length=40, help_text="16位字母和数字，不分大小写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class TicketForm(forms.Form):
    """Staff write down what they were told."""

    fault = forms.ChoiceField(label="什么问题", widget=forms.RadioSelect)
    words = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "fault", [(one.key, one.title) for one in catalog.faults_at(offered)])


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=c.Outcome.choices, widget=forms.RadioSelect)
    text = words_field("答复", 300, hint="人人看得到：怎样处理的，不写姓名")
    picture = picture_field("修好的照片", required=False, hint="修好的要附；不拍到人")
    until = day_field("哪天以前修好", required=False, hint="暂时修不了的要写")


class RevealForm(forms.Form):
    reason = forms.CharField(label="查看的原因", max_length=200)


class RoundForm(forms.Form):
    """One question a check: in order or not."""

    note = forms.CharField(label="补充说明", max_length=300, required=False)

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.checks = catalog.checks_at(offered)
        for one in self.checks:
            self.fields[one.key] = forms.ChoiceField(
                label=one.title, choices=[("1", "好的"), ("0", "不好")], widget=forms.RadioSelect
            )
        self.order_fields([*(one.key for one in self.checks), "note"])

    @property
    def results(self) -> dict[str, bool]:
        return {one.key: self.cleaned_data[one.key] == "1" for one in self.checks}

    @property
    def questions(self) -> list[Any]:
        return [self[one.key] for one in self.checks]


class PolicyForm(forms.Form):
    title = forms.CharField(label="标题", max_length=100)
    document_no = forms.CharField(label="文号", max_length=60, required=False)
    on = day_field("发布日期", required=False)
    summary = words_field("要点", 800, rows=4)
    file = forms.FileField(label="原文", required=False, help_text="PDF或Word，20MB以内")


class QuestionForm(forms.Form):
    """A question to a guide station, by whoever asks."""

    question = words_field("想问什么、想反映什么", 500, rows=3)
    issue = forms.BooleanField(label="这是想反映的问题，不只是咨询", required=False)
    phone = forms.CharField(
        label="联系电话", max_length=20, required=False, help_text="加密保存；不留也能凭咨询码看答复",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip


class StationQuestionForm(QuestionForm):
    """The same, written down by staff."""

    way = forms.ChoiceField(label="方式", choices=[one for one in c.AskWay.choices if one[0] != "online"])


class WordsForm(forms.Form):
    text = words_field("答复", 800, rows=4)
