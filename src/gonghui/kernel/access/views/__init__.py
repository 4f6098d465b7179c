"""Pages of log-in, of one's own account, of accounts and tokens."""

from .login import locked_out

__all__ = ["locked_out"]
