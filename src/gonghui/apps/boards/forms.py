"""Composing a board: order, kind and removal of what is on it, and up to three more at a time."""

from __future__ import annotations

from typing import Any

from django import forms

from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure

from .choices import BoardPeriod, TileKind
from .rules import MOST_TILES, Design, Tile

NEW_LINES = 3


class BoardForm(forms.Form):
    """A line for each tile: `order_n`, `kind_n`, `title_n`, `drop_n`; and `add_n`, `beside_n`, `way_n` for new ones."""

    title = forms.CharField(label="名称", max_length=40, min_length=2)
    period = forms.ChoiceField(label="看哪个期间", choices=BoardPeriod.choices)

    def __init__(self, *args: Any, design: Design, rows: dict[str, Figure], **kwargs: Any) -> None:
        self.design, self.rows = design, rows
        kwargs.setdefault("initial", {"title": design.title, "period": design.period.value})
        super().__init__(*args, **kwargs)
        for n, tile in enumerate(design.tiles, 1):
            named = self._named(tile)
            self.fields |= {
                f"order_{n}": forms.IntegerField(label=f"{named}的次序", initial=n, min_value=1, max_value=99),
                f"kind_{n}": forms.ChoiceField(
                    label=f"{named}怎样显示", choices=TileKind.choices, initial=tile.kind.value
                ),
                f"title_{n}": forms.CharField(
                    label=f"{named}的标题", max_length=40, required=False, initial=tile.title
                ),
                f"drop_{n}": forms.BooleanField(label="去掉", required=False),
            }
        choices = self._choices()
        for n in range(1, NEW_LINES + 1):
            self.fields |= {
                f"add_{n}": forms.ChoiceField(label="数字", choices=choices, required=False),
                f"way_{n}": forms.ChoiceField(label="怎样显示", choices=TileKind.choices, initial="number"),
                f"beside_{n}": forms.ChoiceField(label="并排的第二个", choices=choices, required=False),
            }

    def _named(self, tile: Tile) -> str:
        return "、".join(self.rows[key].title if key in self.rows else key for key in tile.figures)

    def _choices(self) -> list[Any]:
        areas = figures.by_area(self.rows.values())
        return [("", "不加"), *((area.label, [(one.key, one.title) for one in rows]) for area, rows in areas)]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What is on the board, as the page lists it."""
        return [
            {
                "number": n, "named": self._named(tile), "gone": [one for one in tile.figures if one not in self.rows],
                "order": self[f"order_{n}"], "kind": self[f"kind_{n}"], "title": self[f"title_{n}"],
                "drop": self[f"drop_{n}"],
            }
            for n, tile in enumerate(self.design.tiles, 1)
        ]  # fmt: skip

    @property
    def new(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
        return [(self[f"add_{n}"], self[f"way_{n}"], self[f"beside_{n}"]) for n in range(1, NEW_LINES + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        left = sum(1 for n in range(1, len(self.design.tiles) + 1) if not data.get(f"drop_{n}"))
        if left + sum(1 for n in range(1, NEW_LINES + 1) if data.get(f"add_{n}")) > MOST_TILES:
            self.add_error(None, f"一块看板最多{MOST_TILES}格，先去掉几格")
        for n in range(1, NEW_LINES + 1):
            if data.get(f"beside_{n}") and data.get(f"way_{n}") != TileKind.NUMBER:
                self.add_error(f"beside_{n}", "只有“数字”能两个并排")
        return data

    def made(self) -> Design:
        """The board as chosen; ask after `is_valid`. Lines of one number keep the order they stood in."""
        data = self.cleaned_data
        kept = []
        for n, tile in enumerate(self.design.tiles, 1):
            if not data[f"drop_{n}"]:
                shown = {"kind": TileKind(data[f"kind_{n}"]), "title": data[f"title_{n}"]}
                kept.append((data[f"order_{n}"], tile.model_copy(update=shown)))
        tiles = [tile for _, tile in sorted(kept, key=lambda pair: pair[0])]
        for n in range(1, NEW_LINES + 1):
            if key := data[f"add_{n}"]:
                both = (key, data[f"beside_{n}"]) if data[f"beside_{n}"] else (key,)
                tiles.append(Tile(kind=TileKind(data[f"way_{n}"]), figures=both))
        return Design(title=data["title"], period=BoardPeriod(data["period"]), tiles=tuple(tiles))
