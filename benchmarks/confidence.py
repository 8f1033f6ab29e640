"""How far probabilities can be trusted, and how much can be kept at an accuracy of 95 %.

    python benchmarks/confidence.py                  IMDb and airline tweets, some five minutes on two cores
    python benchmarks/confidence.py airline
    python benchmarks/confidence.py --quick          the built-in corpora, a tenth of each

`tfidf` is the linear baseline, `lstm` the default configuration with an LSTM in one direction, `mingru` the
recipe "fast". Temperature and thresholds come from the validation split; every figure that is printed is of
the test split, which is read once a model. Expected calibration error: 15 bins (`evaluation.calibration`).
"""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import record

from tenor.config.classification import ClassificationConfig
from tenor.config.data import DataConfig
from tenor.config.load import parse, read
from tenor.config.names import apply_name
from tenor.data.example import Dataset
from tenor.data.load import load
from tenor.errors import ConfigError
from tenor.evaluation.abstention import reaching
from tenor.evaluation.confidence import Confidence
from tenor.evaluation.held_out import HeldOut
from tenor.evaluation.temperature import Scaling, softmax
from tenor.report.numbers import percent_share

TARGET = 0.95

Splits = dict[str, HeldOut]
"""What a model says of the validation and the test split."""


def real_data() -> Mapping[str, DataConfig]:
    """Return the data sets by name."""
    folder = record.data_folder()
    names = ("negative", "neutral", "positive")
    return {
        "imdb": DataConfig(source=str(folder / "imdb"), group_by="imdb_id"),
        "airline": DataConfig(source=str(folder / "airline_tweets" / "all.parquet"), label_names=names),
    }


def tfidf(dataset: Dataset, config: ClassificationConfig) -> Splits:
    """Fit the linear baseline; of the configuration it takes how text is read."""
    from tenor.baselines.fitting import tfidf as fit
    from tenor.experiments.scoring import class_indices

    texts = {split: [e.text for e in examples] for split, examples in dataset.splits.items()}
    labels = {split: [str(e.label) for e in examples] for split, examples in dataset.splits.items()}
    held_out = texts["validation"], labels["validation"]
    model = fit(texts["train"], labels["train"], dataset.classes, validation=held_out, text=config.text)
    return {
        split: HeldOut(
            class_indices(dataset.split(split), dataset.classes).astype("int32"),
            model.logits(model.features(texts[split])).astype("float32"),
        )
        for split in ("validation", "test")
    }


def network(dataset: Dataset, config: ClassificationConfig) -> Splits:
    """Train a network."""
    from tenor.experiments.classification import fit

    scored = fit(dataset, config).scored
    return {split: HeldOut(one.labels.astype("int32"), one.logits) for split, one in scored.items()}


def models() -> Mapping[str, tuple[Callable[[Dataset, ClassificationConfig], Splits], ClassificationConfig]]:
    """Return how each model is made, and with which settings."""
    default = ClassificationConfig()
    lstm = replace(default, network=apply_name(default.network, "lstm"))
    return {
        "tfidf": (tfidf, default),
        "lstm": (network, lstm),
        "mingru": (network, parse(read(record.RECIPE))),
    }


def figures(splits: Splits, classes: tuple[str, ...]) -> dict[str, Any]:
    """Fit temperature and thresholds on the validation split; return what they do on both."""
    scaling = Scaling.fitted(splits["validation"])
    measured = {split: Confidence.of(one.labels, one.logits, scaling) for split, one in splits.items()}
    probabilities = {split: softmax(one.logits, scaling.temperature) for split, one in splits.items()}
    kept: dict[str, Any] = {}
    for name, per_class in (("one_threshold", False), ("per_class", True)):
        validation, test = splits["validation"], splits["test"]
        try:
            rule = reaching(
                TARGET, validation.labels, probabilities["validation"], classes, per_class=per_class
            )
        except ConfigError as error:
            kept[name] = {"error": str(error)}
            continue
        by_class = rule.kept_by_class(test.labels, probabilities["test"])
        kept[name] = {
            **rule.to_json(),
            "test": rule.kept(test.labels, probabilities["test"]).to_json(),
            "test_by_class": dict(zip(classes, (one.to_json() for one in by_class), strict=True)),
        }
    return {
        "classes": list(classes),
        "confidence": {split: one.to_json() for split, one in measured.items()},
        "target_accuracy": TARGET,
        **kept,
    }


def tenth(dataset: Dataset) -> Dataset:
    """Return every tenth example of each split."""
    return replace(dataset, splits={name: examples[::10] for name, examples in dataset.splits.items()})


def row(data: str, model: str, found: Mapping[str, Any]) -> list[str]:
    """Return a line of the table."""
    of_test = found["confidence"]["test"]
    temperature, kept = of_test["temperature"], found["one_threshold"]
    reached = (
        [percent_share(kept["test"][name]) for name in ("coverage", "accuracy")]
        if "test" in kept
        else ["not reached", "-"]
    )
    return [
        data,
        model,
        percent_share(of_test["risk_coverage"][-1]["accuracy"]),
        "-" if temperature is None else f"{temperature:.3f}",
        *(f"{of_test[when]['error']:.4f}" for when in ("before", "after")),
        *reached,
    ]


def main() -> None:
    """Train and measure what was asked for; print the table, write the JSON."""
    parser = record.parser(__doc__)
    parser.add_argument("names", nargs="*", help="of imdb, airline; none: both")
    options: argparse.Namespace = parser.parse_args()
    data: Mapping[str, DataConfig] = (
        {name: DataConfig(source=name) for name in ("movies", "products")} if options.quick else real_data()
    )
    if unknown := set(options.names) - set(data):
        parser.error(f"unknown data {', '.join(sorted(unknown))}; there are {', '.join(data)}")
    print(
        " | ".join(["data", "model", "accuracy", "T", "error before", "after", "kept at 95 %", "right of it"])
    )
    made: dict[str, dict[str, Any]] = {}
    for name in options.names or data:
        dataset = load(data[name])
        dataset = tenth(dataset) if options.quick else dataset
        made[name] = {}
        for model, (fit, config) in models().items():
            training = replace(config.training, epochs=1) if options.quick else config.training
            given = replace(config, data=data[name], training=training)
            made[name][model] = figures(fit(dataset, given), dataset.classes)
            print(" | ".join(row(name, model, made[name][model])), flush=True)
    record.write("confidence", made, record.target(options))


if __name__ == "__main__":
    main()
