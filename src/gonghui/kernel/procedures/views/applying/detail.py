"""An application as its applicant follows it: where it is, what is asked, what was decided and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.codes import qr

from .... import wording
from ....refusal import Refusal
from ....rules.rules import definitions as rule_definitions
from ....rules.words import shown as rule_words
from ... import form_page, registry, services
from ...choices import OPEN_STATES, Act, ApplicationState, ClockKind, ClockState, Outcome, StepState
from ...queries import applying as reads
from ...queries.handling import formula_in_words
from ...rules import clocks as periods
from .common import Side, address_or_none, faces, load, page

TONES = {
    "draft": "wait", "running": "info", "returned": "wait", "noticed": "info", "approved": "ok", "rejected": "bad",
    "withdrawn": "", "lapsed": "bad",
}  # fmt: skip
NOTED = "procedures.noted"
"""An effect that changes nothing, so it tells an applicant nothing."""
SPOKEN = (Act.APPROVED, Act.REJECTED, Act.RETURNED)


@dataclass(frozen=True, slots=True)
class Stage:
    """One line of the course of an application; offices are named, officers never."""

    title: str
    office: str = ""
    state: str = "next"  # done | now | next
    at: datetime | None = None
    words: str = ""
    note: str = ""
    tone: str = ""


def time_words(clock: Any, today: date) -> tuple[str, str]:
    """剩3个工作日，3月6日到期, and how urgent it looks."""
    left = periods.left(today, clock.due_on, clock.unit)
    words = wording.deadline_sentence(left, clock.due_on, today)
    tone = {wording.Tone.DUE: "bad", wording.Tone.SOON: "wait"}.get(wording.deadline_tone(left), "")
    return (words if clock.unit == "working" else words.replace("个工作日", "天")), tone


def stages(seen: reads.Seen, today: date) -> list[Stage]:
    """What happened, what happens now, what comes next."""
    found: list[Stage] = []
    if seen.application.submitted_at:
        found.append(Stage("提交申请", state="done", at=seen.application.submitted_at))
    told = {one.reason for one in seen.decisions}  # stands with the decision
    lines = [line for line in seen.history if line.act in SPOKEN and line.note not in told]
    notes = {line.step_id: line.note for line in lines if line.step_id}
    due = {one.step_id: one for one in seen.clocks if one.step_id}
    for row in seen.steps:
        office = row.organisation.name if row.organisation else ""
        note = notes.get(row.pk, "")
        if row.state == StepState.DONE and row.outcome != Outcome.SKIPPED:
            words = Outcome(row.outcome).label if row.outcome else ""
            bad = "bad" if row.outcome == Outcome.REJECTED else ""
            found.append(Stage(row.title, office, "done", row.done_at, words, note, bad))
        elif row.state == StepState.OPEN:
            clock = due.get(row.pk)
            words, tone = time_words(clock, today) if clock is not None else ("正在办理", "")
            found.append(Stage(row.title, office, "now", None, words, "", tone))
        elif row.state == StepState.PAUSED:
            found.append(Stage(row.title, office, "now", None, "等您补正，办理时限暂停", note, "wait"))
    found += [Stage(one.title, one.office, "next", words=ahead_words(one)) for one in seen.ahead]
    if seen.application.state in OPEN_STATES:
        found.append(Stage("办结，告知结果", "", "next"))
    return found


def ahead_words(one: reads.Ahead) -> str:
    """县总工会，5个工作日内."""
    unit = "个工作日" if one.unit == "working" else "天"
    days = f"{one.days}{unit}" + ("" if "公示" in one.title else "内") if one.days else ""
    return "，".join(filter(None, ("需要时才有" if one.maybe else "", days)))


def headline(seen: reads.Seen) -> str:
    """The situation in a sentence."""
    title = seen.definition.title
    return {
        ApplicationState.DRAFT: f"{title}还没有提交",
        ApplicationState.RUNNING: f"{title}正在办理",
        ApplicationState.RETURNED: f"{title}要补正{len(seen.asked)}处",
        ApplicationState.NOTICED: f"{title}正在公示",
        ApplicationState.APPROVED: f"{title}已通过",
        ApplicationState.REJECTED: f"{title}没有通过",
        ApplicationState.WITHDRAWN: f"{title}已撤回",
        ApplicationState.LAPSED: f"{title}逾期未补正，已终止",
    }[ApplicationState(seen.application.state)]


def _appeal_clock(seen: reads.Seen) -> Any:
    if seen.application.state != ApplicationState.REJECTED or len(seen.decisions) > 1:
        return None
    found = [one for one in seen.clocks if one.kind == ClockKind.APPEAL and one.state == ClockState.RUNNING]
    return found[0] if found and found[0].due_on >= timezone.localdate() else None


def _reminded(seen: reads.Seen, today: date) -> bool:
    return any(line.act == Act.REMINDED and timezone.localdate(line.at) == today for line in seen.history)


def context_of(request: HttpRequest, side: Side, seen: reads.Seen) -> dict[str, Any]:
    today, application = timezone.localdate(), seen.application
    by_field = {one.key: one.title for one in seen.definition.form.walk()}
    appeal, correction = _appeal_clock(seen), next((c for c in seen.clocks if c.kind == ClockKind.CORRECTION), None)
    link = request.build_absolute_uri(side.url("application")) if side.kind == "link" else ""
    return {
        "seen": seen,
        "application": application,
        "definition": seen.definition,
        "organisation": application.organisation,
        "heading": headline(seen),
        "back": side.back,
        "tone": TONES.get(application.state, ""),
        "stages": stages(seen, today),
        "asked": [{"title": by_field.get(one.get("field", ""), ""), "note": one["note"]} for one in seen.asked],
        "correction": time_words(correction, today) if correction is not None and seen.asked else None,
        "answers": form_page.answers(seen.definition, seen.values, seen.evidence, seen.names),
        "effects": [one for one in seen.effects if one.key != NOTED],
        "decision": seen.decisions[-1] if seen.decisions and application.ended_at else None,
        "notices": [(one, address_or_none("procedures:notice", one.token)) for one in seen.notices],
        "may_withdraw": application.state == "draft" or (application.state in OPEN_STATES and seen.definition.withdraw),
        "may_remind": any(row.state == StepState.OPEN for row in seen.steps) and application.state == "running",
        "reminded": _reminded(seen, today),
        "appeal": time_words(appeal, today) if appeal is not None else None,
        "appeal_text": request.POST.get("text", "") if request.method == "POST" else "",
        "panels": [
            {
                "title": one.title,
                "html": render_to_string(one.template, one.context | {"application": application}, request),
            }
            for one in registry.panels(viewer_of(request), application)
        ],
        "link": link,
        "qr": qr(link, "进度查询二维码") if link else "",
    }


def _application(request: HttpRequest, side: Side) -> HttpResponse:
    seen = load(request, side)
    return page(request, "application", side, context_of(request, side, seen))


def _done(request: HttpRequest, side: Side) -> HttpResponseBase:
    """Right after handing in: the number, what happens next, and the link for who has no account."""
    seen = load(request, side)
    if not seen.application.number:
        return redirect(side.url("application"))
    context = context_of(request, side, seen)
    corrected = seen.application.corrections > 0
    return page(
        request, "done", side, context | {"heading": "已提交补正" if corrected else f"已提交{seen.definition.title}"}
    )


def _why(request: HttpRequest, side: Side) -> HttpResponse:
    """Which rules spoke in the decision, on which facts: one page that a worker understands."""
    seen = load(request, side)
    if not seen.decisions:
        raise Http404
    decision = seen.decisions[-1]
    titles = {key: one.title for key, one in registry.facts().items()}
    facts = [
        (titles[key], _fact_words(key, value))
        for key, value in (decision.facts.get("names") or {}).items() if key in titles and value not in (None, "")
    ]  # fmt: skip
    context = {
        "seen": seen,
        "application": seen.application,
        "definition": seen.definition,
        "organisation": seen.application.organisation,
        "decision": decision,
        "rules": [_rule(seen, one) for one in decision.rules],
        "facts": facts,
        "answers": form_page.answers(seen.definition, seen.values, seen.evidence, seen.names),
        "heading": "为什么这样决定",
        "back": side.url("application"),
    }
    return page(request, "why", side, context)


def _fact_words(key: str, value: Any) -> str:
    kind = registry.facts()[key].kind
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value / 100:,.2f}元" if kind == "money" and isinstance(value, int) else str(value)


def _rule(seen: reads.Seen, used: dict[str, Any]) -> dict[str, Any]:
    """A rule as it stood when it spoke."""
    one, row = rule_definitions().get(used["key"]), seen.rules.get(used.get("rule") or 0)
    value = rule_words(one, used["value"]) if one else str(used["value"])
    if one is not None and one.kind == "formula":
        value = formula_in_words(value, seen.definition)
    return {
        "title": one.title if one else used["key"],
        "value": value,
        "formula": bool(one and one.kind == "formula"),
        "source": row.source if row is not None else (one.basis if one else ""),
        "place": row.organisation.name if row is not None else "平台自带，本地没有另定",
        "version": used.get("version") or 0,
        "since": row.valid_from if row is not None else None,
    }


def _act(request: HttpRequest, side: Side, name: str) -> HttpResponse:
    """Withdraw, remind, appeal; a refusal is said on the page, with what was typed."""
    seen, viewer = load(request, side), viewer_of(request)
    pk, token, text = seen.application.pk, side.token, request.POST.get("text", "").strip()[:1000]
    try:
        if name == "withdraw":
            services.withdraw(viewer, application_id=pk, reason=text[:200], token=token)
            draft = seen.application.state == ApplicationState.DRAFT
            messages.success(request, "已删除没有提交的申请" if draft else "已撤回申请")
        elif name == "remind":
            services.remind(viewer, application_id=pk, token=token)
            messages.success(request, "已催办，承办单位会看到")
        else:
            services.appeal(viewer, application_id=pk, text=text, token=token)
            messages.success(request, "已提交申诉，由上一级工会复核")
    except Refusal as refusal:
        words = refusal.sentence
        context = context_of(request, side, seen) | {"refused": words, "refused_at": name}
        return page(request, "application", side, context, status=422)
    return redirect(side.url("application"))


def _file(request: HttpRequest, side: Side, evidence: int) -> FileResponse:
    """A file that the applicant handed in."""
    seen = load(request, side)
    found = reads.open_evidence(seen.application, evidence)
    if found is None:
        raise Http404
    stored, content = found
    response = FileResponse(content, content_type=stored.content_type, filename=stored.name)
    response.headers["Cache-Control"] = "no-store"
    return response


application = faces(require_GET(_application))
done = faces(require_GET(_done))
why = faces(require_GET(_why))
evidence = faces(require_GET(_file))


def _named(name: str) -> Any:
    def view(request: HttpRequest, side: Side) -> HttpResponseBase:
        return _act(request, side, name)

    return faces(require_POST(view))


withdraw, remind, appeal = _named("withdraw"), _named("remind"), _named("appeal")
