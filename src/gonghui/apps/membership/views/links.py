"""What belongs to an organisation: its facts, the employers it serves, its party pairing, its groups."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.access.doors import desk
from gonghui.kernel.access.requests import viewer_of
from gonghui.kernel.org import queries as org_queries
from gonghui.kernel.org import services as org
from gonghui.kernel.org.models import Employer, Organisation
from gonghui.kernel.refusal import Refusal

from ..forms.fields import refuse
from ..forms.organisations import FACT_FIELDS, EmployerForm, EndForm, FactsForm, GroupForm, TwinForm
from .dialogs import ask
from .loading import crumbs, done, organisation_of, organisation_url


def shown(row: Organisation | Employer, field: str, value: Any) -> str:
    """A value as a person reads it: the label of a code, 是 or 否, 未报."""
    if value in (None, ""):
        return "未报"
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = dict(row._meta.get_field(field).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def conflicts_of(conflict: org.VersionConflict, row: Organisation | Employer) -> list[dict[str, str]]:
    """Both versions of every value that somebody else has saved meanwhile."""
    return [
        {
            "label": str(row._meta.get_field(field).verbose_name),  # type: ignore[union-attr]
            "stored": shown(row, field, stored),
            "wanted": shown(row, field, wanted),
        }
        for field, stored, wanted in conflict.values
    ]


@desk("org.manage")
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """更正资料; when somebody was faster, both values are shown and nothing is lost."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = FactsForm(request.POST or None, initial=FactsForm.initial_of(organisation))
    conflicts: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        changes = {name: data[name] for name in FACT_FIELDS if name in form.changed_data}
        try:
            org.correct(
                viewer,
                organisation=organisation,
                version=data["version"],
                changes=changes,
                reason=data["reason"],
            )
        except org.VersionConflict as conflict:
            conflicts = conflicts_of(conflict, organisation)
            form.data = form.data.copy()  # type: ignore[assignment]
            form.data["version"] = str(organisation.version)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已更正资料")
            return done(request, organisation_url(pk))
    context = {
        "organisation": organisation,
        "form": form,
        "conflicts": conflicts,
        "path": [*crumbs(viewer, organisation, here=False), ("更正资料", "")],
        "back": organisation_url(pk),
    }
    return render(request, "membership/facts.html", context, status=422 if form.is_bound else 200)


def _employer(request: HttpRequest, pk: int, employer: Employer | None) -> HttpResponse:
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = EmployerForm(request.POST or None, initial=EmployerForm.initial_of(employer) if employer else {})
    conflicts: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        version, name = data.pop("version"), data.pop("name")
        try:
            org.save_employer(viewer, organisation=organisation, name=name, employer=employer, version=version, **data)
        except org.VersionConflict as conflict:
            assert employer is not None
            conflicts = conflicts_of(conflict, employer)
            form.data = form.data.copy()  # type: ignore[assignment]
            form.data["version"] = str(employer.version)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已修改用人单位" if employer else "已登记用人单位")
            return done(request, organisation_url(pk))
    title = "修改用人单位" if employer else "登记用人单位"
    context = {
        "organisation": organisation,
        "form": form,
        "conflicts": conflicts,
        "title": title,
        "submit": "保存用人单位",
        "path": [*crumbs(viewer, organisation, here=False), (title, "")],
        "back": organisation_url(pk),
    }
    return render(request, "membership/employer.html", context, status=422 if form.is_bound else 200)


@desk("org.manage")
def employer_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _employer(request, pk, None)


@desk("org.manage")
def employer_edit(request: HttpRequest, pk: int, employer_id: int) -> HttpResponse:
    organisation = organisation_of(request, pk)
    employer = org_queries.employers(viewer_of(request), organisation).filter(pk=employer_id).first()
    if employer is None:
        raise Http404("employer")
    return _employer(request, pk, employer)


@desk("org.manage")
def twin(request: HttpRequest, pk: int) -> HttpResponse:
    """登记党工共建对应组织."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = TwinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            org.set_twin(viewer, organisation=organisation, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已登记对应党组织")
            return done(request, organisation_url(pk))
    lines = ["同一种对应方式只有一个，登记新的以后，原来的到起始日期为止。"]
    return ask(request, form, title="登记对应党组织", submit="登记对应党组织", back=organisation_url(pk), lines=lines)


@desk("org.manage")
def twin_end(request: HttpRequest, pk: int, twin_id: int) -> HttpResponse:
    """终止对应关系."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    found = org_queries.twins(viewer, organisation).filter(pk=twin_id).first()
    if found is None:
        raise Http404("twin")
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            org.end_twin(viewer, twin=found, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已终止对应关系")
            return done(request, organisation_url(pk))
    lines = [f"与{found.party_name}的对应关系从终止日期起不再有效，历史保留。"]
    return ask(
        request,
        form,
        title="终止对应关系",
        submit="终止对应关系",
        back=organisation_url(pk),
        lines=lines,
        bad=True,
    )


@desk("org.manage")
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """加入分组: an existing one or a new one kept by the post's organisation."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    form = GroupForm(request.POST or None, viewer=viewer, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            chosen = form.groups.get(data["group"])
            if chosen is None:
                keeper = organisation_of(request, viewer.organisation_id or pk)
                chosen = org.create_group(
                    viewer,
                    organisation=keeper,
                    kind=data["kind"],
                    name=data["name"],
                    authority=data["authority"],
                )
            org.add_to_group(viewer, group=chosen, organisation=organisation, on=data["on"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已加入“{chosen.name}”")
            return done(request, organisation_url(pk))
    return ask(request, form, title="加入分组", submit="加入分组", back=organisation_url(pk))


@desk("org.manage")
def group_leave(request: HttpRequest, pk: int, group_id: int) -> HttpResponse:
    """移出分组."""
    viewer = viewer_of(request)
    organisation = organisation_of(request, pk)
    found = org_queries.groups(viewer, organisation).filter(pk=group_id).first()
    if found is None:
        raise Http404("group")
    form = EndForm(request.POST or None)
    del form.fields["reason"]
    form.fields["on"].label = "移出日期"
    if request.method == "POST" and form.is_valid():
        try:
            org.remove_from_group(viewer, group=found, organisation=organisation, on=form.cleaned_data["on"])
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已移出“{found.name}”")
            return done(request, organisation_url(pk))
    return ask(request, form, title=f"移出“{found.name}”", submit="移出分组", back=organisation_url(pk), bad=True)
