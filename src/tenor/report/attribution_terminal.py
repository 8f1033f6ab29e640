"""An attribution in a terminal: coloured words, the strongest of them with their scores; and faithfulness."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tenor.explain.attribution import Attribution
from tenor.report.attribution_words import coloured_words, named, score, sentences, word
from tenor.report.trajectory_terminal import coloured

if TYPE_CHECKING:
    from rich.text import Text


def attribution_parts(found: Attribution, *, chosen: bool) -> "Iterator[Text]":
    """Yield the lines of an attribution; `chosen`: the user named the method."""
    from rich.text import Text

    yield coloured(coloured_words(found, "[{}]"))
    yield Text()
    for number, place in named(found).items():
        yield Text(f"{number}  {score(found, place):>8}  {word(found, place)}")
    for sentence in sentences(found, chosen=chosen):
        yield Text(sentence, style="dim")
