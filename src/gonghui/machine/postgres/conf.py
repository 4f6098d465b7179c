"""The server settings of an embedded cluster, fitted to the machine it runs on."""

import os
import shutil
from pathlib import Path

_MB = 1 << 20

HBA = """\
# Written at every start. Only the local socket is served; passwords by SCRAM.
local all all scram-sha-256
"""


def _memory() -> int:
    """Bytes this process may use: the container's limit when there is one."""
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return min(physical, int(Path(file).read_text().strip()))
        except (OSError, ValueError):
            continue
    return physical


def settings(sockets: Path, *, fast: bool) -> dict[str, str]:
    """Every setting that differs from PostgreSQL's own default."""
    memory = _memory()
    shared = 128 * _MB if fast else max(128 * _MB, min(memory // 8, 2048 * _MB))
    chosen = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "120",
        "shared_buffers": f"{shared // _MB}MB",
        "effective_cache_size": f"{max(256, memory // 2 // _MB)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(512, memory // 32 // _MB))}MB",
        "max_wal_size": "4GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "Asia/Shanghai",
        "log_timezone": "Asia/Shanghai",
        "logging_collector": "on",
        "log_directory": "../log",
        "log_filename": "postgresql-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_size": "0",
        # Statements and row contents may hold personal data, which never goes into a log. An error text quotes
        # the value it refuses, so errors are left to the caller; "log" still keeps start, crash and checkpoint.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
    }
    if _small_shared_memory():
        # Docker gives 64 MB of /dev/shm: a parallel query would fail there.
        chosen["dynamic_shared_memory_type"] = "mmap"
    if fast:
        chosen |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
        }
    return chosen


def text(sockets: Path, *, fast: bool) -> str:
    """The file that postgresql.conf includes."""
    head = "# Written at every start; put your own settings into conf.d/*.conf, which is read after this.\n"
    quoted = ((name, value.replace("'", "''")) for name, value in settings(sockets, fast=fast).items())
    return head + "".join(f"{name} = '{value}'\n" for name, value in quoted)


def _small_shared_memory() -> bool:
    try:
        return shutil.disk_usage("/dev/shm").total < 256 * _MB
    except OSError:
        return True
