"""The built-in corpora of reviews, `movies` and `products`: the same texts on every machine."""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files

from tenor.data.builtin.grammar import Banks, Writer, prose, read_banks
from tenor.data.builtin.kinds import KINDS, review
from tenor.data.example import Dataset, Example
from tenor.errors import DataError

CLASSES = ("negative", "positive")

# Reviews made by the grammar, by split and kind; "" stands for the other kinds. Training has more of those
# that show what a word means by itself and what makes a verdict.
COUNTS: Mapping[str, Mapping[str, int]] = {
    "train": {"plain": 1300, "mixed": 1100, "": 700},
    "validation": {"": 60},
    "test": {"": 70},
}


def movies() -> Dataset:
    """Film reviews."""
    return _corpus("movies", {"movies": ("common", "movies")})


def products() -> Dataset:
    """Reviews of electronics, books and things for the house; the column `domain` says which."""
    domains = ("electronics", "books", "home")
    return _corpus("products", {domain: ("common", "products", domain) for domain in domains})


BUILTIN: dict[str, Callable[[], Dataset]] = {"movies": movies, "products": products}


def load(name: str) -> Dataset:
    """Make the built-in corpus `name`.

    Its classes are "negative" and "positive"; its splits "train", "validation" and "test" share no sentence.
    Columns: `kind` (a key of `kinds.KINDS`), `source` ("grammar", or "written": by hand, in the test split
    only) and, for products, `domain`.
    """
    if name not in BUILTIN:
        raise DataError(f"no built-in corpus is called {name!r}; choose one of: {', '.join(BUILTIN)}")
    return BUILTIN[name]()


def _corpus(name: str, bank_names: Mapping[str, Sequence[str]]) -> Dataset:
    banks = {domain: read_banks(*names) for domain, names in bank_names.items()}
    splits = {}
    for split in COUNTS:
        rows = _made(banks, split, random.Random(f"{name} {split}"))  # noqa: S311 - not for secrets
        if split == "test":
            rows += _written(name)
        splits[split] = tuple(
            Example(
                text=row["text"],
                label=row["label"],
                id=f"{name}-{split}-{number:04d}",
                columns={key: row[key] for key in ("kind", "source", "domain") if key in row},
            )
            for number, row in enumerate(rows, start=1)
        )
    counts = {split: len(examples) for split, examples in splits.items()}
    return Dataset(
        name,
        CLASSES,
        splits,
        notes=(f"{name} is built in: reviews made by a grammar, and in the test split some written by hand",),
        provenance={"source": name, "built_in": True, "counts": counts},
    )


def _made(banks: Mapping[str, Banks], split: str, rng: random.Random) -> list[dict[str, str]]:
    domains = list(banks)
    writers = [Writer(banks[domain], split, rng) for domain in domains]
    rows: dict[str, dict[str, str]] = {}  # by text: no text comes twice
    for kind, (_, tones) in KINDS.items():
        for number in range(COUNTS[split].get(kind, COUNTS[split][""])):
            good = tones[number % len(tones)]
            domain = number // len(tones) % len(domains)
            text = prose(review(writers[domain], kind, good))
            while text in rows:
                text = prose(review(writers[domain], kind, good))
            rows[text] = {"text": text, "label": CLASSES[good], "kind": kind, "source": "grammar"}
            if len(domains) > 1:
                rows[text]["domain"] = domains[domain]
    return rng.sample(list(rows.values()), len(rows))


def _written(name: str) -> list[dict[str, str]]:
    lines = (files(__package__) / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "source": "written"} for line in lines]
