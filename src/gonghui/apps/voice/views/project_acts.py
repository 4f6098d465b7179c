"""What the page of a project offers, each with its form and the service behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.http import HttpRequest
from django.utils import timezone

from gonghui.kernel.access.requests import viewer_of

from ..forms import projects as forms
from ..models import Project
from ..queries import projects as queries
from ..services import carrying, evaluating
from ..services import projects as services
from .project_parts import Act, number, photos_of


def slots(row: Project) -> dict[str, django_forms.Form]:
    """The empty forms of the page, by act."""
    today = timezone.localdate()
    return {
        "start_form": forms.StartForm(auto_id="start_%s"),
        "progress_form": forms.ProgressForm(auto_id="progress_%s", initial={"on": today, "shown": True}),
        "done_form": forms.DoneForm(auto_id="done_%s", initial={"on": today}),
        "money_form": forms.MoneyForm(auto_id="money_%s", initial={"on": today}),
        "risk_form": forms.RiskForm(auto_id="risk_%s"),
        "delay_form": forms.TextForm(auto_id="delay_%s", label="延期的原因和措施"),
        "outcome_form": forms.OutcomeForm(auto_id="outcome_%s"),
        "measure_form": forms.MeasureForm(auto_id="measure_%s"),
        "finish_form": forms.TextForm(auto_id="finish_%s", label="完成情况"),
        "stop_form": forms.ReasonForm(auto_id="stop_%s", label="终止的理由"),
        "reopen_form": forms.ReasonForm(auto_id="reopen_%s", label="恢复为没有完成的理由"),
        "close_form": forms.TextForm(auto_id="close_%s", label="经验和教训"),
        "lessons_form": forms.TextForm(auto_id="lessons_%s", label="经验和教训", initial={"text": row.lessons}),
        "supervise_form": forms.SuperviseForm(auto_id="supervise_%s", initial={"due_on": row.due_on}),
    }


class Acts:
    """Act by name, bound to what was sent. `row` of the form names a milestone, outcome or risk of the project."""

    def __init__(self, request: HttpRequest, project: Project) -> None:
        self.request, self.project, self.viewer = request, project, viewer_of(request)
        self.pk, self.row = project.pk, number(request.POST.get("row", ""))

    def of(self, name: str) -> Act | None:
        made = self._working().get(name) or self._course().get(name)
        return made() if made is not None else None

    def _form(self, kind: type[django_forms.Form], name: str, **more: Any) -> Any:
        return kind(self.request.POST, self.request.FILES, auto_id=f"{name}_%s", **more)

    def _act(
        self, name: str, kind: type[django_forms.Form], run: Callable[[Any], object], said: str, **more: Any
    ) -> Act:
        def done(data: dict[str, Any]) -> str:
            run(data)
            return said

        return Act(self._form(kind, name, **more), done)

    def _plain(self, run: Callable[[], object], said: str) -> Act:
        def done(data: dict[str, Any]) -> str:
            run()
            return said

        return Act(None, done)

    def _mine(self, found: Any) -> int:
        """The row, when it belongs to this project; a key of another one finds nothing."""
        return self.row if found is not None and found.project_id == self.pk else 0

    def _working(self) -> dict[str, Callable[[], Act]]:
        v, pk = self.viewer, self.pk
        step = lambda: self._mine(queries.milestone(v, self.row))  # noqa: E731
        outcome = lambda: self._mine(queries.outcome(v, self.row))  # noqa: E731
        risk = lambda: self._mine(queries.risk(v, self.row))  # noqa: E731
        return {
            "done": lambda: self._act("done", forms.DoneForm, lambda d: carrying.finish_milestone(
                v, milestone_id=step(), words=d["words"], on=d["on"], photos=photos_of(d)), "已完成节点"),
            "reopen": lambda: self._act("reopen", forms.ReasonForm, lambda d: carrying.reopen_milestone(
                v, milestone_id=step(), reason=d["reason"]), "节点恢复为没有完成"),
            "progress": lambda: self._act("progress", forms.ProgressForm, lambda d: carrying.report_progress(
                v, project_id=pk, text=d["text"], on=d["on"], photos=photos_of(d), shown=d["shown"]), "已登记进展"),
            "money": lambda: self._act("money", forms.MoneyForm, lambda d: carrying.use_money(
                v, project_id=pk, amount=d["amount"], text=d["text"], voucher=d["voucher"], on=d["on"]),
                "已登记资金使用"),
            "risk": lambda: self._act("risk", forms.RiskForm, lambda d: carrying.raise_risk(
                v, project_id=pk, **d), "已登记风险"),
            "risk_over": lambda: self._plain(lambda: carrying.close_risk(v, risk_id=risk()), "已解除风险"),
            "delay": lambda: self._act("delay", forms.TextForm, lambda d: carrying.explain_delay(
                v, project_id=pk, text=d["text"]), "已说明延期"),
            "outcome": lambda: self._act("outcome", forms.OutcomeForm, lambda d: services.define_outcome(
                v, project_id=pk, measure=services.Measure(**d)), "已定下指标"),
            "outcome_off": lambda: self._plain(lambda: services.drop_outcome(v, outcome_id=outcome()), "已删去指标"),
            "measure": lambda: self._act("measure", forms.MeasureForm, lambda d: carrying.measure(
                v, outcome_id=outcome(), after=d["after"], after_note=d["after_note"]), "已填写结果"),
        }  # fmt: skip

    def _course(self) -> dict[str, Callable[[], Act]]:
        v, pk = self.viewer, self.pk
        evaluation = number(self.request.POST.get("evaluation", ""))
        return {
            "start": lambda: self._act("start", forms.StartForm, lambda d: services.start(
                v, project_id=pk, unmeasured=d["unmeasured"]), "项目已启动"),
            "finish": lambda: self._act("finish", forms.TextForm, lambda d: carrying.finish(
                v, project_id=pk, result=d["text"]), "已登记完成，接着请职工评价"),
            "stop": lambda: self._act("stop", forms.ReasonForm, lambda d: services.stop(
                v, project_id=pk, reason=d["reason"]), "项目已终止"),
            "show": lambda: self._plain(lambda: services.show(v, project_id=pk, shown=True), "已在公开页上显示"),
            "hide": lambda: self._plain(lambda: services.show(v, project_id=pk, shown=False), "已从公开页上撤下"),
            "evaluate": lambda: self._plain(lambda: evaluating.open_evaluation(v, project_id=pk), "已邀请提出人和会员"),
            "close": lambda: self._act("close", forms.TextForm, lambda d: evaluating.close_evaluation(
                v, evaluation_id=evaluation, lessons=d["text"]), "评价结果已公布"),
            "lessons": lambda: self._act("lessons", forms.TextForm, lambda d: evaluating.write_lessons(
                v, project_id=pk, text=d["text"]), "已保存经验和教训"),
            "supervise": lambda: self._act("supervise", forms.SuperviseForm, lambda d: evaluating.set_reopened_day(
                v, project_id=pk, due_on=d["due_on"], reason=d["reason"]), "已定整改期限"),
        }  # fmt: skip
