"""The state that recorded acts add up to: the columns of an application only repeat what its history says."""

from __future__ import annotations

from collections.abc import Iterable

from ..choices import Act, ApplicationState

_LEADS_TO = {
    Act.STARTED: ApplicationState.DRAFT,
    Act.SUBMITTED: ApplicationState.RUNNING,
    Act.CORRECTED: ApplicationState.RUNNING,
    Act.RETURNED: ApplicationState.RETURNED,
    Act.APPEALED: ApplicationState.RUNNING,
    Act.WITHDRAWN: ApplicationState.WITHDRAWN,
    Act.LAPSED: ApplicationState.LAPSED,
}


def state_after(acts: Iterable[tuple[str, str]]) -> ApplicationState:
    """The state after (act, outcome) pairs in order; the outcome counts for decisions alone.

    A notice shows as 公示中 while nothing else is open, which the steps say and the history need not.
    """
    state = ApplicationState.DRAFT
    for act, outcome in acts:
        if act == Act.DECIDED:
            state = ApplicationState.REJECTED if outcome == "rejected" else ApplicationState.APPROVED
        elif act in _LEADS_TO:
            state = _LEADS_TO[Act(act)]
    return state
