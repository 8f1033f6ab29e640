"""`suggest_file`: the rows of a file that are most worth labelling next, in constant memory.

The rows pass once through the model. Those it is least sure of stay, a fixed number of them; of these a batch
is drawn that is uncertain and unlike each other (`inference.badge`). A text never comes twice, neither as it
is nor nearly.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.config.suggestion import SuggestionConfig, Uncertainty
from tenor.data.duplicates import digest, near, words
from tenor.data.readers import Row
from tenor.data.writers import row_writer
from tenor.errors import DataError
from tenor.evaluation.metrics import Floats
from tenor.inference.badge import Gradients
from tenor.inference.files import PROBABILITY, TextRows, refuse_taken, refuse_target
from tenor.inference.predictor import Predictor
from tenor.inference.uncertainty import UNCERTAINTIES

RANK, WHY, LABEL = "rank", "why", "label"
# Rows that are kept to draw from: enough to be unlike each other, few enough to be held in memory.
_FEWEST_KEPT, _KEPT_EACH = 5_000, 20
_UNFAMILIAR = 0.25  # share of unknown words that is worth a word


@dataclass(frozen=True, slots=True)
class Suggested:
    """A row that is worth labelling."""

    number: int  # of the row in its file, from 1
    row: Row
    text: str
    probabilities: Mapping[str, float]  # of each class
    uncertainty: float  # from 0 to 1
    why: str


@dataclass(frozen=True)
class Suggestions:
    """What `suggest_file` chose, the first to be labelled first, and what it passed over."""

    rows: tuple[Suggested, ...]
    read: int
    empty: int  # rows without text
    repeated: int  # rows whose text, or nearly that text, stood there before
    known: int  # rows whose text is labelled already
    text_column: str
    label_column: str  # that is to be filled in

    def to_json(self) -> dict[str, object]:
        """Return the figures, and of the rows number, probabilities and reason, as JSON-ready values."""
        return {
            "read": self.read,
            "suggested": len(self.rows),
            "empty": self.empty,
            "repeated": self.repeated,
            "known": self.known,
            "text_column": self.text_column,
            "label_column": self.label_column,
            "rows": [
                {
                    "row": one.number,
                    "probabilities": dict(one.probabilities),
                    "uncertainty": one.uncertainty,
                    "why": one.why,
                }
                for one in self.rows
            ],
        }


@dataclass
class Pool:
    """The most uncertain rows so far, the most uncertain first; of equals the earlier."""

    predictor: Predictor
    choice: SuggestionConfig
    known: frozenset[bytes] = frozenset()  # digests of texts that are labelled already
    read: int = 0
    empty: int = 0
    repeated: int = 0
    labelled: int = 0
    _rows: list[tuple[int, Row, str, bytes]] = field(default_factory=list)
    _there: set[bytes] = field(default_factory=set)
    _parts: "_Parts | None" = None

    def add(self, rows: list[Row], texts: list[str]) -> None:
        """Read some rows more, with their texts."""
        new: list[tuple[int, Row, str, bytes]] = []
        for number, (row, text) in enumerate(zip(rows, texts, strict=True), self.read + 1):
            key = digest(text)
            if key is None:
                self.empty += 1
            elif key in self.known:
                self.labelled += 1
            elif key in self._there:
                self.repeated += 1
            else:
                self._there.add(key)
                new.append((number, row, text, key))
        self.read += len(rows)
        if not new:
            return
        found = _Parts.of(self.predictor, [text for _, _, text, _ in new], self.choice.by)
        parts = found if self._parts is None else self._parts.joined(found)
        order = np.argsort(-parts.uncertainty, kind="stable")[
            : max(_FEWEST_KEPT, _KEPT_EACH * self.choice.count)
        ]
        self._parts, together = parts.at(order), [*self._rows, *new]
        self._rows = [together[place] for place in order.tolist()]
        self._there = {key for *_, key in self._rows}

    def chosen(self) -> list[Suggested]:
        """Draw the rows to label; those that are nearly alike count as repeated."""
        if self._parts is None:
            return []
        gradients = Gradients.of(self._parts.probabilities, self._parts.vectors)
        taken: list[frozenset[str]] = []

        def refused(place: int) -> bool:
            own = words(self._rows[place][2])
            if any(near(own, other) for other in taken):
                self.repeated += 1
                return True
            taken.append(own)
            return False

        if self.choice.diverse:
            places = gradients.drawn(self.choice.count, self.choice.seed, refused)
        else:
            places = list(_first(range(len(self._rows)), self.choice.count, refused))
        return [self._suggested(place, self._parts) for place in places]

    def _suggested(self, place: int, parts: "_Parts") -> Suggested:
        number, row, text, _ = self._rows[place]
        shares = dict(zip(self.predictor.classes, parts.probabilities[place].tolist(), strict=True))
        uncertainty, unknown = float(parts.uncertainty[place]), float(parts.unknown[place])
        return Suggested(number, row, text, shares, uncertainty, _why(shares, unknown))


@dataclass(frozen=True)
class _Parts:
    """What the model says of N rows."""

    probabilities: Floats  # (N, C)
    vectors: npt.NDArray[np.float32]  # (N, H')
    unknown: Floats  # (N,) share of unknown words
    uncertainty: Floats  # (N,)

    @classmethod
    def of(cls, predictor: Predictor, texts: list[str], by: Uncertainty) -> "_Parts":
        vectors, probabilities, unknown = predictor.vectors_with_probabilities(texts)
        return cls(probabilities, vectors, unknown, UNCERTAINTIES[by](probabilities))

    def joined(self, other: "_Parts") -> "_Parts":
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return _Parts(*(np.concatenate(pair) for pair in pairs))

    def at(self, places: npt.NDArray[np.int64]) -> "_Parts":
        return _Parts(*(part[places] for part in vars(self).values()))


def suggest(
    predictor: Predictor,
    rows: TextRows,
    choice: SuggestionConfig,
    *,
    known: Iterable[str] = (),
    advance: Callable[[int], None] | None = None,
) -> Suggestions:
    """Return the rows most worth labelling next.

    Args:
        predictor: the model that was trained on what is labelled so far.
        rows: the rows without labels; they are read once.
        choice: how many rows, and how they are chosen.
        known: texts that are labelled already, which are passed over.
        advance: is told how many more rows were read.

    Raises:
        DataError: as the rows of `TextRows`; none of them has a text that is not labelled yet.
    """
    pool = Pool(predictor, choice, frozenset(key for text in known if (key := digest(text))))
    for chunk, texts in rows.chunks():
        pool.add(chunk, texts)
        if advance is not None:
            advance(len(chunk))
    chosen = tuple(pool.chosen())
    if not chosen:
        raise DataError(
            f"{rows.source} has no text that could be labelled: of {pool.read:,} rows {pool.empty:,} are "
            f"empty and {pool.labelled:,} labelled already; give other data"
        )
    trained = (predictor.model.data or {}).get("label_column")
    label = trained if isinstance(trained, str) and trained != rows.column else LABEL
    return Suggestions(chosen, pool.read, pool.empty, pool.repeated, pool.labelled, rows.column, label)


def suggest_file(
    predictor: Predictor,
    rows: TextRows,
    target: Path,
    choice: SuggestionConfig,
    *,
    known: Iterable[str] = (),
    prefix: str = "",
    force: bool = False,
    advance: Callable[[int], None] | None = None,
) -> Suggestions:
    """Write the rows most worth labelling next to `target`, the first to be labelled first.

    All columns of a row stay; `rank`, `why` and `probability_CLASS` of each class are added, each after
    `prefix`, and an empty column for the label, called as in the training data, where there is none.

    Args:
        predictor, rows, choice, known: as `suggest`.
        target: the file, whose name says the format; it appears whole or not at all.
        prefix: put before the names of new columns.
        force: replace `target` where it exists.
        advance: is told how many more rows were read.

    Raises:
        DataError: as `suggest`; a row has a column that is called like a new one.
        OutputError: `target` exists, is the input, or is of no known format.
        StorageError: the disk is full.
    """
    refuse_target(target, Path(rows.source), force=force)
    added = [prefix + name for name in (RANK, WHY, *(PROBABILITY + name for name in predictor.classes))]
    with row_writer(target) as write:
        found = suggest(predictor, rows, choice, known=known, advance=advance)
        refuse_taken(rows.source, (one.row for one in found.rows), added)
        write(
            [
                {
                    **one.row,
                    found.label_column: one.row.get(found.label_column, ""),
                    **dict(zip(added, (rank, one.why, *one.probabilities.values()), strict=True)),
                }
                for rank, one in enumerate(found.rows, 1)
            ]
        )
    return found


def _first(places: Iterable[int], count: int, refused: Callable[[int], bool]) -> Iterator[int]:
    for place in places:
        if not count:
            return
        if not refused(place):
            count -= 1
            yield place


def _why(shares: Mapping[str, float], unknown: float) -> str:
    """Say between which classes the model wavers, and whether it knows the words."""
    first, second = sorted(shares.items(), key=lambda one: -one[1])[:2]
    doubt = f"{first[0]} {100 * first[1]:.0f} % or {second[0]} {100 * second[1]:.0f} %"
    return f"{doubt}; {100 * unknown:.0f} % of its words are unknown" if unknown >= _UNFAMILIAR else doubt
