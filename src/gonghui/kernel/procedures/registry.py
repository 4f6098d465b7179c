"""What the parts of the platform offer to procedures: effects, facts of the records, and the words of roles."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from ..access.choices import Role
from ..access.rules import PERMISSIONS, role_permissions
from ..manifest import Effect, Fact, Panel, SubmitCheck
from ..refusal import Refusal
from ..rules.rules import definitions as rule_definitions
from ..viewer import Viewer
from .rules.checking import Known, KnownEffect

STAFF_ROLES = {
    role.value: role.label
    for role in Role.members()
    if role not in (Role.MEMBER, Role.OUTSIDER, Role.FEDERATION_ADMIN, Role.SECURITY_OFFICER)
}
"""Roles that may handle a step; administration and security keep out of the union's business (三权分立)."""

_RULE_KINDS = {"integer": "number", "number": "number", "money": "money", "text": "text", "yes_no": "yes_no"}


@lru_cache(maxsize=1)
def effects() -> dict[str, Effect]:
    """Every effect of every manifest; the setting `GONGHUI_EFFECTS` names who collects them."""
    path = getattr(settings, "GONGHUI_EFFECTS", "")
    return {one.key: one for one in (import_string(path)() if path else ())}


@lru_cache(maxsize=1)
def facts() -> dict[str, Fact]:
    """Every fact that the records offer; the setting `GONGHUI_FACTS` names who collects them."""
    path = getattr(settings, "GONGHUI_FACTS", "")
    return {one.key: one for one in (import_string(path)() if path else ())}


def effect(key: str) -> Effect:
    """:raises Refusal: GH-PRO-002 the platform no longer has this effect."""
    found = effects().get(key)
    if found is None:
        raise Refusal("GH-PRO-002", f"平台没有“{key}”这个办结事项，流程无法办结", hint="由维护流程的岗位改用现有的事项")
    return found


def read_facts(organisation: Any, person: Any, on: date, wanted: set[str] | None = None) -> dict[str, Any]:
    """Values of facts by name; only the wanted ones are read."""
    return {key: one.read(organisation, person, on) for key, one in facts().items() if wanted is None or key in wanted}


def panels(viewer: Viewer, application: Any) -> list[Panel]:
    """What apps draw on an application's page; the setting `GONGHUI_PANELS` names who collects them."""
    path = getattr(settings, "GONGHUI_PANELS", "")
    found: list[Panel] = import_string(path)(viewer, application) if path else []
    return found


@lru_cache(maxsize=1)
def _submit_checks() -> tuple[SubmitCheck, ...]:
    path = getattr(settings, "GONGHUI_SUBMIT_CHECKS", "")
    return tuple(import_string(path)() if path else ())


def wrong_before_submit(viewer: Viewer, application: Any, values: dict[str, Any]) -> dict[str, str]:
    """What apps find wrong with an application that is about to be handed in, by field."""
    wrong: dict[str, str] = {}
    for one in _submit_checks():
        if any(application.key == key or (key.endswith(".") and application.key.startswith(key)) for key in one.keys):
            wrong |= one.check(viewer, application, values)
    return wrong


@lru_cache(maxsize=1)
def _standards() -> Any:
    path = getattr(settings, "GONGHUI_STANDARDS", "")
    return import_string(path) if path else frozenset


def standards() -> frozenset[str]:
    """Keys of the standards that an app offers to score by; the setting `GONGHUI_STANDARDS` names who knows them."""
    return frozenset(_standards()())


def known(
    author: frozenset[str] | None = None, level: str = "national", standards: frozenset[str] = frozenset()
) -> Known:
    """The words that a definition may use, for its check."""
    permissions = role_permissions()
    return Known(
        roles=STAFF_ROLES,
        effects={
            key: KnownEffect(
                one.title,
                one.permission,
                one.needs,
                frozenset(role for role in STAFF_ROLES if one.permission in permissions[role])
                if one.permission
                else frozenset(),
            )
            for key, one in effects().items()
        },
        facts={key: one.kind for key, one in facts().items()},
        rules={key: _RULE_KINDS.get(one.kind, "text") for key, one in rule_definitions().items()},
        standards=standards,
        formulas={key: frozenset(one.inputs) for key, one in rule_definitions().items() if one.kind == "formula"},
        author=author,
        level=level,
        titles=PERMISSIONS,
    )
