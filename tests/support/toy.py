"""A toy problem: texts of nonsense words, one of which tells the class."""

import random

from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse
from tenor.data.example import Dataset, Example

CLASSES = ("negative", "positive")


def examples(count: int, name: str, seed: int = 0) -> tuple[Example, ...]:
    generator = random.Random(f"{name}{seed}")
    found = []
    for number in range(count):
        label = CLASSES[number % 2]
        words = [generator.choice("abcdefgh") for _ in range(generator.randint(1, 9))]
        words.insert(generator.randrange(len(words) + 1), {"negative": "bad", "positive": "good"}[label])
        kind = generator.choice(["short", "long"])
        found.append(Example(" ".join(words), label, f"{name}-{number}", columns={"kind": kind}))
    return tuple(found)


def dataset(train: int = 64, validation: int = 16, test: int = 20) -> Dataset:
    sizes = {"train": train, "validation": validation, "test": test}
    return Dataset("toy", CLASSES, {split: examples(count, split) for split, count in sizes.items() if count})


def config(**sections: dict[str, object]) -> ClassificationConfig:
    """Small enough that an epoch takes a blink."""
    values: dict[str, dict[str, object]] = {
        "text": {"tokenizer": "words", "min_count": 1},
        "network": {
            "embedding_size": 6,
            "embedding_dropout": 0.2,
            "word_dropout": 0.1,
            "recurrent": {"hidden_size": 5, "layers": 2, "dropout": 0.2},
        },
        "training": {"epochs": 4, "batch_size": 8, "precision": "float32", "threads": 1, "patience": None},
        "evaluation": {"resamples": 100},
    }
    for section, given in sections.items():
        values.setdefault(section, {}).update(given)
    return parse(values)
