"""Compiled: HTML tags of lower-cased letters -> spaces."""

from tenor.kernels.compiled import compiled
from tenor.text.scan.scan import Letters


@compiled
def blank_tags(letters: Letters, start: int, end: int) -> None:
    """Straighten apostrophes, and write spaces over tags, closing tags and comments."""
    opened = -1  # the last `<`, if a tag may have begun there
    for i in range(start, end):
        c = letters[i]
        if c == 0x2019:
            letters[i] = ord("'")
        elif c == ord("<"):
            opened = -1
            if i + 1 < end:
                after = letters[i + 1]
                if after == ord("/") and i + 2 < end:
                    after = letters[i + 2]
                    if ord("a") <= after <= ord("z"):
                        opened = i
                elif ord("a") <= after <= ord("z") or after == ord("!"):
                    opened = i
        elif c == ord(">") and opened >= 0:
            letters[opened : i + 1] = ord(" ")
            opened = -1
