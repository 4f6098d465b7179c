"""Serves pages in traditional characters when the reader chose them, converting what we wrote, not what they type.

Text between tags and the attributes that are read aloud are converted; scripts, styles, values of form fields,
textareas and everything inside `translate="no"` (names of persons, document numbers) stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from opencc import OpenCC

from ..shell import Look

CONFIGS: Final[dict[str, str]] = {"zh-Hant": "s2t", "zh-HK": "s2hk"}
SEPARATOR: Final = "\x1e"  # OpenCC matches no phrase across it, so one call converts all pieces of a page
VOID: Final = frozenset(
    "area base br col embed hr img input link meta source track wbr path circle rect".split()  # noqa: SIM905
)
SKIPPED: Final = frozenset(("script", "style", "textarea", "code", "kbd", "template"))

_TOKEN = re.compile(
    r"(?P<comment><!--.*?-->|<![^>]*>)"
    r"|(?P<tag></?[a-zA-Z][^\s/>]*(?:[^>\"']|\"[^\"]*\"|'[^']*')*>)"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)
_NAME = re.compile(r"</?([a-zA-Z][^\s/>]*)")
_SPOKEN = re.compile(
    r"(?P<head>\s(?:title|alt|aria-label|placeholder|label|data-say)\s*=\s*)(?P<value>\"[^\"]*\"|'[^']*')"
)
_KEEP = re.compile(r"\stranslate\s*=\s*[\"']?no", re.IGNORECASE)
_VALUE = re.compile(r"\svalue\s*=", re.IGNORECASE)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=4)
def _converter(config: str) -> OpenCC:
    return OpenCC(config)


class _Pieces:
    """Collects the convertible pieces of one page in order, with the rest between them."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.places: list[int] = []

    def keep(self, text: str) -> None:
        self.out.append(text)

    def convert(self, text: str) -> None:
        if _CHINESE.search(text):
            self.places.append(len(self.out))
        self.out.append(text)

    def finish(self, config: str) -> str:
        pieces = [self.out[place] for place in self.places]
        converter = _converter(config)
        joined = converter.convert(SEPARATOR.join(pieces)).split(SEPARATOR)
        if len(joined) != len(pieces):  # a text that itself contains the separator
            joined = [converter.convert(piece) for piece in pieces]
        for place, text in zip(self.places, joined, strict=True):
            self.out[place] = text
        return "".join(self.out)


def _tag(pieces: _Pieces, tag: str) -> None:
    """A start tag: its spoken attributes are converted, the rest is kept."""
    end = 0
    for found in _SPOKEN.finditer(tag):
        pieces.keep(tag[end : found.start("value")])
        pieces.convert(found["value"])
        end = found.end()
    pieces.keep(tag[end:])


def convert_html(html: str, config: str) -> str:
    """The same page in the other script."""
    pieces = _Pieces()
    skipped: str | None = None  # name of the element whose content is kept
    depth = 0
    for token in _TOKEN.finditer(html):
        text = token[0]
        if token.lastgroup == "text":
            (pieces.keep if skipped else pieces.convert)(text)
            continue
        if token.lastgroup == "comment":
            pieces.keep(text)
            continue
        name = _NAME.match(text)[1].lower()  # type: ignore[index]
        closing = text.startswith("</")
        if skipped:
            pieces.keep(text)
            if name == skipped and not text.endswith("/>"):
                depth += -1 if closing else 1
                skipped = skipped if depth else None
            continue
        if closing:
            pieces.keep(text)
            continue
        keep = bool(_KEEP.search(text))
        if keep:
            pieces.keep(text)
        else:
            _tag(pieces, text)
        # an <option> without a value is sent back as its text: converting it would change the form
        valueless = name == "option" and not _VALUE.search(text)
        if (keep or valueless or name in SKIPPED) and name not in VOID and not text.endswith("/>"):
            skipped, depth = name, 1
    return pieces.finish(config)


def script_variant(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Stands below GZip in the list, so that it sees text."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponse) or not response.get("Content-Type", "").startswith("text/html"):
            return response
        patch_vary_headers(response, ["Cookie"])
        config = CONFIGS.get(Look.of(request).lang)
        if config and not response.has_header("Content-Encoding"):
            charset = response.charset or "utf-8"
            response.content = convert_html(response.content.decode(charset), config).encode(charset)
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response

    return answer
