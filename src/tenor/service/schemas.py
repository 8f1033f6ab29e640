"""What several paths take and give, as pydantic models: validation, and the OpenAPI document."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)

Text = Annotated[str, Field(description="a text to judge")]
ModelName = Annotated[str | None, Field(description="name of a model; without it the default one")]
Version = Annotated[str | None, Field(description="version of the model; without it the newest")]
Probability = Annotated[float, Field(ge=0, le=1)]


class Problem(BaseModel):
    """What an error says, whatever its status."""

    error: str
    code: str


class PredictionJson(BaseModel):
    """What a model says of one text."""

    label: str
    probability: Probability
    probabilities: dict[str, Probability]
    unknown_share: Probability
    abstained: bool


class PredictRequest(BaseModel):
    """One text, or several."""

    model_config = STRICT

    text: Text | None = None
    texts: Annotated[list[str] | None, Field(description="texts to judge")] = None
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
