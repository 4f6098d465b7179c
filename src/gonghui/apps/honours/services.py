"""Writes of honours: campaigns, conferring, registering what was conferred before, revoking."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.org.models import Organisation
from gonghui.kernel.people.models import Person
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from .certificates import sign
from .choices import Origin, To
from .kinds import Kind, kind
from .models import Campaign, Conferral
from .queries import kind_title


def require(actor: Viewer, permission: str = "honour.confer") -> None:
    """:raises Refusal: GH-HON-002."""
    if not actor.may(permission):
        raise Refusal("GH-HON-002", "当前岗位不能办理表彰命名", hint="由有“表彰命名”权限的岗位办理")


def open_campaign(
    actor: Viewer,
    *,
    organisation: Organisation,
    kind_key: str,
    year: int,
    places: int,
    opens_on: date,
    closes_on: date,
    county_places: Mapping[int, int] | None = None,
    note: str = "",
) -> Campaign:
    """Begin a selection: from now on units below may nominate.

    :raises Refusal: GH-HON-003 not this federation's level; 004 more allotted than there is; 005 there is one already;
        006 days in the wrong order; 002.
    """
    require(actor)
    one = kind(kind_key)
    if not one.procedure or one.level != organisation.level:
        raise Refusal("GH-HON-003", f"{one.title}不由{organisation.name}评选", "kind", "选择本级的荣誉")
    if not actor.reaches(organisation.path):
        raise Refusal("GH-HON-003", "主办单位不在当前岗位的范围内", "kind")
    given = {str(key): value for key, value in (county_places or {}).items() if value}
    if sum(given.values()) > places:
        raise Refusal("GH-HON-004", f"分配了{sum(given.values())}个名额，多于总名额{places}个", "places")
    if places < 1 or any(value < 0 for value in given.values()):
        raise Refusal("GH-HON-004", "名额至少1个，分配名额不能是负数", "places")
    if closes_on < opens_on:
        raise Refusal("GH-HON-006", "推荐截止日期早于开始日期", "closes_on", "改截止日期")
    same = Campaign.objects.filter(organisation=organisation, kind=one.key)
    if same.filter(year=year).exists() or same.filter(opens_on__lte=closes_on, closes_on__gte=opens_on).exists():
        raise Refusal("GH-HON-005", f"{year}年或这段时间已经有{one.title}评选", "year", "打开已有的评选")
    with transaction.atomic():
        row = Campaign.objects.create(
            path=organisation.path, kind=one.key, year=year, title=f"{year}年{one.title}评选",
            organisation=organisation, places=places, county_places=given, opens_on=opens_on, closes_on=closes_on,
            note=note.strip()[:500],
            made_by=actor.account_id,
        )  # fmt: skip
        record(actor, "honour.campaign_opened", path=row.path, object_type="honour_campaign", object_id=row.pk,
               object_name=row.title, detail={"places": places})  # fmt: skip
    return row


def change_campaign(
    actor: Viewer, *, campaign: Campaign, places: int, closes_on: date, county_places: Mapping[int, int]
) -> Campaign:
    """Other places or a later last day while it runs.

    :raises Refusal: GH-HON-004, 006.
    """
    require(actor)
    if not actor.reaches(campaign.path):
        raise Refusal("GH-HON-003", "主办单位不在当前岗位的范围内", "kind")
    given = {str(key): value for key, value in county_places.items() if value}
    if places < 1 or any(value < 0 for value in given.values()) or sum(given.values()) > places:
        raise Refusal("GH-HON-004", f"分配了{sum(given.values())}个名额，总名额{places}个", "places")
    if closes_on < campaign.opens_on:
        raise Refusal("GH-HON-006", "推荐截止日期早于开始日期", "closes_on", "改截止日期")
    with transaction.atomic():
        held: Campaign | None = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
        if held is None:
            raise Refusal("GH-HON-003", "主办单位不在当前岗位的范围内", "kind")
        held.places, held.closes_on, held.county_places = places, closes_on, given
        held.save(update_fields=["places", "closes_on", "county_places"])
        record(actor, "honour.campaign_changed", path=held.path, object_type="honour_campaign", object_id=held.pk,
               object_name=held.title, detail={"places": places, "closes_on": closes_on})  # fmt: skip
    return held


def _keep(actor: Viewer, one: Kind, **facts: Any) -> Conferral:
    """The row, its number and its signed certificate."""
    row = Conferral.objects.create(
        kind=one.key, level=one.level, to=one.to, on_wall=one.public, token=secrets.token_urlsafe(15),
        actor_id=actor.account_id, **facts,
    )  # fmt: skip
    row.number = f"{row.year}{row.pk:07d}"
    row.certificate = sign(said(row))
    row.save(update_fields=["number", "certificate"])
    record(
        actor,
        "honour.conferred" if row.origin == Origin.DECISION else "honour.registered",
        path=row.path,
        object_type="honour",
        object_id=row.pk,
        object_name=one.title,
        subject_id=row.person_id,
        detail={"year": row.year, "document_no": row.document_no},
    )
    return row


def said(row: Conferral) -> dict[str, str]:
    """What the certificate shows, and nothing else."""
    whole = {
        "honour": kind_title(row),
        "name": row.name,
        "unit": row.unit_name if row.to != To.ORGANISATION else "",
        "by": row.issuer_name,
        "on": row.conferred_on.isoformat(),
        "doc": row.document_no,
        "no": row.number,
        "id": row.token,
    }
    return {key: value for key, value in whole.items() if value}


def confer(
    actor: Viewer,
    *,
    kind_key: str,
    name: str,
    person: Person | None,
    organisation: Organisation,
    issuer: Organisation,
    on: date,
    document_no: str = "",
    application: Application | None = None,
    campaign: Campaign | None = None,
) -> Conferral:
    """Confer an honour by a decision.

    :raises Refusal: GH-HON-002; 007 a person is missing, or there is one where a team is honoured; 010 no place left.
    """
    require(actor)
    one = kind(kind_key)
    if (one.to == To.PERSON) != (person is not None):
        raise Refusal("GH-HON-007", f"{one.title}授予{To(one.to).label}，推荐材料的对象不对", "person")
    with transaction.atomic():
        if campaign is not None:
            held = Campaign.objects.select_for_update().get(pk=campaign.pk)
            taken = Conferral.objects.filter(campaign=held, revoked_on__isnull=True).count()
            if taken >= held.places:
                raise Refusal(
                    "GH-HON-010", f"{held.title}的{held.places}个名额已经用完", None, "先增加名额，或不予命名"
                )
        return _keep(
            actor, one, path=organisation.path, year=campaign.year if campaign else on.year, name=name.strip()[:120],
            person=person, organisation=organisation, unit_name=organisation.name, issuer=issuer,
            issuer_name=issuer.name, document_no=document_no[:80], conferred_on=on, origin=Origin.DECISION,
            application=application, campaign=campaign,
        )  # fmt: skip


def register(
    actor: Viewer,
    *,
    kind_key: str,
    year: int,
    name: str,
    organisation: Organisation,
    issuer_name: str,
    conferred_on: date,
    document_no: str = "",
    person: Person | None = None,
    unit_name: str = "",
) -> Conferral:
    """Enter an honour that was conferred before, or elsewhere.

    :raises Refusal: GH-HON-002; 008 out of range; 009 entered before; 011 a day to come; 012 nothing to name.
    """
    require(actor)
    one = kind(kind_key)
    name = name.strip()
    if not name or not issuer_name.strip():
        raise Refusal("GH-HON-012", "写明授予谁、由谁命名", "name" if not name else "issuer_name")
    if not actor.reaches(organisation.path) or (person is not None and not actor.reaches(person.path)):
        raise Refusal("GH-HON-008", "所在工会不在当前岗位的范围内", "organisation", "由所在地的工会登记")
    if conferred_on > timezone.localdate() or conferred_on.year < year:
        raise Refusal("GH-HON-011", "命名日期应在评选年度以后、今天以前", "conferred_on")
    issuer = Organisation.objects.get(pk=actor.organisation_id or 0)
    with transaction.atomic():
        same = Conferral.objects.filter(kind=one.key, year=year, name=name, organisation=organisation)
        if same.filter(revoked_on__isnull=True).exists():
            raise Refusal("GH-HON-009", f"{year}年{one.title}已经登记过", "name", "在荣誉名录里查看")
        return _keep(
            actor, one, path=organisation.path, year=year, name=name[:120],
            person=person if one.to == To.PERSON else None, organisation=organisation,
            unit_name=(unit_name.strip() or organisation.name)[:120], issuer=issuer,
            issuer_name=issuer_name.strip()[:120], document_no=document_no.strip()[:80], conferred_on=conferred_on,
            origin=Origin.REGISTERED,
        )  # fmt: skip


def revoke(actor: Viewer, *, conferral_id: int, reason: str, on: date | None = None) -> Conferral:
    """Take an honour back; its certificate shows so online from now on, and it leaves the wall.

    :raises Refusal: GH-HON-013 without reasons; 014 not there; 015 revoked before; 002.
    """
    require(actor)
    if len(reason.strip()) < 4:
        raise Refusal("GH-HON-013", "写明撤销的理由", "reason", "写文号或查实的情况")
    with transaction.atomic():
        row: Conferral | None = Conferral.objects.visible(actor).select_for_update().filter(pk=conferral_id).first()
        if row is None:
            raise Refusal("GH-HON-014", "没有这项荣誉，或不在当前岗位的范围内")
        if row.revoked_on is not None:
            raise Refusal("GH-HON-015", "这项荣誉已经撤销", None, f"{row.revoked_on}撤销")
        row.revoked_on, row.revoke_reason = on or timezone.localdate(), reason.strip()[:300]
        row.save(update_fields=["revoked_on", "revoke_reason"])
        record(actor, "honour.revoked", path=row.path, object_type="honour", object_id=row.pk,
               object_name=kind_title(row), subject_id=row.person_id, reason=row.revoke_reason)  # fmt: skip
    return row
