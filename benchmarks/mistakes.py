"""What the usual mistakes cost: each made on purpose, with the right way beside it, on the reviews of IMDb.

    python benchmarks/mistakes.py                three seeds, some twenty minutes on two cores
    python benchmarks/mistakes.py --seeds 5
    python benchmarks/mistakes.py --quick        tiny, of training reviews alone

The network is that of the chapter recipe (LSTM 20/64, last state), texts of at most 400 tokens, for five
epochs; the epoch is the one of lowest validation loss, where nothing else is said. Every seed has a split,
weights and an order of its own. Two parts are held out of the training reviews: whole films, then reviews of
the rest at random, so that one and the same network is validated both ways.

Wrong readings are in peers/misreading.py, trainings in peers/mistaken.py: a process a core, one thread each.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from statistics import mean
from time import perf_counter
from typing import Any

import measure
import mistake_figures as figures
import numpy as np
import record
import texts
from mistake_table import mistake_rows
from peers.mistaken import AT_RANDOM, BY_FILM, RATIOS, TEST, Request, Reviews, settings

from tenor.evaluation.metrics import Floats
from tenor.kernels.parallel import available_cores

EPOCHS = 5
# The grid that someone chooses from: these, after every epoch.
GRID_READINGS = ("last", "mean", "mean-max")
GRID_RATES = (5e-4, 1e-3, 2e-3)
CHOOSING = (500, 2500)  # test texts that choose; and half of them all
DRAWS = 1000

# mistake -> (reading, the right one)
READINGS = {
    "last-place": ("last place, fixed width", "last"),
    "last-place-like-lengths": ("last place", "last"),
    "mean-of-places": ("mean of places, fixed width", "mean"),
}

# For the estimate: training texts that a core reads in a second, where each is padded to its like and where
# all are padded to 400; reading without training takes about a third of the time.
_RATE, _RATE_FIXED, _READING = 1900, 850, 0.35


def requests(seeds: int, epochs: int) -> list[Request]:
    """Return every training, those of one seed together."""
    readings = sorted({reading for pair in READINGS.values() for reading in pair})
    made = []
    for seed in range(seeds):
        for reading in readings:
            every = seed == 0 and reading in GRID_READINGS
            made.append(Request(_name(reading, seed), reading=reading, seed=seed, epochs=epochs, every=every))
        if seed == 0:
            made += [
                Request(_name(reading, 0, rate), reading=reading, rate=rate, epochs=epochs, every=True)
                for reading in GRID_READINGS
                for rate in GRID_RATES
                if _name(reading, 0, rate) not in {one.name for one in made}
            ]
        made += [
            Request(_name(RATIOS, seed), kind=RATIOS, seed=seed),
            Request(_name(f"{RATIOS} test seen", seed), kind=RATIOS, seed=seed, test_seen=True),
            Request(_name("last test seen", seed), seed=seed, epochs=epochs, test_seen=True),
        ]
    return made


def estimate(asked: Sequence[Request], train: int, test: int, workers: int) -> float:
    """Return about how many seconds these trainings take."""
    seconds = 0.0
    for one in asked:
        seconds += 10  # making vocabulary and ids
        if one.kind != RATIOS:
            rate = _RATE_FIXED if "fixed" in one.reading else _RATE
            tests = one.epochs if one.every else 2
            read = one.epochs * 0.36 * train + tests * test
            seconds += (0.64 * train * one.epochs + _READING * read) / rate
    return seconds / workers


def run(asked: Sequence[Request], folder: Path, results: Path) -> dict[str, dict[str, Any]]:
    """Let one worker a core do the trainings, in their order; return the answers by name."""
    queue: SimpleQueue[Request] = SimpleQueue()
    for one in asked:
        queue.put(one)
    answers: dict[str, dict[str, Any]] = {}
    start = perf_counter()

    def work(_: int) -> None:
        with measure.Worker("peers.mistaken", str(folder), str(results)) as worker:
            while True:
                try:
                    one = queue.get_nowait()
                except Empty:
                    return
                answers[one.name] = worker.ask(one.to_json())
                done = f"{len(answers)} of {len(asked)}"
                print(f"{perf_counter() - start:6.0f} s  {done}  {one.name}", flush=True)

    with ThreadPoolExecutor(min(available_cores(), len(asked))) as pool:
        list(pool.map(work, range(min(available_cores(), len(asked)))))
    return answers


class Readings:
    """What became of every training."""

    def __init__(self, folder: Path, seeds: int) -> None:
        self._folder = folder
        self._seeds = seeds

    def of(self, name: str) -> figures.Arrays:
        """Return the arrays of a training."""
        with np.load(self._folder / f"{name}.npz") as file:
            return dict(file)

    def tested(self, what: str, epoch: str = BY_FILM) -> figures.Right:
        """Return the test texts that each seed reads right, (S, N), after the epoch so chosen."""
        return np.stack([_tested(self.of(_name(what, seed)), epoch) for seed in range(self._seeds)])

    def validated(self, part: str, train: Reviews) -> list[figures.Validated]:
        """Return the right way to read, validated on one of the parts."""
        films = np.unique(train.films, return_inverse=True)[1]
        found = []
        for seed in range(self._seeds):
            arrays, split = self.of(_name("last", seed)), train.split(seed)
            rows = split.by_film if part == BY_FILM else split.at_random
            right = arrays[f"right {part}"][_chosen(arrays, part)]
            found.append(figures.Validated(films[rows], right, _tested(arrays, part)))
        return found

    def grid(self) -> tuple[figures.Right, Floats]:
        """Return every candidate's test texts read right (K, N), and its validation accuracy (K,)."""
        arrays = [self.of(_name(reading, 0, rate)) for reading in GRID_READINGS for rate in GRID_RATES]
        tested = np.concatenate([one[f"right {TEST}"] for one in arrays])
        return tested, np.concatenate([one[f"right {BY_FILM}"].mean(1) for one in arrays])


def summary(found: Readings, train: Reviews, tests: int) -> dict[str, Any]:
    """Return the figures of every mistake."""
    made: dict[str, Any] = {
        mistake: figures.cost(found.tested(wrong), found.tested(right))
        for mistake, (wrong, right) in READINGS.items()
    }
    by_film, at_random = (found.validated(part, train) for part in (BY_FILM, AT_RANDOM))
    made["random-validation"] = figures.optimism(at_random, by_film, films=len(set(train.films)))
    tested, validation = found.grid()
    made["chosen-on-test"] = [
        figures.choosing(tested, validation, size=size, draws=DRAWS, seed=0)
        for size in sorted({*(size for size in CHOOSING if size < tests // 2), tests // 2})
    ]
    made["test-words"] = figures.cost(found.tested("last test seen"), found.tested("last"))
    made["test-ratios"] = figures.cost(found.tested(f"{RATIOS} test seen"), found.tested(RATIOS))
    made["last-epoch"] = figures.cost(found.tested("last", "last"), found.tested("last"))
    return made


def main() -> None:
    """Train all of it, print the table, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each sort, with seeds from 0")
    options: argparse.Namespace = parser.parse_args()
    if options.seeds < 1:
        parser.error(f"--seeds {options.seeds}: train at least one network")
    seeds, epochs = (min(options.seeds, 2), 2) if options.quick else (options.seeds, EPOCHS)
    asked = requests(seeds, epochs)
    with texts.folder(quick=options.quick) as folder, tempfile.TemporaryDirectory() as name:
        train, test = (Reviews.read(folder / f"{split}.parquet") for split in ("train", "test"))
        seconds = estimate(asked, len(train.texts), len(test.texts), available_cores())
        print(f"{len(asked)} trainings in {available_cores()} processes, about {seconds / 60:.0f} minutes",
              flush=True)  # fmt: skip
        answers = run(asked, folder, Path(name))
        made = summary(Readings(Path(name), seeds), train, len(test.texts))
    batch = settings(asked[0]).training.batch_size
    about = {
        "command": " ".join(["python benchmarks/mistakes.py", *sys.argv[1:]]),
        "seeds": list(range(seeds)),
        "epochs": epochs,
        "test_texts": len(test.texts),
        "batch_size": batch,
        "full_batches": 1 - (1 - mean(one["cut"] for one in answers.values())) ** batch,
        "grid": {"readings": list(GRID_READINGS), "rates": list(GRID_RATES)},
        "trainings": answers,
    }
    record.write("mistakes", {**about, "mistakes": made}, record.target(options))
    for row in mistake_rows({**about, "mistakes": made}):
        print(" | ".join(row))


def _name(what: str, seed: int, rate: float = 1e-3) -> str:
    return f"{what}, {rate:g}, seed {seed}"


def _chosen(arrays: figures.Arrays, part: str) -> int:
    """The epoch, from 0, of lowest loss on a held-out part; the only one where there is no part."""
    loss = arrays.get(f"loss {part}")
    return 0 if loss is None else int(np.argmin(loss))


def _tested(arrays: figures.Arrays, epoch: str) -> figures.Right:
    number = -1 if epoch == "last" else _chosen(arrays, epoch)
    assert number == -1 or number in arrays["epochs read"], "a chosen epoch has been read"
    right: figures.Right = arrays[f"right {TEST}"][number]
    return right


if __name__ == "__main__":
    main()
