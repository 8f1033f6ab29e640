"""The teachers of distillation.py: one recipe, trained with a seed each, on reviews with and without labels.

By default the recipe is `semi-supervised` and starts from what `language_model.py imdb` made.
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

from contestants import LANGUAGE_MODEL
from pieces import Clock, Ending

from tenor.config.load import Values, merge, parse, read
from tenor.data.example import Dataset
from tenor.experiments.classification import train
from tenor.experiments.settling import adopted

RECIPE = "semi-supervised"


def values_of(recipe: str) -> Values:
    """Return the settings of a recipe, but for where what it starts from and reads lies."""
    # Faster for an LSTM; the start-up check is for float32, since a direction is a small difference.
    return merge(read(recipe), {"training": {"precision": "bfloat16"}} if recipe == RECIPE else {})


def places_of(recipe: str, texts: Path) -> Values:
    """Return where the language model and the texts without labels lie, for a recipe that reads them."""
    if recipe != RECIPE:
        return {}
    return {"transfer": {"source": str(LANGUAGE_MODEL)}, "unlabelled": {"sources": [str(texts)]}}


@dataclass(frozen=True)
class Teachers:
    """Models of one recipe that differ by their seed."""

    values: Values  # what decides what they are
    places: Values  # paths of what they start from and read
    dataset: Dataset
    folder: Path
    clock: Clock

    def trained(self, seed: int) -> Path:
        """Return the run folder of a teacher, trained now or before; one that was stopped goes on."""
        values = merge(merge(self.values, self.places), {"training": {"seed": seed}})
        key = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        out = self.folder / f"teacher-{key[:8]}-seed-{seed}"
        if not (out / "model").is_dir():
            self.clock.refuse_more()
            splits = {name: self.dataset.split(name) for name in ("train", "validation")}
            begun = (out / "checkpoint.safetensors").is_file()
            if out.is_dir() and not begun:
                shutil.rmtree(out)
            train(
                parse(adopted(values)),
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
