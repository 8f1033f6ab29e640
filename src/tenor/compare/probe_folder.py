"""The folder of a probe: one file a finished cell while it goes on, tables and pictures when it is done.

settings.json    what every cell was run with
cells/           one JSON file for each task, model and seed
probe.json       the whole result
accuracy.csv     one row for each cell and distance
gradients.csv    likewise
accuracy.png     accuracy against distance
gradients.png    gradient norm against distance
report.html      the page
"""

import csv
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tenor import __version__
from tenor.config.probe import ProbeConfig, cell_values
from tenor.errors import OutputError
from tenor.evaluation.intervals import wilson
from tenor.evaluation.probe_result import Cell, Failure, ProbeResult
from tenor.files import atomic_file
from tenor.report import probe_plots
from tenor.report.probe_page import probe_page

SETTINGS, CELLS, RESULT, PAGE = "settings.json", "cells", "probe.json", "report.html"
ACCURACY, GRADIENTS = "accuracy", "gradients"  # .csv and .png


@dataclass(frozen=True)
class ProbeFolder:
    """Where the cells of a probe are kept."""

    path: Path

    @classmethod
    def open(cls, path: Path, config: ProbeConfig, *, force: bool) -> "ProbeFolder":
        """Make or take up the folder of a probe; `force` replaces one of other settings.

        Tasks, models and seeds may differ from the last time: cells that are there are kept. Raises
        `OutputError` for a folder of other settings, and for one that holds something else.
        """
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            stored = _read(path / SETTINGS) if path.is_dir() else None
            if stored is None or "probe" not in stored:
                raise OutputError(f"{path} exists and holds no probe; name another folder with --out")
            wanted = cell_values(config)
            if other := sorted(name for name in wanted if stored["probe"].get(name) != wanted[name]):
                if not force:
                    raise OutputError(
                        f"{path} holds a probe with other settings ({', '.join(other)}); "
                        "replace it (--force), or name another folder with --out"
                    )
                shutil.rmtree(path)
        folder = cls(path)
        folder._write(SETTINGS, {"tenor": __version__, "probe": cell_values(config)})
        return folder

    def load(self, task: str, model: str, seed: int, fingerprint: str) -> Cell | None:
        """Return a finished cell; None where there is none, where it failed, or where it is another one."""
        stored = _read(self._file(task, model, seed))
        if stored is None or stored.get("fingerprint") != fingerprint or "cell" not in stored:
            return None
        return Cell.from_json(stored["cell"])

    def save(self, cell: Cell | Failure, fingerprint: str) -> None:
        """Keep a cell, or the reason why there is none."""
        kind = ("cell", cell.to_json()) if isinstance(cell, Cell) else ("failed", asdict(cell))
        self._write(
            self._file(cell.task, cell.model, cell.seed).relative_to(self.path),
            {"fingerprint": fingerprint, kind[0]: kind[1]},
        )

    def finish(self, result: ProbeResult) -> None:
        """Write result, tables and pictures."""
        values = result.to_json()
        self._write(RESULT, values)
        self._table(ACCURACY, _accuracy_rows(result.cells))
        self._table(GRADIENTS, _gradient_rows(result.cells))
        if result.cells:
            probe_plots.accuracy(values, self.path / f"{ACCURACY}.png")
            probe_plots.gradients(values, self.path / f"{GRADIENTS}.png")
        with atomic_file(self.path / PAGE) as temporary:
            temporary.write_text(probe_page(values), "utf-8")

    def _file(self, task: str, model: str, seed: int) -> Path:
        return self.path / CELLS / f"{task}.{model}.{seed}.json"

    def _write(self, name: str | Path, values: Mapping[str, Any]) -> None:
        with atomic_file(self.path / name) as temporary:
            temporary.write_text(json.dumps(values, indent=1, allow_nan=False), "utf-8")

    def _table(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        listed = list(rows)
        with (
            atomic_file(self.path / f"{name}.csv") as temporary,
            temporary.open("w", newline="", encoding="utf-8") as file,
        ):
            writer = csv.DictWriter(file, list(listed[0]) if listed else [])
            writer.writeheader()
            writer.writerows(listed)


def fingerprint(*parts: Mapping[str, Any]) -> str:
    """SHA-256 of plain values: what a stored cell must agree with to be taken."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _accuracy_rows(cells: Iterable[Cell]) -> Iterable[dict[str, Any]]:
    for cell in cells:
        for distance, hits in cell.hits.items():
            found = wilson(hits, cell.texts)
            yield {
                "task": cell.task,
                "model": cell.model,
                "seed": cell.seed,
                "distance": distance,
                "texts": cell.texts,
                "right": hits,
                "accuracy": found.value,
                "low": found.low,
                "high": found.high,
            }


def _gradient_rows(cells: Iterable[Cell]) -> Iterable[dict[str, Any]]:
    for cell in cells:
        parts = cell.gradient
        for distance, before, after in zip(parts.distances, parts.before, parts.after, strict=True):
            yield {
                "task": cell.task,
                "model": cell.model,
                "seed": cell.seed,
                "distance": distance,
                "before": before,
                "after": after,
            }
