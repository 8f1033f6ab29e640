"""Changes of a text that must not change what it says: of spelling, case, punctuation and white space."""

import re
from collections.abc import Callable
from random import Random

Change = Callable[[str, Random], str]

_LONG = re.compile(r"[^\W\d_]{5,}")  # words that are still read with two letters in the wrong order
_MARKS = re.compile(r"[.,;:!?]+")
_ENDS = re.compile(r"[.]+(?=\s|$)")


def typo(text: str, random: Random) -> str:
    """Swap two different letters inside a word of five or more; the first and the last one stay."""
    places = [
        place
        for word in _LONG.finditer(text)
        if word[0].isalpha()  # ² and the like are no digits to the pattern, and no letters either
        for place in range(word.start() + 1, word.end() - 2)
        if text[place] != text[place + 1]
    ]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def two_typos(text: str, random: Random) -> str:
    """Swap two letters, twice."""
    return typo(typo(text, random), random)


def upper_case(text: str, random: Random) -> str:
    """Write everything in capitals."""
    return text.upper()


def lower_case(text: str, random: Random) -> str:
    """Write nothing in capitals."""
    return text.lower()


def no_punctuation(text: str, random: Random) -> str:
    """Leave out the marks between and after sentences; apostrophes and hyphens stay."""
    return _MARKS.sub("", text)


def exclamation(text: str, random: Random) -> str:
    """End each sentence that ends with a full stop with one to three exclamation marks."""
    return _ENDS.sub(lambda _: "!" * random.randint(1, 3), text)


def white_space(text: str, random: Random) -> str:
    """Put two or three spaces, or a line break, for some of the spaces."""
    return re.sub(" ", lambda _: random.choice((" ", "  ", "   ", "\n")), text)


CHANGES: dict[str, Change] = {
    "typo": typo,
    "two typos": two_typos,
    "upper case": upper_case,
    "lower case": lower_case,
    "no punctuation": no_punctuation,
    "exclamation": exclamation,
    "white space": white_space,
}
