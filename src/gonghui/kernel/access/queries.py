"""Reads of accounts and posts, and the making of a viewer."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from ..org.queries import public_root
from ..people.models import Appointment
from ..scope import take_account
from ..viewer import OUTSIDER, Viewer
from . import rules
from .choices import AccountKind, Role
from .models import Account, Post


def posts_of(account: Account, on: date) -> list[Post]:
    """The posts an account may act in on a day, in the order it got them."""
    take_account(account.pk, account.person_id)
    office_over = Appointment.objects.filter(pk=OuterRef("appointment_id"), valid_to__lte=on)
    return list(
        Post.objects.filter(account=account, granted_by__isnull=False, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .exclude(Exists(office_over))
        .order_by("valid_from", "pk")
    )


def viewer_of_post(account: Account, post: Post, request_id: str = "") -> Viewer:
    lo, hi = rules.reach_of(post.role, post.path)
    return Viewer(
        role=post.role,
        name=account.name,
        account_id=account.pk,
        post_id=post.pk,
        person_id=account.person_id,
        organisation_id=post.organisation_id,
        lo=lo,
        hi=hi,
        permissions=rules.permissions_of(post.role),
        request_id=request_id,
    )


def viewer_of_member(account: Account, request_id: str = "") -> Viewer:
    """A member reads their own rows, wherever they are, and nothing else."""
    return Viewer(
        role=Role.MEMBER,
        name=account.name,
        account_id=account.pk,
        person_id=account.person_id,
        permissions=rules.permissions_of(Role.MEMBER),
        request_id=request_id,
    )


def viewer_for(
    account: Account | None,
    wanted_post: int | None,
    on: date,
    request_id: str = "",
    as_member: bool = False,
) -> Viewer:
    """The viewer of a request: the wanted post if it is still valid, else the last used, else the first.

    :param as_member: the log-in proved a phone only, so the posts of the account stay out of reach.

    Rights are read afresh for every request, so that a revoked post ends with the next click.
    """
    if account is None or not account.is_active:
        return OUTSIDER
    if account.kind == AccountKind.MEMBER or as_member:
        return viewer_of_member(account, request_id)
    posts = posts_of(account, on)
    if not posts:
        return Viewer(role=Role.OUTSIDER, name=account.name, account_id=account.pk, request_id=request_id)
    chosen = next((p for p in posts if p.pk == account.active_post_id), posts[0])
    chosen = next((p for p in posts if p.pk == wanted_post), chosen)
    return viewer_of_post(account, chosen, request_id)


def root_path() -> str:
    """The path of the federation at the top: where acts belong that concern no organisation."""
    root = public_root()
    return root.path if root else ""


def home_path(account: Account, on: date) -> str:
    """Where what an account does to itself is recorded: at its first post, or at the top."""
    mine = posts_of(account, on)
    return mine[0].path if mine else root_path()


def posts(viewer: Viewer) -> QuerySet[Post]:
    """Posts in the viewer's range, with account and organisation."""
    return Post.objects.visible(viewer).select_related("account", "organisation")
