"""The rule `words`, compiled."""
# ruff: noqa: PLR0917 (compiled functions know no keywords)

from tenor.kernels.compiled import compiled
from tenor.text.scan.characters import ALPHANUMERIC
from tenor.text.scan.decoding import decode
from tenor.text.scan.scan import Bytes, Letters, Places


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
    r"""See `tenor.text.words`: `\w+`."""
    count = at = 0
    for b in range(len(offsets) - 1):
        firsts[b] = count
        i = at
        at = decode(text, offsets[b], offsets[b + 1], lower, letters, at)
        while i < at:
            if not (kinds[letters[i]] & ALPHANUMERIC or letters[i] == ord("_")):
                i += 1
                continue
            starts[count] = i
            while i < at and (kinds[letters[i]] & ALPHANUMERIC or letters[i] == ord("_")):
                i += 1
            ends[count] = i
            count += 1
    firsts[len(offsets) - 1] = count
