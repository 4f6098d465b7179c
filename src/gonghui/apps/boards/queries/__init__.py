"""Reading boards: which holds where, what it shows, the numbers behind its charts."""

from .choosing import Found, board, known, own
from .drawing import number, numbers, picture
from .exporting import Data, data

__all__ = ["Data", "Found", "board", "data", "known", "number", "numbers", "own", "picture"]
