"""Where an installation says what it is: environment variables, then gonghui.toml, then these defaults."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gonghui.machine.fault import Fault

FILE = "gonghui.toml"
_PASSWORD = re.compile(r"(://[^:@/]*:)[^@]*@")
_HOST = re.compile(r"^[A-Za-z0-9._:\-\[\]]+$")


def root() -> Path:
    """The checkout when there is one (so that any working directory finds the same data), else the cwd."""
    checkout = Path(__file__).resolve().parents[3]
    return checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()


def _file() -> Path:
    here = Path.cwd() / FILE
    return here if here.is_file() else root() / FILE


class Config(BaseSettings):
    """Everything an administrator may set; each name is GONGHUI_<NAME> in the environment."""

    model_config = SettingsConfigDict(env_prefix="GONGHUI_", extra="forbid", env_ignore_empty=True)

    data: Path = Field(default_factory=lambda: root() / "data")
    database_url: str | None = Field(
        default=None,
        repr=False,
        validation_alias=AliasChoices("GONGHUI_DATABASE_URL", "DATABASE_URL", "database_url"),
    )
    database_app_url: str | None = Field(
        default=None,
        repr=False,
        validation_alias=AliasChoices("GONGHUI_DATABASE_APP_URL", "DATABASE_APP_URL", "database_app_url"),
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    debug: bool = False
    demo: bool = True
    allowed_hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "localhost"]
    public_url: str = ""
    web_workers: int = Field(default=2, ge=1, le=64)
    gate_port: int = Field(default=0, ge=0, le=65535)
    """Where the gate listens; 0 is the port after the pages'."""
    gate_url: str = ""
    gate_workers: int = Field(default=2, ge=1, le=64)
    gate_address_tries: int = Field(default=6000, ge=1)
    gate_proxies: Annotated[list[str], NoDecode] = []
    language: Literal["zh-hans", "zh-hant", "en"] = "zh-hans"

    sender: Literal["console", "file", "sms", "wechat"] = "console"
    sms_endpoint: str = "https://dysmsapi.aliyuncs.com/"
    sms_key_id: str = ""
    sms_key_secret: SecretStr = SecretStr("")
    sms_sign: str = ""
    sms_template: str = ""
    sms_notice_template: str = ""
    wechat_endpoint: str = "https://api.weixin.qq.com/"
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_template: str = ""
    wechat_notice_template: str = ""
    """Without a template for notices, messages stand on the site only."""
    trail_neighbour: str = ""
    """Address of another deployment that keeps the heads of our trail; empty keeps them in data/heads only."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=_file())

    @property
    def embedded(self) -> bool:
        """True when the platform runs its own PostgreSQL."""
        return self.database_url is None

    @property
    def loopback(self) -> bool:
        """True when nobody outside this machine can reach the pages."""
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("host")
    @classmethod
    def _host(cls, value: str) -> str:
        if not _HOST.match(value):
            raise ValueError("监听地址只能是 IP 或主机名，例如 127.0.0.1 或 0.0.0.0")
        return value

    @field_validator("allowed_hosts", "gate_proxies", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [host.strip() for host in value.strip("[] ").replace('"', "").split(",") if host.strip()]
        return value

    @field_validator("database_url", "database_app_url")
    @classmethod
    def _postgres(cls, value: str | None) -> str | None:
        # The address holds a password, so the text never repeats what was given.
        if value is not None and urlsplit(value).scheme not in {"postgres", "postgresql"}:
            raise ValueError("只支持 PostgreSQL，写法为 postgresql://用户:密码@主机:5432/库名")
        return value

    @field_validator("public_url", "trail_neighbour", "gate_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
            raise ValueError("对外网址要以 http:// 或 https:// 开头，例如 https://gh.example.cn")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.public_url:
            name = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host
            self.public_url = f"http://{f'[{name}]' if ':' in name else name}:{self.port}"
        if not self.gate_port:
            self.gate_port = self.port + 1 if self.port < 65535 else 65534
        if not self.gate_url:
            where = urlsplit(self.public_url)
            name = where.hostname or "127.0.0.1"
            self.gate_url = f"{where.scheme}://{f'[{name}]' if ':' in name else name}:{self.gate_port}"
        outside = urlsplit(self.public_url).hostname
        if outside and outside not in self.allowed_hosts:
            self.allowed_hosts = [*self.allowed_hosts, outside]
        if self.database_app_url and not self.database_url:
            raise ValueError("只设了 DATABASE_APP_URL，还要设 DATABASE_URL（属主账号，用于升级表结构）")
        needed = {
            "sms": ("sms_key_id", "sms_key_secret", "sms_sign", "sms_template"),
            "wechat": ("wechat_app_id", "wechat_app_secret", "wechat_template"),
        }.get(self.sender, ())
        missing = [f"GONGHUI_{name.upper()}" for name in needed if not _text(getattr(self, name))]
        if missing:
            raise ValueError(f"发送方式为 {self.sender} 时还要设置：{'、'.join(missing)}")
        return self


def _text(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


_KINDS = {
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能是 {expected} 之一",
    "string_type": "应为文字",
    "list_type": "应为列表，例如 127.0.0.1,gh.example.cn",
    "path_type": "应为目录路径",
    "extra_forbidden": "没有这一项设置，检查拼写",
}


def _sentence(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    name = name if name.isupper() else f"GONGHUI_{name.upper()}" if name else "设置"
    if "DATABASE" in name:
        name = name.removeprefix("GONGHUI_")
    if error["type"] == "value_error":
        text = str(error["ctx"]["error"])
    else:
        text = (
            _KINDS.get(error["type"], "取值不对")
            .format(**error.get("ctx", {}))
            .replace(" or ", "、")
            .replace(", ", "、")
            .replace("'", "")
        )
    return f"{name}：{text}"


def read(**given: Any) -> Config:
    """Read the settings afresh; `given` wins over everything (tests, bench)."""
    try:
        return Config(**given)
    except ValidationError as error:
        lines = "；".join(_sentence(item) for item in error.errors(include_url=False, include_input=False))
        raise Fault(f"设置有误。{lines}", f"改正环境变量或 {FILE} 后重试") from None
    except (ValueError, OSError) as error:  # tomllib's decode errors are ValueErrors
        raise Fault(f"{_file()} 读不了：{error}", "按 TOML 格式改正，例如 port = 8000") from None


def shown(config: Config) -> dict[str, Any]:
    """The settings as they apply, for people to look at: passwords are replaced by stars."""
    values = config.model_dump(mode="json")
    for name in ("database_url", "database_app_url"):
        if values[name]:
            values[name] = _PASSWORD.sub(r"\1***@", values[name])
    return values


def example() -> str:
    """A gonghui.toml with every setting, its default and what it is for."""
    lines = ["# 放在工作目录，名为 gonghui.toml；同名环境变量（加 GONGHUI_ 前缀）优先。"]
    for name, field in Config.model_fields.items():
        default = field.get_default(call_default_factory=False)
        value = default.get_secret_value() if isinstance(default, SecretStr) else default
        text = json.dumps(value if isinstance(value, bool | int | str | list) else "", ensure_ascii=False)
        lines += ["", f"# {_MEANING[name]}", f"# {name} = {text}"]
    return "\n".join(lines)


_MEANING = {
    "data": "数据目录：内嵌数据库、密钥、附件、日志、备份；默认是项目下的 data",
    "database_url": "外部 PostgreSQL 15 至 18 的属主账号；不设则用内嵌数据库",
    "database_app_url": "外部数据库里平台自己的账号，不能是超级用户或属主",
    "host": "监听地址；0.0.0.0 表示本机所有地址",
    "port": "监听端口",
    "debug": "调试模式，只在开发时打开",
    "demo": "第一次启动时载入演示数据",
    "allowed_hosts": "允许访问的主机名",
    "public_url": "职工与工作人员看到的网址，写进二维码与短信",
    "web_workers": "网页进程数，一般等于处理器核数",
    "gate_port": "领取闸口的监听端口；0 表示网页端口加一",
    "gate_url": "职工的手机看到的闸口网址；反向代理后面要设，例如 https://gate.gh.example.cn",
    "gate_workers": "闸口进程数",
    "gate_address_tries": "同一个网络地址十秒内最多几次领取请求；厂区和运营商常有几千人共用一个地址",
    "gate_proxies": "自己的反向代理的地址，只有它们的 X-Forwarded-For 算数",
    "language": "默认语言：zh-hans、zh-hant、en",
    "sender": "验证码与通知的发送方式：console（打印到窗口）、file（写进数据目录）、sms、wechat",
    "sms_endpoint": "短信服务地址（阿里云短信接口）",
    "sms_key_id": "短信服务的 AccessKey ID",
    "sms_key_secret": "短信服务的 AccessKey Secret",
    "sms_sign": "短信签名",
    "sms_template": "验证码的短信模板编号",
    "sms_notice_template": "消息的短信模板编号，变量为what、title；不设则消息只在站内",
    "wechat_endpoint": "微信接口地址",
    "wechat_app_id": "公众号或小程序的 AppID",
    "wechat_app_secret": "公众号或小程序的 AppSecret",
    "wechat_template": "验证码的公众号模板编号",
    "wechat_notice_template": "消息的公众号模板编号，字段为what、title；不设则消息只在站内",
    "trail_neighbour": "替本平台保存留痕树头的另一套平台的网址；空则只存在 data/heads",
}


@lru_cache(maxsize=1)
def load() -> Config:
    """The settings of this process, read once."""
    return read()
