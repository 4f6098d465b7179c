"""No route without a door, and none behind a permission that no role holds."""

from __future__ import annotations

from gonghui.kernel.access.rules import PERMISSIONS, role_permissions
from tests.architecture.routes import all_routes


def test_every_page_stands_behind_a_door() -> None:
    bare = [
        r.pattern
        for r in all_routes()
        if r.door is None and not r.pattern.startswith(("api/v1/", "account/2fa", "look", "static"))
    ]
    assert bare == []


def test_every_permission_asked_for_exists_and_somebody_holds_it() -> None:
    held = {word for granted in role_permissions().values() for word in granted}
    asked = {r.door.permission for r in all_routes() if r.door and r.door.permission}
    assert asked <= PERMISSIONS.keys()
    assert asked <= held
