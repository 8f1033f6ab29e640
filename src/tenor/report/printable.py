"""Texts that can be shown anywhere and command nothing: changed where they are looked at, escaped in JSON."""

import re

# Control characters and lone surrogates, and marks that turn the direction of all that follows: a terminal
# obeys the first, and with the last a text can look like another.
_COMMANDS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def printable(text: str) -> str:
    """Return the text, as long as before, line breaks as spaces and other control characters as U+FFFD.

    Joiners stay: emoji and several scripts need them.
    """
    return _COMMANDS.sub(lambda found: " " if found[0] in _SPACES else "\ufffd", text)


def escaped(json: str) -> str:
    """Return JSON of the same value in which such characters are written as escapes."""
    # What is left of line breaks stands between values.
    return _COMMANDS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", json)
