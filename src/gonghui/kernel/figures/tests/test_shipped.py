"""Every figure that ships can be counted, opens the records it was counted from, and their number is the same."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from gonghui.kernel.figures import queries, registry, services
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.rules.definition import Definition, check
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.figures.shipped import bodies

pytestmark = pytest.mark.django_db


def test_they_are_right_and_have_keys_of_their_own():
    known = {body["key"]: Definition.model_validate(body) for body in bodies()}
    assert len(known) == len(bodies())
    assert [
        (body["key"], check(body, registry.sources(), known))
        for body in bodies()
        if check(body, registry.sources(), known)
    ] == []
