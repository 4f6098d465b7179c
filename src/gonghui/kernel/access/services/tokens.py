"""Keys for integrators: each tied to one post, shown once, over on a day."""

from __future__ import annotations

import secrets
from datetime import date

from django.db import transaction
from django.utils import timezone

from ...refusal import Refusal
from ...trail.services import record
from ...viewer import Viewer
from .. import rules
from ..models import ApiToken, Post

PREFIX = "gh_"


@transaction.atomic
def create_token(actor: Viewer, *, post: Post, name: str, expires_on: date) -> tuple[ApiToken, str]:
    """A token for one granted post in the actor's range. The secret is returned here and nowhere else."""
    rules.require(actor, "token.manage")
    today = timezone.localdate()
    found = Post.objects.visible(actor).filter(pk=post.pk, granted_by__isnull=False, valid_to__isnull=True).first()
    if found is None:
        raise Refusal("GH-ACC-201", "选一个已批准、没有收回的岗位", "post")
    if len(name.strip()) < 2:
        raise Refusal("GH-ACC-202", "写明令牌给谁用、做什么", "name", "例如“省总数据交换平台，每日取组织名册”")
    if not today < expires_on <= today + rules.TOKEN_LONGEST:
        raise Refusal("GH-ACC-203", "到期日要在明天至一年之内", "expires_on")
    prefix = PREFIX + secrets.token_hex(4)
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        post_id=found.pk,
        name=name.strip()[:80],
        prefix=prefix,
        digest=rules.token_digest(secret),
        created_by=actor.account_id or 0,
        expires_on=expires_on,
    )
    _note(actor, "access.token_created", token, 到期=expires_on.isoformat())
    return token, secret


@transaction.atomic
def revoke_token(actor: Viewer, *, token: ApiToken) -> ApiToken:
    """End a token at once."""
    rules.require(actor, "token.manage")
    visible = Post.objects.visible(actor).filter(pk=token.post_id).exists()
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if not visible or token.revoked_at is not None:
        raise Refusal("GH-ACC-204", "这个令牌已作废或不在当前岗位的范围内")
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    _note(actor, "access.token_revoked", token)
    return token


def _note(actor: Viewer, verb: str, token: ApiToken, **detail: str) -> None:
    record(
        actor, verb, path=token.post.path, object_type="token", object_id=token.pk, object_name=token.name,
        detail={"令牌": token.prefix, "岗位": token.post_id, **detail},
    )  # fmt: skip
