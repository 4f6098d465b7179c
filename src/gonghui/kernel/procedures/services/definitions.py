"""Writing, publishing, copying and packing definitions: a published version never changes, the next one follows it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ...access.rules import require
from ...org.models import Organisation
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from .. import registry
from ..choices import DefinitionState
from ..models import Procedure
from ..rules.checking import check, slot_exists
from ..rules.definition import PROCEDURE_KEY, Mistake, lines_of, read, read_yaml
from .decisions import digest_of

PACK_FORMAT = 1
MOST_KEY = 80


def _home(actor: Viewer) -> Organisation:
    if actor.organisation_id is None:
        raise Refusal("GH-PRO-070", "当前没有岗位，不能维护流程")
    return Organisation.objects.get(pk=actor.organisation_id)


def _refused(wrong: list[Mistake]) -> Refusal:
    first = wrong[0]
    line = f"第{first.line}行 " if first.line else ""
    return Refusal(
        "GH-PRO-071", f"定义有{len(wrong)}处不对：{line}{first.where} {first.sentence}", first.where or "body"
    )


def mistakes_of(actor: Viewer, body: Any, text: str = "") -> list[Mistake]:
    """Everything that keeps this author from publishing a definition at their place, with lines when it is a text."""
    home = _home(actor)
    wrong = check(body, registry.known(actor.permissions, home.level, registry.standards()))
    lines = lines_of(text) if text else {}
    return [one.model_copy(update={"line": _nearest(lines, one.where)}) for one in wrong] if lines else wrong


def _nearest(lines: Mapping[str, int], where: str) -> int | None:
    """The line of a slot, or of the nearest one around it."""
    while where:
        if where in lines:
            return lines[where]
        where = where.rpartition(".")[0] if not where.endswith("]") else where.rpartition("[")[0]
    return lines.get("")


def parse(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """A YAML text as slots, with the mistakes of its shape."""
    body, wrong = read_yaml(text)
    if body is None:
        return {}, wrong
    lines = lines_of(text)
    return body, [one.model_copy(update={"line": _nearest(lines, one.where)}) for one in read(body)[1]]


def save_draft(actor: Viewer, *, body: dict[str, Any], procedure: Procedure | None = None, lock: int | None = None,
               origin: Procedure | None = None, note: str = "") -> Procedure:  # fmt: skip
    """Keep a draft at the author's own place; a draft may still be wrong, but must be a set of slots with a key.

    :raises Refusal: GH-PRO-072 without a usable key; 073 somebody else saved meanwhile; 074 not a draft.
    """
    require(actor, "procedure.manage")
    home = _home(actor)
    key, title = str(body.get("key", "")), str(body.get("title", ""))[:40]
    if not re.fullmatch(PROCEDURE_KEY, key) or len(key) > MOST_KEY or not title:
        raise Refusal("GH-PRO-072", "先写名称和标识", "key", "标识用小写字母，例如 local.heat_allowance")
    with transaction.atomic():
        if procedure is None:
            last = Procedure.objects.filter(key=key, path=home.path).aggregate(last=Max("version"))["last"] or 0
            row = Procedure(key=key, version=last + 1, organisation=home, path=home.path, origin=origin)
        else:
            held = (
                Procedure.objects.visible(actor).select_for_update().filter(pk=procedure.pk, organisation=home).first()
            )
            if held is None or held.state != DefinitionState.DRAFT:
                raise Refusal("GH-PRO-074", "已发布的版本不能改", "procedure", "修改会生成下一个版本")
            if lock is not None and held.lock != lock:
                raise Refusal("GH-PRO-073", "别人刚保存过这份草稿", "lock", "刷新后把您的改动再做一遍")
            row = held
            if row.key != key:
                last = Procedure.objects.filter(key=key, path=home.path).aggregate(last=Max("version"))["last"] or 0
                row.key, row.version = key, last + 1
            row.lock += 1
        row.title, row.category, row.body = title, str(body.get("category") or "其他")[:20], body
        row.digest, row.note, row.edited_by, row.edited_at = (
            digest_of(body),
            note[:300],
            actor.account_id,
            timezone.now(),
        )
        row.save()
        record(actor, "procedure.drafted", path=home.path, object_type="procedure", object_id=row.pk, object_name=title,
               detail={"key": key, "version": row.version})  # fmt: skip
    return row


def copy_here(actor: Viewer, *, procedure: Procedure) -> Procedure:
    """A draft of the author's place that begins as another's version; its origin is kept for later updates."""
    return save_draft(actor, body=copy.deepcopy(procedure.body), origin=procedure)


def publish(actor: Viewer, *, procedure: Procedure, valid_from: date, note: str = "") -> Procedure:
    """Let a draft come into force for the author's own place and all below it.

    :raises Refusal: GH-PRO-071 it cannot work, with the first mistake; 074 not a draft; 075 a day in the past.
    """
    require(actor, "procedure.manage")
    home = _home(actor)
    with transaction.atomic():
        row: Procedure | None = (
            Procedure.objects.visible(actor).select_for_update().filter(pk=procedure.pk, organisation=home).first()
        )
        if row is None or row.state != DefinitionState.DRAFT:
            raise Refusal("GH-PRO-074", "只能发布本级的草稿", "procedure")
        wrong = mistakes_of(actor, row.body)
        if wrong:
            raise _refused(wrong)
        if valid_from < timezone.localdate():
            raise Refusal("GH-PRO-075", "施行日期不能早于今天", "valid_from")
        row.state, row.valid_from, row.note = DefinitionState.PUBLISHED, valid_from, note[:300] or row.note
        row.published_by, row.published_at, row.digest = actor.account_id, timezone.now(), digest_of(row.body)
        row.save()
        record(
            actor,
            "procedure.published",
            path=home.path,
            object_type="procedure",
            object_id=row.pk,
            object_name=row.title,
            reason=note,
            detail={"key": row.key, "version": row.version, "valid_from": valid_from, "digest": row.digest},
        )
    return row


def retire(actor: Viewer, *, procedure: Procedure, reason: str) -> Procedure:
    """Stop taking new applications; the running ones go on."""
    require(actor, "procedure.manage")
    home = _home(actor)
    with transaction.atomic():
        row: Procedure | None = (
            Procedure.objects.visible(actor).select_for_update().filter(pk=procedure.pk, organisation=home).first()
        )
        if row is None or row.state != DefinitionState.PUBLISHED:
            raise Refusal("GH-PRO-074", "只能停用本级发布的流程", "procedure")
        row.state, row.note = DefinitionState.RETIRED, reason[:300]
        row.save(update_fields=["state", "note"])
        record(
            actor,
            "procedure.retired",
            path=home.path,
            object_type="procedure",
            object_id=row.pk,
            object_name=row.title,
            reason=reason,
        )
    return row


def discard(actor: Viewer, *, procedure: Procedure) -> None:
    """Throw a draft away."""
    require(actor, "procedure.manage")
    with transaction.atomic():
        row = (
            Procedure.objects.visible(actor)
            .filter(pk=procedure.pk, organisation_id=actor.organisation_id, state="draft")
            .first()
        )
        if row is None:
            raise Refusal("GH-PRO-074", "只能删除本级的草稿", "procedure")
        record(
            actor,
            "procedure.discarded",
            path=row.path,
            object_type="procedure",
            object_id=row.pk,
            object_name=row.title,
        )
        row.delete()


# -- packs --------------------------------------------------------------------------------------------------


def export_pack(actor: Viewer, *, procedures: list[Procedure], name: str) -> str:
    """One YAML file with several definitions, their versions and digests, for another city to import."""
    home = _home(actor)
    items = [{"version": one.version, "digest": one.digest, "definition": one.body} for one in procedures]
    return yaml.safe_dump(
        {
            "gonghui_pack": PACK_FORMAT,
            "name": name,
            "from": home.name,
            "made_on": timezone.localdate().isoformat(),
            "items": items,
        },
        allow_unicode=True, sort_keys=False, width=120,
    )  # fmt: skip


def read_pack(text: str) -> dict[str, Any]:
    """:raises Refusal: GH-PRO-076 not a pack."""
    body, wrong = read_yaml(text)
    if (
        body is None
        or body.get("gonghui_pack") != PACK_FORMAT
        or not isinstance(body.get("items"), list)
        or not body["items"]
    ):
        sentence = wrong[0].sentence if wrong else "没有 gonghui_pack 这一项，不是标准包"
        raise Refusal("GH-PRO-076", f"读不出标准包：{sentence}", "file", "选择由平台导出的标准包文件")
    if not isinstance(body.get("name"), str) or not body["name"].strip():
        raise Refusal("GH-PRO-076", "标准包没有名称", "file", "由导出的一方重新导出")
    for number, one in enumerate(body["items"], 1):
        found, mistakes = read(one.get("definition") if isinstance(one, dict) else None)
        if found is None:
            where = f"{mistakes[0].where} {mistakes[0].sentence}"
            raise Refusal("GH-PRO-076", f"标准包第{number}项写法不对：{where}", "file", "由导出的一方重新导出")
    return body


def import_pack(actor: Viewer, *, text: str) -> list[Procedure]:
    """Drafts of every definition of a pack; a later pack of the same name updates them, local slots kept.

    Slots that the definition opens to change keep the importing place's values; everything else is the original's.
    """
    require(actor, "procedure.manage")
    pack, home, made = read_pack(text), _home(actor), []
    with transaction.atomic():
        for one in pack["items"]:
            body = copy.deepcopy(one["definition"])
            before = Procedure.objects.filter(key=str(body.get("key")), path=home.path).order_by("-version").first()
            if before is not None:
                if before.pack == pack["name"][:80] and before.digest == digest_of(merged(body, before.body)):
                    continue
                body = merged(body, before.body)
            row = save_draft(
                actor,
                body=body,
                procedure=before if before is not None and before.state == "draft" else None,
                origin=before,
            )
            row.pack = str(pack["name"])[:80]
            row.save(update_fields=["pack"])
            made.append(row)
    return made


def merged(original: dict[str, Any], local: Mapping[str, Any]) -> dict[str, Any]:
    """The original with the local values of the slots that it opens to change."""
    body = copy.deepcopy(original)
    for slot in body.get("open_slots") or ():
        if slot_exists(local, slot) and slot_exists(body, slot):
            _put(body, slot, _get(local, slot))
    return body


def _inside(body: Any, part: str) -> Any:
    """The slot or the item of that name."""
    if isinstance(body, list):
        return next(item for item in body if isinstance(item, dict) and item.get("key") == part)
    return body[part]


def _get(body: Any, slot: str) -> Any:
    for part in slot.split("."):
        body = _inside(body, part)
    return body


def _put(body: Any, slot: str, value: Any) -> None:
    *way, last = slot.split(".")
    for part in way:
        body = _inside(body, part)
    body[last] = value


# -- shipped ------------------------------------------------------------------------------------------------


def install(bodies: list[dict[str, Any]], day: date) -> list[str]:
    """Put the shipped definitions into the table, as its owner: a changed one becomes the next version."""
    changed = []
    for body in bodies:
        digest = digest_of(body)
        last = Procedure.objects.using("owner").filter(key=body["key"], path="").order_by("-version").first()
        if last is not None and last.digest == digest:
            continue
        Procedure.objects.using("owner").create(
            key=body["key"], version=(last.version if last else 0) + 1, path="", title=body["title"],
            category=body.get("category", "其他"), body=json.loads(json.dumps(body, ensure_ascii=False, default=str)),
            digest=digest, state=DefinitionState.PUBLISHED, valid_from=date(2000, 1, 1) if last is None else day,
            published_at=timezone.now(),
        )  # fmt: skip
        changed.append(body["key"])
    return changed
