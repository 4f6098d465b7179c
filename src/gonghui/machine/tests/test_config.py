"""The settings an administrator gets wrong are named, in Chinese, without repeating a password."""

from pathlib import Path

import pytest

from gonghui.machine import config
from gonghui.machine.fault import Fault


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_APP_URL", "GONGHUI_DATA", "GONGHUI_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_defaults_are_embedded_and_local() -> None:
    read = config.read()
    assert read.embedded and read.loopback and read.port == 8000
    assert read.public_url == "http://127.0.0.1:8000"
    assert read.data.is_absolute() and read.data.name == "data"


def test_environment_wins_over_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "gonghui.toml").write_text('port = 8100\nlanguage = "en"\n', encoding="utf-8")
    monkeypatch.setenv("GONGHUI_PORT", "8200")
    read = config.read()
    assert (read.port, read.language) == (8200, "en")


@pytest.mark.parametrize("name", ["DATABASE_URL", "GONGHUI_DATABASE_URL"])
def test_database_url_read_from_either_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "postgresql://u:p@db/gonghui")
    assert not config.read().embedded


def test_allowed_hosts_split_at_commas_and_public_host_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGHUI_ALLOWED_HOSTS", "a.example.cn, b.example.cn")
    monkeypatch.setenv("GONGHUI_PUBLIC_URL", "https://gh.example.cn/")
    read = config.read()
    assert read.allowed_hosts == ["a.example.cn", "b.example.cn", "gh.example.cn"]
    assert read.public_url == "https://gh.example.cn"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GONGHUI_PORT", "eight", "GONGHUI_PORT：应为整数"),
        ("GONGHUI_PORT", "70000", "GONGHUI_PORT：不能大于 65535"),
        ("GONGHUI_DEBUG", "maybe", "GONGHUI_DEBUG：应为 true 或 false"),
        ("GONGHUI_SENDER", "fax", "只能是 console、file、sms、wechat 之一"),
        ("GONGHUI_SENDER", "sms", "GONGHUI_SMS_KEY_ID、GONGHUI_SMS_KEY_SECRET"),
        ("GONGHUI_HOST", "a b", "监听地址"),
        ("GONGHUI_PUBLIC_URL", "gh.example.cn", "http://"),
        ("DATABASE_URL", "mysql://u:topsecret@db/x", "只支持 PostgreSQL"),
        ("DATABASE_APP_URL", "postgresql://u:topsecret@db/x", "还要设 DATABASE_URL"),
    ],
)
def test_wrong_value_named_in_chinese(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Fault) as caught:
        config.read()
    assert says in str(caught.value)
    assert "topsecret" not in str(caught.value)


@pytest.mark.parametrize(("text", "says"), [("prot = 1", "没有这一项设置"), ("port = = 1", "gonghui.toml")])
def test_wrong_file_named_in_chinese(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "gonghui.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Fault, match=says):
        config.read()


def test_repr_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:topsecret@db/x")
    monkeypatch.setenv("GONGHUI_SMS_KEY_SECRET", "topsecret")
    assert "topsecret" not in repr(config.read())


def test_example_explains_every_setting_and_can_be_read(tmp_path: Path) -> None:
    text = config.example()
    assert all(f"# {name} = " in text for name in config.Config.model_fields)
    (tmp_path / "gonghui.toml").write_text(text.replace("# port = 8000", "port = 8001"), encoding="utf-8")
    assert config.read().port == 8001


def test_shown_settings_hide_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:topsecret@db/x")
    monkeypatch.setenv("GONGHUI_WECHAT_APP_SECRET", "topsecret")
    shown = config.shown(config.read())
    assert shown["database_url"] == "postgresql://u:***@db/x"
    assert "topsecret" not in repr(shown)
