"""A picture as it may be kept: JPEG or PNG by its bytes, without what a phone writes into it (place, time, owner)."""

from __future__ import annotations

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM"})
_ORIENTED = b"Exif\x00\x00"


def kind_of(content: bytes) -> str:
    """image/jpeg, image/png, or empty."""
    if content.startswith(JPEG):
        return "image/jpeg"
    return "image/png" if content.startswith(PNG) else ""


def bare(content: bytes) -> bytes:
    """The picture without its notes.

    :raises ValueError: it is no picture, or it breaks off.
    """
    form = kind_of(content)
    if form == "image/jpeg":
        return _bare_jpeg(content)
    if form == "image/png":
        return _bare_png(content)
    raise ValueError("not a picture")


def _bare_jpeg(content: bytes) -> bytes:
    """Segments APP1 to APP15 and comments are left out; which way up the phone was held is kept."""
    out, at, size = bytearray(b"\xff\xd8"), 2, len(content)
    turned = 0
    while at + 4 <= size:
        if content[at] != 0xFF:
            raise ValueError("broken")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            head = _orientation(turned) if turned > 1 else b""
            return b"\xff\xd8" + head + bytes(out[2:]) + content[at:]
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > size:
            raise ValueError("broken")
        if marker == 0xE1 and content[at + 4 : at + 10] == _ORIENTED:
            turned = _read_orientation(content[at + 10 : at + 2 + length]) or turned
        if not (0xE1 <= marker <= 0xEF and marker != 0xEE) and marker != 0xFE:
            out += content[at : at + 2 + length]
        at += 2 + length
    raise ValueError("broken")


def _read_orientation(tiff: bytes) -> int:
    """The number 1 to 8 of the tag 0x0112, or 0."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 0

    def number(at: int, wide: int) -> int:
        return int.from_bytes(tiff[at : at + wide], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for entry in range(min(number(first, 2), 200)):
        at = first + 2 + entry * 12
        if at + 12 > len(tiff):
            return 0
        if number(at, 2) == 0x0112:
            value = number(at + 8, 2)
            return value if 1 <= value <= 8 else 0
    return 0


def _orientation(value: int) -> bytes:
    """An APP1 segment that says nothing but which way up."""
    tiff = (
        b"MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + value.to_bytes(2, "big") + b"\x00" * 6
    )
    body = _ORIENTED + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _bare_png(content: bytes) -> bytes:
    out, at = bytearray(PNG), len(PNG)
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content):
            raise ValueError("broken")
        if name in _PNG_KEPT:
            out += content[at:end]
        if name == b"IEND":
            return bytes(out)
        at = end
    raise ValueError("broken")
