"""A code of a refusal names one thing: whoever reads it out on the phone is understood."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

from gonghui.kernel.quotas import rules

CODE = re.compile(r"GH-QTA-\d{3}")
QUOTAS = Path(rules.__file__).resolve().parents[1]
SHARED = {
    "GH-QTA-001",
    "GH-QTA-010",
    "GH-QTA-020",
    "GH-QTA-030",
    "GH-QTA-042",
    "GH-QTA-043",
    "GH-QTA-044",
    "GH-QTA-046",
}
"""Codes of one matter that is met at several doors: nothing in range, a reason missing, not for this person."""


def test_no_two_matters_share_a_code():
    where: dict[str, set[str]] = defaultdict(set)
    for file in sorted(QUOTAS.rglob("*.py")):
        if "tests" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)):
                where[str(node.value)].add(file.stem)
    assert len(where) > 40
    assert {code: files for code, files in where.items() if len(files) > 1 and code not in SHARED} == {}
