"""/v2: the Open Inference Protocol, version 2, over HTTP, with tensors in JSON (`tenor.service.tensors`)."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from tenor import __version__
from tenor.inference.predictor import Prediction
from tenor.service import logs
from tenor.service.errors import ServiceError, as_service_error, json_response
from tenor.service.registry import Served
from tenor.service.schemas import problems
from tenor.service.service import Service
from tenor.service.tensors import (
    INPUT,
    InferenceRequest,
    InferenceResponse,
    Live,
    ModelMetadata,
    ModelReady,
    OutputName,
    Ready,
    ServerMetadata,
    refused,
)

# What an output is made of: datatype, its shape after the number of texts, data.
_Made = tuple[str, list[int], list[Any]]
OUTPUTS: Mapping[OutputName, Callable[[Served, Sequence[Prediction]], _Made]] = {
    "label": lambda _, found: ("BYTES", [], [one.label for one in found]),
    "probabilities": lambda served, found: (
        "FP64",
        [len(served.predictor.classes)],
        [value for one in found for value in one.probabilities.values()],
    ),
}


class _Refusing(APIRoute):
    """A path on which an invalid request gets 400, as the protocol has it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the path, with another status for this one error."""
        handle = super().get_route_handler()

        async def handle_or_refuse(request: Request) -> Response:
            try:
                return await handle(request)
            except (RequestValidationError, ServiceError) as error:
                said = as_service_error(error)
                raise (refused(said.message) if said.status == 422 else said) from error

        return handle_or_refuse


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["Open Inference Protocol v2"], route_class=_Refusing)

    @paths.get("/v2/", include_in_schema=False)
    @paths.get("/v2", response_model=ServerMetadata, responses=problems(401))
    async def server() -> Response:
        """Say what this server is."""
        return json_response({"name": "tenor", "version": __version__, "extensions": []})

    @paths.get("/v2/health/live", response_model=Live)
    async def live() -> Response:
        """Say that the process answers."""
        return json_response({"live": True})

    @paths.get("/v2/health/ready", response_model=Ready)
    async def ready() -> Response:
        """Say whether requests are taken: 503 while the service stops."""
        _refuse_while_stopping(service)
        return json_response({"live": True, "ready": True})

    async def newest(model_name: str) -> Served:
        return service.registry.get(model_name)

    async def named(model_name: str, model_version: str) -> Served:
        return service.registry.get(model_name, model_version)

    _add(paths, "/v2/models/{model_name}", newest, service)
    _add(paths, "/v2/models/{model_name}/versions/{model_version}", named, service)
    return paths


def _add(paths: APIRouter, path: str, choose: Callable[..., Awaitable[Served]], service: Service) -> None:
    """Add the paths of a model."""

    @paths.get(path, response_model=ModelMetadata, responses=problems(401, 404))
    async def metadata(served: Annotated[Served, Depends(choose)]) -> Response:
        """Say what a model takes and gives."""
        return json_response(_described(served, service.registry.versions(served.name)))

    @paths.get(f"{path}/ready", response_model=ModelReady, responses=problems(401, 404))
    async def model_ready(served: Annotated[Served, Depends(choose)]) -> Response:
        """Say whether a model takes requests."""
        _refuse_while_stopping(service)
        return json_response({"name": served.name, "ready": True})

    @paths.post(f"{path}/infer", response_model=InferenceResponse, responses=problems(400, 401, 404))
    async def infer(request: InferenceRequest, served: Annotated[Served, Depends(choose)]) -> Response:
        """Judge texts."""
        texts = service.checked(request.inputs[0].texts())
        logs.note(model=served.name, version=served.version, texts=len(texts))
        return json_response(_answer(request, served, await served.batcher.predictions(texts)))


def _described(served: Served, versions: list[str]) -> dict[str, object]:
    classes = list(served.predictor.classes)
    return {
        "name": served.name,
        "versions": versions,
        "platform": "tenor_" + ("onnx" if served.found.path.suffix == ".onnx" else "safetensors"),
        "inputs": [{"name": INPUT, "datatype": "BYTES", "shape": [-1]}],
        "outputs": [
            {"name": "label", "datatype": "BYTES", "shape": [-1]},
            {
                "name": "probabilities",
                "datatype": "FP64",
                "shape": [-1, len(classes)],
                "parameters": {"classes": classes},
            },
        ],
    }


def _answer(
    request: InferenceRequest, served: Served, predictions: Sequence[Prediction]
) -> dict[str, object]:
    wanted: Sequence[OutputName] = [one.name for one in request.outputs or ()] or list(OUTPUTS)
    outputs = []
    for name in dict.fromkeys(wanted):
        datatype, shape, data = OUTPUTS[name](served, predictions)
        outputs.append(
            {"name": name, "shape": [len(predictions), *shape], "datatype": datatype, "data": data}
        )
    return {
        "model_name": served.name,
        "model_version": served.version,
        **({} if request.id is None else {"id": request.id}),
        "outputs": outputs,
    }


def _refuse_while_stopping(service: Service) -> None:
    if not service.ready:
        raise ServiceError(503, "stopping", "the service is stopping; ask another one", {"Retry-After": "1"})
