"""How a rule says no, or points something out, in words that a person can act on."""

from __future__ import annotations

from typing import NamedTuple


class Refusal(Exception):
    """A rule refused what was asked.

    `code` never changes once shipped ("GH-ORG-003"): pages, the API and the documentation refer to it.
    `message` is Chinese and says what is wrong and how to mend it; it never repeats personal data in full,
    because exception texts end in logs. `field` names the input that has to change, `hint` adds what is possible.
    """

    def __init__(self, code: str, message: str, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(code, message, field, hint)
        self.code = code
        self.message = message
        self.field = field
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.code} {self.message}"

    @property
    def sentence(self) -> str:
        """What is wrong and how to mend it, as one sentence for a message or beside a field."""
        return f"{self.message}，{self.hint}" if self.hint else self.message

    def as_dict(self) -> dict[str, str | None]:
        """The same four values for the API, import reports and job results."""
        return {"code": self.code, "message": self.message, "field": self.field, "hint": self.hint}


class RuleWarning(NamedTuple):
    """What a rule points out without refusing; `source` names the law or standard when there is one."""

    code: str
    message: str
    source: str = ""
