"""How often somebody without an account may apply: by phone and by network address, kept as keyed hashes only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from ...refusal import Refusal
from ...rules import queries as rule_queries
from ...sealing import lookup_hash
from ..choices import Act
from ..models import Doing
from ..rules.definition import Definition

PER_PHONE, PER_ADDRESS = "procedures.outsider_daily", "procedures.outsider_daily_address"


def marks(address: str, phone: str = "") -> dict[str, str]:
    """What a line of the history keeps to count by."""
    found = {"from": address, "phone": phone}
    return {name: lookup_hash(f"outsider.{name}", value).hex() for name, value in found.items() if value}


def phone_of(definition: Definition, values: Mapping[str, Any]) -> str:
    """The first phone number that a form gives."""
    return next(
        (str(values[one.key]) for one in definition.form.walk() if one.kind == "phone" and values.get(one.key)), ""
    )


def refuse_often(path: str, act: Act, given: Mapping[str, str], today: date) -> None:
    """Count what reached one union today. Runs where the range is wide; an empty `given` is somebody with an account.

    :raises Refusal: GH-PRO-090.
    """
    begun = timezone.make_aware(datetime.combine(today, time()))
    for name, rule, words in (("phone", PER_PHONE, "这个手机号"), ("from", PER_ADDRESS, "这个网络")):
        if name not in given:
            continue
        most = int(rule_queries.value(rule, path, today).value)
        same = Doing.objects.filter(path=path, act=act, at__gte=begun, **{f"data__{name}": given[name]})
        if same.count() >= most:
            raise Refusal(
                "GH-PRO-090",
                f"今天用{words}已经向这家工会提出{most}次，到上限了",
                None,
                "填好的内容都在，明天可以接着提交；急事拨打12351或到工会当面办",
            )
