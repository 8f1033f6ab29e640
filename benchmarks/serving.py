"""The service under load: texts a second and times of answers, beside services that others would write.

    python benchmarks/serving.py        about 20 minutes, after accuracy_and_wall.py; needs wrk

wrk (`apt-get install wrk`, https://github.com/wg/wrk) sends reviews, one a request, from 1 to 256 clients,
each of which asks again as soon as it is answered. Services answer in turn (A B C A B C); the others are idle
then. wrk and the service share the cores, so what wrk used of them is written, too. Where an answer took more
than twice the mean, wrk adds those that would have been asked for meanwhile.

The fast model is that of accuracy_and_wall.py; a bidirectional LSTM of the default size is trained for an
epoch, since its accuracy does not matter here. Before anything is measured, every service must give the
labels that the model gives. LitServe is installed into an environment of its own, runs/.venv-litserve.
"""

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import accuracy_and_wall
import latency
import measure
import record
import texts
import wrk
from peers.environments import LITSERVE, LITSERVE_VERSION
from servers import Server

from tenor.data.builtin.corpus import load as corpus
from tenor.inference.predictor import load

LSTM = "bilstm-mean-max"
_TEXTS = 5000
_CHECKED = 50
_WARM = 2  # seconds before the first reading of each service


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    clients: tuple[int, ...]
    seconds: int  # a reading
    readings: int


@dataclass(frozen=True)
class Contestant:
    """A service, and where it predicts."""

    server: Server
    path: str

    def ask(self, text: str) -> str:
        """Return the label it gives a text."""
        status, said = self.server.ask(self.path, {"text": text})
        if status != 200:
            sys.exit(f"{self.path} answers with {status}: {said}")
        label: str = said.get("predictions", [said])[0]["label"]
        return label

    def reading(self, bodies: Path, clients: int, seconds: int) -> dict[str, Any]:
        """Have wrk ask for so many seconds; then wait until what it left behind is computed, too."""
        address = f"http://127.0.0.1:{self.server.port}{self.path}"
        found = wrk.reading(address, bodies, clients=clients, seconds=seconds)
        self.ask("the end")
        return found


def contestants(model: Path, *, install: bool) -> dict[str, Contestant]:
    """Return every service of a model, not yet started."""

    def service(*command: str) -> Server:
        return Server(
            [sys.executable, "-m", "tenor", "serve", f"model={model}", *command], ready="/v1/models"
        )

    def peer(python: str, module: str, *more: str, ready: str) -> Server:
        return Server([python, "-m", f"peers.{module}", str(model), *more], ready=ready)

    fastapi = "fastapi_service"
    found = {
        "tenor": Contestant(service(), "/v1/predict"),
        "tenor one by one": Contestant(service("--set", "batch_texts=1"), "/v1/predict"),
        "fastapi def": Contestant(peer(sys.executable, fastapi, ready="/docs"), "/predict"),
        "fastapi async": Contestant(peer(sys.executable, fastapi, "--in-loop", ready="/docs"), "/predict"),
    }
    if (python := LITSERVE.python(install=install)) is not None:
        found["litserve"] = Contestant(peer(python, "litserve_service", ready="/health"), "/predict")
    return found


def figures(
    model: Path, given: Sequence[str], services: Mapping[str, Contestant], sizes: Sizes
) -> dict[str, Any]:
    """Return medians and every reading of each service, by clients."""
    known = load(model).predict(given[:_CHECKED])
    with ExitStack() as stack:
        bodies = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "bodies"
        bodies.write_text("".join(json.dumps({"text": text}) + "\n" for text in given), "utf-8")
        for name, one in services.items():
            stack.enter_context(one.server)
            if [one.ask(text) for text in given[:_CHECKED]] != known:
                sys.exit(f"{name} gives other labels than the model in {model}")
            one.reading(bodies, max(sizes.clients), _WARM)

        def asking(one: Contestant, clients: int) -> Callable[[int], dict[str, Any]]:
            return lambda _: one.reading(bodies, clients, sizes.seconds)

        found: dict[str, Any] = {name: {} for name in services}
        for clients in sizes.clients:
            each = measure.interleaved(
                {name: asking(one, clients) for name, one in services.items()}, sizes.readings
            )
            for name, readings in each.items():
                found[name][str(clients)] = {**measure.medians(readings), "each": readings}
                print(_line(name, clients, found[name][str(clients)]), flush=True)
        return found


def bilstm(runs: Path) -> Path:
    """Return a bidirectional LSTM of the default size, trained for an epoch on IMDb if it is not there."""
    out = runs / f"serving-{LSTM}"
    if not (out / "metrics.json").is_file():
        shutil.rmtree(out, ignore_errors=True)  # of a training that was stopped
        given = [str(record.data_folder() / "imdb"), "--group-by", "imdb_id", "--model", LSTM]
        measure.tenor("train", *given, "--epochs", "1", "--out", str(out), "--quiet")
    return out


def reviews() -> list[str]:
    """Return test reviews of IMDb in a random order, the same every time."""
    found, _ = texts.read(record.data_folder() / "imdb" / "test.parquet")
    return random.Random(0).sample(found, _TEXTS)


def _line(name: str, clients: int, values: Mapping[str, Any]) -> str:
    each = "  ".join(f"{one['texts_per_second']:,.0f}" for one in values["each"])
    return (
        f"{name:18}{clients:>5} clients{values['texts_per_second']:>9,.0f} texts/s  "
        f"p50 {values['p50_ms']:,.1f} ms  p99 {values['p99_ms']:,.1f} ms  "
        f"errors {sum(map(wrk.errors, values['each']))}  "
        f"wrk {values['generator_cores']:.2f} cores   each: {each}"
    )


def main() -> None:
    """Measure, print, write the JSON."""
    parser = record.parser(__doc__, readings=3)
    parser.add_argument("--seconds", type=int, default=8, help="of a reading; default: 8")
    parser.add_argument("--fast", type=Path, metavar="MODEL", help="default: that of accuracy_and_wall.py")
    parser.add_argument("--lstm", type=Path, metavar="MODEL", help="default: one trained for an epoch")
    options: argparse.Namespace = parser.parse_args()
    versions = {"wrk": wrk.check(), "LitServe": LITSERVE_VERSION}
    versions |= {name: version(name) for name in ("fastapi", "uvicorn")}
    found: dict[str, Any] = {"versions": versions, "models": {}}
    with tempfile.TemporaryDirectory() as temporary:
        if options.quick:
            fast = options.fast or latency.trained(Path(temporary), record.MINGRU)
            models = {"minGRU": fast}
            given = [example.text for example in corpus("movies").splits["test"]]
            sizes = Sizes((1, 4), 1, 1)
        else:
            models = {
                "minGRU": options.fast or accuracy_and_wall.model(),
                "BiLSTM": options.lstm or bilstm(record.RUNS),
            }
            given = reviews()
            sizes = Sizes((1, 16, 64, 256), options.seconds, options.readings)
        for name, model in models.items():
            print(name, flush=True)
            services = contestants(model, install=not options.quick)
            found["models"][name] = figures(model, given, services, sizes)
    record.write("serving", found, record.target(options))


if __name__ == "__main__":
    main()
