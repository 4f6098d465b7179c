"""Cases for the API made from its own OpenAPI document, asked over WSGI with a valid token, each rolled back."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gonghui.web.api.main import api
from tests.matrix.bodies import api_body
from tests.matrix.cells import World
from tests.matrix.objects import Objects, kind_of
from tests.matrix.surface import Surface, operations

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

ODD_TEXTS = (
    "\x00", "甲\x00乙", "\ud800", "\udfff甲", "𠮷", "𠮷田·买买提", "1e400", "-1e400", "NaN", "a" * 100_000, "汉" * 100_000, "%00", "%s%n",
    "../../etc/passwd", "=cmd|'/c calc'!A0", "<script>alert(1)</script>", "\u202e反", "\ufeff", "\u200b", " ", "\n", "'; DROP TABLE person; --",
    "{{7*7}}", "9" * 400,
)  # fmt: skip
"""What no field expects: NUL, lone surrogates, characters beyond the basic plane, numbers beyond any, very long texts."""

ODD_VALUES: tuple[str, ...] = (
    "1e400",
    "-1e400",
    "99999999999999999999999999",
    "0.1",
    "-0",
    "true",
    "null",
    "[]",
    "{}",
    '""',
    "[[[[]]]]",
)
"""Raw JSON put where a value belongs."""


@dataclass
class Tally:
    """What was asked and what came back."""

    asked: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Each kind of fault once for each operation."""
        if words not in self.wrong:
            self.wrong.append(words)

    def count(self, status: int) -> None:
        self.asked += 1
        self.statuses[status] = self.statuses.get(status, 0) + 1


@contextmanager
def one_transaction() -> Iterator[None]:
    """A WSGI server lets go of connections around each request; here they hold the test's transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def document() -> Any:
    """The schema as any client would read it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def _real(path: str, objects: Objects) -> dict[str, Any]:
    """Path parameters that name something that exists in the range of the token."""
    pattern = path.lstrip("/").replace("{", "<").replace("}", ">")
    names = [piece[1:-1] for piece in pattern.split("/") if piece.startswith("<")]
    kinds = {name: kind_of(pattern, name) for name in names}
    return {name: objects[kind] for name, kind in kinds.items() if kind in objects}


def fuzz(world: World, objects: Objects, secret: str, examples: int, number: int = 0) -> Tally:
    """Ask every operation with cases that fit its schema; half of them about things that exist."""
    tally = Tally()
    with one_transaction():
        for found in document().get_all_operations():
            _fuzz_one(found.ok(), world, objects, secret, examples, number, tally)
    return tally


def _fuzz_one(
    operation: Any, world: World, objects: Objects, secret: str, examples: int, number: int, tally: Tally
) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    real = _real(operation.path, objects)

    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), existing=st.booleans())
    def run(case: Any, existing: bool) -> None:
        if existing and real:
            case.path_parameters = dict(case.path_parameters or {}) | real
        world.forget()
        with transaction.atomic():
            try:
                response = case.call(headers=headers)
                tally.count(response.status_code)
                case.validate_response(response, checks=CHECKS, headers=headers)
            except (Failure, FailureGroup) as failure:
                tally.note(f"{operation.label}: {_words(failure)}")
            transaction.set_rollback(True)

    run()


def _words(failure: BaseException) -> str:
    inner = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    return "; ".join(" ".join(str(one).split())[:300] for one in inner)


def texts_in(surface: Surface) -> list[str]:
    """Fields of a body that take text."""
    found = []
    for name, schema in (surface.body or {}).get("properties", {}).items():
        kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", []))}
        if "string" in kinds or "array" in kinds or "$ref" in schema or "object" in kinds or not kinds - {None}:
            found.append(name)
    return found


def odd_bodies(surface: Surface, good: dict[str, Any]) -> Iterator[bytes]:
    """The valid body with one field after another replaced by something odd."""
    for name in texts_in(surface):
        for text in ODD_TEXTS:
            value: Any = text
            if isinstance(good.get(name), list):
                value = [text]
            elif isinstance(good.get(name), dict):
                value = {"address": text}
            yield json.dumps(good | {name: value}).encode()
    for name in (surface.body or {}).get("properties", {}):
        for raw in ODD_VALUES:
            plain = json.dumps({key: value for key, value in good.items() if key != name}, ensure_ascii=False)
            yield (plain[:-1] + (", " if len(plain) > 2 else "") + json.dumps(name) + ": " + raw + "}").encode()
    yield from (b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe{}", b'{"a": ' * 2000, b"\x00")


def ask_odd(world: World, objects: Objects, secret: str, share: float = 1.0) -> Tally:
    """Every text field of every operation with every odd text; answers are problems or successes, never crashes."""
    tally, chance, client = Tally(), random.Random(7), Client(raise_request_exception=False)
    declared = {
        (path, method.upper()): {int(code) for code in said["responses"]}
        for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
        for method, said in methods.items()
    }
    for surface in operations():
        if surface.body is None or surface.body["media"] != "application/json":
            continue
        documented = declared[("/" + surface.pattern.replace("<", "{").replace(">", "}"), surface.method)]
        for body in odd_bodies(surface, api_body(surface.body, objects)):
            if chance.random() > share:
                continue
            world.forget()
            with transaction.atomic():
                answer = client.generic(
                    surface.method,
                    surface.address(objects),
                    body,
                    "application/json",
                    headers={"Authorization": f"Bearer {secret}"},
                )
                tally.count(answer.status_code)
                _judge(surface, body, answer, documented, tally)
                transaction.set_rollback(True)
    return tally


def _judge(surface: Surface, body: bytes, answer: Any, documented: set[int], tally: Tally) -> None:
    kind = answer.headers.get("Content-Type", "").split(";")[0]
    shown = f"{surface.method} {surface.pattern} {body[:120]!r}: {answer.status_code}"
    if answer.status_code >= 500 or answer.status_code not in documented:
        tally.wrong.append(f"{shown} is not documented")
    elif answer.status_code >= 400 and kind != "application/problem+json":
        tally.wrong.append(f"{shown} comes as {kind}")
