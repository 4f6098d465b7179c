"""Places of the city as its report tells them, what was broken and mended there, rounds, a guide station."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from itertools import cycle
from random import Random
from typing import Any

from django.utils import timezone

from gonghui.apps.places import catalog, services
from gonghui.apps.places.choices import AskWay, ChangeKind, Outcome
from gonghui.apps.places.models import Place, Report, Ticket, TicketLine
from gonghui.kernel import yamls
from gonghui.kernel.models import Organisation

from .business import Business
from .officers import Officers
from .tree import townships

OUTDOOR, PALACES = 94, 12
"""What the city's report states; 吉水县's homes and stations stand below."""
HOMES_PLANNED, HOMES_OPEN, FIRM_HOMES = 18, 13, 8
JISHUI = "吉水县总工会"


@cache
def _said() -> dict[str, Any]:
    text = (files("gonghui.catalogue") / "demo" / "places.yaml").read_text("utf-8")
    found: dict[str, Any] = yamls.shipped(text)
    return found


def drawing(tone: int) -> bytes:
    """A plain picture of a door with its sign: a demonstration has no photographs."""
    wide, high = 480, 320
    wall, door, sign, ground = (226 - tone, 230, 235), (92, 112 + tone, 138), (180, 21, 29), (200, 200, 196)

    def at(x: int, y: int) -> tuple[int, int, int]:
        if y > 270:
            return ground
        if 180 <= x < 300 and y >= 110:
            return door if 190 <= x < 290 and y >= 120 else (250, 250, 250)
        if 140 <= x < 340 and 50 <= y < 90:
            return sign
        return (180, 205, 224) if 40 <= x < 140 and 120 <= y < 200 else wall

    raw = b"".join(b"\x00" + bytes(part for x in range(wide) for part in at(x, y)) for y in range(high))

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


class Places(Business):
    """The register of the whole city, and a season of small repairs in Anfu."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        self.random = Random(officers.today.toordinal())
        self.hours, self.offered = cycle(_said()["hours"]), cycle(_said()["offered"])
        self.counties = list(
            Organisation.objects.filter(parent=self.city, level="county", kind="federation").order_by("path")
        )

    def run(self) -> None:
        self._palaces()
        self._outdoor()
        self._jishui()
        self._anfu()

    # -- the register ------------------------------------------------------------------------------------------------

    def _facts(self, county: Organisation, kind: str, name: str, host: str, **more: Any) -> dict[str, Any]:
        lon, lat = _said()["seats"][county.region_code]
        spread = 0.12 if more.get("township") else 0.02
        street = self.random.choice(_said()["streets"])
        return {
            "kind": kind, "name": name, "host": host, "address": f"{street}{self.random.randrange(1, 200)}号",
            "lon": round(lon + self.random.uniform(-spread, spread), 6),
            "lat": round(lat + self.random.uniform(-spread, spread), 6), "offered": list(next(self.offered)),
            **next(self.hours), **more,
        }  # fmt: skip

    def _register(
        self, body: Organisation, county: Organisation, opened: date | None, *facts: str, **more: Any
    ) -> Place:
        return services.register(
            self.officers.holder(county), organisation=body, on=opened or self.officers.back(300), opened_on=opened,
            **self._facts(county, *facts, **more),
        )  # fmt: skip

    def _palaces(self) -> None:
        """Nine are open, three are being finished, one is planned."""
        for number, county in enumerate(self.counties):
            short = county.name.removesuffix("总工会")
            opened = self.officers.back(900 - number * 40) if number < 9 else None
            row = self._register(
                county, county, opened, "palace", f"{short}工人文化宫", "city", area=5200 + number * 310,
                workday="08:30-21:00", weekend="08:30-21:00", holiday="09:00-17:00",
                offered=["water", "aircon", "wifi", "toilet", "books", "nursing", "advice"],
            )  # fmt: skip
            actor = self.officers.holder(county)
            if 9 <= number < PALACES:
                services.move(actor, place_id=row.pk, kind=ChangeKind.BUILDING, on=self.officers.back(290))
                services.move(actor, place_id=row.pk, kind=ChangeKind.TOPPED, on=self.officers.back(45))

    def _outdoor(self) -> None:
        """94 stations, a few in every county; the towns of Anfu have theirs first."""
        names = self._names()
        for number in range(OUTDOOR):
            county = self.counties[number % len(self.counties)]
            town, what = next(names[county.pk])
            row = self._register(
                county, county, self.officers.back(40 + number * 7), "outdoor", f"{town}{what}爱心驿站", "street",
                township=town, area=12 + number % 40, office_phone="0796-8222335" if number % 3 else "",
            )  # fmt: skip
            if number % 6 == 0:
                services.star(
                    self.officers.holder(county), place_id=row.pk, stars=3 + number // 6 % 3, on=self.officers.back(20)
                )

    def _names(self) -> dict[int, Iterator[tuple[str, str]]]:
        """County → its towns, each with another sort of place."""

        def of(county: Organisation) -> Iterator[tuple[str, str]]:
            whats = _said()["stations"]
            for turn in range(len(whats)):
                for at, town in enumerate(townships()[county.region_code]):
                    yield town, whats[(at + turn) % len(whats)]

        return {one.pk: of(one) for one in self.counties}

    def _jishui(self) -> None:
        """Homes of its 18 towns, 13 of them open; homes in eight firms; six service stations."""
        county = Organisation.objects.get(name=JISHUI)
        towns = {one.name: one for one in Organisation.objects.filter(parent=county, level="township")}
        for number, town in enumerate(townships()[county.region_code][:HOMES_PLANNED]):
            body = next((one for name, one in towns.items() if town in name), county)
            opened = self.officers.back(400 - number * 20) if number < HOMES_OPEN else None
            self._register(
                body, county, opened, "home", f"{town}职工之家", "township", township=town, area=160 + number * 9
            )
        firms = list(
            Organisation.objects.filter(
                path__startswith=county.path, kind="grassroots_union", state="active", name__contains="公司"
            ).order_by("path")[:FIRM_HOMES]
        )
        for number in range(FIRM_HOMES):
            body = firms[number] if number < len(firms) else county
            host = body.name.removesuffix("工会委员会") if body != county else f"吉水工业园{number + 1}号厂"
            self._register(
                body, county, self.officers.back(200 + number * 11), "home", f"{host}职工之家", "enterprise",
                host_name=host, area=220,
            )  # fmt: skip
        for number, name in enumerate(_said()["services_jishui"]):
            self._register(county, county, self.officers.back(150 + number * 9), "service", name, "park", area=60)

    # -- a season of Anfu --------------------------------------------------------------------------------------------

    def _anfu(self) -> None:
        self.desk = self.officers.holder(self.county)
        stations = list(Place.objects.filter(path__startswith=self.county.path, kind="outdoor").order_by("pk"))
        for number, row in enumerate(stations[:4]):
            services.add_photo(
                self.desk, place_id=row.pk, content=drawing(number * 9), alt="门口，红色的牌子在门的上方，一级台阶"
            )
        self._mended(stations)
        self._rounds(stations)
        today = self.officers.today
        services.suspend(
            self.desk, place_id=stations[5].pk, starts_on=today + timedelta(days=3),
            ends_on=today + timedelta(days=5), reason="更换空调和饮水机",
        )  # fmt: skip
        running = services.report(place_id=stations[0].pk, fault="aircon", text=_said()["words"]["aircon"][0])
        services.report(place_id=stations[0].pk, fault="aircon", text=_said()["words"]["aircon"][2])
        services.report(place_id=stations[1].pk, fault="water", text=_said()["words"]["water"][0])
        self._back(running.ticket, timedelta(hours=21))
        self._guide()

    def _mended(self, stations: list[Place]) -> None:
        """Two months of small things, most of them mended within hours, one late."""
        for number, (fault, answer) in enumerate(list(_said()["answers"].items()) * 3):
            place = stations[number % len(stations)]
            words = _said()["words"][fault]
            told = services.report(place_id=place.pk, fault=fault, text=words[number % len(words)])
            services.take(self.desk, ticket_id=told.ticket.pk)
            services.answer(
                self.desk, ticket_id=told.ticket.pk, outcome=Outcome.FIXED, text=answer, picture=drawing(number)
            )
            services.seen(code=told.code)
            if number % 3:
                services.thank(code=told.code)
            took = (
                timedelta(hours=31) if number == 4 else timedelta(hours=2 + number * 7 % 19, minutes=number * 13 % 60)
            )
            self._back(told.ticket, timedelta(days=58 - number * 4), took)

    def _back(self, row: Ticket, ago: timedelta, took: timedelta | None = None) -> None:
        """A ticket as if it had been reported some time ago."""
        begun = timezone.now() - ago
        times: dict[str, Any] = {"opened_at": begun, "due_at": begun + timedelta(hours=24)}
        if took is not None:
            late = took > timedelta(hours=24)
            times |= {"taken_at": begun + took / 3, "closed_at": begun + took, "late": late}
        Ticket.objects.filter(pk=row.pk).update(**times)
        Report.objects.filter(ticket=row).update(at=begun)
        for line in TicketLine.objects.filter(ticket=row):
            at = {"taken": times.get("taken_at"), "fixed": times.get("closed_at")}.get(line.act) or begun
            TicketLine.objects.filter(pk=line.pk).update(at=at)

    def _rounds(self, stations: list[Place]) -> None:
        for number, place in enumerate(stations[:5]):
            results = {
                one.key: not (number == 2 and one.key == "first_aid") for one in catalog.checks_at(place.offered)
            }
            services.record_round(
                self.desk, place_id=place.pk, results=results, on=self.officers.back(6 + number * 5),
                words="" if number else "牌子有点褪色，月底统一换",
            )  # fmt: skip

    def _guide(self) -> None:
        """A guide station in the town of the cast, with its three functions."""
        place = self._register(
            self.town, self.county, self.officers.back(120), "guidance", "枫田镇产改指导站", "township", township="枫田镇",
            host_name="枫田镇党群服务中心", workday="08:30-17:30", weekend="休息", office_phone="0796-7620000",
            offered=["water", "aircon", "seats", "wifi", "advice"],
        )  # fmt: skip
        for number, one in enumerate(_said()["policies"]):
            services.publish_policy(self.desk, place_id=place.pk, on=self.officers.back(60 - number * 25), **one)
        for said in _said()["questions"]:
            asked = services.take_question(
                self.desk, place_id=place.pk, way=AskWay(said["way"]), question=said["question"],
                issue=said.get("issue", False),
            )  # fmt: skip
            if said["answer"]:
                services.answer_question(self.desk, consultation_id=asked.row.pk, text=said["answer"])
                services.answer_read(code=asked.code)
        for number, name in enumerate(("泸水河食品产改示范车间", "枫田镇产业工人学习角")):
            self._register(
                self.own if number == 0 else self.town, self.county, self.officers.back(90), "reform", name,
                "enterprise" if number == 0 else "township", township="枫田镇",
            )  # fmt: skip
