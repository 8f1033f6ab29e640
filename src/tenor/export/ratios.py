"""Log-count ratios as operators: a table of words, and an exact search for the bigram each token ends."""

import numpy as np

from tenor.export.graph import Graph, places
from tenor.text.ratios import LogCountRatios
from tenor.text.vocabulary import SPECIALS


def beside(graph: Graph, ratios: LogCountRatios, ids: str) -> str:
    """Return the ratios of each word and of the bigram it ends: ids (B, T) -> (B, T, 2F)."""
    words = graph.add("Gather", graph.weight("ratios.words", ratios.words), ids)
    count = len(ratios.values)
    nothing = np.zeros((1, ratios.values.shape[1]), np.float32)
    values = graph.weight("ratios.values", np.concatenate((ratios.values, nothing)))
    return graph.concat(words, graph.add("Gather", values, _bigrams(graph, ratios, ids, count)), axis=-1)


def _bigrams(graph: Graph, ratios: LogCountRatios, ids: str, nothing: int) -> str:
    """Return the number of the bigram that ends at each token, (B, T), `nothing` where there is none.

    Among the followers of the word before, in rising order, the first that is not less than the word is
    found by halving: from the first of them, steps of falling powers of two are taken over those that are
    less.
    """
    starts, followers = ratios.bigrams.starts, ratios.bigrams.followers
    if not nothing:
        return graph.add("Mul", ids, np.int64(0))
    words = graph.cast(ids, np.int32)
    before = graph.slice(graph.add("Pad", words, places(0, 1, 0, 0), np.int32(0)), 1, 0, -1)
    first = graph.add("Gather", graph.weight("ratios.starts", starts[:-1]), before)
    end = graph.add("Gather", graph.weight("ratios.ends", starts[1:]), before)
    steps = _steps(int(np.diff(starts).max()))
    # Behind the last follower there is room for every step.
    room = np.full(1 + sum(steps), np.iinfo(np.int32).max, np.int32)
    table = graph.weight("ratios.followers", np.concatenate((followers, room)))
    place = first
    for step in steps:
        onward = graph.add("Add", place, np.int32(step))
        passed = graph.add("Gather", table, graph.add("Sub", onward, np.int32(1)))
        less = graph.add("And", graph.add("LessOrEqual", onward, end), graph.add("Less", passed, words))
        place = graph.add("Where", less, onward, place)
    there = graph.add("Equal", graph.add("Gather", table, place), words)
    for condition in (
        graph.add("Less", place, end),
        graph.add("GreaterOrEqual", words, np.int32(SPECIALS)),
        graph.add("GreaterOrEqual", before, np.int32(SPECIALS)),
    ):
        there = graph.add("And", there, condition)
    return graph.add("Where", there, place, np.int32(nothing))


def _steps(most: int) -> list[int]:
    """Return falling powers of two by which any number up to `most` can be reached."""
    return [1 << bit for bit in reversed(range(most.bit_length()))]
