"""GET /metrics: for Prometheus."""

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from tenor.service.service import Service


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["metrics"])

    @paths.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Give all measurements in Prometheus' text format."""
        return Response(service.metrics.text(), headers={"content-type": CONTENT_TYPE_LATEST})

    return paths
