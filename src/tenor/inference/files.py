"""`predict_file`: a file of texts in, the same rows with predictions out, in constant memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from tenor.data.columns import find_text_column
from tenor.data.readers import Row, read_rows
from tenor.data.writers import row_writer
from tenor.errors import DataError, OutputError
from tenor.inference.predictor import Prediction, Predictor

# What is held at once: enough rows for full batches, few enough characters when texts are books.
_MOST_ROWS = 4096
_MOST_CHARACTERS = 1 << 24

LABEL, PROBABILITY, UNKNOWN = "label", "probability_", "unknown_share"


@dataclass(frozen=True)
class FilePredictions:
    """What was written: its rows, how many of them have no text, and what is doubtful."""

    rows: int
    empty: int
    text_column: str
    warning: str | None  # the first texts look unlike the training data


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
    """Write each row of `source` with its prediction to `target`, in order; formats follow from the names.

    The columns of the row stay; new are `label`, `probability_CLASS` for each class and `unknown_share`, each
    after `prefix`. A row without text is predicted as an empty text. `target` appears whole or not at all.

    Args:
        text_column: the column of the text; None: that of the training data where it is there, else found.
        force: replace `target` if it exists.
        advance: is told how many more rows are done.

    Raises:
        DataError: `source` cannot be read, has no such column, or has a column called like a new one.
        OutputError: `target` exists, is `source`, or is of no known format.
        StorageError: the disk is full.
    """
    _refuse_target(source, target, force=force)
    texts = TextRows.open(predictor, source, text_column=text_column, encoding=encoding)
    rows, empty, warning = 0, 0, None
    with row_writer(target) as write:
        for chunk in texts.chunks():
            found = [texts.text(row) for row in chunk]
            if not rows:
                warning = predictor.warning(found)
            predictions = predictor.predictions(found)
            write([_joined(r, p, prefix, source) for r, p in zip(chunk, predictions, strict=True)])
            rows += len(chunk)
            empty += sum(not text.strip() for text in found)
            if advance is not None:
                advance(len(chunk))
    return FilePredictions(rows, empty, texts.column, warning)


@dataclass(frozen=True)
class TextRows:
    """The rows of a file, and which column of them is the text."""

    source: Path
    column: str
    rows: Iterable[Row]

    @classmethod
    def open(
        cls, predictor: Predictor, source: Path, *, text_column: str | None, encoding: str
    ) -> "TextRows":
        """Read the first rows of `source` to find the column of the text."""
        remaining = read_rows(source, encoding)
        first = list(islice(remaining, _SAMPLE))
        trained = (predictor.model.data or {}).get("text_column")
        if text_column is None and trained in {name for row in first for name in row}:
            text_column = trained
        column = find_text_column(first, str(source), text_column)
        return cls(source, column, chain(first, remaining))

    def text(self, row: Row) -> str:
        """Return the text of a row, empty where it has none."""
        value = row.get(self.column)
        if value is None or value != value:  # noqa: PLR0124 - NaN
            return ""
        if not isinstance(value, str):
            raise DataError(...)
        return value
