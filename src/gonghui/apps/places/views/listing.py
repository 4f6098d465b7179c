"""The register as a list and as a drawing, and its file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.pages.answers import attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View, write_xlsx
from gonghui.pages.lists.xlsx import CONTENT_TYPE
from gonghui.pages.tags import tag

from .. import catalog, forms, services, sheets
from ..choices import Host, PlaceState
from ..models import Place
from ..queries import desk as queries
from ..rules import mapping, opening
from . import sections, tell

_TONES = {"planned": "", "building": "info", "open": "ok", "closed": ""}


def state_words(row: Any) -> str:
    if row.state == PlaceState.OPEN and row.paused:
        return "暂停开放"
    if row.state == PlaceState.BUILDING and row.topped_on:
        return "即将完工"
    return str(row.get_state_display())


def state_tag(row: Any) -> SafeString:
    words = state_words(row)
    return tag(words, "wait" if words == "暂停开放" else _TONES[row.state])


def hours_words(row: Place) -> str:
    hours = opening.Hours(row.workday, row.weekend, row.holiday)
    days = {"工作日": hours.of("workday"), "周末": hours.of("weekend"), "节假日": hours.of("holiday")}
    if len(set(days.values())) == 1:
        return f"每天{row.workday}"
    return "；".join(f"{title}{text}" for title, text in days.items())


def _waiting(row: Any) -> object:
    if not row.waiting:
        return None
    return format_html('<a class="fig" href="{}?place={}">{}</a>', reverse("places:tickets"), row.pk, row.waiting)


def _state(source: Any, value: str) -> Any:
    opened = source.filter(state=PlaceState.OPEN)
    return {
        "paused": opened.filter(paused=True),
        "broken": opened.filter(waiting__gt=0),
        "pinless": source.exclude(state=PlaceState.CLOSED).filter(lon__isnull=True),
        "unseen": opened.filter(looked__isnull=True),
    }.get(value, source.filter(state=value))


LIST = ListPage(
    key="places",
    title="阵地",
    unit="处",
    columns=[
        Column("name", "名称", kind="organisation", head=True, sort="name", cell=lambda row: row.name),
        Column("kind", "类别", nowrap=True, sort="kind", cell=lambda row: catalog.title(catalog.kinds(), row.kind)),
        Column("organisation", "管理单位", kind="organisation", sort="organisation__name_key",
               cell=lambda row: row.organisation.name),
        Column("township", "乡镇街道", sort="township", nowrap=True, default=False),
        Column("address", "地址", default=False),
        Column("host", "设在", cell=lambda row: row.get_host_display(), nowrap=True, default=False),
        Column("area", "面积", kind="number", unit="平方米", sort="area", default=False),
        Column("hours", "开放时间", cell=hours_words),
        Column("offered", "服务", default=False,
               cell=lambda row: "、".join(catalog.title(catalog.services(), one) for one in row.offered)),
        Column("opened_on", "开放日期", kind="date", sort="opened_on", default=False),
        Column("star", "星级", nowrap=True, sort="star", cell=lambda row: f"{row.star}星" if row.star else None),
        Column("looked", "最近巡查", kind="date", sort="looked"),
        Column("waiting", "没修好", kind="number", unit="件", sort="waiting", cell=_waiting,
               export=lambda row: row.waiting),
        Column("state", "状态", nowrap=True, cell=state_tag, export=state_words),
    ],
    filters=[
        Filter("q", "查找阵地", "search", "name__contains", placeholder="名称"),
        Filter("kind", "类别", choices=lambda viewer: catalog.options(catalog.kinds())),
        Filter("state", "状态", lookup=_state, choices=[
            *PlaceState.choices, ("paused", "暂停开放"), ("broken", "有没修好的"), ("unseen", "没有巡查过"),
            ("pinless", "没有位置")]),
        Filter("county", "下级", lookup=queries.within, choices=queries.counties),
        Filter("township", "乡镇街道", choices=queries.townships, main=False),
        Filter("host", "设在", choices=Host.choices, main=False),
        Filter("service", "服务", lookup=lambda rows, value: rows.filter(offered__contains=[value]),
               choices=lambda viewer: catalog.options(catalog.services()), main=False),
        Filter("opened_on", "开放日期", "date", main=False),
    ],
    views=[
        View("all", "全部"),
        View("open", "开放", {"state": "open"}),
        View("building", "建设中", {"state": "building"}),
        View("broken", "有没修好的", {"state": "broken"}),
    ],
    empty=Empty("还没有登记阵地", "把文化宫、职工之家、驿站和服务站登记进来，职工在手机上就找得到、看得到开不开。",
                "登记阵地", "/desk/places/new"),
    default_sort="name",
    order=("pk",),
    row_url=lambda row: reverse("places:one", args=[row.pk]),
    row_label=lambda row: row.name,
    export=write_xlsx,
    template="places/list.html",
)  # fmt: skip


@desk("place.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    return LIST.respond(
        request, queries.places(viewer), heading="阵地", tabs=sections("places"), may_manage=viewer.may("place.manage")
    )


@desk("place.view")
@require_GET
def drawing(request: HttpRequest) -> HttpResponse:
    """Where places lie: pins without outlines, each a link; those without coordinates are told by number."""
    viewer = viewer_of(request)
    rows, kind = queries.places(viewer).exclude(state=PlaceState.CLOSED), request.GET.get("kind", "")
    if kind in catalog.kinds():
        rows = rows.filter(kind=kind)
    placed = queries.pins(rows)
    drawn = mapping.draw([(float(one.lon or 0), float(one.lat or 0)) for one in placed])
    context = {
        "tabs": sections("map"),
        "pins": [
            {"row": row, "pin": pin, "words": state_words(row), "look": "broken" if row.waiting else row.state}  # type: ignore[attr-defined]
            for row, pin in zip(placed, drawn.pins, strict=True)
        ],
        "drawn": drawn,
        "box": f"0 0 {mapping.WIDTH} {mapping.HEIGHT}",
        "without": rows.filter(lon__isnull=True).count(),
        "kinds": catalog.options(catalog.kinds()),
        "kind": kind,
    }
    return render(request, "places/map.html", context)


@desk("place.manage")
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook to fill in."""
    return attachment(sheets.template(), "阵地模板.xlsx", CONTENT_TYPE)


@desk("place.manage")
@require_http_methods(["GET", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Places from a file: all of them or, where a row is wrong, none and the list of what to mend."""
    viewer, mistakes, right = viewer_of(request), [], 0
    form = forms.FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > sheets.MOST_BYTES:
                raise Refusal("GH-PLC-070", f"文件有{file.size / 1e6:.1f}MB，最多2MB", "file", "分成几份上传")
            sheet = sheets.read(file.name, file.read(), lambda names: queries.bodies_named(viewer, names))
            mistakes, right = sheet.mistakes, len(sheet.rows)
            if not mistakes:
                done = services.import_places(viewer, rows=sheet.rows)
                again = f"，已有的{done.known}处没有重复登记" if done.known else ""
                messages.success(request, f"已登记{done.added}处{again}")
                return redirect("places:list")
        except Refusal as refusal:
            tell(form, refusal)
    context = {"form": form, "mistakes": mistakes[:200], "wrong": len(mistakes), "right": right}
    return render(request, "places/import.html", context, status=422 if form.errors or mistakes else 200)
