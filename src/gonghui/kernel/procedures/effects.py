"""The one effect of procedures themselves: that something was granted is noted, and nothing else changes."""

from __future__ import annotations

from typing import Any

from ..manifest import Effect
from ..viewer import Viewer
from .services.decisions import Made


def noted(actor: Viewer, made: Made) -> dict[str, Any]:
    """A matter that ends with its decision: a certificate to fetch, an answer to give."""
    return {"number": made.application.number, "on": made.on.isoformat()}


EFFECTS = (Effect("procedures.noted", "记录办结", "application.handle", noted),)
