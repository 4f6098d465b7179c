"""Whether the web server may have its address, asked in a way that SO_REUSEPORT cannot answer wrongly."""

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from gonghui.machine.fault import Fault


def check(host: str, port: int, setting: str = "GONGHUI_PORT") -> None:
    """Refuse when something already answers there, or the address cannot be bound.

    The web server binds with SO_REUSEPORT, which succeeds beside another server of the same account and then
    shares its visitors with it; so connect first, then bind without that option.
    """
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    other = f"换一个端口：{setting}={port + 1 if port < 65535 else 8001}"
    with contextlib.suppress(OSError), socket.create_connection((near, port), timeout=1):
        who = holder(port)
        raise Fault(f"端口 {port} 已被占用{f'（{who}）' if who else ''}", f"停掉占用它的程序，或{other}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror:
        raise Fault(f"监听地址 {host} 解析不了", "把 GONGHUI_HOST 改成 127.0.0.1 或 0.0.0.0") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Fault(f"端口 {port} 已被占用", f"停掉占用它的程序，或{other}") from None
        if error.errno == errno.EACCES:
            raise Fault(f"当前账号不能使用端口 {port}", "1024 以下的端口要用 root，或改用 8000") from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise Fault(f"本机没有地址 {host}", "把 GONGHUI_HOST 改成 127.0.0.1 或 0.0.0.0") from None
        raise Fault(f"不能监听 {host}:{port}：{error.strerror}", f"检查 GONGHUI_HOST 与 {setting}") from None


def holder(port: int) -> str:
    """The program and process number listening on a port, when this account may know."""
    inodes = set(_listening(port))
    if not inodes:
        return ""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        if any(link in inodes for link in _open_files(entry)):
            with contextlib.suppress(OSError):
                return f"{Path(f'/proc/{entry}/comm').read_text().strip()}，进程 {entry}"
    return ""


def _open_files(pid: str) -> Iterator[str]:
    with contextlib.suppress(OSError):
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):  # closed meanwhile
                yield os.readlink(f"/proc/{pid}/fd/{number}")


def _listening(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    yield f"socket:[{fields[9]}]"
