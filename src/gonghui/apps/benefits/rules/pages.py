"""What a page must have before members see it, and money as people write it. Pure."""

from __future__ import annotations

from ..choices import RECUPERATION, Kind

INDOORS_AT_A_TIME = frozenset({Kind.COURSE, Kind.LECTURE, Kind.CHECKUP, Kind.TRIP, Kind.JOBFAIR}) | RECUPERATION
"""Kinds that happen somewhere at a time: their sessions say when and where."""


def in_yuan(fen: int) -> str:
    """12.5元, 免费; whole yuan without decimals."""
    if fen == 0:
        return "免费"
    yuan, rest = divmod(fen, 100)
    return f"{yuan:,}元" if rest == 0 else f"{fen / 100:,.2f}元"


def check_page(
    *, kind: str, intro: str, contact: str, has_image: bool, image_alt: str, sessions: list[dict[str, object]]
) -> list[tuple[str, str]]:
    """What of the page is still missing: (field, sentence), all at once."""
    missing: list[tuple[str, str]] = []
    if len(intro.strip()) < 10:
        missing.append(("intro", "还没有写内容介绍，至少10个字"))
    if not contact.strip():
        missing.append(("contact", "还没有写咨询方式，会员有疑问找谁"))
    if has_image and not image_alt.strip():
        missing.append(("image_alt", "图片还没有文字说明，看不见图片的人靠它"))
    if kind in INDOORS_AT_A_TIME:
        for row in sessions:
            if not row["starts_at"] or not row["place"]:
                missing.append(("sessions", f"“{row['title']}”还没有写时间和地点"))
    return missing
