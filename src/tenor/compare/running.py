"""`compare`: run all cells of a comparison that are not finished yet, and put the results together."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tenor.compare.cell_result import CellResult
from tenor.compare.cell_store import CellStore
from tenor.compare.cells import BASELINE, NETWORK, Cell, cells_of, jobs_of, settled_terms, trials_of
from tenor.compare.comparison import Comparison
from tenor.compare.comparison_folder import LOGS, check_folder, save, write_settings
from tenor.compare.model_figures import Finished
from tenor.compare.pool import Task, run
from tenor.compare.work import TRAIN, Data, data_fingerprint
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.errors import DataError, Interrupted


class Watcher(Protocol):
    """Whoever watches a comparison; called from several threads, one at a time."""

    def start(self, *, cells: int, finished: int) -> None:
        """So many pieces of work, of which so many are done already."""
        ...

    def share(self, cell: Cell, done: float) -> None:
        """A share of a cell's work is done."""
        ...

    def finish(self, cell: Cell, work: str, result: CellResult | None, failure: str | None) -> None:
        """A piece of work, one of `work.TASKS`, is done or has failed."""
        ...


class Silent:
    """Watches nothing."""

    def start(self, *, cells: int, finished: int) -> None:
        """Ignore."""

    def share(self, cell: Cell, done: float) -> None:
        """Ignore."""

    def finish(self, cell: Cell, work: str, result: CellResult | None, failure: str | None) -> None:
        """Ignore."""


def compare(
    base: ClassificationConfig,
    comparison: ComparisonConfig,
    out: Path,
    *,
    resume: bool = False,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Comparison:
    """Train every model with every seed on equal terms, and compare them on the test split, read once a cell.

    Cells that are finished are not run again: `resume` goes on with the comparison in `out`, whose models
    and seeds may have grown; `force` replaces it. A cell that fails is reported and the rest goes on.

    Raises:
        ConfigError, DataError: before anything is trained.
        OutputError: `out` holds something else, or a comparison on other terms.
        Interrupted: by Ctrl-C; what is finished stays.
    """
    comparison = settled_terms(base, comparison)
    cells_of(base, comparison)  # refuses what cannot be compared, before anything is written
    check_folder(out, base, comparison, resume=resume, force=force)
    data = Data(base.data)
    _check_data(data, comparison)
    fingerprint = data_fingerprint(data.dataset)
    write_settings(out, base, comparison, fingerprint, resume=resume)
    trials = trials_of(base, comparison)
    store = CellStore(out, fingerprint, data.dataset.classes)
    watcher = watcher or Silent()
    cells = cells_of(base, comparison, _chosen_rates(trials, store))
    both = list({cell.name: cell for cell in (*trials, *cells)}.values())
    costed = len({cell.model for cell in cells if cell.kind == NETWORK}) if comparison.costs else 0
    pieces = len(both) + len(store.unchecked(cells)) + costed
    watcher.start(cells=pieces, finished=len(both) - len(store.untrained(both)))
    failures: dict[tuple[str, str], str] = {}  # by cell and work

    def finish(task: Task, failure: str | None) -> None:
        if failure is not None:
            failures[task.cell.name, task.name] = failure
        watcher.finish(task.cell, task.name, None if failure else store.result(task.cell), failure)

    try:
        jobs = jobs_of(base, comparison)
        # Baselines are measured while they are fitted, so they run alone; so does whatever is timed.
        alone = [cell for cell in cells if cell.kind == BASELINE]
        run(store.untrained(alone), 1, out / LOGS, watcher.share, finish, fresh=True)
        run(store.untrained(trials), jobs, out / LOGS, watcher.share, finish)
        cells = cells_of(base, comparison, _chosen_rates(trials, store))
        networks = [cell for cell in cells if cell.kind == NETWORK]
        untried = [task for task in store.untrained(networks) if (task.cell.name, TRAIN) not in failures]
        run(untried, jobs, out / LOGS, watcher.share, finish)
        run(store.unchecked(cells), jobs, out / LOGS, watcher.share, finish)
        if comparison.costs:
            trained = [cell for cell in cells if cell.kind == NETWORK and store.result(cell) is not None]
            run(store.unmeasured(_one_of_each(trained)), 1, out / LOGS, watcher.share, finish, fresh=True)
    except KeyboardInterrupt:
        done = len(both) - len(store.untrained(both))
        raise Interrupted(
            f"interrupted; {done} of {len(both)} trainings are finished and kept, "
            f"go on with the same command and --resume"
        ) from None
    finished = {
        cell.name: Finished(
            cell,
            result,
            store.costs(cell) if comparison.costs else None,
            store.behaviour(cell),
        )
        for cell in cells
        if (result := store.result(cell)) is not None
    }
    made = Comparison.of(base, comparison, data, cells, finished=finished, failures=failures)
    save(made, out)
    shutil.rmtree(out / LOGS, ignore_errors=True)
    return made


def _chosen_rates(trials: Sequence[Cell], store: CellStore) -> dict[str, float]:
    """Return the learning rate of the best validation accuracy of each model; of equal ones the first."""
    best: dict[str, tuple[float, float]] = {}  # model -> accuracy, rate
    for cell in trials:
        result = store.result(cell)
        accuracy = (
            -1.0 if result is None or result.validation_accuracy is None else result.validation_accuracy
        )
        if cell.model not in best or accuracy > best[cell.model][0]:
            best[cell.model] = accuracy, cell.config.training.learning_rate
    return {model: rate for model, (_, rate) in best.items()}


def _one_of_each(cells: Sequence[Cell]) -> list[Cell]:
    """Return the first cell of each model: seeds cost alike."""
    first: dict[str, Cell] = {}
    for cell in cells:
        first.setdefault(cell.model, cell)
    return list(first.values())


def _check_data(data: Data, comparison: ComparisonConfig) -> None:
    splits = data.dataset.splits
    if comparison.rates and not splits.get("validation"):
        raise DataError(
            f"{data.dataset.name} has no validation split to choose learning rates by; "
            "give a share (--validation 0.1), or leave out --rates"
        )
    for name in ("train", "test"):
        if not splits.get(name):
            raise DataError(
                f"{data.dataset.name} has no {name} split, which a comparison needs; "
                "give a share (--test 0.1) or a file"
            )
