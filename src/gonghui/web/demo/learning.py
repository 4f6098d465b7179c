"""A month of 每月一答 and a reading plan: a bank from a file, papers of some three hundred members, check-ins."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from importlib.resources import files

from django.utils import timezone

from gonghui.apps.learning import services, sheets
from gonghui.apps.learning.models import Quiz, QuizItem, ReadingPlan
from gonghui.apps.learning.rules import chosen_of
from gonghui.kernel.access.queries import viewer_of_member
from gonghui.kernel.models import Account, Membership
from gonghui.kernel.viewer import Viewer

from .business import Business

TAKERS, READERS = 160, 40
UNIONS = ("吉安市物流行业工会联合会遂川货运分会", "江西安福泸水河食品有限公司工会委员会")
"""Unions of the cast's members: more of them take part."""
CHAPTERS = (
    ("开工前先看一遍", "班前把工位、通道和防护罩看一遍，花不了三分钟。发现松动、漏油、异响，先报告再开工。\n看过的地方在交接本上记一笔，下一班的人就知道从哪里接着看。"),
    ("防护用品怎么戴", "安全帽要系好下颌带，耳塞要塞到位，手套要看活儿选：转动的设备旁边不戴手套。\n用坏的及时换，单位应当提供符合国家标准或者行业标准的防护用品。"),
    ("拒绝违章指挥", "明知道设备带病还要硬上，可以说不。《安全生产法》第五十四条规定，从业人员有权拒绝违章指挥和强令冒险作业。\n说的时候讲清楚哪里不安全，请班组长和工会一起到现场看。"),
    ("遇到险情先撤离", "冒烟、塌落、泄漏，先离开再报告。《安全生产法》第五十五条给了从业人员停止作业和撤离的权利。\n撤到集合点以后点一遍人数。"),
    ("疲劳是最大的隐患", "长途驾驶每四个小时要停车休息二十分钟以上。困了就停，不赌下一个服务区。\n班组排班时把连续夜班错开。"),
    ("说说身边的隐患", "隐患不分大小，写下来、拍下来、报上去。报过的事情有回音，大家才愿意再报。"),
    ("一周小结", "翻一翻这一周记下的话，挑一件事，下周把它改过来。"),
)  # fmt: skip
SAID = (
    "班前检查真不能省，今天看出一处松动。", "以前觉得耳塞麻烦，看完还是戴上。", "把拒绝违章指挥那条念给徒弟听了。", "我们车队也该排个轮休。",
    "撤离路线回去要再走一遍。", "隐患登记本放在门口最好用。", "写得实在，都是干活的话。", "下周我来当一天安全监督员。",
)  # fmt: skip


class Learning(Business):
    """The city's publicity department runs it; members of many unions take part."""

    def run(self) -> None:
        self.desk = self.officers.holder(self.city, "publicity")
        text = (files("gonghui.catalogue") / "demo" / "questions.csv").read_bytes()
        services.import_questions(self.desk, organisation=self.city, rows=sheets.read("questions.csv", text).questions)
        quiz, plan, members = self._quiz(), self._plan(), self._members()
        right = dict(QuizItem.objects.filter(quiz=quiz).values_list("number", "answer"))
        for worker in members:
            self._takes(worker, quiz, right)
        for worker in members[:READERS]:
            self._reads(worker, plan)

    def _quiz(self) -> Quiz:
        back = self.officers.back
        row = services.draft_quiz(
            self.desk, organisation=self.city, title="每月一答：学法懂法，安全上岗", subject="",
            intro="工会法、劳动法和安全生产知识，每天都可以答，取最好的一次。", opens_on=back(6), closes_on=back(-25), per_paper=10,
            minutes=10, tries_daily=3, points=10, pass_line=60, prizes="达标的会员参加摇号，奖品为图书和劳保用品",
        )  # fmt: skip
        return services.publish_quiz(self.desk, quiz_id=row.pk, at=self._at(6, 8))

    def _plan(self) -> ReadingPlan:
        text = "\n".join(f"# {title}\n{body}" for title, body in CHAPTERS)
        return services.publish_plan(
            self.desk, organisation=self.city, title="七天读完《班组安全小读本》", intro="每天一小章，读完写一句话。",
            opens_on=self.officers.back(6), closes_on=self.officers.back(-24), text=text,
        )  # fmt: skip

    def _members(self) -> list[Viewer]:
        """Some of the cast's unions, then others over the whole city; nobody who could log in as the cast."""
        rows = Membership.objects.filter(status="active", valid_to__isnull=True, person__account__isnull=True)
        near = list(rows.filter(organisation__name__in=UNIONS).order_by("pk")[:120])
        step = max(1, rows.count() // (TAKERS - len(near) + 1))
        # a cursor over the rows themselves is planned for its first rows and never comes to its last in a city
        wanted = list(rows.order_by("pk").values_list("pk", flat=True))[::step]
        far = Membership.objects.filter(pk__in=wanted).order_by("pk")
        picked = {row.person_id: row for row in [*near, *far]}
        names = dict(
            Membership.objects.filter(pk__in=[row.pk for row in picked.values()]).values_list(
                "person_id", "person__name"
            )
        )
        accounts = Account.objects.bulk_create(
            Account(username=f"m{person}", name=names[person], kind="member", person_id=person, password="!")
            for person in list(picked)[:TAKERS]
        )
        return [viewer_of_member(account) for account in accounts]

    def _at(self, days: int, hour: int) -> datetime:
        """An hour of a day that is over, a few minutes past it."""
        at = datetime.combine(self.officers.back(days), time(hour, self.officers.random.randrange(50)))
        return timezone.make_aware(at)

    def _takes(self, worker: Viewer, quiz: Quiz, right: dict[int, int]) -> None:
        """On one to three days of those that are over; who knows more answers more."""
        random = self.officers.random
        knows = random.triangular(0.4, 1.0, 0.8)
        for days in sorted(random.sample(range(1, 6), random.choice((1, 1, 1, 2))), reverse=True):
            at = self._at(days, random.randrange(7, 22))
            paper = services.begin(worker, quiz_id=quiz.pk, at=at)
            given = {
                place: chosen_of(right[number]) if random.random() < knows else [random.randrange(2)]
                for place, number in enumerate(paper.paper)
            }
            done = at + timedelta(seconds=random.randrange(90, 560))
            services.hand_in(worker, attempt_id=paper.pk, chosen=given, at=done)

    def _reads(self, worker: Viewer, plan: ReadingPlan) -> None:
        random = self.officers.random
        for days in range(5, 0, -1):
            if random.random() < 0.8:
                services.check_in(
                    worker, plan_id=plan.pk, reflection=random.choice(SAID), shared=random.random() < 0.5,
                    on=self.officers.back(days),
                )  # fmt: skip
