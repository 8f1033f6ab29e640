"""The kinds of review: how each is put together, as one visible dict.

A function takes a `Writer` and the tone the review is to have, and returns its sentences. Every kind but
`plain` uses words of both tones alike under both labels, so that only their order and company decide.
"""

from collections.abc import Callable, Mapping, Sequence

from tenor.data.builtin.grammar import Writer

Tones = Sequence[bool]
Kind = Callable[[Writer, bool], list[str]]

BOTH: Tones = (False, True)


def plain(writer: Writer, good: bool) -> list[str]:
    """Two or three outright statements of one tone."""
    clauses = [_aspect_or_whole(writer, "affirm", good) for _ in range(writer.rng.randint(1, 2))]
    return _among_neutral(writer, _linked(writer, [*clauses, writer.clause("affirm whole", good)]))


def negation(writer: Writer, good: bool) -> list[str]:
    """A polar word of the opposite tone is negated; a second statement may agree."""
    clauses = [_aspect_or_whole(writer, "negate", good)]
    if writer.rng.random() < 0.7:
        clauses.append(_aspect_or_whole(writer, writer.rng.choice(["affirm", "affirm", "negate"]), good))
    return _among_neutral(writer, _linked(writer, _shuffled(writer, clauses)))


def double_negation(writer: Writer, good: bool) -> list[str]:
    """A polar word is negated twice; a second statement, negated once, may agree."""
    clauses = [_aspect_or_whole(writer, "double", good)]
    if writer.rng.random() < 0.7:
        clauses.append(_aspect_or_whole(writer, "negate", good))
    return _among_neutral(writer, _linked(writer, _shuffled(writer, clauses)))


def turn(writer: Writer, good: bool) -> list[str]:
    """First the one tone, then, or more weightily, the other."""
    return _among_neutral(writer, [_turn(writer, good)])


def late_turn(writer: Writer, good: bool) -> list[str]:
    """Long neutral text, then a verdict by negation, double negation or turn."""
    neutral = [writer.clause("neutral", good) for _ in range(writer.rng.randint(3, 5))]
    lead = [writer.clause("lead", good)] if writer.rng.random() < 0.6 else []
    way = writer.rng.choice(["negate", "double", "turn"])
    verdict = _turn(writer, good) if way == "turn" else _aspect_or_whole(writer, way, good)
    return [*neutral, *lead, verdict]


def mixed(writer: Writer, good: bool) -> list[str]:
    """As many good as bad aspects, and a verdict that says which side wins."""
    count = writer.rng.randint(1, 2)
    aspects = [_aspect(writer, tone) for tone in [True, False] * count]
    verdict = writer.word("opener") + writer.clause("verdict", good)
    weighed = _linked(writer, _shuffled(writer, aspects))
    return [verdict, *weighed] if writer.rng.random() < 0.2 else [*weighed, verdict]


# Kind -> (how it is written, the labels it can have).
KINDS: Mapping[str, tuple[Kind, Tones]] = {
    "plain": (plain, BOTH),
    "negation": (negation, BOTH),
    "double negation": (double_negation, BOTH),
    "turn to positive": (turn, (True,)),
    "turn to negative": (turn, (False,)),
    "late turn": (late_turn, BOTH),
    "mixed": (mixed, BOTH),
}


def _turn(writer: Writer, good: bool) -> str:
    how = writer.rng.choice(["frame", "frame", "before", "before", "time", "after"])
    if how == "frame":
        return writer.clause("turn", good)
    if how == "time":
        bank = writer.rng.choice(["affirm aspect", "affirm whole"])
        return writer.join(how, writer.clause(bank, not good), writer.clause("affirm whole", good))
    return writer.join(how, _aspect(writer, not good), _aspect_or_whole(writer, "affirm", good))


def _aspect(writer: Writer, good: bool) -> str:
    return writer.clause(writer.rng.choice(["affirm aspect", "affirm aspect", "negate aspect"]), good)


def _aspect_or_whole(writer: Writer, bank: str, good: bool) -> str:
    return writer.clause(f"{bank} {writer.rng.choice(['aspect', 'whole'])}", good)


def _shuffled(writer: Writer, clauses: list[str]) -> list[str]:
    return writer.rng.sample(clauses, len(clauses))


def _linked(writer: Writer, clauses: list[str]) -> list[str]:
    """Join some neighbours to one sentence."""
    sentences = clauses[:1]
    for clause in clauses[1:]:
        if writer.rng.random() < 0.3:
            sentences[-1] += f", and {clause}"
        else:
            sentences.append(clause)
    return sentences


def _among_neutral(writer: Writer, sentences: list[str]) -> list[str]:
    """Put up to two neutral sentences before, between or after the others."""
    around = list(sentences)
    for _ in range(writer.rng.randint(0, 2)):
        around.insert(writer.rng.randint(0, len(around)), writer.clause("neutral", good=True))
    return around
