"""Write a small model of each kind in its current format, with what it says, beside those of older ones."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "support"))

import languages  # noqa: E402
import series  # noqa: E402
import toy  # noqa: E402

import tenor  # noqa: E402
from tenor import forecast_model, pretrained_model  # noqa: E402
from tenor.evaluation.mixture import Mixture  # noqa: E402
from tenor.experiments.classification import fit  # noqa: E402
from tenor.experiments.forecasting import forecast  # noqa: E402
from tenor.experiments.language_modelling import pretrain  # noqa: E402
from tenor.export.onnx import export  # noqa: E402
from tenor.inference import onnx_file  # noqa: E402
from tenor.inference.forecasting import next_values  # noqa: E402
from tenor.inference.generation import TextGenerator  # noqa: E402
from tenor.model import FORMAT  # noqa: E402

TEXTS = ["good a b", "bad", "a b c d bad", "", "an unknown good word"]


def classifier(**sections: dict[str, object]) -> tenor.Model:
    """Return a small classifier."""
    network = {"encoder": "mingru", "mingru": {"hidden_size": 5}, "ratios": {"use": True, "min_count": 1}}
    # Some wrong labels, so that there is a temperature to be found.
    data = toy.dataset(validation=80)
    validation = tuple(
        replace(example, label="positive") if number % 16 == 0 else example
        for number, example in enumerate(data.split("validation"))
    )
    data = replace(data, splits={**data.splits, "validation": validation})
    return fit(data, toy.config(network=network, training={"epochs": 12}, **sections)).model


def write_classifier(folder: Path) -> None:
    """Write a classifier of all parts there are, and its predictions."""
    model = classifier(ensemble={"members": 2, "ngrams": {"use": True}})
    # The n-grams alone would read everything right.
    replace(model, mixture=Mixture(1.0, 0.25)).save(folder / "model")
    write_predictions(folder, folder / "model")


def write_onnx(folder: Path) -> None:
    export(classifier(), folder / "model.onnx")
    write_predictions(folder, folder / "model.onnx")


def write_predictions(folder: Path, model: Path) -> None:
    expected = tenor.load(model).predict_proba(TEXTS).tolist()
    (folder / "predictions.json").write_text(
        json.dumps({"texts": TEXTS, "probabilities": expected}, indent=1)
    )


def write_language_model(folder: Path) -> None:
    """Write a language model and its likeliest next words."""
    with TemporaryDirectory() as name:
        output = {"softmax": "adaptive", "cutoffs": [5, 10]}
        run = pretrain(languages.config(languages.write(Path(name) / "texts.txt"), output=output))
    kept = replace(run.model, data=None)  # which names a folder that is gone
    kept.save(folder / "model")
    expected = TextGenerator.of(kept).next_words("the cat", 3).to_json()
    (folder / "next.json").write_text(json.dumps({"prompt": "the cat", **expected}, indent=1))


def write_forecaster(folder: Path) -> None:
    """Write a forecaster, a series and what comes after it."""
    folder.mkdir()
    source = series.hourly(folder / "series.csv", 80)
    model = forecast(series.config(source, {"data": {"target": ["temp"]}})).model
    model.save(folder / "model")
    rows = next_values(model, str(source)).to_json()["rows"]
    (folder / "next.json").write_text(json.dumps({"rows": rows}, indent=1))


WRITERS = {
    f"format-{FORMAT}": write_classifier,
    f"onnx-{onnx_file.FORMAT}": write_onnx,
    f"language-model-{pretrained_model.FORMAT}": write_language_model,
    f"forecaster-{forecast_model.FORMAT}": write_forecaster,
}

if __name__ == "__main__":
    new = [name for name in WRITERS if not (HERE / name).exists()]
    if not new:
        sys.exit(f"{', '.join(WRITERS)} exist; a format that was released is never written again")
    for name in new:
        WRITERS[name](HERE / name)
