"""`Labels`: how the raw values of a label column become class names."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenor.data.suggestion import listed
from tenor.errors import DataError

NEGATIVE_POSITIVE = ("negative", "positive")

# Spellings, in any case, of (negative, positive). 0 and 4: Sentiment140; 1 and 2: Yelp and Amazon polarity.
BINARY = (
    *(("0", "1"), ("-1", "1"), ("1", "2"), ("0", "4")),
    *(("neg", "pos"), NEGATIVE_POSITIVE, ("n", "p"), ("-", "+"), ("false", "true"), ("f", "t")),
)

_MISSING = {"", "nan", "null"}
_WHOLE_NUMBER = re.compile(r"([+-]?(?:0|[1-9][0-9]{0,17}))(?:\.0*)?")
_MOST_CLASSES = 1000
_FEW = 10  # distinct values that are believed to be classes, however few the rows


@dataclass(frozen=True)
class Labels:
    """The classes, in the order of their indices, and the class of each raw value by its `label_key`."""

    classes: tuple[str, ...]
    names: Mapping[str, str]

    def read(self, values: Sequence[object], numbers: Sequence[int], where: str) -> list[str]:
        """Return the class of each value.

        Args:
            values: raw labels.
            numbers: their row numbers, for messages.
            where: their file or split, for messages.

        Raises:
            DataError: a missing label, or one that is not known.
        """
        found = []
        for key, number in zip(_keys(values, numbers, where), numbers, strict=True):
            name = self.names.get(key) or self.names.get(key.lower())
            if name is None:
                raise DataError(
                    f"{where}, row {number:,}: label {key!r} is not known; "
                    f"known are {listed(map(repr, self.names))}"
                )
            found.append(name)
        return found

    @property
    def renamed(self) -> str:
        """Which values became which classes, as in "0 = negative, 1 = positive"; empty when none changed."""
        changed = any(key.lower() != name.lower() for key, name in self.names.items())
        return listed(f"{key} = {name}" for key, name in self.names.items()) if changed else ""


def learn_labels(
    values: Sequence[object], numbers: Sequence[int], where: str, names: Sequence[str] = ()
) -> Labels:
    """Find the classes of training labels.

    Two values that spell negative and positive (`BINARY`) become just that; all others keep their name, in
    the order of their numbers or of the alphabet. `names` renames the values in that order.

    Args:
        values: raw labels of the training rows.
        numbers: their row numbers, for messages.
        where: their file or split, for messages.
        names: class names for the sorted values, or empty.

    Raises:
        DataError: missing labels; one class only; so many that they cannot be classes; `names` of another
            number or not distinct.
    """
    keys = _keys(values, numbers, where)
    distinct = sorted(set(keys), key=_order)
    few = listed(map(repr, distinct))
    if len(distinct) > _MOST_CLASSES or len(distinct) > max(_FEW, len(keys) // 2):
        raise DataError(
            f"{where}: {len(distinct):,} different labels in {len(keys):,} rows ({few}) are no classes; "
            "name another --label-column, or make classes of ratings with --positive-from and --negative-to"
        )
    folded = sorted({key.lower() for key in distinct}, key=_order)
    pair = next((pair for pair in BINARY if set(folded) == set(pair)), None)
    if pair is not None:
        distinct, few = list(pair), listed(map(repr, pair))
    if len(distinct) < 2:
        raise DataError(f"{where}: all {len(keys):,} rows have the label {few}; two classes are needed")
    if names:
        if len(names) != len(distinct):
            raise DataError(
                f"{where}: {len(names)} label names ({listed(names)}) for {len(distinct)} labels ({few}); "
                "give one name a label, in this order"
            )
        if len(set(names)) < len(names):
            raise DataError(f"label names must differ from each other, not {listed(names)}")
        classes = tuple(names)
    else:
        classes = NEGATIVE_POSITIVE if pair is not None else tuple(distinct)
    return Labels(classes, dict(zip(distinct, classes, strict=True)))


def match_labels(
    values: Sequence[object],
    numbers: Sequence[int],
    where: str,
    classes: Sequence[str],
    names: Sequence[str] = (),
) -> Labels:
    """Find how the labels of other data say the classes of a model.

    They may be the class names themselves in any case; or values for which `names` (as in `learn_labels`)
    gives classes; or, for a model of negative and positive, one of the `BINARY` spellings. Not all classes
    need to occur.

    Raises:
        DataError: missing labels, or labels that are none of the classes.
    """
    distinct = sorted(set(_keys(values, numbers, where)), key=_order)
    by_name = {name.lower(): name for name in classes}
    if len(by_name) < len(classes):  # classes that differ in their case only
        by_name = {name: name for name in classes}
    if all(key.lower() in by_name or key in by_name for key in distinct):
        return Labels(tuple(classes), by_name)
    if names and len(names) == len(distinct) and set(names) <= set(classes):
        return Labels(tuple(classes), dict(zip(distinct, names, strict=True)))
    if not names and set(classes) == set(NEGATIVE_POSITIVE):
        folded = {key.lower() for key in distinct}
        pair = next((pair for pair in BINARY if folded <= set(pair)), None)
        if pair is not None:
            return Labels(tuple(classes), dict(zip(pair, NEGATIVE_POSITIVE, strict=True)))
    unknown = [key for key in distinct if key.lower() not in by_name]
    raise DataError(
        f"{where}: labels {listed(map(repr, unknown))} are not classes of the model "
        f"({listed(map(repr, classes))}); write those, or give one label name for each of the "
        f"{len(distinct)} labels with --label-names"
    )


def polarity(
    values: Sequence[object],
    numbers: Sequence[int],
    where: str,
    *,
    positive_from: float | None,
    negative_to: float | None,
) -> list[str | None]:
    """Make "negative" and "positive" of ratings; those in between are None.

    With only one of the two bounds, all ratings beyond it are of the other class.

    Raises:
        DataError: a missing rating or one that is no number; bounds that overlap.
    """
    if positive_from is not None and negative_to is not None and positive_from <= negative_to:
        raise DataError(
            f"ratings from {positive_from:g} are to be positive and up to {negative_to:g} negative: "
            "--positive-from must be above --negative-to"
        )
    found: list[str | None] = []
    for key, number in zip(_keys(values, numbers, where), numbers, strict=True):
        try:
            rating = float(key)
        except ValueError as error:
            raise DataError(
                f"{where}, row {number:,}: {key!r} is no number, so --positive-from and --negative-to say "
                "nothing about it; name the column of the ratings with --label-column"
            ) from error
        if positive_from is not None and rating >= positive_from:
            found.append("positive")
        elif negative_to is not None and rating <= negative_to:
            found.append("negative")
        elif positive_from is None or negative_to is None:
            found.append("positive" if positive_from is None else "negative")
        else:
            found.append(None)
    return found


def label_key(value: object) -> str | None:
    """Return the one spelling of a raw label, so that 1, 1.0, "1" and " 1.0 " agree; None: it is missing."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    text = str(value).strip()
    if text.lower() in _MISSING:
        return None
    number = _WHOLE_NUMBER.fullmatch(text)
    return str(int(number[1])) if number else text


def _keys(values: Sequence[object], numbers: Sequence[int], where: str) -> list[str]:
    for value, number in zip(values, numbers, strict=True):
        if isinstance(value, dict | list | bytes):
            kind = type(value).__name__
            raise DataError(f"{where}, row {number:,}: the label is a {kind}; one string or number is needed")
    keys = [label_key(value) for value in values]
    missing = [number for number, key in zip(numbers, keys, strict=True) if key is None]
    if missing:
        raise DataError(
            f"{where}: {len(missing):,} of {len(keys):,} rows have no label (rows {listed(missing, 5)}); "
            "label or remove them"
        )
    return [key for key in keys if key is not None]


def _order(key: str) -> tuple[bool, float, str]:
    """Sort numbers by size, before words by the alphabet."""
    try:
        return (False, float(key), key)
    except ValueError:
        return (True, 0.0, key)
