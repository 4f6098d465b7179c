"""What the reform is known by: brand projects that a federation registers, cases that are put forward and chosen."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError, transaction

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..choices import BrandKind, BrandState, CaseState
from ..models import Brand, Pilot, ShowcaseCase
from .holding import day, held, in_state, not_ahead, note, own, reached, said
from .plans import ANSWER, MANAGE


def propose_brand(
    actor: Viewer,
    *,
    organisation: Organisation,
    kind: BrandKind,
    title: str,
    content: str,
    on: date | None = None,
) -> Brand:
    """A town, industry, park or enterprise puts its brand project forward.

    :raises Refusal: GH-REF-070 one of this name; 071 一镇一品 by a body that is no town; 001, 004, 005, 006.
    """
    require(actor, ANSWER)
    when = not_ahead(day(on), "on")
    reached(actor, organisation)
    own(actor, organisation.pk, "品牌项目")
    if kind == BrandKind.TOWN and organisation.level != "township":
        raise Refusal("GH-REF-071", f"{organisation.name}不是乡镇街道工会，不能申报一镇一品", "kind", "选别的类别")
    words = said(content, "content", "主要做法", 1000)
    if len(title.strip()) < 2:
        raise Refusal("GH-REF-004", "写明品牌名称", "title")
    try:
        with transaction.atomic():
            row = Brand.objects.create(
                path=organisation.path, organisation=organisation, kind=kind, title=title.strip()[:60], content=words,
                proposed_on=when,
            )  # fmt: skip
            note(actor, "brand_proposed", row, row.title, kind=str(kind))
    except IntegrityError:
        raise Refusal("GH-REF-070", "本单位已有同名的品牌项目", "title", "换一个名称") from None
    return row


def mend_brand(actor: Viewer, *, brand_id: int, title: str, content: str) -> Brand:
    """What was sent back is mended and put forward again.

    :raises Refusal: GH-REF-070, 001, 002, 003, 004.
    """
    require(actor, ANSWER)
    try:
        with transaction.atomic():
            row = held(actor, Brand, brand_id, "品牌项目")
            own(actor, row.organisation_id, "品牌项目")
            in_state(row, "品牌项目", BrandState.RETURNED)
            if len(title.strip()) < 2:
                raise Refusal("GH-REF-004", "写明品牌名称", "title")
            row.title, row.content = title.strip()[:60], said(content, "content", "主要做法", 1000)
            row.state = BrandState.PROPOSED
            row.save()
            note(actor, "brand_mended", row, row.title)
    except IntegrityError:
        raise Refusal("GH-REF-070", "本单位已有同名的品牌项目", "title", "换一个名称") from None
    return row


def _reviewed(actor: Viewer, brand_id: int, *states: BrandState) -> Brand:
    """A brand of a body below: nobody judges their own."""
    row = held(actor, Brand, brand_id, "品牌项目")
    if row.organisation_id == actor.organisation_id:
        raise Refusal("GH-REF-072", "品牌项目由上级工会审核", None, "等上级办理")
    in_state(row, "品牌项目", *states)
    return row


def register_brand(actor: Viewer, *, brand_id: int, opinion: str = "", on: date | None = None) -> Brand:
    """The federation above registers a project.

    :raises Refusal: GH-REF-072 one's own; 002, 003, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = _reviewed(actor, brand_id, BrandState.PROPOSED)
        row.state, row.registered_on, row.opinion = BrandState.REGISTERED, when, opinion.strip()[:300]
        row.save()
        note(actor, "brand_registered", row, row.title)
    return row


def return_brand(actor: Viewer, *, brand_id: int, opinion: str) -> Brand:
    """Sent back with what is missing.

    :raises Refusal: GH-REF-072, 002, 003, 004.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = _reviewed(actor, brand_id, BrandState.PROPOSED)
        row.state, row.opinion = BrandState.RETURNED, said(opinion, "opinion", "要修改的地方")
        row.save()
        note(actor, "brand_returned", row, row.title, reason=row.opinion)
    return row


def retire_brand(actor: Viewer, *, brand_id: int, reason: str, on: date | None = None) -> Brand:
    """A registered project has ended.

    :raises Refusal: GH-REF-072, 002, 003, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = _reviewed(actor, brand_id, BrandState.REGISTERED)
        row.state, row.retired_on, row.opinion = BrandState.RETIRED, when, said(reason, "reason", "停止的原因")
        row.save()
        note(actor, "brand_retired", row, row.title, reason=row.opinion)
    return row


# -- cases -----------------------------------------------------------------------------------------------------------


def write_case(
    actor: Viewer,
    *,
    organisation: Organisation,
    title: str,
    text: str,
    pilot_id: int | None = None,
    case_id: int | None = None,
) -> ShowcaseCase:
    """Write a case of the own organisation, or go on writing it, for one of its pilots or for none.

    :raises Refusal: GH-REF-073 the pilot is another organisation's; 001, 002, 003, 004.
    """
    require(actor, ANSWER)
    own(actor, organisation.pk, "案例")
    pilot = None
    with transaction.atomic():
        if pilot_id is not None:
            pilot = Pilot.objects.visible(actor).filter(pk=pilot_id, organisation=organisation).first()
            if pilot is None:
                raise Refusal("GH-REF-073", "这不是本单位的试点", "pilot", "从列出的试点里选")
        if case_id is None:
            row = ShowcaseCase(path=organisation.path, organisation=organisation)
        else:
            row = held(actor, ShowcaseCase, case_id, "案例")
            own(actor, row.organisation_id, "案例")
            in_state(row, "案例", CaseState.DRAFT)
        row.title, row.text, row.pilot = said(title, "title", "标题", 80), said(text, "text", "正文", 8000), pilot
        row.save()
        note(actor, "case_written", row, row.title)
    return row


def submit_case(actor: Viewer, *, case_id: int, on: date | None = None) -> ShowcaseCase:
    """Put a case forward.

    :raises Refusal: GH-REF-074 the text is too short to be judged; 001, 002, 003, 005.
    """
    require(actor, ANSWER)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = held(actor, ShowcaseCase, case_id, "案例")
        own(actor, row.organisation_id, "案例")
        in_state(row, "案例", CaseState.DRAFT)
        if len(row.text) < 100:
            raise Refusal("GH-REF-074", f"正文只有{len(row.text)}字，至少写100字", "text", "写明背景、做法和成效")
        row.state, row.submitted_on = CaseState.SUBMITTED, when
        row.save()
        note(actor, "case_submitted", row, row.title)
    return row


def decide_case(
    actor: Viewer, *, case_id: int, selected: bool, selection: str = "", opinion: str = "", on: date | None = None
) -> ShowcaseCase:
    """The federation above chooses a case for a list, or does not.

    :raises Refusal: GH-REF-075 one's own; 076 chosen without the name of the list; 002, 003, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = held(actor, ShowcaseCase, case_id, "案例")
        if row.organisation_id == actor.organisation_id:
            raise Refusal("GH-REF-075", "案例由上级工会评选", None, "等上级办理")
        in_state(row, "案例", CaseState.SUBMITTED)
        if selected and not selection.strip():
            raise Refusal("GH-REF-076", "写明入选什么名单", "selection", "例如 2026年产改十佳案例")
        row.state = CaseState.SELECTED if selected else CaseState.DECLINED
        row.decided_on, row.selection = when, selection.strip()[:80] if selected else ""
        row.opinion = opinion.strip()[:300]
        row.save()
        note(actor, "case_decided", row, row.title, selected=selected)
    return row
