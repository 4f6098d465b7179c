"""What a person sees while the platform starts: steps with seconds, addresses, demo log-ins."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import yaml
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from gonghui.machine.config import Config
from gonghui.machine.fault import Fault

console = Console(highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One line, printed as it is: log lines may contain brackets."""
    console.print(text, markup=False)


@contextmanager
def step(title: str) -> Iterator[None]:
    """A step with a spinner while it runs and its seconds when it is done."""
    began = time.monotonic()
    try:
        with console.status(f"{title}…"):
            yield
    except BaseException:
        console.print(f"[red]✗[/] {title}")
        raise
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - began:.1f} 秒[/]")


def fault(error: Fault) -> None:
    """Print what is wrong and how to mend it, to the error stream."""
    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    screen.print("[red]✗[/] ", end="")
    screen.print(error.message, markup=False)
    if error.hint:
        screen.print(f"处理办法：{error.hint}", markup=False)


def cast() -> list[dict[str, Any]]:
    """The named demo accounts, when the catalogue has them."""
    try:
        text = (files("gonghui.catalogue") / "demo_cast.yaml").read_text(encoding="utf-8")
    except (FileNotFoundError, ModuleNotFoundError):
        return []
    people = yaml.safe_load(text)
    if isinstance(people, dict):
        people = people.get("cast") or people.get("people") or []
    return list(people or [])


CODES = {
    "console": "登录验证码打印在本窗口",
    "file": "登录验证码写在数据目录的outbox里",
    "sms": "登录验证码发短信",
    "wechat": "登录验证码发到公众号",
}


def addresses(config: Config, *, demo: bool) -> None:
    """Where to look now, and as whom."""
    url = config.public_url
    lines = [
        f"工作台　　[bold]{url}/[/]",
        f"职工端　　{url}/m/，{CODES[config.sender]}",
        f"接口文档　{url}/api/v1/docs",
        "停止　　　Ctrl-C",
    ]
    console.print(Panel("\n".join(lines), title="工会平台已启动", expand=False))
    people = cast() if demo else []
    if people:
        console.print(_logins(people))


def _logins(people: Sequence[dict[str, Any]]) -> Table:
    table = Table(title="演示账号", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("用户名", "密码", "姓名", "单位", "能做什么"):
        table.add_column(title, overflow="fold")
    for person in people:
        values = {name: str(person.get(name, "") or "") for name in ("username", "name", "organisation")}
        password = str(person.get("password") or "手机验证码")
        what = str(person.get("what") or person.get("role") or "")
        table.add_row(values["username"], password, values["name"], values["organisation"], what)
    return table
