"""Reports for tests: signed by somebody, with a remark, and a template in writing."""

from __future__ import annotations

import secrets

from gonghui.kernel.org.models import Organisation

from .models import Comment, Draft, Report, Template
from .rules.content import Block, Content, Span, as_json


def make_report(organisation: Organisation, word: str = "", state: str = "signed") -> Report:
    """A report of one paragraph without numbers; `word` stands in everything somebody wrote."""
    row = Report.objects.create(
        path=organisation.path, organisation=organisation, title=f"{word}年度报告", occasion="year", period="2026",
        state=state, draft_no=1, token=secrets.token_urlsafe(18),
    )  # fmt: skip
    blocks = (Block("title", 1, (Span(f"{word}年度报告"),)), Block("paragraph", 2, (Span(f"{word}的工作。"),)))
    Draft.objects.create(
        path=row.path, report=row, no=1, text=f"# {word}年度报告\n{word}的工作。\n", sealed=True,
        content=as_json(Content(blocks, (), as_of="2026-03-06")),
    )  # fmt: skip
    Comment.objects.create(path=row.path, report=row, draft_no=1, line=2, words=f"{word}再核实", by_name="周敏")
    return row


def make_template(organisation: Organisation, word: str = "") -> Template:
    """A template that only its own body sees."""
    return Template.objects.create(
        path=organisation.path, organisation=organisation, title=f"{word}月报", occasion="month", text=f"# {word}月报\n"
    )
