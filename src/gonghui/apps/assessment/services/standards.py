"""Writing, publishing, copying and packing standards: a published version never changes, the next one follows it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures.services.decisions import digest_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .. import facts, rules
from ..choices import StandardState
from ..models import Standard

PACK_FORMAT = 1


def _home(actor: Viewer) -> Organisation:
    require(actor, "assessment.manage")
    if actor.organisation_id is None:
        raise Refusal("GH-ASM-010", "当前没有岗位，不能维护标准")
    return Organisation.objects.get(pk=actor.organisation_id)


def mistakes_of(body: Any) -> list[rules.Mistake]:
    """Everything that keeps a standard from being published."""
    return rules.check(body, facts.names(), facts.optional())


def _next_version(key: str, path: str) -> int:
    return (Standard.objects.filter(key=key, path=path).aggregate(last=Max("version"))["last"] or 0) + 1


def save_draft(
    actor: Viewer, *, body: dict[str, Any], standard: Standard | None = None, lock: int | None = None,
    origin: Standard | None = None, note: str = "",
) -> Standard:  # fmt: skip
    """Keep a draft at the author's own place; its points need not add up yet, but its shape must be a standard's.

    :raises Refusal: GH-ASM-001 not a standard; 011 somebody else saved meanwhile; 012 not a draft of this place.
    """
    home = _home(actor)
    read = rules.must_read(body)
    with transaction.atomic():
        if standard is None:
            row = Standard(
                key=read.key, version=_next_version(read.key, home.path), organisation=home, path=home.path,
                origin=origin,
            )  # fmt: skip
        else:
            row = _draft(home, standard.pk)
            if lock is not None and row.lock != lock:
                raise Refusal("GH-ASM-011", "别人刚保存过这份草稿", "lock", "刷新后把改动再做一遍")
            if row.key != read.key:
                row.version = _next_version(read.key, home.path)
            row.lock += 1
        row.key, row.family, row.title, row.body = read.key, read.family, read.title, body
        row.digest, row.edited_by, row.edited_at = digest_of(body), actor.account_id, timezone.now()
        row.note = note[:300] or row.note
        row.save()
        record(actor, "standard.drafted", path=home.path, object_type="standard", object_id=row.pk,
               object_name=row.title, detail={"key": row.key, "version": row.version})  # fmt: skip
    return row


def _draft(home: Organisation, pk: int) -> Standard:
    row: Standard | None = Standard.objects.select_for_update().filter(pk=pk, organisation=home).first()
    if row is None or row.state != StandardState.DRAFT:
        raise Refusal("GH-ASM-012", "只能修改本级的草稿", "standard", "已发布的标准，复制一份再改")
    return row


def copy_here(actor: Viewer, *, standard: Standard) -> Standard:
    """A draft of the author's place that begins as another version; its origin is kept for comparison and updates."""
    return save_draft(actor, body=copy.deepcopy(standard.body), origin=standard)


# -- the editor's steps: each reads the draft again, changes one thing and keeps it ----------------------------


def _edited(actor: Viewer, standard: Standard, lock: int | None, change: Callable[[dict[str, Any]], None]) -> Standard:
    home = _home(actor)
    with transaction.atomic():
        row = _draft(home, standard.pk)
        body = copy.deepcopy(row.body)
        change(body)
        return save_draft(actor, body=body, standard=row, lock=lock)


def _place(body: dict[str, Any], key: str) -> tuple[list[dict[str, Any]], int]:
    """The list that an item stands in, and where."""
    for group in body["groups"]:
        for number, item in enumerate(group["items"]):
            if item["key"] == key:
                return group["items"], number
    raise Refusal("GH-ASM-013", "标准里没有这项指标", "item", "刷新页面看最新的草稿")


def _group(body: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] | None = next((group for group in body["groups"] if group["key"] == key), None)
    if found is None:
        raise Refusal("GH-ASM-013", "标准里没有这个类别", "group", "从列表里重选")
    return found


def _free_key(body: dict[str, Any]) -> str:
    taken = {item["key"] for group in body["groups"] for item in group["items"]}
    return next(key for key in (f"local_{number}" for number in range(1, 10_000)) if key not in taken)


def add_item(
    actor: Viewer, *, standard: Standard, group: str, item: dict[str, Any], lock: int | None = None
) -> Standard:
    """Add an item at the end of a group; one that a place adds itself is marked local."""

    def change(body: dict[str, Any]) -> None:
        _group(body, group)["items"].append({**item, "key": item.get("key") or _free_key(body), "local": True})

    return _edited(actor, standard, lock, change)


def edit_item(
    actor: Viewer, *, standard: Standard, key: str, group: str, item: dict[str, Any], lock: int | None = None
) -> Standard:
    """Replace what an item says; its key stays, so that versions can be compared."""

    def change(body: dict[str, Any]) -> None:
        items, number = _place(body, key)
        fresh = {**item, "key": key, "local": items[number].get("local", False)}
        home = _group(body, group)["items"]
        if home is items:
            items[number] = fresh
        else:
            items.pop(number)
            home.append(fresh)
        body["groups"] = [one for one in body["groups"] if one["items"]]

    return _edited(actor, standard, lock, change)


def move_item(actor: Viewer, *, standard: Standard, key: str, by: int, lock: int | None = None) -> Standard:
    """Up (-1) or down (+1) within its group."""

    def change(body: dict[str, Any]) -> None:
        items, number = _place(body, key)
        to = max(0, min(len(items) - 1, number + by))
        items.insert(to, items.pop(number))

    return _edited(actor, standard, lock, change)


def delete_item(actor: Viewer, *, standard: Standard, key: str, lock: int | None = None) -> Standard:
    """Take an item out; a group without items goes with it."""

    def change(body: dict[str, Any]) -> None:
        items, number = _place(body, key)
        items.pop(number)
        body["groups"] = [one for one in body["groups"] if one["items"]]

    return _edited(actor, standard, lock, change)


def edit_head(actor: Viewer, *, standard: Standard, values: dict[str, Any], lock: int | None = None) -> Standard:
    """Title, basis, whom it is for, grades."""
    return _edited(actor, standard, lock, lambda body: body.update(values))


# -- publishing ---------------------------------------------------------------------------------------------


def publish(actor: Viewer, *, standard: Standard, valid_from: date, note: str = "") -> Standard:
    """Let a draft come into force for the author's own place and all below it.

    :raises Refusal: GH-ASM-014 it cannot score, with the first mistake; 015 a day in the past; 012 not a draft.
    """
    home = _home(actor)
    with transaction.atomic():
        row = _draft(home, standard.pk)
        wrong = mistakes_of(row.body)
        if wrong:
            more = f"标准有{len(wrong)}处不对，还不能发布：{wrong[0].sentence}"
            raise Refusal("GH-ASM-014", more, "body", "在草稿里改好再发布")
        if valid_from < timezone.localdate():
            raise Refusal("GH-ASM-015", "施行日期不能早于今天", "valid_from")
        row.state, row.valid_from, row.note = StandardState.PUBLISHED, valid_from, note[:300] or row.note
        row.published_by, row.published_at, row.digest = actor.account_id, timezone.now(), digest_of(row.body)
        row.save()
        record(actor, "standard.published", path=home.path, object_type="standard", object_id=row.pk,
               object_name=row.title, reason=note,
               detail={"key": row.key, "version": row.version, "valid_from": valid_from,
                       "digest": row.digest})  # fmt: skip
    return row


def retire(actor: Viewer, *, standard: Standard, reason: str) -> Standard:
    """Stop using a standard for new assessments: what holds above holds again."""
    home = _home(actor)
    with transaction.atomic():
        row: Standard | None = Standard.objects.select_for_update().filter(pk=standard.pk, organisation=home).first()
        if row is None or row.state != StandardState.PUBLISHED:
            raise Refusal("GH-ASM-016", "只能停用本级发布的标准", "standard")
        row.state, row.note = StandardState.RETIRED, reason[:300]
        row.save(update_fields=["state", "note"])
        record(actor, "standard.retired", path=home.path, object_type="standard", object_id=row.pk,
               object_name=row.title, reason=reason)  # fmt: skip
    return row


def discard(actor: Viewer, *, standard: Standard) -> None:
    """Throw a draft away."""
    home = _home(actor)
    with transaction.atomic():
        row = _draft(home, standard.pk)
        record(actor, "standard.discarded", path=row.path, object_type="standard", object_id=row.pk,
               object_name=row.title)  # fmt: skip
        row.delete()


# -- packs --------------------------------------------------------------------------------------------------


def export_pack(actor: Viewer, *, standards: list[Standard], name: str) -> str:
    """One YAML file with several standards, for another city to import."""
    home = _home(actor)
    items = [{"version": one.version, "digest": one.digest, "standard": one.body} for one in standards]
    pack = {"gonghui_standards": PACK_FORMAT, "name": name, "from": home.name,
            "made_on": timezone.localdate().isoformat(), "items": items}  # fmt: skip
    return yaml.safe_dump(pack, allow_unicode=True, sort_keys=False, width=120)


def import_pack(actor: Viewer, *, text: str) -> list[Standard]:
    """Drafts of every standard of a pack; what is the same as the latest version here is passed over.

    :raises Refusal: GH-ASM-017 not a pack.
    """
    home = _home(actor)
    made = []
    with transaction.atomic():
        for body, name in _unpacked(text):
            before = Standard.objects.filter(key=str(body.get("key")), path=home.path).order_by("-version").first()
            if before is not None and before.digest == digest_of(body):
                continue
            draft = before if before is not None and before.state == StandardState.DRAFT else None
            row = save_draft(actor, body=body, standard=draft, origin=before)
            row.pack = name[:80]
            row.save(update_fields=["pack"])
            made.append(row)
    return made


def _unpacked(text: str) -> list[tuple[dict[str, Any], str]]:
    hint = "选择由平台导出的标准包文件"
    try:
        pack = yaml.safe_load(text) if len(text) <= 1_000_000 else None
    except yaml.YAMLError:
        pack = None
    items = pack.get("items") if isinstance(pack, dict) and pack.get("gonghui_standards") == PACK_FORMAT else None
    if not isinstance(items, list) or not items:
        raise Refusal("GH-ASM-017", "读不出标准包", "file", hint)
    bodies = [one.get("standard") if isinstance(one, dict) else None for one in items]
    if not all(isinstance(body, dict) for body in bodies):
        raise Refusal("GH-ASM-017", "标准包里有一项没有标准", "file", "请对方重新导出")
    name = str(pack.get("name", "")) if isinstance(pack, dict) else ""
    return [(body, name) for body in bodies if isinstance(body, dict)]


# -- shipped ------------------------------------------------------------------------------------------------


def install(bodies: list[dict[str, Any]], day: date) -> list[str]:
    """Put the shipped standards into the table, as its owner: a changed one becomes the next version."""
    changed = []
    for body in bodies:
        digest = digest_of(body)
        last = Standard.objects.using("owner").filter(key=body["key"], path="").order_by("-version").first()
        if last is not None and last.digest == digest:
            continue
        Standard.objects.using("owner").create(
            key=body["key"], family=body["family"], version=(last.version if last else 0) + 1, path="",
            title=body["title"], body=json.loads(json.dumps(body, ensure_ascii=False)), digest=digest,
            state=StandardState.PUBLISHED, valid_from=date(2000, 1, 1) if last is None else day,
            published_at=timezone.now(),
        )  # fmt: skip
        changed.append(body["key"])
    return changed
