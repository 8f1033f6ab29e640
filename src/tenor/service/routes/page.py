"""The page at /: the files of service/static; what it may do is said with all headers in `service.limits`."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent.parent / "static"


class PageFiles(StaticFiles):
    """The files; a WebSocket that leads nowhere is refused."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        await super().__call__(scope, receive, send)


def mount(app: FastAPI) -> None:
    """Give the files wherever no other path is; a mount would also take other methods of those there are."""
    app.router.default = PageFiles(directory=STATIC, html=True)
