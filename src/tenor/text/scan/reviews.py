"""The rule `reviews`, compiled."""
# ruff: noqa: PLR0917, PLR0911, PLR0912 (compiled functions know no keywords; a state machine has branches)

from tenor.kernels.compiled import compiled
from tenor.text.scan.characters import ALPHANUMERIC, DIGIT
from tenor.text.scan.decoding import decode
from tenor.text.scan.scan import Bytes, Letters, Places
from tenor.text.scan.tags import blank_tags


@compiled
def _mouth(letters: Letters, i: int, end: int) -> bool:
    """Return whether an emoticon may end with the letter at `i`, which need not be there."""
    if i >= end:
        return False
    c = letters[i]
    if c == ord("/"):  # but not that of http://
        return bool(i + 1 == end or letters[i + 1] != ord("/"))
    return bool(
        c == ord(")")
        or c == ord("(")
        or c == ord("[")
        or c == ord("]")
        or c == ord("\\")
        or c == ord("|")
        or c == ord("*")
    )


@compiled
def _symbol(letters: Letters, kinds: Bytes, first: int, i: int, end: int) -> int:
    """Return where the token at `i` ends that is no word, in a text from `first`; `i` if there is none."""
    c = letters[i]
    if c == ord("!") or c == ord("?"):
        return i + 1
    if c == ord(":") or c == ord(";") or c == ord("="):
        j = i + 1
        if j < end and (letters[j] == ord("'") or letters[j] == ord("o") or letters[j] == ord("-")):
            if _mouth(letters, j + 1, end):
                return j + 2
        elif _mouth(letters, j, end):
            return j + 1
        if i > first and kinds[letters[i - 1]] & ALPHANUMERIC:
            return i
        if j < end and letters[j] == ord("-"):
            j += 1
        if j == end or not (letters[j] == ord("d") or letters[j] == ord("p") or letters[j] == ord("o")):
            return i
        return i if j + 1 < end and kinds[letters[j + 1]] & ALPHANUMERIC else j + 1
    if c == ord("<"):
        j = i + 1
        if j < end and letters[j] == ord("/"):
            j += 1
        if j < end and letters[j] == ord("3") and (j + 1 == end or not kinds[letters[j + 1]] & DIGIT):
            return j + 1
        return i
    if c == ord("^"):
        j = i + 1
        if j < end and letters[j] == ord("_"):
            j += 1
        return j + 1 if j < end and letters[j] == ord("^") else i
    if c == ord("-"):
        face = i + 2 < end and letters[i + 1] == ord("_") and letters[i + 2] == ord("-")
        return i + 3 if face else i
    if 0x2600 <= c <= 0x27BF or c in (0x2B50, 0x2B55) or 0x1F300 <= c <= 0x1F3FA or 0x1F400 <= c <= 0x1FAFF:
        return i + 1
    if 0x1F1E6 <= c <= 0x1F1FF and i + 1 < end and 0x1F1E6 <= letters[i + 1] <= 0x1F1FF:
        return i + 2  # a flag
    return i


@compiled
def scan(
    text: Bytes,
    offsets: Places,
    lower: Letters,
    kinds: Bytes,
    letters: Letters,
    starts: Places,
    ends: Places,
    firsts: Places,
) -> None:
    """See `tenor.text.reviews`."""
    count = at = 0
    for b in range(len(offsets) - 1):
        firsts[b] = count
        i = first = at
        at = decode(text, offsets[b], offsets[b + 1], lower, letters, at)
        blank_tags(letters, first, at)
        while i < at:
            start = i
            if not kinds[letters[i]] & ALPHANUMERIC:
                i = start if letters[i] == ord(" ") else _symbol(letters, kinds, first, start, at)
                if i == start:
                    i += 1
                    continue
            else:
                i += 1
                while i < at and kinds[letters[i]] & ALPHANUMERIC:
                    i += 1
                # Inner apostrophes of words and inner marks of numbers.
                while i + 1 < at:
                    c = letters[i]
                    if c == ord("'"):
                        inner = ALPHANUMERIC
                    elif (c == ord(".") or c == ord("/") or c == ord(",")) and kinds[letters[i - 1]] & DIGIT:
                        inner = DIGIT
                    else:
                        break
                    if not kinds[letters[i + 1]] & inner:
                        break
                    i += 2
                    while i < at and kinds[letters[i]] & inner:
                        i += 1
            starts[count] = start
            ends[count] = i
            count += 1
    firsts[len(offsets) - 1] = count
