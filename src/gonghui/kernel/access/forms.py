"""What people fill in to log in, to change their password, to make accounts and to ask for posts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as FactorReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils import timezone

from ..org.models import Organisation
from ..viewer import Viewer
from . import queries
from .choices import Role
from .models import Post
from .services.accounts import STAFF_ROLES

_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6", "class": "code-input"}


class LoginForm(forms.Form):
    username = forms.CharField(
        label="用户名",
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "填写用户名"},
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "填写密码"},
    )


class PasswordForm(forms.Form):
    """The current password, and the new one twice."""

    old = forms.CharField(
        label="现在的密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "填写现在的密码"},
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        max_length=200,
        help_text="10位以上，不要用姓名、用户名和常见密码；几个不相干的词连起来好记又难猜",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "填写新密码"},
    )
    again = forms.CharField(
        label="再输一次新密码",
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": "再输一次新密码"},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样")
        return data


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="手机号码",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national", "type": "tel"}),
        error_messages={"required": "填写11位手机号码"},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        max_length=12,
        widget=forms.TextInput(attrs=_CODE),
        error_messages={"required": "填写短信里的6位数字"},
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if len(code) != 6 or not code.isascii() or not code.isdigit():
            raise forms.ValidationError("验证码是6位数字")
        return code


class TailForm(forms.Form):
    tail = forms.CharField(
        label="证件号码最后4位",
        max_length=4,
        min_length=4,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code-input", "autocapitalize": "characters"}),
        error_messages={"required": "填写证件号码最后4位", "min_length": "要填4位", "max_length": "只填4位"},
    )


class PostForm(forms.Form):
    """Where an account acts and as what."""

    organisation = forms.CharField(
        label="组织",
        max_length=120,
        help_text="写全称；岗位管到这个组织和它的下级",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="角色",
        choices=[("", "选一个角色"), *((role.value, role.label) for role in STAFF_ROLES)],
        error_messages={"required": "选一个角色"},
    )
    department = forms.CharField(label="部门", max_length=60, required=False)
    title = forms.CharField(label="职务", max_length=60, required=False)
    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="批准人要看，例如“接替调离的肖文，负责名册导入”",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明为什么需要这个岗位"},
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_organisation(self) -> Organisation:
        name = self.cleaned_data["organisation"]
        found = queries.organisation_named(self.viewer, name)
        if not found:
            raise forms.ValidationError(f"本岗位范围内没有叫“{name}”的组织，对照组织页上的全称")
        if len(found) > 1:
            raise forms.ValidationError(f"叫“{name}”的组织不止一个，到组织页里打开要授权的那个再建账号")
        return found[0]


class AccountForm(PostForm):
    """A new account with its first post."""

    name = forms.CharField(label="姓名", max_length=60, error_messages={"required": "填写使用人的姓名"})
    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="小写字母开头，例如 zhoumin",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "填写用户名"},
    )
    second_factor = forms.BooleanField(
        label="登录须用第二因素",
        required=False,
        help_text="系统管理员、安全管理员、审计员应当使用（身份验证器或通行密钥）",
    )
    field_order = [
        "name",
        "username",
        "organisation",
        "role",
        "department",
        "title",
        "second_factor",
        "reason",
    ]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写明理由"},
    )


class PostChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Post) -> str:
        return f"{obj.account.name}·{Role(obj.role).label}·{obj.organisation.name}"


class TokenForm(forms.Form):
    name = forms.CharField(
        label="用途",
        max_length=80,
        help_text="给谁用、做什么，例如“省总数据交换平台，每日取组织名册”",
        error_messages={"required": "写明给谁用、做什么"},
    )
    post = PostChoice(
        label="代表的岗位",
        queryset=Post.objects.none(),
        help_text="令牌能做的不会多于这个岗位；岗位收回，令牌同时作废",
    )
    expires_on = forms.DateField(
        label="到期日",
        help_text="最长一年，例如2023-01-31",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": "选一个到期日", "invalid": "写成2022-12-31这样的日期"},
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = queries.in_state(queries.posts(viewer), "valid").order_by("organisation__path", "account__name")
        self.fields["post"].queryset = choices  # type: ignore[attr-defined]
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=180)


class _OurWords(forms.Form):
    """Gives a field of an allauth form our label, and takes away the placeholder that repeats it."""

    words: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, ""
            field.error_messages["required"] = f"填写{label}"
            field.widget.attrs.pop("placeholder", None)
            if name == "code":
                field.widget.attrs |= {"inputmode": "text", "maxlength": "12"}


class ActivateTotp(_OurWords, ActivateTOTPForm):  # type: ignore[misc]
    """Named in the setting MFA_FORMS."""

    words = {"code": "验证器里的6位数字"}


class SecondStep(_OurWords, AuthenticateForm):  # type: ignore[misc]
    """Named in the setting MFA_FORMS."""

    words = {"code": "6位数字或恢复码"}


class ConfirmByFactor(_OurWords, FactorReauthenticateForm):  # type: ignore[misc]
    """Named in the setting MFA_FORMS."""

    words = {"code": "6位数字或恢复码"}


class ConfirmByPassword(_OurWords, ReauthenticateForm):  # type: ignore[misc]
    """Named in the setting ACCOUNT_FORMS."""

    words = {"password": "密码"}
