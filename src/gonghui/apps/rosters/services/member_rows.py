"""Checked rows of a member roster: placed, compared with the records, sealed when they change something, staged."""

from __future__ import annotations

from datetime import date
from typing import Any

from gonghui.kernel.people.choices import MembershipStatus
from gonghui.kernel.people.rules import mask_id, mask_name, mask_phone, name_index
from gonghui.kernel.scope import widened
from gonghui.kernel.sealing import lookup_hash, seal

from ..checking import WARNING, Checked
from ..choices import Action
from . import members
from .blocks import NULL, array, by_index, cell, copy, fetch, run
from .findings import Findings
from .placing import Miss, Place, Places
from .returned import Edited

_HASH_KIND = {kind: f"id:{kind}" for kind in (
    "identity_card", "residence_permit", "hk_macao_permit", "taiwan_permit", "foreigner_card", "passport",
)}  # fmt: skip
_PLAIN = (
    "sex", "birth", "ethnicity", "education", "politics", "skill_level", "status", "joined_on", "worker_kind",
    "occupation", "new_form", "platforms", "employer_name", "department", "staff_no", "card_no",
)  # fmt: skip
_FIRST = ("row_no", "organisation_id", "id_hash", "phone_hash", "name", *_PLAIN)
_SECOND = (
    *_FIRST, "retention_reason", "id_kind", "id_mask", "phone_mask", "name_key", "grams", "id_sealed", "phone_sealed",
    "action", "person_id", "membership_id", "person_version", "record_version",
)  # fmt: skip

_BEYOND = "SELECT id, died_on IS NOT NULL, merged_into_id IS NOT NULL, name FROM person WHERE id = ANY (%s)"


class MemberRows:
    """One import's rows on their way into staging. `counts` are rows by what becomes of them."""

    kind = "members"

    def __init__(self, roster_id: int, home: Place, places: Places, findings: Findings, today: date) -> None:
        self._roster_id = roster_id
        self._home = home
        self._places = places
        self._findings = findings
        self.counts = {"new": 0, "rejoin": 0, "changed": 0, "conflict": 0, "unchanged": 0}
        members.prepare()

    def block(self, rows: list[Checked]) -> None:
        """Compare a block with the records and stage what would change."""
        lines: list[str] = []
        placed: dict[int, tuple[str, dict[str, Any]]] = {}
        for checked in rows:
            values = checked.values
            place = self._place(checked.row, values)
            if place is None:
                continue
            text = self._first_line(checked.row, place.pk, values)
            lines.append(text)
            placed[checked.row] = (text, values)
        copy("roster_block", _FIRST, lines)
        verdicts = members.verdicts()
        beyond = self._beyond([v[1] for v in verdicts if v[1] is not None and v[2] is None])
        staged = []
        for verdict in verdicts:
            text, values = placed[verdict[0]]
            action = self._action(verdict, values, beyond)
            if action:
                staged.append(self._second_line(text, values, action, verdict))
                self.counts[action] += 1
        turned_down = sum(row in self._findings.rejected for row in placed)
        self.counts["unchanged"] += len(placed) - len(staged) - turned_down
        if staged:
            copy("roster_staged", _SECOND, staged)
            run(members.STAGE, {"roster": self._roster_id})

    def _place(self, row: int, values: dict[str, Any]) -> Place | None:
        name, code = values.get("organisation") or "", values.get("organisation_code") or ""
        found = self._places.find(name, code) if name or code else self._home
        if isinstance(found, Miss):
            field = "organisation" if name else "organisation_code"
            self._findings.against(row, field, found.code, found.message, found.hint)
            return None
        if values.get("status") == MembershipStatus.ENDED:
            self._findings.against(
                row,
                "status",
                "GH-IMP-411",
                "会籍状态是已终止，名册只导入在籍和保留会籍的人",
                "办理离会在会员页，不用名册",
            )
            return None
        return found

    def _first_line(self, row: int, organisation_id: int, values: dict[str, Any]) -> str:
        phone = values.get("phone")
        parts = [
            str(row),
            str(organisation_id),
            "\x03" + lookup_hash(_HASH_KIND[values["id_kind"]], values["id_number"]).hex(),
            "\x03" + lookup_hash("phone", phone).hex() if phone else NULL,
            values["name"],
        ]
        for name in _PLAIN:
            value = values.get(name)
            parts.append(NULL if value is None else value if isinstance(value, str) else cell(value))
        return "\t".join(parts)

    def _second_line(self, text: str, values: dict[str, Any], action: Action, verdict: tuple[Any, ...]) -> str:
        number, phone, name = values["id_number"], values.get("phone"), values["name"]
        sort, grams = name_index(name)
        rest = (
            values.get("retention_reason"), values["id_kind"], mask_id(number),
            mask_phone(phone) if phone else None, sort,
            array(grams), seal(number, "person.id_number") if action is Action.NEW else None,
            seal(phone, "person.phone") if phone else None, action.value, verdict[1], verdict[2], verdict[3],
              verdict[4],
        )  # fmt: skip
        return text + "\t" + "\t".join([value if type(value) is str else cell(value) for value in rest])

    def _beyond(self, persons: list[int]) -> dict[int, tuple[bool, bool, str]]:
        """Persons without a union, who may lie outside the range: whether they have died or were merged."""
        if not persons:
            return {}
        with widened():
            return {pk: (dead, merged, name) for pk, dead, merged, name in fetch(_BEYOND, [persons])}

    def _action(
        self, verdict: tuple[Any, ...], values: dict[str, Any], beyond: dict[int, tuple[bool, bool, str]]
    ) -> Action | None:
        row, person, membership, _, version, same, union, dead, merged, differs, renamed, moved, status = verdict
        found = self._findings
        known_as = values["name"]
        if person is None:
            return Action.NEW
        if membership is None:
            dead, merged, known_as = beyond.get(person, (dead, merged, values["name"]))
        if merged:
            found.against(
                row,
                "id_number",
                "GH-IMP-409",
                "这个证件号码登记有误，已并入另一个人的记录",
                "对照证件原件，填写正确的号码",
            )
            return None
        if dead:
            found.against(
                row, "id_number", "GH-IMP-408", "这个证件号码的人已登记去世", "对照证件原件；登记有误的，先在会员页更正"
            )
            return None
        if membership is None:
            if known_as != values["name"]:
                message = f"这个证件号码已登记在“{mask_name(known_as)}”名下，和名册的姓名不同"
                found.against(row, "name", "GH-IMP-415", message, "核对证件原件；改过名字的，由原工会先更正姓名")
                return None
            return Action.REJOIN
        if not same:
            if union:
                found.against(
                    row,
                    "organisation",
                    "GH-IMP-406",
                    f"此人现在是“{union}”的会员",
                    "换了工会的用转会办理；没换的改正所在工会",
                )
            else:
                found.against(
                    row,
                    "organisation",
                    "GH-IMP-407",
                    "此人已是其他工会会员，可发起转会",
                    "在会员页发起转会，对方接收后会籍随人转来",
                )
            return None
        if version is None:
            return None
        if moved:
            self._status_stays(row, status)
        if renamed and differs:
            found.against(
                row, "name", "GH-IMP-W41", "和已登记的姓名不同，导入后按名册改名", "对照证件原件核对", WARNING
            )
        return Action.CHANGED if differs else None

    def returned(self, rows: list[Edited]) -> None:
        """Edited rows of an exported list: staged where they still differ, as a conflict where the record moved on."""
        if not rows:
            return
        lines: dict[int, tuple[list[str], dict[str, Any]]] = {}
        for edited in rows:
            values = edited.values
            phone = values.get("phone")
            fields = [cell(values.get(name)) for name in ("name", *_PLAIN)]
            digest = cell(lookup_hash("phone", phone)) if phone else NULL
            lines[edited.row] = ([str(edited.row), str(edited.record), str(edited.version), digest, *fields], values)
        copy(
            "roster_block",
            ("row_no", "record_id", "record_version", "phone_hash", "name", *_PLAIN),
            ["\t".join(v[0]) for v in lines.values()],
        )
        staged = []
        with by_index():
            verdicts = fetch(members.VERDICTS_RETURNED)
        for row, person, membership, p_version, m_version, union, differs, same, moved, status in verdicts:
            if membership is None or person is None:
                self._findings.against(
                    row, "name", "GH-IMP-413", "这条会籍已转出、终止，或不归当前岗位管理", "重新导出一份再改"
                )
                continue
            if moved:
                self._status_stays(row, status)
            if not differs:
                self.counts["unchanged"] += 1
                continue
            action = Action.CHANGED if same else Action.CONFLICT
            self.counts[action] += 1
            parts, values = lines[row]
            staged.append("\t".join([
                parts[0], str(union), str(membership), str(m_version), *parts[3:], *self._rewritten(values),
                action.value, str(person), str(membership), str(p_version),
            ]))  # fmt: skip
        if staged:
            columns = (
                "row_no", "organisation_id", "record_id", "record_version", "phone_hash", "name", *_PLAIN,
                "name_key", "grams",
                "phone_mask", "phone_sealed", "action", "person_id", "membership_id", "person_version",
            )  # fmt: skip
            copy("roster_staged", columns, staged)
            run(members.STAGE, {"roster": self._roster_id})

    def _rewritten(self, values: dict[str, Any]) -> list[str]:
        name, phone = values.get("name"), values.get("phone")
        sort, grams = name_index(name) if name else (None, None)
        return [
            cell(sort),
            array(grams) if grams else NULL,
            cell(mask_phone(phone) if phone else None),
            cell(seal(phone, "person.phone") if phone else None),
        ]

    def _status_stays(self, row: int, status: str) -> None:
        now = MembershipStatus(status).label
        self._findings.against(
            row, "status", "GH-IMP-W42", f"现在登记的是{now}，名册不改会籍状态", "保留、恢复会籍在会员页办理", WARNING
        )

    def drop_repeated(self, rows: list[int]) -> None:
        """First ones of rows that stood there twice: taken out again, because nobody knows which is right."""
        if not rows:
            return
        gone = fetch(
            "DELETE FROM roster_row WHERE roster_id = %s AND row_no = ANY (%s) RETURNING action",
            [self._roster_id, rows],
        )
        for (action,) in gone:
            self.counts[action] -= 1
        self.counts["unchanged"] -= len(rows) - len(gone)

    def finish(self) -> None:
        """Nothing is left over: every block was staged at once."""
