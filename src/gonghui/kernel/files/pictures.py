"""Pictures drawn anew: nothing of the camera, the place or the moment stays in them."""

from __future__ import annotations

import io

from ..refusal import Refusal

MOST_BYTES = 12 * 1024 * 1024
LONGEST_SIDE = 1600
MOST_PIXELS = 60_000_000
FORMATS = ("JPEG", "PNG", "WEBP")


def clean(content: bytes) -> bytes:
    """A JPEG of at most 1,600 pixels a side, upright, without metadata.

    :raises Refusal: GH-FIL-010 too large, 011 not a picture that can be read.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # only where pictures are taken in

    if len(content) > MOST_BYTES:
        raise Refusal("GH-FIL-010", f"照片超过{MOST_BYTES // 1024 // 1024}MB", "photos", "用手机相册里的“小图”再选一次")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refusal("GH-FIL-010", "照片的像素太大", "photos", "用手机相册里的“小图”再选一次")
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new("RGB", upright.size)
            plain.paste(upright)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refusal("GH-FIL-011", "这个文件不是能打开的照片", "photos", "选择JPG、PNG或WebP格式的照片") from error
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()
