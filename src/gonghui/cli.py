"""The command `gonghui`: thin doors to the machine and, imported only when asked for, to the platform itself."""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from gonghui.kernel.refusal import Refusal
from gonghui.machine import config as configuration
from gonghui.machine import fresh, postgres, show
from gonghui.machine import secrets as keys
from gonghui.machine.fault import Fault

app = typer.Typer(
    name="gonghui",
    help="工会平台的命令行。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
trail = typer.Typer(help="留痕：离线核验与导出。", no_args_is_help=True)
app.add_typer(trail, name="trail")
honours = typer.Typer(help="荣誉证书：离线核验。", no_args_is_help=True)
app.add_typer(honours, name="honours")
bi = typer.Typer(help="开放数据：给本地分析工具的只读数据库账号。", no_args_is_help=True)
app.add_typer(bi, name="bi")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON，供程序读取。")]


def _django() -> None:
    """Set Django up; only commands that need the platform pay for it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gonghui.web.settings")
    import django

    django.setup()


def _with_platform(work: Callable[[], Any]) -> Any:
    """Run something with the database up and Django ready."""
    config = configuration.load()
    with postgres.running(config, keys.load(config.data)):
        _django()
        from django.db import connections

        try:
            return work()
        finally:
            connections.close_all()


def _print(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1, default=str))


@app.command()
def up() -> None:
    """启动平台：数据库、表结构、演示数据、网页、后台任务；Ctrl-C 停止。"""
    from gonghui.machine.supervisor import Supervisor

    raise typer.Exit(Supervisor(configuration.load()).run())


@app.command()
def migrate(quiet: Annotated[bool, typer.Option("--quiet", "-q", help="只在出错时说话。")] = False) -> None:
    """把表结构更新到当前版本，并收集静态文件。"""

    def work() -> None:
        from django.core.management import call_command

        from gonghui.web.migrate import migrate as bring_up_to_date

        bring_up_to_date(verbosity=0 if quiet else 1)
        call_command("collectstatic", interactive=False, verbosity=0)
        config = configuration.load()
        fresh.keep(config.data, postgres.connections(config, keys.load(config.data))[0])

    _with_platform(work)
    if not quiet:
        typer.echo("表结构与静态文件已是最新")


@app.command()
def demo(
    size: Annotated[str, typer.Option("--size", help="small、county 或 city（约二十万会员）。")] = "city",
    seed: Annotated[int, typer.Option("--seed", help="同一个数得到同一份数据。")] = 2022,
    background: Annotated[bool, typer.Option("--background", help="一年的业务交给后台任务，不等它。")] = False,
    as_json: Json = False,
) -> None:
    """向空的平台载入演示城市；已有组织时拒绝。"""

    def work() -> dict[str, int]:
        from gonghui.web.demo import load
        from gonghui.web.migrate import settle

        def progress(text: str) -> None:
            if not as_json:
                show.say(f"  {time.monotonic() - began:5.1f} 秒　{text}")

        counts = load(size=size, seed=seed, progress=progress, background=background)
        settle()
        return counts

    if size not in {"small", "county", "city"}:
        raise Fault(f"--size 只能是 small、county 或 city，不能是 {size}")
    began = time.monotonic()
    counts = _with_platform(work)
    if as_json:
        _print(counts)


@app.command()
def report(
    scenario: Annotated[str, typer.Argument(help="示例情景：jian、yangzhou或jiangyin。")],
    only_facts: Annotated[bool, typer.Option("--facts", help="只统计各项事实，不出报告。")] = False,
    out: Annotated[Path, typer.Option("--out", help="Word 和 PDF 放到哪个目录。")] = Path("reports"),
    fresh_data: Annotated[bool, typer.Option("--fresh", help="丢弃上次生成的数据，重新生成。")] = False,
    as_json: Json = False,
) -> None:
    """在自己的数据目录里生成一个真实情景，逐项数出公开材料里的数字，并出报告。退出码 0 能数的都相等、1 有不等。"""
    import shutil
    from importlib.resources import files

    # before anything is thrown away: the folder of data is named after the scenario
    shipped = (one.name for one in (files("gonghui.catalogue") / "scenarios").iterdir())
    names = sorted(one.removesuffix(".yaml") for one in shipped if one.endswith(".yaml"))
    if scenario not in names:
        raise Fault(f"没有“{scenario}”这个情景", f"可选：{'、'.join(names)}")
    if not configuration.load().embedded:
        raise Fault("设了 DATABASE_URL，情景只在自带的数据库里生成", "不带 DATABASE_URL 再运行")
    here = configuration.load().data
    home = here.with_name(f"{here.name}-{scenario}")
    if fresh_data:
        shutil.rmtree(home, ignore_errors=True)
    os.environ["GONGHUI_DATA"] = str(home)
    configuration.load.cache_clear()
    began = time.monotonic()

    def say(text: str) -> None:
        if not as_json:
            show.say(f"  {time.monotonic() - began:5.1f} 秒　{text}")

    def work() -> Any:
        from django.core.management import call_command

        from gonghui.web.migrate import migrate as bring_up_to_date
        from gonghui.web.scenarios import produce

        say("表结构")
        bring_up_to_date(verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        return produce(scenario, None if only_facts else out, say)

    made = _with_platform(work)
    if as_json:
        _print({"facts": [one.as_dict() for one in made.facts], "files": [str(one) for one in made.files]})
    else:
        for one in made.facts:
            show.say(_fact_said(one))
        for file in made.files:
            show.say(f"  {file}")
    raise typer.Exit(1 if any(one.equal is False for one in made.facts) else 0)


def _fact_said(one: Any) -> str:
    if one.equal is None:
        return f"  ·  {one.text}：材料{one.stated:,}{one.unit}，等“{one.waits}”"
    mark = "✓" if one.equal else "✗"
    return f"  {mark}  {one.text}：材料{one.stated:,}{one.unit}，统计{one.computed:,}，记录{one.records:,}条"


@app.command()
def init(
    name: Annotated[str, typer.Option("--federation", help="本级总工会全称，例如 吉安市总工会。")],
    admin: Annotated[str, typer.Option("--admin", help="系统管理员，写作 用户名:姓名。")],
    security: Annotated[str, typer.Option("--security", help="安全管理员，写作 用户名:姓名。")],
    auditor: Annotated[str, typer.Option("--auditor", help="审计员，写作 用户名:姓名。")],
    level: Annotated[str, typer.Option("--level", help="national、province、city、county 或 township。")] = "city",
    region: Annotated[str, typer.Option("--region", help="行政区划代码，例如 360800。")] = "",
) -> None:
    """建立第一个总工会和三名互相分开的管理人员（系统管理员、安全管理员、审计员）。"""

    def pair(text: str) -> tuple[str, str]:
        username, colon, person = text.partition(":")
        if not (username and colon and person):
            raise Fault(f"“{text}”应写作 用户名:姓名", "例如 --admin chenweidong:陈卫东")
        return username.strip(), person.strip()

    def work() -> dict[str, str]:
        from gonghui.web.founding import OFFICERS, found_installation

        given = dict(zip(OFFICERS, map(pair, (admin, security, auditor)), strict=True))
        return found_installation(name, level, region, {str(role): who for role, who in given.items()})

    passwords = _with_platform(work)
    typer.echo("已建立。首次密码只显示这一次，登录后须改：")
    for username, password in passwords.items():
        typer.echo(f"  {username}　{password}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="名册：xlsx、xls、csv、et。")],
    username: Annotated[str, typer.Option("--as", help="经办人的用户名；按其岗位的权限导入，并记入留痕。")],
    kind: Annotated[str, typer.Option("--kind", help="members 会员、organisations 组织、officers 干部。")] = "members",
    at: Annotated[str, typer.Option("--at", help="导入到哪个组织（全称或编号）；不写则为经办人所在组织。")] = "",
    mode: Annotated[
        str, typer.Option("--mode", help="good_only 只导合格的行；all_or_nothing 有一行不合格就不导。")
    ] = "good_only",
    check: Annotated[bool, typer.Option("--check", help="只检查，不改动记录。")] = False,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="不合格的行另存为 xlsx，改好可再导入。")
    ] = None,
    as_json: Json = False,
) -> None:
    """导入一份名册，与页面上的导入中心同样的步骤。退出码 0 全部合格、1 有不合格的行、2 没有导入。"""
    if not file.is_file():
        raise Fault(f"文件 {file} 不存在", "检查路径")
    for name, value, known in (
        ("--kind", kind, ("members", "organisations", "officers")),
        ("--mode", mode, ("good_only", "all_or_nothing")),
    ):
        if value not in known:
            raise Fault(f"{name} 只能是 {'、'.join(known)}，不能是 {value}")

    def work() -> dict[str, Any]:
        from django.utils import timezone

        from gonghui.web.importing import bring_in

        today, say = timezone.localdate(), (lambda text: None) if as_json else show.say
        return bring_in(
            file,
            username=username,
            on=today,
            kind=kind,
            at=at,
            mode=mode,
            check_only=check,
            corrections=corrections,
            say=say,
        )

    result: dict[str, Any] = _with_platform(work)
    if as_json:
        _print(result)
    else:
        _tell_import(result)
    settled = result["state"] in {"done", "ready"}
    raise typer.Exit(2 if not settled else 1 if result["rows"]["rejected"] else 0)


def _tell_import(result: dict[str, Any]) -> None:
    rows = result["rows"]
    typer.echo(
        f"共 {rows['total']} 行：新增 {rows['new']}，更新 {rows['changed']}，没有变化 {rows['unchanged']}，"
        f"冲突 {rows['conflict']}，不合格 {rows['rejected']}"
    )
    for notice in result["notices"]:
        typer.echo(f"提示：{notice}")
    if result["failure"]:
        typer.echo(f"没有导入：{result['failure'].get('message', '')}")


@app.command()
def doctor(
    run: Annotated[list[str] | None, typer.Option("--run", help="只做这几项检查，可重复。")] = None,
    list_: Annotated[bool, typer.Option("--list", help="列出全部检查。")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="能自动改正的当场改正。")] = False,
    as_json: Json = False,
) -> None:
    """检查安装：哪里不对，用哪条命令改正。退出码 0 正常、1 有提醒、2 有错误。"""
    from gonghui.machine import doctor as surgery

    if list_:
        checks = surgery.catalogue()
        if as_json:
            _print([{"name": name, "title": title} for name, title in checks])
        else:
            for name, title in checks:
                typer.echo(f"{name:<12} {title}")
        return
    report = surgery.examine(only=run or [], fix=fix)
    if as_json:
        _print(report.as_dict())
    else:
        report.show()
    raise typer.Exit(report.code)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="备份文件；不写则放进 data/backups。")] = None,
    check: Annotated[bool, typer.Option("--check", help="当场试恢复一遍再核对行数（只限内嵌数据库）。")] = False,
    as_json: Json = False,
) -> None:
    """备份数据库、密钥与附件。"""
    from gonghui.machine import backup as store

    result = store.backup(configuration.load(), file, check=check)
    if as_json:
        _print(result.as_dict())
    else:
        typer.echo(result.sentence("已备份"))


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="gonghui backup 产生的文件。")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="不再询问。")] = False,
    as_json: Json = False,
) -> None:
    """从备份恢复；核对行数无误后才替换现有数据。"""
    from gonghui.machine import backup as store

    config = configuration.load()
    if not yes and store.occupied(config):
        typer.confirm("现有数据将被备份中的数据替换，继续", abort=True)
    result = store.restore(config, file)
    if as_json:
        _print(result.as_dict())
    else:
        typer.echo(result.sentence("已恢复"))


@app.command(context_settings={"ignore_unknown_options": True})
def psql(
    role: Annotated[
        str, typer.Option("--role", help="owner（属主，看得到全部）或 app（平台账号，受行级权限）。")
    ] = "owner",
    arguments: Annotated[list[str] | None, typer.Argument(help="交给 psql 的参数，例如 -- -c 'SELECT 1'。")] = None,
) -> None:
    """打开数据库命令行。"""
    if role not in {"owner", "app"}:
        raise Fault(f"--role 只能是 owner 或 app，不能是 {role}")
    config = configuration.load()
    secrets = keys.load(config.data)
    with postgres.running(config, secrets):
        owner, application = postgres.connections(config, secrets)
        environment = postgres.libpq_environment(owner if role == "owner" else application)
        former = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for psql
        try:
            code = subprocess.call(
                [str(postgres.program("psql")), *(arguments or [])],
                env=os.environ | environment,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        finally:
            signal.signal(signal.SIGINT, former)
    raise typer.Exit(code)


@app.command()
def config(
    as_json: Json = False,
    example: Annotated[bool, typer.Option("--example", help="打印一份带说明的 gonghui.toml。")] = False,
) -> None:
    """显示生效的设置；口令不显示。"""
    if example:
        typer.echo(configuration.example())
        return
    values = configuration.shown(configuration.load())
    if as_json:
        _print(values)
    else:
        for name, value in values.items():
            typer.echo(f"{name} = {json.dumps(value, ensure_ascii=False)}")


@trail.command("verify")
def trail_verify(
    files: Annotated[list[Path], typer.Argument(help="导出的 zip，或 records、seals、heads 各文件。")],
    key: Annotated[list[str] | None, typer.Option("--key", help="另处得来的公钥（十六进制），可重复。")] = None,
    as_json: Json = False,
) -> None:
    """离线核验导出的留痕；不需要数据库。退出码 0 通过、1 有改动、2 读不了。"""
    from gonghui.kernel.trail import verifier

    try:
        report = verifier.verify(files, key or [])
    except (verifier.Unreadable, ValueError) as error:
        raise Fault(f"没有核验：{error}", "检查文件与公钥") from None
    if as_json:
        _print({"ok": report.ok} | vars(report))
    else:
        typer.echo(report.text())
    raise typer.Exit(0 if report.ok else 1)


@trail.command("export")
def trail_export(
    file: Annotated[Path, typer.Argument(help="写到哪个 zip 文件。")],
    as_json: Json = False,
) -> None:
    """导出全部留痕、封签与核验程序。"""
    if not file.absolute().parent.is_dir():
        raise Fault(f"目录 {file.absolute().parent} 不存在", "先建立目录")

    def work() -> int:
        from gonghui.kernel.trail.services.exporting import export

        return export(file)

    count = _with_platform(work)
    if as_json:
        _print({"file": str(file), "records": count})
    else:
        typer.echo(f"已导出 {count:,} 条留痕到 {file}；核验：gonghui trail verify {file}")


@honours.command("verify")
def honours_verify(
    text: Annotated[str, typer.Argument(help="证书二维码里的全部文字。")],
    key: Annotated[str, typer.Option("--key", help="签发平台的公钥（十六进制），在证书核验页上。")],
    as_json: Json = False,
) -> None:
    """离线核验荣誉证书；不需要数据库。退出码 0 有效、1 无效、2 读不了。撤销要联网才知道。"""
    from gonghui.apps.honours import verifier

    try:
        good, said = verifier.read(text, key)
    except verifier.Unreadable as error:
        raise Fault(f"没有核验：{error}", "检查文字与公钥") from None
    if as_json:
        _print({"ok": good, "said": said if good else {}})
    else:
        typer.echo("签名有效，内容没有改动" if good else "签名无效：内容被改动过，或不是这把公钥签发的")
        for name, words in verifier.WORDS.items():
            if good and said.get(name):
                typer.echo(f"{words}：{said[name]}")
    raise typer.Exit(0 if good else 1)


def _with_admin(work: Callable[[str], Any]) -> Any:
    """Run something with the platform ready and the address of who may make roles."""
    config = configuration.load()
    with postgres.running(config, keys.load(config.data)) as cluster:
        _django()
        url = cluster.url(postgres.ADMIN) if cluster else config.database_url
        assert url is not None
        from django.db import connections

        try:
            return work(url)
        finally:
            connections.close_all()


@bi.command("grant")
def bi_grant(
    login: Annotated[str, typer.Argument(help="账号，以 bi_ 开头，例如 bi_datacentre。")],
    username: Annotated[str, typer.Option("--as", help="经办人（系统管理员）的用户名，记入留痕。")],
    purpose: Annotated[str, typer.Option("--for", help="谁用、做什么。")],
    until: Annotated[str, typer.Option("--until", help="有效期至，例如 2026-12-31，最长一年。")],
    at: Annotated[str, typer.Option("--at", help="能看哪个组织和它的下级（全称）；不写则为经办人的组织。")] = "",
    as_json: Json = False,
) -> None:
    """开一个只读账号，只看得到 bi 模式里的视图和授权范围内的行。密码只显示这一次。"""
    from datetime import date

    try:
        day = date.fromisoformat(until)
    except ValueError:
        raise Fault(f"看不懂日期“{until}”", "写成 2026-12-31") from None

    def work(url: str) -> dict[str, Any]:
        from gonghui.web.open_data import grant

        return grant(url, username=username, login=login, at=at, purpose=purpose, until=day)

    made: dict[str, Any] = _with_admin(work)
    if as_json:
        _print(made)
    else:
        typer.echo(f"已开放 {made['organisation']} 的视图，有效期至 {made['until']}。密码只显示这一次：")
        typer.echo(f"  {made['login']}　{made['password']}　数据库 {made['database']}　{'、'.join(made['views'])}")


@bi.command("withdraw")
def bi_withdraw(
    login: Annotated[str, typer.Argument(help="账号。")],
    username: Annotated[str, typer.Option("--as", help="经办人（系统管理员）的用户名，记入留痕。")],
) -> None:
    """收回一个只读账号；正在用的连接立即断开。"""

    def work(url: str) -> None:
        from gonghui.web.open_data import withdraw

        withdraw(url, username=username, login=login)

    _with_admin(work)
    typer.echo(f"已收回 {login}")


@bi.command("list")
def bi_list(as_json: Json = False) -> None:
    """哪些账号能看哪里、到哪天。"""

    def work() -> list[dict[str, Any]]:
        from gonghui.web.open_data import listed

        return listed()

    rows: list[dict[str, Any]] = _with_platform(work)
    if as_json:
        _print(rows)
    else:
        for row in rows:
            typer.echo(f"{row['login']}　{row['organisation']}　至 {row['until']}　{row['purpose']}")


def main() -> None:
    """Entry point: what goes wrong is one sentence in Chinese; bugs show their traceback."""
    os.umask(0o077)  # attachments, logs and exports hold personal data
    try:
        app()
    except Fault as error:
        show.fault(error)
        sys.exit(2)
    except Refusal as error:
        show.fault(Fault(str(error), error.hint))
        sys.exit(2)
    except Exception:
        traceback.print_exc()
        sys.exit(1)


if __name__ == "__main__":
    main()
