"""Pages for what went wrong: what happened, what is kept, and what to do next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string

from gonghui.kernel.refusal import Refusal

from .shell import Look

HOME = ("回到首页", "/")
BACK = ("返回上一页", "back")


class Forbidden(PermissionDenied):
    """Refuses a page and names what would open it.

    `needs` are pairs shown as they are: ("权限", "查看会员档案"), ("岗位", "安福县总工会·基层工作部").
    """

    def __init__(self, message: str, needs: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.needs = needs


def page(request: HttpRequest, status: int, title: str, text: str, **more: Any) -> HttpResponse:
    """An error page, or for a partial refresh one plain sentence that the page script shows as a toast.

    Rendered without the request, because context processors may need the very thing that is broken.
    """
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(f"{title}。{text}", status=status, content_type="text/plain; charset=utf-8")
    context = {
        "ui": Look.of(request),
        "request": request,
        "code": more.pop("code", status),
        "title": title,
        "text": text,
        "actions": more.pop("actions", (BACK, HOME)),
        "reference": getattr(request, "request_id", "") or getattr(getattr(request, "viewer", None), "request_id", ""),
        **more,
    }
    response = HttpResponse(render_to_string("gonghui/error.html", context), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request, 400, "这次提交的内容读不出来",
        "可能是链接被截断，或表单里有无法识别的字符。返回上一页检查后再提交。",
        kept="没有任何记录被改动。",
    )  # fmt: skip


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says which permission or post is missing, when the refusing code said so."""
    text = getattr(exception, "message", "") or (str(exception) if exception and str(exception) else "")
    needs = getattr(exception, "needs", ())
    return page(
        request, 403, "当前岗位不能打开这一页",
        text or "这一页不在当前岗位的范围内。有别的岗位就在右上角切换，没有就找本单位的账号管理员开通。",
        missing=needs,
    )  # fmt: skip


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request, 404, "没有找到这一页",
        "地址可能抄漏了字，记录也可能已并转、撤销，或不在当前岗位的范围内。可以按名称再找。",
        actions=(BACK, ("按名称查找", "/desk/find"), HOME),
    )  # fmt: skip


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Setting CSRF_FAILURE_VIEW; mostly a page left open over a log-out."""
    return page(
        request, 403, "页面放得太久，这次没有提交",
        "为防止别人冒用，登录状态变化后原来的页面不能再提交。返回上一页，刷新后再提交一次。",
        code=419, kept="刚才填写的内容还在上一页里。个人信息不在本机留底，刷新前先抄下。",
        actions=(BACK, HOME),
    )  # fmt: skip


def too_many(request: HttpRequest, exception: Exception | None = None, wait_seconds: int = 60) -> HttpResponse:
    minutes = max(1, -(-wait_seconds // 60))
    response = page(
        request, 429, "操作太频繁，先停一停",
        f"{minutes}分钟后可以继续。如果不是本人在操作，尽快修改登录方式。",
        kept="已经提交成功的内容不受影响。", actions=(BACK, HOME),
    )  # fmt: skip
    response["Retry-After"] = str(wait_seconds)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return page(
        request, 500, "这一步没有完成",
        "平台出了故障，已自动记录。稍等一分钟再试；还是不行就把下面的编号报给管理员。",
        kept="没有完成的改动已全部撤回，之前保存的内容不受影响。",
        actions=(("再试一次", "reload"), BACK, HOME),
    )  # fmt: skip


def refused(request: HttpRequest, refusal: Refusal, status: int = 409) -> HttpResponseBase:
    """A rule said no outside a form: its own sentence and what is possible."""
    return page(request, status, refusal.message, refusal.hint or "没有任何记录被改动。", code=refusal.code)
