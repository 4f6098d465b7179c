"""Every number opens exactly the records it counted."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.utils.html import strip_tags

from gonghui.kernel.factories import make_member, make_organisation, make_person

TILE = re.compile(r'<a class="stat" href="([^"]+)"><span>([^<]+)</span><b><u>([\d,]+)</u>')
FIGURE = re.compile(r'<a class="fig" href="([^"]+)"[^>]*>([\d,]+)</a>')
COUNT = re.compile(r"共([\d,]+)")


@pytest.fixture
def mixed(tree: Any) -> Any:
    """Members of every sort: women, couriers, migrants, retained, ended; bodies of several kinds, one dissolved."""
    woman = make_person("曾玉珍", tree.union, sex="2")
    make_member(tree.union, person=woman)
    make_member(tree.team, "王福根", worker_kind="new_form", new_form="courier")
    make_member(tree.branch, "邓丽萍", worker_kind="new_form", status="retained", retention_reason="retired")
    make_member(tree.union, "谢冬生", worker_kind="migrant")
    make_member(
        tree.union, "肖文斌", status="ended", valid_to=date(2025, 1, 1), end_reason="left", person_name="肖文斌"
    )
    retained = make_person("康美玲", tree.union, sex="2")
    make_member(tree.union, person=retained, status="retained", retention_reason="retired", worker_kind="migrant")
    make_organisation(
        "安福县枫田镇旧酒厂工会委员会", parent=tree.township, state="dissolved", ended_on=date(2024, 1, 1)
    )
    return tree


def counted(client: Any, address: str) -> int:
    """The number of rows that a list says it has."""
    page = strip_tags(client.get(address.replace("&amp;", "&")).content.decode())
    found = COUNT.search(page)
    assert found, address
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize("place", ["county", "union", "township"])
def test_tiles_of_an_organisation_open_as_many_records(mixed: Any, enter: Any, place: str) -> None:
    client = enter(mixed.county)
    tiles = TILE.findall(client.get(f"/desk/organisations/{getattr(mixed, place).pk}/").content.decode())
    assert len(tiles) >= 6
    assert {label: counted(client, address) for address, label, _ in tiles} == {
        label: int(number.replace(",", "")) for _, label, number in tiles
    }


def test_tiles_and_table_of_the_home_open_as_many_records(mixed: Any, enter: Any) -> None:
    client = enter(mixed.county)
    page = client.get("/desk/").content.decode()
    tiles = TILE.findall(page)
    assert len(tiles) == 14  # six of the post's board among them
    for address, label, number in tiles:
        assert counted(client, address) == int(number.replace(",", "")), label
    table = page[page.index("h-below") :]
    figures = FIGURE.findall(table)
    assert figures
    for address, number in figures:
        rows = counted(client, address)
        own = 1 if address == "/desk/organisations/" else 0  # the sum leaves the post's own body out
        assert rows - own == int(number.replace(",", "")), address


def test_numbers_of_the_list_open_as_many_records(mixed: Any, enter: Any) -> None:
    client = enter(mixed.county)
    figures = FIGURE.findall(client.get("/desk/organisations/").content.decode())
    assert len(figures) >= 6
    for address, number in figures:
        assert counted(client, address) == int(number.replace(",", "")), address


def test_tabs_count_what_they_open(mixed: Any, enter: Any) -> None:
    client = enter(mixed.county)
    for address in ("/desk/organisations/", "/desk/members/"):
        page = client.get(address).content.decode()
        tabs = re.findall(r'<a href="[^"?]*(\?[^"]*)"[^>]*>([^<]+) <small>([\d,]+)</small></a>', page)
        assert len(tabs) >= 3
        for query, title, number in tabs:
            assert counted(client, address + query) == int(number.replace(",", "")), title
