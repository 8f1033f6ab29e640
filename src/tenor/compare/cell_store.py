"""`CellStore`: what the folder of a comparison holds of its cells, and what is left to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tenor.compare.cell_result import CellBehaviour, CellResult, Costs
from tenor.compare.cells import BASELINE, Cell
from tenor.compare.comparison_folder import CELLS
from tenor.compare.pool import Task
from tenor.compare.work import CHECK, COSTS, FIT, TRAIN, result_fingerprint
from tenor.evaluation.behaviour.checking import fits_builtin
from tenor.evaluation.behaviour.reading import builtin


@dataclass(frozen=True)
class CellStore:
    """Cells by their folders; results of other cells, or of other data, count as absent."""

    out: Path
    data: str  # fingerprint
    classes: tuple[str, ...]

    def folder(self, cell: Cell) -> Path:
        """Return the folder of a cell."""
        return self.out / CELLS / cell.name

    def result(self, cell: Cell) -> CellResult | None:
        """Return what came of a cell; None until it is finished."""
        return CellResult.load(self.folder(cell), result_fingerprint(cell, self.data))

    def behaviour(self, cell: Cell) -> CellBehaviour | None:
        """Return how a cell does at behaviour tests; None where it was not asked."""
        return CellBehaviour.load(self.folder(cell), result_fingerprint(cell, self.data))

    def costs(self, cell: Cell) -> Costs | None:
        """Return what a cell costs; None where that was not measured."""
        return Costs.load(self.folder(cell))

    def untrained(self, cells: Sequence[Cell]) -> list[Task]:
        """Return what is to be trained or fitted."""
        return [
            self._task(FIT if cell.kind == BASELINE else TRAIN, cell)
            for cell in cells
            if self.result(cell) is None
        ]

    def unchecked(self, cells: Sequence[Cell]) -> list[Task]:
        """Return finished cells that were not asked the behaviour tests of today, where they can be."""
        if not fits_builtin(self.classes):
            return []
        suite = builtin().fingerprint
        found = [(cell, self.behaviour(cell)) for cell in cells if self.result(cell) is not None]
        return [self._task(CHECK, cell) for cell, one in found if one is None or one.suite != suite]

    def unmeasured(self, cells: Sequence[Cell]) -> list[Task]:
        """Return cells whose costs are not known."""
        return [self._task(COSTS, cell) for cell in cells if self.costs(cell) is None]

    def _task(self, name: str, cell: Cell) -> Task:
        return Task(name, cell, self.folder(cell))
