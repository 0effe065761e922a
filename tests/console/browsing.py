"""Somebody of staff in a browser, as the tests speak of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.console.conftest import PASSWORD

_GONE = "does not belong to the document"


class Staffer:
    """Somebody at the console's pages."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver, self.address = driver, address

    def until(self, true: Callable[[], Any], seconds: float = 30) -> Any:
        """What `true` gives as soon as it is true; else an error that shows the page as it stands.

        A page that reloads while it is read is read again: Chromium calls its element stale, or no part of the document.
        """
        from selenium.common.exceptions import (
            StaleElementReferenceException,
            TimeoutException,
            WebDriverException,
        )
        from selenium.webdriver.support.ui import WebDriverWait

        def read(_driver: Any) -> Any:
            try:
                return true()
            except WebDriverException as error:
                if isinstance(error, TimeoutException) or _GONE not in str(error.msg):
                    raise
                return None

        ignored = (StaleElementReferenceException,)
        wait = WebDriverWait(self.driver, seconds, poll_frequency=0.05, ignored_exceptions=ignored)
        try:
            return wait.until(read)
        except TimeoutException:
            raise AssertionError(f"after {seconds} s the page still says:\n{self.words()}") from None

    def open(self, path: str) -> None:
        self.driver.get(f"{self.address}/console{path}")

    def find(self, css: str) -> Any:
        return self.driver.find_element("css selector", css)

    def click(self, css: str) -> None:
        """By script: what is clicked may lie under the sticky menu of a phone's page."""
        self.driver.execute_script("arguments[0].click()", self.find(css))

    def choose(self, css: str, option: str) -> None:
        from selenium.webdriver.support.ui import Select

        Select(self.find(css)).select_by_visible_text(option)

    def seen(self, path: str) -> str:
        """What stands on a page, opened anew."""
        self.open(path)
        return self.words()

    def words(self) -> str:
        return str(self.find("#main").text)

    def sign_in(self, name: str) -> None:
        self.driver.delete_all_cookies()
        self.open("/login")
        self.find("#name").send_keys(name)
        self.find("#password").send_keys(PASSWORD)
        self.click("#enter")
        self.until(lambda: self.driver.current_url.endswith("/console/today"))

    def answer_yes(self, css: str) -> None:
        """Press what asks first, and say yes."""
        self._asked(css).accept()

    def answer_no(self, css: str) -> None:
        """Press what asks first, and think again."""
        self._asked(css).dismiss()

    def _asked(self, css: str) -> Any:
        self.driver.execute_script("setTimeout(e => e.click(), 0, arguments[0])", self.find(css))
        return self.until(lambda: self._dialog())

    def _dialog(self) -> Any:
        from selenium.common.exceptions import NoAlertPresentException

        try:
            return self.driver.switch_to.alert
        except NoAlertPresentException:
            return None
