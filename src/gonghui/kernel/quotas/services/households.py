"""Who lives together says so themselves, both sides: one starts a household, the others join with its code."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from ...people.models import Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..choices import OfferState, Per
from ..models import Claim, Counter, Household, HouseholdMember
from .claiming import free_slot

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
MOST_MEMBERS = 12


def _person(viewer: Viewer) -> Person:
    if viewer.person_id is None:
        raise Refusal("GH-QTA-090", "只有会员本人能登记同住家庭", "person")
    return Person.objects.get(pk=viewer.person_id)


def _noted(viewer: Viewer, verb: str, person: Person) -> None:
    record(viewer, f"quotas.{verb}", path=person.path, object_type="household", subject_id=person.pk)


def _hold_places() -> None:
    """Nobody takes a place that counts households while it changes who belongs to one; counters in the usual order."""
    shared = Counter.objects.filter(
        offer__state__in=[OfferState.PUBLISHED, OfferState.ALLOCATED], offer__limit__per=Per.HOUSEHOLD,
        offer__limit__valid_to__gte=timezone.localdate(),
    )  # fmt: skip
    list(shared.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _in_force() -> dict[str, Any]:
    """Claims under limits that count households today; named by the limit, by which they are found."""
    return {"limit__per": Per.HOUSEHOLD, "limit__valid_to__gte": timezone.localdate()}


def _bring(person: Person, household: Household) -> None:
    """Count for the household what the person has of limits of households.

    :raises Refusal: GH-QTA-047 more than such a limit allows to one.
    """
    own = Claim.objects.filter(person=person, holder=person.pk, ended=0, **_in_force())
    for claim in own.select_related("limit").order_by("pk"):
        slot = free_slot(claim.limit, -household.pk)
        if slot is None:
            raise Refusal(
                "GH-QTA-095", f"“{claim.limit.title}”每户{claim.limit.most}次，您和这家人合起来超过了", "code",
                f"没有用的先退回，或{claim.limit.valid_to:%Y年%-m月%-d日}以后再加入",
            )  # fmt: skip
        claim.holder, claim.slot = -household.pk, slot
        claim.save(update_fields=["holder", "slot"])


def start_household(viewer: Viewer) -> Household:
    """A household of one, with a code to pass on; who has one already gets it again."""
    person = _person(viewer)
    tie = HouseholdMember.objects.filter(person=person).select_related("household").first()
    if tie:
        found: Household = tie.household
        return found
    with transaction.atomic(), widened():
        _hold_places()
        row: Household = Household.objects.create(code="".join(secrets.choice(LETTERS) for _ in range(10)))
        HouseholdMember.objects.create(household=row, person=person, path=person.path)
        _bring(person, row)
        _noted(viewer, "household_started", person)
    return row


def join_household(viewer: Viewer, *, code: str) -> Household:
    """Join with the code that another member passed on.

    What one has of a limit that counts households is from now on the household's.
    :raises Refusal: GH-QTA-091 no such code; 092 in a household already; 093 full; 095 together they have too much.
    """
    person = _person(viewer)
    with transaction.atomic(), widened():
        found = Household.objects.filter(code=code.strip().upper()).first()
        if found is None:
            raise Refusal("GH-QTA-091", "没有这个邀请码", "code", "请家人在“同住家庭”里再看一次")
        _hold_places()
        row: Household = Household.objects.select_for_update().get(pk=found.pk)
        if row.members.count() >= MOST_MEMBERS:
            raise Refusal("GH-QTA-093", f"一户最多登记{MOST_MEMBERS}人", "code")
        try:
            with transaction.atomic():
                HouseholdMember.objects.create(household=row, person=person, path=person.path)
        except IntegrityError:
            raise Refusal("GH-QTA-092", "已经登记在一个家庭里，先退出再加入", "code") from None
        _bring(person, row)
        _noted(viewer, "household_joined", person)
    return row


def leave_household(viewer: Viewer) -> None:
    """Leave a household that has used nothing of a limit in force, whoever of them it was: none begins anew by leaving.

    Who is alone in it takes along what was counted.

    :raises Refusal: GH-QTA-094 something is counted for the household, and until when.
    """
    person = _person(viewer)
    with transaction.atomic(), widened():
        _hold_places()
        tie = HouseholdMember.objects.filter(person=person).first()
        if tie is None:
            return
        home = Household.objects.select_for_update().get(pk=tie.household_id)
        used = Claim.objects.filter(holder=-home.pk, ended=0, **_in_force())
        if home.members.count() == 1:  # nobody stays behind for whom it counts
            used.update(holder=person.pk)
        elif last := used.order_by("-limit__valid_to").values_list("limit__valid_to", flat=True).first():
            raise Refusal(
                "GH-QTA-094", f"您家用家庭名额领的项目在{last:%Y年%-m月%-d日}以前算数，期内不能退出", "household",
                "没有用的先退回，再来退出",
            )  # fmt: skip
        tie.delete()
        _noted(viewer, "household_left", person)
