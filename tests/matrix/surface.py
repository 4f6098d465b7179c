"""What can be asked of the platform: every page from the URL configuration, every operation from the API itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from gonghui.kernel.access.doors import Door
from gonghui.web.api.main import api
from tests.architecture.routes import all_routes, methods_of

from .objects import CONSTANTS, Objects, kind_of

NOT_PAGES = ("api/v1/openapi.json",)
"""The OpenAPI document is public and the same for everybody; tests/architecture compares it byte for byte."""


class Unknown(AssertionError):
    """A route the matrix cannot place; the message says what to add."""


@dataclass(frozen=True)
class Surface:
    """One method of one address."""

    name: str
    method: str
    pattern: str
    door: Door
    parameters: tuple[tuple[str, str], ...]
    body: dict[str, Any] | None = field(default=None, hash=False, compare=False)
    """For API writes: the JSON schema of the body, references resolved."""

    methods: frozenset[str] = frozenset({"GET", "POST"})
    """What the page takes; 405 for the other."""

    @property
    def not_taken(self) -> bool:
        return not self.is_api and self.method not in self.methods

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/v1/")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the objects that the address itself names."""
        return tuple(kind for _, kind in self.parameters if kind not in CONSTANTS)

    def address(self, objects: Objects) -> str:
        """The address with the objects of one place."""
        values = dict(self.parameters)

        def put(found: re.Match[str]) -> str:
            return str(objects[values[found["name"]]])

        return "/" + re.sub(r"<(?:\w+:)?(?P<name>\w+)>", put, self.pattern)

    def __str__(self) -> str:
        return f"{self.method} /{self.pattern} ({self.name})"


def _parameters(pattern: str) -> tuple[tuple[str, str], ...]:
    found = []
    for name in re.findall(r"<(?:\w+:)?(\w+)>", pattern):
        kind = kind_of(pattern, name)
        if kind is None:
            raise Unknown(
                f"/{pattern}: nobody has said what “{name}” names. Add the end of the address up to it to NAMED_BY in "
                f"tests/matrix/objects.py, with the kind of object; make one at each site in make_objects if the kind is new."
            )
        found.append((name, kind))
    return tuple(found)


def pages() -> list[Surface]:
    """GET and POST of every page; those that take no POST answer 405, which the matrix knows."""
    rows = []
    for route in all_routes():
        if route.pattern.startswith("api/v1/") and route.pattern != "api/v1/docs":
            continue
        if route.door is None:
            raise Unknown(f"/{route.pattern}: no door. Put one of gonghui.kernel.access.doors on its view.")
        if "(?P" in route.pattern or "^" in route.pattern:
            raise Unknown(
                f"/{route.pattern}: written with re_path; write it with path(), so that its parameters can be read."
            )
        for method in ("GET", "POST"):
            taken = methods_of(route.callback)
            named = _parameters(route.pattern)
            rows.append(Surface(route.name, method, route.pattern, route.door, named, methods=taken))
    return rows


def _resolved(schema: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = parts[schema["$ref"].rsplit("/", 1)[1]]
    return schema


@cache
def operations() -> list[Surface]:
    """Every operation of the API with its permission, and the schema of its body out of the OpenAPI document."""
    document: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    parts = document["components"]["schemas"]
    rows = []
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            pattern = "api/v1" + re.sub(r"{(?:\w+:)?(\w+)}", r"<\1>", path)
            for operation in view.operations:
                door = getattr(operation.view_func, "door", None)
                if door is None and operation.auth_callbacks:
                    raise Unknown(
                        f"/{pattern}: takes a token and asks for no permission. Put @route(...) on {operation.view_func.__name__}."
                    )
                for method in operation.methods:
                    said = document["paths"]["/api/v1" + path][method.lower()]
                    content = said.get("requestBody", {}).get("content", {})
                    body = None
                    for media, described in content.items():
                        body = _resolved(described["schema"], parts) | {"parts": parts, "media": media}
                    name = f"api:{operation.view_func.__name__}"
                    rows.append(Surface(name, method, pattern, door or Door("public"), _parameters(pattern), body))
    return rows


@cache
def surfaces() -> list[Surface]:
    """Everything, in a fixed order."""
    return sorted([*pages(), *operations()], key=lambda one: (one.pattern, one.method))
