"""The shipped scenarios are readable, their facts have stable keys, and their places exist."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from gonghui.kernel.org import regions

SCENARIOS = {"jian": 16, "jiangyin": 7, "yangzhou": 16}


def read(name: str) -> dict[str, Any]:
    text = (files("gonghui.catalogue") / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded = yaml.safe_load(text)
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_facts_are_complete(name: str) -> None:
    scenario = read(name)
    assert scenario["scenario"] == name
    ids = [fact["id"] for fact in scenario["facts"]]
    assert len(ids) == len(set(ids)) == SCENARIOS[name]
    for fact in scenario["facts"]:
        assert fact["text"] and fact["unit"] and fact["records"] and fact["value"] >= 0


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_places_are_in_the_region_table(name: str) -> None:
    scenario = read(name)
    for place in [scenario["region"], *scenario.get("counties", [])]:
        found = regions.region(place["code"])
        assert found is not None and found.name == place["name"]


def test_anfu_facts_are_the_public_ones() -> None:
    facts = {fact["id"]: fact["value"] for fact in read("jian")["facts"]}
    assert (facts["paper_unions_dissolved"], facts["paper_members_removed"], facts["unions_merged"]) == (
        12,
        369,
        6,
    )
    assert facts["truckers_joined"] == 76_000
