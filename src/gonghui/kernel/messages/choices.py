"""Code lists of messages."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class MessageState(Labelled):
    """What became of the way to the phone; on the site a message stands in any case."""

    WAITING = "waiting", "待发送"
    SENT = "sent", "已发送"
    FAILED = "failed", "没有发成"
    DROPPED = "dropped", "只在站内"
