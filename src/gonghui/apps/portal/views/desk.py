"""The desk's side: corrections that members asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import forms, queries, services


@desk("member.manage")
@require_http_methods(["GET", "POST"])
def corrections(request: HttpRequest) -> HttpResponse:
    """Requests waiting in my area, oldest first; each is answered in place."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = forms.AnswerForm(request.POST or None)
    wrong = 0
    if request.method == "POST":
        wanted = request.POST.get("pk", "")
        row = (
            queries.corrections(viewer).filter(pk=int(wanted)).first()
            if wanted.isdecimal() and len(wanted) < 18
            else None
        )
        if row is None:
            raise Http404
        if form.is_valid():
            try:
                services.answer_correction(
                    viewer,
                    correction=row,
                    accept=form.cleaned_data["accept"] == "1",
                    answer=form.cleaned_data["answer"],
                )
                messages.success(request, f"已答复{row.person.name}的更正申请")
                return redirect("portal:desk-corrections")
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        wrong = row.pk
    listed = [
        {
            "row": row,
            "wanted": services.wanted_value(row),
            "form": form if row.pk == wrong else forms.AnswerForm(auto_id=f"id_{row.pk}_%s"),
        }
        for row in queries.corrections(viewer).filter(state="asked")[:50]
    ]
    return render(request, "portal/desk_corrections.html", {"listed": listed}, status=422 if wrong else 200)
