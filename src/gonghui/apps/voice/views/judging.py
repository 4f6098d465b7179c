"""Members judge what was done: those who asked for it, and those who were drawn by lot."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal

from ..choices import EvaluationState
from ..forms import projects as forms
from ..models import Invitation
from ..queries import projects as queries
from ..queries import public_projects as public
from ..services import evaluating
from .project_parts import found, tell


def _open(row: Invitation) -> bool:
    evaluation = row.evaluation
    over = evaluation.state != EvaluationState.OPEN or evaluation.closes_on < timezone.localdate()
    return not row.answered and not over


@member
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    rows = [{"row": one, "open": _open(one)} for one in queries.invitations(viewer_of(request))]
    waiting = sum(one["open"] is True for one in rows)
    return render(request, "voice/projects/m_judgings.html", {"rows": rows, "waiting": waiting})


@member
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found(queries.invitation(viewer, pk))
    form = forms.JudgeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            evaluating.judge(viewer, evaluation_id=pk, **form.cleaned_data)
            messages.success(request, "已提交评价，截止以后和大家的一起公布，不留姓名")
            return redirect("voice:m-judge", pk)
        except Refusal as refusal:
            tell(form, refusal)
    project = row.evaluation.project
    body = public.body(project.organisation_id)
    context = {
        "row": row, "evaluation": row.evaluation, "project": project, "body": body.name if body else "",
        "open": _open(row), "form": form, "outcomes": queries.outcomes(project),
    }  # fmt: skip
    return render(request, "voice/projects/m_judge.html", context, status=422 if form.errors else 200)
