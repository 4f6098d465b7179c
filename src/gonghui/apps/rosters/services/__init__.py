"""Writes of the roster import: the decisions people take, the worker's steps, exports and reports."""

from .intake import cancel, choose, commit, confirm_columns, matching_of, reread, undo, upload
from .work import run, tidy

__all__ = ["cancel", "choose", "commit", "confirm_columns", "matching_of", "reread", "run", "tidy", "undo", "upload"]
