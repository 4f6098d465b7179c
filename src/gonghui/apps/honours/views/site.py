"""For anybody: the wall of honour, and whether a certificate is true."""

from __future__ import annotations

from importlib.resources import files

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import public

from .. import certificates, forms, queries
from ..choices import Level
from ..services import said
from ..verifier import WORDS, Unreadable, read


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


@public
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """Honours that stand and are public, by level, year and county."""
    rows = queries.wall()
    level, year = request.GET.get("level", ""), _number(request.GET.get("year", ""))
    counties = queries.wall_counties()
    county = next((one for one in counties if one.pk == _number(request.GET.get("county", ""))), None)
    if level in Level.values:
        rows = rows.filter(level=level)
    if year:
        rows = rows.filter(year=year)
    if county is not None:
        rows = rows.filter(path__gte=county.path, path__lt=county.path + "~")
    page = Paginator(rows, 60).get_page(_number(request.GET.get("page", "")) or 1)
    context = {
        "page": page,
        "groups": queries.grouped(page.object_list),
        "levels": Level.choices,
        "level": level if level in Level.values else "",
        "years": queries.wall_years(),
        "year": year,
        "counties": counties,
        "county": county,
    }
    return render(request, "honours/wall.html", context)


@public
@require_GET
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """What a stranger's phone shows after scanning a certificate: what it says, valid or revoked."""
    row = queries.by_token(token) if len(token) <= 32 else None
    context = {"row": row, "honour": queries.kind_title(row) if row else "", "key": certificates.public_key()}
    response = render(request, "honours/verify.html", context, status=200 if row else 404)
    response["Cache-Control"] = "no-store"
    return response


@public
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Check the text of a QR by signature, and how to do it without this platform."""
    form = forms.CheckForm(request.POST or None)
    context: dict[str, object] = {"form": form, "key": certificates.public_key()}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                good, facts = read(form.cleaned_data["text"], certificates.public_key())
            except Unreadable as error:
                form.add_error("text", str(error))
            else:
                row = queries.by_token(facts.get("id", "")[:32]) if good else None
                true = row is not None and said(row) == facts
                pairs = [(words, facts[name]) for name, words in WORDS.items() if facts.get(name)]
                context |= {"checked": True, "good": good, "row": row, "same": true, "pairs": pairs}
                status = 200
    response = render(request, "honours/check.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@public
@require_GET
def script(request: HttpRequest) -> HttpResponse:
    """The verifier: one file that needs nothing but Python."""
    body = (files("gonghui.apps.honours") / "verifier.py").read_bytes()
    response = HttpResponse(body, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verifier.py"'
    return response
