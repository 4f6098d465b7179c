"""Guide stations (产改指导站): policies on their page, questions collected, consultations answered in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.files.services import store
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import OUTSIDER, Viewer

from .. import catalog
from ..choices import AskWay
from ..models import Consultation, Place, Policy
from .holding import FIX, MANAGE, contact, digest, held, mark, new_code, not_ahead, note, post_words, said

MOST_FILE = 20_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    row: Consultation
    code: str


def _station(place: Place | None) -> Place:
    """:raises Refusal: GH-PLC-060 not an open guide station."""
    if place is None or place.state != "open" or not catalog.kind(place.kind).guides:
        raise Refusal("GH-PLC-060", "这里不是开放的产改指导站", None, "到产改指导站的页面办理")
    return place


def publish_policy(
    actor: Viewer,
    *,
    place_id: int,
    title: str,
    summary: str,
    document_no: str = "",
    on: date | None = None,
    file: tuple[str, bytes, str] | None = None,
) -> Policy:
    """Put a policy on the station's page.

    :param file: (name, content, content type).
    :raises Refusal: GH-PLC-001, 002, 003, 060; 061 the file is too large.
    """
    require(actor, MANAGE)
    when = not_ahead(on, "on")
    words, points = said(title, "title", "标题", 100), said(summary, "summary", "要点", 800)
    with transaction.atomic():
        place = _station(held(actor, Place, place_id, "阵地"))
        kept = None
        if file is not None:
            if len(file[1]) > MOST_FILE:
                raise Refusal("GH-PLC-061", "文件要在20MB以内", "file", "换成PDF再上传")
            kept = store(
                actor, path=place.path, name=file[0], kind="place_policy", content=file[1], content_type=file[2]
            )
        row = Policy.objects.create(
            path=place.path, place=place, title=words, summary=points, document_no=document_no.strip()[:60],
            published_on=when, file=kept, by=actor.account_id,
        )  # fmt: skip
        note(actor, "policy_published", row, row.title)
    return row


def withdraw_policy(actor: Viewer, *, policy_id: int) -> Policy:
    """Off the page, kept in the records.

    :raises Refusal: GH-PLC-001; 062 withdrawn already.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Policy, policy_id, "政策")
        if row.withdrawn_on is not None:
            raise Refusal("GH-PLC-062", "已经撤下", None)
        row.withdrawn_on = timezone.localdate()
        row.save(update_fields=["withdrawn_on"])
        note(actor, "policy_withdrawn", row, row.title)
    return row


def _asked(place: Place, way: AskWay, question: str, issue: bool, phone: str, sender: str) -> Asked:
    now, code = timezone.now(), new_code()
    today = timezone.localdate(now)
    days = int(rules.value("places.consult_days", place.path, today).value)
    row = Consultation.objects.create(
        path=place.path, place=place, number=f"ZX{place.pk:05d}-{place.consultations.count() + 1}",
        code_digest=digest(code), way=way, issue=issue, question=question, asked_at=now,
        due_on=add_working_days(today, days), sender_mark=mark(sender, today), **contact(phone),
    )  # fmt: skip
    return Asked(row, code)


def ask(*, place_id: int, question: str, issue: bool = False, phone: str = "", sender: str = "") -> Asked:
    """A question, or a problem that the reform should hear of, by whoever scans the station's code.

    :raises Refusal: GH-PLC-002, 004, 046, 060.
    """
    words = said(question, "question", "想问的事", 500)
    with transaction.atomic(), widened():
        place = _station(Place.objects.select_for_update().filter(pk=place_id).first())
        today = timezone.localdate()
        signed = mark(sender, today)
        most = int(rules.value("places.reports_daily", place.path, today).value)
        if signed and Consultation.objects.filter(sender_mark=signed).count() >= most:
            raise Refusal("GH-PLC-046", f"这个网络今天已经提出{most}次，到上限了", None, "急事拨打12351")
        made = _asked(place, AskWay.ONLINE, words, issue, phone, sender)
        note(OUTSIDER, "asked", made.row, place.name, issue=issue)
    return made


def take_question(
    actor: Viewer, *, place_id: int, way: AskWay, question: str, issue: bool = False, phone: str = ""
) -> Asked:
    """Staff write down what was asked at the station or by telephone; the code goes to whoever asked.

    :raises Refusal: GH-PLC-001, 002, 004, 060.
    """
    require(actor, FIX)
    words = said(question, "question", "想问的事", 500)
    with transaction.atomic():
        place = _station(held(actor, Place, place_id, "阵地"))
        made = _asked(place, way, words, issue, phone, "")
        note(actor, "asked", made.row, place.name, way=str(way), issue=issue)
    return made


def answer_question(actor: Viewer, *, consultation_id: int, text: str) -> Consultation:
    """The answer, once.

    :raises Refusal: GH-PLC-001, 002; 063 answered already.
    """
    require(actor, FIX)
    words = said(text, "text", "答复", 800)
    with transaction.atomic():
        row = held(actor, Consultation, consultation_id, "咨询")
        if row.answered_at is not None:
            raise Refusal("GH-PLC-063", "已经答复过", None)
        row.answer, row.answered_at, row.answered_post = words, timezone.now(), post_words(actor)
        row.save(update_fields=["answer", "answered_at", "answered_post"])
        note(actor, "consultation_answered", row, row.number)
    return row


def answer_read(*, code: str) -> None:
    """Whoever asked has read the answer: noted once."""
    with transaction.atomic(), widened():
        row = Consultation.objects.select_for_update().filter(code_digest=digest(code)).first()
        if row is not None and row.answered_at is not None and row.seen_at is None:
            row.seen_at = timezone.now()
            row.save(update_fields=["seen_at"])
            note(OUTSIDER, "answer_seen", row, row.number)
