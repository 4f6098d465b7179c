"""The parent's end of the reading child: starts it, watches it, believes nothing, kills it at a limit."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from gonghui.kernel.files.reading.codes import FILE_CODES
from gonghui.kernel.files.reading.limits import Limits
from gonghui.kernel.files.reading.sources import Block
from gonghui.kernel.refusal import Refusal

_SOURCE_ROOT = Path(__file__).resolve().parents[4]
_START = "import sys; sys.path.insert(0, {root!r}); from {program} import main; main()"
ROWS = "gonghui.kernel.files.reading.child"
"""The program that reads the rows of a table."""
_MAX_FRAME = 128_000_000
_HEAD = 5


def refuse(code: str, message: str, hint: str) -> Refusal:
    """A refusal of the whole file."""
    return Refusal(FILE_CODES[code], message, field="file", hint=hint)


class ReadingProcess:
    """One file open in one child.

    :param program: the module whose `main` the child runs.
    """

    def __init__(self, data: bytes | Path, filename: str, limits: Limits, program: str = ROWS) -> None:
        self._limits = limits
        self._started = time.monotonic()
        self._buffer = bytearray()
        self._closed = False
        with _as_file(data) as file:
            settings = {"file": file.fileno(), "filename": filename[-120:], "limits": asdict(limits)}
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    "-c",
                    _START.format(root=str(_SOURCE_ROOT), program=program),
                    json.dumps(settings),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=(file.fileno(),),
                env={"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"},
                close_fds=True,
                start_new_session=True,
            )
        assert self._child.stdout is not None
        self._out = self._child.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN | select.POLLHUP)

    def meta(self) -> dict[str, Any]:
        """What the file is and how its sheets begin."""
        letter, data = self._frame()
        if letter != "M":
            raise self._crashed()
        return dict(json.loads(data))

    def answer(self, command: Mapping[str, Any]) -> bytes:
        """What the child answers to a command of its own program."""
        self._tell(command)
        letter, data = self._frame()
        if letter != "A":
            raise self._crashed()
        return data

    def _tell(self, command: Mapping[str, Any]) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.write(json.dumps(command).encode() + b"\n")
            self._child.stdin.flush()

    def blocks(self, sheet: int) -> Iterator[Block | dict[str, Any]]:
        """Blocks of one sheet, then the closing notices."""
        self._tell({"sheet": sheet})
        while True:
            letter, data = self._frame()
            if letter == "B":
                first, permille = struct.unpack_from("<II", data)
                yield Block(first, str(memoryview(data)[8:], "utf-8", "replace"), permille)
            elif letter == "E":
                yield dict(json.loads(data))
                return
            else:
                raise self._crashed()

    def close(self) -> None:
        """Ends the child whatever it is doing."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _frame(self) -> tuple[str, bytes]:
        head = self._read(_HEAD)
        (length,) = struct.unpack("<I", head[1:])
        if length > _MAX_FRAME:
            raise self._crashed()
        data = self._read(length)
        if head[:1] == b"R":
            said = json.loads(data)
            self.close()
            if "refusal" in said:
                raise Refusal(**said["refusal"])
            raise refuse(str(said["code"]), str(said["message"]), str(said["hint"]))
        return chr(head[0]), data

    def _read(self, size: int) -> bytes:
        while len(self._buffer) < size:
            waited = self._limits.total_seconds - (time.monotonic() - self._started)
            if waited <= 0 or not self._poll.poll(min(waited, self._limits.silence_seconds) * 1000):
                raise self._too_slow()
            chunk = os.read(self._out, 1 << 20)
            if not chunk:
                raise self._crashed()
            self._buffer += chunk
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    def _too_slow(self) -> Refusal:
        self.close()
        return refuse("time", "读这个文件用的时间太长，已经停下", "按单位拆成几份，或另存为 csv 再上传")

    def _crashed(self) -> Refusal:
        """The child died without a word: a limit of the kernel, or a parser that aborts."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=1)
        code = self._child.returncode
        self.close()
        if code in (-signal.SIGXCPU, -signal.SIGKILL):
            return refuse("time", "读这个文件用的时间太长，已经停下", "按单位拆成几份，或另存为 csv 再上传")
        hint = "在 Excel 或 WPS 里新建一个工作簿，只把表格的内容复制进去，保存为 xlsx 再上传"
        return refuse("crashed", "这个文件的结构不正常，读到一半停下了", hint)


@contextlib.contextmanager
def _as_file(data: bytes | Path) -> Iterator[IO[bytes]]:
    if isinstance(data, Path):
        with data.open("rb") as file:
            yield file
        return
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        file.seek(0)
        yield file
