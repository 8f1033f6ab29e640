"""Slices: the same figures for parts of the rows, by kind, by length, by any other column."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tenor.errors import InputError
from tenor.evaluation import metrics
from tenor.evaluation.intervals import Interval, wilson
from tenor.evaluation.metrics import Floats, Ints

SHOWN = 20  # values of a column with a slice of their own; a longer table helps nobody
MISSING = "(missing)"


@dataclass(frozen=True, slots=True)
class Slice:
    """Figures of the rows with one value of a column.

    `accuracy` has the Wilson interval, which holds for few rows too. `macro_f1` is over the classes that
    the slice has or that were predicted in it.
    """

    value: str
    rows: int
    accuracy: Interval
    macro_f1: float

    def to_json(self) -> dict[str, object]:
        """Return the fields as JSON-ready values."""
        return {
            "value": self.value,
            "rows": self.rows,
            "accuracy": self.accuracy.to_json(),
            "macro_f1": self.macro_f1,
        }


def slices_of(labels: Ints, predicted: Ints, values: Sequence[str], classes: int) -> tuple[Slice, ...]:
    """Return a slice for each value of a column, one value a row: the values with most rows first.

    A column of numbers with more than `SHOWN` different ones is cut into quartiles, in rising order. Of any
    other column with more, the `SHOWN` most frequent values stay and the rest is pooled as "other (n
    values)". Empty values are "(missing)".
    """
    if len(values) != len(labels):
        raise InputError(
            f"a column to slice by has {len(values)} values for {len(labels)} rows; give one a row"
        )
    named = [value.strip() or MISSING for value in values]
    numbers = np.array([_number(value) for value in named])
    there = ~np.isinf(numbers)
    if not np.isnan(numbers).any() and len(np.unique(numbers[there])) > SHOWN:
        names, order = _quartiles(named, numbers)
    else:
        names, order = _pooled(named)
    return _slices(labels, predicted, names, order, classes)


def length_slices(labels: Ints, predicted: Ints, lengths: npt.ArrayLike, classes: int) -> tuple[Slice, ...]:
    """Return slices by the quartiles of `lengths` (N,), in tokens, the shortest texts first."""
    numbers = np.asarray(lengths)
    if numbers.shape != labels.shape:
        raise InputError(f"{numbers.size} lengths for {len(labels)} rows; give one a row")
    names, order = _quartiles([str(n) for n in numbers.tolist()], numbers.astype(np.float64))
    return _slices(labels, predicted, names, order, classes)


def _slices(
    labels: Ints, predicted: Ints, names: Sequence[str], order: Sequence[str], classes: int
) -> tuple[Slice, ...]:
    keys = {name: key for key, name in enumerate(order)}
    key_of_row = np.array([keys[name] for name in names], dtype=np.int64)
    found = []
    for name, key in keys.items():
        true, guess = labels[key_of_row == key], predicted[key_of_row == key]
        confusion = metrics.confusion_matrix(true, guess, classes)
        macro_f1 = float(metrics.macro(metrics.f1(confusion), confusion))
        found.append(Slice(name, len(true), wilson(int((true == guess).sum()), len(true)), macro_f1))
    return tuple(found)


def _quartiles(values: Sequence[str], numbers: Floats) -> tuple[list[str], list[str]]:
    """Return the name of each row's quartile, such as "12 to 40", and the names in rising order.

    The ends are values that occur, as they are written. Equal numbers share a quartile, so with many ties
    the quartiles are uneven, or fewer than four. An infinite number stands for a missing value.
    """
    there = ~np.isinf(numbers)
    edges = np.quantile(numbers[there], [0.25, 0.5, 0.75])
    parts = np.where(there, np.searchsorted(edges, numbers), len(edges) + 1)
    names: dict[int, str] = {}
    for part in np.unique(parts).tolist():
        rows = np.flatnonzero(parts == part)
        low, high = rows[numbers[rows].argmin()], rows[numbers[rows].argmax()]
        same = numbers[low] == numbers[high]
        names[part] = values[low] if same else f"{values[low]} to {values[high]}"
    return [names[part] for part in parts.tolist()], list(names.values())


def _number(value: str) -> float:
    """Return the number a value stands for: infinite when missing, NaN when it is none."""
    if value == MISSING:
        return math.inf
    try:
        number = float(value)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _pooled(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the name of each row's slice and the names in the order to show."""
    counts = Counter(values)
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    if len(ranked) <= SHOWN:
        return list(values), ranked
    other = f"other ({len(ranked) - SHOWN} values)"
    kept = set(ranked[:SHOWN])
    return [value if value in kept else other for value in values], [*ranked[:SHOWN], other]
