"""Texts and labels as scikit-learn's users hold them: lists, arrays, series, one-column frames."""

from collections.abc import Iterable, Mapping, Sequence, Set
from reprlib import repr as shortened
from typing import Any

import numpy as np
import numpy.typing as npt

from tenor.config.data import DataConfig
from tenor.data.augment.augmentation import augmented
from tenor.data.example import Dataset, Example
from tenor.data.fingerprint import fingerprint
from tenor.data.splits import hold_out
from tenor.errors import DataError

Labels = npt.NDArray[Any]  # strings, integers, booleans or whole floats


def read_texts(values: object) -> list[str]:
    """Return texts as a list of plain strings.

    Args:
        values: any iterable of strings; or an array or data frame (N, 1), as scikit-learn's ColumnTransformer
            hands on a single column.

    Raises:
        DataError: one bare string, no texts, another shape, or a text that is missing or no string.
    """
    if isinstance(values, str | bytes):
        raise DataError("one text was given where several are expected; put it in a list: [text]")
    shape: tuple[int, ...] = getattr(values, "shape", (0,))
    if len(shape) == 2 and shape[1] == 1:
        values = np.asarray(values, dtype=object).ravel()
    elif len(shape) != 1:
        raise DataError(
            f"the texts have the shape {shape}; give a list, or an array of one column, of strings"
        )
    if isinstance(values, Mapping | Set) or not isinstance(values, Iterable):
        raise DataError(f"the texts are of type {type(values).__name__}; give a list or array of strings")
    texts = list(values)
    if not texts:
        raise DataError("there are no texts (0 samples); give one or more")
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise DataError(
                f"text {row} is {shortened(text)} ({type(text).__name__}), and only strings can be read: "
                "leave such rows out, or put an empty string there"
            )
    return [str(text) for text in texts]  # numpy.str_ becomes str


def read_labels(values: object, rows: int) -> tuple[Labels, npt.NDArray[np.int64]]:
    """Return the distinct labels (C,), sorted, and the index among them of each of `rows` labels (N,).

    Raises:
        DataError: no labels, another number than `rows`, a missing one, or one class only.
        ValueError: scikit-learn's own, for labels of another shape, of mixed types, or continuous.
    """
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import column_or_1d

    if values is None:
        raise DataError(
            "a classifier requires y to be passed, but the target y is None; give one label a text"
        )
    if isinstance(values, str | bytes | Mapping | Set):
        raise DataError(f"the labels are of type {type(values).__name__}; give a list or array")
    if isinstance(values, Iterable) and not hasattr(values, "__array__"):
        # Straight to an array, NumPy would make the string "nan" of a NaN among strings.
        values = np.array(list(values), dtype=object)
    y = column_or_1d(values, warn=True)
    if len(y) != rows:
        raise DataError(f"there are {rows} texts and {len(y)} labels; give one label a text, in their order")
    if y.dtype == object:
        y = _uniform(y.tolist())
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        row = int(np.flatnonzero(~np.isfinite(y))[0])
        raise DataError(f"label {row} is {y[row]}; leave out the texts that have no label")
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise DataError(
            f"there is only 1 class, {class_name(classes[0])!r}, in {rows} labels; give two or more"
        )
    return classes, codes


def _uniform(labels: list[Any]) -> Labels:
    """Return labels of one kind as an array of that kind."""
    strings = any(isinstance(label, str) for label in labels)
    for row, label in enumerate(labels):
        if label is None or (strings and not isinstance(label, str)):
            raise DataError(
                f"label {row} is {shortened(label)} ({type(label).__name__}) and others are not; "
                "give labels of one kind, and leave out the texts that have none"
            )
    return np.asarray(labels)


def class_name(label: object) -> str:
    """Return the name under which a model folder knows a label: 1 and 1.0 are "1", True is "True"."""
    value = label.item() if isinstance(label, np.generic) else label
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def make_dataset(
    texts: Sequence[str], classes: Labels, codes: npt.NDArray[np.int64], config: DataConfig
) -> Dataset:
    """Return a dataset of texts (N,) with labels classes[codes], named `config.source`.

    Of `config`, the validation split is used: validation rows are held out if their share has at least as
    many texts as there are classes. The only text of a class stays in training, which variants then join as
    `config.augment` says.
    """
    names = [class_name(label) for label in classes]
    examples = [
        Example(text, names[code], id=str(row))
        for row, (text, code) in enumerate(zip(texts, codes.tolist(), strict=True))
    ]
    held = np.zeros(len(texts), dtype=bool)
    counts = np.bincount(codes)
    rows = np.flatnonzero(counts[codes] > 1)
    if config.validation_fraction * len(rows) >= max(1, int((counts > 1).sum())):
        _, chosen = hold_out(
            [names[code] for code in codes[rows].tolist()],
            config.validation_fraction,
            seed=config.split_seed,
            stratify=config.stratify,
        )
        held[rows[chosen]] = True
    splits = {"train": tuple(e for e, out in zip(examples, held, strict=True) if not out)}
    if held.any():
        splits["validation"] = tuple(e for e, out in zip(examples, held, strict=True) if out)
    provenance = {
        "source": config.source,
        "rows": {split: len(there) for split, there in splits.items()},
        "split_seed": config.split_seed,
        "fingerprint": fingerprint(splits["train"]),
    }
    return augmented(Dataset(config.source, tuple(names), splits, provenance=provenance), config.augment)
