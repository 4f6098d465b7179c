"""What workers said in the last months, and what their unions answered: public, to the union, anonymous, on visits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from gonghui.apps.voice import services as voices
from gonghui.apps.voice.choices import Channel, Kind, Nature, Outcome, Visibility, VisitKind
from gonghui.apps.voice.models import Voice
from gonghui.apps.voice.services import anonymous, grouping, indexing
from gonghui.apps.voice.services.days import as_of
from gonghui.kernel.models import Membership
from gonghui.kernel.viewer import Viewer

from .business import Business

SAID = (
    ("canteen", "食堂的饭菜又少又冷，夜班只剩馒头，能不能给夜班加一道热菜", Nature.SUGGEST, Kind.PAIN),
    ("canteen", "饭堂的伙食没味道，中饭要排二十分钟队", Nature.SUGGEST, Kind.PAIN),
    ("housing", "二号宿舍的热水器坏了半个月没人修", Nature.REQUEST, Kind.BLOCK),
    ("commute", "上下班的班车太少，晚班等一个小时都挤不上去", Nature.REQUEST, Kind.HARD),
    ("childcare", "暑假孩子没人带，希望园区办个托管班", Nature.SUGGEST, Kind.HARD),
    ("safety", "总装车间夏天闷热，没有空调，风扇也坏了两台", Nature.REQUEST, Kind.PAIN),
    ("training", "想考电工证，培训都排在上班时间，能不能放到晚上", Nature.SUGGEST, Kind.HARD),
    ("culture", "下班后没地方运动，篮球场的灯一直是坏的", Nature.REQUEST, Kind.BLOCK),
    ("health", "女职工的两癌筛查今年还安排吗", Nature.CONSULT, None),
    ("station", "高速口的驿站中午锁门，想喝口热水都没有", Nature.REQUEST, Kind.BLOCK),
    ("gig", "平台派单太密，超时一分钟就罚款，能不能和平台谈谈", Nature.REQUEST, Kind.HARD),
    ("democracy", "厂里的考核办法改了，职工代表都不知道", Nature.REQUEST, Kind.BLOCK),
    ("hours", "年休假总是请不下来，过了年就作废", Nature.REQUEST, Kind.HARD),
    ("women", "车间没有母婴室，背奶只能去卫生间", Nature.SUGGEST, Kind.PAIN),
    ("training", "师徒结对很好，徒弟三个月就能上手，建议全厂推广", Nature.SUGGEST, Kind.BRIGHT),
    ("pay", "工资条只有一个总数，看不懂加班费怎么算的", Nature.CONSULT, None),
)
ANONYMOUS = (
    ("democracy", "班长排班总照顾自己的亲戚，好班都给他们"),
    ("safety", "打磨车间的粉尘大，口罩一周才发一个"),
)
ANSWERS = (
    (Outcome.SOLVED, "已和后勤、承包商一起到现场看过，当天就整改到位，请大家继续监督，有反复再告诉我们。"),
    (Outcome.EXPLAINED, "已向人事部门核实，今年的安排在九月份，名单由各车间报，通知贴在车间公告栏。"),
    (Outcome.DECLINED, "场地产权不在单位，今年没有办法改造；已和街道商量借用附近的场地，定下来再告诉大家。"),
    (Outcome.SOLVED, "已和单位行政协商一致，从本月起执行，执行情况由工会每周检查一次并公布。"),
)
ANSWERED, TAKEN = 11, 14
"""How many of them have an answer, and how many were taken."""
AGAIN = "已派人到现场，三楼的热水器换了新的，请再试一试，有问题直接拨打12351。"
PROMISE = "已经列入采购计划，设备到货后马上安装，装好以前先配临时设备。"


class Voices(Business):
    """Voices of the counties' unions over ninety days, in every state."""

    def run(self) -> None:
        self.rows: list[Voice] = []
        for number, worker in enumerate(self.officers.workers(self.county, len(SAID))):
            self._said(number, worker)
        self._same()
        self._anonymous()
        self._visit()
        self._bulletin()
        indexing.count_terms()
        grouping.group()

    def _said(self, number: int, worker: Membership) -> None:
        topic, text, nature, kind = SAID[number]
        me = self.officers.member(worker.person)
        public = number % 3 == 0
        raised = 80 - number * 5 if number < ANSWERED else len(SAID) - number  # the last ones wait since days
        with as_of(self.officers.back(raised)):
            voice = voices.raise_own(
                me,
                voices.Said(text, topic, nature, Visibility.PUBLIC if public else Visibility.UNION),
            )
        self.rows.append(voice)
        desk = self._desk(voice)
        with as_of(self.officers.back(max(0, raised - 1))):
            if number < TAKEN:
                voices.take(desk, voice_id=voice.pk)
                voices.classify(desk, voice_id=voice.pk, kind=kind or "", topic=topic, nature=nature)
            if public:
                voices.publish(desk, voice_id=voice.pk, title=text.partition("，")[0], words=text)
        if number < ANSWERED:
            self._answered(number, desk, me, voice)

    def _desk(self, voice: Voice) -> Viewer:
        voice.refresh_from_db()
        body = voice.handler
        return self.officers.holder(body, "grassroots_chair" if body.kind != "federation" else "organising")

    def _answered(self, number: int, desk: Viewer, me: Viewer, voice: Voice) -> None:
        day = self.officers.back(75 - number * 5)
        with as_of(day):
            if number % 5 == 3:
                promised = day + timedelta(days=30)
                voices.answer(desk, voice_id=voice.pk, outcome=Outcome.PROMISED, words=PROMISE, promised_on=promised)
            else:
                outcome, words = ANSWERS[number % len(ANSWERS)]
                voices.answer(desk, voice_id=voice.pk, outcome=outcome, words=words)
        if number in (3,):
            with as_of(day + timedelta(days=12)):
                voices.keep_promise(desk, voice_id=voice.pk, words="设备已经装好，试用三天没有问题。")
        if number in (0, 1, 4, 5):
            with as_of(day + timedelta(days=2)):
                voices.own.rate(me, voice_id=voice.pk, score=5 - number % 2)
        if number == 2:
            with as_of(day + timedelta(days=3)):
                voices.own.not_solved(me, voice_id=voice.pk, words="只修好一台，三楼的还是没有热水")
            desk = self._desk(voice)
            with as_of(day + timedelta(days=6)):
                voices.answer(desk, voice_id=voice.pk, outcome=Outcome.SOLVED, words=AGAIN)
            with as_of(day + timedelta(days=8)):
                voices.own.rate(me, voice_id=voice.pk, score=4)

    def _same(self) -> None:
        """Somebody else says the same of the commuter buses, at the window of the county."""
        desk = self.officers.holder(self.county)
        for text in ("晚班的班车总是挤不上，能不能加一趟", "厂车班次不够，下晚班要等一小时"):
            with as_of(self.officers.back(1)):
                voices.register(
                    desk,
                    organisation=self.county,
                    channel=Channel.CALL,
                    said=voices.Said(text, "commute", Nature.REQUEST, Visibility.UNION),
                )

    def _anonymous(self) -> None:
        union = self.rows[0].organisation
        for topic, text in ANONYMOUS:
            said = voices.Said(text, topic, Nature.REQUEST, Visibility.ANONYMOUS, may_hand_down=False)
            anonymous.drop_voice(union.pk, said, "demo")
        with as_of(self.officers.back(1)):
            anonymous.sort()

    def _visit(self) -> None:
        desk = self.officers.holder(self.county)
        union = self.rows[0].organisation
        with as_of(self.officers.back(2)):
            visit = voices.log_visit(
                desk, target=union, kind=VisitKind.WORKSHOP, place="总装车间", visited_on=self.officers.back(2), met=14,
                hours=Decimal("2.5"), companions="", summary="和两个班组座谈，看了宿舍和食堂，职工说得最多的是班车和热水。",
            )  # fmt: skip
            for topic, text in (
                ("housing", "三楼洗澡没有热水，要提水上楼"),
                ("commute", "周末没有班车，去县城只能拼车"),
            ):
                voices.register(
                    desk, organisation=union, channel=Channel.VISIT, visit=visit,
                    said=voices.Said(text, topic, Nature.REQUEST, Visibility.UNION),
                )  # fmt: skip

    def _bulletin(self) -> None:
        desk = self.officers.holder(self.county)
        below = [row.organisation for row in self.rows[:4]]
        unique = list({one.pk: one for one in below}.values())
        with as_of(self.officers.back(3)):
            voices.issue(
                desk, title="做好冬季职工宿舍和食堂安全检查", to_members=False, below=unique,
                due_on=self.officers.back(-4),
                words="各工会在本月底前检查职工宿舍的用电、取暖和食堂卫生，发现的问题当场登记，能当天解决的不过夜。",
            )  # fmt: skip
