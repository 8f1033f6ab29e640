"""`Effort`: when it is worth a moment to load what reads many texts faster."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain


@dataclass
class Effort:
    """Counts, over a process, what was read text by text. Both ways give the same result.

    Loading takes as long as reading some million characters text by text. It is left to a call that takes a
    while anyway, so that no short one waits for it. Once it is done, it pays from a few texts on.
    """

    first: int = 4_000_000  # characters in all, this call included, before anything is loaded
    least: int = 100_000  # of which in the call that loads
    later: int = 5_000  # characters in one call, afterwards
    spent: int = 0
    loaded: bool = False

    def expect_many(self) -> None:
        """Load at the next call that is long enough, whatever was read before; for a process that goes on."""
        self.spent = max(self.spent, self.first)

    def weigh(self, texts: Iterable[str]) -> tuple[Iterable[str], bool]:
        """Return the same texts, and whether to read them at once; there are some, then."""
        enough = self.later if self.loaded else max(self.first - self.spent, self.least)
        rest = iter(texts)
        seen: list[str] = []
        size = 0
        for text in rest:
            seen.append(text)
            size += len(text)
            if size >= enough:
                self.loaded = True
                return chain(seen, rest), True
        self.spent += size
        return seen, False
