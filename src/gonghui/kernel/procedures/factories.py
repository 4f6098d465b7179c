"""Definitions and officers for tests of procedures and of the apps that stand on them."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from ..access.queries import viewer_of_member, viewer_of_post
from ..factories import make_account, make_post
from ..org.models import Organisation
from ..people.models import Person
from ..viewer import Viewer
from .models import Procedure

SIMPLE: dict[str, Any] = {
    "key": "test.simple",
    "title": "测试申请",
    "prefix": "CS",
    "who": "organisation",
    "form": {
        "sections": [
            {
                "title": "基本情况",
                "fields": [
                    {"key": "members", "title": "会员人数", "kind": "number", "fill": "org_members"},
                    {"key": "reason", "title": "理由", "kind": "long_text", "notice": "show"},
                    {"key": "amount", "title": "金额", "kind": "money", "required": False},
                ],
            }
        ]
    },
    "steps": [
        {"key": "first", "title": "乡镇审核", "kind": "review", "tier": "township", "role": "organising",
         "deadline": {"days": 5, "warn": 2, "breach": "escalate"}},
        {"key": "second", "title": "县级决定", "kind": "decide", "tier": "county", "role": "organising"},
    ],
    "approved": [{"key": "test.noted"}],
}  # fmt: skip


def make_procedure(body: dict[str, Any] | None = None, **changes: Any) -> Procedure:
    """A published definition of the topmost body, which holds everywhere below."""
    whole = copy.deepcopy(body or SIMPLE) | changes
    root = Organisation.objects.order_by("path").first()
    assert root is not None, "make the tree first"
    version = Procedure.objects.filter(key=whole["key"], path=root.path).count() + 1
    return Procedure.objects.create(
        key=whole["key"], version=version, organisation=root, path=root.path, title=whole["title"], body=whole,
        digest=f"{version}", state="published", valid_from=date(2020, 1, 1),
    )  # fmt: skip


def officer(organisation: Organisation, role: str = "organising", name: str = "周敏", username: str = "") -> Viewer:
    """A fresh officer at a body."""
    post = make_post(
        organisation, role, username or f"{role}{organisation.pk}-{Procedure.objects.count()}-{name}", name
    )
    return viewer_of_post(post.account, post)


def member_viewer(person: Person, username: str = "") -> Viewer:
    """A member on the phone."""
    return viewer_of_member(make_account(username or f"m{person.pk}", person.name, "member", person))
