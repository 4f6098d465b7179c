"""Setting parameters: a new dated version each time, never an overwritten one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import JSONField, Max, Value

from ..org.models import Organisation
from ..org.rules.facts import check_day, check_text
from ..org.services import hold, writing
from ..refusal import Refusal
from ..trail.services import record
from ..viewer import Viewer
from .models import Rule
from .rules import check_value, definition


def set_rule(actor: Viewer, *, key: str, organisation: Organisation, value: Any, valid_from: date, source: str) -> Rule:
    """Set a parameter for an organisation and all below it from a day on; None returns to what holds above.

    :raises Refusal: GH-RUL-005 without its source; and whatever the value or the place is refused for.
    """
    checked = check_value(key, value)
    begins = check_day(valid_from, "valid_from", "生效日期")
    if begins is None:
        raise Refusal("GH-ORG-605", "没有填写生效日期", "valid_from", "按年-月-日填写")
    source = check_text(source, "source", "依据", 200)
    if len(source) < 2:
        raise Refusal("GH-RUL-005", "没有写明依据", "source", "写明文件名和文号，或会议决定")
    with writing():
        body = hold(organisation.pk)
        if not actor.reaches(body.path):
            raise Refusal("GH-ORG-001", "没有这个组织，或它不在当前岗位的范围内", "organisation")
        last = Rule.objects.filter(key=key, organisation=body).aggregate(last=Max("version"))["last"] or 0
        rule = Rule.objects.create(
            key=key,
            organisation=body,
            path=body.path,
            valid_from=begins,
            # None means "as above": kept as the JSON null, the column itself is never empty.
            value=checked if checked is not None else Value(None, JSONField()),
            version=last + 1,
            source=source,
            actor_id=actor.account_id,
        )
        record(
            actor,
            "rule.set",
            path=body.path,
            object_type="rule",
            object_id=rule.pk,
            object_name=definition(key).title,
            reason=source,
            detail={"key": key, "value": checked, "valid_from": begins, "version": rule.version},
        )
    rule.value = checked
    return rule
