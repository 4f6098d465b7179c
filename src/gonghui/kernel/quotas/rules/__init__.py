"""Rules of offers, draws and codes: pure functions."""

from .codes import CODE_SECONDS, CodeRefused, code_text, read_code
from .offers import barred_until, cancel_until, check_publishable, check_weights, months_later, phase, told_title

__all__ = [
    "CODE_SECONDS",
    "CodeRefused",
    "barred_until",
    "cancel_until",
    "check_publishable",
    "check_weights",
    "code_text",
    "months_later",
    "phase",
    "read_code",
    "told_title",
]
