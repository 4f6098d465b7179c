"""The API object, its routers, and the check that a route asks for a permission."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from gonghui import __version__

from ..registry import PARTS
from . import problems

DESCRIPTION = """\
与页面同一套服务、同一套行级权限。令牌属于一个岗位：岗位能做什么、看到哪里，令牌就能做什么、看到哪里；岗位收回，令牌随即失效。

- **幂等**：写操作带 `Idempotency-Key`，同一个键重试得到同一个答复；同一个键换了内容是422。
- **分页**：`limit` 与 `cursor`，答复里的 `next` 就是下一页的 `cursor`。
- **出错**：`application/problem+json`，有 `code`（不变）和中文 `detail`（说明错在哪、怎么改）。
- **个人信息**：证件号和手机号默认隐去；`/people/{id}/reveal` 要写理由，留痕，本人看得到。
"""


class Api(NinjaAPI):
    """Says of every error answer what it is: a problem document; and lets no cache keep what a post may read."""

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        response = super().create_temporal_response(request)
        response["Cache-Control"] = "no-store"
        return response

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        for methods in document["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content["application/problem+json"] = content.pop("application/json")
        return document


api = Api(
    title="工会 Gonghui",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url="/openapi.json",
)
problems.install(api)

for part in PARTS:
    if find_spec(f"{part}.api"):
        module = import_module(f"{part}.api")
        api.add_router("", module.router)

# What an operation answers is known only here; replays of a write need it (gonghui.kernel.access.api_auth).
for _, router in api._routers:
    for path in router.path_operations.values():
        for operation in path.operations:
            operation.view_func.answers = operation.response_models
