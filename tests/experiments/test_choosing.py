"""A recipe is chosen by what the training split is like, by rules that each hold somewhere."""

from dataclasses import replace

import pytest
import toy

from tenor.config.load import parse, recipes, to_values
from tenor.data.example import Dataset, Example
from tenor.errors import ConfigError, DataError
from tenor.experiments.choosing import DEFAULT, QUALITIES, RULES, Look, choose


def made(rows: int, words: int, classes: int = 2) -> Dataset:
    names = tuple(f"class-{number}" for number in range(classes))
    examples = tuple(Example("word " * words, names[number % classes]) for number in range(rows))
    return Dataset("made", names, {"train": examples})


def test_the_training_split_alone_is_looked_at() -> None:
    long = tuple(Example("word " * 500, "negative") for _ in range(9))
    data = toy.dataset(train=30)
    assert Look.at(replace(data, splits={**data.splits, "test": long})) == Look.at(data)
    assert Look.at(data).rows == 30
    assert Look.at(data).rarest == 0.5


@pytest.mark.parametrize(
    ("data", "sort"),
    [
        (made(40, 200), "few long texts"),
        (made(5_000, 60), "long texts"),
        (made(90, 12, classes=30), "many classes"),
        (made(40, 12), "short texts"),
        (made(3, 0), "short texts"),
        (made(3, 100_000), "few long texts"),
    ],
)
def test_each_sort_of_data_has_a_rule(data: Dataset, sort: str) -> None:
    assert choose(data).sort == sort


@pytest.mark.parametrize(
    ("rows", "words", "sort"),
    [
        (1_000_000, 12, "many short texts"),
        (25_000, 170, "long texts"),
        (1_000_000, 170, "very many texts"),
        (10_000_000, 12, "very many texts"),
    ],
)
def test_the_more_there_is_to_read_the_quicker_is_what_reads_it(rows: int, words: int, sort: str) -> None:
    rule = next(rule for rule in RULES if rule.holds(Look(rows, words, classes=2, rarest=0.5)))
    assert rule.sort == sort
    assert rule.balanced in {"fast", "fast-ngrams"}  # two epochs


def test_every_rule_names_shipped_recipes_and_the_last_one_holds_for_all() -> None:
    for rule in RULES:
        assert {rule.recipe(quality) for quality in QUALITIES} <= set(recipes())
    assert RULES[-1].holds(Look(1, 0, 1, 1.0))


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_configuration_says_what_was_chosen_and_why(quality: str) -> None:
    choice = choose(made(40, 12), quality)
    config = choice.config
    assert config.description.startswith(f"Chosen by itself: recipe {choice.recipe} for short texts")
    assert f"quality {quality}" in choice.reason
    assert "40 training texts, half of them of 12 words or more, 2 classes" in choice.reason
    assert parse(to_values(config)) == config
    assert config.data == parse({}).data


def test_the_default_is_between_the_others() -> None:
    assert QUALITIES.index(DEFAULT) == 1
    assert choose(made(40, 12)) == choose(made(40, 12), DEFAULT)


def test_what_cannot_be_chosen_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown quality 'good'; there are fast, balanced, best"):
        choose(made(4, 4), "good")
    with pytest.raises(DataError, match="no training examples"):
        choose(Dataset("empty", ("a", "b"), {"train": ()}))
