"""Who lives together says so themselves, both sides: one starts a household, the others join with its code."""

from __future__ import annotations

import secrets

from django.db import IntegrityError, transaction

from ...people.models import Person
from ...refusal import Refusal
from ...scope import widened
from ...trail.services import record
from ...viewer import Viewer
from ..models import Claim, Household, HouseholdMember

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
MOST_MEMBERS = 12


def _person(viewer: Viewer) -> Person:
    if viewer.person_id is None:
        raise Refusal("GH-QTA-090", "只有会员本人能登记同住家庭", "person")
    return Person.objects.get(pk=viewer.person_id)


def _noted(viewer: Viewer, verb: str, person: Person) -> None:
    record(viewer, f"quotas.{verb}", path=person.path, object_type="household", subject_id=person.pk)


def start_household(viewer: Viewer) -> Household:
    """A household of one, with a code to pass on; who has one already gets it again."""
    person = _person(viewer)
    tie = HouseholdMember.objects.filter(person=person).select_related("household").first()
    if tie:
        found: Household = tie.household
        return found
    with transaction.atomic(), widened():
        row: Household = Household.objects.create(code="".join(secrets.choice(LETTERS) for _ in range(10)))
        HouseholdMember.objects.create(household=row, person=person, path=person.path)
        _noted(viewer, "household_started", person)
    return row


def join_household(viewer: Viewer, *, code: str) -> Household:
    """Join with the code that another member passed on.

    :raises Refusal: GH-QTA-091 no such code; 092 in a household already; 093 full.
    """
    person = _person(viewer)
    with transaction.atomic(), widened():
        row = Household.objects.select_for_update().filter(code=code.strip().upper()).first()
        if row is None:
            raise Refusal("GH-QTA-091", "没有这个邀请码", "code", "请家人在“同住家庭”里再看一次")
        if row.members.count() >= MOST_MEMBERS:
            raise Refusal("GH-QTA-093", f"一户最多登记{MOST_MEMBERS}人", "code")
        try:
            with transaction.atomic():
                HouseholdMember.objects.create(household=row, person=person, path=person.path)
        except IntegrityError:
            raise Refusal("GH-QTA-092", "已经登记在一个家庭里，先退出再加入", "code") from None
        _noted(viewer, "household_joined", person)
    return row


def leave_household(viewer: Viewer) -> None:
    """Leave; what the household has used under a limit stays counted for it.

    :raises Refusal: GH-QTA-094 a place counted for the household is still open.
    """
    person = _person(viewer)
    with transaction.atomic(), widened():
        tie = HouseholdMember.objects.filter(person=person).first()
        if tie is None:
            return
        if Claim.objects.filter(person=person, holder=-tie.household_id, ended=0).exists():
            raise Refusal("GH-QTA-094", "用家庭名额领的项目还在，本期内不能退出", "household")
        tie.delete()
        _noted(viewer, "household_left", person)
