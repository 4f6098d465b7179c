"""A balanced draw over a million applicants, and its recomputation by the stand-alone script."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from gonghui.gate.tests.world import ORGANISATION
from gonghui.kernel.factories import make_post
from gonghui.kernel.models import Draw, DrawParty, Offer, Organisation
from gonghui.kernel.quotas import recompute, services
from gonghui.kernel.quotas.factories import make_offer, make_witnesses
from gonghui.kernel.scope import acting
from gonghui.kernel.viewer import SYSTEM, Viewer

from . import OWNER, Context

NAME = "均衡摇号（100万人报名）"
APPLICANTS, PLACES, WAITS = 1_000_000, 20_000, 5_000
SECRETS = ("测量时的一句话", "另一句话")
DRIVERS = {"field": "new_form", "is": "truck_driver"}

PEOPLE = """
INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_mask, sex, birth, ethnicity,
  education, politics, skill_level, version)
SELECT n, '00001', '会员' || n, '', 'identity_card', int8send(n), '', '', '', '1', '1990-01-01', '', '', '', '', 1
FROM generate_series(1::bigint, %(count)s) AS n
"""
MEMBERS = """
INSERT INTO membership (path, person_id, organisation_id, status, joined_on, valid_from, start_reason, end_reason,
  retention_reason, person_name, card_no, worker_kind, occupation, new_form, platforms, employer_name, department,
  staff_no, version)
SELECT '00001', n, 1, 'active', '2020-01-01', '2020-01-01', 'admission', '', '', '', '', 'regular', '',
  CASE n %% 4 WHEN 0 THEN 'truck_driver' ELSE '' END, '{}', '', '', '', 1
FROM generate_series(1::bigint, %(count)s) AS n
"""
ENTRIES = """
INSERT INTO offer_entry (path, offer_id, person_id, member_path, state, choices, shares, tag, salt, tickets, reasons,
  key)
SELECT '00001', %(offer)s, n, '00001', 'entered', ARRAY[%(session)s::bigint], '{}', md5(n::text), md5('s' || n), 1,
  '[]', gen_random_uuid()
FROM generate_series(1::bigint, %(count)s) AS n
"""


def _prepared(context: Context) -> tuple[Offer, Viewer]:
    from gonghui.kernel.access.queries import viewer_of_post

    name = context.database("bench_draws")
    context.progress(f"写入{APPLICANTS:,}名会员和报名")
    with context.connect(name, OWNER) as line:
        line.execute(ORGANISATION)
        line.execute(PEOPLE, {"count": APPLICANTS})
        line.execute(MEMBERS, {"count": APPLICANTS})
    with acting(SYSTEM):
        city = Organisation.objects.get(pk=1)
        post = make_post(city, "publicity", "benchdraw")
        staff = viewer_of_post(post.account, post)
        offer = make_offer(
            city, PLACES, title="疗休养", allocation="balanced", waits=WAITS,
            closes_at=timezone.now() - timedelta(minutes=1), opens_at=timezone.now() - timedelta(days=9),
            weights=[
                {"key": "driver", "title": "货车司机", "tickets": 2, "condition": DRIVERS},
                {"key": "unserved", "title": "近一年没有享受过", "tickets": 1, "fact": "unserved", "months": 12},
            ],
        )  # fmt: skip
        make_witnesses(offer, *SECRETS)
        session = offer.sessions.get().pk
    with context.connect(name, OWNER) as line:
        line.execute(ENTRIES, {"offer": offer.pk, "session": session, "count": APPLICANTS})
        line.commit()
        line.autocommit = True
        line.execute("VACUUM ANALYZE")
    return offer, staff


def _floor(lines: list[str], seed: str) -> float:
    """The reference: one SHA-256 for each ticket and one sort, in the same language, and nothing else."""
    import hashlib

    raw, began = bytes.fromhex(seed), time.perf_counter()
    found = []
    for line in lines:
        tag, tickets, _ = line.split(" ", 2)
        start = raw + bytes.fromhex(tag)
        found.append(min(hashlib.sha256(start + n.to_bytes(4, "big")).digest() for n in range(int(tickets))))
    found.sort()
    return time.perf_counter() - began


def run(context: Context) -> list[dict[str, Any]]:
    """Locking the list, drawing with everything that is written, and recomputing the published file."""
    offer, staff = _prepared(context)
    began = time.perf_counter()
    with acting(staff):
        services.lock_list(staff, offer_id=offer.pk)
    locked = time.perf_counter() - began
    with acting(staff):
        for party, secret in zip(DrawParty.objects.filter(draw__offer=offer).order_by("order"), SECRETS, strict=True):
            services.reveal(staff, party_id=party.pk, value=secret)
    began = time.perf_counter()
    with acting(staff):
        draw: Draw = services.run_draw(staff, offer_id=offer.pk)
    drawn = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "published.txt"
        with acting(SYSTEM), open(file, "wb") as out:
            out.writelines(services.publication(Offer.objects.get(pk=offer.pk)))
        began = time.perf_counter()
        done = subprocess.run([sys.executable, "-I", recompute.__file__, str(file)], capture_output=True, text=True)
        again = time.perf_counter() - began
        assert done.returncode == 0 and f"分到{PLACES}人，候补{WAITS}人" in done.stdout, done.stdout + done.stderr
        floor = _floor(file.read_text(encoding="utf-8").splitlines()[1:], draw.seed)
    context.progress(f"锁定名单 {locked:.1f} s，摇号 {drawn:.1f} s，独立复算 {again:.1f} s（一致），底线 {floor:.1f} s")
    words = "同样多的 SHA-256 和一次排序，同一次运行"
    return [
        {"name": "draws 均衡摇号，100万人", "value": drawn, "unit": "s", "reference": words, "reference_value": floor,
         "better": "lower", "goal": "≤ 10 s，独立复算一致"},
        {"name": "draws 锁定名单并算签数，100万人", "value": locked, "unit": "s", "reference": words,
         "reference_value": floor, "better": "lower", "goal": "只作说明"},
    ]  # fmt: skip
