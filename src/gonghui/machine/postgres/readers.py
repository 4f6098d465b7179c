"""Log-ins of the database that may read the views of the schema `bi` and nothing else."""

import secrets as random
from typing import Any

import psycopg
from psycopg import sql

from gonghui.machine.fault import Fault

GROUP = "gonghui_bi"
"""Has the rights; log-ins are its members. It owns nothing and cannot log in."""
MOST_CONNECTIONS = 5

Connection = psycopg.Connection[Any]


def ensure_group(admin: Connection) -> None:
    """The group is there; a backup of the database names it, so it has to be before one is restored."""
    if admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [GROUP]).fetchone():
        return
    _may_make_roles(admin)
    admin.execute(
        sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(sql.Identifier(GROUP))
    )


def _may_make_roles(admin: Connection) -> None:
    found = admin.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone()
    if not (found and found[0]):
        raise Fault("数据库账号没有建立角色的权限", "由数据库管理员执行：ALTER ROLE 属主 CREATEROLE; 办完再收回")


def open_views(admin: Connection) -> None:
    """Give the group its rights in this database: to connect, and to read the views."""
    ensure_group(admin)
    group = sql.Identifier(GROUP)
    row = admin.execute("SELECT current_database()").fetchone()
    assert row is not None
    for statement in (
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(row[0]), group),
        sql.SQL("GRANT USAGE ON SCHEMA bi TO {}").format(group),
        sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA bi TO {}").format(group),
    ):
        admin.execute(statement)


def make_login(admin: Connection, login: str, until: str) -> str:
    """A log-in of the group with a fresh password, which is told once and kept nowhere.

    :param until: ISO day after which the password is no longer taken.
    """
    _may_make_roles(admin)
    password = random.token_urlsafe(24)
    admin.execute(
        sql.SQL(
            "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {}"
            " PASSWORD {} VALID UNTIL {} IN ROLE {}"
        ).format(
            sql.Identifier(login), sql.Literal(MOST_CONNECTIONS), sql.Literal(password),
            sql.Literal(f"{until} 23:59:59"), sql.Identifier(GROUP),
        )
    )  # fmt: skip
    for setting in ("default_transaction_read_only = on", "statement_timeout = '120s'", "search_path = bi"):
        admin.execute(sql.SQL("ALTER ROLE {} SET " + setting).format(sql.Identifier(login)))
    return password


def drop_login(admin: Connection, login: str) -> None:
    """The log-in is gone, whoever used it is disconnected."""
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(login)))
