"""Forms that others demand: one filed and sent, one that waits for answers, and what the counties said."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from gonghui.apps.filings import queries, services
from gonghui.apps.filings.factories import example_form
from gonghui.apps.filings.models import Filing, FormTemplate, Question
from gonghui.kernel.figures.rules.periods import Period, around
from gonghui.kernel.models import Organisation
from gonghui.kernel.viewer import Viewer

from .business import Business

WORDS = "先看货车停在哪里，再定驿站建在哪里；下半年补齐高速服务区的站点。"


class Filings(Business):
    """The city's organising department files what the province demands every quarter."""

    def run(self) -> None:
        self.desk = self.officers.holder(self.city)
        form = example_form(self.desk, self.city)
        now = around(self.officers.today, "quarter")
        self._filed(form, now.before())
        row = self._asked(form, now)
        self._some_answer(row)

    def _asked(self, form: FormTemplate, period: Period) -> Filing:
        row = services.begin(self.desk, organisation=self.city, template=form, period=period)
        services.ask(self.desk, filing=row, due_on=self.officers.today + timedelta(days=5))
        return row

    def _filed(self, form: FormTemplate, period: Period) -> None:
        """Asked, answered by everybody, explained, signed by the leader and sent."""
        row = self._asked(form, period)
        for question in self._open(row):
            self._answer(question)
        for one in queries.findings(self.desk, row, queries.cells(self.desk, row)):
            if one.level == "remark":
                services.remark(self.desk, filing=row, sheet=one.sheet, cell=one.cell, words="上年没有登记，无法比较")
        leader = self.officers.holder(self.city, "leader")
        services.hand_in(self.desk, filing=row, note="请领导审签")
        services.sign(leader, filing=row)
        services.send(leader, filing=row)

    def _open(self, row: Filing) -> list[Question]:
        rows = Question.objects.filter(period=row.period, rolls_up=False, answered_at=None)
        return list(rows.select_related("organisation").order_by("pk"))

    def _some_answer(self, row: Filing) -> None:
        """Half of the counties have answered; Anfu's question is left to whoever tries the platform."""
        below = [one for one in self._open(row) if one.parent_id and one.organisation_id != self.county.pk]
        for question in below[::2]:
            self._answer(question)

    def _answer(self, question: Question) -> None:
        role = question.role or "organising"
        self._say(self.officers.holder(Organisation.objects.get(pk=question.organisation_id), role), question)

    def _say(self, actor: Viewer, question: Question) -> None:
        if question.numeric:
            amount = self.officers.random.randrange(3, 60)
            services.answer(actor, question=question, number=Decimal(amount))
        else:
            services.answer(actor, question=question, text=WORDS)
