"""The page of one explained text, or of several."""

from collections.abc import Iterator, Sequence

from tenor.explain.trajectory import Trajectory
from tenor.report.numbers import count, excerpt
from tenor.report.page import Page, Section, Table
from tenor.report.printable import printable
from tenor.report.trajectory_pictures import trajectory_picture
from tenor.report.trajectory_words import coloured_words, turn_sentence, verdict

_TITLE = 60  # characters of a text in its heading
_MOST_ROWS = 400  # words whose figures are in a table


def trajectory_page(found: Sequence[Trajectory], model: str) -> str:
    """Return the page as HTML; `model` is the name of the model.

    Raises `MissingExtraError` without Jinja2 or matplotlib.
    """
    texts = count(len(found), "text")
    return Page(
        "What the model thought, word by word",
        f"{texts} read by {printable(model)}. Words in blue, underlined, moved it towards the class it "
        "predicted; words in orange, with a broken line below, moved it away.",
        [section for number, one in enumerate(found, 1) for section in trajectory_sections(one, number)],
    ).render()


def trajectory_sections(found: Trajectory, number: int) -> Iterator[Section]:
    """Yield what a page shows of one text; `number` is unique in the page."""
    marks = {turn.last: str(place) for place, turn in enumerate(found.turns, 1)}
    tips = [f"{change:+.2f}" for change in found.changes.tolist()]
    turns = [f"{place}: {turn_sentence(found, turn)}." for place, turn in enumerate(found.turns, 1)]
    yield Section(
        f"text-{number}",
        excerpt(found.text, _TITLE) or "An empty text",
        [*found.remarks(), *turns, verdict(found)],
        passage=coloured_words(found, marks, tips),
        pictures=[trajectory_picture(found, f"curve-{number}")],
        folded=[_figures(found)] if len(found.forward.places) <= _MOST_ROWS else (),
        folded_title="All figures",
    )


def _figures(found: Trajectory) -> Table:
    """Return the probability of each class after each place."""
    columns = [found.unit, "", *found.classes]
    rows = [["0", "(none)", *(f"{share:.3f}" for share in found.start.tolist())]]
    for place, row in zip(found.forward.places.tolist(), found.forward.probabilities.tolist(), strict=True):
        word = found.words[place - 1]
        rows.append([f"{place:,}", printable(found.text[word.start : word.end]), *(f"{p:.3f}" for p in row)])
    return Table(f"Probability of each class after each {found.unit}", columns, rows, words=2)
