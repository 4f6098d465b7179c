"""What an applicant does: start, keep a draft, hand in, correct, take back, appeal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from ...files.services import store
from ...org.models import Organisation
from ...people.models import Person
from ...refusal import Refusal
from ...rules.expressions import Unanswered, evaluate
from ...scope import widened
from ...sealing import seal
from ...viewer import SYSTEM, Viewer
from .. import authority
from ..choices import OPEN_STATES, Act, ApplicationState, ClockKind, ClockState, Outcome, StepState
from ..models import Application, Clock, Evidence, Procedure, Step, Submission
from ..queries.environment import PURPOSE, formula_of, known_facts, opened
from ..registry import wrong_before_submit
from ..rules.definition import Definition, must_read
from ..rules.forms import Filled, fill_in, holds
from . import clocks, outsiders
from .decisions import digest_of
from .running import Run, log, missing, moving, now, save, seat_step, tier_of, today
from .steps import close_step, current_steps, open_ready

Upload: TypeAlias = "UploadedFile[Any]"
ACCEPTS = {
    "image": ("image/jpeg", "image/png", "image/webp"),
    "pdf": ("application/pdf",),
    "word": ("application/msword", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "excel": ("application/vnd.ms-excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
_MAGIC = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "zip",
    b"\xd0\xcf\x11\xe0": "ole",
}


@dataclass(frozen=True, slots=True)
class Started:
    """A new draft; `token` opens its tracking page and is shown once, for applicants without an account."""

    application: Application
    token: str


class Incomplete(Refusal):
    """A form that cannot be handed in yet; `wrong` says by field what has to be mended."""

    def __init__(self, message: str, wrong: Mapping[str, str]) -> None:
        super().__init__("GH-PRO-020", message, next(iter(wrong)))
        self.wrong = dict(wrong)


def refuse_incomplete(wrong: Mapping[str, str], definition: Definition) -> Incomplete:
    """All that has to be mended, at once."""
    titles = {one.key: one.title for one in definition.form.walk()}
    words = "；".join(f"{titles.get(key, key)}{sentence}" for key, sentence in list(wrong.items())[:8])
    return Incomplete(f"有{len(wrong)}处要改：{words}", wrong)


def check_audience(definition: Definition, names: Mapping[str, Any]) -> None:
    """:raises Refusal: GH-PRO-021 not for this applicant, with the condition in words."""
    if definition.audience and not holds(definition.audience, names):
        raise Refusal("GH-PRO-021", f"不符合申请条件：{definition.audience_words}", None, "资料有误的，先申请更正")


def refuse_second(
    actor: Viewer, procedure: Procedure, definition: Definition, organisation: Organisation, person: Person | None
) -> None:
    """:raises Refusal: GH-PRO-022 the same is being handled, or was granted in the period."""
    if not definition.once:
        return
    same = Application.objects.filter(key=procedure.key).exclude(state=ApplicationState.DRAFT)
    if person is not None:
        same = same.filter(person=person)
    elif definition.who == "organisation":
        same = same.filter(organisation=organisation, person__isnull=True)
    else:
        return
    if definition.confidential and (person is None or person.pk != actor.person_id):
        # Whoever is not of the team must not learn from a refusal that there is one already.
        same = same.filter(seats__overlap=[seat for seat in (actor.seat, f"#{actor.account_id}") if seat])
    with widened():
        if same.filter(state__in=OPEN_STATES).exists():
            raise Refusal("GH-PRO-022", f"“{definition.title}”已有一份在办理", None, "在“我的申请”里看进度")
        granted = same.filter(state=ApplicationState.APPROVED)
        if definition.once == "ever" and granted.exists():
            raise Refusal("GH-PRO-022", f"“{definition.title}”只能申请一次，已经通过过")
        if definition.once == "year" and granted.filter(ended_at__year=today().year).exists():
            raise Refusal("GH-PRO-022", f"“{definition.title}”一年一次，今年已经通过过")


def check_applicant(actor: Viewer, definition: Definition, organisation: Organisation, person: Person | None) -> None:
    """Who may apply for whom.

    :raises Refusal: GH-PRO-023.
    """
    if definition.who == "anyone":
        return
    if definition.who == "person":
        by_oneself = person is not None and person.pk == actor.person_id
        on_behalf = actor.is_staff and actor.may("application.make") and actor.reaches(organisation.path)
        if person is not None and (by_oneself or on_behalf):
            return
        raise Refusal("GH-PRO-023", "由会员本人登录后申请，或由工会干部代为提出")
    if actor.is_staff and actor.may("application.make") and actor.reaches(organisation.path):
        return
    raise Refusal("GH-PRO-023", "由本会的工会干部提出申请", hint="切换到有“提出申请”权限的岗位")


def start(
    actor: Viewer,
    *,
    procedure: Procedure,
    organisation: Organisation,
    person: Person | None = None,
    typed: Mapping[str, Any] | None = None,
    consented: bool = False,
    sender: str = "",
) -> Started:
    """Begin an application at an organisation, as a draft that only its applicant sees.

    :param consented: the applicant ticked the definition's consent; its words are kept with the history.
    :param sender: network address of somebody without an account, to limit how often; kept as a keyed hash.
    :raises Refusal: GH-PRO-021 … 023, 024 the definition is not in force, 080 too often.
    """
    if procedure.state != "published":
        raise Refusal("GH-PRO-024", "这个流程没有在施行", "procedure", "从办事目录里选择")
    definition = must_read(procedure.body)
    check_applicant(actor, definition, organisation, person)
    refuse_second(actor, procedure, definition, organisation, person)
    token = "" if actor.account_id else secrets.token_urlsafe(15)
    with transaction.atomic(), widened():
        known = known_facts(definition, organisation, person, today())
        if definition.audience and not set(_asked(definition)) & set(_words(definition.audience)):
            check_audience(definition, known)
        marks = outsiders.marks(sender) if token else {}
        outsiders.refuse_often(organisation.path, Act.STARTED, marks, today())
        row = Application.objects.create(
            path=organisation.path,
            procedure=procedure,
            key=procedure.key,
            organisation=organisation,
            person=person,
            applicant_name=(
                person.name if person is not None else organisation.name if definition.who != "anyone" else ""
            )[:120],
            account_id=actor.account_id,
            post_id=actor.post_id,
            token_digest=authority.token_digest(token) if token else None,
            confidential=definition.confidential,
            seats=[f"#{actor.account_id}"] if actor.account_id else [],
        )
        run = Run(actor, row, definition, today())
        if consented and definition.consent:
            marks = marks | {"consent": definition.consent}
        log(run, Act.STARTED, shown=False, data=marks)
        if typed:
            _keep(run, fill_in(definition, typed, known, complete=False))
    return Started(row, token)


def _asked(definition: Definition) -> list[str]:
    return [one.key for one in definition.form.walk()]


def _words(expression: str) -> list[str]:
    return [word for word in "".join(c if c.isalnum() or c == "_" else " " for c in expression).split() if word]


def _keep(run: Run, filled: Filled) -> None:
    sealed = seal(json.dumps(filled.sealed, ensure_ascii=False), PURPOSE) if filled.sealed else None
    save(run.application, document=filled.document, sealed=sealed)
    run.changed()


def _check_own(actor: Viewer, application: Application, token: str = "") -> None:
    """:raises Refusal: GH-PRO-010 not the applicant's own."""
    if not authority.has_link(application, token) and not authority.is_applicant(actor, application):
        raise missing()


def _with_files(run: Run, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, with the files that were handed in for each field."""
    rows = Evidence.objects.filter(application=run.application, removed_at__isnull=True, step__isnull=True)
    found: dict[str, list[str]] = {}
    for field, file_id in rows.values_list("field", "file_id"):
        found.setdefault(field, []).append(str(file_id))
    return {**typed, **{one.key: found.get(one.key, []) for one in run.definition.form.walk() if one.kind == "files"}}


def keep_draft(actor: Viewer, *, application_id: int, typed: Mapping[str, Any], token: str = "") -> Application:
    """Keep what has been filled in so far; what is wrong yet is left out, nothing is refused."""
    with moving(actor, application_id) as run:
        _check_own(actor, run.application, token)
        _check_editable(run)
        known = known_facts(run.definition, run.application.organisation, run.application.person, run.today)
        _keep(run, fill_in(run.definition, _with_files(run, typed), known, complete=False))
        return run.application


def _check_editable(run: Run) -> None:
    if run.application.state not in (ApplicationState.DRAFT, ApplicationState.RETURNED):
        raise Refusal("GH-PRO-025", "已经提交，不能再改", hint="要改内容，先撤回申请，或等退回补正")


def sniff(head: bytes, name: str) -> str:
    """The content type of a file by its first bytes, never by what the browser says."""
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            if kind == "zip":
                suffix = name.lower().rpartition(".")[2]
                return {"docx": ACCEPTS["word"][1], "xlsx": ACCEPTS["excel"][1]}.get(suffix, "application/zip")
            if kind == "ole":
                return ACCEPTS["word"][0] if name.lower().endswith(".doc") else ACCEPTS["excel"][0]
            return kind
    return "application/octet-stream"


def check_file(upload: Upload, accept: tuple[str, ...], megabytes: int) -> str:
    """The content type of an acceptable file.

    :raises Refusal: GH-PRO-026 empty, too large or of a kind that is not accepted.
    """
    if not upload.size:
        raise Refusal("GH-PRO-026", f"“{upload.name}”是空文件", "file", "重新选择")
    if upload.size > megabytes * 1024 * 1024:
        raise Refusal(
            "GH-PRO-026", f"“{upload.name}”有{upload.size / 1048576:.1f}MB，最大{megabytes}MB", "file", "压缩以后再上传"
        )
    head = upload.read(16)
    upload.seek(0)
    kind = sniff(head, upload.name or "")
    allowed = {content for name in accept for content in ACCEPTS.get(name, ())}
    if "any" not in accept and kind not in allowed:
        words = "、".join({"image": "图片", "pdf": "PDF", "word": "Word", "excel": "Excel"}[name] for name in accept)
        raise Refusal("GH-PRO-026", f"“{upload.name}”不是{words}文件", "file", f"换成{words}再上传")
    return kind


def attach(actor: Viewer, *, application_id: int, field: str, upload: Upload, token: str = "") -> Evidence:
    """Hand in a file for a question of the form; it is kept at once, so that a lost connection loses nothing."""
    with moving(actor, application_id) as run:
        _check_own(actor, run.application, token)
        _check_editable(run)
        slot = run.definition.form.field(field)
        if slot is None or slot.kind != "files":
            raise Refusal("GH-PRO-027", "表单里没有这个附件", "field")
        kind = check_file(upload, slot.accept, slot.megabytes)
        rows = Evidence.objects.filter(application=run.application, field=field, removed_at__isnull=True)
        if rows.count() >= slot.files:
            raise Refusal("GH-PRO-027", f"“{slot.title}”最多{slot.files}个文件", "file", "先移除一个")
        return keep_file(run, upload, kind, field)


def keep_file(run: Run, upload: Any, kind: str, field: str, step: Step | None = None, **where: Any) -> Evidence:
    # Files of confidential applications stand at no place, as their trail does: a range shows nothing of them.
    stored = store(
        SYSTEM,
        path="" if run.application.confidential else run.application.path,
        name=upload.name or "附件",
        kind="application",
        content=upload,
        content_type=kind,
        personal=True,
    )
    return Evidence.objects.create(
        path=run.application.path, application=run.application, field=field, file=stored, step=step, **where
    )


def detach(actor: Viewer, *, application_id: int, evidence_id: int, token: str = "") -> None:
    """Take a file back while the form is being filled in."""
    with moving(actor, application_id) as run:
        _check_own(actor, run.application, token)
        _check_editable(run)
        Evidence.objects.filter(application=run.application, pk=evidence_id, step__isnull=True).update(
            removed_at=timezone.now()
        )


def submit(
    actor: Viewer,
    *,
    application_id: int,
    typed: Mapping[str, Any] | None = None,
    token: str = "",
    sender: str = "",
) -> Application:
    """Hand in: everything is checked, facts and rules of this day are kept, the first steps open.

    Handed in again after a return, it goes on with the step that asked.

    :raises Incomplete: GH-PRO-020 with everything to mend, by field.
    :raises Refusal: 021, 022; 025 handed in before; 080 too often without an account.
    """
    with moving(actor, application_id) as run:
        application = run.application
        _check_own(actor, application, token)
        _check_editable(run)
        known = known_facts(run.definition, application.organisation, application.person, run.today)
        given = typed if typed is not None else _retyped(run)
        filled = fill_in(run.definition, _with_files(run, given), known)
        if filled.wrong:
            raise refuse_incomplete(filled.wrong, run.definition)
        _keep(run, filled)
        check_audience(run.definition, run.environment.names)
        wrong = wrong_before_submit(actor, application, filled.values)
        if wrong:
            raise refuse_incomplete(wrong, run.definition)
        if application.state == ApplicationState.DRAFT:
            refuse_second(actor, application.procedure, run.definition, application.organisation, application.person)
            _name_applicant(run)
        marks: dict[str, str] = {}
        if application.state == ApplicationState.DRAFT and application.token_digest is not None:
            marks = outsiders.marks(sender, outsiders.phone_of(run.definition, filled.values))
            outsiders.refuse_often(application.path, Act.SUBMITTED, marks, run.today)
        _keep_submission(run)
        _judge(run)
        if application.state == ApplicationState.RETURNED:
            _go_on(run)
        else:
            number = f"{run.definition.prefix}{run.today:%Y%m%d}{application.pk:07d}"
            save(application, state=ApplicationState.RUNNING, number=number, submitted_at=now())
            log(run, Act.SUBMITTED, data=marks)
            open_ready(run)
        return application


def _retyped(run: Run) -> dict[str, Any]:
    """The kept answers in the form in which they are typed: money in yuan."""
    values = {**run.application.document, **opened(run.application.sealed)}
    for one in run.definition.form.walk():
        if one.key in values:
            values[one.key] = retyped(one, values[one.key])
    return values


def retyped(one: Any, value: Any) -> Any:
    """A stored value as somebody would type it."""
    if one.kind == "money" and isinstance(value, int):
        return f"{value / 100:.2f}"
    if one.kind == "table":
        columns = {column.key: column for column in one.columns}
        return [{key: retyped(columns[key], cell) for key, cell in row.items() if key in columns} for row in value]
    return value


def _name_applicant(run: Run) -> None:
    """Without an account the form says who applies: a field named `name` or the one filled with a person's name."""
    if run.application.applicant_name:
        return
    name = run.environment.names.get("name") or run.environment.names.get("applicant") or "申请人"
    save(run.application, applicant_name=str(name)[:120])


def _keep_submission(run: Run) -> None:
    application, now = run.application, run.environment
    number = Submission.objects.filter(application=application).count() + 1
    facts = {key: value for key, value in now.facts.items() if not key.startswith("person_")}
    Submission.objects.create(
        path=application.path,
        application=application,
        number=number,
        document=application.document,
        sealed=application.sealed,
        facts=facts,
        rules=now.rules,
        digest=digest_of([application.document, bytes(application.sealed or b"").hex(), facts, now.rules]),
    )


def _judge(run: Run) -> None:
    """What the definition computes of the answers: the class, the amount."""
    values: dict[str, Any] = {}
    if run.definition.verdict:
        try:
            formula, _ = formula_of(run.definition.verdict, run.application.path, run.today)
            values["verdict"] = str(evaluate(formula, run.environment.names))[:60]
        except Unanswered:
            values["verdict"] = ""
    amount = run.environment.names.get("amount")
    if isinstance(amount, int):
        values["amount"] = amount
    if values:
        save(run.application, **values)
        run.changed()


def _go_on(run: Run) -> None:
    """After a correction: the office's days go on where they stopped."""
    clocks.stop(application=run.application, kind=ClockKind.CORRECTION)
    for row in current_steps(run.application):
        if row.state == StepState.PAUSED:
            row.state = StepState.OPEN
            row.data = {key: value for key, value in row.data.items() if key != "missing"} | {
                "corrected": row.data.get("missing", [])
            }
            row.save(update_fields=["state", "data"])
            clocks.resume(run, row)
    save(run.application, state=ApplicationState.RUNNING)
    log(run, Act.CORRECTED)


def withdraw(actor: Viewer, *, application_id: int, reason: str = "", token: str = "") -> Application:
    """Take an application back before it is decided.

    :raises Refusal: GH-PRO-028.
    """
    with moving(actor, application_id) as run:
        _check_own(actor, run.application, token)
        if run.application.state == ApplicationState.DRAFT:
            save(run.application, state=ApplicationState.WITHDRAWN, ended_at=timezone.now())
            return run.application
        if run.application.state not in OPEN_STATES or not run.definition.withdraw:
            raise Refusal("GH-PRO-028", "现在不能撤回" if run.definition.withdraw else "这类申请提交后不能撤回")
        for row in current_steps(run.application):
            if row.state in (StepState.OPEN, StepState.PAUSED):
                close_step(run, row, Outcome.SKIPPED)
        run.application.notices.filter(state="open").update(state="withdrawn", ended_at=timezone.now())
        clocks.stop(application=run.application)
        save(run.application, state=ApplicationState.WITHDRAWN, ended_at=timezone.now())
        log(run, Act.WITHDRAWN, note=reason)
        return run.application


def appeal(actor: Viewer, *, application_id: int, text: str, token: str = "") -> Application:
    """Object to a refusal within its days: the tier above looks at it again, once.

    :raises Refusal: GH-PRO-029 nothing to appeal against, too late, or without a reason.
    """
    with moving(actor, application_id) as run:
        application, slot = run.application, run.definition.appeal
        _check_own(actor, application, token)
        if slot is None or application.state != ApplicationState.REJECTED:
            raise Refusal("GH-PRO-029", "这份申请不能申诉")
        clock = Clock.objects.filter(application=application, kind=ClockKind.APPEAL, state=ClockState.RUNNING).first()
        if clock is None or clock.due_on < run.today or application.decisions.count() > 1:
            raise Refusal("GH-PRO-029", "已过申诉期，或已经申诉过一次", hint="可以向上一级工会反映，或拨打12351")
        if len(text.strip()) < 5:
            raise Refusal("GH-PRO-029", "写明为什么不服", "text", "至少5个字")
        clocks.stop(application=application, kind=ClockKind.APPEAL)
        body = tier_of(application.organisation, slot.tier, "up")
        row = Step.objects.create(
            path=application.path, application=application, key="appeal", title="申诉复核", kind="decide", order=99,
            organisation=body, role=slot.role, data={"appeal": text[:1000]}, confidential=application.confidential,
        )  # fmt: skip
        seat_step(run, row)
        clocks.start(run, slot.deadline, ClockKind.STEP, step=row, title="申诉复核")
        save(application, state=ApplicationState.RUNNING, ended_at=None)
        log(run, Act.APPEALED, step=row, note=text)
        return application
