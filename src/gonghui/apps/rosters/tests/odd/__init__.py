"""Odd and hostile roster files: the table that the import is tested against."""

from gonghui.apps.rosters.tests.odd.harmful import HARMFUL
from gonghui.apps.rosters.tests.odd.identity import IDENTITY
from gonghui.apps.rosters.tests.odd.in_cells import CELLS
from gonghui.apps.rosters.tests.odd.not_rosters import NOT_ROSTERS
from gonghui.apps.rosters.tests.odd.others import OTHERS
from gonghui.apps.rosters.tests.odd.shapes import SHAPES
from gonghui.apps.rosters.tests.odd.texts import TEXTS

ALL = [*NOT_ROSTERS, *HARMFUL, *TEXTS, *IDENTITY, *CELLS, *SHAPES, *OTHERS]
