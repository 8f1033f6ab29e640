"""`TextClassifier`: a classification experiment behind the face of a scikit-learn classifier."""

from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tenor.config.classification import ClassificationConfig
from tenor.config.dotted import nested
from tenor.config.load import Values, merge, parse, read, to_values
from tenor.config.names import name_of, named
from tenor.config.parameters import SETTINGS, plain
from tenor.data.arrays import Labels, make_dataset, read_labels, read_texts
from tenor.data.example import Dataset
from tenor.errors import ConfigError, MissingExtraError, ModelError, OutputError
from tenor.experiments.choosing import choose
from tenor.experiments.settling import adopted
from tenor.folder import find
from tenor.inference.ensemble import network_engine
from tenor.inference.predictor import Predictor

try:
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils import Tags
    from sklearn.utils.class_weight import compute_class_weight
    from sklearn.utils.validation import check_is_fitted, check_random_state
except ModuleNotFoundError:
    raise MissingExtraError("scikit-learn", "train") from None

_SOURCE = "memory"  # what a model folder says of where its texts came from


class TextClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A recurrent text classifier for scikit-learn: texts in, labels out.

    A parameter left at None is as `config` has it, and what `config` leaves out is as `ClassificationConfig`
    has it. `SETTINGS` names the setting behind each parameter. Where a setting may be without a limit
    (`vocabulary_size`, `max_length`, `patience`), `math.inf` says so.

    Args:
        model: name of the form [bi]encoder[-pooling], such as "bilstm-mean-max", "lstm" or "bigru-mean".
        config: the base: a recipe or YAML file, nested values such as {"training": {"decay": "none"}}, or a
            `ClassificationConfig`. Of its data section only the validation split counts.
        quality: "fast", "balanced" or "best": the base is a recipe chosen by the texts given to `fit`, as
            `tenor train` does it; then neither `model` nor `config` nor `start` may be given.
        tokenizer, vocabulary_size, min_count, max_length, truncation, vectors: how texts become ids.
        embedding_size, embedding_dropout, hidden_size, layers, dropout, output_dropout: the network.
        ensemble: networks of consecutive seeds whose logits are averaged, trained one after the other.
        ngrams: add a linear model of n-grams, whose weight in the sum the held-out texts choose.
        start: run or model folder of a language model or classifier that training starts from; tokenizer,
            vocabulary and encoder are its own, and parameters that contradict them are refused.
        epochs, batch_size, learning_rate, weight_decay: the training.
        validation_fraction: share of the texts that `fit` holds out, stratified, to choose the best epoch and
            to stop early; 0 for none. A share with fewer texts than there are classes is not held out; then
            all epochs are run and the last one counts.
        patience: epochs without a better validation figure before stopping.
        class_weight: "balanced", or label -> weight in the loss, 1 for labels left out.
        random_state: seed of split, weights, order and dropout; None: the seeds of `config`, so that fits
            repeat unless a RandomState is given. Equal seeds give equal models on one machine's CPU.
        device: where to train and predict.
        precision: here "auto" is float32, since the choice by the clock could differ from fit to fit.
        threads: CPU threads; give 1 where scikit-learn runs several fits at once (n_jobs).
        verbose: print one line an epoch.

    Attributes:
        classes_: the distinct labels (C,), sorted.
        model_: the trained `Model`, with the whole configuration as `model_.config`.
        history_: one dict of figures an epoch.
        n_iter_: epochs run.
        best_epoch_: the one, from 1, whose weights were kept.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        config: str | Path | Mapping[str, Any] | ClassificationConfig | None = None,
        quality: str | None = None,
        tokenizer: str | None = None,
        vocabulary_size: float | None = None,
        min_count: int | None = None,
        max_length: float | None = None,
        truncation: str | None = None,
        vectors: str | Path | None = None,
        embedding_size: int | None = None,
        embedding_dropout: float | None = None,
        hidden_size: int | None = None,
        layers: int | None = None,
        dropout: float | None = None,
        output_dropout: float | None = None,
        ensemble: int | None = None,
        ngrams: bool | None = None,
        start: str | Path | None = None,
        epochs: int | None = None,
        batch_size: int | None = None,
        learning_rate: float | None = None,
        weight_decay: float | None = None,
        validation_fraction: float | None = None,
        patience: float | None = None,
        class_weight: str | Mapping[Any, float] | None = None,
        random_state: int | np.random.RandomState | None = None,
        device: str | None = None,
        precision: str | None = None,
        threads: int | None = None,
        verbose: bool = False,
    ) -> None:
        self.model = model
        self.config = config
        self.quality = quality
        self.tokenizer = tokenizer
        self.vocabulary_size = vocabulary_size
        self.min_count = min_count
        self.max_length = max_length
        self.truncation = truncation
        self.vectors = vectors
        self.embedding_size = embedding_size
        self.embedding_dropout = embedding_dropout
        self.hidden_size = hidden_size
        self.layers = layers
        self.dropout = dropout
        self.output_dropout = output_dropout
        self.ensemble = ensemble
        self.ngrams = ngrams
        self.start = start
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.class_weight = class_weight
        self.random_state = random_state
        self.device = device
        self.precision = precision
        self.threads = threads
        self.verbose = verbose

    def fit(self, X: object, y: object) -> Self:  # noqa: N803 - scikit-learn's name
        """Train on texts X (N,) and their labels y (N,).

        Raises:
            ValueError: texts that are not strings, labels that are no classes, a parameter out of range.
            MissingExtraError: torch is not installed.
        """
        try:
            from tenor.experiments import classification, watching
        except ModuleNotFoundError as error:
            if error.name != "torch":
                raise
            raise MissingExtraError("torch", "train") from None
        texts = read_texts(X)
        classes, codes = read_labels(y, len(texts))
        config = self._configuration(classes, codes, _base(self.config))
        dataset = make_dataset(texts, classes, codes, config.data)
        if self.quality is not None:
            config = self._configuration(classes, codes, self._chosen(dataset))
        fitted = classification.fit(dataset, config, watcher=watching.EpochLines() if self.verbose else None)
        self.classes_: Labels = classes
        self.model_ = fitted.model
        self.history_ = [dict(row) for row in fitted.history.rows]
        self.best_epoch_ = fitted.history.best_epoch
        self.n_iter_ = len(self.history_)
        self._predictor: Predictor | None = fitted.predictor
        return self

    def predict(self, X: object) -> Labels:  # noqa: N803
        """Return the likeliest label of each text, (N,)."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return np.asarray(self.classes_[likeliest])

    def predict_proba(self, X: object) -> npt.NDArray[np.float64]:  # noqa: N803
        """Return the probability of each class, (N, C), in the order of `classes_`."""
        check_is_fitted(self)
        if self._predictor is None:
            self._predictor = Predictor(self.model_, network_engine(self.model_))
        return self._predictor.predict_proba(read_texts(X))

    def save(self, path: str | Path) -> None:
        """Write a model folder for `tenor.load`, which knows labels by their names; replaces an older one.

        Raises:
            OutputError: something else is at `path`.
        """
        check_is_fitted(self)
        folder = Path(path)
        if not _may_write(folder):
            raise OutputError(f"{folder} exists and is no model folder, so it is kept; name another place")
        self.model_.save(folder)

    def _chosen(self, dataset: Dataset) -> Values:
        """Return the recipe that is chosen by the texts."""
        others = {"model": self.model, "config": self.config, "start": self.start}
        if given := [name for name, value in others.items() if value is not None]:
            raise ConfigError(f"quality chooses what is trained, and {given[0]} says it; give one of them")
        return to_values(choose(dataset, str(self.quality)).config)

    def _configuration(
        self, classes: Labels, codes: npt.NDArray[np.int64], base: Values
    ) -> ClassificationConfig:
        """Lay the parameters that are given over the base."""
        given = {key: getattr(self, name) for name, keys in SETTINGS.items() for key in keys}
        values = merge(
            base,
            nested({key: plain(value) for key, value in given.items() if value is not None}),
            _seeds(self.random_state),
            _class_weights(self.class_weight, classes, codes),
            nested({"data.source": _SOURCE}),
        )
        if self.model is not None:
            if not isinstance(self.model, str):
                raise ConfigError(
                    f"model is {self.model!r}; give a name such as {name_of(parse(values).network)!r}"
                )
            values = named(values, str(self.model))
        config = parse(adopted(values))
        if config.training.precision == "auto":
            # The self-check behind "auto" goes by the clock; equal fits must give equal models.
            config = replace(config, training=replace(config.training, precision="float32"))
        return config

    def __getstate__(self) -> dict[str, Any]:
        # The network is left out: the model has all its tensors, and the next prediction builds it again.
        state: dict[str, Any] = {**super().__getstate__()}
        if "_predictor" in state:
            state["_predictor"] = None
        return state

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        return tags


def _base(config: object) -> Values:
    match config:
        case None:
            return {}
        case ClassificationConfig():
            return to_values(config)
        case Mapping():
            return merge(config)
        case str() | Path():
            return read(str(config))
    raise ConfigError(
        f"config is of type {type(config).__name__}; give a recipe, nested values or a ClassificationConfig"
    )


def _seeds(random_state: object) -> Values:
    if random_state is None:
        return {}
    if isinstance(random_state, Integral):
        seed = int(random_state)
    else:
        seed = int(check_random_state(random_state).randint(2**31 - 1))
    return {"training": {"seed": seed}, "data": {"split_seed": seed}}


def _class_weights(given: object, classes: Labels, codes: npt.NDArray[np.int64]) -> Values:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        given = compute_class_weight(dict(given), classes=classes, y=classes[codes]).tolist()
    return nested({"training.class_weights": given})


def _may_write(folder: Path) -> bool:
    """Whether nothing but an older model is lost by writing a model to `folder`."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return True
    try:
        return find(folder) == folder
    except ModelError:
        return False
