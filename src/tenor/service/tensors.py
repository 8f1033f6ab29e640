"""The tensors of the Open Inference Protocol, version 2, as JSON: requests, answers, metadata.

The specification is at https://github.com/kserve/open-inference-protocol. A model takes one tensor, `text`,
and gives two, `label` and `probabilities`. No extension of the protocol is offered.
"""

from typing import Annotated, Any, Literal

from annotated_types import Len
from pydantic import BaseModel, FailFast, Field

from tenor.service.errors import ServiceError
from tenor.service.schemas import Strict, example

INPUT = "text"
MOST_OUTPUTS = 8  # that may be asked for, of two that there are
OutputName = Literal["label", "probabilities"]

Size = Annotated[int, Field(ge=0)]
Parameters = Annotated[
    dict[str, Any] | None, Field(description="taken, and not looked at: no extension is offered")
]


class InputTensor(Strict):
    """The texts, as a tensor."""

    name: Literal["text"]
    shape: Annotated[list[Size], Len(1, 2), Field(description="[N] or [N, 1], for N texts")]
    datatype: Literal["BYTES"]
    parameters: Parameters = None
    data: Annotated[
        list[str | Annotated[list[str], Len(1, 1)]],
        FailFast(),
        Field(description="N strings or, of the shape [N, 1], N lists of one string each"),
    ]

    def texts(self) -> list[str]:
        """Return the texts.

        Raises:
            ServiceError: 400, shape and data do not agree.
        """
        if self.shape[1:] not in ([], [1]):
            raise refused(f"the shape of {INPUT} is {self.shape}; of N texts it is [N] or [N, 1]")
        kinds = {type(one) for one in self.data}
        if list in kinds and (len(kinds) > 1 or len(self.shape) == 1):
            raise refused(
                f"the data of {INPUT} are strings or, of the shape [N, 1], lists of one string each"
            )
        if len(self.data) != self.shape[0]:
            raise refused(f"{INPUT} has the shape {self.shape} and {len(self.data)} texts; make them agree")
        return [one if isinstance(one, str) else one[0] for one in self.data]


class RequestedOutput(Strict):
    """A tensor that is asked for."""

    name: OutputName
    parameters: Parameters = None


class InferenceRequest(Strict):
    """Texts, and which tensors are wanted of them."""

    model_config = example(
        {
            "id": "42",
            "inputs": [
                {"name": INPUT, "shape": [2], "datatype": "BYTES", "data": ["what a film", "so dull"]}
            ],
            "outputs": [{"name": "label"}],
        }
    )

    id: Annotated[str | None, Field(description="given back with the answer")] = None
    parameters: Parameters = None
    inputs: Annotated[list[InputTensor], Len(1, 1)]
    outputs: Annotated[
        list[RequestedOutput] | None,
        Len(0, MOST_OUTPUTS),
        FailFast(),
        Field(description="tensors that are wanted; without any, all"),
    ] = None


class OutputTensor(BaseModel):
    """A tensor, its data row after row."""

    name: OutputName
    shape: list[Size]
    datatype: Literal["BYTES", "FP64"]
    data: list[str] | list[float]


class InferenceResponse(BaseModel):
    """What a model says of the texts, as tensors."""

    model_name: str
    model_version: str
    id: Annotated[str | None, Field(description="of the request; left out where it had none")] = None
    outputs: list[OutputTensor]


class TensorMetadata(BaseModel):
    """Name and shape of a tensor; -1 is the number of texts."""

    name: str
    datatype: str
    shape: list[int]
    parameters: Annotated[
        dict[str, Any] | None, Field(description="of probabilities: the classes of its columns")
    ] = None


class ModelMetadata(BaseModel):
    """What a model takes and gives."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class ServerMetadata(BaseModel):
    """Name and version of this server."""

    name: str
    version: str
    extensions: list[str]


class Live(BaseModel):
    """Whether the process answers."""

    live: bool


class Ready(BaseModel):
    """Whether requests are taken."""

    live: bool
    ready: bool


class ModelReady(BaseModel):
    """Whether a model takes requests."""

    name: str
    ready: bool


def refused(message: str) -> ServiceError:
    """Return the error of a request that the protocol, or the model, does not allow."""
    return ServiceError(400, "invalid", message)
