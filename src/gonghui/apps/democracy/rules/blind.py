"""Blind RSA signatures: the union signs that somebody may vote without seeing what it signs.

The browser hashes a random token (`recount.digest`), multiplies the hash by r^e and sends the product; the union signs
the product once for each delegate; the browser divides by r. What the union saw and what is cast are independent: for
any pair of them there is exactly one r that joins them, so not even the union's key tells which belongs to whom.

Signing whatever is sent is safe here: the key signs nothing but tokens of one ballot, one for each delegate, and a
token counts only when the signature fits its full-domain hash.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import rsa

from .recount import PUBLIC_EXPONENT

BITS = 2048
HEX = BITS // 4


def make_key() -> tuple[int, int]:
    """Modulus and private exponent of a new ballot."""
    private = rsa.generate_private_key(PUBLIC_EXPONENT, BITS).private_numbers()
    return private.public_numbers.n, private.d


def read_number(text: str, modulus: int) -> int | None:
    """A hexadecimal number between 1 and the modulus; None for anything else."""
    if not 0 < len(text) <= HEX or any(one not in "0123456789abcdef" for one in text):
        return None
    number = int(text, 16)
    return number if 1 < number < modulus else None


def sign(blinded: int, modulus: int, exponent: int) -> int:
    return pow(blinded, exponent, modulus)
