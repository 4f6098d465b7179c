"""Assessments of the demonstration: run by the real services on days that have passed, never typed in.

22 provincial and 14 city demonstration points (A2.03, A2.04 of the Ji'an scenario) come out of them, with some unions
that only passed, and some whose sheets still wait.
"""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from gonghui.apps.assessment import factories, rules
from gonghui.apps.assessment import services as assessment
from gonghui.apps.assessment.queries import simulation, standards
from gonghui.kernel.models import Organisation
from gonghui.kernel.org.rules import ancestors
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application, Step
from gonghui.kernel.procedures.queries.definitions import in_force

from .business import OWN, TOWNSHIP
from .officers import Officers

PROVINCE, CITY, PASSED, WAITING = 22, 14, 4, 3
DEEDS = "连续三年组织健全、按期换届，职工之家常年开放，会员满意率在九成以上"


class Assessing:
    """One run over the city; `days` back from today give every act its day."""

    def __init__(self, officers: Officers) -> None:
        self.officers, self.back, self.officer = officers, officers.back, officers.holder

    # -- who takes part ------------------------------------------------------------------------------------

    def candidates(self) -> list[Organisation]:
        """Unions below townships whose records reach the highest grade, taken in turn from every county."""
        day = self.back(60)
        bodies = list(
            Organisation.objects.filter(
                state="active", level="unit", kind="grassroots_union", parent__level="township",
                parent__kind="federation",
            ).select_related("parent").exclude(name=OWN)  # left to whoever tries the demonstration
            .order_by("path")
        )  # fmt: skip
        held = [(row, rules.must_read(row.body)) for row in standards.in_force("six", "", day)]
        known = standards.facts_of([one.pk for one in bodies], day, [body for _, body in held])
        by_county: dict[str, list[Organisation]] = defaultdict(list)
        for body in bodies:
            said = known[body.pk]
            standard = next((one for _, one in held if standards.applies(one, said)), None)
            if standard is None or said["org_chairs"] != 1:
                continue
            best = rules.score(standard, said, simulation.assumed_answers(standard, 100))
            if best.rank == 1:
                by_county[ancestors(body.path)[2]].append(body)
        return [one for turn in _turns(list(by_county.values())) for one in turn]

    # -- the days ------------------------------------------------------------------------------------------

    def run(self) -> dict[str, int]:
        every = self.candidates()
        found = [one for one in every if one.parent is not None and one.parent.name != TOWNSHIP]
        points, rest = found[: PROVINCE + CITY], found[PROVINCE + CITY :]
        if len(points) < PROVINCE + CITY:
            raise AssertionError(f"only {len(points)} unions can become demonstration points")
        self.graded([*((one, 100) for one in points), *((one, 72) for one in rest[:PASSED])])
        self.pointed("province", points[:PROVINCE])
        self.pointed("city", points[PROVINCE:])
        near = [one for one in every if one not in found] + rest[PASSED:]
        with procedures.as_of(self.back(1)):
            waiting = near[:WAITING]
            for union in waiting:
                factories.hand_in(self.officer(union, "grassroots_chair"), union, 90)
        return {"graded": len(points) + PASSED, "points": len(points), "waiting": len(waiting)}

    def graded(self, unions: Iterable[tuple[Organisation, int]]) -> None:
        with procedures.as_of(self.back(60)):
            handed = [factories.hand_in(self.officer(one, "grassroots_chair"), one, percent) for one, percent in unions]
        self._each(handed, self.back(59), self._check)
        self._each(handed, self.back(58), self._check)
        self._each(handed, self.back(57), self._visit)
        self._until_noticed(handed, self.back(40), self._check)

    def pointed(self, tier: str, unions: list[Organisation]) -> None:
        made = []
        with procedures.as_of(self.back(38)):
            for one in unions:
                procedure = in_force(f"assessment.point_{tier}", one.path, procedures.today())
                assert procedure is not None
                chair = self.officer(one, "grassroots_chair")
                begun = procedures.start(chair, procedure=procedure, organisation=one)
                made.append(procedures.submit(chair, application_id=begun.application.pk, typed={"deeds": DEEDS}))
        self._each(made, self.back(37), self._approve)
        if tier == "province":
            self._each(made, self.back(36), self._approve)
        self._until_noticed(made, self.back(18), self._approve)

    def _until_noticed(self, made: list[Application], day: date, act: Callable[[Step], None]) -> None:
        """The notices end with their days (17 of them hold 5 working days in any season); then it is decided."""
        procedures.tick(day)
        self._each(made, day, act)

    def _each(self, made: list[Application], day: date, act: Callable[[Step], None]) -> None:
        steps = Step.objects.filter(application__in=made, state="open").exclude(kind="notice")
        with procedures.as_of(day):
            for step in steps.select_related("organisation").order_by("pk"):
                if step.kind != "visit" or act == self._visit:
                    act(step)

    def _check(self, step: Step) -> None:
        assert step.organisation is not None
        assessment.finish_check(
            self.officer(step.organisation), step_id=step.pk, given={}, note="逐项核对佐证，情况属实"
        )

    def _approve(self, step: Step) -> None:
        assert step.organisation is not None
        procedures.approve(self.officer(step.organisation), step_id=step.pk, note="材料属实，同意推荐")

    def _visit(self, step: Step) -> None:
        if step.kind != "visit" or step.organisation is None:
            return
        city = self.officer(step.organisation)
        photo = SimpleUploadedFile("现场.png", _picture(), "image/png")
        procedures.add_photo(city, step_id=step.pk, upload=photo, latitude="27.113445", longitude="114.992039")
        note = "现场查看职工之家和台账，与自评一致"
        assessment.finish_check(city, step_id=step.pk, given={}, note=note)


def _turns(lists: list[list[Organisation]]) -> list[list[Organisation]]:
    """The first of every list, then the second of every list, and so on."""
    longest = max(map(len, lists), default=0)
    return [[one[turn] for one in lists if turn < len(one)] for turn in range(longest)]


def _picture() -> bytes:
    """A plain grey picture of 320 by 240 points."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\x00" + b"\xb0" * 320) * 240
    head = struct.pack(">IIBBBBB", 320, 240, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def run_assessments(officers: Officers) -> dict[str, int]:
    """Everything above, inside the transaction of the year."""
    return Assessing(officers).run()
