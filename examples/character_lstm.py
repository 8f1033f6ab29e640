"""A character LSTM by hand: NumPy, gradients from `tenor.reference`, Adagrad, truncated backpropagation.

    python examples/character_lstm.py                        the built-in film reviews, a minute and a half
    python examples/character_lstm.py --text FILE            any text in UTF-8
    python examples/character_lstm.py --out-model a.safetensors --out curve.json
    python examples/character_lstm.py --resume a.safetensors --iterations 200000
    python examples/character_lstm.py --resume a.safetensors --iterations 0 --prompt "The film "

The network reads one character after another and says how likely each character is to be the next. The text
is read in pieces of --steps characters; the state goes on from piece to piece, gradients do not. After some
pieces, a passage, it reads on elsewhere: from beginning to end it would follow the text at hand and forget
the rest. The last tenth of the text is held out. Losses are in bits per character: 1 is what a guess between
two costs. A training that is resumed goes on as if it had not been stopped.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from tenor.data.builtin.corpus import load
from tenor.errors import DataError, InputError, ModelError, TenorError, TrainingError
from tenor.files import atomic_file
from tenor.reference.activations import Array, softmax
from tenor.reference.adagrad import adagrad
from tenor.reference.language_model import (
    Ids,
    State,
    bits_per_character,
    initial_weights,
    learn,
    nothing_read,
    read,
)
from tenor.report.printable import printable
from tenor.tensors import metadata, views

BUILT_IN = "movies"
KEPT = 0.999  # of the smoothed loss at each iteration
GLANCE = 10_000  # held-out characters that are looked at while training goes on


@dataclass(frozen=True)
class Settings:
    """What a training is made of; stored with it."""

    hidden: int = 100  # units
    steps: int = 25  # characters that gradients go back
    passage: int = 40  # pieces that are read in order; very many: the whole text
    learning_rate: float = 0.1
    clip: float = 5.0  # no gradient of a weight is larger
    seed: int = 0


@dataclass(frozen=True)
class Text:
    """A text as ids of its characters, its last tenth held out.

    The alphabet is that of all the text: every character has a probability, so losses are lengths of a code.
    """

    alphabet: str
    training: Ids
    held_out: Ids
    sha256: str

    @classmethod
    def of(cls, text: str, steps: int) -> "Text":
        """Raises `DataError` where the text is shorter than a piece of training and a little to hold out."""
        alphabet = "".join(sorted(set(text)))
        held_out = max(2, len(text) // 10)
        if len(text) - held_out < steps + 1:
            raise DataError(
                f"the text has {len(text):,} characters, {len(text) - held_out:,} of them to learn from; "
                f"pieces of --steps {steps} need {steps + 1}: give a longer text or fewer steps"
            )
        ids = encode(text, alphabet)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return cls(alphabet, ids[:-held_out], ids[-held_out:], digest)


@dataclass
class Run:
    """A training as it stands between two iterations."""

    settings: Settings
    alphabet: str
    sha256: str  # of the text
    weights: dict[str, Array]
    squares: dict[str, Array]  # sums of squared gradients, for Adagrad
    state: State
    smoothed: float  # loss, nats a character
    iteration: int = 0
    curve: list[list[float]] = field(default_factory=list)  # iteration, smoothed and held-out loss in bits

    @classmethod
    def begin(cls, settings: Settings, text: Text) -> "Run":
        """Start with fresh weights."""
        weights = initial_weights(len(text.alphabet), settings.hidden, settings.seed)
        squares = {name: np.zeros_like(array) for name, array in weights.items()}
        smoothed = float(np.log(len(text.alphabet)))  # what a guess costs
        return cls(settings, text.alphabet, text.sha256, weights, squares, nothing_read(weights), smoothed)

    def step(self, text: Text) -> None:
        """Read the next piece of the text and change the weights. Raises `TrainingError`."""
        steps, start, begins = self.settings.steps, *place(self.iteration, len(text.training), self.settings)
        if begins:
            self.state = nothing_read(self.weights)
        piece = text.training[start : start + steps + 1]
        losses, gradients, self.state = learn(self.weights, piece, self.state)
        rate, clip = self.settings.learning_rate, self.settings.clip
        adagrad(self.weights, self.squares, gradients, learning_rate=rate, clip=clip)
        self.smoothed = KEPT * self.smoothed + (1 - KEPT) * self.finite(float(losses.mean()))
        self.iteration += 1

    def finite(self, loss: float) -> float:
        """Return the loss. Raises `TrainingError` where it is no number."""
        if not np.isfinite(loss):
            raise TrainingError(
                f"the loss is {loss} after {self.iteration:,} iterations; try a --learning-rate below "
                f"{self.settings.learning_rate:g}"
            )
        return loss

    def save(self, path: Path) -> None:
        """Write the run as a safetensors file, whole or not at all."""
        arrays = {f"weights.{name}": array for name, array in self.weights.items()}
        arrays |= {f"squares.{name}": array for name, array in self.squares.items()}
        arrays |= {"state.hidden": self.state[0].copy(), "state.cell": self.state[1].copy()}
        kept = {name: getattr(self, name) for name in _KEPT} | {"settings": asdict(self.settings)}
        with atomic_file(path) as temporary:
            temporary.write_bytes(save(arrays, {"character_lstm": json.dumps(kept)}))

    @classmethod
    def read(cls, path: Path) -> "Run":
        """Read what `save` wrote. Raises `ModelError` for any other file."""
        try:
            data = path.read_bytes()
            kept, arrays = json.loads(metadata(data)["character_lstm"]), views(data)
            settings = Settings(**kept.pop("settings"))
            names = initial_weights(len(kept["alphabet"]), settings.hidden, settings.seed)
            weights, squares = (
                {name: arrays[f"{part}.{name}"].reshape(like.shape).copy() for name, like in names.items()}
                for part in ("weights", "squares")
            )
            state = (arrays["state.hidden"], arrays["state.cell"])
            return cls(settings=settings, weights=weights, squares=squares, state=state, **kept)
        except OSError as error:
            raise ModelError(
                f"{path} cannot be read ({error.strerror}); name a file of --out-model"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path} is not a whole file of --out-model; name one that is") from error


_KEPT = ("alphabet", "sha256", "smoothed", "iteration", "curve")


def place(iteration: int, characters: int, settings: Settings) -> tuple[int, bool]:
    """Return where the piece of an iteration begins, and whether a passage begins with it.

    Every epoch reads all passages, each once, in an order of its own. What is left over is left out at the
    beginning or at the end of the text, some of it at each.
    """
    pieces = (characters - 1) // settings.steps
    passage = min(settings.passage, pieces)
    passages = pieces // passage
    number, piece = divmod(iteration, passage)
    epoch, number = divmod(number, passages)
    left_out, order = _epoch(settings.seed, epoch, passages, characters - passages * passage * settings.steps)
    return left_out + (int(order[number]) * passage + piece) * settings.steps, piece == 0


@lru_cache(maxsize=1)
def _epoch(seed: int, epoch: int, passages: int, spare: int) -> tuple[int, Ids]:
    """Draw how much is left out at the beginning, and the order of the passages."""
    generator = np.random.default_rng((seed, epoch))
    return int(generator.integers(spare)), generator.permutation(passages)


def sample(run: Run, prompt: str, length: int, temperature: float) -> str:
    """Write on: a temperature below 1 keeps to what is likely. The same run writes the same."""
    generator = np.random.default_rng((run.settings.seed, run.iteration))
    _, logits, state, _ = read(run.weights, encode(prompt, run.alphabet), nothing_read(run.weights))
    written = []
    for _ in range(length):
        shares = softmax(logits[-1].astype(np.float64) / temperature)
        written.append(int(generator.choice(len(shares), p=shares)))
        _, logits, state, _ = read(run.weights, np.array(written[-1:]), state)
    return prompt + "".join(run.alphabet[one] for one in written)


def encode(text: str, alphabet: str) -> Ids:
    """Return the ids of characters. Raises `DataError` where there are others."""
    places = {character: place for place, character in enumerate(alphabet)}
    if unknown := sorted(set(text) - set(alphabet)):
        shown = ", ".join(map(repr, unknown[:5]))
        raise DataError(
            f"{len(unknown)} character(s) are not in the text that was learned, such as {shown}; "
            f"use only: {printable(alphabet)[:200]}"
        )
    return np.array([places[character] for character in text], np.int64)


def train(run: Run, text: Text, until: int, report: int) -> Iterator[None]:
    """Train up to an iteration; stop by every so often for whoever wants to look."""
    while run.iteration < until:
        run.step(text)
        if run.iteration % report == 0 or run.iteration == until:
            held_out = run.finite(bits_per_character(run.weights, text.held_out[:GLANCE]))
            run.curve.append([run.iteration, run.smoothed / float(np.log(2)), held_out])
            yield


def read_text(path: Path | None) -> str:
    """Read a file, or the built-in text. Raises `DataError`."""
    if path is None:
        return "\n".join(example.text for example in load(BUILT_IN).split("train"))
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}); name a file of text") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start + 1:,}); save it as UTF-8") from error
    if not text:
        raise DataError(f"{path} is empty; name a file with a text in it")
    return text


def arguments() -> argparse.ArgumentParser:
    """Return the parser; settings are None where none was given."""
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    made.add_argument("--text", type=Path, metavar="FILE", help="default: the built-in film reviews")
    made.add_argument(
        "--iterations", type=_number(int, 0), default=100_000, help="in all; default: %(default)s"
    )
    made.add_argument(
        "--report", type=_number(int, 1), default=2_000, metavar="N", help="default: %(default)s"
    )
    for one in fields(Settings):
        least = 0 if one.name == "seed" else 1 if one.type is int else sys.float_info.min
        made.add_argument(
            f"--{one.name.replace('_', '-')}", type=_number(one.type, least), help=f"default: {one.default}"
        )
    made.add_argument("--prompt", default="", metavar="TEXT", help="what samples begin with")
    made.add_argument("--length", type=_number(int, 1), default=200, help="of samples; default: %(default)s")
    made.add_argument("--temperature", type=_number(float, 0.01), default=0.7, help="default: %(default)s")
    made.add_argument("--out", type=Path, metavar="JSON", help="where settings, losses and a sample go")
    made.add_argument(
        "--out-model", type=Path, metavar="FILE", help="where the training goes, as safetensors"
    )
    made.add_argument("--resume", type=Path, metavar="FILE", help="a training to go on with")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Train, print, write; return the exit status."""
    options = arguments().parse_args(argv)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # `Run.finite` says it better
            carry_out(options)
    except TenorError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        kept = f"; --resume {options.out_model} goes on from the last report" if options.out_model else ""
        print(f"stopped{kept}", file=sys.stderr)
        return 130
    return 0


def carry_out(options: argparse.Namespace) -> None:
    """Do what the command line asks for."""
    chosen = {
        one.name: value for one in fields(Settings) if (value := getattr(options, one.name)) is not None
    }
    run = None if options.resume is None else Run.read(options.resume)
    for name, value in chosen.items():
        if run is not None and value != (stored := getattr(run.settings, name)):
            raise InputError(
                f"--{name.replace('_', '-')} is {value}, but {stored} in {options.resume}; leave it out"
            )
    text = None
    if run is None or run.iteration < options.iterations:
        settings = Settings(**chosen) if run is None else run.settings
        text = Text.of(read_text(options.text), settings.steps)
        run = run or Run.begin(settings, text)
        if run.sha256 != text.sha256:
            raise InputError(f"{options.resume} was trained on another text; name that one as --text")
    prompt = options.prompt or ("\n" if "\n" in run.alphabet else run.alphabet[0])
    encode(prompt, run.alphabet)  # refused now, not after an hour
    start, start_cpu = time.perf_counter(), time.process_time()
    if text is not None:
        for _ in train(run, text, options.iterations, options.report):
            iteration, smoothed, held_out = run.curve[-1]
            print(
                f"iteration {iteration:,.0f}, {time.perf_counter() - start:.0f} s: "
                f"{smoothed:.3f} bits per character, smoothed; held out {held_out:.3f}"
            )
            show(sample(run, prompt, options.length, options.temperature))
            if options.out_model is not None:
                run.save(options.out_model)
    cpu_seconds = time.process_time() - start_cpu
    written = sample(run, prompt, options.length, options.temperature)
    whole = None if text is None else bits_per_character(run.weights, text.held_out)
    if whole is None:
        show(written)
    else:
        print(f"held out, all of it: {whole:.3f} bits per character")
    if options.out is not None:
        found = {
            "settings": asdict(run.settings), "alphabet": len(run.alphabet), "iterations": run.iteration,
            "characters": None if text is None else [len(text.training), len(text.held_out)],
            "cpu_seconds": cpu_seconds, "curve": run.curve, "held_out_bits": whole,
            "temperature": options.temperature, "sample": written,
        }  # fmt: skip
        with atomic_file(options.out) as temporary:
            temporary.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


def show(text: str) -> None:
    """Print a sample, indented, with nothing in it that a terminal obeys."""
    print("".join(f"    {printable(line)}\n" for line in text.strip("\n").split("\n")), flush=True)


def _number(kind: Any, least: float) -> Callable[[str], Any]:
    def number(text: str) -> Any:
        value = kind(text)
        if not least <= value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not a number from {least:g} up")
        return value

    return number


if __name__ == "__main__":
    sys.exit(main())
