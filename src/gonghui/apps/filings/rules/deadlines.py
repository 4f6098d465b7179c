"""Deadlines of filings and questions in days, worded and coloured as everywhere else."""

from __future__ import annotations

from datetime import date

from gonghui.kernel.wording import Tone, deadline, deadline_tone

_TONES = {Tone.DUE: "bad", Tone.SOON: "wait", Tone.CALM: ""}


def said(due_on: date, today: date) -> str:
    """剩3天, 今天到期, 逾期2天."""
    return deadline((due_on - today).days, unit="天")


def tone(due_on: date, today: date) -> str:
    """The colour that goes with it: `bad`, `wait` or none."""
    return _TONES[deadline_tone((due_on - today).days)]
