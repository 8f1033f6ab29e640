"""What a worker does: train a cell, fit a baseline, run behaviour tests, measure what a model costs."""

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.baselines.baseline import BASELINES, Baseline
from tenor.compare.cell_result import MODEL, CellBehaviour, CellResult, Costs
from tenor.compare.cells import BASELINE, Cell
from tenor.compare.point import Point
from tenor.compare.watching import Enough, Share, Shares, Stopwatch
from tenor.config.classification import ClassificationConfig
from tenor.config.data import DataConfig
from tenor.config.load import to_values
from tenor.data.example import Dataset
from tenor.data.fingerprint import fingerprint
from tenor.data.load import load
from tenor.errors import DataError
from tenor.evaluation.behaviour.checking import Predict, check_builtin
from tenor.experiments.classification import fit
from tenor.experiments.machine import peak_memory_mib
from tenor.experiments.named_files import files_of
from tenor.experiments.preparing import Prepared, Sections, prepare, sections_of
from tenor.experiments.run import CHECKPOINT, RunFolder, stored_config
from tenor.experiments.scoring import Scored, class_indices
from tenor.experiments.settling import settled
from tenor.training.runtime import applied

_SINGLE_TEXTS = 200  # read one at a time
_MANY_TEXTS = 5_000
_TRAINING_SECONDS = 10.0


class Data:
    """The data of a comparison, read once, and prepared once for each way to read text in turn."""

    def __init__(self, config: DataConfig) -> None:
        self.config = config
        self.dataset = load(config)
        self._read: Sections | None = None
        self._prepared: Prepared | None = None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the texts and labels of all splits."""
        return data_fingerprint(self.dataset)

    def prepared(self, config: ClassificationConfig) -> Prepared:
        """Return the data as this configuration reads text."""
        read = sections_of(config)
        if self._prepared is None or read != self._read:
            self._read, self._prepared = read, prepare(self.dataset, *read)
        return self._prepared


def data_fingerprint(dataset: Dataset) -> str:
    """SHA-256 of the texts and labels of all splits."""
    parts = {name: fingerprint(examples) for name, examples in dataset.splits.items()}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def result_fingerprint(cell: Cell, data: str) -> str:
    """SHA-256 that a stored result must agree with to be taken for this cell on this data."""
    named = files_of(cell.config.text, cell.config.network, cell.config.unlabelled)
    files = "".join(f" {name} {content}" for name, content in named.items())
    return hashlib.sha256(f"{cell.fingerprint} {data}{files}".encode()).hexdigest()


def train_cell(cell: Cell, folder: Path, data: Data, share: Share) -> None:
    """Train a network and keep its model and result; a checkpoint from before is gone on with."""
    config = settled(cell.config)
    resume = (folder / CHECKPOINT).is_file() and to_values(stored_config(folder)) == to_values(config)
    if folder.exists() and not resume:
        shutil.rmtree(folder)
    run = RunFolder.open(folder, config, resume=resume, force=False)
    fitted = fit(
        data.dataset,
        config,
        prepared=data.prepared(config),
        folder=run,
        watcher=Shares(cell, share),
    )
    fitted.model.save(folder / MODEL)
    with applied(fitted.runtime):
        _check(fitted.predictor.predict_proba, cell, folder, data)
    validation = fitted.evaluations.get("validation")
    accuracy = None if validation is None else validation.metrics["accuracy"]
    CellResult(
        fingerprint=result_fingerprint(cell, data.fingerprint),
        seconds=sum(row["seconds"] for row in fitted.history.rows),
        parameters=sum(part.parameters for part in fitted.model.parts),
        size_bytes=sum(file.stat().st_size for file in (folder / MODEL).iterdir()),
        history=fitted.history.rows,
        best_epoch=fitted.history.best_epoch,
        validation_accuracy=None if accuracy is None else accuracy.value,
        test=_test(fitted.scored).astype(np.float32),
    ).save(folder)
    run.forget()


def fit_baseline(cell: Cell, folder: Path, data: Data, share: Share) -> None:
    """Fit a model without a network, and measure what it costs."""
    train, validation, test = (data.dataset.split(name) for name in ("train", "validation", "test"))
    start = time.perf_counter()
    baseline = _baseline(cell, data)
    seconds = time.perf_counter() - start
    share(0.8)
    probabilities = baseline.predict_proba([e.text for e in test])
    hits = None
    if validation:
        predicted = baseline.predict([e.text for e in validation])
        hits = float(np.mean([one == e.label for one, e in zip(predicted, validation, strict=True)]))
    single, throughput = _speed(baseline.predict, [e.text for e in test])
    Costs(*_percentiles(single), throughput, len(train) / seconds, peak_memory_mib()).save(folder)
    _check(baseline.predict_proba, cell, folder, data)
    CellResult(
        fingerprint=result_fingerprint(cell, data.fingerprint),
        seconds=seconds,
        parameters=baseline.parameters,
        size_bytes=baseline.size_bytes,
        history=(),
        best_epoch=0,
        validation_accuracy=hits,
        test=probabilities.astype(np.float32),
    ).save(folder)


def check_cell(cell: Cell, folder: Path, data: Data, share: Share) -> None:
    """Run the behaviour tests on a finished cell that was not asked them; a baseline is fitted again."""
    from tenor.inference.predictor import load as load_predictor

    model = _baseline(cell, data) if cell.kind == BASELINE else load_predictor(folder / MODEL)
    share(0.5)
    _check(model.predict_proba, cell, folder, data)


def measure_costs(cell: Cell, folder: Path, data: Data, share: Share) -> None:
    """Measure a trained network: reading single texts, reading many, training; nothing of it is kept."""
    from tenor.inference.predictor import load as load_predictor

    predictor = load_predictor(folder / MODEL)
    single, throughput = _speed(predictor.predict, [e.text for e in data.dataset.split("test")])
    share(0.5)
    clock = Stopwatch(_TRAINING_SECONDS)
    try:
        config = settled(cell.config)
        config = replace(config, training=replace(config.training, minutes=None))
        fit(data.dataset, config, prepared=data.prepared(config), watcher=clock)
    except Enough:
        pass
    Costs(*_percentiles(single), throughput, clock.texts_per_second, peak_memory_mib()).save(folder)


def train_point(cell: Cell, folder: Path, data: Data, share: Share) -> None:
    """Train a point of a learning curve, and keep which validation texts it reads right.

    It is a network or a baseline. The test split is not read.
    """
    dataset = without_test(data.dataset)
    examples = dataset.split("validation")
    labels = class_indices(examples, dataset.classes)
    start = time.perf_counter()
    if cell.kind == BASELINE:
        probabilities = _baseline(cell, data).predict_proba([e.text for e in examples])
    else:
        probabilities = (
            fit(dataset, cell.config, watcher=Shares(cell, share)).scored["validation"].probabilities
        )
    Point(
        fingerprint=point_fingerprint(cell, data.dataset),
        seconds=time.perf_counter() - start,
        right="".join(map(str, (probabilities.argmax(axis=1) == labels).astype(int).tolist())),
    ).save(folder)


def without_test(dataset: Dataset) -> Dataset:
    """Return the data set as a learning curve or a search may see it."""
    kept = {name: rows for name, rows in dataset.splits.items() if name != "test"}
    return replace(dataset, splits=kept)


def point_fingerprint(cell: Cell, dataset: Dataset) -> str:
    """SHA-256 that a stored point must agree with to be taken for this cell on this data."""
    return result_fingerprint(cell, data_fingerprint(without_test(dataset)))


TRAIN, FIT, CHECK, COSTS, POINT = "train", "baseline", "behaviour", "costs", "point"
TASKS: dict[str, Callable[[Cell, Path, Data, Share], None]] = {
    TRAIN: train_cell,
    FIT: fit_baseline,
    CHECK: check_cell,
    COSTS: measure_costs,
    POINT: train_point,
}


def _baseline(cell: Cell, data: Data) -> Baseline:
    """Fit the model without a network that a cell is; the same each time."""
    train, validation = (data.dataset.split(name) for name in ("train", "validation"))
    return BASELINES[cell.model](
        [e.text for e in train],
        [str(e.label) for e in train],
        data.dataset.classes,
        validation=([e.text for e in validation], [str(e.label) for e in validation]) if validation else None,
        text=cell.config.text,
        threads=cell.config.training.threads,
    )


def _test(scored: dict[str, Scored]) -> npt.NDArray[np.float64]:
    if "test" not in scored:
        raise DataError("there is no test split to compare on; give one (--test FILE, or a share)")
    return scored["test"].probabilities


def _check(predict: Predict, cell: Cell, folder: Path, data: Data) -> None:
    """Run the behaviour tests where the classes are theirs, and keep what came of them."""
    found = check_builtin(predict, data.dataset.classes, examples=0)
    if found is not None:
        CellBehaviour.of(result_fingerprint(cell, data.fingerprint), found).save(folder)


def _speed(predict: Callable[[Sequence[str]], object], texts: Sequence[str]) -> tuple[list[float], float]:
    """Return seconds of single texts, and texts a second of many."""
    predict(texts[:_MANY_TEXTS])  # what is loaded or compiled once is not counted
    single = []
    for text in islice(texts, _SINGLE_TEXTS):
        start = time.perf_counter()
        predict([text])
        single.append(time.perf_counter() - start)
    start = time.perf_counter()
    predict(texts[:_MANY_TEXTS])
    return single, len(texts[:_MANY_TEXTS]) / (time.perf_counter() - start)


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    p50, p99 = np.percentile(seconds, [50, 99])
    return 1000 * float(p50), 1000 * float(p99)
