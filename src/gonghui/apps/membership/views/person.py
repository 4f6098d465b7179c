"""The page of one person: masked facts, membership now and before, offices, signs of life, who looked; edits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from gonghui.kernel.access.choices import Role
from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.people import queries as people_queries
from gonghui.kernel.people import services as people
from gonghui.kernel.people.choices import (
    Education,
    Ethnicity,
    IdKind,
    MembershipStatus,
    NewFormOccupation,
    Office,
    Politics,
    RetentionReason,
    Sex,
    SignKind,
    SkillLevel,
    WorkerKind,
)
from gonghui.kernel.people.manifest import MANIFEST as PEOPLE
from gonghui.kernel.people.models import Membership, Person
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..forms.fields import refuse
from ..forms.people import DeathForm, PersonForm, RevealForm
from .dialogs import ask
from .loading import crumbs, done, organisation_url, person_of, person_url

FIELD_WORDS = {
    "id_number": "证件号码",
    "phone": "手机号码",
    "name": "姓名",
    "sex": "性别",
    "birth": "出生日期",
    "ethnicity": "民族",
    "education": "学历",
    "politics": "政治面貌",
    "skill_level": "技能等级",
    "worker_kind": "用工类别",
    "occupation": "职业工种",
    "new_form": "新就业形态职业",
    "platforms": "平台",
    "employer_name": "用人单位",
    "department": "部门班组",
    "staff_no": "工号",
    "card_no": "会员号",
    "joined_on": "入会日期",
    "valid_from": "会籍起始日期",
}


def _label(codes: Any, value: str) -> str:
    return codes(value).label if value else ""


def person_facts(person: Person) -> list[tuple[str, Any]]:
    """Facts without the sealed numbers, which stand apart with their button."""
    return [
        ("证件类别", IdKind(person.id_kind).label),
        ("性别", Sex(person.sex).label),
        ("出生日期", person.birth and person.birth.isoformat()),
        ("民族", _label(Ethnicity, person.ethnicity)),
        ("学历", _label(Education, person.education)),
        ("政治面貌", _label(Politics, person.politics)),
        ("技能等级", _label(SkillLevel, person.skill_level)),
        ("去世日期", person.died_on.isoformat())
        if person.died_on
        else ("最近活动", person.last_sign_on and person.last_sign_on.isoformat()),
    ]


def membership_facts(row: Membership) -> list[tuple[str, Any]]:
    """What the union says about the membership."""
    rows: list[tuple[str, Any]] = [
        ("会员号", row.card_no),
        ("入会日期", row.joined_on.isoformat()),
        ("在本会起", row.valid_from.isoformat()),
        ("用工类别", WorkerKind(row.worker_kind).label),
        ("职业工种", NewFormOccupation(row.new_form).label if row.new_form else row.occupation),
    ]
    if row.platforms:
        rows.append(("平台", "、".join(row.platforms)))
    if row.retention_reason:
        rows.append(("保留原因", RetentionReason(row.retention_reason).label))
    return [*rows, ("用人单位", row.employer_name), ("部门班组", row.department), ("工号", row.staff_no)]


def heading_of(person: Person, membership: Membership | None) -> str:
    if person.died_on:
        return f"{person.name}，已去世"
    if membership is None:
        return f"{person.name}，现在没有会籍"
    return f"{person.name}，{'保留会籍' if membership.status == MembershipStatus.RETAINED else '在籍会员'}"


def _looks(viewer: Viewer, person: Person) -> list[dict[str, Any]]:
    """Who looked or changed, in words."""
    rows = []
    for one in queries.trail_of_person(viewer, person):
        fields = one.detail.get("fields") or ([one.detail["field"]] if "field" in one.detail else [])
        words = "、".join(FIELD_WORDS.get(name, name) for name in fields)
        rows.append(
            {
                "at": one.at,
                "who": one.actor_name,
                "role": Role(one.role).label if one.role in Role.values else "",
                "what": PEOPLE.verbs.get(one.verb, one.verb) + (f"：{words}" if words else ""),
                "reason": one.reason,
                "refused": one.refused,
            }
        )
    return rows


@desk("member.view")
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The page."""
    viewer = viewer_of(request)
    found = person_of(request, pk)
    if found.merged_into_id is not None:
        return redirect(person_url(found.merged_into_id))
    membership = queries.open_membership(viewer, found)
    last = None if membership else queries.last_membership(viewer, found)
    where = membership or last
    transfer = queries.open_transfer(viewer, membership) if membership else None
    context = {
        "person": found,
        "heading": heading_of(found, membership),
        "membership": membership,
        "status": MembershipStatus(membership.status).label if membership else "",
        "last": last,
        "transfer": transfer,
        "union_url": organisation_url(where.organisation_id) if where else "",
        "path": [*crumbs(viewer, where.organisation, here=False), (found.name, "")] if where else [(found.name, "")],
        "facts": person_facts(found),
        "membership_facts": membership_facts(membership) if membership else [],
        "history": list(reversed(people_queries.membership_history(viewer, found))),
        "offices": [(one, Office(one.office).label) for one in people_queries.offices_of(viewer, found)],
        "signs": [(one, SignKind(one.kind).label) for one in queries.signs(viewer, person=found)[:20]],
        "looks": _looks(viewer, found),
        "merges": queries.merges_of(viewer, found) if viewer.may("member.merge") else [],
        "may_manage": viewer.may("member.manage"),
        "may_reveal": viewer.may("member.reveal"),
        "today": timezone.localdate(),
    }
    response = render(request, "membership/person.html", context)
    response["Cache-Control"] = "no-store"
    return response


@desk("member.reveal")
def reveal(request: HttpRequest, pk: int, field: str) -> HttpResponse:
    """One full number, shown once in the dialog, for a reason that stays on the trail."""
    viewer = viewer_of(request)
    found = person_of(request, pk)
    if field not in ("id_number", "phone"):
        raise Http404("field")
    what = FIELD_WORDS[field]
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            value = people.reveal(
                viewer,
                person=found,
                field=field,
                reason=form.cleaned_data["reason"],
                cap=queries.reveal_cap(viewer, found),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            partial = request.headers.get("HX-Request") == "true"
            template = "membership/parts/revealed.html" if partial else "membership/revealed.html"
            shown = {"what": what, "value": value, "person": found, "back": person_url(pk)}
            response = render(request, template, shown)
            response["Cache-Control"] = "no-store, private"
            return response
    lines = [f"{found.name}的{what}只显示这一次，查看人、时间和理由记入留痕。"]
    return ask(request, form, title=f"查看完整{what}", submit="查看", back=person_url(pk), lines=lines)


@desk("member.manage")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """更正人员资料."""
    viewer = viewer_of(request)
    found = person_of(request, pk)
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changes = {name: data[name] for name in form.fields if name in form.changed_data and name != "version"}
        if "id_kind" in changes or "id_number" in changes:
            changes |= {"id_kind": data["id_kind"], "id_number": data["id_number"]}
        try:
            people.correct_person(viewer, person=found, version=data["version"], changes=changes)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已更正人员资料")
            return done(request, person_url(pk))
    membership = queries.open_membership(viewer, found)
    above = crumbs(viewer, membership.organisation, here=False) if membership else []
    context = {
        "person": found,
        "form": form,
        "path": [*above, (found.name, person_url(pk)), ("更正资料", "")],
        "back": person_url(pk),
    }
    return render(request, "membership/person_edit.html", context, status=422 if form.is_bound else 200)


@desk("member.manage")
def death(request: HttpRequest, pk: int) -> HttpResponse:
    """登记去世."""
    viewer = viewer_of(request)
    found = person_of(request, pk)
    form = DeathForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        membership = queries.open_membership(viewer, found)
        try:
            people.record_death(viewer, person=found, on=form.cleaned_data["on"], note=form.cleaned_data["note"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            if membership is not None:
                url = reverse("membership:membership-undo", args=[membership.pk])
                messages.success(request, format_html('已登记去世<a href="{}">撤销</a>', url))
            else:
                messages.success(request, "已登记去世")
            return done(request, person_url(pk))
    lines = ["会籍和全部职务随之终止。登记错了可以撤销。"]
    return ask(request, form, title="登记去世", submit="登记去世", back=person_url(pk), lines=lines, bad=True)


def own_union(viewer: Viewer, membership: Membership) -> list[tuple[str, str]]:
    """Who may keep a membership: the own union, or one above it in the range."""
    above = [one for one in org_queries.ancestors(membership.organisation) if viewer.reaches(one.path)]
    return [(str(membership.organisation_id), membership.organisation.name)] + [
        (str(one.pk), one.name) for one in reversed(above)
    ]
