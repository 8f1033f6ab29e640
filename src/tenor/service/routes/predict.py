"""POST /v1/predict: labels and probabilities of one or many texts."""

from dataclasses import replace
from functools import partial

from fastapi import APIRouter
from starlette.responses import Response

from tenor.inference.predictor import FEW, Prediction
from tenor.service import logs
from tenor.service.errors import json_response
from tenor.service.schemas import PredictRequest, PredictResponse
from tenor.service.service import Service


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["predict"])

    @paths.post("/v1/predict", response_model=PredictResponse)
    async def predict(request: PredictRequest) -> Response:
        """Judge texts; the predictions come in their order."""
        served = service.registry.get(request.model, request.version)
        texts = service.checked(request.all_texts)
        logs.note(model=served.name, version=served.version, texts=len(texts))
        predictions = await served.batcher.predictions(texts)
        unread = sum(one.unknown_share == 1 for one in predictions)
        doubts = partial(served.predictor.doubts, texts, unread)
        warning = doubts() if len(texts) <= FEW else await service.executor.run(doubts)
        if request.abstain_below is not None:
            predictions = _held_back(predictions, request.abstain_below)
        return json_response(
            {
                "model": served.name,
                "version": served.version,
                "predictions": [one.to_json() for one in predictions],
                "warning": warning,
            }
        )

    return paths


def _held_back(predictions: list[Prediction], least: float) -> list[Prediction]:
    return [replace(one, abstained=one.probability < least) for one in predictions]
