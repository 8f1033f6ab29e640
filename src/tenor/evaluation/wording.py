"""Wording: which texts hold words that turn a meaning round, so that word order matters more in them.

The lists are of English, short and ours. They look at words, not at meaning: "not only" counts as negation.
Words that are as often about time ("yet", "still", "while", "since") are left out of the contrasts.
"""

import re
from collections.abc import Iterable

COLUMN = "wording"
VALUES = ("neither", "negation", "contrast", "both")

NEGATION = (
    *("no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "cannot", "without"),
    *("hardly", "barely", "scarcely"),
    # as they are written without the apostrophe
    *("aint", "arent", "cant", "couldnt", "didnt", "doesnt", "dont", "hadnt", "hasnt", "havent", "isnt"),
    *("shouldnt", "wasnt", "werent", "wont", "wouldnt"),
)
CONTRAST = (
    *("but", "however", "although", "though", "tho", "despite", "nevertheless", "nonetheless"),
    *("notwithstanding", "whereas", "in spite of", "on the other hand", "except"),
)


def _words(words: Iterable[str], *others: str) -> re.Pattern[str]:
    of_words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    return re.compile("|".join((rf"\b(?:{of_words})\b", *others)), re.IGNORECASE)


# n't stands at the end of a word (isn't) or, in texts that were tokenized, alone (is n't).
_NEGATION = _words(NEGATION, r"n['’]t\b")
_CONTRAST = _words(CONTRAST)


def wording(texts: Iterable[str]) -> list[str]:
    """Return for each text which of the two kinds of words it holds: one of `VALUES`."""
    return [VALUES[bool(_NEGATION.search(text)) + 2 * bool(_CONTRAST.search(text))] for text in texts]
