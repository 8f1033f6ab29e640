"""Write a small model of the current formats, with what it predicts, beside those of older formats."""

import json
import sys
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

import toy  # noqa: E402

import tenor  # noqa: E402
from tenor.experiments.classification import fit  # noqa: E402
from tenor.export.onnx import export  # noqa: E402
from tenor.inference import onnx_file  # noqa: E402
from tenor.model import FORMAT  # noqa: E402

TEXTS = ["good a b", "bad", "a b c d bad", "", "an unknown good word"]


def write_model(folder: Path) -> None:
    network = {"encoder": "mingru", "mingru": {"hidden_size": 5}, "ratios": {"use": True, "min_count": 1}}
    # Some wrong labels, so that there is a temperature to be found.
    data = toy.dataset(validation=80)
    validation = tuple(
        replace(example, label="positive") if number % 16 == 0 else example
        for number, example in enumerate(data.split("validation"))
    )
    data = replace(data, splits={**data.splits, "validation": validation})
    fit(data, toy.config(network=network, training={"epochs": 12})).model.save(folder / "model")
    write_predictions(folder, folder / "model")


def write_onnx(folder: Path) -> None:
    export(tenor.Model.load(HERE / f"format-{FORMAT}" / "model"), folder / "model.onnx")
    write_predictions(folder, folder / "model.onnx")


def write_predictions(folder: Path, model: Path) -> None:
    expected = tenor.load(model).predict_proba(TEXTS).tolist()
    (folder / "predictions.json").write_text(
        json.dumps({"texts": TEXTS, "probabilities": expected}, indent=1)
    )


WRITERS = {f"format-{FORMAT}": write_model, f"onnx-{onnx_file.FORMAT}": write_onnx}

if __name__ == "__main__":
    new = [name for name in WRITERS if not (HERE / name).exists()]
    if not new:
        sys.exit(f"{', '.join(WRITERS)} exist; a format that was released is never written again")
    for name in new:
        WRITERS[name](HERE / name)
