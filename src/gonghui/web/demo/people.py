"""Members, officers and their signs of life for the demonstration; every number and name is generated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from gonghui.kernel.people.rules import mask_id, mask_phone, name_grams, name_keys
from gonghui.kernel.sealing import lookup_hash, seal

from .bulk import copy_rows, reserve
from .names import person_name
from .tree import Node

REGION = "362499"
"""A county code that was never assigned, so that a generated identity number is nobody's."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(slots=True)
class Member:
    """One generated member, before it is written."""

    id: int
    node: Node
    name: str
    female: bool
    birth: date
    number: str
    phone: str
    joined: date
    last_sign: date
    sign: str
    occupation: str
    retained: bool = False


def identity_number(sequence: int, birth: date, female: bool) -> str:
    serial = sequence % 450 * 2 + (100 if female else 101)
    body = f"{REGION}{birth:%Y%m%d}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


class Crowd:
    """Draws members for every node from one seeded source."""

    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today = random, today
        self.phone = 10  # the first numbers belong to the fixed cast
        self.taken: dict[tuple[date, bool], int] = {}

    def _member(self, node: Node, asleep: bool) -> Member:
        random = self.random
        female = random.random() < (0.06 if node.new_form == "truck_driver" else 0.46)
        while True:
            birth = date(1964, 1, 1) + timedelta(days=random.randrange(14600))
            used = self.taken.get((birth, female), 0)
            if used < 450:
                self.taken[birth, female] = used + 1
                break
        first = max(node.founded, birth + timedelta(days=6600))
        joined = first + timedelta(days=random.randrange(max(1, (self.today - first).days - 30)))
        if asleep:
            last = self.today - timedelta(days=random.randrange(760, 1900))
            joined = min(joined, last - timedelta(days=200))
        else:
            last = self.today - timedelta(days=random.randrange(3, 330))
            joined = min(joined, last)
        self.phone += 1
        return Member(
            id=0,
            node=node,
            name=person_name(random, female),
            female=female,
            birth=birth,
            number=identity_number(used, birth, female),
            phone=f"199{self.phone:08d}",
            joined=joined,
            last_sign=last,
            sign=random.choice(("dues", "dues", "activity", "benefit")),
            occupation=node.occupation,
            retained=not asleep and not node.new_form and random.random() < 0.015,
        )

    def draw(self, nodes: list[Node]) -> Iterator[Member]:
        for node in nodes:
            for index in range(node.members):
                yield self._member(node, asleep=node.asleep or index < node.sleepers)


def make_named(member: Member, name: str, phone: str, occupation: str) -> None:
    """Turn a drawn member into one of the fixed cast."""
    member.name, member.phone, member.occupation, member.retained = name, phone, occupation, False


def write_members(members: list[Member]) -> None:
    """Persons, name pieces, memberships and one sign of life each, four bulk inserts."""
    for member, pk in zip(members, reserve("person", len(members)), strict=True):
        member.id = pk
    copy_rows(
        "person",
        (
            "id", "path", "name", "name_key", "id_kind", "id_hash", "id_sealed", "id_mask", "phone_sealed", "phone_hash",
            "phone_mask", "sex", "birth", "ethnicity", "education", "politics", "skill_level", "last_sign_on", "version",
            "changed_at",
        ),
        (
            (
                m.id, m.node.path, m.name, name_keys(m.name).sort, "identity_card",
                lookup_hash("id:identity_card", m.number), seal(m.number, "person.id_number"), mask_id(m.number),
                seal(m.phone, "person.phone"), lookup_hash("phone", m.phone), mask_phone(m.phone),
                "2" if m.female else "1", m.birth, "01", "", "", "", m.last_sign, 1, "2026-01-01",
            )
            for m in members
        ),
    )  # fmt: skip
    copy_rows("person_gram", ("gram", "person_id"), ((g, m.id) for m in members for g in set(name_grams(m.name))))
    copy_rows(
        "membership",
        (
            "path", "person_id", "organisation_id", "status", "joined_on", "valid_from", "start_reason", "end_reason",
            "retention_reason", "person_name", "card_no", "worker_kind", "occupation", "new_form", "platforms",
            "employer_name", "department", "staff_no", "last_sign_on", "version", "changed_at",
        ),
        (
            (
                m.node.path, m.id, m.node.id, "retained" if m.retained else "active", m.joined, m.joined, "admission",
                "", "retired" if m.retained else "", "", f"{m.node.region[:4]}{m.id:08d}", m.node.worker_kind if not m.retained else "retired",
                m.occupation, m.node.new_form, [], m.node.employer, "", "", m.last_sign, 1, "2026-01-01",
            )
            for m in members
        ),
    )  # fmt: skip
    copy_rows(
        "sign_of_life",
        ("path", "organisation_id", "person_id", "kind", "on", "reached", "note"),
        ((m.node.path, m.node.id, m.id, m.sign, m.last_sign, True, "") for m in members),
    )


def write_officers(members: list[Member]) -> None:
    """A chair and two more officers for each union, chosen from its own members."""
    rows, seen = [], {}
    for member in members:
        node = member.node
        if node.level not in ("unit", "county") or node.kind not in (
            "grassroots_union",
            "joint_union",
            "industry_union",
        ):
            continue
        rank = seen.get(node.id, 0)
        if rank < 3 and not member.retained:
            seen[node.id] = rank + 1
            office = ("chair", "audit_director", "women_director")[rank]
            rows.append(
                (
                    node.path,
                    member.id,
                    node.id,
                    office,
                    "",
                    False,
                    "",
                    node.term_from or node.founded,
                    "会员大会选举",
                    "",
                    1,
                )
            )
    copy_rows(
        "appointment",
        (
            "path", "person_id", "organisation_id", "office", "title", "full_time", "party_office", "valid_from",
            "start_reason", "end_reason", "version",
        ),
        rows,
    )  # fmt: skip
