"""`clear_sentences`: the short sentences of the training texts that can stand inside another sentence."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tenor.data.augment.polarity import Polarity, words
from tenor.data.augment.templates import Templates
from tenor.data.example import Example

SHORTEST, LONGEST = 3, 15  # words

# The words of a sentence tell its label if their ratios are so many standard errors away from 0, and the log
# odds of all of them together so large.
_ERRORS, _CLEAR = 3.0, 2.0
_MOST_OF_A_ROW = 5
_END = re.compile(r"(?<=[.!?])\s|<br\s*/?>|\n")
# Letters, digits and the marks of a plain clause; brackets, quotes, addresses and emoji are none.
_PLAIN = re.compile(r"[\w\s,'’-]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands inside another, without the mark at its end, and the row it came from."""

    text: str
    label: str
    group: str | None
    source: str  # id of the row


def clear_sentences(rows: Iterable[Example], polarity: Polarity, templates: Templates) -> Iterator[Sentence]:
    """Yield sentences of `SHORTEST` to `LONGEST` words whose label is clear, at most five of a row.

    The only sentence of a row has the row's label. One of several has it if all its polar words speak for it,
    and naive Bayes gives it 7 to 1 or more. That goes wrong now and then: what was meant as irony, or hangs
    on the sentence before, is not seen.
    """
    for row in rows:
        pieces = [piece for part in _END.split(row.text) if (piece := part.strip())]
        taken = 0
        for piece in pieces:
            sentence = _inside(piece, templates)
            if sentence is None or row.label is None:
                continue
            alone = len(pieces) == 1
            if alone or _said(sentence, polarity) == row.label:
                yield Sentence(sentence, row.label, row.group, row.id)
                taken += 1
            if taken == _MOST_OF_A_ROW:
                break


def _said(sentence: str, polarity: Polarity) -> str | None:
    return polarity.label(words(sentence), errors=_ERRORS, at_least=_CLEAR)


def _inside(piece: str, templates: Templates) -> str | None:
    """Return a sentence as it is written inside another; None: it is none that can be."""
    first, _, rest = piece.rstrip(".! ").partition(" ")
    opener = templates.openers.get(first.lower().replace("’", "'"))
    if opener is None or not _PLAIN.fullmatch(rest):
        return None
    sentence = " ".join([opener, *rest.split()])
    found = words(sentence)
    verb = not templates.verbs or not templates.verbs.isdisjoint(found)
    fits = verb and SHORTEST <= len(found) <= LONGEST and templates.avoid.isdisjoint(found)
    return sentence if fits else None
