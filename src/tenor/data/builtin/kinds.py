"""The kinds of review: how each is put together, as one visible dict.

A function takes a `Writer` and the tone the review is to have, and returns its sentences. Every kind but
`plain` uses words of both tones about alike under both labels: their order and company decide, not they.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from tenor.data.builtin.grammar import Writer

_T = TypeVar("_T")

Kind = Callable[[Writer, bool], list[str]]
Tones = Sequence[bool]

BOTH: Tones = (False, True)

# What stands beside the decisive statement. All of it agrees; over the four cases, words of the right and of
# the wrong tone are about as many.
BESIDE_NEGATION = ((), ("affirm",), ("negate", "affirm"), ("affirm", "affirm"))
BESIDE_DOUBLE_NEGATION = ((), ("negate",), ("double", "negate"), ("negate", "negate"))


def plain(writer: Writer, good: bool) -> list[str]:
    """Two or three outright statements."""
    return _linked(writer, [_statement(writer, "affirm", good) for _ in range(writer.rng.randint(2, 3))])


def negation(writer: Writer, good: bool) -> list[str]:
    """A word of the opposite tone is negated."""
    banks = ["negate", *writer.rng.choice(BESIDE_NEGATION)]
    return _linked(writer, [_statement(writer, bank, good) for bank in _shuffled(writer, banks)])


def double_negation(writer: Writer, good: bool) -> list[str]:
    """A word of the right tone is negated twice."""
    banks = ["double", *writer.rng.choice(BESIDE_DOUBLE_NEGATION)]
    return _linked(writer, [_statement(writer, bank, good) for bank in _shuffled(writer, banks)])


def turn(writer: Writer, good: bool) -> list[str]:
    """The opposite tone gives way to the right one, which has the last word or the main clause."""
    how = writer.rng.choice(["frame", "frame", "before", "before", "time", "after"])
    if how == "frame":
        turned = writer.clause("turn", good)
    elif how == "time":
        con, pro = writer.clause("affirm aspect", not good), writer.clause("affirm whole", good)
        turned = writer.join(how, con, pro)
    else:
        turned = writer.join(how, _aspect(writer, not good), _clause(writer, "affirm", good))
    beside = writer.rng.choice([(), ("affirm",), ("negate",)])
    return [turned, *(_statement(writer, bank, good) for bank in beside)]


def late_turn(writer: Writer, good: bool) -> list[str]:
    """Long neutral text, and at its end a negation, a double negation or a turn."""
    neutral = writer.neutral(writer.rng.randint(3, 5))
    lead = [writer.clause("lead", good)] if writer.rng.random() < 0.6 else []
    verdict = writer.rng.choice([negation, double_negation, turn])
    return [*neutral, *lead, *verdict(writer, good)]


def mixed(writer: Writer, good: bool) -> list[str]:
    """As many good as bad aspects, and a verdict, last or first, that says which side wins."""
    tones = _shuffled(writer, [True, False] * writer.rng.randint(1, 2))
    links = ["and" if tone == before else "but" for before, tone in pairwise(tones)]
    weighed = _linked(writer, [_aspect(writer, tone) for tone in tones], links)
    verdict = writer.word("opener") + writer.clause("verdict", good)
    return [verdict, *weighed] if writer.rng.random() < 0.2 else [*weighed, verdict]


# Kind -> (how it is written, the tones it can have).
KINDS: Mapping[str, tuple[Kind, Tones]] = {
    "plain": (plain, BOTH),
    "negation": (negation, BOTH),
    "double negation": (double_negation, BOTH),
    "turn to positive": (turn, (True,)),
    "turn to negative": (turn, (False,)),
    "late turn": (late_turn, BOTH),
    "mixed": (mixed, BOTH),
}


def review(writer: Writer, kind: str, good: bool) -> list[str]:
    """Return the sentences of a new review: those of its kind, and up to two neutral ones among them."""
    writer.begin()
    compose, _ = KINDS[kind]
    sentences = compose(writer, good)
    if compose is not late_turn:
        for sentence in writer.neutral(writer.rng.randint(0, 2)):
            sentences.insert(writer.rng.randint(0, len(sentences)), sentence)
    return sentences


def _aspect(writer: Writer, good: bool) -> str:
    return writer.clause(writer.rng.choice(["affirm aspect", "affirm aspect", "negate aspect"]), good)


def _clause(writer: Writer, bank: str, good: bool) -> str:
    """Return a clause that may be part of a sentence."""
    return writer.clause(f"{bank} {writer.rng.choice(['aspect', 'whole'])}", good)


def _statement(writer: Writer, bank: str, good: bool) -> str:
    """Return a clause, or, one time in five, a short sentence that has to stand alone."""
    return writer.clause(f"{bank} short", good) if writer.rng.random() < 0.2 else _clause(writer, bank, good)


def _shuffled(writer: Writer, things: Sequence[_T]) -> list[_T]:
    return writer.rng.sample(things, len(things))


def _linked(writer: Writer, clauses: Sequence[str], links: Sequence[str] = ()) -> list[str]:
    """Join some neighbours, two at a time, by their link or by `and`; a sentence stays alone."""
    sentences = [clauses[0]]
    free = _open(clauses[0])
    for clause, link in zip(clauses[1:], links or ["and"] * (len(clauses) - 1), strict=True):
        if free and _open(clause) and writer.rng.random() < 0.4:
            sentences[-1] += f", {link} {clause}"
            free = False
        else:
            sentences.append(clause)
            free = _open(clause)
    return sentences


def _open(clause: str) -> bool:
    return clause[-1] not in ".!"
