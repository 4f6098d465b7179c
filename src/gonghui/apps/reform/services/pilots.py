"""Pilots: a programme with its groups, who is enrolled and leaves, the 三员 who accompany them, their visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from gonghui.kernel.access.models import Post
from gonghui.kernel.access.rules import reach_of, require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import GuideRole, Tier, VisitWay
from ..models import Guide, Issue, Pilot, Programme, Visit
from ..rules import groups_of
from .holding import day, held, keep, not_ahead, note, own, reached, said
from .plans import MANAGE


def open_programme(
    actor: Viewer,
    *,
    organisation: Organisation,
    title: str,
    groups: Sequence[Mapping[str, Any]],
    starts_on: date,
    remark: str = "",
) -> Programme:
    """Begin a programme of pilots of the own organisation.

    :raises Refusal: GH-REF-040 wrong groups; 041 one of this name; 001, 004.
    """
    require(actor, MANAGE)
    own(actor, organisation.pk, "试点方案")
    words = said(title, "title", "方案的名称", 80)
    try:
        with transaction.atomic():
            row = Programme.objects.create(
                path=organisation.path, organisation=organisation, title=words, groups=groups_of(groups),
                starts_on=starts_on, note=remark.strip()[:500], made_by=actor.account_id,
            )  # fmt: skip
            note(actor, "programme_opened", row, row.title, groups=row.groups)
    except IntegrityError:
        raise Refusal("GH-REF-041", "已有同名的试点方案", "title", "换一个名称") from None
    return row


def change_programme(
    actor: Viewer,
    *,
    programme_id: int,
    groups: Sequence[Mapping[str, Any]],
    ends_on: date | None = None,
    remark: str = "",
) -> Programme:
    """Other groups or a last day. A group with pilots stays, and has room for those it has.

    :raises Refusal: GH-REF-042 pilots would lose their group or their place; 040, 001, 002; 043 ends before it began.
    """
    require(actor, MANAGE)
    with transaction.atomic():
        row = held(actor, Programme, programme_id, "试点方案")
        own(actor, row.organisation_id, "试点方案")
        if ends_on is not None and ends_on < row.starts_on:
            raise Refusal("GH-REF-043", "结束日期早于开始日期", "ends_on", "改结束日期")
        wanted = groups_of(groups)
        places, taken = {one["key"]: one["places"] for one in wanted}, _taken(row)
        for key, count in taken.items():
            if key not in places:
                raise Refusal("GH-REF-042", f"分组“{key}”还有{count}家试点单位", "groups", "先让它们退出或换组")
            if places[key] and count > places[key]:
                raise Refusal("GH-REF-042", f"分组“{key}”已有{count}家，名额不能少于它", "groups")
        row.groups, row.ends_on, row.note = wanted, ends_on, remark.strip()[:500]
        row.save(update_fields=["groups", "ends_on", "note"])
        for one in wanted:
            Pilot.objects.filter(programme=row, group=one["key"]).exclude(group_title=one["title"]).update(
                group_title=one["title"]
            )
        note(actor, "programme_changed", row, row.title, groups=wanted)
    return row


def _taken(row: Programme) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in Pilot.objects.filter(programme=row, left_on__isnull=True).values_list("group", flat=True):
        found[key] = found.get(key, 0) + 1
    return found


def enrol(
    actor: Viewer,
    *,
    programme_id: int,
    organisation: Organisation,
    tier: Tier,
    group: str,
    on: date | None = None,
    focus: str = "",
) -> Pilot:
    """An organisation below becomes a pilot.

    :raises Refusal: GH-REF-044 the programme is over or has not begun; 045 no such group; 046 the group is full;
        047 enrolled already; 001, 002, 005, 006.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    reached(actor, organisation)
    try:
        with transaction.atomic():
            row = held(actor, Programme, programme_id, "试点方案")
            own(actor, row.organisation_id, "试点方案")
            if when < row.starts_on or (row.ends_on is not None and when > row.ends_on):
                raise Refusal("GH-REF-044", "列入日期不在方案的起止日期内", "on", "改列入日期，或先调整方案")
            chosen = _place(row, group)
            pilot = Pilot.objects.create(
                path=organisation.path, programme=row, programme_title=row.title, organiser=row.organisation,
                organisation=organisation, tier=tier, group=group, group_title=chosen["title"],
                focus=focus.strip()[:300], enrolled_on=when,
            )  # fmt: skip
            note(actor, "pilot_enrolled", pilot, organisation.name, tier=str(tier), group=group)
    except IntegrityError:
        raise Refusal("GH-REF-047", f"{organisation.name}已经是这个方案的试点", "organisation", "换一个单位") from None
    return pilot


def _place(row: Programme, group: str) -> dict[str, Any]:
    """A group of a programme that has a place left; whoever asks holds the programme's lock."""
    chosen: dict[str, Any] | None = next((one for one in row.groups if one["key"] == group), None)
    if chosen is None:
        raise Refusal("GH-REF-045", "方案里没有这个分组", "group", "从列出的分组里选")
    if chosen["places"] and _taken(row).get(group, 0) >= chosen["places"]:
        raise Refusal(
            "GH-REF-046", f"{chosen['title']}的{chosen['places']}个名额已满", "group", "换一个分组，或先调整名额"
        )
    return chosen


def regroup(actor: Viewer, *, pilot_id: int, tier: Tier, group: str, reason: str, on: date | None = None) -> Pilot:
    """Put a pilot on another tier or into another group of its programme; what it was before is kept with the reason.

    :raises Refusal: GH-REF-045 no such group; 046 the group is full; 056 nothing would change; 001, 002, 004, 005, 048.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        programme_id = Pilot.objects.visible(actor).filter(pk=pilot_id).values_list("programme_id", flat=True).first()
        row = held(actor, Programme, programme_id or 0, "试点方案")
        pilot = _running(actor, pilot_id)
        if (pilot.tier, pilot.group) == (tier, group):
            raise Refusal("GH-REF-056", "层级和分组都没有改变", "group", "选别的层级或分组")
        why = said(reason, "reason", "调整的理由")
        if pilot.group != group:
            chosen = _place(row, group)
            keep(pilot, "分组", pilot.group_title, chosen["title"], why, when)
            pilot.group, pilot.group_title = group, chosen["title"]
        if pilot.tier != tier:
            keep(pilot, "层级", Tier(pilot.tier).label, Tier(tier).label, why, when)
            pilot.tier = tier
        pilot.save(update_fields=["tier", "group", "group_title", "changes"])
        note(actor, "pilot_regrouped", pilot, pilot.programme_title, reason=why, tier=str(tier), group=group)
    return pilot


def leave(actor: Viewer, *, pilot_id: int, reason: str, on: date | None = None) -> Pilot:
    """A pilot ends; those who accompanied it are free.

    :raises Refusal: GH-REF-048 ended before; 049 before it began; 001, 002, 004, 005.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        pilot = _running(actor, pilot_id)
        if when < pilot.enrolled_on:
            raise Refusal("GH-REF-049", f"退出日期早于列入日期{pilot.enrolled_on:%Y-%m-%d}", "on")
        pilot.left_on, pilot.left_reason = when, said(reason, "reason", "退出的原因")
        pilot.save(update_fields=["left_on", "left_reason"])
        pilot.guides.filter(valid_to__isnull=True).update(valid_to=when)
        note(actor, "pilot_left", pilot, pilot.programme_title, reason=pilot.left_reason)
    return pilot


def _running(actor: Viewer, pilot_id: int) -> Pilot:
    """A pilot of the actor's own programme that has not ended."""
    pilot = held(actor, Pilot, pilot_id, "试点")
    own(actor, pilot.organiser_id, "试点")
    if pilot.left_on is not None:
        raise Refusal("GH-REF-048", f"这个试点已在{pilot.left_on:%Y-%m-%d}退出", None, "需要时重新列入")
    return pilot


# -- 三员 ------------------------------------------------------------------------------------------------------------


def appoint(actor: Viewer, *, pilot_id: int, post: Post, on: date | None = None) -> Guide:
    """A post of a guide, liaison or observer accompanies a pilot.

    :raises Refusal: GH-REF-050 the post is not one of the 三员, is over, or would not see the pilot; 051 appointed
        already; 001, 002, 048.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    if post.role not in GuideRole.values or post.valid_to is not None or not actor.reaches(post.path):
        raise Refusal("GH-REF-050", "这个岗位不是本级范围内的指导员、联络员或观察员", "post", "先由账号管理员授予岗位")
    try:
        with transaction.atomic():
            pilot = _running(actor, pilot_id)
            lo, hi = reach_of(post.role, post.path)
            if not lo <= pilot.path < hi:
                raise Refusal(
                    "GH-REF-050", f"{post.organisation.name}的岗位看不到{pilot.organisation.name}", "post",
                    "选试点单位本身或它上级的三员，或先在那里授予岗位",
                )  # fmt: skip
            row = Guide.objects.create(
                path=pilot.path, pilot=pilot, role=post.role, post=post, account_id=post.account_id,
                person_name=post.account.name, unit=post.organisation.name, valid_from=max(when, pilot.enrolled_on),
            )  # fmt: skip
            note(actor, "guide_appointed", row, pilot.programme_title, role=row.role)
    except IntegrityError:
        raise Refusal("GH-REF-051", "此人已在这个试点担任同一身份", "post", "选另一个人") from None
    return row


def relieve(actor: Viewer, *, guide_id: int, on: date | None = None) -> Guide:
    """One of the 三员 no longer accompanies a pilot; the visits stay.

    :raises Refusal: GH-REF-052 relieved before; 001, 002, 005, 048.
    """
    require(actor, MANAGE)
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        row = held(actor, Guide, guide_id, "三员")
        _running(actor, row.pilot_id)
        if row.valid_to is not None:
            raise Refusal("GH-REF-052", "此人已经不担任", None, "刷新页面看最新状态")
        row.valid_to = max(when, row.valid_from)
        row.save(update_fields=["valid_to"])
        note(actor, "guide_relieved", row, row.unit, role=row.role)
    return row


def end_with_posts(today: date | None = None) -> int:
    """Those of the 三员 whose post is over no longer accompany anybody, from the post's last day on.

    The answer is how many were ended.
    """
    when, ended = day(today), 0
    with acting(SYSTEM), transaction.atomic():
        over = Guide.objects.select_for_update(of=("self",)).select_related("post", "pilot")
        for row in over.filter(valid_to__isnull=True, post__valid_to__lte=when).order_by("pk"):
            assert row.post is not None and row.post.valid_to is not None  # by the filter
            row.valid_to = max(row.post.valid_to, row.valid_from)
            row.save(update_fields=["valid_to"])
            note(SYSTEM, "guide_relieved", row, row.unit, role=row.role)
            ended += 1
    return ended


def record_visit(
    actor: Viewer,
    *,
    pilot_id: int,
    way: VisitWay,
    found: str,
    advice: str = "",
    on: date | None = None,
    issue: str = "",
    issue_due_on: date | None = None,
) -> Visit:
    """What one of the 三员 saw and advised; something to be mended becomes a finding for the pilot with a day.

    Who organises the pilots checks what was mended: the visitor's own organisation may have nobody who does.

    :raises Refusal: GH-REF-053 not appointed to this pilot; 054 before the appointment; 055 a finding without a day;
        002, 004, 005, 048.
    """
    require(actor, "visit.record")
    when = not_ahead(day(on), "on")
    with transaction.atomic():
        pilot = held(actor, Pilot, pilot_id, "试点")
        if pilot.left_on is not None and when > pilot.left_on:
            raise Refusal("GH-REF-048", f"这个试点已在{pilot.left_on:%Y-%m-%d}退出", None, "不用再走访")
        mine = pilot.guides.filter(account_id=actor.account_id or 0, role=actor.role).order_by("-valid_from").first()
        if mine is None or (mine.valid_to is not None and when > mine.valid_to):
            raise Refusal("GH-REF-053", "当前岗位没有联系这个试点", None, "由产改办先安排，再登记走访")
        if when < mine.valid_from:
            raise Refusal("GH-REF-054", f"走访日期早于担任日期{mine.valid_from:%Y-%m-%d}", "on")
        words = said(found, "found", "了解到的情况", 1000)
        visit = Visit.objects.create(
            path=pilot.path, pilot=pilot, guide=mine, role=mine.role, on=when, way=way, found=words,
            advice=advice.strip()[:500],
        )  # fmt: skip
        note(actor, "visit_recorded", visit, pilot.programme_title, way=str(way), on=when)
        if issue.strip():
            if issue_due_on is None or issue_due_on < when:
                raise Refusal("GH-REF-055", "写明整改期限，不早于走访日期", "issue_due_on")
            made = Issue.objects.create(
                path=pilot.path, visit=visit, raised_by_id=pilot.organiser_id, organisation=pilot.organisation,
                source=f"{when:%Y-%m-%d}{GuideRole(mine.role).label}走访", raised_on=when, due_on=issue_due_on,
                text=said(issue, "issue", "要解决的问题", 500),
            )  # fmt: skip
            note(actor, "issue_raised", made, made.source)
    return visit
