"""What the API says and takes about organisations and people; personal values appear masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field

from gonghui.kernel.org.choices import Level, OrganisationKind
from gonghui.kernel.people.choices import IdKind, NewFormOccupation, Office, RetentionReason, WorkerKind
from gonghui.kernel.refusal import Refusal


def _clean(text: str) -> str:
    if any((ord(c) < 32 and c not in "\n\t") or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise ValueError("有无法识别的字符")
    return text.strip()


Text = Annotated[str, AfterValidator(_clean)]
Id = Annotated[int, Field(ge=1, le=2**62)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 12, 31))]


class Strict(Schema):
    """Refuses fields it does not know, so that a misspelt one is not silently dropped."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class OrganisationOut(Schema):
    id: int
    parent_id: int | None
    name: str
    short_name: str
    kind: str
    level: str
    state: str
    code: str
    uscc: str
    union_kind: str
    unit_kind: str
    industry: str
    region_code: str
    address: str
    office_phone: str
    headcount: int | None
    founded_on: date | None
    ended_on: date | None
    term_from: date | None
    term_to: date | None
    committee_size: int | None
    version: int


class OrganisationPage(Schema):
    items: list[OrganisationOut]
    next: str | None


class CountsOut(Schema):
    active: int
    retained: int
    women: int
    new_form: int
    migrant: int
    organisations: int
    by_kind: dict[str, int]
    by_level: dict[str, int]
    by_state: dict[str, int]


class NodeOut(Schema):
    id: int
    parent_id: int | None
    name: str
    kind: str
    level: str


class ChangeOut(Schema):
    id: int
    organisation_id: int
    other_id: int | None
    kind: str
    on: date
    reason: str
    document_no: str
    made_at: datetime
    undone_at: datetime | None


class FoundIn(Strict):
    parent_id: Id
    name: Text = Field(min_length=2, max_length=120)
    kind: OrganisationKind
    level: Level
    on: Day
    reason: Text = Field(min_length=1, max_length=300)
    document_no: Text = Field("", max_length=80)
    facts: dict[str, Any] = Field(
        default_factory=dict, description="可选资料，如 headcount、industry、term_from、term_to"
    )


class CorrectIn(Strict):
    version: int = Field(ge=1, le=2**31 - 1)
    changes: dict[str, Any] = Field(min_length=1)


class MoveIn(Strict):
    parent_id: Id
    on: Day
    reason: Text = Field(min_length=1, max_length=300)
    document_no: Text = Field("", max_length=80)


class MergeIn(Strict):
    into_id: Id
    on: Day
    reason: Text = Field(min_length=1, max_length=300)
    document_no: Text = Field("", max_length=80)


class DissolveIn(Strict):
    members_to_id: Id | None = None
    on: Day
    reason: Text = Field(min_length=1, max_length=300)
    document_no: Text = Field("", max_length=80)


class RenameIn(Strict):
    name: Text = Field(min_length=2, max_length=120)
    on: Day
    reason: Text = Field(min_length=1, max_length=300)
    document_no: Text = Field("", max_length=80)


class ReasonIn(Strict):
    reason: Text = Field(min_length=1, max_length=300)


class PersonOut(Schema):
    id: int
    name: str
    id_kind: str
    id_mask: str
    phone_mask: str
    sex: str
    birth: date | None
    ethnicity: str
    education: str
    politics: str
    skill_level: str
    died_on: date | None
    version: int


class MembershipOut(Schema):
    id: int
    person_id: int
    name: str
    organisation_id: int
    status: str
    joined_on: date
    valid_from: date
    valid_to: date | None
    start_reason: str
    end_reason: str
    card_no: str
    worker_kind: str
    occupation: str
    new_form: str
    platforms: list[str]
    employer_name: str
    version: int


class MembershipPage(Schema):
    items: list[MembershipOut]
    next: str | None


class MemberIn(Strict):
    organisation_id: Id
    name: Text = Field(min_length=1, max_length=60)
    id_kind: IdKind = IdKind.IDENTITY_CARD
    id_number: Text = Field(min_length=1, max_length=40)
    phone: Text = Field("", max_length=20)
    joined_on: Day
    worker_kind: WorkerKind = WorkerKind.REGULAR
    occupation: Text = Field("", max_length=60)
    new_form: NewFormOccupation | Literal[""] = ""
    platforms: list[Text] = Field(default_factory=list, max_length=10)
    employer_name: Text = Field("", max_length=120)


class EndIn(Strict):
    on: Day
    reason: Literal["left", "expelled", "lapsed", "paper_member", "correction"]
    note: Text = Field("", max_length=200)


class RetainIn(Strict):
    on: Day
    reason: RetentionReason


class TransferIn(Strict):
    to_organisation_id: Id
    reason: Text = Field(min_length=1, max_length=200)


class TransferOut(Schema):
    id: int
    membership_id: int
    person_name: str
    from_organisation_id: int
    to_organisation_id: int
    state: str
    reason: str
    answer: str
    asked_at: datetime
    answered_at: datetime | None


class AnswerIn(Strict):
    accept: bool
    answer: Text = Field("", max_length=200)


class RevealIn(Strict):
    field: Literal["id_number", "phone"]
    reason: Text = Field(min_length=1, max_length=200)


class RevealOut(Schema):
    value: str


class AppointIn(Strict):
    person_id: Id
    organisation_id: Id
    office: Office
    on: Day
    title: Text = Field("", max_length=80)
    reason: Text = Field("", max_length=120)


class AppointmentOut(Schema):
    id: int
    person_id: int
    organisation_id: int
    office: str
    title: str
    valid_from: date
    valid_to: date | None


class FoundPersonOut(Schema):
    person_id: int
    name: str
    organisation: str
    id_mask: str


class FindIn(Strict):
    text: Text = Field(min_length=1, max_length=60)
    limit: int = Field(20, ge=1, le=50)


class EndAppointmentIn(Strict):
    on: Day
    reason: Text = Field(min_length=1, max_length=120)


_DATES = {"founded_on", "term_from", "term_to", "birth", "died_on"}
_NUMBERS = {"headcount", "committee_size"}


def facts(given: dict[str, Any]) -> dict[str, Any]:
    """Loose facts with dates and numbers in their types; everything else is text.

    :raises Refusal: GH-API-004 a value of the wrong type.
    """
    clean: dict[str, Any] = {}
    for name, value in given.items():
        if not name.isidentifier() or len(name) > 40:
            raise Refusal("GH-API-004", "没有这一项资料", "changes")
        if value is None:
            clean[name] = None
        elif name in _DATES:
            try:
                clean[name] = date.fromisoformat(value) if isinstance(value, str) else None
            except ValueError:
                clean[name] = None
            if clean[name] is None or not 1900 <= clean[name].year <= 2200:
                raise Refusal("GH-API-004", f"{name} 应为2022-12-31这样的日期", name)
        elif name in _NUMBERS:
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
                raise Refusal("GH-API-004", f"{name} 应为不小于0的整数", name)
            clean[name] = value
        elif isinstance(value, str):
            try:
                clean[name] = _clean(value)
            except ValueError:
                raise Refusal("GH-API-004", f"{name} 里有无法识别的字符", name) from None
        elif isinstance(value, bool):
            clean[name] = value
        else:
            raise Refusal("GH-API-004", f"{name} 应为文字", name)
    return clean
