"""`tenor demo`: train on the built-in film reviews, and look at what came of it."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tenor.cli import options
from tenor.cli.console import Terminal
from tenor.cli.extras import TRAINING, require
from tenor.cli.progress import TrainingView
from tenor.config.load import parse, read
from tenor.report.numbers import percent

if TYPE_CHECKING:
    from tenor.inference.predictor import Prediction

_RECIPE = "demo"

# Written for this command, with words of the corpus; the last one has no verdict.
REVIEWS = (
    "A wonderful film. The story is warm, the cast is superb and the music is lovely.",
    "The plot was dull and the acting was terrible. I was bored from start to end.",
    "I didn't think the film was bad at all. There was not one boring minute.",
    "The first half was slow and the songs were weak, but in the end it was a great film.",
    "It was okay, I guess. Some parts were good, others were not.",
)
_UNSURE = 0.8  # below this a probability is called unsure


def demo(
    context: typer.Context,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="keep the run there; without it nothing is kept"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="replace the run in --out")] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Train on built-in film reviews in less than a minute, and judge five reviews it never saw."""
    terminal: Terminal = context.obj
    require(*TRAINING)

    from tenor.experiments.classification import train
    from tenor.inference.ensemble import network_engine
    from tenor.inference.predictor import Predictor
    from tenor.report import tables

    with closing(TrainingView(terminal)) as view:
        run = train(parse(read(_RECIPE)), out=out, force=force, watcher=view)
    predictions = list(Predictor(run.model, network_engine(run.model)).predictions(REVIEWS))
    if json:
        terminal.json(
            {
                "path": None if out is None else str(out),
                "test": run.evaluations["test"].to_json(),
                "predictions": [
                    {"text": text, "label": one.label, "probabilities": one.probabilities}
                    for text, one in zip(REVIEWS, predictions, strict=True)
                ],
            }
        )
        return
    terminal.note()
    terminal.show(*tables.summary(run.evaluations["test"], "test"), "")
    terminal.show("Five reviews it never saw")
    for text, one in zip(REVIEWS, predictions, strict=True):
        terminal.show(f"  {_said(one)}", f"    {text}")
    terminal.show("")
    if out is None:
        terminal.line("Nothing was saved; keep the model with: tenor demo --out FOLDER")
    else:
        terminal.line(f'Saved in {out}; predict with: tenor predict {out} "a text of yours"')
    terminal.line("Your own reviews: tenor train FILE.csv")


def _said(prediction: "Prediction") -> str:
    unsure = " (unsure)" if prediction.probability < _UNSURE else ""
    return f"{prediction.label}, {percent(prediction.probability)}{unsure}"
