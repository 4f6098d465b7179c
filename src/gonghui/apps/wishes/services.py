"""What becomes of a wish: made, checked, claimed by one, delivered, confirmed; or it goes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import pictures
from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.scope import acting, widened
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import SYSTEM, Viewer

from .choices import LIVE, PUBLIC, RUNNING, Category, ClaimantKind, ClaimState, WishState
from .models import Claim, Wish, WishOwner

MANAGE = "wish.manage"


def _note(actor: Viewer, verb: str, row: Wish, *, reason: str = "", **detail: Any) -> None:
    """One record on the trail; whose wish it is stands in no record."""
    record(
        actor, f"wishes.{verb}", path=row.path, object_type="wish", object_id=row.pk, object_name=row.title,
        reason=reason, detail=detail or None,
    )  # fmt: skip


def _said(text: str, field: str, what: str, least: int, most: int) -> str:
    words = text.strip()
    if not least <= len(words) <= most:
        raise Refusal("GH-WSH-002", f"{what}要{least}至{most}个字", field)
    return words


def _checked(path: str, facts: dict[str, Any]) -> dict[str, Any]:
    """:raises Refusal: GH-WSH-002 too short or long; 003 dearer than the rule allows; 004 no such kind."""
    known = {
        "title": _said(facts["title"], "title", "心愿", 4, 60),
        "about": _said(facts["about"], "about", "说明", 4, 300),
        "nickname": _said(facts["nickname"], "nickname", "笔名", 1, 20),
        "occupation": _said(facts["occupation"], "occupation", "职业", 2, 30),
        "price": int(facts["price"]),
        "category": facts["category"],
    }
    most = int(rules.value("wishes.most_price", path, timezone.localdate()).value)
    if not 0 < known["price"] <= most:
        raise Refusal("GH-WSH-003", f"微心愿不超过{most / 100:g}元", "price", "更大的困难到工会申请帮扶")
    if known["category"] not in Category.values:
        raise Refusal("GH-WSH-004", "没有这个类别", "category", "从名单里选")
    return known


def _unsigned(person: Person, said: dict[str, Any]) -> None:
    """:raises Refusal: GH-WSH-005 the real name stands in what everybody would read."""
    for field, words in said.items():
        if isinstance(words, str) and person.name in words:
            raise Refusal("GH-WSH-005", "展示的内容里不能有真名", field, "改成笔名，例如“小周”“阿强”")


def _number(organisation: Organisation) -> str:
    return f"XY{organisation.pk:05d}-{Wish.objects.filter(organisation=organisation).count() + 1}"


def make(actor: Viewer, **facts: Any) -> Wish:
    """A member's own wish; it waits until the union has looked at it.

    :raises Refusal: GH-WSH-001 no member; 006 enough of them wait; and those of `_checked`.
    """
    own = own_membership(actor)
    if own is None:
        raise Refusal("GH-WSH-001", "在籍会员才能许愿", None, "先加入工会，或请所在单位工会代为登记")
    with transaction.atomic(), widened():
        # the union's row is locked: two wishes at once get two numbers and are both counted
        body = Organisation.objects.select_for_update().get(pk=own.organisation_id)
        person = own.person
        known = _checked(body.path, facts)
        _unsigned(person, known)
        most = int(rules.value("wishes.open_each", body.path, timezone.localdate()).value)
        if WishOwner.objects.filter(person=person, wish__state__in=RUNNING).count() >= most:
            raise Refusal("GH-WSH-006", f"您已有{most}个心愿在办，实现以后再许", None)
        row = _made(body, known)
        WishOwner.objects.create(path=body.path, wish=row, person=person)
        _note(actor, "made", row)
    return row


def _made(body: Organisation, known: dict[str, Any], **more: Any) -> Wish:
    return Wish.objects.create(
        path=body.path, organisation=body, union_name=body.name, number=_number(body), asked_on=timezone.localdate(),
        **known, **more,
    )  # fmt: skip


def write(actor: Viewer, *, organisation: Organisation, sensitive: bool = False, **facts: Any) -> Wish:
    """An officer writes a wish for a worker who does not do it on the phone.

    :raises Refusal: GH-WSH-007 out of range; and those of `_checked`.
    """
    require(actor, MANAGE)
    if not actor.reaches(organisation.path):
        raise Refusal("GH-WSH-007", "这个组织不在当前岗位的范围内", "organisation", "写本级范围内的组织")
    with transaction.atomic():
        body = Organisation.objects.select_for_update().get(pk=organisation.pk)
        row = _made(body, _checked(body.path, facts), by_staff=True, sensitive=sensitive)
        _note(actor, "made", row, by_staff=True)
    return row


def _held(actor: Viewer, pk: int, *states: str) -> Wish:
    """A wish of the range, locked.

    :raises Refusal: GH-WSH-008 not there; 009 it has gone on meanwhile.
    """
    row: Wish | None = Wish.objects.visible(actor).select_for_update().filter(pk=pk).first()
    if row is None:
        raise Refusal("GH-WSH-008", "没有这个心愿，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    return _in(row, *states)


def _in(row: Wish, *states: str) -> Wish:
    if row.state not in states:
        raise Refusal("GH-WSH-009", f"这个心愿{row.get_state_display()}，不能这样办理", None, "刷新页面看最新状态")
    return row


def check(actor: Viewer, *, wish_id: int, outcome: WishState, text: str = "", sensitive: bool = False) -> Wish:
    """Shown, sent back to be mended, or not shown: the reason of the last two is read by whoever wished.

    :raises Refusal: GH-WSH-002, 008, 009.
    """
    require(actor, MANAGE)
    words = text.strip()[:200]
    if outcome != WishState.SHOWN:
        words = _said(text, "text", "理由", 4, 200)
    with transaction.atomic():
        row = _held(actor, wish_id, WishState.ASKED)
        row.state, row.opinion, row.sensitive = outcome, words, sensitive or row.sensitive
        row.shown_on = timezone.localdate() if outcome == WishState.SHOWN else None
        row.save(update_fields=["state", "opinion", "sensitive", "shown_on"])
        _note(actor, "checked", row, outcome=str(outcome), sensitive=row.sensitive)
    return row


def show_owner(actor: Viewer, *, wish_id: int, reason: str) -> str:
    """Whose wish it is, for an officer of the wish's own union who has to hand it over; the look is on the trail.

    The record is one about the person and does not say which wish it was.
    :raises Refusal: GH-WSH-002, 008; 018 of another union; 019 an officer wrote it, nobody is noted.
    """
    require(actor, MANAGE)
    words = _said(reason, "reason", "查看的原因", 4, 200)
    with transaction.atomic():
        row = _held(actor, wish_id, *WishState.values)
        if row.organisation_id != actor.organisation_id:
            raise Refusal("GH-WSH-018", "是谁的心愿，只有所在工会查得到", None, f"由{row.union_name}转交")
        owner = WishOwner.objects.select_related("person").filter(wish=row).first()
        if owner is None:
            raise Refusal("GH-WSH-019", "这个心愿没有登记是谁的", None, "问代为登记的人，或由现在所在的工会转交")
        record(
            actor, "wishes.owner_shown", path=row.path, object_type="wish_owner", subject_id=owner.person_id,
            reason=words, detail={"organisation": row.organisation_id},
        )  # fmt: skip
    name: str = owner.person.name
    return name


def take_down(actor: Viewer, *, wish_id: int, reason: str) -> Wish:
    """Off the wall, whatever became of it: a claim that runs ends with it. Whoever wished reads the reason.

    :raises Refusal: GH-WSH-002, 008, 009.
    """
    require(actor, MANAGE)
    words = _said(reason, "reason", "撤下的理由", 4, 200)
    with transaction.atomic():
        row = _held(actor, wish_id, *PUBLIC)
        was, row.state, row.opinion = row.state, WishState.DOWN, words
        row.save(update_fields=["state", "opinion"])
        Claim.objects.filter(wish=row, state__in=LIVE).update(state=ClaimState.ENDED, ended_on=timezone.localdate())
        _note(actor, "taken_down", row, reason=words, was=was)
    return row


def _own(actor: Viewer, pk: int, *states: str) -> Wish:
    """The member's own wish, locked. Runs where the range is wide.

    :raises Refusal: GH-WSH-008, 009.
    """
    row: Wish | None = (
        Wish.objects.select_for_update(of=("self",)).filter(pk=pk, owner__person_id=actor.person_id or 0).first()
    )
    if row is None:
        raise Refusal("GH-WSH-008", "没有这个心愿", None)
    return _in(row, *states)


def _theirs(actor: Viewer, pk: int, *states: str) -> Wish:
    """The member's own wish, or one of the range that an officer wrote for somebody. Runs where the range is wide.

    :raises Refusal: GH-WSH-008, 009; 016 whoever wished does it themselves.
    """
    if not actor.is_staff:
        return _own(actor, pk, *states)
    require(actor, MANAGE)
    row = _held(actor, pk, *states)
    if not row.by_staff:
        raise Refusal("GH-WSH-016", "本人许的心愿由本人修改和撤回", None, "告诉许愿的人在手机上办理")
    return row


def mend(actor: Viewer, *, wish_id: int, **facts: Any) -> Wish:
    """What was sent back is handed in again: by whoever wished, or by an officer where one wrote it.

    :raises Refusal: GH-WSH-005, 008, 009, 016; and those of `_checked`.
    """
    with transaction.atomic(), widened():
        row = _theirs(actor, wish_id, WishState.RETURNED)
        known = _checked(row.path, facts)
        owner = WishOwner.objects.select_related("person").filter(wish=row).first()
        if owner is not None:
            _unsigned(owner.person, known)
        for name, value in known.items():
            setattr(row, name, value)
        row.state = WishState.ASKED
        row.save()
        _note(actor, "mended", row)
    return row


def withdraw(actor: Viewer, *, wish_id: int) -> Wish:
    """Taken back before anybody claims it: by whoever wished, or by an officer where one wrote it.

    :raises Refusal: GH-WSH-008, 009, 016.
    """
    with transaction.atomic(), widened():
        row = _theirs(actor, wish_id, WishState.ASKED, WishState.RETURNED, WishState.SHOWN)
        row.state = WishState.WITHDRAWN
        row.save(update_fields=["state"])
        _note(actor, "withdrawn", row)
    return row


def _claimant(actor: Viewer, kind: ClaimantKind, name: str) -> dict[str, Any]:
    """Who claims: a union or a firm by the post of its union, a volunteer by the own membership.

    :raises Refusal: GH-WSH-010 neither.
    """
    if kind == ClaimantKind.VOLUNTEER:
        if own_membership(actor) is None:
            raise Refusal("GH-WSH-010", "在籍会员才能认领", None)
        return {"kind": kind, "name": "志愿者", "person_id": actor.person_id}
    require(actor, MANAGE)
    body = PublicOrganisation.objects.filter(pk=actor.organisation_id or 0).first()
    if body is None:
        raise Refusal("GH-WSH-010", "当前岗位没有所属组织", None, "换一个岗位再认领")
    words = _said(name, "name", "企业名称", 4, 80) if kind == ClaimantKind.FIRM else body.name[:80]
    return {"kind": kind, "name": words, "organisation_id": body.pk, "claimant_path": body.path}


def claim(actor: Viewer, *, wish_id: int, kind: ClaimantKind, name: str = "") -> Claim:
    """The first who comes takes it, until the rule's day.

    :raises Refusal: GH-WSH-008, 010; 011 somebody was faster; 012 the own one; 013 enough of them.
    """
    who, today = _claimant(actor, kind, name), timezone.localdate()
    try:
        with transaction.atomic(), widened():
            row: Wish | None = Wish.objects.select_for_update().filter(pk=wish_id).first()
            if row is None or (row.sensitive and not actor.reaches(row.path)) or row.state not in PUBLIC:
                raise Refusal("GH-WSH-008", "没有这个心愿，或它不在展示", None)
            if row.state != WishState.SHOWN:
                raise Refusal("GH-WSH-011", "这个心愿已经有人认领", None, "看看别的心愿")
            if who.get("person_id"):
                _volunteer(row, who["person_id"], today)
            days = int(rules.value("wishes.claim_days", row.path, today).value)
            made = Claim.objects.create(
                path=row.path,
                wish=row,
                claimed_on=today,
                due_on=today + timedelta(days=days),
                by=actor.account_id,
                **who,
            )
            row.state, row.claimed_by = WishState.CLAIMED, made.name
            row.save(update_fields=["state", "claimed_by"])
            _note(actor, "claimed", row, kind=str(kind))
    except IntegrityError:
        raise Refusal("GH-WSH-011", "这个心愿已经有人认领", None, "看看别的心愿") from None
    return made


def _volunteer(row: Wish, person_id: int, today: date) -> None:
    if WishOwner.objects.filter(wish=row, person_id=person_id).exists():
        raise Refusal("GH-WSH-012", "这是您自己的心愿", None)
    Person.objects.select_for_update(no_key=True).get(pk=person_id)  # two phones at once are counted one after another
    most = int(rules.value("wishes.claims_each", row.path, today).value)
    if Claim.objects.filter(person_id=person_id, state__in=LIVE).count() >= most:
        raise Refusal("GH-WSH-013", f"您已认领{most}个，送到以后再认领", None)


def _claimed(actor: Viewer, pk: int) -> tuple[Wish, Claim]:
    """The running claim that is the actor's own, with its wish, both locked. Runs where the range is wide.

    :raises Refusal: GH-WSH-014 not theirs, or over.
    """
    row = Wish.objects.select_for_update().filter(pk=pk).first()
    made = Claim.objects.select_for_update().filter(wish_id=pk, state=ClaimState.RUNNING).first() if row else None
    mine = made is not None and (
        (made.person_id is not None and made.person_id == actor.person_id)
        or (made.organisation_id is not None and made.organisation_id == actor.organisation_id and actor.may(MANAGE))
    )
    if row is None or made is None or not mine:
        raise Refusal("GH-WSH-014", "这个心愿不是由您认领的，或已经送到", None, "刷新页面看最新状态")
    return row, made


def _clean(picture: bytes) -> bytes:
    """Drawn anew: nothing that the phone wrote into it stays."""
    try:
        return pictures.clean(picture)
    except Refusal as refusal:
        raise Refusal("GH-WSH-015", refusal.message, "picture", "换一张，不附也可以") from None


def deliver(actor: Viewer, *, wish_id: int, words: str, picture: bytes = b"") -> Claim:
    """It was brought: in words, and with a picture if there is one; whoever wished has to confirm it.

    :raises Refusal: GH-WSH-002, 014; 015 no picture.
    """
    said = _said(words, "words", "送到的经过", 4, 300)
    with transaction.atomic(), widened():
        row, made = _claimed(actor, wish_id)
        if picture:
            made.proof = store(
                SYSTEM, path=row.path, name="照片.jpg", kind="wish_proof", content=_clean(picture),
                content_type="image/jpeg", personal=True,
            )  # fmt: skip
        made.state, made.words, made.delivered_on = ClaimState.DELIVERED, said, timezone.localdate()
        made.delivered_by = actor.account_id
        made.save()
        row.state = WishState.DELIVERED
        row.save(update_fields=["state"])
        _note(actor, "delivered", row)
    return made


def _back(row: Wish, made: Claim, state: ClaimState, on: date) -> None:
    """A wish is free again."""
    made.state, made.ended_on = state, on
    made.save(update_fields=["state", "ended_on"])
    row.state, row.claimed_by = WishState.SHOWN, ""
    row.save(update_fields=["state", "claimed_by"])


def drop(actor: Viewer, *, wish_id: int) -> Wish:
    """Given back by whoever claimed it: somebody else may take it.

    :raises Refusal: GH-WSH-014.
    """
    with transaction.atomic(), widened():
        row, made = _claimed(actor, wish_id)
        _back(row, made, ClaimState.DROPPED, timezone.localdate())
        _note(actor, "dropped", row)
    return row


def _arrived(actor: Viewer, pk: int) -> Wish:
    """A delivered wish that the actor may answer for: the member's own, or one of the range by an officer."""
    if actor.person_id is not None and not actor.is_staff:
        return _own(actor, pk, WishState.DELIVERED)
    require(actor, MANAGE)
    row: Wish | None = Wish.objects.select_for_update().filter(pk=pk).first()
    if row is None or not actor.reaches(row.path):
        raise Refusal("GH-WSH-008", "没有这个心愿，或它不在当前岗位的范围内", None, "刷新页面后再办理")
    return _in(row, WishState.DELIVERED)


def confirm(actor: Viewer, *, wish_id: int, thanks: str = "") -> Wish:
    """It has come: by whoever wished, or by an officer who asked them.

    :raises Refusal: GH-WSH-005, 008, 009; 017 by who brought it.
    """
    today, words = timezone.localdate(), thanks.strip()[:100]
    with transaction.atomic(), widened():
        row = _arrived(actor, wish_id)
        made = Claim.objects.select_for_update(of=("self",)).select_related("person").get(wish=row, state__in=LIVE)
        if actor.is_staff and actor.account_id in (made.by, made.delivered_by):
            raise Refusal(
                "GH-WSH-017", "认领和送到的人不能自己确认", None, "由本人在手机上确认，或请其他工作人员问过再确认"
            )
        owner = WishOwner.objects.select_related("person").filter(wish=row).first()
        for person in (owner.person if owner else None, made.person):
            if person is not None:
                _unsigned(person, {"thanks": words})
        made.state, made.ended_on = ClaimState.CONFIRMED, today
        made.save(update_fields=["state", "ended_on"])
        row.state, row.done_on, row.thanks = WishState.DONE, today, words
        row.save(update_fields=["state", "done_on", "thanks"])
        _note(actor, "confirmed", row)
    return row


def not_arrived(actor: Viewer, *, wish_id: int) -> Wish:
    """It has not come: back to whoever claimed it, with the rule's days anew.

    :raises Refusal: GH-WSH-008, 009.
    """
    today = timezone.localdate()
    with transaction.atomic(), widened():
        row = _arrived(actor, wish_id)
        days = int(rules.value("wishes.claim_days", row.path, today).value)
        Claim.objects.filter(wish=row, state=ClaimState.DELIVERED).update(
            state=ClaimState.RUNNING, delivered_on=None, due_on=today + timedelta(days=days)
        )
        row.state = WishState.CLAIMED
        row.save(update_fields=["state"])
        _note(actor, "not_arrived", row)
    return row


def lapse(today: date | None = None) -> int:
    """Claims whose day has passed end, and their wishes are free again; the answer is how many."""
    on, gone = today or timezone.localdate(), 0
    with acting(SYSTEM), transaction.atomic():
        late = Claim.objects.filter(state=ClaimState.RUNNING, due_on__lt=on).select_related("wish").order_by("pk")
        for made in late.select_for_update(of=("self", "wish"), skip_locked=True):
            _back(made.wish, made, ClaimState.LAPSED, on)
            _note(SYSTEM, "lapsed", made.wish)
            gone += 1
    return gone
