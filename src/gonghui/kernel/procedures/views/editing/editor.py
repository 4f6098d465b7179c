"""The form builder and the step editor: every piece of a draft has its own plain page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ....access.doors import desk
from ....org.choices import Level
from ....rules.rules import definitions as rule_definitions
from ... import registry, services
from ...choices import FieldKind, StepKind, Tier
from ...models import Procedure
from ...rules import editing
from ...rules.checking import LEVEL_RANK, TIER_RANK
from ...rules.differences import days_words, deadline_words
from .common import back, buildable, day_rules, draft, frame, here_of, keep, names_of, roles, words
from .forms import BasicsForm, Choices, FieldForm, Piece, SectionForm, TextForm
from .step_forms import AfterForm, EffectForm, StepForm

Saved = Callable[[Any], dict[str, Any]]


def to_text(request: HttpRequest, row: Procedure) -> HttpResponseRedirect:
    messages.error(request, "草稿的写法有错，表单编辑显示不了，先在全文里改好")
    return redirect("procedures:definition_text", pk=row.pk)


def titled(choices: Any, value: Any) -> str:
    return str(dict(choices).get(str(value), value))


def form_lines(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections with their fields, as the builder lists them."""
    names, said, found = names_of(body), words(), []
    for section in editing.sections_of(body):
        lines = []
        for one in section.get("fields", []):
            when = str(one.get("when") or "")
            remarks = [
                titled(FieldKind.choices, one.get("kind")),
                "" if one.get("required", True) else "选填",
                f"从台账“{said.facts.get(str(one.get('fill')), one.get('fill'))}”填入" if one.get("fill") else "",
                f"{editing.condition_words(when, names.kinds, names.titles)}时问" if when else "",
                "加密" if one.get("sealed") else "",
                {"show": "公示", "mask": "公示时隐去部分"}.get(str(one.get("notice")), ""),
            ]
            lines.append({"piece": one, "remarks": "，".join(filter(None, remarks))})
        found.append({"piece": section, "fields": lines})
    return found


def preview_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The form as an applicant sees it; nothing on it is sent."""
    return [
        {
            "title": section.get("title"),
            "note": section.get("note", ""),
            "fields": [
                {
                    "title": one.get("title"),
                    "kind": str(one.get("kind")),
                    "hint": one.get("hint", ""),
                    "required": one.get("required", True),
                    "unit": one.get("unit", ""),
                    "options": [str(x.get("title")) for x in one.get("options", [])],
                    "columns": [str(x.get("title")) for x in one.get("columns", [])],
                    "filled": words().facts.get(str(one.get("fill")), "") if one.get("fill") else "",
                    "text": one.get("text", ""),
                    "conditional": bool(one.get("when")),
                    "id": f"preview-{number}-{place}",
                }
                for place, one in enumerate(section.get("fields", []))
            ],
        }
        for number, section in enumerate(editing.sections_of(body))
    ]


@desk("procedure.manage")
@require_GET
def form(request: HttpRequest, pk: int) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    context = frame(request, row, "definition_form")
    context |= {"sections": form_lines(row.body), "preview": preview_of(row.body)}
    return render(request, "procedures/editing/form.html", context)


@desk("procedure.manage")
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The form on its own, at the width of a phone."""
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    return render(request, "procedures/editing/preview.html", {"row": row, "preview": preview_of(row.body)})


@desk("procedure.manage")
@require_GET
def steps(request: HttpRequest, pk: int) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    said, lines = words(), []
    for one in editing.list_of(row.body, "steps"):
        days = deadline_words(one.get("deadline"), said)
        if one.get("kind") == "notice":
            days = days_words(one.get("days"), str(one.get("day_unit", "working")), said)
        lines.append(
            {
                "piece": one,
                "kind": titled(StepKind.choices, one.get("kind")),
                "office": titled(Tier.choices, one.get("tier", "own")),
                "role": said.role(one.get("role") or "—"),
                "days": days,
            }
        )
    return render(request, "procedures/editing/steps.html", frame(request, row, "definition_steps") | {"lines": lines})


def piece_page(
    request: HttpRequest, row: Procedure, piece: Piece, heading: str, save: Saved, back_to: str, current: str
) -> HttpResponse:
    """One piece on a plain page: what is wrong stands beside its field, and what was typed stays."""
    if request.method == "POST" and piece.is_valid():
        fresh = save(piece)
        if piece.is_valid():
            refusal = keep(request, row, fresh)
            if refusal is None:
                messages.success(request, f"已保存{heading}")
                return HttpResponseRedirect(back_to)
            piece.add_error(None, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)
    context = frame(request, row, current) | {
        "form": piece, "heading": heading, "back_to": back_to, "day_rules": day_rules(),
        "lock": request.POST.get("lock") or row.lock,
    }  # fmt: skip
    return render(request, "procedures/editing/piece.html", context, status=422 if piece.errors else 200)


def _at(row: Procedure, what: str, at: int | None, section: int = 0) -> dict[str, Any]:
    """The piece that is edited; an empty one that is added."""
    try:
        items = editing.list_of(row.body, what, section)
    except KeyError:
        raise Http404 from None
    if at is None:
        return {}
    if at >= len(items):
        raise Http404
    return items[at]


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def basics(request: HttpRequest, pk: int) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    rules: Choices = [(key, one.title) for key, one in rule_definitions().items() if one.kind != "formula"]
    piece = BasicsForm(row.body, names_of(row.body), rules, registry.standards(), request.POST or None)
    url = reverse("procedures:definition_basics", args=[pk])
    return piece_page(request, row, piece, "基本情况", lambda one: one.slots(), url, "definition_basics")


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, pk: int, at: int | None = None) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    one = _at(row, "sections", at)
    piece = SectionForm(one, names_of(row.body), request.POST or None)
    heading = f"段落“{one.get('title')}”" if one else "新段落"
    return piece_page(
        request, row, piece, heading, lambda x: editing.put(row.body, "sections", at, x.slots()),
        reverse("procedures:definition_form", args=[pk]), "definition_form",
    )  # fmt: skip


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, pk: int, part: int, at: int | None = None) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    one = _at(row, "fields", at, part)
    facts: Choices = [(key, fact.title) for key, fact in registry.facts().items()]
    taken = [str(x.get("key")) for x in editing.fields_of(row.body)]
    piece = FieldForm(one, names_of(row.body), facts, taken, request.POST or None)
    heading = f"问题“{one.get('title')}”" if one else "新问题"
    return piece_page(
        request, row, piece, heading, lambda x: editing.put(row.body, "fields", at, x.slots(), part),
        reverse("procedures:definition_form", args=[pk]), "definition_form",
    )  # fmt: skip


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, at: int | None = None) -> HttpResponse:
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    one = _at(row, "steps", at)
    others: Choices = [(str(x.get("key")), str(x.get("title"))) for x in editing.list_of(row.body, "steps")]
    level = here_of(viewer_of(request)).level
    piece = StepForm(one, names_of(row.body), roles(), others, request.POST or None)
    piece.fields["tier"].help_text = "；".join(
        f"本级不能安排{title}" for tier, title in Tier.choices if TIER_RANK[tier] < LEVEL_RANK.get(Level(level), 0)
    )
    heading = f"环节“{one.get('title')}”" if one else "新环节"
    return piece_page(
        request, row, piece, heading, lambda x: editing.put(row.body, "steps", at, x.slots()),
        reverse("procedures:definition_steps", args=[pk]), "definition_steps",
    )  # fmt: skip


def _sources(body: dict[str, Any]) -> Choices:
    """Where an effect's inputs may come from: answers, what officers fill in, and what is computed."""
    asked: Choices = [(f"={one.get('key')}", f"申请表“{one.get('title')}”") for one in editing.fields_of(body)]
    for step_ in editing.list_of(body, "steps"):
        asked += [
            (f"={step_.get('key')}.{x.get('key')}", f"“{step_.get('title')}”填的“{x.get('title')}”")
            for x in step_.get("asks", [])
        ]
    return [*asked, ("=verdict", "认定"), ("=grade", "等级"), ("=score", "得分"), ("=amount", "金额")]


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def effect(request: HttpRequest, pk: int, slot: str, at: int | None = None) -> HttpResponse:
    """What a decision brings about; the inputs it needs are mapped to fields."""
    row = draft(request, pk)
    if slot not in editing.OUTCOMES:
        raise Http404
    if not buildable(row):
        return to_text(request, row)
    one = _at(row, slot, at)
    viewer = viewer_of(request)
    offered = {key: x for key, x in registry.effects().items() if not x.permission or viewer.may(x.permission)}
    choices: Choices = [(key, x.title) for key, x in offered.items()]
    if one.get("key") and one["key"] not in offered:
        choices.append((str(one["key"]), f"{words().effects.get(str(one['key']), one['key'])}（当前岗位没有权限）"))
    chosen = str(request.POST.get("key") or one.get("key") or "")
    needs = sorted(registry.effects()[chosen].needs) if chosen in registry.effects() else []
    piece = EffectForm(one, choices, needs, _sources(row.body), request.POST or None)
    if request.method == "POST" and any(f"given_{name}" not in request.POST for name in needs):
        # the inputs of this effect were not on the page yet: show them before it is saved
        piece = EffectForm({**one, "key": chosen}, choices, needs, _sources(row.body))
        context = frame(request, row, "definition_after") | {
            "form": piece, "heading": f"“{words().effects.get(chosen, chosen)}”要用到的内容", "lock": row.lock,
            "back_to": reverse("procedures:definition_after", args=[pk]),
        }  # fmt: skip
        return render(request, "procedures/editing/piece.html", context)
    return piece_page(
        request, row, piece, "办结事项", lambda x: editing.put(row.body, slot, at, x.slots()),
        reverse("procedures:definition_after", args=[pk]), "definition_after",
    )  # fmt: skip


def _open_slots(body: dict[str, Any]) -> Choices:
    """What a definition may open to change: days and marks of steps, sizes of questions."""
    found: Choices = []
    for one in editing.list_of(body, "steps"):
        key, title = one.get("key"), one.get("title")
        if one.get("deadline"):
            found.append((f"steps.{key}.deadline.days", f"“{title}”的时限"))
        if one.get("days"):
            found.append((f"steps.{key}.days", f"“{title}”的公示期"))
        if one.get("criteria"):
            found.append((f"steps.{key}.criteria", f"“{title}”的评分项"))
        found.append((f"steps.{key}.role", f"“{title}”的办理角色"))
    return [*found, ("audience_words", "申请条件的说明"), ("summary", "一句话说明"), ("minutes", "填写时间")]


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def after(request: HttpRequest, pk: int) -> HttpResponse:
    """What a decision brings about, correction, taking back and appeal."""
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    said = words()
    piece = AfterForm(row.body, roles(), _open_slots(row.body), request.POST or None)
    url = reverse("procedures:definition_after", args=[pk])
    if request.method == "POST" and piece.is_valid():
        refusal = keep(request, row, piece.slots())
        if refusal is None:
            messages.success(request, "已保存办结和申诉")
            return HttpResponseRedirect(url)
        piece.add_error(None, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)
    outcomes = [
        {
            "slot": slot,
            "title": title,
            "uses": [said.effects.get(str(x.get("key")), str(x.get("key"))) for x in row.body.get(slot) or []],
        }
        for slot, title in editing.OUTCOMES.items()
    ]
    context = frame(request, row, "definition_after") | {
        "form": piece, "outcomes": outcomes, "day_rules": day_rules(), "lock": request.POST.get("lock") or row.lock,
    }  # fmt: skip
    return render(request, "procedures/editing/after.html", context, status=422 if piece.errors else 200)


_PAGE_OF = {"sections": "form", "fields": "form", "steps": "steps", "approved": "after", "rejected": "after"}


@desk("procedure.manage")
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a piece up or down, or take it out."""
    row = draft(request, pk)
    if not buildable(row):
        return to_text(request, row)
    what, does = request.POST.get("what", ""), request.POST.get("does", "")
    numbers = [request.POST.get(name, "0") for name in ("at", "part")]
    if (
        what not in _PAGE_OF
        or does not in ("up", "down", "delete")
        or not all(one.isascii() and one.isdecimal() and len(one) < 6 for one in numbers)
    ):
        raise Http404
    at, part = map(int, numbers)
    try:
        body = (
            editing.removed(row.body, what, at, part)
            if does == "delete"
            else editing.moved(row.body, what, at, -1 if does == "up" else 1, part)
        )
    except KeyError:
        raise Http404 from None
    refusal = keep(request, row, body)
    return back(
        request, f"definition_{_PAGE_OF[what]}", pk, refusal, "已删除，草稿里不再有它" if does == "delete" else ""
    )


@desk("procedure.manage")
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole draft as YAML; mistakes stand with their lines."""
    row, viewer = draft(request, pk), viewer_of(request)
    typed = yaml.safe_dump(row.body, allow_unicode=True, sort_keys=False, width=100)
    piece = TextForm(request.POST or None, initial={"text": typed})
    shown = typed
    if request.method == "POST" and piece.is_valid():
        shown = piece.cleaned_data["text"]
        body, wrong = services.parse(shown)
        if body:
            refusal = keep(request, row, body)
            if refusal is None:
                left = wrong or services.mistakes_of(viewer, body, shown)
                said = f"已保存全文，还有{len(left)}处要改" if left else "已保存全文，没有发现错误"
                messages.success(request, said)
                return redirect("procedures:definition_text", pk=pk)
            piece.add_error(None, f"{refusal.message}，{refusal.hint}" if refusal.hint else refusal.message)
        else:
            piece.add_error("text", f"第{wrong[0].line}行：{wrong[0].sentence}" if wrong[0].line else wrong[0].sentence)
    context = frame(request, row, "definition_text")
    context |= {"form": piece, "lock": request.POST.get("lock") or row.lock}
    context["wrong"] = services.mistakes_of(viewer, row.body, shown) if not piece.errors else []
    return render(request, "procedures/editing/text.html", context, status=422 if piece.errors else 200)


__all__ = ["act", "after", "basics", "effect", "field", "form", "preview", "section", "step", "steps", "text"]
