"""LitServe around the eager network, with batches as large and as long awaited as Tenor's defaults.

    python -m peers.litserve_service MODEL --port N

Runs in the environment `LITSERVE` of `environments`.
"""

import argparse
from pathlib import Path
from typing import Any

import litserve  # type: ignore[import-not-found]

from peers.eager import Eager
from tenor.config.service import ServiceConfig


class Reviews(litserve.LitAPI):  # type: ignore[misc]
    """What LitServe calls, in a process of its own."""

    def __init__(self, folder: Path, **batches: Any) -> None:
        super().__init__(**batches)
        self._folder = folder

    def setup(self, _device: str) -> None:
        """Load the model."""
        self._model = Eager(self._folder)

    def decode_request(self, request: dict[str, str]) -> str:
        """Return the text of a request."""
        return request["text"]

    def predict(self, texts: list[str]) -> list[dict[str, object]]:
        """Return one prediction a text."""
        return self._model(texts)

    def encode_response(self, prediction: dict[str, object]) -> dict[str, object]:
        """Return what the client gets."""
        return prediction


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    terms = ServiceConfig()
    reviews = Reviews(options.model, max_batch_size=terms.batch_texts, batch_timeout=terms.batch_delay)
    server = litserve.LitServer(reviews, accelerator="cpu")
    server.run(host="127.0.0.1", port=options.port, log_level="warning", generate_client_file=False)


if __name__ == "__main__":
    main()
