"""Writes the snapshot of the API's document anew: `.venv/bin/python -m tests.architecture.refresh_openapi`."""

from __future__ import annotations

import conftest  # noqa: F401  (sets the platform up as the tests do)
from tests.architecture.openapi_document import SNAPSHOT, document, printed

if __name__ == "__main__":
    SNAPSHOT.write_text(printed(document()), "utf-8")
    print(f"{SNAPSHOT.name}: {len(document()['paths'])} addresses")
