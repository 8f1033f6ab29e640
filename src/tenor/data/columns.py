"""Which column holds the text and which the label: named by the user, known by name, or told by content."""

import itertools
from collections.abc import Sequence

from tenor.data.labels import label_key
from tenor.data.readers import Row
from tenor.data.suggestion import listed, suggestion
from tenor.errors import DataError

# Common names, best first; a column of such a name is taken whatever its case.
TEXT_NAMES = (
    *("text", "review", "review_text", "reviewtext", "review_body", "sentence", "content", "comment"),
    *("body", "tweet", "message", "document", "phrase", "utterance"),
)
STAR_NAMES = ("stars", "star_rating", "rating", "score", "overall")
LABEL_NAMES = ("label", "labels", "sentiment", "class", "category", "target", "polarity", *STAR_NAMES)

_SAMPLE = 1000  # rows that are looked at
_LONGEST_NAME = 60  # characters; a longer column name is a text
_MOST_CLASSES = 20  # distinct values of a column that is taken for a label without being called one


def column_names(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the columns of the first rows, in their order; rows of JSONL may have different ones."""
    return tuple(dict.fromkeys(itertools.chain.from_iterable(itertools.islice(rows, _SAMPLE))))


def require_column(rows: Sequence[Row], wanted: str, where: str) -> str:
    """Return `wanted` when it is a column of `rows`, else raise a `DataError` that names those there are."""
    names = column_names(rows)
    if wanted not in names and not any(wanted in row for row in rows):
        raise DataError(
            f"{where} has no column {wanted!r}; it has {listed(names, 20)}{suggestion(wanted, names)}"
        )
    return wanted


def find_text_column(
    rows: Sequence[Row], where: str, wanted: str | None = None, *, option: str = "--text-column"
) -> str:
    """Return the column of the text: `wanted`, else one of `TEXT_NAMES`, else that of the longest strings.

    Args:
        rows: at least one row; the first 1,000 are looked at.
        where: the file or split, for messages.
        wanted: the column the user named.
        option: how it is named, for messages.

    Raises:
        DataError: no such column, or none holds strings.
    """
    if wanted is not None:
        return require_column(rows, wanted, where)
    names = column_names(rows)
    texts = tuple(name for name in names if _is_text(rows, name))
    known = _by_name(texts, TEXT_NAMES)
    if known is not None:
        return known
    _refuse_headerless(rows, names, where)
    if not texts:
        raise DataError(
            f"{where}: none of its columns ({listed(names, 20)}) holds text; "
            f"name the one to read with {option}"
        )
    # A label is a string too, but it comes again and again.
    prose = [name for name in texts if not _few_values(rows, name)] or texts
    return max(prose, key=lambda name: _mean_length(rows, name))


def find_label_column(
    rows: Sequence[Row], where: str, text_column: str, wanted: str | None = None, *, stars: bool = False
) -> str:
    """Return the column of the label: `wanted`, else one of `LABEL_NAMES`, else the only one of few values.

    Args:
        rows: at least one row; the first 1,000 are looked at.
        where: the file or split, for messages.
        text_column: the column that is taken already.
        wanted: the column the user named.
        stars: labels are to be made of a rating, so a column called like one comes first.

    Raises:
        DataError: no such column, or none (or several) could be it.
    """
    if wanted is not None:
        return require_column(rows, wanted, where)
    names = tuple(name for name in column_names(rows) if name != text_column)
    known = _by_name(names, (*STAR_NAMES, *LABEL_NAMES) if stars else LABEL_NAMES)
    if known is not None:
        return known
    _refuse_headerless(rows, column_names(rows), where)
    few = [name for name in names if _few_values(rows, name)]
    if len(few) == 1:
        return few[0]
    found = f"several columns could be the label ({listed(few)})" if few else "no column looks like a label"
    raise DataError(
        f"{where}: {found}; it has {listed((text_column, *names), 20)}: "
        "name the one to read with --label-column"
    )


def known_label_column(names: Sequence[str]) -> str | None:
    """Return the column that is called like a label, if there is one."""
    return _by_name(names, LABEL_NAMES)


def _by_name(names: Sequence[str], known: Sequence[str]) -> str | None:
    by_lower = {name.strip().lower().replace(" ", "_"): name for name in reversed(names)}
    return next((by_lower[name] for name in known if name in by_lower), None)


def _sample(rows: Sequence[Row], name: str) -> list[object]:
    values = (row.get(name) for row in itertools.islice(rows, _SAMPLE))
    return [value for value in values if value is not None]


def _is_text(rows: Sequence[Row], name: str) -> bool:
    """Whether most values of a column are strings; one of a JSONL file may hold a number here and there."""
    values = _sample(rows, name)
    return 2 * sum(isinstance(value, str) for value in values) >= len(values)


def _mean_length(rows: Sequence[Row], name: str) -> float:
    lengths = [len(value) for value in _sample(rows, name) if isinstance(value, str)]
    return sum(lengths) / max(1, len(lengths))


def _few_values(rows: Sequence[Row], name: str) -> bool:
    values = _sample(rows, name)
    if any(isinstance(value, dict | list | bytes) for value in values):
        return False
    distinct = len({label_key(value) for value in values} - {None})
    return 1 < distinct <= min(_MOST_CLASSES, max(2, len(values) // 2))


def _refuse_headerless(rows: Sequence[Row], names: Sequence[str], where: str) -> None:
    """Raise when the names are no names but the values of a first row, as in a file without header."""
    for name in names:
        number = label_key(name)
        numeric = number is not None and number.lstrip("-").replace(".", "", 1).isdigit()
        if numeric or len(name) > _LONGEST_NAME or name in _sample(rows, name):
            raise DataError(
                f"{where}: its first line looks like data, not like column names ({name[:_LONGEST_NAME]!r}); "
                "put a line such as text,label on top, or name the columns with --text-column and "
                "--label-column"
            )
