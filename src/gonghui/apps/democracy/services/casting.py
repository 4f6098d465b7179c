"""How a delegate votes: a ballot for a blinded value, and later a vote that comes from nobody."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from gonghui.kernel.box import services as box
from gonghui.kernel.refusal import Refusal
from gonghui.kernel.scope import widened
from gonghui.kernel.sealing import lookup_hash
from gonghui.kernel.viewer import Viewer

from ..choices import BallotState, VoteWay
from ..models import Attendance, Ballot, Issued
from ..rules import blind, recount
from .ballots import box_of, enough_left, hold, private_exponent
from .holding import note, seat_of, seated

TOKEN = 64
"""Hexadecimal digits of a token: 256 random bits."""


def issue(viewer: Viewer, *, ballot_id: int, blinded: str) -> str:
    """Sign a delegate's blinded value, once. The same value again gets the same signature: the answer may be lost.

    Nothing of the value is kept but a digest, to know it again.

    :raises Refusal: GH-DEM-001, 006; 050 not open; 051 not in the hall; 052 no number; 044 another value was signed
        or a paper ballot given; 045 too few are left who could vote by phone too.
    """
    row = Ballot.objects.filter(pk=ballot_id).select_related("item__session").first()
    if row is None:
        raise Refusal("GH-DEM-001", "没有这次投票", None, "刷新页面后再投")
    congress_id, modulus = row.item.session.congress_id, int(row.modulus, 16)
    seat_of(viewer, congress_id)
    value = blind.read_number(blinded, modulus)
    if value is None:
        raise Refusal("GH-DEM-052", "选票请求不对", None, "刷新页面重新领票")
    asked = hashlib.sha256(f"{row.token}|{blinded}".encode()).hexdigest()
    with transaction.atomic(), seated(viewer, congress_id) as seat:
        hold(row.pk)
        row.refresh_from_db()
        if row.state != BallotState.OPEN:
            raise Refusal("GH-DEM-050", "投票已经截止", None, "结果公布后可以核对")
        if not Attendance.objects.filter(session_id=row.item.session_id, delegate=seat).exists():
            raise Refusal("GH-DEM-051", "您还没有签到，不能领票", None, "先在会议页签到")
        made, new = Issued.objects.get_or_create(
            ballot=row, delegate=seat, defaults={"path": row.path, "way": VoteWay.ELECTRONIC, "asked": asked}
        )
        if made.way == VoteWay.PAPER:
            raise Refusal("GH-DEM-044", "您已领纸质票，每人只投一次", None, "用纸质票投票")
        if made.asked != asked:
            raise Refusal("GH-DEM-044", "您已在别的手机或浏览器领过票，每人只领一次", None, "用领票时的那部手机投票")
        if new:
            enough_left(row, VoteWay.ELECTRONIC)
            note(viewer, "ballot_issued", row, row.question)
        return f"{blind.sign(value, modulus, private_exponent(row)):x}"


def cast(*, ballot_token: Any, token: str, signature: str, choice: list[str]) -> None:
    """Drop a vote. Who brings it is not asked, and nothing of the moment or the sender is kept.

    :raises Refusal: GH-DEM-050 not open; 053 not signed by this ballot's key; 054 no choice of this ballot; 055 this
        token has voted.
    """
    with transaction.atomic(), widened():
        row = Ballot.objects.filter(token=ballot_token).first()
        if row is None:
            raise Refusal("GH-DEM-050", "没有这次投票", None, "刷新页面后再投")
        hold(row.pk)
        if Ballot.objects.filter(pk=row.pk).values_list("state", flat=True).get() != BallotState.OPEN:
            raise Refusal("GH-DEM-050", "投票已经截止，这张票没有投入", None, "结果公布后可以核对")
        modulus = int(row.modulus, 16)
        signed = blind.read_number(signature, modulus)
        proper = len(token) == TOKEN and all(one in "0123456789abcdef" for one in token)
        if signed is None or not proper or not recount.genuine(str(row.token), token, signed, modulus):
            raise Refusal("GH-DEM-053", "选票凭证不对，没有投入", None, "用领票时的那部手机投票")
        if not recount.well_formed(row.kind, [one["key"] for one in row.options], row.seats, choice):
            raise Refusal("GH-DEM-054", f"选择不对，没有投入，最多选{row.seats}项", None, "改好再投")
        # Keyed, so that what the database is asked names no token that is published later.
        slip = {"token": token, "signature": f"{signed:x}", "choice": sorted(choice)}
        if not box.drop(box_of(row), slip, lookup_hash(f"ballot:{row.token}", token)):
            raise Refusal("GH-DEM-055", "这张票已经投过了", None, "每张票只投一次")
