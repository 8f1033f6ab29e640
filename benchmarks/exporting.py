"""Exported models: how near they are, how fast onnxruntime runs them, how small they are, what int8 costs.

    python benchmarks/exporting.py                      some minutes
    python benchmarks/exporting.py --model RUN          of a trained model and its own data as well
    python benchmarks/exporting.py --quick              only to see that it runs

Parity: every encoder, in each direction it has, with every pooling, from random weights; the largest
difference of logits, probabilities and vectors on the texts that an export is checked with. Latency: the
recipe `fast` and a bidirectional LSTM with attention, trained for an epoch on the built-in film reviews; one
text and 64 texts of about 200 words, ids already, by torch, by Tenor's own engine where there is one, and by
onnxruntime in float32 and int8, in turn, all with the same number of threads. Sizes are those of the files;
what int8 costs is measured on the test split.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import measure
import numpy as np
import record
import torch

from tenor.config.classification import ClassificationConfig
from tenor.config.load import parse, read
from tenor.config.names import apply_name, name_of
from tenor.config.network import HAS_DIRECTIONS, NetworkConfig, PretrainedConfig
from tenor.data.builtin.corpus import load
from tenor.experiments.classification import fit
from tenor.experiments.exported import cost
from tenor.experiments.public import public_name
from tenor.export.classifier import longest, network
from tenor.export.onnx import export
from tenor.export.parity import compare
from tenor.inference.engine import Engine
from tenor.inference.network import NetworkEngine
from tenor.inference.onnx import OnnxEngine
from tenor.inference.onnx_file import OnnxFile, companion
from tenor.inference.onnx_file import read as read_onnx
from tenor.inference.predictor import ENGINES, Predictor
from tenor.inference.predictor import load as load_model
from tenor.kernels.parallel import available_cores
from tenor.model import Model
from tenor.nn.build import build, to_arrays
from tenor.nn.pooling import POOLINGS
from tenor.text.pipeline import TextPipeline
from tenor.text.tokenizer import TOKENIZERS
from tenor.text.tokens import Tokens
from tenor.text.vocabulary import PAD, PAD_ID, UNKNOWN, UNKNOWN_ID, Vocabulary

LSTM = "bilstm-attention"
BATCHES = (1, 64)
_WORDS = 1000  # of the made-up vocabulary
_TOKENS = 200  # of a text
_WARM = 128  # texts that are read first: enough that compiled code is loaded
_SECONDS = 0.5  # that a reading takes at least


def networks(*, quick: bool) -> Iterator[NetworkConfig]:
    """Yield every encoder, in each direction it has, with every pooling."""
    shape = {"model_type": "bert", "vocab_size": _WORDS, "hidden_size": 32, "num_hidden_layers": 2,
             "num_attention_heads": 4, "intermediate_size": 64}  # fmt: skip
    bert = json.dumps({"config": shape, "before": [2], "after": [3], "vocabulary": _WORDS})
    for encoder, directed in HAS_DIRECTIONS.items():
        for both in (False, True) if directed else (False,):
            for pooling in list(POOLINGS)[: 1 if quick else None]:
                base = apply_name(
                    NetworkConfig(embedding_size=32), f"{'bi' if both else ''}{encoder}-{pooling}"
                )
                yield replace(
                    base, bag=replace(base.bag, ngrams=2), pretrained=PretrainedConfig(architecture=bert)
                )


def parity(*, quick: bool) -> dict[str, dict[str, Any]]:
    """Return the largest differences by encoder."""
    words = (PAD, UNKNOWN, *(f"w{number}" for number in range(_WORDS - 2)))
    vocabulary = Vocabulary(words, pad=PAD_ID, unknown=UNKNOWN_ID)
    tokenizer = TOKENIZERS["words"].build([], max_size=None, min_count=1)
    pipeline = TextPipeline(tokenizer, vocabulary, None, "head")
    found: dict[str, dict[str, Any]] = {}
    for config in networks(quick=quick):
        torch.manual_seed(0)
        module = build(config, vocabulary_size=_WORDS, classes=3).eval()
        whole = replace(ClassificationConfig(), network=config)
        model = Model(pipeline, ("a", "b", "c"), whole, to_arrays(module), temperature=1.5)
        content = network(model).SerializeToString()
        result = compare(OnnxFile.of(Path(), content, model, longest(config)), NetworkEngine(module))
        name = name_of(config).removesuffix(f"-{config.pooling}")
        one = found.setdefault(
            name, {"graphs": 0, "texts": result.texts, **dict.fromkeys(result.differences, 0.0)}
        )
        one["graphs"] += 1
        for output, difference in result.differences.items():
            one[output] = max(one[output], difference)
    return found


def trained(name: str, texts: int | None) -> Predictor:
    """Train the recipe `fast`, or the network of that name, for an epoch on the built-in film reviews."""
    config = parse(read(name)) if name == record.RECIPE else ClassificationConfig()
    if name != record.RECIPE:
        config = replace(config, network=apply_name(config.network, name))
    config = replace(config, training=replace(config.training, epochs=1))
    dataset = load("movies")
    dataset = replace(dataset, splits={split: some[:texts] for split, some in dataset.splits.items()})
    with TemporaryDirectory() as folder:
        fit(dataset, config).model.save(Path(folder) / "model")
        return load_model(Path(folder) / "model")


def long_texts(predictor: Predictor, count: int) -> Tokens:
    """Return texts of about `_TOKENS` tokens, the built-in test reviews end to end."""
    ids = predictor.model.pipeline.encode(one.text for one in load("movies").splits["test"]).ids
    lengths = np.random.default_rng(0).integers(_TOKENS // 2, 3 * _TOKENS // 2, count)
    starts = np.arange(count) * 37 % (len(ids) - 2 * _TOKENS)
    return Tokens.of([ids[a : a + n].tolist() for a, n in zip(starts, lengths, strict=True)])


def engines(predictor: Predictor, folder: Path) -> Iterator[tuple[str, Engine]]:
    """Yield what computes the model, by name; all with as many threads as there are cores."""
    model, threads = predictor.model, available_cores()
    yield "torch", NetworkEngine.of(model)
    if (own := ENGINES.get(model.config.network.encoder)) is not None:
        yield "tenor", own(model)
    for precision in ("float32", "int8"):
        if (file := folder / f"{precision}.onnx").exists():
            yield f"onnxruntime {precision}", OnnxEngine(read_onnx(file), threads=threads)


def latency(
    contestants: Mapping[str, Engine], tokens: Tokens, readings: int, seconds: float
) -> dict[str, Any]:
    """Return milliseconds a call, in turn."""

    def timed(engine: Engine) -> Callable[[int], float]:
        def once(_: int) -> float:
            calls, started = 0, time.perf_counter()
            while (passed := time.perf_counter() - started) < seconds or not calls:
                engine.logits(tokens)
                calls += 1
            return 1e3 * passed / calls

        return once

    each = measure.interleaved({name: timed(engine) for name, engine in contestants.items()}, readings)
    return {name: {"milliseconds": median(one), "each": one} for name, one in each.items()}


def figures(predictor: Predictor, readings: int, *, quick: bool) -> dict[str, Any]:
    """Return latency, sizes and the cost of int8 of one model."""
    data, evaluation = predictor.model.config.data, predictor.model.config.evaluation
    evaluation = replace(evaluation, resamples=100 if quick else evaluation.resamples)
    with TemporaryDirectory() as name:
        folder = Path(name)
        files: dict[str, Any] = {}
        for precision in ("float32", "int8"):
            target = folder / f"{precision}.onnx"
            done = export(predictor.model, target, int8=precision == "int8")
            lost = cost(predictor, load_model(target), data, evaluation)
            files[precision] = {
                "bytes": done.bytes,
                "json_bytes": companion(target).stat().st_size,
                "largest_difference": (done.int8 or done.parity).largest,
                "cost": {**lost.to_json(), "source": public_name(lost.source)},
            }
        contestants, texts = dict(engines(predictor, folder)), long_texts(predictor, _WARM)
        for engine in contestants.values():
            engine.logits(texts)
        threads = torch.get_num_threads()
        torch.set_num_threads(available_cores())
        try:
            speed = {
                str(batch): latency(
                    contestants, texts.select(np.arange(batch)), readings, 0.01 if quick else _SECONDS
                )
                for batch in BATCHES
            }
        finally:
            torch.set_num_threads(threads)
    return {"name": name_of(predictor.model.config.network), "files": files, "latency": speed}


def main() -> None:
    """Measure, print, write the JSON."""
    parser = record.parser(__doc__, readings=7)
    parser.add_argument(
        "--model", type=Path, metavar="RUN", help="a trained model, measured on its own data too"
    )
    options: argparse.Namespace = parser.parse_args()
    readings = 2 if options.quick else options.readings
    found: dict[str, Any] = {
        "threads": available_cores(),
        "parity": parity(quick=options.quick),
        "models": {},
    }
    for name, one in found["parity"].items():
        print(f"{name:14} {one['graphs']} graphs, logits {one['logits']:.1e}, vectors {one['vectors']:.1e}")
    models = {name: trained(name, 80 if options.quick else None) for name in (record.RECIPE, LSTM)}
    if options.model is not None:
        models[options.model.resolve().name] = load_model(options.model)
    for name, predictor in models.items():
        made = found["models"][name] = figures(predictor, readings, quick=options.quick)
        for precision, file in made["files"].items():
            lost = file["cost"]
            accuracy = lost["accuracy_of_export"]
            print(f"{name:14} {precision}: {file['bytes']:,} bytes, accuracy {accuracy:.4f} "
                  f"(network {lost['accuracy_of_network']:.4f}) on {lost['rows']:,} texts")  # fmt: skip
        for batch, speed in made["latency"].items():
            for who, values in speed.items():
                print(f"{name:14} {batch:>3} texts, {who:20} {values['milliseconds']:8.2f} ms")
    record.write("onnx", found, record.target(options))


if __name__ == "__main__":
    main()
