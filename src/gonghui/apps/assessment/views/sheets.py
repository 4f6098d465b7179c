"""Pages of a sheet: the union fills it, tiers check it, everybody in range reads it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.services import open_file
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures import authority
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.models import Application, Evidence, Step
from gonghui.kernel.procedures.queries import applications
from gonghui.kernel.procedures.queries.definitions import definition_of, in_force
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import forms, rules, services
from ..models import ItemSheet, SheetEvidence
from ..queries import sheets


def _given(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """What was typed for the items: v-place, n-place."""
    found: dict[str, dict[str, Any]] = {}
    for name in request.POST:
        kind, _, key = name.partition("-")
        if kind in ("v", "n") and key:
            found.setdefault(key, {})["value" if kind == "v" else "note"] = request.POST.get(name, "")
    return found


@desk("application.make")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin an assessment of one's own body, or go on with the one that is being filled in."""
    viewer, family = viewer_of(request), request.POST.get("family", "six")
    own = Organisation.objects.filter(pk=viewer.organisation_id or 0).first()
    procedure = in_force(f"assessment.{family}", own.path, procedures.today()) if own is not None else None
    if own is None or procedure is None:
        raise Http404
    going_on = Application.objects.filter(organisation=own, key=procedure.key, state__in=sheets.EDITABLE).first()
    if going_on is not None and sheets.may_fill(viewer, going_on):
        return redirect("assessment:fill", pk=going_on.pk)
    try:
        sheet = services.start(viewer, procedure=procedure, organisation=own)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("assessment:grades")
    return redirect("assessment:fill", pk=sheet.application_id)


def _own(viewer: Viewer, pk: int) -> tuple[Application, ItemSheet]:
    application = applications.application(viewer, pk)
    if application is None or not sheets.family_of(application) or not sheets.may_fill(viewer, application):
        raise Http404
    return application, services.open_sheet(viewer, application=application)


@desk("application.make")
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The union's own page of its sheet: claims, papers, what the records filled; kept as often as one likes."""
    viewer = viewer_of(request)
    application, sheet = _own(viewer, pk)
    sends = request.POST.get("act") == "submit"
    form = forms.StatementForm(request.POST or None, initial=application.document)
    form.fields["declared"].required = form.fields["statement"].required = sends
    if request.method == "POST":
        if form.is_valid() and _kept(request, application, form, sends):
            return redirect("assessment:sheet", pk=sheet.pk) if sends else redirect("assessment:fill", pk=pk)
        sheet.refresh_from_db()
    return _sheet_page(request, "assessment/fill.html", sheet, status=422 if form.errors else 200, form=form)


def _kept(request: HttpRequest, application: Application, form: forms.StatementForm, sends: bool) -> bool:
    viewer = viewer_of(request)
    typed = {key: value for key, value in form.cleaned_data.items() if value}
    try:
        services.keep_claims(viewer, application_id=application.pk, given=_given(request))
        for item, upload in request.FILES.items():
            services.attach(viewer, application_id=application.pk, items=[item.partition("-")[2]], upload=upload)
        if sends:
            done = services.submit(viewer, application_id=application.pk, typed=typed)
            messages.success(request, f"已提交，编号{done.number}")
        else:
            procedures.keep_draft(viewer, application_id=application.pk, typed=typed)
            messages.success(request, "已保存自评")
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


@desk("application.make")
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a paper back."""
    application, _ = _own(viewer_of(request), pk)
    given = request.POST.get("evidence", "")
    evidence = int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else 0
    services.detach(viewer_of(request), application_id=application.pk, evidence_id=evidence)
    messages.success(request, "已移除佐证")
    return redirect("assessment:fill", pk=pk)


def _sheet_page(request: HttpRequest, template: str, sheet: ItemSheet, status: int = 200, **more: Any) -> HttpResponse:
    standard = rules.must_read(sheet.standard.body)
    found = sheets.scored(sheet)
    context = {
        "sheet": sheet, "standard": standard, "parts": sheets.parts(sheet), "stages": sheets.stages(sheet),
        "score": found, "why": rules.explain(standard, found), "application": sheet.application,
        "path": [*org_queries.ancestors(sheet.organisation), sheet.organisation],
        "blank": sum(not line.answered for line in found.lines),
        **more,
    }  # fmt: skip
    return render(request, template, context, status=status)


def _step(viewer: Viewer, pk: int) -> tuple[Step, ItemSheet]:
    step = applications.step(viewer, pk, procedures.today())
    sheet = sheets.sheet_of(step.application) if step is not None else None
    if step is None or sheet is None or step.state != "open" or step.kind == "notice":
        raise Http404
    return step, sheet


@desk("application.handle")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """A tier's page of a sheet: points that it gives otherwise, with why; then the step goes on."""
    viewer = viewer_of(request)
    because = procedures.entering(viewer, pk) if applications.step(viewer, pk, procedures.today()) else ""
    if because:
        messages.error(request, f"须回避：{because}，已转给同岗位的其他人或上一级办理")
        return redirect("assessment:grades")
    step, sheet = _step(viewer, pk)
    form = forms.CheckForm(request.POST or None)
    photo = forms.PhotoForm(auto_id="photo_%s")
    if request.method == "POST" and request.POST.get("act") == "photo":
        photo = forms.PhotoForm(request.POST, request.FILES, auto_id="photo_%s")
        form = forms.CheckForm()
        if _photographed(request, step, photo):
            return redirect("assessment:check", pk=pk)
    elif request.method == "POST" and form.is_valid() and _checked(request, step, form):
        return redirect("assessment:sheet", pk=sheet.pk)
    definition = definition_of(sheet.application.procedure)
    slot = definition.step(step.key)
    context = {
        "step": step, "form": form, "photo_form": photo, "slot": slot,
        "may_reject": slot is None or "reject" in slot.may or step.kind == "visit",
        "appeal": step.data.get("appeal", ""),
        "appealed": step.application.decisions.select_related("organisation").order_by("pk").first(),
        "photos": Evidence.objects.filter(step=step, field="visit", removed_at__isnull=True).count(),
    }  # fmt: skip
    wrong = bool(form.errors or photo.errors)
    sheet.refresh_from_db()
    return _sheet_page(request, "assessment/check.html", sheet, 422 if wrong else 200, **context)


def _photographed(request: HttpRequest, step: Step, form: forms.PhotoForm) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        procedures.add_photo(
            viewer_of(request), step_id=step.pk, upload=data["photo"], latitude=str(data["latitude"]),
            longitude=str(data["longitude"]),
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error("photo", refusal.message)
        return False
    messages.success(request, "已保存现场照片")
    return True


def _checked(request: HttpRequest, step: Step, form: forms.CheckForm) -> bool:
    """Keep, pass or refuse, by the button that was pressed."""
    viewer, act, given = viewer_of(request), request.POST.get("act"), _given(request)
    try:
        if act == "keep":
            services.check_items(viewer, step_id=step.pk, given=given)
            messages.success(request, "已保存复核分")
        else:
            services.finish_check(
                viewer, step_id=step.pk, given=given, note=form.cleaned_data["note"],
                document_no=form.cleaned_data["document_no"], good=act != "reject",
            )  # fmt: skip
            messages.success(request, f"已提交{step.title}意见")
    except Refusal as refusal:
        words = refusal.sentence
        form.add_error(refusal.field if refusal.field in form.fields else None, words)
        return False
    return True


@desk("application.view")
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet to read and print."""
    viewer = viewer_of(request)
    sheet = sheets.readable(viewer, pk)
    if sheet is None:
        raise Http404
    step = sheets.open_step(viewer, sheet.application)
    fills = sheets.may_fill(viewer, sheet.application)
    own = viewer.may("application.make") and authority.is_applicant(viewer, sheet.application)
    own_url = reverse("procedures:applied-application", args=[sheet.application_id]) if own else ""
    return _sheet_page(
        request, "assessment/sheet.html", sheet, step=step, fills=fills, own_url=own_url,
        may_appeal=own and sheets.may_appeal(sheet.application, procedures.today()),
    )  # fmt: skip


@desk("application.view")
@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bytes of a paper; a look at it goes on the trail."""
    viewer = viewer_of(request)
    row = SheetEvidence.objects.visible(viewer).filter(pk=pk, removed_at__isnull=True).select_related("file").first()
    if row is None:
        raise Http404
    try:
        content = open_file(viewer, row.file)
    except Refusal as refusal:
        raise Http404 from refusal
    return FileResponse(content, as_attachment=True, filename=row.file.name, content_type=row.file.content_type)
