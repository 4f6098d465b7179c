"""A new installation gets its first federation and three separate officers, once."""

from __future__ import annotations

import pytest

from gonghui.kernel.models import Account, Organisation, Post
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import take_scope
from gonghui.web.founding import OFFICERS, found_installation

GIVEN = dict(zip(map(str, OFFICERS), [("admin1", "陈卫东"), ("safe1", "胡晓峰"), ("audit1", "罗静")], strict=True))


def test_first_federation_and_three_officers_who_must_change_their_password(db: None) -> None:
    passwords = found_installation("某某市总工会", "city", "360800", GIVEN)
    take_scope("", "~")
    assert Organisation.objects.get().name == "某某市总工会"
    assert Post.objects.count() == 3 and set(passwords) == {"admin1", "safe1", "audit1"}
    assert Account.objects.filter(must_change_password=True).count() == 3
    with pytest.raises(Refusal):
        found_installation("另一个总工会", "city", "", GIVEN)
