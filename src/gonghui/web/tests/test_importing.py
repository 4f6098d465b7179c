"""`gonghui import` takes the same steps as the import centre, with the rights of the account it acts for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from gonghui.apps.rosters.factories import as_csv, people
from gonghui.kernel.factories import make_tree, viewer_at
from gonghui.kernel.people.models import Membership
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM
from gonghui.web.importing import bring_in


@pytest.fixture
def tree(own_database: str) -> Any:
    """The fixed tree, committed, with the organising officer of its first county and a finance officer."""
    with acting(SYSTEM):
        tree = make_tree()
        viewer_at(tree.county, "organising", "importer")
        viewer_at(tree.county, "finance", "cashier")
    return tree


def members() -> int:
    with acting(SYSTEM):
        return Membership.objects.count()


def test_good_rows_come_in_and_the_rest_are_handed_back(tree: Any, tmp_path: Path) -> None:
    before, rows = members(), [list(row) for row in people(20, [tree.union.name])]
    rows[4][1] = "360800199001011234"
    file, handed_back = tmp_path / "名册.csv", tmp_path / "改正.xlsx"
    file.write_bytes(as_csv(rows))
    today = timezone.localdate()
    looked = bring_in(file, username="importer", on=today, check_only=True)
    assert (looked["state"], looked["rows"]["new"], members()) == ("ready", 19, before)
    done = bring_in(file, username="importer", on=today, corrections=handed_back)
    assert (done["state"], done["rows"]["new"], done["rows"]["rejected"]) == ("done", 19, 1)
    assert members() == before + 19 and handed_back.stat().st_size > 1000
    again = bring_in(file, username="importer", on=today, at=tree.county.name)
    assert (again["rows"]["unchanged"], again["rows"]["new"], members()) == (19, 0, before + 19)


@pytest.mark.parametrize(
    ("username", "at", "code"),
    [
        ("nobody", "", "GH-CLI-001"),
        ("cashier", "", "GH-CLI-001"),
        ("importer", "某某工会", "GH-CLI-002"),
        ("importer", "{other}", "GH-CLI-002"),
    ],
)
def test_rights_of_the_account_are_the_limit(tree: Any, tmp_path: Path, username: str, at: str, code: str) -> None:
    file, before = tmp_path / "名册.csv", members()
    file.write_bytes(as_csv(people(3, [tree.union.name])))
    with pytest.raises(Refusal) as caught:
        bring_in(file, username=username, on=timezone.localdate(), at=at.format(other=tree.other_union.name))
    assert caught.value.code == code and members() == before
