"""What several paths take and give, as pydantic models: validation, and the OpenAPI document."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, FailFast, Field, model_validator

_SHOWN = 80  # characters of a field that a client made up


class Strict(BaseModel):
    """What a client sends. Validation ends at the first fault of a list, and at the first field too many.

    pydantic would else describe each one: of a million wrong values in two megabytes that takes seconds.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: object) -> object:
        if isinstance(value, dict):
            for name in value:
                if name not in cls.model_fields:
                    known = ", ".join(cls.model_fields)
                    raise ValueError(f"there is no field {str(name)[:_SHOWN]!r}; there are {known}")
        return value


def example(value: dict[str, Any], **schema: Any) -> ConfigDict:
    """Return what adds an example to the OpenAPI document, and what else types do not say."""
    return ConfigDict(json_schema_extra={"examples": [value], **schema})


Text = Annotated[str, Field(description="a text to judge")]
ModelName = Annotated[str | None, Field(description="name of a model; without it the default one")]
Version = Annotated[str | None, Field(description="version of the model; without it the newest")]
Probability = Annotated[float, Field(ge=0, le=1)]


class Problem(BaseModel):
    """What an error says, whatever its status."""

    error: str
    code: str


# What each status of an error means, on any path; and those that every path can have.
PROBLEMS = {
    400: "The body is not JSON, or not what the protocol allows.",
    401: "The service asks for a key, and the right one did not come.",
    403: "The service is for this machine only, and the Host header has a name that is not its own.",
    404: "There is no such model or version.",
    408: "The request took too long to arrive.",
    413: "The body is too large, or the texts are more or longer than is allowed.",
    422: "The body is not what this path takes.",
    429: "The client asks too often; Retry-After says when to come again.",
    503: "Too much is waiting already, or the service stops; Retry-After says when to come again.",
    504: "It took longer than a request may.",
}
ON_EVERY_PATH = (403, 408, 413, 429, 503, 504)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the errors of a path as the OpenAPI document has them."""
    return {status: {"model": Problem, "description": PROBLEMS[status]} for status in statuses}


class PredictionJson(BaseModel):
    """What a model says of one text."""

    label: str
    probability: Probability
    probabilities: dict[str, Probability]
    unknown_share: Probability
    abstained: bool


class PredictRequest(Strict):
    """One text, or several."""

    model_config = example(
        {"texts": ["what a film", "so dull"]},
        oneOf=[
            {"required": ["text"], "properties": {"text": {"type": "string"}}},
            {"required": ["texts"], "properties": {"texts": {"type": "array"}}},
        ],
    )

    text: Text | None = None
    texts: Annotated[list[str] | None, FailFast(), Field(description="texts to judge")] = None
    model: ModelName = None
    version: Version = None
    abstain_below: Annotated[
        float | None,
        Field(ge=0, le=1, description="predictions of a lower probability are marked as abstained"),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise ValueError('give either "text", one text, or "texts", a list of them')
        return self

    @property
    def all_texts(self) -> list[str]:
        """The texts, however many were given."""
        return [self.text] if self.text is not None else self.texts or []


class PredictResponse(BaseModel):
    """Predictions in the order of the texts."""

    model: str
    version: str
    predictions: list[PredictionJson]
    warning: str | None


class ModelJson(BaseModel):
    """A model that is served."""

    name: str
    version: Annotated[str, Field(description="the one that is taken where none is named")]
    versions: list[str]
    classes: list[str]
    encoder: str
    streams: Annotated[
        str | None, Field(description="why it cannot judge a text before its end; null: it can")
    ]


class ModelsResponse(BaseModel):
    """All models that are served."""

    default: str
    models: list[ModelJson]
