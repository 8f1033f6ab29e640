"""A service at an address of its own that can be stopped and started, and a Chromium to look at its page."""

import asyncio
import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tenor.config.service import ServiceConfig
from tenor.inference.predictor import Predictor
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import parse_all

_PATIENCE = 30_000  # milliseconds, on a machine that is busy with other tests
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# What the page must never do; it is told on the console, which tests read.
_WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Running:
    """A service in a thread; each start makes a new one, at the same port."""

    def __init__(self, make: Callable[[], Service]) -> None:
        self._make = make
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    def start(self) -> None:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self._port))
        self._port = listening.getsockname()[1]
        listening.listen()  # whoever connects before it has started waits
        app = make_app(self._make())
        settings = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._server.serve([listening])))
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@contextmanager
def running(make: Callable[[], Service]) -> Iterator[Running]:
    found = Running(make)
    try:
        yield found
    finally:
        found.stop()


@contextmanager
def chromium() -> Iterator[Any]:
    """Give a browser with a new profile; skip where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright; pip install playwright")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium on the path; install it to test the page")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Complaints(list[str]):
    """What a page complains of: errors, violations of its policy, dialogs."""

    def watch(self, page: Any) -> None:
        page.add_init_script(_WATCH)
        page.on("console", lambda message: message.type in {"error", "warning"} and self.append(message.text))
        page.on("pageerror", lambda error: self.append(str(error)))
        page.on("dialog", self._dismiss)

    def _dismiss(self, dialog: Any) -> None:
        self.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def serve(folder: Path, *names: str, key: str | None = None) -> Service:
    return Service.open(parse_all([str(folder / name) for name in names]), ServiceConfig(), key=key)


def that(found: Any) -> Any:
    """Wait for what is said of a part of the page."""
    from playwright.sync_api import expect

    expect.set_options(timeout=_PATIENCE)
    return expect(found)


def positive(predictor: Predictor, text: str) -> float:
    return float(predictor.predict_proba([text])[0][1])


def stands_at(page: Any, share: float, place: int = 0) -> None:
    """Wait until a needle shows a share, however the last digit is rounded."""
    shown = re.compile("|".join(f"^{100 * share + more:.1f}$" for more in (-0.01, 0, 0.01)))
    that(page.get_by_role("meter").nth(place)).to_have_attribute("aria-valuenow", shown)


def explanation(page: Any, place: int = 0) -> Any:
    """Return the words of a reading, once they are explained."""
    words = page.locator(".words").nth(place)
    that(words.locator(".summary")).not_to_be_empty()
    that(page.locator(".words.stale")).to_have_count(0)
    return words


def take(page: Any, content: bytes, name: str = "reviews.csv") -> None:
    page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
