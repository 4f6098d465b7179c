"""The file of a form, read once for everybody who may use it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gonghui.kernel.files import services as files
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM

from ..books.receiving import layout
from ..models import Filing, FormTemplate
from ..rules.guessing import Guess, guesses
from ..rules.sheets import Book

MOST_KEPT = 32
_BOOKS: dict[str, Book] = {}
_GUESSES: dict[tuple[str, frozenset[tuple[str, str]], frozenset[str]], tuple[Guess, ...]] = {}


def bytes_of(row: FormTemplate | Filing) -> bytes:
    """The file as it was received. It may lie with a body above; the row was read by the viewer's own right.

    :raises Refusal: GH-FIL-003 the bytes are missing from storage.
    """
    with widened():
        stored = StoredFile.objects.get(pk=row.file)
        with files.open_file(SYSTEM, stored) as stream:
            return bytes(stream.read())


def book_of(row: FormTemplate | Filing) -> Book:
    """The layout of a form; equal bytes are read once."""
    return _BOOKS.get(row.sha256) or remember(row.sha256, layout(bytes_of(row)))


def remember(sha256: str, book: Book) -> Book:
    """Keeps the layouts that were read last."""
    while len(_BOOKS) >= MOST_KEPT:
        _BOOKS.pop(next(iter(_BOOKS)), None)
    _BOOKS[sha256] = book
    return book


def guesses_of(row: FormTemplate, titles: Mapping[str, str], places: Iterable[str]) -> tuple[Guess, ...]:
    """What the cells of a form most likely mean; guessed once for the same form, figures and bodies."""
    key = row.sha256, frozenset(titles.items()), frozenset(places)
    known = _GUESSES.get(key)
    if known is None:
        while len(_GUESSES) >= MOST_KEPT:
            _GUESSES.pop(next(iter(_GUESSES)), None)
        known = _GUESSES[key] = tuple(guesses(book_of(row), titles, key[2], ()))
    return known
