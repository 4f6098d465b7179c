"""Writes of the roster import: the decisions people take, the worker's steps, exports and reports."""

from .exporting import export_list, report, template_of
from .intake import cancel, choose, commit, confirm_columns, matching_of, reread, undo, upload
from .work import run, tidy

__all__ = [
    "cancel",
    "choose",
    "commit",
    "confirm_columns",
    "export_list",
    "matching_of",
    "report",
    "reread",
    "run",
    "template_of",
    "tidy",
    "undo",
    "upload",
]
