"""How time grows: with 1, 2, 4, 8 x the data, and with texts of 100 to 100,000 words; drawn as a picture.

    python benchmarks/growth.py        about 5 minutes, after accuracy_and_wall.py

A bidirectional minGRU 128 and the LSTM 20/64 of the chapter recipe. With the data: text to ids, an epoch of
training, predicting from raw text. With the length: training and predicting the same number of words, cut
into fewer and fewer texts; whole texts are read. Exponents are slopes of a straight line through the
logarithms: 1 is linear.
"""

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import record
import texts
import torch
from measure import interleaved
from training_speed import mingru

from tenor.batching import Batches
from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, read
from tenor.inference.predictor import Predictor, load
from tenor.model import Model
from tenor.nn.build import ENCODERS, build, to_arrays
from tenor.nn.classifier import Classifier
from tenor.text.familiarity import Familiarity
from tenor.text.pipeline import TextPipeline
from tenor.training.loop import Trainer
from tenor.training.objectives.supervised import Supervised
from tenor.training.runtime import Runtime, available_cores

PARTS = (8, 4, 2, 1)  # what share of the texts: one in so many
LENGTHS = (100, 1_000, 10_000, 100_000)  # words a text
PICTURE = record.ROOT / "docs" / "growth.png"

Curve = dict[str, Any]  # x, seconds (medians), each, exponent


@dataclass(frozen=True)
class Subject:
    """A network with the text pipeline it reads by."""

    config: ClassificationConfig
    pipeline: TextPipeline

    @classmethod
    def of(cls, config: ClassificationConfig, given: Sequence[str]) -> "Subject":
        """Make the vocabulary of all texts; none will be cut."""
        config = replace(config, text=replace(config.text, max_length=None))
        return cls(config, TextPipeline.build(given, config.text))

    def network(self) -> Classifier:
        """Return fresh weights."""
        torch.manual_seed(0)
        return build(self.config.network, vocabulary_size=len(self.pipeline.vocabulary), classes=2)

    def train(self, given: Sequence[str]) -> float:
        """Return the seconds of an epoch."""
        tokens = self.pipeline.encode(given)
        training = replace(self.config.training, epochs=1)
        targets = (np.arange(len(given)) % 2).astype(np.int64)  # what is learned is no matter here
        batches = Batches(tokens, targets, training.batch_size, 0)
        runtime = Runtime("cpu", "float32", available_cores())
        history = Trainer(self.network(), Supervised(), training, runtime).fit(batches, None)
        return history.rows[-1]["seconds"]

    def predictor(self) -> Predictor:
        """Return what `tenor.load` makes of the fresh network."""
        model = Model(
            pipeline=self.pipeline,
            classes=("negative", "positive"),
            config=self.config,
            arrays=to_arrays(self.network()),
            familiarity=Familiarity.of(self.pipeline.encode(["a film"]), self.pipeline.vocabulary.unknown),
            data={},
        )
        with TemporaryDirectory() as name:
            model.save(Path(name) / "model")
            return load(Path(name) / "model")


def subjects(given: Sequence[str]) -> dict[str, Subject]:
    """Return the networks that are measured."""
    found = {"LSTM 20/64": Subject.of(parse(read("chapter")), given)}
    if "mingru" in ENCODERS:
        found["minGRU 128"] = Subject.of(mingru(), given)
    return found


def by_rows(subject: Subject, given: Sequence[str], readings: int) -> dict[str, Curve]:
    """Return seconds for 1, 2, 4, 8 x the data."""
    predict = subject.predictor().predict
    parts = [list(given[::part]) for part in PARTS]
    works: dict[str, Callable[[list[str]], float]] = {
        "text to ids": lambda some: _seconds(lambda: subject.pipeline.encode(some)),
        "an epoch": subject.train,
        "predicting": lambda some: _seconds(lambda: predict(some)),
    }
    return _curves(works, parts, [len(part) for part in parts], readings)


def by_length(
    subject: Subject, given: Sequence[str], words: int, lengths: Sequence[int], readings: int
) -> dict[str, Curve]:
    """Return seconds a text for texts of so many words; `words` of them in all."""
    predict = subject.predictor().predict
    stream = " ".join(given).split()[:words]
    parts = [_cut(stream, length) for length in lengths]
    works: dict[str, Callable[[list[str]], float]] = {
        "training": lambda some: subject.train(some) / len(some),
        "predicting": lambda some: _seconds(lambda: predict(some)) / len(some),
    }
    return _curves(works, parts, lengths, readings)


def exponent(x: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the slope of log seconds over log x."""
    return float(np.polyfit(np.log(x), np.log(seconds), 1)[0])


def draw(found: Mapping[str, Mapping[str, Mapping[str, Curve]]], path: Path) -> None:
    """Draw both panels, with a grey line of slope 1."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    titles = {"rows": ("reviews", "seconds"), "length": ("words a text", "seconds a text")}
    for panel, (what, (x_label, y_label)) in zip(panels, titles.items(), strict=True):
        for name, curves in found[what].items():
            for work, curve in curves.items():
                panel.plot(
                    curve["x"], curve["seconds"], marker="o",
                    label=f"{name}, {work}: exponent {curve['exponent']:.2f}",
                )  # fmt: skip
        first = next(iter(next(iter(found[what].values())).values()))
        start = min(curve["seconds"][0] for curves in found[what].values() for curve in curves.values()) / 2
        panel.plot(
            first["x"], [start * x / first["x"][0] for x in first["x"]], color="grey", linestyle="--",
            label="linear",
        )  # fmt: skip
        panel.set(xscale="log", yscale="log", xlabel=x_label, ylabel=y_label)
        panel.legend(fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)


def _curves(
    works: Mapping[str, Callable[[list[str]], float]],
    parts: Sequence[list[str]],
    x: Sequence[int],
    readings: int,
) -> dict[str, Curve]:
    found = {}
    for name, work in works.items():
        work(parts[0])  # warm up
        each = interleaved(
            {str(size): _reading(work, part) for size, part in zip(x, parts, strict=True)}, readings
        )
        seconds = [median(times) for times in each.values()]
        found[name] = {
            "x": list(x), "seconds": seconds, "each": list(each.values()), "exponent": exponent(x, seconds),
        }  # fmt: skip
    return found


def _reading(work: Callable[[list[str]], float], part: list[str]) -> Callable[[int], float]:
    return lambda _: work(part)


def _cut(words: Sequence[str], length: int) -> list[str]:
    return [" ".join(words[at : at + length]) for at in range(0, len(words), length)]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure, print, write the JSON, draw the picture."""
    options: argparse.Namespace = record.parser(__doc__, readings=3).parse_args()
    words, lengths = (2_000, (10, 100, 1_000)) if options.quick else (500_000, LENGTHS)
    with texts.folder(quick=options.quick) as folder:
        given, _ = texts.read(folder / "train.parquet")
    given = given[:: 5 if options.quick else 1]
    found: dict[str, Any] = {"rows": {}, "length": {}, "words": words}
    for name, subject in subjects(given).items():
        found["rows"][name] = by_rows(subject, given, options.readings)
        found["length"][name] = by_length(subject, given, words, lengths, options.readings)
    for what in ("rows", "length"):
        for name, curves in found[what].items():
            for work, curve in curves.items():
                times = "  ".join(
                    f"{x:,}: {s:.4f}" for x, s in zip(curve["x"], curve["seconds"], strict=True)
                )
                print(f"{what:7}{name:12}{work:12} exponent {curve['exponent']:.2f}   {times}")
    out = record.target(options)
    record.write("growth", found, out)
    if out is not None:
        draw(found, PICTURE if out == record.RESULTS else out / PICTURE.name)


if __name__ == "__main__":
    main()
