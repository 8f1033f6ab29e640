"""What a request may be, who may send it, how long it takes, and what is said of it."""

import asyncio
import io
import json
import logging

import pytest
from gated import Gated, Lying, answer_to, ask, opened, run
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from tenor.config.service import ServiceConfig
from tenor.errors import ConfigError
from tenor.service import logs
from tenor.service.access import Rate, asks_a_model, only_here, read_key
from tenor.service.app import make_app
from tenor.service.errors import ServiceError


def measured(service, name: str, **labels: str) -> float:
    return service.metrics.registry.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize("chunks", [None, [b"{", b'"text": "', b"a" * 200, b'"}']], ids=["whole", "streamed"])
def test_a_large_body_is_refused(chunks) -> None:
    engine = Gated()
    answer = answer_to(opened(engine, body_bytes=100), body={"text": "a" * 200}, chunks=chunks)
    assert (answer.status, answer.json["code"]) == (413, "body_too_large")
    assert engine.batches == []


def test_a_body_may_come_in_pieces() -> None:
    answer = answer_to(opened(), chunks=[b'{"te', b"", b'xt": "a', b'"}'])
    assert answer.json["predictions"][0]["label"] == "yes"


def test_a_request_that_takes_too_long_is_answered_and_its_texts_dropped() -> None:
    engine = Gated()

    async def steps(app):
        engine.gate.clear()
        begun = asyncio.create_task(ask(app, body={"text": "a"}))
        await engine.is_entered()
        late = await asyncio.gather(begun, *(ask(app, body={"text": "b"}) for _ in range(3)))
        engine.gate.set()
        assert {(one.status, one.json["code"]) for one in late} == {(504, "timeout")}
        return (await ask(app, body={"text": "b"})).status

    service = opened(engine, request_seconds=0.1)
    assert run(steps, service) == 200
    assert engine.batches == [1, 1]
    assert measured(service, "tenor_rejected_total", reason="timeout") == 4


def test_a_body_that_does_not_arrive_is_not_awaited_for_ever() -> None:
    async def steps(app):
        said = []

        async def send(message):
            said.append(message)

        scope = {
            "type": "http", "http_version": "1.1", "method": "POST", "path": "/v1/predict",
            "query_string": b"", "headers": [(b"content-length", b"10")],
            "client": None, "server": None, "state": {},
        }  # fmt: skip
        await app(scope, asyncio.Event().wait, send)
        return said[0]["status"], json.loads(said[1]["body"])["code"]

    assert run(steps, opened(request_seconds=0.05)) == (408, "request_timeout")


def test_texts_of_a_client_that_went_away_are_not_computed() -> None:
    engine = Gated()

    async def steps(app):
        engine.gate.clear()
        first = asyncio.create_task(ask(app, body={"text": "a"}))
        await engine.is_entered()
        left = asyncio.Event()
        gone = asyncio.create_task(ask(app, body={"texts": ["b"] * 5}, left=left))
        stays = asyncio.create_task(ask(app, body={"text": "b"}))
        while service.metrics.queue.labels("toy")._value.get() < 6:
            await asyncio.sleep(0)
        left.set()
        assert (await gone).status is None
        engine.gate.set()
        return (await first).status, (await stays).status

    service = opened(engine)
    assert run(steps, service) == (200, 200)
    assert engine.batches == [1, 1]
    assert measured(service, "tenor_requests_total", path="/v1/predict", method="POST", status="499") == 1


def test_more_requests_than_may_be_under_way_are_refused_at_once() -> None:
    engine = Gated()

    async def steps(app):
        engine.gate.clear()
        accepted = [asyncio.create_task(ask(app, body={"text": "a"})) for _ in range(2)]
        await engine.is_entered()
        refused = await ask(app, body={"text": "a"})
        assert (await ask(app, "/metrics")).status == 200  # needed most now
        engine.gate.set()
        assert (refused.status, refused.json["code"]) == (503, "overloaded")
        assert int(refused.headers["retry-after"]) >= 1
        return [(await one).status for one in accepted]

    assert run(steps, opened(engine, requests=2)) == [200, 200]


def test_bodies_of_all_requests_have_a_bound_together() -> None:
    engine = Gated()
    body = {"text": "a" * 100}

    async def steps(app):
        engine.gate.clear()
        accepted = [asyncio.create_task(ask(app, body=body)) for _ in range(2)]
        await engine.is_entered()
        for chunks in (None, [b'{"text": "', b"a" * 100]):
            refused = await ask(app, body=body, chunks=chunks)
            assert (refused.status, refused.json["code"]) == (503, "overloaded")
            assert int(refused.headers["retry-after"]) >= 1
        engine.gate.set()
        assert [(await one).status for one in accepted] == [200, 200]
        return [one.status for one in await asyncio.gather(*(ask(app, body=body) for _ in range(2)))]

    assert run(steps, opened(engine, requests_bytes=250)) == [200, 200]


@pytest.mark.parametrize("path", ["/", "/metrics", "/v2/health/live", "/v1/models"])
def test_what_can_be_got_has_a_head(path: str) -> None:
    service = opened()

    async def steps(app):
        return await ask(app, path), await ask(app, path, method="HEAD")

    got, head = run(steps, service)
    assert (head.status, head.headers["content-type"]) == (200, got.headers["content-type"])
    shown = "other" if path == "/" else path
    assert measured(service, "tenor_requests_total", path=shown, method="HEAD", status="200") == 1


HOSTS = {
    "127.0.0.1:8000": 200,
    "[::1]:8000": 200,
    "LOCALHOST": 200,
    "tenor.localhost:8000": 200,
    "": 200,
    "192.168.0.7": 200,
    "evil.example": 403,
    "evil.example:8000": 403,
    "localhost.evil.example": 403,
    "127.0.0.1.evil.example": 403,
    "localhost@evil.example": 403,
    "[::1": 403,
}


@pytest.mark.parametrize(("host", "status"), HOSTS.items())
def test_a_name_that_was_turned_to_this_machine_is_refused(host: str, status: int) -> None:
    answer = answer_to(opened(), "/v1/models", headers={"Host": host})
    assert answer.status == status
    if status == 403:
        assert answer.json["code"] == "wrong_host"


@pytest.mark.parametrize(
    "settings",
    [{"key": "right"}, {"proxies": "127.0.0.1"}, {"host": "0.0.0.0"}],
    ids=lambda one: next(iter(one)),
)
def test_whoever_has_a_key_a_proxy_or_other_machines_has_any_name(settings: dict[str, str]) -> None:
    headers = {"Host": "reviews.example", "X-API-Key": "right"}
    assert answer_to(opened(**settings), "/v1/models", headers=headers).status == 200


def test_addresses_that_only_this_machine_reaches() -> None:
    assert all(map(only_here, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(only_here, ("0.0.0.0", "::", "192.168.0.7", "reviews.example", "")))


def test_a_full_queue_is_503_with_a_time_to_come_again() -> None:
    engine = Gated()

    async def steps(app):
        engine.gate.clear()
        accepted = [asyncio.create_task(ask(app, body={"text": "a"}))]
        await engine.is_entered()
        accepted.append(asyncio.create_task(ask(app, body={"texts": ["a", "b"]})))
        while service.metrics.queue.labels("toy")._value.get() < 2:
            await asyncio.sleep(0)
        refused = await ask(app, body={"text": "a"})
        engine.gate.set()
        assert (refused.status, refused.json["code"]) == (503, "overloaded")
        assert refused.headers["retry-after"].isdecimal()
        return [(await one).status for one in accepted]

    service = opened(engine, queue_texts=2)
    assert run(steps, service) == [200, 200]


KEY = {
    "none": ({}, 401),
    "wrong": ({"Authorization": "Bearer wrong"}, 401),
    "empty": ({"Authorization": "Bearer "}, 401),
    "not ASCII": ({"X-API-Key": "\u00e9"}, 401),
    "another kind": ({"Authorization": "Basic right"}, 401),
    "bearer": ({"Authorization": "Bearer right"}, 200),
    "own header": ({"X-API-Key": "right"}, 200),
}


@pytest.mark.parametrize(("headers", "status"), KEY.values(), ids=KEY)
def test_a_key(headers: dict[str, str], status: int) -> None:
    answer = answer_to(opened(key="right"), body={"text": "a"}, headers=headers)
    assert answer.status == status
    if status == 401:
        assert answer.json["code"] == "unauthorized"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "right" not in answer.json["error"].replace("the right one", "")


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/metrics", 200), ("/v1/models", 401), ("/v2", 401), ("/v2/x", 401)]
)
def test_what_a_key_protects(path: str, status: int) -> None:
    assert answer_to(opened(key="right"), path).status == status


def test_the_document_says_what_a_key_protects() -> None:
    documents = {key: make_app(opened(key=key)).openapi() for key in (None, "right")}
    assert set(documents["right"]["components"]["securitySchemes"]) == {"bearer", "header"}
    assert "securitySchemes" not in documents[None]["components"]
    locked = {
        path
        for path, methods in documents["right"]["paths"].items()
        if any("security" in operation for operation in methods.values())
    }
    assert locked == {path for path in documents["right"]["paths"] if asks_a_model(path)}
    assert "/v1/predict" in locked
    assert "right" not in json.dumps(documents["right"]["components"]["securitySchemes"])


def test_where_a_key_comes_from(tmp_path) -> None:
    file = tmp_path / "key"
    file.write_text("of the file\n")
    assert read_key(ServiceConfig(), {}) is None
    assert read_key(ServiceConfig(), {"TENOR_API_KEY": "of the variable"}) == "of the variable"
    assert read_key(ServiceConfig(key_file=str(file)), {"TENOR_API_KEY": "x"}) == "of the file"
    for bad in ("", " \n", "two\nlines", "caf\u00e9"):
        with pytest.raises(ConfigError, match="holds no key"):
            read_key(ServiceConfig(), {"TENOR_API_KEY": bad})
    with pytest.raises(ConfigError, match="cannot be read"):
        read_key(ServiceConfig(key_file=str(tmp_path / "none")), {})


def test_each_client_has_its_own_rate() -> None:
    async def steps(app):
        mine = [(await ask(app, "/v1/models")) for _ in range(3)]
        other = await ask(app, "/v1/models", client="10.0.0.2")
        return mine, other

    (*allowed, refused), other = run(steps, opened(rate=0.001, rate_burst=2))
    assert [one.status for one in (*allowed, other)] == [200, 200, 200]
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert 900 < int(refused.headers["retry-after"]) <= 1000


def test_tokens_come_back_with_time() -> None:
    now = [0.0]
    rate = Rate(2.0, 3, clock=lambda: now[0])

    def taken(client: str = "10.0.0.1") -> int:
        for number in range(10):
            try:
                rate.take(client)
            except ServiceError:
                return number
        return 10

    assert taken() == 3
    now[0] = 1.0
    assert taken() == 2
    now[0] = 100.0
    assert taken() == 3
    assert taken("2001:db8::1") == 3
    assert taken("2001:db8::2") == 0  # the same network
    assert taken("2001:db8:1::1") == 3
    assert taken("::ffff:10.0.0.3") == taken("::ffff:10.0.0.4") == 3  # IPv4 on an IPv6 socket


def test_clients_that_are_remembered_are_bounded() -> None:
    rate = Rate(1.0, 1, clients=5, clock=lambda: 0.0)
    for number in range(50):
        rate.take(f"10.0.0.{number}")
    assert len(rate._buckets) == 5


def test_websockets_have_limits_too() -> None:
    app = make_app(opened(rate=0.001, rate_burst=3))

    @app.websocket("/v1/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("here")
        await socket.close()

    def status(**headers: str) -> int:
        try:
            with client.websocket_connect("/v1/echo", headers=headers) as socket:
                assert socket.receive_text() == "here"
                return 101
        except Exception as denial:
            return denial.status_code

    with TestClient(app, headers={"Host": "localhost"}) as client:
        assert status(origin="http://localhost") == 101
        assert status(origin="http://evil.example") == 403
        assert status(origin="http://evil.example", host="evil.example") == 403
        assert status() == 429


def test_one_line_a_request_without_its_texts() -> None:
    stream = io.StringIO()
    saved = [(name, logging.getLogger(name)) for name in ("tenor.service", "uvicorn", "asyncio")]
    before = [(logger.handlers, logger.level, logger.propagate) for _, logger in saved]
    logs.install(stream)
    try:
        service = opened(key="right", sources=[Lying("toy")])

        async def steps(app):
            await ask(app, body={"texts": ["a private thing", "b"]}, headers={"X-API-Key": "right"})
            await ask(app, "/private/path?text=private", method="BREW")
            await ask(app, body={"text": "private"}, headers={"X-API-Key": "private"})
            asyncio.get_running_loop().call_exception_handler(
                {"message": "nobody asked", "exception": ValueError("private"), "text": "private"}
            )

        run(steps, service)
    finally:
        for (_, logger), (handlers, level, propagate) in zip(saved, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    shown = [(one["method"], one["path"], one["status"], one.get("code")) for one in requests]
    assert shown == [
        ("POST", "/v1/predict", 200, None),
        ("other", "other", 405, "method_not_allowed"),
        ("POST", "other", 401, "unauthorized"),
    ]
    assert requests[0]["texts"] == 2
    assert (requests[0]["model"], requests[0]["version"]) == ("toy", "1")
    assert requests[0]["client"] == "10.0.0.1"
    assert all(one["ms"] >= 0 and one["time"].endswith("+00:00") for one in requests)
    assert lines[-1]["event"] == "nobody asked"
    assert "private" not in stream.getvalue()
    assert "right" not in stream.getvalue()


def test_measurements() -> None:
    service = opened()

    async def steps(app):
        await ask(app, body={"texts": ["a", "b", "a"]})
        for number in range(30):
            await ask(app, f"/made-up/{number}", method=f"M{number}")
            await ask(app, body={"text": "a", "model": f"made-up-{number}"})
        return await ask(app, "/metrics")

    answer = run(steps, service)
    assert answer.headers["content-type"].startswith("text/plain")
    assert measured(service, "tenor_requests_total", path="/v1/predict", method="POST", status="200") == 1
    assert measured(service, "tenor_requests_total", path="/v1/predict", method="POST", status="404") == 30
    assert measured(service, "tenor_texts_total", model="toy") == 3
    assert measured(service, "tenor_batch_texts_count", model="toy") == 1
    assert measured(service, "tenor_rejected_total", reason="unknown_model") == 30
    assert measured(service, "tenor_model_info", model="toy", version="1") == 1
    text = answer.body.decode()
    assert "tenor_request_seconds_bucket" in text
    assert "made-up" not in text


def test_no_more_connections_are_kept_while_it_stops() -> None:
    service = opened()

    async def steps(app):
        before = await ask(app, "/v1/models")
        service.stopping.set()
        return before, await ask(app, "/v1/models")

    before, after = run(steps, service)
    assert "connection" not in before.headers
    assert (after.status, after.headers["connection"]) == (200, "close")
