"""`inspect`: what a model learned of words, as values for tables, pictures and pages."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tenor.config.names import name_of
from tenor.explain import gates, polarity
from tenor.explain.lexicon import Ids, Lexicon
from tenor.explain.polarity import Effects, Watch, unwatched
from tenor.explain.word_map import plane
from tenor.inference.predictor import Predictor
from tenor.inference.similarity import Nearest
from tenor.text.tokens import Tokens

# Pairs read alone are made of one of so many first words of the vocabulary, such as "not", and one of so
# many words that speak for a class.
_COMMON, _POLAR = 100, 100
_LEAST = 5  # places of texts at which a word must stand for its mean to be shown
_LIKE = 3  # words of each class whose neighbours are shown if none are named
_MAPPED = 20  # words of each class on the map


@dataclass(frozen=True)
class Effect:
    """A word or pair, and what it changes in the log-odds of a class (`explain.polarity`)."""

    text: str
    value: float  # of a pair: beyond its words
    together: float  # of both words of a pair
    count: int | None  # places in texts; None: read alone


@dataclass(frozen=True)
class Speaks:
    """What speaks for a class, the strongest first."""

    label: str
    words: tuple[Effect, ...]
    pairs: tuple[Effect, ...]


@dataclass(frozen=True)
class InTexts:
    """The same by occlusion in texts."""

    texts: int
    classes: tuple[Speaks, ...]


@dataclass(frozen=True)
class Neighbours:
    """A word and those with the most similar vectors, by cosine."""

    word: str
    nearest: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Point:
    """A word on the map."""

    text: str
    x: float
    y: float
    label: str  # the class it speaks for
    value: float  # how strongly, read alone


@dataclass(frozen=True)
class WordMap:
    """The words that speak most for each class, on a plane."""

    points: tuple[Point, ...]
    shares: tuple[float, float]


@dataclass(frozen=True)
class Openness:
    """A gate and the words it is most and least open for: mean over units, directions and places."""

    name: str
    high: str
    low: str
    most: tuple[tuple[str, float], ...]
    least: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Gates:
    """What a recurrent reader lets in and forgets."""

    basis: str  # where the words stood, as a sentence
    gates: tuple[Openness, ...]


@dataclass(frozen=True)
class Inspection:
    """What a model learned of words."""

    model: str  # the name of its network
    unit: str  # "word" or "piece"
    read: int  # words that were read alone
    classes: tuple[Speaks, ...]
    in_texts: InTexts | None
    neighbours: tuple[Neighbours, ...]
    map: WordMap
    gates: Gates | None
    without_gates: str | None  # why there are none

    def to_json(self) -> dict[str, Any]:
        """Return the result as JSON-ready values."""
        return asdict(self)


def inspect(
    predictor: Predictor,
    *,
    words: Sequence[str] = (),
    read: int = 5000,
    most: int = 10,
    texts: Iterable[str] = (),
    watch: Watch = unwatched,
) -> Inspection:
    """Inspect a model.

    Args:
        predictor: the model.
        words: whose neighbours are shown; without any, the words that speak most for each class.
        read: so many first words of the vocabulary are looked at.
        most: entries of each list.
        texts: texts in which words are left out in turn, and gates observed; without any, words are read
            alone only.
        watch: is told what is read next and how many readings that takes, and then how many are done.

    Raises:
        InputError: one of `words` is not in the vocabulary.
    """
    model = predictor.model
    lexicon = Lexicon(model.pipeline)
    named = [lexicon.find(word) for word in words]
    ids = lexicon.first(read)
    alone = polarity.words_alone(predictor, ids, watch=watch)
    labels = range(len(predictor.classes))
    polar = _distinct(ids, [alone.best(label, max(_POLAR // len(labels), 1)) for label in labels])
    pairs = polarity.pairs_alone(predictor, lexicon.first(_COMMON), polar, watch=watch)
    tokens = model.pipeline.encode(texts)
    found = polarity.in_texts(predictor, tokens, least=_LEAST, watch=watch) if len(tokens) else None
    like = named or _distinct(ids, [alone.best(label, _LIKE) for label in labels]).tolist()
    encoder = model.config.network.encoder
    return Inspection(
        model=name_of(model.config.network),
        unit=lexicon.unit,
        read=len(ids),
        classes=_speaks(predictor.classes, lexicon, alone, pairs, most),
        in_texts=None
        if found is None
        else InTexts(found.texts, _speaks(predictor.classes, lexicon, found.words, found.pairs, most)),
        neighbours=_neighbours(predictor, lexicon, like, most),
        map=_map(predictor, lexicon, alone),
        gates=_gates(predictor, lexicon, ids, tokens, most) if encoder in gates.GATES else None,
        without_gates=gates.WITHOUT.get(encoder),
    )


def _distinct(ids: Ids, rows: Iterable[Sequence[int]]) -> Ids:
    """Return the ids of rows, each once, in their order."""
    return ids[list(dict.fromkeys(row for some in rows for row in some))]


def _speaks(
    classes: Sequence[str], lexicon: Lexicon, words: Effects, pairs: Effects, most: int
) -> tuple[Speaks, ...]:
    return tuple(
        Speaks(name, *(tuple(_effects(lexicon, found, label, most)) for found in (words, pairs)))
        for label, name in enumerate(classes)
    )


def _effects(lexicon: Lexicon, found: Effects, label: int, most: int) -> Iterable[Effect]:
    for row in found.best(label, most):
        yield Effect(
            " ".join(map(lexicon.word, found.ids[row].tolist())),
            float(found.values[row, label]),
            float(found.together[row, label]),
            None if found.counts is None else int(found.counts[row]),
        )


def _neighbours(
    predictor: Predictor, lexicon: Lexicon, like: Sequence[int], most: int
) -> tuple[Neighbours, ...]:
    vectors, every = predictor.model.word_vectors, lexicon.first()
    nearest = Nearest[int](vectors[list(like)], most + 1)  # itself is the nearest
    nearest.add(every.tolist(), vectors[every])
    return tuple(
        Neighbours(
            lexicon.word(word),
            tuple([(lexicon.word(other), value) for other, value in found if other != word][:most]),
        )
        for word, found in zip(like, nearest.found(), strict=True)
    )


def _map(predictor: Predictor, lexicon: Lexicon, alone: Effects) -> WordMap:
    """Place the words that speak most for a class; one that does so for several, once."""
    classes = predictor.classes
    rows: dict[int, int] = {}
    for label in range(len(classes)):
        for row in alone.best(label, _MAPPED):
            rows.setdefault(row, label)
    if not rows:
        return WordMap((), (0.0, 0.0))
    ids = alone.ids[list(rows), 0]
    found = plane(predictor.model.word_vectors[ids], alone.values[list(rows), -1])
    return WordMap(
        tuple(
            Point(lexicon.word(int(alone.ids[row, 0])), x, y, classes[label], float(alone.values[row, label]))
            for (row, label), (x, y) in zip(rows.items(), found.points.tolist(), strict=True)
        ),
        found.shares,
    )


def _gates(predictor: Predictor, lexicon: Lexicon, ids: Ids, tokens: Tokens, most: int) -> Gates:
    """Observe the gates in texts where there are any, else at each word read alone."""
    model = predictor.model
    seen = tokens if len(tokens) else Tokens(ids, np.arange(len(ids) + 1, dtype=np.int64))
    words, which, counts = np.unique(seen.ids, return_inverse=True, return_counts=True)
    sums = np.zeros((len(words), len(gates.GATES[model.config.network.encoder])))
    np.add.at(sums, which.reshape(-1), gates.openness(model, seen))
    kept = (words != lexicon.unknown) & (counts >= (_LEAST if len(tokens) else 1))
    words, means = words[kept], (sums / counts[:, None])[kept]  # (M,), (M, G)
    found = []
    for place, gate in enumerate(gates.GATES[model.config.network.encoder]):
        ranked = np.argsort(means[:, place], kind="stable")
        shown = [
            tuple((lexicon.word(int(words[row])), float(means[row, place])) for row in rows)
            for rows in (ranked[::-1][:most], ranked[:most])
        ]
        found.append(Openness(gate.name, gate.high, gate.low, *shown))
    return Gates(_basis(predictor, lexicon, tokens), tuple(found))


def _basis(predictor: Predictor, lexicon: Lexicon, tokens: Tokens) -> str:
    unit = lexicon.unit
    if gates.sees_words_alone(predictor.model):
        return f"These gates see nothing but the {unit}, so the values hold wherever it stands."
    if len(tokens):
        return f"Means over the places of {len(tokens):,} texts where a {unit} stands, {_LEAST} or more."
    beside = (
        f"the {unit}s read before it"
        if predictor.model.config.network.encoder == "mingru"
        else "the state before it"
    )
    return f"Each {unit} is read alone; in a text the gates also see {beside}, which reading data shows."
