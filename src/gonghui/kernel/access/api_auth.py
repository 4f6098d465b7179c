"""How an integrator enters: a token tied to a post, a permission for each route, and idempotency keys for writes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.responses import NinjaJSONEncoder
from ninja.security import HttpBearer

from ..refusal import Refusal
from ..scope import take_scope_of
from ..viewer import Viewer
from .doors import Door
from .models import IdempotencyKey
from .queries import viewer_of_token
from .rules import PERMISSIONS


class PostToken(HttpBearer):
    """Bearer token → viewer of its post, while post, account and token are all in force."""

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        viewer = viewer_of_token(token, timezone.localdate(), getattr(request, "request_id", ""))
        if viewer is None:
            return None
        take_scope_of(viewer)
        request.viewer = viewer  # type: ignore[attr-defined]
        return viewer


def route(permission: str, *, replayed: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark an API operation with the permission it asks for, and refuse a viewer without it.

    :param replayed: answers are kept under their idempotency key; not so where an answer opens a sealed value.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"unknown permission {permission}")

    def wrap(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            viewer: Viewer = request.viewer  # type: ignore[attr-defined]
            if not viewer.may(permission):
                raise PermissionDenied(f"当前岗位没有“{PERMISSIONS[permission]}”的权限（{permission}）")
            if not replayed:
                return view(request, *args, **kwargs)
            return _once(request, viewer, lambda: view(request, *args, **kwargs), getattr(inner, "answers", {}))

        inner.door = Door("token", permission)  # type: ignore[attr-defined]
        return inner

    return wrap


def _content(request: HttpRequest) -> bytes:
    """What was sent; a form with files was read as a stream, so its fields and file digests stand for it."""
    if request.content_type != "multipart/form-data":
        return request.body
    parts = [f"{name}={value}" for name in sorted(request.POST) for value in request.POST.getlist(name)]
    sent = [(field, file) for field in sorted(request.FILES) for file in request.FILES.getlist(field)]
    for field, file in sent:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
        file.seek(0)
        parts.append(f"{field}:{file.name}:{digest.hexdigest()}")
    return "\n".join(parts).encode()


def _sent(models: Mapping[int, Any], status: int, body: Any) -> Any:
    """An answer as the client gets it: records are put through the schema of that status."""
    if status not in models:
        return body
    shown = models[status].model_validate(SimpleNamespace(response=body))
    return json.loads(json.dumps(shown.model_dump()["response"], cls=NinjaJSONEncoder))


def _once(request: HttpRequest, viewer: Viewer, act: Callable[[], Any], models: Mapping[int, Any]) -> Any:
    """Run a write once for its key. The key row and the act share the transaction: both stay or neither does."""
    key = request.headers.get("Idempotency-Key", "")
    if request.method in ("GET", "HEAD") or not key:
        return act()
    if len(key) > 255 or not key.isprintable():
        raise Refusal("GH-API-001", "Idempotency-Key 应为255个以内的可见字符", "Idempotency-Key")
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + _content(request)).digest()
    assert viewer.post_id is not None  # every token belongs to a post
    with transaction.atomic():
        row, fresh = IdempotencyKey.objects.get_or_create(
            post_id=viewer.post_id, key=key, defaults={"request_digest": digest}
        )
        if not fresh:
            if bytes(row.request_digest) != digest:
                raise Refusal("GH-API-002", "这个 Idempotency-Key 已用于另一个请求", "Idempotency-Key", "换一个新的键")
            return HttpResponse(
                json.dumps(row.body, ensure_ascii=False),
                status=row.status or 200,
                content_type="application/json; charset=utf-8",
                headers={"Idempotency-Replayed": "true"},
            )
        answer = act()
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        row.status, row.body = status, _sent(models, status, body)
        row.save(update_fields=["status", "body"])
        return answer
