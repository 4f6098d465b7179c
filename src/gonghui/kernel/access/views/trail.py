"""Pages of the trail: what happened, one record and its proof, export, the public key."""

from __future__ import annotations

import tempfile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx

from ...org.models import PublicOrganisation
from ...refusal import Refusal
from ...scope import widened
from ...trail import queries, services, wording
from ...trail.models import TrailRecord
from ...viewer import SYSTEM, Viewer
from .. import rules
from ..choices import Role
from ..doors import desk, public
from ..queries import root_path

_ROLES = dict(Role.choices) | {"system": "定时任务"}


def _who(row: TrailRecord) -> Any:
    name, role = row.actor_name or "访客", _ROLES.get(row.role, row.role)
    if name == role:
        return name
    return format_html('{}<br><span class="quiet small">{}</span>', name, role)


def _object(row: TrailRecord) -> str:
    return " ".join(filter(None, (wording.kind(row.object_type), row.object_name or row.object_id)))


def _verb(row: TrailRecord) -> Any:
    words = wording.verb(row.verb)
    return format_html('{} <span class="tag tag-bad">未成功</span>', words) if row.refused else words


COLUMNS = [
    Column("at", "时间", kind="time", sort="at"),
    Column(
        "who",
        "经办人",
        cell=_who,
        personal=True,
        export=lambda r: f"{r.actor_name}（{_ROLES.get(r.role, r.role)}）",
    ),
    Column("verb", "行为", cell=_verb, head=True, nowrap=True, export=lambda r: wording.verb(r.verb)),
    Column("object", "对象", cell=_object),
    Column("reason", "理由"),
    Column("refused", "未成功", default=False),
    Column("code", "行为代码", cell=lambda r: r.verb, default=False),
    Column("request_id", "请求编号", default=False),
]


def _verb_choices(prefix: str) -> Any:
    return lambda viewer: [(code, words) for code, words in sorted(wording.verbs().items()) if code.startswith(prefix)]


def _page(key: str, title: str, prefix: str, record_url: str) -> ListPage:
    return ListPage(
        key=key,
        title=title,
        columns=COLUMNS,
        filters=[
            Filter("who", "经办人", "search", "actor_name__icontains", placeholder="经办人姓名", personal=True),
            Filter("verb", "行为", choices=_verb_choices(prefix)),
            Filter("day", "日期", "date", "at__date"),
            Filter("refused", "未成功", "boolean", "refused", main=False),
            Filter(
                "object",
                "对象",
                "search",
                "object_name__icontains",
                placeholder="对象名称",
                personal=True,
                main=False,
            ),
            Filter("object_type", "对象类别", choices=list(wording.OBJECTS.items()), main=False),
        ],
        views=[View("all", "全部", {}), View("refused", "未成功", {"refused": "1"})],
        empty=Empty("还没有留痕", "登录、授权、查看完整证件号、每一次办理都会记在这里，任何人不能改动。"),
        order=("-at", "-pk"),
        row_url=lambda row: reverse(record_url, args=[row.pk]),
        row_label=lambda row: wording.verb(row.verb),
        export=write_xlsx,
        template="access/trail.html",
    )


WHOLE = _page("trail", "留痕", "", "trail:record")
ACCESS = _page("trail-access", "登录与授权留痕", rules.ACCESS_VERBS, "trail:access_record")


def _state(viewer: Viewer) -> dict[str, Any]:
    return {"seal": queries.last_seal(), "may_export": viewer.may("trail.export")}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("trail.view")
def listing(request: HttpRequest) -> HttpResponseBase:
    """`/desk/trail/` for the auditor."""
    viewer = viewer_of(request)
    return WHOLE.respond(request, queries.records(viewer), **_state(viewer))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@desk("trail.view_access")
def access(request: HttpRequest) -> HttpResponseBase:
    """`/desk/trail/access/` for the security officer: log-ins and grants, nothing else."""
    viewer = viewer_of(request)
    return ACCESS.respond(request, queries.records(viewer, rules.ACCESS_VERBS), **_state(viewer))


def _record_page(request: HttpRequest, pk: int, prefix: str, back: str) -> HttpResponse:
    viewer = viewer_of(request)
    record = queries.record(viewer, pk, prefix)
    if record is None:
        raise Http404
    place, wrong = None, None
    try:
        place = queries.place_of(viewer, pk)
    except Refusal as refusal:
        wrong = refusal
    organisation = PublicOrganisation.objects.filter(path=record.path).first()
    context = {
        "record": record,
        "verb": wording.verb(record.verb),
        "kind": wording.kind(record.object_type),
        "role": _ROLES.get(record.role, record.role),
        "detail": list(record.detail.items()) if isinstance(record.detail, dict) else [],
        "organisation": organisation,
        "place": place,
        "wrong": wrong,
        "back": reverse(back),
        "may_prove": place is not None and viewer.may("trail.view"),
    }
    return render(request, "access/trail_record.html", context)


@never_cache
@require_safe
@desk("trail.view")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/trail/<pk>/`"""
    return _record_page(request, pk, "", "trail:list")


@never_cache
@require_safe
@desk("trail.view_access")
def access_record(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/trail/access/<pk>/`"""
    return _record_page(request, pk, rules.ACCESS_VERBS, "trail:access")


@never_cache
@require_safe
@desk("trail.view")
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    """`/desk/trail/<pk>/proof`: the record, its path in the tree, and the signed head."""
    viewer = viewer_of(request)
    place = queries.place_of(viewer, pk)
    if place is None:
        raise Http404
    answer = JsonResponse(queries.proof(place), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="trail-{pk}.json"'
    return answer


@require_POST
@desk("trail.export")
def export(request: HttpRequest) -> HttpResponseBase:
    """`/desk/trail/export`: everything in range with the program that checks it; the export itself is recorded."""
    viewer = viewer_of(request)
    at_the_top = bool(viewer.lo) and viewer.lo == root_path()
    services.record(
        viewer,
        "trail.exported",
        path=viewer.lo,
        object_type="trail",
        object_name="全部" if at_the_top else "本级及下级",
    )
    target = tempfile.TemporaryFile(prefix="trail-")  # noqa: SIM115  closed by the response when it was sent
    if at_the_top:  # reaches every organisation; records without one belong to the whole
        with widened():
            services.export(target, SYSTEM)
    else:
        services.export(target, viewer)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"trail-{timezone.localdate():%Y%m%d}.zip")


@require_safe
@public
def key(request: HttpRequest) -> HttpResponse:
    """`/trail/key`: what anybody needs to check what this platform signed; as JSON with `?format=json`."""
    seal = queries.last_seal()
    head = services.head_of(seal) if seal else None
    if request.GET.get("format") == "json":
        return JsonResponse({"public_key": services.public_key(), "head": head.as_dict() if head else None})
    context = {"key": services.public_key(), "head": head, "seal": seal}
    return render(request, "access/trail_key.html", context)
