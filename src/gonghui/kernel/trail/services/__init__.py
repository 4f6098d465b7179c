"""Every write of the trail: records in the transaction of the act, seals behind it, heads and exports outside."""

from .exporting import export, lines
from .recording import record, record_many
from .sealing import hand_out, head_of, heads_file, public_key, rebase, seal

__all__ = [
    "export",
    "hand_out",
    "head_of",
    "heads_file",
    "lines",
    "public_key",
    "rebase",
    "record",
    "record_many",
    "seal",
]
