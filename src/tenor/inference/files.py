"""`predict_file`: a file of texts in, the same rows with predictions out, in constant memory."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from tenor.data.columns import find_text_column
from tenor.data.readers import Row, file_suffix, read_rows
from tenor.data.resolve import read_source
from tenor.data.writers import row_writer
from tenor.errors import DataError, OutputError
from tenor.inference.predictor import Prediction, Predictor

# What is held at once: enough rows for full batches, few enough characters when the texts are books.
_MOST_ROWS = 4096
_MOST_CHARACTERS = 1 << 24
_LOOKED_AT = 1000  # rows among which the column of the text is looked for
_SEED = 0  # of texts that are drawn

LABEL, PROBABILITY, UNKNOWN_SHARE, ABSTAINED = "label", "probability_", "unknown_share", "abstained"


@dataclass(frozen=True)
class FilePredictions:
    """What `predict_file` did."""

    rows: int
    empty: int  # rows without text; their prediction means nothing
    text_column: str
    warning: str | None  # the first texts look unlike the training data


@dataclass(frozen=True)
class TextRows:
    """The rows of some data on their way through a model, and which column of them is the text."""

    source: str
    column: str
    rows: Iterable[Row]

    @classmethod
    def open(
        cls, predictor: Predictor, source: Path, *, text_column: str | None, encoding: str
    ) -> "TextRows":
        """Find the column of the text: `text_column`, that of the training data if it is there, or by looks.

        Raises:
            DataError: `source` cannot be read, has no such column, or none that looks like text.
        """
        return cls._found(predictor, str(source), read_rows(source, encoding), text_column)

    @classmethod
    def of(cls, predictor: Predictor, data: str, *, text_column: str | None, encoding: str) -> "TextRows":
        """Open whatever data can be called: a file as `open`, anything else with the rows of all its splits.

        Raises:
            DataError: as `open`; there is nothing of that name.
        """
        if file_suffix(Path(data)) is not None:
            return cls.open(predictor, Path(data), text_column=text_column, encoding=encoding)
        source = read_source(data, encoding)
        rows = chain.from_iterable(source.splits.values())
        return cls._found(predictor, source.name, rows, text_column or source.text_column)

    @classmethod
    def _found(
        cls, predictor: Predictor, source: str, remaining: Iterator[Row], text_column: str | None
    ) -> "TextRows":
        first = list(islice(remaining, _LOOKED_AT))
        trained = (predictor.model.data or {}).get("text_column")
        if text_column is None and any(trained in row for row in first):
            text_column = trained
        column = find_text_column(first, source, text_column)
        return cls(source, column, chain(first, remaining))

    def chunks(self) -> Iterator[tuple[list[Row], list[str]]]:
        """Yield rows and their texts, some thousand at a time; a row without text has an empty one."""
        rows: list[Row] = []
        texts: list[str] = []
        characters = 0
        for number, row in enumerate(self.rows, 1):
            rows.append(row)
            texts.append(self._text(row, number))
            characters += len(texts[-1])
            if len(rows) == _MOST_ROWS or characters > _MOST_CHARACTERS:
                yield rows, texts
                rows, texts, characters = [], [], 0
        if rows:
            yield rows, texts

    def drawn(self, most: int) -> list[str]:
        """Return so many of the texts that are not empty, each with the same chance, the same each time.

        One pass in constant memory (Vitter 1985, algorithm R). `DataError` where there is none.
        """
        chance = random.Random(_SEED)  # noqa: S311 - nothing secret
        kept: list[str] = []
        texts = (text for _, some in self.chunks() for text in some if text.strip())
        for number, text in enumerate(texts):
            if number < most:
                kept.append(text)
            elif (place := chance.randrange(number + 1)) < most:
                kept[place] = text
        if not kept:
            raise DataError(f"{self.source} has no text that is not empty; give other data")
        return kept

    def _text(self, row: Row, number: int) -> str:
        value = row.get(self.column)
        if isinstance(value, str):
            return value
        if value is None or (isinstance(value, float) and math.isnan(value)):  # NaN is a missing text
            return ""
        if isinstance(value, int | float):
            return str(value)
        raise DataError(
            f"{self.source}, row {number:,}: column {self.column!r} holds a {type(value).__name__} "
            "where text is needed; name another --text-column"
        )


def predict_file(
    predictor: Predictor,
    source: Path,
    target: Path,
    *,
    text_column: str | None,
    encoding: str,
    prefix: str = "",
    force: bool = False,
    advance: Callable[[int], None] | None = None,
) -> FilePredictions:
    """Write each row of `source` with its prediction to `target`, in order; names say the formats.

    The columns of a row stay; `label`, `probability_CLASS` for each class, `unknown_share` and, where the
    predictor holds predictions back, `abstained` are added, each after `prefix`. `target` appears whole or
    not at all.

    Args:
        text_column: the column of the text; None: found.
        encoding: of `source`, where it is a text file.
        force: replace `target` where it exists.
        advance: is told how many more rows are done.

    Raises:
        DataError: as `TextRows.open`; a row has a column that is called like a new one.
        OutputError: `target` exists, is `source`, or is of no known format.
        StorageError: the disk is full.
    """
    refuse_target(target, source, force=force)
    texts = TextRows.open(predictor, source, text_column=text_column, encoding=encoding)
    added = [prefix + name for name in _names(predictor)]
    rows, empty, warning = 0, 0, None
    with row_writer(target) as write:
        for chunk, found in texts.chunks():
            refuse_taken(str(source), chunk, added)
            if not rows:
                warning = predictor.warning(found)
            predictions = predictor.predictions(found)
            write([{**row, **_columns(p, added)} for row, p in zip(chunk, predictions, strict=True)])
            rows += len(chunk)
            empty += sum(not text.strip() for text in found)
            if advance is not None:
                advance(len(chunk))
    return FilePredictions(rows, empty, texts.column, warning)


def refuse_target(target: Path, source: Path, *, force: bool) -> None:
    """Raise `OutputError` when `target` is the input itself, or exists and `force` does not replace it."""
    if target.exists() and source.exists() and target.samefile(source):
        raise OutputError(f"{target} is the input itself; name another file")
    if target.exists() and not force:
        raise OutputError(f"{target} exists already; replace it (--force), or name another file")


def _names(predictor: Predictor) -> list[str]:
    names = [LABEL, *(PROBABILITY + name for name in predictor.classes), UNKNOWN_SHARE]
    return [*names, ABSTAINED] if predictor.abstains else names


def _columns(prediction: Prediction, names: list[str]) -> Row:
    values = (
        prediction.label,
        *prediction.probabilities.values(),
        prediction.unknown_share,
        prediction.abstained,
    )
    return dict(zip(names, values, strict=False))  # abstained has no name where nothing is held back


def refuse_taken(source: str, rows: Iterable[Row], added: Sequence[str]) -> None:
    """Raise `DataError` when a column of the input has the name of a new one."""
    for row in rows:
        taken = [name for name in added if name in row]
        if taken:
            raise DataError(
                f"{source} has a column {taken[0]!r} already, which would be overwritten; "
                "put something before the new names, such as --prefix predicted_"
            )
