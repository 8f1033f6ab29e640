"""WebSocket /v1/stream: the prediction of a text, while it is written.

The client sends `{"id": any, "text": "what comes next"}`, and `"restart": true` with it to begin anew. Each
message is answered in order: `{"id", "version", "prediction", "tokens"}`, or `{"id", "error", "code"}`.
What ends the connection is said in a last message, and its code is the reason it is closed with.
"""

from contextlib import suppress
from time import perf_counter
from weakref import WeakKeyDictionary

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from tenor.service import logs
from tenor.service.access import given_key, same_key, wrong_key
from tenor.service.connection import Connection, Ended
from tenor.service.errors import ServiceError, overloaded, unexpected
from tenor.service.registry import Served
from tenor.service.service import Service
from tenor.service.session import Session
from tenor.service.streaming import SharedStreams

PATH = "/v1/stream"
_KEY_SECONDS = 10.0  # in which a key must come
_COME_AGAIN = 5.0


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["stream"])
    streams: WeakKeyDictionary[Served, SharedStreams] = WeakKeyDictionary()
    connections: set[Connection] = set()

    def chosen(model: str | None, version: str | None) -> tuple[Served, SharedStreams]:
        served = service.registry.get(model, version)
        if served not in streams:
            streams[served] = SharedStreams(served.predictor, service.executor)
        return served, streams[served]

    @paths.websocket(PATH)
    async def stream(socket: WebSocket, model: str | None = None, version: str | None = None) -> None:
        await socket.accept()
        connection = Connection(socket, service.stopping)
        connections.add(connection)
        service.metrics.streams.inc()
        began, ended = perf_counter(), "gone"
        try:
            if len(connections) > service.config.streams:
                raise Ended(
                    overloaded(
                        f"{service.config.streams} streams are open already, which is all there is room for; "
                        "come again",
                        _COME_AGAIN,
                    )
                )
            await _authorize(connection, service, given_key(socket.headers))
            await _talk(connection, service, Session(lambda: chosen(model, version), service.checked))
        except Ended as end:
            ended = end.error.code
            await _end(connection, end.error)
        except WebSocketDisconnect:
            pass
        except Exception as error:
            ended = "internal"
            logs.unexpected(error, path=PATH)
            await _end(connection, unexpected())
        finally:
            connection.release()
            connections.discard(connection)
            service.metrics.streams.dec()
            client = socket.client.host if socket.client else None
            logs.event("stream", seconds=round(perf_counter() - began, 3), ended=ended, client=client)

    return paths


async def _talk(connection: Connection, service: Service, session: Session) -> None:
    try:
        while True:
            try:
                message = await connection.read(service.config.stream_seconds)
            except ServiceError as error:
                await connection.say({"id": None, **error.to_json()})
                continue
            if _key(message) is None:
                await connection.say(await session.answer(message))
    finally:
        session.close()


async def _authorize(connection: Connection, service: Service, given: str | None) -> None:
    """Let in who brings the key: in a header or, as a browser cannot send one, in the first message."""
    if service.key is None:
        return
    if given is None:
        with suppress(ServiceError):
            given = _key(await connection.read(_KEY_SECONDS))
    if not same_key(service.key, given):
        raise Ended(wrong_key(given))


def _key(message: object) -> str | None:
    """Return the key that a message brings, if it is one that does."""
    match message:
        case {"key": str(given), **others} if not others:
            return given
    return None


async def _end(connection: Connection, error: ServiceError) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):  # the client was sooner
        await connection.end(error)
