"""GET /v1/models: what is served."""

from fastapi import APIRouter
from starlette.responses import Response

from tenor.service.errors import json_response
from tenor.service.schemas import ModelsResponse
from tenor.service.service import Service


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["models"])

    @paths.get("/v1/models", response_model=ModelsResponse)
    async def models() -> Response:
        """List all models with their versions."""
        registry = service.registry
        return json_response(
            {"default": registry.default, "models": [_described(service, name) for name in registry.names]}
        )

    return paths


def _described(service: Service, name: str) -> dict[str, object]:
    served = service.registry.get(name)
    return {
        "name": name,
        "version": served.version,
        "versions": service.registry.versions(name),
        "classes": list(served.predictor.classes),
        "encoder": served.encoder,
        "streams": served.predictor.reads_on,
    }
