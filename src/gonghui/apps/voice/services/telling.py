"""Telling those who asked: each move of what they asked for stands on the page of their voice."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from gonghui.kernel.viewer import Viewer

from ..choices import Act
from ..models import CandidateVoice, Project, Voice
from .acts import add_act


def asked_for(candidate_id: int | None) -> list[Voice]:
    """The voices a candidate was gathered from, with those that were merged into them."""
    if candidate_id is None:
        return []
    gathered = CandidateVoice.objects.filter(candidate_id=candidate_id).values("voice_id")
    return list(Voice.objects.filter(Q(pk__in=gathered) | Q(lead__in=gathered)).order_by("pk"))


def tell(actor: Viewer, voices: Iterable[Voice], words: str, *, by: str, act: Act = Act.NOTED, to: str = "") -> int:
    """One line on each voice, the voices locked in one order; how many there were."""
    keys = sorted(one.pk for one in voices)
    rows = Voice.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    told = [add_act(actor, one, act, words=words, to=to, by=by) for one in rows]
    return len(told)


def tell_authors(project: Project, words: str, *, actor: Viewer, act: Act = Act.LISTED) -> int:
    """Everybody whose voice a project came of reads what happened; how many were told."""
    asked = asked_for(project.candidate_id)
    return tell(actor, asked, words, by=project.organisation.name, act=act, to=project.title)
