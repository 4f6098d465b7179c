"""The look's patterns as template tags: a page names what it shows, the markup and the words come from here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from gonghui.kernel import wording
from gonghui.kernel.org.rules.names import name_units

from . import words as said
from .icons import ICONS, MARK

register = template.Library()

_WBR = mark_safe("<wbr>")
_GROUPED = (forms.RadioSelect, forms.CheckboxSelectMultiple)


# icons and small texts


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "search" %}`, `{% icon "down" "s" %}`; a label only where the icon stands alone outside a control."""
    css = "i i-s" if size == "s" else "i"
    told = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" viewBox="0 0 20 20" {}>{}</svg>', css, told, mark_safe(ICONS[name]))


@register.simple_tag
def mark() -> SafeString:
    """The mark beside the name of the federation."""
    return format_html('<svg viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(MARK))


@register.filter
def org_name(name: object) -> SafeString:
    """A full organisation name that may break only between its units."""
    units = format_html_join(_WBR, "{}", ((unit,) for unit in name_units(str(name or ""))))
    return format_html('<span class="org">{}</span>', units)


@register.filter
def nowrap(text: object) -> SafeString:
    """Keeps a number with its unit, or a date, on one line."""
    return format_html('<span class="nowrap">{}</span>', text)


@register.filter
def thousands(value: object) -> str:
    return said.number(value)


# numbers


@register.simple_tag
def figure(
    value: object,
    unit: str = "",
    url: str = "",
    decimals: int | None = None,
    sign: bool = False,
    label: str = "",
) -> SafeString:
    """A number that opens its records; without an address it is plain."""
    words = said.number(value, decimals=decimals, sign=sign)
    if unit and words not in (wording.UNREPORTED, wording.NOT_APPLICABLE):
        words += unit
    if not url:
        return format_html('<span class="nowrap">{}</span>', words)
    told = format_html(' aria-label="{}{}"', label, words) if label else ""
    return format_html('<a class="fig" href="{}"{}>{}</a>', url, told, words)


@register.simple_tag
def stat(
    label: str, value: object, unit: str = "", url: str = "", note: str = "", decimals: int | None = None
) -> SafeString:
    """One tile of `.stats`: name, number with unit, and its period or comparison."""
    body = format_html(
        "<span>{}</span><b><u>{}</u><i>{}</i></b>{}",
        label,
        said.number(value, decimals=decimals),
        unit if value is not None else "",
        format_html("<small>{}</small>", note) if note else "",
    )
    if url:
        return format_html('<a class="stat" href="{}">{}</a>', url, body)
    return format_html('<div class="stat">{}</div>', body)


@register.simple_tag
def tag(words: object, kind: str = "") -> SafeString:
    """`{% tag "待核查" %}`; kind is ok, info, wait, bad or empty, known words need none."""
    text = str(getattr(words, "label", words))
    chosen = kind or str(getattr(words, "tag_kind", "")) or said.tag_kind(text)
    return format_html('<span class="tag{}">{}</span>', f" tag-{chosen}" if chosen else "", text)


# dates


def _day(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def cn_date(value: dt.date | dt.datetime | None, form: str = "table") -> SafeString:
    """`table` 2021-08-17, `sentence` 3月6日, `weekday` 3月6日（周一）, `time` 2021-08-17 15:20, `moment` 3月6日15:20"""
    if value is None or value == "":
        return format_html('<span class="quiet">{}</span>', wording.NOT_APPLICABLE)
    local = _day(value)
    day = local.date() if isinstance(local, dt.datetime) else local
    clock = local.strftime("%H:%M") if isinstance(local, dt.datetime) else ""
    today = timezone.localdate()
    words = {
        "table": wording.day_table(day),
        "sentence": wording.day(day, today),
        "weekday": wording.day_and_weekday(day, today),
        "time": f"{wording.day_table(day)} {clock}".strip(),
        "moment": wording.day(day, today) + clock,
    }[form]
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>',
        local.isoformat(timespec="minutes") if clock else day,
        words,
    )


@register.simple_tag
def date_range(first: dt.date, last: dt.date) -> SafeString:
    return nowrap(wording.day_range(first, last, timezone.localdate()))


@register.simple_tag
def deadline(day: dt.date, left: int) -> SafeString:
    """Words and colour of a deadline; `left` counts working days and is negative when overdue."""
    words = wording.deadline_sentence(left, day, timezone.localdate())
    css = {wording.Tone.DUE: "bad", wording.Tone.SOON: "wait"}.get(wording.deadline_tone(left), "")
    return format_html('<span class="{}">{}</span>', f"nowrap {css}".strip(), words)


# structure


@register.inclusion_tag("gonghui/_path.html")
def path_bar(items: Iterable[object]) -> dict[str, Any]:
    """Organisations from the top down, the last one being where the reader is; (name, url) pairs or objects."""
    steps = []
    for item in items:
        if isinstance(item, tuple | list):
            steps.append({"name": item[0], "url": item[1] if len(item) > 1 else ""})
        elif isinstance(item, Mapping):
            steps.append({"name": item.get("name") or item.get("title"), "url": item.get("url", "")})
        else:
            url = getattr(item, "url", "") or getattr(item, "get_absolute_url", str)()
            steps.append({"name": getattr(item, "name", item), "url": url})
    return {"steps": steps}


@register.inclusion_tag("gonghui/_facts.html")
def facts(pairs: Mapping[str, object] | Iterable[Sequence[object]]) -> dict[str, Any]:
    """Label and value pairs; what is unknown says so."""
    rows = pairs.items() if isinstance(pairs, Mapping) else pairs
    return {"rows": [(row[0], wording.UNREPORTED if row[1] is None or row[1] == "" else row[1]) for row in rows]}


@register.inclusion_tag("gonghui/_empty.html")
def empty(
    title: str,
    text: object = "",
    action_url: str = "",
    action_text: str = "",
    symbol: str = "inbox",
    level: int = 2,
) -> dict[str, Any]:
    """Why there is nothing, the next step, and a button that takes it."""
    return {
        "title": title, "text": text, "action_url": action_url, "action_text": action_text,
        "symbol": symbol, "level": level,
    }  # fmt: skip


@register.inclusion_tag("gonghui/_tabs.html")
def tabs(items: Iterable[object], label: str = "分类") -> dict[str, Any]:
    """Each item: title, url, count (or none), current."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("gonghui/_pager.html")
def pager(page: object) -> dict[str, Any]:
    """Any object with first, last, total, unit, previous_url, next_url and links (see lists.page.Pager)."""
    return {"page": page}


@register.inclusion_tag("gonghui/_progress.html")
def progress(
    done: int,
    total: int,
    label: str,
    unit: str = "行",
    seconds_left: float | None = None,
    stop_url: str = "",
    note: str = "",
) -> dict[str, Any]:
    """Done of total, time left, that one may leave, and how to stop."""
    return {
        "done": done, "total": total, "label": label, "unit": unit, "stop_url": stop_url,
        "percent": int(done * 100 / total) if total else 0,
        "words": note or (f"{wording.time_left(seconds_left)}，可以离开本页" if seconds_left is not None else ""),
    }  # fmt: skip


@register.inclusion_tag("gonghui/_note.html")
def note(text: object, kind: str = "") -> dict[str, Any]:
    """A remark beside the work; kind `wait` for what needs attention."""
    return {"text": text, "kind": kind, "symbol": "warn" if kind in ("wait", "bad") else "info"}


# forms


def _standard_message(field_: forms.Field, code: str) -> str | None:
    """The framework's own message for a code, to tell it from one that the form declared."""
    for kind in type(field_).__mro__:
        if code in getattr(kind, "default_error_messages", {}):
            return str(kind.default_error_messages[code])
    return None


def field_errors(bound: BoundField) -> list[str]:
    """The errors of a field as sentences that say how to mend it."""
    out = []
    for problem in bound.errors.as_data():
        code, words = problem.code or "", "".join(problem.messages)
        standard = _standard_message(bound.field, code)
        if standard is not None and str(problem.message) != standard:
            out.append(words)
        elif code == "invalid":
            out.append(said.INVALID.get(type(bound.field).__name__, words) if standard else words)
        elif code == "required" and isinstance(bound.field, forms.ChoiceField):
            out.append("还没有选择")
        elif code in said.FIELD_ERRORS and (standard or {"show_value", "limit_value"} & set(problem.params or ())):
            out.append(said.FIELD_ERRORS[code].format(**(problem.params or {})))
        else:
            out.append(words)
    return out


def _described_by(bound: BoundField, extra: Iterable[str] = ()) -> str:
    ids = [*extra]
    if bound.help_text:
        ids.append(f"{bound.id_for_label or bound.auto_id}-hint")
    if bound.errors:
        ids.append(f"{bound.id_for_label or bound.auto_id}-error")
    return " ".join(ids)


def _widget_attrs(bound: BoundField, given: dict[str, Any]) -> dict[str, Any]:
    """Class, description and state that the look asks of a control; a page may add more (`rows=3`)."""
    widget = bound.field.widget
    attrs = {name.replace("_", "-"): value for name, value in given.items()}
    plain = not isinstance(widget, (*_GROUPED, forms.CheckboxInput))
    if plain:
        attrs["class"] = " ".join(filter(None, ("input", widget.attrs.get("class"), attrs.get("class"))))
    if isinstance(widget, forms.Textarea):
        attrs.setdefault("rows", min(int(widget.attrs.get("rows", 4)), 4))
        attrs["cols"] = False  # width comes from the layout
    if not isinstance(widget, _GROUPED):
        if described := _described_by(bound):
            attrs["aria-describedby"] = described
        if bound.errors:
            attrs["aria-invalid"] = "true"
        if bound.field.required:
            attrs["aria-required"] = "true"
    # the browser's own bubble says less than ours and hides behind the keyboard of a phone
    bound.form.use_required_attribute = False
    return attrs


@register.inclusion_tag("gonghui/_field.html")
def field(bound: BoundField, hint: str = "", optional: bool = True, **attrs: Any) -> dict[str, Any]:
    """Label, hint, control, and the error beside it; what is optional says 选填."""
    if hint:
        bound.help_text = hint
    widget = bound.field.widget
    kind = "single" if isinstance(widget, forms.CheckboxInput) else "group" if isinstance(widget, _GROUPED) else "plain"
    widget_attrs = _widget_attrs(bound, attrs)
    if kind == "group":
        options = [
            {"tag": option.tag(), "label": option.choice_label, "id": option.id_for_label}
            for option in bound.subwidgets
        ]
        control: SafeString | str = ""
    else:
        options = []
        control = "" if bound.is_hidden else bound.as_widget(attrs=widget_attrs)
    base = bound.id_for_label or bound.auto_id
    return {
        "bound": bound, "control": control, "options": options, "kind": kind,
        "hint_id": f"{base}-hint", "error_id": f"{base}-error", "described": _described_by(bound),
        "errors": field_errors(bound),
        "optional": optional and not bound.field.required and kind == "plain",
    }  # fmt: skip


@register.inclusion_tag("gonghui/_form_errors.html")
def form_errors(*sources: Any) -> dict[str, Any]:
    """有 n 处要改, each a link to the field; several forms, sets and lists of forms of one page share one summary."""
    rows: list[dict[str, str]] = []
    bound_forms: list[forms.BaseForm] = []
    for source in (one for given in sources for one in (given if isinstance(given, list) else [given])):
        if isinstance(source, forms.BaseFormSet):
            rows += [{"href": "", "label": "", "message": str(error)} for error in source.non_form_errors()]
            bound_forms += source.forms
        elif source is not None:
            bound_forms.append(source)
    for form in bound_forms:
        if not form.is_bound:
            continue
        rows += [{"href": "", "label": "", "message": str(error)} for error in form.non_field_errors()]
        for bound in form:
            target = bound.id_for_label or (
                f"{bound.auto_id}_0" if isinstance(bound.field.widget, _GROUPED) else bound.auto_id
            )
            rows += [{"href": target, "label": str(bound.label), "message": words} for words in field_errors(bound)]
    return {"rows": rows}


@register.filter
def get(mapping: Mapping[Any, Any], key: object) -> object:
    """A value of a dictionary under a key that is itself a variable."""
    return mapping.get(key)


@register.simple_tag
def joined(items: Iterable[object], separator: str = "、") -> SafeString:
    """Names in a row: 甲、乙、丙."""
    return mark_safe(separator.join(conditional_escape(item) for item in items))
