"""`compare`: run all cells of a comparison that are not finished yet, and put the results together.

comparison.yaml     what is compared, on what terms
cells/NAME/         a folder for each training: its model, result and, until it is finished, its checkpoint
comparison.json     the whole result; comparison.csv its main table
report.html         the page; accuracy.png and cost.png its main pictures
"""

import json
import queue
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from tenor.compare.cell_result import CellBehaviour, CellResult, Costs
from tenor.compare.cells import BASELINE, NETWORK, Cell, cells_of, jobs_of, settled_terms, trials_of
from tenor.compare.comparison import Comparison
from tenor.compare.model_figures import Finished
from tenor.compare.work import COSTS, FIT, TRAIN, Data, data_fingerprint, result_fingerprint
from tenor.compare.worker import CellFailed, Worker
from tenor.config.classification import ClassificationConfig
from tenor.config.comparison import ComparisonConfig
from tenor.config.load import parse, to_values
from tenor.errors import ConfigError, DataError, Interrupted, OutputError
from tenor.files import atomic_file

SETTINGS, CELLS, LOGS = "comparison.yaml", "cells", "logs"
RESULT, TABLE, PAGE = "comparison.json", "comparison.csv", "report.html"
# Settings of a comparison that may differ when it is gone on with: finished cells stay what they are.
_MAY_DIFFER = ("models", "baselines", "seeds", "jobs", "costs", "values")


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


@dataclass(frozen=True)
class _Task:
    name: str  # of `work.TASKS`
    cell: Cell
    folder: Path


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
    _check_folder(out, base, comparison, resume=resume, force=force)
    data = Data(base.data)
    _check_data(data, comparison)
    fingerprint = data_fingerprint(data.dataset)
    _write_settings(out, base, comparison, fingerprint, resume=resume)
    trials = trials_of(base, comparison)

    def folder(cell: Cell) -> Path:
        return out / CELLS / cell.name

    def stored(cell: Cell) -> CellResult | None:
        return CellResult.load(folder(cell), result_fingerprint(cell, fingerprint))

    def missing(some: Sequence[Cell]) -> list[_Task]:
        return [
            _Task(FIT if cell.kind == BASELINE else TRAIN, cell, folder(cell))
            for cell in some
            if stored(cell) is None
        ]

    watcher = watcher or Silent()
    cells = cells_of(base, comparison, _chosen_rates(trials, stored))
    both = list({cell.name: cell for cell in (*trials, *cells)}.values())
    costed = len({cell.model for cell in cells if cell.kind == NETWORK}) if comparison.costs else 0
    watcher.start(cells=len(both) + costed, finished=len(both) - len(missing(both)))
    failures: dict[tuple[str, str], str] = {}  # by cell and work

    def finish(task: _Task, failure: str | None) -> None:
        if failure is not None:
            failures[task.cell.name, task.name] = failure
        watcher.finish(task.cell, task.name, None if failure else stored(task.cell), failure)

    try:
        jobs = jobs_of(base, comparison)
        # Baselines are measured while they are fitted, so they run alone; so does whatever is timed.
        alone = [cell for cell in cells if cell.kind == BASELINE]
        _run(missing(alone), 1, out / LOGS, watcher, finish, fresh=True)
        _run(missing(trials), jobs, out / LOGS, watcher, finish)
        cells = cells_of(base, comparison, _chosen_rates(trials, stored))
        networks = [cell for cell in cells if cell.kind == NETWORK]
        untried = [task for task in missing(networks) if (task.cell.name, TRAIN) not in failures]
        _run(untried, jobs, out / LOGS, watcher, finish)
        if comparison.costs:
            trained = [cell for cell in cells if cell.kind == NETWORK and stored(cell) is not None]
            measured = [
                _Task(COSTS, cell, folder(cell))
                for cell in _one_of_each(trained)
                if Costs.load(folder(cell)) is None
            ]
            _run(measured, 1, out / LOGS, watcher, finish, fresh=True)
    except KeyboardInterrupt:
        done = len(both) - len(missing(both))
        raise Interrupted(
            f"interrupted; {done} of {len(both)} trainings are finished and kept, "
            f"go on with the same command and --resume"
        ) from None
    finished = {
        cell.name: Finished(
            cell,
            result,
            Costs.load(folder(cell)) if comparison.costs else None,
            CellBehaviour.load(folder(cell), result.fingerprint),
        )
        for cell in cells
        if (result := stored(cell)) is not None
    }
    made = Comparison.of(base, comparison, data, cells, finished=finished, failures=failures)
    save(made, out)
    shutil.rmtree(out / LOGS, ignore_errors=True)
    return made


def save(comparison: Comparison, out: Path) -> None:
    """Write figures, pictures and the page."""
    from tenor.report import comparison_page

    values = comparison.to_json()
    _write(out / RESULT, json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False))
    _write(out / TABLE, comparison_page.comparison_csv(values))
    comparison_page.comparison_plots(values, out)
    _write(out / PAGE, comparison_page.comparison_page(values))


def _chosen_rates(trials: Sequence[Cell], stored: Callable[[Cell], CellResult | None]) -> dict[str, float]:
    """Return the learning rate of the best validation accuracy of each model; of equal ones the first."""
    best: dict[str, tuple[float, float]] = {}  # model -> accuracy, rate
    for cell in trials:
        result = stored(cell)
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


def _run(
    tasks: Sequence[_Task],
    jobs: int,
    logs: Path,
    watcher: Watcher,
    finish: Callable[[_Task, str | None], None],
    *,
    fresh: bool = False,
) -> None:
    """Do all tasks in `jobs` processes; `fresh` takes a new process for each, whose memory is its own."""
    waiting: queue.SimpleQueue[_Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    workers = [Worker(logs / f"worker-{number}.log") for number in range(min(jobs, len(tasks)))]
    one_at_a_time, stopped = threading.Lock(), threading.Event()
    broken: list[BaseException] = []

    def serve(worker: Worker) -> None:
        while not stopped.is_set():
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            failure = None
            try:
                worker.run(task.name, task.cell, task.folder, partial(tell, task.cell))
            except CellFailed as error:
                failure = str(error)
            except BaseException as error:
                broken.append(error)
                return
            if fresh:
                worker.close()
            if not stopped.is_set():
                with one_at_a_time:
                    finish(task, failure)

    def tell(cell: Cell, done: float) -> None:
        with one_at_a_time:
            watcher.share(cell, done)

    threads = [threading.Thread(target=serve, args=(worker,), daemon=True) for worker in workers]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # so that Ctrl-C is heard
    finally:
        stopped.set()
        for worker in workers:
            worker.close()
    if broken:
        raise broken[0]


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


def _check_folder(
    out: Path, base: ClassificationConfig, comparison: ComparisonConfig, *, resume: bool, force: bool
) -> None:
    there = out.exists() and (not out.is_dir() or any(out.iterdir()))
    if resume and not (out / SETTINGS).is_file():
        raise OutputError(f"{out} holds no comparison to go on with; start one without --resume")
    if resume:
        stored, given = _read_settings(out), _terms(base, comparison)
        kept = {key: stored["comparison"].get(key) for key in given["comparison"]}
        # A setting that is newer than the comparison had its default.
        sections = parse({section: stored[section] for section in to_values(base) if section in stored})
        stored = {**to_values(sections), "comparison": kept}
        if other := sorted(key for key in given if stored.get(key) != given[key]):
            raise ConfigError(
                f"{out} was begun on other terms ({', '.join(other)}); go on with those, "
                "or start anew with --force"
            )
    elif there and not force:
        raise OutputError(
            f"{out} exists already; go on with its comparison (--resume), replace it (--force), "
            "or name another folder"
        )
    elif there and not (out / SETTINGS).is_file():
        raise OutputError(f"{out} holds no comparison, so --force will not replace it; name another folder")


def _terms(base: ClassificationConfig, comparison: ComparisonConfig) -> dict[str, Any]:
    """Return what must not change when a comparison is gone on with."""
    # How many run at once decides how far each comes in its time.
    may_differ = [key for key in _MAY_DIFFER if key != "jobs" or comparison.budget_seconds is None]
    rest = {key: value for key, value in asdict(comparison).items() if key not in may_differ}
    terms: dict[str, Any] = json.loads(json.dumps({**to_values(base), "comparison": rest}))
    return terms


def _write_settings(
    out: Path, base: ClassificationConfig, comparison: ComparisonConfig, fingerprint: str, *, resume: bool
) -> None:
    import yaml

    if resume:
        if _read_settings(out).get("data_fingerprint") != fingerprint:
            raise DataError(f"the data has changed since {out} was begun; start anew with --force")
    elif out.exists():
        shutil.rmtree(out)
    values = {
        **to_values(base),
        "comparison": json.loads(json.dumps(asdict(comparison))),
        "data_fingerprint": fingerprint,
    }
    _write(out / SETTINGS, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def _read_settings(out: Path) -> Mapping[str, Any]:
    import yaml

    try:
        found = yaml.safe_load((out / SETTINGS).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OutputError(f"{out / SETTINGS} cannot be read ({error}); start anew with --force") from None
    if not isinstance(found, dict) or not isinstance(found.get("comparison"), dict):
        raise OutputError(f"{out / SETTINGS} is damaged; start anew with --force")
    return found


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as temporary:
        temporary.write_text(text, "utf-8")
