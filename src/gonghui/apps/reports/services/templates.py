"""Templates that a body writes for itself and those below."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer

from ..choices import TemplateState
from ..models import Template
from ..rules.text import LONGEST, clean, parse


def write(
    actor: Viewer,
    *,
    organisation: Organisation,
    title: str,
    occasion: str,
    text: str,
    note: str = "",
    template: Template | None = None,
    lock: int = 0,
) -> Template:
    """A new template, or a change of one's own.

    :raises Refusal: GH-REP-020 another body's, 003 changed by somebody else meanwhile, 004 too long, 021 no title,
        022 in use and wrong.
    """
    require(actor, "report.template")
    text = clean(text)
    if organisation.pk != actor.organisation_id or (template and template.organisation_id != organisation.pk):
        raise Refusal("GH-REP-020", "只能编写本单位的模板", "organisation", "先照此另写一份")
    if len(text) > LONGEST:
        raise Refusal("GH-REP-004", f"正文有{len(text):,}字，超过{LONGEST:,}字", "text", "拆成几份")
    if not title.strip():
        raise Refusal("GH-REP-021", "没有写名称", "title")
    with transaction.atomic():
        row = Template(path=organisation.path, organisation=organisation)
        if template is not None:
            row = Template.objects.visible(actor).select_for_update(of=("self",)).get(pk=template.pk)
            wrong = parse(text).mistakes
            if row.state == TemplateState.PUBLISHED and wrong:
                raise Refusal("GH-REP-022", f"第{wrong[0].line}行：{wrong[0].sentence}", "text", "使用中的模板不能写错")
            if row.lock != lock:
                raise Refusal("GH-REP-003", "您打开以后别人改过这个模板", "text", "复制自己改的内容，重新打开再改")
        row.title, row.occasion, row.text, row.note = title.strip()[:60], occasion, text, note.strip()[:300]
        row.edited_by, row.edited_at, row.lock = actor.account_id, timezone.now(), row.lock + 1
        row.save()
        record(actor, "report.template_written", path=row.path, object_type="report_template", object_id=row.pk,
               object_name=row.title)  # fmt: skip
    return row


def put(actor: Viewer, *, template: Template, state: TemplateState) -> Template:
    """In use for the own body and those below, or no longer.

    :raises Refusal: GH-REP-020 another body's, 022 marks that cannot be understood.
    """
    require(actor, "report.template")
    if template.organisation_id != actor.organisation_id:
        raise Refusal("GH-REP-020", "只能编写本单位的模板", "organisation")
    wrong = parse(template.text).mistakes
    if state == TemplateState.PUBLISHED and wrong:
        raise Refusal("GH-REP-022", f"第{wrong[0].line}行：{wrong[0].sentence}", "text", "改好再启用")
    with transaction.atomic():
        Template.objects.visible(actor).filter(pk=template.pk).update(state=state)
        record(actor, "report.template_put", path=template.path, object_type="report_template",
               object_id=template.pk, object_name=template.title, detail={"state": state.value})  # fmt: skip
    template.state = state
    return template
