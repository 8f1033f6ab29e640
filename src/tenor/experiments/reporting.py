"""What the page of a run needs beside the other files of its folder: the values of report.json.

The data report, some test texts and the worst errors with what the model read of them, its behaviour checks,
what it learned of words, and the environment: with them the page can be made again without data or model.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tenor.data.example import Dataset, Example
from tenor.evaluation.behaviour.result import BehaviourResult
from tenor.evaluation.data_report import DataReport
from tenor.evaluation.mistakes import worst_mistakes
from tenor.evaluation.sample import sample
from tenor.experiments.machine import environment
from tenor.experiments.scoring import Scored
from tenor.explain.inspection import inspect
from tenor.inference.predictor import Predictor
from tenor.report.numbers import excerpt
from tenor.report.page import QUOTED
from tenor.text.pipeline import TextPipeline

# Words that are read alone: enough for those that say most, few enough for a moment.
_INSPECTED = 2000
_UNKNOWN = 20  # words of a text that are named as unknown


def report_values(
    dataset: Dataset,
    data_report: DataReport,
    scored: Mapping[str, Scored],
    predictor: Predictor,
    *,
    texts: int,
    behaviour: BehaviourResult | None = None,
) -> dict[str, Any]:
    """Return what report.json holds: at most `texts` texts of the test split, and as many errors.

    Without a test split the texts are those of the validation split. With `texts` 0 it holds no words of the
    data either, and a pretrained encoder, which would take long over thousands of words, is not inspected.
    `behaviour` is what came of the suite for sentiment, None for a model of other classes.
    """
    model = predictor.model
    pipeline = model.pipeline
    split = next((name for name in ("test", "validation") if name in scored), None)
    quoted: dict[str, Any] = {}
    if split is not None and texts:
        found, examples = scored[split], dataset.split(split)
        # From all over the split: a file may be sorted by class.
        rows = np.unique(np.linspace(0, len(examples) - 1, min(texts, len(examples))).round().astype(int))
        wrong = [one.row for one in worst_mistakes(found.labels, found.probabilities, texts)]
        quoted = {
            "split": split,
            "texts": _quoted(rows.tolist(), examples, found, pipeline, dataset.classes),
            "mistakes": _quoted(wrong, examples, found, pipeline, dataset.classes),
        }
    inspected = texts and model.config.network.encoder != "pretrained"
    return {
        **quoted,
        "behaviour": behaviour and behaviour.to_json(),
        "learned": inspect(predictor, read=_INSPECTED).to_json() if inspected else None,
        "data": data_report.to_json(),
        "provenance": dict(dataset.provenance),
        "environment": environment(),
    }


def _quoted(
    rows: Sequence[int],
    examples: Sequence[Example],
    scored: Scored,
    pipeline: TextPipeline,
    classes: Sequence[str],
) -> list[dict[str, Any]]:
    found = []
    for row, read in zip(rows, sample([examples[row].text for row in rows], pipeline).texts, strict=True):
        predicted = int(scored.probabilities[row].argmax())
        unknown = [
            token
            for token, number in zip(read.tokens, read.ids, strict=False)
            if number == pipeline.vocabulary.unknown
        ]
        found.append(
            {
                "id": examples[row].id,
                "text": excerpt(examples[row].text, QUOTED),
                "label": classes[int(scored.labels[row])],
                "predicted": classes[predicted],
                "probability": float(scored.probabilities[row, predicted]),
                "tokens": int(scored.lengths[row]),
                "read": min(len(read.ids), int(scored.lengths[row])),
                "unknown": list(dict.fromkeys(unknown))[:_UNKNOWN],
            }
        )
    return found
