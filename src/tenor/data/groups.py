"""`group_warning`: a random split that parts rows which belong together, such as reviews of one film."""

from collections.abc import Iterable, Mapping, Sequence

from tenor.data.example import Example

# Columns that tell of what or by whom a row is, the likeliest first; as film, film_id, filmId or Film Name.
_NAMES = (
    *("group", "asin", "film", "movie", "product", "item", "book", "business", "restaurant", "hotel", "app"),
    *("author", "user", "reviewer", "customer", "patient", "speaker", "writer"),
    *("session", "thread", "conversation", "dialogue", "article", "document", "page", "url"),
)
_ENDINGS = ("id", "name", "title", "key")
_LOOKED_AT = 1000  # rows whose columns are gathered

_FEWEST_GROUPS = 5
_MOST_OF_A_NAMED = 0.9  # values of a column with such a name, as a share of the rows
# Of a column without one: so many values at least, and such a share of the rows.
_FEWEST_VALUES = 20
_SHARE = (0.05, 0.7)
_LONGEST = 60  # characters on average; longer values are texts
_MOSTLY = 0.5  # of the rows have a value, and of these values one with a letter


def group_warning(random: Mapping[str, Sequence[Example]], rest: Sequence[Example]) -> list[str]:
    """Return one sentence, or none: is there a column whose rows a random split should have kept together?

    A column is named that is called like a group and has values that come again, or one of short strings,
    not numbers, whose values come again neither seldom nor very often. One that says the label in other
    words is no group. It is a guess: only who made the data knows.

    Args:
        random: the splits that were made row by row at random, by name.
        rest: the rows they were split off.
    """
    if not random:
        return []
    rows = [*rest, *(example for examples in random.values() for example in examples)]
    column = _group_column(rows)
    if column is None:
        return []
    values = len(_values(rows, column))
    names = sorted(random, reverse=True)  # validation and test
    return [
        f"{' and '.join(names)} {'was' if len(names) == 1 else 'were'} split at random although the column "
        f"{column} ({values:,} values in {len(rows):,} rows) could keep rows that belong together in one "
        f"split; use --group-by {column}"
    ]


def _group_column(rows: Sequence[Example]) -> str | None:
    names = list(dict.fromkeys(column for row in rows[:_LOOKED_AT] for column in row.columns))
    ranked = sorted((rank, name) for name in names if (rank := _rank(name)) is not None)
    for _, name in ranked:
        several = _FEWEST_GROUPS <= len(_values(rows, name)) <= _MOST_OF_A_NAMED * len(rows)
        if several and not _says_the_label(rows, name):
            return name
    return next((name for name in names if _looks_like_groups(rows, name)), None)


def _rank(column: str) -> int | None:
    """Return how likely a column is a group by its name, the likeliest first; None: its name says nothing."""
    name = "".join(character for character in column.lower() if character.isalnum())
    for rank, known in enumerate(_NAMES):
        if name in (known, *(known + ending for ending in _ENDINGS)):
            return rank
    # imdb_id, but not the id of the row itself
    return (
        len(_NAMES) if column.lower().endswith(("_id", "-id", " id")) or column[1:].endswith("Id") else None
    )


def _looks_like_groups(rows: Sequence[Example], column: str) -> bool:
    there = [value for row in rows if (value := row.columns.get(column))]
    distinct = len(set(there))
    low, high = (share * len(there) for share in _SHARE)
    return (
        len(there) >= _MOSTLY * len(rows)
        and distinct >= _FEWEST_VALUES
        and low <= distinct <= high
        and sum(map(len, there)) <= _LONGEST * len(there)
        and _with_letters(there) >= _MOSTLY * len(there)
        and not _says_the_label(rows, column)
    )


def _says_the_label(rows: Sequence[Example], column: str) -> bool:
    """Whether every value has one label and every label one value, as those of category_id may."""
    pairs = {(value, row.label) for row in rows if (value := row.columns.get(column))}
    return len({value for value, _ in pairs}) == len(pairs) == len({label for _, label in pairs})


def _with_letters(values: Iterable[str]) -> int:
    return sum(any(map(str.isalpha, value)) for value in values)


def _values(rows: Iterable[Example], column: str) -> set[str]:
    return {value for row in rows if (value := row.columns.get(column))}
