"""Rules of offers and draws: pure functions."""

from .offers import (
    CONFIRMS_MOST,
    balanced_tickets,
    barred_until,
    cancel_until,
    check_publishable,
    phase,
)

__all__ = ["CONFIRMS_MOST", "balanced_tickets", "barred_until", "cancel_until", "check_publishable", "phase"]
