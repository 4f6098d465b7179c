"""The first rush of an installation, whose table of claims nobody has analysed yet."""

from __future__ import annotations

from uuid import uuid4

import psycopg

from gonghui.kernel.quotas import contract
from gonghui.machine.postgres import APP, OWNER, Cluster

from .world import fill, make_offer

PEOPLE, BATCH = 1_200, 100


def test_no_claim_reads_the_claims_before_it(own_database: str, cluster: Cluster) -> None:
    owner = cluster.url(OWNER, own_database)
    fill(owner, PEOPLE + BATCH)
    _, [counter] = make_offer(owner, [PEOPLE])
    with psycopg.connect(cluster.url(APP, own_database), autocommit=True) as line:
        for first in range(1, PEOPLE, BATCH):
            people = range(first, first + BATCH)
            keys = ",".join(str(uuid4()) for _ in people)
            told = line.execute(contract.CLAIM_SQL, (counter, ",".join(map(str, people)), keys, "gate"), prepare=True)
            assert {row[1] for row in told} == {contract.GRANTED}
        for first in range(1, PEOPLE, BATCH):  # and nobody who asks again, or comes when all is gone
            people = range(first, first + 2 * BATCH)
            keys = ",".join(str(uuid4()) for _ in people)
            told = line.execute(contract.CLAIM_SQL, (counter, ",".join(map(str, people)), keys, "gate"), prepare=True)
            assert {row[1] for row in told} <= {contract.YOURS, contract.SOLD_OUT}
        line.execute("SELECT pg_stat_force_next_flush()")
        line.execute("SELECT 1")
    with psycopg.connect(owner) as line:
        read = dict(
            line.execute(
                "SELECT indexrelname, idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'offer_claim'"
            ).fetchall()
        )
    assert read["claim_offer"] == 0, "each claim reads all claims of the offer"
    assert read["claim_once"] <= 4 * PEOPLE
