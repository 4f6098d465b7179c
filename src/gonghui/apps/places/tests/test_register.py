"""The register: what is kept of a place, from the plan to its closing; who may; what its history says."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from PIL import Image

from gonghui.apps.places import services, sources
from gonghui.apps.places.choices import ChangeKind
from gonghui.apps.places.models import Place, PlaceChange
from gonghui.apps.places.queries import desk, public
from gonghui.kernel.figures.queries.compiling import holds_on
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.sources import Span
from gonghui.kernel.viewer import OUTSIDER

from .conftest import FACTS, PICTURE, Stage

pytestmark = pytest.mark.django_db


def refused(code: str, call: Any, **facts: Any) -> Refusal:
    with pytest.raises(Refusal) as found:
        call(**facts)
    assert found.value.code == code
    return found.value


def test_from_the_plan_to_the_day_it_closes(stage: Stage) -> None:
    planned = services.register(stage.county, organisation=stage.tree.township, on=stage.day(-200), **FACTS)
    assert (planned.state, planned.opened_on) == ("planned", None)
    services.move(stage.county, place_id=planned.pk, kind=ChangeKind.BUILDING, on=stage.day(-150))
    services.move(stage.county, place_id=planned.pk, kind=ChangeKind.TOPPED, on=stage.day(-90))
    refused(
        "GH-PLC-025", services.move, actor=stage.county, place_id=planned.pk, kind=ChangeKind.OPENED, on=stage.day(-95)
    )
    opened = services.move(stage.county, place_id=planned.pk, kind=ChangeKind.OPENED, on=stage.day(-60))
    assert (opened.state, opened.opened_on) == ("open", stage.day(-60))
    refused("GH-PLC-024", services.move, actor=stage.county, place_id=planned.pk, kind=ChangeKind.BUILDING)
    refused("GH-PLC-002", services.move, actor=stage.county, place_id=planned.pk, kind=ChangeKind.CLOSED)
    closed = services.move(
        stage.county, place_id=planned.pk, kind=ChangeKind.CLOSED, on=stage.day(-3), reason="房屋租期到期"
    )
    assert closed.state == "closed"
    again = services.move(stage.county, place_id=planned.pk, kind=ChangeKind.REOPENED)
    assert (again.state, again.opened_on, again.closed_on) == ("open", stage.day(-60), None)
    told = list(desk.changes(planned).values_list("kind", flat=True))
    assert told == ["reopened", "closed", "opened", "topped", "building", "registered"]


def counted(stage: Stage, on: date, key: str = "open") -> int:
    """As figures count what a field says of a day."""
    field = sources.PLACES.fields()[key]
    rows = Place.objects.filter(holds_on(Span("registered_on", "closed_on"), on))
    return rows.filter(field.build("is", True, on)).count()


def test_days_on_which_it_was_closed_stay_closed(stage: Stage) -> None:
    row = stage.station()
    close = {"place_id": row.pk, "kind": ChangeKind.CLOSED, "reason": "房屋租期到期"}
    services.move(stage.county, **close, on=stage.day(-50))
    services.move(stage.county, place_id=row.pk, kind=ChangeKind.REOPENED, on=stage.day(-20))
    services.move(stage.county, **close, on=stage.day(-10))
    services.move(stage.county, place_id=row.pk, kind=ChangeKind.REOPENED, on=stage.day(-5))
    days = (-60, -51, -50, -21, -20, -11, -10, -6, -5, 0)
    for key in ("open", "kept", "ready"):
        assert [counted(stage, stage.day(one), key) for one in days] == [1, 1, 0, 0, 1, 1, 0, 0, 1, 1], key


def test_a_name_that_was_given_away_meanwhile(stage: Stage) -> None:
    row = stage.station()
    services.move(stage.county, place_id=row.pk, kind=ChangeKind.CLOSED, reason="房屋租期到期")
    stage.station()
    told = refused("GH-PLC-020", services.move, actor=stage.county, place_id=row.pk, kind=ChangeKind.REOPENED)
    assert "同名" in told.message and Place.objects.get(pk=row.pk).state == "closed"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"kind": "bar"}, "GH-PLC-010"),
        ({"workday": "九点到五点"}, "GH-PLC-012"),
        ({"lat": None}, "GH-PLC-013"),
        ({"lon": "27.39", "lat": "114.62"}, "GH-PLC-013"),
        ({"host": "moon"}, "GH-PLC-014"),
        ({"office_phone": "138 0000 0000"}, "GH-PLC-015"),
        ({"offered": ["sauna"]}, "GH-PLC-017"),
        ({"area": 0}, "GH-PLC-018"),
        ({"workday": "休息", "weekend": "休息"}, "GH-PLC-021"),
        ({"address": "街"}, "GH-PLC-002"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(stage: Stage, wrong: dict[str, Any], code: str) -> None:
    refused(code, stage.station, **wrong)
    assert not Place.objects.exists()


def test_one_of_a_name_and_only_in_range(stage: Stage) -> None:
    stage.station()
    refused("GH-PLC-020", stage.station)
    refused("GH-PLC-019", services.register, actor=stage.sibling, organisation=stage.tree.township, **FACTS)
    refused("GH-PLC-016", stage.station, name="另一处", post=stage.post(stage.county))


def test_a_correction_says_what_stood_there_before(stage: Stage) -> None:
    row = stage.station()
    same = services.change(stage.keeper, place_id=row.pk, version=1, **FACTS)
    assert same.version == 1 and PlaceChange.objects.count() == 2
    services.change(stage.keeper, place_id=row.pk, version=1, **FACTS | {"workday": "24小时", "offered": ["water"]})
    words = desk.changes(row).first()
    assert words is not None and "工作日：08:00-18:00 → 24小时" in words.text
    assert "服务：饮水、空调、微波炉 → 饮水" in words.text
    refused("GH-PLC-022", services.change, actor=stage.keeper, place_id=row.pk, version=1, **FACTS)
    refused("GH-PLC-001", services.change, actor=stage.sibling, place_id=row.pk, **FACTS)


def test_a_suspension_is_told_beforehand_and_ends_when_lifted(stage: Stage) -> None:
    row = stage.station()
    refused("GH-PLC-029", services.suspend, actor=stage.keeper, place_id=row.pk, starts_on=stage.day(-1), reason="装修")
    made = services.suspend(
        stage.keeper, place_id=row.pk, starts_on=stage.day(2), ends_on=stage.day(4), reason="更换空调和饮水机"
    )
    refused(
        "GH-PLC-030", services.suspend, actor=stage.keeper, place_id=row.pk, starts_on=stage.day(4), reason="又装修一次"
    )
    from django.utils import timezone

    now = timezone.now()
    found = public.shown(public.one(row.pk, stage.today), now)  # type: ignore[arg-type]
    assert found.coming == made and not found.standing.words.startswith("暂停")
    made.starts_on = stage.today
    made.save()
    found = public.shown(public.one(row.pk, stage.today), now)  # type: ignore[arg-type]
    assert found.standing.words.startswith("暂停开放") and not found.standing.open
    assert desk.place(stage.county, row.pk).paused  # type: ignore[union-attr]
    services.lift(stage.keeper, suspension_id=made.pk)
    assert not desk.place(stage.county, row.pk).paused  # type: ignore[union-attr]
    refused("GH-PLC-031", services.lift, actor=stage.keeper, suspension_id=made.pk)


def test_stars_keep_their_history(stage: Stage) -> None:
    row = stage.station()
    services.star(stage.county, place_id=row.pk, stars=3, on=stage.day(-30))
    services.star(stage.county, place_id=row.pk, stars=5, basis="安工发〔2026〕3号")
    refused("GH-PLC-027", services.star, actor=stage.county, place_id=row.pk, stars=6)
    assert Place.objects.get().star == 5
    assert [one.text for one in desk.changes(row).filter(kind="starred")] == ["五星，安工发〔2026〕3号", "三星"]


def test_photos_have_words_and_lose_what_the_phone_wrote(stage: Stage) -> None:
    row = stage.station()
    refused("GH-PLC-002", services.add_photo, actor=stage.keeper, place_id=row.pk, content=PICTURE, alt="")
    refused("GH-PLC-005", services.add_photo, actor=stage.keeper, place_id=row.pk, content=b"GIF89a", alt="门口的牌子")
    made = services.add_photo(stage.keeper, place_id=row.pk, content=PICTURE, alt="门口的牌子和开放时间")
    assert b"GPS" in PICTURE and made.file.content_type == "image/jpeg"
    with public.opened(made)[1] as stream:
        kept = stream.read()
    assert b"GPS" not in kept and b"Exif" not in kept
    assert Image.open(io.BytesIO(kept)).size == (20, 40), "upright, as it was held"
    drawn = io.BytesIO()
    Image.new("RGBA", (4, 4)).save(drawn, "PNG")
    also = services.add_photo(stage.keeper, place_id=row.pk, content=drawn.getvalue(), alt="里面的座位和饮水机")
    assert also.file.content_type == "image/jpeg"


def test_anybody_reads_what_is_open_and_nothing_else(stage: Stage) -> None:
    shown = stage.station()
    hidden = services.register(stage.county, organisation=stage.tree.township, **FACTS | {"name": "还没有建的驿站"})
    services.add_photo(stage.keeper, place_id=hidden.pk, content=PICTURE, alt="工地的样子")
    with acting(OUTSIDER):
        assert [one.pk for one in public.nearby(stage.today)] == [shown.pk]
        assert public.one(hidden.pk, stage.today) is None
        assert public.photos(hidden) == []
        assert not PlaceChange.objects.exists()
    with acting(stage.sibling):
        assert list(desk.places(stage.sibling)) == []
    with acting(stage.union):
        assert list(desk.places(stage.union)) == []


def test_what_happened_is_never_rewritten(stage: Stage) -> None:
    from django.db import DatabaseError, transaction

    stage.station()
    for act in (lambda: PlaceChange.objects.update(text="没有这回事"), lambda: PlaceChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
