"""The text and the label column: named, known by name, or told by what is in them."""

import pytest

from tenor.data.columns import LABEL_NAMES, TEXT_NAMES, column_names, find_label_column, find_text_column
from tenor.errors import DataError

PROSE = [f"a review of number {i}, longer than any label" for i in range(40)]


def table(**columns: list[object]) -> list[dict[str, object]]:
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize("name", TEXT_NAMES)
def test_common_names_of_the_text(name: str) -> None:
    rows = table(other=[text * 2 for text in PROSE], **{name.title(): PROSE})
    assert find_text_column(rows, "f") == name.title()


@pytest.mark.parametrize("name", LABEL_NAMES)
def test_common_names_of_the_label(name: str) -> None:
    rows = table(text=PROSE, few=["a", "b"] * 20, **{name.upper(): range(40)})
    assert find_label_column(rows, "f", "text") == name.upper()


def test_better_names_come_first() -> None:
    rows = table(stars=[1, 5] * 20, body=PROSE, label=[0, 1] * 20, text=PROSE)
    assert find_text_column(rows, "f") == "text"
    assert find_label_column(rows, "f", "text") == "label"
    assert find_label_column(rows, "f", "text", stars=True) == "stars"


def test_told_by_content() -> None:
    rows = table(number=range(40), what=PROSE, price=[i / 3 for i in range(40)], judged=["good", "bad"] * 20)
    assert find_text_column(rows, "f") == "what"
    assert find_label_column(rows, "f", "what") == "judged"


def test_labels_longer_than_the_text_are_no_text() -> None:
    rows = table(
        said=[f"short {i}" for i in range(40)], judged=["a very positive one", "a very negative one"] * 20
    )
    assert find_text_column(rows, "f") == "said"


def test_a_known_name_counts_only_for_strings() -> None:
    rows = table(text=range(40), what=PROSE)
    assert find_text_column(rows, "f") == "what"


def test_a_few_odd_values_do_not_hide_the_text() -> None:
    rows = [{"text": 12}, {"text": None}, {}, *table(text=PROSE)]
    assert find_text_column(rows, "f") == "text"


def test_a_column_the_user_named() -> None:
    rows = table(text=PROSE, Summary=PROSE, label=[0, 1] * 20, aspect=["a", "b"] * 20)
    assert find_text_column(rows, "f", "Summary") == "Summary"
    assert find_label_column(rows, "f", "text", "aspect") == "aspect"


def test_unknown_column_names_those_found_and_the_nearest() -> None:
    rows = table(Review=PROSE, label=[0, 1] * 20)
    with pytest.raises(
        DataError, match=r"f has no column 'reveiw'; it has Review, label; did you mean 'Review'\?"
    ):
        find_text_column(rows, "f", "reveiw")
    with pytest.raises(DataError, match=r"no column 'zzz'; it has Review, label$"):
        find_label_column(rows, "f", "Review", "zzz")


def test_no_text_column() -> None:
    with pytest.raises(DataError, match=r"f: none of its columns \(a, b\) holds text; .*--text-column"):
        find_text_column(table(a=[1, 2], b=[0.5, 1.5]), "f")


def test_no_label_column_or_several() -> None:
    with pytest.raises(
        DataError, match=r"f: no column looks like a label; it has text, when: .*--label-column"
    ):
        find_label_column(table(text=PROSE, when=range(40)), "f", "text")
    with pytest.raises(DataError, match=r"several columns could be the label \(one, two\)"):
        find_label_column(table(text=PROSE, one=["a", "b"] * 20, two=["c", "d"] * 20), "f", "text")


def test_file_without_header() -> None:
    rows = table(**{"A fine film": ["Dull.", "Bright."] * 20, "1": ["0", "1"] * 20})
    with pytest.raises(DataError, match=r"first line looks like data.*text,label"):
        find_text_column(rows, "f")
    rows = table(**{"A fine film": PROSE, "positive": ["negative", "positive"] * 20})
    with pytest.raises(DataError, match=r"first line looks like data"):
        find_label_column(rows, "f", "A fine film")
    rows = table(**{"What a film this is, " + "very " * 20: PROSE, "x": ["n", "p"] * 20})
    with pytest.raises(DataError, match=r"first line looks like data"):
        find_text_column(rows, "f")
    assert find_text_column(rows, "f", next(iter(rows[0]))) in rows[0]  # the user may insist


def test_columns_of_rows_that_differ() -> None:
    assert column_names([{"b": 1}, {"a": 1, "b": 2}, {"c": None}]) == ("b", "a", "c")
