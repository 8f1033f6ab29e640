"""The page at /: the files of service/static."""

from pathlib import Path

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

STATIC = Path(__file__).parent.parent / "static"

# Nothing but the page's own files; no inline script or style, and no text ever becomes markup.
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",  # asked for again after an upgrade, and mostly unchanged
}


class PageFiles(StaticFiles):
    """The files with the headers that say what the page may do."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; there is no WebSocket here."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await super().__call__(scope, receive, guarded)


def mount(app: FastAPI) -> None:
    """Give the files wherever no other path is."""
    app.mount("/", PageFiles(directory=STATIC, html=True), name="page")
