"""Runs the benchmarks: `python -m bench [ONLY]`; prints a table and writes bench/results/latest.json."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
os.environ.setdefault("GONGHUI_DATA", str(HERE.parent / "build" / "bench-data"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.web.settings")

import django  # noqa: E402  (after the environment is set)
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

SKIPPED = {"databases"}


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=HERE, check=False
    )
    return done.stdout.strip()


def _finish(rows: list[dict[str, Any]], commit: str) -> list[dict[str, Any]]:
    """Add ratio and commit; a ratio above 1 is better than the reference, whichever way the unit runs."""
    for row in rows:
        value, reference = row["value"], row["reference_value"]
        lower = row.get("better", "lower") == "lower"
        row["ratio"] = round((reference / value if lower else value / reference), 4) if value and reference else None
        row["commit"] = commit
    return rows


def _merge(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {row["name"] for row in new}
    return [row for row in old if row["name"] not in names] + new


def main(only: str | None) -> int:
    django.setup()
    from gonghui.machine import config, secrets
    from gonghui.machine.postgres import Cluster

    from . import Context
    from .databases import drop

    console = Console(stderr=True)
    names = [m.name for m in pkgutil.iter_modules([str(HERE)]) if not m.name.startswith("_") and m.name not in SKIPPED]
    wanted = [name for name in names if only in (None, "", name)]
    if not wanted:
        console.print(f"没有叫“{only}”的测量，有：{'、'.join(names)}")
        return 2
    settings = config.load()
    settings.data.mkdir(parents=True, exist_ok=True)
    target = HERE / "results" / "latest.json"
    target.parent.mkdir(exist_ok=True)
    done = json.loads(target.read_text()) if target.exists() else []
    with Cluster(settings.data / "postgres", secrets.load(settings.data)) as cluster:
        for name in wanted:
            module = importlib.import_module(f"bench.{name}")
            console.print(f"[bold]{module.NAME}[/bold]")
            started = time.monotonic()
            context = Context(cluster, lambda text: console.print(f"  {text}"))
            rows = _finish(module.run(context), _commit())
            for made in context.made:
                drop(cluster, made)
            done = _merge(done, rows)
            target.write_text(json.dumps(done, ensure_ascii=False, indent=1) + "\n")
            table = Table("figure", "value", "reference", "reference value", "ratio", "goal")
            for row in rows:
                table.add_row(
                    row["name"],
                    f"{row['value']:,.3f} {row['unit']}",
                    row["reference"],
                    f"{row['reference_value']:,.3f}" if row["reference_value"] else "—",
                    str(row["ratio"]),
                    row.get("goal", ""),
                )
            Console().print(table)
            console.print(f"  {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONLY")))
