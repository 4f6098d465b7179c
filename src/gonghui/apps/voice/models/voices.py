"""Voices, what was done with them, and their answers; visits, matters handed down the tree, words to answer with.

A voice keeps no trace of a person who did not want one: anonymous ones have no author, no moment and a number of
chance, and reach these tables in batches from the sealed box (decision 0018). Whatever is said is sealed; what is
looked up by its words is found by keyed hashes (`VoicePiece`); what all may read stands apart in `PublicVoice`.
"""

from __future__ import annotations

import secrets
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.scope import PathField, Scoped

from .. import choices as c


def number_of_chance() -> int:
    """A key that tells nothing of order; 53 bits, so that scripts and tables read it exactly."""
    return secrets.randbits(53) or 1


class Visit(Scoped):
    """An officer's visit to a workshop or a home (走访); the problems found there are voices."""

    follows_organisation = False

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="走访单位")
    organisation_name = models.CharField("走访单位", max_length=120)
    target = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="到访单位")
    kind = models.CharField("类型", max_length=10, choices=c.VisitKind.choices)
    place = models.CharField("地点", max_length=80, default="", blank=True)
    visited_on = models.DateField("日期")
    met = models.PositiveIntegerField("见到的职工人数", default=0)
    hours = models.DecimalField("用时（小时）", max_digits=5, decimal_places=1, default=0)
    companions = models.CharField("同行人员", max_length=120, default="", blank=True)  # personal: name
    summary = models.CharField("走访情况", max_length=1000)
    officer_name = models.CharField("走访人", max_length=60)  # personal: name
    account_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_visit"
        indexes = [models.Index(fields=["path", "-visited_on"], name="voice_visit_path")]


class Voice(Scoped):
    """A need or suggestion raised by a worker (心声).

    `path` is the lowest body that may read it; `handler` owns it and is never empty; `seats` are posts beside the
    range that took part in it, and the only ones that read a sensitive one. `lead`: said the same, and ends with it.
    """

    follows_organisation = False

    id = models.BigIntegerField(primary_key=True, default=number_of_chance)
    number = models.CharField("编号", max_length=24, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="反映的单位")
    organisation_name = models.CharField("反映的单位", max_length=120)
    handler = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理单位")
    handler_name = models.CharField("办理单位", max_length=120)
    handler_path = PathField()
    seats = ArrayField(models.TextField(), default=list)
    channel = models.CharField("来源", max_length=10, choices=c.Channel.choices)
    visibility = models.CharField("公开范围", max_length=10, choices=c.Visibility.choices)
    may_hand_down = models.BooleanField("可以交给所在单位工会办理", default=True)
    nature = models.CharField("性质", max_length=10, choices=c.Nature.choices)
    kind = models.CharField("类别", max_length=10, choices=c.Kind.choices, default="", blank=True)
    topic = models.CharField("主题", max_length=20)
    place = models.CharField("地点", max_length=80, default="", blank=True)
    said = models.BinaryField("内容")  # personal: sealed
    contact = models.BinaryField("姓名和电话", null=True)  # personal: sealed
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    code_hash = models.BinaryField("查询码", null=True)  # personal: lookup
    sensitive = models.CharField("特殊事项", max_length=12, choices=c.Sensitive.choices, default="", blank=True)
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, related_name="voices")
    lead = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    state = models.CharField("状态", max_length=10, choices=c.State.choices, default="received")
    officer_id = models.BigIntegerField("承办人", null=True)
    officer_name = models.CharField("承办人", max_length=60, default="", blank=True)  # personal: name
    received_on = models.DateField("提出日期")
    received_at = models.DateTimeField("提出时间", null=True)
    due_on = models.DateField("期限", null=True)
    late = models.BooleanField("逾期", default=False)
    breaches = models.PositiveSmallIntegerField("逾期次数", default=0)
    outcome = models.CharField("答复结果", max_length=10, choices=c.Outcome.choices, default="", blank=True)
    promised_on = models.DateField("承诺期限", null=True)
    kept_on = models.DateField("兑现日期", null=True)
    answered_on = models.DateField("答复日期", null=True)
    first_answered_on = models.DateField("首次答复日期", null=True)
    told = models.CharField("告知方式", max_length=10, choices=c.Told.choices, default="", blank=True)
    told_on = models.DateField("告知日期", null=True)
    score = models.PositiveSmallIntegerField("评分", null=True)
    solved = models.BooleanField("已解决", null=True)
    reopened_on = models.DateField("反映未解决的日期", null=True)
    closed_on = models.DateField("办结日期", null=True)
    backers = models.PositiveIntegerField("附议人数", default=0)
    group = models.BigIntegerField("相近的一组", null=True)

    class Meta:
        db_table = "voice"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(answered_on__isnull=False, told_on__isnull=False),
                name="voice_no_end_without_answer",
            ),
            models.CheckConstraint(
                condition=~models.Q(visibility="anonymous")
                | models.Q(person__isnull=True, contact__isnull=True, received_at__isnull=True),
                name="voice_anonymous_is_nobody",
            ),
            models.UniqueConstraint(fields=["code_hash"], name="voice_code_once"),
        ]
        indexes = [
            models.Index(fields=["path", "state", "due_on"], name="voice_path"),
            models.Index(fields=["handler", "state", "due_on"], name="voice_handler"),
            models.Index(fields=["path", "topic", "received_on"], name="voice_topic"),
            models.Index(fields=["person"], name="voice_person"),
        ]

    def __str__(self) -> str:
        return self.number


class VoicePiece(Scoped):
    """A word of a voice as a keyed number: equal words are found, and nobody reads them."""

    follows_organisation = False

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="+")
    piece = models.BigIntegerField()  # personal: lookup
    on = models.DateField()
    shown = models.BooleanField(default=False)

    class Meta:
        db_table = "voice_piece"
        indexes = [
            models.Index(fields=["piece", "-on"], include=["voice", "path"], name="voice_piece_found"),
            models.Index(
                fields=["piece", "-on"], include=["voice"], condition=models.Q(shown=True), name="voice_piece_shown"
            ),
            models.Index(fields=["voice"], include=["piece"], name="voice_piece_voice"),
        ]


class VoiceTerm(models.Model):
    """In how many voices a word stands, counted nightly: the rarer a word, the more it tells."""

    piece = models.BigIntegerField(primary_key=True)  # personal: lookup
    held = models.PositiveIntegerField()

    class Meta:
        db_table = "voice_term"


class PublicVoice(models.Model):
    """What everybody may read of a public matter: checked by the desk, without its author."""

    voice = models.OneToOneField(Voice, models.CASCADE, primary_key=True, related_name="+")
    path = PathField()
    organisation_name = models.CharField("单位", max_length=120)
    title = models.CharField("标题", max_length=60)
    text = models.CharField("内容", max_length=2000)
    topic = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=c.State.choices)
    backers = models.PositiveIntegerField(default=0)
    said_on = models.DateField()
    answer = models.CharField("答复", max_length=3000, default="", blank=True)
    answered_by = models.CharField("答复单位", max_length=120, default="", blank=True)
    answered_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    kept_on = models.DateField(null=True)

    class Meta:
        db_table = "voice_public"
        indexes = [models.Index(fields=["path", "-said_on"], name="voice_public_path")]


class Backer(Scoped):
    """Somebody who says the same of a public voice (附议): is told its answer and asked about the result."""

    follows_organisation = False

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    joined_on = models.DateField()
    seen_on = models.DateField("看到答复", null=True)

    class Meta:
        db_table = "voice_backer"
        constraints = [models.UniqueConstraint(fields=["voice", "person"], name="voice_backed_once")]
        indexes = [models.Index(fields=["person"], name="voice_backer_person")]


class VoiceAct(Scoped):
    """What was done with a voice, in its order; the moment is kept for what staff do, never for anonymous authors."""

    follows_organisation = False

    id = models.UUIDField(primary_key=True, default=uuid4)
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="acts")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    step = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=14, choices=c.Act.choices)
    on = models.DateField()
    at = models.DateTimeField(null=True)
    by = models.CharField("单位", max_length=120, default="", blank=True)
    actor_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    account_id = models.BigIntegerField(null=True)
    note = models.BinaryField(null=True)  # personal: sealed
    to = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        db_table = "voice_act"
        constraints = [models.UniqueConstraint(fields=["voice", "step"], name="voice_act_once")]


class Answer(Scoped):
    """An answer to one voice; merged voices get each their own, so that every author reads it."""

    follows_organisation = False

    id = models.UUIDField(primary_key=True, default=uuid4)
    voice = models.ForeignKey(Voice, models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    number = models.PositiveSmallIntegerField("第几次")
    outcome = models.CharField("结果", max_length=10, choices=c.Outcome.choices)
    text = models.BinaryField("答复")  # personal: sealed
    promised_on = models.DateField("承诺期限", null=True)
    by = models.CharField("答复单位", max_length=120)
    answered_name = models.CharField("答复人", max_length=60)  # personal: name
    account_id = models.BigIntegerField(null=True)
    on = models.DateField("答复日期")

    class Meta:
        db_table = "voice_answer"
        constraints = [models.UniqueConstraint(fields=["voice", "number"], name="voice_answer_once")]


class Handover(Scoped):
    """A voice going up or down the tree, with the receipt of whoever got it."""

    follows_organisation = False

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="handovers")
    direction = models.CharField(max_length=6, choices=c.Direction.choices)
    giver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    giver_name = models.CharField(max_length=120)
    taker = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    taker_name = models.CharField(max_length=120)
    reason = models.CharField("说明", max_length=300)
    on = models.DateField()
    received_on = models.DateField("签收日期", null=True)
    received_name = models.CharField("签收人", max_length=60, default="", blank=True)  # personal: name
    returned_on = models.DateField("退回日期", null=True)

    class Meta:
        db_table = "voice_handover"
        indexes = [models.Index(fields=["path", "on"], name="voice_handover_path")]


class VoiceFile(Scoped):
    """A photo, a voice note or the scanned form of a voice."""

    follows_organisation = False

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=c.FileKind.choices)

    class Meta:
        db_table = "voice_file"


class ReplyTemplate(Scoped):
    """Words that a body answers with again and again; what is in brackets has to be filled in."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField("名称", max_length=60)
    topic = models.CharField("主题", max_length=20, default="", blank=True)
    text = models.CharField("内容", max_length=1500)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_template"
        constraints = [models.UniqueConstraint(fields=["organisation", "title"], name="voice_template_once")]


class Bulletin(Scoped):
    """上情下达：a matter that bodies below have to know, with a receipt of each and of each member who read it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField("标题", max_length=120)
    text = models.CharField("内容", max_length=5000)
    to_members = models.BooleanField("直达职工", default=False)
    due_on = models.DateField("请在此日前签收")
    issued_on = models.DateField(null=True)
    expected = models.PositiveIntegerField("应签收", default=0)
    issued_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "voice_bulletin"
        indexes = [models.Index(fields=["path", "-issued_on"], name="voice_bulletin_path")]


class BulletinReceipt(Scoped):
    """One body's receipt of a bulletin; the row is there from its issue, so that what is missing shows."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="receipts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=5000)
    issued_by = models.CharField(max_length=120)
    due_on = models.DateField()
    read_on = models.DateField(null=True)
    read_name = models.CharField(max_length=60, default="", blank=True)  # personal: name
    feedback = models.CharField("落实情况", max_length=500, default="", blank=True)

    class Meta:
        db_table = "voice_bulletin_receipt"
        constraints = [models.UniqueConstraint(fields=["bulletin", "organisation"], name="voice_bulletin_receipt_once")]
        indexes = [models.Index(fields=["path", "read_on"], name="voice_receipt_path")]
