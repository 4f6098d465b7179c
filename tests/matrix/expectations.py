"""What each cell of the matrix must answer, from the catalogue of roles and the shape of the tree alone.

The rule has four lines: who is not logged in is asked to; whose account is unfinished is led to finish it; whose role
lacks the permission of the door is refused; an object outside the reach is not there. What deviates is declared in
`EXCEPTIONS`, each with its reason. A route with a door of a kind unknown here is red until a line is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from .actors import Actor
from .bodies import body_kinds
from .places import WITHIN, Place
from .surface import Surface, Unknown


class Outcome(StrEnum):
    ALLOWED = "allowed"
    """Answered, moved on, or told that the content is wrong: the visitor got past every door."""
    REFUSED = "refused"
    HIDDEN = "hidden"
    LOGIN = "log in first"
    STEP = "finish the account first"
    METHOD = "no such method"
    BROKEN = "broken"


STEPS = ("/account/password/", "/account/2fa/")
LOGINS = ("/login/", "/m/login/")
CONTENT = frozenset({400, 409, 412, 413, 415, 422, 428, 429})


def outcome_of(response: Any) -> Outcome:
    status = response.status_code
    if status >= 500:
        return Outcome.BROKEN
    if status in (301, 302, 303, 307, 308):
        target = response.headers.get("Location", "")
        if target.startswith(LOGINS):
            return Outcome.LOGIN
        return Outcome.STEP if target.startswith(STEPS) else Outcome.ALLOWED
    fixed = {401: Outcome.LOGIN, 403: Outcome.REFUSED, 404: Outcome.HIDDEN, 405: Outcome.METHOD}
    if status in fixed:
        return fixed[status]
    return Outcome.ALLOWED if status < 300 or status in CONTENT else Outcome.BROKEN


@lru_cache(maxsize=1)
def granted() -> dict[str, frozenset[str]]:
    """Role → permissions, straight from the catalogue."""
    text = (files("gonghui.catalogue") / "roles.yaml").read_text(encoding="utf-8")
    return {role: frozenset(words or ()) for role, words in yaml.safe_load(text).items()}


WITHOUT_POST = frozenset({"no_post", "expired", "not_yet", "asked", "revoked"})


def _logged_in(actor: Actor) -> bool:
    return actor.role != "outsider" and actor.state != "suspended"


def _holds(actor: Actor, permission: str | None) -> bool:
    return actor.state not in WITHOUT_POST and permission in granted()[actor.role]


def _has_token(actor: Actor) -> bool:
    return actor.role not in ("outsider", "member") and actor.state not in WITHOUT_POST | {"suspended"}


IN_BODY: dict[str, str] = {"portal:desk-corrections": "correction"}
"""Pages that name their object in the form and not in the address; outside the reach it is not there."""


def placed(surface: Surface) -> tuple[str, ...]:
    """Kinds of the objects by whose place the answer is decided."""
    in_form = (IN_BODY[surface.name],) if surface.method == "POST" and surface.name in IN_BODY else ()
    return surface.kinds or in_form or body_kinds(surface.body)


@dataclass(frozen=True)
class Deviation:
    """A declared exception: on this route (and method) these outcomes too are right, for this reason."""

    route: str
    outcomes: frozenset[Outcome]
    why: str
    method: str = ""
    only: frozenset[Outcome] = frozenset()
    """Deviates only where the general rule would say one of these."""


A, R, H, L, S = Outcome.ALLOWED, Outcome.REFUSED, Outcome.HIDDEN, Outcome.LOGIN, Outcome.STEP

ONLY_WHO_TAKES_PART = (
    "procedures:", "casework:", "assessment:", "funds:", "honours:", "contests:", "membership:join", "api:",
)  # fmt: skip
"""Pages of applications: the range is the most that anybody sees, and taking part decides within it. So what is in
range may be hidden too; what is out of range must be."""

EXCEPTIONS: tuple[Deviation, ...] = (
    *(
        Deviation(f"{prefix}*", frozenset({H}), "taking part decides within the range", only=frozenset({A}))
        for prefix in ONLY_WHO_TAKES_PART
    ),
    Deviation("api:start", frozenset({A}), "what was sent is looked at before anything", only=frozenset({H, R})),
    Deviation("api:procedures", frozenset({A}), "a place has to be named first", only=frozenset({R})),
    Deviation("api:send_back", frozenset({A}), "what was sent is looked at before anything", only=frozenset({H, R})),
    Deviation("procedures:delegation-end", frozenset({A}), "one's own only; a message says so", only=frozenset({H})),
    Deviation("procedures:interest-end", frozenset({A}), "one's own only; a message says so", only=frozenset({H})),
    Deviation("honours:campaign", frozenset({A}), "units below a campaign nominate for it", only=frozenset({H})),
    Deviation("mfa_authenticate", frozenset({L}), "the second step of a log-in that has not begun leads to its first"),
    Deviation("mfa_login_webauthn", frozenset({L}), "a wrong passkey leads back to the log-in"),
    Deviation("access:logout", frozenset({L}), "logging out ends at the log-in page"),
    Deviation("access:member_login", frozenset({L}), "asking for a code leads to the page that takes it"),
    Deviation("access:member_code", frozenset({L}), "no code was asked for: back to the phone number"),
    Deviation("access:member_who", frozenset({L}), "no phone was proven: back to the phone number"),
    *(
        Deviation(
            f"casework:{name}",
            frozenset({H}),
            "a case exists for its team alone, whatever the range",
            only=frozenset({A}),
        )
        for name in ("ticket", "ticket-reveal", "letter", "letter-word", "file", "aid", "case")
    ),
    Deviation("desk-home", frozenset({S}), "home too leads an unfinished account to finish it", only=frozenset({A})),
    Deviation("trail:proof", frozenset({H}), "a record has a proof only once it is sealed", only=frozenset({A})),
    *(
        Deviation(f"mfa_{name}", frozenset({H}), "no authenticator has been set up", only=frozenset({A}))
        for name in ("view_recovery_codes", "download_recovery_codes", "deactivate_totp")
    ),
    *(
        Deviation(
            f"figures:{name}", frozenset({H}), "a draft is its own body's until it is published", only=frozenset({A})
        )
        for name in ("edit", "publish", "discard")
    ),
    *(
        Deviation(f"filings:{name}", frozenset({H}), "a form is its own body's until it is in use", only=frozenset({A}))
        for name in ("form", "form-clear", "form-guess", "form-file", "form-publish", "form-retire", "form-standing")
    ),
    *(
        Deviation(
            f"filings:{name}",
            frozenset({H}),
            "between the body that asks and the one that answers",
            only=frozenset({A}),
        )
        for name in ("question", "question-down", "question-extend", "question-close", "question-redirect")
    ),
    *(
        Deviation(f"reports:{name}", frozenset({H}), "written and decided by its own body alone", only=frozenset({A}))
        for name in (
            "edit",
            "upload",
            "marked",
            "settle",
            "template",
            "template-word",
            "template-upload",
            "template-publish",
            "template-retire",
        )
    ),
    Deviation("reports:bundle", frozenset({H}), "there is one only of what was issued", only=frozenset({A})),
    Deviation("reports:verify", frozenset({H}), "a token is of what was issued", only=frozenset({A})),
    Deviation("procedures:desk-start", frozenset({A}), "a shipped definition holds everywhere", only=frozenset({H})),
    Deviation("procedures:member-start", frozenset({A}), "a shipped definition holds everywhere", only=frozenset({H})),
    Deviation("procedures:public-start", frozenset({H}), "this one is for members", only=frozenset({A})),
    *(
        Deviation(
            f"benefits:m-{name}",
            frozenset({A}),
            "what is published may be read by everybody; whom it is for stands on it",
            only=frozenset({H}),
        )
        for name in ("offer", "sign", "take", "wait", "enter", "remind", "rate", "photo")
    ),
    Deviation(
        "benefits:picture", frozenset({A}), "pictures of what is published are seen with it", only=frozenset({H})
    ),
    Deviation(
        "benefits:base", frozenset({A}), "bases that a body above keeps may be used below it", "GET", frozenset({H})
    ),
    *(
        Deviation(f"benefits:m-{name}", frozenset({A}), "an open menu is for the members below it", only=frozenset({H}))
        for name in ("vote", "wish")
    ),
    *(
        Deviation(
            f"learning:m-{name}", frozenset({A}), "what is published is for the members below it", only=frozenset({H})
        )
        for name in ("plan", "quiz", "ranking", "start")
    ),
    *(
        Deviation(f"benefits:{name}", frozenset({H}), "no picture was given; a photo that waits is not for everybody")
        for name in ("image", "photo")
    ),
    *(
        Deviation(f"reform:{name}", frozenset({H}), "what is sent names no act of the page", "POST", frozenset({A}))
        for name in ("item-act", "issue-act", "brand-act", "case-act")
    ),
    *(
        Deviation(f"voice:{name}", frozenset({H}), "what is sent names no act of the page", "POST", frozenset({A}))
        for name in ("project-act", "selection-act")
    ),
    *(
        Deviation(f"voice:{name}", frozenset({A}), "a public matter is everybody's", only=frozenset({H}))
        for name in ("m-public-one", "m-join")
    ),
    Deviation("voice:template-drop", frozenset({H}), "words are their own body's", only=frozenset({A})),
    Deviation("voice:receipt", frozenset({H}), "signed by the body that got it", only=frozenset({A})),
    Deviation("voice:public-photo", frozenset({H}), "the picture of a project that is not public"),
    Deviation("voice:choices", frozenset({H}), "what was chosen is published when it was counted"),
    Deviation("voice:m-weigh", frozenset({A}), "a weighing is for the members below its body", only=frozenset({H})),
    *(
        Deviation(
            f"democracy:m-{name}",
            frozenset({A}),
            "what a body lays before its members; the words of others' are looked for",
            only=frozenset({H}),
        )
        for name in ("session", "paper", "ballot", "issue", "motion")
    ),
    *(
        Deviation(f"places:{name}", frozenset({H}), "what is sent names nothing of the place", "POST", frozenset({A}))
        for name in ("lift", "policy-withdraw", "ticket-reveal")
    ),
    Deviation("wishes:proof", frozenset({H}), "nothing was brought yet", only=frozenset({A})),
    Deviation("benefits:draw-file", frozenset({H}), "there is nothing to recompute before the list is locked"),
    *(
        Deviation(f"benefits:{name}", frozenset({H}), "a witness has to be one of this draw", only=frozenset({A}))
        for name in ("commit", "reveal", "witness-link")
    ),
    *(
        Deviation(
            f"procedures:desk-{name}", frozenset({H}), "for its applicant alone, wherever it is", only=frozenset({A})
        )
        for name in ("application", "form", "done", "why", "evidence", "withdraw", "remind", "appeal")
    ),
    *(
        Deviation(
            f"procedures:link-{name}", frozenset({H}), "not decided yet; a file of another one", only=frozenset({A})
        )
        for name in ("why", "evidence")
    ),
    Deviation(
        "mfa_edit_webauthn",
        frozenset({H}),
        "a passkey belongs to one account; that of another is not there",
        only=frozenset({A}),
    ),
    Deviation(
        "mfa_remove_webauthn",
        frozenset({H}),
        "a passkey belongs to one account; that of another is not there",
        only=frozenset({A}),
    ),
)


def expected(actor: Actor, surface: Surface, place: Place | None) -> frozenset[Outcome]:
    """The outcomes that are right for a cell."""
    rule = _rule(actor, surface, place)
    right = {rule, Outcome.METHOD}
    for deviation in EXCEPTIONS:
        named = deviation.route == surface.name or (
            deviation.route.endswith("*") and surface.name.startswith(deviation.route[:-1])
        )
        here = named and deviation.method in ("", surface.method)
        if here and (not deviation.only or rule in deviation.only):
            right |= deviation.outcomes
    return frozenset(right)


def _rule(actor: Actor, surface: Surface, place: Place | None) -> Outcome:
    door = surface.door
    if door.kind == "public":
        return A
    if door.kind == "token":
        if not _has_token(actor):
            return L
        return _decided(actor, surface, place)
    if not _logged_in(actor):
        return L
    if door.kind == "signed_in":
        return A
    if door.kind == "member":
        # what the sites hold belongs to other people: a member finds none of it
        return R if actor.role != "member" else H if placed(surface) else A
    if door.kind == "desk":
        if actor.state in ("must_change", "second_factor"):
            return S
        return _decided(actor, surface, place)
    raise Unknown(
        f"{surface}: no expectation for a door of kind “{door.kind}”. Add its rule to _rule() in tests/matrix/expectations.py."
    )


def _decided(actor: Actor, surface: Surface, place: Place | None) -> Outcome:
    if not _holds(actor, surface.door.permission):
        return R
    if placed(surface) and place is not None and place not in WITHIN and place is not Place.SHARED:
        return H
    return A
