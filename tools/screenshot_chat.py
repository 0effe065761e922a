"""Pictures of /chat for the README, taken from the real service: python -m tools.screenshot_chat

Starts the service with a rehearsal clock and a database of its own, asks in a headless Chromium, and writes
docs/images/chat-390.png (phone) and chat-1280.png (desktop). Needs requirements-dev.txt, chromium and chromedriver.
"""

from __future__ import annotations

import argparse
import base64
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.app import create_app
from bot.settings import Settings

IMAGES = Path(__file__).parents[1] / "docs" / "images"
NOW = "2024-04-06T10:00:00+08:00"
QUESTIONS = ("四川技能考试几号缴费",)
# name, width, height, pixels a CSS pixel
SIZES = (("chat-390", 390, 844, 2), ("chat-1280", 1280, 800, 1))
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: the pictures are the outcome."""


class _Grown:
    """True once a script counts more than before."""

    def __init__(self, script: str, before: int) -> None:
        self.script = script
        self.before = before

    def __call__(self, driver: Any) -> bool:
        return bool(driver.execute_script(self.script) > self.before)


@contextmanager
def service(now: str, var: Path) -> Iterator[str]:
    """The address of the service on a free port, rehearsing `now`, with its data under `var`."""
    app = create_app(Settings.model_validate({"bot_now": now, "bot_var": var}))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def browser(profile: Path) -> Iterator[Any]:
    """A headless Chromium of nobody's."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    )
    try:
        yield driver
    finally:
        driver.quit()


def picture(
    driver: Any, address: str, questions: tuple[str, ...], scheme: str, size: tuple[int, int, int]
) -> bytes:
    """The PNG of a new candidate's page after `questions` were answered, one after another."""
    width, height, density = size
    metrics = {"width": width, "height": height, "deviceScaleFactor": density, "mobile": width < 640}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.get(f"{address}/chat")
    driver.execute_script("sessionStorage.clear(); localStorage.clear()")
    driver.get(f"{address}/chat")
    answered = "return document.querySelectorAll('.row.bot:not(.typing)').length"
    for question in questions:
        before = driver.execute_script(answered)
        driver.find_element("id", "input").send_keys(question)
        driver.find_element("id", "send").click()
        WebDriverWait(driver, 10).until(_Grown(answered, before))
    driver.execute_script("document.activeElement.blur()")
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    return base64.b64decode(shot["data"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    parser.add_argument("--now", default=NOW, help="the rehearsed instant, with its offset")
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--out", type=Path, default=IMAGES)
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        with service(wanted.now, home / "var") as address, browser(home / "profile") as driver:
            for name, *size in SIZES:
                png = picture(
                    driver, address, tuple(wanted.questions), wanted.scheme, (size[0], size[1], size[2])
                )
                (wanted.out / f"{name}.png").write_bytes(png)


if __name__ == "__main__":
    main()
