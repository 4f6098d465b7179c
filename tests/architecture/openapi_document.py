"""The API's document as it is compared and kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gonghui.web.api.main import api

SNAPSHOT = Path(__file__).parent / "openapi.json"
REFRESH = ".venv/bin/python -m tests.architecture.refresh_openapi"


def agreed(what: dict[str, Any]) -> dict[str, Any]:
    """Without the version: a release does not change what was agreed."""
    plain: dict[str, Any] = json.loads(json.dumps(what, ensure_ascii=False))
    plain["info"]["version"] = ""
    return plain


def document() -> dict[str, Any]:
    return agreed(api.get_openapi_schema(path_prefix="/api/v1/"))


def printed(what: dict[str, Any]) -> str:
    return json.dumps(what, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
