"""Selections as the desk, members and everybody read them; voices that candidates are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from gonghui.kernel.org.queries import public
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.people.queries import own_membership
from gonghui.kernel.viewer import Viewer

from ..choices import OPEN, SelectionState
from ..models import Candidate, CandidateVoice, Selection, Voice, Weigher
from ..recount import Option, Terms
from ..rules.weighing import method_words, within
from .voices import excerpt


def selections(viewer: Viewer) -> QuerySet[Selection]:
    """Selections of the range with how many candidates they have."""
    rows: QuerySet[Selection] = Selection.objects.visible(viewer).select_related("organisation")
    return rows.annotate(total=Count("candidates")).order_by("-year", "-pk")


def selection(viewer: Viewer, pk: int) -> Selection | None:
    return selections(viewer).filter(pk=pk).first()


def terms_of(row: Selection) -> Terms:
    return Terms(row.method, row.picks, row.places, row.budget or 0)


def method_of(row: Selection) -> str:
    """How it is counted, in plain words."""
    return method_words(terms_of(row))


def candidates(row: Selection) -> list[dict[str, Any]]:
    """Candidates with what the weighing and the committee made of them, in order of their places, else of numbers."""
    tally = {one["number"]: one for one in (row.tally or {}).get("rows", ())}
    found = [
        {
            "row": one, "count": tally.get(one.number), "within": within(row.tally, one.number),
            "chosen": one.state == "chosen",
        }
        for one in row.candidates.order_by("number")
    ]  # fmt: skip
    return sorted(found, key=lambda one: one["count"]["place"] if one["count"] else 0)


def options(row: Selection) -> list[Option]:
    return [Option(one.number, one.cost, one.voices) for one in row.candidates.order_by("number")]


def candidate(viewer: Viewer, pk: int) -> Candidate | None:
    return Candidate.objects.visible(viewer).select_related("selection").filter(pk=pk).first()


def candidate_choices(row: Selection) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one.number}号 {one.title}") for one in row.candidates.order_by("number")]


def gathered(viewer: Viewer, row: Candidate) -> list[dict[str, Any]]:
    """Voices that a candidate was made of; those out of the reader's sight stay counted."""
    mine = CandidateVoice.objects.filter(candidate=row).values("voice_id")
    found = Voice.objects.visible(viewer).filter(pk__in=mine).annotate(same=Count("merged")).order_by("received_on")
    return [{"row": one, "said": excerpt(one)} for one in found]


def open_voices(viewer: Viewer, row: Selection) -> QuerySet[Voice]:
    """Voices that may become candidates: open, of the body's range, merged under their lead, none that is sensitive."""
    taken = CandidateVoice.objects.filter(candidate__selection=row)
    rows: QuerySet[Voice] = (
        Voice.objects.visible(viewer)
        .filter(path__gte=row.path, path__lt=row.path + "~", state__in=(*OPEN, "answered"), sensitive="", lead=None)
        .exclude(pk__in=taken.values("voice_id"))
        .annotate(same=Count("merged"))
        .order_by("-same", "-backers", "received_on", "pk")
    )
    return rows


def groups(viewer: Viewer, row: Selection) -> list[dict[str, Any]]:
    """Groups of near voices, the largest first: what repeats."""
    rows = open_voices(viewer, row).filter(group__isnull=False).order_by()
    found = rows.values("group").annotate(count=Count("pk", distinct=True)).order_by("-count", "group")
    return [dict(one) for one in found[:8]]


# -- members --------------------------------------------------------------------------------------------------------


def for_member(viewer: Viewer) -> list[dict[str, Any]]:
    """Weighings of the bodies above the member's union: those that run and those that were counted."""
    membership = own_membership(viewer)
    if membership is None:
        return []
    today = timezone.localdate()
    rows = Selection.objects.filter(path__in=[*ancestors(membership.path), membership.path]).filter(
        Q(state=SelectionState.WEIGHING, opens_on__lte=today) | Q(state=SelectionState.PUBLISHED)
        | Q(state=SelectionState.DECIDING)
    )  # fmt: skip
    mine = set(Weigher.objects.filter(person_id=membership.person_id).values_list("selection_id", flat=True))
    found = [
        {"row": one, "chosen": one.pk in mine, "runs": runs(one, today)}
        for one in rows.order_by("-closes_on", "-pk")[:20]
    ]
    return sorted(found, key=lambda one: not (one["runs"] and not one["chosen"]))


def runs(row: Selection, today: Any) -> bool:
    return bool(
        row.state == SelectionState.WEIGHING
        and row.opens_on
        and row.closes_on
        and row.opens_on <= today <= row.closes_on
    )


def one_for_member(viewer: Viewer, pk: int) -> dict[str, Any] | None:
    return next((one for one in for_member(viewer) if one["row"].pk == pk), None)


def body_name(row: Selection) -> str:
    """The body whose selection it is; members and everybody know its name."""
    found = public(row.organisation_id)
    return found.name if found else ""
