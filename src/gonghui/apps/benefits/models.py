"""What the kernel does not know of an offer: its page, who provides it, and what members said of it afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.choices import IdKind
from gonghui.kernel.people.models import Person
from gonghui.kernel.quotas.models import Claim, Offer, Session
from gonghui.kernel.scope import PathField, Scoped

from . import choices as c


class Provider(Scoped):
    """A merchant or institution that serves what is offered (合作商户); `path` is that of the union it works for."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="签约单位")
    name = models.CharField("商户名称", max_length=120)
    contact = models.CharField("联系人和电话", max_length=80, default="", blank=True)  # personal: name
    active = models.BooleanField("合作中", default=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_provider"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="provider_once")]
        indexes = [models.Index(fields=["path"], name="provider_path")]

    def __str__(self) -> str:
        return self.name


class Clerk(Scoped):
    """An account that redeems for a provider; it reads its own line here and nothing else of the union."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="clerks")
    account_id = models.BigIntegerField("账号", unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_clerk"
        indexes = [models.Index(fields=["path"], name="clerk_path")]


class OfferPage(Scoped):
    """What people read about an offer; money is in fen."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="page")
    kind = models.CharField("类别", max_length=20, choices=c.Kind.choices)
    series = models.CharField("系列", max_length=60, default="", blank=True)
    intro = models.TextField("内容介绍", max_length=4000, default="", blank=True)
    bring = models.CharField("需要带什么", max_length=300, default="", blank=True)
    price = models.PositiveBigIntegerField("个人自付（分）", default=0)
    subsidy = models.PositiveBigIntegerField("工会补贴（分）", default=0)
    provider = models.ForeignKey(Provider, models.PROTECT, null=True, blank=True, related_name="pages")
    provider_name = models.CharField("承办或商户", max_length=120, default="", blank=True)
    contact = models.CharField("咨询方式", max_length=80, default="", blank=True)
    image = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    image_alt = models.CharField("图片说明", max_length=120, default="", blank=True)
    facts = models.JSONField("更多说明", default=list, db_default=[])
    """What this kind has besides, in the words of who offers it: [{title, text}]."""
    ratings = models.PositiveIntegerField("评价人数", default=0)
    stars = models.PositiveIntegerField("星数合计", default=0)

    class Meta:
        db_table = "benefit_page"
        indexes = [
            models.Index(fields=["path", "kind"], name="benefit_page_path"),
            models.Index(fields=["series"], name="benefit_page_series", condition=~models.Q(series="")),
        ]

    @property
    def average(self) -> float | None:
        return round(self.stars / self.ratings, 1) if self.ratings else None


class Picture(Scoped):
    """One more picture of an offer, beside the first one of its page."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="pictures", db_index=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    alt = models.CharField("图片说明", max_length=120)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_picture"
        indexes = [
            models.Index(fields=["path"], name="picture_path"),
            models.Index(fields=["offer", "id"], name="picture_offer"),
        ]


class Reminder(Scoped):
    """A member wants to be told when an offer opens."""

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_reminder"
        constraints = [models.UniqueConstraint(fields=["person", "offer"], name="reminder_once")]
        indexes = [models.Index(fields=["path"], name="reminder_path")]


class CalendarFeed(Scoped):
    """A member's calendar that a phone subscribes to: whoever has the link reads it, so only its digest is kept."""

    follows_organisation = False

    person = models.OneToOneField(Person, models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_calendar_feed"
        indexes = [models.Index(fields=["path"], name="calendar_feed_path")]


class Rating(Scoped):
    """One to five stars and a sentence, from somebody who was there."""

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    stars = models.PositiveSmallIntegerField("评分")
    words = models.CharField("一句话", max_length=200, default="", blank=True)
    made_at = models.DateTimeField("评价时间", db_default=Now())

    class Meta:
        db_table = "benefit_rating"
        constraints = [
            models.UniqueConstraint(fields=["offer", "person"], name="rating_once"),
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="rating_stars"),
        ]
        indexes = [
            models.Index(fields=["path"], name="rating_path"),
            models.Index(fields=["person"], name="rating_person"),
        ]


class Photo(Scoped):
    """A picture that a member gave for the wall, shown once staff have looked at it."""

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    alt = models.CharField("照片内容", max_length=120)
    state = models.CharField("状态", max_length=8, choices=c.PhotoState.choices, default="asked")
    consent_at = models.DateTimeField("同意展示时间")
    reason = models.CharField("撤下的原因", max_length=200, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_photo"
        indexes = [
            models.Index(fields=["path", "state"], name="photo_path"),
            models.Index(fields=["offer", "state"], name="photo_offer"),
            models.Index(fields=["person"], name="photo_person"),
        ]


class Menu(Scoped):
    """Courses that members wish for and vote on (你点菜，我买单); what reaches its threshold opens."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="主办单位")
    title = models.CharField("名称", max_length=80)
    opens_on = models.DateField("开始投票")
    closes_on = models.DateField("截止投票")
    votes = models.PositiveSmallIntegerField("每人几票")
    threshold = models.PositiveIntegerField("几票开课")
    state = models.CharField("状态", max_length=8, choices=c.MenuState.choices, default="draft")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_menu"
        constraints = [
            models.CheckConstraint(condition=models.Q(closes_on__gte=models.F("opens_on")), name="menu_order"),
            models.CheckConstraint(condition=models.Q(votes__gte=1, threshold__gte=1), name="menu_some"),
        ]
        indexes = [models.Index(fields=["path", "state"], name="menu_path")]

    def __str__(self) -> str:
        return self.title


class Dish(Scoped):
    """One course of a menu. `votes` counts its rows of `Vote`; the offer is there once it opened."""

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="dishes", db_index=False)
    title = models.CharField("课程", max_length=60)
    kind = models.CharField("类别", max_length=20, choices=c.Kind.choices, default="course")
    about = models.CharField("内容", max_length=300)
    threshold = models.PositiveIntegerField("几票开课")
    votes = models.PositiveIntegerField("票数", default=0)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    """The member who wished for it; None for staff."""
    state = models.CharField("状态", max_length=10, choices=c.DishState.choices, default="approved")
    reason = models.CharField("说明", max_length=200, default="", blank=True)
    """Why it is not opened, or why it was opened below the threshold."""
    offer = models.OneToOneField(Offer, models.PROTECT, null=True, related_name="dish")
    lessons = models.PositiveSmallIntegerField("上课次数", default=1)
    """Once a week from the session's first time on."""
    cost = models.PositiveBigIntegerField("费用（分）", default=0)
    made_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        db_table = "benefit_dish"
        constraints = [
            models.UniqueConstraint(fields=["menu", "title"], name="dish_once"),
            models.CheckConstraint(
                condition=models.Q(state="opened", offer__isnull=False)
                | ~models.Q(state="opened") & models.Q(offer__isnull=True),
                name="dish_opened_has_offer",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="dish_path"),
            models.Index(fields=["proposed_by"], name="dish_proposer", condition=models.Q(proposed_by__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Vote(Scoped):
    """One member's vote; `slot` is which of the member's votes of the menu, None once it was given back."""

    follows_organisation = False

    menu = models.ForeignKey(Menu, models.CASCADE, related_name="+", db_index=False)
    dish = models.ForeignKey(Dish, models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    member_path = PathField()
    slot = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField("投票时间", db_default=Now())

    class Meta:
        db_table = "benefit_vote"
        constraints = [
            models.UniqueConstraint(fields=["dish", "person"], name="vote_once"),
            models.UniqueConstraint(fields=["menu", "person", "slot"], name="vote_slot"),
        ]
        indexes = [
            models.Index(fields=["path"], name="vote_path"),
            models.Index(fields=["person"], name="vote_person"),
        ]


class Base(Scoped):
    """A place where rest cures may be held, as a federation named it (疗休养基地); everybody may read the list."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="登记单位")
    name = models.CharField("基地名称", max_length=120)
    named_by = models.CharField("命名单位", max_length=120)
    named_on = models.DateField("命名日期")
    region_code = models.CharField("所在市", max_length=6)
    kind = models.CharField("类别", max_length=8, choices=c.BaseKind.choices, default="worker")
    mutual = models.BooleanField("长三角互认", default=False)
    contact = models.CharField("联系电话", max_length=40, default="", blank=True)
    """The house's own, never a person's."""
    active = models.BooleanField("在用", default=True)
    retired_why = models.CharField("撤销原因", max_length=200, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_base"
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="base_once")]
        indexes = [models.Index(fields=["path", "active"], name="base_path")]

    def __str__(self) -> str:
        return self.name


class Trip(Scoped):
    """What a rest cure has besides its page; money is in fen. The page's price and subsidy are what each side pays."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="trip")
    base = models.ForeignKey(Base, models.PROTECT, null=True, related_name="trips")
    across = models.BooleanField("跨省", default=False)
    days = models.PositiveSmallIntegerField("天数", default=0)
    day_price = models.PositiveBigIntegerField("每人每天（分）", default=0)
    companions = models.PositiveSmallIntegerField("可带家属人数", default=0)
    procurement = models.CharField("公开采购文号", max_length=80, default="", blank=True)
    insurer = models.CharField("承保公司", max_length=80, default="", blank=True)

    class Meta:
        db_table = "benefit_trip"
        constraints = [models.CheckConstraint(condition=models.Q(companions__lte=2), name="trip_companions")]
        indexes = [models.Index(fields=["path"], name="trip_path")]

    @property
    def whole_price(self) -> int:
        """What one person costs, and what a companion pays, in fen."""
        return self.days * self.day_price


class Departure(Scoped):
    """One group of a rest cure on its way (出团): who leads it, where it meets, its insurance."""

    follows_organisation = False

    session = models.OneToOneField(Session, models.CASCADE, related_name="departure")
    leader = models.CharField("领队", max_length=40, default="", blank=True)  # personal: name
    leader_phone_sealed = models.BinaryField("领队电话", null=True)  # personal: sealed
    leader_phone_mask = models.CharField("领队电话", max_length=16, default="", blank=True)  # personal: masked
    meeting = models.CharField("集合时间和地点", max_length=120, default="", blank=True)
    policy_no = models.CharField("保险单号", max_length=60, default="", blank=True)
    departed_at = models.DateTimeField("出团时间", null=True)
    returned_at = models.DateTimeField("返回时间", null=True)

    class Meta:
        db_table = "benefit_departure"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(departed_at__isnull=True) | ~models.Q(policy_no=""), name="departure_insured"
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at__isnull=True) | models.Q(departed_at__isnull=False),
                name="departure_order",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="departure_path")]


class Traveller(Scoped):
    """Somebody of a group: the member of a claim once insured, or a companion whom the member named and who pays."""

    follows_organisation = False

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(Session, models.PROTECT, related_name="+", db_index=False)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="travellers", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    """The member."""
    companion = models.BooleanField("家属", default=False)
    companion_name = models.CharField("姓名", max_length=60, default="", blank=True)  # personal: name
    relation = models.CharField("关系", max_length=8, choices=c.Relation.choices, default="", blank=True)
    paper = models.CharField("证件类别", max_length=20, choices=IdKind.choices, default="", blank=True)
    id_hash = models.BinaryField("证件号码查找值", null=True)  # personal: lookup
    id_sealed = models.BinaryField("证件号码", null=True)  # personal: sealed
    id_mask = models.CharField("证件号码", max_length=24, default="", blank=True)  # personal: masked
    insured_at = models.DateTimeField("投保时间", null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "benefit_traveller"
        constraints = [
            models.UniqueConstraint(fields=["claim"], condition=models.Q(companion=False), name="traveller_once"),
            models.UniqueConstraint(fields=["claim", "id_hash"], name="companion_once"),
        ]
        indexes = [
            models.Index(fields=["path"], name="traveller_path"),
            models.Index(fields=["session"], name="traveller_session"),
            models.Index(fields=["person"], name="traveller_person"),
        ]
