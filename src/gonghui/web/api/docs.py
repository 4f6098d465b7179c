"""The API explained on one page, rendered on the server from its own OpenAPI document: no script, nothing foreign."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gonghui.kernel.access.doors import public

from .main import api


def _type_of(schema: dict[str, Any], components: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        found = components.get(name, {})
        return " | ".join(map(str, found["enum"])) if "enum" in found else name
    if "anyOf" in schema:
        return "，或".join(_type_of(one, components) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{_type_of(schema.get('items', {}), components)} 的列表"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"]) or "空"
    words = {"string": "文字", "integer": "整数", "boolean": "是或否", "object": "对象", "null": "空", "number": "数"}
    return {"date": "日期", "date-time": "时间"}.get(
        schema.get("format", ""), words.get(schema.get("type", ""), "任意")
    )


def _fields(name: str, components: dict[str, Any]) -> list[tuple[str, str, bool]]:
    schema = components.get(name, {})
    needed = set(schema.get("required", []))
    return [(key, _type_of(one, components), key in needed) for key, one in schema.get("properties", {}).items()]


@lru_cache(maxsize=1)
def operations() -> dict[str, list[dict[str, Any]]]:
    """Operations by tag, with parameters, body fields and answer, in the order they were declared."""
    document = api.get_openapi_schema()
    components = document["components"]["schemas"]
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, methods in document["paths"].items():
        for method, op in methods.items():
            body = op.get("requestBody", {}).get("content", {})
            media, described = next(iter(body.items()), ("", {}))
            body_name = described.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
            answer = next((r for s, r in op["responses"].items() if str(s).startswith("2")), {})
            answer_schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
            groups.setdefault((op.get("tags") or ["其他"])[0], []).append(
                {
                    "method": method.upper(),
                    "address": address,
                    "summary": op.get("summary", ""),
                    "description": op.get("description", ""),
                    "parameters": [
                        (p["name"], _type_of(p["schema"], components), p.get("required", False))
                        for p in op.get("parameters", [])
                    ],
                    "media": media,
                    "body": _fields(body_name, components),
                    "answer": _type_of(answer_schema, components) if answer_schema else "",
                }
            )
    return groups


@public
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html", {"groups": operations().items(), "description": api.description})
