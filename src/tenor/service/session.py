"""`Session`: one text after the other over one connection, each with the prediction so far."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, JsonValue, ValidationError

from tenor.errors import ConfigError, TenorError
from tenor.service.connection import Ended
from tenor.service.errors import ServiceError, as_json, as_service_error
from tenor.service.registry import Served
from tenor.service.schemas import Strict, Text
from tenor.service.streaming import SharedStreams

Choose = Callable[[], tuple[Served, SharedStreams]]


def _finite(value: JsonValue) -> JsonValue:
    """Return a value that can be given back; of numbers like 1e400 none is left."""
    as_json(value)
    return value


class Piece(Strict):
    """What comes next in a text."""

    id: Annotated[JsonValue, AfterValidator(_finite), Field(description="given back with the answer")] = None
    text: Text
    restart: Annotated[bool, Field(description="begin a new text with this piece")] = False


class Session:
    """Answers pieces; stays with the version it began with until it is to begin a new text."""

    def __init__(self, choose: Choose, checked: Callable[[list[str]], object]) -> None:
        self._choose = choose
        self._checked = checked
        self._key = object()
        self._served, self._streams = self._chosen()

    async def answer(self, message: object) -> dict[str, Any]:
        """Return the answer to a message: a prediction, or what was wrong with it.

        Raises:
            Ended: the model is not there any more, or cannot stream.
        """
        try:
            piece = _piece(message)
            self._checked([piece.text])
        except TenorError as error:
            return {"id": _id(message), **as_service_error(error).to_json()}
        if piece.restart:
            self._begin()
        found = await self._streams.feed(self._key, piece.text, anew=piece.restart)
        return {
            "id": piece.id,
            "version": self._served.version,
            "prediction": found.prediction.to_json(),
            "tokens": found.tokens,
        }

    def close(self) -> None:
        """Forget the text."""
        self._streams.close(self._key)

    def _begin(self) -> None:
        served, streams = self._chosen()
        if streams is not self._streams:
            self.close()
            self._served, self._streams = served, streams

    def _chosen(self) -> tuple[Served, SharedStreams]:
        try:
            return self._choose()
        except ServiceError as error:
            raise Ended(error) from None
        except ConfigError as error:
            raise Ended(ServiceError(400, "cannot_stream", str(error))) from None


def _id(message: object) -> object:
    """Return the id of a message that is no piece, as far as it can be given back."""
    found = message.get("id") if isinstance(message, dict) else None
    return found if isinstance(found, str | int | None) else None


def _piece(message: object) -> Piece:
    try:
        return Piece.model_validate(message)
    except ValidationError as error:
        found = [{**one, "loc": ("message", *one["loc"])} for one in error.errors()]
        raise as_service_error(RequestValidationError(found)) from None
