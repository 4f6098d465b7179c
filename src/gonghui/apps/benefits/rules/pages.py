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


MOST_FACTS = 10


def facts_of(text: str) -> list[dict[str, str]]:
    """Lines “名称：内容” as they are kept.

    :raises ValueError: a line is none; the sentence says which.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        title, mark, words = line.strip().replace(":", "：", 1).partition("：")
        if not line.strip():
            continue
        if not mark or not title.strip() or not words.strip():
            raise ValueError(f"第{number}行要写成“名称：内容”，例如“参会企业：48家”")
        if len(title.strip()) > 20:
            raise ValueError(f"第{number}行的名称太长，20个字以内")
        found.append({"title": title.strip(), "text": words.strip()})
    if len(found) > MOST_FACTS:
        raise ValueError(f"最多{MOST_FACTS}条，其余写进内容介绍")
    return found


def facts_shown(facts: list[dict[str, str]]) -> str:
    """The lines of a page as the form shows them."""
    return "\n".join(f"{one['title']}：{one['text']}" for one in facts)
