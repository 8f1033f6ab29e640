"""The JSON of the benchmarks as the page reads it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# What wrote a result: the beginning of its name -> the command.
COMMANDS = {
    "kinds": "kinds.py",
    "recipe-": "recipes.py",
    "training-speed-": "training_speed.py",
    "accuracy-and-wall": "accuracy_and_wall.py",
    "predicting": "predicting.py",
    "latency": "latency.py",
    "streaming": "streaming.py",
    "onnx": "exporting.py",
    "gru_cost": "gru_cost.py",
    "memory": "memory.py",
    "growth": "growth.py",
    "roofline": "roofline.py",
    "text-to-ids": "text_to_ids.py",
    "mistakes": "mistakes.py",
    "architectures-": "architectures.py",
    "faithfulness": "faithfulness.py",
    "confidence": "confidence.py",
    "behaviour-": "behaviour.py",
    "variant-labels": "variant_labels.py",
    "serving": "serving.py",
    "overload": "overload.py",
    "pretraining": "pretraining.py",
    "semi-supervised-speed": "semi_supervised_speed.py",
    "language-model-": "language_model.py",
    "forecasting-": "forecasting.py",
    "gradient-checks": "gradient_checks.py",
    "character-model": "character_model.py",
    "fuzzing": "fuzzing.py",
    "distillation": "distillation.py",
    "suggesting-": "suggesting.py",
    "everywhere": "everywhere.py",
    "few-labels": "few_labels.py",
    "across-domains": "across_domains.py",
    "ablation": "ablation.py",
    "test_readings": "everywhere.py",
}


class MissingResultError(Exception):
    """A result that has not been measured yet."""

    def __init__(self, name: str) -> None:
        script = next(command for start, command in COMMANDS.items() if name.startswith(start))
        super().__init__(f"Not measured yet; `python benchmarks/{script}` does it.")


class Results:
    """Results by name: environment and figures of each."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = found

    @classmethod
    def read(cls, folder: Path) -> "Results":
        """Read every JSON file of a folder."""
        return cls({path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))})

    def figures(self, name: str) -> Any:
        """Return the figures of a result; `MissingResultError` where there is none."""
        return self._result(name)["figures"]

    def has(self, name: str) -> bool:
        """Whether there is such a result."""
        return name in self._found

    def measured(self, *names: str) -> str:
        """Return a line that says when and on what these results were measured."""
        places = [self._result(name)["environment"] for name in names]
        lines = sorted({_place(place) for place in places})
        return f"*Measured {'; '.join(lines)}.*"

    def value(self, name: str, path: str) -> Any:
        """Return the figure at a dotted path, such as `test_accuracy.value`."""
        found = self.figures(name)
        for key in path.split("."):
            found = found[key]
        return found

    def _result(self, name: str) -> Any:
        if name not in self._found:
            raise MissingResultError(name)
        return self._found[name]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a table of Markdown; the first `left` columns stand at the left, numbers at the right."""
    marks = ["---" if column < left else "---:" for column in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, marks, *rows))


def _place(environment: Mapping[str, Any]) -> str:
    versions = environment["versions"]
    return (
        f"{environment['time'][:10]} on {environment['cores']} cores, {environment['processor']}, "
        f"Python {environment['python']}, torch {versions['torch'].partition('+')[0]}, "
        f"NumPy {versions['numpy']}"
    )
