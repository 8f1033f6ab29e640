"""Texts and labels as callers give them."""

from collections.abc import Iterable, Sequence

import numpy as np

from tenor.errors import DataError
from tenor.evaluation.metrics import Ints

Labelled = tuple[Sequence[str], Sequence[str]]
"""Texts and their labels."""


def targets(texts: Sequence[str], labels: Sequence[str], classes: Sequence[str]) -> Ints:
    """Return the class of each text by number, (N,); `DataError` when there is none."""
    if not len(texts) or len(texts) != len(labels):
        raise DataError(
            f"{len(texts):,} texts and {len(labels):,} labels; give at least one text, each with one"
        )
    places = {name: place for place, name in enumerate(classes)}
    unknown = sorted({str(label) for label in labels if label not in places})
    if unknown:
        raise DataError(f"label {unknown[0]!r} is none of the classes {', '.join(classes)}")
    return np.array([places[label] for label in labels], dtype=np.int64)


def refuse_one_class(targets: Ints, classes: Sequence[str]) -> None:
    """Raise `DataError` where all texts are of one class, of which a linear model learns nothing."""
    if len(np.unique(targets)) < 2:
        raise DataError(
            f"all {len(targets):,} training texts are labelled {classes[targets[0]]!r}; a linear model needs "
            "two classes"
        )


def several(texts: Iterable[str]) -> Iterable[str]:
    """Return the texts; `TypeError` for one text, whose characters would pass for them."""
    if isinstance(texts, str):
        raise TypeError("one text was given where several are expected; put it in a list: [text]")
    return texts
