"""Every odd or hostile file is answered in Chinese, in time, within memory, and never partly."""

from __future__ import annotations

import os
import re
import resource
import time
from datetime import date

import pytest

from gonghui.apps.rosters.checking import Checked, Checker, Problem, check_rows
from gonghui.apps.rosters.matching import match
from gonghui.apps.rosters.reading.roster import open_roster
from gonghui.apps.rosters.tests.odd import ALL
from gonghui.apps.rosters.tests.odd.base import Odd
from gonghui.kernel.files.reading.codes import FILE_CODES
from gonghui.kernel.refusal import Refusal

TODAY = date(2026, 11, 21)
SECONDS = 2.0
EXTRA_MEMORY_KB = 256_000
HAN = re.compile(r"[\u4e00-\u9fff]{2}")


def test_table_holds_at_least_150_files_each_with_its_own_name():
    names = [odd.name for odd in ALL]
    assert len(names) >= 150


@pytest.mark.parametrize("odd", ALL, ids=[f"{number}-{odd.name}" for number, odd in enumerate(ALL)])
def test_odd_file_is_answered(odd: Odd):
    data = odd.make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    try:
        good, problems, skipped, header_row = _read(data, odd)
    except Refusal as refusal:
        assert refusal.code == FILE_CODES.get(odd.refused), (odd.refused, refusal.code, refusal.message)
        assert HAN.search(refusal.message) and HAN.search(refusal.hint or "")
    else:
        assert not odd.refused, "the file should have been refused"
        _compare(odd, good, problems, skipped, header_row)
    assert time.monotonic() - began < SECONDS * _patience()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < EXTRA_MEMORY_KB


def _patience() -> float:
    """Wall time of two cores shared with other tests is no measure; the bound holds on an idle machine."""
    return max(1.0, os.getloadavg()[0] * 2)


def _read(data: bytes, odd: Odd) -> tuple[dict[int, Checked], list[Problem], int, int]:
    good: dict[int, Checked] = {}
    problems: list[Problem] = []
    with open_roster(data, odd.filename, kind=odd.kind) as roster:
        matching = match(roster.labels, roster.samples, odd.kind)
        checker = Checker(odd.kind, matching.mapping, on=TODAY)
        keys = tuple(matching.mapping[name] for name in ("name", "id_number") if name in matching.mapping)
        for answer in check_rows(checker, roster.rows(keys)):
            if isinstance(answer, list):
                problems += answer
            else:
                good[answer.row] = answer
        for problem in checker.finish():
            good.pop(problem.row, None)
            problems.append(problem)
        return good, problems, roster.skipped_count, roster.header.top


def _compare(odd: Odd, good: dict[int, Checked], problems: list[Problem], skipped: int, header_row: int) -> None:
    found = sorted((problem.row, problem.column, problem.code) for problem in problems)
    assert found == sorted(odd.problems), problems
    if odd.good is not None:
        assert len(good) == odd.good
    if odd.skipped is not None:
        assert skipped == odd.skipped
    if odd.header_row is not None:
        assert header_row == odd.header_row
    for row, values in odd.values.items():
        assert {name: good[row].values[name] for name in values} == values
    for problem in problems:
        assert HAN.search(problem.message), problem
        assert HAN.search(problem.hint), problem
