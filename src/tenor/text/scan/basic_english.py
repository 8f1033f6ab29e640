"""The rule `basic_english`, compiled."""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

from tenor.kernels.compiled import compiled
from tenor.text.scan.characters import SPACE
from tenor.text.scan.decoding import decode
from tenor.text.scan.scan import Bytes, Letters, Places


@compiled
def _quotes(letters: Letters, i: int, end: int) -> int:
    """Return the first place from `i` that holds no double quote."""
    while i < end and letters[i] == ord('"'):
        i += 1
    return i


@compiled
def _line_break(letters: Letters, i: int, end: int) -> int:
    """Return where the `<br />` at `i` ends, quotes within it or not; `i` if there is none."""
    j = i
    for mark in (ord("<"), ord("b"), ord("r"), ord(" "), ord("/"), ord(">")):
        if j > i:
            j = _quotes(letters, j, end)
        if j == end or letters[j] != mark:
            return i
        j += 1
    return j


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
    """See `tenor.text.basic_english`. Words are written again without their double quotes."""
    count = at = 0
    for b in range(len(offsets) - 1):
        firsts[b] = count
        i = at
        end = decode(text, offsets[b], offsets[b + 1], lower, letters, at)
        start = at  # of the word that is being written
        while i < end:
            c = letters[i]
            after = i + 1
            if c == ord('"'):
                i = after
                continue
            if c == ord("<"):
                after = _line_break(letters, i, end)
            mark = (
                c == ord("'")
                or c == ord(".")
                or c == ord(",")
                or c == ord("(")
                or c == ord(")")
                or c == ord("!")
                or c == ord("?")
            )
            if mark or c == ord(";") or c == ord(":") or kinds[c] & SPACE or after > i + 1:
                if at > start:
                    starts[count] = start
                    ends[count] = at
                    count += 1
                    start = at
                if mark:
                    letters[at] = c
                    at += 1
                    starts[count] = start
                    ends[count] = at
                    count += 1
                    start = at
                i = after
            else:
                letters[at] = c
                at += 1
                i += 1
        if at > start:
            starts[count] = start
            ends[count] = at
            count += 1
    firsts[len(offsets) - 1] = count
