"""`Token`: one piece of a text and where it stands."""

from typing import NamedTuple


class Token(NamedTuple):
    """A token and the characters `start` to `end` (exclusive) of the original text it was made from.

    `text` is what the vocabulary sees, often lower-cased; show `original[start:end]` to a reader. Tokens
    follow the text, but two pieces cut from one character (bpe) may share their place.
    """

    text: str
    start: int
    end: int
