"""Who may change the tree at the same time: joining holds an organisation, a move locks the whole subtree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg.errors
from django.db import IntegrityError, OperationalError, connection, transaction

from ...refusal import Refusal
from ..models import Organisation
from ..rules import subtree

STRUCTURE_LOCK = 0x4F52_0001
"""Advisory key: one restructuring at a time, so that two moves can neither deadlock nor read half a path."""

WAIT = "20s"

_CONSTRAINTS: dict[str, tuple[str, str, str, str]] = {
    "organisation_name_once": (
        "GH-ORG-507",
        "同一上级下面已有同名的组织",
        "name",
        "加上地区或行业再登记，或先给另一个更名",
    ),
    "organisation_uscc_once": (
        "GH-ORG-508",
        "这个统一社会信用代码已登记在另一个组织名下",
        "uscc",
        "核对代码，或查找已登记的组织",
    ),
    "employer_uscc_once": (
        "GH-ORG-508",
        "这个统一社会信用代码已登记为另一个用人单位",
        "uscc",
        "核对代码，或查找已登记的用人单位",
    ),
    "organisation_term_order": ("GH-ORG-610", "本届止期应晚于起期", "term_to", "核对两个日期"),
    "membership_order": (
        "GH-ORG-503",
        "有会员在生效日期之后才入会",
        "on",
        "把生效日期改到最近一名会员入会之后",
    ),
    "membership_one_open": ("GH-ORG-513", "有会员在此之后已加入别的组织", "on", "先处理这些会员的会籍"),
    "appointment_one_chair": ("GH-ORG-513", "该组织已有在任主席", "organisation", "先登记离任"),
    "appointment_once": ("GH-ORG-513", "有人已在同一职务任职", "organisation", "先登记离任"),
    "group_once": ("GH-ORG-702", "已有同名的分组", "name", "换一个名称，或用已有的分组"),
    "group_member_once": ("GH-ORG-703", "该组织已在这个分组里", "organisation", "不用重复加入"),
}


@contextmanager
def writing() -> Iterator[None]:
    """One transaction (a savepoint inside a request); a broken constraint says what it means."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        name = cause.diag.constraint_name if isinstance(cause, psycopg.errors.IntegrityError) else None
        if name in _CONSTRAINTS:
            raise Refusal(*_CONSTRAINTS[name]) from error
        raise


@contextmanager
def restructuring() -> Iterator[None]:
    """`writing` for acts that change where organisations stand; they wait for each other, but not for ever."""
    try:
        with writing():
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('lock_timeout')")
                before = cursor.fetchone()[0]
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STRUCTURE_LOCK])
            yield
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [before])
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
            raise Refusal(
                "GH-ORG-514",
                "这些组织正在办理另一项变动或导入名册，没有改动任何资料",
                hint="过几分钟再办理",
            ) from error
        raise


def hold(organisation_id: int) -> Organisation:
    """The organisation as it is now, kept where it is until this transaction ends.

    Whoever places rows into an organisation calls this first and takes the path from the answer: a move waits
    for the holder, and the holder for a move, so that no row is ever written with a path of yesterday.

    :raises Refusal: GH-ORG-001 not there, or outside the range of the running post.
    """
    found = list(Organisation.objects.raw("SELECT * FROM organisation WHERE id = %s FOR KEY SHARE", [organisation_id]))
    if not found:
        raise unreachable()
    return found[0]


def hold_many(organisation_ids: Iterable[int]) -> dict[int, Organisation]:
    """`hold` for a batch, in one order, so that two batches cannot deadlock; those out of reach are missing."""
    query = "SELECT * FROM organisation WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE"
    return {row.pk: row for row in Organisation.objects.raw(query, [sorted(set(organisation_ids))])}


def lock_subtree(organisation_id: int) -> Organisation:
    """The organisation with a path that nobody can change, it and all below it locked against new rows.

    Call inside `restructuring`, which alone changes paths. A body founded while this waited is not in the first
    answer, and something may already be entering it: hence once more until nothing new appears.
    """
    organisation: Organisation | None = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise unreachable()
    seen: list[int] = []
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM organisation WHERE path >= %s AND path < %s ORDER BY path FOR UPDATE",
                subtree(organisation.path),
            )
            ids = [row[0] for row in cursor.fetchall()]
        if ids == seen:
            break
        seen = ids
    organisation.refresh_from_db()
    return organisation


def unreachable(field: str = "organisation") -> Refusal:
    return Refusal("GH-ORG-001", "没有这个组织，或它不在当前岗位的范围内", field, "换到能管理它的岗位再办理")
