"""GET /docs: the OpenAPI document as a page, with nothing from elsewhere."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import served
from starlette.testclient import TestClient

from tenor.service.connection import CLOSING
from tenor.service.routes.page import STATIC


class Addresses(HTMLParser):
    """What a page refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"src", "href"}]
        assert not any(name == "style" or name.startswith("on") for name, _ in attrs)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    made = served.service(tmp_path_factory.mktemp("models"), {"m": served.predictor()}, key="key")
    with served.serving(made) as client:
        yield client


def test_it_needs_no_key_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    addresses = Addresses(answer.text).found
    assert "reference.js" in addresses
    assert [one for one in addresses if ":" in one or one.startswith("/")] == []
    for one in ("reference.js", "reference.css", "openapi.json"):
        assert client.get(f"/{one}").status_code == 200
        assert "http" not in client.get("/reference.js").text


def test_what_it_shows_is_put_in_as_text() -> None:
    script = (STATIC / "reference.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)


def test_it_says_how_streams_are_closed() -> None:
    page = (STATIC / "reference.html").read_text("utf-8")
    for code, status in CLOSING.items():
        if code != "internal":
            assert str(status) in page
