"""`make_app`: the service as an ASGI application."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI

from tenor import __version__
from tenor.service import errors
from tenor.service.limits import Limits
from tenor.service.routes import metrics, models, page, predict
from tenor.service.schemas import Problem
from tenor.service.service import Service

# Group of paths -> what makes its router.
ROUTES: dict[str, Callable[[Service], APIRouter]] = {
    "predict": predict.router,
    "models": models.router,
    "metrics": metrics.router,
}


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

    app = FastAPI(
        title="Tenor",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,  # FastAPI's loads scripts from elsewhere
        redoc_url=None,
        responses={"default": {"model": Problem}},
    )
    errors.install(app)
    app.add_middleware(Limits, service=service)
    for router in ROUTES.values():
        app.include_router(router(service))
    page.mount(app)
    return app
