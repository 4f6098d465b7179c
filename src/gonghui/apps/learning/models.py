"""The bank, quizzes with their frozen questions, attempts and standings; reading plans and check-ins."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.scope import Scoped

from . import choices as c


class Question(Scoped):
    """One question of an organisation's bank; quizzes keep a copy of what they asked."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="题库所属组织")
    subject = models.CharField("科目", max_length=40)
    kind = models.CharField("题型", max_length=8, choices=c.QuestionKind.choices)
    text = models.CharField("题目", max_length=400)
    options = ArrayField(models.CharField(max_length=200), verbose_name="选项")
    answer = models.PositiveSmallIntegerField("答案")
    explanation = models.CharField("解析", max_length=600, default="", blank=True)
    retired = models.BooleanField("已停用", default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learning_question"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "text"], condition=Q(retired=False), name="question_once_in_a_bank"
            ),
            models.CheckConstraint(condition=Q(answer__gt=0, answer__lt=64), name="question_has_an_answer"),
        ]
        indexes = [models.Index(fields=["path", "subject", "-id"], name="question_path")]


class Quiz(Scoped):
    """Questions drawn at random for each paper, tries a day, days on which it runs."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="面向的组织")
    title = models.CharField("名称", max_length=60)
    subject = models.CharField("科目", max_length=40, default="", blank=True)
    intro = models.CharField("说明", max_length=600, default="", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    per_paper = models.PositiveSmallIntegerField("每次题数")
    minutes = models.PositiveSmallIntegerField("每次分钟数")
    tries_daily = models.PositiveSmallIntegerField("每天次数")
    points = models.PositiveSmallIntegerField("每题分值")
    pass_line = models.PositiveSmallIntegerField("达标分")
    grace_seconds = models.PositiveSmallIntegerField(default=5)
    prizes = models.CharField("奖励说明", max_length=300, default="", blank=True)
    state = models.CharField("状态", max_length=10, choices=c.State.choices, default="draft")
    set_size = models.PositiveIntegerField("题目总数", default=0)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learning_quiz"
        constraints = [
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="quiz_days_in_order"),
            models.CheckConstraint(
                condition=Q(per_paper__gte=1, minutes__gte=1, tries_daily__gte=1, points__gte=1), name="quiz_numbers"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(set_size__gte=F("per_paper"), published_at__isnull=False),
                name="quiz_has_its_questions",
            ),
        ]
        indexes = [models.Index(fields=["path", "state", "-opens_on"], name="quiz_path")]

    def __str__(self) -> str:
        return self.title

    @property
    def full(self) -> int:
        """The most one paper can bring."""
        return self.per_paper * self.points


class QuizItem(Scoped):
    """A question as it stood when the quiz was published: nothing that happens to the bank later reaches it."""

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="items", db_index=False)
    number = models.PositiveSmallIntegerField()
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    kind = models.CharField("题型", max_length=8, choices=c.QuestionKind.choices)
    text = models.CharField("题目", max_length=400)
    options = ArrayField(models.CharField(max_length=200))
    answer = models.PositiveSmallIntegerField()
    explanation = models.CharField("解析", max_length=600, default="", blank=True)

    class Meta:
        db_table = "learning_quiz_item"
        constraints = [models.UniqueConstraint(fields=["quiz", "number"], name="quiz_item_number")]
        indexes = [models.Index(fields=["path"], name="quiz_item_path")]


class Attempt(Scoped):
    """One paper of one member: numbers of its questions and what was chosen, as bits, in one row.

    An answer is one UPDATE of one element; nothing else is written until the paper is handed in.
    """

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("日期")
    number = models.PositiveSmallIntegerField("当天第几次")
    begun_at = models.DateTimeField("开始")
    due_at = models.DateTimeField("到时")
    closes_at = models.DateTimeField()
    handed_at = models.DateTimeField("交卷", null=True)
    ran_out = models.BooleanField("到时自动交卷", default=False)
    paper = ArrayField(models.PositiveSmallIntegerField())
    answers = ArrayField(models.PositiveSmallIntegerField())
    score = models.DecimalField("得分", max_digits=7, decimal_places=1, null=True)

    class Meta:
        db_table = "learning_attempt"
        constraints = [
            models.UniqueConstraint(fields=["quiz", "person", "day", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["quiz", "person"], condition=Q(handed_at__isnull=True), name="attempt_one_open"
            ),
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True, score__isnull=True)
                | Q(handed_at__isnull=False, score__isnull=False),
                name="attempt_scored_when_handed_in",
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at"], name="attempt_run_out", condition=Q(handed_at__isnull=True)),
            models.Index(fields=["day"], name="attempt_day"),
            models.Index(fields=["path"], name="attempt_path"),
        ]


class Standing(Scoped):
    """What a member's attempts in one quiz add up to: the best of each day, summed; recomputed at each hand-in."""

    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    total = models.DecimalField("总分", max_digits=9, decimal_places=1)
    best = models.DecimalField("最好一次", max_digits=7, decimal_places=1)
    days = models.PositiveSmallIntegerField("参加天数")
    full_days = models.PositiveSmallIntegerField("满分天数")
    tries = models.PositiveSmallIntegerField("答题次数")

    class Meta:
        db_table = "learning_standing"
        constraints = [models.UniqueConstraint(fields=["quiz", "person"], name="standing_once")]
        indexes = [
            models.Index(fields=["quiz", "-total", "-days", "-full_days", "tries"], name="standing_order"),
            models.Index(fields=["path", "quiz"], name="standing_path"),
        ]


class ReadingPlan(Scoped):
    """Texts for one day after the other, or no text at all: a daily check-in with a sentence."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="面向的组织")
    title = models.CharField("名称", max_length=60)
    intro = models.CharField("说明", max_length=600, default="", blank=True)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("结束日期")
    state = models.CharField("状态", max_length=10, choices=c.State.choices, default="open")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learning_plan"
        constraints = [models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="plan_days_in_order")]
        indexes = [models.Index(fields=["path", "state", "-opens_on"], name="plan_path")]

    def __str__(self) -> str:
        return self.title


class Chapter(Scoped):
    """What is read on one day of a plan."""

    plan = models.ForeignKey(ReadingPlan, models.CASCADE, related_name="chapters", db_index=False)
    number = models.PositiveSmallIntegerField("第几天")
    title = models.CharField("标题", max_length=80)
    text = models.TextField("正文")

    class Meta:
        db_table = "learning_chapter"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="chapter_number")]
        indexes = [models.Index(fields=["path"], name="chapter_path")]


class CheckIn(Scoped):
    """A member read on a day; the sentence is for the union's staff, for other members only when shared."""

    plan = models.ForeignKey(ReadingPlan, models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField("日期")
    reflection = models.CharField("感想", max_length=300)
    shared = models.BooleanField("给其他会员看", default=False)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "learning_check_in"
        constraints = [models.UniqueConstraint(fields=["plan", "person", "on"], name="reading_once_a_day")]
        indexes = [
            models.Index(fields=["path", "plan", "-on"], name="reading_path"),
            models.Index(fields=["plan", "-id"], name="reading_shared", condition=Q(shared=True)),
            models.Index(fields=["on"], name="reading_day"),
        ]
