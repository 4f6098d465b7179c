"""Projects: chosen from voices, carried out with milestones and money, judged by those who asked for them."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.access.models import Post
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.scope import Scoped

from .. import choices as c
from .voices import Voice


def yuan(fen: int) -> str:
    """Fen as a page shows them: 1,200.50."""
    return f"{fen / 100:,.2f}"


class Selection(Scoped):
    """One choosing of projects: gathered, weighed by members by a published method, decided with reasons, published."""

    follows_organisation = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    intro = models.CharField("说明", max_length=1000, default="", blank=True)
    places = models.PositiveSmallIntegerField("列入件数")
    method = models.CharField("评选方式", max_length=8, choices=c.Method.choices)
    picks = models.PositiveSmallIntegerField("每人可选件数", default=3)
    budget = models.BigIntegerField("预算总额（分）", null=True)
    opens_on = models.DateField("评选开始", null=True)
    closes_on = models.DateField("评选截止", null=True)
    state = models.CharField("状态", max_length=10, choices=c.SelectionState.choices, default="draft")
    tally = models.JSONField("评选结果", null=True)
    voters = models.PositiveIntegerField("参加评选人数", default=0)
    decided_on = models.DateField("决定日期", null=True)
    decided_by = models.CharField("作出决定的会议", max_length=120, default="", blank=True)
    published_on = models.DateField("公布日期", null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_selection"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "title"], name="voice_selection_once"),
            models.CheckConstraint(condition=models.Q(places__gte=1, picks__gte=1), name="voice_selection_some"),
        ]
        indexes = [models.Index(fields=["path", "-year"], name="voice_selection_path")]

    @property
    def budget_yuan(self) -> str:
        return yuan(self.budget or 0)


class Candidate(Scoped):
    """What may become a project; gathered from voices, weighed, chosen or dropped with reasons that are published."""

    follows_organisation = False

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="candidates")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=80)
    goal = models.CharField("做什么、做到什么程度", max_length=500)
    beneficiaries = models.CharField("受益职工", max_length=120)
    reach = models.PositiveIntegerField("受益人数", default=0)
    cost = models.BigIntegerField("估算（分）", default=0)
    voices = models.PositiveIntegerField("来自多少条意见", default=0)
    state = models.CharField(max_length=10, choices=c.CandidateState.choices, default="proposed")
    reason = models.CharField("理由", max_length=500, default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_candidate"
        constraints = [
            models.UniqueConstraint(fields=["selection", "number"], name="voice_candidate_numbered"),
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="voice_candidate_cost"),
        ]

    @property
    def cost_yuan(self) -> str:
        return yuan(self.cost)

    @property
    def cost_about(self) -> str:
        """The estimate without fen, as members read it."""
        return f"{self.cost // 100:,}"


class CandidateVoice(Scoped):
    """A voice that asked for a candidate: its author is told of each move, and is the first to judge the result."""

    follows_organisation = False

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="gathered")
    voice = models.ForeignKey(Voice, models.PROTECT, related_name="+")

    class Meta:
        db_table = "voice_candidate_voice"
        constraints = [models.UniqueConstraint(fields=["candidate", "voice"], name="voice_gathered_once")]
        indexes = [models.Index(fields=["voice"], name="voice_gathered_of")]


class Weigher(Scoped):
    """That a member took part in a selection; what they chose lies in the sealed box until it closes."""

    follows_organisation = False

    selection = models.ForeignKey(Selection, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField()

    class Meta:
        db_table = "voice_weigher"
        constraints = [models.UniqueConstraint(fields=["selection", "person"], name="voice_weighed_once")]


class Weighing(Scoped):
    """One choice of somebody in a selection, written when it closed; `choice` lists candidates' numbers."""

    follows_organisation = False

    id = models.UUIDField(primary_key=True, default=uuid4)
    selection = models.ForeignKey(Selection, models.CASCADE, related_name="+")
    choice = models.JSONField()

    class Meta:
        db_table = "voice_weighing"


class Project(Scoped):
    """A practical thing that a union does (实事项目). `post` answers for it; `parent` is what it carries out below."""

    follows_organisation = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="实施单位")
    candidate = models.OneToOneField(Candidate, models.PROTECT, null=True, related_name="project")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=80)
    goal = models.CharField("目标", max_length=500)
    beneficiaries = models.CharField("受益职工", max_length=120)
    reach = models.PositiveIntegerField("受益人数", default=0)
    budget = models.BigIntegerField("预算（分）", default=0)
    spent = models.BigIntegerField("已使用（分）", default=0)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="责任岗位")
    owner_title = models.CharField("责任岗位", max_length=130, default="", blank=True)
    owner_name = models.CharField("责任人", max_length=60, default="", blank=True)  # personal: name
    partners = models.CharField("协作单位", max_length=200, default="", blank=True)
    place = models.CharField("地点", max_length=80, default="", blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    starts_on = models.DateField("开始日期", null=True)
    due_on = models.DateField("完成期限")
    first_due_on = models.DateField("最初的完成期限")
    state = models.CharField("状态", max_length=10, choices=c.ProjectState.choices, default="planned")
    listed = models.BooleanField("列入年度实事清单", default=False)
    shown = models.BooleanField("公开", default=False)
    done_on = models.DateField("完成日期", null=True)
    result = models.CharField("完成情况", max_length=1000, default="", blank=True)
    lessons = models.CharField("经验和教训", max_length=1000, default="", blank=True)
    stopped_because = models.CharField("终止理由", max_length=300, default="", blank=True)
    rounds = models.PositiveSmallIntegerField("评价次数", default=0)
    score = models.DecimalField("满意度", max_digits=4, decimal_places=2, null=True)
    closed_on = models.DateField("办结日期", null=True)
    escalated_to = models.CharField("督办单位", max_length=120, default="", blank=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_project"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "number"], name="voice_project_numbered"),
            models.CheckConstraint(condition=models.Q(budget__gte=0, spent__gte=0), name="voice_project_money"),
        ]
        indexes = [models.Index(fields=["path", "state", "due_on"], name="voice_project_path")]

    def __str__(self) -> str:
        return self.title

    @property
    def budget_yuan(self) -> str:
        return yuan(self.budget)

    @property
    def spent_yuan(self) -> str:
        return yuan(self.spent)


class Milestone(Scoped):
    """A step of a project with its day; `weight` is its share of the whole."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones")
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("节点", max_length=80)
    due_on = models.DateField("期限")
    weight = models.PositiveSmallIntegerField("权重", default=1)
    done_on = models.DateField("完成日期", null=True)
    note = models.CharField("完成情况", max_length=300, default="", blank=True)

    class Meta:
        db_table = "voice_milestone"
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="voice_milestone_numbered")]


class ProjectNote(Scoped):
    """One entry of a project's course: progress with photos, money used, a change with its reason; never changed."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=c.NoteKind.choices)
    on = models.DateField("日期")
    text = models.CharField("内容", max_length=1000)
    amount = models.BigIntegerField("金额（分）", null=True)
    voucher = models.CharField("凭证号", max_length=60, default="", blank=True)
    changes = models.JSONField("变更", default=list)
    shown = models.BooleanField("公开", default=True)
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_project_note"
        indexes = [models.Index(fields=["project", "-on"], name="voice_project_note_of")]

    @property
    def amount_yuan(self) -> str:
        return yuan(self.amount or 0)


class ProjectFile(Scoped):
    """Evidence of a project; `shown` ones stand on its public page with what they show in words."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="files")
    note = models.ForeignKey(ProjectNote, models.CASCADE, null=True, related_name="files")
    milestone = models.ForeignKey(Milestone, models.CASCADE, null=True, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    alt = models.CharField("图片说明", max_length=120, default="", blank=True)
    shown = models.BooleanField("公开", default=True)

    class Meta:
        db_table = "voice_project_file"


class Risk(Scoped):
    """What may keep a project from its goal, who watches it and what is done."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="risks")
    text = models.CharField("风险", max_length=200)
    level = models.CharField("程度", max_length=8, choices=c.RiskLevel.choices)
    measure = models.CharField("应对措施", max_length=300)
    raised_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        db_table = "voice_risk"


class Outcome(Scoped):
    """What is measured before and after; its definition is fixed when the project starts (trigger in 0002)."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="outcomes")
    title = models.CharField("名称", max_length=60)
    definition = models.CharField("怎样测量", max_length=300)
    unit = models.CharField("单位", max_length=12)
    better = models.CharField("方向", max_length=5, choices=c.Better.choices)
    figure = models.CharField("平台里的数字", max_length=60, default="", blank=True)
    before = models.DecimalField("之前", max_digits=14, decimal_places=2, null=True)
    before_on = models.DateField(null=True)
    target = models.DecimalField("目标", max_digits=14, decimal_places=2, null=True)
    after = models.DecimalField("之后", max_digits=14, decimal_places=2, null=True)
    after_on = models.DateField(null=True)
    after_note = models.CharField("测量说明", max_length=300, default="", blank=True)

    class Meta:
        db_table = "voice_outcome"


class Evaluation(Scoped):
    """One judging of a project by those who asked for it and by a sample of those it was for."""

    follows_organisation = False

    project = models.ForeignKey(Project, models.CASCADE, related_name="evaluations")
    round = models.PositiveSmallIntegerField("第几次")
    state = models.CharField(max_length=10, choices=c.EvaluationState.choices, default="open")
    opened_on = models.DateField("开始")
    closes_on = models.DateField("截止")
    seed = models.CharField("抽样种子", max_length=64, default="", blank=True)
    pool = models.PositiveIntegerField("抽样范围人数", default=0)
    invited = models.PositiveIntegerField("邀请人数", default=0)
    answered = models.PositiveIntegerField("参加人数", default=0)
    score = models.DecimalField("满意度", max_digits=4, decimal_places=2, null=True)
    solved = models.PositiveIntegerField("认为已解决", default=0)
    scores = models.JSONField("各分人数", default=dict)
    passed = models.BooleanField("达到要求", null=True)
    floor = models.DecimalField("要求的满意度", max_digits=4, decimal_places=2)
    published_on = models.DateField(null=True)

    class Meta:
        db_table = "voice_evaluation"
        constraints = [models.UniqueConstraint(fields=["project", "round"], name="voice_evaluation_once")]


class Invitation(Scoped):
    """Somebody who is asked to judge: a member, or an anonymous author by the code of their voice."""

    follows_organisation = False

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    voice = models.ForeignKey(Voice, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=8, choices=c.Invited.choices)
    answered = models.BooleanField(default=False)

    class Meta:
        db_table = "voice_invitation"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "person"], name="voice_invited_person"),
            models.UniqueConstraint(fields=["evaluation", "voice"], name="voice_invited_voice"),
        ]
        indexes = [models.Index(fields=["person"], name="voice_invitation_person")]


class Judgement(Scoped):
    """What somebody thought of the result; written from the sealed box when the evaluation closes, tied to nobody."""

    follows_organisation = False

    id = models.UUIDField(primary_key=True, default=uuid4)
    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="judgements")
    why = models.CharField(max_length=8, choices=c.Invited.choices)
    score = models.PositiveSmallIntegerField("评分")
    solved = models.BooleanField("已解决")
    words = models.BinaryField("意见", null=True)  # personal: sealed

    class Meta:
        db_table = "voice_judgement"
        constraints = [
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="voice_judgement_score")
        ]
