"""What democratic management plugs into the platform."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer
from gonghui.kernel.wording import Tone, deadline, deadline_tone

from . import queries
from .choices import BargainState, ContractState, SessionState
from .facts import FACTS
from .sources import SOURCES

SOON, MOST = 7, 10
TONES = {Tone.DUE: "bad", Tone.SOON: "wait", Tone.CALM: ""}


def _due(on: date) -> dict[str, str]:
    left = (on - timezone.localdate()).days
    return {"due": deadline(left, unit="天"), "due_tone": TONES[deadline_tone(left)]}


def tasks(viewer: Viewer) -> list[Task]:
    """Clocks of the own union: proposals, bargaining, contracts, a session that is near, a term that is over."""
    found: list[Task] = []
    if viewer.may("congress.manage"):
        found += _congress(viewer) + _motions(viewer)
    if viewer.may("bargain.manage"):
        found += _bargains(viewer) + _contracts(viewer)
    return found


def _congress(viewer: Viewer) -> list[Task]:
    today = timezone.localdate()
    made = [
        Task("民主管理", f"换届：{row.title}", row.organisation.name, reverse("democracy:congress", args=[row.pk]),
             "任期已满", "bad", **_due(row.last_day))
        for row in queries.congresses(viewer).filter(path=viewer.lo, state="sitting", term_end__lt=today)[:MOST]
    ]  # fmt: skip
    rows = queries.sessions(viewer).filter(
        path=viewer.lo, state__in=(SessionState.PLANNED, SessionState.NOTIFIED, SessionState.OPEN)
    )
    return made + [
        Task("民主管理", f"{row.title}：{row.on:%Y-%m-%d}", row.organisation.name,
             reverse("democracy:session", args=[row.pk]), row.get_state_display(), "info", **_due(row.on))
        for row in rows[:MOST]
    ]  # fmt: skip


def _motions(viewer: Viewer) -> list[Task]:
    rows = queries.waiting_motions(viewer, timezone.localdate(), SOON).filter(path=viewer.lo)[:MOST]
    return [
        Task("提案", row.title, row.department or row.organisation.name, reverse("democracy:motion", args=[row.pk]),
             row.get_state_display(), "wait", **(_due(row.due_on) if row.due_on else {}))
        for row in rows
    ]  # fmt: skip


def _bargains(viewer: Viewer) -> list[Task]:
    clock = {BargainState.INVITED: "reply_due", BargainState.NAMING: "name_due", BargainState.BROKEN: "break_until"}
    rows = queries.bargains(viewer).filter(path=viewer.lo, state__in=list(clock))[:MOST]
    return [
        Task("集体协商", row.title, row.organisation.name, reverse("democracy:bargain", args=[row.pk]),
             row.get_state_display(), "wait", **_due(getattr(row, clock[BargainState(row.state)])))
        for row in rows
    ]  # fmt: skip


def _contracts(viewer: Viewer) -> list[Task]:
    made = []
    rows = queries.contracts(viewer).filter(path=viewer.lo)
    for row in rows.filter(state__in=(ContractState.SIGNED, ContractState.OBJECTED))[:MOST]:
        made.append(("报送人社部门", row, row.file_due))
    for row in rows.filter(state=ContractState.VALID, published_on__isnull=True, publish_due__isnull=False)[:MOST]:
        made.append(("向职工公布", row, row.publish_due))
    for row in queries.expiring(viewer, queries.number_of(viewer, "renew_days")).filter(path=viewer.lo)[:MOST]:
        made.append(("续签", row, row.ends_on))
    return [
        Task("集体合同", f"{what}：{row.title}", row.organisation.name, reverse("democracy:contract", args=[row.pk]),
             row.get_state_display(), "wait", **_due(on))
        for what, row, on in made
    ]  # fmt: skip


def member_tasks(viewer: Viewer) -> list[Task]:
    """A delegate: votes that are open, sessions to come; whoever proposed something: answers to judge."""
    congress = queries.own_congress(viewer)
    seat = queries.own_seat(viewer, congress.pk) if congress else None
    judge = [
        Task("提案", f"评价答复：{row.title}", "", reverse("democracy:m-motion", args=[row.pk]), "待评价", "wait")
        for row in queries.own_motions(viewer).filter(delegate__person_id=viewer.person_id, state="answered")[:MOST]
    ]
    if congress is None or seat is None:
        return judge
    found = [
        Task("投票", row.question, "", reverse("democracy:m-ballot", args=[row.pk]), "投票中", "info")
        for row in queries.own_ballots(viewer).filter(state="open")[:MOST]
    ]
    found += [
        Task("职代会", f"{row.title}：{row.on:%Y-%m-%d} {row.clock}", row.place,
             reverse("democracy:m-session", args=[row.pk]), row.get_state_display(), "info")
        for row in queries.own_sessions(viewer).filter(state__in=(SessionState.NOTIFIED, SessionState.OPEN))[:MOST]
    ]  # fmt: skip
    return found + judge


VERBS = {
    "congress_founded": "筹备职代会",
    "unit_added": "设选举单位",
    "unit_elected": "登记职工代表选举结果",
    "delegate_ended": "终止职工代表资格",
    "congress_constituted": "确认职工代表资格",
    "congress_extended": "延期换届",
    "session_planned": "筹备职代会会议",
    "session_moved": "调整会议安排",
    "item_added": "添加议题",
    "item_dropped": "删除议题",
    "paper_added": "上传会议文件",
    "session_notified": "送达会议文件",
    "paper_handed": "登记纸质送达",
    "paper_opened": "打开会议文件",
    "checked_in": "会议签到",
    "registered": "登记到会代表",
    "session_opened": "开会",
    "item_recorded": "登记审议结果",
    "item_deferred": "议题改期再议",
    "session_closed": "闭会",
    "session_cancelled": "取消会议",
    "ballot_opened": "开始投票",
    "ballot_issued": "领取选票",
    "paper_issued": "发出纸质票",
    "paper_taken_back": "收回纸质票",
    "ballot_counted": "计票",
    "ballot_voided": "作废投票",
    "motion_written": "提出提案或询问",
    "motion_seconded": "附议提案",
    "motion_filed": "提案立案交办",
    "motion_explained": "提案不予立案",
    "motion_answered": "答复提案",
    "motion_put_off": "延长提案办理期限",
    "motion_rated": "评价提案答复",
    "motion_closed": "办结提案",
    "bargain_invited": "发出或收到协商要约",
    "bargain_answered": "答复协商要约",
    "bargain_named": "确定协商代表",
    "bargain_met": "登记协商会议",
    "bargain_paused": "协商中止",
    "bargain_resumed": "恢复协商",
    "bargain_drafted": "形成合同草案",
    "bargain_voted": "登记草案表决结果",
    "bargain_concluded": "签订集体合同",
    "bargain_failed": "终止协商",
    "contract_signed": "登记集体合同",
    "contract_filed": "报送集体合同",
    "contract_objected": "登记审查异议",
    "contract_valid": "集体合同生效",
    "contract_published": "公布集体合同",
    "contract_ended": "终止集体合同",
}

MANIFEST = Manifest(
    key="democracy",
    title="民主管理",
    sources=SOURCES,
    facts=FACTS,
    entries=(Entry("民主管理", "democracy:board", "voice", "congress.view", order=66, prefix="/desk/democracy/"),),
    tasks=tasks,
    member_tasks=member_tasks,
    verbs={f"democracy.{verb}": words for verb, words in VERBS.items()},
)
