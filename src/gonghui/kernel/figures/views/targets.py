"""Targets at the desk: where they stand, setting and handing them down, accepting them, saying why one is behind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.requests import viewer_of

from ...access.doors import desk
from ...org import queries as org_queries
from ...refusal import Refusal
from ..choices import TargetState
from ..forms import ReasonForm
from ..models import Target
from ..queries import in_force
from ..queries.targets import standings, targets
from ..rules.periods import around, read
from ..services import targets as services

MOST = 200


class TargetForm(forms.Form):
    """What is to be reached, when."""

    key = forms.ChoiceField(label="数字")
    period = forms.ChoiceField(label="期间")
    amount = forms.DecimalField(label="目标值", min_value=Decimal("0.0001"), max_digits=14, decimal_places=4)

    def __init__(self, *args: Any, figures: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        periods = [around(today, kind) for kind in ("year", "half", "quarter", "month")]
        following = around(today.replace(year=today.year + 1, month=1, day=1), "year")
        for name, choices in (("key", figures), ("period", [(one.key, one.said) for one in [*periods, following]])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


class AnswerForm(forms.Form):
    """Accept, ask for another number, or say why it is behind."""

    act = forms.ChoiceField(choices=[("accept", "确认"), ("ask", "提出调整"), ("explain", "说明")])
    counter = forms.DecimalField(label="建议值", required=False, max_digits=14, decimal_places=4)
    reason = forms.CharField(label="理由", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))


@desk("figure.view")
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Targets of the range by period, those of one's own first."""
    viewer = viewer_of(request)
    rows = standings(viewer, list(targets(viewer)[:MOST]))
    rows.sort(key=lambda one: (one.target.organisation_id != viewer.organisation_id, not one.late))
    context = {"rows": rows, "may_set": viewer.may("target.manage"), "own": viewer.organisation_id}
    return render(request, "figures/targets.html", context)


@desk("target.manage")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    body = org_queries.organisation(viewer, viewer.organisation_id or 0)
    figures = [(key, f"{row.title}（{row.body['unit']}）") for key, row in in_force(body.path).items()]
    form = TargetForm(request.POST or None, figures=figures)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.set_target(
                viewer, organisation=body, key=data["key"], period=read(data["period"]), amount=data["amount"]
            )
            messages.success(request, "目标已设定")
            return redirect("figures:target", row.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(request, "figures/target_new.html", {"form": form, "place": body}, status=422 if form.errors else 200)


def _found(request: HttpRequest, pk: int) -> Target:
    row = targets(viewer_of(request)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@desk("figure.view")
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A target with its shares below; handing it down is a number beside each organisation."""
    return _page(request, _found(request, pk))


def _page(
    request: HttpRequest, row: Target, form: AnswerForm | None = None, off: ReasonForm | None = None
) -> HttpResponse:
    """The page, with a form that was sent and refused: what was typed stays, the sentence stands beside it."""
    viewer, pk = viewer_of(request), row.pk
    children = list(org_queries.children(viewer, row.organisation)[:60])
    given = {one.organisation_id: one for one in targets(viewer).filter(parent=row)}
    may_hand = viewer.may("target.manage") and viewer.organisation_id == row.organisation_id and bool(children)
    errors: list[str] = []
    typed = {child.pk: request.POST.get(f"share_{child.pk}", "").strip() for child in children}
    if request.method == "POST" and form is None and off is None:
        if not may_hand:
            raise Refusal("GH-FIG-029", "只有承担单位自己能分解目标", "target")
        try:
            shares = {child: Decimal(typed[child.pk]) for child in children if typed[child.pk]}
            services.hand_down(viewer, target=row, shares=shares)
            messages.success(request, f"已分解到{len(shares)}个下级，等他们确认")
            return redirect("figures:target", pk)
        except ArithmeticError:
            errors = ["目标值要写成数字，不承担的单位留空"]
        except Refusal as refusal:
            errors = [refusal.sentence]
    below = {one.target.organisation_id: one for one in standings(viewer, list(given.values()))}
    context = {
        "standing": standings(viewer, [row])[0],
        "row": row,
        "period": read(row.period),
        "below": [
            {"body": child, "standing": below.get(child.pk),
             "typed": typed[child.pk] if request.method == "POST" else _plain(given.get(child.pk))}
            for child in children
        ],
        "adds_up": services.adds_up(row),
        "handed": sum((one.amount for one in given.values()), Decimal(0)),
        "may_hand": may_hand,
        "may_answer": viewer.may("target.answer") and viewer.organisation_id == row.organisation_id,
        "may_withdraw": viewer.may("target.manage")
        and viewer.organisation_id in (row.organisation_id if row.parent_id is None else 0,
                                       row.parent.organisation_id if row.parent else 0),
        "errors": errors,
        "form": form or AnswerForm(initial={"reason": row.behind}),
        "off": off or ReasonForm(auto_id="off_%s"),
        "open": row.state == TargetState.PROPOSED,
    }  # fmt: skip
    return render(request, "figures/target.html", context, status=422 if errors or form or off else 200)


def _plain(row: Target | None) -> str:
    return "" if row is None else f"{row.amount.normalize():f}"


@desk("target.answer")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row, form = viewer_of(request), _found(request, pk), AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    data = form.cleaned_data
    try:
        if data["act"] == "accept":
            services.accept(viewer, target=row)
        elif data["act"] == "ask":
            services.ask_for_another(viewer, target=row, counter=data["counter"] or Decimal(0), reason=data["reason"])
        else:
            services.explain(viewer, target=row, text=data["reason"])
    except Refusal as refusal:
        field = "reason" if refusal.field == "text" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.sentence)
        return _page(request, row, form)
    messages.success(request, "已答复")
    return redirect("figures:target", pk)


@desk("target.manage")
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    viewer, row, form = viewer_of(request), _found(request, pk), ReasonForm(request.POST, auto_id="off_%s")
    if not form.is_valid():
        return _page(request, row, off=form)
    services.withdraw(viewer, target=row, reason=form.cleaned_data["reason"])
    messages.success(request, "目标已撤销，分解下去的一起撤销")
    return redirect("figures:targets")
