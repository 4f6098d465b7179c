"""The demonstration's ten practical things: in every state, and counted as the scenario states."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from django.utils import timezone

from gonghui.apps.voice.models import Evaluation, Project, Selection, Voice
from gonghui.kernel.factories import Tree, make_member, make_organisation
from gonghui.kernel.figures.queries import in_force, value
from gonghui.kernel.figures.rules.periods import days
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.demo.deeds import Deeds, deeds_for
from gonghui.web.demo.officers import Officers
from gonghui.web.scenarios.facts import EVERYTHING, wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown(tree: Tree) -> Iterator[Tree]:
    """Firms with a worker or two."""
    with acting(SYSTEM):
        for number in range(14):
            firm = make_organisation(f"安福县第{number}机械有限公司工会委员会", parent=tree.township)
            make_member(firm, f"甲{number}")
            make_member(firm, f"乙{number}")
        yield tree


def test_a_city_has_projects_in_every_state(grown: Tree) -> None:
    officers = Officers(Random(1), timezone.localdate())
    demo = Deeds.__new__(Deeds)
    demo.officers, demo.city, demo.county = officers, grown.city, grown.county
    demo.run()
    row = Selection.objects.get()
    assert (row.state, row.candidates.count(), row.voters) == ("published", 13, 26)
    listed = Project.objects.filter(listed=True)
    assert listed.count() == 10 and Voice.objects.count() == 13
    assert {"closed", "reopened", "done", "running", "planned"} <= set(listed.values_list("state", flat=True))
    low = Evaluation.objects.get(passed=False)
    assert low.project.state == "reopened" and low.project.escalated_to == "江西省总工会"
    assert Evaluation.objects.filter(state="open").count() == 1
    assert Project.objects.filter(parent__isnull=False).count() >= 2
    assert not row.candidates.filter(state="dropped", reason="").exists()


def test_yangzhou_did_ten_practical_things(grown: Tree) -> None:
    from datetime import timedelta

    from gonghui.kernel.figures.services import rebuild_all

    today, stated = timezone.localdate(), wanted("yangzhou")
    deeds_for(stated, Officers(Random(1), today), grown.city)
    rebuild_all(today)
    place = PublicOrganisation.objects.get(pk=grown.city.pk)
    counted = value(
        EVERYTHING, in_force(place.path)["good_things"], place, days(today - timedelta(days=181), today), today
    )
    assert counted.number == stated["good_things"] == 10
