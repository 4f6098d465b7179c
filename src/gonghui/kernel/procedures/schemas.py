"""What the API says and takes about procedures; encrypted answers and names in confidential matters never appear."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field, model_validator

from .rules.definition import UNSTORABLE

Id = Annotated[int, Field(ge=1, le=2**62)]
Text = Annotated[str, Field(max_length=1000)]
Values = Annotated[dict[Annotated[str, Field(max_length=40)], Any], Field(max_length=200)]


def _storable(value: Any, depth: int = 0) -> bool:
    """No NUL and no half of a surrogate pair anywhere: the database keeps neither."""
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    if depth > 8:
        return False
    if isinstance(value, dict):
        return all(_storable(one, depth + 1) for pair in value.items() for one in pair)
    if isinstance(value, list | tuple):
        return all(_storable(one, depth + 1) for one in value)
    return True


class Given(Schema):
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _readable(cls, data: Any) -> Any:
        given = getattr(data, "_obj", data)
        if isinstance(given, dict) and not _storable(given):
            raise ValueError("有无法保存的字符，重新输入")
        return data


class ProcedureOut(Schema):
    id: int
    key: str
    version: int
    title: str
    category: str
    who: str
    summary: str
    minutes: int
    confidential: bool


class FieldOut(Schema):
    key: str
    title: str
    kind: str
    required: bool
    hint: str
    sealed: bool
    filled: bool
    """Taken from the records: what is sent for it is not used."""
    options: list[dict[str, str]]


class ProcedureForm(ProcedureOut):
    fields: list[FieldOut]


class ApplicationOut(Schema):
    id: int
    number: str
    key: str
    procedure_id: int
    organisation_id: int
    applicant: str
    state: str
    confidential: bool
    verdict: str
    grade: str
    amount: int | None
    score: str | None
    submitted_at: datetime | None
    ended_at: datetime | None
    version: int


class ApplicationPage(Schema):
    items: list[ApplicationOut]
    next: str | None


class StepOut(Schema):
    id: int
    application_id: int
    number: str
    key: str
    title: str
    kind: str
    state: str
    outcome: str
    due_on: date | None
    assignee: str


class StepPage(Schema):
    items: list[StepOut]
    next: str | None


class ApplicationWhole(ApplicationOut):
    document: dict[str, Any]
    """Answers that are not encrypted."""
    steps: list[StepOut]


class NoticeOut(Schema):
    id: int
    title: str
    issuer_id: int
    opens_on: date
    closes_on: date
    state: str
    rows: list[dict[str, str]]
    url: str


class NoticePage(Schema):
    items: list[NoticeOut]
    next: str | None


class StartIn(Given):
    """`procedure` is a key; which version holds follows from the organisation. Money is in yuan, as on the form."""

    procedure: str = Field(min_length=3, max_length=80)
    organisation_id: Id
    person_id: Id | None = None
    values: Values = {}


class KeepIn(Given):
    values: Values


class SubmitIn(Given):
    """Without `values` what was kept is handed in."""

    values: Values | None = None


class WithdrawIn(Given):
    reason: Text = ""


class ApproveIn(Given):
    note: Text = ""
    document_no: str = Field("", max_length=80)
    given: Values = {}
    """What the step asks of the officer, by key."""


class RejectIn(Given):
    note: Annotated[str, Field(min_length=1, max_length=1000)]
    document_no: str = Field("", max_length=80)


class MissingItem(Given):
    field: str = Field("", max_length=40)
    note: Annotated[str, Field(min_length=1, max_length=200)]


class SendBackIn(Given):
    missing: Annotated[list[MissingItem], Field(min_length=1, max_length=60)]
    note: Annotated[str, Field(max_length=300)] = ""
