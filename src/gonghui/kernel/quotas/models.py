"""Offers, their sessions and counters, claims and entries, draws, check-ins.

The rules that must never break stand here as constraints: a counter never gives more than it has, a person holds one
place of an offer (or one of each session, so many at most), a person or household one slot of a limit. `ended` is 0
while a claim takes its place and the claim's own number afterwards, so that one plain unique key serves both the rule
and the search.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from ..org.models import Organisation
from ..people.models import Person
from ..scope import PathField, Scoped
from . import choices as c
from .rules import WEEK


class Household(models.Model):
    """People who live together and share what is given to a household once; they say so themselves, both sides."""

    code = models.CharField("邀请码", max_length=12, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "household"


class HouseholdMember(Scoped):
    """One person in one household; `path` is the person's."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    joined_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "household_member"


class Limit(Scoped):
    """How often a person or household may be served by the offers that share it (一年一次、一处一享)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="制定单位")
    title = models.CharField("限领规则", max_length=80)
    per = models.CharField("对象", max_length=10, choices=c.Per.choices, default="person")
    most = models.PositiveSmallIntegerField("最多次数", default=1)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "offer_limit"
        constraints = [
            models.CheckConstraint(condition=models.Q(most__gte=1, most__lte=50), name="limit_some"),
            models.CheckConstraint(condition=models.Q(valid_to__gte=models.F("valid_from")), name="limit_order"),
        ]
        indexes = [models.Index(fields=["path"], name="limit_path")]


class Offer(Scoped):
    """Something scarce that an organisation gives. What it is, looks like and costs is the business of an app."""

    number = models.CharField("编号", max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="主办单位")
    kind = models.CharField("类别", max_length=20)
    title = models.CharField("名称", max_length=120)
    allocation = models.CharField("分配方式", max_length=12, choices=c.Allocation.choices, default="first_come")
    state = models.CharField("状态", max_length=12, choices=c.OfferState.choices, default="draft")
    opens_at = models.DateTimeField("开始报名", null=True)
    closes_at = models.DateTimeField("截止报名", null=True)
    audience = models.JSONField("面向范围", default=dict)
    limit = models.ForeignKey(Limit, models.PROTECT, null=True, blank=True, related_name="offers")
    again_after_months = models.PositiveSmallIntegerField("同类项目间隔（月）", default=0)
    waits = models.PositiveIntegerField("候补人数上限", default=0)
    answer_hours = models.PositiveSmallIntegerField("候补确认时限（小时）", default=24)
    cancel_until_hours = models.PositiveSmallIntegerField("开始前多少小时可取消", default=24)
    transferable = models.BooleanField("可转给他人", default=False)
    weights = models.JSONField("签数规则", default=list)
    """Of a balanced draw: [{key, title, tickets, condition | fact, months?}]; one ticket for everybody besides."""
    uses = models.PositiveSmallIntegerField("每份可用次数", default=1)
    each = models.PositiveSmallIntegerField("每人最多约几场", default=1, db_default=1)
    """More than one where a member comes again and again (gym, canteen, counselling, shifts): first come only."""
    procedure = models.CharField("审核流程", max_length=60, default="", blank=True)
    called_off_why = models.CharField("取消原因", max_length=200, db_default="", blank=True)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "offer"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="draft")
                | models.Q(opens_at__isnull=False, closes_at__gt=models.F("opens_at")),
                name="offer_has_times",
            ),
            models.CheckConstraint(
                condition=models.Q(each=1)
                | models.Q(each__gte=2, each__lte=c.MOST_EACH, allocation="first_come", waits=0, transferable=False),
                name="offer_several_first_come",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state", "-opens_at"], name="offer_path"),
            models.Index(fields=["closes_at"], name="offer_open", condition=models.Q(state="published")),
        ]

    def __str__(self) -> str:
        return self.title


class Session(Scoped):
    """One time and place of an offer; an offer of vouchers has a single one without a time."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="sessions")
    title = models.CharField("场次", max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    starts_at = models.DateTimeField("开始", null=True)
    ends_at = models.DateTimeField("结束", null=True)
    lessons = models.PositiveSmallIntegerField("上课次数", default=1, db_default=1)
    """Once a week from the first on, whose times are the session's."""
    about = models.CharField("说明", max_length=300, db_default="", blank=True)
    """What this one is, where one offer has several courses or routes to wish for in an order."""
    place = models.CharField("地点", max_length=120, default="", blank=True)
    venue = models.BigIntegerField("登记的场所", null=True)
    """Number of the registered place that `place` names; an app keeps the register (`registry.venues`)."""
    teacher = models.CharField("老师", max_length=40, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.SessionState.choices, default="planned")
    settled_at = models.DateTimeField("未到已登记", null=True)

    class Meta:
        db_table = "offer_session"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="session_order",
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "order"], name="session_offer"),
            models.Index(fields=["path", "starts_at"], name="session_path"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def over_at(self) -> datetime | None:
        """When the last lesson ends; None for what has no time."""
        return self.ends_at + WEEK * (self.lessons - 1) if self.ends_at else None

    def is_over(self, now: datetime) -> bool:
        """Whether nothing of it is still to come; what has no time is never over."""
        last = self.ends_at or self.starts_at
        return last is not None and last + WEEK * (self.lessons - 1) < now


def last_lesson(first: models.expressions.Combinable, prefix: str = "") -> models.ExpressionWrapper[Any]:
    """In a query: the time of the last lesson that belongs to a time of the first."""
    weeks = (models.F(f"{prefix}lessons") - 1) * models.Value(WEEK)
    return models.ExpressionWrapper(first + weeks, output_field=models.DateTimeField())


class Counter(Scoped):
    """The places of a session, or of the share of it that is reserved for some (a county, a trade)."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="counters")
    session = models.ForeignKey(Session, models.CASCADE, related_name="counters")
    share = models.CharField("预留份额", max_length=60, default="", blank=True)
    title = models.CharField("份额名称", max_length=60, default="", blank=True)
    audience = models.JSONField("份额范围", default=dict)
    capacity = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已占", default=0)
    freed = models.PositiveBigIntegerField("退回次数", default=0)

    class Meta:
        db_table = "offer_counter"
        constraints = [
            models.UniqueConstraint(fields=["session", "share"], name="counter_once"),
            models.CheckConstraint(condition=models.Q(taken__lte=models.F("capacity")), name="counter_never_over"),
        ]
        indexes = [
            models.Index(fields=["offer"], name="counter_offer"),
            models.Index(fields=["path"], name="counter_path"),
        ]


class Claim(Scoped):
    """One member's right to a place. `path` is that of the offer, `member_path` that of the member's union."""

    follows_organisation = False

    # No foreign keys in the database: four look-ups and row locks for each claim are half the cost of a rush. The one
    # function that inserts reads offer, session and person in the same statement, and none of them is ever deleted.
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="claims", db_index=False, db_constraint=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="claims", db_index=False, db_constraint=False)
    counter = models.ForeignKey(Counter, models.PROTECT, related_name="claims", db_index=False, db_constraint=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="claims", db_index=False, db_constraint=False)
    member_path = PathField()
    state = models.CharField("状态", max_length=10, choices=c.ClaimState.choices, default="held")
    source = models.CharField("来源", max_length=8, choices=c.Source.choices)
    key = models.UUIDField("请求编号")
    limit = models.ForeignKey(Limit, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False)
    holder = models.BigIntegerField(null=True)
    """Whom the limit counts: the person, or minus the household."""
    slot = models.PositiveSmallIntegerField(null=True)
    turn = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Where a member may have several sessions of an offer: which of the places allowed this one is, from 1."""
    ended = models.BigIntegerField(default=0)
    code = models.UUIDField("核销码", db_default=models.Func(function="gen_random_uuid"))
    made_at = models.DateTimeField("领取时间", db_default=models.Func(function="clock_timestamp"))
    answer_by = models.DateTimeField("确认期限", null=True)
    ended_at = models.DateTimeField("取消时间", null=True)
    ended_why = models.CharField("取消原因", max_length=200, default="", blank=True)
    used = models.PositiveSmallIntegerField("已用次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)
    settled_at = models.DateTimeField("入账时间", null=True)

    class Meta:
        db_table = "offer_claim"
        constraints = [
            models.UniqueConstraint(fields=["person", "offer", "ended", "turn"], name="claim_once"),
            models.UniqueConstraint(
                fields=["person", "session", "ended"], condition=models.Q(turn__gt=0), name="claim_session_once"
            ),
            models.UniqueConstraint(
                fields=["limit", "holder", "slot", "ended"], condition=models.Q(limit__isnull=False), name="claim_limit"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=c.TAKING, ended=0) | ~models.Q(state__in=c.TAKING) & ~models.Q(ended=0),
                name="claim_ended_is_told",
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "id"], name="claim_offer"),
            models.Index(fields=["id"], name="claim_unsettled", condition=models.Q(settled_at__isnull=True)),
        ]


class Handover(Scoped):
    """The holder of a claim offers the place to somebody named by phone or member's number (转让).

    Without a receiver the number named belonged to no member who could be told: the giver hears nothing either way.
    """

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="handovers", db_index=False)
    giver = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    receiver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField("状态", max_length=10, choices=c.HandoverState.choices, default="asked")
    new_claim = models.ForeignKey(Claim, models.PROTECT, null=True, related_name="+", db_index=False)
    asked_at = models.DateTimeField("提出时间", db_default=models.Func(function="clock_timestamp"))
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        db_table = "offer_handover"
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "receiver"], condition=models.Q(state="asked"), name="handover_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="handover_path"),
            models.Index(fields=["claim"], name="handover_claim"),
            models.Index(fields=["giver"], name="handover_giver"),
            models.Index(fields=["receiver", "state"], name="handover_receiver"),
            models.Index(fields=["asked_at"], name="handover_open", condition=models.Q(state="asked")),
        ]


class Entry(Scoped):
    """An application for a place that is drawn or waited for; `tag` is the public name, `salt` known to the member."""

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="entries", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="entries", db_index=False)
    member_path = PathField()
    state = models.CharField("状态", max_length=10, choices=c.EntryState.choices, default="entered")
    choices = ArrayField(models.BigIntegerField(), verbose_name="志愿", default=list)
    shares = ArrayField(models.CharField(max_length=60), verbose_name="可用份额", default=list)
    tag = models.CharField("签号", max_length=32)
    salt = models.CharField("签号密钥", max_length=32)
    tickets = models.PositiveSmallIntegerField("签数", default=1)
    reasons = models.JSONField("签数依据", default=list)
    rank = models.PositiveIntegerField("候补次序", null=True)
    key = models.UUIDField("请求编号", default=uuid.uuid4)
    made_at = models.DateTimeField("报名时间", db_default=models.Func(function="clock_timestamp"))
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    passed_why = models.CharField("轮到时没有给名额的原因", max_length=300, db_default="", blank=True)

    class Meta:
        db_table = "offer_entry"
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "person"], condition=~models.Q(state="withdrawn"), name="entry_once"
            ),
            models.UniqueConstraint(fields=["offer", "tag"], name="entry_tag"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="entry_person"),
            models.Index(fields=["offer", "rank"], name="entry_waiting", condition=models.Q(state="waiting")),
        ]


class Draw(Scoped):
    """The draw of an offer: what was published before, and what came of it. A stage once reached is never undone."""

    offer = models.OneToOneField(Offer, models.PROTECT, related_name="draw")
    state = models.CharField("阶段", max_length=10, choices=c.DrawState.choices, default="collecting")
    rule = models.JSONField("摇号规则", default=dict)
    outside = models.CharField("公开数值的来源", max_length=200, default="", blank=True)
    outside_value = models.CharField("公开数值", max_length=120, default="", blank=True)
    outside_by = models.BigIntegerField("登记人", null=True)
    outside_checked_at = models.DateTimeField("另一人核对时间", null=True)
    reveal_by = models.DateTimeField("揭示期限", null=True)
    count = models.PositiveIntegerField("报名人数", default=0)
    list_digest = models.CharField("名单摘要", max_length=64, default="", blank=True)
    listed_at = models.DateTimeField("名单锁定时间", null=True)
    seed = models.CharField("种子", max_length=64, default="", blank=True)
    result_digest = models.CharField("结果摘要", max_length=64, default="", blank=True)
    cutoffs = models.JSONField("各份额最后一个签值", default=dict)
    drawn_at = models.DateTimeField("摇号时间", null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "offer_draw"
        indexes = [models.Index(fields=["path"], name="draw_path")]


class DrawParty(Scoped):
    """Somebody who puts a secret into the seed: commits to it before the list closes, reveals it afterwards."""

    draw = models.ForeignKey(Draw, models.CASCADE, related_name="parties")
    order = models.PositiveSmallIntegerField()
    title = models.CharField("见证方", max_length=80)
    account_id = models.BigIntegerField(null=True)
    commitment = models.CharField("承诺值", max_length=64, default="", blank=True)
    committed_at = models.DateTimeField("承诺时间", null=True)
    by_link = models.BooleanField("本人用见证链接提交", db_default=False)
    token_digest = models.CharField("见证链接的摘要", max_length=64, db_default="", blank=True)
    value = models.CharField("揭示的内容", max_length=64, default="", blank=True)
    revealed_at = models.DateTimeField("揭示时间", null=True)

    class Meta:
        db_table = "offer_draw_party"
        constraints = [
            models.UniqueConstraint(fields=["draw", "order"], name="party_order"),
            models.UniqueConstraint(fields=["token_digest"], condition=~models.Q(token_digest=""), name="party_link"),
        ]
        indexes = [models.Index(fields=["path"], name="party_path")]


class CheckIn(Scoped):
    """Proof that a claim was used, wholly or in part; the key makes an offline list safe to hand in twice."""

    follows_organisation = False

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="check_ins")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="check_ins", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField("签到时间")
    by = models.CharField("方式", max_length=8, choices=c.CheckInBy.choices)
    part = models.PositiveIntegerField("本次使用", default=1)
    account_id = models.BigIntegerField("核销人", null=True)
    provider_id = models.BigIntegerField("商户", null=True)
    key = models.UUIDField("请求编号", unique=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_why = models.CharField("撤销原因", max_length=200, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "offer_check_in"
        indexes = [
            models.Index(fields=["path", "-at"], name="check_in_path"),
            models.Index(fields=["session", "at"], name="check_in_session"),
            models.Index(fields=["person", "-at"], name="check_in_person"),
            models.Index(
                fields=["provider_id", "-at"], name="check_in_provider", condition=models.Q(provider_id__isnull=False)
            ),
        ]


class DisputedScan(Scoped):
    """A scan of an offline list that is good as a code and yet not simply counted: staff see all facts and decide."""

    follows_organisation = False

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    why = models.CharField("疑点", max_length=8, choices=c.Doubt.choices)
    at = models.DateTimeField("扫码时间")
    handed_in_at = models.DateTimeField("上交时间")
    part = models.PositiveIntegerField("本次使用", default=1)
    account_id = models.BigIntegerField("核销人", null=True)
    provider_id = models.BigIntegerField("商户", null=True)
    key = models.UUIDField("请求编号", unique=True)
    state = models.CharField("状态", max_length=8, choices=c.DisputeState.choices, default="open")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField("核对时间", null=True)
    answer_why = models.CharField("核对意见", max_length=200, default="", blank=True)

    class Meta:
        db_table = "offer_disputed_scan"
        indexes = [models.Index(fields=["path", "state"], name="disputed_path")]
