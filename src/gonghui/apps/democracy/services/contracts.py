"""The register of collective contracts: filed, in force when the labour office is silent, published, over."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.viewer import SYSTEM, Viewer

from ..choices import ContractKind, ContractScope, ContractState
from ..models import Contract
from ..rules import clocks
from ..rules.congress import term_fits
from .holding import BARGAIN, basis, held, in_state, not_ahead, note, number, own, said


def make_contract(
    actor: Viewer, *, organisation: Organisation, kind: ContractKind, scope: ContractScope, title: str, firms: int,
    workers: int, signed_on: date, starts_on: date, ends_on: date, summary: str = "", name: str = "",
    content: bytes = b"", replaces: Contract | None = None,
) -> Contract:  # fmt: skip
    """:raises Refusal: GH-DEM-080 the term is too short or too long."""
    path = organisation.path
    least, most = number("contract_least", path, signed_on), number("contract_most", path, signed_on)
    key = "contract_least"
    if kind == ContractKind.WAGE:
        least = most = number("wage_years", path, signed_on)
        key = "wage_years"
    if not term_fits(starts_on, ends_on, least, most):
        years = f"{least}年" if least == most else f"{least}年至{most}年"
        raise Refusal("GH-DEM-080", f"{kind.label}的期限应为{years}", "ends_on", f"依据：{basis(key)}")
    kept = None
    if content:
        kept = files.store(actor, path=path, name=name, kind="democracy.contract", content=content)
    row = Contract.objects.create(
        path=path, organisation=organisation, kind=kind, scope=scope, title=said(title, "title", "名称", 120),
        firms=firms, workers=workers, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on,
        file_due=clocks.due(signed_on, number("file_days", path, signed_on)), document=kept, replaces=replaces,
        summary=summary.strip()[:2000],
    )  # fmt: skip
    note(actor, "contract_signed", row, row.title)
    return row


def register_contract(
    actor: Viewer, *, organisation: Organisation, kind: ContractKind, scope: ContractScope, title: str, firms: int,
    workers: int, signed_on: date, starts_on: date, ends_on: date, summary: str = "", name: str = "",
    content: bytes = b"",
) -> Contract:  # fmt: skip
    """A contract that was bargained outside, entered with its text.

    :raises Refusal: GH-DEM-002, 004, 005, 080; 070 firms and workers do not fit; 075 no text.
    """
    require(actor, BARGAIN)
    own(actor, organisation.path, "集体合同")
    not_ahead(signed_on, "signed_on")
    if firms < 1 or workers < firms or (scope == ContractScope.ENTERPRISE and firms != 1):
        raise Refusal("GH-DEM-070", f"企业{firms}家、职工{workers}人，不对", "firms", "企业的集体合同只覆盖1家")
    if not content:
        raise Refusal("GH-DEM-075", "没有上传合同文本", "file", "上传双方签字的文本")
    with transaction.atomic():
        return make_contract(
            actor, organisation=organisation, kind=kind, scope=scope, title=title, firms=firms, workers=workers,
            signed_on=signed_on, starts_on=starts_on, ends_on=ends_on, summary=summary, name=name, content=content,
        )  # fmt: skip


def file_contract(actor: Viewer, *, contract_id: int, on: date) -> Contract:
    """The labour office has received it; its silence lets it take effect.

    :raises Refusal: GH-DEM-001, 002, 003, 005; 081 before it was signed.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Contract, contract_id, "集体合同")
        in_state(row, "集体合同", ContractState.SIGNED, ContractState.OBJECTED)
        if on < row.signed_on:
            raise Refusal("GH-DEM-081", f"早于签订的{row.signed_on:%Y-%m-%d}", "on", "按回执上的日期填写")
        row.filed_on, row.state, row.objection = on, ContractState.FILED, ""
        row.save()
        note(actor, "contract_filed", row, row.title, late=on > row.file_due)
    return row


def _last_to_object(row: Contract) -> date:
    filed = row.filed_on or row.signed_on
    return clocks.due(filed, number("silence_days", row.path, filed))


def may_object(row: Contract) -> bool:
    """While it is examined, and when it took effect by silence: an objection may have been on its way."""
    if row.state == ContractState.VALID:
        return row.valid_on is not None and row.valid_on > _last_to_object(row)
    return row.state == ContractState.FILED


def object_to_contract(actor: Viewer, *, contract_id: int, text: str, on: date | None = None) -> Contract:
    """The labour office has objected within its days, though it may be known here only later: the contract was not in
    force, it is mended and filed again.

    :raises Refusal: GH-DEM-001, 002, 003, 004, 005; 081 before it was filed; 083 after the days were over.
    """
    require(actor, BARGAIN)
    day = not_ahead(on)
    with transaction.atomic():
        row = held(actor, Contract, contract_id, "集体合同")
        if not may_object(row):
            in_state(row, "集体合同", ContractState.FILED)
        last = _last_to_object(row)
        if row.filed_on is None or day < row.filed_on:
            raise Refusal("GH-DEM-081", f"早于报送的{row.filed_on:%Y-%m-%d}", "on", "按审查意见书上的日期填写")
        if day > last:
            raise Refusal(
                "GH-DEM-083", f"异议期到{last:%Y-%m-%d}为止，以后提出的不影响生效", "on",
                f"按审查意见书上的日期填写。依据：{basis('silence_days')}",
            )  # fmt: skip
        row.state, row.objection = ContractState.OBJECTED, said(text, "text", "异议内容", 500)
        row.valid_on = row.publish_due = row.published_on = None
        row.file_due = clocks.due(timezone.localdate(), number("file_days", row.path))
        row.save()
        note(actor, "contract_objected", row, row.title)
    return row


def _take_effect(actor: Viewer, row: Contract, on: date) -> None:
    row.state, row.valid_on = ContractState.VALID, on
    row.publish_due = clocks.due(on, number("publish_days", row.path, on))
    row.save()
    note(actor, "contract_valid", row, row.title, on=on.isoformat())


def accept_contract(actor: Viewer, *, contract_id: int, on: date) -> Contract:
    """The labour office has answered that it has no objection, before its days were over.

    :raises Refusal: GH-DEM-001, 002, 003, 005; 081 before it was filed.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Contract, contract_id, "集体合同")
        in_state(row, "集体合同", ContractState.FILED)
        if row.filed_on is None or on < row.filed_on:
            raise Refusal("GH-DEM-081", f"早于报送的{row.filed_on:%Y-%m-%d}", "on", "按审查意见书上的日期填写")
        _take_effect(actor, row, on)
    return row


def take_effect() -> int:
    """Every morning: contracts on which the labour office was silent take effect, those whose days are over end.

    :returns: how many took effect.
    """
    today, made = timezone.localdate(), 0
    for row in Contract.objects.select_for_update().filter(state=ContractState.FILED):
        if row.filed_on is None:
            continue
        on = clocks.valid_from(row.filed_on, number("silence_days", row.path, row.filed_on))
        if on <= today:
            _take_effect(SYSTEM, row, on)
            made += 1
    for row in Contract.objects.select_for_update().filter(state=ContractState.VALID, ends_on__lt=today):
        row.state, row.ended_on, row.end_reason = ContractState.ENDED, row.ends_on, "期满"
        row.save()
        note(SYSTEM, "contract_ended", row, row.title, reason="期满")
    return made


def publish_contract(actor: Viewer, *, contract_id: int, on: date) -> Contract:
    """All workers have been told; members read it on the phone from now on.

    :raises Refusal: GH-DEM-001, 002, 003, 005; 081 before it was valid.
    """
    require(actor, BARGAIN)
    not_ahead(on)
    with transaction.atomic():
        row = held(actor, Contract, contract_id, "集体合同")
        in_state(row, "集体合同", ContractState.VALID)
        if row.valid_on is None or on < row.valid_on:
            raise Refusal("GH-DEM-081", "早于生效日期", "on", "生效以后公布")
        row.published_on = on
        row.save()
        note(actor, "contract_published", row, row.title)
    return row


def end_contract(actor: Viewer, *, contract_id: int, reason: str) -> Contract:
    """Ended before its days were over.

    :raises Refusal: GH-DEM-001, 002, 003, 004.
    """
    require(actor, BARGAIN)
    with transaction.atomic():
        row = held(actor, Contract, contract_id, "集体合同")
        in_state(
            row, "集体合同", ContractState.SIGNED, ContractState.FILED, ContractState.OBJECTED, ContractState.VALID
        )
        row.state, row.ended_on = ContractState.ENDED, timezone.localdate()
        row.end_reason = said(reason, "reason", "终止的原因")
        row.save()
        note(actor, "contract_ended", row, row.title, reason=row.end_reason)
    return row
