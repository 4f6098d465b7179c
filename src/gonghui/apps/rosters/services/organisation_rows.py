"""Organisations of a roster: matched with the tree, put in order from the top down, founded and corrected in bulk.

Parents may stand in the same file, so nothing is staged before the last row. The effects of founding are those of
`org.services.found`: placement, name history, pieces for search, a recorded act, the trail.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.org.models import (
    Organisation,
)
from gonghui.kernel.org.rules import check_standing, levels_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened

from ..checking import WARNING, Checked
from ..choices import Action
from ..models import RosterRow
from .blocks import fetch
from .findings import Findings
from .placing import Miss, Place, Places, key
from .returned import Edited

FACTS = (
    "short_name", "code", "uscc", "union_kind", "unit_kind", "industry", "region_code", "address", "office_phone",
    "headcount", "founded_on", "term_from", "term_to", "committee_size",
)  # fmt: skip
BATCH = 1000


class OrganisationRows:
    """One import's rows; everything is decided in `finish`, when all possible parents are known."""

    kind = "organisations"

    def __init__(self, roster_id: int, home: Place, places: Places, findings: Findings, today: date) -> None:
        self._roster_id = roster_id
        self._home, self._places, self._findings, self._today = home, places, findings, today
        self._rows: dict[int, dict[str, Any]] = {}
        self._by_key: dict[str, list[int]] = {}
        self._by_code: dict[str, int] = {}
        self._settled: dict[int, Place | None] = {}
        self._new: list[tuple[int, Place, Place]] = []
        self.counts = {"new": 0, "rejoin": 0, "changed": 0, "conflict": 0, "unchanged": 0}

    def block(self, rows: list[Checked]) -> None:
        """Keep the rows; a tree is settled as a whole."""
        for checked in rows:
            self._rows[checked.row] = checked.values
            self._by_key.setdefault(key(checked.values["name"]), []).append(checked.row)
            for name in ("code", "uscc"):
                if checked.values.get(name):
                    self._by_code[checked.values[name].upper()] = checked.row

    def drop_repeated(self, rows: list[int]) -> None:
        """First ones of rows that stood there twice."""
        for row in rows:
            values = self._rows.pop(row, None)
            if values is not None:
                self._by_key.get(key(values["name"]), []).remove(row)

    def returned(self, rows: list[Edited]) -> None:
        """Edited rows of an exported list, by the organisation they came from."""
        records = Organisation.objects.in_bulk([edited.record for edited in rows])
        staged = []
        for edited in rows:
            record = records.get(edited.record)
            if record is None or record.ended_on is not None:
                self._findings.against(
                    edited.row, "name", "GH-IMP-413", "这个组织已撤销或并转，或不归当前岗位管理", "重新导出一份再改"
                )
                continue
            facts = {name: plain(value) for name, value in _facts(edited.values).items() if value is not None}
            differing = {name: value for name, value in facts.items() if plain(getattr(record, name)) != value}
            if not differing:
                self.counts["unchanged"] += 1
                continue
            action = Action.CHANGED if record.version == edited.version else Action.CONFLICT
            self.counts[action] += 1
            staged.append(
                RosterRow(
                    roster_id=self._roster_id,
                    row_no=edited.row,
                    action=action,
                    name=record.name,
                    organisation_id=record.pk,
                    record_id=record.pk,
                    record_version=record.version,
                    facts=differing,
                )
            )
        RosterRow.objects.bulk_create(staged)

    def finish(self) -> None:
        """Settle every row under its parent, compare with what is there, stage what is new or different."""
        for row in list(self._rows):
            self._settle(row, ())
        self._refuse_taken_codes()
        new = [(row, place, parent) for row, place, parent in self._new if row not in self._findings.rejected]
        alive = {place.pk for _, place, _ in new}
        staged = []
        for row, place, parent in new:
            if parent.pk < 0 and parent.pk not in alive:
                self._findings.against(
                    row, "parent", "GH-IMP-418", "上级工会那一行有问题，没有导入", "先改正上级工会那一行"
                )
                alive.discard(place.pk)
                continue
            staged.append((row, place, parent))
        numbers = _draw(len(staged))
        real = {place.pk: number for (_, place, _), number in zip(staged, numbers, strict=True)}
        rows = [self._founding(row, place, parent, real) for row, place, parent in staged]
        self.counts["new"] = len(rows)
        rows += self._corrections()
        RosterRow.objects.bulk_create(rows, batch_size=BATCH)

    def _settle(self, row: int, above: tuple[int, ...]) -> Place | None:
        """The place of a row, its parent's first; a provisional place has a negative id."""
        if row in self._settled:
            return self._settled[row]
        self._settled[row] = None
        values = self._rows[row]
        if row in above:
            self._findings.against(row, "parent", "GH-IMP-419", "上级关系绕成了一圈", "核对这几个组织的上级工会")
            return None
        if len(above) > 40:
            self._findings.against(row, "parent", "GH-IMP-419", "上级关系超过40层", "核对上级工会")
            return None
        parent = self._parent(row, values, above)
        if parent is None:
            return None
        place = self._known(values, parent)
        if place is None:
            place = self._standing(row, values, parent)
            if place is not None:
                self._new.append((row, place, parent))
        self._settled[row] = place
        return place

    def _parent(self, row: int, values: dict[str, Any], above: tuple[int, ...]) -> Place | None:
        name, code = values.get("parent") or "", values.get("parent_code") or ""
        if not name and not code:
            return self._home
        inside = self._by_code.get(code.upper()) if code else None
        if inside is None and name and len(self._by_key.get(key(name), [])) == 1:
            inside = self._by_key[key(name)][0]
        if inside is not None and inside != row:
            if inside in above:
                self._findings.against(row, "parent", "GH-IMP-419", "上级关系绕成了一圈", "核对这几个组织的上级工会")
                return None
            found = self._settle(inside, (*above, row))
            if found is None:
                self._findings.against(
                    row, "parent", "GH-IMP-418", "上级工会那一行有问题，没有导入", "先改正上级工会那一行"
                )
            return found
        place = self._places.find(name, code)
        if isinstance(place, Miss):
            self._findings.against(row, "parent" if name else "parent_code", place.code, place.message, place.hint)
            return None
        return place

    def _known(self, values: dict[str, Any], parent: Place) -> Place | None:
        """The organisation that the row is about, when it is in the tree already."""
        for name in ("uscc", "code"):
            if values.get(name):
                found = self._places.find("", values[name])
                if isinstance(found, Place):
                    return found
        if parent.pk < 0:
            return None
        same = [place for place in self._places.named(values["name"]) if place.path[:-5] == parent.path]
        if not same and not values.get("parent") and not values.get("parent_code"):
            same = self._places.named(values["name"])
        return same[0] if len(same) == 1 else None

    def _standing(self, row: int, values: dict[str, Any], parent: Place) -> Place | None:
        kind = values.get("kind") or _kind_by_name(values["name"])
        level = values.get("level") or _level_under(OrganisationKind(kind), Level(parent.level))
        try:
            check_standing(OrganisationKind(kind), Level(level), OrganisationKind(parent.kind), Level(parent.level))
        except Refusal as refusal:
            self._findings.against(row, refusal.field or "kind", refusal.code, refusal.message, refusal.hint or "")
            return None
        return Place(-row, "", values["name"], str(kind), str(level), False)

    def _refuse_taken_codes(self) -> None:
        """A credit code belongs to one living organisation in the whole country, not only in the actor's range."""
        wanted = {self._rows[row]["uscc"]: row for row, _, _ in self._new if self._rows[row].get("uscc")}
        if not wanted:
            return
        with widened():
            taken = set(
                Organisation.objects.filter(uscc__in=wanted, ended_on__isnull=True).values_list("uscc", flat=True)
            )
        for code in taken:
            self._findings.against(
                wanted[code], "uscc", "GH-IMP-420", "这个统一社会信用代码已是另一个工会的", "对照证书核对代码"
            )

    def _founding(self, row: int, place: Place, parent: Place, real: dict[int, int]) -> RosterRow:
        values = self._rows[row]
        facts = {name: plain(value) for name, value in _facts(values).items() if value not in (None, "")}
        facts |= {"name": place.name, "kind": place.kind, "level": place.level, "_parent": parent.name}
        facts |= {f"_{name}": values[name] for name in ("employer_name", "employer_uscc") if values.get(name)}
        return RosterRow(
            roster_id=self._roster_id, row_no=row, action=Action.NEW, name=place.name,
            organisation_id=real.get(parent.pk, parent.pk), record_id=real[place.pk], facts=facts,
        )  # fmt: skip

    def _corrections(self) -> list[RosterRow]:
        """Rows about organisations that exist: what differs is staged, what only an act may change is pointed out."""
        about = {row: place for row, place in self._settled.items() if place is not None and place.pk > 0}
        records = Organisation.objects.in_bulk([place.pk for place in about.values()])
        rows = []
        for row, place in about.items():
            if row in self._findings.rejected:
                continue
            record, values = records[place.pk], self._rows[row]
            self._point_out(row, record, values)
            differing = {
                name: plain(value)
                for name, value in _facts(values).items()
                if value not in (None, "") and plain(getattr(record, name)) != plain(value)
            }
            if not differing:
                self.counts["unchanged"] += 1
                continue
            self.counts["changed"] += 1
            rows.append(
                RosterRow(
                    roster_id=self._roster_id,
                    row_no=row,
                    action=Action.CHANGED,
                    name=record.name,
                    organisation_id=record.pk,
                    record_id=record.pk,
                    record_version=record.version,
                    facts=differing,
                )
            )
        return rows

    def _point_out(self, row: int, record: Organisation, values: dict[str, Any]) -> None:
        for name, noun, act in (("name", "名称", "更名"), ("kind", "类别", "改变类型"), ("level", "层级", "改变类型")):
            if values.get(name) and values[name] != getattr(record, name):
                message = f"{noun}和登记的不同，名册不改{noun}"
                self._findings.against(row, name, "GH-IMP-W43", message, f"在组织页办理{act}", WARNING)


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    facts = {name: values.get(name) for name in FACTS if name in values}
    if values.get("region") is not None:
        facts["region_code"] = values["region"]
    return facts


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, str) else value


def _draw(count: int) -> list[int]:
    if not count:
        return []
    sql = "SELECT nextval(pg_get_serial_sequence('organisation', 'id')) FROM generate_series(1, %s)"
    return [number for (number,) in fetch(sql, [count])]


def _kind_by_name(name: str) -> OrganisationKind:
    if name.endswith(("总工会", "工会联合总会")):
        return OrganisationKind.FEDERATION
    if name.endswith(("工会小组", "班组", "小组")):
        return OrganisationKind.GROUP
    if name.endswith("分会"):
        return OrganisationKind.BRANCH
    if "行业" in name or "产业工会" in name:
        return OrganisationKind.INDUSTRY_UNION
    if "联合" in name:
        return OrganisationKind.JOINT_UNION
    return OrganisationKind.GRASSROOTS_UNION


def _level_under(kind: OrganisationKind, parent: Level) -> Level:
    """The level a body of this kind usually has under such a parent."""
    allowed = levels_of(kind)
    if len(allowed) == 1:
        return allowed[0]
    if kind is OrganisationKind.FEDERATION:
        return next((level for level in allowed if level.rank > parent.rank), allowed[-1])
    if kind is OrganisationKind.JOINT_UNION:
        return Level.UNIT
    return parent if parent in allowed else allowed[-1]
