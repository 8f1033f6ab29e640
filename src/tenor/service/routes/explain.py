"""POST /v1/explain: how the prediction for a text came about, word by word."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from tenor.config.attribution import MethodName
from tenor.explain.explanation import explain
from tenor.service import logs
from tenor.service.errors import json_response
from tenor.service.registry import Served
from tenor.service.schemas import (
    ModelName,
    PredictionJson,
    Probability,
    Strict,
    Text,
    Version,
    example,
    problems,
)
from tenor.service.service import Service

Places = Annotated[list[int], Field(description="numbers of words, from 1, at which the text was read")]


class ExplainRequest(Strict):
    """A text, and what is asked about it."""

    model_config = example({"text": "slow at first, but what an ending"})

    text: Text
    model: ModelName = None
    version: Version = None
    method: Annotated[
        MethodName | None, Field(description="of attribution; without it the default one of the model")
    ] = None
    label: Annotated[
        str | None, Field(description="the class that words speak for or against; without it the predicted")
    ] = None


class Span(BaseModel):
    """A part of the text, in characters (code points)."""

    text: str
    start: int
    end: int


class Word(Span):
    """A word as the model reads it."""

    unknown: Annotated[bool, Field(description="whether the vocabulary does not hold it")]


class CurveJson(BaseModel):
    """Probabilities at some places of the text."""

    places: Places
    probabilities: Annotated[list[list[Probability]], Field(description="of each class at each place")]


class TurnJson(BaseModel):
    """A lasting change of the probability, put down to words."""

    first: int
    last: int
    text: str
    before: Probability
    after: Probability
    step: Annotated[float, Field(description="what these words changed alone")]
    labels: Annotated[list[str] | None, Field(description="label before and after, where it changed")]


class TrajectoryJson(BaseModel):
    """What the model says of the text after each of its words, had the text ended there."""

    text: str
    label: str
    probability: Probability
    probabilities: dict[str, Probability]
    classes: list[str]
    exact: Annotated[bool, Field(description="read once, from word to word; else anew up to each place")]
    how: str
    remarks: list[str]
    words: list[Word]
    start: Annotated[list[Probability], Field(description="of no words")]
    forward: CurveJson
    backward: Annotated[
        CurveJson | None, Field(description="of the rest of the text from each place on, if read both ways")
    ]
    turns: list[TurnJson]


class Token(Span):
    """What a token adds to the prediction."""

    score: float


class AttributionJson(BaseModel):
    """What each token adds to the log-odds of a class."""

    text: str
    method: MethodName
    label: str
    unit: Literal["log-odds", "share"]
    log_odds: float
    baseline: float | None
    error: float | None
    relative_error: float | None
    steps: int | None
    remark: str
    tokens: list[Token]


class ExplainResponse(BaseModel):
    """Prediction, trajectory and attribution, as `tenor explain --json` gives them."""

    model: str
    version: str
    prediction: PredictionJson
    trajectory: TrajectoryJson
    attribution: AttributionJson
    note: Annotated[str | None, Field(description="why the method is not the default one of the model")]


def router(service: Service) -> APIRouter:
    """Return the paths."""
    paths = APIRouter(tags=["explain"])

    @paths.post("/v1/explain", response_model=ExplainResponse, responses=problems(400, 401, 404, 422))
    async def explain_text(request: ExplainRequest) -> Response:
        """Say what the model thinks after each word, and what each word adds to its prediction.

        This takes many readings of the text. Explanations wait for each other, and few may wait.
        """
        served = service.registry.get(request.model, request.version)
        service.checked([request.text])
        logs.note(model=served.name, version=served.version, texts=1)
        return await service.background.run(partial(_explained, served, request))

    return paths


def _explained(served: Served, request: ExplainRequest) -> Response:
    """Compute and write it, which in a long text takes its time as well."""
    found = explain(served.predictor, request.text, request.method, request.label)
    return json_response(
        {
            "model": served.name,
            "version": served.version,
            "prediction": found.prediction.to_json(),
            "trajectory": found.trajectory.to_json(),
            "attribution": found.attribution.to_json(),
            "note": found.note,
        }
    )
