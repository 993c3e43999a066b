"""Debian's Chromium for the tests of the page; they are skipped where there is none."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver")
AXE = Path(
    os.environ.get("AXE", Path(__file__).parents[1] / "build" / "node_modules" / "axe-core" / "axe.min.js")
)


def _reason() -> str | None:
    if not CHROMIUM or not DRIVER:
        return "no browser: install Debian's chromium and chromium-driver"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "no selenium: pip install selenium"
    return None


needs_browser = pytest.mark.skipif(_reason() is not None, reason=_reason() or "")


class Browser:
    """One headless browser, and what the tests ask of it."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def run(self, code: str, *arguments: Any) -> Any:
        """The value of a script's `return`."""
        return self.driver.execute_script(code, *arguments)

    def open(self, page: Path, address: str = "") -> None:
        """Open a page anew and wait until it shows the view."""
        self.driver.get("about:blank")
        self.log()
        self.driver.get(page.as_uri() + address)
        self.wait("return document.documentElement.dataset.ready !== undefined")

    def go(self, address: str) -> None:
        """Follow an address inside the page."""
        self.run("location.hash = arguments[0]", address)
        self.wait("return document.documentElement.dataset.ready === location.hash")

    def wait(self, condition: str, *arguments: Any) -> Any:
        """Wait until a script returns something true, and return it."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            found = self.run(condition, *arguments)
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"never came true: {condition}; log: {self.log()}")

    def settle(self) -> None:
        """Wait until a few frames have been drawn."""
        self.driver.execute_async_script(
            "let n = 4; const done = arguments[0];"
            "const next = () => (n-- ? requestAnimationFrame(next) : done()); next()"
        )

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that a selector finds."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
        )

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        from selenium.webdriver import ActionChains

        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def click(self, selector: str) -> None:
        """Click the first element that a selector finds."""
        self.driver.find_element("css selector", selector).click()

    def type(self, selector: str, text: str) -> None:
        """Type into a field."""
        field = self.driver.find_element("css selector", selector)
        field.clear()
        field.send_keys(text)

    def log(self) -> list[str]:
        """What the console has said since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def emulate(self, width: int = 1400, height: int = 950, *, theme: str = "light", media: str = "") -> None:
        """Look through a window of this size, in these colours, on this medium."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        wanted = {"prefers-color-scheme": theme, "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wanted.items()]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser with a profile of its own and nothing that calls home."""
    from selenium import webdriver

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = str(CHROMIUM)
        for flag in (
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--no-first-run", f"--user-data-dir={profile}",
        ):  # fmt: skip
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
