"""A QR code is read from a photo of it, as phones take them; nothing else is."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image, ImageFilter

from gonghui.kernel.files import pictures
from gonghui.kernel.refusal import Refusal

TEXT = "GH2:" + "ABCDEFGHIJ" * 6


def photo(form: str = "JPEG", angle: int = 0, blur: float = 0, side: int = 2400) -> bytes:
    """A code on a phone's screen, photographed: askew, a little blurred, larger than needed."""
    drawn = io.BytesIO()
    segno.make(TEXT, error="m").save(drawn, kind="png", scale=14, border=2)
    code = Image.open(drawn).convert("RGB")
    scene = Image.new("RGB", (side, side), "#445566")
    scene.paste(code, ((side - code.width) // 2, (side - code.height) // 2))
    scene = scene.rotate(angle, fillcolor="#445566").filter(ImageFilter.GaussianBlur(blur))
    out = io.BytesIO()
    scene.save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    "facts", [{}, {"form": "PNG"}, {"form": "WEBP"}, {"angle": 17}, {"angle": 180, "blur": 2}, {"side": 900, "blur": 1}]
)
def test_a_code_is_read_from_a_photo(facts):
    assert pictures.codes(photo(**facts)) == [TEXT]


def test_a_photo_without_a_code_has_none():
    out = io.BytesIO()
    Image.new("RGB", (800, 600), "#ddd").save(out, "PNG")
    assert pictures.codes(out.getvalue()) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "GH-FIL-011"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 200, "GH-FIL-011"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "GH-FIL-011"),
        (b"GIF89a" + b"0" * 50, "GH-FIL-011"),
        (photo()[:3000], "GH-FIL-011"),
        (b"0" * (pictures.MOST_BYTES + 1), "GH-FIL-010"),
    ],
)
def test_what_is_no_picture_is_refused(content, code):
    with pytest.raises(Refusal) as told:
        pictures.codes(content)
    assert told.value.code == code


def test_a_small_file_of_too_many_pixels_is_not_unpacked():
    out = io.BytesIO()
    Image.new("1", (10_000, 7_000)).save(out, "PNG")
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Refusal) as told:
        pictures.codes(out.getvalue())
    assert told.value.code == "GH-FIL-010"
