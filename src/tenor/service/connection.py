"""`Connection`: a WebSocket with JSON both ways, until the client, the clock or the service ends it."""

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic_core import from_json
from starlette.websockets import WebSocket, WebSocketDisconnect

from tenor.service.errors import ServiceError, as_json

# Code of an error that ends a connection -> the code it is closed with (RFC 6455, 7.4; from 4000 on our own).
CLOSING: Mapping[str, int] = {
    "stopping": 1001,
    "internal": 1011,
    "overloaded": 1013,
    "cannot_stream": 4400,
    "unauthorized": 4401,
    "unknown_model": 4404,
    "unknown_version": 4404,
    "idle": 4408,
}


class Ended(Exception):  # noqa: N818 - mostly no fault
    """The connection cannot go on, for a reason that the client is told."""

    def __init__(self, error: ServiceError) -> None:
        super().__init__(error.message)
        self.error = error


class Connection:
    """An accepted WebSocket."""

    def __init__(self, socket: WebSocket, stopping: asyncio.Event) -> None:
        self._socket = socket
        self._stopping = asyncio.ensure_future(stopping.wait())

    async def read(self, seconds: float) -> object:
        """Return the next message, which is to come within so many seconds.

        Raises:
            Ended: nothing came, or the service stops.
            ServiceError: 400, it is not JSON.
            WebSocketDisconnect: the client has gone.
        """
        receiving = asyncio.ensure_future(self._socket.receive())
        try:
            await asyncio.wait(
                {receiving, self._stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            if not receiving.done():
                receiving.cancel()
        if self._stopping.done():
            raise Ended(ServiceError(503, "stopping", "the service is stopping; connect again"))
        if receiving.cancelled() or not receiving.done():
            raise Ended(
                ServiceError(408, "idle", f"nothing came for {seconds:g} seconds; connect again to go on")
            )
        return _value(receiving.result())

    async def say(self, value: object) -> None:
        """Send a message."""
        await self._socket.send_text(as_json(value))

    async def end(self, error: ServiceError) -> None:
        """Say why, and close."""
        await self.say(error.to_json())
        await self._socket.close(CLOSING.get(error.code, CLOSING["internal"]), error.code)

    def release(self) -> None:
        """Wait for nothing any more."""
        self._stopping.cancel()


def _value(message: Mapping[str, Any]) -> object:
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text = message.get("text")
    if text is None:
        raise ServiceError(400, "invalid_json", "the message is binary; send JSON as text")
    try:
        return from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ServiceError(
            400, "invalid_json", f"the message is not JSON ({error}); send an object"
        ) from None
