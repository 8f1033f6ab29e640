"""The last line of a card: the hash of all above it, by which a card that a person changed is told."""

import hashlib
import re

_SEAL = re.compile(
    r"(.*\n)\n<!-- Written by tenor card; SHA-256 of what is above: ([0-9a-f]{64}) -->\n?", re.S
)


def sealed(text: str) -> str:
    """Return the text, which ends in a line break, with its seal."""
    return f"{text}\n<!-- Written by tenor card; SHA-256 of what is above: {_hash(text)} -->\n"


def intact(text: str) -> bool:
    """Return whether a text is as `sealed` made it; line breaks may be those of another system."""
    found = _SEAL.fullmatch(text.replace("\r\n", "\n"))
    return found is not None and _hash(found[1]) == found[2]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
