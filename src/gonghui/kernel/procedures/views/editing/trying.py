"""Trying a draft on samples: typed ones, kept for the session, and the latest real applications."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....org import queries as org_queries
from ....org.models import Organisation
from ....viewer import Viewer
from ... import registry
from ...queries.environment import wanted_facts
from ...rules.checking import check
from ...rules.definition import Definition, FormField, read
from ...services.simulating import replay, sample_facts, simulate
from .common import draft, frame, here_of, known

KEPT = "procedure_samples"
MOST_SAMPLES = 12


def _typed(one: FormField, data: Any) -> Any:
    """What was typed for one field, as an applicant's page would send it."""
    name = f"v_{one.key}"
    if one.kind == "choices":
        return data.getlist(name)
    if one.kind == "files":
        return ["样例"] if data.get(name) else []
    if one.kind == "table":
        rows = [line.replace("，", ",").split(",") for line in data.get(name, "")[:20_000].splitlines() if line.strip()]
        keys = [column.key for column in one.columns]
        return [dict(zip(keys, map(str.strip, row), strict=False)) for row in rows]
    return data.get(name, "")[:6000]


def _fact(kind: str, raw: str) -> Any:
    """A typed fact; what cannot be read counts as unknown."""
    text = raw.strip()[:200]
    if not text:
        return None
    if kind == "yes_no":
        return text == "是"
    if kind in ("number", "money"):
        if not text.lstrip("-").isascii() or not text.lstrip("-").isdecimal() or len(text) > 12:
            return None
        return int(text) * (100 if kind == "money" else 1)
    return text


def _fact_text(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "yes_no":
        return "是" if value else "否"
    return str(value // 100 if kind == "money" else value)


def _inputs(definition: Definition, data: Any) -> list[dict[str, Any]]:
    """The questions with what was typed, for the page."""
    return [
        {
            "field": one,
            "name": f"v_{one.key}",
            "value": data.get(f"v_{one.key}", ""),
            "values": data.getlist(f"v_{one.key}") if hasattr(data, "getlist") else data.get(f"v_{one.key}", []),
            "columns": "，".join(column.title for column in one.columns),
        }
        for one in definition.form.walk()
        if one.asked
    ]


def _organisation(viewer: Viewer, here: Organisation, name: str) -> Organisation | None:
    """The union that the sample is about: by its name in the range, else the first below."""
    rows = org_queries.organisations(viewer)
    if name:
        return rows.filter(name=name).first() or rows.filter(name__icontains=name).order_by("path").first()
    below = rows.filter(kind__in=["grassroots_union", "joint_union"], path__gt=here.path).order_by("path").first()
    return below or here


class _Kept(dict[str, Any]):
    """A kept sample read like what a page sends."""

    def getlist(self, name: str) -> list[str]:
        value = self.get(name, [])
        return value if isinstance(value, list) else [value]


def _samples(request: HttpRequest, pk: int) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(KEPT, {}).get(str(pk), {})
    return found


def _keep(request: HttpRequest, pk: int, definition: Definition, name: str) -> None:
    """Keep a sample for the session; answers that would be encrypted are not kept."""
    data = request.POST
    fields = {f"v_{one.key}": one for one in definition.form.walk() if one.asked and not one.is_sealed}
    kept = {
        key: data.getlist(key) if one.kind == "choices" else data.get(key, "")[:6000] for key, one in fields.items()
    }
    kept |= {key: data.get(key, "")[:200] for key in data if key.startswith("f_")} | {"org": data.get("org", "")[:120]}
    everything = dict(request.session.get(KEPT, {}))
    mine = {**everything.get(str(pk), {}), name[:30]: kept}
    everything[str(pk)] = dict(list(mine.items())[-MOST_SAMPLES:])
    request.session[KEPT] = everything


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The sample form, and what an application with these answers would come to; nothing is written."""
    row, viewer = draft(request, pk), viewer_of(request)
    here, definition = here_of(viewer), read(row.body)[0]
    context = frame(request, row, "definition_try")
    if definition is None or check(row.body, known()):
        return render(request, "procedures/editing/try.html", context | {"definition": None})
    samples = _samples(request, pk)
    data: Any = request.POST if request.method == "POST" else _Kept(samples.get(request.GET.get("sample", ""), {}))
    organisation = _organisation(viewer, here, data.get("org", "").strip()[:120])
    facts, today = registry.facts(), timezone.localdate()
    from_records = sample_facts(definition, organisation, today) if organisation is not None else {}
    same = data.get("org") == getattr(organisation, "name", "")
    lines = []
    for key in sorted(wanted_facts(definition)):
        one, stored = facts[key], _fact_text(facts[key].kind, from_records.get(key))
        value = data.get(f"f_{key}", stored) if same else stored
        lines.append({"name": f"f_{key}", "title": one.title, "kind": one.kind, "value": value})
    result = None
    if organisation is None:
        context["org_error"] = "本级范围内没有这家工会，写全称"
    elif request.method == "POST" or data:
        typed = {one.key: _typed(one, data) for one in definition.form.walk() if one.asked}
        taken = {line["name"][2:]: _fact(line["kind"], line["value"]) for line in lines}
        result = simulate(definition, organisation, typed, taken, today)
        if request.method == "POST" and request.POST.get("keep", "").strip():
            _keep(request, pk, definition, request.POST["keep"].strip())
            messages.success(request, f"已留存样例“{request.POST['keep'].strip()[:30]}”，退出登录后清除")
            return redirect("procedures:definition_try", pk=pk)
    context |= {
        "definition": definition, "inputs": _inputs(definition, data), "facts": lines, "result": result,
        "samples": samples,
        "organisation": organisation, "org": data.get("org", "") or getattr(organisation, "name", ""),
        "replayed": replay(viewer, definition) if "real" in request.GET else None,
        "may_replay": viewer.may("application.view"),
        "amount_words": f"{result.amount / 100:,.2f}元" if result is not None and result.amount is not None else "",
    }  # fmt: skip
    return render(request, "procedures/editing/try.html", context)
