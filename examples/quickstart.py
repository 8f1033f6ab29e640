"""Train on the built-in movie reviews, look at the figures, predict. Takes about half a minute."""

from pathlib import Path

import tenor
from tenor.config.load import parse

run = tenor.train(parse({"data": {"source": "movies"}}), out=Path("runs/quickstart"), force=True)
print("test accuracy:", run.evaluations["test"].metrics["accuracy"])

predictor = tenor.load("runs/quickstart")
for prediction in predictor.predictions(["A slow start, but what an ending!", "Not worth the popcorn."]):
    print(f"{prediction.label} {prediction.probability:.0%}")
