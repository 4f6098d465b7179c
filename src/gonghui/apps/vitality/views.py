"""Pages of the vitality review: the list of findings, one finding, and the acts on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gonghui.kernel.access.doors import desk, member
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import (
    BulkAction,
    Column,
    Empty,
    Filter,
    ListPage,
    Picked,
    write_xlsx,
)

from . import forms, queries, services
from .choices import Decision, FindingKind, FindingState
from .models import Finding

TONES = {
    FindingState.LISTED: "wait",
    FindingState.WARNED: "info",
    FindingState.APPEALED: "bad",
    FindingState.DECIDED: "",
    FindingState.KEPT: "ok",
}


def _state(row: Finding) -> SafeString:
    text = row.get_state_display()
    if row.state == FindingState.DECIDED:
        text = f"已{row.get_decision_display()}"
    tone = TONES[FindingState(row.state)]
    return format_html('<span class="tag{}">{}</span>', f" tag-{tone}" if tone else "", text)


def _reasons(row: Finding) -> SafeString:
    return format_html_join(mark_safe("<br>"), "{}", ((reason["text"],) for reason in row.reasons))


def _subject(row: Finding) -> str:
    return row.membership.person.name if row.membership else row.organisation.name


def _due(row: Finding) -> Any:
    return row.due_on if row.state == FindingState.WARNED else None


def _counter(kind: str) -> Callable[[Viewer], int]:
    return lambda viewer: queries.summary(viewer)[kind]["open"]


COLUMNS_MEMBER = [
    Column("subject", "姓名", cell=_subject, head=True, sort="membership__person__name_key", personal=True),
    Column(
        "paper",
        "证件号码",
        personal=True,
        cell=lambda r: (
            format_html('<span class="quiet">{}</span>', r.membership.person.id_mask) if r.membership else ""
        ),
    ),
]
COMMON = [
    Column("last_sign_on", "最近活动", kind="date", sort="last_sign_on"),
    Column("reasons", "列入原因", cell=_reasons, export=lambda r: "；".join(x["text"] for x in r.reasons)),
    Column("state", "状态", cell=_state, sort="state", nowrap=True, export=lambda r: r.get_state_display()),
    Column("due_on", "可处置日期", kind="date", cell=_due, sort="due_on"),
]
FILTERS = [
    Filter("state", "状态", choices=FindingState.choices),
    Filter("org", "所在工会", "search", "organisation__name__icontains", placeholder="工会名称"),
]


def _bulk(kind: FindingKind) -> list[BulkAction]:
    """What can be done to picked findings of a kind; each kind has its own address to post to."""
    url = f"/desk/vitality/{kind.value}/act"
    check, decide = "vitality.review", "vitality.decide"
    acts = [
        BulkAction("keep", "核实保留", url, form=forms.NoteForm, permission=check, question="{count}项核实保留"),
        BulkAction(
            "warn",
            "警示告知",
            url,
            form=forms.WarnForm,
            permission=check,
            question="警示{count}项",
            effect="期限内本会或本人可以申诉，期满才能处置。",
        ),
    ]
    if kind == FindingKind.PAPER_MEMBER:
        acts.append(
            BulkAction(
                "end",
                "终止会籍",
                url,
                destructive=True,
                form=forms.EndForm,
                permission=decide,
                question="终止{count}名会员的会籍",
                effect="记录原因“清理纸上会员”，会员仍可申诉。",
                undo="处置后可以撤回，会籍原样恢复。",
            )
        )
    else:
        acts += [
            BulkAction(
                "merge",
                "并转",
                url,
                form=forms.DecideForm,
                permission=decide,
                question="并转{count}家工会",
                effect="会员整体转入接收工会，原工会停止活动。",
                undo="没有后续变动前可以撤回。",
            ),
            BulkAction(
                "dissolve",
                "撤销",
                url,
                destructive=True,
                form=forms.DecideForm,
                permission=decide,
                question="撤销{count}家工会",
                effect="会员转入接收工会，不填则由上一级工会保留会籍，一个不丢。",
                undo="没有后续变动前可以撤回。",
            ),
        ]
    acts.append(
        BulkAction("undo", "撤回处置", url, form=forms.UndoForm, permission=decide, question="撤回{count}项处置")
    )
    return acts


UNION_COLUMNS = [
    Column(
        "organisation",
        "工会",
        cell=lambda r: r.organisation.name,
        kind="organisation",
        head=True,
        sort="organisation__name_key",
    ),
    Column("members", "在册会员", kind="number", unit="名", cell=lambda r: r.organisation.tally.active),
    *COMMON,
]
MEMBER_COLUMNS = [
    *COLUMNS_MEMBER,
    Column(
        "organisation",
        "所在组织",
        cell=lambda r: r.organisation.name,
        kind="organisation",
        sort="organisation__name_key",
    ),
    *COMMON,
]
EMPTY = {
    FindingKind.PAPER_UNION: Empty(
        "没有待核查的工会", "开展一次活力体检，按本地规则找出没有缴费、没有活动、届满未换的工会。"
    ),
    FindingKind.MERGER: Empty("没有需要并转的工会", "单位注销或撤并而工会仍有活动的，体检时会列在这里。"),
    FindingKind.PAPER_MEMBER: Empty("没有待核查的会员", "开展一次活力体检，按本地规则找出长期没有任何痕迹的会员。"),
}
PAGES = {
    kind.value: ListPage(
        key=f"vitality-{kind.value}",
        title=kind.label,
        unit="名" if kind == FindingKind.PAPER_MEMBER else "家",
        columns=MEMBER_COLUMNS if kind == FindingKind.PAPER_MEMBER else UNION_COLUMNS,
        filters=FILTERS,
        bulk=_bulk(kind),
        empty=EMPTY[kind],
        default_sort="organisation",
        order=("pk",),
        row_url=lambda r: reverse("vitality:finding", args=[r.pk]),
        row_label=_subject,
        export=write_xlsx,
        template="vitality/list.html",
    )
    for kind in FindingKind
}


def _source(viewer: Viewer, kind: str) -> Any:
    return queries.findings(viewer, kind).select_related("organisation__tally")


@desk("vitality.view")
def listing(request: HttpRequest, kind: str = FindingKind.PAPER_UNION.value) -> HttpResponseBase:
    """Findings of one kind; the tabs carry the number that is open of each."""
    if kind not in PAGES:
        raise Http404
    viewer = viewer_of(request)
    summary = queries.summary(viewer)
    organisation = org_queries.public(viewer.organisation_id) if viewer.organisation_id else None
    last = queries.reviews(viewer).first()
    return PAGES[kind].respond(
        request,
        _source(viewer, kind),
        heading=FindingKind(kind).label + "核查" if kind != FindingKind.MERGER else "需并转工会核查",
        kind=kind,
        kinds=[
            {
                "title": FindingKind(value).label,
                "url": reverse("vitality:kind", args=[value]),
                "count": summary[value]["open"],
                "current": value == kind,
            }
            for value in FindingKind.values
        ],
        numbers=summary[kind],
        last_review=last,
        path=[*org_queries.ancestors(organisation), organisation] if organisation else [],
        may_review=viewer.may("vitality.review"),
    )


@desk("vitality.review")
@require_POST
def review(request: HttpRequest) -> HttpResponse:
    """Look over the post's whole area now."""
    viewer = viewer_of(request)
    organisation = org_queries.organisation(viewer, viewer.organisation_id)  # type: ignore[arg-type]
    made = services.start_review(viewer, organisation=organisation)
    found = queries.findings(viewer).filter(review=made).count()
    messages.success(request, f"已体检{made.unions_checked:,}家工会、{made.members_checked:,}名会员，新列入{found:,}项")
    return redirect("vitality:list")


def _receiver(viewer: Viewer, name: str) -> Organisation | None:
    """The receiving union by its full name within the post's area."""
    if not name.strip():
        return None
    found = list(Organisation.objects.visible(viewer).filter(name=name.strip(), state="active")[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal("GH-VIT-020", f"有两家都叫“{name}”", "receiver", "到工会页面单独办理并转")
    raise Refusal("GH-VIT-021", f"本岗位范围内没有叫“{name}”的工会", "receiver", "写工会全称，须是正常状态")


def _act(viewer: Viewer, name: str, ids: list[int], data: dict[str, Any]) -> str:
    """Do one bulk act; returns what happened, in the past tense."""
    if name == "keep":
        done = services.keep(viewer, finding_ids=ids, note=data["note"])
        return f"已核实保留{len(done):,}项"
    if name == "warn":
        done = services.warn(viewer, finding_ids=ids, note=data["note"])
        latest: date | None = max((f.due_on for f in done if f.due_on), default=None)
        return f"已警示{len(done):,}项，{latest:%Y-%m-%d}起可以处置" if latest else f"已警示{len(done):,}项"
    if name in ("dissolve", "merge"):
        done = services.decide_union(
            viewer,
            finding_ids=ids,
            decision=Decision(name),
            reason=data["reason"],
            document_no=data["document_no"],
            receiver=_receiver(viewer, data["receiver"]),
        )
        return f"已{Decision(name).label}{len(done):,}家工会"
    if name == "end":
        done = services.decide_members(viewer, finding_ids=ids, decision=Decision.END, reason=data["reason"])
        return f"已终止{len(done):,}名会员的会籍"
    done = services.undo(viewer, finding_ids=ids, reason=data["reason"])
    return f"已撤回{len(done):,}项处置"


@desk("vitality.review")
@require_POST
def act(request: HttpRequest, kind: str) -> HttpResponseBase:
    """A bulk act on the picked findings, after its question was answered."""
    if kind not in PAGES:
        raise Http404
    viewer, name = viewer_of(request), request.POST.get("bulk", "")
    query = request.POST.get("query", "")
    page, back = PAGES[kind], reverse("vitality:kind", args=[kind])
    action = next((a for a in page.bulk if a.key == name), None)
    if action is None:
        raise Http404
    try:
        picked: Picked = page.picked(request, _source(viewer, kind))
        if answer := page.ask(request, name, picked, back=back):
            return answer
        if action.permission and not viewer.may(action.permission):
            raise Refusal("GH-VIT-022", "当前岗位不能处置", hint="由有处置权限的岗位办理")
        ids = list(picked.rows.values_list("pk", flat=True))
        messages.success(request, _act(viewer, name, ids, picked.data))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    target = back + query
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _one(viewer: Viewer, pk: int) -> Finding:
    found = queries.finding(viewer, pk)
    if found is None:
        raise Http404
    return found


@desk("vitality.view")
@require_GET
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """One finding: why it is listed, what the records show, what was done, and what can be done now."""
    viewer = viewer_of(request)
    found = _one(viewer, pk)
    return render(request, "vitality/finding.html", _finding_context(viewer, found))


def _finding_context(viewer: Viewer, found: Finding, **more: Any) -> dict[str, Any]:
    signs = found.organisation.signs.order_by("-on")
    signs = signs.filter(person_id=found.person_id) if found.membership_id else signs.filter(person__isnull=True)
    return {
        "finding": found,
        "subject": _subject(found),
        "state_tag": _state(found),
        "signs": signs[:20],
        "path": [*org_queries.ancestors(found.organisation), found.organisation],
        "contact_form": forms.ContactForm(),
        "answer_form": forms.AnswerForm(),
        "appeal_form": forms.AppealForm(),
        "confirm_form": forms.ConfirmForm(auto_id="confirm_%s"),
        "can_check": viewer.may("vitality.review") and found.state in ("listed", "warned", "appealed"),
        "can_appeal": viewer.may("vitality.confirm") and found.state in ("listed", "warned"),
        **more,
    }


def _with_form(
    request: HttpRequest, pk: int, name: str, form: Any, done: Callable[[Finding, dict[str, Any]], str]
) -> HttpResponse:
    """Validate, act, and go back to the finding; what was typed stays when something is wrong."""
    viewer = viewer_of(request)
    found = _one(viewer, pk)
    if form.is_valid():
        try:
            messages.success(request, done(found, form.cleaned_data))
            return redirect("vitality:finding", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    return render(request, "vitality/finding.html", _finding_context(viewer, found, **{name: form}), status=422)


@desk("vitality.review")
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    def done(found: Finding, data: dict[str, Any]) -> str:
        services.record_contact(
            viewer_of(request), finding_id=found.pk, reached=data["reached"] == "1", note=data["note"]
        )
        return "已登记联系情况"

    return _with_form(request, pk, "contact_form", forms.ContactForm(request.POST), done)


@desk("vitality.decide")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    def done(found: Finding, data: dict[str, Any]) -> str:
        services.answer_appeal(
            viewer_of(request), finding_id=found.pk, upheld=data["upheld"] == "1", answer=data["answer"]
        )
        return "已答复申诉"

    return _with_form(request, pk, "answer_form", forms.AnswerForm(request.POST), done)


@desk("vitality.confirm")
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The union's own chair: confirm that it lives, or object."""

    def done(found: Finding, data: dict[str, Any]) -> str:
        services.appeal(viewer_of(request), finding=found, text=data["text"])
        return "已提交申诉，答复前不会处置"

    return _with_form(request, pk, "appeal_form", forms.AppealForm(request.POST), done)


@desk("vitality.confirm")
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The union's own chair: we are alive, and this is what we did lately."""

    def done(found: Finding, data: dict[str, Any]) -> str:
        services.confirm(viewer_of(request), finding_id=found.pk, note=data["text"])
        return "已提交本会确认，由上级工会核定"

    return _with_form(request, pk, "confirm_form", forms.ConfirmForm(request.POST, auto_id="confirm_%s"), done)


@member
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """The member's phone: why my membership is being checked, what happened, and my objection."""
    viewer = viewer_of(request)
    found = queries.own_findings(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    form = forms.AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.appeal(viewer, finding=found, text=form.cleaned_data["text"])
            messages.success(request, "已提交申诉，答复前会籍不变")
            return redirect("vitality:own", pk=pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    union = org_queries.public(found.organisation_id)
    context = {"finding": found, "form": form, "union": union, "open": found.state in ("listed", "warned")}
    return render(request, "vitality/own.html", context, status=422 if form.errors else 200)
