"""Settings: what is read, what is refused, and what an error says."""

from __future__ import annotations

import stat
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.clock import Clock
from bot.settings import SECRETS, Settings, SettingsError, names_given, unknown_names
from tests.serving import FORKED

KEY = "a" * 43


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(field.upper(), raising=False)
        monkeypatch.delenv(f"{field.upper()}_FILE", raising=False)


def from_env(**variables: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        return Settings.from_env(env_file=None)


def test_everything_has_a_default() -> None:
    settings = from_env()
    assert (settings.bot_host, settings.bot_port, settings.bot_workers) == ("127.0.0.1", 8000, 1)
    assert settings.bot_knowledge.name == "knowledge"
    assert settings.store_url.startswith("sqlite:///")
    assert settings.store_url.endswith("/var/bot.db")
    assert settings.bot_now is None
    assert not settings.bot_menu_links


def test_an_argument_is_not_mixed_with_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "9999")
    assert Settings().bot_port == 8000
    assert from_env().bot_port == 9999


def test_an_empty_variable_counts_as_unset() -> None:
    assert from_env(BOT_PORT="", WECHAT_TOKEN="").wechat_token is None


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("BOT_PORT=8001\nBOT_WORKERS=3\nHOME=elsewhere\n")
    monkeypatch.setenv("BOT_PORT", "8002")
    settings = Settings.from_env(tmp_path / ".env")
    assert (settings.bot_port, settings.bot_workers) == (8002, 3)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("BOT_PORT", "99999", "BOT_PORT=99999 不对。它是：1 到 65535"),
        ("BOT_PORT", "http", "BOT_PORT=http 不对"),
        ("BOT_NOW", "2024-02-01T10:00:00", "带时区"),
        ("BOT_NOW", "2024", "BOT_NOW=2024 不对"),
        ("BOT_NOW", "tomorrow", "带时区"),
        ("BOT_MENU_LINKS", "maybe", "1 或 0"),
        ("BOT_KNOWLEDGE", "/nowhere", "文件夹"),
        ("BOT_PUBLIC_URL", "bot.example.org", "http://"),
        ("BOT_WORKERS", "0", "1 到 64"),
        ("BOT_RETENTION_DAYS", "-1", "天数"),
        ("BOT_DATABASE_WAIT_SECONDS", "5", "平台只等 5 秒"),
        ("WECHAT_TOKEN", "with space", "WECHAT_TOKEN（值不显示）"),
        ("WECHAT_ENCODING_AES_KEY", "short", "43"),
        ("WECHAT_ENCODING_AES_KEY", KEY, "还要设 WECHAT_TOKEN 和 WECHAT_APP_ID"),
        ("BOT_SECRET_KEY", "short", "至少 16"),
        ("DATABASE_URL", "mysql://u:secretword@h/d", "sqlite:////"),
        ("DATABASE_URL", "sqlite://", "sqlite:////"),
        ("DATABASE_URL", "sqlite:///:memory:", "sqlite:////"),
    ],
)
def test_a_wrong_value_is_one_line_that_says_what_is_allowed(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        from_env(**{variable: value})
    line = str(error.value)
    assert says in line
    assert "\n" not in line
    if variable.lower() in SECRETS:
        assert f"={value}" not in line
        assert "secretword" not in line


def test_a_secret_is_not_in_the_repr() -> None:
    shown = repr(Settings(wechat_token="hidden-token", database_url="postgresql+psycopg://u:hidden-word@h/d"))
    assert "hidden" not in shown


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    assert from_env(WECHAT_TOKEN_FILE=str(tmp_path / "token")).wechat_token == "from-a-file"


def test_a_value_that_is_no_secret_does_not() -> None:
    assert from_env(BOT_PORT_FILE="/nowhere").bot_port == 8000


@pytest.mark.parametrize(
    ("content", "says"), [(None, "不能读"), ("", "空文件"), ("two words", "WECHAT_TOKEN（值不显示）")]
)
def test_a_bad_secret_file_is_named(tmp_path: Path, content: str | None, says: str) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=says):
        from_env(WECHAT_TOKEN_FILE=str(path))


def test_a_secret_and_its_file_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="只能设一个"):
        from_env(WECHAT_TOKEN="x", WECHAT_TOKEN_FILE=str(tmp_path))


def test_settings_are_frozen_and_complete() -> None:
    with pytest.raises(ValidationError):
        Settings(bot_prot=1)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        Settings().bot_port = 1  # type: ignore[misc]


def test_the_usual_spellings_of_postgresql_are_taken() -> None:
    for spelling in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert Settings(database_url=spelling).store_url == "postgresql+psycopg://u@h/d"


def test_a_typing_error_in_a_name_is_noticed() -> None:
    names = {
        "BOT_PROT": "1",
        "BOT_TEST_REQUIRE": "postgres",
        "PATH": "",
        "BOT_PORT": "1",
        "WECHAT_TOKEN_FILE": "",
    }
    assert unknown_names(names) == ["不认识的设置 BOT_PROT，没有采用；是不是 BOT_PORT？"]


def test_a_typing_error_in_the_file_is_noticed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WECHAT_TOKN=abc\n")
    monkeypatch.setenv("BOT_PORT", "1")
    assert {"WECHAT_TOKN", "BOT_PORT"} <= names_given(tmp_path / ".env")
    assert any("WECHAT_TOKN" in line for line in unknown_names(names_given(tmp_path / ".env")))


def test_an_empty_key_is_no_key(tmp_path: Path) -> None:
    for left in (b"", b"\n", bytes(65)):
        (tmp_path / "secret_key").write_bytes(left)
        with pytest.raises(SettingsError, match="空的"):
            Settings(bot_var=tmp_path).secret()


def test_the_given_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    assert Settings(bot_var=tmp_path / "var", bot_secret_key="k" * 16).secret() == b"k" * 16
    assert not (tmp_path / "var").exists()


def test_a_missing_key_is_made_once(tmp_path: Path) -> None:
    settings = Settings(bot_var=tmp_path / "var")
    key = settings.secret()
    assert len(key) == 64
    assert settings.secret() == key
    assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def _secret(var: Path) -> bytes:
    return Settings(bot_var=var).secret()


def test_processes_that_start_together_agree_on_the_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, FORKED) as pool:
        keys = set(pool.map(_secret, [tmp_path] * 16))
    assert len(keys) == 1


def test_an_unwritable_place_for_the_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="BOT_SECRET_KEY"):
        Settings(bot_var=tmp_path / "file").secret()


def test_the_real_clock_is_aware_and_now() -> None:
    clock = Clock()
    assert not clock.rehearsing
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_rehearsal_moves_answers_and_nothing_else() -> None:
    clock = Clock(datetime.fromisoformat("2024-02-01T10:00:00+08:00"))
    first = clock.now()
    assert clock.rehearsing
    assert timedelta(0) <= first - datetime(2024, 2, 1, 2, tzinfo=UTC) < timedelta(seconds=5)
    assert clock.now() >= first  # it runs on
    assert abs(clock.real_now() - datetime.now(UTC)) < timedelta(seconds=5)
