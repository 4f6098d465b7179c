"""Charts for paper and screen as SVG: bars for places, a line for periods. Ink, one blue; every number is written."""

from __future__ import annotations

from html import escape
from typing import Final

from gonghui.pages.plotting import depths, pieces

from ..rules.content import Chart

WIDTH: Final = 640
BLUE, INK, QUIET, LINE = "#1d4f91", "#1b1f24", "#5c6670", "#c9ced6"
FONT: Final = "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
ROW, TOP, LEFT, RIGHT = 26, 12, 172, 76


def svg(chart: Chart, font: str = FONT) -> str:
    """The chart as one SVG document with a title and its numbers as a description for who cannot see it."""
    body, height = _bars(chart) if chart.shape == "bars" else _line(chart)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' font-family="{escape(font)}" font-size="13" role="img"><title>{escape(chart.title)}</title>'
        f"<desc>{escape(described(chart))}</desc>{body}</svg>"
    )


def described(chart: Chart) -> str:
    """The chart in a sentence: 吉州区13家，青原区8家。"""
    return (
        "，".join(
            f"{label}{_said(value)}{chart.unit if value is not None else ''}"
            for label, value in zip(chart.labels, chart.values, strict=True)
        )
        + "。"
    )


def _said(value: float | None) -> str:
    if value is None:
        return "不单列"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def _text(x: float, y: float, words: str, anchor: str = "start", fill: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'


def _bars(chart: Chart) -> tuple[str, int]:
    highest = max((one for one in chart.values if one is not None), default=0) or 1
    room = WIDTH - LEFT - RIGHT
    parts = [f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{TOP + ROW * len(chart.labels)}" stroke="{LINE}"/>']
    for n, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        y = TOP + n * ROW
        width = room * max(value or 0, 0) / highest
        parts.append(_text(LEFT - 8, y + 18, label if len(label) <= 12 else label[:11] + "…", "end"))
        parts.append(f'<rect x="{LEFT}" y="{y + 5}" width="{width:.1f}" height="16" fill="{BLUE}"/>')
        parts.append(_text(LEFT + width + 6, y + 18, _said(value), fill=INK if value is not None else QUIET))
    return "".join(parts), TOP * 2 + ROW * len(chart.labels)


def _line(chart: Chart) -> tuple[str, int]:
    height, bottom, top, left, right = 240, 190, 34, 30, 30
    step = (WIDTH - left - right) / max(1, len(chart.labels) - 1)
    points = [
        None if depth is None else (left + n * step, top + depth * (bottom - top))
        for n, depth in enumerate(depths(chart.values))
    ]
    parts = [f'<line x1="{left}" y1="{bottom}" x2="{WIDTH - right}" y2="{bottom}" stroke="{LINE}"/>']
    for piece in pieces(points):
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in piece)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{BLUE}" stroke-width="2"/>')
    for n, (label, value, point) in enumerate(zip(chart.labels, chart.values, points, strict=True)):
        x = left + n * step
        year, _, month = label.partition("年")
        first = not n or label.partition("年")[0] != chart.labels[n - 1].partition("年")[0]
        parts.append(_text(x, bottom + 18, month or label, "middle", QUIET))
        if month and first:
            parts.append(_text(x, bottom + 36, f"{year}年", "middle", QUIET))
        if point:
            parts.append(f'<circle cx="{x:.1f}" cy="{point[1]:.1f}" r="3" fill="{BLUE}"/>')
            parts.append(_text(x, point[1] - 9, _said(value), "middle"))
    return "".join(parts), height
