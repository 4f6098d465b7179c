"""The workers' congress: terms, delegates, sessions, ballots, proposals; collective bargaining and its contracts.

A row belongs to the union whose congress or contract it is. Members read what their union's congress does by the
policies of 0002. Nothing kept of a ballot says who chose what: `Issued` knows who got a ballot, `Vote` what was
chosen, and no column, number or moment is common to both.
"""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.scope import Scoped

from . import choices as c


class Congress(Scoped):
    """One term of an organisation's workers' congress."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("类别", max_length=12, choices=c.CongressKind.choices)
    number = models.PositiveSmallIntegerField("届次")
    workers = models.PositiveIntegerField("职工人数")
    women = models.PositiveIntegerField("女职工人数")
    starts_on = models.DateField("本届起")
    ends_on = models.DateField("本届止")
    late_until = models.DateField("延期换届至", null=True)
    late_reason = models.CharField("延期原因", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.CongressState.choices, default="preparing")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "democracy_congress"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="democracy_congress_once"),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="sitting"), name="democracy_congress_sitting"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=models.Q(state="preparing"), name="democracy_congress_coming"
            ),
            models.CheckConstraint(condition=models.Q(ends_on__gt=models.F("starts_on")), name="democracy_term_order"),
            models.CheckConstraint(condition=models.Q(women__lte=models.F("workers")), name="democracy_women"),
        ]
        indexes = [models.Index(fields=["path", "state"], name="democracy_congress_path")]

    @property
    def title(self) -> str:
        return f"第{self.number}届职工代表大会"

    @property
    def last_day(self) -> date:
        return self.late_until or self.ends_on

    def __str__(self) -> str:
        return self.title


class ElectoralUnit(Scoped):
    """A workshop or department that elects its share of the delegates."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="units")
    title = models.CharField("选举单位", max_length=80)
    workers = models.PositiveIntegerField("职工人数")
    seats = models.PositiveSmallIntegerField("代表名额")

    class Meta:
        db_table = "democracy_unit"
        constraints = [models.UniqueConstraint(fields=["congress", "title"], name="democracy_unit_once")]
        indexes = [models.Index(fields=["path"], name="democracy_unit_path")]


class Election(Scoped):
    """One election of a unit, with its count and proof; by-elections are elections of their own."""

    unit = models.ForeignKey(ElectoralUnit, models.CASCADE, related_name="elections")
    on = models.DateField("选举日期")
    cast = models.PositiveIntegerField("参加选举人数")
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="选举结果")

    class Meta:
        db_table = "democracy_election"
        indexes = [models.Index(fields=["path"], name="democracy_election_path")]


class Delegate(Scoped):
    """A worker whom a unit has elected for the term."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="delegates")
    unit = models.ForeignKey(ElectoralUnit, models.PROTECT, related_name="delegates")
    election = models.ForeignKey(Election, models.PROTECT, related_name="delegates", verbose_name="选举")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_name = models.CharField("姓名", max_length=60)  # personal: name
    woman = models.BooleanField("女代表")  # personal: trait
    kind = models.CharField("身份", max_length=12, choices=c.DelegateKind.choices)
    votes = models.PositiveIntegerField("得票")
    elected_on = models.DateField("当选日期")
    ended_on = models.DateField("资格终止", null=True)
    end_reason = models.CharField("终止原因", max_length=200, default="", blank=True)

    class Meta:
        db_table = "democracy_delegate"
        constraints = [
            models.UniqueConstraint(
                fields=["congress", "person"], condition=models.Q(ended_on__isnull=True), name="democracy_delegate_once"
            )
        ]
        indexes = [
            models.Index(fields=["path"], name="democracy_delegate_path"),
            models.Index(fields=["person"], name="democracy_delegate_person"),
        ]


class Session(Scoped):
    """One meeting of a congress. How many delegates there are is written down when it opens."""

    congress = models.ForeignKey(Congress, models.CASCADE, related_name="sessions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="工会")
    number = models.PositiveSmallIntegerField("第几次会议")
    kind = models.CharField("类别", max_length=10, choices=c.SessionKind.choices, default="ordinary")
    on = models.DateField("会议日期")
    clock = models.CharField("时间", max_length=5, default="09:00")
    place = models.CharField("地点", max_length=80)
    caller = models.CharField("提议召开", max_length=10, choices=c.Caller.choices, default="", blank=True)
    proposers = models.PositiveSmallIntegerField("提议代表人数", default=0)
    reason = models.CharField("召开临时会议的原因", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.SessionState.choices, default="planned")
    code = models.CharField("签到码", max_length=6, default="", blank=True)
    delegates = models.PositiveSmallIntegerField("应到代表", null=True)
    notified_on = models.DateField("通知日期", null=True)
    opened_at = models.DateTimeField("开会时间", null=True)
    closed_at = models.DateTimeField("闭会时间", null=True)
    minutes = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="会议记录")
    summary = models.CharField("会议决定", max_length=1000, default="", blank=True)

    class Meta:
        db_table = "democracy_session"
        constraints = [models.UniqueConstraint(fields=["congress", "number"], name="democracy_session_once")]
        indexes = [models.Index(fields=["path", "-on"], name="democracy_session_path")]

    @property
    def title(self) -> str:
        return f"第{self.congress.number}届第{self.number}次会议"


class Item(Scoped):
    """A point of a session's agenda."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="items")
    number = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=12, choices=c.ItemKind.choices)
    title = models.CharField("议题", max_length=120)
    text = models.CharField("说明", max_length=2000, default="", blank=True)
    state = models.CharField("状态", max_length=12, choices=c.ItemState.choices, default="waiting")
    decided_on = models.DateField("办理日期", null=True)
    decision = models.CharField("结果", max_length=3000, default="", blank=True)

    class Meta:
        db_table = "democracy_item"
        constraints = [models.UniqueConstraint(fields=["session", "number"], name="democracy_item_once")]
        indexes = [models.Index(fields=["path"], name="democracy_item_path")]


class Paper(Scoped):
    """A document of an item, delivered to every delegate on one day."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="papers")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField("文件", max_length=120)
    delivered_on = models.DateField("送达日期", null=True)

    class Meta:
        db_table = "democracy_paper"
        indexes = [models.Index(fields=["path"], name="democracy_paper_path")]


class Receipt(Scoped):
    """That a paper was laid before a delegate, and when the delegate first opened it."""

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="receipts")
    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="+")
    delivered_on = models.DateField("送达日期")
    opened_on = models.DateField("打开日期", null=True)
    by_hand = models.BooleanField("纸质送达", default=False)

    class Meta:
        db_table = "democracy_receipt"
        constraints = [models.UniqueConstraint(fields=["paper", "delegate"], name="democracy_receipt_once")]
        indexes = [models.Index(fields=["path"], name="democracy_receipt_path")]


class Attendance(Scoped):
    """A delegate who came."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances")
    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="+")
    way = models.CharField("签到方式", max_length=6, choices=c.CheckInWay.choices)
    at = models.DateTimeField("签到时间", db_default=Now())

    class Meta:
        db_table = "democracy_attendance"
        constraints = [models.UniqueConstraint(fields=["session", "delegate"], name="democracy_attendance_once")]
        indexes = [models.Index(fields=["path"], name="democracy_attendance_path")]


class Ballot(Scoped):
    """A secret vote. Its key signs blinded tokens while it is open and is destroyed when it is counted."""

    token = models.UUIDField("公开编号", default=uuid4, unique=True)
    item = models.ForeignKey(Item, models.PROTECT, related_name="ballots")
    kind = models.CharField("方式", max_length=8)
    question = models.CharField("表决事项", max_length=200)
    options = models.JSONField("选项")
    seats = models.PositiveSmallIntegerField("应选名额", default=1)
    state = models.CharField("状态", max_length=8, choices=c.BallotState.choices, default="open")
    electorate = models.PositiveSmallIntegerField("全体代表")
    present = models.PositiveSmallIntegerField("出席代表")
    quorum = models.CharField("出席要求", max_length=8)
    majority = models.CharField("通过要求", max_length=8)
    modulus = models.TextField("公钥", db_collation="C")
    key_sealed = models.BinaryField("私钥", null=True)  # personal: sealed
    opened_on = models.DateField("投票日期")
    counted_on = models.DateField("计票日期", null=True)
    issued_count = models.PositiveSmallIntegerField("发出选票", null=True)
    paper_ballots = models.PositiveSmallIntegerField("纸质票", default=0)
    paper = models.JSONField("纸质票计票", default=dict)
    scrutineers = models.CharField("监票人", max_length=200, default="", blank=True)
    counts = models.JSONField("计票", default=dict)
    result = models.JSONField("结果", default=dict)
    words = models.CharField("结果", max_length=1500, default="", blank=True)

    class Meta:
        db_table = "democracy_ballot"
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state="open"), name="democracy_ballot_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open") | models.Q(key_sealed__isnull=True), name="democracy_ballot_key_gone"
            ),
        ]
        indexes = [models.Index(fields=["path"], name="democracy_ballot_path")]


class Issued(Scoped):
    """That a delegate got a ballot of one way or the other, once. No moment is kept, and nothing of the vote."""

    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="issues")
    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="+")
    way = models.CharField("方式", max_length=10, choices=c.VoteWay.choices)
    asked = models.CharField("盲化值摘要", max_length=64, default="", blank=True)

    class Meta:
        db_table = "democracy_issued"
        constraints = [models.UniqueConstraint(fields=["ballot", "delegate"], name="democracy_issued_once")]
        indexes = [models.Index(fields=["path"], name="democracy_issued_path")]


class Vote(Scoped):
    """A vote out of the box, written with all others in one transaction and in the order of its random token."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    ballot = models.ForeignKey(Ballot, models.CASCADE, related_name="votes")
    token = models.CharField("凭证", max_length=64, db_collation="C")
    signature = models.TextField("签名", db_collation="C")
    choice = ArrayField(models.CharField(max_length=12), verbose_name="选择")

    class Meta:
        db_table = "democracy_vote"
        constraints = [models.UniqueConstraint(fields=["ballot", "token"], name="democracy_vote_once")]
        indexes = [models.Index(fields=["path"], name="democracy_vote_path")]


class Motion(Scoped):
    """A delegate's proposal to the congress, or question on what the firm has to disclose."""

    congress = models.ForeignKey(Congress, models.PROTECT, related_name="motions")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("类别", max_length=10, choices=c.MotionKind.choices)
    topic = models.CharField("内容分类", max_length=12, choices=c.MotionTopic.choices)
    number = models.PositiveIntegerField("编号")
    title = models.CharField("案由", max_length=80)
    reason = models.CharField("情况和理由", max_length=1000)
    advice = models.CharField("建议", max_length=1000, default="", blank=True)
    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="+")
    person_name = models.CharField("提出人", max_length=60)  # personal: name
    state = models.CharField("状态", max_length=10, choices=c.MotionState.choices)
    written_on = models.DateField("提出日期")
    department = models.CharField("承办部门", max_length=80, default="", blank=True)
    due_on = models.DateField("办理期限", null=True)
    answered_on = models.DateField("答复日期", null=True)
    answers = models.PositiveSmallIntegerField("答复次数", default=0)
    content = models.BooleanField("提出人满意", null=True)
    closed_on = models.DateField("办结日期", null=True)

    class Meta:
        db_table = "democracy_motion"
        constraints = [
            models.UniqueConstraint(fields=["congress", "number"], name="democracy_motion_once"),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(answers__gt=0), name="democracy_closed_with_answer"
            ),
        ]
        indexes = [models.Index(fields=["path", "state"], name="democracy_motion_path")]


class Second(Scoped):
    """A delegate who supports a proposal."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="seconds")
    delegate = models.ForeignKey(Delegate, models.PROTECT, related_name="+")
    person_name = models.CharField("附议人", max_length=60)  # personal: name

    class Meta:
        db_table = "democracy_second"
        constraints = [models.UniqueConstraint(fields=["motion", "delegate"], name="democracy_second_once")]
        indexes = [models.Index(fields=["path"], name="democracy_second_path")]


class MotionStep(Scoped):
    """What was done about a proposal, in order."""

    motion = models.ForeignKey(Motion, models.CASCADE, related_name="steps")
    act = models.CharField("办理", max_length=10, choices=c.MotionAct.choices)
    text = models.CharField("内容", max_length=2000, default="", blank=True)
    by = models.CharField("经办", max_length=80, default="", blank=True)
    on = models.DateField("日期")
    due_on = models.DateField("期限", null=True)

    class Meta:
        db_table = "democracy_motion_step"
        indexes = [models.Index(fields=["path"], name="democracy_step_path")]


class Contract(Scoped):
    """A collective contract in the register: signed, filed, in force, published, over."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("类别", max_length=10, choices=c.ContractKind.choices)
    scope = models.CharField("范围", max_length=10, choices=c.ContractScope.choices, default="enterprise")
    title = models.CharField("名称", max_length=120)
    firms = models.PositiveIntegerField("覆盖企业", default=1)
    workers = models.PositiveIntegerField("覆盖职工")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("终止日期")
    state = models.CharField("状态", max_length=10, choices=c.ContractState.choices, default="signed")
    signed_on = models.DateField("签订日期")
    file_due = models.DateField("报送期限")
    filed_on = models.DateField("人社部门收到日期", null=True)
    valid_on = models.DateField("生效日期", null=True)
    objection = models.CharField("审查异议", max_length=500, default="", blank=True)
    publish_due = models.DateField("公布期限", null=True)
    published_on = models.DateField("公布日期", null=True)
    ended_on = models.DateField("终止", null=True)
    end_reason = models.CharField("终止原因", max_length=300, default="", blank=True)
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="合同文本")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewals", verbose_name="续签自")
    summary = models.CharField("主要内容", max_length=2000, default="", blank=True)

    class Meta:
        db_table = "democracy_contract"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="democracy_contract_order"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="valid") | models.Q(valid_on__isnull=False), name="democracy_contract_valid"
            ),
        ]
        indexes = [models.Index(fields=["path", "state", "ends_on"], name="democracy_contract_path")]


class Bargain(Scoped):
    """One round of collective bargaining, from the invitation to the signature."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="工会")
    kind = models.CharField("类别", max_length=10, choices=c.ContractKind.choices)
    scope = models.CharField("范围", max_length=10, choices=c.ContractScope.choices, default="enterprise")
    title = models.CharField("名称", max_length=120)
    inviter = models.CharField("要约方", max_length=8, choices=c.Side.choices)
    matter = models.CharField("协商内容", max_length=1000)
    firms = models.PositiveIntegerField("涉及企业", default=1)
    workers = models.PositiveIntegerField("涉及职工")
    invited_on = models.DateField("要约日期")
    reply_due = models.DateField("答复期限")
    replied_on = models.DateField("答复日期", null=True)
    reply = models.CharField("答复", max_length=500, default="", blank=True)
    name_due = models.DateField("确定代表期限", null=True)
    break_until = models.DateField("中止至", null=True)
    break_reason = models.CharField("中止原因", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.BargainState.choices, default="invited")
    draft_on = models.DateField("形成草案", null=True)
    draft = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="合同草案")
    ballot = models.ForeignKey(Ballot, models.PROTECT, null=True, related_name="+", verbose_name="职代会表决")
    passed_on = models.DateField("职代会通过", null=True)
    votes = models.JSONField("表决结果", default=dict)
    vote_proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="表决证明")
    old = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="+", verbose_name="续签自")
    contract = models.OneToOneField(Contract, models.PROTECT, null=True, related_name="bargain")
    ended_reason = models.CharField("终止原因", max_length=300, default="", blank=True)

    class Meta:
        db_table = "democracy_bargain"
        constraints = [
            models.UniqueConstraint(
                fields=["ballot"], condition=~models.Q(state="failed"), name="democracy_ballot_one_bargain"
            )
        ]
        indexes = [models.Index(fields=["path", "state"], name="democracy_bargain_path")]


class Representative(Scoped):
    """Somebody who sits at the table."""

    bargain = models.ForeignKey(Bargain, models.CASCADE, related_name="representatives")
    side = models.CharField("哪一方", max_length=8, choices=c.Side.choices)
    person_name = models.CharField("姓名", max_length=60)  # personal: name
    office = models.CharField("职务", max_length=80, default="", blank=True)
    chief = models.BooleanField("首席代表", default=False)
    outside = models.BooleanField("外聘专业人员", default=False)

    class Meta:
        db_table = "democracy_representative"
        constraints = [
            models.UniqueConstraint(
                fields=["bargain", "side"], condition=models.Q(chief=True), name="democracy_one_chief"
            )
        ]
        indexes = [models.Index(fields=["path"], name="democracy_rep_path")]


class Meeting(Scoped):
    """A sitting of the bargaining, with its minutes."""

    bargain = models.ForeignKey(Bargain, models.CASCADE, related_name="meetings")
    number = models.PositiveSmallIntegerField("第几次")
    on = models.DateField("日期")
    minutes = models.CharField("会议纪要", max_length=4000)
    agreed = models.BooleanField("达成一致", default=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="纪要文件")

    class Meta:
        db_table = "democracy_meeting"
        constraints = [models.UniqueConstraint(fields=["bargain", "number"], name="democracy_meeting_once")]
        indexes = [models.Index(fields=["path"], name="democracy_meeting_path")]
