"""The shipped region table: complete, connected, and new counties present."""

from __future__ import annotations

import pytest

from gonghui.kernel.org import regions
from gonghui.kernel.org.choices import Level


def test_every_region_hangs_together() -> None:
    provinces = regions.children()
    assert len(provinces) == 34
    count = 0
    pending = list(provinces)
    while pending:
        current = pending.pop()
        count += 1
        assert Level(current.level)
        for child in regions.children(current.code):
            assert Level(child.level).rank == Level(current.level).rank + 1
            pending.append(child)
    assert count == 3225


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("360829", "江西省吉安市安福县"),
        ("110101", "北京市东城区"),
        ("429004", "湖北省仙桃市"),
        ("500230", "重庆市丰都县"),
        ("330113", "浙江省杭州市临平区"),
        ("653228", "新疆维吾尔自治区和田地区和康县"),
        ("360829001", "江西省吉安市安福县"),
        ("999999", ""),
        ("", ""),
    ],
)
def test_full_name(code: str, name: str) -> None:
    assert regions.full_name(code) == name


def test_jian_has_thirteen_county_units() -> None:
    assert len(regions.children("360800")) == 13


def test_find_takes_short_names_and_a_boundary() -> None:
    assert [r.code for r in regions.find("安福")] == ["360829"]
    assert {r.code for r in regions.find("朝阳区")} >= {"110105", "220104"}
    assert [r.code for r in regions.find("朝阳区", within="110000")] == ["110105"]
    assert regions.find("没有这个县") == ()
    assert regions.find("") == ()
