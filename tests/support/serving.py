"""A service of models that count words, which can be made to wait, and a client that speaks ASGI to it."""

import asyncio
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

from explained import Counting, counting

from tenor.config.service import ServiceConfig
from tenor.errors import ModelError
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import Found

PATIENCE = 60  # seconds, after which a test has failed; none waits so long otherwise


class Gated:
    """An engine that counts words once its gate is open; remembers the sizes of its batches."""

    def __init__(self, **weights: float) -> None:
        self._counting = Counting(**(weights or {"a": 1.0, "b": -1.0}))
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)

    def logits(self, tokens):
        self.batches.append(len(tokens))
        self.entered.release()
        assert self.gate.wait(PATIENCE)
        return self._counting.logits(tokens)

    async def is_entered(self) -> None:
        """Wait until one more batch has come."""
        assert await asyncio.to_thread(self.entered.acquire, timeout=PATIENCE)


class Lying:
    """A source whose versions are what a test says: names of models, by version."""

    def __init__(self, name: str = "toy", **versions: str) -> None:
        self.name = name
        self.path = Path(name)
        self.found: dict[str, Found] | Found = {}
        self.put(**(versions or {"v1": "plain"}))

    def put(self, **versions: str) -> None:
        self.found = {version[1:]: Found(Path(model), model) for version, model in versions.items()}

    def versions(self):
        return self.found


def opened(engine=None, sources=None, key=None, engines=None, **config) -> Service:
    """Return a service of `Lying` sources; `engines` by the names of models, others are damaged."""
    known = engines or {"plain": engine or Gated()}

    def load(path: Path):
        if path.name not in known:
            raise ModelError(f"{path} is damaged")
        return counting(known[path.name])

    return Service.open(sources or [Lying()], ServiceConfig(**{"threads": 1, **config}), key=key, load=load)


@dataclass
class Answer:
    status: int | None = None  # None: nothing was said
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def json(self):
        return json.loads(self.body)


async def ask(
    app,
    path="/v1/predict",
    body=None,
    *,
    method=None,
    headers=None,
    client="10.0.0.1",
    chunks=None,
    left=None,
) -> Answer:
    """Send a request: `body` as JSON or bytes, or `chunks` without a length; the client goes at `left`."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    given = {"content-type": "application/json", **(headers or {})}
    if chunks is None:
        given = {"content-length": str(len(content)), **given}
    waiting = list(chunks or [content])
    answer = Answer()

    async def receive():
        if waiting:
            chunk = waiting.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}
        await (left or asyncio.Event()).wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")

    route, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": method or ("GET" if content == b"" and chunks is None else "POST"), "scheme": "http",
        "path": route, "raw_path": route.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "client": (client, 1), "server": ("test", 80), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return answer


def run(scenario, service: Service):
    """Run `scenario(app)` and close the service."""

    async def whole():
        return await asyncio.wait_for(scenario(make_app(service)), PATIENCE)

    try:
        return asyncio.run(whole())
    finally:
        service.close()


def answer_to(service: Service, *arguments, **options) -> Answer:
    """Send one request."""
    return run(lambda app: ask(app, *arguments, **options), service)
