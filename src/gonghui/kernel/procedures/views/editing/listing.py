"""The list of definitions, one on a readable page, its versions and differences, copying and beginning."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of
from gonghui.pages.lists import Column, Empty, Filter, ListPage, write_xlsx

from ....access.doors import desk
from ....org import queries as org_queries
from ....org.models import PublicOrganisation
from ....refusal import Refusal
from ....rules import queries as rule_queries
from ....rules.rules import definitions as rule_definitions
from ....rules.words import shown
from ... import services
from ...choices import OPEN_STATES, DefinitionState, Who
from ...models import Procedure
from ...queries import definitions as queries
from ...rules import editing
from ...rules.definition import read
from ...rules.differences import differences
from ...rules.printing import Printer
from ...services.definitions import merged
from ...shipped import skeletons
from .common import here_of, known, path_bar, seen, words
from .forms import NewForm, RetireForm

SHIPPED = "平台自带"
TONES = {"draft": "wait", "published": "ok", "retired": ""}


def state_tag(row: Procedure) -> SafeString:
    tone, text = TONES[row.state], row.get_state_display()
    if row.state == DefinitionState.PUBLISHED and row.valid_from and row.valid_from > timezone.localdate():
        tone, text = "info", f"{row.valid_from:%Y-%m-%d}起施行"
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", text)


def _who(row: Procedure) -> str:
    return dict(Who.choices).get(str(row.body.get("who")), "没有写")


def _publisher(row: Procedure) -> str:
    """Who published it: names of organisations above are public, their records are not in the range."""
    if row.organisation_id is None:
        return SHIPPED
    found = org_queries.public(row.organisation_id)
    return found.name if found is not None else "—"


def _named(rows: QuerySet[Procedure]) -> QuerySet[Procedure]:
    """With the names of publishers, in the one statement of the list."""

    def name(path: str) -> Subquery:
        return Subquery(PublicOrganisation.objects.filter(pk=OuterRef(path)).values("name")[:1])

    return rows.annotate(publisher=name("organisation_id"), origin_publisher=name("origin__organisation_id"))


def _origin(row: Procedure) -> str:
    if row.pack:
        return f"标准包“{row.pack}”"
    if row.origin is None:
        return "平台自带" if not row.path else "本地编写"
    name = getattr(row, "origin_publisher", None) or _publisher(row.origin)
    return f"{name}第{row.origin.version}版"


def _categories(viewer: Any) -> list[tuple[str, str]]:
    found = queries.listed(viewer).order_by("category").values_list("category", flat=True).distinct()
    return [(one, one) for one in found]


def _of_state(rows: QuerySet[Procedure], value: str) -> QuerySet[Procedure]:
    return rows.filter(state=value)


DEFINITIONS = ListPage(
    key="definitions",
    title="办事流程",
    unit="个",
    columns=[
        Column("title", "名称", head=True, sort="title"),
        Column("category", "类别", sort="category"),
        Column("who", "谁可以申请", cell=_who),
        Column("publisher", "发布单位", kind="organisation", cell=lambda row: row.publisher or SHIPPED),
        Column("version", "版本", cell=lambda row: f"第{row.version}版", nowrap=True, sort="version"),
        Column("state", "状态", cell=state_tag, nowrap=True, export=lambda row: row.get_state_display()),
        Column("running", "在办", kind="number", sort="running"),
        Column("origin", "来源", cell=_origin),
        Column("valid_from", "施行日期", kind="date", sort="valid_from", default=False),
    ],
    filters=[
        Filter("q", "查找流程", "search", "title__icontains", placeholder="流程名称"),
        Filter("state", "状态", lookup=_of_state, choices=DefinitionState.choices),
        Filter("category", "类别", choices=_categories),
    ],
    template="procedures/editing/list.html",
    empty=Empty("还没有办事流程", "从一个样子写起，或导入别处的标准包。", "新写一个", "/desk/procedures/new"),
    export=write_xlsx,
    row_url=lambda row: f"/desk/procedures/{row.pk}/",
)


@desk("procedure.view")
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """Definitions that hold here or below, with the drafts of the range."""
    viewer = viewer_of(request)
    rows = _named(queries.listed(viewer).select_related("origin"))
    rows = rows.annotate(running=Count("applications", filter=Q(applications__state__in=OPEN_STATES)))
    return DEFINITIONS.respond(
        request, rows, heading="办事流程", path=path_bar(here_of(viewer)),
        may_manage=viewer.may("procedure.manage"),
    )  # fmt: skip


def compared(old: Any, new: Any) -> list[str] | None:
    """Changes in words; None while one of them cannot be read."""
    before, after = read(old)[0], read(new)[0]
    return differences(before, after, words()) if before is not None and after is not None else None


def newer_origin(row: Procedure) -> Procedure | None:
    """A later version of what this definition was copied from."""
    origin = row.origin
    if origin is None or origin.path == row.path:
        return None
    rows = queries.versions(origin.key, origin.path).filter(state=DefinitionState.PUBLISHED)
    return rows.filter(version__gt=origin.version).first()


def rule_lines(printed: Any, path: str) -> list[dict[str, Any]]:
    """The rules that a definition uses, with their values at a place and their sources."""
    catalogue, today = rule_definitions(), timezone.localdate()
    keys = [key for key, _ in printed.rules if key in catalogue]
    values = rule_queries.values(keys, path, today)
    return [
        {
            "key": key,
            "title": catalogue[key].title,
            "value": shown(catalogue[key], values[key].value),
            "source": values[key].source or "—",
            "use": use,
        }
        for key, use in printed.rules
        if key in values
    ]


@desk("procedure.view")
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A definition on one page, as it is printed and hung up."""
    viewer, row = viewer_of(request), seen(request, pk)
    here = here_of(viewer)
    definition = read(row.body)[0]
    printed = Printer(definition, known(), words()).page() if definition is not None else None
    versions = list(queries.versions(row.key, row.path)[:30])
    previous = next((one for one in versions if one.version < row.version), None)
    mine = row.organisation_id == viewer.organisation_id and viewer.may("procedure.manage")
    context = {
        "row": row,
        "definition": definition,
        "printed": printed,
        "publisher": _publisher(row),
        "origin": _origin(row),
        "state": state_tag(row),
        "rules": rule_lines(printed, here.path) if printed is not None else [],
        "versions": versions,
        "previous": previous,
        "may_manage": viewer.may("procedure.manage"),
        "mine": mine,
        "newer": newer_origin(row) if mine else None,
        "retire_form": RetireForm(auto_id="retire_%s") if mine and row.state == DefinitionState.PUBLISHED else None,
        "path": path_bar(here),
    }
    return render(request, "procedures/editing/one.html", context)


@desk("procedure.view")
@require_GET
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed against the version before, or against what it was copied from, in words."""
    viewer, row = viewer_of(request), seen(request, pk)
    versions = queries.versions(row.key, row.path).filter(version__lt=row.version)
    other = row.origin if request.GET.get("with") == "origin" and row.origin else versions.first() or row.origin
    lines = compared(other.body, row.body) if other is not None else []
    context: dict[str, Any] = {"row": row, "other": other, "lines": lines, "path": path_bar(here_of(viewer))}
    context["other_publisher"] = _publisher(other) if other is not None else ""
    return render(request, "procedures/editing/difference.html", context)


@desk("procedure.manage")
@require_POST
def copy(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """A draft of one's own place that begins as another's version."""
    viewer, row = viewer_of(request), seen(request, pk)
    open_draft = queries.editable(viewer).filter(key=row.key, state=DefinitionState.DRAFT).first()
    if open_draft is not None:
        messages.info(request, "本级已有这个流程的草稿，接着改这一份")
        return redirect("procedures:definition_form", pk=open_draft.pk)
    made = services.copy_here(viewer, procedure=row)
    messages.success(request, f"已复制到本级，生成第{made.version}版草稿")
    return redirect("procedures:definition_form", pk=made.pk)


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def update(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the original's later version into a draft, the open slots keep the local values."""
    viewer, row = viewer_of(request), seen(request, pk)
    newer = newer_origin(row) if row.organisation_id == viewer.organisation_id else None
    if newer is None:
        raise Http404
    body = merged(newer.body, row.body)
    if request.method == "POST":
        drafts = queries.editable(viewer).filter(key=row.key, state=DefinitionState.DRAFT)
        made = services.save_draft(viewer, body=body, procedure=drafts.first(), origin=newer)
        if made.origin_id != newer.pk:
            made.origin = newer
            made.save(update_fields=["origin"])
        messages.success(request, f"已按{_publisher(newer)}第{newer.version}版更新成草稿，检查以后发布")
        return redirect("procedures:definition_check", pk=made.pk)
    kept = [slot for slot in body.get("open_slots") or () if compared(newer.body, body)]
    context = {
        "row": row, "newer": newer, "publisher": _publisher(newer), "lines": compared(row.body, body),
        "kept": compared(newer.body, body) if kept else [], "path": path_bar(here_of(viewer)),
    }  # fmt: skip
    return render(request, "procedures/editing/update.html", context)


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new definition from a skeleton: everything can be changed afterwards."""
    viewer = viewer_of(request)
    here = here_of(viewer)
    form = NewForm([(key, f"{one['title']}：{one['note']}") for key, one in skeletons().items()], request.POST or None)
    if request.method == "POST" and form.is_valid():
        title = form.cleaned_data["title"]
        taken = list(Procedure.objects.filter(path=here.path).values_list("key", flat=True))
        body = {
            "key": editing.key_for(title, taken, "local."),
            "title": title,
            **skeletons()[form.cleaned_data["skeleton"]]["body"],
        }
        try:
            made = services.save_draft(viewer, body=body)
        except Refusal as refusal:
            form.add_error("title", refusal.message)
        else:
            messages.success(request, "已建草稿，先写申请表")
            return redirect("procedures:definition_form", pk=made.pk)
    context = {"form": form, "path": path_bar(here)}
    return render(request, "procedures/editing/new.html", context, status=422 if form.errors else 200)
