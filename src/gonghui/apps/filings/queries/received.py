"""The file of a form, read once for everybody who may use it."""

from __future__ import annotations

from gonghui.kernel.files import services as files
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.scope import widened
from gonghui.kernel.viewer import SYSTEM

from ..books.reading import read
from ..models import Filing, FormTemplate
from ..rules.sheets import Book

_BOOKS: dict[str, Book] = {}


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
    known = _BOOKS.get(row.sha256)
    if known is None:
        if len(_BOOKS) >= 64:
            _BOOKS.clear()
        known = _BOOKS[row.sha256] = read(bytes_of(row))
    return known
