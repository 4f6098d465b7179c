"""Boards at the desk, on a leader's phone and on the wall: what they show, what they ask, what they do not tell."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gonghui.apps.boards import queries, services, shipped
from gonghui.apps.boards.models import Board
from gonghui.apps.boards.rules import Design, read
from gonghui.kernel.factories import make_member, viewer_at
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures import registry
from gonghui.kernel.figures import services as keeping
from gonghui.kernel.figures.rules.periods import around
from gonghui.kernel.models import TrailRecord
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting, take_scope
from gonghui.kernel.viewer import SYSTEM

from .conftest import Enter

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def made(keys: Iterable[str], kind: str = "number", title: str = "试看板") -> Design:
    return read({"title": title, "tiles": [{"kind": kind, "figures": [key]} for key in keys]})


def sensitive(tree: Any, key: str) -> bool:
    """Whether a small number of it is hidden: that asks for its siblings, once for all that are."""
    rows = figures.in_force(tree.city.path)
    return any(registry.sources()[one.source].sensitive for one in figures.parts(rows[key], rows).measures)


def board(slot: str) -> str:
    return reverse("boards:one", args=[slot])


def test_every_role_that_sees_figures_has_a_board_whose_numbers_open_their_records(tree: Any, enter: Enter) -> None:
    for n in range(7):
        make_member(tree.union, "会员" + "甲乙丙丁戊己庚"[n], new_form="courier")
    keeping.drain()
    client = enter(tree.city)
    page = client.get(reverse("boards:home")).content.decode()
    assert "领导看板" in page and "数据截至" in page and "示意图，不作为行政区域界线依据" in page
    year, today = timezone.localdate().year, timezone.localdate()
    assert f"{year}年" in page and f"截至{today.month}月{today.day}日" in page
    links = set(re.findall(r'href="(/desk/figures/[a-z_.]+/records/\?[^"]+)"', page))
    assert len(links) > 20
    for link in sorted(links)[:12]:
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link
    for slot in ("organising", "grassroots_chair", "finance", "publicity", "rights"):
        assert client.get(board(slot)).status_code == 200
    assert client.get(board("member")).status_code == 404
    assert client.get(board("screen")).url == reverse("boards:screen")


def test_posts_without_figures_have_no_board_and_no_place_but_their_own(tree: Any, enter: Enter) -> None:
    assert enter(tree.county, "guide").get(reverse("boards:home")).status_code == 403
    county = enter(tree.county)
    for name in ("boards:home", "boards:screen"):
        assert county.get(reverse(name), {"at": tree.township.pk}).status_code == 200
        assert county.get(reverse(name), {"at": tree.city.pk}).status_code == 404
        assert county.get(reverse(name), {"at": tree.sibling_county.pk}).status_code == 404
    data = reverse("boards:data", args=["members"])
    assert county.get(data, {"at": tree.city.pk}).status_code == 404


@pytest.mark.parametrize("kind", ["number", "bars", "map", "trend"])
def test_statements_do_not_grow_with_the_figures(tree: Any, kind: str) -> None:
    viewer, place = viewer_at(tree.city, "leader"), org_queries.public(tree.city.pk)
    known = queries.known(tree.city.path, timezone.localdate())
    plain = [key for key, one in known.items() if (one.kept or kind != "trend") and not sensitive(tree, key)]

    def asked(count: int) -> int:
        found = queries.Found(made(plain[:count], kind))
        with CaptureQueriesContext(connection) as seen:
            drawn = queries.picture(viewer, found, place)
        assert len(drawn.tiles) == count
        return len(seen)

    asked(2)  # what a process reads once
    assert asked(2) == asked(30) <= 22


def test_a_whole_board_of_thirty_figures_in_every_way_stays_below_a_fixed_number(tree: Any) -> None:
    viewer, place = viewer_at(tree.city, "leader"), org_queries.public(tree.city.pk)
    known = queries.known(tree.city.path, timezone.localdate())
    kept = [key for key, one in known.items() if one.kept][:8]
    tiles = [
        *({"kind": "number", "figures": [key]} for key in list(known)[:60:3]),
        *({"kind": "trend", "figures": [key]} for key in kept),
        *({"kind": kind, "figures": ["members"]} for kind in ("bars", "map")),
        {"kind": "share", "figures": ["membership_rate"]},
    ]
    found = queries.Found(read({"title": "全看板", "tiles": tiles}))
    queries.picture(viewer, found, place)
    with CaptureQueriesContext(connection) as seen:
        queries.picture(viewer, found, place)
    print(f"\n{len(tiles)} tiles: {len(seen)} statements")
    assert len(seen) <= 32


def test_small_sensitive_numbers_are_told_nowhere(tree: Any, enter: Enter, monkeypatch: Any) -> None:
    """A source of members is declared sensitive: two at one county, seven at the other."""
    for n in range(2):
        make_member(tree.union, "甲乙"[n], new_form="courier")
    for n in range(7):
        make_member(tree.sibling_county, "丙丁戊己庚辛壬"[n], new_form="courier")
    keeping.drain()
    known = dict(registry.sources())
    known["memberships"] = replace(known["memberships"], sensitive=True)
    monkeypatch.setattr(registry, "sources", lambda: known)
    viewer, place = viewer_at(tree.city, "leader"), org_queries.public(tree.city.pk)
    drawn = queries.picture(viewer, queries.Found(made(["members_couriers"], "bars")), place).tiles[0]
    said = {bar.cell.place.pk: (bar.cell.value.said, bar.part, bar.cell.told) for bar in drawn.bars}
    assert said[tree.county.pk] == ("少于5", 0, False)
    assert said[tree.sibling_county.pk] == ("不单列", 0, False)
    shaded = queries.picture(viewer, queries.Found(made(["members_couriers"], "map")), place).tiles[0]
    assert {area.step for area in shaded.areas if area.cell.value.few} == {0}
    page = enter(tree.city, "organising").get(reverse("boards:data", args=["members_couriers"]), {"format": "csv"})
    rows = list(csv.reader(io.StringIO(page.content.decode("utf-8-sig"))))
    assert [row[2] for row in rows if row[0] in (tree.county.name, tree.sibling_county.name)] == ["少于5", "不单列"]


def test_trends_are_the_numbers_of_the_months(tree: Any) -> None:
    today = timezone.localdate()
    for n in range(6):
        make_member(tree.union, "己庚辛壬癸甲"[n], joined_on=today)
    keeping.drain()
    viewer, place = viewer_at(tree.city, "leader"), org_queries.public(tree.city.pk)
    row = figures.in_force(tree.city.path)["joined"]
    months = figures.before(around(today, "month"))
    told = figures.trends(viewer, [row], place, months)["joined"]
    assert [one.top for one in told] == [one.top for one in figures.series(viewer, row, place, months)]
    assert told[-1].top >= 6
    assert figures.trends(viewer, [figures.in_force(tree.city.path)["members"]], place, months) == {}


def test_charts_have_words_and_tables_and_export_what_they_show(tree: Any, enter: Enter) -> None:
    client = enter(tree.city)
    page = client.get(reverse("boards:home")).content.decode()
    drawings = re.findall(r"<svg (?:viewBox|class=.plot)[^>]*aria-labelledby[^>]*>", page)
    assert len(drawings) == page.count("<desc") > 2
    assert "看表格" in page and 'style="' not in page
    for of, head in (("places", ["组织", "地区", "新入会"]), ("months", ["期间", "新入会"])):
        url = reverse("boards:data", args=["joined"])
        text = client.get(url, {"of": of, "format": "csv"}).content.decode("utf-8-sig")
        lines = list(csv.reader(io.StringIO(text)))
        assert lines[0] == head and len(lines) > 2
        book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url, {"of": of}).streaming_content)))
        sheet = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
        assert sheet[0] == head and [str(row[-1]) for row in sheet[1:]] == [row[-1] for row in lines[1:]]
    assert client.get(url, {"format": "exe"}).status_code == 404
    assert TrailRecord.objects.filter(verb="board.exported").count() == 4


def test_a_quotient_is_told_and_exported_with_both_its_sides_and_money_in_yuan(tree: Any, enter: Enter) -> None:
    with acting(SYSTEM):
        known = figures.in_force(tree.city.path)
        share = known["in_term_share"]
        made_of = figures.parts(share, known)
        assert figures.told_then(share, made_of, 3, 4) == "75.0（3/4）"
        money = next(
            one for one in known.values() if figures.parts(one, known).top.kind == "sum" and one.body["unit"] == "元"
        )
        assert figures.told_then(money, figures.parts(money, known), 12_345, None).startswith("123")
    text = enter(tree.city).get(reverse("boards:data", args=["in_term_share"]), {"format": "csv"})
    head, first, *_ = csv.reader(io.StringIO(text.content.decode("utf-8-sig")))
    assert head[3:] == ["分子", "分母"]
    value, above, below = (Decimal(one) for one in first[2:])
    assert abs(value - above / below * 100) < Decimal("0.1")


def test_the_screen_is_drawn_again_only_when_something_changed(tree: Any, enter: Enter) -> None:
    client, url = enter(tree.city), reverse("boards:screen")
    page = client.get(url).content.decode()
    assert 'data-theme="dark"' in page and "数据截至" in page and "hx-trigger" in page and "每5分钟更新" in page
    again = re.search(r'hx-get="([^"]+)"', page)
    assert again is not None
    address = again[1].replace("&amp;", "&")
    assert client.get(address, headers=HTMX).status_code == 204
    old = re.sub(r"drawn=\d+", "drawn=1000", address)
    assert client.get(old, headers=HTMX).status_code == 200, "what is older than five minutes is drawn again"
    make_member(tree.union, "新会员")
    keeping.drain()
    changed = client.get(address, headers=HTMX)
    assert (
        changed.status_code == 200
        and 'id="wall"' in changed.content.decode()
        and "<html" not in changed.content.decode()
    )


def test_the_change_number_is_cheap(tree: Any) -> None:
    viewer, place = viewer_at(tree.city, "leader"), org_queries.public(tree.city.pk)
    found = queries.board(viewer, "screen", tree.city.path)
    queries.number(viewer, found, place)
    with CaptureQueriesContext(connection) as seen:
        first = queries.number(viewer, found, place)
    assert len(seen) <= 3
    assert queries.number(viewer, found, place) == first


def form_of(client: Any, slot: str) -> dict[str, str]:
    page = client.get(reverse("boards:edit", args=[slot])).content.decode()
    found = {"version": re.search(r'name="version" value="([^"]*)"', page)[1]}  # type: ignore[index]
    for n, tile in enumerate(re.findall(r'name="kind_(\d+)"', page), 1):
        chosen = re.search(rf'name="kind_{tile}".*?value="(\w+)" selected', page)
        found |= {f"order_{n}": str(n), f"kind_{n}": chosen[1] if chosen else "number", f"title_{n}": ""}
    return found | {f"way_{n}": "number" for n in (1, 2, 3)} | {"title": "本县看板", "period": "month"}


def test_a_board_is_composed_without_code_and_holds_below(tree: Any, enter: Enter) -> None:
    city, county, sibling = enter(tree.city), enter(tree.county), enter(tree.sibling_county)
    url = reverse("boards:edit", args=["leader"])
    form = form_of(county, "leader")
    count = len(shipped.design("leader").tiles)
    form |= {f"drop_{n}": "on" for n in range(3, count + 1)} | {"order_1": "2", "order_2": "1"}
    form |= {"add_1": "founded", "way_1": "trend", "add_2": "left", "beside_2": "joined"}
    assert county.post(url, form).url == board("leader")
    row = Board.objects.get()
    assert [(tile["kind"], tile["figures"]) for tile in row.tiles] == [
        ("number", ["unions"]), ("number", ["members"]), ("trend", ["founded"]), ("number", ["left", "joined"]),
    ]  # fmt: skip
    assert (row.organisation_id, row.slot, row.period, row.version) == (tree.county.pk, "leader", "month", 1)
    assert "本县看板" in county.get(reverse("boards:home")).content.decode()
    assert "本县看板" in enter(tree.union).get(board("leader")).content.decode()
    for other in (city, sibling):
        assert "本县看板" not in other.get(reverse("boards:home")).content.decode()
    take_scope("", "~")
    assert TrailRecord.objects.get(verb="board.saved").detail["tiles"] == row.tiles
    stale = county.post(url, form)
    assert stale.status_code == 422 and "别人刚保存过" in stale.content.decode()
    assert county.post(reverse("boards:drop", args=["leader"])).status_code == 302
    assert not Board.objects.exists()
    assert "领导看板" in county.get(reverse("boards:home")).content.decode()


def test_what_does_not_fit_is_refused_beside_its_line(tree: Any, enter: Enter) -> None:
    county = enter(tree.county)
    form = form_of(county, "leader") | {"kind_1": "trend"}
    refused = county.post(reverse("boards:edit", args=["leader"]), form)
    assert (
        refused.status_code == 422 and "没有留存" in refused.content.decode() and "本县看板" in refused.content.decode()
    )
    pair = county.post(
        reverse("boards:edit", args=["leader"]),
        form_of(county, "leader") | {"add_1": "left", "way_1": "bars", "beside_1": "joined"},
    )
    assert pair.status_code == 422 and "只有“数字”能两个并排" in pair.content.decode()
    assert not Board.objects.exists()


def test_nobody_composes_for_another_organisation_or_without_the_permission(tree: Any, enter: Enter) -> None:
    county = enter(tree.county)
    assert county.get(reverse("boards:edit", args=["leader"]), {"at": tree.township.pk}).status_code == 404
    assert enter(tree.county, "finance").get(reverse("boards:edit", args=["finance"])).status_code == 403
    with acting(SYSTEM):
        viewer = viewer_at(tree.union, "grassroots_chair")
    with pytest.raises(Refusal):
        services.save_board(viewer, slot="grassroots_chair", design=made(["members"]))


def test_the_database_itself_keeps_a_board_in_its_range(tree: Any) -> None:
    Board.objects.create(path=tree.county.path, organisation=tree.county, slot="leader", title="县", tiles=[])
    take_scope(tree.sibling_county.path, tree.sibling_county.path + "~")
    assert Board.objects.count() == 1, "everybody may read which figures a board names"
    assert Board.objects.update(title="改") == 0
    assert Board.objects.all().delete()[0] == 0
