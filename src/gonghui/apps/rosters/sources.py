"""What roster imports offer to be counted: imports that went in, and the rows they brought."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.db.models import Q
from django.urls import reverse

from gonghui.kernel.conditions import Field, column
from gonghui.kernel.sources import Amount, Dimension, Distinct, Moment, Shown, Source

from . import choices as c


@cache
def _fields() -> Mapping[str, Field]:
    return {
        "kind": Field("名册类别", "choice", column("kind"), tuple(c.Kind.choices)),
        "round_trip": Field("由导出的名单改回", "yes_no", column("round_trip")),
    }


IMPORTS = Source(
    key="roster_imports",
    title="名册导入",
    unit="次",
    model="rosters.RosterImport",
    permission="roster.import",
    fields=_fields,
    always=Q(state="done"),
    moments={"committed": Moment("导入", "committed_at", clock=True)},
    amounts={
        "new": Amount("新增", "行", "new_rows"),
        "changed": Amount("更新", "行", "changed_rows"),
        "ended": Amount("终止", "行", "ended_rows"),
        "rejected": Amount("有问题", "行", "rejected_rows"),
        "total": Amount("全部", "行", "total_rows"),
    },
    distincts={"organisation": Distinct("组织", "家", "organisation_id")},
    dimensions={"kind": Dimension("名册类别", "kind", tuple(c.Kind.choices))},
    shown=(
        Shown("organisation", "导入到", kind="organisation"),
        Shown("kind", "名册类别", cell=lambda row: row.get_kind_display()),
        Shown("new_rows", "新增", kind="number"),
        Shown("changed_rows", "更新", kind="number"),
        Shown("committed_at", "导入", kind="time"),
    ),
    address=lambda row: reverse("rosters:import", args=[row.pk]),
    related=("organisation",),
    order=("-committed_at", "pk"),
)

SOURCES = (IMPORTS,)
