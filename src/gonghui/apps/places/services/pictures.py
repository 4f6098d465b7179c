"""Pictures of places, of what is broken and of what was mended."""

from __future__ import annotations

from gonghui.kernel.files import pictures
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import store
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

MOST = pictures.MOST_BYTES


def keep_picture(actor: Viewer, *, path: str, content: bytes, kind: str, personal: bool = False) -> StoredFile:
    """Keep a picture drawn anew: nothing that the phone wrote into it stays.

    :raises Refusal: GH-PLC-005 too large, or no picture.
    """
    try:
        clean = pictures.clean(content)
    except Refusal as refusal:
        raise Refusal("GH-PLC-005", refusal.message, "picture", refusal.hint) from None
    return store(
        actor, path=path, name="照片.jpg", kind=kind, content=clean, content_type="image/jpeg", personal=personal
    )
