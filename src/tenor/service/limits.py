"""`Limits`: what a request may be, who may send it, how long it takes; and what is logged and counted of it.

The outermost layer. A body is read here, whole and bounded, so that from then on the connection can be
watched: a client that goes away ends the work for it, wherever that is waiting.
"""

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from tenor.service import logs
from tenor.service.access import Rate, asks_a_model, given_key, only_here, own_name, same_key, wrong_key
from tenor.service.errors import ServiceError, overloaded, respond, unexpected
from tenor.service.service import Service

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"  # no text can become markup
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_LEFT = 499  # in logs and metrics: the client went away before there was an answer
_COME_AGAIN = 1.0
_SHOWN = 80  # characters of a name that is not ours


@dataclass
class _Answer:
    """The way back: remembers what was said, and adds what every answer has."""

    sending: Send
    service: Service
    status: int = _LEFT
    begun: bool = False
    complete: bool = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = True, message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if not self.service.ready:
                headers["connection"] = "close"
        elif message["type"] == "http.response.body":
            self.complete = not message.get("more_body", False)
        await self.sending(message)


class Limits:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service
        self._config = service.config
        rate = self._config.rate
        self._rate = None if rate is None else Rate(rate, self._config.rate_burst)
        self._under_way = 0
        self._held = 0  # bytes of the bodies of these
        # A page from elsewhere can have its own name stand for 127.0.0.1, and browsers then take it for one
        # of ours (DNS rebinding). The name still comes in the header Host.
        guarded = service.key is not None or self._config.proxies is not None
        self._own_names_only = only_here(self._config.host) and not guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a request or a WebSocket."""
        if scope["type"] == "http":
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, method = perf_counter(), scope["method"]
        if method == "HEAD":  # a GET, of whose answer the server sends the head only
            scope = {**scope, "method": "GET"}
        answer = _Answer(send, self._service)
        self._under_way += 1
        with logs.noting() as noted:
            try:
                await self._within_limits(scope, receive, answer)
            except ServiceError as error:
                logs.note(code=error.code)
                await respond(error)(scope, receive, answer.send)
            except Exception as error:
                logs.unexpected(error)
                if answer.begun:
                    raise
                await respond(unexpected())(scope, receive, answer.send)
            finally:
                self._under_way -= 1
                self._say(scope, method, answer.status, perf_counter() - started, noted)

    async def _within_limits(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        self._may(scope)
        body: bytes | None = None
        leaving: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(self._config.request_seconds) as limit:
                body = await self._body(scope, receive) if asks_a_model(scope["path"]) else b""
                leaving = asyncio.create_task(_leave(receive, answer, limit))
                await self._app(scope, _replay(body), answer.send)
        except TimeoutError:
            if not limit.expired():  # one of ours
                raise
            if answer.begun or (leaving is not None and leaving.done()):
                return
            raise self._too_slow(arrived=body is not None) from None
        except _GoneError:
            return
        finally:
            if leaving is not None:
                leaving.cancel()
            if body is not None:
                self._held -= len(body)

    def _may(self, scope: Scope) -> None:
        """Raise `ServiceError` for a client that asks too often or without the key, and when all is full."""
        if not asks_a_model(scope["path"]):
            return
        if self._rate is not None and scope["client"] is not None:
            self._rate.take(scope["client"][0])
        headers = Headers(scope=scope)
        if self._own_names_only and not own_name(host := headers.get("host", "")):
            raise ServiceError(
                403,
                "wrong_host",
                f"the service listens to this machine, and {host[:_SHOWN]!r} is no name of it; ask "
                "localhost, give the service a key, or name the proxy in front of it (proxies)",
            )
        if scope["type"] == "websocket":  # a browser sends its key as the first message
            return
        key, given = self._service.key, given_key(headers)
        if key is not None and not same_key(key, given):
            raise wrong_key(given)
        if self._under_way > (most := self._config.requests):
            message = f"{most:,} requests are under way, and there may be no more; come again"
            raise overloaded(message, _COME_AGAIN)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        most = self._config.body_bytes
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said[:20]) > most:
            raise _too_large(most)
        body = bytearray()
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError
                piece = message.get("body", b"")
                body += piece
                self._held += len(piece)
                if len(body) > most:
                    raise _too_large(most)
                room = self._config.requests_bytes
                if self._held > max(room, len(body)):  # one alone may always come
                    raise overloaded(
                        f"the requests under way have {room:,} bytes together, and there is no more room; "
                        "come again",
                        _COME_AGAIN,
                    )
                if not message.get("more_body", False):
                    return bytes(body)
        except BaseException:
            self._held -= len(body)
            raise

    def _too_slow(self, *, arrived: bool) -> ServiceError:
        seconds = f"{self._config.request_seconds:g} seconds"
        if not arrived:
            return ServiceError(
                408, "request_timeout", f"the request had not arrived after {seconds}; send it faster"
            )
        return ServiceError(
            504,
            "timeout",
            f"there was no answer within {seconds}; send fewer or shorter texts, or come again later",
        )

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._may(scope)
            if not _same_origin(Headers(scope=scope)):
                raise ServiceError(
                    403,
                    "wrong_origin",
                    "the WebSocket was opened by a page from elsewhere; open it from this one",
                )
        except ServiceError as error:
            self._service.metrics.rejected.labels(error.code).inc()
            await WebSocket(scope, receive, send).send_denial_response(respond(error))
            return
        await self._app(scope, receive, send)

    def _say(self, scope: Scope, method: str, status: int, seconds: float, noted: dict[str, Any]) -> None:
        path = getattr(scope.get("route"), "path", "other")
        method = method if method in _METHODS else "other"
        self._service.metrics.request(path, method, status, seconds, noted.get("code"))
        client = scope["client"][0] if scope["client"] else None
        logs.event(
            "request",
            method=method,
            path=path,
            status=status,
            ms=round(1e3 * seconds, 2),
            client=client,
            **noted,
        )


class _GoneError(Exception):
    """The client went away while its request was read."""


async def _leave(receive: Receive, answer: _Answer, limit: asyncio.Timeout) -> None:
    """End the time of a request when its client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if not (answer.complete or limit.expired()):
        limit.reschedule(0)  # the past


def _replay(body: bytes) -> Receive:
    """Return what gives a body that was read already, and nothing after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    return receive


def _too_large(most: int) -> ServiceError:
    return ServiceError(
        413, "body_too_large", f"the body has more than {most:,} bytes; send the texts in parts"
    )


def _same_origin(headers: Headers) -> bool:
    """Return whether a WebSocket was opened by no page, or by one of ours; browsers open it for any page."""
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2].lower() == headers.get("host", "").lower()
