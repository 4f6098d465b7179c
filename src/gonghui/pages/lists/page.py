"""One list page: reads the request, narrows the source, and renders the page, a part of it, or a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe

from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import OUTSIDER

from . import bulk
from .declare import BoundFilter, BulkAction, Column, Empty, Filter, Row, Source, View
from .source import cut
from .state import ListQuery, ListState, ListStore, store_of

Total = Callable[[Source], int]
NOTHING_YET = Empty("还没有记录")


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows in lists of at most `size`."""
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk


@dataclass(frozen=True)
class Cell:
    label: str
    html: SafeString
    css: str
    head: bool
    personal: bool
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A row as the template prints it."""

    key: str
    label: str
    url: str
    more_url: str
    cells: list[Cell]


@dataclass(frozen=True)
class Head:
    title: str
    unit: str
    css: str
    sort_url: str = ""
    aria_sort: str = ""


@dataclass(frozen=True)
class Pager:
    first: int
    last: int
    total: int
    unit: str
    previous_url: str
    next_url: str
    links: list[tuple[int, str, bool] | None]


@dataclass
class ListView:
    """One answered request of a list, for templates (`list`)."""

    page: ListPage
    query: ListQuery
    state: ListState
    filters: list[BoundFilter]
    columns: list[Column]
    viewer: Any
    path: str
    total: int = 0
    lines: list[Line] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    pager: Pager | None = None
    actions: list[BulkAction] = field(default_factory=list)
    error: str = ""

    @property
    def active(self) -> list[BoundFilter]:
        return [bound for bound in self.filters if bound.active]

    @property
    def wrong(self) -> list[BoundFilter]:
        return [bound for bound in self.filters if bound.error]

    @property
    def search(self) -> BoundFilter | None:
        return next((bound for bound in self.filters if bound.filter.kind == "search"), None)

    @property
    def main_filters(self) -> list[BoundFilter]:
        return [b for b in self.filters if b.filter.main and b.filter.kind != "search"]

    @property
    def more_filters(self) -> list[BoundFilter]:
        return [b for b in self.filters if not b.filter.main and b.filter.kind != "search"]

    @property
    def more_open(self) -> bool:
        return any(bound.raw for bound in self.more_filters)

    @property
    def personal(self) -> bool:
        """A search for people is sent by POST, so that no name reaches an address or a log."""
        return any(bound.filter.personal for bound in self.filters)

    @property
    def conditions(self) -> list[str]:
        return [bound.words for bound in self.active]

    @property
    def chips(self) -> list[tuple[str, str]]:
        """(words, address without it) of the conditions that no control in the bar already shows."""
        shown = [b for b in self.active if b.filter.kind in ("date", "search") or not b.filter.main]
        return [(b.words, self.query.url(**dict.fromkeys(b.filter.names))) for b in shown]

    @property
    def ways_out(self) -> list[tuple[str, str]]:
        return [(b.words, self.query.url(**dict.fromkeys(b.filter.names))) for b in self.active]

    @property
    def clear_url(self) -> str:
        names = [name for bound in self.filters for name in bound.filter.names]
        return self.query.url(**dict.fromkeys(names))

    @property
    def export_url(self) -> str:
        return self.query.url(export="xlsx")

    @property
    def address(self) -> str:
        return self.query.url()

    @property
    def tabs(self) -> list[dict[str, Any]]:
        """Built-in views, then the reader's own; the current one is the one whose conditions these are."""
        mine = {k: v for k, v in self.query.address.items()}
        rows: list[dict[str, Any]] = []
        for view in self.page.views:
            url = ListQuery(address=dict(view.params)).url()
            current = mine == dict(view.params)
            rows.append({"title": view.title, "url": url, "count": view.counted(self.viewer), "current": current})
        for saved in self.state.views:
            url = ListQuery(address=dict(saved.params)).url()
            current = mine == dict(saved.params)
            rows.append({"title": saved.title, "url": url, "count": None, "current": current, "key": saved.key})
        return rows

    @property
    def savable(self) -> bool:
        """Worth a tab of its own: some condition, none of it a person, and no tab has it yet."""
        people = {name for b in self.filters if b.filter.personal for name in b.filter.names}
        mine = set(self.query.address)
        return bool(mine - people) and not any(tab["current"] for tab in self.tabs)

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Columns for the chooser: the shown ones in their order, then the rest."""
        shown = [column.key for column in self.columns]
        rest = [column for column in self.page.columns if column.key not in shown]
        return [(column, True) for column in self.columns] + [(column, False) for column in rest]

    @property
    def sizes(self) -> list[tuple[int, bool]]:
        return [(size, size == self.size) for size in self.page.sizes]

    @property
    def size(self) -> int:
        return self.query.size if self.query.size in self.page.sizes else self.page.sizes[0]

    @property
    def sort(self) -> str:
        return self.query.sort if self.page.sortable(self.query.sort) else self.page.default_sort

    @property
    def exports(self) -> bool:
        return self.page.export is not None

    @property
    def picks(self) -> bool:
        """Rows can be selected: there is something to do with a selection."""
        return bool(self.actions) or self.exports

    @property
    def has_more_column(self) -> bool:
        return self.page.more_url is not None

    @property
    def width(self) -> int:
        return len(self.columns) + self.picks + self.has_more_column


@dataclass(frozen=True)
class ListPage:
    """Declared once per list; `total` counts exactly, `export(request, *, title, columns, rows, total, conditions)`."""

    key: str
    title: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    views: Sequence[View] = ()
    bulk: Sequence[BulkAction] = ()
    empty: Empty = NOTHING_YET
    unit: str = "条"
    default_sort: str = ""
    order: Sequence[str] = ()
    sizes: Sequence[int] = (20, 50, 100)
    row_url: Callable[[Row], str] | None = None
    more_url: Callable[[Row], str] | None = None
    row_label: Callable[[Row], str] | None = None
    export: Callable[..., HttpResponseBase] | None = None
    enrich: Callable[[Sequence[Row]], None] | None = None
    """Adds to rows what is read for those of a page only (sums of subtrees), or in thousands for a file."""
    template: str = "gonghui/list.html"

    # reading the request

    def sortable(self, sort: str) -> bool:
        return any(column.sort and column.key == sort.removeprefix("-") for column in self.columns)

    def _sort_fields(self, sort: str) -> list[str]:
        column = next((c for c in self.columns if c.sort and c.key == sort.removeprefix("-")), None)
        if column is None or column.sort is None:
            return list(self.order)
        path = column.sort
        if sort.startswith("-"):
            path = path.removeprefix("-") if path.startswith("-") else "-" + path
        return [path, *(p for p in self.order if p.lstrip("-") != path.lstrip("-"))]

    def _columns(self, state: ListState) -> list[Column]:
        chosen = [c for key in state.columns for c in self.columns if c.key == key]
        return chosen or [column for column in self.columns if column.default]

    def read(
        self, request: HttpRequest, data: Mapping[str, str], viewer: Any, state: ListState | None = None
    ) -> ListView:
        """The conditions of a request without any rows yet."""
        query = ListQuery.read(request, data, self.filters)
        if query.size == self.sizes[0] or query.size not in self.sizes:
            query = replace(query, size=0)
        if query.sort == self.default_sort:
            query = replace(query, sort="")
        state = state or ListState()
        bound = [BoundFilter.bind(declared, query.params, viewer) for declared in self.filters]
        allowed = [a for a in self.bulk if not a.permission or viewer.may(a.permission)]
        return ListView(self, query, state, bound, self._columns(state), viewer, request.path, actions=allowed)

    def narrow(self, view: ListView, source: Source) -> Source:
        for bound in view.active:
            source = bound.filter.apply(source, bound.values)
        return source

    # rows

    def _lines(self, view: ListView, rows: Sequence[Row]) -> list[Line]:
        templates = {c.key: get_template(c.template) for c in view.columns if c.template}
        head = next((c.key for c in view.columns if c.head), view.columns[0].key)
        head_column = next(c for c in view.columns if c.key == head)
        lines = []
        for row in rows:
            url = self.row_url(row) if self.row_url else ""
            cells = []
            for column in view.columns:
                if column.key in templates:
                    html: SafeString = mark_safe(templates[column.key].render({"row": row, "column": column}))
                else:
                    html = column.html(row)
                is_head = column.key == head
                cells.append(Cell(column.title, html, column.css, is_head, column.personal, url if is_head else ""))
            label = self.row_label(row) if self.row_label else str(head_column.plain(row) or "这一行")
            more = self.more_url(row) if self.more_url else ""
            lines.append(Line(bulk.row_key(row), label, url, more, cells))
        return lines

    def _heads(self, view: ListView) -> list[Head]:
        heads = []
        for column in view.columns:
            if not column.sort:
                heads.append(Head(column.title, column.unit, column.css))
                continue
            down = view.sort == "-" + column.key
            state = "descending" if down else "ascending" if view.sort == column.key else "none"
            turned = column.key if down or state == "none" else "-" + column.key
            heads.append(Head(column.title, column.unit, column.css, view.query.url(sort=turned), state))
        return heads

    def _pager(self, view: ListView, rows: Sequence[Row], page: int) -> Pager:
        pages = max(1, -(-view.total // view.size))
        first = (page - 1) * view.size + 1 if rows else 0
        near = {1, 2, pages, page - 1, page, page + 1} if page <= 3 else {1, page - 1, page, page + 1, pages}
        numbers = sorted(n for n in near if 1 <= n <= pages)
        links: list[tuple[int, str, bool] | None] = []
        for number in numbers:
            if links and links[-1] is not None and number > links[-1][0] + 1:
                links.append(None)
            links.append((number, view.query.url(page=number), number == page))
        keyed = bool(rows) and getattr(rows[0], "pk", None) is not None
        back = (
            view.query.url(page=page - 1, before=bulk.row_key(rows[0]) if keyed else None) if page > 1 and rows else ""
        )
        on = (
            view.query.url(page=page + 1, after=bulk.row_key(rows[-1]) if keyed else None)
            if page < pages and rows
            else ""
        )
        return Pager(first, first + len(rows) - 1 if rows else 0, view.total, self.unit, back, on, links)

    def build(
        self,
        request: HttpRequest,
        source: Source,
        *,
        viewer: Any = None,
        total: Total | None = None,
        store: ListStore | None = None,
    ) -> ListView:
        """The list of this request, ready for a template; for pages that show it beside other things."""
        viewer = viewer or getattr(request, "viewer", OUTSIDER)
        state = ListState.from_dict((store or store_of(request)).load(viewer, self.key))
        view = self.read(request, request.POST if request.POST.get("list") == "filter" else request.GET, viewer, state)
        view.heads = self._heads(view)
        try:
            narrowed = self.narrow(view, source)
            view.total = self.count(narrowed, total)
            pages = max(1, -(-view.total // view.size))
            page = min(view.query.page, pages)
            fresh = page == view.query.page
            rows = cut(
                narrowed,
                self._sort_fields(view.sort),
                page=page,
                size=view.size,
                total=view.total,
                after=view.query.after if fresh else "",
                before=view.query.before if fresh else "",
            )
        except Refusal as refusal:
            view.error = refusal.message
            return view
        if self.enrich:
            self.enrich(rows)
        view.lines = self._lines(view, rows)
        view.pager = self._pager(view, rows, page)
        return view

    @staticmethod
    def count(source: Source, total: Total | None) -> int:
        if total:
            return total(source)
        return source.count() if isinstance(source, QuerySet) else len(source)

    # answering

    def respond(
        self,
        request: HttpRequest,
        source: Source,
        *,
        viewer: Any = None,
        total: Total | None = None,
        store: ListStore | None = None,
        **context: Any,
    ) -> HttpResponseBase:
        """The whole page, the part that changed, a file, or the redirect after a setting was saved."""
        viewer = viewer or getattr(request, "viewer", OUTSIDER)
        store = store or store_of(request)
        if request.method == "POST" and request.POST.get("list") == "export":
            return self._file(request, source, viewer, total, store)
        if request.method == "POST" and (answer := self._settings(request, viewer, store)):
            return answer
        if request.GET.get("export") and self.export:
            return self._file(request, source, viewer, total, store)
        partial = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"
        view = self.build(request, source, viewer=viewer, total=total, store=store)
        typed = any(request.GET.get(name, "~")[:1] != "~" for name in self._personal_names())
        if typed and not partial:  # a name typed into the address is taken out of it at once
            return HttpResponseRedirect(request.path + view.address)
        template = "gonghui/_list_part.html" if partial else self.template
        status = 422 if view.wrong and partial else 200
        response = render(request, template, {"list": view, **context}, status=status)
        if partial:
            response["HX-Push-Url"] = request.path + view.query.url(
                page=view.query.page if view.query.page > 1 else None
            )
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["HX-Request", "Cookie"])
        return response

    def _personal_names(self) -> set[str]:
        return {name for declared in self.filters if declared.personal for name in declared.names}

    def _settings(self, request: HttpRequest, viewer: Any, store: ListStore) -> HttpResponse | None:
        """Conditions, columns and saved views sent by POST; None when the POST is a partial refresh to be rendered."""
        what = request.POST.get("list", "")
        if what == "filter":
            if request.headers.get("HX-Request") == "true":
                return None
            query = ListQuery.read(request, request.POST, self.filters)
            return HttpResponseRedirect(request.path + query.url())
        state = ListState.from_dict(store.load(viewer, self.key))
        back = request.path + self.read(request, bulk.conditions_of(request), viewer, state).address
        if what == "columns":
            known = {column.key for column in self.columns}
            keys = [key for key in request.POST.getlist("column") if key in known]
            store.save(viewer, self.key, replace(state, columns=tuple(keys)).to_dict())
        elif what == "columns-reset":
            store.save(viewer, self.key, replace(state, columns=()).to_dict())
        elif what == "save":
            title = request.POST.get("title", "").strip()[:20]
            people = self._personal_names()
            query = ListQuery.read(request, bulk.conditions_of(request), self.filters)
            params = {name: value for name, value in query.address.items() if name not in people}
            if not title:
                messages.error(request, "还没有保存：给这组筛选起个名字")
            else:
                store.save(viewer, self.key, state.with_view(title, params).to_dict())
                messages.success(request, f"已保存筛选“{title}”")
        elif what == "forget":
            store.save(viewer, self.key, state.without_view(request.POST.get("view", "")).to_dict())
            messages.success(request, "已删除保存的筛选")
        else:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        return HttpResponseRedirect(back)

    def _file(
        self, request: HttpRequest, source: Source, viewer: Any, total: Total | None, store: ListStore
    ) -> HttpResponseBase:
        """The rows under the same conditions, in the same order and columns; by POST only the picked ones."""
        state = ListState.from_dict(store.load(viewer, self.key))
        conditions = bulk.conditions_of(request) if request.method == "POST" else request.GET
        view = self.read(request, conditions, viewer, state)
        try:
            if request.method == "POST":
                picked = self.picked(request, source, viewer=viewer, total=total)
                rows, count = picked.rows, picked.count
            else:
                rows = self.narrow(view, source)
                count = self.count(rows, total)
            return self._written(request, view, rows, count)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(request.path + view.address)

    def _written(self, request: HttpRequest, view: ListView, rows: Source, count: int) -> HttpResponseBase:
        assert self.export is not None
        fields = self._sort_fields(view.sort)
        if isinstance(rows, QuerySet):
            rows = rows.order_by(*fields, "pk")
            rows = self._enriched(rows) if self.enrich else rows
        else:
            rows = cut(rows, fields, page=1, size=max(1, count), total=count)
        return self.export(
            request,
            title=self.title,
            columns=view.columns,
            rows=rows,
            total=count,
            conditions=view.conditions,
        )

    def _enriched(self, rows: QuerySet[Any]) -> Iterator[Row]:
        assert self.enrich is not None
        for chunk in batched(rows.iterator(chunk_size=2000), 2000):
            self.enrich(chunk)
            yield from chunk

    # bulk actions

    def picked(
        self, request: HttpRequest, source: Source, *, viewer: Any = None, total: Total | None = None
    ) -> bulk.Picked:
        """The rows a bulk POST is about, always inside `source`; raises Refusal when they are not what was seen."""
        viewer = viewer or getattr(request, "viewer", OUTSIDER)
        view = self.read(request, bulk.conditions_of(request), viewer)
        narrowed = self.narrow(view, source)
        wanted = self.count(narrowed, total) if request.POST.get("all") == "1" else 0
        return bulk.pick(request, source, narrowed, wanted)

    def ask(self, request: HttpRequest, action_key: str, picked: bulk.Picked, *, back: str) -> HttpResponse | None:
        """The question of an action (dialog or page), or None when it was answered and the caller should act."""
        action = next(a for a in self.bulk if a.key == action_key)
        return bulk.ask(request, action, picked, unit=self.unit, back=back)
