"""Whatever is sent as a body: 4xx that says what was wrong, or an answer that can be read; never 500."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import served
from starlette.testclient import TestClient

from tenor.service.schemas import Problem

# Path -> a body around one text.
PATHS = {
    "/v1/predict": '{"text": %s}',
    "/v1/explain": '{"text": %s}',
    "/v2/models/m/infer": '{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": [%s]}]}',
}
DEEP = 100_000

# Bodies that are wrong on any path.
NASTY: dict[str, bytes] = {
    "empty": b"",
    "blank": b" \n",
    "no json": b"text=a",
    "invalid utf-8": b'{"text": "\xff\xfe\xfa"}',
    "overlong utf-8": b'{"text": "\xc0\xaf"}',
    "half utf-16": '{"text": "a"}'.encode("utf-16")[:-1],
    "null byte": b'{"text": "\0"}',
    "only null bytes": b"\0" * 100,
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "huge float": b"1e400",
    "huge int": b"9" * 100_000,
    "null": b"null",
    "true": b"true",
    "string": b'"text"',
    "array": b'["a"]',
    "empty array": b"[]",
    "empty object": b"{}",
    "deep arrays": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep in text": b'{"text": ' + b"[" * 900 + b"]" * 900 + b"}",
    "unclosed": b'{"text": "a"',
    "two values": b'{"text": "a"} {"text": "b"}',
    "many keys": json.dumps(dict.fromkeys(map(str, range(20_000)))).encode(),
    "long key": json.dumps({"a" * 100_000: 1}).encode(),
    "html": b"<script>alert(1)</script>",
}

# JSON that stands where a text is to stand, and is none.
NO_TEXTS = [
    "1",
    "1e400",
    "NaN",
    "9" * 4000,
    "null",
    "true",
    "{}",
    "[[]]",
    '{"text": "a"}',
    "[" * 900 + "]" * 900,
]

# Texts as they may be written in JSON.
TEXTS = {
    **{name: json.dumps(text) for name, text in served.ODD.items()},
    "in utf-8": json.dumps(served.ODD["right to left"], ensure_ascii=False),
    "lone surrogate": '"a \\ud800 b"',
    "surrogates the wrong way round": '"\\udc00\\ud800"',
    "escaped": '"\\u0061\\t\\u0000\\/"',
    "noncharacter": '"\\uffff\\ufffe"',
    "accents on accents": json.dumps("a" + "\u0301" * 5000),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    made = served.service(tmp_path_factory.mktemp("models"), {"m": served.predictor()})
    with served.serving(made) as client:
        yield client


def post(client: TestClient, path: str, body: bytes, kind: str = "application/json") -> Problem | None:
    """Return what is wrong with a body; None: nothing."""
    answer = client.post(path, content=body, headers={"Content-Type": kind})
    if answer.status_code == 200:
        answer.json()
        return None
    assert 400 <= answer.status_code < 500, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    found = Problem.model_validate_json(answer.content, strict=True, extra="forbid")
    assert 0 < len(found.error) < 6000
    return found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", NASTY.values(), ids=NASTY)
def test_a_wrong_body_is_refused(client: TestClient, path: str, body: bytes) -> None:
    assert post(client, path, body) is not None


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("value", NO_TEXTS, ids=lambda value: value[:10])
def test_what_is_no_text_is_refused(client: TestClient, path: str, value: str) -> None:
    assert post(client, path, (PATHS[path] % value).encode()) is not None


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_taken(client: TestClient, path: str, text: str) -> None:
    assert post(client, path, (PATHS[path] % text).encode()) is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/predict", '{"texts": [' + "1," * 10_000 + "1]}"),
        ("/v1/predict", json.dumps(dict.fromkeys(map(str, range(10_000))))),
        ("/v2/models/m/infer", '{"inputs": [' + "1," * 10_000 + "1]}"),
        ("/v2/models/m/infer", PATHS["/v2/models/m/infer"] % ("1," * 10_000 + "1")),
        ("/v2/models/m/infer", '{"inputs": [], "outputs": [' + "1," * 10_000 + "1]}"),
    ],
)
def test_the_first_fault_of_many_is_enough(client: TestClient, path: str, body: str) -> None:
    """To describe each of a million would take seconds, in which nobody else is answered."""
    found = post(client, path, body.encode())
    assert found is not None
    assert "(and 1" not in found.error.replace("(and 1 more)", "")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "image/png", ""]
)
def test_a_body_that_is_said_to_be_no_json_is_refused(client: TestClient, path: str, kind: str) -> None:
    body = (PATHS[path] % '"a"').encode()
    assert post(client, path, body, kind) is not None


@pytest.mark.parametrize("path", PATHS)
def test_of_a_key_that_stands_twice_the_last_counts(client: TestClient, path: str) -> None:
    body = PATHS[path] % '"a"'
    twice = body.replace('{"', '{"model": "nothing", "model": "m", "', 1) if path.startswith("/v1") else body
    assert post(client, path, twice.encode()) is None


@pytest.mark.parametrize("name", ["\ud800", "\0", "m\n", "😀", "a" * 10_000, "<script>", "../m", ""])
def test_a_name_that_is_none_is_said_to_be_none(client: TestClient, name: str) -> None:
    for path in ("/v1/predict", "/v1/explain"):
        for field in ("model", "version"):
            found = post(client, path, json.dumps({"text": "a", field: name}).encode())
            assert found is not None
            assert found.code == f"unknown_{field}"


@pytest.mark.parametrize(
    "name", ["%00", "%ff", "%F0%9F%98%80", "a" * 10_000, "%3Cscript%3E", "..%2Fm", "%2e%2e"]
)
def test_a_path_that_is_none_is_said_to_be_none(client: TestClient, name: str) -> None:
    for path in (f"/v2/models/{name}", f"/v2/models/m/versions/{name}/ready", f"/{name}"):
        answer = client.get(path)
        assert answer.status_code == 404
        Problem.model_validate_json(answer.content)


def test_a_hundred_thousand_words(client: TestClient, tmp_path: Path) -> None:
    text = json.dumps("a b " * 50_000)
    for path, body in PATHS.items():
        found = post(client, path, (body % text).encode())
        assert found is not None
        assert found.code == "text_too_long"
    made = served.service(tmp_path, {"m": served.predictor()}, text_characters=500_000)
    with served.serving(made) as roomy:
        for path in ("/v1/predict", "/v2/models/m/infer"):
            assert post(roomy, path, (PATHS[path] % text).encode()) is None


def test_the_stream_takes_any_address(client: TestClient) -> None:
    for query in ("model=%ff", "model=%00&version=%F0%9F%98%80", f"version={'9' * 5000}", "model=m&model=n"):
        with client.websocket_connect(f"/v1/stream?{query}") as socket:
            assert socket.receive_json()["code"] in {"unknown_model", "unknown_version"}
