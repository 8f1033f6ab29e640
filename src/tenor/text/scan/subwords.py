"""The words that `tenor.text.bpe` cuts into subwords, found by a compiled rule; for plain texts only."""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

from tenor.kernels.compiled import compiled
from tenor.text.scan.characters import ALPHANUMERIC
from tenor.text.scan.decoding import decode
from tenor.text.scan.scan import Bytes, Letters, Places
from tenor.text.scan.tags import blank_tags


@compiled
def _word(kinds: Bytes, c: int) -> bool:
    """Return whether a character is one of words, for the library too."""
    return bool(kinds[c] & ALPHANUMERIC or c == ord("_"))


@compiled
def _space(c: int) -> bool:
    """Return whether a character is white space for the library, which 0x1c to 0x1f are not."""
    return bool(c == ord(" ") or 9 <= c <= 13 or c in (0x85, 0xA0))


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
    """Words with inner apostrophes, and runs of what is neither word nor white space."""
    count = at = 0
    for b in range(len(offsets) - 1):
        firsts[b] = count
        i = first = at
        at = decode(text, offsets[b], offsets[b + 1], lower, letters, at)
        blank_tags(letters, first, at)
        while i < at:
            if _space(letters[i]):
                i += 1
                continue
            starts[count] = i
            if _word(kinds, letters[i]):
                while i < at and _word(kinds, letters[i]):
                    i += 1
                    if i + 1 < at and letters[i] == ord("'") and _word(kinds, letters[i + 1]):
                        i += 1
            else:
                while i < at and not _space(letters[i]) and not _word(kinds, letters[i]):
                    i += 1
            ends[count] = i
            count += 1
    firsts[len(offsets) - 1] = count
