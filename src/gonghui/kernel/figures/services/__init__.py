"""Writing figures: definitions, kept values, closed periods, targets."""

from .closing import check_closed, close
from .definitions import Wrong, copy_here, discard, install_shipped, publish, retire, save_draft
from .keeping import drain, fill, rebuild, rebuild_all
from .opening import grant_views, open_all, open_figures, withdraw_views
from .targets import accept, ask_for_another, explain, hand_down, set_target, withdraw

__all__ = [
    "Wrong",
    "accept",
    "ask_for_another",
    "check_closed",
    "close",
    "copy_here",
    "discard",
    "drain",
    "explain",
    "fill",
    "grant_views",
    "hand_down",
    "install_shipped",
    "open_all",
    "open_figures",
    "publish",
    "rebuild",
    "rebuild_all",
    "retire",
    "save_draft",
    "set_target",
    "withdraw",
    "withdraw_views",
]
