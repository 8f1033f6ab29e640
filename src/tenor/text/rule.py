"""`Rule`: a tokenizer that learns nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tenor.text.bulk import Bulk
from tenor.text.token import Token


@dataclass(frozen=True)
class Rule:
    """Functions under a name, which must agree on the tokens; the name is all that is saved.

    `bulk` returns the compiled form of `tokenize`.
    """

    name: str
    tokenize: Callable[[str], list[str]]
    spans: Callable[[str], list[Token]]
    cut: Callable[[str], int]
    bulk: Callable[[], Bulk]

    def build(self, texts: Iterable[str], *, max_size: int | None, min_count: int) -> "Rule":
        """Return the rule itself."""
        return self

    def from_json(self, value: Mapping[str, object]) -> "Rule":
        """Return the rule itself."""
        return self

    def to_json(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"name": self.name}
