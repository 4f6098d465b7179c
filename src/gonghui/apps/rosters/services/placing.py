"""Which organisation a cell means: by code, full name, short name or a path of names, inside the actor's range."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from gonghui.kernel.org.models import Organisation, PublicOrganisation
from gonghui.kernel.org.rules import ids
from gonghui.kernel.viewer import Viewer

_NOISE = re.compile(r"[\s()\[\]【】〔〕“”\"'·.,，、。-]+")
_TAIL = re.compile(r"(工会委员会|委员会)$")
_PATH = re.compile(r"\s*[/\\>＞→|｜]\s*")
_MOST_SUGGESTIONS = 200


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation that rows may be put into."""

    pk: int
    path: str
    name: str
    kind: str
    level: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a cell names no organisation; the last two go into the report."""

    code: str
    message: str
    hint: str


def key(text: str) -> str:
    """A name as two spellings of it compare: half-width, no blanks, brackets or marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


class Places:
    """Everything in the viewer's range, read once; answers are remembered per text."""

    def __init__(self, viewer: Viewer) -> None:
        self._by_id: dict[int, Place] = {}
        self._by_code: dict[str, list[Place]] = defaultdict(list)
        self._by_key: dict[str, list[Place]] = defaultdict(list)
        self._by_stem: dict[str, list[Place]] = defaultdict(list)
        self._answers: dict[tuple[str, str], Place | Miss] = {}
        self._suggested = 0
        rows = Organisation.objects.visible(viewer).values_list(
            "pk", "path", "name", "short_name", "code", "uscc", "kind", "level", "ended_on"
        )
        for pk, path, name, short, code, uscc, kind, level, ended_on in rows.iterator(chunk_size=5000):
            self.add(Place(pk, path, name, kind, level, ended_on is not None), short, code, uscc)

    def add(self, place: Place, short: str = "", code: str = "", uscc: str = "") -> None:
        self._by_id[place.pk] = place
        for text in {code, uscc} - {""}:
            self._by_code[text.upper()].append(place)
        for text in {key(place.name), key(short)} - {""}:
            self._by_key[text].append(place)
        self._by_stem[_TAIL.sub("", key(place.name))].append(place)

    def by_id(self, pk: int) -> Place | None:
        return self._by_id.get(pk)

    def named(self, name: str) -> list[Place]:
        """Living organisations of exactly this name."""
        return _living(self._by_key.get(key(name), []))

    def find(self, text: str, code: str = "") -> Place | Miss:
        """The one organisation meant, or why there is none. `code` wins over the name."""
        asked = (text, code)
        if asked not in self._answers:
            self._answers[asked] = self._find(text, code)
        return self._answers[asked]

    def _find(self, text: str, code: str) -> Place | Miss:
        if code:
            known = _living(self._by_code.get(code.strip().upper(), []))
            if len(known) == 1:
                return known[0]
            if len(known) > 1:
                return Miss("GH-IMP-402", f"编码“{code}”对应{len(known)}个组织", "核对编码，或改填组织全称")
            if not text:
                return Miss("GH-IMP-401", f"没有编码是“{code}”的组织", "核对编码，或改填组织全称")
        parts = [part for part in _PATH.split(text) if part]
        name = parts[-1] if parts else text
        found = (
            self._by_key.get(key(name))
            or self._by_code.get(name.upper())
            or self._by_stem.get(_TAIL.sub("", key(name)), [])
        )
        if len(parts) > 1:
            found = [place for place in found if self._stands_under(place, parts[:-1])]
        living = _living(found)
        if len(living) == 1:
            return living[0]
        if len(living) > 1:
            above = "、".join(sorted({self._parent_name(place) for place in living})[:3])
            return Miss(
                "GH-IMP-402",
                f"有{len(living)}个组织叫“{name}”（上级：{above}）",
                "写成“上级名称/组织名称”，或填组织编码",
            )
        if found:
            return Miss("GH-IMP-404", f"“{name}”已撤销或并转", "改填接收它的组织")
        return self._miss(name)

    def _stands_under(self, place: Place, parts: list[str]) -> bool:
        above = [self._by_id[pk].name for pk in ids(place.path)[:-1] if pk in self._by_id]
        keys = [key(name) for name in above]
        return all(any(key(part) in name for name in keys) for part in parts)

    def _parent_name(self, place: Place) -> str:
        above = ids(place.path)[:-1]
        return self._by_id[above[-1]].name if above and above[-1] in self._by_id else "范围以外"

    def _miss(self, name: str) -> Miss:
        if PublicOrganisation.objects.filter(name=name).exists():
            return Miss("GH-IMP-403", f"“{name}”不归当前岗位管理", "由管理它的工会导入，或核对组织名称")
        near = None
        if self._suggested < _MOST_SUGGESTIONS:
            self._suggested += 1
            near = process.extractOne(key(name), list(self._by_key), scorer=fuzz.ratio, score_cutoff=70)
        if near:
            return Miss("GH-IMP-401", f"没有叫“{name}”的组织", f"是不是“{self._by_key[near[0]][0].name}”？照全称改正")
        return Miss("GH-IMP-401", f"没有叫“{name}”的组织", "照组织名册里的全称填写；还没有这个组织的，先导入组织名册")


def _living(places: list[Place]) -> list[Place]:
    return list({place.pk: place for place in places if not place.ended}.values())
