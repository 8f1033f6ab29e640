"""Tables and sentences of a language model's figures: for a page and for a terminal alike."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from tenor.evaluation.intervals import Interval
from tenor.evaluation.language import LanguageFigures
from tenor.report.numbers import count, one_line, percent
from tenor.report.page import Table

Figures = Mapping[str, LanguageFigures]


def figures(found: LanguageFigures, baselines: Figures, network: str, split: str) -> Table:
    """Return the figure of the network below those of models that only count, with intervals."""
    name, _ = found.headline
    rows = [
        [model, perplexity(figure.value), f"{perplexity(figure.low)}-{perplexity(figure.high)}"]
        for model, one in (*baselines.items(), (network, found))
        for figure in [one.headline[1]]
    ]
    return Table(f"On the {split} texts", ("model", name, "95 % interval"), rows)


def sentences(found: LanguageFigures) -> Iterator[str]:
    """Say how the network stands to the models that only count, and what the unknown word does to it."""
    for other, ratio in found.ratios.items():
        yield (
            f"The perplexity of a {found.unit} is {ratio.value:.2f} times that of the {other} model "
            f"({ratio.low:.2f}-{ratio.high:.2f}): {_compared(ratio)}."
        )
    yield (
        f"{count(found.tokens, found.unit)}, ends of texts among them; "
        f"{percent(found.unknown_share)} are not in the vocabulary."
    )


def next_words(found: Iterable[Mapping[str, Any]]) -> Table:
    """Return beginnings of held-out texts, the word that came, and those that the model thought likeliest."""
    rows = [
        [
            f"{one_line(one['beginning'])} ...",
            one_line(one["came"]),
            ", ".join(f"{one_line(word['text'])} ({percent(word['probability'])})" for word in one["next"]),
        ]
        for one in found
    ]
    return Table("Likeliest next words", ("beginning", "what came", "likeliest next words"), rows, words=3)


def with_perplexity(history: Iterable[Mapping[str, float | None]]) -> list[dict[str, float]]:
    """Return the rows of a history with the perplexity beside each loss; what is missing is left out."""
    made = []
    for row in history:
        there = {name: value for name, value in row.items() if value is not None}
        losses = {split: there.get(f"{split}_loss") for split in ("train", "validation")}
        made.append(
            there
            | {
                f"{split}_perplexity": float(np.exp(loss))
                for split, loss in losses.items()
                if loss is not None
            }
        )
    return made


def perplexity(value: float) -> str:
    """Return a perplexity with three digits or so."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def _compared(ratio: Interval) -> str:
    return "lower" if ratio.high < 1 else "higher" if ratio.low > 1 else "about as high"
