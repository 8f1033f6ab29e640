"""A column that could keep rows together is named, and columns that could not are left in peace."""

import pytest

from tenor.data.example import Example
from tenor.data.groups import group_warning


def warned(rows: list[dict[str, str]], splits: tuple[str, ...] = ("validation",)) -> list[str]:
    examples = [Example(f"text {number}", "good", columns=row) for number, row in enumerate(rows)]
    held = len(examples) // 10
    made = {name: examples[i * held : (i + 1) * held] for i, name in enumerate(splits)}
    return group_warning(made, examples[len(splits) * held :])


def column(name: str, per_value: int, count: int = 400, prefix: str = "v") -> list[dict[str, str]]:
    return [{name: f"{prefix}{number // per_value}"} for number in range(count)]


@pytest.mark.parametrize(
    "name",
    [
        "film",
        "Film",
        "film_id",
        "filmId",
        "productID",
        "Product Title",
        "asin",
        "user",
        "reviewer_name",
        "URL",
    ],
)
def test_a_column_called_like_a_group_is_named_even_with_numbers(name: str) -> None:
    (warning,) = warned(column(name, 4, prefix=""))
    assert warning == (
        f"validation was split at random although the column {name} (100 values in 400 rows) could keep rows "
        f"that belong together in one split; use --group-by {name}"
    )


@pytest.mark.parametrize("name", ["imdb_id", "tweetId", "order-id"])
def test_an_id_that_comes_again_is_named(name: str) -> None:
    assert f"--group-by {name}" in warned(column(name, 4))[0]


@pytest.mark.parametrize("name", ["film", "imdb_id", "note"])
def test_values_of_their_own_or_hardly_any_are_no_groups(name: str) -> None:
    assert warned(column(name, 1)) == []
    assert warned(column(name, 100)) == []


def test_an_unknown_name_is_named_for_its_strings_that_come_again() -> None:
    assert "--group-by title" in warned(column("title", 4))[0]


@pytest.mark.parametrize(
    "rows",
    [
        column("stars", 4, prefix=""),  # numbers
        column("kind", 40),  # few values: what a row is like
        column("date", 4, prefix="2020-01-0"),
        column("summary", 4, prefix="a long line that says what the text will go on to say at its length "),
        [{"note": f"v{n // 4}"} if n % 3 == 0 else {} for n in range(400)],  # mostly missing
        column("note", 4, count=40),  # too few to tell
        column("valid", 4, prefix="", count=400),
        column("paid", 100),
        [{} for _ in range(100)],
    ],
)
def test_other_columns_are_left_in_peace(rows: list[dict[str, str]]) -> None:
    assert warned(rows) == []


@pytest.mark.parametrize("name", ["category_id", "product", "note"])
def test_the_label_in_other_words_is_no_group(name: str) -> None:
    def examples(labels: int) -> list[Example]:
        return [Example("text", f"class {n % labels}", columns={name: f"v{n % 40}"}) for n in range(400)]

    same, coarser = examples(40), examples(20)
    assert group_warning({"test": same[:40]}, same[40:]) == []
    # A patient has one diagnosis, which others have as well.
    assert f"--group-by {name}" in group_warning({"test": coarser[:40]}, coarser[40:])[0]


def test_the_likeliest_column_is_named_and_every_random_split() -> None:
    rows = [
        {"title": f"t{n // 3}", "user_id": f"u{n // 2}", "film": f"f{n // 8}", "imdb_id": f"tt{n // 8}"}
        for n in range(400)
    ]
    (warning,) = warned(rows, ("validation", "test"))
    assert warning.startswith("validation and test were split at random although the column film (50 values")


def test_without_a_random_split_there_is_nothing_to_say() -> None:
    assert warned(column("film", 4), ()) == []
