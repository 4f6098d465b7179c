"""Writing figures at the desk: drafts, publishing for one's own place and below, retiring; and those that ship."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from ...access.rules import require
from ...org.models import Organisation
from ...org.rules import subtree
from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from .. import registry
from ..choices import Area, FigureState
from ..models import Figure
from ..queries.definitions import definition_of, in_force, others, parts
from ..rules.definition import Definition, Mistake, check, parts_of
from ..shipped import bodies
from .keeping import register
from .opening import open_figures


class Wrong(Refusal):
    """A definition that cannot be published, with every mistake in it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        first = mistakes[0]
        super().__init__("GH-FIG-010", f"定义有{len(mistakes)}处不对：{first.sentence}", first.where)
        self.mistakes = mistakes


def digest_of(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def mistakes_of(actor: Viewer, body: dict[str, Any]) -> list[Mistake]:
    """What keeps this author from publishing: mistakes, and records that the author may not open."""
    home = _home(actor)
    known = others(home.path)
    known.pop(str(body.get("key", "")), None)
    wrong = check(body, registry.sources(), known)
    if wrong:
        return wrong
    definition = Definition.model_validate(body)
    for one in parts_of(definition, known).measures:
        source = registry.sources()[one.source]
        if not actor.may(source.permission):
            wrong.append(Mistake("count.source", f"当前岗位不能查看{source.title}，不能用它编写数字"))
    return wrong


def _home(actor: Viewer) -> Organisation:
    if actor.organisation_id is None:
        raise Refusal("GH-FIG-011", "当前没有岗位，不能编写数字")
    return Organisation.objects.get(pk=actor.organisation_id)


def save_draft(actor: Viewer, *, body: dict[str, Any], figure: Figure | None = None, lock: int | None = None) -> Figure:
    """Keep a draft at the author's own place; it may still be wrong, but has a key and a title.

    :raises Refusal: GH-FIG-012 without a key or title; 013 somebody else saved meanwhile; 014 not a draft.
    """
    require(actor, "figure.manage")
    home = _home(actor)
    key, title = str(body.get("key", ""))[:60], str(body.get("title", ""))[:40]
    if not key or not title:
        raise Refusal("GH-FIG-012", "先写名称和标识", "title" if not title else "key")
    with transaction.atomic():
        if figure is None:
            row = Figure(key=key, version=_next(key, home.path), organisation=home, path=home.path)
        else:
            row = _draft(actor, figure)
            if lock is not None and row.lock != lock:
                raise Refusal("GH-FIG-013", "别人刚保存过这份草稿", "lock", "刷新后把您的改动再做一遍")
            if row.key != key:
                row.key, row.version = key, _next(key, home.path)
            row.lock += 1
        row.title, row.body, row.digest = title, body, digest_of(body)
        row.area = str(body.get("area", "")) if body.get("area") in Area.values else Area.OFFICE
        row.edited_by, row.edited_at = actor.account_id, timezone.now()
        row.save()
        _record(actor, "figure.drafted", row)
    return row


def _next(key: str, path: str) -> int:
    return (Figure.objects.filter(key=key, path=path).aggregate(last=Max("version"))["last"] or 0) + 1


def _draft(actor: Viewer, figure: Figure) -> Figure:
    row: Figure | None = Figure.objects.visible(actor).select_for_update().filter(pk=figure.pk).first()
    if row is None or row.organisation_id != actor.organisation_id or row.state != FigureState.DRAFT:
        raise Refusal("GH-FIG-014", "已发布的版本不能改", "figure", "修改会生成下一个版本")
    return row


def _record(actor: Viewer, verb: str, row: Figure) -> None:
    record(
        actor, verb, path=row.path, object_type="figure", object_id=row.pk, object_name=row.title,
        detail={"key": row.key, "version": row.version},
    )  # fmt: skip


def copy_here(actor: Viewer, *, figure: Figure, key: str = "") -> Figure:
    """A draft at the author's place that begins as another version; with a key of its own it is another figure."""
    body = deepcopy(figure.body)
    if key:
        body |= {"key": key, "title": f"{figure.title[:36]}（副本）"}
    return save_draft(actor, body=body)


def publish(actor: Viewer, *, figure: Figure) -> Figure:
    """Let a draft count for the author's place and all below it; the version before is retired with it.

    :raises Wrong: GH-FIG-010 it cannot be counted, with every mistake; 014 not a draft.
    :raises Refusal: GH-FIG-017 others are made of it, and it is no longer counted itself.
    """
    require(actor, "figure.manage")
    with transaction.atomic():
        row = _draft(actor, figure)
        if mistakes := mistakes_of(actor, row.body):
            raise Wrong(mistakes)
        if definition_of(row).count is None and (users := _users(row)):
            raise Refusal("GH-FIG-017", f"“{'”“'.join(users[:3])}”要用它来算，它只能是计数或求和", "figure")
        Figure.objects.filter(key=row.key, path=row.path, state=FigureState.PUBLISHED).update(state=FigureState.RETIRED)
        row.state, row.valid_from = FigureState.PUBLISHED, timezone.localdate()
        row.published_by, row.published_at = actor.account_id, timezone.now()
        row.save()
        _record(actor, "figure.published", row)
        register(parts(row, in_force(row.path)).measures)
        open_figures(row.path)
    return row


def retire(actor: Viewer, *, figure: Figure, reason: str) -> Figure:
    """No longer counted; reports that were issued keep it.

    :raises Refusal: GH-FIG-015 not one of the author's place in use; 016 another figure speaks of it.
    """
    require(actor, "figure.manage")
    with transaction.atomic():
        row: Figure | None = Figure.objects.visible(actor).select_for_update().filter(pk=figure.pk).first()
        if row is None or row.organisation_id != actor.organisation_id or row.state != FigureState.PUBLISHED:
            raise Refusal("GH-FIG-015", "只能停用本单位使用中的数字", "figure")
        if users := _users(row):
            raise Refusal("GH-FIG-016", f"“{'”“'.join(users[:3])}”要用它来算，先停用它们", "figure")
        row.state = FigureState.RETIRED
        row.save(update_fields=["state"])
        open_figures(row.path)
        record(
            actor, "figure.retired", path=row.path, object_type="figure", object_id=row.pk, object_name=row.title,
            reason=reason, detail={"key": row.key, "version": row.version},
        )  # fmt: skip
    return row


def _users(row: Figure) -> list[str]:
    """Titles of the figures in use that are made of this one, here and at the bodies below."""
    lo, hi = subtree(row.path)
    published = Figure.objects.filter(state=FigureState.PUBLISHED, path__gte=lo, path__lt=hi).exclude(key=row.key)
    return [one.title for one in published.order_by("path", "key") if _speaks_of(definition_of(one), row.key)]


def _speaks_of(definition: Definition, key: str) -> bool:
    used = {part.of for part in (definition.share, definition.rate) if part is not None}
    if definition.rate is not None:
        used.add(definition.rate.over)
    return key in used


def discard(actor: Viewer, *, figure: Figure) -> None:
    """Delete a draft.

    :raises Refusal: GH-FIG-014 not a draft.
    """
    require(actor, "figure.manage")
    with transaction.atomic():
        row = _draft(actor, figure)
        _record(actor, "figure.discarded", row)
        row.delete()


def install_shipped(given: Iterable[dict[str, Any]] | None = None, using: str = "owner") -> list[str]:
    """Put the figures that ship into the table, as its owner; a changed one becomes the next version.

    :returns: keys of the new versions.
    :raises Wrong: one of them cannot be counted.
    """
    wanted = list(bodies() if given is None else given)
    known = {body["key"]: Definition.model_validate(body) for body in wanted}
    table, new = Figure.objects.using(using), []
    last = {row.key: row for row in table.filter(path="").order_by("version")}
    for body in wanted:
        digest, before = digest_of(body), last.get(body["key"])
        if before is not None and before.digest == digest and before.state == FigureState.PUBLISHED:
            continue
        if mistakes := check(body, registry.sources(), {k: one for k, one in known.items() if k != body["key"]}):
            raise Wrong([Mistake(f"{body['key']} {one.where}", one.sentence) for one in mistakes])
        table.filter(key=body["key"], path="", state=FigureState.PUBLISHED).update(state=FigureState.RETIRED)
        table.create(
            key=body["key"], version=(before.version if before else 0) + 1, title=body["title"], area=body["area"],
            body=body, digest=digest, state=FigureState.PUBLISHED, valid_from=timezone.localdate(),
            published_at=timezone.now(),
        )  # fmt: skip
        new.append(body["key"])
    if new:
        register([one for key in known for one in parts_of(known[key], known).measures], using)
    return new
