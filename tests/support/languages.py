"""A toy language, which is learned in a blink, and small models of it."""

from pathlib import Path

from tenor.config.language_model import LanguageModelConfig
from tenor.config.load import merge, parse_as, to_values

SENTENCES = (
    "the cat sat on the mat .",
    "the dog sat on the rug .",
    "a cat ran to the mat , and the dog ran away !",
    "I am going to the market .",
    "I am going to the station .",
)


def write(path: Path, count: int = 80) -> Path:
    """Write a file of one text a line, the sentences in turn."""
    path.write_text("".join(f"{number} {SENTENCES[number % 5]}\n" for number in range(count)), "utf-8")
    return path


def config(source: Path, **sections: object) -> LanguageModelConfig:
    """Small enough that an epoch takes a blink."""
    small = {
        "data": {"sources": [str(source)], "validation_fraction": 0.1, "test_fraction": 0.1},
        "text": {"min_count": 1},
        "network": {
            "embedding_size": 8,
            "embedding_dropout": 0.1,
            "output_dropout": 0.1,
            "word_dropout": 0.05,
            "recurrent": {"hidden_size": 6, "layers": 2, "dropout": 0.1},
        },
        "chunk": 4,
        "training": {"epochs": 3, "batch_size": 8, "precision": "float32", "threads": 1, "patience": None},
        "evaluation": {"resamples": 100},
    }
    return parse_as(LanguageModelConfig, merge(to_values(LanguageModelConfig()), small, sections))
