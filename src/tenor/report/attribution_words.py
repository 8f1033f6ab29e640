"""An attribution in sentences, the same in a terminal and on a page."""

from collections.abc import Mapping

import numpy as np

from tenor.explain.attribution import ATTENTION, Attribution
from tenor.report.numbers import count, one_line, percent
from tenor.report.passage import Piece, passage
from tenor.report.pictures import shortened

_MOST_NAMED = 8  # words that are numbered in the text and named below it


def coloured_words(found: Attribution, mark: str = "{}") -> list[Piece]:
    """Return the text in pieces, the highest score in full colour; `mark` stands behind those `named`."""
    highest = float(np.abs(found.scores).max(initial=0.0))
    weights = found.scores / highest if highest else found.scores
    marks = {place + 1: mark.format(number) for number, place in named(found).items()}
    tips = [score(found, place) for place in range(len(found.scores))]
    return passage(found.text, found.tokens, weights, marks=marks, tips=tips)


def named(found: Attribution) -> Mapping[int, int]:
    """Return the tokens of the highest scores, whatever the sign: number from 1 -> place."""
    order = np.argsort(-np.abs(found.scores), kind="stable")[:_MOST_NAMED]
    return {number: place for number, place in enumerate(order.tolist(), 1) if found.scores[place]}


def score(found: Attribution, place: int) -> str:
    """Return the score of a token: a share for attention, else log-odds with a sign."""
    value = float(found.scores[place])
    return percent(value) if found.method == ATTENTION else f"{value:+.3f}"


def word(found: Attribution, place: int) -> str:
    """Return a token as it stands in the text, short enough for a line."""
    token = found.tokens[place]
    return shortened(one_line(found.text[token.start : token.end]))


def sentences(found: Attribution, *, chosen: bool) -> list[str]:
    """Say what was computed, and all that has to be said beside it; `chosen`: the user named the method."""
    by = found.method if chosen else f"{found.method}, the default for models of this kind"
    if found.method == ATTENTION:
        unit = "shares of 1"
    else:
        unit = f"what each token adds to the log-odds of {found.label}, {found.log_odds:+.3f} in all"
    made = [f"By {by}: {unit}."]
    if found.error is not None and found.baseline is not None and found.steps is not None:
        relative = "" if found.relative_error is None else f" ({percent(found.relative_error)})"
        made.append(
            f"Completeness: scores sum to {found.scores.sum():+.3f}; from unknown words to the text it is "
            f"{found.log_odds - found.baseline:+.3f}; error {found.error:.4f}{relative} after "
            f"{count(found.steps, 'step')}."
        )
    if found.remark:
        made.append(f"{found.remark[0].upper()}{found.remark[1:]}.")
    return made
