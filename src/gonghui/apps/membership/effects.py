"""What decisions of procedures bring about in the registers of people and organisations. Each is one existing act."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gonghui.kernel.models import Appointment, Membership, Organisation, Person
from gonghui.kernel.org import services as org
from gonghui.kernel.org.choices import Level, OrganisationKind, OrganisationState, UnionKind
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.org.rules import add_years, check_founding, check_uscc
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import IdKind, Office
from gonghui.kernel.procedures.services import Made, follow_up
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rules
from gonghui.kernel.viewer import SYSTEM, Viewer

from .suggesting import facts_of

COMMITTEE = (
    Office.CHAIR, Office.EXECUTIVE_VICE_CHAIR, Office.VICE_CHAIR, Office.STANDING_MEMBER, Office.COMMITTEE_MEMBER,
    Office.ORGANISING_MEMBER, Office.PUBLICITY_MEMBER, Office.WELFARE_MEMBER,
)  # fmt: skip
"""Offices that end when another committee is elected; those of women's and audit committees have elections of their
own."""

LEGAL_PAPERS = (
    "上级工会同意建会和选举结果的批复", "工会法人资格申请登记表", "工会主席身份证复印件", "工会经费来源和场所的说明",
    "用人单位统一社会信用代码证复印件",
)  # fmt: skip


def admit(actor: Viewer, made: Made) -> dict[str, Any]:
    """The applicant is a member from this day on: it is the day of the approval that counts (工会会员会籍管理办法).

    :raises Refusal: whatever registering and admitting refuse: member of another union, dead, too young.
    """
    said, organisation = made.values, made.application.organisation
    person = people.register(
        actor,
        organisation=organisation,
        name=str(said["name"]),
        id_kind=str(said["id_kind"]),
        id_number=str(said["id_number"]),
        phone=str(said.get("phone") or ""),
    )
    membership = people.admit(
        actor,
        organisation=organisation,
        person=person,
        joined_on=made.on,
        on=made.on,
        employer_name=str(said.get("employer") or ""),
        platforms=str(said.get("platforms") or ""),
        reason=f"入会申请{made.application.number}",
        **facts_of(str(said.get("work") or "")),
    )
    return {"membership": membership.pk, "person": person.pk, "card_no": membership.card_no, "on": made.on.isoformat()}


def transfer(actor: Viewer, made: Made) -> dict[str, Any]:
    """The membership goes along: in one step within the range of who decided, else the other union is asked."""
    membership, wanted = _membership(made), int(made.given["to"])
    reason = str(made.given.get("reason") or "转会")
    target = Organisation.objects.filter(pk=wanted).first()
    if target is not None and actor.role != SYSTEM.role:
        moved = people.transfer_within(actor, membership=membership, to_organisation=target, on=made.on, reason=reason)
        return {"membership": moved.pk, "to": target.name, "state": "accepted"}
    public = PublicOrganisation.objects.filter(pk=wanted).first()
    if public is None:
        raise Refusal("GH-MEM-201", "没有找到要转入的工会", "to_union", "退回申请人，重新选择转入的工会")
    asked = people.ask_transfer(actor, membership=membership, to_organisation=public, reason=reason)
    return {"transfer": asked.pk, "to": public.name, "state": "asked"}


def leave(actor: Viewer, made: Made) -> dict[str, Any]:
    ended = people.leave(
        actor, membership=_membership(made), on=made.on, note=str(made.given.get("reason") or "本人自愿退会")
    )
    return {"membership": ended.pk, "on": made.on.isoformat()}


def retain(actor: Viewer, made: Made) -> dict[str, Any]:
    """Kept where it is; where the own union can no longer keep it, the desk's own act hands it to the union above."""
    since = made.given.get("note")
    kept = people.retain(
        actor,
        membership=_membership(made),
        reason=str(made.given["why"]),
        on=made.on,
        note=f"从{since}起" if since else "",
    )
    return {"membership": kept.pk, "on": made.on.isoformat()}


def _membership(made: Made) -> Membership:
    """The open membership of the applicant.

    :raises Refusal: GH-MEM-202 there is none (any more).
    """
    person = made.application.person
    rows = Membership.objects.filter(person=person, valid_to__isnull=True) if person is not None else None
    found: Membership | None = rows.first() if rows is not None else None
    if found is None:
        raise Refusal(
            "GH-MEM-202", "申请人现在没有会籍，或会籍不在本岗位的范围内", None, "按不通过办结，说明会籍已变动"
        )
    return found


# -- founding and elections -----------------------------------------------------------------------------------


def found(actor: Viewer, made: Made) -> dict[str, Any]:
    """A union in state `founding` under the federation that was asked, or another employer of a joint union.

    :raises Refusal: GH-ORG-301 without the number of the approval (工会法 art. 12).
    """
    said, number = made.values, made.decision.document_no
    if str(said.get("way")) == "join":
        return _join(actor, made)
    single = said.get("way") in ("own", "organiser")
    kind = OrganisationKind.GRASSROOTS_UNION if single else OrganisationKind.JOINT_UNION
    union_kind = UnionKind.SINGLE if single else UnionKind.JOINT
    check_founding(
        kind=kind, union_kind=union_kind, members=int(said.get("members") or 0), approved_by_parent=bool(number)
    )
    parent = _reached(made.application.organisation_id)
    body = org.found(
        actor,
        parent=parent,
        name=str(said["union_name"]),
        kind=kind,
        level=Level.UNIT,
        on=made.on,
        reason=f"批复同意建会（{made.application.number}）",
        document_no=number,
        state=OrganisationState.FOUNDING,
        union_kind=union_kind,
        unit_kind=str(said.get("unit_kind") or ""),
        headcount=said.get("headcount"),
        address=str(said.get("address") or ""),
        region_code=parent.region_code,
    )
    employers = [_serve(actor, body, said), *(_partner(actor, body, row) for row in said.get("partners") or [])]
    return {"organisation": body.pk, "name": body.name, "document_no": number, "employers": employers}


def _join(actor: Viewer, made: Made) -> dict[str, Any]:
    """Fewer than 25 members: their employer comes under a joint union that is there already."""
    joint = _reached(int(made.values.get("joint_union") or 0))
    if joint.kind != OrganisationKind.JOINT_UNION:
        raise Refusal("GH-MEM-203", f"{joint.name}不是联合工会", "joint_union", "退回补正，改选当地的联合工会")
    return {"organisation": joint.pk, "name": joint.name, "employers": [_serve(actor, joint, made.values)]}


def _serve(actor: Viewer, body: Organisation, said: Mapping[str, Any]) -> int:
    return org.save_employer(
        actor,
        organisation=body,
        name=str(said["employer"]),
        uscc=check_uscc(str(said["uscc"])).code,
        unit_kind=str(said.get("unit_kind") or ""),
        address=str(said.get("address") or ""),
        headcount=said.get("headcount"),
    ).pk


def _partner(actor: Viewer, body: Organisation, row: Mapping[str, Any]) -> int:
    code = check_uscc(str(row["uscc"])).code
    return org.save_employer(actor, organisation=body, name=str(row["name"]), uscc=code).pk


def elected(actor: Viewer, made: Made) -> dict[str, Any]:
    """The new committee takes office on the day it was elected, the old one leaves; a founding union becomes active.

    :raises Refusal: GH-MEM-204 without the number of the approval; and what registering a candidate refuses.
    """
    said, number = made.values, made.decision.document_no
    if not number:
        raise Refusal("GH-MEM-204", "没有填写批复文号", "document_no", "选举结果报上一级工会批准，填写批复的文号")
    body, on = _reached(made.application.organisation_id), date.fromisoformat(str(said["elected_on"]))
    winners = [row for row in said["candidates"] if row.get("office") in {one.value for one in COMMITTEE}]
    change = org.elect(
        actor,
        organisation=body,
        term_from=on,
        term_to=add_years(on, int(said["term_years"])),
        committee_size=len(winners),
        reason=f"选举结果批复（{made.application.number}）",
        document_no=number,
    )
    ended = [_end(actor, row, on, "换届") for row in _in_office(body)]
    begun = [_begin(actor, body, row, str(row["office"]), on, number) for row in winners]
    return {"change": change.pk, "appointments": begun, "ended": ended, "document_no": number}


def legal_person(actor: Viewer, made: Made) -> dict[str, Any]:
    """What has to be brought for the legal-person registration, and until when: a period on the due list."""
    days = int(rules.value("membership.legal_person_days", made.application.path, made.on).value)
    clock = follow_up(made.application, title="办理工会法人资格登记", days=days, started_on=made.on, warn=5)
    return {"papers": list(LEGAL_PAPERS), "until": clock.due_on.isoformat(), "clock": clock.pk}


def chair_changed(actor: Viewer, made: Made) -> dict[str, Any]:
    """The chair leaves office and the newly elected one takes it, on the day of the meeting."""
    said, body = made.values, _reached(made.application.organisation_id)
    words = {"removal": "罢免", "resignation": "辞职", "moved": "工作调动", "retired": "退休"}.get(
        str(said["how"]), "离任"
    )
    on = date.fromisoformat(str(said["changed_on"]))
    ended = [_end(actor, row, on, words) for row in _in_office(body, Office.CHAIR)]
    begun = _begin(actor, body, said, Office.CHAIR, on, made.decision.document_no)
    return {"ended": ended, "appointment": begun, "document_no": made.decision.document_no}


def _in_office(body: Organisation, *offices: Office) -> list[Appointment]:
    rows = Appointment.objects.filter(organisation_id=body.pk, valid_to__isnull=True, office__in=offices or COMMITTEE)
    return list(rows.order_by("pk"))


def _end(actor: Viewer, row: Appointment, on: date, reason: str) -> int:
    return people.end_appointment(actor, appointment=row, on=max(on, row.valid_from), reason=reason).pk


def _begin(actor: Viewer, body: Organisation, row: Mapping[str, Any], office: str, on: date, document_no: str) -> int:
    """Somebody elected takes office; whoever is no member yet is one from now on (筹备中的工会)."""
    person: Person = people.register(
        actor, organisation=body, name=str(row["name"]), id_kind=IdKind.IDENTITY_CARD, id_number=str(row["id_number"])
    )
    if not Membership.objects.filter(person_id=person.pk, valid_to__isnull=True).exists():
        people.admit(actor, organisation=body, person=person, joined_on=on, on=on, reason="建会时入会")
    return people.appoint(
        actor, organisation=body, person=person, office=office, on=on, reason=f"选举结果批复{document_no}"
    ).pk


# -- endings ---------------------------------------------------------------------------------------------------


def merge(actor: Viewer, made: Made) -> dict[str, Any]:
    """Members, employers and what stands below go on in the other union; taken back by the act's own undo."""
    change = org.merge(
        actor,
        organisation=_reached(made.application.organisation_id),
        into=_reached(int(made.given["into"])),
        on=made.on,
        reason=str(made.given.get("reason") or "合并"),
        document_no=made.decision.document_no,
    )
    return {"change": change.pk, **change.effect}


def dissolve(actor: Viewer, made: Made) -> dict[str, Any]:
    """The union ends; nobody loses the membership by it (工会法 art. 13)."""
    wanted = made.given.get("members_to")
    change = org.dissolve(
        actor,
        organisation=_reached(made.application.organisation_id),
        members_to=_reached(int(wanted)) if wanted else None,
        on=made.on,
        reason=str(made.given.get("reason") or "撤销"),
        document_no=made.decision.document_no,
    )
    return {"change": change.pk, **change.effect}


def _reached(organisation_id: int) -> Organisation:
    """An organisation in the range of who decided.

    :raises Refusal: GH-MEM-205.
    """
    found: Organisation | None = Organisation.objects.filter(pk=organisation_id).first()
    if found is None:
        raise Refusal(
            "GH-MEM-205", "所选的组织不在当前岗位的范围内", None, "由管辖两家工会的上级工会作决定，或退回补正重新选择"
        )
    return found
