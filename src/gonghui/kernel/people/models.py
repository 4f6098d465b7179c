"""People: one natural person once, their memberships and offices from a day to a day, and signs of life."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now, Right

from ..org.models import Organisation, OrganisationChange
from ..scope import PathField, Scoped
from . import choices as c


class Person(Scoped):
    """One natural person; found by the keyed hash of the identity number, never by the number itself.

    `path` is that of the current membership (or of the last one), so that whoever serves the person now sees
    them. Sealed columns hold ciphertext; the `_mask` columns are what a screen shows.
    """

    name = models.CharField("姓名", max_length=60)  # personal: name
    name_key = models.CharField("拼音排序", max_length=240, db_collation="C", default="")  # personal: name
    id_kind = models.CharField("证件类别", max_length=20, choices=c.IdKind.choices)
    id_hash = models.BinaryField("证件号码查找值", unique=True)  # personal: lookup
    id_sealed = models.BinaryField("证件号码")  # personal: sealed
    id_mask = models.CharField("证件号码", max_length=24)  # personal: masked
    phone_sealed = models.BinaryField("手机号码", null=True)  # personal: sealed
    phone_hash = models.BinaryField("手机号码查找值", null=True)  # personal: lookup
    phone_mask = models.CharField("手机号码", max_length=16, default="", blank=True)  # personal: masked
    phone_tail = models.GeneratedField(  # personal: masked
        expression=Right("phone_mask", 4),
        output_field=models.CharField(max_length=4, db_collation="C"),
        db_persist=True,
    )
    sex = models.CharField("性别", max_length=1, choices=c.Sex.choices, default="0")  # personal: trait
    birth = models.DateField("出生日期", null=True, blank=True)  # personal: birth
    ethnicity = models.CharField(
        "民族", max_length=2, choices=c.Ethnicity.choices, default="", blank=True
    )  # personal: trait
    education = models.CharField(
        "学历", max_length=2, choices=c.Education.choices, default="", blank=True
    )  # personal: trait
    politics = models.CharField(
        "政治面貌", max_length=2, choices=c.Politics.choices, default="", blank=True
    )  # personal: trait
    skill_level = models.CharField("技能等级", max_length=4, choices=c.SkillLevel.choices, default="", blank=True)
    died_on = models.DateField("去世日期", null=True, blank=True)  # personal: trait
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name="已并入", db_index=False
    )
    last_sign_on = models.DateField("最近活动", null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "person"
        indexes = [
            models.Index(fields=["path"], name="person_path"),
            # The path stands in the index, so that people out of range cost no visit to their rows.
            models.Index(fields=["name_key", "path"], name="person_name_path"),
            models.Index(fields=["id", "path"], name="person_id_path"),
            models.Index(fields=["phone_hash"], name="person_phone", condition=models.Q(phone_hash__isnull=False)),
            models.Index(fields=["phone_tail", "path"], name="person_phone_tail"),
            models.Index(fields=["merged_into"], name="person_merged", condition=models.Q(merged_into__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name


class PersonGram(models.Model):
    """Pieces of a name, its pinyin and initials, found by equality or prefix range.

    Readable only where the person is: its policy asks the person's row, so that moving a county does not
    rewrite millions of pieces.
    """

    gram = models.TextField(db_collation="C")  # personal: name
    person = models.ForeignKey(Person, models.CASCADE, db_index=False)

    class Meta:
        db_table = "person_gram"
        constraints = [models.UniqueConstraint(fields=["gram", "person"], name="person_gram_once")]
        indexes = [models.Index(fields=["person"], name="person_gram_of")]


class Membership(Scoped):
    """A person's belonging to one organisation, from a day to a day, with a reason at each end.

    A person has at most one open membership. Retention is a membership of its own (status `retained`), so the
    past stays as it was. `person_name` is what the union called its former member once the person has moved.
    """

    # Indexes of their own would only repeat the first columns of those below, at the cost of every import and move.
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships", db_index=False)
    status = models.CharField("会籍状态", max_length=10, choices=c.MembershipStatus.choices, default="active")
    joined_on = models.DateField("入会日期")
    valid_from = models.DateField("会籍起始")
    valid_to = models.DateField("会籍终止", null=True)
    start_reason = models.CharField("起始原因", max_length=16, choices=c.MembershipStart.choices)
    end_reason = models.CharField("终止原因", max_length=16, choices=c.MembershipEnd.choices, default="", blank=True)
    retention_reason = models.CharField(
        "保留原因", max_length=16, choices=c.RetentionReason.choices, default="", blank=True
    )
    start_change = models.ForeignKey(OrganisationChange, models.PROTECT, null=True, related_name="+", db_index=False)
    end_change = models.ForeignKey(OrganisationChange, models.PROTECT, null=True, related_name="+", db_index=False)
    person_name = models.CharField("姓名", max_length=60, default="", blank=True)  # personal: name
    card_no = models.CharField("会员号", max_length=20, default="", blank=True)  # personal: number
    worker_kind = models.CharField("用工类别", max_length=16, choices=c.WorkerKind.choices, default="regular")
    occupation = models.CharField("职业工种", max_length=60, default="", blank=True)
    new_form = models.CharField(
        "新就业形态职业", max_length=20, choices=c.NewFormOccupation.choices, default="", blank=True
    )
    platforms = ArrayField(models.CharField(max_length=40), verbose_name="平台", default=list, blank=True)
    employer_name = models.CharField("用人单位", max_length=120, default="", blank=True)
    department = models.CharField("部门班组", max_length=80, default="", blank=True)
    staff_no = models.CharField("工号", max_length=40, default="", blank=True)  # personal: number
    last_sign_on = models.DateField("最近活动", null=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(valid_to__isnull=True), name="membership_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="membership_order",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True, end_reason="", status__in=["active", "retained"])
                | models.Q(valid_to__isnull=False, status="ended") & ~models.Q(end_reason=""),
                name="membership_end_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "status"], name="membership_path"),
            models.Index(fields=["organisation", "status"], name="membership_org"),
            models.Index(fields=["person", "-valid_from"], name="membership_person"),
            models.Index(fields=["card_no"], name="membership_card", condition=~models.Q(card_no="")),
            models.Index(
                fields=["start_change"], name="membership_start", condition=models.Q(start_change__isnull=False)
            ),
            models.Index(fields=["end_change"], name="membership_end", condition=models.Q(end_change__isnull=False)),
        ]


class Appointment(Scoped):
    """A person's office in an organisation for a term."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="appointments")
    office = models.CharField("职务", max_length=24, choices=c.Office.choices)
    title = models.CharField("职务名称", max_length=80, default="", blank=True)
    full_time = models.BooleanField("专职", default=False)
    party_office = models.CharField("党内职务（交叉任职）", max_length=80, default="", blank=True)
    valid_from = models.DateField("任职日期")
    valid_to = models.DateField("离任日期", null=True, blank=True)
    start_reason = models.CharField("任职依据", max_length=120, default="", blank=True)
    end_reason = models.CharField("离任原因", max_length=120, default="", blank=True)
    change = models.ForeignKey(OrganisationChange, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "appointment"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(office="chair", valid_to__isnull=True),
                name="appointment_one_chair",
            ),
            models.UniqueConstraint(
                fields=["person", "organisation", "office"],
                condition=models.Q(valid_to__isnull=True),
                name="appointment_once",
            ),
        ]
        indexes = [
            models.Index(fields=["path"], name="appointment_path"),
            models.Index(fields=["organisation", "valid_to"], name="appointment_org"),
        ]


class SignOfLife(Scoped):
    """One trace that a union or a member lives: dues paid, an activity, a benefit used, a contact, a confirmation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="signs", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="signs", db_index=False)
    kind = models.CharField("痕迹", max_length=12, choices=c.SignKind.choices)
    on = models.DateField("日期")
    reached = models.BooleanField("联系上", default=True)
    note = models.CharField("说明", max_length=200, default="", blank=True)
    actor_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "sign_of_life"
        indexes = [
            models.Index(fields=["organisation", "-on"], name="sign_org"),
            models.Index(fields=["person", "-on"], name="sign_person", condition=models.Q(person__isnull=False)),
            models.Index(fields=["path"], name="sign_path"),
        ]


class PersonMerge(Scoped):
    """Two records found to be one natural person: what was joined, so that it can be taken apart again."""

    follows_organisation = False

    kept = models.ForeignKey(Person, models.PROTECT, related_name="merges")
    dropped = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField("认定依据", max_length=300)
    moved = models.JSONField("并入的记录", default=dict)
    actor_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_merge"


class TransferRequest(Scoped):
    """A membership on its way (会随人走): asked by one side, accepted by the other; `path` is the receiver's.

    `side` says who asked: the union that is left or the member (then the receiver answers), or the receiver.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="transfers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="transfers")
    from_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    to_organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    from_path = PathField()
    person_name = models.CharField("姓名", max_length=60)  # personal: name
    reason = models.CharField("转会原因", max_length=200)
    side = models.CharField("发起方", max_length=8, choices=c.TransferSide.choices, default="sender")
    state = models.CharField("状态", max_length=10, choices=c.TransferState.choices, default="asked")
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField(db_default=Now())
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField("答复", max_length=200, default="", blank=True)

    class Meta:
        db_table = "transfer_request"
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=models.Q(state="asked"), name="transfer_one_open")
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="transfer_to"),
            models.Index(fields=["from_path", "state"], name="transfer_from"),
        ]
