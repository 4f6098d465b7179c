"""The small forms: one act each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from gonghui.kernel.quotas.models import Session

from ..rules.pages import facts_of

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
WITNESSES = 3


def typed_facts(form: forms.Form) -> list[dict[str, str]]:
    """What a form says besides, line by line."""
    try:
        return facts_of(form.cleaned_data["facts"])
    except ValueError as wrong:
        raise forms.ValidationError(str(wrong)) from None


class LiveForm(forms.Form):
    """What may still change after members have seen it."""

    title = forms.CharField(label="名称", max_length=120)
    intro = forms.CharField(label="内容介绍", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    bring = forms.CharField(label="需要带什么", max_length=300, required=False)
    facts = forms.CharField(
        label="更多说明", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一条，写成“名称：内容”",
    )  # fmt: skip
    contact = forms.CharField(label="咨询方式", max_length=80)
    closes_at = forms.DateTimeField(label="截止报名", widget=MOMENT, help_text="发布后只能延后")
    waits = forms.IntegerField(label="候补人数上限", min_value=0, max_value=100_000)
    answer_hours = forms.IntegerField(label="候补确认时限（小时）", min_value=1, max_value=168)
    image = forms.FileField(label="换一张图片", required=False, help_text="5MB以内的JPG或PNG")
    image_alt = forms.CharField(label="图片说明", max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_facts(self) -> list[dict[str, str]]:
        return typed_facts(self)


class PictureForm(forms.Form):
    """One more picture of an offer."""

    picture = forms.FileField(label="图片", help_text="5MB以内的JPG或PNG")
    alt = forms.CharField(label="图片说明", max_length=120, help_text="一句话说清图上是什么，看不见图片的人靠它")


class PublishForm(forms.Form):
    """For a draw: who puts a secret into the seed, and which public value goes in."""

    outside = forms.CharField(
        label="公开数值", max_length=200, required=False,
        help_text="名单锁定以后才会有、谁也改不了的数，例如：2026年3月10日福彩3D开奖号码",
    )  # fmt: skip

    def __init__(self, *args: Any, drawn: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.drawn = drawn
        if not drawn:
            del self.fields["outside"]
            return
        for number in range(1, WITNESSES + 1):
            self.fields[f"witness{number}"] = forms.CharField(
                label=f"见证方{number}", max_length=80, required=False, help_text="例如：会员代表、公证处、纪检监察组"
            )

    @property
    def parties(self) -> list[tuple[str, int | None]]:
        names = [self.cleaned_data.get(f"witness{n}", "").strip() for n in range(1, WITNESSES + 1)]
        return [(name, None) for name in names if name]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(label="名额", min_value=0, max_value=5_000_000)


class FindMember(forms.Form):
    q = forms.CharField(label="查找会员", max_length=60, help_text="姓名、拼音首字母、会员号、证件号或手机号")


class GiveForm(forms.Form):
    """A place on behalf of a member: the person was found before."""

    person = forms.IntegerField(widget=forms.HiddenInput)
    session = forms.ChoiceField(label="场次")
    why = forms.CharField(label="代办原因", max_length=200, help_text="例如：本人不会用智能手机，到窗口办理")

    def __init__(self, *args: Any, sessions: Iterable[Session], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [(str(one.pk), one.title) for one in sessions]  # type: ignore[attr-defined]


class WitnessForm(forms.Form):
    """A witness's secret; of it only the hash is kept."""

    secret = forms.CharField(
        label="密语", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="10至64个字，别人猜不到的一行字",
    )  # fmt: skip
    kept = forms.BooleanField(
        label="我已经抄下或截图保存了密语", error_messages={"required": "先抄下或截图密语，再提交"}
    )


class ShowSecretForm(forms.Form):
    """The secret, told after the list was locked."""

    value = forms.CharField(
        label="您保存的密语", max_length=64, help_text="与提交时一字不差",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class CheckForm(forms.Form):
    """The public value, read by another person."""

    number = forms.CharField(
        label="您看到的公开数值", max_length=120, help_text="对照公布的来源填写，号码之间空一格",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class ProviderForm(forms.Form):
    name = forms.CharField(label="商户名称", max_length=120)
    contact = forms.CharField(label="联系人和电话", max_length=80, required=False)


class ClerkForm(forms.Form):
    username = forms.CharField(
        label="核销账号的用户名", max_length=40, help_text="先由账号管理员建账号并授予“合作商户”岗位"
    )


class EntryForm(forms.Form):
    """Which sessions a member wants: ticked, or for a ranked draw in an order."""

    def __init__(self, *args: Any, sessions: list[Session], ranked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ranked, self.sessions = ranked, sessions
        named = [(str(one.pk), one.title) for one in sessions]
        if ranked:
            for number in range(1, min(len(sessions), 5) + 1):
                self.fields[f"wish{number}"] = forms.ChoiceField(
                    label=f"第{number}志愿",
                    required=number == 1,
                    choices=[("", "不选"), *named],
                    error_messages={"required": "还没有选场次，至少选一个"},
                )
        elif len(sessions) > 1:
            self.fields["wishes"] = forms.MultipleChoiceField(
                label="想去哪几场",
                choices=named,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "还没有选场次，至少选一个"},
            )

    @property
    def choices(self) -> list[int]:
        data = self.cleaned_data
        if self.ranked:
            return [int(data[name]) for name in self.fields if data.get(name)]
        return [int(one) for one in data.get("wishes", [])]


class JoinForm(forms.Form):
    code = forms.CharField(label="家人的邀请码", max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class RateForm(forms.Form):
    stars = forms.ChoiceField(
        label="评分", widget=forms.RadioSelect, choices=[(str(n), f"{n}星") for n in range(5, 0, -1)]
    )
    words = forms.CharField(label="一句话", max_length=200, required=False)


class PhotoForm(forms.Form):
    photo = forms.FileField(label="照片", help_text="5MB以内的JPG或PNG")
    alt = forms.CharField(label="照片里有什么", max_length=120)
    consent = forms.BooleanField(label="我同意把这张照片展示在活动照片墙上，照片里的人也都同意", required=False)
