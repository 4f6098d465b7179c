"""One piece of work after another: handed in, moved on by whoever its steps fall to, each act on a day that passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gonghui.apps.assessment.factories import paper
from gonghui.kernel.models import Organisation, Person
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application, Step
from gonghui.kernel.procedures.queries.definitions import in_force
from gonghui.kernel.viewer import Viewer

from .officers import Officers

CITY, COUNTY, TOWNSHIP = "吉安市总工会", "安福县总工会", "安福县枫田镇总工会"
"""Where the cast has officers of nearly every role: most of the year is put on their desks."""
OWN = "江西安福泸水河食品有限公司工会委员会"
"""The union of the cast's chair."""


class Clerk:
    """What the modules of one kind of work share, wherever they work; `days` count back from today."""

    def __init__(self, officers: Officers) -> None:
        self.officers = officers

    def day(self, days: int) -> str:
        return self.officers.back(days).isoformat()

    def hand_in(
        self,
        key: str,
        actor: Viewer,
        organisation: Organisation,
        typed: Mapping[str, Any],
        *,
        days: int,
        person: Person | None = None,
        papers: str = "",
    ) -> Application:
        """One application; `papers` is the field that wants a file."""
        with procedures.as_of(self.officers.back(days)):
            procedure = in_force(key, organisation.path, procedures.today())
            assert procedure is not None, f"{key} is shipped"
            begun = procedures.start(
                actor, procedure=procedure, organisation=organisation, person=person, consented=True
            )
            if papers:
                procedures.attach(actor, application_id=begun.application.pk, field=papers, upload=paper("验收单.pdf"))
            return procedures.submit(actor, application_id=begun.application.pk, typed=typed, token=begun.token)

    def step(self, application: Application) -> Step:
        """The step that waits for an officer."""
        waiting = Step.objects.filter(application=application, state="open").exclude(kind="notice")
        return waiting.select_related("organisation").get()

    def approve(self, application: Application, days: int, note: str = "情况属实", **given: Any) -> Application:
        """Whoever the open step falls to says yes; `document_no` is the number of the decision's document."""
        document_no, step = str(given.pop("document_no", "")), self.step(application)
        with procedures.as_of(self.officers.back(days)):
            procedures.approve(self.officers.of(step), step_id=step.pk, note=note, document_no=document_no, given=given)
        application.refresh_from_db()
        return application

    def send_back(self, application: Application, days: int, field: str, note: str) -> None:
        """Whoever the open step falls to wants one answer mended."""
        step = self.step(application)
        with procedures.as_of(self.officers.back(days)):
            procedures.send_back(
                self.officers.of(step), step_id=step.pk, missing_items=[{"field": field, "note": note}]
            )

    def notices_pass(self, days: int) -> None:
        """Everything that the days until then brought: above all, notices end."""
        procedures.tick(self.officers.back(days))


class Business(Clerk):
    """Work in the demonstration city, where the cast is."""

    def __init__(self, officers: Officers) -> None:
        super().__init__(officers)
        names = (CITY, COUNTY, TOWNSHIP, OWN)
        self.city, self.county, self.town, self.own = (Organisation.objects.get(name=name) for name in names)
