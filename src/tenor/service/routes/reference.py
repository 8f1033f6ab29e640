"""GET /docs: the OpenAPI document as a page, without anything from elsewhere."""

from fastapi import APIRouter
from starlette.responses import FileResponse

from tenor.service.routes.page import STATIC
from tenor.service.service import Service


def router(_service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter()

    @paths.get("/docs", include_in_schema=False)
    async def reference() -> FileResponse:
        return FileResponse(STATIC / "reference.html")

    return paths
