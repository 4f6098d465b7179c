"""Pages of benefits: the desk, the member's phone, the merchant's, and the public page of a draw."""


def number_of(text: str) -> int | None:
    """A row's number from what was sent; None for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
