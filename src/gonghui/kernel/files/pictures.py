"""Pictures that strangers send: drawn anew, so that nothing of the camera, the place or the moment stays in them; or
read for the QR code on them and never kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from ..refusal import Refusal

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

MOST_BYTES = 12 * 1024 * 1024
LONGEST_SIDE = 1600
MOST_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_CODES = 4


def clean(content: bytes) -> bytes:
    """A JPEG of at most 1,600 pixels a side, upright, without metadata.

    :raises Refusal: GH-FIL-010 too large, 011 not a picture that can be read.
    """
    plain = _opened(content, "photos", "RGB")
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def codes(content: bytes) -> list[str]:
    """What stands in the QR codes on a picture, none when there are none.

    :raises Refusal: GH-FIL-010 too large, 011 not a picture that can be read.
    """
    import zxingcpp

    formats = zxingcpp.barcode_formats_from_str("QRCode")
    found = zxingcpp.read_barcodes(_opened(content, "photo", "L"), formats=formats)
    return [one.text for one in found[:MOST_CODES] if one.valid]


def _opened(content: bytes, field: str, mode: str) -> Picture:
    """The pixels alone, upright and not larger than needed; only known formats are tried."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # only where pictures are taken in

    if len(content) > MOST_BYTES:
        raise Refusal("GH-FIL-010", f"照片超过{MOST_BYTES // 1024 // 1024}MB", field, "用手机相册里的“小图”再选一次")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("GH-FIL-010", "照片的像素太大", field, "用手机相册里的“小图”再选一次")
            picture.draft(mode, (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert(mode)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new(mode, upright.size)
            plain.paste(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal("GH-FIL-011", "这个文件不是能打开的照片", field, "选择JPG、PNG或WebP格式的照片") from error
    return plain
