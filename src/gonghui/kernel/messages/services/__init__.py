"""Every write of messages: telling, sending, reading, choosing."""

from .keeping import forget_old
from .own import choose, read
from .sending import send_due
from .telling import tell, tell_later

__all__ = ["choose", "forget_old", "read", "send_due", "tell", "tell_later"]
