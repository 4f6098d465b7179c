"""Rules of offers, draws and codes: pure functions."""

from .codes import CODE_SECONDS, CodeRefused, code_text, read_code
from .offers import (
    FACTS,
    WEEK,
    barred_until,
    cancel_until,
    check_publishable,
    check_weights,
    free_slot,
    months_later,
    nearest_lesson,
    phase,
    told_title,
)
from .seeds import LEAST_SOURCES, link_digest, plain_value, secret_fault, too_few_sources

__all__ = [
    "CODE_SECONDS",
    "FACTS",
    "LEAST_SOURCES",
    "WEEK",
    "CodeRefused",
    "barred_until",
    "cancel_until",
    "check_publishable",
    "check_weights",
    "code_text",
    "free_slot",
    "link_digest",
    "months_later",
    "nearest_lesson",
    "phase",
    "plain_value",
    "read_code",
    "secret_fault",
    "told_title",
    "too_few_sources",
]
