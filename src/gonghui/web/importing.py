"""`gonghui import`: one roster from the command line, through the very steps of the import centre."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from gonghui.apps.rosters import services
from gonghui.apps.rosters.choices import Kind, Mode, State
from gonghui.apps.rosters.models import RosterImport
from gonghui.apps.rosters.services.pulse import Busy
from gonghui.kernel.access.models import Account
from gonghui.kernel.access.queries import viewer_for
from gonghui.kernel.org.models import Organisation
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

Say = Callable[[str], None]


def bring_in(
    file: Path,
    *,
    username: str,
    on: date,
    kind: str = Kind.MEMBERS,
    at: str = "",
    mode: str = Mode.GOOD_ONLY,
    check_only: bool = False,
    corrections: Path | None = None,
    say: Say = lambda text: None,
) -> dict[str, Any]:
    """Import a roster in the name of an account, with the rights that account has today.

    :param at: name or number of the organisation it is filed at; the account's own when empty.
    :param check_only: stop before anything is changed.
    :param corrections: where to write the workbook of rejected rows, when there are any.
    :raises Refusal: GH-CLI-001 no such account or no post, 002 no such organisation, and those of the import.
    """
    viewer = _viewer(username, on)
    with acting(viewer):
        place = _place(viewer, at)
        with file.open("rb") as content:
            roster = services.upload(
                viewer,
                organisation=place,
                kind=kind,
                file=content,
                name=file.name,
                size=file.stat().st_size,
            )
    say(f"{Kind(kind).label}“{file.name}”导入到{place.name}，编号 {roster.pk}")
    state = _advance(viewer, roster, say)
    if state is State.MATCHING:
        with acting(viewer):
            services.confirm_columns(viewer, roster=roster, choices={})
        state = _advance(viewer, roster, say)
    if state is State.READY and not check_only and roster.applied_rows:
        with acting(viewer):
            services.commit(viewer, roster=roster, mode=mode)
        _advance(viewer, roster, say)
    if corrections is not None and roster.rejected_rows:
        with acting(viewer):
            services.report(viewer, roster=roster, target=corrections)
    return _result(roster)


def _viewer(username: str, on: date) -> Viewer:
    with acting(SYSTEM):
        account = Account.objects.filter(username=username).first()
        viewer = viewer_for(account, None, on)
    if not viewer.may("roster.import"):
        raise Refusal(
            "GH-CLI-001",
            f"账号“{username}”不存在，或没有导入名册的岗位",
            None,
            "用 --as 写组织建设岗位的用户名",
        )
    return viewer


def _place(viewer: Viewer, at: str) -> Organisation:
    found = Organisation.objects.visible(viewer)
    if not at:
        own: Organisation = found.get(pk=viewer.organisation_id)
        return own
    place: Organisation | None = found.filter(name=at).first()
    if place is None and at.isdigit():
        place = found.filter(pk=int(at)).first()
    if place is None:
        raise Refusal("GH-CLI-002", f"所辖范围内没有“{at}”", None, "写组织全称，或页面地址里的编号")
    return place


def _advance(viewer: Viewer, roster: RosterImport, say: Say) -> State:
    """Work here as far as it goes; a worker of the running platform may be quicker, then wait for it."""
    while True:
        try:
            services.run(roster.pk, viewer)
        except Busy:
            time.sleep(0.5)
        with acting(viewer):
            roster.refresh_from_db()
        if not roster.step.is_running:
            say(str(roster.step.label))
            return roster.step


def _result(roster: RosterImport) -> dict[str, Any]:
    names = ("total_rows", "new_rows", "changed_rows", "unchanged_rows", "conflict_rows", "rejected_rows")
    counts = {name.removesuffix("_rows"): getattr(roster, name) for name in names}
    told = {"id": roster.pk, "state": roster.state, "notices": roster.notices, "failure": roster.failure}
    return told | {"rows": counts, "problems": roster.summary}
