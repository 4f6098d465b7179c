"""Reads of accounts and posts, and the making of a viewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from ..org.models import Organisation
from ..org.queries import public_root
from ..people.models import Appointment
from ..scope import take_account, widened
from ..viewer import OUTSIDER, Viewer
from . import rules
from .choices import AccountKind, Role
from .models import Account, AccountSession, ApiToken, Post, SavedList


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
    posts: list[Post] | None = None,
) -> Viewer:
    """The viewer of a request: the wanted post if it is still valid, else the last used, else the first.

    :param as_member: the log-in proved a phone only, so the posts of the account stay out of reach.
    :param posts: what `posts_of` has just said, where the caller needs it too.

    Rights are read afresh for every request, so that a revoked post ends with the next click.
    """
    if account is None or not account.is_active:
        return OUTSIDER
    if account.kind == AccountKind.MEMBER or as_member:
        return viewer_of_member(account, request_id)
    posts = posts_of(account, on) if posts is None else posts
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
    """Posts of staff in the viewer's range, with account and organisation."""
    found = Post.objects.visible(viewer).filter(account__kind=AccountKind.STAFF)
    return found.select_related("account", "organisation")


def in_state(source: QuerySet[Post], state: str) -> QuerySet[Post]:
    """Posts that are `asked`, `valid`, `over` (taken back, declined, ended) or `suspended` with their account."""
    today = timezone.localdate()
    live = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    return source.filter(
        {
            "asked": live & Q(granted_by__isnull=True, account__is_active=True),
            "valid": live & Q(granted_by__isnull=False, account__is_active=True),
            "over": ~live,
            "suspended": live & Q(account__is_active=False),
        }[state]
    )


def state_of(post: Post, today: date) -> str:
    """The same four states for one post."""
    if post.valid_to is not None and post.valid_to <= today:
        return "over"
    if not post.account.is_active:
        return "suspended"
    return "valid" if post.granted_by is not None else "asked"


def waiting(viewer: Viewer) -> QuerySet[Post]:
    """Posts that the viewer may grant or decline: asked for by somebody else, for somebody else."""
    asked = in_state(posts(viewer), "asked")
    mine = viewer.account_id
    return asked if mine is None else asked.exclude(asked_by=mine).exclude(account_id=mine)


def account(viewer: Viewer, pk: int) -> Account | None:
    """A staff account with a post in the viewer's range."""
    found = posts(viewer).filter(account_id=pk).first()
    return found.account if found else None


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of the accounts that asked or granted."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "name"))


def office_named(viewer: Viewer, organisation: Organisation, name: str) -> Appointment | None:
    """The one open office whose holder has this name; none when nobody or several have it."""
    found = list(
        Appointment.objects.visible(viewer)
        .filter(organisation=organisation, person__name=name, valid_to__isnull=True)
        .select_related("person")
        .order_by("person_id", "pk")
    )
    return found[0] if len({office.person_id for office in found}) == 1 else None


def organisation_named(viewer: Viewer, name: str) -> list[Organisation]:
    """Living organisations in range with exactly this name."""
    return list(Organisation.objects.visible(viewer).filter(name=name.strip(), ended_on__isnull=True)[:3])


def tokens(viewer: Viewer) -> QuerySet[ApiToken]:
    """Tokens of posts in the viewer's range, with post, account and organisation."""
    return ApiToken.objects.filter(post__path__gte=viewer.lo, post__path__lt=viewer.hi).select_related(
        "post__account", "post__organisation"
    )


def viewer_of_token(secret: str, on: date, request_id: str = "") -> Viewer | None:
    """The viewer a token acts as: what its post may, while token, post and account are all in force.

    The post is read across scopes, because there is no scope before it; the caller takes the viewer's own next.
    """
    token = ApiToken.objects.filter(
        digest=rules.token_digest(secret), revoked_at__isnull=True, expires_on__gt=on
    ).first()
    if token is None:
        return None
    with widened():
        post = Post.objects.select_related("account").filter(pk=token.post_id).first()
        if post is None or state_of(post, on) != "valid" or post not in posts_of(post.account, on):
            return None
    if token.last_used_at is None or timezone.now() - token.last_used_at > timedelta(minutes=1):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
    return viewer_of_post(post.account, post, request_id)


def sessions_of(account: Account) -> QuerySet[AccountSession]:
    return AccountSession.objects.filter(account=account).order_by("-seen_at")


def saved_lists(viewer: Viewer, key: str) -> QuerySet[SavedList]:
    """The viewer's saved filters of one list page."""
    return SavedList.objects.filter(account_id=viewer.account_id or 0, list_key=key).exclude(name="").order_by("pk")


def reveal_cap(viewer: Viewer, ruled: int | None = None) -> int:
    """How many sealed values the account may unmask in a day: the rule's value where the caller knows one."""
    return rules.REVEALS_PER_DAY if ruled is None else ruled


def opens_again(username: str, address: str) -> datetime | None:
    """When a locked user name may try again from this address."""
    attempt = (
        AccessAttempt.objects.filter(username=username, ip_address=address or None).order_by("-attempt_time").first()
    )
    return attempt.attempt_time + get_cool_off() if attempt else None
