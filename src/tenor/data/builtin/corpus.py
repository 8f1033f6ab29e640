"""The built-in corpora of reviews: `movies` and `products`, the same bytes on every machine."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

from tenor.data.builtin.grammar import Writer, prose, read_banks
from tenor.data.builtin.kinds import KINDS, review
from tenor.data.example import Dataset, Example
from tenor.errors import DataError

CLASSES = ("negative", "positive")

# Grammar-made reviews by split and kind; "" is any other kind. Training has more of the kinds that show what a
# word means by itself and what a verdict is; the test split has the hand-written reviews as well.
COUNTS = {
    "train": {"": 500, "plain": 900, "mixed": 800},
    "validation": {"": 60},
    "test": {"": 70},
}

# The banks of each domain of each corpus.
_MOVIES = {"movies": ("common", "movies")}
_PRODUCTS = {
    "electronics": ("common", "products", "electronics"),
    "books": ("common", "products", "books"),
    "home": ("common", "products", "home"),
}


def movies() -> Dataset:
    """Film reviews."""
    return _corpus("movies", _MOVIES)


def products() -> Dataset:
    """Reviews of electronics, books and things for the home; the column `domain` says which."""
    return _corpus("products", _PRODUCTS)


BUILTIN: dict[str, Callable[[], Dataset]] = {"movies": movies, "products": products}


def load(name: str) -> Dataset:
    """Make the built-in corpus `name`.

    Classes are "negative" and "positive"; the splits are "train", "validation" and "test", which share no
    sentence. Columns: `kind` (see `kinds.KINDS`), `source` ("grammar" or "written"; the test split alone
    has reviews written by hand) and, for products, `domain`.
    """
    if name not in BUILTIN:
        raise DataError(f"no built-in corpus is called {name!r}; choose one of: {', '.join(BUILTIN)}")
    return BUILTIN[name]()


def _corpus(name: str, domains: Mapping[str, Sequence[str]]) -> Dataset:
    splits = {}
    for split, counts in COUNTS.items():
        rows = _grammar_rows(domains, split, counts, random.Random(f"{name} {split}"))  # noqa: S311
        if split == "test":
            rows += _written_rows(name)
        splits[split] = tuple(
            Example(
                text=row["text"],
                label=row["label"],
                id=f"{name}-{split}-{number:04d}",
                columns={key: row[key] for key in ("kind", "source", "domain") if key in row},
            )
            for number, row in enumerate(rows, start=1)
        )
    sizes = {split: len(examples) for split, examples in splits.items()}
    return Dataset(name, CLASSES, splits, provenance={"source": name, "built_in": True, "counts": sizes})


def _grammar_rows(
    domains: Mapping[str, Sequence[str]], split: str, counts: Mapping[str, int], rng: random.Random
) -> list[dict[str, str]]:
    writers = {domain: Writer(read_banks(*banks), split, rng) for domain, banks in domains.items()}
    rows, seen = [], set()
    for kind, (_, tones) in KINDS.items():
        for number in range(counts.get(kind, counts[""])):
            domain = list(domains)[number // len(tones) % len(domains)]
            good = tones[number % len(tones)]
            text = ""
            while not text or text in seen:
                text = prose(review(writers[domain], kind, good))
            seen.add(text)
            row = {"text": text, "label": CLASSES[good], "kind": kind, "source": "grammar"}
            rows.append(row | {"domain": domain} if len(domains) > 1 else row)
    rng.shuffle(rows)
    return rows


def _written_rows(name: str) -> list[dict[str, str]]:
    text = (files(__package__) / f"{name}.jsonl").read_text(encoding="utf-8")
    return [{"source": "written", **json.loads(line)} for line in text.splitlines()]
