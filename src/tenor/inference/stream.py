"""`Stream` and `Streams`: texts that are read as they come, with the prediction of each so far.

After any pieces, however they are cut, the prediction is that of the text so far. What may still turn out
otherwise, such as the beginning of a word or of a tag, is held back; each prediction reads it, on a copy of
the state, as if the text ended there. A text takes the same memory however long it grows.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from tenor.errors import ConfigError, InputError
from tenor.inference.state import put, select
from tenor.inference.stream_state import Saved
from tenor.text.pipeline import TextPipeline
from tenor.text.tokens import Tokens

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction, Predictor

Key = TypeVar("Key", bound=Hashable)

# Characters that are held back at most. Where so many hold no place to cut, the text is cut all the same.
MOST_PENDING = 10_000
_ROOM = 16  # texts that there is room for at first


@dataclass(slots=True)
class _Reading:
    """One text of many: where its state lies, and what is known of it beside."""

    row: int
    pending: str = ""
    tokens: int = 0  # that the state has read
    unknown: int = 0  # of those


class Streams:
    """Texts by key, any hashable value. Those that are fed together are read together.

    Not to be used by several threads at once.
    """

    def __init__(self, predictor: "Predictor") -> None:
        self._predictor = predictor
        self._steps = predictor.steps
        self._pipeline = predictor.model.pipeline
        _refuse(self._pipeline)
        self._state = dict(self._steps.initial(0))
        self._readings: dict[Hashable, _Reading] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._readings)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._readings

    def feed(self, texts: Mapping[Key, str]) -> "dict[Key, Prediction]":
        """Read the next piece of each text; return the predictions of these texts so far.

        A key that is new begins a text.
        """
        for key, text in texts.items():
            if not isinstance(text, str):
                raise TypeError(f"the piece of stream {key!r} is {type(text).__name__}, and no str")
        for key in texts:
            if key not in self._readings:
                self._begin(key)
        readings = [self._readings[key] for key in texts]
        self._read(
            readings, [self._settle(one, text) for one, text in zip(readings, texts.values(), strict=True)]
        )
        return dict(zip(texts, self._judge(readings), strict=True))

    def predictions(self, keys: Sequence[Key]) -> "dict[Key, Prediction]":
        """Return the predictions of these texts so far."""
        return dict(zip(keys, self._judge([self._reading(key) for key in keys]), strict=True))

    def tokens(self, key: Hashable) -> int:
        """Return how many tokens of a text the prediction is of; 0 before the first."""
        reading = self._reading(key)
        return reading.tokens + len(self._pending(reading))

    def state(self, key: Hashable) -> bytes:
        """Return all there is of a text, to go on with later or elsewhere: a safetensors file."""
        reading = self._reading(key)
        arrays = select(self._state, np.array([reading.row]))
        saved = Saved(arrays, reading.pending, reading.tokens, reading.unknown)
        return saved.to_bytes(self._predictor.model.digest)

    def restore(self, key: Hashable, state: bytes) -> None:
        """Go on with a text from where `state` was taken, in the place of what the key stands for.

        Raises:
            ModelError: the state is damaged, or of another model.
        """
        saved = Saved.of_bytes(state, self._predictor.model.digest, self._steps.initial(1))
        if key not in self._readings:
            self._begin(key)
        row = self._readings[key].row
        put(self._state, np.array([row]), saved.arrays)
        self._readings[key] = _Reading(row, saved.pending, saved.tokens, saved.unknown)

    def close(self, key: Hashable) -> None:
        """Forget a text; its room is for another one."""
        self._free.append(self._reading(key).row)
        del self._readings[key]

    def _reading(self, key: Hashable) -> _Reading:
        if key not in self._readings:
            raise InputError(f"there is no stream {key!r}; begin it with feed, or restore it from a state")
        return self._readings[key]

    def _begin(self, key: Hashable) -> None:
        if not self._free:
            used = len(self._readings)
            more = max(used, _ROOM)
            room = self._steps.initial(more)
            self._state = {name: np.concatenate((array, room[name])) for name, array in self._state.items()}
            self._free = list(range(used + more - 1, used - 1, -1))
        row = self._free.pop()
        put(self._state, np.array([row]), self._steps.initial(1))
        self._readings[key] = _Reading(row)

    def _settle(self, reading: _Reading, text: str) -> list[int]:
        """Put more text behind what is pending; return the ids of all that can be read for good."""
        room, ids = self._room(reading), list[int]()
        if room == 0:
            return ids
        text = reading.pending + text
        end = self._cut(text)
        while end:
            ids += self._ids(text[:end])
            text = text[end:]
            end = self._cut(text) if len(text) > MOST_PENDING else 0  # else there is no further place
        reading.pending = text if room is None or len(ids) < room else ""
        return ids[:room]

    def _cut(self, text: str) -> int:
        """Return where the text is cut; 0 where it is held back."""
        return self._pipeline.tokenizer.cut(text) or _forced(text)

    def _pending(self, reading: _Reading) -> list[int]:
        """Return the ids of what is pending, as if the text ended there."""
        return self._ids(reading.pending)[: self._room(reading)] if reading.pending else []

    def _ids(self, text: str) -> list[int]:
        return self._pipeline.vocabulary.ids(self._pipeline.tokenizer.tokenize(text))

    def _room(self, reading: _Reading) -> int | None:
        """Return how many more tokens truncation lets through; None is all."""
        most = self._pipeline.max_length
        return None if most is None else most - reading.tokens

    def _read(self, readings: Sequence[_Reading], ids: Sequence[list[int]]) -> None:
        """Read tokens for good."""
        concerned = [number for number, own in enumerate(ids) if own]
        if not concerned:
            return
        rows = np.array([readings[number].row for number in concerned])
        tokens = Tokens.of([ids[number] for number in concerned])
        put(self._state, rows, self._steps.advance(select(self._state, rows), tokens))
        for number in concerned:
            readings[number].tokens += len(ids[number])
            readings[number].unknown += ids[number].count(self._pipeline.vocabulary.unknown)

    def _judge(self, readings: Sequence[_Reading]) -> "list[Prediction]":
        """Return the predictions of texts that end here."""
        if not readings:
            return []
        unknown = self._pipeline.vocabulary.unknown
        pending = [self._pending(reading) for reading in readings]
        for reading, ids in zip(readings, pending, strict=True):
            if not reading.tokens and not ids:
                ids.append(unknown)  # a text without tokens is one unknown token
        state = select(self._state, np.array([reading.row for reading in readings]))
        if concerned := [number for number, ids in enumerate(pending) if ids]:
            rows = np.array(concerned)
            tokens = Tokens.of([pending[number] for number in concerned])
            put(state, rows, self._steps.advance(select(state, rows), tokens))
        probabilities = self._predictor.of_logits(self._steps.current(state))
        return [
            self._predictor.judged(row, (reading.unknown + ids.count(unknown)) / (reading.tokens + len(ids)))
            for row, reading, ids in zip(probabilities.tolist(), readings, pending, strict=True)
        ]


class Stream:
    """One text that is read as it comes: `feed` it, or go on from a `state`.

    Not to be used by several threads at once.
    """

    def __init__(self, predictor: "Predictor", state: bytes | None = None) -> None:
        self._streams = Streams(predictor)
        if state is None:
            self._streams.feed({None: ""})
        else:
            self._streams.restore(None, state)

    def feed(self, text: str) -> "Prediction":
        """Read the next piece, which may end anywhere; return the prediction of the text so far."""
        return self._streams.feed({None: text})[None]

    @property
    def prediction(self) -> "Prediction":
        """Of the text so far."""
        return self._streams.predictions([None])[None]

    @property
    def tokens(self) -> int:
        """How many tokens the prediction is of; 0 before the first."""
        return self._streams.tokens(None)

    @property
    def state(self) -> bytes:
        """All there is of the text, for `Predictor.stream` to go on with: a safetensors file, of one size."""
        return self._streams.state(None)


def _forced(text: str) -> int:
    """Return where a text is cut that holds no good place: behind white space among its first characters."""
    if len(text) <= MOST_PENDING:
        return 0
    start = text[:MOST_PENDING]
    blank = max(start.rfind(mark) for mark in " \t\n\r")
    return blank + 1 or MOST_PENDING


def _refuse(pipeline: TextPipeline) -> None:
    """Raise `ConfigError` for texts whose tokens are not known before their end."""
    if pipeline.max_length is not None and pipeline.truncation != "head":
        raise ConfigError(
            f"text.truncation is {pipeline.truncation}, so which part of a text is read is known at its end "
            "only; train with text.truncation=head or text.max_length=null"
        )
    pipeline.tokenizer.cut("")
