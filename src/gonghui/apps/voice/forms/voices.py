"""What workers and the desk fill in about voices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from gonghui.kernel.files.pictures import clean
from gonghui.kernel.org.forms import NamedOrganisationField
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import choices as c
from ..services.raising import MOST_AUDIO, MOST_PHOTOS, Said

AUDIO = ("audio/webm", "audio/mp4", "audio/mpeg", "audio/aac", "audio/ogg", "audio/wav", "audio/x-m4a", "audio/amr")


def area(label: str, limit: int, *, rows: int = 4, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=limit, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": rows})
    )


class _Pictures(forms.ClearableFileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Up to three photos, each drawn anew without what the camera wrote into it."""

    widget = _Pictures

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_PHOTOS:
            raise forms.ValidationError(f"最多{MOST_PHOTOS}张照片，现在选了{len(given)}张")
        try:
            return [clean(one.read()) for one in given]
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class VoiceForm(forms.Form):
    """A voice as somebody writes it; who they are stands elsewhere."""

    text = area("想说什么", 2000, rows=6, hint="在哪里、什么事、希望怎样，想到什么写什么")
    topic = forms.ChoiceField(label="是哪方面的事", widget=forms.RadioSelect)
    nature = forms.ChoiceField(
        label="希望工会", widget=forms.RadioSelect, initial=c.Nature.REQUEST.value,
        choices=[("request", "帮忙解决"), ("suggest", "听听建议"), ("consult", "回答问题")],
    )  # fmt: skip
    special = forms.ChoiceField(
        label="涉及下面这些吗", required=False, help_text="选了就立即转给专人，别的人看不到",
        choices=[("", "都不涉及"), *c.Sensitive.choices],
    )  # fmt: skip
    place = forms.CharField(label="在哪里", max_length=80, required=False, help_text="例如：二号宿舍楼、总装车间")
    photos = PicturesField(
        label="照片", required=False, help_text=f"最多{MOST_PHOTOS}张，拍摄地点、时间、手机型号会自动去掉"
    )

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = topics
        self.fields["photos"].widget.attrs |= {"accept": "image/jpeg,image/png,image/webp", "multiple": True}

    def said(self, visibility: c.Visibility, **more: Any) -> Said:
        """What was filled in, as the service takes it."""
        data = self.cleaned_data
        return Said(
            text=data["text"],
            topic=data["topic"],
            nature=c.Nature(data["nature"]),
            visibility=visibility,
            place=data.get("place", ""),
            special=data.get("special", ""),
            photos=data.get("photos") or [],
            **more,
        )


class OwnVoiceForm(VoiceForm):
    """On a member's phone: public or to the union only, with a voice note if they like."""

    visibility = forms.ChoiceField(
        label="给谁看", widget=forms.RadioSelect, initial="union",
        choices=[("union", "只给工会看"), ("public", "公开，不显示我的名字，工友可以附议")],
    )  # fmt: skip
    may_hand_down = forms.ChoiceField(
        label="由谁办理", widget=forms.RadioSelect, initial="1",
        choices=[("1", "先由我所在的工会办理"), ("0", "直接给上级工会，不让我所在的单位知道")],
    )  # fmt: skip
    audio = forms.FileField(label="语音", required=False, help_text="不方便打字可以录一段，2分钟以内，不用再写字")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = not self.files.get("audio")
        self.fields["audio"].widget.attrs |= {"accept": "audio/*", "capture": "user"}

    def clean_text(self) -> str:
        """A voice note may stand for the words."""
        return self.cleaned_data["text"] or "（见语音）"

    def clean_audio(self) -> tuple[bytes, str] | None:
        given = self.cleaned_data.get("audio")
        if not given:
            return None
        if given.size > MOST_AUDIO:
            raise forms.ValidationError("语音超过2MB，录短一些")
        form = str(given.content_type or "").split(";")[0]
        if form not in AUDIO:
            raise forms.ValidationError("这个文件不是语音，重新录一段")
        return given.read(), form


class PosterForm(VoiceForm):
    """From a poster, without log-in: by name, without a name, or anonymous."""

    visibility = forms.ChoiceField(
        label="怎样提", widget=forms.RadioSelect, initial="anonymous",
        choices=[
            ("anonymous", "匿名：谁都查不出是我"),
            ("union", "只给工会看，可以留联系方式"),
            ("public", "公开，不显示我的名字"),
        ],
    )  # fmt: skip
    may_hand_down = forms.ChoiceField(
        label="由谁办理", widget=forms.RadioSelect, initial="0",
        choices=[("0", "上级工会，不让我所在的单位知道"), ("1", "我所在的工会")],
    )  # fmt: skip
    name = forms.CharField(label="称呼", max_length=60, required=False, help_text="匿名的不用填")
    phone = forms.CharField(label="电话", max_length=20, required=False, help_text="匿名的不用填",
                            widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}))  # fmt: skip


class CodeForm(forms.Form):
    code = forms.CharField(
        label="查询码", max_length=24, help_text="提交时给您的16位，字母不分大小写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip


class WordsForm(forms.Form):
    text = area("补充说明", 1000, rows=3)


class UnsolvedForm(forms.Form):
    text = area("哪里没有解决", 1000, rows=3, hint="交给上一级工会重新办理，只能反映一次")


class RateForm(forms.Form):
    score = forms.TypedChoiceField(
        label="满意吗", coerce=int, widget=forms.RadioSelect,
        choices=[(5, "很满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意")],
    )  # fmt: skip


# -- the desk ------------------------------------------------------------------------------------------


class RegisterForm(VoiceForm):
    """The desk writes down what it was told."""

    organisation = NamedOrganisationField(label="反映的单位")
    channel = forms.ChoiceField(
        label="来源",
        choices=[
            (one.value, one.label) for one in (c.Channel.CALL, c.Channel.WINDOW, c.Channel.PAPER, c.Channel.PROPOSAL)
        ],
    )
    name = forms.CharField(label="称呼", max_length=60, required=False)
    phone = forms.CharField(label="电话", max_length=20, required=False)
    field_order = ("organisation", "channel", "text", "topic", "nature", "special", "place", "name", "phone", "photos")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].viewer = viewer  # type: ignore[attr-defined]
        for name in ("topic", "nature"):
            self.fields[name].widget = forms.Select(choices=self.fields[name].choices)  # type: ignore[attr-defined]


class SortForm(forms.Form):
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "还没有确定"), *c.Kind.choices])
    topic = forms.ChoiceField(label="主题")
    nature = forms.ChoiceField(label="性质", choices=c.Nature.choices, help_text="改了性质，期限跟着变")

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = topics


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label="结果", choices=[("", "请选择"), *c.Outcome.choices])
    words = area("答复", 3000, rows=7, hint="写明怎样办理的、结果是什么；不办的写明为什么。作者会看到全文。")
    promised_on = forms.DateField(
        label="承诺在哪天以前办好", required=False, help_text="只在结果为“已承诺办理期限”时填写，会公布兑现情况",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class ReasonForm(forms.Form):
    reason = area("说明", 300, rows=2)


class SpecialForm(forms.Form):
    special = forms.ChoiceField(label="涉及", choices=c.Sensitive.choices)


class HandDownForm(forms.Form):
    to = NamedOrganisationField(label="交给")
    reason = area("交办意见", 300, rows=2)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].viewer = viewer  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    words = area("办理进展", 1000, rows=2, hint="只有工会工作人员看得到")


class AskForm(forms.Form):
    words = area("请本人补充", 500, rows=2, hint="显示在作者的页面上；匿名的凭查询码看得到")


class TellForm(forms.Form):
    how = forms.ChoiceField(label="怎样告知", choices=[("in_person", "当面或电话告知"), ("notice", "张贴公布")])
    words = forms.CharField(label="告知情况", max_length=300, help_text="谁、什么时候、怎么说的")


class PublishForm(forms.Form):
    title = forms.CharField(label="标题", max_length=60)
    words = area("公开的内容", 2000, rows=5, hint="去掉人名、号码和别人的隐私；作者不会显示")


class KeepForm(forms.Form):
    words = area("兑现情况", 1000, rows=3)


class RevealForm(forms.Form):
    reason = forms.CharField(label="查看的理由", max_length=200, help_text="会记入留痕")


class TemplateForm(forms.Form):
    title = forms.CharField(label="名称", max_length=60)
    topic = forms.ChoiceField(label="主题", required=False)
    words = area("内容", 1500, rows=6, hint="每次要换的地方写成（填写……），没有换掉的发不出去")

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topic"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "都可以用"), *topics]


class VisitForm(forms.Form):
    target = NamedOrganisationField(label="到访单位")
    kind = forms.ChoiceField(label="类型", choices=c.VisitKind.choices)
    place = forms.CharField(label="地点", max_length=80, required=False)
    visited_on = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    met = forms.IntegerField(label="见到的职工人数", min_value=0, max_value=100_000)
    hours = forms.DecimalField(label="用时（小时）", min_value=0, max_value=24, decimal_places=1, max_digits=4)
    companions = forms.CharField(label="同行人员", max_length=120, required=False)
    summary = area("走访情况", 1000, rows=4, hint="见了谁、看了什么；职工反映的事在下一步逐条登记")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].viewer = viewer  # type: ignore[attr-defined]
        self.fields["visited_on"].initial = timezone.localdate


class BulletinForm(forms.Form):
    title = forms.CharField(label="标题", max_length=120)
    words = area("内容", 5000, rows=8)
    below = forms.MultipleChoiceField(
        label="发给", widget=forms.CheckboxSelectMultiple, help_text="直接下级；再往下由各单位转发"
    )
    due_on = forms.DateField(label="签收期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    to_members = forms.BooleanField(label="同时给下级的会员看", required=False)

    def __init__(self, *args: Any, below: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["below"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = below


class SignForm(forms.Form):
    feedback = area("怎样落实", 500, rows=2, required=False)


class ImportForm(forms.Form):
    file = forms.FileField(label="意见表", help_text="先下载模板，一行一条，2 MB以内")
