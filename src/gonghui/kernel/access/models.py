"""Accounts, posts, tokens and one-time codes: who may do what where."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now

from ..org.models import Organisation
from ..people.models import Appointment, Person
from ..scope import Scoped
from . import choices as c


class AccountManager(BaseUserManager["Account"]):
    """Looks accounts up by user name, letter case aside."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username__iexact=username or "")


class Account(AbstractBaseUser):
    """A person's way in. What it may do comes from its posts; a member's from being that person."""

    username = models.CharField("用户名", max_length=60, unique=True)  # personal: name
    name = models.CharField("姓名", max_length=60)  # personal: name
    kind = models.CharField("类别", max_length=8, choices=c.AccountKind.choices)
    person = models.OneToOneField(Person, models.PROTECT, null=True, related_name="account")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    second_factor_required = models.BooleanField("须用第二因素", default=False)
    active_post = models.ForeignKey("Post", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    suspended_reason = models.CharField("停用原因", max_length=200, default="", blank=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.username

    # Django and its packages ask these; nobody is a superuser here, posts decide.
    is_staff = False
    is_superuser = False

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return False

    def get_full_name(self) -> str:
        return self.name


class Post(Scoped):
    """One role of one account at one organisation, from a day to a day; a request acts for exactly one."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    role = models.CharField("角色", max_length=20, choices=c.Role.choices)
    department = models.CharField("部门", max_length=60, default="", blank=True)
    title = models.CharField("职务", max_length=60, default="", blank=True)
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, related_name="posts")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    asked_by = models.BigIntegerField("申请人", null=True)
    granted_by = models.BigIntegerField("批准人", null=True)
    granted_at = models.DateTimeField("批准时间", null=True)
    revoked_reason = models.CharField("收回原因", max_length=200, default="", blank=True)

    class Meta:
        db_table = "post"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organisation", "role"],
                condition=models.Q(valid_to__isnull=True),
                name="post_once",
            )
        ]
        indexes = [models.Index(fields=["path"], name="post_path")]


class AccountSession(models.Model):
    """One browser that is logged in, so that its owner can see it and end it from elsewhere."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField("登录时间", db_default=Now())
    seen_at = models.DateTimeField("最近使用", db_default=Now())
    device = models.CharField("设备", max_length=60, default="", blank=True)  # personal: trace
    address = models.CharField(
        "网络地址", max_length=40, default="", blank=True
    )  # personal: trace, its last part left out
    as_member = models.BooleanField("以会员身份", default=False)

    class Meta:
        db_table = "account_session"


class ApiToken(models.Model):
    """A key for an integrator, tied to one post: it may what the post may, and ends with it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="tokens")
    name = models.CharField("用途", max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.BinaryField(unique=True)
    created_by = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    expires_on = models.DateField("到期")
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"


class IdempotencyKey(models.Model):
    """The answer given to a write that carried a key; the key decides, never the exception."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.BinaryField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["post", "key"], name="idempotency_once")]


class LoginCode(models.Model):
    """A one-time code sent to a phone; only hashes are kept."""

    phone_hash = models.BinaryField()  # personal: lookup
    code_digest = models.BinaryField()
    purpose = models.CharField(max_length=8, choices=c.CodePurpose.choices)
    sent_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    address_hash = models.BinaryField(null=True)  # personal: lookup

    class Meta:
        db_table = "login_code"
        indexes = [models.Index(fields=["phone_hash", "-sent_at"], name="login_code_phone")]


class WechatBinding(models.Model):
    """Who a member is at the union's public account, so that codes can be sent there."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="wechat")
    phone_hash = models.BinaryField(db_index=True)  # personal: lookup
    openid_sealed = models.BinaryField()  # personal: sealed
    bound_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "wechat_binding"


class SavedList(models.Model):
    """A list page's filters and columns as somebody wants to find them again; shared ones serve the whole post."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="saved_lists")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    list_key = models.CharField(max_length=60)
    name = models.CharField("名称", max_length=40)
    query = models.CharField(max_length=2000, default="", blank=True)
    columns = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "saved_list"
        constraints = [models.UniqueConstraint(fields=["account", "list_key", "name"], name="saved_list_once")]
