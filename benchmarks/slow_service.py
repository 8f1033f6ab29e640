"""The service with an engine that sleeps for every text, so that in overload.py the engine is the limit.

    python -m slow_service MODEL --seconds-a-text S --port N [--set KEY=VALUE ...]

All but the engine is what `tenor serve` runs.
"""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tenor.config.load import assignments
from tenor.config.service import parse_service
from tenor.inference.engine import Engine
from tenor.inference.network import NetworkEngine
from tenor.inference.predictor import ENGINES, Predictor
from tenor.model import Model
from tenor.service import logs, server
from tenor.service.app import make_app
from tenor.service.service import Service
from tenor.service.sources import parse_all
from tenor.text.tokens import Tokens


class SlowEngine:
    """An engine that takes so much longer for each text, without using the processor."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds

    def logits(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return logits (N, C) of N texts, in their order."""
        time.sleep(self._seconds * len(tokens))
        return self._engine.logits(tokens)

    def vectors(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """Return the pooled vectors (N, H') of N texts, in their order."""
        time.sleep(self._seconds * len(tokens))
        return self._engine.vectors(tokens)


def load(path: Path, *, seconds: float) -> Predictor:
    """Load a model that takes so much longer for each text."""
    model = Model.load(path)
    engine = ENGINES.get(model.config.network.encoder, NetworkEngine.of)(model)
    return Predictor(model, SlowEngine(engine, seconds))


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("--seconds-a-text", type=float, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    options = parser.parse_args()
    config = parse_service({"port": options.port, **assignments(options.settings)})
    logs.install(sys.stderr)
    listening = server.listen(config)
    service = Service.open(
        parse_all([options.model]), config, load=partial(load, seconds=options.seconds_a_text)
    )
    server.run(make_app(service), service, listening, lambda: None)


if __name__ == "__main__":
    main()
