"""Figures of language models as tables and sentences."""

import math

import numpy as np

from tenor.evaluation.language import LanguageFigures, Sums, language_figures
from tenor.report import language_tables


def figures(scale: float = 1.0, unit: str = "word") -> LanguageFigures:
    losses = scale * np.linspace(1.0, 3.0, 40)
    sums = Sums(np.full(40, 4.0), np.full(40, 2.0), 8, unit)
    return language_figures(losses, sums, others={"unigram": losses * 2}, resamples=200, seed=0)


def test_figures_come_back_from_json() -> None:
    for unit in ("word", "piece", "character"):
        found = figures(unit=unit)
        assert LanguageFigures.from_json(found.to_json()) == found


def test_the_network_stands_below_what_only_counts() -> None:
    own, unigram = figures(), figures(2.0)
    table = language_tables.figures(own, {"unigram": unigram}, "gru", "test")
    assert [row[0] for row in table.rows] == ["unigram", "gru"]
    assert table.rows[1][1] == language_tables.perplexity(own.perplexity.value)
    assert table.columns[1] == "perplexity"
    assert (
        language_tables.figures(figures(unit="character"), {}, "gru", "test").columns[1]
        == "bits per character"
    )


def test_what_is_lower_is_said_to_be() -> None:
    first, last = language_tables.sentences(figures())
    assert first.endswith("lower.")
    assert "5.0 % are not in the vocabulary" in last


def test_perplexity_stands_beside_the_loss() -> None:
    rows = language_tables.with_perplexity(
        [{"epoch": 1.0, "train_loss": 2.0, "validation_loss": None}, {"epoch": 2.0, "train_loss": 0.0}]
    )
    assert rows[0]["train_perplexity"] == math.exp(2)
    assert rows[1]["train_perplexity"] == 1
    assert not any("validation" in name for row in rows for name in row)


def test_texts_of_the_table_are_of_one_line() -> None:
    table = language_tables.next_words(
        [{"beginning": "a\n\tb", "came": "c", "next": [{"text": "d\x1b", "probability": 0.25}]}]
    )
    assert table.rows[0][0] == "a b ..."
    assert "\x1b" not in str(table.rows[0][2])
    assert "25.0 %" in str(table.rows[0][2])
