"""Texts that stand in two splits: how they are told, and how they leave the split that may do without.

Two texts are the same when they are equal but for case and white space. Only a digest of each is kept, so
memory stays small beside the texts themselves.
"""

import re
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b

from tenor.data.example import Example
from tenor.errors import DataError

# A text stays in the first of these splits that has it: what is measured must not shrink.
_STAYS = ("test", "validation", "train")
NEAR = 0.8  # words that two texts share, as a share of all words of both (Jaccard), from which they are near
_WORD = re.compile(r"\w+")


def normalized(text: str) -> str:
    """Return `text` without case and with single spaces, the form in which duplicates are sought."""
    return " ".join(text.casefold().split())


def digest(text: str) -> bytes | None:
    """Return a digest of the normalized text; None of one without any characters, which is no duplicate."""
    same = normalized(text)
    # surrogatepass: a broken character from a lenient reader must not stop the count.
    return blake2b(same.encode("utf-8", "surrogatepass"), digest_size=16).digest() if same else None


def words(text: str) -> frozenset[str]:
    """Return the words of the normalized text, by which `near` tells texts that are nearly the same."""
    return frozenset(_WORD.findall(normalized(text)))


def near(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts with these words are nearly the same: most of all their words stand in both."""
    small, large = sorted((len(one), len(other)))
    if not large or small < NEAR * large:
        return False
    return len(one & other) >= NEAR * len(one | other)


def drop_shared(
    splits: Mapping[str, tuple[Example, ...]],
) -> tuple[dict[str, tuple[Example, ...]], list[str]]:
    """Leave out of training what validation or test has too, and of validation what test has.

    Repeats within a split stay. Returns the splits in their order, and for each that lost texts a sentence.

    Raises:
        DataError: a split would be left without texts, or training without a class that it had.
    """
    home: dict[bytes, str] = {}
    kept = dict(splits)
    notes = []
    for name in (name for name in _STAYS if name in splits):
        digests = [digest(example.text) for example in splits[name]]
        homes = [None if key is None else home.setdefault(key, name) for key in digests]
        rows = tuple(
            row for row, there in zip(splits[name], homes, strict=True) if there is None or there == name
        )
        gone = Counter(there for there in homes if there is not None and there != name)
        if not gone:
            continue
        where = " or ".join(f"in {other} ({gone[other]:,})" for other in _STAYS if gone[other])
        said = f"{gone.total():,} of {len(homes):,} texts"
        _check(name, splits[name], rows, f"{said}, which also stand {where}")
        kept[name] = rows
        notes.append(f"{name.capitalize()}: {said} left out, since they also stand {where}.")
    return kept, notes


def _check(name: str, before: tuple[Example, ...], after: tuple[Example, ...], left_out: str) -> None:
    lost = {example.label for example in before} - {example.label for example in after}
    if not after or (name == "train" and lost):
        nothing = "text" if not after else f"text of class {min(map(str, lost))!r}"
        raise DataError(
            f"leaving {left_out}, out of {name} leaves it no {nothing}; give other data, or keep duplicates "
            "(data.duplicates=keep)"
        )
