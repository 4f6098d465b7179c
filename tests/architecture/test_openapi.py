"""The API's document is what was agreed: it changes only together with the committed snapshot."""

from __future__ import annotations

import json

from django.test import Client

from tests.architecture.openapi_document import REFRESH, SNAPSHOT, agreed, document, printed


def test_the_document_equals_the_snapshot() -> None:
    old, new = json.loads(SNAPSHOT.read_text("utf-8")), document()
    before, after = old["paths"], new["paths"]
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    changed = sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
    assert (gone, come, changed) == ([], [], []), f"gone, added, changed. When it is meant: {REFRESH}"
    assert printed(new) == SNAPSHOT.read_text("utf-8"), f"schemas differ. When it is meant: {REFRESH}"


def test_anybody_reads_the_document(db: None) -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert printed(agreed(answer.json())) == SNAPSHOT.read_text("utf-8")


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    for address, methods in document()["paths"].items():
        for method, said in methods.items():
            assert said.get("summary"), f"{method} {address}"
            assert {"400", "401", "403", "404", "409", "422"} <= said["responses"].keys(), f"{method} {address}"
            assert "application/problem+json" in said["responses"]["404"]["content"], f"{method} {address}"
