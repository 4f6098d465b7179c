"""Wishes as they are shown, whose they are, and who claimed them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.scope import PathField, Scoped

from . import choices as c


class Wish(Scoped):
    """What is wished for. Nothing here says whose it is; once shown and not sensitive everybody may read it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所在工会")
    union_name = models.CharField("所在工会", max_length=120)
    number = models.CharField("编号", max_length=20, unique=True)
    nickname = models.CharField("笔名", max_length=20)
    occupation = models.CharField("职业", max_length=30)
    category = models.CharField("类别", max_length=10, choices=c.Category.choices)
    title = models.CharField("心愿", max_length=60)
    about = models.CharField("说明", max_length=300)
    price = models.PositiveIntegerField("价格（分）")
    sensitive = models.BooleanField("不公开", default=False)
    state = models.CharField("状态", max_length=10, choices=c.WishState.choices, default="asked")
    by_staff = models.BooleanField("代为登记", default=False)
    opinion = models.CharField("核对意见", max_length=200, default="", blank=True)
    claimed_by = models.CharField("认领", max_length=80, default="", blank=True)
    """As anybody reads it: a union or a firm by name, a volunteer without."""
    asked_on = models.DateField("许愿日期")
    shown_on = models.DateField("展示日期", null=True)
    done_on = models.DateField("实现日期", null=True)
    thanks = models.CharField("感谢的话", max_length=100, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "wish"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(done_on__isnull=False), name="wish_done_on"
            )
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="wish_path"),
            models.Index(fields=["state", "-shown_on"], name="wish_shown"),
        ]

    def __str__(self) -> str:
        return self.title


class WishOwner(Scoped):
    """Whose wish it is: shown to the member, and to officers of the member's own union for a reason on the trail."""

    wish = models.OneToOneField(Wish, models.CASCADE, related_name="owner")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        db_table = "wish_owner"
        indexes = [models.Index(fields=["path"], name="wish_owner_path")]


class Claim(Scoped):
    """Somebody takes a wish upon themselves until a day; one at a time."""

    wish = models.ForeignKey(Wish, models.PROTECT, related_name="claims")
    kind = models.CharField("认领方", max_length=10, choices=c.ClaimantKind.choices)
    name = models.CharField("名称", max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="经办工会")
    claimant_path = PathField(default="")
    """Where the claiming union stands: it reads and answers for its own claim, wherever the wish is."""
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    by = models.BigIntegerField(null=True)
    delivered_by = models.BigIntegerField(null=True)
    """The accounts that claimed and delivered: neither confirms that it has come."""
    state = models.CharField("状态", max_length=10, choices=c.ClaimState.choices, default="running")
    claimed_on = models.DateField("认领日期")
    due_on = models.DateField("最晚送到")
    delivered_on = models.DateField("送到日期", null=True)
    words = models.CharField("经过", max_length=300, default="", blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    ended_on = models.DateField("结束日期", null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "wish_claim"
        constraints = [
            models.UniqueConstraint(
                fields=["wish"], condition=models.Q(state__in=("running", "delivered")), name="wish_claim_one"
            )
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="wish_claim_path"),
            models.Index(fields=["claimant_path"], name="wish_claim_claimant"),
            models.Index(fields=["person"], name="wish_claim_person"),
        ]
