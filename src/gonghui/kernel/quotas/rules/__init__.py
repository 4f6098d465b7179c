"""Rules of offers, draws and codes: pure functions."""

from .codes import CODE_SECONDS, CodeRefused, code_text, read_code
from .offers import (
    WEEK,
    barred_until,
    cancel_until,
    check_publishable,
    check_weights,
    months_later,
    nearest_lesson,
    phase,
)

__all__ = [
    "CODE_SECONDS",
    "WEEK",
    "CodeRefused",
    "barred_until",
    "cancel_until",
    "check_publishable",
    "check_weights",
    "code_text",
    "months_later",
    "nearest_lesson",
    "phase",
    "read_code",
]
