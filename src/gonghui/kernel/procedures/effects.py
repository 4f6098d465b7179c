"""Effects that belong to no app: what any procedure may bring about."""

from __future__ import annotations

from typing import Any

from ..manifest import Effect
from ..viewer import Viewer


def noted(actor: Viewer, made: Any) -> dict[str, Any]:
    """The matter is closed on the record; nothing else in the platform changes."""
    return {"number": made.application.number, "on": made.on.isoformat()}


EFFECTS = (Effect("procedures.noted", "记录办结", "application.handle", noted),)
