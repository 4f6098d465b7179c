"""A PostgreSQL that somebody else runs: is it one we can use, and with which role does the platform enter it."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from gonghui.machine.config import Config
from gonghui.machine.fault import Fault
from gonghui.machine.postgres.cluster import APP, default_privileges

OLDEST, NEWEST = 15, 18


def app_url(config: Config) -> str:
    """The address the web and the jobs use: given outright, or the owner's with its rights laid down.

    `-c role=` is a start-up option, so it holds for the whole session and survives RESET ALL; the session could
    still RESET ROLE, which is why a separate log-in in DATABASE_APP_URL is the better way for a real city.
    """
    assert config.database_url is not None
    return config.database_app_url or with_role(config.database_url, APP)


def with_role(url: str, role: str) -> str:
    """The same address, entering as another role."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query["options"] = f"{query.get('options', '')} -c role={role}".strip()
    return urlunsplit(parts._replace(query=urlencode(query, quote_via=quote)))


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Connect, answering failure in Chinese and without the password."""
    try:
        return psycopg.connect(url, connect_timeout=10, autocommit=True)
    except psycopg.OperationalError as error:
        parts = urlsplit(url)
        place = f"{parts.hostname or '本机'}:{parts.port or 5432}{parts.path}"
        reason = str(error).strip().splitlines()[-1]
        raise Fault(f"连不上数据库 {place}：{reason}", "检查 DATABASE_URL、网络与 pg_hba.conf") from None
    except psycopg.ProgrammingError:
        raise Fault("DATABASE_URL 写法有误", "写成 postgresql://用户:密码@主机:5432/库名") from None


def version_of(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """The major version, refused when it is not one we test against."""
    major = connection.info.server_version // 10000
    if not OLDEST <= major <= NEWEST:
        raise Fault(f"数据库是 PostgreSQL {major}，支持 {OLDEST} 至 {NEWEST}", "升级数据库后重试")
    return major


def prepare(config: Config) -> None:
    """Check the server and see to it that the app role exists; run before migrations."""
    assert config.database_url is not None
    with connect(config.database_url) as owner:
        version_of(owner)
        name = _value(owner, "SELECT current_user::text")
        if not _value(owner, "SELECT has_schema_privilege('public', 'CREATE')"):
            raise Fault(
                f"账号 {name} 不能在 public 模式里建表",
                f"由数据库管理员执行：GRANT CREATE ON SCHEMA public TO {name};",
            )
        if config.database_app_url:
            _check_app(owner, config.database_app_url, str(name))
        else:
            _ensure_app(owner)
            # Fails here, and not on the first page, when the owner may not take the role.
            connect(app_url(config)).close()
        app = sql.Identifier(_user(app_url(config)))
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
        if config.database_app_url is None:
            for statement in default_privileges(str(name)):
                owner.execute(statement)


def _check_app(owner: psycopg.Connection[tuple[object, ...]], url: str, name: str) -> None:
    with connect(url) as app:
        user = str(_value(app, "SELECT current_user::text"))
        if user == name:
            raise Fault("DATABASE_APP_URL 与 DATABASE_URL 用了同一账号，行级权限会失效", "给平台单独建一个账号")
        if _value(app, "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"):
            raise Fault(
                f"账号 {user} 能绕过行级权限，不能供平台使用",
                f"由数据库管理员执行：ALTER ROLE {user} NOSUPERUSER NOBYPASSRLS;",
            )
    if user == APP:
        for statement in default_privileges(name):
            owner.execute(statement)
        return
    # Migrations and policies speak of gonghui_app, so another log-in becomes its member.
    _ensure_app(owner)
    if not _value(owner, f"SELECT pg_has_role('{user}', '{APP}', 'USAGE')"):
        _attempt(owner, sql.SQL("GRANT {} TO {}").format(sql.Identifier(APP), sql.Identifier(user)))
    for statement in default_privileges(name):
        owner.execute(statement)


def _ensure_app(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    if not _value(owner, f"SELECT 1 FROM pg_roles WHERE rolname = '{APP}'"):
        _attempt(owner, sql.SQL("CREATE ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(APP)))
    elif _value(owner, f"SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '{APP}'"):
        raise Fault(f"角色 {APP} 能绕过行级权限", f"由数据库管理员执行：ALTER ROLE {APP} NOSUPERUSER NOBYPASSRLS;")
    superuser = _value(owner, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    # From 16 on the maker of a role is its admin without being allowed to take it on.
    right = "SET" if owner.info.server_version >= 160000 else "MEMBER"
    if not superuser and not _value(owner, f"SELECT pg_has_role(current_user, '{APP}', '{right}')"):
        _grant_self(owner)


def _grant_self(owner: psycopg.Connection[tuple[object, ...]]) -> None:
    _attempt(owner, sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP)))


def _attempt(owner: psycopg.Connection[tuple[object, ...]], statement: sql.Composed) -> None:
    try:
        owner.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        text = statement.as_string(owner).replace("CURRENT_USER", str(_value(owner, "SELECT current_user::text")))
        raise Fault("DATABASE_URL 的账号无权设置平台角色", f"由数据库管理员执行：{text};") from None


def _value(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _user(url: str) -> str:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query)).get("options", "")
    return APP if f"role={APP}" in options or not parts.username else parts.username
