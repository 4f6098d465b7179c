"""Keys and passwords of one installation: made once, kept in data/secrets.json, mode 0600."""

import json
import os
import secrets as random
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gonghui.machine.fault import Fault

FILE = "secrets.json"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Losing these makes sealed fields unreadable, so a backup carries them."""

    django_key: str = field(repr=False)
    lookup_key: str = field(repr=False)
    """32 bytes in hex: keyed hashes by which a person is found without storing the number."""
    sealing_keys: dict[str, str] = field(repr=False)
    """Key id to 32 bytes in hex; old keys stay, because old fields name them."""
    sealing_current: str
    signing_key: str = field(repr=False)
    """Ed25519 private seed in hex: signs the heads of the trail."""
    owner_password: str = field(repr=False)
    app_password: str = field(repr=False)
    admin_password: str = field(repr=False)

    def password(self, role: str) -> str:
        """The password of a role of the embedded cluster."""
        return {
            "gonghui_owner": self.owner_password,
            "gonghui_app": self.app_password,
            "gonghui_admin": self.admin_password,
        }[role]


def generate() -> Secrets:
    """Fresh keys, never derived from anything."""
    return Secrets(
        django_key=random.token_urlsafe(48),
        lookup_key=random.token_hex(32),
        sealing_keys={"k1": random.token_hex(32)},
        sealing_current="k1",
        signing_key=random.token_hex(32),
        owner_password=random.token_hex(24),
        app_password=random.token_hex(24),
        admin_password=random.token_hex(24),
    )


def load(data: Path) -> Secrets:
    """Read the secrets of the installation, making them on its first start."""
    path = data / FILE
    if not path.exists():
        if (data / "postgres" / "cluster.json").exists():
            # New keys would silently make every sealed field of this database unreadable.
            raise Fault(f"密钥文件 {path} 不见了，而数据库还在", "从备份恢复：gonghui restore 备份文件")
        _make(data)
        _create(path, generate())
    try:
        secrets = Secrets(**json.loads(path.read_text(encoding="utf-8")))
        _check(secrets)
    except PermissionError as error:
        hint = f"用创建它的账号运行，或 chown 该文件（{error.strerror}）"
        raise Fault(f"密钥文件 {path} 无权读取", hint) from None
    except (ValueError, TypeError, KeyError, AttributeError):
        # Never make new keys over a damaged file: that would turn every sealed field into noise.
        raise Fault(f"密钥文件 {path} 已损坏", "从备份恢复：gonghui restore 备份文件") from None
    return secrets


def _make(data: Path) -> None:
    try:
        if not data.exists():
            data.mkdir(parents=True)
            # Nobody looks in, but the account of the embedded database passes through when root started it.
            data.chmod(0o711)
        if not os.access(data, os.W_OK):
            raise PermissionError(13, "没有写权限")
    except OSError as error:
        hint = "换一个 GONGHUI_DATA 目录，或 chown 给当前账号"
        raise Fault(f"数据目录 {data} 不能写入：{error.strerror}", hint) from None


def save(data: Path, secrets: Secrets) -> None:
    """Replace the file in one step, for restore and key rotation."""
    os.replace(_written(data / FILE, secrets), data / FILE)


def _create(path: Path, secrets: Secrets) -> None:
    temporary = _written(path, secrets)
    try:
        # link() refuses an existing name, so two first starts at once agree on one set of keys.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def _written(path: Path, secrets: Secrets) -> str:
    handle, temporary = tempfile.mkstemp(prefix=".secrets-", dir=path.parent)  # mkstemp gives mode 0600
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(secrets), stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    return temporary


def _check(secrets: Secrets) -> None:
    keys = [secrets.lookup_key, secrets.signing_key, *secrets.sealing_keys.values()]
    if any(len(bytes.fromhex(key)) != 32 for key in keys):
        raise ValueError("key length")
    if secrets.sealing_current not in secrets.sealing_keys:
        raise ValueError("current sealing key missing")
    if len(secrets.django_key) < 32:
        raise ValueError("key length")
