"""一函两书: the list, writing one, one letter with its answer, and the Word file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.rules import queries as rule_queries
from gonghui.kernel.rules.calendar import working_days_between
from gonghui.kernel.viewer import Viewer
from gonghui.pages.answers import DOCX, attachment
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services, words
from ..choices import LetterKind, LetterState
from ..models import Letter
from ..sealing import ANSWER, LETTER, opened
from .acting import Choice, bound, found_or_404, show

TONES = {
    LetterState.DRAFT: "wait",
    LetterState.SENT: "info",
    LetterState.ANSWERED: "ok",
    LetterState.REFUSED: "bad",
    LetterState.OVERDUE: "bad",
    LetterState.CLOSED: "",
}


def state_tag(row: Letter) -> SafeString:
    tone = TONES[LetterState(row.state)]
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", row.get_state_display())


LETTERS = ListPage(
    key="casework-letters",
    title="一函两书",
    unit="份",
    columns=[
        Column("number", "文号", cell=lambda r: r.number or "未编号", head=True, sort="number", nowrap=True),
        Column("kind", "文种", cell=lambda r: LetterKind(r.kind).label.removeprefix("工会劳动法律监督"), sort="kind"),
        Column("recipient", "主送单位", sort="recipient"),
        Column("state", "状态", cell=state_tag, sort="state", nowrap=True),
        Column("sent_on", "发出", kind="date", sort="sent_on"),
        Column("due_on", "答复期限", kind="date", sort="due_on"),
        Column("answered_on", "答复日期", kind="date", sort="answered_on"),
    ],
    filters=[
        Filter("q", "主送单位", "search", "recipient__icontains", placeholder="单位名称"),
        Filter("kind", "文种", choices=LetterKind.choices),
        Filter("state", "状态", choices=LetterState.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in LetterState)],
    empty=Empty(
        "还没有发过提示函",
        "发现用人单位违反劳动法律的，先发提示函；逾期不改的，依次发意见书、建议书。",
        "拟写提示函",
        "/desk/cases/letters/new",
    ),
    default_sort="due_on",
    order=("pk",),
    row_url=lambda r: reverse("casework:letter", args=[r.pk]),
    row_label=lambda r: r.number or r.recipient,
    template="casework/letters.html",
)


@desk("case.handle")
def letters(request: HttpRequest) -> HttpResponseBase:
    return LETTERS.respond(request, queries.letters(viewer_of(request)), heading="一函两书")


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = forms.LetterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.draft_letter(
                viewer_of(request),
                kind=LetterKind(data["kind"]),
                recipient=data["recipient"],
                body=data["body"],
                copied_to=data["copied_to"],
            )
            messages.success(request, "已拟写，核对以后发出")
            return redirect("casework:letter", pk=made.pk)
        except Refusal as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.sentence)
    return render(request, "casework/letter_new.html", {"form": form}, status=422 if form.errors else 200)


def _acts(request: HttpRequest, viewer: Viewer, row: Letter) -> list[Choice]:
    state, pk, found = LetterState(row.state), row.pk, []
    if state == LetterState.DRAFT:
        initial = {
            "kind": row.kind,
            "recipient": row.recipient,
            "copied_to": row.copied_to,
            "body": opened(row.body, LETTER),
        }
        found.append(
            Choice(
                "send",
                "发出",
                forms.TakeForm(bound(request, "send")),
                lambda d: f"已编号{services.send_letter(viewer, letter_id=pk).number}，开始计算答复期限",
                "编号并发出",
                main=True,
            )
        )
        form = forms.LetterForm(bound(request, "rewrite"), initial=initial)
        del form.fields["kind"]
        found.append(Choice("rewrite", "修改", form, lambda d: _rewritten(viewer, pk, d), "保存修改"))
    if state in (LetterState.SENT, LetterState.OVERDUE):
        found.append(
            Choice(
                "answer",
                "登记答复",
                forms.AnswerForm(bound(request, "answer")),
                lambda d: _said(
                    services.answer_letter(viewer, letter_id=pk, answer=d["answer"], on=d["on"]), "已登记答复"
                ),
                "登记答复",
                main=True,
            )
        )
        found.append(
            Choice(
                "refuse",
                "拒绝整改",
                forms.RefuseForm(bound(request, "refuse")),
                lambda d: _said(
                    services.refuse_letter(viewer, letter_id=pk, because=d["because"]), "已登记，下一份文书已拟好"
                ),
                "登记拒绝",
                bad=True,
            )
        )
    if state in (LetterState.ANSWERED, LetterState.REFUSED, LetterState.OVERDUE):
        found.append(
            Choice(
                "close",
                "办结",
                forms.TakeForm(bound(request, "close")),
                lambda d: _said(services.close_letter(viewer, letter_id=pk), "已办结"),
                "办结",
                main=state == LetterState.ANSWERED,
            )
        )
    return found


def _rewritten(viewer: Viewer, pk: int, data: dict[str, Any]) -> str:
    services.rewrite_letter(
        viewer, letter_id=pk, recipient=data["recipient"], body=data["body"], copied_to=data["copied_to"]
    )
    return "已保存"


def _said(row: Letter, words: str) -> str:
    return words


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found_or_404(queries.letter(viewer, pk))
    following = queries.letters(viewer).filter(follows=row).first()
    context = {
        "letter": row,
        "state_tag": state_tag(row),
        "body": opened(row.body, LETTER),
        "answer": opened(row.answer, ANSWER),
        "following": following,
        "left": working_days_between(timezone.localdate(), row.due_on) if row.due_on else 0,
        "waiting": row.state in (LetterState.SENT, LetterState.OVERDUE),
    }
    return show(
        request, "casework/letter.html", context, _acts(request, viewer, row), reverse("casework:letter", args=[pk])
    )


@desk("case.handle")
@require_GET
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as a Word file."""
    row = found_or_404(queries.letter(viewer_of(request), pk))
    kind = LetterKind(row.kind)
    days = rule_queries.value(f"casework.letter_{kind.value}_days", row.path, row.sent_on or timezone.localdate()).value
    content = words.letter(
        issuer=row.organisation.name,
        title=kind.label,
        number=row.number,
        recipient=row.recipient,
        copied_to=row.copied_to,
        body=opened(row.body, LETTER),
        on=row.sent_on,
        days=int(days),
    )
    answer = attachment(content, f"{kind.label}{row.number or '草稿'}.docx", DOCX)
    answer["Cache-Control"] = "no-store"
    return answer
