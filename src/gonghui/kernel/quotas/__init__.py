"""Scarce things: offers, sessions, counters, claims, entries, draws. Knows nothing of what is offered."""
