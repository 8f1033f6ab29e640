"""What the page of a language model's run needs beside the other files of its folder: report.json.

What was read, and texts: a few that the model wrote, and beginnings of held-out ones with the words that it
thought likeliest next.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tenor.config.language_model import LanguageModelConfig
from tenor.experiments.language_texts import Texts
from tenor.experiments.machine import environment
from tenor.inference.generation import TextGenerator
from tenor.inference.sampling import Sampling
from tenor.pretrained_model import PretrainedModel

_WRITTEN, _TEMPERATURE = 3, 0.8  # texts without a prompt
_LENGTHS = {"word": 60, "piece": 100, "character": 300}  # tokens of them
_BEGINNINGS, _LIKELIEST = 3, 5
_MOST_WORDS = 12  # of a beginning


def report_values(texts: Texts, model: PretrainedModel, config: LanguageModelConfig) -> dict[str, Any]:
    """Return what report.json holds; with `evaluation.texts` 0 nothing of the data, and nothing written."""
    generator = TextGenerator.of(model)
    quoted = config.evaluation.texts
    return {
        "provenance": dict(texts.dataset.provenance),
        "notes": list(texts.dataset.notes),
        "tokenizer": texts.pipeline.tokenizer.name,
        "unit": generator.unit,
        "vocabulary": len(texts.pipeline.vocabulary),
        "texts": {
            split: {"texts": len(texts.dataset.split(split)), "tokens": number}
            for split, number in texts.counts.items()
        },
        "written": [_written(generator, seed) for seed in range(min(quoted, _WRITTEN))],
        "next": list(_next(generator, texts, min(quoted, _BEGINNINGS))),
        "environment": environment(),
    }


def _written(generator: TextGenerator, seed: int) -> dict[str, Any]:
    pieces = generator.generate(tokens=_LENGTHS[generator.unit], sampling=Sampling(_TEMPERATURE), seed=seed)
    return {"seed": seed, "temperature": _TEMPERATURE, "text": "".join(pieces)}


def _next(generator: TextGenerator, texts: Texts, most: int) -> Iterator[dict[str, Any]]:
    for beginning, came in _beginnings(texts, most):
        # With a space behind it, so that characters do not go on with its last word.
        found = generator.next_words(f"{beginning} ", _LIKELIEST)
        yield {"beginning": beginning, "came": came, **found.to_json()}


def _beginnings(texts: Texts, most: int) -> Iterator[tuple[str, str]]:
    """Yield the first half of some held-out texts, or pieces of a running one, and the word behind it."""
    split = next((name for name in ("test", "validation") if name in texts.tokens), None)
    if split is None or not most:
        return
    held_out = [words for one in texts.dataset.split(split) if len(words := one.text.split()) > 1]
    if texts.stream and held_out:
        words = held_out[0]
        starts = np.linspace(0, max(len(words) - 2 * _MOST_WORDS, 0), most).astype(int)
        held_out = [words[start : start + 2 * _MOST_WORDS] for start in np.unique(starts).tolist()]
    # From all over the split: a file may be sorted.
    rows = np.unique(np.linspace(0, len(held_out) - 1, min(most, len(held_out))).round().astype(int))
    for row in rows.tolist():
        words = held_out[row]
        place = min(len(words) // 2, _MOST_WORDS)
        yield " ".join(words[:place]), words[place]
