"""The code by which somebody without an account finds again what they said: 16 signs, 80 bits, easy to read out."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 signs: none is mistaken for another."""
LENGTH = 16


def code_of(secret: bytes) -> str:
    """16 signs in fours from ten bytes: 7K3M-…"""
    number = int.from_bytes(secret[:10], "big")
    return spoken("".join(ALPHABET[(number >> (5 * place)) & 31] for place in reversed(range(LENGTH))))


def spoken(signs: str) -> str:
    """As it is shown and read out: in fours."""
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


def plain(typed: str) -> str:
    """What somebody typed, as the code is kept: without blanks, O read as 0, I and L as 1. Empty when it is none."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum()).translate(str.maketrans("OIL", "011"))
    return kept if len(kept) == LENGTH and set(kept) <= set(ALPHABET) else ""
