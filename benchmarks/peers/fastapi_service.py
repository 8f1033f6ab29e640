"""The service of FastAPI's own tutorial around the eager network: one text a request, computed as it comes.

python -m peers.fastapi_service MODEL --port N              `def`: in FastAPI's threads, as its page advises
python -m peers.fastapi_service MODEL --port N --in-loop    `async def`: one after another in the event loop
"""

import argparse
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from peers.eager import Eager


class Review(BaseModel):
    """A request."""

    text: str


def make_app(model: Eager, *, in_loop: bool) -> FastAPI:
    """Return the application."""
    app = FastAPI()

    def predict(review: Review) -> dict[str, object]:
        return model([review.text])[0]

    async def predict_in_loop(review: Review) -> dict[str, object]:
        return predict(review)

    app.post("/predict")(predict_in_loop if in_loop else predict)
    return app


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--in-loop", action="store_true")
    options = parser.parse_args()
    app = make_app(Eager(options.model), in_loop=options.in_loop)
    uvicorn.run(app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
