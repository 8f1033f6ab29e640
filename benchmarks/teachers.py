"""The teachers of distillation.py: one recipe, trained with a seed each, on reviews with and without labels.

By default the recipe is `semi-supervised` and starts from what `language_model.py both-ways` made.
The test reviews are not there while a teacher is trained. Training ends when the time of a call is used up,
and the same call goes on.
"""

import csv
import hashlib
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import record
from language_model import FOLDERS
from pieces import Clock, Ending

from tenor.config.load import Values, merge, parse, read
from tenor.data.example import Dataset
from tenor.experiments.classification import train
from tenor.experiments.settling import adopted

RECIPE = "semi-supervised"
LANGUAGE_MODEL = record.RUNS / FOLDERS["both-ways"]


def values_of(recipe: str, texts: Path) -> Values:
    """Return the settings of a recipe, which `semi-supervised` completes by what it starts from and reads."""
    values = read(recipe)
    if recipe != RECIPE:
        return values
    given = {
        "transfer": {"source": str(LANGUAGE_MODEL)},
        "unlabelled": {"sources": [str(texts)]},
        # Faster for an LSTM; the start-up check is for float32, since a direction is a small difference.
        "training": {"precision": "bfloat16"},
    }
    return merge(values, given)


@dataclass(frozen=True)
class Teachers:
    """Models of one recipe that differ by their seed."""

    values: Values
    dataset: Dataset
    folder: Path
    clock: Clock

    def trained(self, seed: int) -> Path:
        """Return the run folder of a teacher, trained now or before; one that was stopped goes on."""
        key = hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()
        out = self.folder / f"teacher-{key[:8]}-seed-{seed}"
        if not (out / "model").is_dir():
            self.clock.refuse_more()
            splits = {name: self.dataset.split(name) for name in ("train", "validation")}
            config = parse(adopted(merge(self.values, {"training": {"seed": seed}})))
            begun = (out / "checkpoint.safetensors").is_file()
            if out.is_dir() and not begun:
                shutil.rmtree(out)
            train(
                config,
                dataset=replace(self.dataset, splits=splits),
                out=out,
                resume=begun,
                watcher=Ending(self.clock),
            )
        return out


def told(folder: Path) -> dict[str, Any]:
    """Return what training a teacher took, and what validation says of its network and of the whole."""
    with (folder / "history.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    best = min(rows, key=lambda row: float(row["validation_loss"]))
    found = json.loads((folder / "metrics.json").read_text("utf-8"))
    return {
        "seconds_of_epochs": [float(row["seconds"]) for row in rows],
        "validation": {
            "network": float(best["validation_accuracy"]),
            "all": found["validation"]["metrics"]["accuracy"]["value"],
        },
    }
