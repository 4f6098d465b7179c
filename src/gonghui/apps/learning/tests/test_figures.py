"""Days of reading and papers are counted, and open as many records as they say."""

from __future__ import annotations

import pytest
from django.utils import timezone

from gonghui.apps.learning.factories import make_all
from gonghui.apps.learning.models import Attempt, CheckIn
from gonghui.kernel.factories import Tree
from gonghui.kernel.figures import queries, services
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.procedures.factories import officer
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("key", "model"), [("papers", Attempt), ("reading_days", CheckIn)])
def test_what_is_counted_opens(tree: Tree, key: str, model: type[Attempt] | type[CheckIn]):
    with acting(SYSTEM):
        services.install_shipped(using="default")
        services.fill()
        make_all(tree.union, tree.insider.person, "读书")
    services.drain()
    leader = officer(tree.county, "leader")
    with acting(SYSTEM):
        rows = model.objects.all()
        if model is Attempt:
            rows = rows.filter(handed_at__isnull=False)
        found = queries.figure(SYSTEM, key, tree.union.path)
        assert found is not None
        day = rows[0].day if model is Attempt else rows[0].on
        period = around(day, "year")
        line = queries.lineage(leader, found, tree.union, period, today=timezone.localdate())
        value = queries.value(SYSTEM, found, tree.union, period)
        assert value.top == line.number == line.records.count() == rows.count() > 0
