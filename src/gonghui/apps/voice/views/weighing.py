"""Members weigh candidates on the phone: what each costs, whom it reaches, how many asked for it, how it is counted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal

from ..choices import Method
from ..queries import selections as queries
from ..rules.weighing import TIES
from ..services.weighing import weigh
from .project_parts import found, number


@member
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    rows = [{**one, "body": queries.body_name(one["row"])} for one in queries.for_member(viewer_of(request))]
    waiting = sum(one["runs"] and not one["chosen"] for one in rows)
    return render(request, "voice/projects/m_weighings.html", {"rows": rows, "waiting": waiting})


def _choice(request: HttpRequest, method: str, numbers: list[int]) -> list[int]:
    """Ticked candidates; ranked ones in the order of the places that were given."""
    if method != Method.RANK:
        return [number(one) for one in request.POST.getlist("chosen")]
    places = [(number(request.POST.get(f"place-{key}", "")), key) for key in numbers]
    return [key for place, key in sorted(places) if place]


def _ranked_twice(request: HttpRequest, numbers: list[int]) -> str:
    """Two candidates at one place, or a gap: the order would not be the member's own."""
    places = sorted(place for key in numbers if (place := number(request.POST.get(f"place-{key}", ""))))
    return "" if places == list(range(1, len(places) + 1)) else "从第1名起依次排，每个名次只给一项"


@member
@never_cache
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    known = found(queries.one_for_member(viewer, pk))
    row = known["row"]
    rows = queries.candidates(row)
    numbers = [each["row"].number for each in rows]
    error, chosen = "", []
    if request.method == "POST":
        chosen = _choice(request, row.method, numbers)
        error = _ranked_twice(request, numbers) if row.method == Method.RANK else ""
        if not error:
            try:
                weigh(viewer, selection_id=pk, choice=chosen)
                messages.success(request, "已提交您的选择，谁也看不到您选了什么")
                return redirect("voice:m-weigh", pk)
            except Refusal as refusal:
                error = refusal.sentence
    context: dict[str, Any] = {
        "selection": row, "body": queries.body_name(row), "runs": known["runs"], "chosen": known["chosen"],
        "method": queries.method_of(row), "ties": TIES, "error": error,
        "candidates": [{**each, "ticked": each["row"].number in chosen,
                        "place": chosen.index(each["row"].number) + 1 if each["row"].number in chosen else ""}
                       for each in rows],
        "places": range(1, min(row.picks, len(rows)) + 1),
    }  # fmt: skip
    return render(request, "voice/projects/m_weigh.html", context, status=422 if error else 200)
