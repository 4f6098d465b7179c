"""One step: everything an officer needs to decide, and the acts that its kind and definition allow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....refusal import Refusal
from ....viewer import Viewer
from ... import authority, registry, services
from ...choices import StepKind, StepState
from ...models import Application, Notice, Step
from ...queries import applications as queries
from ...queries import handling
from ...rules.definition import Definition, must_read
from ...rules.definition import Step as StepSlot
from ...services.clocks import days_of
from . import forms
from .common import due_tone, due_words, must, put, say, step_tag, unkept
from .inbox import next_url

TEMPLATE = "procedures/handling/step.html"


def found_step(request: HttpRequest, pk: int) -> Step:
    """:raises Http404: not this post's step."""
    row: Step = must(queries.step(viewer_of(request), pk, timezone.localdate()))
    return row


def drawn_panels(request: HttpRequest, row: Application) -> list[tuple[str, SafeString]]:
    """What apps add to an application's page."""
    return [
        (one.title, render_to_string(one.template, one.context, request))
        for one in registry.panels(viewer_of(request), row)
    ]


def shown_steps(row: Application) -> list[Step]:
    """The steps with the names of their offices and the words of their clocks."""
    rows = queries.steps(row)
    names = handling.names_of(one.organisation_id for one in rows)
    for one in rows:
        one.office = names.get(one.organisation_id or 0, "")  # type: ignore[attr-defined]
        one.tag = step_tag(one.state)  # type: ignore[attr-defined]
        one.due_said = due_words(one.due_on) if one.state == StepState.OPEN else ""  # type: ignore[attr-defined]
        one.due_css = due_tone(one.due_on) if one.state == StepState.OPEN else ""  # type: ignore[attr-defined]
        one.missing = one.data.get("missing") or []  # type: ignore[attr-defined]
        one.stuck = one.data.get("stuck", "")  # type: ignore[attr-defined]
    return rows


def application_context(
    request: HttpRequest, row: Application, definition: Definition, *, clear: bool = False, blind: bool = False
) -> dict[str, Any]:
    """What the page of a step and that of an application show alike."""
    kept = handling.submission(row)
    names = handling.names_of([row.organisation_id])
    steps = shown_steps(row)
    opened = {one.key for one in steps}
    return {
        "application": row,
        "definition": definition,
        "applicant": row.number if blind else row.applicant_name or row.number,
        "union": "" if blind else names.get(row.organisation_id, ""),
        "parts": handling.sheet(row, definition, clear=clear, blind=blind),
        "amount_words": f"{row.amount / 100:,.2f}元" if row.amount is not None else "",
        "sealed": bool(row.sealed) and not blind,
        "clear": clear,
        "facts": [] if blind or kept is None else handling.facts_in_words(kept.facts),
        "spoken": [] if kept is None else handling.rules_in_words(kept.rules, definition),
        "verdict_rule": handling.verdict_in_words(definition),
        "history": [] if blind else list(queries.history(row, everything=True)),
        "steps": steps,
        "ahead": [] if row.ended_at else [one.title for one in definition.steps if one.key not in opened],
        "notices": list(Notice.objects.filter(application=row).order_by("pk")),
        "panels": [] if blind else drawn_panels(request, row),
        "blind": blind,
    }


def _is_blind(viewer: Viewer, slot: StepSlot | None) -> bool:
    return slot is not None and slot.kind == StepKind.SCORE.value and slot.blind


def _forms(viewer: Viewer, row: Step, slot: StepSlot | None, own: bool) -> dict[str, Any]:
    """An empty form for every act that the step's kind and definition allow."""
    today = timezone.localdate()
    may = set(slot.may) if slot else {"approve", "reject"}
    found: dict[str, Any] = {"may_return": False}
    if row.kind in (StepKind.REVIEW, StepKind.DECIDE) and own:
        found["may_return"] = "return" in may and slot is not None
        if "approve" in may:
            found["approve_form"] = forms.ApproveForm(slot=slot, decides=row.kind == StepKind.DECIDE)
        if "reject" in may:
            found["reject_form"] = forms.RejectForm(auto_id="reject_%s")
    if row.kind == StepKind.SCORE and slot is not None:
        scored = row.data.get("sheets") or []
        found["scored"] = len(scored)
        found["own_sheet"] = next((one for one in scored if one.get("account") == viewer.account_id), None)
        invited = row.data.get("invited")
        if found["own_sheet"] is None and (viewer.account_id in invited if invited is not None else own):
            found["score_form"] = forms.ScoreForm(criteria=slot.criteria)
            found["most"] = sum(one.most for one in slot.criteria)
        if own and not scored:
            found["invite_form"] = forms.InviteForm(
                reviewers=handling.reviewers(viewer, today), initial={"accounts": invited or []}
            )
    if row.kind == StepKind.VOTE and slot is not None and own:
        seats = days_of(slot.committee, row.application, today) if slot.committee else None
        found["vote_form"] = forms.VoteForm(initial={"committee": seats, "abstain": 0})
    if row.kind == StepKind.VISIT and own:
        found["photo_form"] = forms.PhotoForm(auto_id="photo_%s")
        found["visit_form"] = forms.VisitForm(slot=slot, decides=False)
        found["photos"] = [one for one in queries.evidence(row.application) if one.step_id == row.pk]
        found["may_return"] = slot is not None and "return" in may
    if own:
        found["hand_form"] = forms.HandOverForm(
            colleagues=handling.colleagues(viewer, row.organisation_id, today), auto_id="hand_%s"
        )
    return found


def step_page(request: HttpRequest, row: Step, status: int = 200, **given: Any) -> HttpResponse:
    """The page of a step; `given` holds a form that was filled in wrong."""
    viewer, definition = viewer_of(request), must_read(row.application.procedure.body)
    slot = definition.step(row.key)
    own = authority.has_step(viewer, row, timezone.localdate())
    working = row.state == StepState.OPEN
    context = application_context(request, row.application, definition, blind=_is_blind(viewer, slot))
    context |= _forms(viewer, row, slot, own) if working else {}
    taken = row.assignee_id is not None and row.assignee_id != viewer.account_id
    context |= {
        "step": row,
        "slot": slot,
        "own": own,
        "working": working,
        "taken": taken and not authority.stands_in(viewer, row, timezone.localdate()),
        "claimable": own and working and row.assignee_id is None and row.kind != StepKind.SCORE,
        "may_reveal": services.may_reveal(viewer, row.application),
        "due_said": due_words(row.due_on) if working else "",
        "due_css": due_tone(row.due_on) if working else "",
        "appeal": row.data.get("appeal", ""),
        "office": handling.names_of([row.organisation_id]).get(row.organisation_id or 0, ""),
        "next": next_url(viewer, row.pk),
        **given,
    }
    return unkept(render(request, TEMPLATE, context, status=status))


def _stepped_back(request: HttpRequest, pk: int, because: str) -> HttpResponse:
    """Told to an officer with a conflict of interest: why, and to whom it went."""
    viewer, today = viewer_of(request), timezone.localdate()
    row = must(Step.objects.filter(pk=pk).select_related("application__procedure").first())
    back = set(row.data.get("stepped_back") or ())
    moved = row.organisation_id != viewer.organisation_id
    others = (
        []
        if moved
        else [
            one.account.name
            for one in services.holders(row.organisation_id, row.role, today)
            if one.account_id not in back
        ]
    )
    context = {
        "step": row,
        "because": because,
        "office": handling.names_of([row.organisation_id]).get(row.organisation_id or 0, ""),
        "moved": moved,
        "others": others,
        "next": next_url(viewer, row.pk),
    }
    return render(request, "procedures/handling/stepped_back.html", context)


@desk("application.handle")
@require_GET
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a step before it is done; who has a conflict of interest steps back here."""
    try:
        because = services.entering(viewer_of(request), pk)
    except Refusal as refusal:
        raise Http404 from refusal
    return _stepped_back(request, pk, because) if because else step_page(request, found_step(request, pk))


def _go_on(request: HttpRequest, row: Step, said: str) -> HttpResponse:
    """After an act: what happened, and the next that waits."""
    messages.success(request, f"{said}（{row.application.number}）")
    return redirect(next_url(viewer_of(request), row.pk))


def _stay(request: HttpRequest, row: Step, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("procedures:step", pk=row.pk)


def _tried(request: HttpRequest, row: Step, name: str, form: Any, act: Any) -> HttpResponse:
    """Do an act with a filled form; what was typed stays when it is refused."""
    if form.is_valid():
        try:
            answer: HttpResponse = act(form)
            return answer
        except Refusal as refusal:
            if refusal.field and f"{forms.ASK}{refusal.field}" in form.fields:
                refusal = Refusal(refusal.code, refusal.message, f"{forms.ASK}{refusal.field}", refusal.hint)
            put(form, refusal)
    return step_page(request, row, 422, **{name: form})


def _slot(row: Step) -> StepSlot | None:
    return must_read(row.application.procedure.body).step(row.key)


@desk("application.handle")
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    row, viewer = found_step(request, pk), viewer_of(request)
    form = forms.ApproveForm(request.POST, slot=_slot(row), decides=row.kind == StepKind.DECIDE)

    def act(form: forms.ApproveForm) -> HttpResponse:
        done = services.approve(
            viewer, step_id=pk, note=form.cleaned_data["note"], document_no=form.cleaned_data.get("document_no", ""),
            given=form.given(viewer),
        )  # fmt: skip
        return _go_on(request, done, "已决定通过" if row.kind == StepKind.DECIDE else "已审核通过")

    return _tried(request, row, "approve_form", form, act)


@desk("application.handle")
@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_step(request, pk)

    def act(form: forms.RejectForm) -> HttpResponse:
        done = services.reject(viewer_of(request), step_id=pk, **form.cleaned_data)
        return _go_on(request, done, "已决定不通过，理由已告知申请人")

    return _tried(request, row, "reject_form", forms.RejectForm(request.POST, auto_id="reject_%s"), act)


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """补正: every question with a box and a line beside it, so that all that is missing is named at once."""
    row = found_step(request, pk)
    definition = must_read(row.application.procedure.body)
    typed = {key.removeprefix("note_"): str(value) for key, value in request.POST.items() if key.startswith("note_")}
    more, error = request.POST.get("more", ""), ""
    if request.method == "POST":
        titles = {one.key: one.title for one in definition.form.walk()}
        items = [
            {"field": key, "note": typed.get(key, "").strip() or f"{titles[key]}不全或不清楚，重新填写"}
            for key in request.POST.getlist("field") if key in titles
        ]  # fmt: skip
        items += [
            {"field": key, "note": note} for key, note in typed.items()
            if note.strip() and key in titles and key not in {one["field"] for one in items}
        ]  # fmt: skip
        items += [{"note": line.strip()} for line in more.splitlines() if line.strip()]
        try:
            done = services.send_back(
                viewer_of(request), step_id=pk, missing_items=items, note=request.POST.get("note", "")[:300]
            )
        except Refusal as refusal:
            error = refusal.sentence
        else:
            return _go_on(request, done, f"已退回补正{len(items)}项，申请人补正期间不计时限")
    context = {
        "step": row, "application": row.application, "typed": typed,
        "parts": handling.sheet(row.application, definition),
        "picked": request.POST.getlist("field"), "more": more, "note": request.POST.get("note", ""), "error": error,
        "left": definition.correction.times - row.application.corrections,
        "deadline": definition.correction.deadline,
    }  # fmt: skip
    return unkept(render(request, "procedures/handling/send_back.html", context, status=422 if error else 200))


@desk("application.handle")
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_step(request, pk)
    try:
        services.claim(viewer_of(request), step_id=pk)
    except Refusal as refusal:
        say(request, refusal)
        return redirect("procedures:step", pk=pk)
    return _stay(request, row, "已领取，由您承办")


@desk("application.handle")
@require_POST
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    row, viewer = found_step(request, pk), viewer_of(request)
    colleagues = handling.colleagues(viewer, row.organisation_id, timezone.localdate())
    form = forms.HandOverForm(request.POST, colleagues=colleagues, auto_id="hand_%s")

    def act(form: forms.HandOverForm) -> HttpResponse:
        done = services.hand_over(
            viewer, step_id=pk, account_id=form.cleaned_data["account"], note=form.cleaned_data["note"]
        )
        return _go_on(request, row, f"已转给{done.assignee_name}")

    return _tried(request, row, "hand_form", form, act)


@desk("application.handle")
@require_POST
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    row, viewer = found_step(request, pk), viewer_of(request)
    form = forms.InviteForm(request.POST, reviewers=handling.reviewers(viewer, timezone.localdate()))

    def act(form: forms.InviteForm) -> HttpResponse:
        services.invite(viewer, step_id=pk, account_ids=form.cleaned_data["accounts"])
        return _stay(request, row, f"已邀请{len(form.cleaned_data['accounts'])}名评审")

    return _tried(request, row, "invite_form", form, act)


@desk("application.handle")
@require_POST
def give_score(request: HttpRequest, pk: int) -> HttpResponse:
    row, slot = found_step(request, pk), None
    slot = _slot(row)
    if slot is None or row.kind != StepKind.SCORE:
        raise Http404

    def act(form: forms.ScoreForm) -> HttpResponse:
        services.give_score(viewer_of(request), step_id=pk, marks=form.marks, note=form.cleaned_data["note"])
        return _go_on(request, row, f"已提交评分{sum(form.marks.values())}分")

    return _tried(request, row, "score_form", forms.ScoreForm(request.POST, criteria=slot.criteria), act)


@desk("application.handle")
@require_POST
def record_vote(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_step(request, pk)

    def act(form: forms.VoteForm) -> HttpResponse:
        data = form.cleaned_data
        done = services.record_vote(viewer_of(request), step_id=pk, **data)
        words = "通过" if done.outcome == "approved" else "未通过"
        return _go_on(request, done, f"已登记表决，赞成{data['yes']}票，{words}")

    return _tried(request, row, "vote_form", forms.VoteForm(request.POST), act)


@desk("application.handle")
@require_POST
def add_photo(request: HttpRequest, pk: int) -> HttpResponse:
    row = found_step(request, pk)

    def act(form: forms.PhotoForm) -> HttpResponse:
        data = form.cleaned_data
        where = {key: str(data[key]) for key in ("latitude", "longitude") if data.get(key) is not None}
        services.add_photo(viewer_of(request), step_id=pk, upload=data["photo"], **where)
        return _stay(request, row, "已上传现场照片" + ("，带位置" if where else "，没有位置"))

    return _tried(request, row, "photo_form", forms.PhotoForm(request.POST, request.FILES, auto_id="photo_%s"), act)


@desk("application.handle")
@require_POST
def record_visit(request: HttpRequest, pk: int) -> HttpResponse:
    row, viewer = found_step(request, pk), viewer_of(request)

    def act(form: forms.VisitForm) -> HttpResponse:
        good = form.cleaned_data["good"] == "1"
        done = services.record_visit(
            viewer, step_id=pk, on_site=form.cleaned_data["note"], good=good, given=form.given(viewer)
        )
        return _go_on(request, done, "已登记实地核查" + ("，与申请一致" if good else "，与申请不符"))

    return _tried(request, row, "visit_form", forms.VisitForm(request.POST, slot=_slot(row), decides=False), act)
