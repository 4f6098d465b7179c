"""The one list component: search, filters, saved views, columns, sorting, paging, bulk actions, export, print.

A page declares a `ListPage` once and answers a request with `PAGE.respond(request, source, …)`; `source` is a queryset
that a `queries` module has already scoped to the viewer.
"""

from .bulk import Picked
from .declare import BulkAction, Column, Empty, Filter, View
from .page import ListPage, ListView
from .state import ListState, ListStore, SessionStore
from .xlsx import fill_xlsx, write_xlsx

__all__ = [
    "BulkAction",
    "Column",
    "Empty",
    "Filter",
    "ListPage",
    "ListState",
    "ListStore",
    "ListView",
    "Picked",
    "SessionStore",
    "View",
    "fill_xlsx",
    "write_xlsx",
]
