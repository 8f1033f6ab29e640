"""`Predictor`: texts in, labels and probabilities out, in order; batch = one by one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.network import whole_texts_only
from tenor.errors import ConfigError
from tenor.evaluation.abstention import Abstention
from tenor.evaluation.temperature import softmax
from tenor.folder import find
from tenor.inference.abstaining import most_unknown, rule
from tenor.inference.engine import Engine, StepEngine
from tenor.inference.ensemble import NGRAMS_READ_WHOLE_TEXTS, EnsembleEngine, EnsembleSteps, combined
from tenor.inference.network import NetworkEngine
from tenor.inference.onnx import WHOLE_TEXTS_ONLY, OnnxEngine
from tenor.inference.onnx import load as load_onnx
from tenor.inference.onnx_file import SUFFIX, companion
from tenor.inference.steps import Steps
from tenor.inference.stream import Stream, Streams
from tenor.inference.table import TableEngine
from tenor.model import Model
from tenor.text.tokens import Tokens

# encoder -> what computes its models; all others run their network in torch
ENGINES: dict[str, Callable[[Model], Engine]] = {"mingru": TableEngine}

# Texts that are held at once; what a caller streams through stays in constant memory.
_CHUNK = 4096
# So many texts prove nothing by their length or an unknown word.
FEW = 3


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one text."""

    label: str
    probabilities: dict[str, float]  # of each class, in the order of the model's classes
    unknown_share: float  # of its tokens that the vocabulary does not hold
    abstained: bool = False  # whether it is held back as too unsure, or its text as unfamiliar; `label` stays

    @property
    def probability(self) -> float:
        """Of the predicted label."""
        return self.probabilities[self.label]

    def to_json(self) -> dict[str, object]:
        """Return the fields and the probability of the label as JSON-ready values."""
        return {
            "label": self.label,
            "probability": self.probability,
            "probabilities": self.probabilities,
            "unknown_share": self.unknown_share,
            "abstained": self.abstained,
        }


class Predictor:
    """What `tenor.load` returns."""

    def __init__(
        self,
        model: Model,
        engine: Engine,
        abstention: Abstention | None = None,
        most_unknown: float | None = None,
    ) -> None:
        self.model = model
        self.abstention = abstention  # when predictions are held back as too unsure; None: never
        self.most_unknown = most_unknown  # share of unknown words above which they are, too; None: any
        self._engine = engine

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, in the order of the columns of `predict_proba`."""
        return self.model.classes

    @property
    def abstains(self) -> bool:
        """Whether any prediction may be held back."""
        return self.abstention is not None or self.most_unknown is not None

    @cached_property
    def networks(self) -> tuple[NetworkEngine, ...]:
        """The networks in torch, for whoever needs gradients; those of minGRU are built when first asked for.

        Raises `MissingExtraError` without torch.
        """
        engines = self._engine.networks if isinstance(self._engine, EnsembleEngine) else (self._engine,)
        ready = tuple(one for one in engines if isinstance(one, NetworkEngine))
        return ready or tuple(map(NetworkEngine.of, self.model.members))

    def predict(self, texts: Iterable[str]) -> list[str]:
        """Return the likeliest label of each text."""
        return [self.classes[i] for chunk in self._chunks(texts) for i in chunk[1].argmax(1)]

    def predict_proba(self, texts: Iterable[str]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C)."""
        chunks = [probabilities for _, probabilities in self._chunks(texts)]
        return np.concatenate(chunks) if chunks else np.empty((0, len(self.classes)))

    def predictions(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """Yield one prediction a text; reads ahead by some thousand texts, holds no more."""
        for tokens, probabilities in self._chunks(texts):
            unknown = self.model.pipeline.unknown_share(tokens)
            for row, share in zip(probabilities.tolist(), unknown.tolist(), strict=True):
                yield self.judged(row, share)

    def judged(self, probabilities: Sequence[float], unknown_share: float) -> Prediction:
        """Return the prediction that probabilities (C,) make."""
        place = max(range(len(probabilities)), key=probabilities.__getitem__)
        unsure = self.abstention is not None and self.abstention.holds_back(place, probabilities[place])
        unfamiliar = self.most_unknown is not None and unknown_share > self.most_unknown
        shares = dict(zip(self.classes, probabilities, strict=True))
        return Prediction(self.classes[place], shares, unknown_share, unsure or unfamiliar)

    def probabilities(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C) of texts that are ids already."""
        return self.of_logits(self.logits(tokens))

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of texts that are ids already, as the network gives them."""
        return self._engine.logits(tokens)

    def of_logits(self, logits: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return probabilities (N, C) of logits (N, C): the one way from what an engine says."""
        return softmax(logits, self.model.temperature)

    @property
    def reads_on(self) -> str | None:
        """None if the model reads one way and can go on from a state; else one sentence why it cannot."""
        if isinstance(self._engine, OnnxEngine):
            return WHOLE_TEXTS_ONLY
        if self.model.ngrams is not None:
            return NGRAMS_READ_WHOLE_TEXTS
        return whole_texts_only(self.model.config.network)

    @cached_property
    def steps(self) -> Steps | EnsembleSteps:
        """The model token by token; `ConfigError` if it cannot be, which `reads_on` tells before."""
        if (reason := self.reads_on) is not None:
            raise ConfigError(reason)
        if isinstance(self._engine, EnsembleEngine):
            return EnsembleSteps([_steps(network) for network in self._engine.networks])
        return _steps(self._engine)

    def running(self, tokens: Tokens) -> npt.NDArray[np.float64]:
        """Return probabilities after each token of some texts, (N, C), as if the text ended there.

        Raises:
            ConfigError: the model does not read one way; the sentence is that of `reads_on`.
        """
        return self.of_logits(self.steps.running(tokens))

    def stream(self, state: bytes | None = None) -> Stream:
        """Return a text that is read as it comes, from its beginning or from where `Stream.state` was taken.

        Raises:
            ConfigError: the model needs whole texts; it says which do not.
            ModelError: the state is damaged, or of another model.
        """
        return Stream(self, state)

    def streams(self) -> Streams:
        """Return room for any number of texts that are read as they come, side by side.

        Raises:
            ConfigError: the model needs whole texts; it says which do not.
        """
        return Streams(self)

    def vectors(self, texts: Iterable[str]) -> npt.NDArray[np.float32]:
        """Return one vector a text, (N, H'): what the encoder made of it, pooled, before the head."""
        chunks = [self._engine.vectors(tokens) for tokens in self._encoded(texts)]
        return np.concatenate(chunks) if chunks else self._engine.vectors(Tokens.of([]))

    def labelled_vectors(self, texts: Iterable[str]) -> tuple[npt.NDArray[np.float32], list[str]]:
        """Return what `vectors` and `predict` return, having read each text once."""
        vectors, probabilities, _ = self.vectors_with_probabilities(texts)
        return vectors, [self.classes[place] for place in probabilities.argmax(1)]

    def vectors_with_probabilities(
        self, texts: Iterable[str]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return vectors (N, H'), probabilities (N, C), shares of unknown words (N,), each text read once."""
        chunks = []
        for tokens in self._encoded(texts):
            vectors, logits = self._engine.vectors_with_logits(tokens)
            chunks.append((vectors, self.of_logits(logits), self.model.pipeline.unknown_share(tokens)))
        if not chunks:
            return self.vectors([]), np.empty((0, len(self.classes))), np.empty(0)
        vectors, probabilities, unknown = map(np.concatenate, zip(*chunks, strict=True))
        return vectors, probabilities, unknown

    def warning(self, texts: Iterable[str]) -> str | None:
        """Return one sentence if the texts look unlike the training data, else None."""
        familiarity = self.model.familiarity
        return None if familiarity is None else familiarity.warning(self.model.pipeline.encode(texts))

    def doubts(self, texts: Sequence[str], unread: int) -> str | None:
        """Return one sentence why to read the predictions of some texts with care, else None.

        Many texts are compared with the training data; few prove nothing by their length or an unknown word,
        so of them it is said whether there are some, `unread`, of which no word is known.
        """
        if len(texts) > FEW:
            return self.warning(texts)
        if not unread:
            return None
        return f"the model knows no word of {'this text' if len(texts) == 1 else f'{unread} of these texts'}"

    def _chunks(self, texts: Iterable[str]) -> Iterator[tuple[Tokens, npt.NDArray[np.float64]]]:
        for tokens in self._encoded(texts):
            yield tokens, self.probabilities(tokens)

    def _encoded(self, texts: Iterable[str]) -> Iterator[Tokens]:
        if isinstance(texts, str):
            raise TypeError("one text was given where several are expected; put it in a list: [text]")
        remaining = iter(texts)
        while chunk := list(islice(remaining, _CHUNK)):
            yield self.model.pipeline.encode(chunk)


def _steps(engine: Engine) -> Steps:
    assert isinstance(engine, StepEngine), "its network reads on"  # noqa: S101
    return Steps(engine)


def load(
    path: str | Path,
    *,
    abstain_below: float | None = None,
    target_accuracy: float | None = None,
    per_class: bool = False,
    abstain_unfamiliar: bool = False,
    mapped: bool = True,
) -> Predictor:
    """Load a model or run folder for prediction; its hashes are checked, none of its content is executed.

    Args:
        path: a model folder, a run folder with one in it, or an ONNX file of `tenor export`.
        abstain_below: predictions of a lower probability are marked as abstained.
        target_accuracy: the same, with the lowest threshold at which the rest is right in such a share of the
            validation texts that the model holds (see `evaluation.abstention.reaching`).
        per_class: a threshold for each predicted class, so that each reaches the target by itself.
        mapped: read tensors where they lie, which shares them with other processes; False: copy them, so that
            nothing that happens to the files matters any more.
        abstain_unfamiliar: predictions of texts are marked as abstained, however sure, that have a larger
            share of unknown words than 99 of 100 validation texts (see `inference.abstaining.most_unknown`).

    Raises:
        ModelError: no such folder or file, a damaged one, or one of a newer format.
        MissingExtraError: the model is computed by a library that is not installed.
        ConfigError: a share outside 0 to 1, both shares at once, a target that no threshold reaches, or one
            for a model without validation data; unfamiliar texts for a model that does not know which.
    """
    model, engine = _opened(Path(path), mapped=mapped)
    abstention = rule(model, abstain_below, target_accuracy, per_class=per_class)
    unknown = most_unknown(model) if abstain_unfamiliar else None
    return Predictor(model, engine, abstention, unknown)


def size_of_model(path: Path) -> int:
    """Return the bytes of a model's files: those of its folder, or an exported one with its companion.

    Raises:
        ModelError: no such folder.
    """
    files = [path, companion(path)] if path.suffix.lower() == SUFFIX else find(path).iterdir()
    return sum(file.stat().st_size for file in files)


def _opened(path: Path, *, mapped: bool) -> tuple[Model, Engine]:
    if path.suffix.lower() == SUFFIX:
        file, engine = load_onnx(path)
        return file.model, engine
    model = Model.load(path, mapped=mapped)
    return model, combined(model, ENGINES.get(model.config.network.encoder, NetworkEngine.of))
