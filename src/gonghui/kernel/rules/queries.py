"""Which value a parameter has at a place on a day, and who set it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ..org.models import Organisation, PublicOrganisation
from ..org.rules import ancestors
from .models import Rule
from .rules import Definition, definition, definitions


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A value and where it comes from; decisions keep `rule_id` and `version`."""

    key: str
    value: Any
    version: int
    rule_id: int | None
    organisation_id: int | None
    source: str
    default: bool
    valid_from: date | None = None

    @property
    def reference(self) -> dict[str, Any]:
        """What a decision stores about the rule it used."""
        value = self.value["formula"] if isinstance(self.value, dict) and "formula" in self.value else self.value
        return {"key": self.key, "value": value, "rule": self.rule_id, "version": self.version}


def value(key: str, organisation_path: str, on: date) -> RuleValue:
    """The value set nearest to an organisation and valid on a day; else the catalogue's.

    :raises Refusal: GH-RUL-001 no such rule.
    """
    return values([key], organisation_path, on)[key]


def values(keys: Iterable[str], organisation_path: str, on: date) -> dict[str, RuleValue]:
    """Several values in one query. A value of None set somewhere says: as above."""
    wanted = {key: definition(key) for key in keys}
    found: dict[str, RuleValue] = {}
    rows = Rule.objects.filter(
        key__in=list(wanted), path__in=[*ancestors(organisation_path), organisation_path], valid_from__lte=on
    )
    seen: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda r: (len(r.path), r.valid_from, r.version), reverse=True):
        if row.key in found or (row.key, row.path) in seen:
            continue
        seen.add((row.key, row.path))
        if row.value is not None:
            found[row.key] = _of(row)
    return {key: found.get(key) or _default(one) for key, one in wanted.items()}


def _of(row: Rule) -> RuleValue:
    return RuleValue(
        key=row.key,
        value=row.value,
        version=row.version,
        rule_id=row.pk,
        organisation_id=row.organisation_id,
        source=row.source,
        default=False,
        valid_from=row.valid_from,
    )


def _default(one: Definition) -> RuleValue:
    value = {"formula": one.value, "tests": list(one.tests)} if one.kind == "formula" else one.value
    return RuleValue(one.key, value, 0, None, None, one.basis, True)


def history(key: str, organisation: Organisation | PublicOrganisation) -> QuerySet[Rule]:
    """Every version set at an organisation or above it, the latest first: rules are open to everybody."""
    paths = [*ancestors(organisation.path), organisation.path]
    return Rule.objects.filter(key=key, path__in=paths).order_by("-valid_from", "-version", "-pk")


def overview(organisation: Organisation | PublicOrganisation, on: date) -> list[tuple[Definition, RuleValue]]:
    """Every parameter with its value at a place, in the order of the catalogue."""
    found = values(definitions(), organisation.path, on)
    return [(one, found[key]) for key, one in definitions().items()]
