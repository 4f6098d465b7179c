"""Errors as problem+json (RFC 9457): a code, a Chinese sentence, and the field where there is one."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from gonghui.kernel.refusal import Refusal

TITLES = {
    400: "请求有误",
    401: "没有令牌或令牌无效",
    403: "当前岗位没有这项权限",
    404: "没有这条记录，或不在本岗位范围内",
    405: "这个地址不支持这种方法",
    409: "与现有记录冲突",
    413: "内容太大",
    415: "内容类型不支持",
    422: "内容有误",
    429: "请求太频繁",
}
CONFLICTS = frozenset({"GH-ORG-509", "GH-PER-401", "GH-PER-407", "GH-PER-506"})
"""Refusals that name a field and still are conflicts with what is recorded: changed meanwhile, a member already."""

KINDS = {
    "missing": "缺少这一项",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为true或false",
    "date_from_datetime_parsing": "应为2022-12-31这样的日期",
    "date_parsing": "应为2022-12-31这样的日期",
    "date_type": "应为2022-12-31这样的日期",
    "string_type": "应为文字",
    "string_too_long": "太长，最多{max_length}个字",
    "string_too_short": "太短，至少{min_length}个字",
    "string_unicode": "有无法识别的字符",
    "enum": "只能是{expected}之一",
    "literal_error": "只能是{expected}之一",
    "less_than_equal": "不能大于{le}",
    "greater_than_equal": "不能小于{ge}",
    "json_invalid": "不是有效的JSON",
    "list_type": "应为列表",
    "model_attributes_type": "应为对象",
    "dict_type": "应为对象",
}


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """One problem document."""
    body = {"type": f"/api/v1/problems/{code}", "title": TITLES.get(status, "出错"), "status": status, "code": code}
    body |= {"detail": detail} | {k: v for k, v in more.items() if v}
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    response = HttpResponse(text, status=status, content_type="application/problem+json; charset=utf-8")
    response["Cache-Control"] = "no-store"
    return response


def _undo_everything() -> None:
    """An answered error still undoes the request's transaction; ninja has caught the exception before Django saw it."""
    if connection.in_atomic_block:
        transaction.set_rollback(True)


def _sentence(error: dict[str, Any]) -> str:
    text = KINDS.get(error["type"], "取值不对")
    try:
        return text.format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        return text


def install(api: NinjaAPI) -> None:
    """Register the handlers on an API."""

    @api.exception_handler(Refusal)
    def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
        _undo_everything()
        status = 409 if error.code in CONFLICTS or not error.field else 422
        return problem(status, error.code, error.message, field=error.field, hint=error.hint)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        _undo_everything()
        rows = [
            {
                "field": ".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0]),
                "message": _sentence(item),
            }
            for item in error.errors
        ]
        return problem(422, "GH-API-422", "；".join(f"{r['field']}：{r['message']}" for r in rows[:5]), errors=rows)

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = problem(401, "GH-API-401", "在Authorization头里带上令牌：Bearer …。令牌在工作台“接口令牌”里建立")
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(PermissionDenied)
    def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        _undo_everything()
        return problem(403, "GH-API-403", str(error) or TITLES[403])

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        _undo_everything()
        return problem(404, "GH-API-404", TITLES[404])

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        _undo_everything()
        return problem(error.status_code, f"GH-API-{error.status_code}", TITLES.get(error.status_code, "请求有误"))
