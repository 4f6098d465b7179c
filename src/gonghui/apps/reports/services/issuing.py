"""From draft to document: handed in with sealed numbers, signed by somebody else, issued, withdrawn."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from gonghui.kernel.access.rules import require
from gonghui.kernel.figures import queries as figures
from gonghui.kernel.figures.models import Figure
from gonghui.kernel.figures.queries import Fingerprint
from gonghui.kernel.figures.rules.periods import read
from gonghui.kernel.files import services as files
from gonghui.kernel.org.models import PublicOrganisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.trail.services import record
from gonghui.kernel.viewer import Viewer
from gonghui.pages.answers import DOCX

from ..choices import Act as A
from ..choices import ReportState as S
from ..models import Act, Draft, Quoted, Report
from ..paper import printing, words
from ..rules.content import Content, Number, as_json, from_json
from ..verify_report import DOMAIN
from .drafting import filled, unchanged


def hand_in(actor: Viewer, *, report: Report, lock: int, note: str = "") -> Report:
    """Counts once more, with the records of every number sealed by their keys: what is signed is exactly this.

    :param lock: of the report as its reader saw it, here and in every act below.
    :raises Refusal: GH-REP-003 changed meanwhile, 010 not a draft, 011 marks that are wrong, 015 records that change
        while they are counted.
    """
    require(actor, "report.write")
    with transaction.atomic():
        row = _taken(actor, report, lock, S.DRAFT)
        last = Draft.objects.get(report=row, no=row.draft_no)
        content = filled(actor, row, last.text)
        if content.mistakes:
            line, sentence = content.mistakes[0]
            raise Refusal(
                "GH-REP-011", f"有{len(content.mistakes)}处没有填上：第{line}行，{sentence}", hint="改好再送审"
            )
        numbers, keys = _sealed(content.numbers)
        Draft.objects.create(
            path=row.path, report=row, no=row.draft_no + 1, text=last.text, sealed=True, keys=keys,
            content=as_json(replace(content, numbers=numbers)), made_by=actor.account_id, made_by_name=actor.name,
        )  # fmt: skip
        row.draft_no, row.handed_in_by = row.draft_no + 1, actor.account_id
        return _moved(actor, row, S.REVIEW, A.HANDED_IN, note)


def _sealed(numbers: tuple[Number, ...]) -> tuple[tuple[Number, ...], dict[str, list[str]]]:
    """The numbers with the fingerprints of their records, and the keys of few; the same question is asked once."""
    rows = Figure.objects.in_bulk({one.figure for one in numbers})
    places = PublicOrganisation.objects.in_bulk({one.place for one in numbers})
    known: dict[tuple[int, int, str, str], Fingerprint] = {}

    def taken(one: Number, side: str) -> Fingerprint:
        asked = (one.figure, one.place, one.period, side)
        if asked not in known:
            known[asked] = figures.fingerprint(rows[one.figure], places[one.place], read(one.period), side)
        return known[asked]

    found, keys = [], {}
    for n, one in enumerate(numbers):
        top = taken(one, "top")
        below = taken(one, "bottom") if one.bottom is not None else None
        if top.counts_records and top.total != one.top:
            raise Refusal("GH-REP-015", f"“{one.title}”的记录正在变动", hint="过几秒再送审")
        if top.keys is not None:
            keys[str(n)] = list(top.keys)
        found.append(
            replace(
                one, records=top.total, lineage=top.digest, records_below=below.total if below else None,
                lineage_below=below.digest if below else "",
            )
        )  # fmt: skip
    return tuple(found), keys


def give_back(actor: Viewer, *, report: Report, lock: int, note: str) -> Report:
    """:raises Refusal: GH-REP-010 not in review, 012 no reason."""
    require(actor, "report.sign")
    if not note.strip():
        raise Refusal("GH-REP-012", "没有写退回的理由", "note", "写明哪里要改")
    with transaction.atomic():
        row = _taken(actor, report, lock, S.REVIEW, S.SIGNED)
        return _moved(actor, row, S.DRAFT, A.RETURNED, note)


def sign(actor: Viewer, *, report: Report, lock: int, note: str = "") -> Report:
    """:raises Refusal: GH-REP-003 changed meanwhile, 010 not in review, 013 by somebody who wrote or handed it in."""
    require(actor, "report.sign")
    with transaction.atomic():
        row = _taken(actor, report, lock, S.REVIEW)
        writers = Draft.objects.filter(report=row, made_by=actor.account_id)
        if row.handed_in_by == actor.account_id or writers.exists():
            raise Refusal("GH-REP-013", "写过或者送审过这份报告的人不能审定它", hint="由另一位有审定权限的同志审定")
        row.signed_by = actor.account_id
        return _moved(actor, row, S.SIGNED, A.SIGNED, note)


def issue(actor: Viewer, *, report: Report, lock: int, document_no: str = "") -> Report:
    """Files, signature and the list of quoted numbers, all of the signed draft and in one transaction.

    :raises Refusal: GH-REP-010 not signed.
    """
    require(actor, "report.issue")
    with transaction.atomic():
        row = _taken(actor, report, lock, S.SIGNED)
        draft = Draft.objects.get(report=row, no=row.draft_no, sealed=True)
        content = from_json(draft.content)
        row.document_no, row.issued_at = document_no.strip()[:60], timezone.now()
        frozen = frozen_text(row, content).encode()
        text = files.store(
            actor, path=row.path, name=f"{row.title}.json", kind="report.content", content=frozen,
            content_type="application/json",
        )  # fmt: skip
        word, pdf = _papers(row, content)
        kept = files.store(
            actor, path=row.path, name=f"{row.title}.docx", kind="report.word", content=word, content_type=DOCX
        )
        proof: dict[str, Any] = {
            "id": row.token, "title": row.title, "issuer": row.organisation.name, "number": row.document_no,
            "issued_at": timezone.localtime(row.issued_at).isoformat(timespec="seconds"),
            "numbers": len(content.numbers), "content": text.sha256, "word": kept.sha256,
        }  # fmt: skip
        row.content, row.word = text.pk, kept.pk
        if pdf is not None:
            printed = files.store(
                actor, path=row.path, name=f"{row.title}.pdf", kind="report.pdf", content=pdf,
                content_type="application/pdf",
            )  # fmt: skip
            row.pdf, proof["pdf"] = printed.pk, printed.sha256
        row.proof = json.dumps(proof, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.SIGNING_KEY))
        row.signature = key.sign(DOMAIN + row.proof.encode()).hex()
        row.public_key = key.public_key().public_bytes_raw().hex()
        Quoted.objects.bulk_create(
            Quoted(
                path=row.path, report=row, number=n, figure_id=one.figure, place_id=one.place, period=one.period,
                said=one.plain, top=one.top, bottom=one.bottom, lineage=one.lineage, lineage_below=one.lineage_below,
            )
            for n, one in enumerate(content.numbers)
        )  # fmt: skip
        return _moved(actor, row, S.ISSUED, A.ISSUED, "", {"proof": _sha(row.proof.encode())})


def frozen_text(row: Report, content: Content) -> str:
    """The report in full, with the definition of every number, as the text that is signed by its digest."""
    rows = Figure.objects.in_bulk({one.figure for one in content.numbers})
    around = figures.in_force(row.path)
    made_of = {
        key for one in rows.values() for part in (one.body.get("rate"), one.body.get("share")) if part
        for key in (part["of"], part.get("over")) if key
    }  # fmt: skip
    definitions = [*rows.values(), *(around[key] for key in sorted(made_of) if key in around)]
    said = {
        "report": row.token, "title": row.title, "organisation": row.organisation.name, "period": row.period,
        "definitions": {f"{one.key}·{one.version}": one.body for one in definitions}, "content": as_json(content),
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _papers(row: Report, content: Content) -> tuple[bytes, bytes | None]:
    link = settings.PUBLIC_URL + reverse("reports:verify", args=[row.token])
    at = timezone.localtime(row.issued_at) if row.issued_at else timezone.localtime()
    foot = (
        f"{row.organisation.name}{at.year}年{at.month}月{at.day}日印发"
        f"{f'，{row.document_no}' if row.document_no else ''}。文中{len(content.numbers)}个数字由记录统计，"
        f"数据截至{content.as_of}。扫描二维码可以核对本文件是否被改动。"
    )
    return (
        words.word(content, foot, printing.code(link, "png"), printing.picture),
        printing.pdf(content, row.organisation.name, foot, link),
    )


def withdraw(actor: Viewer, *, report: Report, lock: int, reason: str) -> Report:
    """An issued report is marked as withdrawn; it stays readable, and its page of verification says so.

    :raises Refusal: GH-REP-010 not issued, 014 no reason.
    """
    require(actor, "report.issue")
    if not reason.strip():
        raise Refusal("GH-REP-014", "没有写撤回的理由", "reason", "核验页会写出这个理由")
    with transaction.atomic():
        row = _taken(actor, report, lock, S.ISSUED)
        row.withdrawn_reason = reason.strip()[:300]
        return _moved(actor, row, S.WITHDRAWN, A.WITHDRAWN, reason)


def _taken(actor: Viewer, report: Report, lock: int, *states: S) -> Report:
    row: Report | None = Report.objects.visible(actor).select_for_update(of=("self",)).filter(pk=report.pk).first()
    if row is None or row.organisation_id != actor.organisation_id:
        raise Refusal("GH-REP-001", "只能办理本单位的报告", "organisation")
    if row.state not in states:
        raise Refusal("GH-REP-010", f"这份报告{row.get_state_display()}，不能这样办理", hint="刷新页面看现在的状态")
    unchanged(row, lock)
    return row


def _moved(actor: Viewer, row: Report, state: S, act: A, note: str, more: dict[str, Any] | None = None) -> Report:
    row.state, row.changed_at, row.lock = state, timezone.now(), row.lock + 1
    row.save()
    Act.objects.create(
        path=row.path, report=row, draft_no=row.draft_no, act=act, note=note.strip()[:300], by=actor.account_id,
        by_name=actor.name,
    )  # fmt: skip
    record(
        actor, f"report.{act.value}", path=row.path, object_type="report", object_id=row.pk, object_name=row.title,
        reason=note.strip()[:300], detail={"draft": row.draft_no, **(more or {})},
    )  # fmt: skip
    return row


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def paper_of_draft(row: Report, content: Content, kind: str) -> bytes | None:
    """A draft as docx or pdf, which says at its end that it is one; None where no Chinese font is installed."""
    foot = f"第{row.draft_no}稿，未印发。数据截至{content.as_of}。"
    if kind == "docx":
        return words.word(content, foot, None, printing.picture)
    return printing.pdf(content, row.organisation.name, foot, "")
