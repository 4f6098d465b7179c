"""What a merger, split or dissolution does to the people of a union: org asks, people answers.

Org stands below people and may not import it, so people hands over its answers once, when the application starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from ..viewer import Viewer
from .models import Organisation, OrganisationChange


class MembershipEffects(Protocol):
    """Bulk acts on memberships and offices that one change of an organisation brings about.

    Every method runs inside the caller's transaction, after the caller has locked both organisations and saved
    `change`. Members are never lost: each open membership of the source ends and another one opens.
    """

    def transfer_all(
        self, actor: Viewer, change: OrganisationChange, source: Organisation, target: Organisation, on: date
    ) -> int:
        """All open memberships of `source` go on in `target`; offices in `source` end. Returns the members moved."""

    def hold_all(
        self, actor: Viewer, change: OrganisationChange, source: Organisation, holder: Organisation, on: date
    ) -> int:
        """All open memberships of `source` are retained by `holder`; offices in `source` end."""

    def split_off(
        self,
        actor: Viewer,
        change: OrganisationChange,
        source: Organisation,
        target: Organisation,
        membership_ids: Iterable[int],
        on: date,
    ) -> int:
        """The given memberships of `source` go on in `target`; so do their holders' offices end in `source`."""

    def revert(self, actor: Viewer, change: OrganisationChange) -> int:
        """The exact reverse of what `change` did. Returns the memberships restored."""

    def depends_on(self, change: OrganisationChange) -> str | None:
        """Why `change` cannot be taken back any more: one Chinese sentence naming what was done since, or None."""


_bound: MembershipEffects | None = None


def bind_membership_effects(effects: MembershipEffects) -> None:
    """Called once from the application's ready()."""
    global _bound
    _bound = effects


def membership_effects() -> MembershipEffects:
    """The answers of people.

    :raises RuntimeError: the application was not started.
    """
    if _bound is None:
        raise RuntimeError("membership effects are not bound; start Django first")
    return _bound
