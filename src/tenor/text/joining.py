"""`Joiner`: tokens -> text as it is written, token by token."""

from tenor.text.bpe import BEGINS_WORD

# What is written without a space before it, and what none follows.
_CLOSING = frozenset(".,;:!?)]}%…»”")
_ENDING = frozenset(".!?")  # these in runs, too
_OPENING = frozenset("([{«“")
_QUOTES = frozenset("\"'")


class Joiner:
    """Writes tokens one after the other; what a rule of words has dropped, such as spaces, is guessed.

    Characters are written as they are, pieces with a space where a word begins. Words have a space between
    them, but none before a comma or behind an opening bracket. An apostrophe stands within a word; of double
    quotes the first opens and the second closes.
    """

    def __init__(self, unit: str) -> None:
        self._unit = unit  # word, piece or character
        self._last = ""
        self._open: set[str] = set()

    def write(self, token: str) -> str:
        """Return what is written for the next token, with the space before it."""
        if self._unit == "character":
            return token
        if self._unit == "piece":
            begins = token.startswith(BEGINS_WORD)
            token = token.removeprefix(BEGINS_WORD)
            space = begins and self._spaced(token)
        else:
            space = self._spaced(token)
        self._last = token or self._last
        return f" {token}" if space else token

    def _spaced(self, token: str) -> bool:
        if not self._last or self._last[-1:] in _OPENING:
            return False
        if self._last in _QUOTES and (self._last in self._open or self._last == "'"):
            return False  # behind an opening quote, or within a word
        if token in _QUOTES:
            return self._quote(token)
        return token not in _CLOSING and not set(token) <= _ENDING

    def _quote(self, mark: str) -> bool:
        """Return whether a space stands before a mark that may begin or end a quotation."""
        if mark == "'":
            return False
        closes = mark in self._open
        self._open ^= {mark}
        return not closes


def join(tokens: list[str], unit: str) -> str:
    """Return the tokens as one text."""
    joiner = Joiner(unit)
    return "".join(map(joiner.write, tokens))
