"""Published figures prepared for the views of the schema `bi`, and which log-ins of the database may read them."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.utils import timezone

from ...access.rules import require
from ...org.models import Organisation
from ...refusal import Refusal
from ...scope import acting
from ...trail.services import record
from ...viewer import SYSTEM, Viewer
from .. import registry
from ..choices import FigureState
from ..models import Figure, FigureMeasure, OpenFigure, ViewReader
from ..queries.definitions import definition_of, in_force, parts
from ..rules.definition import Measure, Parts

LOGIN = re.compile(r"bi_[a-z0-9_]{2,40}")
LONGEST = 366
"""Days for which a log-in may be given: then somebody looks whether it is still needed."""


def open_figures(path: str = "") -> int:
    """Prepare the figures that were published at exactly this place; returns how many the views show."""
    known = in_force(path)
    ids = dict(FigureMeasure.objects.values_list("digest", "pk"))
    rows = [_opened(row, parts(row, known), ids) for row in known.values() if row.path == path]
    with transaction.atomic():
        OpenFigure.objects.filter(path=path).delete()
        OpenFigure.objects.bulk_create(rows)
    return sum(row.shown for row in rows)


def open_all() -> int:
    """Every place's figures anew: after a migration, and every night."""
    with acting(SYSTEM):
        published = set(Figure.objects.filter(state=FigureState.PUBLISHED).values_list("path", flat=True))
        OpenFigure.objects.exclude(path__in=published).delete()
        return sum(open_figures(path) for path in sorted(published))


def _opened(row: Figure, asked: Parts, ids: dict[str, int]) -> OpenFigure:
    sources = registry.sources()
    sensitive = any(sources[one.source].sensitive for one in asked.measures)
    one_time = asked.bottom is None or bool(asked.top.moment) == bool(asked.bottom.moment)
    return OpenFigure(
        figure=row, path=row.path, key=row.key,
        top_id=ids.get(asked.top.digest), bottom_id=ids.get(asked.bottom.digest) if asked.bottom else None,
        per=_per(asked.top), bottom_per=_per(asked.bottom) if asked.bottom else 1, scale=asked.scale,
        decimals=definition_of(row).decimals, adds_up=asked.bottom is None and asked.top.adds_up,
        shown=not sensitive and one_time and asked.top.digest in ids,
    )  # fmt: skip


def _per(measure: Measure) -> int:
    """Stored units in one shown unit: money is kept in fen."""
    return registry.sources()[measure.source].amounts[measure.what].scale if measure.kind == "sum" else 1


def grant_views(actor: Viewer, *, login: str, organisation: Organisation, purpose: str, until: date) -> ViewReader:
    """Let a log-in of the database read the views of an organisation and all below it. Runs as the tables' owner.

    :raises Refusal: GH-FIG-050 no fitting name; 051 out of range; 052 without a purpose; 053 for too long; 054 there
        is one already.
    """
    require(actor, "token.manage")
    if not LOGIN.fullmatch(login):
        raise Refusal("GH-FIG-050", "账号以bi_开头，后面用2至40位小写字母、数字、下划线", "login", "例如bi_datacentre")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-FIG-051", "这个组织不在经办人的岗位范围内", "organisation", "换管辖它的岗位办理")
    if len(purpose.strip()) < 2:
        raise Refusal("GH-FIG-052", "写明谁用、做什么", "purpose", "例如：市大数据局指标库")
    today = timezone.localdate()
    if not today <= until <= date.fromordinal(today.toordinal() + LONGEST):
        raise Refusal("GH-FIG-053", f"有效期最长{LONGEST}天", "until", "到期以前再办一次")
    owner = ViewReader.objects.using("owner")
    if owner.filter(login=login).exists():
        raise Refusal("GH-FIG-054", f"账号{login}已经有了", "login", "先收回再给，或换一个名字")
    row: ViewReader = owner.create(
        login=login, organisation_id=organisation.pk, path=organisation.path, purpose=purpose.strip()[:200],
        until=until, granted_by=actor.account_id,
    )  # fmt: skip
    record(
        actor, "figure.views_granted", path=row.path, object_type="view_reader", object_id=row.pk, object_name=login,
        reason=row.purpose, detail={"organisation": organisation.name, "until": until},
    )  # fmt: skip
    return row


def withdraw_views(actor: Viewer, *, login: str) -> None:
    """The log-in reads nothing from this moment on. Runs as the tables' owner.

    :raises Refusal: GH-FIG-055 no such log-in in the actor's range.
    """
    require(actor, "token.manage")
    owner = ViewReader.objects.using("owner")
    row = owner.filter(login=login).first()
    if row is None or not actor.reaches(row.path):
        raise Refusal("GH-FIG-055", f"没有{login}这个账号，或它不在经办人的岗位范围内", "login", "先看 gonghui bi list")
    record(
        actor, "figure.views_withdrawn", path=row.path, object_type="view_reader", object_id=row.pk, object_name=login
    )  # fmt: skip
    row.delete()
