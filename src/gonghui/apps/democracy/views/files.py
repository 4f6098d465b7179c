"""Files at the desk: each is read by whoever reads the row it belongs to."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import stored_bytes
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from ..models import Bargain, Contract, Election, Meeting, Paper, Session
from .acting import found


def sent(kept: StoredFile | None, viewer: Viewer | None = None) -> HttpResponseBase:
    """A stored file under its name; nothing when the row has none."""
    if kept is None:
        raise Http404
    try:
        content = stored_bytes(kept, viewer)
    except Refusal as refusal:
        raise Http404 from refusal
    return FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)


def _of(request: HttpRequest, model: Any, pk: int, field: str) -> HttpResponseBase:
    viewer = viewer_of(request)
    return sent(getattr(found(model.objects.visible(viewer).filter(pk=pk).first()), field), viewer)


@desk("congress.view")
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Paper, pk, "file")


@desk("congress.view")
@require_GET
def minutes(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Session, pk, "minutes")


@desk("congress.view")
@require_GET
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Election, pk, "proof")


@desk("congress.view")
@require_GET
def draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Bargain, pk, "draft")


@desk("congress.view")
@require_GET
def vote(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The proof of a vote on the draft that was held elsewhere."""
    return _of(request, Bargain, pk, "vote_proof")


@desk("congress.view")
@require_GET
def meeting(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Meeting, pk, "file")


@desk("congress.view")
@require_GET
def contract(request: HttpRequest, pk: int) -> HttpResponseBase:
    return _of(request, Contract, pk, "document")
