"""The kinds of review: how each is put together, as one visible dict.

A function takes a `Writer` and the tone the review is to have, and returns its sentences. Every kind but
`plain` uses words of both tones alike under both labels, so that only their order and company decide.
"""

from collections.abc import Callable, Mapping, Sequence

from tenor.data.builtin.grammar import Writer

Tones = Sequence[bool]
Kind = Callable[[Writer, bool], list[str]]

BOTH: Tones = (False, True)

# What may stand beside the decisive statement, all of the same tone. Over the four cases the words of the
# right and of the wrong tone are about as many.
BESIDE_NEGATION = ((), ("affirm",), ("negate", "affirm"), ("affirm", "affirm"))
BESIDE_DOUBLE_NEGATION = ((), ("negate",), ("double", "negate"), ("negate", "negate"))


def plain(writer: Writer, good: bool) -> list[str]:
    """Two or three outright statements of one tone."""
    clauses = [_aspect_or_whole(writer, "affirm", good) for _ in range(writer.rng.randint(1, 2))]
    return _linked(writer, [*clauses, writer.clause("affirm whole", good)])


def negation(writer: Writer, good: bool) -> list[str]:
    """A word of the opposite tone is negated; other statements may agree."""
    banks = ["negate", *writer.rng.choice(BESIDE_NEGATION)]
    return _linked(writer, _shuffled(writer, [_aspect_or_whole(writer, bank, good) for bank in banks]))


def double_negation(writer: Writer, good: bool) -> list[str]:
    """A word of the same tone is negated twice; other statements may agree."""
    banks = ["double", *writer.rng.choice(BESIDE_DOUBLE_NEGATION)]
    return _linked(writer, _shuffled(writer, [_aspect_or_whole(writer, bank, good) for bank in banks]))


def turn(writer: Writer, good: bool) -> list[str]:
    """First the one tone, then, or more weightily, the other."""
    how = writer.rng.choice(["frame", "frame", "before", "before", "time", "after"])
    if how == "frame":
        turned = writer.clause("turn", good)
    elif how == "time":
        first = writer.clause(writer.rng.choice(["affirm aspect", "affirm whole"]), not good)
        turned = writer.join(how, first, writer.clause("affirm whole", good))
    else:
        turned = writer.join(how, _aspect(writer, not good), _aspect_or_whole(writer, "affirm", good))
    bank = writer.rng.choice(["", "affirm", "negate"])
    return [turned, _aspect_or_whole(writer, bank, good)] if bank else [turned]


def late_turn(writer: Writer, good: bool) -> list[str]:
    """Long neutral text, then a verdict by negation, double negation or turn."""
    neutral = writer.neutral(writer.rng.randint(3, 5))
    lead = [writer.clause("lead", good)] if writer.rng.random() < 0.6 else []
    return [*neutral, *lead, *writer.rng.choice([negation, double_negation, turn])(writer, good)]


def mixed(writer: Writer, good: bool) -> list[str]:
    """As many good as bad aspects, and a verdict that says which side wins."""
    aspects = [_aspect(writer, tone) for tone in [True, False] * writer.rng.randint(1, 2)]
    weighed = _linked(writer, _shuffled(writer, aspects))
    verdict = writer.word("opener") + writer.clause("verdict", good)
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


def review(writer: Writer, kind: str, good: bool) -> list[str]:
    """Return the sentences of a new review, with up to two neutral ones among those of its kind."""
    writer.begin()
    compose, _ = KINDS[kind]
    sentences = compose(writer, good)
    if compose is not late_turn:
        for sentence in writer.neutral(writer.rng.randint(0, 2)):
            sentences.insert(writer.rng.randint(0, len(sentences)), sentence)
    return sentences


def _aspect(writer: Writer, good: bool) -> str:
    return writer.clause(writer.rng.choice(["affirm aspect", "affirm aspect", "negate aspect"]), good)


def _aspect_or_whole(writer: Writer, bank: str, good: bool) -> str:
    return writer.clause(f"{bank} {writer.rng.choice(['aspect', 'whole'])}", good)


def _shuffled(writer: Writer, clauses: list[str]) -> list[str]:
    return writer.rng.sample(clauses, len(clauses))


def _linked(writer: Writer, clauses: list[str]) -> list[str]:
    """Join some neighbours, two at a time, to one sentence."""
    sentences: list[str] = []
    linked = True
    for clause in clauses:
        if not linked and writer.rng.random() < 0.4:
            sentences[-1] += f", and {clause}"
            linked = True
        else:
            sentences.append(clause)
            linked = False
    return sentences
