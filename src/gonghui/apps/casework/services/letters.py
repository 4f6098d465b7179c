"""一函两书: written, sent under a number, answered in time or followed by the next letter."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import add_working_days
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import NEXT_LETTER, LetterKind, LetterState
from ..models import Letter
from ..sealing import ANSWER, LETTER, close, opened
from ..words import day_in_words
from .hardship import note

_SIGNS = {LetterKind.HINT: "提", LetterKind.OPINION: "意", LetterKind.PROPOSAL: "建"}
_DAYS = {
    LetterKind.HINT: "casework.letter_hint_days",
    LetterKind.OPINION: "casework.letter_opinion_days",
    LetterKind.PROPOSAL: "casework.letter_proposal_days",
}


def _checked(recipient: str, body: str) -> tuple[str, str]:
    recipient, body = recipient.strip(), body.replace("\r\n", "\n").strip()
    if not 2 <= len(recipient) <= 120:
        raise Refusal("GH-CAS-020", "还没有写主送单位", "recipient", "写单位全称")
    if not 10 <= len(body) <= 5000:
        raise Refusal("GH-CAS-021", "正文应在10至5000字之间", "body", "写明事实、依据和要求")
    return recipient, body


def draft_letter(
    actor: Viewer,
    *,
    kind: LetterKind,
    recipient: str,
    body: str,
    copied_to: str = "",
    application: Application | None = None,
) -> Letter:
    """Write a letter; it belongs to the rights post of the body that writes it, whoever sits on it.

    :raises Refusal: GH-CAS-020 no recipient; 021 no text.
    """
    require(actor, "case.handle")
    recipient, body = _checked(recipient, body)
    organisation = Organisation.objects.get(pk=actor.organisation_id or 0)
    with transaction.atomic():
        letter = Letter.objects.create(
            path=organisation.path,
            organisation=organisation,
            application=application,
            seats=[actor.seat, f"#{actor.account_id}"],
            kind=kind,
            year=timezone.localdate().year,
            recipient=recipient,
            copied_to=copied_to.strip()[:200],
            body=close(body, LETTER),
            made_by=actor.account_id,
        )
        note(actor, "casework.letter_drafted", "letter", letter)
    return letter


def _letter(actor: Viewer, letter_id: int, *states: LetterState) -> Letter:
    require(actor, "case.handle")
    letter: Letter | None = (
        Letter.objects.select_for_update(of=("self",)).filter(pk=letter_id).select_related("organisation").first()
    )
    if letter is None:
        raise Refusal("GH-CAS-010", "没有这一件，或它不由当前岗位办理")
    if letter.state not in states:
        raise Refusal(
            "GH-CAS-022", f"这份文书{letter.get_state_display()}，不能这样办理", "state", "刷新页面看最新状态"
        )
    return letter


def rewrite_letter(actor: Viewer, *, letter_id: int, recipient: str, body: str, copied_to: str = "") -> Letter:
    """Change a draft."""
    recipient, body = _checked(recipient, body)
    with transaction.atomic():
        letter = _letter(actor, letter_id, LetterState.DRAFT)
        letter.recipient, letter.body, letter.copied_to = recipient, close(body, LETTER), copied_to.strip()[:200]
        letter.save(update_fields=["recipient", "body", "copied_to"])
    return letter


def send_letter(actor: Viewer, *, letter_id: int, on: date | None = None) -> Letter:
    """Give it its number and its period to answer: from here on the text is fixed."""
    day = on or timezone.localdate()
    with transaction.atomic():
        letter = _letter(actor, letter_id, LetterState.DRAFT)
        Organisation.objects.select_for_update().get(pk=letter.organisation_id)  # numbers of a body are given in turn
        same = Letter.objects.filter(organisation=letter.organisation, kind=letter.kind, year=day.year)
        serial = (same.aggregate(last=Max("serial"))["last"] or 0) + 1
        kind = LetterKind(letter.kind)
        keys = ("casework.letter_prefix", _DAYS[kind])
        found = rule_queries.values(keys, letter.path, day)
        letter.year, letter.serial, letter.sent_on = day.year, serial, day
        letter.number = f"{found[keys[0]].value}{_SIGNS[kind]}〔{day.year}〕{serial}号"
        letter.due_on = add_working_days(day, found[keys[1]].value)
        letter.state = LetterState.SENT
        letter.save(update_fields=["year", "serial", "number", "sent_on", "due_on", "state"])
        note(actor, "casework.letter_sent", "letter", letter)
    return letter


def answer_letter(actor: Viewer, *, letter_id: int, answer: str, on: date | None = None) -> Letter:
    """The employer answered and set it right.

    :raises Refusal: GH-CAS-023 nothing said.
    """
    if len(answer.strip()) < 4:
        raise Refusal("GH-CAS-023", "还没有写答复的内容", "answer")
    with transaction.atomic():
        letter = _letter(actor, letter_id, LetterState.SENT, LetterState.OVERDUE)
        letter.state, letter.answer = LetterState.ANSWERED, close(answer.strip()[:3000], ANSWER)
        letter.answered_on = on or timezone.localdate()
        letter.save(update_fields=["state", "answer", "answered_on"])
        note(actor, "casework.letter_answered", "letter", letter)
    return letter


def refuse_letter(actor: Viewer, *, letter_id: int, because: str) -> Letter:
    """The employer refuses; the next letter is drafted from this one.

    :raises Refusal: GH-CAS-024 without the reason it gave.
    """
    if len(because.strip()) < 2:
        raise Refusal("GH-CAS-024", "写明对方拒绝的理由", "because", "没有说明理由的，写“未说明理由”")
    with transaction.atomic():
        letter = _letter(actor, letter_id, LetterState.SENT, LetterState.OVERDUE)
        letter.state, letter.refused_because = LetterState.REFUSED, because.strip()[:300]
        letter.answered_on = timezone.localdate()
        letter.save(update_fields=["state", "refused_because", "answered_on"])
        note(actor, "casework.letter_refused", "letter", letter)
        _follow(letter, actor)
    return letter


def close_letter(actor: Viewer, *, letter_id: int) -> Letter:
    """What was asked has been done, or a further letter or an authority has taken it over."""
    ended = (LetterState.ANSWERED, LetterState.REFUSED, LetterState.OVERDUE)
    with transaction.atomic():
        letter = _letter(actor, letter_id, *ended)
        letter.state = LetterState.CLOSED
        letter.save(update_fields=["state"])
        note(actor, "casework.letter_closed", "letter", letter)
    return letter


def _follow(letter: Letter, actor: Viewer) -> Letter | None:
    """Draft the next letter of the row; None after the last, or where one was drafted before."""
    kind = NEXT_LETTER.get(LetterKind(letter.kind))
    if kind is None or Letter.objects.filter(follows=letter).exists():
        return None
    because = f"拒绝整改，理由是：{letter.refused_because}" if letter.refused_because else "逾期没有书面答复"
    former = opened(letter.body, LETTER)
    sent = day_in_words(letter.sent_on) if letter.sent_on else ""
    body = f"我会于{sent}发出{LetterKind(letter.kind).label}（{letter.number}），{because}。\n{former}"
    made = Letter.objects.create(
        path=letter.path,
        organisation=letter.organisation,
        application=letter.application,
        seats=letter.seats,
        kind=kind,
        year=letter.year,
        recipient=letter.recipient,
        copied_to="人力资源社会保障局" if kind == LetterKind.PROPOSAL else letter.copied_to,
        body=close(body[:5000], LETTER),
        follows=letter,
        made_by=actor.account_id,
    )
    note(actor, "casework.letter_drafted", "letter", made)
    return made


def letters_due(today: date | None = None) -> int:
    """Letters that nobody answered in time: recorded, and the next one lies drafted on the same desk."""
    day, done = today or timezone.localdate(), 0
    with acting(SYSTEM):
        ids = list(Letter.objects.filter(state=LetterState.SENT, due_on__lt=day).values_list("pk", flat=True))
    for pk in ids:
        with acting(SYSTEM):
            letter = Letter.objects.select_for_update().filter(pk=pk, state=LetterState.SENT).first()
            if letter is None:
                continue
            letter.state = LetterState.OVERDUE
            letter.save(update_fields=["state"])
            note(SYSTEM, "casework.letter_overdue", "letter", letter)
            _follow(letter, SYSTEM)
            done += 1
    return done
