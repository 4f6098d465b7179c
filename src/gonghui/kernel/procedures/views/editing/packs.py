"""Packs: several definitions as one file, for another city; and taking one in, with every change in words first."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.answers import attachment

from ....access.doors import desk
from ....org.models import PublicOrganisation
from ....refusal import Refusal
from ....viewer import Viewer
from ... import services
from ...choices import DefinitionState
from ...models import Procedure
from ...queries import definitions as queries
from ...services.definitions import merged
from .common import here_of, path_bar
from .forms import PackFileForm
from .listing import SHIPPED, compared

HELD = "procedure_pack"


def _offered(viewer: Viewer) -> list[Procedure]:
    """What can be put into a pack: the latest published version of every definition that holds here."""
    found: dict[tuple[str, str], Procedure] = {}
    for row in queries.listed(viewer).filter(state=DefinitionState.PUBLISHED).order_by("version"):
        found[row.key, row.path] = row
    return sorted(found.values(), key=lambda row: (row.category, row.title, row.path))


def _lines(rows: list[Procedure]) -> list[dict[str, Any]]:
    """With their publishers, whose names are public."""
    ids = {row.organisation_id for row in rows if row.organisation_id is not None}
    names = dict(PublicOrganisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [{"row": row, "publisher": names.get(row.organisation_id or 0, SHIPPED)} for row in rows]


def planned(viewer: Viewer, text: str) -> dict[str, Any]:
    """What a pack would create and change here, before it is accepted."""
    pack, items = services.read_pack(text), []
    for one in pack["items"]:
        body = one["definition"]
        local = queries.editable(viewer).filter(key=body["key"]).first()
        fresh = merged(body, local.body) if local is not None else body
        items.append(
            {
                "title": body["title"],
                "key": body["key"],
                "local": local,
                "lines": compared(local.body, fresh) if local is not None else [],
                "kept": compared(body, fresh) if local is not None else [],
                "wrong": services.mistakes_of(viewer, fresh),
            }
        )
    return {
        "name": str(pack["name"]),
        "from": str(pack.get("from", "")),
        "made_on": pack.get("made_on"),
        "entries": items,
    }


@desk("procedure.view")
@require_http_methods(["GET", "POST"])
def packs(request: HttpRequest) -> HttpResponse:
    """Choose definitions for a pack, or hand one in and read what it would change."""
    viewer = viewer_of(request)
    may_manage = viewer.may("procedure.manage")
    form = PackFileForm(request.POST or None, request.FILES or None) if may_manage else None
    plan = None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            plan = planned(viewer, form.cleaned_data["file"])
            request.session[HELD] = form.cleaned_data["file"]
        except Refusal as refusal:
            form.add_error("file", f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)
    status = 422 if form is not None and form.errors else 200
    context = {
        "offered": _lines(_offered(viewer)), "form": form, "plan": plan, "path": path_bar(here_of(viewer)),
    }  # fmt: skip
    return render(request, "procedures/editing/packs.html", context, status=status)


@desk("procedure.view")
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The chosen definitions as one file."""
    viewer = viewer_of(request)
    wanted = {one for one in request.POST.getlist("pick") if one.isascii() and one.isdecimal()}
    rows = [row for row in _offered(viewer) if str(row.pk) in wanted]
    name = re.sub(r"[\x00-\x1f\x7f/\\]", "", request.POST.get("name", "")).strip()[:60]
    if not rows or not name:
        messages.error(request, "还没有选流程" if not rows else "给标准包起一个名称")
        return redirect("procedures:packs")
    text = services.export_pack(viewer, procedures=rows, name=name)
    return attachment(text, f"{name}-{timezone.localdate():%Y%m%d}.yaml", "application/yaml; charset=utf-8")


@desk("procedure.manage")
@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Take the pack in as drafts; each is checked and published like any other."""
    text = request.session.pop(HELD, "")
    if not text:
        messages.error(request, "标准包已经导入过，或登录已更换，重新选择文件")
        return redirect("procedures:packs")
    try:
        made = services.import_pack(viewer_of(request), text=text)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("procedures:packs")
    messages.success(request, f"已生成{len(made)}份草稿，检查以后发布" if made else "没有变化，本级已是这个包的内容")
    return redirect("procedures:definitions")
