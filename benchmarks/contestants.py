"""What is trained on labelled texts and asked for the classes of others: recipes, baselines, fastText."""

import argparse
import json
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import measure
import numpy as np
import numpy.typing as npt
import record
from language_model import FOLDERS
from peers.environments import FASTTEXT
from peers.fasttext_process import NGRAMS
from pieces import Clock, Ending

from tenor.baselines.baseline import BASELINES
from tenor.config.classification import ClassificationConfig
from tenor.config.load import Values, assignments, merge, parse, read, to_values
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.experiments.settling import adopted, settled
from tenor.pretrained_model import PretrainedModel

Lots = Mapping[str, Sequence[Example]]  # what is judged, by name
Classes = dict[str, list[int]]  # of each lot the class index of every text

_TINY = "tiny=short training.epochs=1 network.encoder=bag network.embedding_size=4"
LANGUAGE_MODEL = record.RUNS / FOLDERS["imdb"]
# Values in the settings of a recipe: the file of texts without labels, and that language model.
_UNLABELLED, _LANGUAGE_MODEL = json.dumps("UNLABELLED"), json.dumps("LANGUAGE_MODEL")


class Contestant(Protocol):
    """Trained on the training split; its validation split, if there is one, may choose."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    @property
    def decides(self) -> object:
        """What its predictions depend on beside data and seed, as JSON-ready values."""
        ...

    @property
    def random(self) -> bool:
        """Whether another seed makes another model."""
        ...

    def classes(self, dataset: Dataset, lots: Lots, seed: int, clock: Clock) -> Classes:
        """Train, and predict every lot. Raises `pieces.Enough` when the time is used up."""
        ...


@dataclass(frozen=True)
class Recipe:
    """A network of Tenor, by its settings.

    It is written "[NAME=]BASE [KEY=VALUE ...]", where BASE is a recipe or a YAML file. What it says of data
    is left out. `UNLABELLED` as a value stands for `unlabelled`, the file of texts without labels, and
    `LANGUAGE_MODEL` for the folder of the language model of IMDb.
    """

    name: str
    settings: Values
    unlabelled: Path | None = None
    random: bool = True

    @classmethod
    def of(cls, text: str) -> "Recipe":
        """Read a recipe as it is written."""
        first, *settings = shlex.split(text)
        name, _, base = first.rpartition("=")
        values = merge(read(base), assignments(settings))
        kept = {key: value for key, value in values.items() if key not in {"data", "description"}}
        return cls(name or " ".join([Path(base).stem, *settings]), kept)

    @property
    def wants_unlabelled(self) -> bool:
        """Whether it is trained on texts without labels, too."""
        return _UNLABELLED in json.dumps(self.settings)

    @property
    def decides(self) -> object:
        """Its settings, the texts without labels, and what it starts from."""
        texts = source = None
        if self.wants_unlabelled and self.unlabelled is not None:
            texts = _known(self.unlabelled)
        if _LANGUAGE_MODEL in json.dumps(self.settings):
            source = PretrainedModel.load(LANGUAGE_MODEL).digest
        told = {"settings": self.settings, "unlabelled": texts}
        return told if source is None else {**told, "source": source}

    def config(self, source: str, seed: int) -> ClassificationConfig:
        """Return the whole configuration of a training."""
        values = json.dumps(self.settings).replace(_UNLABELLED, json.dumps(str(self.unlabelled)))
        values = values.replace(_LANGUAGE_MODEL, json.dumps(str(LANGUAGE_MODEL)))
        given = {"data": {"source": source}, "training": {"seed": seed}}
        return parse(adopted(merge(json.loads(values), given)))

    def classes(self, dataset: Dataset, lots: Lots, seed: int, clock: Clock) -> Classes:
        """Train, going on with what an earlier call left, and predict."""
        from tenor.experiments.classification import fit
        from tenor.experiments.run import RunFolder

        config = self.config(dataset.name, seed)
        told = [to_values(config), fingerprint(dataset.split("train"))]
        place = record.RUNS / "trainings" / fingerprint([Example(json.dumps(told))])[:16]
        folder = RunFolder.open(place, config, resume=(place / "config.yaml").is_file(), force=False)
        predictor = fit(dataset, config, folder=folder, watcher=Ending(clock)).predictor
        shutil.rmtree(place)
        return _said(predictor, lots)


@dataclass(frozen=True)
class Taught:
    """A recipe that is trained a second time, on what it said of texts without labels beside the labels.

    So is self-training with probabilities in place of labels (Yarowsky 1995; Hinton et al. 2015), and what
    `tenor train`, then `tenor distil` do.
    """

    name: str
    recipe: Recipe
    unlabelled: Path | None = None
    random: bool = True

    @property
    def wants_unlabelled(self) -> bool:
        """It does."""
        return True

    @property
    def decides(self) -> object:
        """The settings of the recipe, and the texts without labels."""
        texts = None if self.unlabelled is None else _known(self.unlabelled)
        return {"taught": self.recipe.decides, "unlabelled": texts}

    def classes(self, dataset: Dataset, lots: Lots, seed: int, clock: Clock) -> Classes:
        """Train the teacher, then the student, and predict with the student."""
        from tenor.experiments.classification import fit

        config = self.recipe.config(dataset.name, seed)
        teacher = fit(dataset, config, watcher=Ending(clock))
        with tempfile.TemporaryDirectory() as folder:
            teacher.model.save(Path(folder) / "teacher")
            given = {
                "distillation": {"teacher": str(Path(folder) / "teacher")},
                "unlabelled": {"sources": [str(self.unlabelled)]},
            }
            taught = settled(parse(merge(to_values(config), given)))
            predictor = fit(dataset, taught, watcher=Ending(clock)).predictor
        return _said(predictor, lots)


@dataclass(frozen=True)
class Baseline:
    """A linear model of n-grams; where there is a validation split, it chooses the penalty."""

    name: str
    random: bool = False

    @property
    def decides(self) -> object:
        """Its name."""
        return self.name

    def classes(self, dataset: Dataset, lots: Lots, seed: int, clock: Clock) -> Classes:
        """Train and predict; the seed is not used."""
        validation = _parted(dataset.split("validation")) if dataset.split("validation") else None
        made = BASELINES[self.name](*_parted(dataset.split("train")), dataset.classes, validation=validation)
        return _said(made, lots)


@dataclass(frozen=True)
class FastText:
    """fastText in an environment of its own, with the settings of `peers.fasttext_process`."""

    name: str
    python: str
    random: bool = True

    @property
    def decides(self) -> object:
        """Its name."""
        return self.name

    def classes(self, dataset: Dataset, lots: Lots, seed: int, clock: Clock) -> Classes:
        """Train and predict in another process; the seed is that of the order of the texts."""
        with tempfile.TemporaryDirectory() as name:
            files = {"train": dataset.split("train"), "judged": [one for lot in lots.values() for one in lot]}
            for stem, examples in files.items():
                _write(Path(name) / f"{stem}.parquet", examples, dataset.classes)
            ended = measure.process([
                *(self.python, "-m", "peers.fasttext_process", self.name),
                *(str(Path(name) / f"{stem}.parquet") for stem in files),
                *("--seed", str(seed), "--predictions"),
            ])  # fmt: skip
        predicted = iter(ended.json["predictions"])
        return {name: [int(next(predicted)) for _ in lot] for name, lot in lots.items()}


def add_recipes(parser: argparse.ArgumentParser) -> None:
    """Add the option --recipe."""
    parser.add_argument(
        "--recipe",
        action="append",
        metavar="RECIPE",
        help='"[NAME=]RECIPE|FILE [KEY=VALUE ...]"; again for more',
    )


def recipes(options: argparse.Namespace, default: Iterable[str]) -> list[Recipe]:
    """Return the recipes of the options: those given, or a tiny one with --quick, or the default ones."""
    return [Recipe.of(text) for text in options.recipe or ([_TINY] if options.quick else default)]


def baselines() -> list[Contestant]:
    """Return the linear models."""
    return [Baseline("tfidf"), Baseline("nbsvm")]


def fasttext(*, quick: bool) -> list[Contestant]:
    """Return fastText with and without pairs of words; nothing, with a reason printed, where it is not."""
    python = FASTTEXT.python(install=not quick)
    return [] if python is None else [FastText(name, python) for name in NGRAMS]


class _Model(Protocol):
    def predict_proba(self, texts: Sequence[str]) -> npt.NDArray[np.floating[Any]]: ...


def _said(model: _Model, lots: Lots) -> Classes:
    return {
        name: model.predict_proba([one.text for one in lot]).argmax(1).tolist() for name, lot in lots.items()
    }


def _known(texts: Path) -> str:
    """Return what a file of texts without labels is known by, wherever it lies."""
    lines = texts.read_text("utf-8").splitlines()
    return fingerprint(Example(str(json.loads(line)["text"])) for line in lines)


def _parted(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    return [one.text for one in examples], [str(one.label) for one in examples]


def _write(file: Path, examples: Sequence[Example], classes: tuple[str, ...]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    labels = [classes.index(str(one.label)) for one in examples]
    pq.write_table(pa.table({"text": [one.text for one in examples], "label": labels}), file)
