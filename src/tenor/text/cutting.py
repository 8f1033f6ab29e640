"""Where a text that goes on can be cut, so that its two parts have the tokens of the whole."""

import re

# Marks that end sentences and clauses, and brackets, of scripts that write words without spaces: Chinese and
# Japanese, Khmer, Burmese, Tibetan. None is part of a word or of a smiley, and none lets a Σ look past it, as
# ：, ． and ＇ do.
MARKS = "、。〈〉《》「」『』【】（），！？；｡､។៕၊။་།"


def last_place(pattern: re.Pattern[str], text: str) -> int:
    """Return where the last match of group 1 of `pattern` ends, 0 if there is none.

    The pattern finds places, as group 1, and what must not be cut although such places lie in it.
    """
    end = 0
    for match in pattern.finditer(text):
        if match[1] is not None:
            end = match.end()
    return end
