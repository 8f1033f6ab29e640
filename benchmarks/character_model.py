"""The character LSTM of examples/character_lstm.py on Tiny Shakespeare: its loss, and what it writes at last.

    python benchmarks/character_model.py              a few minutes on one core
    python benchmarks/character_model.py --quick      only to see that it runs

100 units, pieces of 25 characters, 50,000 iterations. The last tenth of the text is held out, and nothing is
chosen by it: the learning rate is chosen by short trainings on the first nine tenths, by the last tenth of
those. Then the same network reads the text in order, from beginning to end, to show what passages are for.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import record
from measure import process

from tenor.data.builtin.corpus import load
from tenor.report.pictures import BLUE, MUTED, ORANGE, SMALL, canvas, plain, png

EXAMPLE = record.ROOT / "examples" / "character_lstm.py"
PICTURE = record.ROOT / "docs" / "character-loss.png"


@dataclass(frozen=True)
class Plan:
    """What is trained, and for how long."""

    hidden: int  # units
    steps: int  # characters of a piece
    rates: Sequence[float]
    pilot: int  # iterations of a short training
    iterations: int
    report: int


FULL = Plan(100, 25, (0.05, 0.1, 0.2, 0.4), 5_000, 50_000, 1_000)
QUICK = Plan(4, 5, (0.05, 0.1), 4, 12, 4)


def train(folder: Path, text: str, iterations: int, report: int, *options: object) -> dict[str, Any]:
    """Run the example on a text; return its JSON."""
    given, out = folder / "text.txt", folder / "out.json"
    given.write_text(text, "utf-8", newline="")
    command = (sys.executable, EXAMPLE, "--text", given, "--out", out, "--iterations", iterations,
               "--report", report, "--length", 600, *options)  # fmt: skip
    process([str(part) for part in command])
    found: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return found


def figures(text: str, plan: Plan, folder: Path) -> dict[str, Any]:
    """Train with the learning rate that short trainings were best with."""
    size = ("--hidden", plan.hidden, "--steps", plan.steps)
    first = text[: len(text) - len(text) // 10]
    pilots = {}
    for rate in plan.rates:
        found = train(folder, first, plan.pilot, plan.pilot, *size, "--learning-rate", rate)
        pilots[f"{rate:g}"] = found["held_out_bits"]
        print(
            f"rate {rate:g}, {plan.pilot:,} iterations: {found['held_out_bits']:.3f} bits per character",
            flush=True,
        )
    best = min(pilots, key=pilots.__getitem__)
    found = train(folder, text, plan.iterations, plan.report, *size, "--learning-rate", best)
    print(f"rate {best}, {plan.iterations:,} iterations: {found['held_out_bits']:.3f}", flush=True)
    in_order = train(
        folder, text, plan.iterations, plan.report, "--passage", len(text), *size, "--learning-rate", best
    )
    print(f"the same in order: {in_order['held_out_bits']:.3f}", flush=True)
    return {**found, "pilots": pilots, "pilot_iterations": plan.pilot, "in_order": in_order}


def draw(found: Mapping[str, Any], path: Path) -> None:
    """Draw the losses over the iterations."""
    figure = canvas(230, 480)
    axes = figure.subplots()
    plain(axes, grid="both")
    for curve, colour, name in (
        (found["curve"], BLUE, "passages in random order"),
        (found["in_order"]["curve"], ORANGE, "from beginning to end"),
    ):
        iterations, smoothed, held_out = zip(*curve, strict=True)
        axes.plot(iterations, held_out, color=colour, label=f"{name}: held out")
        axes.plot(iterations, smoothed, color=colour, linestyle=":", label=f"{name}: learned from, smoothed")
    axes.set(xlabel="iteration", ylabel="bits per character")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.legend(fontsize=SMALL, frameon=False, labelcolor=MUTED)
    png(figure, path)


def main() -> None:
    """Train, print, write, draw."""
    options = record.parser(__doc__).parse_args()
    if options.quick:
        text = "\n".join(example.text for example in load("movies").split("validation"))[:3_000]
    else:
        text = (record.data_folder() / "tinyshakespeare" / "input.txt").read_text("utf-8")
    with TemporaryDirectory() as name:
        found = figures(text, QUICK if options.quick else FULL, Path(name))
    out = record.target(options)
    record.write("character-model", found, out)
    if out is not None:
        draw(found, PICTURE if out == record.RESULTS else out / PICTURE.name)


if __name__ == "__main__":
    main()
