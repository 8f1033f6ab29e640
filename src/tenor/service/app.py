"""`make_app`: the service as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI

from tenor import __version__
from tenor.service import errors
from tenor.service.limits import Limits
from tenor.service.routes import (
    explain,
    inference_protocol,
    metrics,
    models,
    page,
    predict,
    reference,
    stream,
)
from tenor.service.schemas import ON_EVERY_PATH, Problem, problems
from tenor.service.service import Service

# Group of paths -> what makes its router.
ROUTES: dict[str, Callable[[Service], APIRouter]] = {
    "predict": predict.router,
    "explain": explain.router,
    "stream": stream.router,
    "models": models.router,
    "inference_protocol": inference_protocol.router,
    "metrics": metrics.router,
    "reference": reference.router,
}


# The ways in which a key may come, as the OpenAPI document has them.
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


class _WithKey(FastAPI):
    """The application of a service that asks for a key, and says so in its document."""

    def openapi(self) -> dict[str, Any]:
        """Return the document: paths that can answer 401 want a key."""
        document = super().openapi()
        document["components"]["securitySchemes"] = _KEYS
        for methods in document["paths"].values():
            for operation in methods.values():
                if "401" in operation["responses"]:
                    operation["security"] = [{name: []} for name in _KEYS]
        return document


def make_app(service: Service) -> FastAPI:
    """Return the application; it looks for new versions while it runs, and closes the service at its end."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(service.registry.watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            service.close()

    app = (FastAPI if service.key is None else _WithKey)(
        title="Tenor",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's loads scripts from elsewhere
        redoc_url=None,
        responses={"default": {"model": Problem, "description": "Any error."}, **problems(*ON_EVERY_PATH)},
    )
    errors.install(app)
    app.add_middleware(Limits, service=service)
    for router in ROUTES.values():
        app.include_router(router(service))
    page.mount(app)
    return app
