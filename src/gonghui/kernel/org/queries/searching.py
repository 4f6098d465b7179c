"""Finding organisations by part of a name, pinyin, initials, code or credit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from ...pinyin import HANZI_RUN, squeeze_latin
from ...viewer import Viewer
from ..models import Employer, Organisation, OrganisationGram
from ..rules import query_grams
from .tree import LIVE, organisations

_CANDIDATES = 2000


def search(viewer: Viewer, text: str, limit: int = 20, *, ended: bool = False) -> list[Organisation]:
    """The best matches in the range: exact codes, then names that begin so, then shorter names.

    Equality and ranges on the pieces of names only: anything else is slow under row-level security.
    """
    text = " ".join(text.replace("\x00", "").split())[:100]
    if not text:
        return []
    rows = organisations(viewer, ended=ended).filter(Q(pk__in=_by_code(viewer, text)) | Q(pk__in=_by_name(text)))
    rank = Case(
        When(code=text, then=Value(0)),
        When(uscc=text.upper(), then=Value(0)),
        When(name=text, then=Value(0)),
        When(short_name=text, then=Value(1)),
        When(name__startswith=text, then=Value(1)),
        When(name__contains=text, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    dead = Case(When(state__in=LIVE, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(rows.annotate(rank=rank, dead=dead).order_by("dead", "rank", Length("name"), "name_key", "pk")[:limit])


def _by_code(viewer: Viewer, text: str) -> list[int]:
    """Organisations with this code, or this credit code, or serving an employer that has it."""
    if not text.isascii() or len(text) < 3:
        return []
    upper = text.upper()
    own = (
        Organisation.objects.visible(viewer)
        .filter(Q(code=text) | Q(code=upper) | Q(uscc=upper))
        .exclude(code="", uscc="")
    )
    found = list(own.values_list("pk", flat=True)[:50])
    if len(upper) == 18:
        found += Employer.objects.visible(viewer).filter(uscc=upper).values_list("organisation_id", flat=True)
    return found


def _by_name(text: str) -> QuerySet[Organisation, int]:
    """Ids of organisations that have every piece of the text."""
    wanted = query_grams(text)
    rows = Organisation.objects.all()
    if wanted.is_empty:
        return rows.none().values_list("pk", flat=True)
    for gram in wanted.exact:
        rows = rows.filter(pk__in=OrganisationGram.objects.filter(gram=gram).values("organisation_id"))
    if wanted.prefixes:
        # Letters and digits may be one spelling typed with spaces (an fu) or stand apart in the name (第3车间2班).
        apart = Organisation.objects.all()
        for word in squeeze_latin(HANZI_RUN.sub(" ", text)).split():
            apart = apart.filter(pk__in=_begun((f"p:{word}", f"i:{word}")))
        rows = rows.filter(Q(pk__in=_begun(wanted.prefixes)) | Q(pk__in=apart.values("pk")))
    return rows.values_list("pk", flat=True)[:_CANDIDATES]


def _begun(prefixes: Iterable[str]) -> QuerySet[OrganisationGram, Any]:
    """Organisations with a piece that begins with one of these."""
    spelled = Q()
    for prefix in prefixes:
        spelled |= Q(gram__gte=prefix, gram__lt=prefix + "~")
    return OrganisationGram.objects.filter(spelled).values("organisation_id")
