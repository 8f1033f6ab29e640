"""WebSocket /v1/stream."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import served
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from tenor.inference.stream import Streams
from tenor.service.connection import CLOSING

MODEL = served.predictor()
PREDICTORS = {"m": MODEL, "both": served.predictor(bidirectional=True), "lstm": served.predictor("lstm")}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with served.serving(served.service(tmp_path_factory.mktemp("models"), PREDICTORS)) as made:
        yield made


def ask(socket: WebSocketTestSession, **message: object) -> Any:
    socket.send_json(message)
    return socket.receive_json()


def ask_text(socket: WebSocketTestSession, message: str) -> Any:
    socket.send_text(message)
    return socket.receive_json()


def ends(socket: WebSocketTestSession, code: str) -> str:
    """Make sure that the connection is ended for a reason, and return what is said of it."""
    said = socket.receive_json()
    assert said["code"] == code
    with pytest.raises(WebSocketDisconnect) as ended:
        socket.receive_json()
    assert (ended.value.code, ended.value.reason) == (CLOSING[code], code)
    return str(said["error"])


def probabilities(answer: Any) -> list[float]:
    return list(answer["prediction"]["probabilities"].values())


def expected(text: str, model: str = "m") -> Any:
    return pytest.approx(PREDICTORS[model].predict_proba([text])[0].tolist(), abs=1e-5)


@pytest.mark.parametrize("model", ["m", "lstm"])
def test_each_piece_is_answered_with_the_prediction_so_far(client: TestClient, model: str) -> None:
    with client.websocket_connect(f"/v1/stream?model={model}") as socket:
        so_far = ""
        for number, piece in enumerate(["a b", "c", " <", "b> d", "", " e"]):
            answer = ask(socket, id=number, text=piece)
            so_far += piece
            assert (answer["id"], answer["version"]) == (number, "1")
            assert probabilities(answer) == expected(so_far, model)
        assert answer["tokens"] == 5
        again = ask(socket, text="f", restart=True)
        assert (again["id"], again["tokens"]) == (None, 1)
        assert probabilities(again) == expected("f", model)


def test_messages_are_answered_in_their_order(client: TestClient) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        for number in range(50):
            socket.send_json({"id": {"n": [number]}, "text": f" {'abcdef'[number % 6]}"})
        for number in range(50):
            answer = socket.receive_json()
            assert (answer["id"], answer["tokens"]) == ({"n": [number]}, number + 1)


def test_connections_do_not_disturb_each_other(client: TestClient) -> None:
    with client.websocket_connect("/v1/stream") as one, client.websocket_connect("/v1/stream") as two:
        ask(one, text="a b")
        ask(two, text="c d")
        assert probabilities(ask(one, text=" e")) == expected("a b e")
        assert probabilities(ask(two, text=" f")) == expected("c d f")


@pytest.mark.parametrize("text", served.ODD.values(), ids=served.ODD)
def test_any_text_is_streamed(client: TestClient, text: str) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        answer = ask(socket, text=text)
        if len(text) < 10_000:  # longer ones without a place to cut are cut anywhere
            assert probabilities(answer) == expected(text)
        assert probabilities(ask(socket, text="a", restart=True)) == expected("a")


NASTY = {
    "no json": ("nothing", "invalid_json"),
    "empty": ("", "invalid_json"),
    "nan": ('{"id": NaN, "text": "a"}', "invalid_json"),
    "infinite": ('{"id": 1e400, "text": "a"}', "invalid"),
    "surrogate": ('{"text": "\\ud800"}', "invalid_json"),
    "deep": ("[" * 100_000, "invalid_json"),
    "huge number": ('{"id": ' + "9" * 10_000 + ', "text": "a"}', "invalid_json"),
    "list": ('["a"]', "invalid"),
    "number": ("1", "invalid"),
    "no text": ('{"id": 1}', "invalid"),
    "text is a number": ('{"text": 1}', "invalid"),
    "text is null": ('{"text": null}', "invalid"),
    "restart is a string": ('{"text": "a", "restart": "yes"}', "invalid"),
    "unknown field": ('{"text": "a", "more": 1}', "invalid"),
    "too long": ('{"text": "' + "a" * 100_001 + '"}', "text_too_long"),
    "zero": ('{"text": "\0"}', "invalid_json"),
}


@pytest.mark.parametrize(("message", "code"), NASTY.values(), ids=NASTY)
def test_a_wrong_message_is_answered_and_the_text_goes_on(
    client: TestClient, message: str, code: str
) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        ask(socket, text="a b")
        answer = ask_text(socket, message)
        assert answer["code"] == code
        assert answer["error"]
        assert "Traceback" not in answer["error"]
        assert probabilities(ask(socket, text=" c")) == expected("a b c")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PIECES = st.fixed_dictionaries(
    {}, optional={"id": VALUES, "text": st.text() | VALUES, "restart": st.booleans() | VALUES, "more": VALUES}
)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(message=PIECES | VALUES)
def test_any_message_is_answered(client: TestClient, message: object) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        answer = ask_text(socket, json.dumps(message))
        assert ("prediction" in answer) != ("error" in answer)
        assert probabilities(ask(socket, text="a", restart=True)) == expected("a")


def test_a_wrong_message_keeps_its_id(client: TestClient) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        answer = ask(socket, id="seven", text=7)
        assert (answer["id"], answer["code"]) == ("seven", "invalid")
        assert "text" in answer["error"]
        socket.send_bytes(b'{"text": "a"}')
        assert "binary" in socket.receive_json()["error"]


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("/v1/stream?model=both", "cannot_stream", "network.bidirectional=false"),
        ("/v1/stream?model=nothing", "unknown_model", "lstm"),
        ("/v1/stream?version=9", "unknown_version", "1"),
    ],
)
def test_who_cannot_be_served_is_told_why(client: TestClient, address: str, code: str, said: str) -> None:
    with client.websocket_connect(address) as socket:
        assert said in ends(socket, code)


def test_the_list_of_models_says_which_stream(client: TestClient) -> None:
    streams = {one["name"]: one["streams"] for one in client.get("/v1/models").json()["models"]}
    assert streams["m"] is streams["lstm"] is None
    assert "two-directional" in streams["both"]


def test_only_so_many_connections(tmp_path: Path) -> None:
    made = served.service(tmp_path, {"m": MODEL}, streams=1)
    with served.serving(made) as client:
        with client.websocket_connect("/v1/stream") as first:
            ask(first, text="a")
            with client.websocket_connect("/v1/stream") as second:
                assert "1 streams" in ends(second, "overloaded")
            assert probabilities(ask(first, text=" b")) == expected("a b")
            assert made.metrics.registry.get_sample_value("tenor_streams") == 1
        with client.websocket_connect("/v1/stream") as third:
            assert probabilities(ask(third, text="c")) == expected("c")


def test_a_silent_connection_is_closed(tmp_path: Path) -> None:
    with (
        served.serving(served.service(tmp_path, {"m": MODEL}, stream_seconds=0.05)) as client,
        client.websocket_connect("/v1/stream") as socket,
    ):
        ends(socket, "idle")


def test_a_stop_closes_after_what_was_begun(tmp_path: Path) -> None:
    made = served.service(tmp_path, {"m": MODEL})
    with served.serving(made) as client, client.websocket_connect("/v1/stream") as socket:
        ask(socket, text="a")
        assert client.portal is not None
        client.portal.call(made.stopping.set)
        ends(socket, "stopping")


def test_the_key_comes_in_a_header_or_first(tmp_path: Path) -> None:
    with served.serving(served.service(tmp_path, {"m": MODEL}, key="a-key")) as client:
        for headers in ({"Authorization": "Bearer a-key"}, {"X-API-Key": "a-key"}):
            with client.websocket_connect("/v1/stream", headers=headers) as socket:
                assert probabilities(ask(socket, text="a")) == expected("a")
        with client.websocket_connect("/v1/stream") as socket:
            socket.send_json({"key": "a-key"})
            assert probabilities(ask(socket, text="a")) == expected("a")
        for first in ({"key": "wrong"}, {"text": "a"}, {"key": 1}, []):
            with client.websocket_connect("/v1/stream?model=nothing") as socket:
                socket.send_json(first)
                assert "a-key" not in ends(socket, "unauthorized")
        with client.websocket_connect("/v1/stream", headers={"X-API-Key": "wrong"}) as socket:
            ends(socket, "unauthorized")


def test_a_key_that_is_not_asked_for_is_no_text(client: TestClient) -> None:
    with client.websocket_connect("/v1/stream") as socket:
        socket.send_json({"key": "any"})
        assert probabilities(ask(socket, text="a")) == expected("a")


def test_a_connection_stays_with_its_version_until_it_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = MODEL, served.predictor()
    made = served.service(tmp_path, {"m": old})
    monkeypatch.setattr(made.registry, "_load", lambda _: new)
    with served.serving(made) as client, client.websocket_connect("/v1/stream") as socket:
        ask(socket, text="a b")
        (tmp_path / "m").write_text("replaced")
        assert client.portal is not None
        client.portal.call(made.registry.refresh)
        assert made.registry.get("m").version == "2"
        answer = ask(socket, text=" c")
        assert (answer["version"], probabilities(answer)) == ("1", expected("a b c"))
        answer = ask(socket, text="a b c", restart=True)
        assert answer["version"] == "2"
        assert probabilities(answer) == pytest.approx(new.predict_proba(["a b c"])[0].tolist(), abs=1e-5)
        assert probabilities(answer) != expected("a b c")


def test_a_version_that_is_gone_ends_the_connection_when_it_begins_anew(tmp_path: Path) -> None:
    made = served.service(tmp_path, {"m": MODEL})
    with served.serving(made) as client, client.websocket_connect("/v1/stream?version=1") as socket:
        ask(socket, text="a b")
        (tmp_path / "m").write_text("replaced")
        assert client.portal is not None
        client.portal.call(made.registry.refresh)
        socket.send_json({"text": "c", "restart": True})
        assert "2" in ends(socket, "unknown_version")


def test_an_error_of_ours_is_said_without_what_it_was(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("holds a text")

    with client.websocket_connect("/v1/stream") as socket, monkeypatch.context() as patch:
        patch.setattr(Streams, "feed", broken)
        socket.send_json({"text": "a"})
        assert "holds a text" not in ends(socket, "internal")
    with client.websocket_connect("/v1/stream") as socket:
        assert probabilities(ask(socket, text="a")) == expected("a")


def test_a_text_that_is_left_makes_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    streams, open_texts = MODEL.streams(), []
    monkeypatch.setattr(MODEL, "streams", lambda: streams)
    with served.serving(served.service(tmp_path, {"m": MODEL})) as client:
        for _ in range(5):
            with client.websocket_connect("/v1/stream") as socket:
                ask(socket, text="a")
                open_texts.append(len(streams))
    assert open_texts == [1] * 5
