"""Pictures of places, of what is broken and of what was mended."""

from __future__ import annotations

from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import store
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..rules import pictures

MOST = 8_000_000


def keep_picture(actor: Viewer, *, path: str, content: bytes, kind: str, personal: bool = False) -> StoredFile:
    """Keep a picture without what the phone wrote into it.

    :raises Refusal: GH-PLC-005 too large, or no picture.
    """
    form = pictures.kind_of(content)
    if len(content) > MOST or not form:
        raise Refusal("GH-PLC-005", "照片要是8MB以内的JPG或PNG", "picture", "用手机相机直接拍一张")
    try:
        clean = pictures.bare(content)
    except ValueError:
        raise Refusal("GH-PLC-005", "照片打不开", "picture", "重新拍一张") from None
    name = "照片.jpg" if form == "image/jpeg" else "照片.png"
    return store(actor, path=path, name=name, kind=kind, content=clean, content_type=form, personal=personal)
