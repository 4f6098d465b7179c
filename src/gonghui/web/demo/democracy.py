"""Democratic management of the demonstration: a workers' congress with its sessions and proposals, and contracts."""

from __future__ import annotations

from datetime import date, timedelta

from gonghui.apps.assessment.factories import PAPER
from gonghui.apps.democracy import services
from gonghui.apps.democracy.choices import (
    CheckInWay,
    CongressKind,
    ContractKind,
    ContractScope,
    DelegateKind,
    ItemKind,
    MotionKind,
    MotionTopic,
    Side,
)
from gonghui.apps.democracy.models import (
    Attendance,
    Congress,
    Contract,
    Delegate,
    Item,
    Motion,
    MotionStep,
    Paper,
    Receipt,
    Session,
)
from gonghui.apps.democracy.services.bargains import Named
from gonghui.kernel.access.models import Account
from gonghui.kernel.models import Membership, Organisation
from gonghui.kernel.viewer import Viewer

from .business import Business

PDF = "application/pdf"
UNITS = (("生产车间", 52, 18), ("质检和研发", 18, 7), ("行政后勤", 16, 5))
"""Electoral units of the cast's union: name, workers, seats."""
KINDS = {
    3: DelegateKind.MANAGER,
    18: DelegateKind.TECHNICIAN,
    19: DelegateKind.TECHNICIAN,
    25: DelegateKind.MANAGER,
    26: DelegateKind.STAFF,
}
SEATS = 30
TALKS = "工资专项集体合同（2027年度）"
CONTRACTS: tuple[tuple[ContractKind, str, int, int, str], ...] = (
    (ContractKind.GENERAL, "集体合同", 700, 3, "工时、休假、加班工资计发基数和续签条件按合同执行"),
    (ContractKind.WAGE, "工资专项集体合同", 300, 1, "一线岗位月工资平均增长6%，夜班津贴每班20元"),
    (ContractKind.WOMEN, "女职工权益保护专项集体合同", 420, 2, "每年一次妇科检查，孕期不安排夜班，设哺乳室"),
)
"""Kind, title, signed how many days ago, years, what it says."""


class Democracy(Business):
    """Most in the union of the cast, whose chair runs it; contracts also in unions beside it."""

    def run(self) -> None:
        chair = self.officers.holder(self.own, "grassroots_chair")
        congress = self._congress(chair)
        seats = list(Delegate.objects.filter(congress=congress).select_related("person").order_by("pk"))
        self._held(chair, congress, seats)
        self._coming(chair, congress)
        self._motions(chair, congress, [self.officers.member(seat.person) for seat in seats])
        self._contracts(chair, self.own)
        for at, beside in enumerate(self._beside()):
            self._contracts(self.officers.holder(beside, "grassroots_chair"), beside, only=at % 2, later=at * 37)
        self._bargain(chair)

    def _congress(self, chair: Viewer) -> Congress:
        """The second term: 30 delegates, one of them the cast's member on the phone."""
        elected = [*self._cast(), *self.officers.workers(self.own, SEATS)][:SEATS]
        women = sum(row.person.sex == "2" for row in elected)
        starts = self.officers.back(330)
        row = services.found_congress(
            chair, organisation=self.own, kind=CongressKind.ENTERPRISE, number_=2, workers=86,
            women=women * 86 // SEATS, starts_on=starts, ends_on=date(starts.year + 4, starts.month, 1),
        )  # fmt: skip
        at = 0
        for title, workers, seats in UNITS:
            unit = services.add_unit(chair, congress_id=row.pk, title=title, workers=workers, seats=seats)
            given = [
                services.Elected(elected[at + i], KINDS.get(at + i, DelegateKind.WORKER), workers - 2 - i % 5)
                for i in range(seats)
            ]
            at += seats
            services.elect(
                chair, unit_id=unit.pk, on=starts, cast=workers - 2, elected=given, proof_name="选举报告单.pdf",
                proof=PAPER,
            )  # fmt: skip
        return services.constitute(chair, congress_id=row.pk)

    def _cast(self) -> list[Membership]:
        """The cast's member: their account is older than those that other work has made."""
        here = Membership.objects.filter(organisation=self.own, status="active", valid_to=None)
        accounts = Account.objects.filter(kind="member", person__in=here.values("person")).order_by("pk")[:1]
        people = [one.person_id for one in accounts]
        return list(here.filter(person__in=people).select_related("person", "organisation"))

    def _held(self, chair: Viewer, congress: Congress, seats: list[Delegate]) -> None:
        """The session of half a year ago: two reports heard, one plan deliberated."""
        row = services.plan_session(
            chair, congress_id=congress.pk, on=self.officers.today, clock="14:00", place="二楼会议室"
        )
        items = [
            (ItemKind.HEAR, "企业上半年生产经营情况报告", "听取，代表提出6条建议，交生产部研究"),
            (ItemKind.HEAR, "厂务公开和业务招待费使用情况报告", "听取，同意继续按季度公开"),
            (ItemKind.DELIBERATE, "夏季高温津贴发放办法", "审议后修改：室外岗位按40元一天，其他岗位按30元一天"),
        ]
        made = [
            (services.add_item(chair, session_id=row.pk, kind=kind, title=title), said) for kind, title, said in items
        ]
        for item, _ in made:
            services.add_paper(chair, item_id=item.pk, name=f"{item.title}.pdf", content=PAPER, content_type=PDF)
        services.deliver(chair, session_id=row.pk)
        for seat in seats[:27]:
            Attendance.objects.create(path=row.path, session=row, delegate=seat, way=CheckInWay.DESK)
        services.open_session(chair, session_id=row.pk)
        for item, said in made:
            services.record_item(chair, item_id=item.pk, decision=said)
        services.close_session(
            chair, session_id=row.pk, summary="听取两项报告，审议通过高温津贴办法的修改意见，6月起执行。",
            name="会议记录.pdf", minutes=PAPER,
        )  # fmt: skip
        day = self.officers.back(170)
        Session.objects.filter(pk=row.pk).update(on=day, notified_on=day - timedelta(days=9))
        Item.objects.filter(session_id=row.pk).update(decided_on=day)
        sent = day - timedelta(days=9)
        Paper.objects.filter(item__session_id=row.pk).update(delivered_on=sent)
        receipts = Receipt.objects.filter(paper__item__session_id=row.pk)
        receipts.update(delivered_on=sent)
        receipts.filter(delegate__in=[seat.pk for seat in seats[:25]]).update(opened_on=sent)

    def _coming(self, chair: Viewer, congress: Congress) -> None:
        """The next one, notified nine days ahead: the contract and the staff-side supervisor are voted on."""
        row = services.plan_session(
            chair, congress_id=congress.pk, on=self.officers.today + timedelta(days=9), clock="09:00",
            place="厂区职工之家",
        )  # fmt: skip
        for kind, title in (
            (ItemKind.HEAR, "提案办理情况报告"),
            (ItemKind.PASS, "女职工权益保护专项集体合同（草案）"),
            (ItemKind.ELECT, "选举职工监事"),
        ):
            item = services.add_item(chair, session_id=row.pk, kind=kind, title=title)
            services.add_paper(chair, item_id=item.pk, name=f"{title}.pdf", content=PAPER, content_type=PDF)
        services.deliver(chair, session_id=row.pk)

    def _motions(self, chair: Viewer, congress: Congress, delegates: list[Viewer]) -> None:
        """One answered to its author's content, one with the department, one that seeks support, one question."""
        one = self._proposal(delegates[1], congress, MotionTopic.SAFETY, "灌装线加装隔音罩", "噪声超过85分贝，耳塞不够用",
                             "停产检修时加装隔音罩，先做一条线")  # fmt: skip
        two = self._proposal(
            delegates[2], congress, MotionTopic.LIVING, "夜班供应热汤", "食堂夜里只有冷面包", "夜里12点开一个窗口"
        )
        self._proposal(delegates[4], congress, MotionTopic.SKILLS, "老师傅带徒弟发津贴", "带徒弟影响计件收入",
                       "每带一名徒弟每月补200元")  # fmt: skip
        for row, department in ((one, "设备部"), (two, "行政部")):
            for viewer in delegates[5:7]:
                services.second(viewer, motion_id=row.pk)
            services.file(chair, motion_id=row.pk, department=department)
        services.answer(
            chair, motion_id=one.pk, text="9月检修时已给三号线加装，实测降到78分贝；其余两条线明年一季度装。"
        )
        services.rate(delegates[1], motion_id=one.pk, content=True, text="装上以后好多了")
        services.write(
            delegates[0], congress_id=congress.pk, kind=MotionKind.QUESTION, topic=MotionTopic.WAGES,
            title="年终奖的计算办法", reason="去年各车间发得不一样，想知道按什么算",
        )  # fmt: skip
        for row, days in ((one, 150), (two, 40)):
            day = self.officers.back(days)
            Motion.objects.filter(pk=row.pk).update(written_on=day, due_on=day + timedelta(days=60))
            MotionStep.objects.filter(motion=row).update(on=day)
            MotionStep.objects.filter(motion=row, act="filed").update(due_on=day + timedelta(days=60))
        Motion.objects.filter(pk=one.pk).update(answered_on=self.officers.back(70), closed_on=self.officers.back(66))
        MotionStep.objects.filter(motion=one, act__in=("answered", "content")).update(on=self.officers.back(68))

    def _proposal(
        self, viewer: Viewer, congress: Congress, topic: MotionTopic, title: str, reason: str, advice: str
    ) -> Motion:
        return services.write(
            viewer, congress_id=congress.pk, kind=MotionKind.PROPOSAL, topic=topic, title=title, reason=reason,
            advice=advice,
        )  # fmt: skip

    def _beside(self) -> list[Organisation]:
        found = Organisation.objects.filter(
            path__startswith=self.county.path, level="unit", state="active", kind="grassroots_union"
        )
        return list(found.exclude(pk=self.own.pk).order_by("pk")[:6])

    def _contracts(self, chair: Viewer, union: Organisation, only: int | None = None, later: int = 0) -> None:
        """In force with the labour office's silence; the wage contract of each runs out within months."""
        for at, (kind, title, days, years, summary) in enumerate(CONTRACTS):
            if only is not None and at != only:
                continue
            signed = self.officers.back(days - later)
            starts = signed + timedelta(days=1)
            row = services.register_contract(
                chair, organisation=union, kind=kind, scope=ContractScope.ENTERPRISE, title=title, firms=1, workers=86,
                signed_on=signed, starts_on=starts, ends_on=_years_on(starts, years), summary=summary,
                name=f"{title}.pdf", content=PAPER,
            )  # fmt: skip
            services.file_contract(chair, contract_id=row.pk, on=signed + timedelta(days=5))
            services.accept_contract(chair, contract_id=row.pk, on=signed + timedelta(days=12))
            services.publish_contract(chair, contract_id=row.pk, on=signed + timedelta(days=15))

    def _bargain(self, chair: Viewer) -> None:
        """The wage contract of next year: the firm has answered, both sides sit at the table."""
        old = Contract.objects.get(organisation=self.own, kind=ContractKind.WAGE)
        row = services.invite(
            chair, organisation=self.own, kind=ContractKind.WAGE, title=TALKS, old=old, firms=1, workers=86,
            matter="2027年一线岗位工资增长幅度、夜班津贴、加班工资计发基数", inviter=Side.WORKERS,
            invited_on=self.officers.back(25),
        )  # fmt: skip
        services.reply(chair, bargain_id=row.pk, on=self.officers.back(14), agreed=True, text="同意协商")
        names = [self.officers.name() for _ in range(6)]
        people = [
            Named(Side.WORKERS if at < 3 else Side.FIRM, name, office, chief=at in (0, 3))
            for at, (name, office) in enumerate(
                zip(names, ("工会主席", "灌装工", "质检员", "总经理", "人力资源经理", "财务经理"), strict=True)
            )
        ]
        services.begin_talks(chair, bargain_id=row.pk, people=people)
        services.meet(
            chair, bargain_id=row.pk, on=self.officers.back(4), agreed=False,
            minutes="职工方要求增长8%，企业方提出4%。双方同意交换本地区行业工资数据后再谈。",
        )  # fmt: skip


def _years_on(starts: date, years: int) -> date:
    """The last day of a contract of whole years."""
    return starts.replace(year=starts.year + years, day=min(starts.day, 28)) - timedelta(days=1)
