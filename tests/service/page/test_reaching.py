"""A service that cannot be reached, or wants a key."""

import re
from pathlib import Path
from typing import Any

import pytest
from browsing import explanation, positive, running, serve, stands_at, that
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tenor.inference.predictor import Predictor
from tenor.service.app import make_app


def test_a_service_that_cannot_be_reached_is_said_so_and_recovers(
    browser: Any, folder: Path, predictors: dict[str, Predictor]
) -> None:
    with running(lambda: serve(folder, "talk")) as lost:
        page = browser.new_page()
        page.goto(lost.address)
        page.locator("#text").press_sequentially("good")
        stands_at(page, positive(predictors["talk"], "good"))
        lost.stop()
        that(page.locator("#status")).to_have_text(re.compile("cannot be reached"))
        assert page.locator("#status").get_attribute("role") == "status"
        page.locator("#text").press_sequentially(" bad bad")
        lost.start()
        stands_at(page, positive(predictors["talk"], "good bad bad"))
        that(page.locator("#status")).to_be_empty()
        page.close()


def test_without_websockets_whole_texts_are_read(page: Any, predictors: dict[str, Predictor]) -> None:
    page.route_web_socket("**/v1/stream**", lambda socket: socket.close(code=1013))
    page.reload()
    page.locator("#text").press_sequentially("good bad")
    stands_at(page, positive(predictors["talk"], "good bad"))
    that(page.locator(".reading .note")).to_have_text(re.compile("whole texts"))


def test_a_websocket_that_leads_nowhere_is_refused(folder: Path) -> None:
    with (
        TestClient(make_app(serve(folder, "talk"))) as client,
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/nothing"),
    ):
        pass


def test_a_key_is_asked_for_and_kept_in_memory_only(browser: Any, folder: Path) -> None:
    with running(lambda: serve(folder, "talk", key="sesame")) as locked:
        context = browser.new_context()
        page = context.new_page()
        page.goto(locked.address)
        field = page.get_by_label("asks for an API key")
        that(field).to_be_focused()
        field.fill("wrong")
        field.press("Enter")
        that(page.locator("#status")).to_contain_text("does not take this key")
        field.fill("sesame")
        field.press("Enter")
        that(field).to_be_hidden()
        page.locator("#text").press_sequentially("good")
        that(page.get_by_role("meter")).to_have_attribute("aria-valuetext", re.compile("%"))
        explanation(page)
        assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
        assert "sesame" not in page.content()
        context.close()
