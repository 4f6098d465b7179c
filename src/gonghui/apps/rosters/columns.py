"""The columns of each kind of roster, shipped in the catalogue: labels, spellings, meanings, hints."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gonghui.kernel import yamls

MEMBERS = "members"
ORGANISATIONS = "organisations"
OFFICERS = "officers"
KINDS = (MEMBERS, ORGANISATIONS, OFFICERS)

_BRACKETS = re.compile(r"[(\[<{【〔《][^)\]>}】〕》]*[)\]>}】〕》]")
_NOISE = re.compile(r"[\s*#:;,.、。·/\\|_\-—\"'“”‘’!?()\[\]<>{}【】〔〕《》★※△▲]+")


@dataclass(frozen=True)
class Field:
    """One column that an import understands."""

    key: str
    label: str
    value: str
    required: bool
    code_list: str
    hint: str
    example: str
    width: int
    max_length: int
    keys: frozenset[str]


@dataclass(frozen=True)
class RosterKind:
    """One kind of roster."""

    key: str
    label: str
    fields: dict[str, Field]
    by_header: dict[str, str]

    @property
    def required(self) -> list[Field]:
        """Columns without which nothing can be imported."""
        return [field for field in self.fields.values() if field.required]


def header_key(text: str) -> str:
    """A header as two spellings of it compare: half-width, lower case, no blanks and no marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def bare_header_key(text: str) -> str:
    """The same without what stands in brackets: 身份证号码（必填）."""
    return _NOISE.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text).lower()))


@cache
def _catalogue() -> dict[str, object]:
    text = files("gonghui").joinpath("catalogue/roster_columns.yaml").read_text(encoding="utf-8")
    return dict(yamls.shipped(text))


@cache
def roster_kind(key: str) -> RosterKind:
    """One of members, organisations, officers."""
    raw = _catalogue()[key]
    assert isinstance(raw, dict)
    fields: dict[str, Field] = {}
    by_header: dict[str, str] = {}
    for name, entry in raw["fields"].items():
        keys = frozenset(header_key(text) for text in [entry["label"], *entry.get("headers", [])])
        fields[name] = Field(
            key=name,
            label=entry["label"],
            value=entry["value"],
            required=bool(entry.get("required", False)),
            code_list=entry.get("list", ""),
            hint=entry.get("hint", ""),
            example=str(entry.get("example", "")),
            width=int(entry.get("width", 14)),
            max_length=int(entry.get("max", 0)),
            keys=keys,
        )
        for header in keys:
            by_header.setdefault(header, name)
        by_header[header_key(entry["label"])] = name
    return RosterKind(key, raw["label"], fields, by_header)


@cache
def ignored_headers() -> frozenset[str]:
    """Headers that are no data to import, and no mistake either."""
    listed = _catalogue()["ignored"]
    assert isinstance(listed, list)
    return frozenset(header_key(text) for text in listed)
