"""The files of deploy/ name only what is there: settings, commands, metrics, each other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.metrics import COUNTERS, HISTOGRAMS, Metrics
from bot.settings import SECRETS, Settings
from tests.test_docs import COMMANDS

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
SETTINGS = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS}
OUTSIDE = {"BOT_KNOWLEDGE_DIR"}  # compose's own, for the folder of the host


def metric_names() -> set[str]:
    """As Prometheus knows them."""
    page = Metrics().page(
        [
            ("bot_knowledge_info", "", {"version": "1"}, 1.0),
            ("bot_knowledge_age_seconds", "", {}, 0.0),
            ("bot_reminders", "", {"state": "sent"}, 1.0),
            ("bot_reminders_stopped", "", {}, 0.0),
            ("bot_reminders_planned_age_seconds", "", {}, 0.0),
        ]
    )
    return set(re.findall(r"^(bot_\w+)", page[0].decode(), re.MULTILINE))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(DEPLOY).as_posix())
def test_a_file_names_settings_and_commands_that_are_there(path: Path) -> None:
    text = path.read_text("utf-8")
    named = set(re.findall(r"\b((?:BOT|WECHAT)_[A-Z_]+|DATABASE_URL\w*)\b", text))
    assert named <= SETTINGS | OUTSIDE
    for command in re.findall(r"-m bot ([a-z-]+)", text) + re.findall(r"-m, bot, ([a-z-]+)", text):
        assert command in {known.split()[0] for known in COMMANDS}


def test_compose_is_whole() -> None:
    compose: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services, secrets = compose["services"], compose["secrets"]
    assert {"db", "migrate", "web", "worker"} <= set(services)
    for service in services.values():
        assert set(service.get("secrets", [])) <= set(secrets)
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service.get("volumes", []):
            name = volume.split(":")[0]
            assert name.startswith(("$", ".", "/")) or name in compose["volumes"]
    assert not [port for port in services["web"]["ports"] if not port.startswith("127.0.0.1:")]


# What compose fixes itself, or a container has no use for; everything else an operator may set there too.
NOT_IN_COMPOSE = {
    "BOT_VAR", "BOT_HOST", "BOT_PORT", "BOT_THREADS", "BOT_NOW", "BOT_VERSIONS", "BOT_SEMANTIC", "WECHAT_API_BASE_URL",
    "BOT_DATABASE_WAIT_SECONDS", "BOT_SIGNATURE_WINDOW_SECONDS", "BOT_SEND_PER_SECOND", "BOT_SEND_THREADS",
    "BOT_LIMIT_CANDIDATE", "BOT_LIMIT_ADDRESS", "BOT_LIMIT_UNSIGNED",
}  # fmt: skip


def test_compose_hands_on_what_an_account_needs() -> None:
    compose: Any = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    given = {name.removesuffix("_FILE") for name in compose["services"]["web"]["environment"]}
    assert {name for name in Settings.model_fields} <= {name.lower() for name in given | NOT_IN_COMPOSE}


def test_a_service_is_started_again_however_often_it_fails() -> None:
    for name in ("exam-bot", "exam-bot-worker"):
        unit = (DEPLOY / "systemd" / f"{name}.service").read_text("utf-8")
        assert "Restart=always" in unit
        assert "StartLimitIntervalSec=0" in unit.split("[Service]")[0]
        assert "RestartPreventExitStatus=2" in unit


def test_the_image_builds_what_has_no_wheel() -> None:
    """jieba 0.42.1 is on PyPI as a source archive alone."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert "--only-binary=:all: --no-binary=jieba" in text


def test_no_secret_stands_in_a_file() -> None:
    for path in FILES:
        for found in re.findall(r"(?:TOKEN|SECRET_KEY|AES_KEY|PASSWORD)=(\S+)", path.read_text("utf-8")):
            pytest.fail(f"{path.name}: {found}")


def test_the_image_runs_as_nobody_special() -> None:
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    assert "USER bot" in lines
    assert lines.index("USER bot") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    for name in copied:
        assert (DEPLOY.parent / name).exists(), name


@pytest.mark.parametrize("path", ["prometheus-alerts.yaml", "grafana/dashboard.json"])
def test_every_metric_asked_for_is_told(path: str) -> None:
    text = (DEPLOY / path).read_text("utf-8")
    named = set(re.findall(r"\bbot_[a-z_]+", text))
    assert named
    assert named <= metric_names()
    labels = {label for label, _, _ in (*COUNTERS.values(), *HISTOGRAMS.values()) if label}
    known = labels | {"instance", "le", "channel", "version", "decision", "job", "state"}
    for group in re.findall(r"by \(([^)]*)\)", text):
        assert {label.strip() for label in group.split(",")} <= known


def test_every_alert_says_what_it_means() -> None:
    alerts: Any = yaml.safe_load((DEPLOY / "prometheus-alerts.yaml").read_text("utf-8"))
    for rule in alerts["groups"][0]["rules"]:
        assert re.search("[一-鿿]", rule["annotations"]["summary"]), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_the_dashboard_s_panels_stand_apart() -> None:
    dashboard: Any = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text("utf-8"))
    cells: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        at = panel["gridPos"]
        own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & own, panel["title"]
        assert max(x for x, _ in own) < 24
        cells |= own
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
