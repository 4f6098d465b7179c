"""Acts on an organisation: a form with its effect beside it, one service, a toast that offers to take it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from gonghui.kernel.access.doors import desk, refused
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.files.models import StoredFile
from gonghui.kernel.files.services import open_file, store
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import services as org
from gonghui.kernel.org.choices import ChangeKind
from gonghui.kernel.org.models import Organisation, OrganisationChange
from gonghui.kernel.org.rules import committee_size, founding_forms
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import queries
from ..forms import acts as forms
from ..forms.fields import refuse
from ..rules import carried
from .dialogs import ask
from .loading import change_of, crumbs, done, organisation_of, organisation_url

Data = dict[str, Any]
STRUCTURAL = (
    ChangeKind.FOUNDING,
    ChangeKind.MOVE,
    ChangeKind.MERGER,
    ChangeKind.SPLIT,
    ChangeKind.DISSOLUTION,
)


@dataclass(frozen=True)
class Act:
    """One kind of act: its words, its form, what it will do, and the service that does it."""

    key: str
    heading: str
    submit: str
    done: str
    form: type[forms.ActForm]
    effect: Callable[[Viewer, Organisation, forms.ActForm], list[str]]
    run: Callable[[Viewer, Organisation, Data, dict[str, Any]], OrganisationChange | Organisation]
    undo: str = "办错了，可以在“历史”里撤回，只要后来没有别的变动依赖它。"
    bad: bool = False


def _given(data: Data, document: StoredFile | None) -> dict[str, Any]:
    return {"reason": data["reason"], "document_no": data["document_no"], "document": document}


def _stored(viewer: Viewer, organisation: Organisation, data: Data) -> StoredFile | None:
    upload = data.get("document")
    if not upload:
        return None
    return store(
        viewer,
        path=organisation.path,
        name=upload.name,
        kind="decision",
        content=upload.file,
        content_type=upload.content_type,
    )


def _run(request: HttpRequest, pk: int, act: Act, **form_args: Any) -> HttpResponse:
    """The page of an act: the form, a refreshed effect, or the act itself."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = act.form(request.POST or None, request.FILES or None, viewer=viewer, organisation=organisation, **form_args)
    if request.method == "POST" and request.GET.get("effect"):
        return _effect(request, act, viewer, organisation, form)
    if request.method == "POST" and form.is_valid():
        try:
            document = _stored(viewer, organisation, form.cleaned_data)
            result = act.run(viewer, organisation, form.cleaned_data, _given(form.cleaned_data, document))
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return _finished(request, act, organisation, result)
    context = {
        "act": act,
        "organisation": organisation,
        "form": form,
        "effect": act.effect(viewer, organisation, form),
        "path": [*crumbs(viewer, organisation, here=False), (act.submit, "")],
        "heading": act.heading.format(name=organisation.name),
        "back": organisation_url(organisation.pk),
        "members": getattr(form, "members", None),
        "picked": getattr(form, "picked", set()),
        "listed": queries.SPLIT_LISTED,
    }
    return render(request, "membership/act.html", context, status=422 if form.is_bound else 200)


def _effect(
    request: HttpRequest, act: Act, viewer: Viewer, organisation: Organisation, form: forms.ActForm
) -> HttpResponse:
    """Only what the act will do, for the choices made so far; nothing is checked and nothing is written."""
    form.is_valid()
    return render(
        request,
        "membership/parts/effect.html",
        {"effect": act.effect(viewer, organisation, form), "act": act},
    )


def _finished(
    request: HttpRequest, act: Act, organisation: Organisation, result: OrganisationChange | Organisation
) -> HttpResponse:
    target = result if isinstance(result, Organisation) else organisation
    change = result if isinstance(result, OrganisationChange) else _founding(viewer_of(request), result)
    undo_url = reverse("membership:undo", args=[change.pk]) if change else ""
    words = act.done.format(name=organisation.name, made=target.name)
    messages.success(request, format_html('{}<a href="{}">撤回</a>', words, undo_url) if undo_url else words)
    return done(request, organisation_url(target.pk))


def _founding(viewer: Viewer, organisation: Organisation) -> OrganisationChange | None:
    return org_queries.history(viewer, organisation).filter(kind=ChangeKind.FOUNDING, organisation=organisation).first()


def _chosen(form: forms.ActForm, name: str) -> Any:
    return form.cleaned_data.get(name) if form.is_bound and hasattr(form, "cleaned_data") else None


# what each act will do


def _move_effect(viewer: Viewer, organisation: Organisation, form: forms.ActForm) -> list[str]:
    counts = org_queries.counts(viewer, organisation)
    target = _chosen(form, "parent")
    above = organisation.parent.name if organisation.parent else ""
    where = f"从{above}转到{target.name}。" if target else f"现在的上级是{above}。"
    return [
        where,
        f"这将移动{carried(counts.organisations, counts.members)}。",
        "会籍、任职、用人单位和下级组织都随同，不用重新办理。生效日期以前仍按原上级统计。",
    ]


def _merge_effect(viewer: Viewer, organisation: Organisation, form: forms.ActForm) -> list[str]:
    own = org_queries.own_counts(viewer, organisation)
    counts = org_queries.counts(viewer, organisation)
    target = _chosen(form, "into")
    name = target.name if target else "接收组织"
    below = counts.organisations - 1
    lines = [f"{own.members:,}名会员的会籍转入{name}，会员不会丢失。"]
    if below:
        lines.append(f"下面的{below:,}家组织改由{name}领导，它们的会员不变。")
    lines.append("本组织的职务随之终止，用人单位由接收组织服务，名称和历史保留。")
    return lines


def _dissolve_effect(viewer: Viewer, organisation: Organisation, form: forms.ActForm) -> list[str]:
    counts = org_queries.counts(viewer, organisation)
    target = _chosen(form, "members_to")
    above = organisation.parent.name if organisation.parent else "上一级工会"
    if target:
        lines = [f"{counts.members:,}名会员转入{target.name}，继续是会员。"]
    else:
        lines = [f"{counts.members:,}名会员由{above}保留会籍：不缴会费，暂不享有选举权，随时可以转到新工会。"]
    below = counts.organisations - 1
    if below:
        lines.append(f"下面的{below:,}个分会和工会小组一同撤销；下面另有工会的，要先转隶、并转或撤销。")
    lines.append("依据工会法第十三条：单位终止或被撤销，工会组织相应撤销，并报告上一级工会。")
    return lines


def _split_effect(viewer: Viewer, organisation: Organisation, form: forms.ActForm) -> list[str]:
    assert isinstance(form, forms.SplitForm)
    chosen = _chosen(form, "members") or []
    lines = [f"在{organisation.parent.name if organisation.parent else ''}下面成立一个新组织，与本组织并列。"]
    if chosen:
        lines.append(f"{len(chosen):,}名会员转入新组织，{len(form.members) - len(chosen):,}名留在本组织。")
    else:
        lines.append(f"现有会员{len(form.members):,}名，选中的转入新组织，其余留在本组织。")
    lines.append("转出的会员在本组织的职务随之终止。")
    return lines


def _found_effect(viewer: Viewer, organisation: Organisation, form: forms.ActForm) -> list[str]:
    size = committee_size(25)
    ways = "、".join(one.label for one in founding_forms(24))
    return [
        f"新组织设在{organisation.name}下面。",
        "会员满25人应单独建立基层工会委员会；不足25人可以" + ways + "。",
        f"会员25至200人的，委员{size.words}；每届3年或5年。",
        "建会后导入会员名册，或逐名办理入会。",
    ]


def _plain(*lines: str) -> Callable[[Viewer, Organisation, forms.ActForm], list[str]]:
    return lambda viewer, organisation, form: list(lines)


# the acts themselves


def _do_found(actor: Viewer, parent: Organisation, data: Data, given: dict[str, Any]) -> Organisation:
    facts = {name: data[name] for name in forms.FoundForm.FACTS if data[name] not in (None, "")}
    organisation = org.found(
        actor,
        parent=parent,
        name=data["name"],
        kind=data["kind"],
        level=data["level"],
        on=data["on"],
        state=data["state"],
        **given,
        **facts,
    )
    if data["employer"] and data["kind"] in ("grassroots_union", "joint_union", "industry_union"):
        shared = {key: facts[key] for key in ("unit_kind", "industry", "headcount", "address") if key in facts}
        org.save_employer(actor, organisation=organisation, name=data["employer"], **shared)
    return organisation


def _do_elect(actor: Viewer, organisation: Organisation, data: Data, given: dict[str, Any]) -> OrganisationChange:
    terms = {name: data[name] for name in ("term_from", "term_to", "committee_size")}
    return org.elect(actor, organisation=organisation, **terms, **given)


FOUND = Act(
    key="found",
    heading="在{name}下面建会",
    submit="登记建会",
    done="已登记建会：{made}",
    form=forms.FoundForm,
    effect=_found_effect,
    run=_do_found,
    undo="登记错了可以撤回，只要新组织还没有会员、任职和下级组织。",
)
MOVE = Act(
    key="move",
    heading="{name}转隶",
    submit="办理转隶",
    done="已转隶{name}",
    form=forms.MoveForm,
    effect=_move_effect,
    run=lambda actor, body, data, given: org.move(
        actor, organisation=body, parent=data["parent"], on=data["on"], **given
    ),
)
MERGE = Act(
    key="merge",
    heading="{name}并转",
    submit="办理并转",
    done="已并转{name}",
    form=forms.MergeForm,
    effect=_merge_effect,
    run=lambda actor, body, data, given: org.merge(actor, organisation=body, into=data["into"], on=data["on"], **given),
    bad=True,
)
SPLIT = Act(
    key="split",
    heading="{name}分设",
    submit="办理分设",
    done="已从{name}分设",
    form=forms.SplitForm,
    effect=_split_effect,
    run=lambda actor, body, data, given: org.split(
        actor, organisation=body, name=data["name"], members=data["members"], on=data["on"], **given
    ),
)
DISSOLVE = Act(
    key="dissolve",
    heading="撤销{name}",
    submit="撤销这个组织",
    done="已撤销{name}",
    form=forms.DissolveForm,
    effect=_dissolve_effect,
    run=lambda actor, body, data, given: org.dissolve(
        actor, organisation=body, members_to=data["members_to"], on=data["on"], **given
    ),
    bad=True,
)
RENAME = Act(
    key="rename",
    heading="{name}更名",
    submit="登记更名",
    done="已登记更名",
    form=forms.RenameForm,
    effect=_plain("旧名称连同使用的起止日期留在历史里，按旧名称仍能查到当时的组织树。", "会籍、任职和上下级关系不变。"),
    run=lambda actor, body, data, given: org.rename(
        actor, organisation=body, name=data["name"], short_name=data["short_name"], on=data["on"], **given
    ),
)
RECLASSIFY = Act(
    key="reclassify",
    heading="改变{name}的类型",
    submit="改变类型",
    done="已改变类型",
    form=forms.ReclassifyForm,
    effect=_plain(
        "上下级组织都要适合新的类别和层级，不适合的会指出是哪一家。", "会籍、任职不变，统计从生效日期起按新类型。"
    ),
    run=lambda actor, body, data, given: org.reclassify(
        actor, organisation=body, kind=data["kind"], level=data["level"], on=data["on"], **given
    ),
)
ELECT = Act(
    key="elect",
    heading="登记{name}换届",
    submit="登记换届",
    done="已登记换届",
    form=forms.ElectForm,
    effect=_plain("基层工会每届3年或5年，地方总工会每届5年。", "登记后到“干部”里办理新一届的任职和上一届的离任。"),
    run=_do_elect,
)


@desk("org.restructure")
def found(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, FOUND)


@desk("org.restructure")
def move(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, MOVE)


@desk("org.restructure")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, MERGE)


@desk("org.restructure")
def split(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    departments = queries.departments(viewer, organisation)
    members = list(queries.own_members(viewer, organisation))
    return _run(request, pk, SPLIT, departments=departments, members=members)


@desk("org.restructure")
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, DISSOLVE)


@desk("org.manage")
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, RENAME)


@desk("org.manage")
def reclassify(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, RECLASSIFY)


@desk("org.manage")
def elect(request: HttpRequest, pk: int) -> HttpResponse:
    return _run(request, pk, ELECT)


@desk("org.manage")
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an act back, with the reason; what depends on it since is named by the refusal."""
    viewer = viewer_of(request)
    change = change_of(request, pk)
    if change.kind in STRUCTURAL and not viewer.may("org.restructure"):
        return refused(request, viewer, "org.restructure")
    kind = ChangeKind(change.kind).label
    url = organisation_url(change.organisation_id, "history")
    form = forms.UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            org.undo(viewer, change=change, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已撤回{kind}")
            return done(request, url)
    lines = [f"{change.organisation.name}，{change.on}{kind}：{change.reason}"]
    if change.effect.get("members"):
        lines.append(f"{change.effect['members']:,}名会员回到办理以前的会籍。")
    return ask(request, form, title=f"撤回{kind}", submit=f"撤回{kind}", back=url, lines=lines)


@desk("org.view")
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The decision that an act rests on."""
    change = change_of(request, pk)
    stored = change.document
    if stored is None:
        raise Http404("document")
    opened = open_file(viewer_of(request), stored)
    return FileResponse(opened, as_attachment=True, filename=stored.name, content_type=stored.content_type)
