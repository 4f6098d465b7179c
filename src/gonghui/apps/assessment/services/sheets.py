"""Filling a sheet and checking it: the union claims with papers, the records fill their items, tiers re-score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.files.services import store
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.procedures import authority
from gonghui.kernel.procedures import services as procedures
from gonghui.kernel.procedures.choices import StepKind
from gonghui.kernel.procedures.models import Application, Procedure, Step
from gonghui.kernel.procedures.services.decisions import digest_of
from gonghui.kernel.procedures.services.drafts import check_file
from gonghui.kernel.procedures.services.running import save as save_application
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import Viewer

from .. import rules
from ..models import ItemSheet, SheetEvidence
from ..queries import sheets as queries
from ..queries import standards

MOST_FILES = 10
MEGABYTES = 20
SHEET = "评分表"
"""What the refusal of an application calls its sheet."""

Given = Mapping[str, Mapping[str, Any]]


def start(actor: Viewer, *, procedure: Procedure, organisation: Organisation) -> ItemSheet:
    """Begin an assessment of an organisation: a draft application with its sheet."""
    with transaction.atomic():
        made = procedures.start(actor, procedure=procedure, organisation=organisation)
        return open_sheet(actor, application=made.application)


def open_sheet(actor: Viewer, *, application: Application) -> ItemSheet:
    """The sheet of an application, made when it is first opened: by the standard that holds for this union today.

    :raises Refusal: GH-ASM-020 no standard is meant for it.
    """
    found = queries.sheet_of(application)
    if found is not None:
        return found
    day, organisation = procedures.today(), application.organisation
    chosen = standards.for_organisation(queries.family_of(application), organisation, day)
    if chosen is None:
        raise Refusal("GH-ASM-020", "没有适用于本会的评价标准", "standard", "核对成立日期和组织类别，或联系上级工会")
    standard, known = chosen
    return ItemSheet.objects.create(
        path=organisation.path, application=application, organisation=organisation, standard=standard, on=day,
        facts=known, digest=digest_of([standard.digest, known]),
    )  # fmt: skip


def _held(application_id: int) -> ItemSheet:
    row: ItemSheet | None = (
        ItemSheet.objects.select_for_update(of=("self",))
        .select_related("standard", "application", "organisation").filter(application_id=application_id).first()
    )  # fmt: skip
    if row is None:
        raise Refusal("GH-ASM-021", "没有这份评分表，或它不由当前岗位办理", "sheet")
    return row


def _own(actor: Viewer, application_id: int) -> ItemSheet:
    row = _held(application_id)
    if not authority.is_applicant(actor, row.application):
        raise Refusal("GH-ASM-021", "没有这份评分表，或它不由当前岗位办理", "sheet")
    if row.application.state not in queries.EDITABLE:
        raise Refusal("GH-ASM-022", "已经提交，不能再改自评", "sheet", "要改内容，先撤回申请，或等退回补正")
    return row


def _value(item: rules.Item, given: Any) -> int | None:
    """A typed value of an item.

    :raises Refusal: GH-ASM-024 not a whole number, or beyond the item's points.
    """
    text = str(given if given is not None else "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Refusal("GH-ASM-024", f"“{item.title}”现在是“{text[:20]}”，应为整数", item.key)
    value = int(text)
    most = {"evidence": item.points, "yes_no": 1}.get(item.kind)
    if most is not None and value > most:
        raise Refusal("GH-ASM-024", f"“{item.title}”满分{item.points}分，现在是{value}分", item.key)
    return value


def _typed(standard: rules.Standard, given: Given) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in standard.items():
        if item.automatic or item.key not in given:
            continue
        one = given[item.key]
        found[item.key] = {"value": _value(item, one.get("value")), "note": str(one.get("note", "")).strip()[:300]}
    return found


def _changed(row: ItemSheet, *fields: str) -> None:
    row.version += 1
    row.changed_at = timezone.now()
    row.save(update_fields=[*fields, "version", "changed_at"])


def keep_claims(actor: Viewer, *, application_id: int, given: Given) -> ItemSheet:
    """Keep what the union claims so far; items that the records fill are not taken from what was typed."""
    with transaction.atomic():
        row = _own(actor, application_id)
        row.claims = row.claims | _typed(rules.must_read(row.standard.body), given)
        row.claimed = queries.claimed(row).total
        _changed(row, "claims", "claimed")
        return row


def attach(actor: Viewer, *, application_id: int, items: Sequence[str], upload: Any) -> list[SheetEvidence]:
    """A paper for one item, or for several that it proves at once.

    :raises Refusal: GH-ASM-025 no such item, or enough papers.
    """
    with transaction.atomic():
        row = _own(actor, application_id)
        standard = rules.must_read(row.standard.body)
        held = SheetEvidence.objects.filter(sheet=row, removed_at__isnull=True).values_list("item", flat=True)
        count = Counter(held)
        for key in items:
            found = standard.item(key)
            if found is None or found.automatic:
                raise Refusal("GH-ASM-025", "这项指标不用上传佐证", "item")
            if count[key] >= MOST_FILES:
                raise Refusal("GH-ASM-025", f"“{found.title}”最多{MOST_FILES}个文件", "file", "先移除一个")
        kind = check_file(upload, ("image", "pdf", "word", "excel"), MEGABYTES)
        stored = store(
            actor, path=row.path, name=upload.name or "佐证", kind="assessment", content=upload.file or upload,
            content_type=kind, personal=True,
        )  # fmt: skip
        made = [SheetEvidence(path=row.path, sheet=row, item=key, file=stored) for key in items]
        return SheetEvidence.objects.bulk_create(made)


def detach(actor: Viewer, *, application_id: int, evidence_id: int) -> None:
    """Take a paper back while the sheet is being filled in."""
    with transaction.atomic():
        row = _own(actor, application_id)
        SheetEvidence.objects.filter(sheet=row, pk=evidence_id).update(removed_at=timezone.now())


def before_submit(actor: Viewer, application: Application, values: dict[str, Any]) -> dict[str, str]:
    """Every item answered, every claimed point with its papers; the records are read again on the day of hand-in."""
    if not queries.family_of(application):
        return {}
    row = open_sheet(actor, application=application)
    standard = rules.must_read(row.standard.body)
    day = procedures.today()
    row.facts = standards.facts_of([row.organisation_id], day, [standard])[row.organisation_id]
    row.on, row.digest = day, digest_of([row.standard.digest, row.facts])
    found = queries.scored(row)
    given = queries.answers(row)
    blank = [line.item.title for line in found.lines if not line.answered]
    bare = [
        line.item.title for line in found.lines
        if line.points and rules.needs_evidence(line.item, given.get(line.item.key, rules.Answer()).value)
        and not given[line.item.key].files
    ]  # fmt: skip
    said = []
    if blank:
        said.append(f"还有{len(blank)}项没有填写：{_listed(blank)}")
    if bare:
        said.append(f"有{len(bare)}项得分没有佐证：{_listed(bare)}")
    if said:
        return {SHEET: "，".join(said) + "，到“规范创建”里填好再提交"}
    row.claimed, row.score, row.grade = queries.claimed(row).total, found.total, found.grade
    _changed(row, "facts", "on", "digest", "claimed", "score", "grade")
    save_application(application, score=found.total, grade=found.grade)
    return {}


def _listed(titles: list[str]) -> str:
    return "、".join(titles[:5]) + (f"等{len(titles)}项" if len(titles) > 5 else "")


def submit(actor: Viewer, *, application_id: int, typed: Mapping[str, Any]) -> Application:
    """Hand the assessment in: the form and the sheet together."""
    return procedures.submit(actor, application_id=application_id, typed=typed)


def check_items(actor: Viewer, *, step_id: int, given: Given) -> ItemSheet:
    """A tier scores again: every item that it gives otherwise says why; the score and grade that stand are noted.

    :raises Refusal: GH-ASM-023 other points without a reason; and whatever keeps this post from the step.
    """
    step = Step.objects.filter(pk=step_id).first()
    if step is None:
        raise Refusal("GH-ASM-021", "没有这份评分表，或它不由当前岗位办理", "sheet")
    with transaction.atomic():
        row = _held(step.application_id)
        before = queries.answers(row, _before(row, step.key))
        changed = {}
        for key, one in _typed(rules.must_read(row.standard.body), given).items():
            if one["value"] is None or one["value"] == before.get(key, rules.Answer()).value:
                continue
            if len(one["note"]) < 2:
                item = rules.must_read(row.standard.body).item(key)
                raise Refusal(
                    "GH-ASM-023", f"“{item.title if item else key}”改了分，没有写理由", key, "写明依据，参评工会会看到"
                )
            changed[key] = one
        order = row.checks.get(step.key, {}).get("order", len(row.checks))
        row.checks = row.checks | {
            step.key: {"order": order, "title": step.title, "by": actor.name[:60], "items": changed}
        }
        found = queries.scored(row)
        row.score, row.grade = found.total, found.grade
        _changed(row, "checks", "score", "grade")
        procedures.note_result(actor, step_id=step_id, score=str(found.total), grade=found.grade)
        return row


def _before(row: ItemSheet, key: str) -> str:
    """The check before a step's own, so that checking again starts from what the step was given."""
    mine = row.checks.get(key)
    earlier = [step for step, one in row.checks.items() if mine is None or one["order"] < mine["order"]]
    return max(earlier, key=lambda step: row.checks[step]["order"], default=queries.CLAIM)


def finish_check(
    actor: Viewer, *, step_id: int, given: Given, note: str = "", document_no: str = "", good: bool = True
) -> Step:
    """Score again and pass the step on; a site visit is recorded with what was found."""
    with transaction.atomic():
        check_items(actor, step_id=step_id, given=given)
        kind = Step.objects.values_list("kind", flat=True).get(pk=step_id)
        if kind == StepKind.VISIT:
            return procedures.record_visit(actor, step_id=step_id, on_site=note, good=good)
        if not good:
            return procedures.reject(actor, step_id=step_id, note=note, document_no=document_no)
        return procedures.approve(actor, step_id=step_id, note=note, document_no=document_no)
