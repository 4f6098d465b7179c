"""Places with their history, photos and suspensions; what is broken in them, who said so, rounds; guide stations."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.access.models import Post
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.scope import Scoped

from . import choices as c


class Place(Scoped):
    """One place of an organisation. The days on it say what it was when: figures count as of any past day."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="管理单位")
    kind = models.CharField("类别", max_length=20)
    name = models.CharField("名称", max_length=80)
    host = models.CharField("所在", max_length=12, choices=c.Host.choices)
    host_name = models.CharField("所在单位", max_length=80, default="", blank=True)
    township = models.CharField("乡镇街道", max_length=40, default="", blank=True)
    address = models.CharField("地址", max_length=160)
    lon = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True)
    lat = models.DecimalField("纬度", max_digits=9, decimal_places=6, null=True)
    area = models.PositiveIntegerField("面积（平方米）", null=True)
    offered = models.JSONField("服务", default=list)
    workday = models.CharField("工作日", max_length=80, default="休息")
    weekend = models.CharField("周末", max_length=80, default="休息")
    holiday = models.CharField("法定节假日", max_length=80, default="", blank=True)
    post = models.ForeignKey(Post, models.SET_NULL, null=True, related_name="+", verbose_name="责任岗位")
    office_phone = models.CharField("联系电话", max_length=30, default="", blank=True)
    """The office's own, never a person's."""
    intro = models.CharField("介绍", max_length=500, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.PlaceState.choices, default="planned")
    registered_on = models.DateField("登记日期")
    begun_on = models.DateField("开工日期", null=True)
    topped_on = models.DateField("主体完工日期", null=True)
    due_on = models.DateField("预计建成", null=True)
    opened_on = models.DateField("开放日期", null=True)
    closed_on = models.DateField("关闭日期", null=True)
    star = models.PositiveSmallIntegerField("星级", null=True)
    star_on = models.DateField("评定日期", null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"], condition=models.Q(closed_on__isnull=True), name="place_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True, lat__isnull=True)
                | models.Q(lon__range=(73, 136), lat__range=(3, 54)),
                name="place_coordinates",
            ),
            models.CheckConstraint(
                condition=models.Q(star__isnull=True, star_on__isnull=True)
                | models.Q(star__range=(1, 5), star_on__isnull=False),
                name="place_star",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("planned", "building"), opened_on__isnull=True)
                | models.Q(state="open", opened_on__isnull=False, closed_on__isnull=True)
                | models.Q(state="closed", closed_on__isnull=False),
                name="place_days",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "kind", "state"], name="place_path"),
            models.Index(fields=["state", "kind"], name="place_open"),
        ]

    def __str__(self) -> str:
        return self.name


class PlaceChange(Scoped):
    """What happened to a place: the day, what was changed and why; never rewritten."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="changes")
    kind = models.CharField("事项", max_length=12, choices=c.ChangeKind.choices)
    on = models.DateField("日期")
    text = models.CharField("内容", max_length=600, default="", blank=True)
    by = models.BigIntegerField(null=True)
    by_post = models.CharField("经办岗位", max_length=80, default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place_change"
        indexes = [models.Index(fields=["place", "-on", "-id"], name="place_change_of")]


class Closure(Scoped):
    """Days on which a place that was opened again had been closed: figures of those days do not count it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="closures")
    closed_on = models.DateField("关闭日期")
    reopened_on = models.DateField("重新开放日期")

    class Meta:
        db_table = "place_closure"
        indexes = [models.Index(fields=["place", "closed_on"], name="place_closure_of")]


class Suspension(Scoped):
    """Days on which an open place is not: announced beforehand, lifted when it ends earlier."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="suspensions")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期", null=True)
    """The last day; unknown when nobody can say yet."""
    reason = models.CharField("原因", max_length=200)
    lifted_on = models.DateField("恢复开放", null=True)
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place_suspension"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="place_suspension_order",
            )
        ]
        indexes = [models.Index(fields=["place", "starts_on"], name="place_suspension_of")]


class PlacePhoto(Scoped):
    """A picture of a place with words for those who do not see it."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", db_index=False)
    alt = models.CharField("照片说明", max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place_photo"
        indexes = [models.Index(fields=["place"], name="place_photo_of")]


class Round(Scoped):
    """Somebody went there and looked (巡查): what was in order and what was not."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="rounds")
    on = models.DateField("巡查日期")
    results = models.JSONField("结果")
    """Check → true when it was in order."""
    note = models.CharField("说明", max_length=300, default="", blank=True)
    by = models.BigIntegerField(null=True)
    by_post = models.CharField("巡查岗位", max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place_round"
        indexes = [models.Index(fields=["path", "-on"], name="place_round_path")]


class Ticket(Scoped):
    """Something is wrong with a place. Everything here may be read by anybody: it names nobody who reported it."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="tickets")
    number = models.CharField("编号", max_length=20, unique=True)
    fault = models.CharField("问题", max_length=20)
    source = models.CharField("来源", max_length=8, choices=c.TicketSource.choices, default="public")
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="tickets")
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="again")
    """The ticket whose answer did not solve it."""
    state = models.CharField("状态", max_length=8, choices=c.TicketState.choices, default="open")
    outcome = models.CharField("结果", max_length=8, choices=c.Outcome.choices, default="", blank=True)
    opened_at = models.DateTimeField("收到时间")
    due_at = models.DateTimeField("办结期限")
    holder = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="承办单位")
    holder_name = models.CharField("承办单位名称", max_length=120, default="")
    """Kept on the row: a body above stands outside the range of those who keep the place."""
    tier = models.PositiveSmallIntegerField("上转次数", default=0)
    taken_at = models.DateTimeField("接手时间", null=True)
    taken_post = models.CharField("办理岗位", max_length=80, default="", blank=True)
    closed_at = models.DateTimeField("答复时间", null=True)
    late = models.BooleanField("超时", default=False)
    until = models.DateField("最晚修好", null=True)
    """Of what cannot be mended now: the day on which it is asked again."""
    answer = models.CharField("答复", max_length=300, default="", blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    reports = models.PositiveIntegerField("反映次数", default=0)
    thanks = models.PositiveIntegerField("感谢", default=0)

    class Meta:
        db_table = "place_ticket"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "fault"],
                condition=~models.Q(state="closed") & ~models.Q(fault="other"),
                name="place_ticket_joined",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed")
                | (~models.Q(outcome="") & ~models.Q(answer="") & models.Q(closed_at__isnull=False)),
                name="place_ticket_answered",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="later") | models.Q(until__isnull=False), name="place_ticket_until"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state", "due_at"], name="place_ticket_path"),
            models.Index(fields=["place", "-opened_at"], name="place_ticket_of"),
            models.Index(fields=["due_at"], condition=~models.Q(state="closed"), name="place_ticket_due"),
        ]

    def __str__(self) -> str:
        return self.number


class Report(Scoped):
    """One person's word that something is wrong. Who it was is not known; their code is kept as a digest."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="words")
    code_digest = models.BinaryField(max_length=16, unique=True)
    text = models.CharField("说明", max_length=200, default="", blank=True)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    contact_sealed = models.BinaryField("联系方式", null=True)  # personal: sealed
    contact_mask = models.CharField("联系方式", max_length=24, default="", blank=True)  # personal: masked
    sender_mark = models.BinaryField(max_length=16, null=True)
    """A keyed hash of the network and the day, only to count by; gone the day after."""
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField("看到答复", null=True)
    thanked_at = models.DateTimeField("感谢", null=True)
    unsolved_at = models.DateTimeField("反映没有解决", null=True)

    class Meta:
        db_table = "place_report"
        indexes = [
            models.Index(fields=["ticket", "at"], name="place_report_of"),
            models.Index(fields=["path"], name="place_report_path"),
            models.Index(
                fields=["sender_mark"], condition=models.Q(sender_mark__isnull=False), name="place_report_mark"
            ),
        ]


class TicketLine(Scoped):
    """A ticket's history."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="lines")
    act = models.CharField("事项", max_length=10, choices=c.TicketAct.choices)
    note = models.CharField("说明", max_length=300, default="", blank=True)
    by = models.BigIntegerField(null=True)
    by_post = models.CharField("岗位", max_length=80, default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "place_ticket_line"
        indexes = [models.Index(fields=["ticket", "at"], name="place_ticket_line_of")]


class Policy(Scoped):
    """A policy that a guide station publishes on its page."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="policies")
    title = models.CharField("标题", max_length=100)
    document_no = models.CharField("文号", max_length=60, default="", blank=True)
    summary = models.CharField("要点", max_length=800)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", db_index=False)
    published_on = models.DateField("发布日期")
    withdrawn_on = models.DateField("撤下日期", null=True)
    by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "place_policy"
        indexes = [models.Index(fields=["place", "-published_on"], name="place_policy_of")]

    def __str__(self) -> str:
        return self.title


class Consultation(Scoped):
    """A question to a guide station and its answer; who asked follows it by the code in their hands."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="consultations")
    number = models.CharField("编号", max_length=20, unique=True)
    code_digest = models.BinaryField(max_length=16, unique=True)
    way = models.CharField("方式", max_length=8, choices=c.AskWay.choices)
    issue = models.BooleanField("征集的问题", default=False)
    question = models.CharField("问题", max_length=500)
    contact_sealed = models.BinaryField("联系方式", null=True)  # personal: sealed
    contact_mask = models.CharField("联系方式", max_length=24, default="", blank=True)  # personal: masked
    sender_mark = models.BinaryField(max_length=16, null=True)
    asked_at = models.DateTimeField("提出时间")
    due_on = models.DateField("答复期限")
    answer = models.CharField("答复", max_length=800, default="", blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_post = models.CharField("答复岗位", max_length=80, default="", blank=True)
    seen_at = models.DateTimeField("看到答复", null=True)

    class Meta:
        db_table = "place_consultation"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True) | ~models.Q(answer=""), name="place_consultation_answered"
            )
        ]
        indexes = [models.Index(fields=["path", "due_on"], name="place_consultation_path")]

    def __str__(self) -> str:
        return self.number
