"""Where pins stand on a drawing of an area: no outlines, only who lies where, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

WIDTH, HEIGHT, MARGIN = 800, 520, 40
_STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
LON, LAT = (73.0, 136.0), (3.0, 54.0)
"""China, with its islands: coordinates beyond it are a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Pin:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """Pins in the order they were given, and a bar that is `bar_km` long."""

    pins: list[Pin]
    bar: float
    bar_km: float


def plausible(lon: float, lat: float) -> bool:
    return LON[0] <= lon <= LON[1] and LAT[0] <= lat <= LAT[1]


def draw(points: Sequence[tuple[float, float]]) -> Drawing:
    """All points in one frame, north up, equal distances equally long."""
    if not points:
        return Drawing([], 0, 0)
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    middle = cos(radians((min(lats) + max(lats)) / 2))
    wide = max((max(lons) - min(lons)) * middle, 0.01)
    high = max(max(lats) - min(lats), 0.01)
    scale = min((WIDTH - 2 * MARGIN) / wide, (HEIGHT - 2 * MARGIN) / high)
    left = (WIDTH - (max(lons) - min(lons)) * middle * scale) / 2
    top = (HEIGHT - (max(lats) - min(lats)) * scale) / 2
    pins = [
        Pin(round(left + (lon - min(lons)) * middle * scale, 1), round(top + (max(lats) - lat) * scale, 1))
        for lon, lat in points
    ]
    per_km = scale / 111.195
    bar_km = max((step for step in _STEPS if step * per_km <= 160), default=_STEPS[0])
    return Drawing(pins, round(bar_km * per_km, 1), bar_km)
