"""Values of rules as people read them."""

from __future__ import annotations

from typing import Any

from .rules import Definition


def shown(definition: Definition, value: Any) -> str:
    """A value in words."""
    if value is None:
        return "按上级执行"
    if definition.kind == "bands":
        return "；".join(
            (f"会员{band['members']}人及以下：" if band["members"] else "更多会员：")
            + (f"{band['least']}至{band['most']}人" if band["most"] else f"{band['least']}人以上")
            for band in value
        )
    if definition.kind == "formula":
        return str(value["formula"] if isinstance(value, dict) else value)
    if definition.kind == "money":
        return f"{value / 100:,.2f}元"
    if definition.kind == "yes_no":
        return "是" if value else "否"
    if definition.kind == "lines":
        return f"{len(value)}项：" + "；".join(map(str, value[:6])) + ("……" if len(value) > 6 else "")
    if isinstance(value, list):
        return "、".join(map(str, value)) + definition.unit
    return f"{value}{definition.unit}"
