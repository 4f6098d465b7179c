"""Cases of rights: legal aid, arrears, disputes; the clocks of the law and the money that came back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.procedures.rules.forms import masked_name
from gonghui.kernel.viewer import Viewer
from gonghui.pages.lists import Column, Empty, Filter, ListPage, View

from .. import forms, queries, services
from ..choices import CaseKind, CaseState, Stage
from ..models import Case
from ..rules import yuan
from ..sealing import CASE, CLAIMANT, EVENT, opened
from .acting import Choice, bound, found_or_404, show
from .hardship import HIDDEN

CLAIMS = {
    "wages": "劳动报酬",
    "injury": "工伤待遇",
    "compensation": "经济补偿或赔偿金",
    "contract": "劳动合同",
    "hours": "工时和休假",
    "insurance": "社会保险",
    "other": "其他",
}


def case_tag(row: Case) -> SafeString:
    return format_html(
        '<span class="tag tag-{}">{}</span>', "info" if row.state == "open" else "ok", row.get_state_display()
    )


CASES = ListPage(
    key="casework-cases",
    title="维权个案",
    unit="件",
    columns=[
        Column("number", "编号", cell=lambda r: f"GA{r.pk:06d}", head=True, sort="pk", nowrap=True),
        Column("kind", "类别", cell=lambda r: r.get_kind_display(), sort="kind", nowrap=True),
        Column("who", "职工", cell=lambda r: HIDDEN),
        Column("organisation", "所在工会", cell=lambda r: r.organisation.name, kind="organisation"),
        Column("stage", "进展", cell=lambda r: r.get_stage_display(), sort="stage", nowrap=True),
        Column("state", "状态", cell=case_tag, sort="state", nowrap=True),
        Column("opened_on", "立案", kind="date", sort="opened_on"),
        Column("closed_on", "结案", kind="date", sort="closed_on"),
    ],
    filters=[
        Filter("kind", "类别", choices=CaseKind.choices),
        Filter("state", "状态", choices=CaseState.choices),
        Filter("stage", "进展", choices=Stage.choices),
    ],
    views=[View("all", "全部"), *(View(one.value, one.label, {"state": one.value}) for one in CaseState)],
    empty=Empty("还没有维权个案", "法律援助、欠薪线索、争议调解的申请办结以后，个案和法定期限在这里继续跟进。"),
    default_sort="-opened_on",
    order=("pk",),
    row_url=lambda r: reverse("casework:case", args=[r.pk]),
    row_label=lambda r: f"GA{r.pk:06d}",
    template="casework/cases.html",
)


@desk("case.handle")
def cases(request: HttpRequest) -> HttpResponseBase:
    viewer = viewer_of(request)
    found = queries.recovered(viewer)
    money = {"workers": found["workers"], "claimed": yuan(found["claimed"]), "recovered": yuan(found["recovered"])}
    return CASES.respond(request, queries.cases(viewer), heading="维权个案", money=money)


def _acts(request: HttpRequest, viewer: Viewer, row: Case) -> list[Choice]:
    if row.state != CaseState.OPEN:
        return []
    pk, found = row.pk, []
    if row.kind in (CaseKind.DISPUTE, CaseKind.ARREARS, CaseKind.LEGAL_AID) and row.stage != Stage.DONE:
        found.append(
            Choice(
                "advance",
                "登记仲裁进展",
                forms.StageForm(bound(request, "advance"), stage=row.stage),
                lambda d: _said(
                    services.advance(viewer, case_id=pk, stage=Stage(d["stage"]), on=d["on"], words=d["words"]),
                    "已登记，法定期限已更新",
                ),
                "登记进展",
                main=row.kind == CaseKind.DISPUTE,
            )
        )
    rows = queries.claimants(row)
    if rows:
        options = [
            (str(one.pk), f"{n}．{masked_name(opened(one.who, CLAIMANT)['name'])}") for n, one in enumerate(rows, 1)
        ]
        found.append(
            Choice(
                "recover",
                "登记追回金额",
                forms.RecoveryForm(bound(request, "recover"), claimants=options, auto_id="re_%s"),
                lambda d: _recovered(viewer, int(d["claimant"]), int(d["recovered"] * 100), d["on"]),
                "登记追回",
                main=True,
            )
        )
    found.append(
        Choice(
            "close",
            "结案",
            forms.CloseForm(bound(request, "close")),
            lambda d: _said(services.close_case(viewer, case_id=pk, result=d["result"]), "已结案"),
            "结案",
        )
    )
    return found


def _said(row: Case, words: str) -> str:
    return words


def _recovered(viewer: Viewer, claimant: int, fen: int, on: object) -> str:
    row = services.record_recovery(viewer, claimant_id=claimant, recovered=fen, on=on)  # type: ignore[arg-type]
    return f"已登记追回{yuan(row.recovered)}"


@desk("case.handle")
@require_http_methods(["GET", "POST"])
def case(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    row = found_or_404(queries.case(viewer, pk))
    facts, rows = opened(row.facts, CASE), queries.claimants(row)
    today = timezone.localdate()
    context = {
        "case": row,
        "state_tag": case_tag(row),
        "facts": facts,
        "claim": CLAIMS.get(facts.get("claim") or "", ""),
        "claimants": [
            {
                "name": masked_name(opened(one.who, CLAIMANT)["name"]),
                "claimed": f"{one.claimed / 100:,.2f}",
                "recovered": f"{one.recovered / 100:,.2f}",
                "on": one.recovered_on,
            }
            for one in rows
        ],
        "claimed": f"{sum(one.claimed for one in rows) / 100:,.2f}",
        "recovered": f"{sum(one.recovered for one in rows) / 100:,.2f}",
        "events": [{"row": one, "note": opened(one.note, EVENT)} for one in row.events.order_by("pk")],
        "clocks": [{"row": one, "left": (one.due_on - today).days} for one in queries.follow_ups(row)],
    }
    return show(
        request, "casework/case.html", context, _acts(request, viewer, row), reverse("casework:case", args=[pk])
    )
