"""Occlusion: what the log-odds lose when a token or a phrase is left out (Li et al. 2016).

Left out, not replaced: what remains is a text of words the model knows, while the vector of the unknown word
means little in a model that was trained without word dropout on every word there is. All there is to it is
reading, so it works with any engine and without torch.

A long text has more tokens than it can be read again. So there are at most some hundreds of pieces; where a
piece has several tokens they share its score equally.
"""

from itertools import pairwise

import numpy as np

from tenor.evaluation.metrics import Ints
from tenor.explain.question import Question, Scores

# Readings of a text, and tokens read in all of them; but at least so many readings.
_MOST_READINGS, _MOST_TOKENS, _LEAST_READINGS = 512, 1 << 23, 64
# Tokens of a phrase at most.
_PHRASE = 6


def occlusion(question: Question) -> Scores:
    """Leave out each token; in texts of more than 512 tokens each run of so many that there are 512 at most.

    From 16,384 tokens on there are fewer runs, 64 at least.
    """
    return _leaving_out(question, np.arange(len(question.ids)))


def phrase_occlusion(question: Question) -> Scores:
    """Leave out each phrase: what stands between marks of punctuation, in pieces of at most 6 tokens."""
    return _leaving_out(question, phrases(question))


def phrases(question: Question) -> Ints:
    """Return the first token of each phrase of a text, (P,).

    A phrase ends with a mark of punctuation or the end of a line. One of more than 6 tokens is cut into
    pieces as equal as can be.
    """
    text, spans = question.text, question.spans
    ends = [
        not any(map(str.isalnum, text[one.start : one.end])) or _breaks(text[one.end : following.start])
        for one, following in pairwise(spans)
    ]
    starts = [0, *(place for place, end in enumerate(ends, 1) if end)]
    pieces: list[int] = []
    for start, stop in zip(starts, [*starts[1:], len(spans)], strict=True):
        parts = -(-(stop - start) // _PHRASE)
        pieces += (start + (stop - start) * part // parts for part in range(parts))
    return np.array(pieces, np.int64)


def _breaks(gap: str) -> bool:
    return any(not character.isspace() or character == "\n" for character in gap)


def _leaving_out(question: Question, starts: Ints) -> Scores:
    """Leave out each piece, named by its first token (P,); neighbours together where there are too many."""
    length = len(question.ids)
    most = max(_LEAST_READINGS, min(_MOST_READINGS, _MOST_TOKENS // length))
    starts = starts[:: -(-len(starts) // most)]
    sizes = np.diff(starts, append=length)
    piece = np.repeat(np.arange(len(starts)), sizes)  # (T,)
    left = question.log_odds(piece != np.arange(len(starts))[:, None])
    return Scores(np.repeat((question.whole - left) / sizes, sizes), question.whole)
