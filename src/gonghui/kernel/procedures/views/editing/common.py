"""What the pages of definitions share: who looks, which draft is edited, and the words for its keys."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse

from gonghui.kernel.access.requests import viewer_of

from ....org import queries as org_queries
from ....org.models import Organisation, PublicOrganisation
from ....refusal import Refusal
from ....rules.rules import definitions as rule_definitions
from ....viewer import Viewer
from ... import registry, services
from ...models import Procedure
from ...queries import definitions as queries
from ...rules.checking import Known
from ...rules.differences import Words
from ...rules.editing import Place, shaped
from ...rules.printing import STANDING
from .forms import Choices, Names


def here_of(viewer: Viewer) -> Organisation:
    if viewer.organisation_id is None:
        raise Http404
    return Organisation.objects.get(pk=viewer.organisation_id)


def path_bar(here: Organisation | PublicOrganisation) -> list[Any]:
    return [*org_queries.ancestors(here), here]


def words() -> Words:
    return Words(
        roles=registry.STAFF_ROLES,
        effects={key: one.title for key, one in registry.effects().items()},
        facts={key: one.title for key, one in registry.facts().items()},
        rules={key: one.title for key, one in rule_definitions().items()},
    )


def known() -> Known:
    return registry.known(None, "national", registry.standards())


def names_of(body: dict[str, Any]) -> Names:
    """What conditions of a draft may speak of, in Chinese."""
    said = words()
    titles = {**said.facts, **{str(x): said.rule(y) for x, y in (body.get("rules") or {}).items()}, **STANDING}
    return Names(body, known(), titles)


def roles() -> Choices:
    return list(registry.STAFF_ROLES.items())


def day_rules() -> Choices:
    """Rules that are numbers of days, for the suggestions of a deadline."""
    return [
        (f"rule:{key}", one.title)
        for key, one in rule_definitions().items()
        if one.kind == "integer" and one.unit in ("个工作日", "天", "日")
    ]


def seen(request: HttpRequest, pk: int) -> Procedure:
    """A definition that holds here or stands in the viewer's range."""
    row = queries.procedure(viewer_of(request), pk)
    if row is None:
        raise Http404
    return row


def draft(request: HttpRequest, pk: int) -> Procedure:
    """A draft of the viewer's own place."""
    row = queries.editable(viewer_of(request)).filter(pk=pk, state="draft").select_related("organisation").first()
    if row is None:
        raise Http404
    return row


def buildable(row: Procedure) -> bool:
    """The form builder can show it; else the text has to be mended first."""
    return shaped(row.body)


def keep(request: HttpRequest, row: Procedure, body: dict[str, Any]) -> Refusal | None:
    """Save a changed draft under the lock that the page was opened with; the refusal when it cannot be."""
    lock = request.POST.get("lock", "")
    number = int(lock) if lock.isascii() and lock.isdecimal() and len(lock) < 9 else 0
    try:
        services.save_draft(viewer_of(request), body=body, procedure=row, lock=number)
    except Refusal as refusal:
        return refusal
    return None


def back(request: HttpRequest, name: str, pk: int, refusal: Refusal | None, said: str = "") -> HttpResponseRedirect:
    if refusal is not None:
        messages.error(request, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)
    elif said:
        messages.success(request, said)
    return HttpResponseRedirect(reverse(f"procedures:{name}", args=[pk]))


TABS = (
    ("definition_basics", "基本情况"),
    ("definition_form", "申请表"),
    ("definition_steps", "环节"),
    ("definition_after", "办结和申诉"),
    ("definition_try", "试算"),
    ("definition_check", "检查和发布"),
    ("definition_text", "全文"),
)


def frame(request: HttpRequest, row: Procedure, current: str) -> dict[str, Any]:
    """Context of every page of the editor: the tabs, the lock, and how many mistakes are left."""
    viewer = viewer_of(request)
    wrong = services.mistakes_of(viewer, row.body)
    tabs = [
        {
            "title": title,
            "url": reverse(f"procedures:{name}", args=[row.pk]),
            "current": name == current,
            "count": (len(wrong) or None) if name == "definition_check" else None,
        }
        for name, title in TABS
    ]
    return {"row": row, "body": row.body, "tabs": tabs, "wrong": wrong, "path": path_bar(here_of(viewer))}


PAGES = {
    "basics": "definition_basics",
    "after": "definition_after",
    "form": "definition_form",
    "steps": "definition_steps",
    "approved": "definition_after",
    "rejected": "definition_after",
    "text": "definition_text",
}
_INPUTS = {
    "deadline": "days", "days": "notice_days", "given": "key", "when": "when_field", "audience": "when_field",
    "prefix": "number_prefix", "files": "most_files", "correction": "times", "rules": "rule_0",
}  # fmt: skip


def address_of(place: Place, pk: int) -> str:
    """Where a mistake is mended: the page, and the input on it."""
    slot = _INPUTS.get(place.slot, place.slot)
    anchor = f"#id_{slot}" if slot else ""
    if place.page == "section":
        return reverse("procedures:definition_section", args=[pk, place.numbers[0]]) + anchor
    if place.page == "field":
        return reverse("procedures:definition_field", args=[pk, *place.numbers]) + anchor
    if place.page == "step":
        return reverse("procedures:definition_step", args=[pk, place.numbers[0]]) + anchor
    if place.page in ("approved", "rejected") and place.numbers:
        return reverse("procedures:definition_effect", args=[pk, place.page, place.numbers[0]])
    return reverse(f"procedures:{PAGES.get(place.page, 'definition_text')}", args=[pk]) + anchor
