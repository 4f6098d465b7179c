"""One object of every kind that an address can name, made at every site.

A new kind of object: write a maker below, and name the piece of the address that leads to it in `NAMED_BY`.
Every text of an object holds the word of its site, so that a page which shows it to a stranger gives itself away.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from gonghui.apps.portal.models import Correction
from gonghui.apps.rosters.models import ImportedChange, RosterImport, RosterProblem, RosterProgress, RosterRow
from gonghui.apps.vitality.models import Finding, FindingAct, VitalityReview
from gonghui.kernel.access.rules import token_digest
from gonghui.kernel.factories import FOUNDED, make_account, make_member, make_person, make_post
from gonghui.kernel.files.services import place_of
from gonghui.kernel.models import (
    AccountSession,
    ApiToken,
    Appointment,
    Employer,
    Group,
    GroupMember,
    Membership,
    Organisation,
    OrganisationChange,
    Rule,
    SignOfLife,
    StoredFile,
    TransferRequest,
    Twin,
)
from gonghui.kernel.people.choices import Education
from gonghui.kernel.people.queries import card_token
from gonghui.kernel.people.services import merge_people
from gonghui.kernel.scope import take_scope
from gonghui.kernel.sealing import seal
from gonghui.kernel.trail.models import TrailRecord
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import OUTSIDER, SYSTEM

from . import business
from .business import make_business, published
from .places import Site

Objects = dict[str, Any]
"""Kind → the value that stands in an address (a primary key, a token, a word)."""

DAY = date(2025, 3, 6)
PARTNERS = {
    "city": "sibling_county", "county": "sibling_union", "township": "sibling_union", "union": "branch", "branch": "union",
    "sibling_union": "township", "cousin_union": "cousin_union", "sibling_county": "far_union", "far_union": "sibling_county",
    "other_union": "other_union",
}  # fmt: skip
"""The other end of a transfer made at a site: never one that would put it into the range of a post elsewhere."""


def stored_file(site: Site, personal: bool = False) -> StoredFile:
    content = f"{site.word}文件".encode()
    digest = hashlib.sha256(content).hexdigest()
    if not default_storage.exists(place_of(digest)):
        default_storage.save(place_of(digest), ContentFile(content))
    return StoredFile.objects.create(
        path=site.organisation.path, name=f"{site.word}批复.txt", kind="decision", content_type="text/plain", size=len(content),
        sha256=digest, personal=personal,
    )  # fmt: skip


def _change(site: Site) -> OrganisationChange:
    address = f"{site.organisation.name[:2]}路1号"
    Organisation.objects.filter(pk=site.organisation.pk).update(
        address=address,  # public, so without the word
        code=f"{site.word}编码",
    )
    return OrganisationChange.objects.create(
        organisation=site.organisation, path=site.organisation.path, kind="correction", on=DAY, reason=f"{site.word}更正",
        document=stored_file(site), before={"values": {"address": ""}}, effect={"values": {"address": address}},
    )  # fmt: skip


def _transfer(site: Site, partner: Organisation, membership: Membership) -> TransferRequest:
    return TransferRequest.objects.create(
        membership=membership, person=membership.person, from_organisation=membership.organisation, to_organisation=partner,
        from_path=membership.path, path=partner.path, person_name=membership.person.name, reason=f"{site.word}调动",
    )  # fmt: skip


def _findings(site: Site, membership: Membership) -> Finding:
    review = VitalityReview.objects.create(
        path=site.organisation.path, organisation=site.organisation, as_of=DAY, thresholds={}, unions_checked=1
    )
    Finding.objects.create(
        path=site.organisation.path, review=review, kind="paper_member", organisation=site.organisation, membership=membership,
        person_id=membership.person_id, reasons=[{"code": "silent", "text": f"{site.word}无痕迹"}],
    )  # fmt: skip
    found = Finding.objects.create(
        path=site.organisation.path, review=review, kind="paper_union", organisation=site.organisation,
        reasons=[{"code": "dues", "text": f"{site.word}两年未缴经费"}], note=f"{site.word}核查", version=1,
    )  # fmt: skip
    FindingAct.objects.create(path=site.organisation.path, finding=found, act="listed", note=f"{site.word}列入")
    return found


def _import(site: Site, membership: Membership) -> RosterImport:
    source = stored_file(site, personal=True)
    roster = RosterImport.objects.create(
        path=site.organisation.path, organisation=site.organisation, kind="members", state="ready", source=source,
        source_name=f"{site.word}名册.csv", sha256=source.sha256, sheet="", header_rows=[1, 1], outline={"sheets": [], "columns": []}, total_rows=2, new_rows=1, rejected_rows=1,
        staged_rows=1, mapping={}, actor_name=f"{site.word}经办", checked_at=timezone.now(),
        summary=[{"code": "GH-PER-101", "message": f"{site.word}证件号码不对", "count": 1}],
    )  # fmt: skip
    RosterProgress.objects.create(roster=roster)
    RosterProblem.objects.create(
        roster=roster, row_no=2, letter="B", field="id_number", code="GH-PER-101", message=f"{site.word}证件号码少一位"
    )
    RosterRow.objects.create(
        roster=roster, row_no=3, action="new", organisation_id=site.organisation.pk, name=f"{site.word}新人"
    )
    ImportedChange.objects.create(
        roster=roster, row_no=3, action="new", organisation_id=site.organisation.pk, person_id=membership.person_id
    )
    return roster


def _trail(site: Site, person_id: int, verb: str) -> int:
    record(
        OUTSIDER, verb, path=site.organisation.path, object_type="person", object_id=person_id,
        object_name=f"{site.word}本人", subject_id=person_id, reason=f"{site.word}核对资料", detail={"fields": ["education"]},
    )  # fmt: skip
    return int(TrailRecord.objects.order_by("-pk").values_list("pk", flat=True)[0])


def make_objects(site: Site, sites: dict[str, Site]) -> Objects:
    """Everything at one site."""
    body, path = site.organisation, site.organisation.path
    membership = make_member(body, f"{site.word}甲", employer_name=f"{site.word}单位", department=f"{site.word}车间")
    person = membership.person
    double = make_person(f"{site.word}甲", body)
    mover = make_member(body, f"{site.word}乙")
    correcting = make_member(body, f"{site.word}丙")
    kept, dropped = make_person(f"{site.word}丁", body), make_person(f"{site.word}丁", body)
    merge = merge_people(SYSTEM, kept=kept, dropped=dropped, reason=f"{site.word}同一人")
    office = Appointment.objects.create(
        path=path, person=person, organisation=body, office="committee_member", title=f"{site.word}委员", valid_from=DAY
    )
    group = Group.objects.create(path=path, organisation=body, kind="park", name=f"{site.word}园区")
    GroupMember.objects.create(path=path, group=group, organisation=body, valid_from=DAY)
    SignOfLife.objects.create(path=path, organisation=body, kind="activity", on=DAY, note=f"{site.word}活动")
    Rule.objects.create(
        key="reveal.daily_cap", organisation=body, path=path, valid_from=DAY, value=40, version=1, source="测试"
    )
    partner = sites[PARTNERS[site.key]].organisation
    if partner.pk == body.pk:
        partner = body.parent or body
    post = make_post(body, "organising", f"{site.key}-officer", f"{site.word}干事")
    waiting = make_post(body, "rights", f"{site.key}-asked", f"{site.word}待批")
    waiting.granted_by, waiting.asked_by = None, post.account_id
    waiting.save()
    token = ApiToken.objects.create(
        post=post, name=f"{site.word}对接", prefix="gh_other", digest=token_digest(f"other-{site.key}"), created_by=post.account_id,
        expires_on=timezone.localdate() + timedelta(days=9),
    )  # fmt: skip
    session = AccountSession.objects.create(
        account=post.account, session_key=f"other-{site.key}", device=f"{site.word}电脑"
    )
    passkey = Authenticator.objects.create(
        user=post.account, type=Authenticator.Type.WEBAUTHN, data={"name": f"{site.word}钥匙", "credential": {}}
    )
    correction = Correction.objects.create(
        path=path, person=correcting.person, membership=correcting, field="education", note=f"{site.word}写错了",
        wanted_sealed=seal(Education.values[0], "portal.correction"),
    )  # fmt: skip
    root = Organisation.objects.order_by("path").first()
    assert root is not None
    CONSTANTS["published"] = str(published(root).pk)
    return {
        **make_business(site, root, membership, post.account_id, stored_file(site)),
        "organisation": body.pk,
        "public_organisation": body.pk,
        "change": _change(site).pk,
        "person": person.pk,
        "double": double.pk,
        "membership": membership.pk,
        "appointment": office.pk,
        "merge": merge.pk,
        "transfer": _transfer(site, partner, mover).pk,
        "employer": Employer.objects.create(path=path, organisation=body, name=f"{site.word}有限公司").pk,
        "twin": Twin.objects.create(
            path=path, organisation=body, kind="branch", party_name=f"{site.word}支部", valid_from=DAY
        ).pk,
        "group": group.pk,
        "finding": _findings(site, mover).pk,
        "correction": correction.pk,
        "import": _import(site, membership).pk,
        "trail": _trail(site, person.pk, "person.correct"),
        "access_trail": _trail(site, person.pk, "access.login"),
        "file": str(stored_file(site).pk),
        "account": post.account_id,
        "post": waiting.pk,
        "token": token.pk,
        "session": session.pk,
        "passkey": passkey.pk,
        "card": card_token(membership),
        "field": "phone",
        "organisation_name": body.name,
    }


def make_shared(sites: dict[str, Site]) -> dict[str, Objects]:
    """Transfers that come into each level's own union from elsewhere: both sides may see them."""
    shared = {}
    for level, sender in (("county", "far_union"), ("union", "sibling_union")):
        mover = make_member(sites[sender].organisation, "欧阳志强")
        neutral = Site(sender, sites[sender].organisation, "随单位")
        shared[level] = {"transfer": _transfer(neutral, sites[level].organisation, mover).pk}
    return shared


NAMED_BY: tuple[tuple[str, str], ...] = (
    *business.NAMED_BY,
    (r"/employers/\w+$", "employer"),
    (r"/twin/\w+$", "twin"),
    (r"/group/\w+$", "group"),
    (r"/reveal/field$", "field"),
    (r"rules/key$", "rule_key"),
    (r"rosters/template/kind$", "roster_kind"),
    (r"/rows/action$", "row_action"),
    (r"vitality/kind$", "finding_kind"),
    (r"public/organisations/pk$", "public_organisation"),
    (r"organisations/pk$", "organisation"),
    (r"^(u|join)/pk$", "public_organisation"),
    (r"^card/token$", "card"),
    (r"changes/pk$", "change"),
    (r"duplicates/first$", "person"),
    (r"duplicates/<[^>]+>/second$", "double"),
    (r"people/pk$", "person"),
    (r"memberships/pk$", "membership"),
    (r"appointments/pk$", "appointment"),
    (r"transfers/pk$", "transfer"),
    (r"merges/pk$", "merge"),
    (r"vitality/(findings/)?pk$", "finding"),
    (r"corrections/pk$", "correction"),
    (r"(imports|rosters)/pk$", "import"),
    (r"accounts/posts/pk$", "post"),
    (r"accounts/pk$", "account"),
    (r"tokens/pk$", "token"),
    (r"trail/access/pk$", "access_trail"),
    (r"trail/pk$", "trail"),
    (r"files/pk$", "file"),
    (r"^account/sessions/pk$", "session"),
    (r"^account/2fa/keys/pk$", "passkey"),
)
"""What an address has before a parameter, and the parameter's name → the kind of object it names. First match wins."""

CONSTANTS: dict[str, str] = {
    "field": "phone", "rule_key": "vitality.warning_days", "roster_kind": "members", "row_action": "new", "finding_kind": "paper_union",
} | business.CONSTANTS  # fmt: skip
"""Parameters that choose a variant and name no object."""


def kind_of(pattern: str, parameter: str) -> str | None:
    """The kind of object that a parameter of an address names; None when nobody has said so yet."""
    found = re.search(rf"<(?:\w+:)?{parameter}>", pattern)
    before = pattern[: found.start()] + parameter if found else ""
    return next((kind for words, kind in NAMED_BY if re.search(words, before)), None)


Maker = Callable[[Site, dict[str, Site]], Objects]

__all__ = ["CONSTANTS", "FOUNDED", "Objects", "kind_of", "make_account", "make_objects", "make_shared", "take_scope"]
