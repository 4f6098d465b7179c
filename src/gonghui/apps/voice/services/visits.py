"""Visits to workshops and homes, words to answer with, and matters handed down the tree with receipts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import VisitKind
from ..models import Bulletin, BulletinReceipt, ReplyTemplate, Visit
from ..rules import text
from . import days


def log_visit(
    actor: Viewer,
    *,
    target: Organisation,
    kind: VisitKind,
    place: str,
    visited_on: date,
    met: int,
    hours: Decimal,
    companions: str,
    summary: str,
) -> Visit:
    """Write down a visit; the problems heard there are registered as voices of it.

    :raises Refusal: GH-VOI-008 out of range, 060 in the future, 061 nothing about it, 062 hours that cannot be.
    """
    require(actor, "voice.visit")
    if not actor.reaches(target.path):
        raise Refusal("GH-VOI-008", "这个单位不在当前岗位的范围内", "target", "从名单里选择")
    if visited_on > days.today():
        raise Refusal("GH-VOI-060", "走访日期在今天以后", "visited_on", "走访以后再登记")
    plain = text.clean(summary)
    if not 5 <= len(plain) <= 1000:
        raise Refusal("GH-VOI-061", "走访情况应在5至1000字之间", "summary", "写见了谁、看了什么、职工怎么说")
    if not Decimal(0) <= hours <= Decimal(24):
        raise Refusal("GH-VOI-062", "用时应在0至24小时之间", "hours")
    own = Organisation.objects.get(pk=actor.organisation_id or 0)
    with transaction.atomic():
        visit = Visit.objects.create(
            path=target.path,
            organisation=own,
            organisation_name=own.name[:120],
            target=target,
            kind=kind,
            place=text.clean(place)[:80],
            visited_on=visited_on,
            met=met,
            hours=hours,
            companions=text.clean(companions)[:120],
            summary=plain,
            officer_name=actor.name[:60],
            account_id=actor.account_id,
        )
        record(
            actor, "voice.visited", path=visit.path, object_type="visit", object_id=visit.pk, object_name=target.name
        )
    return visit


def save_template(
    actor: Viewer, *, title: str, topic: str, words: str, template_id: int | None = None
) -> ReplyTemplate:
    """Keep words that the body answers with; brackets （填写……） mark what has to be filled in each time.

    :raises Refusal: GH-VOI-063 title or text, 064 the title is taken.
    """
    require(actor, "voice.handle")
    head, plain = text.clean(title), text.clean(words)
    if not 2 <= len(head) <= 60 or not 10 <= len(plain) <= 1500:
        raise Refusal("GH-VOI-063", "名称2至60字，内容10至1500字", "title")
    organisation = Organisation.objects.get(pk=actor.organisation_id or 0)
    with transaction.atomic():
        kept = ReplyTemplate.objects.filter(pk=template_id, organisation=organisation).first() if template_id else None
        kept = kept or ReplyTemplate(organisation=organisation, path=organisation.path, made_by=actor.account_id)
        kept.title, kept.topic, kept.text = head, topic, plain
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            raise Refusal("GH-VOI-064", f"已经有“{head}”", "title", "换一个名称，或修改原来那份") from None
        record(
            actor, "voice.template_saved", path=kept.path, object_type="template", object_id=kept.pk, object_name=head
        )
    return kept


def drop_template(actor: Viewer, *, template_id: int) -> None:
    """Remove words that are no longer used."""
    require(actor, "voice.handle")
    with transaction.atomic():
        kept = ReplyTemplate.objects.filter(pk=template_id, organisation_id=actor.organisation_id or 0).first()
        if kept is not None:
            record(
                actor, "voice.template_dropped", path=kept.path, object_type="template", object_id=kept.pk,
                object_name=kept.title,
            )  # fmt: skip
            kept.delete()


def issue(
    actor: Viewer, *, title: str, words: str, due_on: date, to_members: bool, below: list[Organisation]
) -> Bulletin:
    """Hand a matter down (上情下达): each body gets its own copy and a receipt that shows until it is signed.

    :raises Refusal: GH-VOI-065 title or text, 066 nobody to hand it to, 067 a day that is over.
    """
    require(actor, "voice.handle")
    head, plain = text.clean(title), text.clean(words)
    if not 4 <= len(head) <= 120 or not 10 <= len(plain) <= 5000:
        raise Refusal("GH-VOI-065", "标题4至120字，内容10至5000字", "title")
    if due_on < days.today():
        raise Refusal("GH-VOI-067", "签收期限已经过了", "due_on")
    reached = [one for one in below if actor.reaches(one.path) and one.pk != actor.organisation_id]
    if not reached:
        raise Refusal("GH-VOI-066", "还没有选下级单位", "below", "至少选一个")
    own = Organisation.objects.get(pk=actor.organisation_id or 0)
    with transaction.atomic():
        bulletin = Bulletin.objects.create(
            path=own.path,
            organisation=own,
            title=head,
            text=plain,
            to_members=to_members,
            due_on=due_on,
            issued_on=days.today(),
            expected=len(reached),
            issued_name=actor.name[:60],
            made_by=actor.account_id,
        )
        BulletinReceipt.objects.bulk_create(
            [
                BulletinReceipt(
                    path=one.path, bulletin=bulletin, organisation=one, title=head, text=plain,
                    issued_by=own.name[:120], due_on=due_on,
                )
                for one in reached
            ]
        )  # fmt: skip
        record(
            actor, "voice.issued", path=own.path, object_type="bulletin", object_id=bulletin.pk, object_name=head,
            detail={"bodies": len(reached)},
        )  # fmt: skip
    return bulletin


def sign(actor: Viewer, *, receipt_id: int, feedback: str) -> BulletinReceipt:
    """The body below signs for what came down, and says what it does about it.

    :raises Refusal: GH-VOI-068 not this body's, 069 signed before.
    """
    require(actor, "voice.handle")
    with transaction.atomic():
        receipt: BulletinReceipt | None = BulletinReceipt.objects.select_for_update().filter(pk=receipt_id).first()
        if receipt is None or receipt.organisation_id != actor.organisation_id:
            raise Refusal("GH-VOI-068", "这份通知由收到的单位签收", "receipt")
        if receipt.read_on is None:
            receipt.read_on, receipt.read_name = days.today(), actor.name[:60]
        receipt.feedback = text.clean(feedback)[:500]
        receipt.save(update_fields=["read_on", "read_name", "feedback"])
        record(
            actor, "voice.signed", path=receipt.path, object_type="receipt", object_id=receipt.pk,
            object_name=receipt.title,
        )  # fmt: skip
    return receipt
