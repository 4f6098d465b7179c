"""The organisation tree: bodies of the union, where they stand and stood, whom they serve and are paired with."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from ..files.models import StoredFile
from ..scope import PathField, Scoped, ScopedQuerySet
from . import choices as c


class Organisation(Scoped):
    """Any body of the union tree, as it is today; `Placement` and `OrganisationName` hold what it was."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name="上级组织")
    name = models.CharField("名称", max_length=120)
    short_name = models.CharField("简称", max_length=60, default="", blank=True)
    name_key = models.CharField("拼音排序", max_length=240, default="", db_collation="C")
    kind = models.CharField("类别", max_length=20, choices=c.OrganisationKind.choices)
    level = models.CharField("层级", max_length=12, choices=c.Level.choices)
    state = models.CharField("状态", max_length=12, choices=c.OrganisationState.choices, default="active")
    code = models.CharField("组织编码", max_length=40, default="", blank=True)
    uscc = models.CharField("统一社会信用代码", max_length=18, default="", blank=True)
    union_kind = models.CharField("工会类型", max_length=4, choices=c.UnionKind.choices, default="", blank=True)
    unit_kind = models.CharField("单位性质", max_length=4, choices=c.UnitKind.choices, default="", blank=True)
    industry = models.CharField("所属行业", max_length=4, default="", blank=True)
    region_code = models.CharField("行政区划代码", max_length=12, default="", blank=True)
    address = models.CharField("地址", max_length=200, default="", blank=True)
    office_phone = models.CharField("办公电话", max_length=30, default="", blank=True)
    headcount = models.PositiveIntegerField("职工人数", null=True, blank=True)
    founded_on = models.DateField("成立日期", null=True, blank=True)
    ended_on = models.DateField("终止日期", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed", verbose_name="并入组织")
    term_from = models.DateField("本届起", null=True, blank=True)
    term_to = models.DateField("本届止", null=True, blank=True)
    committee_size = models.PositiveSmallIntegerField("委员人数", null=True, blank=True)
    listed = models.BooleanField("在门户公开", default=True)
    intro = models.TextField("简介", default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "organisation"
        constraints = [
            models.UniqueConstraint(fields=["path"], name="organisation_path_once"),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~models.Q(uscc="") & models.Q(ended_on__isnull=True),
                name="organisation_uscc_once",
            ),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=models.Q(ended_on__isnull=True), name="organisation_name_once"
            ),
            models.CheckConstraint(
                condition=models.Q(term_to__isnull=True)
                | models.Q(term_from__isnull=True)
                | models.Q(term_to__gt=models.F("term_from")),
                name="organisation_term_order",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "kind", "state"], name="organisation_path_kind"),
            models.Index(fields=["code"], name="organisation_code", condition=~models.Q(code="")),
            models.Index(fields=["region_code"], name="organisation_region"),
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationGram(models.Model):
    """Pieces of a name, its pinyin and initials, found by equality or prefix range."""

    gram = models.TextField(db_collation="C")
    organisation = models.ForeignKey(Organisation, models.CASCADE, db_index=False)

    class Meta:
        db_table = "organisation_gram"
        constraints = [models.UniqueConstraint(fields=["gram", "organisation"], name="organisation_gram_once")]
        indexes = [models.Index(fields=["organisation"], name="organisation_gram_of")]


class OrganisationChange(Scoped):
    """A recorded act on an organisation: founding, move, merger, split, dissolution, renaming, and its undoing."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="changes")
    other = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="相关组织")
    kind = models.CharField("变动", max_length=20, choices=c.ChangeKind.choices)
    on = models.DateField("生效日期")
    reason = models.CharField("原因", max_length=300)
    document_no = models.CharField("文号", max_length=80, default="", blank=True)
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    actor_id = models.BigIntegerField("经办人", null=True)
    made_at = models.DateTimeField("登记时间", db_default=Now())
    before = models.JSONField("变动前", default=dict)
    effect = models.JSONField("影响", default=dict)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.BigIntegerField("撤销人", null=True)
    undo_reason = models.CharField("撤销原因", max_length=300, default="", blank=True)

    class Meta:
        db_table = "organisation_change"
        indexes = [
            models.Index(fields=["organisation", "-made_at"], name="org_change_of"),
            models.Index(fields=["path", "-made_at"], name="org_change_path"),
        ]


class Placement(Scoped):
    """Under which parent an organisation stood, from a day (inclusive) to a day (exclusive)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="placements")
    parent = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    change = models.ForeignKey(OrganisationChange, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "organisation_placement"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(valid_to__isnull=True), name="placement_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="placement_order",
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "valid_from"], name="placement_parent"),
            models.Index(fields=["path"], name="placement_path"),
            # Every number of a past day asks what has moved since: the few that are over, not the many that hold.
            models.Index(fields=["valid_to"], condition=models.Q(valid_to__isnull=False), name="placement_over"),
        ]


class OrganisationName(Scoped):
    """What an organisation was called, from a day to a day."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "organisation_name"
        indexes = [models.Index(fields=["organisation", "valid_from"], name="organisation_name_of")]


class Employer(Scoped):
    """The legal entity whose workers a union serves; one joint union serves several."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="employers", verbose_name="所属工会")
    name = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, default="", blank=True)
    unit_kind = models.CharField("单位性质", max_length=4, choices=c.UnitKind.choices, default="", blank=True)
    industry = models.CharField("所属行业", max_length=4, default="", blank=True)
    region_code = models.CharField("行政区划代码", max_length=12, default="", blank=True)
    address = models.CharField("地址", max_length=200, default="", blank=True)
    headcount = models.PositiveIntegerField("职工人数", null=True, blank=True)
    deregistered_on = models.DateField("注销日期", null=True, blank=True)
    deregistered_source = models.CharField("注销信息来源", max_length=80, default="", blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "employer"
        constraints = [
            models.UniqueConstraint(fields=["uscc"], condition=~models.Q(uscc=""), name="employer_uscc_once")
        ]
        indexes = [models.Index(fields=["path"], name="employer_path")]


class Group(Scoped):
    """A named set of organisations across the tree: an industry, a park, new-form employment, a pilot tier."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="owned_groups", verbose_name="管理组织")
    kind = models.CharField("类别", max_length=12, choices=c.GroupKind.choices)
    name = models.CharField("名称", max_length=80)
    note = models.CharField("说明", max_length=200, default="", blank=True)
    authority = models.CharField("行业主管部门", max_length=80, default="", blank=True)

    class Meta:
        db_table = "organisation_group"
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "name"], name="group_once")]


class GroupMember(Scoped):
    """An organisation's place in a group, from a day to a day."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="groupings")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "organisation_group_member"
        constraints = [
            models.UniqueConstraint(
                fields=["group", "organisation"], condition=models.Q(valid_to__isnull=True), name="group_member_once"
            )
        ]
        indexes = [models.Index(fields=["path"], name="group_member_path")]


class Twin(Scoped):
    """The party organisation that a union body is paired with: a link, not a place in the tree (党建带工建)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="twins")
    kind = models.CharField("对应方式", max_length=16, choices=c.TwinKind.choices)
    party_name = models.CharField("党组织名称", max_length=120)
    party_superior = models.CharField("上级党组织", max_length=120, default="", blank=True)
    measures = models.TextField("共建举措", default="", blank=True)
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True)

    class Meta:
        db_table = "organisation_twin"
        indexes = [
            models.Index(fields=["organisation"], name="twin_of"),
            models.Index(fields=["path"], name="twin_path"),
        ]


class Tally(models.Model):
    """Own counts of one organisation, kept by triggers; any node's number is their sum over its path range."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True)
    path = PathField()
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    active = models.IntegerField("在册会员", default=0)
    retained = models.IntegerField("保留会籍", default=0)
    ended = models.IntegerField("已终止", default=0)
    women = models.IntegerField("女会员", default=0)
    new_form = models.IntegerField("新就业形态", default=0)
    migrant = models.IntegerField("农民工", default=0)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        db_table = "organisation_tally"
        indexes = [models.Index(fields=["path"], name="tally_path")]


class PublicOrganisation(models.Model):
    """A view of what anybody may know of a union body: its name, place in the tree and address.

    Breadcrumbs, public pages and a member's own union read here, because those stand outside a post's range.
    """

    id = models.BigIntegerField(primary_key=True)
    parent_id = models.BigIntegerField(null=True)
    path = PathField()
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    level = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    region_code = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    office_phone = models.CharField(max_length=30)
    founded_on = models.DateField(null=True)
    intro = models.TextField()
    listed = models.BooleanField()
    active = models.IntegerField()

    class Meta:
        managed = False
        db_table = "organisation_public"

    def __str__(self) -> str:
        return self.name
