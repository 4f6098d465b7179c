"""Rights: legal aid, arrears, disputes with the periods of the law, letters to employers, and the 12351 desk."""

from __future__ import annotations

from typing import Any

from gonghui.apps.casework import services as casework
from gonghui.apps.casework.choices import Category, Channel, Difficulty, LetterKind, Stage, TicketKind
from gonghui.apps.casework.models import Case, Claimant, Letter, Ticket
from gonghui.kernel.models import Membership
from gonghui.kernel.procedures.models import Application
from gonghui.kernel.viewer import Viewer

from .business import Business
from .names import firm_name

CALLS = (
    (Channel.CALL, Category.PAY_ARREARS, "装修工程完工两个月，还有一半工资没有结清，要求单位付清"),
    (Channel.VISIT, Category.INSURANCE_INJURY, "上班时手被机器压伤，单位说不是工伤，问怎样申请认定"),
    (Channel.CALL, Category.SAFETY_HOURS, "连续两个月没有休息日，要求安排补休或者支付加班工资"),
    (Channel.CALL, Category.JOB_CONTRACT, "入职半年一直没有签书面劳动合同，要求补签"),
    (Channel.ONLINE, Category.UNION_JOIN, "送快递的，没有固定单位，想知道怎样加入工会"),
    (Channel.CALL, Category.SAFETY_HEALTH, "车间夏天温度高，没有防暑降温措施，希望工会督促"),
)
REPLY = "已向单位核实并约谈负责人，单位当面答应在十个工作日内解决，进展由工会跟踪"


class Rights(Business):
    """The desk of Anfu county's rights officer, with some calls that the city took."""

    def run(self) -> None:
        self.rights = self.officers.holder(self.county, "rights")
        self.used: set[str] = set()
        self._cases(self.officers.workers(self.county, 6))
        self._letters()
        self._tickets()

    def _firm(self) -> str:
        return firm_name(self.officers.random, "安福县", self.used)[0]

    # -- cases ---------------------------------------------------------------------------------------------

    def _cases(self, workers: list[Membership]) -> None:
        self._apply("legal_aid", workers[0], self._legal("wages", "28600"), 5)
        aided = self._apply("legal_aid", workers[1], self._legal("injury", "64000"), 40)
        self.approve(aided, 37)
        self.approve(aided, 36, counsel=self.officers.name(), firm="江西安平律师事务所")
        self._arrears(workers[2])
        self._apply("mediation", workers[3], self._dispute("hours"), 2)
        agreed = self._apply("mediation", workers[4], self._dispute("insurance"), 20)
        later = self.officers.back(-15).isoformat()
        self.approve(agreed, 12, "双方当面签了调解协议", outcome="agreed", perform_on=later)
        self._arbitration(self._apply("mediation", workers[5], self._dispute("compensation"), 45))

    def _apply(self, name: str, worker: Membership, typed: dict[str, Any], days: int) -> Application:
        me = self.officers.member(worker.person)
        return self.hand_in(f"casework.{name}", me, worker.organisation, typed, days=days, person=worker.person)

    def _legal(self, claim: str, amount: str) -> dict[str, Any]:
        return {
            "phone": self.officers.phone(), "migrant": "是", "claim": claim, "against": self._firm(), "urgent": "否",
            "amount_claimed": amount, "facts": "多次找单位协商没有结果，需要律师帮助", "agreed": "是",
        }  # fmt: skip

    def _dispute(self, claim: str) -> dict[str, Any]:
        return {
            "phone": self.officers.phone(), "against": self._firm(), "claim": claim, "known_on": self.day(60),
            "employed": "否", "left_on": self.day(55), "facts": "与单位协商过两次，没有谈成，请工会调解", "agreed": "是",
        }  # fmt: skip

    def _arrears(self, worker: Membership) -> None:
        """Three workers of one site; one has got everything back, one a part."""
        claimed = ("12000", "9800.50", "10200")
        names = (worker.person.name, self.officers.name(), self.officers.name())
        typed = {
            "against": self._firm(), "project": "城北安置房二标段", "since": self.day(150), "employed": "否",
            "left_on": self.day(70), "facts": "几个人一起干活，完工以后一直没有结清工资", "agreed": "是",
            "claimants": [
                {"name": name, "phone": self.officers.phone(), "claimed": sum_}
                for name, sum_ in zip(names, claimed, strict=True)
            ],
        }  # fmt: skip
        done = self.approve(self._apply("arrears", worker, typed, 50), 47)
        first, second, _ = Claimant.objects.filter(application=done).order_by("pk")
        day = self.officers.back(15)
        casework.record_recovery(self.rights, claimant_id=first.pk, recovered=first.claimed, on=day)
        casework.record_recovery(self.rights, claimant_id=second.pk, recovered=second.claimed // 2, on=day)

    def _arbitration(self, dispute: Application) -> None:
        self.approve(dispute, 33, "调解不成", outcome="failed")
        case = Case.objects.get(application=dispute)
        for stage, days in ((Stage.FILED, 12), (Stage.ACCEPTED, 8), (Stage.SERVED, 4)):
            casework.advance(self.rights, case_id=case.pk, stage=stage, on=self.officers.back(days))

    # -- letters -------------------------------------------------------------------------------------------

    def _letters(self) -> None:
        self._letter(sent=4)
        answered = self._letter(sent=20)
        casework.answer_letter(
            self.rights,
            letter_id=answered.pk,
            answer="已与职工补签劳动合同并补发工资，附签收表",
            on=self.officers.back(9),
        )
        self._letter()

    def _letter(self, sent: int | None = None) -> Letter:
        """A hint to an employer, sent so many days ago or still a draft."""
        letter = casework.draft_letter(
            self.rights, kind=LetterKind.HINT, recipient=self._firm(), copied_to="安福县人力资源和社会保障局",
            body="经查，你单位没有按月足额支付部分职工工资。\n依据《中华人民共和国劳动法》第五十条，工资应当按月支付给劳动者本人。\n"
            "请于收到本函后自查自改，并将办理情况书面答复我会。",
        )  # fmt: skip
        if sent is None:
            return letter
        return casework.send_letter(self.rights, letter_id=letter.pk, on=self.officers.back(sent))

    # -- the desk ------------------------------------------------------------------------------------------

    def _tickets(self) -> None:
        """One in each state: waiting to be dispatched, dispatched, taken, answered, called back, closed."""
        city = self.officers.holder(self.city, "rights")
        self._call(city, 0, own=False)
        given = [self._call(city, number, own=False) for number in (1, 2, 3)]
        for ticket in given:
            casework.dispatch(city, ticket_id=ticket.pk, to=self.county, words="请在时限内办理并答复来电人")
        for ticket in given[1:]:
            casework.take(self.rights, ticket_id=ticket.pk)
        casework.reply(self.rights, ticket_id=given[2].pk, words=REPLY)
        casework.call_back(city, ticket_id=given[2].pk, satisfaction=4)
        casework.check_quality(city, ticket_id=given[2].pk, good=True, words="答复及时，办理规范")
        handled, answered, checked = (self._call(self.rights, number) for number in (4, 5, 0))
        casework.note_progress(self.rights, ticket_id=handled.pk, words="已联系快递行业工会联合会，约明天见面")
        for ticket in (answered, checked):
            casework.reply(self.rights, ticket_id=ticket.pk, words=REPLY)
        casework.call_back(self.rights, ticket_id=checked.pk, satisfaction=5)
        town = self._call(self.rights, 3, own=False)
        casework.dispatch(self.rights, ticket_id=town.pk, to=self.town, words="请上门了解情况")

    def _call(self, desk: Viewer, number: int, own: bool = True) -> Ticket:
        channel, category, said = CALLS[number]
        return casework.receive(
            desk, kind=TicketKind.HELP, channel=channel, category=category, difficulty=Difficulty.GENERAL, said=said,
            name=self.officers.name(), phone=self.officers.phone(), own=own,
        )  # fmt: skip
