"""What an organisation is tied to without standing under it: party bodies, groups, employers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F
from django.utils import timezone

from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from ..choices import GroupKind, OrganisationKind, TwinKind
from ..models import Employer, Group, GroupMember, Organisation, Twin
from ..rules import check_name
from ..rules.facts import check_text, clean_employer, read_choice
from . import acts
from .facts import VersionConflict
from .locks import hold, writing

_SERVES = (
    OrganisationKind.GRASSROOTS_UNION,
    OrganisationKind.JOINT_UNION,
    OrganisationKind.INDUSTRY_UNION,
)


def _held(actor: Viewer, organisation: Organisation) -> Organisation:
    body = hold(organisation.pk)
    acts.check_reach(actor, body)
    acts.check_live(body)
    return body


def _trail(actor: Viewer, verb: str, body: Organisation, detail: dict[str, Any], reason: str = "") -> None:
    record(
        actor,
        verb,
        path=body.path,
        object_type="organisation",
        object_id=body.pk,
        object_name=body.name,
        reason=reason,
        detail=detail,
    )


def _past_day(on: date, field: str = "on") -> date:
    if type(on) is not date or on > timezone.localdate():
        raise Refusal("GH-ORG-502", "日期应为今天或以前", field, "到那一天再办理，或填今天以前的日期")
    return on


def set_twin(
    actor: Viewer,
    *,
    organisation: Organisation,
    kind: str,
    party_name: str,
    on: date,
    party_superior: str = "",
    measures: str = "",
) -> Twin:
    """Pair a union body with a party organisation (党建带工建); a former pairing of the same kind ends that day."""
    chosen = read_choice(TwinKind, kind, "kind", "对应方式")
    party_name = check_name(party_name, "party_name")
    superior = check_text(party_superior, "party_superior", "上级党组织", 120)
    measures = check_text(measures, "measures", "共建举措", 5000, lines=True)
    with writing():
        body = _held(actor, organisation)
        acts.check_stood(body, _past_day(on), "on")
        former = Twin.objects.filter(organisation=body, kind=chosen, valid_to__isnull=True).first()
        if former is not None:
            if former.valid_from > on:
                raise Refusal("GH-ORG-503", f"现在的对应关系从{former.valid_from}开始，新的应比它晚", "on")
            Twin.objects.filter(pk=former.pk).update(valid_to=on)
        twin = Twin.objects.create(
            organisation=body,
            path=body.path,
            kind=chosen,
            party_name=party_name,
            party_superior=superior,
            measures=measures,
            valid_from=on,
        )
        _trail(actor, "org.twinned", body, {"party": party_name, "kind": chosen, "on": on})
    return twin


def end_twin(actor: Viewer, *, twin: Twin, on: date, reason: str) -> Twin:
    """End a pairing from a day on."""
    reason, _ = acts.check_act(_past_day(on), reason)
    with writing():
        row: Twin | None = Twin.objects.select_for_update().filter(pk=twin.pk).first()
        if row is None or not actor.reaches(row.path):
            raise Refusal("GH-ORG-001", "没有这个对应关系，或它不在当前岗位的范围内", "twin")
        if row.valid_to is not None:
            raise Refusal("GH-ORG-517", f"这个对应关系已在{row.valid_to}终止", "twin")
        if row.valid_from > on:
            raise Refusal("GH-ORG-503", f"对应关系从{row.valid_from}开始，终止日期不能比它早", "on")
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        _trail(actor, "org.untwinned", row.organisation, {"party": row.party_name, "on": on}, reason)
    return row


def create_group(
    actor: Viewer, *, organisation: Organisation, kind: str, name: str, note: str = "", authority: str = ""
) -> Group:
    """A named set of organisations across the tree, kept by one of them."""
    chosen = read_choice(GroupKind, kind, "kind", "类别")
    name = check_text(name, "name", "名称", 80)
    if len(name) < 2:
        raise Refusal("GH-ORG-701", "分组名称至少2个字", "name", "例如：泰和县高新区企业")
    note = check_text(note, "note", "说明", 200)
    authority = check_text(authority, "authority", "行业主管部门", 80)
    with writing():
        body = _held(actor, organisation)
        group = Group.objects.create(
            organisation=body, path=body.path, kind=chosen, name=name, note=note, authority=authority
        )
        _trail(actor, "org.group_created", body, {"group": name, "kind": chosen})
    return group


def add_to_group(actor: Viewer, *, group: Group, organisation: Organisation, on: date) -> GroupMember:
    """Put an organisation into a group from a day on."""
    _past_day(on)
    with writing():
        kept = Group.objects.filter(pk=group.pk).first()
        if kept is None:
            raise Refusal("GH-ORG-001", "没有这个分组，或它不在当前岗位的范围内", "group")
        body = _held(actor, organisation)
        acts.check_stood(body, on, "on")
        if GroupMember.objects.filter(group=kept, organisation=body, valid_to__isnull=True).exists():
            raise Refusal("GH-ORG-703", f"{body.name}已在“{kept.name}”里", "organisation", "不用重复加入")
        member = GroupMember.objects.create(group=kept, organisation=body, path=body.path, valid_from=on)
        _trail(actor, "org.grouped", body, {"group": kept.name, "on": on})
    return member


def remove_from_group(actor: Viewer, *, group: Group, organisation: Organisation, on: date) -> GroupMember:
    """Take an organisation out of a group; that it was in it remains known."""
    _past_day(on)
    with writing():
        member: GroupMember | None = (
            GroupMember.objects.select_for_update(of=("self",))
            .select_related("organisation", "group")
            .filter(group_id=group.pk, organisation_id=organisation.pk, valid_to__isnull=True)
            .first()
        )
        if member is None or not actor.reaches(member.path):
            raise Refusal("GH-ORG-704", f"{organisation.name}不在这个分组里", "organisation")
        if member.valid_from > on:
            raise Refusal(
                "GH-ORG-503",
                f"{organisation.name}从{member.valid_from}起在这个分组里，移出日期不能比它早",
                "on",
            )
        member.valid_to = on
        member.save(update_fields=["valid_to"])
        _trail(actor, "org.ungrouped", member.organisation, {"group": member.group.name, "on": on})
    return member


def save_employer(
    actor: Viewer,
    *,
    organisation: Organisation,
    name: str,
    employer: Employer | None = None,
    version: int | None = None,
    **facts: Any,
) -> Employer:
    """Add an employer that the union serves, or change one; a joint union serves several."""
    name = check_name(name)
    values = clean_employer(facts) | {"name": name}
    if values.get("deregistered_on") and not values.get("deregistered_source"):
        stored = employer.deregistered_source if employer is not None else ""
        if not stored:
            raise Refusal(
                "GH-ORG-705",
                "登记了注销日期，没有注明信息来源",
                "deregistered_source",
                "例如：国家企业信用信息公示系统",
            )
    with writing():
        body = _held(actor, organisation)
        if body.kind not in _SERVES:
            kind = OrganisationKind(body.kind).label
            raise Refusal("GH-ORG-706", f"{kind}不直接登记用人单位", "organisation", "登记在基层工会或联合工会下")
        if employer is None:
            saved = Employer.objects.create(organisation=body, path=body.path, **values)
            _trail(actor, "org.employer_added", body, {"employer": saved.pk, "name": name})
            return saved
        return _change_employer(actor, body, employer, version, values)


def _change_employer(
    actor: Viewer, body: Organisation, employer: Employer, version: int | None, values: dict[str, Any]
) -> Employer:
    row: Employer | None = Employer.objects.select_for_update().filter(pk=employer.pk).first()
    if row is None or not actor.reaches(row.path):
        raise Refusal("GH-ORG-001", "没有这个用人单位，或它不在当前岗位的范围内", "employer")
    differing = {field: value for field, value in values.items() if getattr(row, field) != value}
    if differing and version is not None and row.version != version:
        raise VersionConflict(row, [(field, getattr(row, field), value) for field, value in differing.items()])
    if row.organisation_id != body.pk:
        differing |= {"organisation_id": body.pk, "path": body.path}
    if not differing:
        return row
    Employer.objects.filter(pk=row.pk).update(**differing, version=F("version") + 1)
    detail = {field: [getattr(row, field), value] for field, value in differing.items() if field != "path"}
    row.refresh_from_db()
    _trail(actor, "org.employer_changed", body, {"employer": row.pk, "changes": detail})
    return row
