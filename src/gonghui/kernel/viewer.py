"""Who is looking or acting: the first argument of every query and every service."""

from __future__ import annotations

from dataclasses import dataclass, field

ALL_LO, ALL_HI = "", "~"


@dataclass(frozen=True, slots=True)
class Viewer:
    """One active post of one account during one request or job.

    `lo`/`hi` is the half-open range of organisation paths the post reaches; an empty range
    (`lo == hi`) reaches nothing. `person_id` lets a member see their own rows wherever they are.
    """

    role: str
    name: str = ""
    account_id: int | None = None
    post_id: int | None = None
    person_id: int | None = None
    organisation_id: int | None = None
    lo: str = ""
    hi: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    request_id: str = ""

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def reaches(self, path: str) -> bool:
        """True when an organisation path lies in this post's range."""
        return self.lo <= path < self.hi

    @property
    def seat(self) -> str:
        """The post as confidential matters name it: a role at an organisation; the platform itself is "*"."""
        if self.role == "system":
            return "*"
        return f"{self.role}@{self.organisation_id}" if self.post_id is not None else ""

    @property
    def is_staff(self) -> bool:
        return self.post_id is not None

    @property
    def is_anonymous(self) -> bool:
        return self.account_id is None and self.role == "outsider"


OUTSIDER = Viewer(role="outsider", name="访客")
SYSTEM = Viewer(role="system", name="定时任务", lo=ALL_LO, hi=ALL_HI)
"""Scheduled work of the platform itself (sealing, nightly reviews); never handed to a request."""
