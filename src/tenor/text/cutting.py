"""Where a text that goes on can be cut, so that its two parts have the tokens of the whole."""

import re


def last_blank(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match of group 1 of `pattern` ends, 0 if there is none.

    The pattern finds white space, as group 1, and what must not be cut although white space stands in it.
    """
    end = 0
    for match in pattern.finditer(text):
        if match[1] is not None:
            end = match.end()
    return end
