"""`curve`: one network, and TF-IDF beside it, on growing parts of the training rows; what that foretells.

Each seed draws rows and a chain of nested parts of its own. All are judged on the same validation texts, by
which networks also choose their epoch; the test split is never read. The folder:

curve.yaml    settings and sizes
cells/NAME/   what came of a training
curve.json    the whole result; curve.png, report.html
"""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from tenor.compare.cells import BASELINE, Cell, cells_of, jobs_of
from tenor.compare.comparison_folder import CELLS, LOGS
from tenor.compare.point import Point
from tenor.compare.pool import Task, run
from tenor.compare.running import Silent, Watcher
from tenor.compare.work import POINT, point_fingerprint
from tenor.config.augmentation import AugmentConfig
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.curve import CurveConfig
from tenor.config.load import to_values
from tenor.config.names import name_of
from tenor.config.subset import SubsetConfig
from tenor.data.augment.augmentation import augmented
from tenor.data.example import Dataset
from tenor.data.load import load
from tenor.data.subset import subset
from tenor.errors import ConfigError, DataError, Interrupted, OutputError, TrainingError
from tenor.evaluation.outlook import Outlook
from tenor.experiments.machine import environment
from tenor.files import atomic_file
from tenor.report import curve_page

SETTINGS, RESULT = "curve.yaml", "curve.json"
_BESIDE = "tfidf"
_SIZES = 6  # each half of the next
_FEWEST_EACH = 10  # rows of each class, on average, at the smallest of these


@dataclass(frozen=True)
class Curve:
    """A model at growing sizes."""

    name: str
    kind: str
    sizes: tuple[int, ...]
    points: tuple[tuple[Point, ...], ...]  # at each size, one a training
    outlook: Outlook

    def to_json(self) -> dict[str, object]:
        """Return the curve as JSON-ready values."""
        return {
            "name": self.name,
            "kind": self.kind,
            "sizes": list(self.sizes),
            "each": [[float(one.reads.mean()) for one in points] for points in self.points],
            "seconds": [float(np.mean([one.seconds for one in points])) for points in self.points],
            "outlook": self.outlook.to_json(),
        }


@dataclass(frozen=True)
class Curves:
    """A finished learning curve: the network first, then what stands beside it."""

    curves: tuple[Curve, ...]
    values: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON-ready values."""
        return {**self.values, "curves": [one.to_json() for one in self.curves]}


def curve(
    base: ClassificationConfig,
    config: CurveConfig,
    out: Path,
    *,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Curves:
    """Train the network of `base` with growing parts of its data, and say whether more would help.

    Trainings that are finished are kept: `resume` goes on with what is in `out`, where sizes and seeds may
    have grown; `force` replaces it. A training that fails is reported and the rest goes on.

    Raises:
        ConfigError, DataError: before anything is trained; sizes that the data does not have.
        OutputError: `out` holds something else.
        TrainingError: not one training of the network succeeded.
        Interrupted: by Ctrl-C; what is finished stays.
    """
    if base.data.subset.rows is not None:
        raise ConfigError("a learning curve draws its own parts of the rows; leave out data.subset.rows")
    _check_folder(out, resume=resume, force=force)
    whole = load(replace(base.data, augment=AugmentConfig()))
    if not whole.split("validation"):
        raise DataError(
            f"{whole.name} has no validation split to judge by; give a share (--validation 0.1) or a file"
        )
    sizes = _sizes(whole, config)
    terms = ComparisonConfig(
        models=(name_of(base.network),), baselines=(_BESIDE,), seeds=config.seeds, jobs=config.jobs
    )
    cells = list(_cells(base, terms, sizes, len(whole.split("train"))))
    found = {cell.name: point_fingerprint(cell, _part(whole, cell)) for cell in cells}
    tasks = {cell.name: Task(POINT, cell, out / CELLS / cell.name) for cell in cells}

    def point(cell: Cell) -> Point | None:
        return Point.load(tasks[cell.name].folder, found[cell.name])

    _write_settings(out, base, config, sizes, resume=resume)
    waiting = [tasks[cell.name] for cell in cells if point(cell) is None]
    watcher = watcher or Silent()
    watcher.start(cells=len(cells), finished=len(cells) - len(waiting))
    failures: dict[str, str] = {}

    def finish(task: Task, failure: str | None) -> None:
        if failure is not None:
            failures[task.cell.name] = failure
        watcher.finish(task.cell, POINT, None, failure)

    try:
        run(waiting, jobs_of(base, terms), out / LOGS, watcher.share, finish)
    except KeyboardInterrupt:
        done = sum(point(cell) is not None for cell in cells)
        raise Interrupted(
            f"interrupted; {done} of {len(cells)} trainings are finished and kept, "
            "go on with the same command and --resume"
        ) from None
    points = {cell.name: one for cell in cells if (one := point(cell)) is not None}
    if not any(cell.kind != BASELINE and cell.name in points for cell in cells):
        raise TrainingError(f"no training succeeded; the first one failed: {next(iter(failures.values()))}")
    made = Curves(
        tuple(_curves(cells, points, base)),
        {
            "data": {
                "source": base.data.source,
                "classes": list(whole.classes),
                "rows": {name: len(whole.split(name)) for name in ("train", "validation")},
            },
            "sizes": list(sizes),
            "seeds": list(range(base.training.seed, base.training.seed + config.seeds)),
            "failures": failures,
            "settings": to_values(base),
            "environment": environment(),
        },
    )
    _save(made, out)
    shutil.rmtree(out / LOGS, ignore_errors=True)
    return made


def _sizes(dataset: Dataset, config: CurveConfig) -> tuple[int, ...]:
    rows = len(dataset.split("train"))
    if config.sizes:
        return tuple(sorted(set(config.sizes)))
    least = min(_FEWEST_EACH * len(dataset.classes), rows)
    return tuple(sorted({size for step in range(_SIZES) if (size := rows >> step) >= least}))


def _cells(
    base: ClassificationConfig, terms: ComparisonConfig, sizes: Sequence[int], whole: int
) -> Iterator[Cell]:
    """Yield the cells seed by seed, so that all sizes have one training before any has two.

    With n of N rows there are sqrt(N / n) times the epochs: as many as for all rows are few steps, and the
    curve would be one of steps, not of rows.
    """
    beside, *networks = cells_of(base, terms)
    for network in networks:
        for rows in sizes:
            part = SubsetConfig(rows, network.seed)
            for one in (network, replace(beside, seed=network.seed)):
                data = replace(one.config.data, subset=part)
                epochs = ceil(one.config.training.epochs * sqrt(whole / rows))
                training = replace(one.config.training, epochs=epochs)
                yield replace(one, config=replace(one.config, data=data, training=training))


def _part(whole: Dataset, cell: Cell) -> Dataset:
    """Return what `load` makes of the cell's data."""
    return augmented(subset(whole, cell.config.data.subset), cell.config.data.augment)


def _curves(
    cells: Sequence[Cell], points: Mapping[str, Point], base: ClassificationConfig
) -> Iterator[Curve]:
    for kind, name in ((None, name_of(base.network)), (BASELINE, _BESIDE)):
        of_sizes: dict[int, list[Point]] = {}
        for cell in cells:
            if (cell.kind == BASELINE) == (kind == BASELINE) and cell.name in points:
                of_sizes.setdefault(cell.config.data.subset.rows or 0, []).append(points[cell.name])
        sizes = tuple(sorted(of_sizes))
        if sizes:
            right = [np.stack([one.reads for one in of_sizes[size]]) for size in sizes]
            outlook = Outlook.of(sizes, right, resamples=base.evaluation.resamples, seed=base.evaluation.seed)
            yield Curve(
                name, kind or "network", sizes, tuple(tuple(of_sizes[size]) for size in sizes), outlook
            )


def _check_folder(out: Path, *, resume: bool, force: bool) -> None:
    there = out.exists() and (not out.is_dir() or any(out.iterdir()))
    ours = (out / SETTINGS).is_file()
    if resume and not ours:
        raise OutputError(f"{out} holds no learning curve to go on with; start one without --resume")
    if there and not resume and not force:
        raise OutputError(
            f"{out} exists already; go on with its learning curve (--resume), replace it (--force), or name "
            "another folder"
        )
    if there and force and not ours:
        raise OutputError(
            f"{out} holds no learning curve, so --force will not replace it; name another folder"
        )


def _write_settings(
    out: Path, base: ClassificationConfig, config: CurveConfig, sizes: Sequence[int], *, resume: bool
) -> None:
    """Write what is trained; what lies there of other settings is told by its fingerprints."""
    import yaml

    if not resume and out.exists():
        shutil.rmtree(out)
    chosen = {**asdict(config), "sizes": list(sizes)}
    _write(
        out / SETTINGS,
        yaml.safe_dump({**to_values(base), "curve": chosen}, sort_keys=False, allow_unicode=True),
    )


def _save(made: Curves, out: Path) -> None:
    values = made.to_json()
    _write(out / RESULT, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))
    curve_page.write_picture(values, out)
    _write(out / curve_page.PAGE, curve_page.curve_page(values))


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(text, "utf-8")
