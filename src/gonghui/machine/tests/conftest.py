"""Places for private clusters that an ordinary account can reach, and their removal."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gonghui.machine.postgres import home as homes
from gonghui.machine.secrets import Secrets, generate


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder anyone may enter; pytest's own are 0700 below /tmp/pytest-of-root."""
    folder = Path(tempfile.mkdtemp(prefix="gonghui-test-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setattr(homes, "_ELSEWHERE", (folder / "elsewhere",))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def keys() -> Secrets:
    return generate()
