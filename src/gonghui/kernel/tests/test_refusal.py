"""Refusals keep their four values through raising, printing and pickling."""

from __future__ import annotations

import pickle

from gonghui.kernel.refusal import Refusal


def test_refusal_as_dict_carries_all_four() -> None:
    refusal = Refusal("GH-ORG-003", "上级组织已撤销", "parent", "另选上级组织")
    assert refusal.as_dict() == {
        "code": "GH-ORG-003",
        "message": "上级组织已撤销",
        "field": "parent",
        "hint": "另选上级组织",
    }
    assert str(refusal) == "GH-ORG-003 上级组织已撤销"


def test_refusal_survives_pickling_between_processes() -> None:
    again = pickle.loads(pickle.dumps(Refusal("GH-PER-101", "证件号码是空的", "id_number")))
    assert again.as_dict() == {
        "code": "GH-PER-101",
        "message": "证件号码是空的",
        "field": "id_number",
        "hint": None,
    }
