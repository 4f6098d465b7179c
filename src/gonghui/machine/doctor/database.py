"""Checks of the database: reachable, of a tested version, with roles that row-level security can rely on."""

import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime

import psycopg
from psycopg import sql

from gonghui.machine import postgres
from gonghui.machine.doctor.patient import Patient, Untold
from gonghui.machine.doctor.registry import Checks, Result
from gonghui.machine.doctor.report import Level
from gonghui.machine.fault import Fault
from gonghui.machine.postgres import outside

CHECKS = Checks()

_MIGRATION = re.compile(r"^[a-z_]+\.\d{4}\w*$", re.MULTILINE)
_UNGUARDED = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid AND
          (p.polroles = '{0}' OR EXISTS (SELECT 1 FROM pg_roles r WHERE r.oid = ANY(p.polroles)
             AND r.rolname = %s)))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'path' AND NOT a.attisdropped
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY 1
"""


@CHECKS.check("database", "数据库连接")
def reachable(patient: Patient) -> Result:
    if not patient.made:
        return Level.WARNING, "数据库还没有建立", "make run"
    try:
        patient.secrets  # noqa: B018 (said by its own check when broken)
        began = time.monotonic()
        patient.connect().execute("SELECT 1")
    except Fault as error:
        return Level.ERROR, error.message, error.hint or ""
    kind = "内嵌" if patient.config.embedded else "外部"
    return Level.OK, f"{kind}数据库，{(time.monotonic() - began) * 1000:.0f} 毫秒连上"


@CHECKS.check("version", "数据库版本")
def version(patient: Patient) -> Result:
    try:
        major = outside.version_of(patient.owner)
    except Fault as error:
        return Level.ERROR, error.message, error.hint or ""
    return Level.OK, f"PostgreSQL {major}"


@CHECKS.check("encoding", "数据库编码")
def encoding(patient: Patient) -> Result:
    found = patient.one("SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()")
    if found != "UTF8":
        mend = "用 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 另建一个库"
        return Level.ERROR, f"编码是 {found}，存不下全部汉字", mend
    return Level.OK, "UTF8"


@CHECKS.check("roles", "数据库账号")
def roles(patient: Patient) -> Result:
    row = patient.app.execute(
        "SELECT current_user::text, rolsuper, rolbypassrls,"
        " pg_get_userbyid((SELECT datdba FROM pg_database WHERE datname = current_database()))::text"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    user, superuser, bypass, owner = row
    faults = ["是超级用户"] * superuser + ["能绕过行级权限"] * bypass + ["是数据库属主"] * (user == owner)
    owned = patient.one(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND pg_get_userbyid(relowner) = %s",
        [user],
    )
    faults += [f"拥有 {owned} 张表"] if owned else []
    if not faults:
        return Level.OK, f"平台账号 {user} 受行级权限约束"
    mend = f"gonghui psql 里执行：ALTER ROLE {user} NOSUPERUSER NOBYPASSRLS;"
    told = f"平台账号 {user} {'、'.join(faults)}，行级权限失效"
    return Level.ERROR, told, mend, lambda: _tame(patient, user)


def _tame(patient: Patient, user: str) -> None:
    statement = sql.SQL("ALTER ROLE {} NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(user))
    if not patient.config.embedded:
        patient.owner.execute(statement)
        return
    cluster = postgres.embedded(patient.config, patient.secrets)
    with psycopg.connect(cluster.url(postgres.ADMIN, "postgres"), autocommit=True) as admin:
        admin.execute(statement)


@CHECKS.check("migrations", "表结构")
def migrations(patient: Patient) -> Result:
    patient.owner  # noqa: B018 (keeps the server up while the child looks)
    result = _django("migrate", "--plan", "--check", "--database", "owner", "--skip-checks")
    if result.returncode == 0:
        return Level.OK, "已是最新"
    names = _MIGRATION.findall(result.stdout)
    if not names:
        reason = (result.stderr.strip().splitlines() or ["没有说明"])[-1]
        return Level.ERROR, f"查不了：{reason}", "make install 后重试"
    return Level.ERROR, f"有 {len(names)} 项升级没有执行", "gonghui migrate", _migrate


def _django(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """In a child, because settings that do not load must not take the doctor down."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "gonghui.web.settings"}
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def _migrate() -> None:
    result = subprocess.run([sys.executable, "-m", "gonghui.cli", "migrate", "--quiet"], capture_output=True, text=True)
    if result.returncode:
        raise Fault(result.stderr.strip().splitlines()[-1] if result.stderr.strip() else "没有完成")


@CHECKS.check("policies", "行级权限")
def policies(patient: Patient) -> Result:
    rows = patient.owner.execute(_UNGUARDED, [postgres.APP]).fetchall()
    missing = [name for name, _, _, count in rows if not count]
    off = [name for name, enabled, forced, count in rows if count and not (enabled and forced)]
    if missing:
        return (
            Level.ERROR,
            f"这些表带组织路径却没有策略：{'、'.join(missing)}",
            "gonghui migrate；仍有则报告缺陷",
        )
    if off:
        mend = f"gonghui psql 里执行：ALTER TABLE {off[0]} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        return Level.ERROR, f"这些表的策略没有启用：{'、'.join(off)}", mend, lambda: _enforce(patient, off)
    if not rows:
        raise Untold("表结构")
    return Level.OK, f"{len(rows)} 张带组织路径的表全部受控"


def _enforce(patient: Patient, tables: list[str]) -> None:
    for table in tables:
        patient.owner.execute(
            sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").format(sql.Identifier(table))
        )


@CHECKS.check("clock", "时钟")
def clock(patient: Patient) -> Result:
    there = patient.one("SELECT clock_timestamp()")
    apart = abs((datetime.now(UTC) - there).total_seconds())
    mend = "两边都启用时间同步：timedatectl set-ntp true"
    if apart > 60:
        return Level.ERROR, f"本机与数据库相差 {apart:.0f} 秒，期限会算错", mend
    if apart > 2:
        return Level.WARNING, f"本机与数据库相差 {apart:.1f} 秒", mend
    return Level.OK, f"相差 {apart:.1f} 秒"
