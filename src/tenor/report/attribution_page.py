"""The page of one text whose prediction is attributed to its words, or of several."""

from collections.abc import Sequence

from tenor.explain.attribution import Attribution
from tenor.report.attribution_words import coloured_words, named, score, sentences, word
from tenor.report.numbers import count, excerpt
from tenor.report.page import Page, Section, Table
from tenor.report.printable import printable

_TITLE = 60  # characters of a text in its heading
_MOST_ROWS = 1000  # tokens whose scores are in a table


def attribution_page(found: Sequence[Attribution], model: str, *, chosen: bool) -> str:
    """Return the page as HTML; `model` is what the user called the model.

    Raises `MissingExtraError` without Jinja2.
    """
    return Page(
        "Which words made the prediction",
        f"{count(len(found), 'text')} read by {printable(model)}. Words in blue, underlined, speak for the "
        "class that is named; words in orange, with a broken line below, against it.",
        [attribution_section(one, number, chosen=chosen) for number, one in enumerate(found, 1)],
    ).render()


def attribution_section(found: Attribution, number: int, *, chosen: bool) -> Section:
    """Return what a page shows of one text; `number` is unique in the page."""
    strongest = [[f"{n}", word(found, place), score(found, place)] for n, place in named(found).items()]
    every = [
        [f"{place + 1:,}", word(found, place), score(found, place)] for place in range(len(found.scores))
    ]
    head = ("number", "token", "score")
    return Section(
        f"text-{number}",
        excerpt(found.text, _TITLE) or "An empty text",
        sentences(found, chosen=chosen),
        passage=coloured_words(found),
        tables=[Table("The strongest", head, strongest, words=2)] if strongest else (),
        folded=[Table("The score of every token", head, every, words=2)] if len(every) <= _MOST_ROWS else (),
        folded_title="All scores",
    )
